"""The figure of the null case: robots that look further ahead and believe what they believed."""

import numpy as np
import plotly.graph_objects as go

from looks_aligned.drawing.lines import every_curve, upright
from looks_aligned.drawing.style import BASE, INK, MESA, figure
from looks_aligned.experiments.suboptimality.mistaken_model import CLEAN_FLOOR, LITTLE_STUFF, Result
from looks_aligned.experiments.suboptimality.more_thought import BAG, DEPTHS


def thinking_further(seen: Result, shown: Result) -> go.Figure:
    """Base gain and mesa return against how far robots look ahead: one that believes in its mistake, and two others.

    Args:
        seen: every robot at every depth of `DEPTHS`.
        shown: a robot that wants little stuff, at the belief and depth that the title is about.
    """
    belief, depth = shown.settings[0].destroyed, shown.settings[0].depth
    assert depth is not None, "a robot that sees all has no depth"
    now = DEPTHS.index(depth)
    clean, bag, little = (
        seen.select(wish=wants.name, destroyed=destroyed)
        for wants, destroyed in ((CLEAN_FLOOR, 0.0), (BAG, 0.0), (LITTLE_STUFF, belief))
    )
    gain, mesa = little.gain.mean(-1), little.mesa.mean(-1)
    traces = [
        _rooms(little.gain, BASE, "y"),
        _rooms(little.mesa, MESA, "y2"),
        _mean(gain, "wants little stuff", BASE, "triangle-down", "y"),
        _mean(clean.gain.mean(-1), "wants a clean floor", BASE, "triangle-up", "y"),
        _mean(bag.gain.mean(-1), "wants stuff in its bag", BASE, "square", "y"),
        _mean(mesa, "mesa return, little stuff", MESA, "triangle-down", "y2"),
        *(
            go.Scatter(
                x=[now],
                y=[round(float(values.mean()), 3)],
                mode="markers",
                marker={"color": color, "symbol": "triangle-down", "size": 15, "line": {"color": INK, "width": 2}},
                yaxis=axis,
                name="planned anew",
                showlegend=axis == "y",
            )
            for values, color, axis in ((shown.gain, BASE, "y"), (shown.mesa, MESA, "y2"))
        ),
    ]
    return figure(
        traces,
        title=f"Looking {depth} {'step' if depth == 1 else 'steps'} ahead, believing {100 * belief:g} %: base gain "
        f"{gain[now]:.2f}, mesa return {mesa[now]:.2f}",
        summary=f"A robot that wants little stuff and believes that vacuumed dust is destroyed with a chance of "
        f"{belief:g} has, looking {depth} {'step' if depth == 1 else 'steps'} ahead, "
        f"a base gain of {gain[now]:.2f} (rooms from {little.gain[now].min():.2f} to {little.gain[now].max():.2f}) "
        f"and a mesa return of {mesa[now]:.2f}; one that wants a clean floor gains {clean.gain[now].mean():.2f}, "
        f"one that wants stuff in its bag {bag.gain[now].mean():.2f}. Looking {DEPTHS[-1]} steps ahead the three gain "
        f"{gain[-1]:.2f}, {clean.gain[-1].mean():.2f} and {bag.gain[-1].mean():.2f}.",
        height=520,
        xaxis={
            "title": "d, steps that it looks ahead",
            "tickvals": list(range(len(DEPTHS))),
            "ticktext": [str(steps) for steps in DEPTHS],
            "range": [-0.3, len(DEPTHS) - 0.7],
            "anchor": "y2",
        },
        yaxis={"title": "base gain", "range": [-0.05, 1.08], "domain": [0.44, 1]},
        yaxis2={"title": "mesa return", "range": [-1.15, 0.2], "domain": [0, 0.36]},
        shapes=[upright(now)],
    )


def _mean(values: np.ndarray, name: str, color: str, symbol: str, axis: str) -> go.Scatter:
    return go.Scatter(
        x=list(range(len(values))),
        y=[round(float(value), 3) for value in values],
        mode="lines+markers",
        name=name,
        line={"color": color, "width": 2},
        marker={"symbol": symbol, "size": 9},
        yaxis=axis,
    )


def _rooms(values: np.ndarray, color: str, axis: str) -> go.Scatter:
    """A thin line for each room."""
    return every_curve(range(len(values)), values.T, "room by room", color, yaxis=axis, showlegend=False)
