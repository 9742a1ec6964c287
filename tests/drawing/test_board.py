"""Does a picture of a map put walls, colours and arrows where the world has them?"""

import math
from typing import Any

import numpy as np
import pytest

from looks_aligned.drawing import board
from looks_aligned.drawing.style import INK
from looks_aligned.worlds.maps import MOVES, Map, read_map

MAP = read_map(
    """
    ..#.
    .#..
    ....
    """,
    {".": "floor"},
)


def heatmap(value: np.ndarray) -> Any:
    return board.squares(MAP, value, name="worth", colors=((0.0, "white"), (1.0, "black")), limits=(-1.0, 2.0))


def test_the_walls_are_drawn_over_exactly_the_maps_walls():
    boxes = {(shape["x0"], shape["x1"], shape["y0"], shape["y1"]) for shape in board.walls(MAP)}
    assert boxes == {(2.5, 3.5, 0.5, 1.5), (1.5, 2.5, 1.5, 2.5)}
    assert len(board.walls(MAP)) == 2


def test_every_open_square_has_its_colour_at_its_row_and_column():
    value = np.arange(10) / 7
    picture = heatmap(value)
    for number, (row, column) in zip(value, MAP.open_squares, strict=True):
        at = [*picture.y].index(row + 1), [*picture.x].index(column + 1)
        assert picture.z[at] == pytest.approx(number, abs=5e-4)
    assert (picture.zmin, picture.zmax) == (-1, 2)


def test_a_click_chooses_the_place_of_a_square_and_nothing_on_a_wall():
    places = heatmap(np.zeros(10)).customdata
    assert places.shape == MAP.shape
    for row, column in np.ndindex(MAP.shape):
        square = (row, column)
        wanted = MAP.open_squares.index(square) if square in MAP.open_squares else -1
        assert places[row, column] == wanted


def test_a_value_for_each_square_is_needed():
    with pytest.raises(ValueError, match="zip"):
        heatmap(np.zeros(9))


def seen(angle: float) -> tuple[int, int]:
    """Rows down and columns right that an arrow points: plotly turns it clockwise from up, rows count downwards."""
    return -round(math.cos(math.radians(angle))), round(math.sin(math.radians(angle)))


@pytest.mark.parametrize("move", MOVES)
def test_an_arrow_points_from_its_square_to_where_its_move_leads(move):
    open_map = Map(("...", "...", "..."))
    arrows: Any = board.arrows([(1, 1)], [move], name="move")
    (angle,) = arrows.marker.angle
    down, right = seen(angle)
    assert open_map.step((1, 1), move) == (1 + down, 1 + right)
    assert ([*arrows.x], [*arrows.y]) == ([2], [2])


def test_each_arrow_stands_on_its_own_square_and_takes_the_texts_colour():
    arrows: Any = board.arrows([(0, 3), (2, 1)], ["west", "east"], name="move")
    assert [*zip(arrows.y, arrows.x, arrows.marker.angle % 360, strict=True)] == [(1, 4, 270), (3, 2, 90)]
    assert arrows.marker.color == INK
    assert arrows.marker.symbol == "triangle-up", "at 0 degrees it points up"


def test_the_first_row_is_on_top_and_the_whole_map_is_in_view():
    axes = board.axes(MAP)
    bottom, top = axes["yaxis"]["range"]
    left, right = axes["xaxis"]["range"]
    assert (top, bottom) == (0.5, 3.5)
    assert (left, right) == (0.5, 4.5)
    assert axes["yaxis"]["scaleanchor"] == "x"
