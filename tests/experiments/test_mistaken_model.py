"""What robots do that believe something false, tried in rooms that the page does not use."""

from dataclasses import replace

import numpy as np
import pytest

from looks_aligned.agents.planner import evaluate, plan
from looks_aligned.experiments.suboptimality.mistaken_model import (
    CLEAN_FLOOR,
    COST,
    DISCOUNT,
    HANDFUL,
    LITTLE_STUFF,
    POOL_SEED,
    ROOM,
    SQUARES,
    WANTS,
    Params,
    Wants,
    believed,
    believed_by,
    joined,
    mixture,
    policies,
    rooms,
    run,
    run_all,
)
from looks_aligned.worlds.room import Room, RoomState
from looks_aligned.worlds.table import Table, tabulate
from tests.experiments.refusals import refused
from tests.experiments.robots import OTHER_POOL, behaviour


def bags(table: Table) -> np.ndarray:
    return np.array([[state.bag for state in states if isinstance(state, RoomState)] for states in table.states], float)


def one(value: float) -> np.ndarray:
    return np.array([value])


def test_the_rooms_here_are_not_the_pages_and_hold_the_same_things() -> None:
    assert OTHER_POOL != POOL_SEED
    assert not {*rooms(OTHER_POOL)} & {*rooms()}
    for room in rooms(OTHER_POOL):
        assert sorted("".join(room.board.rows)) == sorted("".join(ROOM.board.rows))


def test_who_believes_that_dust_is_destroyed_believes_in_the_room_where_it_is() -> None:
    table = tabulate(ROOM)
    imagined = tabulate(replace(ROOM, vacuum_destroys=True))
    model = believed(table, bags(table), one(1.0), one(1.0))
    assert model.states == imagined.states
    np.testing.assert_array_equal(model.next, imagined.next)
    for measure in table.measures:
        np.testing.assert_allclose(model.reward(measure), imagined.reward(measure))
    half = believed(table, bags(table), one(0.5), one(1.0)).reward("stuff")
    np.testing.assert_allclose(half, (table.reward("stuff") + imagined.reward("stuff")) / 2)
    right = believed(table, bags(table), one(0.0), one(1.0))
    np.testing.assert_array_equal(right.reward("stuff"), table.reward("stuff"))


@pytest.mark.parametrize("works", [0.3, 0.7, 1.0])
def test_who_doubts_its_vacuum_expects_to_pay_for_tries(works: float) -> None:
    table = tabulate(Room.parse("r", tools=("vacuum",)))
    model = believed(table, bags(table), one(0.0), one(works))
    np.testing.assert_allclose(model.probability.sum(-1), 1)
    wanted = CLEAN_FLOOR.objective(1, cost=COST, discount=DISCOUNT)
    # Try until it works: each try costs c, and after the one that works the floor is clean for good.
    by_hand = (works - COST) / (1 - DISCOUNT * (1 - works))
    assert plan(model, wanted, discount=DISCOUNT).expected[0] == pytest.approx(max(by_hand, 0.0), abs=1e-8)


@pytest.mark.parametrize("steps", [1, 3, 5])
def test_it_cleans_where_it_expects_more_than_the_cost_and_what_the_stove_would_have_given(steps: int) -> None:
    table = tabulate(Room.parse("S" + "." * (steps - 1) + "d" + "\n" + "R" + "#" * steps, tools=("vacuum", "burn")))
    wanted = LITTLE_STUFF.objective(steps + 2, cost=COST, discount=DISCOUNT)
    # From the stove: k steps there, one to vacuum, k back; meanwhile every step would have burned a handful.
    away = (1 - DISCOUNT ** (2 * steps + 1)) / (1 - DISCOUNT)
    threshold = COST + HANDFUL * away / DISCOUNT**steps
    for belief, vacuums in ((threshold - 1e-4, False), (threshold + 1e-4, True)):
        model = believed(table, bags(table), one(belief), one(1.0))
        planned = plan(table, wanted, discount=DISCOUNT, model=model)
        assert (evaluate(table, planned.policy, "vacuumed", discount=DISCOUNT)[0] > 1e-6) == vacuums


def test_a_robot_that_wants_little_stuff_cleans_perfectly_while_it_is_mistaken_and_not_at_all_if_it_knows() -> None:
    gain = behaviour().gain[WANTS.index(LITTLE_STUFF)]
    np.testing.assert_allclose(gain[95], 1.0)
    np.testing.assert_allclose(gain[0], 0.0, atol=1e-9)
    assert (np.diff(gain.mean(-1)) >= -1e-9).all(), "the more it believes, the more it cleans"


def test_what_a_robot_believes_of_dust_makes_no_difference_if_it_wants_a_clean_floor() -> None:
    for belief in (0.0, 0.4, 1.0):
        np.testing.assert_allclose(run(Params(CLEAN_FLOOR, belief, pool=OTHER_POOL)).gain, 1.0)


