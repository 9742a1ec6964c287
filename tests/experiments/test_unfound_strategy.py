"""Robots that have not found a strategy yet: planner, closed forms and a scan agree; on other seeds."""

from functools import cache
from math import inf

import numpy as np
import pytest

from looks_aligned.agents.planner import plan
from looks_aligned.experiments.suboptimality.unfound_strategy import (
    DEPTHS,
    DETOUR,
    DISCOUNT,
    KEPT,
    SEEDS,
    TRAINING_DEPTHS,
    Params,
    Result,
    chance_aligned,
    draw_weights,
    expected_still,
    first_step,
    run,
    run_all,
    slope,
    still_on_the_circle,
    worst_correlation,
)
from looks_aligned.worlds.fork import Fork
from looks_aligned.worlds.table import tabulate
from tests.experiments.refusals import refused

OTHER_SEEDS = tuple(range(1000, 1006))


@cache
def trained(correlation: float) -> Result:
    return run_all([Params(correlation, objectives=4000, seed=seed) for seed in OTHER_SEEDS])


def test_the_seeds_here_are_not_the_pages() -> None:
    assert not set(OTHER_SEEDS) & set(SEEDS)


@pytest.mark.parametrize("depth", [1, 3, 4, 5, 9, 40])
def test_a_first_step_is_one_of_the_planners_first_steps(depth: int) -> None:
    table = tabulate(Fork(DETOUR))
    weights = draw_weights(Params(objectives=60, seed=1000))
    counts = np.stack([table.reward(name)[0] for name in table.measures], -1)
    does = first_step(table, np.einsum("sac,rc->rsa", counts, weights), depth)
    for robot, (x, y) in enumerate(weights):
        wanted = {"simple": float(x), "complicated": float(y)}
        policy = plan(table, wanted, discount=DISCOUNT, horizon=depth).policy[0, 0]
        assert (policy[np.arange(len(policy)), does[robot]] > 0).all()


@pytest.mark.parametrize("detour", [2, 4])
@pytest.mark.parametrize("depth", [2, 4, 5, 8, 20])
def test_the_slope_is_where_the_planner_changes_its_mind(depth: int, detour: int) -> None:
    table, k = tabulate(Fork(detour)), slope(depth, detour)
    for y, leaves in ((0.999 * k, False), (1.001 * k, True)) if k < inf else ((1e6, False),):
        policy = plan(table, {"simple": 1.0, "complicated": y}, discount=DISCOUNT, horizon=depth).policy[0, 0, 0]
        assert (policy[table.actions.index("go on")] > 0) == leaves


def test_the_share_that_stays_aligned_is_the_closed_forms() -> None:
    for correlation in (-0.6, 0.0, 0.6, 0.9):
        found = trained(correlation)
        for training in TRAINING_DEPTHS:
            still = found.still(training)
            line = [expected_still(depth, training, correlation) for depth in DEPTHS]
            np.testing.assert_allclose(still.mean(0), line, atol=0.015)


def test_with_no_correlation_angles_say_the_same_as_the_normal_distribution() -> None:
    for training in TRAINING_DEPTHS:
        for depth in DEPTHS:
            assert expected_still(depth, training) == pytest.approx(still_on_the_circle(depth, training))


@pytest.mark.parametrize(("correlation", "depth"), [(0.0, 5), (0.7, 40), (-0.5, 8)])
def test_the_chance_is_what_so_many_draws_from_the_prior_give(correlation: float, depth: int) -> None:
    x, other = np.random.default_rng(1000).standard_normal((2, 400_000))
    y = correlation * x + (1 - correlation**2) ** 0.5 * other
    assert chance_aligned(depth, correlation) == pytest.approx(((x > 0) & (y < slope(depth) * x)).mean(), abs=0.003)
    assert chance_aligned(DETOUR, correlation) == 0.5


def test_the_published_numbers_come_out() -> None:
    assert [round(still_on_the_circle(depth, 4), 2) for depth in (4, 5, 40)] == [1.0, 0.94, 0.79]
    assert [round(still_on_the_circle(40, training), 2) for training in (8, 12)] == [0.91, 0.95]


def test_it_is_not_monotone_in_the_priors_correlation_and_worst_at_one_over_the_slope() -> None:
    scanned = np.linspace(-0.99, 0.99, 1981)
    line = [expected_still(40, DETOUR, float(correlation)) for correlation in scanned]
    assert scanned[np.argmin(line)] == pytest.approx(worst_correlation(40), abs=0.001)
    assert min(line) == pytest.approx(0.712, abs=0.001)
    found = {r: trained(r).still(DETOUR).mean(0)[-1] for r in (-0.6, 0.8, 0.98)}
    assert found[0.8] < found[0.98] - 0.05
    assert found[0.8] < found[-0.6] - 0.1


def test_none_turns_until_it_looks_beyond_the_detour_and_it_was_not_for_want_of_ability() -> None:
    found, depth = trained(0.0), DEPTHS.index(DETOUR)
    assert (found.still(DETOUR)[:, : depth + 1] == 1).all()
    assert (found.still(DETOUR)[:, depth + 1] < 0.99).all()
    assert (found.able(DETOUR)[:, -1] > 0.999).all(), "at depth 40 they get what there is to be had"
    assert (found.able(DETOUR)[:, depth] < 0.9).all()
    assert (np.diff(found.able(DETOUR), axis=-1) > -0.01).all()


def test_let_them_look_far_in_training_and_none_that_is_kept_ever_turns() -> None:
    found = trained(0.0)
    assert (found.still(DEPTHS[-1]) == 1).all()
    assert found.kept(DEPTHS[-1]).mean() < found.kept(DETOUR).mean() - 0.08, "fewer are kept"


def test_make_the_complicated_thing_near_and_training_sees_it() -> None:
    near = run_all([Params(detour=1, objectives=4000, seed=seed) for seed in OTHER_SEEDS])
    assert (near.still(12)[:, -1] > 0.98).all()
    assert (near.still(12)[:, -1] > trained(0.0).still(12)[:, -1]).all()


def test_who_has_turned_has_a_low_base_score() -> None:
    found = trained(0.0)
    turned = found.kept(DETOUR) & (found.base[:, -1] <= KEPT)
    assert turned.any()
    assert (found.base[:, -1][turned] < 0.01).all()


def test_objectives_lie_on_the_unit_circle_and_go_with_the_prior() -> None:
    weights = draw_weights(Params(0.8, objectives=50_000, seed=1000))
    np.testing.assert_allclose(np.hypot(*weights.T), 1)
    assert ((weights > 0).all(-1) | (weights < 0).all(-1)).mean() == pytest.approx(
        0.5 + np.arcsin(0.8) / np.pi, abs=0.01
    )


def test_a_run_alone_gives_what_it_gave_in_the_batch() -> None:
    alone = run(Params(0.0, objectives=4000, seed=OTHER_SEEDS[2]))
    np.testing.assert_array_equal(alone.base[0], trained(0.0).base[2])
    assert trained(0.0).select(correlation=0.0).settings == trained(0.0).settings


def test_settings_outside_their_range_are_refused_by_name() -> None:
    refused(Params(), ["correlation", "1.0", "between -1 and 1"], correlation=1.0)
    refused(Params(), ["detour", "0", "at least 1"], detour=0)
    refused(Params(), ["objectives", "0", "at least 1"], objectives=0)
    with pytest.raises(ValueError, match="as many objectives"):
        run_all([Params(objectives=1), Params(objectives=2)])
    with pytest.raises(ValueError, match="no such run"):
        trained(0.0).select(correlation=0.5)
