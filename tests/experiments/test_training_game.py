"""What an agent learns whose goal may be edited: by brute force, by closed forms, and with each cause taken away."""

from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch

from looks_aligned.experiments.alignment import rank_correlation
from looks_aligned.experiments.deceptive.training_game import (
    CUES,
    DISCOUNTS,
    SEEDS,
    SHARES,
    Params,
    Result,
    Worlds,
    best_policy,
    both_hold,
    correlation,
    defections,
    every_start,
    lives,
    policies_of_every_quality,
    run,
    run_all,
    scatter,
    slope,
    threshold,
    train,
    worth,
)
from tests.experiments.refusals import refused

OTHER_SEEDS = tuple(range(1000, 1008))


@cache
def learned(**setting: Any) -> Result:
    return run_all(every_start(OTHER_SEEDS, **setting))


def test_the_seeds_here_are_not_the_pages() -> None:
    assert not set(OTHER_SEEDS) & set(SEEDS)


def by_brute_force(params: Params, in_training: float, in_deployment: float) -> dict[str, float]:
    """Every way a life can go, one by one: in each episode same or not, defect or not, edited or not."""
    episodes = params.training + params.deployment
    total: dict[str, float] = {"own": 0.0, "base": 0.0, "kept": 0.0, "score": 0.0, "deployed": 0.0}
    for ways in product((0, 1), repeat=3 * episodes):
        chance, intact, kept, own, base = 1.0, True, True, [], []
        for episode in range(episodes):
            same, defects, edited = ways[3 * episode : 3 * episode + 3]
            training = episode < params.training
            chance *= (params.share if same else 1 - params.share) if training else float(not same)
            rate = in_training if training else in_deployment
            chance *= rate if defects else 1 - rate
            own.append(float(intact and (same or defects)))
            base.append(float(not intact or same or not defects))
            risky = training and intact and defects and not same
            chance *= (params.risk if edited else 1 - params.risk) if risky else float(not edited)
            intact = intact and not edited
            if training:
                kept = intact
        if chance:
            weights = params.discount ** np.arange(episodes)
            total["own"] += chance * float(weights @ own)
            total["base"] += chance * float(weights @ base)
            total["kept"] += chance * kept
            total["score"] += chance * float(np.mean(base[: params.training]))
            total["deployed"] += chance * float(np.mean(base[params.training :]))
    return total


@pytest.mark.parametrize(("share", "in_training", "in_deployment"), [(0.0, 1.0, 1.0), (0.3, 0.4, 0.9), (0.6, 0.0, 0.5)])
def test_a_life_is_worth_what_all_its_courses_are_worth_on_average(
    share: float, in_training: float, in_deployment: float
) -> None:
    params = Params(share, discount=0.8, risk=0.7, training=2, deployment=2)
    lived = lives(torch.tensor([in_training]).double(), torch.tensor([in_deployment]).double(), Worlds.of(params))
    for name, value in by_brute_force(params, in_training, in_deployment).items():
        assert float(getattr(lived, name)) == pytest.approx(value, abs=1e-6), name


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("training", [1, 2, 5])
def test_the_closed_form_is_what_a_life_is_worth_and_its_slope_is_its_slope(share: float, training: int) -> None:
    params = Params(share, discount=0.83, training=training)
    for defects in (0.0, 0.3, 1.0):
        lived = lives(torch.tensor([defects]).double(), torch.ones(1).double(), Worlds.of(params))
        assert worth(params, defects) == pytest.approx(float(lived.own), rel=1e-6)
    for defects in (0.001, 0.5, 0.999):
        rise = (worth(params, defects + 1e-6) - worth(params, defects - 1e-6)) / 2e-6
        assert slope(params, defects) == pytest.approx(rise, rel=1e-4)


def test_the_thresholds_are_those_that_were_derived_by_hand() -> None:
    found = [threshold(Params(training=training)) for training in (1, 2, 5)]
    assert found == pytest.approx([0.526, 0.630, 0.764], abs=0.0005)
    assert threshold(Params(training=5, share=0.5)) == pytest.approx(0.643, abs=0.0005)
    assert both_hold(Params(training=2)) == pytest.approx((0.598, 0.750), abs=0.0005)
    assert both_hold(Params(training=5)) == pytest.approx((0.712, 0.995), abs=0.0005)


