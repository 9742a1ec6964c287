"""Figures of scored plans: how much of a learned scorer's weight is on the proxy, and what that does in deployment."""

from collections.abc import Callable
from typing import Any

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from looks_aligned.causal.diagram import Kind
from looks_aligned.drawing.lines import curve, upright
from looks_aligned.drawing.style import BASE, DEPLOYMENT, INK, MESA, PROXY, THEORY, figure, per_cent
from looks_aligned.drawing.watching_and_doing import SYMBOLS, panels
from looks_aligned.experiments.proxy.scored_plans import (
    SENSOR_NOISES,
    Params,
    Result,
    expected_of,
    expected_weight,
    sensor_alone,
)
from looks_aligned.experiments.proxy.watching_and_doing import KINDS

FINE = tuple(float(noise) for noise in np.linspace(0, SENSOR_NOISES[-1], 33))
"""Where the lines of theory are drawn."""


def learned_weight(sweep: Result, shown: Result) -> go.Figure:
    """How much of a scorer's weight is on the proxy, against the sensor's noise: every seed, and one shown large.

    Args:
        sweep: runs of all seeds, diagrams and sensor noises, at the shown runs' correlation among others.
        shown: one run a diagram, of one seed, correlation and sensor noise.
    """
    params = shown.settings[0]
    runs = sweep.select(correlation=params.correlation)
    traces = [
        curve(FINE, [expected_weight(params.correlation, noise) for noise in FINE], "theory: the best guess", THEORY)
    ]
    for place, kind in enumerate(KINDS):
        aside = 0.12 * (place - 1)
        traces += [
            _every_seed(runs.select(kind=kind), lambda runs: runs.weight, kind, PROXY, aside),
            _one(
                params.sensor_noise + aside,
                shown.select(kind=kind).weight[0],
                f"{kind}, seed {params.seed}",
                PROXY,
                kind,
            ),
        ]
    here = runs.select(sensor_noise=params.sensor_noise)
    weights = {kind: here.select(kind=kind).weight for kind in KINDS}
    theory = expected_weight(params.correlation, params.sensor_noise)
    means = ", ".join(f"{100 * weights[kind].mean():.0f}" for kind in KINDS[:2])
    return figure(
        traces,
        title=f"ρ = {params.correlation:g}, σ = {params.sensor_noise:g}: {means} and "
        f"{100 * weights['general'].mean():.0f} % of the weight is on the proxy in the three diagrams; "
        + ("theory leaves it open" if theory is None else f"theory says {100 * theory:.0f} %"),
        summary=f"Scorers trained on the base objective alone, ρ = {params.correlation:g}, σ = "
        f"{params.sensor_noise:g}, {params.steps} steps. "
        + " ".join(
            f"{kind.capitalize()}: weight on the proxy {values.mean():.2f} (seeds from {values.min():.2f} to "
            f"{values.max():.2f}), O_base in training {here.select(kind=kind).training.mean():.2f}."
            for kind, values in weights.items()
        ),
        height=480,
        xaxis=_noise_axis(),
        yaxis={"title": "weight on the proxy, O_mesa", "range": [-0.4, 1.1]},
        shapes=[upright(params.sensor_noise, top=0.94)],
    )


