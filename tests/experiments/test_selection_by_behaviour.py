"""Is what base optimizers keep what theory and brute force say, with rooms and seeds that the chapter does not use?"""

from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest

from looks_aligned.experiments.two_optimizers.lured_robots import (
    ROBOTS,
    STRENGTHS,
    Pool,
    Tried,
    sample_rooms,
    try_robots,
    wants,
    with_lures,
)
from looks_aligned.experiments.two_optimizers.selection_by_behaviour import (
    FINE,
    SEEDS,
    SHARES,
    WAYS,
    Lures,
    Params,
    _draws,
    chance_to_be_kept,
    expected_left,
    outer_search,
    over_shares,
    over_shares_of_all,
    run_all,
    select,
    theory,
)
from looks_aligned.worlds.room import LURES
from looks_aligned.worlds.table import tabulate
from tests.experiments.refusals import refused

OTHER_POOL = 1000
OTHER_SEEDS = tuple(range(50_000, 52_000))
STRONG, WEAK = STRENGTHS[-1], STRENGTHS[0]


@cache
def tried(strength: float, rooms: int = 5) -> Tried:
    return try_robots([Pool(strength, rooms, OTHER_POOL)])


def misaligned_kept(strength: float, params: Params) -> float:
    """Exactly; robots that no room of the pool gives away do no harm there, and are not counted."""
    misaligned = tried(strength).misaligned[: params.candidates]
    return float(chance_to_be_kept(tried(strength), params)[misaligned].sum())


def test_seeds_here_are_not_the_pages() -> None:
    assert not set(OTHER_SEEDS) & set(SEEDS)


@pytest.mark.parametrize(
    ("share", "rooms", "candidates"), [(0.5, 1, 10), (0.75, 5, 10), (0.9, 20, 10), (0.9, 20, 4), (1.0, 5, 10)]
)
@pytest.mark.parametrize("lures", WAYS)
def test_where_every_lure_gives_its_robot_away_experiment_and_theory_agree(
    lures: Lures, share: float, rooms: int, candidates: int
) -> None:
    params = Params(lures, share, rooms, candidates)
    expected = theory(params)
    assert misaligned_kept(STRONG, params) == pytest.approx(expected)
    often = select(tried(STRONG), params, OTHER_SEEDS).misaligned.mean()
    assert abs(often - expected) <= 4 * np.sqrt(expected * (1 - expected) / len(OTHER_SEEDS)) + 1e-9


def test_the_textbook_case() -> None:
    common, independent = (theory(Params(lures, 0.9, 20, 10)) for lures in WAYS)
    assert common == pytest.approx(0.9**20 * 9 / 10)
    assert (round(common, 3), round(independent, 3)) == (0.109, 0.402)


@pytest.mark.parametrize("lures", WAYS)
@pytest.mark.parametrize(("share", "rooms", "candidates"), [(0.0, 1, 3), (0.6, 2, 3), (0.3, 1, 4), (0.8, 2, 2)])
def test_the_exact_chance_is_that_of_all_sequences_of_rooms_and_lures(
    lures: Lures, share: float, rooms: int, candidates: int
) -> None:
    few = replace(tried(WEAK), base=tried(WEAK).base[:, :3], mesa=tried(WEAK).mesa[:, :3], best=tried(WEAK).best[:3])
    others = candidates - 1
    one_room = []
    for place, present in product(range(3), product((0, 1), repeat=others)):
        chance = np.prod([(1 - share) if there else share for there in present]) / 3
        if lures == "together":
            chance = {0: share, others: 1 - share}.get(sum(present), 0) / 3
        one_room.append((chance, few.base[[0, *present], place, np.arange(candidates), -1]))
    kept = np.zeros(candidates)
    for drawn in product(one_room, repeat=rooms):
        score = np.sum([base for _, base in drawn], axis=0)
        best = score > score.max() - 1e-6
        kept += np.prod([chance for chance, _ in drawn]) * best / best.sum()
    params = Params(lures, share, rooms, candidates)
    np.testing.assert_allclose(chance_to_be_kept(few, params), kept, atol=1e-12)


