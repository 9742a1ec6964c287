"""A robot's room as a picture: its floor, what lies on it, and the robot on its way."""

from collections.abc import Collection, Sequence

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from looks_aligned.drawing import board
from looks_aligned.drawing.style import INK
from looks_aligned.worlds.maps import MOVES, Map, Square
from looks_aligned.worlds.room import RoomState

DUST = "#A07845"
TILE = "rgba(128, 128, 128, 0.15)"


def floor(plan: Map, tinted: Float[np.ndarray, " square"] | None = None, tint: str = TILE) -> go.Heatmap:
    """The tiles, all alike but for those that are tinted.

    Args:
        plan: the room's map.
        tinted: 1 for each open square that is, 0 for the others; none if left out.
        tint: their colour.
    """
    values = np.zeros(len(plan.open_squares)) if tinted is None else tinted
    tiles = board.squares(plan, values, name="floor", colors=((0.0, TILE), (1.0, tint)), limits=(0.0, 1.0))
    tiles.showscale = False
    tiles.hovertemplate = "row %{y}, column %{x}<extra></extra>"
    return tiles


def present(squares: Sequence[Square], places: Collection[Square]) -> Float[np.ndarray, " square"]:
    """1 for each square that is among some places, 0 for the others."""
    return np.array([float(square in places) for square in squares])


def things(
    squares: Sequence[Square],
    name: str,
    symbol: str,
    sizes: Float[np.ndarray, " square"],
    *,
    color: str = INK,
    letter: str = "",
    aside: float = 0.0,
    line_width: int = 1,
) -> go.Scatter:
    """One kind of thing, on every square, with size 0 where there is none: a figure's structure never changes.

    Args:
        squares: the room's open squares.
        name: what they are, for the legend; it has them only if the room does.
        symbol: plotly's.
        sizes: in pixels.
        color: of the symbol's line.
        letter: written on each.
        aside: how far to the right of a square's middle they stand, and above it, in squares.
        line_width: in pixels.
    """
    return go.Scatter(
        x=[column + 1 + aside for _, column in squares],
        y=[row + 1 - aside for row, _ in squares],
        mode="markers+text",
        text=[letter if size else "" for size in sizes],
        textfont={"size": 11, "color": INK},
        marker={"symbol": symbol, "color": color, "size": sizes, "opacity": 1, "line": {"width": line_width}},
        name=name,
        showlegend=bool(np.any(sizes)),
        hoverinfo="skip",
    )


def dust(squares: Sequence[Square], sizes: Float[np.ndarray, " square"]) -> go.Scatter:
    """Dust, on every square, with size 0 where there is none; the legend has its own."""
    drawn = things(squares, "dust", "asterisk-open", sizes, color=DUST, line_width=2)
    return drawn.update(showlegend=False)


def dust_of_the_legend() -> go.Scatter:
    """For the legend alone, which has dust to show even when no dust is left."""
    marker = {"symbol": "asterisk-open", "size": 14, "color": DUST, "line": {"width": 2}}
    return go.Scatter(x=[None], y=[None], mode="markers", marker=marker, name="dust")


def robot(place: Float[np.ndarray, "2"], color: str) -> go.Scatter:
    """The robot, at x and y."""
    return go.Scatter(
        x=place[:1],
        y=place[1:],
        mode="markers+text",
        text=["R"],
        textfont={"size": 12, "color": INK},
        marker={"symbol": "circle", "size": 22, "color": color, "line": {"width": 1, "color": INK}},
        name="robot (R)",
        hoverinfo="skip",
    )


def way(states: Sequence[RoomState]) -> Float[np.ndarray, "moment 2"]:
    """Where the robot is at each moment, as x and y."""
    return np.array([[column + 1, row + 1] for row, column in (state.robot for state in states)], dtype=float)


def so_far(ways: Float[np.ndarray, "moment 2"]) -> Float[np.ndarray, "moment moment 2"]:
    """At each moment the way up to then: its later points are heaped where the robot stands."""
    moments = np.arange(len(ways))
    return ways[np.minimum(moments, moments[:, None])]


def used_on(states: Sequence[RoomState], actions: Sequence[str], square: Square) -> list[int]:
    """The steps, counted from 1, in which the robot used a tool on a square."""
    return [
        step
        for step, (action, state) in enumerate(zip(actions, states, strict=False), start=1)
        if state.robot == square and action not in (*MOVES, "wait")
    ]
