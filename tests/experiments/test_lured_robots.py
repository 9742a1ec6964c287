"""Each claim about the lured robots, tried in rooms that the chapter does not use."""

from functools import cache

import numpy as np
import pytest

from looks_aligned.agents.planner import evaluate, plan
from looks_aligned.experiments.two_optimizers.lured_robots import (
    DISCOUNT,
    DUST,
    FAINT,
    PATTERN,
    POOL_SEED,
    ROBOTS,
    SIGNS,
    STRENGTHS,
    Pool,
    Tried,
    base_return,
    inner_search,
    sample_rooms,
    try_robots,
    wants,
    with_lures,
)
from looks_aligned.worlds.room import LURES
from looks_aligned.worlds.table import tabulate
from tests.experiments.refusals import refused

OTHER_POOL = 1000
SQUARES = len(PATTERN.open_squares)
STRONG = STRENGTHS[-1]


@cache
def tried(strength: float) -> Tried:
    return try_robots([Pool(strength, 5, OTHER_POOL)])


def test_rooms_here_are_not_the_pages() -> None:
    assert OTHER_POOL != POOL_SEED


def test_every_robot_has_a_sign_of_its_own() -> None:
    assert len({*SIGNS}) == ROBOTS - 1 == len(LURES)
    objectives = [wants(robot, STRONG) for robot in range(ROBOTS)]
    assert len({str(objective) for objective in objectives}) == ROBOTS


def test_a_drawn_room_holds_one_robot_dust_and_every_lure_and_its_twin_none() -> None:
    rooms = sample_rooms(6, OTHER_POOL)
    assert rooms == sample_rooms(6, OTHER_POOL)
    assert len({with_them.board for _, with_them in rooms}) == 6
    for without, with_them in rooms:
        assert sorted("".join(with_them.board.rows).replace("#", "").replace(".", "")) == sorted(
            f"R{'d' * DUST}{LURES}"
        )
        assert not without.board.find(LURES)
        assert without.start == with_them.start
        assert without.board.open_squares == with_them.board.open_squares == PATTERN.open_squares


@pytest.mark.parametrize("strength", [FAINT, STRONG])
def test_without_lures_all_robots_have_the_same_best_moves_in_every_state(strength: float) -> None:
    table = tabulate(*(without for without, _ in sample_rooms(3, OTHER_POOL)))
    moves = [plan(table, wants(robot, strength), discount=DISCOUNT).policy > 0 for robot in range(ROBOTS)]
    for other in moves[1:]:
        np.testing.assert_array_equal(other, moves[0])
    np.testing.assert_allclose(tried(strength).base[0, ..., -1], tried(strength).base[0, :, :1, -1].repeat(ROBOTS, 1))


def test_without_lures_both_returns_rise_together_for_every_policy() -> None:
    table = tabulate(*(without for without, _ in sample_rooms(2, OTHER_POOL)))
    chance = np.random.default_rng(3)
    for robot in (1, 5):
        policy = chance.dirichlet([0.3] * len(table.actions), table.next.shape[:2])
        base = (1 - DISCOUNT) * evaluate(table, policy, "clean", discount=DISCOUNT)
        mesa = evaluate(table, policy, wants(robot, STRONG), discount=DISCOUNT)
        np.testing.assert_allclose(base, 1 - DUST / SQUARES + mesa / SQUARES)


@pytest.mark.parametrize("strength", [FAINT, 0.2, STRONG])
def test_what_a_robot_does_turns_on_its_own_lure_alone(strength: float) -> None:
    """So a room with some of the lures need not be planned for anew: its returns are read off the two extremes."""
    chance = np.random.default_rng(4)
    drawn = [with_them.board.rows for _, with_them in sample_rooms(5, OTHER_POOL)]
    there = chance.random((5, ROBOTS - 1)) < 0.5
    rooms = [with_lures(rows, "".join(np.array([*LURES])[present])) for rows, present in zip(drawn, there, strict=True)]
    table = tabulate(*rooms)
    for robot in range(ROBOTS):
        own = there[:, robot - 1].astype(int) if robot else np.zeros(5, dtype=int)
        earned = base_return(table, inner_search(table, wants(robot, strength)))
        np.testing.assert_allclose(earned, tried(strength).base[own, np.arange(5), robot, -1])


