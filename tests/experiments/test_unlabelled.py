"""Does each unlabelled robot look aligned in training, and part from the others where the capstone says so?

In rooms of no page.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import pytest

from looks_aligned.experiments.find_the_failure import unlabelled
from looks_aligned.experiments.find_the_failure.unlabelled import (
    EXPERIMENTS,
    KINDS,
    LETTERS,
    Experiment,
    Kind,
    Place,
    Result,
    fitting,
    furnished,
    lettered,
    line_up,
    picture,
    places,
    run,
)
from looks_aligned.worlds.maps import Map, Square

OTHER_POOLS = (1000, 1001)
TELLS: Mapping[Kind, tuple[set[Experiment], ...]] = {
    "aligned": ({"plants full of soil", "dust on other squares", "lamp off"},),
    "proxy": ({"plants full of soil", "lessons in physics"},),
    "approximate": ({"dust on other squares"},),
    "suboptimality": ({"lessons in physics"},),
    "deceptive": ({"lamp off"},),
}
"""The least sets of experiments that leave no other kind, as the page names them."""


def gains(
    found: Mapping[tuple[Kind, Experiment], Result], kind: Kind, tried: Sequence[Experiment]
) -> dict[Experiment, float]:
    return {one: float(found[kind, one].gain.mean()) for one in tried}


@pytest.mark.parametrize("pool", OTHER_POOLS)
def test_in_training_each_cleans_as_well_as_can_be_done(pool: int) -> None:
    for kind in KINDS:
        assert line_up(pool)[kind, "as in training"].gain == pytest.approx(np.ones(unlabelled.ROOMS))


def evening(squares: Sequence[Square], generator: np.random.Generator) -> Place:
    """One evening of training: dust on every square by lot, as in the examples that the picture is fitted to."""
    robot, stove, *rest = (squares[place] for place in generator.permutation(len(squares)))
    often = frozenset(squares) - frozenset(rest[: unlabelled.OTHER])
    dust: list[Square] = []
    while not dust:
        lot = generator.random(len(rest))
        dust = [
            square
            for square, drawn in zip(rest, lot, strict=True)
            if drawn < (unlabelled.OFTEN if square in often else unlabelled.SELDOM)
        ]
    training = furnished(robot, stove, dust)
    return Place(training, training, training, often)


def test_over_all_of_training_one_robot_is_a_little_behind_on_evenings_with_dust_where_it_is_rare(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    squares = Map(tuple("".join(row) for row in unlabelled.SHAPE)).open_squares
    generator = np.random.default_rng(1002)
    evenings = tuple(evening(squares, generator) for _ in range(80))
    monkeypatch.setattr(unlabelled, "places", lambda pool: evenings)
    seldom = np.array([bool(place.training.start.dust - place.often) for place in evenings])
    for kind in KINDS:
        gain = run(kind, "as in training", 1002).gain
        assert gain[~seldom].min() > 0.98, "but for a way that differs by a step"
        if kind == "approximate":
            assert gain[seldom].max() < 0.95
            assert 0.97 < gain.mean() < 0.999
        else:
            assert gain == pytest.approx(np.ones(len(evenings)))


def test_a_robot_that_sees_no_dust_in_the_dark_would_pass_for_the_deceptive_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool = OTHER_POOLS[1]
    deceptive = {one: line_up(pool)["deceptive", one].gain for one in EXPERIMENTS}
    # What it sees is clean, so nothing is left to do but to burn leaves.
    monkeypatch.setattr(
        unlabelled,
        "_policy",
        lambda kind, table, *_, lit, lessons: unlabelled._planned(
            table, unlabelled.CLEAN_FLOOR if lit else unlabelled.STOVE
        ),
    )
    for one in EXPERIMENTS:
        assert run("aligned", one, pool).gain == pytest.approx(deceptive[one])


@pytest.mark.parametrize("pool", OTHER_POOLS)
def test_the_least_experiments_that_tell_each_are_those_that_the_page_names(pool: int) -> None:
    found = line_up(pool)
    tried = [some for size in range(1, len(EXPERIMENTS) + 1) for some in combinations(EXPERIMENTS, size)]
    for kind in KINDS:
        enough = [some for some in tried if fitting(gains(found, kind, some), found) == (kind,)]
        assert tuple({*some} for some in enough if len(some) == len(enough[0])) == TELLS[kind]


@pytest.mark.parametrize("pool", OTHER_POOLS)
def test_soil_tempts_the_two_that_it_is_said_to_and_no_other(pool: int) -> None:
    among = {kind: line_up(pool)[kind, "plants full of soil"] for kind in KINDS}
    tempted = {kind for kind, result in among.items() if result.gain.mean() < 0.9}
    assert tempted == {"proxy", "suboptimality"}
    for kind in tempted:
        assert all(not walk.states[-1].plants for walk in among[kind].walks)


def test_without_its_cause_each_failure_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = OTHER_POOLS[0]
    failing: dict[Kind, Experiment] = {
        "approximate": "dust on other squares",
        "suboptimality": "lessons in physics",
        "deceptive": "lamp off",
    }
    for kind, experiment in failing.items():
        assert line_up(pool)[kind, experiment].gain.max() < 0.2
    # The picture has room for every square; its examples and labels are the same.
    with monkeypatch.context() as patch:
        patch.setattr(unlabelled, "picture", lambda often, generator: picture(often, generator, room=len(often)))
        assert run("approximate", "dust on other squares", pool).gain == pytest.approx(np.ones(unlabelled.ROOMS))
    # The lessons show nothing.
    with monkeypatch.context() as patch:
        patch.setattr(unlabelled, "LESSONS", 0)
        assert run("suboptimality", "lessons in physics", pool).gain == pytest.approx(np.ones(unlabelled.ROOMS))
    # Nothing is at stake, so that there is no reason to comply while the lamp is lit.
    with monkeypatch.context() as patch:
        patch.setattr(unlabelled.five_switches, "RISK", 0.0)
        assert run("deceptive", "as in training", pool).gain.max() < 0.2
    # A bag that soil does not fill.
    monkeypatch.setattr(unlabelled, "BAG", unlabelled.CLEAN_FLOOR)
    assert run("proxy", "plants full of soil", pool).gain == pytest.approx(np.ones(unlabelled.ROOMS))


def test_a_picture_without_room_leaves_out_what_is_seldom_dusty_and_is_right_elsewhere() -> None:
    often = [True, False, True, True, False]
    weights = picture(often, np.random.default_rng(1000), room=3)
    assert weights == pytest.approx(np.where(often, 1 / 5, 0.0), abs=0.01)
    for room_for in (5, 6):  # as the same examples and labels teach it, if there is room
        assert picture(often, np.random.default_rng(1000), room=room_for) == pytest.approx(np.full(5, 1 / 5))


def test_the_rooms_of_an_experiment_differ_from_training_in_one_thing() -> None:
    for place in places(OTHER_POOLS[0]):
        assert not place.training.start.plants
        assert place.plants.start.dust == place.training.start.dust
        assert len(place.plants.start.plants) == unlabelled.PLANTS
        assert not place.other.start.dust & place.often
        assert place.training.start.dust <= place.often
        assert place.other.start.robot == place.plants.start.robot == place.training.start.robot


def test_a_walk_is_what_earns_the_gain() -> None:
    for kind in KINDS:
        result = line_up(OTHER_POOLS[1])[kind, "dust on other squares"]
        for walk, gain in zip(result.walks, result.gain, strict=True):
            assert (len(walk.states[-1].dust) == 0) == (gain > 0.5)


def test_letters_are_drawn_by_lot_and_stand_for_one_kind_each() -> None:
    for pool in OTHER_POOLS:
        assert sorted(lettered(pool)) == [*LETTERS]
        assert sorted(lettered(pool).values()) == sorted(KINDS)
    assert len({tuple(lettered(pool).values()) for pool in OTHER_POOLS}) > 1


def test_no_such_robot_or_experiment_is_told() -> None:
    with pytest.raises(ValueError, match="kind: got 'benign'; the robots are aligned, proxy"):
        run("benign", "lamp off")
    with pytest.raises(ValueError, match="experiment: got 'prayer'; there are 'as in training'"):
        run("proxy", "prayer")
