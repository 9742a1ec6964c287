"""Figures of errors with heavy tails: when choosing harder makes things worse, and whether a curve by others fits."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from looks_aligned.drawing.learned_copy import plans_axis
from looks_aligned.drawing.lines import curve, every_curve, upright
from looks_aligned.drawing.style import BASE, PROXY, SHOWN, THEORY, figure
from looks_aligned.experiments.approximate.heavy_tails import (
    PLANS,
    Params,
    Result,
    correlation,
    expected_base,
    fit,
    information,
)

FINE = tuple(float(n) for n in np.geomspace(1, 16384, 57))
"""Where fitted curves are drawn."""


def choosing_harder(seeds: Result, *, plans: int) -> go.Figure:
    """What the best of n is worth where the error has a certain tail, and beside it where the error is normal.

    Args:
        seeds: runs of all seeds, with one tail and scale.
        plans: the number of plans that the figure is about, one of `PLANS`.
    """
    params, now = seeds.settings[0], PLANS.index(plans)
    theory, normal = ([expected_base(n, df, params.scale) for n in PLANS] for df in (params.freedom, math.inf))
    peak = int(np.argmax(theory))
    base, error, rho = seeds.base, seeds.error, correlation(params.freedom, params.scale)
    best = f"most at n = {PLANS[peak]:,}" if peak < len(PLANS) - 1 else "still rising"
    traces = [
        curve(PLANS, normal, "theory, normal error", {**THEORY, "dash": "dot"}),
        curve(PLANS, theory, "theory, this error", THEORY),
        every_curve(PLANS, base, "O_base, each seed", BASE),
        _points(PLANS, base.mean(0), "O_base, mean of seeds"),
    ]
    return figure(
        traces,
        title=f"{named(params)} error, best of {plans:,}: O_base is {base[:, now].mean():.2f}; {best}",
        summary=f"{named(params)} error, its interquartile range {params.scale:g} times that of O_base. "
        + (f"ρ is {rho:.2f}. " if rho is not None else "It has no variance, so there is no ρ. ")
        + f"Best of {plans:,} by O_mesa, mean of {len(base)} seeds: O_base {base[:, now].mean():.2f} (seeds from "
        f"{base[:, now].min().round(2) + 0.0:.2f} to {base[:, now].max():.2f}), error "
        f"{error[:, now].mean():.2f}. Theory expects O_base {theory[now]:.2f}, at most {theory[peak]:.2f} at n = "
        f"{PLANS[peak]:,} of the numbers tried, and {normal[now]:.2f} if the error were normal.",
        rows=[
            ["n", "O_base", "lowest seed", "highest seed", "theory", "error", "theory, normal error"],
            *[
                [str(n), *(f"{v:.2f}" for v in (b.mean(), b.min(), b.max(), t, e.mean(), g))]
                for n, b, t, e, g in zip(PLANS, base.T, theory, error.T, normal, strict=True)
            ],
        ],
        xaxis={**plans_axis(), "range": [-0.1, 3.75]},
        yaxis={"title": "O_base of the chosen plan", "range": [-0.6, 3.6]},
        shapes=[upright(plans)],
    )


@dataclass(frozen=True)
class Curve:
    """What the best of n is worth in O_base, for some numbers n of plans: something to fit a curve to.

    Attributes:
        name: whose, in words.
        plans: the numbers n, 1 first.
        base: O_base.
    """

    name: str
    plans: Sequence[int]
    base: Float[np.ndarray, " plans"]


def fitted(shown: Curve, most: int = 16) -> go.Figure:
    """Gao et al.'s curve R = d (α − β d) through what the best of n is worth, against d = √KL.

    Args:
        shown: the points.
        most: how many points the figure has room for; the rest of the room is left empty.
    """
    found = fit(shown.plans, shown.base)
    d = np.sqrt(information(np.array(shown.plans, dtype=float)))
    empty = most - len(d)
    says = "fits" if found.fits else "does not fit"
    turn = found.alpha / (2 * found.beta) if found.beta > 0 else math.inf
    where = f"turns at d = {turn:.1f}" if turn < d[-1] else "does not turn in this range"
    across = np.sqrt(information(np.array(FINE)))
    traces = [
        curve(across, found.at(np.array(FINE)) + shown.base[0], "fitted d (α − β d)", {**SHOWN, "color": PROXY}),
        _points([*d, *[None] * empty], [*shown.base, *[None] * empty], "O_base of the best of n"),
    ]
    return figure(
        traces,
        title=f"{shown.name}: the curve {says}; it misses by up to {found.worst:.2f} and {where}",
        summary=f"{shown.name}, n from {shown.plans[0]} to {shown.plans[-1]:,}. Fitted: α = {found.alpha:.2f}, β = "
        f"{found.beta:.3f}. "
        + f"It misses the points by up to {found.worst:.2f}, and by the rule it {says}; it {where}. The highest "
        f"point is {shown.base.max():.2f}, at n = {shown.plans[int(shown.base.argmax())]:,}; the last "
        f"{shown.base[-1]:.2f}.",
        rows=[
            ["n", "d", "O_base", "fitted"],
            *[
                [str(n), *(f"{value:.2f}" for value in (at, b, c))]
                for n, at, b, c in zip(
                    shown.plans,
                    d,
                    shown.base,
                    found.at(np.array(shown.plans, dtype=float)) + shown.base[0],
                    strict=True,
                )
            ],
            *[[""] * 4] * empty,
        ],
        xaxis={"title": "d = √KL, how hard it chose", "range": [-0.1, 3.1]},
        yaxis={"title": "O_base of the chosen plan", "range": [-0.6, 3.8]},
    )


def named(params: Params) -> str:
    """The error's distribution, in words."""
    if math.isinf(params.freedom):
        return "Normal"
    return "Cauchy" if params.freedom == 1 else f"Student's t({params.freedom:g})"


def _points(x: Iterable[Any], y: Iterable[Any], name: str) -> go.Scatter:
    rounded = [None if value is None else round(float(value), 3) for value in y]
    places = [None if value is None else round(float(value), 3) for value in x]
    marker = {"color": BASE, "size": 9}
    return go.Scatter(x=places, y=rounded, mode="markers", name=name, marker=marker)
