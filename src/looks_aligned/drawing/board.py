"""A world's map as a picture: walls, a colour for each open square, an arrow for where the agent goes from it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from looks_aligned.drawing.style import INK
from looks_aligned.worlds.maps import MOVES, WALL, Map, Square

ANGLE = {"north": 0, "east": 90, "south": 180, "west": 270}
"""Degrees clockwise from up, as plotly turns a marker."""


def walls(board: Map) -> list[dict[str, object]]:
    """The walls, as shapes for a layout."""
    return [
        {
            "type": "rect",
            "x0": column + 0.5,
            "x1": column + 1.5,
            "y0": row + 0.5,
            "y1": row + 1.5,
            "fillcolor": "gray",
            "line": {"width": 0},
        }
        for row, line in enumerate(board.rows)
        for column, character in enumerate(line)
        if character == WALL
    ]


def squares(
    board: Map,
    value: Float[np.ndarray, " square"],
    *,
    name: str,
    colors: Sequence[tuple[float, str]],
    limits: tuple[float, float],
) -> go.Heatmap:
    """A colour for each open square, in the order of `board.open_squares`; walls are to be drawn over the rest.

    Each square's `customdata` is its place in that order, -1 for a wall: what a click on it chooses.
    """
    rows, columns = board.shape
    picture, places = np.zeros((rows, columns)), np.full((rows, columns), -1)
    for place, ((row, column), number) in enumerate(zip(board.open_squares, value, strict=True)):
        picture[row, column], places[row, column] = number, place
    return go.Heatmap(
        z=picture.round(3),
        customdata=places,
        x=np.arange(1, columns + 1),
        y=np.arange(1, rows + 1),
        zmin=limits[0],
        zmax=limits[1],
        colorscale=[list(color) for color in colors],
        name=name,
        xgap=1,
        ygap=1,
        hovertemplate="row %{y}, column %{x}: %{z:.2f}<extra></extra>",
    )


def arrows(places: Sequence[Square], actions: Sequence[str], *, name: str) -> go.Scatter:
    """An arrow on each square, the way that its action goes."""
    return go.Scatter(
        x=np.array([column + 1 for _, column in places], dtype=np.uint8),
        y=np.array([row + 1 for row, _ in places], dtype=np.uint8),
        mode="markers",
        marker={
            "symbol": "triangle-up",
            "angle": np.array([ANGLE[action] for action in actions], dtype=np.int16),
            "size": 9,
            "color": INK,
        },
        name=name,
        hoverinfo="skip",
    )


def brief(steps: Sequence[int]) -> str:
    """Numbers of steps, in order, as short as they fit on a square."""
    if len(steps) < 4:
        return ", ".join(map(str, steps))
    if steps[-1] - steps[0] == len(steps) - 1:
        return f"{steps[0]}–{steps[-1]}"
    return f"{steps[0]}, {steps[1]} … {steps[-1]}"


def axes(board: Map) -> dict[str, Any]:
    """Rows counted from the top, squares square."""
    rows, columns = board.shape
    common: dict[str, object] = {"showgrid": False, "dtick": 1, "tick0": 1, "mirror": True, "ticks": ""}
    return {
        "xaxis": {"title": "column", "range": [0.5, columns + 0.5], "constrain": "domain", **common},
        "yaxis": {"title": "row", "range": [rows + 0.5, 0.5], "scaleanchor": "x", "constrain": "domain", **common},
    }


assert set(ANGLE) == set(MOVES)
