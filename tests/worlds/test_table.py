"""Does the table say what the world says, of every state that can be reached and of no other?"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import FrozenInstanceError, dataclass

import numpy as np
import pytest

from looks_aligned.worlds.maze import Maze
from looks_aligned.worlds.room import Room
from looks_aligned.worlds.table import Outcome, State, tabulate


@dataclass(frozen=True)
class Stairs:
    """Climb, and slip back to the ground one time in four; `height` steps up, it is over."""

    height: int
    actions = ("climb", "rest")
    measures = ("climbed", "slips")

    def starts(self) -> Mapping[State, float]:
        return {0: 0.75, 1: 0.25}

    def outcomes(self, state: State, action: str) -> Sequence[Outcome]:
        assert isinstance(state, int)
        if state == self.height or action == "rest":
            return [Outcome(state, {})]
        return [Outcome(state + 1, {"climbed": 1.0}, 0.75), Outcome(0, {"slips": float(state)}, 0.25)]


class Wrong(Stairs):
    """Stairs with one thing wrong."""

    def __init__(self, chance: float = 0.5, measure: str = "slips", start: float = 1.0) -> None:
        super().__init__(1)
        self.__dict__.update(chance=chance, measure=measure, start=start)

    def starts(self) -> Mapping[State, float]:
        return {0: self.__dict__["start"]}

    def outcomes(self, state: State, action: str) -> Sequence[Outcome]:
        chance, measure = self.__dict__["chance"], self.__dict__["measure"]
        return [Outcome(0, {measure: 1.0}, chance), Outcome(1, {}, 0.5)]


class Stuck(Stairs):
    """Stairs on whose last step nothing can follow, not even staying there."""

    def outcomes(self, state: State, action: str) -> Sequence[Outcome]:
        return [] if state == self.height else super().outcomes(state, action)


def test_a_chancy_world_is_tabulated_as_by_hand():
    table = tabulate(Stairs(2))
    assert table.states == ((0, 1, 2),)
    assert table.start.tolist() == [[0.75, 0.25, 0]]
    climb, rest = 0, 1
    assert table.next[0, :2, climb].tolist() == [[1, 0], [2, 0]]
    assert table.probability[0, :2, climb].tolist() == [[0.75, 0.25], [0.75, 0.25]]
    assert table.transition[0, :, climb].tolist() == [[0.25, 0.75, 0], [0.25, 0, 0.75], [0, 0, 1]]
    assert table.transition[0, :, rest].tolist() == np.eye(3).tolist()
    assert table.reward("climbed")[0].tolist() == [[0.75, 0], [0.75, 0], [0, 0]]
    assert table.reward("slips")[0].tolist() == [[0, 0], [0.25, 0], [0, 0]]


def test_an_objective_may_be_a_mixture_of_measures():
    table = tabulate(Stairs(3))
    mixture = table.reward({"climbed": 2.0, "slips": -3.0})
    np.testing.assert_allclose(mixture, 2 * table.reward("climbed") - 3 * table.reward("slips"))
    assert mixture[0, 2, 0] == 2 * 0.75 - 3 * 0.25 * 2


def test_two_outcomes_in_the_same_state_add_up_in_the_dense_matrix():
    class Coin(Stairs):
        def outcomes(self, state: State, action: str) -> Sequence[Outcome]:
            return [Outcome(0, {"climbed": 1.0}, 0.25), Outcome(0, {}, 0.25), Outcome(1, {}, 0.5)]

    assert tabulate(Coin(1)).transition[0, 0, 0].tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    "world",
    [Maze.parse("..C\n.#.\n...").with_coin((2, 0)), Room.parse("Rd\n.P", soil=2), Room.parse("r.\nP#")],
    ids=["maze", "room", "small room"],
)
def test_a_walk_through_the_table_is_a_walk_through_the_world(world):
    table = tabulate(world)
    chance = random.Random(0)
    for start in chance.choices(list(world.starts()), k=40):
        state, here = start, table.states[0].index(start)
        for _ in range(60):
            action = chance.choice(world.actions)
            column = table.actions.index(action)
            (outcome,) = world.outcomes(state, action)
            counted = dict(zip(table.measures, table.values[:, 0, here, column, 0], strict=True))
            assert {name: value for name, value in counted.items() if value} == {
                name: value for name, value in outcome.measures.items() if value
            }
            state, here = outcome.state, int(table.next[0, here, column, 0])
            assert table.states[0][here] == state


@pytest.mark.parametrize(
    ("world", "states"),
    [
        (Room.parse("R."), 2),
        (Room.parse("r.", tools=("sweep",)), 2 * 2),  # dust on its square, in the pan
        (Room.parse("r.", tools=("sweep", "scatter")), 2 * 3),  # on either square, in the pan
        (Room.parse("r."), 2 * 4),  # on either square, in the pan, in the bag
        (Room.parse("rP", tools=("vacuum",)), 2 * 4),  # dust or not, soil or not
    ],
)
def test_each_state_that_can_be_reached_is_in_the_table_once(world, states):
    (found,) = tabulate(world).states
    assert len(found) == len(set(found)) == states


def test_a_square_behind_walls_is_in_the_table_only_if_an_episode_can_start_there():
    behind_wall = "R#.\n.#."
    assert {state.robot for state in tabulate(Room.parse(behind_wall)).states[0]} == {(0, 0), (1, 0)}  # type: ignore[attr-defined]
    assert set(tabulate(Maze.parse("C#.\n.#.")).states[0]) == {(0, 0), (1, 0), (0, 2), (1, 2)}


def test_a_smaller_level_is_padded_with_states_that_go_nowhere_and_are_worth_nothing():
    table = tabulate(Stairs(1), Stairs(3))
    assert [len(states) for states in table.states] == [2, 4]
    for padded in (2, 3):
        assert table.transition[0, padded, :, padded].tolist() == [1, 1]
        assert not table.values[:, 0, padded].any()
        assert table.start[0, padded] == 0
    alone = tabulate(Stairs(3))
    np.testing.assert_array_equal(table.transition[1], alone.transition[0])
    np.testing.assert_array_equal(table.values[:, 1], alone.values[:, 0])


def test_levels_of_one_table_do_not_mix():
    maze = Maze.parse("..C\n.#.")
    together = tabulate(*maze.levels())
    for index, level in enumerate(maze.levels()):
        alone = tabulate(level)
        np.testing.assert_array_equal(together.next[index], alone.next[0])
        np.testing.assert_array_equal(together.values[:, index], alone.values[:, 0])
        np.testing.assert_array_equal(together.start[index], alone.start[0])


def test_a_table_is_not_changed_by_asking():
    table = tabulate(Stairs(2))
    with pytest.raises(FrozenInstanceError):
        table.actions = ()  # type: ignore[misc]
    before = table.values.copy()
    table.reward({"climbed": 5.0})[:] = 7
    table.reward("slips")[:] = 7
    np.testing.assert_array_equal(table.values, before)


@pytest.mark.parametrize(
    ("levels", "message"),
    [
        ((), "levels: got none"),
        ((Maze.parse("C."), Room.parse("R.")), "levels: every level must have the same actions and the same measures"),
        ((Room.parse("R."), Room.parse("R.", tools=("sweep",))), "levels: every level must have the same actions"),
        ((Wrong(chance=0.4),), r"outcomes: probabilities must sum to 1; got 0\.9"),
        ((Stuck(1),), "outcomes: probabilities must sum to 1; got 0"),
        ((Wrong(start=0.5),), r"start: probabilities must sum to 1; got 0\.5"),
        ((Wrong(measure="luck"),), "measures: an outcome counts 'luck'; the world declares 'climbed', 'slips'"),
    ],
)
def test_a_world_that_contradicts_itself_is_refused(levels, message):
    with pytest.raises(ValueError, match=message):
        tabulate(*levels)


@pytest.mark.parametrize(
    ("objective", "came"), [("luck", "'luck'"), ({"slips": 1.0, "luck": 1.0}, "'luck'"), ({}, "nothing")]
)
def test_an_objective_that_the_world_does_not_measure_is_refused(objective, came):
    with pytest.raises(ValueError, match=f"objective: got {came}; this world measures 'climbed', 'slips'"):
        tabulate(Stairs(1)).reward(objective)
