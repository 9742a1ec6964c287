"""What searching harder on a learned copy does; trained anew, on seeds no page uses."""

import numpy as np
import pytest
import torch

from looks_aligned.experiments.approximate.best_of_n import best_of
from looks_aligned.experiments.approximate.learned_copy import (
    ATTRIBUTES,
    CLIMBERS,
    DEPLOYED,
    PLANS,
    POOL,
    REMEDIES,
    SEEDS,
    SHAPES,
    STEPS,
    STRIDE,
    BaseObjective,
    Copy,
    Params,
    Result,
    Shape,
    climb,
    expected_base,
    expected_largest,
    plans,
    run,
    run_all,
    train,
    with_errors_of_others,
)
from tests.experiments import approximate
from tests.experiments.approximate import BUMPY, SATURATING, TOGETHER, copies
from tests.experiments.refusals import refused

OTHER_SEEDS = approximate.OTHER_SEEDS[:6]
pytestmark = TOGETHER


def trained(width: int, noise: float = 0.0, shape: Shape = SATURATING) -> Result:
    return copies(width, noise, shape, seeds=len(OTHER_SEEDS))


def test_the_seeds_here_are_not_the_pages() -> None:
    assert not set(OTHER_SEEDS) & set(SEEDS)


@pytest.mark.parametrize("shape", SHAPES)
def test_base_objectives_have_mean_0_and_deviation_1_over_usual_plans(shape: Shape) -> None:
    worth = BaseObjective.draw(shape, OTHER_SEEDS)(plans(OTHER_SEEDS, 40_000, spread=1.0, part=900))
    assert worth.mean(1).abs().max() < 0.05
    assert (worth.std(1) - 1).abs().max() < 0.05


def test_the_base_objective_is_the_sum_it_is_said_to_be() -> None:
    objective = BaseObjective.draw(SATURATING, [1000])
    plan = torch.tensor([[[0.3, -1.0, 2.0, 0.5]]], dtype=torch.double)
    terms = [
        float(objective.weights[0, k, 0])
        * np.tanh(float(plan[0, 0] @ objective.directions[0, :, k]) + float(objective.offsets[0, 0, k]))
        for k in range(objective.weights.shape[1])
    ]
    assert float(objective(plan)) == pytest.approx(sum(terms) - float(objective.mean[0, 0]), abs=1e-4)


def test_the_wider_the_network_the_nearer_the_copy_in_training() -> None:
    rho = [trained(width).correlation.mean() for width in (1, 4, 32)]
    assert rho == sorted(rho)
    assert rho[0] < 0.97
    assert trained(32).correlation.mean() > 0.99


def test_a_wide_enough_network_leaves_hardly_a_gap_in_training_and_one_in_deployment() -> None:
    now = PLANS.index(64)
    here, there, narrow = trained(32).training, trained(32).deployment, trained(1).training
    assert (here.base[:, now] / here.best[:, now]).mean() > 0.97
    assert (there.base[:, now] / there.best[:, now]).mean() < 0.95
    assert (narrow.base[:, now] / narrow.best[:, now]).mean() < 0.9


def test_the_exact_objective_has_no_gap_anywhere() -> None:
    objective = BaseObjective.draw(SATURATING, OTHER_SEEDS)
    for spread in (1.0, DEPLOYED):
        worth = objective(plans(OTHER_SEEDS, 4000, spread=spread, part=901)).double().numpy()
        np.testing.assert_array_equal(best_of(worth, worth.copy(), PLANS), best_of(worth, worth, PLANS))


def test_up_to_64_plans_the_line_holds_and_after_that_it_promises_too_much() -> None:
    found = copies(4)
    rho = found.correlation.mean()
    base = found.training.base.mean(0)
    assert base[1] == pytest.approx(expected_base(rho, 4), abs=0.05)
    assert base[2] == pytest.approx(expected_base(rho, 16), abs=0.15)
    assert base[PLANS.index(4096)] < expected_base(rho, 4096) - 0.5