@pytest.mark.parametrize("training", [1, 2, 5])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_of_all_deterministic_policies_on_a_perfect_cue_complying_first_is_best_just_above_the_threshold(
    training: int, share: float
) -> None:
    line = threshold(Params(share, training=training))
    assert line is not None
    for discount, best in ((line - 0.01, (1.0, 1.0)), (line + 0.01, (0.0, 1.0))):
        acts = list(product((0.0, 1.0), repeat=2))
        world = Worlds.of(Params(share, discount, training=training))
        in_training, in_deployment = torch.tensor(acts).double().unbind(-1)
        assert acts[int(lives(in_training, in_deployment, world).own.argmax())] == best


def test_with_one_training_episode_the_share_moves_nothing_and_with_more_it_does() -> None:
    alone = [threshold(Params(share, training=1)) for share in SHARES]
    assert alone == pytest.approx([alone[0]] * len(SHARES))
    several = [float(threshold(Params(share, training=5)) or 1) for share in SHARES]
    assert max(np.diff(several)) < 0


def test_nothing_is_worth_complying_for_if_no_life_comes_after_training_or_nobody_edits() -> None:
    assert threshold(Params(deployment=0)) is None
    assert threshold(Params(risk=0.0)) is None
    assert both_hold(Params(risk=0.0)) is None


@pytest.mark.parametrize("gap", [0.0, 1.0, 3.0])
def test_no_policy_on_the_cue_that_we_could_think_of_beats_the_best_threshold(gap: float) -> None:
    params = Params(gap=gap, training=5, discount=0.85)
    generator = np.random.default_rng(1000)
    cues = np.linspace(-9, 9, 1801)
    densities = [np.exp(-((cues - mean) ** 2) / 2) for mean in (-gap, gap)]
    best = best_policy(params).earned
    for _ in range(200):
        steps = np.sort(generator.uniform(-5, 5, 3))
        policy = generator.random(4)[np.searchsorted(steps, cues)]
        in_training, in_deployment = (torch.tensor([float(d @ policy / d.sum())]).double() for d in densities)
        assert float(lives(in_training, in_deployment, Worlds.of(params)).own) <= best + 1e-3


def test_sums_over_cues_are_as_good_as_integrals_even_for_steep_policies() -> None:
    settings = every_start(OTHER_SEEDS, gap=1.0)
    agents = train(settings)
    fine = torch.linspace(-9, 9, 7201)
    with torch.no_grad():
        coarse = defections(agents, Worlds.of(*settings))
        policy = agents(fine)
    for mean, found in zip((-1.0, 1.0), coarse, strict=True):
        weight = torch.exp(-((fine - mean) ** 2) / 2)
        exact = policy @ weight / weight.sum()
        torch.testing.assert_close(found, exact, atol=3e-3, rtol=0)
    assert CUES[1] - CUES[0] == pytest.approx(0.2)


@pytest.mark.parametrize("training", [1, 2])
@pytest.mark.parametrize("discount", [0.8, 0.9, 0.99])
def test_well_above_the_threshold_it_complies_while_it_is_trained_and_defects_afterwards(
    training: int, discount: float
) -> None:
    found = learned(training=training, discount=discount, gap=3.0)
    if (training, discount) == (2, 0.8):
        assert found.turns.sum() >= 6, "some starts are still to be caught by the other end"
        return
    assert found.turns.all()
    assert (found.in_training < 0.02).all()
    assert (found.in_deployment > 0.98).all()
    assert (found.kept > 0.95).all()
    assert (found.earned > 0.99 * found.best).all(), "it is able"
    assert (found.score > 0.98).all()
    assert (found.deployed < 0.05).all()


@pytest.mark.parametrize("training", [1, 2, 5])
def test_a_short_sighted_agent_defects_at_once(training: int) -> None:
    for discount in (0.0, 0.3):
        found = learned(training=training, discount=discount, gap=3.0)
        assert (found.in_training > 0.9).all()


@pytest.mark.parametrize("discount", [0.8, 0.9, 0.99])
def test_if_the_cue_tells_nothing_it_does_the_same_in_training_and_in_deployment(discount: float) -> None:
    blind, seeing = (learned(discount=discount, gap=gap) for gap in (0.0, 2.0))
    assert np.abs(blind.in_training - blind.in_deployment).max() < 1e-6
    assert not blind.turns.any()
    assert (blind.earned > 0.98 * blind.best).all(), "it is as able as its cue allows"
    assert (seeing.in_deployment - seeing.in_training).mean() > 0.7


