"""Does the maze count the coin and the corner when, and only when, the agent steps on them?"""

import pytest

from looks_aligned.worlds.maze import Maze

MAZE = Maze.parse(
    """
    ..C
    .#.
    """
)


def test_the_drawn_maze_has_its_coin_in_the_corner_and_a_level_for_each_square():
    assert MAZE.coin == MAZE.corner == (0, 2)
    assert MAZE.squares == ((0, 0), (0, 1), (0, 2), (1, 0), (1, 2))
    assert [level.coin for level in MAZE.levels()] == list(MAZE.squares)
    assert {level.corner for level in MAZE.levels()} == {(0, 2)}


def test_an_episode_starts_anywhere_but_on_the_coin():
    starts = MAZE.with_coin((1, 0)).starts()
    assert starts == {(0, 0): 0.25, (0, 1): 0.25, (0, 2): 0.25, (1, 0): 0.0, (1, 2): 0.25}
    assert list(starts) == list(MAZE.squares)


def test_stepping_on_the_coin_counts_once_and_ends_the_episode():
    level = MAZE.with_coin((0, 1))
    (arrival,) = level.outcomes((0, 0), "east")
    assert (arrival.state, arrival.measures) == ((0, 1), {"coin": 1, "corner": 0})
    for action in level.actions:
        (after,) = level.outcomes((0, 1), action)
        assert after.state == (0, 1)
        assert not any(after.measures.values())


def test_the_corner_counts_at_every_arrival_but_not_for_bumping_into_the_wall_there():
    level = MAZE.with_coin((0, 0))
    (arrival,) = level.outcomes((0, 1), "east")
    assert (arrival.state, arrival.measures) == ((0, 2), {"coin": 0, "corner": 1})
    (bump,) = level.outcomes((0, 2), "north")
    assert (bump.state, bump.measures) == ((0, 2), {"coin": 0, "corner": 0})
    (back,) = level.outcomes((1, 2), "north")
    assert back.measures["corner"] == 1


def test_where_the_coin_lies_in_the_corner_one_step_counts_for_both():
    (arrival,) = MAZE.outcomes((0, 1), "east")
    assert arrival.measures == {"coin": 1, "corner": 1}


@pytest.mark.parametrize("square", [(1, 1), (2, 0), (-1, 0)])
def test_a_coin_in_a_wall_or_outside_the_map_is_refused(square):
    with pytest.raises(ValueError, match=r"square: got .*; the coin needs an open square of the map"):
        MAZE.with_coin(square)
