"""One visual language for every figure: what a colour, a dash and a thin line mean is the same on every page.

Colours are Okabe and Ito's (safe for colour-blind readers), chosen to be legible on white and on near-black. Where a
figure says `INK`, the page's own text colour is put when it is drawn; its background and grid are the page's too.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Shaped
from plotly.basedatatypes import BaseTraceType

BASE = "#0072B2"
"""The base objective: what training rewards."""
MESA = "#D55E00"
"""The mesa-objective: what the agent pursues."""
PROXY = "#009E73"
"""A proxy or common cause: what goes with the base objective in training."""
INK = "black"
"""Text, and lines that theory draws."""

TRAINING = "solid"
DEPLOYMENT = "dash"
THEORY = {"color": INK, "width": 1}
SEED = {"width": 1}
SEED_OPACITY = 0.3
SHOWN = {"width": 3}
LEGEND = {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0, "xanchor": "left"}
MARGIN = {"l": 66, "r": 28, "t": 20, "b": 56}
"""In pixels; where axes, ticks and titles need more, plotly draws twice."""
NARROW = {"l": 8, "r": 8, "t": 8, "b": 8}
"""Margins in pixels of a picture without axes."""
AXIS = {"zeroline": False, "automargin": True, "fixedrange": True}


@dataclass(frozen=True)
class Change:
    """What moves in one trace.

    Attributes:
        trace: which of the figure's traces, counted from 0.
        key: what of it changes, such as "x" or "marker.opacity".
        values: what it is at each moment.
    """

    trace: int
    key: str
    values: Shaped[np.ndarray, "moment point"]


@dataclass(frozen=True)
class Animation:
    """A figure's moments, one after the other; it stands still at the last until a reader asks to see them.

    Attributes:
        texts: each moment in words, such as "3: sweeps, 2 clean squares". Read one after the other, they tell it all.
        changes: what is drawn otherwise from moment to moment.

    Raises:
        ValueError: a change without a value for each moment.
    """

    texts: tuple[str, ...]
    changes: tuple[Change, ...]

    def __post_init__(self) -> None:
        """Check that texts and values go together."""
        for change in self.changes:
            if len(change.values) != len(self.texts):
                raise ValueError(
                    f"changes: {change.key} of trace {change.trace} has {len(change.values)} moments, "
                    f"the texts have {len(self.texts)}"
                )


def figure(
    traces: Sequence[BaseTraceType],
    *,
    title: str,
    summary: str,
    click: str | None = None,
    animation: Animation | None = None,
    rows: Sequence[Sequence[str]] | None = None,
    height: int = 420,
    **layout: Any,
) -> go.Figure:
    """A figure in the book's style.

    Args:
        traces: what to draw.
        title: what the figure shows in this state, in words; on the page it stands above as text.
        summary: one sentence with the numbers, for screen readers and for copying.
        click: the setting that a click on a point chooses; the point's `customdata` is the position of its value.
        animation: moments that the reader can play, or step through.
        rows: of the data table, headings first; rows of empty cells are left out of it. Without any, the table lists
            every point that is drawn.
        height: pixels.
        **layout: more of plotly's layout.
    """
    meta: dict[str, Any] = {"summary": typeset(summary), "click": click}
    if animation is not None:
        changes = [{"trace": change.trace, "key": change.key, "values": change.values} for change in animation.changes]
        meta["animation"] = {"texts": list(animation.texts), "changes": changes}
    if rows is not None:
        meta["rows"] = [[typeset(cell) for cell in row] for row in rows]
    look = {
        "template": "none",
        "title": {"text": typeset(title)},
        "meta": meta,
        "height": height,
        "margin": MARGIN,
        "font": {"color": INK, "size": 14},
        "hovermode": "closest",
        "dragmode": False,
    }
    layout = {"xaxis": {}, "yaxis": {}, "legend": {}, **layout}
    axes = {name: {**axis, **AXIS} for name, axis in layout.items() if re.fullmatch(r"[xy]axis\d*", name)}
    legend = {**LEGEND, **layout["legend"]}
    # Told all at once: plotly checks as much whenever it is told something more, and takes as long again.
    return go.Figure(list(traces), {**look, **layout, **axes, "legend": legend})


def share_axis(title: str, ticks: Sequence[float | int], **more: Any) -> dict[str, Any]:
    """A layout's axis along which a share of something is told in per cent.

    Args:
        title: what it is a share of.
        ticks: the shares that are named.
        **more: more of plotly's axis.
    """
    return {"title": title, "tickvals": list(ticks), "ticktext": [per_cent(float(share)) for share in ticks], **more}


def per_cent(share: float) -> str:
    """A share as a reader writes it: 0.0001 is 0.01 %."""
    return f"{100 * share:g} %"


def typeset(words: str) -> str:
    """Words in which each negative number has a true minus sign, and zero has none: "-0.50, -0.00" is "−0.50, 0.00"."""
    if "-" not in words and "−0" not in words:  # as in nearly every cell of a table
        return words
    signed = re.sub(r"(?<![\w.)\]-])-(?=\.?\d)", "−", words)
    return re.sub(r"−(?=0(\.0*)?(?![.\d]))", "", signed)