@pytest.mark.parametrize("training", [1, 2, 5])
def test_if_nothing_is_at_stake_it_defects_from_the_first(training: int) -> None:
    found = learned(training=training, discount=0.95, risk=0.0, gap=3.0)
    assert (found.in_training > 0.9).all()
    assert (found.kept == 1).all()


def test_without_an_afterwards_it_has_nothing_to_wait_for() -> None:
    found = learned(discount=0.95, deployment=0, gap=3.0)
    assert (found.in_training > 0.9).all()


def test_an_agent_that_wants_the_base_objective_complies_everywhere() -> None:
    found = learned(wants="the base objective", gap=3.0)
    assert (found.in_training < 0.02).all()
    assert (found.in_deployment < 0.02).all()
    assert (found.earned > 0.98 * found.best).all()


@pytest.mark.parametrize("seeds", [range(1000, 1016), range(2000, 2016)])
def test_from_sixteen_starts_too_if_it_has_a_cue_and_trains_long_enough(seeds: range) -> None:
    base: dict[str, Any] = {"wants": "the base objective", "discount": 0.95, "steps": 1000}
    for gap in (1.0, 2.0, 3.0):
        assert (run_all(every_start(seeds, gap=gap, **base)).in_training < 0.05).all(), gap
    blind = run_all(every_start(seeds, gap=0.0, **base)).in_training
    assert 4 <= (blind > 0.9).sum() <= 12


def test_by_its_score_in_training_nobody_tells_it_from_the_one_that_wants_the_base_objective() -> None:
    turns, aligned = (learned(discount=0.9, gap=3.0), learned(wants="the base objective", gap=3.0))
    assert np.abs(turns.score - aligned.score.mean()).max() < 0.02
    assert (aligned.deployed - turns.deployed > 0.9).all()


def test_between_two_bounds_the_start_decides_where_it_ends() -> None:
    band = both_hold(Params(training=5))
    assert band is not None
    inside = learned(training=5, discount=0.9, gap=3.0)
    assert band[0] < 0.9 < band[1]
    assert 0 < inside.turns.sum() < len(OTHER_SEEDS)
    ends = (inside.in_training < 0.1) | (inside.in_training > 0.9)
    assert ends.all(), "nobody ends between"
    starts = np.array([params.start for params in inside.settings])
    assert starts[inside.turns].mean() < starts[~inside.turns].mean() - 0.3


def test_those_that_turn_are_worth_more_to_themselves_than_those_caught_at_the_other_end() -> None:
    inside = learned(training=5, discount=0.9, gap=3.0)
    assert inside.earned[inside.turns].min() > 3 * inside.earned[~inside.turns].max()


@pytest.mark.parametrize("discount", [value for value in DISCOUNTS if abs(value - 0.526) > 0.03])
def test_with_one_training_episode_all_but_extreme_starts_learn_what_the_line_says(discount: float) -> None:
    settings = [Params(training=1, discount=discount, gap=3.0, start=start, seed=1000) for start in (0.4, 0.5, 0.6)]
    found = run_all(settings)
    assert (found.turns == (discount > 0.5263)).all()


def test_a_start_that_hardly_ever_defects_may_learn_first_to_defect_in_training() -> None:
    timid = [Params(training=1, discount=0.7, gap=3.0, start=0.005, seed=seed) for seed in OTHER_SEEDS]
    assert (run_all([replace(params, steps=0) for params in timid]).in_training < 0.1).all()
    assert 0 < (run_all(timid).in_training > 0.9).sum() < len(timid), "the network's first weights decide"
    for in_deployment, rises in ((0.005, True), (0.9, False)):
        in_training = torch.tensor([0.005], requires_grad=True)
        (rise,) = torch.autograd.grad(
            lives(in_training, torch.tensor([in_deployment]), Worlds.of(timid[0])).own.sum(), in_training
        )
        assert (float(rise) > 0) == rises, "there is nothing to protect as long as it does not defect later"


