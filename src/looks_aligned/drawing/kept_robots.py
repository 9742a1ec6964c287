"""Figures of kept robots: who is kept at each share of misleading evidence, and what becomes of them as they learn."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Bool, Float

from looks_aligned.drawing.lines import curve, every_curve, upright
from looks_aligned.drawing.style import (
    BASE,
    DEPLOYMENT,
    INK,
    MESA,
    PROXY,
    THEORY,
    TRAINING,
    figure,
    per_cent,
    share_axis,
)
from looks_aligned.experiments.suboptimality.kept_robots import (
    SEEDS,
    SHOWN_SEEDS,
    Beliefs,
    Kept,
    chance_mistaken,
    keep,
    shown_seed,
)
from looks_aligned.experiments.suboptimality.mistaken_model import COST, Behaviour
from looks_aligned.experiments.suboptimality.world_model import MORE_EVIDENCE, SHARES, Learner, correlation

FINE = tuple(float(share) for share in np.linspace(0, 1, 41))
"""Where the line of theory is drawn."""


def who_is_kept(
    behaviour: Behaviour, beliefs: Beliefs, *, share: float, rooms: int, seeds: tuple[int, ...] = SEEDS
) -> go.Figure:
    """How many base optimizers keep a suboptimality-aligned robot, at each share of evidence that misleads?

    Args:
        behaviour: what every candidate earns at every belief.
        beliefs: what robots believe after what they have seen.
        share: s, the share that the title is about.
        rooms: N, how many training rooms a base optimizer sees.
        seeds: the base optimizers.
    """
    kept = {at: keep(behaviour, beliefs, share=at, rooms=rooms, seeds=seeds) for at in {*SHARES, share}}
    often = np.array([kept[at].mistaken.mean() for at in SHARES])
    here, line = kept[share], chance_mistaken(beliefs, share)
    bars = {"type": "data", "array": _rounded(2 * np.sqrt(often * (1 - often) / len(seeds))), "color": MESA}
    traces = [
        go.Scatter(
            x=SHARES,
            y=_rounded(often),
            error_y=bars,
            mode="markers",
            marker={"color": MESA, "size": 8},
            name="kept: aligned by mistake",
        ),
        curve(FINE, [chance_mistaken(beliefs, at) for at in FINE], "theory", THEORY),
        curve(
            SHARES,
            [kept[at].training.mean() for at in SHARES],
            "base gain in training",
            {"color": BASE, "dash": TRAINING, "width": 2},
            yaxis="y2",
        ),
        curve(
            SHARES,
            [kept[at].knowing.mean() for at in SHARES],
            "base gain, truth known",
            {"color": BASE, "dash": DEPLOYMENT, "width": 2},
            yaxis="y2",
        ),
        curve(FINE, [correlation(at) for at in FINE], "ρ, training", {"color": PROXY, "width": 2}, yaxis="y2"),
    ]
    return figure(
        traces,
        title=f"s = {per_cent(share)} (ρ = {correlation(share):.2f}), N = {rooms}: {int(here.mistaken.sum())} of "
        f"{len(seeds)} base optimizers keep a robot that would not clean if it knew",
        summary=f"With {per_cent(share)} of training evidence misleading, what is wanted seems to go with the base "
        f"objective by ρ = {correlation(share):.2f}. Of {len(seeds)} base optimizers that see {rooms} "
        f"{'room' if rooms == 1 else 'rooms'}, {int(here.mistaken.sum())} keep a suboptimality-aligned robot, "
        f"{here.mistaken.mean():.3f} of them; theory says {line:.3f}. On average the kept robots gain "
        f"{here.training.mean():.2f} of what cleaning gains in training, and {here.knowing.mean():.2f} once they know.",
        height=520,
        xaxis=share_axis(
            "s, training evidence that misleads", (0, 0.25, 0.5, 0.75, 1), range=[-0.02, 1.02], anchor="y2"
        ),
        yaxis={"title": "share kept", "range": [-0.02, 0.6], "domain": [0.58, 1]},
        yaxis2={"title": "gain; ρ", "range": [-0.05, 1.08], "domain": [0, 0.5]},
        shapes=[upright(share)],
    )


def learning_more(kept: Kept, learner: Learner, *, more: int, again: tuple[float, float]) -> go.Figure:
    """What becomes of kept robots, and of an aligned one that doubts its vacuum, as they learn what is true.

    Args:
        kept: what base optimizers kept, at one share.
        learner: how the robots learn.
        more: the number of further observations that the title is about.
        again: base gain then of one base optimizer's robot and of its doubting one, planned anew.
    """
    now, place = MORE_EVIDENCE.index(more), kept.seeds.index(shown_seed(kept))
    shown = np.isin(kept.seeds, SHOWN_SEEDS)
    mistaken = kept.mistaken
    dashed = {"dash": DEPLOYMENT, "width": 3}
    which = {"aligned by mistake": mistaken, "other kept robots": ~mistaken}
    traces = [
        _one_by_one(kept.gain, shown & mistaken, BASE, "y"),
        _one_by_one(kept.belief, shown & mistaken, PROXY, "y2"),
        _one_by_one(kept.mesa, shown & mistaken, MESA, "y3"),
        *(
            _mean(kept.gain, chosen, name, {**dashed, "color": BASE}, symbol, "y")
            for (name, chosen), symbol in zip(which.items(), ("triangle-down", "square"), strict=True)
        ),
        _mean(
            kept.doubter, shown | ~shown, "aligned, doubts its vacuum", {**dashed, "color": BASE}, "triangle-up", "y"
        ),
        _mean(kept.belief, mistaken, "its belief", {**dashed, "color": PROXY}, "triangle-down", "y2"),
        _mean(kept.mesa, mistaken, "its mesa return", {**dashed, "color": MESA}, "triangle-down", "y3"),
        curve((-0.4, len(MORE_EVIDENCE) - 0.6), (COST, COST), "theory: worth its cost above", THEORY, yaxis="y2"),
        _again(now, again[0], f"seed {kept.seeds[place]}, anew", "triangle-down"),
        _again(now, again[1], "doubter, anew", "triangle-up"),
    ]
    count = int(mistaken.sum())
    fell = (
        f"{_average(kept.gain[:, now], mistaken)} of what cleaning gains ({_average(kept.gain[:, 0], mistaken)} before)"
    )
    became = (
        f"After {more} observations in deployment it believes in the mistake by "
        f"{_average(kept.belief[:, now], mistaken)} and its base gain is {fell}; its mesa return is "
        f"{_average(kept.mesa[:, now], mistaken)} ({_average(kept.mesa[:, 0], mistaken)} before). "
        if count
        else ""
    )
    rose = f"{kept.doubter[:, now].mean():.2f} ({kept.doubter[:, 0].mean():.2f} before)"
    return figure(
        traces,
        title=f"s = {per_cent(kept.share)}, {more} more seen: "
        + (f"robots aligned by mistake gain {fell}" if count else "no robot that is aligned by mistake was kept")
        + f"; the aligned robot that doubts its vacuum, {rose}",
        summary=f"Learner: {learner}. {count} of {len(kept.seeds)} base optimizers kept a robot that is aligned by "
        f"mistake. {became}The other kept robots gain {_average(kept.gain[:, now], ~mistaken)} after {more} "
        f"observations in deployment. An aligned robot that doubts its vacuum gains {rose}.",
        height=680,
        xaxis={
            "title": "n, times that it saw the truth",
            "range": [-0.4, len(MORE_EVIDENCE) - 0.6],
            "tickvals": list(range(len(MORE_EVIDENCE))),
            "ticktext": [str(times) for times in MORE_EVIDENCE],
            "anchor": "y3",
        },
        yaxis={"title": "base gain", "range": [-0.08, 1.1], "domain": [0.64, 1]},
        yaxis2={"title": "belief", "range": [-0.05, 1.05], "domain": [0.34, 0.58]},
        yaxis3={"title": "mesa return", "range": [-1.15, 0.25], "domain": [0.0, 0.28]},
        shapes=[upright(float(now))],
    )


def _average(values: Float[np.ndarray, " seed"], chosen: Bool[np.ndarray, " seed"]) -> str:
    return f"{values[chosen].mean():.2f}" if chosen.any() else "–"


def _rounded(values: Any) -> list[float]:
    return [round(float(value), 3) for value in values]


def _mean(
    values: Float[np.ndarray, "seed more"],
    chosen: Bool[np.ndarray, " seed"],
    name: str,
    line: dict[str, Any],
    symbol: str,
    axis: str,
) -> go.Scatter:
    """The average of some, or nothing where there are none."""
    y = _rounded(values[chosen].mean(0)) if chosen.any() else [None] * values.shape[1]
    return go.Scatter(
        x=list(range(values.shape[1])),
        y=y,
        mode="lines+markers",
        name=name,
        line=line,
        marker={"symbol": symbol, "size": 9},
        yaxis=axis,
    )


def _one_by_one(
    values: Float[np.ndarray, "seed more"], chosen: Bool[np.ndarray, " seed"], color: str, axis: str
) -> go.Scatter:
    """Thin lines, one for each of the shown seeds; a seed that is not chosen has none."""
    nothing = [None] * values.shape[1]
    curves = [values[place] if chosen[place] else nothing for place in range(min(len(values), len(SHOWN_SEEDS)))]
    x = range(values.shape[1])
    return every_curve(x, curves, "one by one", color, DEPLOYMENT, yaxis=axis, showlegend=False)


def _again(x: int, y: float, name: str, symbol: str) -> go.Scatter:
    marker = {"color": BASE, "symbol": symbol, "size": 15, "line": {"color": INK, "width": 2}}
    return go.Scatter(x=[x], y=[round(y, 3)], mode="markers", name=name, marker=marker)
