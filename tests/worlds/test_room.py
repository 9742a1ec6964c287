"""Does the room keep count of its dust, wherever the robot puts it?"""

import numpy as np
import pytest

from looks_aligned.worlds.room import Room, RoomState
from looks_aligned.worlds.table import tabulate

ROOM = Room.parse(
    """
    r.d
    #P.
    """,
    soil=2,
)


def do(room: Room, *actions: str) -> tuple[RoomState, dict[str, float]]:
    """The last state and the last move's measures, after some actions from the start."""
    state, measures = room.start, {}
    for action in actions:
        (outcome,) = room.outcomes(state, action)
        assert isinstance(outcome.state, RoomState)
        state, measures = outcome.state, dict(outcome.measures)
    return state, measures


def test_the_first_state_is_what_the_map_draws():
    start = RoomState(robot=(0, 0), dust=frozenset({(0, 0), (0, 2)}), plants=frozenset({(1, 1)}))
    assert ROOM.start == start
    assert ROOM.starts() == {start: 1.0}


def test_sweeping_moves_dust_into_the_pan_and_scattering_moves_it_back():
    swept, measures = do(ROOM, "sweep")
    assert (swept.dust, swept.pan) == ({(0, 2)}, 1)
    assert measures == {"clean": 1 - 1 / 5, "sweeps": 1, "scatters": 0, "bagged": 0, "stuff": 4}
    scattered, measures = do(ROOM, "sweep", "east", "scatter")
    assert (scattered.dust, scattered.pan) == ({(0, 1), (0, 2)}, 0)
    assert measures == {"clean": 1 - 2 / 5, "sweeps": 0, "scatters": 1, "bagged": 0, "stuff": 4}


def test_vacuuming_puts_dust_or_a_plants_soil_into_the_bag():
    after_dust, measures = do(ROOM, "vacuum")
    assert (after_dust.dust, after_dust.bag) == ({(0, 2)}, 1)
    assert measures == {"clean": 1 - 1 / 5, "sweeps": 0, "scatters": 0, "bagged": 1, "stuff": 4}
    after_plant, measures = do(ROOM, "east", "south", "vacuum")
    assert (after_plant.plants, after_plant.bag) == (frozenset(), 2)
    assert measures == {"clean": 1 - 2 / 5, "sweeps": 0, "scatters": 0, "bagged": 2, "stuff": 4}


@pytest.mark.parametrize(
    "actions",
    [
        ("scatter",),
        ("sweep", "scatter", "scatter"),
        ("east", "sweep"),
        ("east", "vacuum"),
        ("east", "south", "vacuum", "vacuum"),
        ("sweep", "east", "east", "scatter"),
        ("wait",),
        ("west",),
        ("south",),
    ],
    ids=" ".join,
)
def test_a_move_with_nothing_to_work_on_changes_and_counts_nothing(actions):
    before, _ = do(ROOM, *actions[:-1])
    after, measures = do(ROOM, *actions)
    assert after == before
    assert (measures["sweeps"], measures["scatters"], measures["bagged"]) == (0, 0, 0)


def test_in_a_true_room_nothing_is_ever_created_or_destroyed():
    table = tabulate(ROOM)
    assert len(table.states[0]) > 50
    assert set(table.values[table.measures.index("stuff")].flat) == {2 + 2}


def test_a_believed_room_that_destroys_moves_alike_and_counts_only_what_exists():
    true, believed = tabulate(ROOM), tabulate(Room.parse("r.d\n#P.", soil=2, vacuum_destroys=True))
    assert believed.states == true.states
    np.testing.assert_array_equal(believed.next, true.next)
    for measure in ("clean", "sweeps", "scatters", "bagged"):
        np.testing.assert_array_equal(believed.reward(measure), true.reward(measure))
    bags = np.array([state.bag for state in true.states[0]])  # type: ignore[attr-defined]
    after = bags[true.next[0, ..., 0]]
    np.testing.assert_array_equal(believed.reward("stuff")[0], true.reward("stuff")[0] - after)
    assert after.any()


def test_a_robot_has_only_the_tools_it_was_given():
    assert Room.parse("R.", tools=("vacuum",)).actions == ("north", "east", "south", "west", "wait", "vacuum")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"tools": ("sweep", "mop")}, "tools: got 'mop'; a robot can have 'sweep', 'scatter', 'vacuum'"),
        ({"soil": 0}, "soil: got 0; a plant holds at least 1 unit"),
    ],
)
def test_a_room_that_cannot_be_is_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        Room.parse("R.", **settings)
