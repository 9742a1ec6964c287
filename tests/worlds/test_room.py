"""Does the room keep count of its dust, wherever the robot puts it?"""

from dataclasses import replace

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
    """The last state and what the last move counted, after some actions from the start; zeros left out."""
    state, measures = room.start, {}
    for action in actions:
        (outcome,) = room.outcomes(state, action)
        assert isinstance(outcome.state, RoomState)
        assert set(outcome.measures) == set(room.measures)
        state, measures = outcome.state, {name: count for name, count in outcome.measures.items() if count}
    return state, measures


def test_the_first_state_is_what_the_map_draws():
    start = RoomState(robot=(0, 0), dust=frozenset({(0, 0), (0, 2)}), plants=frozenset({(1, 1)}))
    assert ROOM.start == start
    assert ROOM.starts() == {start: 1.0}


def test_sweeping_moves_dust_into_the_pan_and_scattering_moves_it_back():
    swept, measures = do(ROOM, "sweep")
    assert (swept.dust, swept.pan) == ({(0, 2)}, 1)
    assert measures == {"clean": 1 - 1 / 5, "sweeps": 1, "stuff": 4}
    scattered, measures = do(ROOM, "sweep", "east", "scatter")
    assert (scattered.dust, scattered.pan) == ({(0, 1), (0, 2)}, 0)
    assert measures == {"clean": 1 - 2 / 5, "scatters": 1, "stuff": 4}


def test_vacuuming_puts_dust_or_a_plants_soil_into_the_bag():
    after_dust, measures = do(ROOM, "vacuum")
    assert (after_dust.dust, after_dust.bag) == ({(0, 2)}, 1)
    assert measures == {"clean": 1 - 1 / 5, "vacuumed": 1, "bagged": 1, "stuff": 4}
    after_plant, measures = do(ROOM, "east", "south", "vacuum")
    assert (after_plant.plants, after_plant.bag) == (frozenset(), 2)
    assert measures == {"clean": 1 - 2 / 5, "dug": 1, "bagged": 2, "stuff": 4}


