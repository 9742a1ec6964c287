"""Is a map read as it looks, and refused where it cannot be?"""

import pytest

from looks_aligned.worlds.maps import MapError, read_map
from looks_aligned.worlds.maze import Maze
from looks_aligned.worlds.room import Room

LEGEND = {".": "floor", "X": "treasure"}


def test_a_map_reads_as_it_looks():
    board = read_map(
        """
        .#X
        ...
        """,
        LEGEND,
    )
    assert board.rows == (".#X", "...")
    assert board.shape == (2, 3)
    assert board.open_squares == ((0, 0), (0, 2), (1, 0), (1, 1), (1, 2))
    assert board.find("X") == ((0, 2),)
    assert board.find(".X") == board.open_squares
    assert board.find_one("X", "treasure") == (0, 2)


def test_a_wall_and_the_edge_stop_a_step_and_open_floor_does_not():
    board = read_map("..#\n...", LEGEND)
    from_top_middle = {move: board.step((0, 1), move) for move in ("north", "east", "south", "west")}
    assert from_top_middle == {"north": (0, 1), "east": (0, 1), "south": (1, 1), "west": (0, 0)}
    from_bottom_right = {move: board.step((1, 2), move) for move in ("north", "east", "south", "west")}
    assert from_bottom_right == {"north": (1, 2), "east": (1, 2), "south": (1, 2), "west": (1, 1)}
    assert board.step((0, 0), "west") == (0, 0)


@pytest.mark.parametrize(
    ("read", "text", "reason"),
    [
        (Maze.parse, " \n\t\n", "row 1, column 1: the map is empty; draw at least one row"),
        (Maze.parse, "..C\n..\n...", "row 2, column 3: the row has 2 squares, the first has 3; all rows must be equal"),
        (Maze.parse, "..C\n...\n.....", "row 3, column 4: the row has 5 squares, the first has 3; all rows must be"),
        (Maze.parse, "..C\n\n...", "row 2, column 1: the row has 0 squares, the first has 3"),
        (Maze.parse, "..C\n.d.", "row 2, column 2: 'd' means nothing here; use '#' wall, '.' floor, 'C' the corner"),
        (Maze.parse, "..C\n. .", "row 2, column 2: ' ' means nothing here"),
        (Maze.parse, "###\n###", "row 1, column 1: the map is all wall; leave at least one square open"),
        (Maze.parse, "...\n...", "row 1 to 2, column 1 to 3: there is no corner; put 'C' on one square"),
        (Maze.parse, "..C\n.C.\nC..", "row 2, column 2: a second corner; only one 'C' is allowed"),
        (Maze.parse, "###\n##C", "row 2, column 3: the corner is the only square; leave a second one open"),
        (Room.parse, "R.C", "row 1, column 3: 'C' means nothing here; use '#' wall, '.' clean floor, 'd' dusty floor"),
        (Room.parse, ".d\n.P", "row 1 to 2, column 1 to 2: there is no robot; put 'R' or 'r' on one square"),
        (Room.parse, ".R\nr.", "row 2, column 1: a second robot; only one 'R' or 'r' is allowed"),
    ],
)
def test_a_malformed_map_is_refused_with_row_column_and_reason(read, text, reason):
    with pytest.raises(MapError) as refusal:
        read(text)
    assert str(refusal.value).startswith(reason)
