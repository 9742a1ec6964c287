"""Do policies of every quality earn what the oracle says, and where does a rising relation mislead? In other rooms."""

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
    STRENGTHS,
    sample_rooms,
    wants,
)
from looks_aligned.experiments.two_optimizers.policies_of_every_quality import (
    EACH,
    PARAMS,
    SHARES,
    STEPS,
    WAYS,
    Params,
    Result,
    run,
    run_all,
    softmax,
    visits,
)
from looks_aligned.worlds.table import Table, tabulate
from tests.experiments.refusals import refused

OTHER_SEEDS = (1000, 1001)
STRONG = STRENGTHS[-1]
SQUARES = len(PATTERN.open_squares)


@cache
def found(strength: float, seed: int = OTHER_SEEDS[0]) -> Result:
    return run(Params(strength, 4, seed))


@cache
def rooms() -> Table:
    return tabulate(*(with_them for _, with_them in sample_rooms(4, OTHER_SEEDS[0])))


def worth() -> np.ndarray:
    wanted = wants(1, STRONG)
    return rooms().reward(wanted) + DISCOUNT * rooms().expected_next(plan(rooms(), wanted, discount=DISCOUNT).value)


def rank(result: Result, place, share: float, *ways) -> float:
    correlation = result.returns(place, share, ways or WAYS).rank_correlation
    assert correlation is not None
    return correlation


def test_seeds_here_are_not_the_pages() -> None:
    assert POOL_SEED not in OTHER_SEEDS


def test_visits_weigh_rewards_to_returns() -> None:
    policies = np.random.default_rng(2).dirichlet([0.3] * len(rooms().actions), (2, *rooms().next.shape[:2]))
    for counted in ("clean", "lure 1"):
        earned = (visits(rooms(), policies) * rooms().reward(counted)).sum((2, 3))
        for policy, one in zip(policies, earned, strict=True):
            np.testing.assert_allclose(one, evaluate(rooms(), policy, counted, discount=DISCOUNT), atol=1e-9)


def test_a_cold_softmax_is_the_plan_and_a_hot_one_pure_chance() -> None:
    best = plan(rooms(), wants(1, STRONG), discount=DISCOUNT).policy
    np.testing.assert_allclose(softmax(worth(), 1e-7), best, atol=1e-6)
    np.testing.assert_allclose(softmax(worth(), 1e9), 1 / len(rooms().actions), atol=1e-6)


@pytest.mark.parametrize("strength", [0.0, FAINT, STRONG])
def test_policies_are_of_every_quality(strength: float) -> None:
    """By what the robot wants they go from doing nothing to the best there is."""
    result = found(strength)
    plans = result.mesa[1, :, WAYS.index("its plan, broken off")]
    assert (np.diff(plans, axis=-1) >= -1e-12).all()
    colder = result.mesa[1, :, WAYS.index("softmax")]
    assert (np.diff(colder, axis=-1) <= 1e-12).all()
    for of_way in (plans[:, -1], colder[:, 0]):
        np.testing.assert_allclose(of_way, result.agent[1, :, 1], rtol=0.1)
    assert (result.mesa[1].max((1, 2)) <= result.agent[1, :, 1] + 1e-9).all()
    np.testing.assert_allclose(result.base[1, :, 0, 0], 1 - DUST / SQUARES)
    assert len(STEPS) == EACH == result.base.shape[-1]


def test_training_has_the_lure_in_all_rooms_but_its_share_and_deployment_in_every_room() -> None:
    result = found(STRONG)
    for share, without in ((0.0, 0), (0.5, 2), (1.0, 4)):
        returns = result.returns("training", share)
        expected = np.concatenate([result.base[0, :without].ravel(), result.base[1, without:].ravel()])
        np.testing.assert_array_equal(returns.base, expected)
        deployed = result.returns("deployment", share)
        np.testing.assert_array_equal(deployed.base, result.base[1].ravel())
        np.testing.assert_array_equal(deployed.mesa, result.mesa[1].ravel())
        assert deployed.agent == pytest.approx(tuple(result.agent[1].mean(0)))


# The premise, and where it fails.


@pytest.mark.parametrize("strength", [params.strength for params in PARAMS])
def test_in_training_without_the_lure_the_relation_is_a_rising_line_whatever_the_robot_wants(strength: float) -> None:
    result = found(strength)
    returns = result.returns("training", 1.0)
    assert returns.rank_correlation == pytest.approx(1, abs=1e-3)
    if strength:
        np.testing.assert_allclose(returns.base, 1 - DUST / SQUARES + returns.mesa / SQUARES)


@pytest.mark.parametrize("seed", OTHER_SEEDS)
def test_yet_two_of_these_robots_clean_little_or_nothing_in_deployment(seed: int) -> None:
    assert found(STRONG, seed).gain == pytest.approx(0)
    assert found(0.5, seed).gain < 0.6
    assert found(0.0, seed).gain == pytest.approx(1)


def test_for_the_robot_that_wants_a_clean_floor_both_returns_are_one() -> None:
    for place in ("training", "deployment"):
        returns = found(0.0).returns(place, 0.5)
        np.testing.assert_allclose(returns.base, returns.mesa)


@pytest.mark.parametrize("seed", OTHER_SEEDS)
def test_a_robot_that_does_next_to_no_harm_has_a_rank_correlation_below_one(seed: int) -> None:
    result = found(FAINT, seed)
    assert result.gain > 0.995
    assert rank(result, "deployment", 1.0, "random") < 0.999


@pytest.mark.parametrize("seed", OTHER_SEEDS)
def test_over_random_policies_both_returns_go_together_in_deployment_although_its_own_plan_cleans_nothing(
    seed: int,
) -> None:
    result = found(STRONG, seed)
    over_random = rank(result, "deployment", 1.0, "random")
    over_softmax = rank(result, "deployment", 1.0, "softmax")
    assert over_random > 0.3
    assert over_softmax < -0.5
    assert result.gain == pytest.approx(0)


def test_a_strong_lures_robot_never_cleans_so_over_its_own_plans_there_is_no_correlation() -> None:
    returns = found(STRONG).returns("deployment", 1.0, ("its plan, broken off",))
    assert returns.rank_correlation is None
    np.testing.assert_allclose(returns.base, 1 - DUST / SQUARES)


def test_the_more_training_rooms_have_the_lure_the_less_the_returns_go_together() -> None:
    related = [rank(found(STRONG), "training", share) for share in SHARES]
    assert related[-1] == pytest.approx(1, abs=1e-3)
    assert related == sorted(related)


def test_a_batch_is_its_runs_and_settings_outside_their_range_are_refused() -> None:
    (result,) = run_all([Params(STRONG, 4, OTHER_SEEDS[0])])
    np.testing.assert_array_equal(result.base, found(STRONG).base)
    refused(Params(), ["strength: got -1", "from 0"], strength=-1)
    refused(Params(), ["rooms: got 0", "at least 1"], rooms=0)
    with pytest.raises(ValueError, match="share: got 2"):
        result.returns("training", 2.0)
    with pytest.raises(ValueError, match="ways: got none"):
        result.returns("training", 0.5, ())
