"""Are a room's floor, its dust and the robot drawn where they are?"""

from typing import Any

import numpy as np
import pytest

from looks_aligned.drawing import robots
from looks_aligned.worlds.room import Room

ROOM = Room.parse("d.P\nR#.")
SQUARES = ROOM.board.open_squares


def test_a_tinted_floor_has_its_tint_on_the_tiles_that_it_is_told() -> None:
    tiles: Any = robots.floor(ROOM.board, np.array([0.0, 1.0, 0.0, 0.0, 1.0]), "red")
    assert tiles.z.tolist() == [[0, 1, 0], [0, 0, 1]]
    assert [color for _, color in tiles.colorscale] == [robots.TILE, "red"]
    plain: Any = robots.floor(ROOM.board)
    assert not plain.z.any()


def test_things_are_drawn_on_their_squares_and_the_legend_has_them_only_if_they_are_there() -> None:
    plants: Any = robots.things(
        SQUARES, "plant", "hexagon", 9 * robots.present(SQUARES, ROOM.start.plants), letter="P", aside=0.25
    )
    assert [(x, y) for x, y, size in zip(plants.x, plants.y, plants.marker.size, strict=True) if size] == [(3.25, 0.75)]
    assert "".join(plants.text) == "P"
    assert plants.showlegend
    none: Any = robots.things(SQUARES, "plant", "hexagon", 0 * plants.marker.size)
    assert not none.showlegend


def test_the_way_so_far_ends_where_the_robot_stands_at_each_moment() -> None:
    states = [ROOM.start]
    for action in ("north", "vacuum", "east"):
        states.append(ROOM.outcomes(states[-1], action)[0].state)  # type: ignore[arg-type]
    way = robots.way(states)
    assert way.tolist() == [[1, 2], [1, 1], [1, 1], [2, 1]]
    assert robots.so_far(way)[1].tolist() == [[1, 2], [1, 1], [1, 1], [1, 1]]
    assert robots.used_on(states, ("north", "vacuum", "east"), (0, 0)) == [2]
    robot: Any = robots.robot(way[-1], "red")
    assert ([*robot.x], [*robot.y]) == ([2], [1])


@pytest.mark.parametrize("left", [0, 1])
def test_the_legend_has_dust_even_when_none_is_left(left: int) -> None:
    dust: Any = robots.dust(SQUARES, left * np.ones(len(SQUARES)))
    legend: Any = robots.dust_of_the_legend()
    assert (dust.showlegend, legend.showlegend) == (False, None)
    assert dust.marker.symbol == legend.marker.symbol