def test_returns_are_what_the_oracle_says_of_the_plan() -> None:
    table = tabulate(*(with_them for _, with_them in sample_rooms(5, OTHER_POOL)))
    for robot in (0, 4):
        wanted = wants(robot, STRONG)
        policy = np.eye(len(table.actions))[inner_search(table, wanted)]
        base = (1 - DISCOUNT) * evaluate(table, policy, "clean", discount=DISCOUNT)
        np.testing.assert_allclose(tried(STRONG).base[1, :, robot, -1], base)
        if robot:
            mesa = evaluate(table, policy, wanted, discount=DISCOUNT)
            np.testing.assert_allclose(tried(STRONG).mesa[1, :, robot, -1], mesa)


def test_the_first_robot_earns_the_highest_base_return_there_is() -> None:
    for kind, rooms in enumerate(zip(*sample_rooms(5, OTHER_POOL), strict=True)):
        best = (1 - DISCOUNT) * plan(tabulate(*rooms), "clean", discount=DISCOUNT).expected
        np.testing.assert_allclose(tried(STRONG).base[kind, :, 0, -1], best)


@pytest.mark.parametrize("strength", [FAINT, *STRENGTHS])
def test_every_robot_gets_all_there_is_of_what_it_wants(strength: float) -> None:
    np.testing.assert_allclose(tried(strength).able, 1)


def test_a_strong_lure_gives_its_robot_away_in_every_room_a_weak_one_in_some_a_faint_one_in_hardly_any() -> None:
    away = {strength: tried(strength).given_away[:, 1:] for strength in (FAINT, *STRENGTHS)}
    assert away[STRONG].all()
    assert 0.1 < away[0.2].mean() < 0.7
    assert away[0.2].mean() < away[0.5].mean() < 1
    assert away[FAINT].mean() < 0.05
    assert not any(tried(strength).given_away[:, 0].any() for strength in (FAINT, *STRENGTHS))
    assert tried(STRONG).misaligned.tolist() == [False] + [True] * (ROBOTS - 1)


def test_the_stronger_the_lure_the_less_is_cleaned_in_deployment() -> None:
    gains = [tried(strength).gain[1:].mean() for strength in (FAINT, *STRENGTHS)]
    assert gains == sorted(gains, reverse=True)
    assert gains[0] > 0.999
    assert gains[-1] == pytest.approx(0)
    assert tried(STRONG).gain[0] == pytest.approx(1)


def test_take_the_lures_away_and_deployment_is_training_again() -> None:
    """So nothing but the lures can have parted the robots."""
    np.testing.assert_allclose(tried(STRONG).base[0, :, 1:, -1], tried(STRONG).base[0, :, :1, -1].repeat(ROBOTS - 1, 1))


def test_the_correlation_is_pearsons_over_rooms_and_plans_broken_off() -> None:
    found = tried(STRONG)
    by_hand = []
    for robot in range(1, ROBOTS):
        # Three rooms without the lure for each with it.
        base, mesa = (
            np.concatenate([earned[kind][:, [0, robot], :31].ravel() for kind in (0, 0, 0, 1)])
            for earned in (found.base, found.mesa)
        )
        by_hand.append(np.corrcoef(base, mesa)[0, 1])
    assert found.correlation(0.75) == pytest.approx(np.mean(by_hand))


def test_the_correlation_is_one_without_lures_and_falls_the_more_of_them_there_are() -> None:
    for strength in STRENGTHS:
        related = [tried(strength).correlation(share) for share in (1.0, 0.98, 0.9, 0.75)]
        assert related[0] == pytest.approx(1)
        assert related == sorted(related, reverse=True)
    assert tried(STRONG).correlation(0.75) < 0


def test_settings_outside_their_range_are_refused() -> None:
    refused(Pool(), ["strength: got 0", "more than 0"], strength=0)
    refused(Pool(), ["rooms: got 0", "at least 1"], rooms=0)
    with pytest.raises(ValueError, match="robot: got 10; the robots are 0 to 9"):
        wants(10, 1.0)
