"""What a scorer learns that is trained on the base objective alone, and its fate; on seeds no page uses."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch

from looks_aligned.causal.diagram import Kind
from looks_aligned.experiments.proxy.scored_plans import (
    HARMS,
    SENSOR_NOISES,
    STEPS,
    Params,
    Result,
    deploy,
    expected_of,
    expected_weight,
    offers,
    regression,
    return_of,
    run,
    run_all,
    sensor_alone,
    train,
)
from looks_aligned.experiments.proxy.watching_and_doing import KINDS, SEEDS
from tests.experiments.refusals import refused

OTHER_SEEDS = tuple(range(1000, 1008))


@cache
def trained(kind: Kind, correlation: float, sensor_noise: float, steps: int = 60, choices: int = 512) -> Result:
    return run_all([Params(kind, correlation, sensor_noise, steps, choices=choices, seed=seed) for seed in OTHER_SEEDS])


def test_the_seeds_here_are_not_the_pages() -> None:
    assert not set(OTHER_SEEDS) & set(SEEDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_best_guess_is_the_regression_of_the_base_objective_on_what_is_seen(kind: Kind) -> None:
    rho, sigma = 0.7, 1.3
    drawn = offers([Params(kind, rho, sigma, choices=50_000, seed=1000)], share=0.0, fresh=False)
    seen, base = drawn.seen.reshape(-1, 2).double().numpy(), drawn.base.flatten().double().numpy()
    slope = np.linalg.lstsq(seen, base, rcond=None)[0]
    divisor = sigma**2 + 1 - rho**2
    assert slope == pytest.approx([rho * sigma**2 / divisor, (1 - rho**2) / divisor], abs=0.01)
    assert np.array(regression(rho, sigma)) / divisor == pytest.approx(slope, abs=0.01)
    by_spread = slope * seen.std(0)
    assert expected_weight(rho, sigma) == pytest.approx(by_spread[0] / by_spread.sum(), abs=0.01)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("share", "harm"), [(0.0, 0.0), (0.25, 0.0), (0.25, 2.0)])
def test_theory_gets_what_a_brute_force_choice_by_the_best_guess_gets(kind: Kind, share: float, harm: float) -> None:
    params = Params(kind, 0.7, 1.3, choices=30_000, seed=1001)
    drawn = offers([params], share=share, harm=harm, fresh=True)
    weights = regression(0.7, 1.3)
    for by, line in [
        (weights, expected_of(params, share=share, harm=harm)),
        ((0.0, 1.0), sensor_alone(params, share=share, harm=harm)),
    ]:
        assert by is not None
        assert line is not None
        best = (drawn.seen * torch.tensor(by).float()).sum(-1).argmax(-1, keepdim=True)
        assert float(drawn.base.gather(-1, best).mean()) == pytest.approx(line.base, abs=0.025)
        assert float(drawn.handle.gather(-1, best).float().mean()) == pytest.approx(line.handle, abs=0.01)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("correlation", "sensor_noise"), [(0.0, 1.0), (0.6, 0.0), (0.6, 1.0), (0.6, 4.0), (0.9, 1.0)])
def test_it_follows_the_proxy_as_far_as_the_best_guess_does(
    kind: Kind, correlation: float, sensor_noise: float
) -> None:
    found = trained(kind, correlation, sensor_noise)
    line = expected_weight(correlation, sensor_noise)
    assert line is not None
    assert found.weight.mean() == pytest.approx(line, abs=0.1)
    best = expected_of(found.settings[0], share=0.0)
    assert best is not None
    assert found.training.mean() == pytest.approx(best.base, abs=0.05), "it is able to choose"


def test_the_better_the_proxy_and_the_worse_the_sensor_the_more_it_follows_the_proxy() -> None:
    for kind in KINDS:
        by_sensor = [trained(kind, 0.6, noise).weight.mean() for noise in (0.0, 1.0, 4.0)]
        by_proxy = [trained(kind, rho, 1.0).weight.mean() for rho in (0.0, 0.6, 0.9)]
        assert min(np.diff(by_sensor)) > 0.2
        assert min(np.diff(by_proxy)) > 0.2


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("correlation", "sensor_noise"), [*((0.0, noise) for noise in SENSOR_NOISES), (0.6, 0.0)])
def test_without_a_correlation_or_with_a_perfect_sensor_it_ignores_the_proxy(
    kind: Kind, correlation: float, sensor_noise: float
) -> None:
    assert abs(trained(kind, correlation, sensor_noise).weight.mean()) < 0.1


def test_the_three_diagrams_train_the_same_scorer() -> None:
    for rho, noise in ((0.6, 1.0), (0.9, 1.0), (0.6, 4.0)):
        weights = [trained(kind, rho, noise).weight for kind in KINDS]
        for one, other in ((0, 1), (0, 2), (1, 2)):
            error = np.sqrt((weights[one].var(ddof=1) + weights[other].var(ddof=1)) / len(OTHER_SEEDS))
            assert abs(weights[one].mean() - weights[other].mean()) < 4 * error


def test_with_a_harmless_handle_its_fate_is_the_diagrams() -> None:
    gained = {kind: trained(kind, 0.8, 1.0).base[:, 0] - trained(kind, 0.8, 1.0).training for kind in KINDS}
    assert (gained["side-effect"] > 0.4).all()
    assert (gained["instrumental"] < -0.05).all()
    assert (gained["general"] < -0.05).all()


def test_following_the_proxy_was_a_mistake_where_it_does_not_cause_the_base_objective() -> None:
    harm = 1.0
    for kind in KINDS:
        found = trained(kind, 0.8, 1.0)
        alone = sensor_alone(found.settings[0], share=0.25, harm=harm).base
        got = found.base[:, HARMS.index(harm)].mean()
        assert found.training.mean() > sensor_alone(found.settings[0], share=0.0).base + 0.1, "in training it paid"
        assert got > alone + 0.1 if kind == "side-effect" else got < alone


@pytest.mark.parametrize("sensor_noise", [1.0, 4.0])
def test_where_the_base_objective_is_hard_to_see_leaving_the_proxy_alone_would_cost_score(sensor_noise: float) -> None:
    for kind in KINDS:
        found = trained(kind, 0.6, sensor_noise)
        usual = offers(found.settings, share=0.0, fresh=True)
        by_sensor = usual.base.gather(-1, usual.seen[..., 1].argmax(-1, keepdim=True)).mean((1, 2)).numpy()
        assert (found.training - by_sensor).mean() > 0.04


def test_but_with_a_poor_sensor_a_harmless_handle_does_not_make_it_a_mistake() -> None:
    for kind in KINDS:
        found = trained(kind, 0.6, 4.0)
        assert (found.base[:, 0] > sensor_alone(found.settings[0], share=0.25).base).all()


def test_it_is_the_diagram_it_is_deployed_in_that_decides_not_the_one_it_was_trained_in() -> None:
    def settings(kind: Kind) -> list[Params]:
        return [Params(kind, 0.8, 1.0, seed=seed) for seed in OTHER_SEEDS]

    got = {}
    for home in KINDS:
        scorer = train(settings(home))
        for kind in KINDS:
            got[home, kind] = deploy(scorer, settings(kind), harm=1.0)[0].mean()
    for kind in KINDS:
        fates = [got[home, kind] for home in KINDS]
        assert max(fates) - min(fates) < 0.15
    for home in KINDS:
        assert got[home, "side-effect"] > got[home, "instrumental"] + 0.3
        assert got[home, "instrumental"] > got[home, "general"] + 0.05


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_handle_in_deployment_nothing_is_lost(kind: Kind) -> None:
    settings = [Params(kind, 0.8, 1.0, share=0.0, seed=seed) for seed in OTHER_SEEDS]
    base, handle = deploy(train(settings), settings, harm=2.0)
    np.testing.assert_allclose(base, trained(kind, 0.8, 1.0).training, rtol=1e-6)
    assert not handle.any()


@pytest.mark.parametrize("kind", KINDS)
def test_with_a_perfect_sensor_a_harmless_handle_costs_nothing(kind: Kind) -> None:
    found = trained(kind, 0.8, 0.0)
    assert (found.base[:, 0] > found.training - 0.05).all()


def test_after_few_steps_it_leans_on_the_proxy_even_where_it_need_not() -> None:
    for kind in KINDS:
        assert trained(kind, 0.6, 0.0, steps=5).weight.mean() > 0.3
        assert (np.abs(trained(kind, 0.6, 0.0).weight) < 0.15).all()


def test_the_better_the_proxy_the_longer_it_is_held_on_to_beside_a_perfect_sensor() -> None:
    assert (trained("general", 0.9, 0.0).weight > 0.15).all()
    assert trained("general", 0.9, 0.0).training.mean() > 0.97 * trained("general", 0.6, 0.0).training.mean()
    assert abs(trained("general", 0.9, 0.0, steps=200).weight.mean()) < 0.1


def test_while_the_proxy_is_let_go_the_training_return_hardly_moves() -> None:
    early, later = (trained("general", 0.9, 0.0, steps=steps) for steps in (STEPS[0], STEPS[-1]))
    assert (early.weight > 0.25).all()
    assert abs(later.weight.mean()) < 0.1
    assert later.training.mean() < 1.05 * early.training.mean()


def test_where_proxy_and_sensor_are_the_same_its_start_decides_and_no_training_tells() -> None:
    assert expected_weight(1.0, 0.0) is None
    weights = np.stack([trained(kind, 1.0, 0.0).weight for kind in KINDS])
    assert np.ptp(weights, axis=0).max() < 0.05, "one start, three worlds"
    assert np.ptp(weights, axis=1).min() > 0.1, "one world, several starts"
    assert (weights > 0.3).all()


def test_seeds_differ_because_they_train_on_few_choices() -> None:
    few, many = (trained("general", 0.6, 1.0, choices=choices).weight.std() for choices in (64, 2048))
    assert few > 2 * many


def test_the_handle_changes_only_the_plans_that_have_it() -> None:
    settings = [Params("instrumental", 0.6, 1.0, choices=100, seed=1002)]
    before, after = (offers(settings, share=share, harm=1.0, fresh=True) for share in (0.0, 0.25))
    changed = (after.seen != before.seen).any(-1)
    assert torch.equal(changed, after.handle)
    assert torch.equal(after.base != before.base, after.handle)
    torch.testing.assert_close((after.seen - before.seen)[after.handle][0], torch.tensor([2.0 - 0.6, -1.0]))


def test_it_is_measured_on_other_plans_than_it_was_trained_on() -> None:
    settings = [Params(choices=50, seed=1003)]
    one, other = (offers(settings, share=0.0, fresh=fresh).base for fresh in (False, True))
    assert not set(one.flatten().tolist()) & set(other.flatten().tolist())


def test_the_return_is_what_picks_by_softmax_are_worth_on_average() -> None:
    scores, worth = torch.tensor([[[0.0, 1.0], [2.0, 0.0]]]), torch.tensor([[[1.0, 3.0], [5.0, -1.0]]])
    chance = 1 / (1 + np.exp(-1.0)), 1 / (1 + np.exp(-2.0))
    wanted = ((1 - chance[0]) * 1 + chance[0] * 3 + chance[1] * 5 - (1 - chance[1])) / 2
    assert float(return_of(scores, worth)) == pytest.approx(wanted)


def test_a_run_retrained_alone_gives_what_it_gave_in_the_batch() -> None:
    batch = trained("general", 0.6, 1.0)
    alone = run(batch.settings[2])
    for name in ("weight", "training", "base", "handle"):
        np.testing.assert_allclose(getattr(alone, name)[0], getattr(batch, name)[2], atol=1e-5)


def test_settings_outside_their_range_are_refused_by_name() -> None:
    refused(Params(), ["correlation", "1.5", "0 to 1"], correlation=1.5)
    refused(Params(), ["sensor_noise", "-1", "0 or more"], sensor_noise=-1.0)
    refused(Params(), ["steps", "-2", "0 steps"], steps=-2)
    refused(Params(), ["plans", "1", "at least 2"], plans=1)
    refused(Params(), ["share", "7", "0 to 1"], share=7.0)
    with pytest.raises(ValueError, match="same steps, plans and choices"):
        run_all([Params(steps=1), replace(Params(), steps=2)])
    with pytest.raises(ValueError, match="settings: this result holds no such run"):
        trained("general", 0.6, 1.0).select(correlation=0.11)
