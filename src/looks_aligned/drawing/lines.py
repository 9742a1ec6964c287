"""Lines that many figures draw: a curve, many curves in one trace, and an upright where the reader is."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from looks_aligned.drawing.style import INK, SEED, SEED_OPACITY


def curve(
    x: Iterable[Any], y: Iterable[Any], name: str, look: dict[str, Any], digits: int = 3, **more: Any
) -> go.Scatter:
    """A curve, rounded to what can be seen; None breaks it.

    Args:
        x: where.
        y: how high.
        name: what it is, for the legend.
        look: plotly's line: color, dash, width.
        digits: after the point, of each height.
        **more: more of plotly's trace.
    """
    rounded = [None if value is None else round(float(value), digits) for value in y]
    return go.Scatter(x=list(x), y=rounded, mode="lines", name=name, line=look, **{"hoverinfo": "skip"} | more)


def unrounded(x: object, y: object, name: str, look: dict[str, Any], **more: Any) -> go.Scatter:
    """A curve that is not rounded, for a logarithmic axis and for who hovers over it; arguments as in `curve`."""
    return go.Scatter(x=np.asarray(x), y=np.asarray(y, dtype=np.float32), mode="lines", name=name, line=look, **more)


def every_curve(
    x: Sequence[Any], curves: Iterable[Iterable[Any]], name: str, color: str, dash: str = "solid", **more: Any
) -> go.Scatter:
    """Many curves over the same x, thin and pale, in one trace, which a page draws much faster than many.

    Args:
        x: where.
        curves: how high each is; None breaks it.
        name: what they are, for the legend.
        color: of all.
        dash: of all.
        **more: more of `curve`.
    """
    heights = [[*one, None] for one in curves]
    places, look = [*x, None] * len(heights), {**SEED, "color": color, "dash": dash}
    return curve(places, [value for one in heights for value in one], name, look, opacity=SEED_OPACITY, **more)


def upright(
    x: float | int, axis: str = "x", *, bottom: float = 0.0, top: float = 1.0, dash: str = "dot"
) -> dict[str, Any]:
    """An upright line, as a shape for a layout.

    Args:
        x: where.
        axis: the x axis that says where.
        bottom: where it begins, as a share of the figure's height.
        top: where it ends, likewise.
        dash: plotly's.
    """
    look = {"color": INK, "width": 1, "dash": dash}
    return {"type": "line", "xref": axis, "yref": "paper", "x0": x, "x1": x, "y0": bottom, "y1": top, "line": look}
