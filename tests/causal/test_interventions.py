"""Does the diagram measured in a room say what really moves what there?"""

import numpy as np
import pytest

from looks_aligned.causal import measure_diagram, measure_effects, tabulate_with_fiat
from looks_aligned.worlds.room import Room, RoomState
from looks_aligned.worlds.table import State, tabulate

ROOM = """
Rd
.d
"""
PLANT = """
Rd
P.
"""
DISCOUNT = 0.9
NODES = ("clean", "sweeps", "scatters", "bagged")


def wait(_: State) -> str:
    return "wait"


def eager(state: State) -> str:
    """Sweep where it is dusty; else go east."""
    assert isinstance(state, RoomState)
    return "sweep" if state.robot in state.dust else "east"


def return_by_hand(room: Room, state: State, measure: str, behave) -> float:
    """The return of 400 steps, walked one after the other."""
    total = 0.0
    for step in range(400):
        (outcome,) = room.outcomes(state, behave(state))
        total += DISCOUNT**step * outcome.measures.get(measure, 0.0)
        state = outcome.state
    return total


@pytest.mark.parametrize("behave", [wait, eager])
def test_an_effect_is_what_follows_the_intervention_less_what_would_have_followed(behave) -> None:
    room = Room.parse(ROOM)
    effects = measure_effects(room, NODES, behaviour=behave, discount=DISCOUNT)
    assert effects.shape[1:] == (4, 4)
    for cause, raised in enumerate(NODES):
        outcome = room.by_fiat(room.start, raised)
        for effect, watched in enumerate(NODES):
            expected = 0.0
            if outcome is not None:
                after = return_by_hand(room, outcome.state, watched, behave) + outcome.measures.get(watched, 0.0)
                expected = after - return_by_hand(room, room.start, watched, behave)
            assert effects[0, cause, effect] == pytest.approx(expected, abs=1e-9)


def test_sweeping_raises_cleanliness_and_cleaning_by_fiat_raises_no_sweeps() -> None:
    measured = measure_diagram(Room.parse(ROOM), NODES, behaviour=wait)
    assert measured.influence("sweeps", "clean") == "raises"
    assert measured.influence("clean", "sweeps") == "none"
    assert measured.influence("scatters", "clean") == "lowers"
    assert measured.reading(base="clean", mesa="sweeps", action="wait").kinds == ("side-effect",)


def test_a_fuller_bag_moves_nothing_and_nothing_but_vacuuming_fills_it() -> None:
    measured = measure_diagram(Room.parse(PLANT, tools=("vacuum",)), ("clean", "bagged"), behaviour=wait)
    assert measured.influence("bagged", "clean") == "none"
    assert measured.influence("clean", "bagged") == "none"
    assert measured.reading(base="clean", mesa="bagged", action="wait").kinds == ()


def test_for_a_robot_that_sweeps_cleaning_by_fiat_takes_sweeps_away() -> None:
    measured = measure_diagram(Room.parse(ROOM), ("clean", "sweeps"), behaviour=eager)
    assert measured.influence("clean", "sweeps") == "lowers"


def test_the_robots_own_actions_are_no_interventions() -> None:
    # Without a pan to scatter from and without dust, nothing can be raised but the bag.
    effects = measure_effects(Room.parse("R."), NODES, behaviour=wait, discount=DISCOUNT)
    assert np.abs(effects[0, :3]).max() == 0
    assert effects[0, 3, 3] == 1


def test_a_plan_can_be_made_for_states_that_only_an_intervention_reaches() -> None:
    room = Room.parse(ROOM)
    table = tabulate_with_fiat(room, ("bagged",))
    plain = tabulate(room)
    assert (table.actions, table.measures) == (plain.actions, plain.measures)
    tipped = room.by_fiat(room.start, "bagged")
    assert tipped is not None
    assert tipped.state in table.states[0]
    assert tipped.state not in plain.states[0]
    swept = table.next[0, table.states[0].index(room.start), :, 0]
    for place, action in enumerate(table.actions):
        (outcome,) = room.outcomes(room.start, action)
        assert table.states[0][swept[place]] == outcome.state


def test_what_cannot_be_raised_from_outside_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="stuff"):
        measure_effects(Room.parse(ROOM), ("stuff",), behaviour=wait, discount=DISCOUNT)
    with pytest.raises(ValueError, match=r"discount: got 1\.0"):
        measure_effects(Room.parse(ROOM), NODES, behaviour=wait, discount=1.0)