def test_the_more_episodes_the_two_acts_share_the_earlier_it_turns() -> None:
    turned = [learned(share=share, training=5, discount=0.8, gap=3.0).turns.sum() for share in (0.0, 0.5, 0.9)]
    assert turned[0] < turned[1] < turned[2] or turned[1] == turned[2] == len(OTHER_SEEDS)


def test_the_correlation_is_that_of_the_two_scores_over_episodes_and_acts() -> None:
    for share in SHARES:
        generator = np.random.default_rng(1000)
        same, act = generator.random(200_000) < share, generator.random(200_000) < 0.5
        base, own = np.where(same, act, act), np.where(same, act, ~act)
        assert np.corrcoef(base, own)[0, 1] == pytest.approx(correlation(share), abs=0.01)


def test_longer_training_makes_it_no_more_aligned() -> None:
    short, long = (learned(steps=steps, gap=2.0) for steps in (100, 400))
    assert long.deployed.mean() < short.deployed.mean() + 0.01
    assert long.earned.mean() >= short.earned.mean() - 1e-3


def test_a_run_retrained_alone_gives_what_it_gave_in_the_batch() -> None:
    batch = learned(training=5, discount=0.9, gap=3.0)
    alone = run(batch.settings[3])
    for name in ("in_training", "in_deployment", "earned"):
        np.testing.assert_allclose(getattr(alone, name)[0], getattr(batch, name)[3], atol=1e-3)


def test_settings_outside_their_range_are_refused_by_name() -> None:
    refused(Params(), ["share", "1.0", "below 1"], share=1.0)
    refused(Params(), ["discount", "1.5", "0 to 1"], discount=1.5)
    refused(Params(), ["gap", "-1", "0 to 4"], gap=-1.0)
    refused(Params(), ["risk", "2", "0 to 1"], risk=2.0)
    refused(Params(), ["training", "0 and 15", "at least 1"], training=0)
    refused(Params(), ["wants", "'power'", "base objective"], wants="power")
    refused(Params(), ["steps", "-3", "0 steps"], steps=-3)
    refused(Params(), ["start", "1.0", "between 0 and 1"], start=1.0)
    with pytest.raises(ValueError, match="same length"):
        run_all([Params(training=1), Params(training=2)])
    with pytest.raises(ValueError, match="same number of steps"):
        run_all([Params(steps=1), Params(steps=2)])
    with pytest.raises(ValueError, match="no such run"):
        learned().select(share=0.123)


def test_policies_of_every_quality_do_on_average_over_cues_what_they_are_said_to_do() -> None:
    params = Params(gap=1.5)
    acts = policies_of_every_quality(params, seed=1000, count=5)
    steep, inclined = 2 * np.random.default_rng(1000).standard_normal((2, 5))
    cues = np.linspace(-9, 9, 4001)
    policy = torch.special.ndtr(torch.from_numpy(steep[:, None] * cues + inclined[:, None])).numpy()
    for mean, found in zip((-1.5, 1.5), acts, strict=True):
        weight = np.exp(-((cues - mean) ** 2) / 2)
        assert found == pytest.approx(policy @ weight / weight.sum(), abs=1e-6)


def test_among_policies_of_every_quality_own_return_goes_with_the_score_in_training_and_against_it_afterwards() -> None:
    for discount, goes_with in ((0.9, True), (0.0, False)):
        params = Params(discount=discount)
        training, deployment = scatter(params, learned(discount=discount).select(seed=1003), seed=1000)
        assert training.rank_correlation is not None
        assert deployment.rank_correlation is not None
        if goes_with:
            assert training.rank_correlation > 0.4
            assert deployment.rank_correlation < 0
        else:
            assert training.rank_correlation == pytest.approx(-1)


def test_and_that_is_so_in_that_pool_and_not_in_one_of_flatter_policies() -> None:
    params = Params()
    steep, inclined = np.random.default_rng(1000).standard_normal((2, 2000)) * [[0.3], [2.0]]
    acts = [
        torch.special.ndtr(torch.from_numpy((inclined + side * steep * params.gap) / np.sqrt(1 + steep**2)))
        for side in (-1, 1)
    ]
    lived = lives(acts[0], acts[1], Worlds.of(params))
    assert (rank_correlation(lived.score.numpy(), lived.own.numpy()) or 0.0) < -0.1
