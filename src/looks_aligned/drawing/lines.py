"""Lines that many figures draw: a curve, every seed's curve in one trace, and an upright where the reader is."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from looks_aligned.drawing.style import INK, SEED, SEED_OPACITY


def curve(x: Iterable[Any], y: Iterable[Any], name: str, look: dict[str, Any], **more: Any) -> go.Scatter:
    """A curve, to three digits; None breaks it.

    Args:
        x: where.
        y: how high.
        name: what it is, for the legend.
        look: plotly's line: color, dash, width.
        **more: more of plotly's trace.
    """
    rounded = [None if value is None else round(float(value), 3) for value in y]
    return go.Scatter(x=list(x), y=rounded, mode="lines", name=name, line=look, hoverinfo="skip", **more)


def every_seed(
    x: Sequence[Any], curves: Float[np.ndarray, "seed point"], name: str, color: str, dash: str = "solid", **more: Any
) -> go.Scatter:
    """All seeds' curves, thin and pale, in one trace."""
    points = [*x, None] * len(curves)
    heights = [None if value is None else value for curve in curves for value in (*curve, None)]
    return curve(points, heights, name, {**SEED, "color": color, "dash": dash}, opacity=SEED_OPACITY, **more)


def upright(x: float | int, axis: str = "x", top: float = 1.0) -> dict[str, Any]:
    """A dotted upright, as a shape for a layout.

    Args:
        x: where.
        axis: the x axis that says where.
        top: how high it reaches, as a share of the figure.
    """
    look = {"color": INK, "width": 1, "dash": "dot"}
    return {"type": "line", "xref": axis, "yref": "paper", "x0": x, "x1": x, "y0": 0, "y1": top, "line": look}