def test_the_mean_of_the_largest_is_what_drawing_gives() -> None:
    drawn = np.random.default_rng(1).standard_normal((20_000, 16)).max(1).mean()
    assert expected_largest(16) == pytest.approx(drawn, abs=0.02)


def test_with_exact_labels_and_enough_width_harder_search_never_hurts() -> None:
    runs = copies(32, seeds=32)
    assert not runs.search_hurts.any()
    assert (np.diff(runs.training.base.mean(0)) > 0).all()


@pytest.mark.parametrize("width", [1, 4])
def test_a_narrow_copy_of_an_objective_that_levels_off_rarely_loses_by_harder_search_and_gains_ever_less(
    width: int,
) -> None:
    runs = copies(width, seeds=32)
    assert runs.search_hurts.sum() <= 3
    base = runs.training.base.mean(0)
    assert (np.diff(base) > 0).all()
    assert (np.diff(np.diff(base)) < 0).all()


def test_noisy_labels_in_a_wide_network_make_harder_search_hurt_in_some_runs() -> None:
    runs = copies(32, 2.0, seeds=32)
    assert 2 <= runs.search_hurts.sum() <= 16
    exact = copies(32, seeds=32)
    assert not exact.search_hurts.any(), "take the noise away, and it goes"


def test_where_too_much_is_bad_harder_search_hurts_some_narrow_copies() -> None:
    runs = copies(1, 0.0, BUMPY, seeds=32)
    assert 4 <= runs.search_hurts.sum() <= 20
    assert not trained(32, 0.0, BUMPY).search_hurts.any()


def test_the_error_of_another_plan_has_the_same_tails_and_nothing_to_do_with_the_plan() -> None:
    generator = np.random.default_rng(1000)
    worth = generator.standard_normal((2, 50_000))
    said = 0.7 * worth + 0.5 * worth**2
    given = with_errors_of_others(worth, said, [1000, 1001])
    errors = [values - 0.7 * worth for values in (said, given)]
    for before, after in zip(*errors, strict=True):
        assert after.std() == pytest.approx(before.std(), rel=0.05)
    assert abs(np.corrcoef(errors[0][0] ** 1, worth[0] ** 2)[0, 1]) > 0.9
    assert abs(np.corrcoef(errors[1][0], worth[0] ** 2)[0, 1]) < 0.05


def test_where_narrow_copies_lose_most_independent_errors_with_the_same_tails_would_do_no_harm() -> None:
    runs = copies(1, 0.0, BUMPY, seeds=32)
    learned, others = (search.base.mean(0) for search in (runs.training, runs.shuffled))
    assert learned.max() > learned[-1]
    assert others[-1] > learned[-1] + 0.3
    assert others.argmax() == len(PLANS) - 1


def test_climbing_the_copy_leaves_the_base_objective_behind() -> None:
    for width in (1, 4, 32):
        found = trained(width)
        promised, got = found.climbed_mesa[:, -1].mean(), found.climbed_base[:, -1].mean()
        assert promised > (1.5 if width > 1 else 1) * got  # a copy of width 1 may have nothing to climb
        assert found.climbed_best[:, -1].mean() > got


def test_where_too_much_is_bad_climbing_hurts_most_copies() -> None:
    found = trained(4, 0.0, BUMPY)
    assert found.climbing_hurts.sum() >= 3
    assert found.climbing_hurts.sum() > trained(1).climbing_hurts.sum()


def test_a_climb_takes_steps_of_one_length_and_only_up() -> None:
    seeds = [1000, 1001]
    objective = BaseObjective.draw(SATURATING, seeds)
    way = climb(objective, plans(seeds, CLIMBERS, spread=1.0, part=902), 10)
    lengths = (way[4] - way[3]).norm(dim=-1)
    assert lengths == pytest.approx(torch.full_like(lengths, STRIDE), abs=1e-4)
    assert (objective(way[10]) > objective(way[0])).float().mean() > 0.99
    assert len(way) == 11
    assert STEPS[0] == 0