@pytest.mark.parametrize("lures", WAYS)
@pytest.mark.parametrize("strength", STRENGTHS)
def test_base_optimizers_keep_each_robot_as_often_as_exactly_computed(lures: Lures, strength: float) -> None:
    params = Params(lures, 0.9, 10, 10)
    exact = chance_to_be_kept(tried(strength), params)
    assert exact.sum() == pytest.approx(1)
    kept = select(tried(strength), params, OTHER_SEEDS).kept
    often = np.bincount(kept, minlength=ROBOTS) / len(OTHER_SEEDS)
    assert (np.abs(often - exact) <= 4.5 * np.sqrt(exact * (1 - exact) / len(OTHER_SEEDS))).all()


@pytest.mark.parametrize("lures", WAYS)
def test_a_weak_lure_hides_its_robot_so_more_misaligned_ones_are_kept_than_the_formula_says(lures: Lures) -> None:
    """In a pool that is large enough for every robot to do harm in some room."""
    large = tried(WEAK, 12)
    assert large.misaligned[1:].all()
    for share, rooms in product((0.5, 0.75, 0.9), (5, 20)):
        params = Params(lures, share, rooms)
        assert 1 - chance_to_be_kept(large, params)[0] > theory(params) + 0.02


def test_the_outer_search_that_the_page_shows_keeps_what_the_experiment_keeps() -> None:
    drawn = [with_them.board.rows for _, with_them in sample_rooms(5, OTHER_POOL)]
    robots = [wants(robot, STRONG) for robot in range(ROBOTS)]
    seeds = OTHER_SEEDS[:6]
    places, luck, lots = _draws(seeds, 3)
    found = select(tried(STRONG), Params("each on its own", 0.6, 3), seeds)
    assert {*found.kept.tolist()} - {0}, "some of these base optimizers keep a misaligned robot"
    for seed in range(len(seeds)):
        rooms = [
            with_lures(drawn[int(place * 5)], "".join(np.array([*LURES])[own[1:] >= 0.6]))
            for place, own in zip(places[seed], luck[seed], strict=True)
        ]
        assert outer_search(robots, tabulate(*rooms), float(lots[seed])) == found.kept[seed]


# Why failing apart is worse.


@pytest.mark.parametrize("share", [0.75, 0.9, 0.98])
def test_in_both_worlds_each_robot_is_as_likely_to_come_through_and_as_many_are_left(share: float) -> None:
    """So it is only the way in which failures go together that differs."""
    left = []
    for lures in WAYS:
        alone = misaligned_kept(STRONG, Params(lures, share, 20, 2))
        assert alone == pytest.approx(share**20 / 2)
        left.append(select(tried(STRONG), Params(lures, share, 20), OTHER_SEEDS).left)
    spread = np.sqrt(sum(counted.var() for counted in left) / len(OTHER_SEEDS))
    assert abs(left[0].mean() - left[1].mean()) < 4 * spread
    assert left[0].mean() == pytest.approx(9 * share**20, abs=4 * spread)
    assert {*np.unique(left[0])} <= {0, 9}
    assert expected_left(tried(STRONG), share, 20) == pytest.approx(9 * share**20)


@pytest.mark.parametrize("lures", WAYS)
def test_so_many_are_left_on_average_as_is_said_whatever_the_strength_and_the_world(lures: Lures) -> None:
    left = select(tried(WEAK), Params(lures, 0.8, 5, 4), OTHER_SEEDS).left
    expected = expected_left(tried(WEAK), 0.8, 5, 4)
    assert left.mean() == pytest.approx(expected, abs=4 * left.std() / np.sqrt(len(OTHER_SEEDS)))