@pytest.mark.parametrize(
    "actions",
    [
        ("scatter",),
        ("sweep", "scatter", "scatter"),
        ("east", "sweep"),
        ("east", "vacuum"),
        ("east", "south", "vacuum", "vacuum"),
        ("sweep", "east", "east", "scatter"),
        ("filter",),
        ("crank",),
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
    assert set(measures) == {"clean", "stuff"}


MACHINES = Room.parse(
    """
    FdK
    d.R
    """
)


def test_the_air_filter_takes_the_first_dusty_square_and_its_counter_moves():
    after, measures = do(MACHINES, "west", "west", "north", "filter")
    assert (after.dust, after.filter) == ({(1, 0)}, 1)
    assert measures == {"clean": 1 - 1 / 6, "filtered": 1, "counter": 1, "stuff": 2}
    after, measures = do(MACHINES, "west", "west", "north", "filter", "filter", "filter")
    assert (after.dust, after.filter) == (frozenset(), 2)
    assert measures == {"clean": 1, "stuff": 2}


def test_the_crank_moves_the_counter_and_nothing_else():
    before, _ = do(MACHINES, "north")
    after, measures = do(MACHINES, "north", "crank")
    assert after == before
    assert measures == {"clean": 1 - 2 / 6, "cranked": 1, "counter": 1, "stuff": 2}


def test_the_stove_burns_leaves_and_changes_nothing_in_the_room():
    room = Room.parse("dRS")
    before, _ = do(room, "east")
    after, measures = do(room, "east", "burn")
    assert after == before
    assert measures == {"clean": 1 - 1 / 3, "burned": 1, "stuff": 1}


@pytest.mark.parametrize("tool", ["filter", "crank", "burn"])
def test_a_machine_works_only_from_its_own_square(tool):
    before, _ = do(MACHINES, "west")
    after, measures = do(MACHINES, "west", tool)
    assert after == before
    assert set(measures) == {"clean", "stuff"}


@pytest.mark.parametrize(("ways", "counted"), [(("sweep",), "sweeps"), (("vacuum",), "vacuumed")])
def test_over_a_chute_dust_ends_in_the_bag_however_it_leaves_the_floor(ways, counted):
    chute = Room.parse("r.d", chute=True)
    after, measures = do(chute, *ways)
    assert (after.dust, after.bag, after.pan) == ({(0, 2)}, 1, 0)
    assert measures == {"clean": 1 - 1 / 3, counted: 1, "bagged": 1, "stuff": 2}
    outcome = chute.by_fiat(chute.start, "clean")
    assert outcome is not None
    assert outcome.state == RoomState(robot=(0, 0), dust=frozenset({(0, 2)}), bag=1)
    assert outcome.measures["bagged"] == 1


def by_fiat(room: Room, state: RoomState, measure: str) -> tuple[RoomState, dict[str, float]]:
    outcome = room.by_fiat(state, measure)
    assert outcome is not None
    assert isinstance(outcome.state, RoomState)
    return outcome.state, {name: count for name, count in outcome.measures.items() if count}


def test_each_measure_is_raised_from_outside_without_moving_the_robot():
    full = Room.parse("RddPFKS", soil=2)
    held = RoomState(robot=(0, 0), dust=frozenset({(0, 2)}), pan=1, plants=frozenset({(0, 3)}))
    expected = {
        "clean": ({"dust": frozenset()}, {}),
        "sweeps": ({"dust": frozenset(), "pan": 2}, {"sweeps": 1}),
        "scatters": ({"dust": frozenset({(0, 0), (0, 2)}), "pan": 0}, {"scatters": 1}),
        "vacuumed": ({"dust": frozenset(), "bag": 1}, {"vacuumed": 1, "bagged": 1}),
        "dug": ({"plants": frozenset(), "bag": 2}, {"dug": 1, "bagged": 2}),
        "bagged": ({"bag": 1}, {"bagged": 1}),
        "filtered": ({"dust": frozenset(), "filter": 1}, {"filtered": 1, "counter": 1}),
        "cranked": ({}, {"cranked": 1, "counter": 1}),
        "counter": ({}, {"counter": 1}),
        "burned": ({}, {"burned": 1}),
    }
    assert set(expected) == {*full.measures} - {"stuff"}
    for measure, (changed, counted) in expected.items():
        assert by_fiat(full, held, measure) == (replace(held, **changed), counted)


@pytest.mark.parametrize(
    "measure", ["clean", "sweeps", "scatters", "vacuumed", "dug", "filtered", "cranked", "counter", "burned"]
)
def test_where_there_is_nothing_to_raise_it_with_no_measure_is_raised(measure):
    empty = Room.parse("R.")
    assert empty.by_fiat(empty.start, measure) is None


def test_only_one_unit_is_ever_tipped_into_the_bag():
    tipped, _ = by_fiat(ROOM, ROOM.start, "bagged")
    assert ROOM.by_fiat(tipped, "bagged") is None
    vacuumed = ROOM.outcomes(tipped, "vacuum")[0].state
    assert ROOM.by_fiat(vacuumed, "bagged") is None


def test_in_a_true_room_nothing_is_ever_created_or_destroyed():
    table = tabulate(ROOM)
    assert len(table.states[0]) > 50
    assert set(table.values[table.measures.index("stuff")].flat) == {2 + 2}


def test_a_believed_room_that_destroys_moves_alike_and_counts_only_what_exists():
    true, believed = tabulate(ROOM), tabulate(Room.parse("r.d\n#P.", soil=2, vacuum_destroys=True))
    assert believed.states == true.states
    np.testing.assert_array_equal(believed.next, true.next)
    for measure in (name for name in true.measures if name != "stuff"):
        np.testing.assert_array_equal(believed.reward(measure), true.reward(measure))
    bags = np.array([state.bag for state in true.states[0]])  # type: ignore[attr-defined]
    after = bags[true.next[0, ..., 0]]
    np.testing.assert_array_equal(believed.reward("stuff")[0], true.reward("stuff")[0] - after)
    assert after.any()


def test_a_lure_gives_its_own_signal_as_often_as_the_vacuum_cleaner_is_held_to_it_and_changes_nothing():
    room = Room.parse("R2d", tools=("vacuum",), lures=3)
    assert room.measures[-3:] == ("lure 1", "lure 2", "lure 3")
    there, _ = do(room, "east")
    for _ in range(2):
        after, measures = do(room, "east", "vacuum", "vacuum")
        assert after == there
        assert measures == {"clean": 1 - 1 / 3, "lure 2": 1, "stuff": 1}
    assert do(room, "vacuum")[1] == {"clean": 1 - 1 / 3, "stuff": 1}
    assert do(Room.parse("R2d", tools=("sweep",), lures=3), "east", "sweep")[1] == {"clean": 1 - 1 / 3, "stuff": 1}


def test_lures_change_no_move_of_a_room():
    with_them, without = (Room.parse(f"R{things}d", tools=("vacuum",), lures=2) for things in ("12", ".."))
    assert tabulate(with_them).states == tabulate(without).states
    np.testing.assert_array_equal(tabulate(with_them).next, tabulate(without).next)


def test_a_lure_that_is_there_can_be_raised_from_outside():
    room = Room.parse("R2d", lures=3)
    assert by_fiat(room, room.start, "lure 2") == (room.start, {"lure 2": 1})
    assert room.by_fiat(room.start, "lure 1") is None


@pytest.mark.parametrize(
    ("drawn", "lures", "words"),
    [("R3", 2, "but lure 3 stands in row 1, column 2"), ("R.", 10, "from 0 to 9"), ("R.", -1, "from 0 to 9")],
)
def test_a_lure_must_be_measured(drawn, lures, words):
    with pytest.raises(ValueError, match=words):
        Room.parse(drawn, lures=lures)


def test_a_shuffled_room_holds_the_same_things_between_the_same_walls():
    drawn = [ROOM.shuffled(np.random.default_rng(seed)) for seed in range(20)]
    for room in drawn:
        assert sorted("".join(room.board.rows)) == sorted("".join(ROOM.board.rows)), "things"
        assert room.board.open_squares == ROOM.board.open_squares
        assert (room.tools, room.soil) == (ROOM.tools, ROOM.soil)
    assert len({room.board for room in drawn}) > 10
    assert drawn[0] == ROOM.shuffled(np.random.default_rng(0))


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