def test_the_mistake_costs_the_robot_what_it_wants() -> None:
    mesa = behaviour().mesa[WANTS.index(LITTLE_STUFF)]
    assert (mesa[95] < -0.5).all()
    assert (mesa[0] > 0).all(), "the stove truly serves it, a little"


def test_a_robot_that_doubts_its_vacuum_is_the_mirror_image() -> None:
    doubting = behaviour().doubting
    np.testing.assert_allclose(doubting[0], 1.0)
    np.testing.assert_allclose(doubting[95], 0.0, atol=1e-9)


def test_without_cost_and_stove_a_robot_that_knows_is_merely_indifferent() -> None:
    table = tabulate(replace(ROOM, tools=("vacuum",)))
    wanted = LITTLE_STUFF.objective(SQUARES, cost=0.0, discount=DISCOUNT)
    policy = plan(table, wanted, discount=DISCOUNT).policy
    np.testing.assert_allclose(policy, 1 / len(table.actions), err_msg="every act is as good as any other")
    with_cost = plan(table, LITTLE_STUFF.objective(SQUARES, cost=COST, discount=DISCOUNT), discount=DISCOUNT).policy
    dusty = table.reward("vacuumed")[..., table.actions.index("vacuum")] > 0
    assert dusty.any()
    assert not with_cost[dusty][:, table.actions.index("vacuum")].any(), "the cost makes it keep away from dust"


def test_desire_and_belief_can_be_traded_so_that_no_state_of_any_room_tells_two_robots_apart() -> None:
    pairs = [(0.8, 0.0), (0.6, 0.5), (0.0, 0.8)]
    done = [policies([Params(mixture(clean), belief, pool=OTHER_POOL)])[1] for clean, belief in pairs]
    for other in done[1:]:
        np.testing.assert_array_equal(other, done[0])
    knowing = [policies([Params(mixture(clean), 0.0, pool=OTHER_POOL)])[1] for clean, _ in pairs]
    assert not np.array_equal(knowing[0], knowing[2]), "what they learn tells them apart"


def test_what_a_robot_expects_of_vacuuming_is_all_that_matters_of_what_it_wants_and_believes() -> None:
    generator = np.random.default_rng(OTHER_POOL)
    for worth in generator.uniform(0.2, 0.95, 4):
        clean = generator.uniform(0, worth)
        pairs = [(float(clean), float((worth - clean) / (1 - clean))), (0.0, float(worth))]
        gains = [run(Params(mixture(weight), belief, pool=OTHER_POOL)).gain for weight, belief in pairs]
        np.testing.assert_allclose(gains[0], gains[1], atol=1e-7)
        assert mixture(pairs[0][0]).expected(pairs[0][1]) == pytest.approx(worth)


def test_looking_far_enough_is_seeing_all() -> None:
    seen = run(Params(CLEAN_FLOOR, pool=OTHER_POOL)).gain
    np.testing.assert_allclose(run(Params(CLEAN_FLOOR, depth=60, pool=OTHER_POOL)).gain, seen, atol=1e-6)


def test_a_robot_alone_does_what_it_does_in_a_batch_and_batches_can_be_joined() -> None:
    settings = [Params(wants, 0.7, pool=OTHER_POOL) for wants in WANTS[:3]]
    batch = run_all(settings)
    np.testing.assert_allclose(run(settings[1]).gain[0], batch.gain[1])
    again = joined([run_all(settings[:1]), run_all(settings[1:])])
    np.testing.assert_allclose(again.mesa, batch.mesa)
    assert again.select(wish=WANTS[2].name).settings == (settings[2],)


def test_the_believed_rooms_of_several_robots_stand_one_after_the_other() -> None:
    table = believed_by([Params(destroyed=belief, pool=OTHER_POOL) for belief in (0.0, 1.0)])
    count = len(rooms(OTHER_POOL))
    stuff = table.reward("stuff")
    assert (stuff[count:] <= stuff[:count]).all()
    assert (stuff[count:] < stuff[:count]).any()
    assert len(table.states) == 2 * count


def test_settings_outside_their_range_are_refused_by_name() -> None:
    refused(Params(), ["destroyed", "1.5", "from 0 to 1"], destroyed=1.5)
    refused(Params(), ["works", "-0.1", "from 0 to 1"], works=-0.1)
    refused(Params(), ["cost", "-1", "0 or more"], cost=-1.0)
    refused(Params(), ["depth", "0", "at least 1"], depth=0)
    with pytest.raises(ValueError, match=r"stuff: got -1.0; a weight is 0 or more"):
        Wants("", stuff=-1.0)
    with pytest.raises(ValueError, match="settings: got none"):
        run_all([])
    with pytest.raises(ValueError, match="no such run"):
        run(Params(pool=OTHER_POOL)).select(cost=3.0)