def fate(sweep: Result, shown: Result, *, harm: float) -> go.Figure:
    """What the same scorer gets in training and in deployment, and how often it picks the handle, in each diagram.

    Args:
        sweep: as in `learned_weight`.
        shown: as in `learned_weight`.
        harm: how far the handle lowers O_base, one of the result's harms.
    """
    params, which = shown.settings[0], sweep.harms.index(harm)
    runs = sweep.select(correlation=params.correlation)
    traces = []
    for place, kind in enumerate(KINDS):
        mine, one = runs.select(kind=kind), shown.select(kind=kind)
        axes = {"xaxis": f"x{place + 1}" if place else "x", "showlegend": place == 0}
        hidden = {**axes, "showlegend": False}
        dashed = {"color": BASE, "dash": DEPLOYMENT, "width": 2}
        expecting = [_expected(params, kind, noise, harm) for noise in FINE]
        alone = [sensor_alone(_at(params, kind, noise), share=params.share, harm=harm).base for noise in FINE]
        traces += [
            curve(FINE, alone, "theory: by the sensor alone", {**THEORY, "dash": "dot"}, **axes),
            curve(
                FINE,
                [None if found is None else found[0] for found in expecting],
                "theory: the best guess",
                THEORY,
                **axes,
            ),
            curve(SENSOR_NOISES, _means(mine, mine.training), "O_base, training", {"color": BASE, "width": 2}, **axes),
            curve(SENSOR_NOISES, _means(mine, mine.base[:, which]), "O_base, deployment", dashed, **axes),
            _every_seed(mine, lambda runs: runs.base[:, which], kind, BASE, 0.0, **hidden),
            _one(params.sensor_noise, one.base[0, which], f"deployment, seed {params.seed}", BASE, kind, **hidden),
            curve(
                FINE,
                [None if found is None else found[1] for found in expecting],
                "theory",
                THEORY,
                yaxis="y2",
                **hidden,
            ),
            _every_seed(mine, lambda runs: runs.handle[:, which], kind, MESA, 0.0, yaxis="y2", **hidden),
            _one(params.sensor_noise, one.handle[0, which], "handle picked", MESA, kind, yaxis="y2", **hidden),
        ]
    here = runs.select(sensor_noise=params.sensor_noise)
    base = [here.select(kind=kind).base[:, which].mean() for kind in KINDS]
    return figure(
        traces,
        title=f"ρ = {params.correlation:g}, σ = {params.sensor_noise:g}, harm {harm:g}: in deployment the scorers get "
        f"{base[0]:.2f}, {base[1]:.2f} and {base[2]:.2f} of O_base; in training, {here.training.mean():.2f}",
        summary=f"ρ = {params.correlation:g}, σ = {params.sensor_noise:g}; {per_cent(params.share)} of plans have a "
        f"handle that raises O_mesa by {params.lift:g} and lowers O_base by {harm:g}. "
        + " ".join(_told(here.select(kind=kind), which) for kind in KINDS),
        height=600,
        **panels(
            top={"title": "O_base of what it picks", "range": [-1.3, 2.8]},
            bottom={"title": "handle picked", "range": [-0.05, 1.05], "tickformat": ".0%"},
            across=_noise_axis((0.0, 2.0, 4.0)),
        ),
        shapes=[upright(params.sensor_noise, axis, top=0.94) for axis in ("x", "x2", "x3")],
    )


def _told(runs: Result, which: int) -> str:
    """One diagram's numbers in words."""
    params, base = runs.settings[0], runs.base[:, which]
    alone = sensor_alone(params, share=params.share, harm=runs.harms[which])
    return (
        f"{params.kind.capitalize()}: O_base {runs.training.mean():.2f} in training, {base.mean():.2f} in deployment "
        f"(seeds from {base.min():.2f} to {base.max():.2f}); by the sensor alone it would be {alone.base:.2f}; handle "
        f"picked in {100 * runs.handle[:, which].mean():.0f} % of choices."
    )


def _at(params: Params, kind: Kind, noise: float) -> Params:
    return Params(kind, params.correlation, noise, plans=params.plans, share=params.share, lift=params.lift)


def _expected(params: Params, kind: Kind, noise: float, harm: float) -> tuple[float, float] | None:
    found = expected_of(_at(params, kind, noise), share=params.share, harm=harm)
    return None if found is None else (found.base, found.handle)


def _means(runs: Result, values: Float[np.ndarray, " run"]) -> list[float]:
    """Over seeds, at each sensor noise."""
    noises = np.array([params.sensor_noise for params in runs.settings])
    return [float(values[noises == noise].mean()) for noise in SENSOR_NOISES]


def _every_seed(
    runs: Result, measure: Callable[[Result], np.ndarray], kind: Kind, color: str, aside: float, **more: Any
) -> go.Scatter:
    return go.Scatter(
        x=[round(params.sensor_noise + aside, 2) for params in runs.settings],
        y=[round(float(value), 3) for value in measure(runs)],
        mode="markers",
        name=f"{kind} (every seed)",
        marker={"color": color, "symbol": SYMBOLS[kind], "size": 6, "opacity": 0.5},
        **more,
    )


def _one(x: float, y: float, name: str, color: str, kind: Kind, **more: Any) -> go.Scatter:
    marker = {"color": color, "symbol": SYMBOLS[kind], "size": 14, "line": {"color": INK, "width": 2}}
    return go.Scatter(x=[round(x, 2)], y=[round(float(y), 3)], mode="markers", name=name, marker=marker, **more)


def _noise_axis(ticks: tuple[float, ...] = SENSOR_NOISES) -> dict[str, Any]:
    return {"title": {"text": "σ, the sensor's noise"}, "range": [-0.35, 4.35], "tickvals": list(ticks)}