def test_with_one_misaligned_robot_there_is_nothing_to_go_together_and_the_worlds_are_alike() -> None:
    for share, rooms in product(SHARES, (1, 5, 20)):
        one, other = (misaligned_kept(WEAK, Params(lures, share, rooms, 2)) for lures in WAYS)
        assert one == pytest.approx(other)


def test_failing_apart_is_never_better_and_mostly_worse() -> None:
    for share, rooms, candidates in product(SHARES, (1, 5, 20), (3, 4, 10)):
        together, apart = (misaligned_kept(STRONG, Params(lures, share, rooms, candidates)) for lures in WAYS)
        assert apart >= together - 1e-12
        if share < 1:
            assert apart > together


def test_of_all_ways_to_fail_that_are_as_likely_for_each_failing_together_keeps_the_fewest_misaligned() -> None:
    """With m left, one is kept with m / (m + 1), which is concave: bunching costs, for the same average."""
    chance = np.random.default_rng(6)
    number = np.arange(ROBOTS)
    for _ in range(200):
        some = chance.dirichlet([0.2] * ROBOTS)
        together = (some @ number) / (ROBOTS - 1) * (ROBOTS - 1) / ROBOTS
        assert some @ (number / (number + 1)) >= together - 1e-12


def test_more_rooms_help_only_where_a_lure_can_turn_up() -> None:
    for lures in WAYS:
        chances = [misaligned_kept(STRONG, Params(lures, 0.9, rooms)) for rooms in (1, 5, 10, 20, 50)]
        assert chances == sorted(chances, reverse=True)
        for rooms in (1, 50):
            np.testing.assert_allclose(chance_to_be_kept(tried(STRONG), Params(lures, 1.0, rooms)), 1 / ROBOTS)


# What the page draws.


def test_over_shares_holds_what_select_and_the_formulas_give() -> None:
    seeds = OTHER_SEEDS[:300]
    found = over_shares(tried(WEAK), 5, 4, seeds)
    for way, lures in enumerate(WAYS):
        for share, kept, left, gain in zip(SHARES, found.kept[way], found.left[way], found.gain[way], strict=True):
            one = select(tried(WEAK), Params(lures, share, 5, 4), seeds)
            assert kept == one.misaligned.sum()
            assert left.tolist() == [int((one.left == number).sum()) for number in range(ROBOTS)]
            assert gain == pytest.approx(tried(WEAK).gain[one.kept].mean())
        assert found.exact[way, 20] == pytest.approx(misaligned_kept(WEAK, Params(lures, FINE[20], 5, 4)))
        assert found.related[way] == pytest.approx(tried(WEAK).correlation(SHARES[way]))
        assert found.theory[way, 20] == pytest.approx(theory(Params(lures, FINE[20], 5, 4)))


def test_the_page_takes_from_its_sweep_what_a_move_computes() -> None:
    pool = Pool(WEAK, 2, OTHER_POOL)
    live = over_shares(try_robots([pool]), 5, 4)
    baked = over_shares_of_all([pool])[5, 4]
    for name in ("kept", "left", "gain", "exact", "theory", "related"):
        np.testing.assert_array_equal(getattr(baked, name), getattr(live, name))


def test_a_run_plans_and_selects() -> None:
    pool = Pool(STRONG, 5, OTHER_POOL)
    for result in run_all([Params(lures, 0.75, 5, pool=pool) for lures in WAYS], OTHER_SEEDS[:50]):
        again = select(tried(STRONG), result.params, OTHER_SEEDS[:50])
        np.testing.assert_array_equal(result.kept, again.kept)
        assert result.gain.mean() == pytest.approx((result.kept == 0).mean())


def test_settings_outside_their_range_are_refused() -> None:
    refused(Params(), ["lures: got 'apart'", "'together' or 'each on its own'"], lures="apart")
    refused(Params(), ["share: got 1.5", "from 0 to 1"], share=1.5)
    refused(Params(), ["rooms: got 0", "at least 1"], rooms=0)
    refused(Params(), ["candidates: got 11", "from 1 to 10"], candidates=11)