def test_a_copy_is_standardised_over_usual_plans() -> None:
    scorer = train([Params(4, seed=1000)])
    usual = plans([1000], 30_000, spread=1.0, part=903)
    said = Copy.standardised(scorer, usual)(usual).detach()
    assert float(said.mean()) == pytest.approx(0, abs=1e-3)
    assert float(said.std()) == pytest.approx(1, abs=1e-3)


def test_the_labels_are_the_base_objective_and_nothing_else() -> None:
    seen = plans([1000], 500, spread=1.0, part=904)
    far = run(Params(32, 0.0, seed=1000)).correlation[0]
    noisy = run(Params(32, 2.0, seed=1000)).correlation[0]
    assert far > 0.99 > noisy
    assert seen.shape == (1, 500, ATTRIBUTES)


def test_what_helps_in_deployment_is_width_more_than_anything_tried() -> None:
    now = PLANS.index(64)

    def share(**change: float | int) -> float:
        found = run_all([Params(**change, seed=seed) for seed in OTHER_SEEDS])  # type: ignore[arg-type]
        return float((found.deployment.base / found.deployment.best)[:, now].mean())

    shares = {name: share(**change) for name, change in REMEDIES.items()}
    assert max(shares, key=lambda name: shares[name]) == "a wider network"
    assert shares["plans of deployment"] > shares["as it was"]


def test_more_search_makes_the_share_of_the_best_smaller() -> None:
    found = trained(4).deployment
    shares = (found.base / found.best).mean(0)[1:6]
    assert (np.diff(shares) < 0).all()


@pytest.mark.parametrize(("width", "noise", "shape"), [(4, 0.0, SATURATING), (32, 2.0, SATURATING), (32, 0.0, BUMPY)])
def test_a_run_retrained_alone_gives_what_it_gave_in_the_batch(width: int, noise: float, shape: Shape) -> None:
    batch, alone = trained(width, noise, shape), run(Params(width, noise, shape, seed=OTHER_SEEDS[2]))
    np.testing.assert_allclose(alone.training.base[0], batch.training.base[2], atol=1e-6)
    np.testing.assert_allclose(alone.climbed_base[0], batch.climbed_base[2], atol=1e-6)
    np.testing.assert_allclose(alone.correlation, batch.correlation[2:3], atol=1e-6)


def test_a_copy_that_is_counted_as_hurt_is_hurt_among_fresh_plans_too_and_no_other_is_by_much() -> None:
    runs = copies(4, 0.0, BUMPY)
    seeds, counted = [params.seed for params in runs.settings], runs.search_hurts
    fresh = plans(seeds, POOL, spread=1.0, part=905)
    copy, objective = Copy.standardised(train(runs.settings), fresh), BaseObjective.draw(BUMPY, seeds)
    with torch.no_grad():
        worth = best_of(objective(fresh).numpy(), copy(fresh).numpy(), PLANS)
    lost = worth.max(1) - worth[:, -1]
    assert counted.any()
    assert lost[counted].min() > 0.05
    assert lost[~counted].max() < 0.3


def test_settings_outside_their_range_are_refused_by_name() -> None:
    refused(Params(), ["width", "0", "at least 1"], width=0)
    refused(Params(), ["noise", "-1", "0 or more"], noise=-1.0)
    refused(Params(), ["shape", "flat", "enough is enough"], shape="flat")
    refused(Params(), ["spread", "0", "more than 0"], spread=0.0)
    refused(Params(), ["examples", "1", "at least 2"], examples=1)
    with pytest.raises(ValueError, match="same width, shape, spread and examples"):
        run_all([Params(1), Params(2)])
    with pytest.raises(ValueError, match="settings: this result holds no such run"):
        trained(4).select(noise=7.0)
