"""Marks that several figures draw: a line, one trace for every run, an upright at a slider's value."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from looks_aligned.drawing.style import INK, SEED, SEED_OPACITY


def line(x: Any, y: Any, name: str, look: dict[str, Any], **more: Any) -> go.Scatter:
    """A curve, its values rounded to what can be seen; None leaves a gap."""
    rounded = [None if value is None else round(float(value), 4) for value in y]
    return go.Scatter(x=list(x), y=rounded, mode="lines", name=name, line=look, **{"hoverinfo": "skip"} | more)


def every_curve(x: Sequence[float], curves: Any, name: str, color: str, **more: Any) -> go.Scatter:
    """Many thin curves over the same x as one trace, with a gap between each and the next: a page draws it faster."""
    gap = [None]
    return go.Scatter(
        x=[at for _ in curves for at in [*x, *gap]],
        y=[at for curve in curves for at in [*(round(float(value), 3) for value in curve), *gap]],
        mode="lines",
        name=name,
        line={"color": color, **SEED},
        opacity=SEED_OPACITY,
        showlegend=False,
        hoverinfo="skip",
        **more,
    )


def upright(x: float | int, axis: str = "x", top: float = 1.0) -> dict[str, Any]:
    """A dotted line at x, through all rows of panels."""
    look = {"color": INK, "width": 1, "dash": "dot"}
    return {"type": "line", "xref": axis, "yref": "paper", "x0": x, "x1": x, "y0": 0, "y1": top, "line": look}
