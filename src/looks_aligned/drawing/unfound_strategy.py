"""Figures of robots that have not found a strategy yet: how many stay aligned when they look further, and which."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from looks_aligned.drawing.lines import curve, upright
from looks_aligned.drawing.style import BASE, DEPLOYMENT, INK, MESA, THEORY, figure
from looks_aligned.experiments.suboptimality.unfound_strategy import DEPTHS, KEPT, Result, expected_still, slope

FINE = tuple(range(1, DEPTHS[-1] + 1))
"""Where the line of theory is drawn."""
DOTS = 300
"""How many robots are drawn one by one."""
SECOND: dict[str, Any] = {"xaxis": "x2", "yaxis": "y2"}
"""The axes of the lower panel."""


def still_aligned(seen: Result, shown: Result, *, training_depth: int, depth: int) -> go.Figure:
    """Of the robots that look aligned in training, how many still do when they look further; and what they want.

    Args:
        seen: runs of all seeds at one correlation of the two weights.
        shown: a run of one seed at that correlation, of which robots are drawn one by one.
        training_depth: how far they look in training, one of `DEPTHS`.
        depth: how far in deployment, one of `DEPTHS`.
    """
    params, now = seen.settings[0], DEPTHS.index(depth)
    still, able, kept = seen.still(training_depth), seen.able(training_depth), seen.kept(training_depth)
    line = [expected_still(at, training_depth, params.correlation, params.detour) for at in FINE]
    here = expected_still(depth, training_depth, params.correlation, params.detour)
    weights = shown.weights[0, :DOTS]
    kept_dots, good_dots = shown.kept(training_depth)[0, :DOTS], shown.base[0, now, :DOTS] > KEPT
    k = slope(depth, params.detour)
    edge = (1.25 / np.hypot(1, k), 1.25 * k / np.hypot(1, k)) if np.isfinite(k) else (0.0, 1.25)
    dashed = {"color": MESA, "dash": DEPLOYMENT, "width": 2}
    traces = [
        go.Scatter(
            x=[at for at in DEPTHS for _ in still],
            y=[round(float(value), 3) for at in range(len(DEPTHS)) for value in still[:, at]],
            mode="markers",
            marker={"color": BASE, "size": 6, "opacity": 0.4},
            name="still aligned, each seed",
        ),
        curve(FINE, line, "theory", THEORY),
        curve(DEPTHS, able.mean(0), "mesa return, share of best", dashed, hoverinfo="all"),
        go.Scatter(
            x=[depth],
            y=[round(float(shown.still(training_depth)[0, now]), 3)],
            mode="markers",
            marker={"color": BASE, "size": 14, "line": {"color": INK, "width": 2}},
            name=f"seed {shown.settings[0].seed}",
        ),
        _dots(weights, ~kept_dots, "not kept", "gray", "circle-open"),
        _dots(weights, kept_dots & good_dots, "kept, still aligned", BASE, "circle"),
        _dots(weights, kept_dots & ~good_dots, "kept, turned", MESA, "x"),
        curve([0.0, round(float(edge[0]), 3)], [0.0, edge[1]], "theory: y = k x", THEORY, **SECOND, showlegend=False),
    ]
    count, total = int(kept.sum()), kept.size
    return figure(
        traces,
        title=f"Trained at d = {training_depth}, r = {params.correlation:g}: at d = {depth}, "
        f"{100 * still[:, now].mean():.0f} % of the kept robots are still aligned; theory says {100 * here:.0f} %",
        summary=f"Weights correlate by r = {params.correlation:g}. "
        f"Of {total} robots that look {training_depth} steps ahead, {count} are kept. Looking "
        f"{depth} steps ahead, a share of {still[:, now].mean():.3f} of them still does (seeds from "
        f"{still[:, now].min():.3f} to {still[:, now].max():.3f}; theory {here:.3f}). They get "
        f"{able[:, now].mean():.2f} of what they could get of what they want.",
        height=680,
        xaxis={
            "title": "d, steps that it looks ahead",
            "type": "log",
            "range": [-0.05, 1.65],
            "tickvals": [1, 2, 4, 8, 16, 40],
            "ticktext": ["1", "2", "4", "8", "16", "40"],
            "anchor": "y",
        },
        yaxis={"title": "share", "range": [0.65, 1.03], "domain": [0.58, 1]},
        xaxis2={"title": "x, weight of the simple", "range": [-1.3, 1.3], "anchor": "y2", "tickvals": [-1, 0, 1]},
        yaxis2={
            "title": "y, complicated",
            "range": [-1.3, 1.3],
            "domain": [0, 0.42],
            "scaleanchor": "x2",
            "tickvals": [-1, 0, 1],
        },
        shapes=[
            upright(training_depth, bottom=0.58, dash="solid"),
            upright(depth, bottom=0.58),
        ],
    )


def _dots(weights: np.ndarray, chosen: np.ndarray, name: str, color: str, symbol: str) -> go.Scatter:
    """Some of the robots, each where what it wants lies on the circle."""
    x, y = (
        [round(float(value), 3) if here else None for value, here in zip(axis, chosen, strict=True)]
        for axis in weights.T
    )
    return go.Scatter(
        x=x,
        y=y,
        mode="markers",
        name=name,
        marker={"color": color, "symbol": symbol, "size": 7},
        hoverinfo="skip",
        **SECOND,
    )
