"""Do three diagrams look the same to a watcher, and come apart when something is done? On seeds no page uses."""

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from looks_aligned.causal.diagram import Kind
from looks_aligned.experiments.proxy import watching_and_doing
from looks_aligned.experiments.proxy.watching_and_doing import (
    CORRELATIONS,
    KINDS,
    PLANS,
    SEEDS,
    Params,
    Result,
    breaking_harm,
    effects_of_raising,
    expected,
    expected_if_aligned,
    expected_of,
    handle_effects,
    highest,
    model,
    plans,
    run,
    run_all,
    worlds_that_lose,
)
from tests.experiments.refusals import refused

OTHER_SEEDS = tuple(range(1000, 1012))
MANY = len(PLANS) - 1


def runs(**settings: float | str) -> Result:
    return run_all([Params(**{"seed": seed, **settings}) for seed in OTHER_SEEDS])  # type: ignore[arg-type]


def assert_agrees(measured: np.ndarray, line: Sequence[float]) -> None:
    """By the rule: within four standard errors, by the spread of the seeds."""
    error = measured.std(0, ddof=1) / math.sqrt(len(measured))
    assert (np.abs(measured.mean(0) - line) <= 4 * error + 1e-9).all(), (measured.mean(0), line, error)


def test_the_seeds_here_are_not_the_pages() -> None:
    assert not set(OTHER_SEEDS) & set(SEEDS)


@pytest.mark.parametrize(
    ("n", "known"),
    [
        (1, 0.0),
        (2, 1 / math.sqrt(math.pi)),
        (3, 1.5 / math.sqrt(math.pi)),
        (4, 3 / math.sqrt(math.pi) * (0.5 + math.asin(1 / 3) / math.pi)),
        (5, 5 / math.sqrt(math.pi) * (0.25 + 1.5 * math.asin(1 / 3) / math.pi)),
    ],
)
def test_the_mean_of_the_largest_of_n_normals_is_the_known_one(n: int, known: float) -> None:
    assert expected(n, 1.0).mesa == pytest.approx(known, abs=1e-9)
    assert expected(n, 0.3).base == pytest.approx(0.3 * known, abs=1e-9)


@pytest.mark.parametrize(
    ("n", "share", "on_score", "on_base"), [(5, 0.3, 1.5, -0.7), (16, 0.05, -1.0, 2.0), (3, 1, 2, 1)]
)
def test_the_expected_best_with_a_handle_is_that_of_a_brute_force_draw(
    n: int, share: float, on_score: float, on_base: float
) -> None:
    generator = np.random.default_rng(5)
    natural = generator.standard_normal((400_000 // n, n))
    handle = generator.random(natural.shape) < share
    base = 0.7 * natural + math.sqrt(1 - 0.7**2) * generator.standard_normal(natural.shape) + on_base * handle
    score = natural + on_score * handle
    best = score.argmax(1)[:, None]
    found = [float(np.take_along_axis(values, best, 1).mean()) for values in (base, score, handle)]
    line = expected(n, 0.7, share=float(share), on_score=float(on_score), on_base=float(on_base))
    assert found == pytest.approx([line.base, line.mesa, line.handle], abs=0.015)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.6, 1.0])
def test_whoever_only_watches_sees_the_same_curve_in_all_three_diagrams(kind: Kind, correlation: float) -> None:
    seen = runs(kind=kind, correlation=correlation)
    assert_agrees(seen.base, [correlation * expected(n, 1.0).mesa for n in PLANS])
    assert_agrees(seen.mesa, [expected(n, 1.0).mesa for n in PLANS])
    assert not seen.handle.any()


def everywhere(**settings: float | str) -> Result:
    return run_all([Params(kind, seed=seed, **settings) for kind in KINDS for seed in OTHER_SEEDS])  # type: ignore[arg-type]


def test_by_the_rule_the_three_diagrams_are_alike_with_normal_noise_and_not_with_skewed() -> None:
    assert highest(everywhere(correlation=0.6), 16) == "the same in all three"
    assert highest(everywhere(correlation=0.6, noise="skewed"), 64) in ("side-effect", "general")


def test_by_the_rule_a_harmless_handle_loses_two_worlds_and_a_harmful_one_all_three() -> None:
    assert worlds_that_lose(everywhere(correlation=0.6, share=0.1, harm=0.0)) == 2
    assert worlds_that_lose(everywhere(correlation=0.6, share=0.1, harm=2.0)) == 3


def test_even_the_whole_spread_of_plans_is_the_same_in_all_three_diagrams() -> None:
    drawn = {kind: plans(Params(kind, choices=1, seed=1000), 100_000)[0] for kind in KINDS}
    for level in (-1.0, 0.0, 1.5):
        both = [np.mean((values["O_base"] > level) & (values["O_mesa"] > level)) for values in drawn.values()]
        assert max(both) - min(both) < 0.01


@pytest.mark.parametrize("correlation", [rho for rho in CORRELATIONS if 0 < rho < 1])
def test_with_skewed_noise_the_instrumental_diagram_comes_out_lower_at_every_correlation(correlation: float) -> None:
    found = everywhere(correlation=correlation, noise="skewed")
    best = {kind: found.select(kind=kind).base[:, MANY].mean() for kind in KINDS}
    assert best["instrumental"] < min(best["side-effect"], best["general"])


def test_which_diagram_skewed_noise_sets_apart_downwards_hangs_on_the_side_of_its_long_tail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def long_left_tail(generator: np.random.Generator, size: int) -> np.ndarray:
        return 1 - generator.standard_exponential(size)

    monkeypatch.setattr(watching_and_doing, "_skewed", long_left_tail)
    found = everywhere(correlation=0.6, noise="skewed")
    best = {kind: found.select(kind=kind).base[:, MANY].mean() for kind in KINDS}
    assert best["instrumental"] > max(best["side-effect"], best["general"])


def test_it_is_the_gaussian_noises_that_hide_the_diagram_skewed_ones_show_it() -> None:
    best = {kind: runs(kind=kind, noise="skewed") for kind in KINDS}
    for one, other in [("side-effect", "instrumental"), ("general", "instrumental")]:
        assert best[one].base[:, MANY].min() > best[other].base[:, MANY].max()  # type: ignore[index]
    assert best["side-effect"].mesa[:, MANY].min() > best["general"].mesa[:, MANY].max()
    for kind in KINDS:
        values, _ = plans(Params(kind, noise="skewed", seed=1000), 200_000)
        assert np.corrcoef(values["O_mesa"], values["O_base"])[0, 1] == pytest.approx(0.6, abs=0.02)


@pytest.mark.parametrize("correlation", [0.0, 0.5, 1.0])
def test_raising_a_node_tells_the_diagrams_apart(correlation: float) -> None:
    by, root = 1.5, math.sqrt(correlation)
    wanted = {
        "side-effect": {"O_mesa": (correlation * by, by), "O_base": (by, 0.0)},
        "instrumental": {"O_mesa": (0.0, by), "O_base": (by, correlation * by)},
        "general": {"O_mesa": (0.0, by), "O_base": (by, 0.0), "X": (root * by, root * by)},
    }
    for kind in KINDS:
        found = effects_of_raising(kind, correlation, by)
        assert found.keys() == wanted[kind].keys()
        for node, effects in found.items():
            assert effects == pytest.approx(wanted[kind][node])


@pytest.mark.parametrize("kind", KINDS)
def test_the_handle_does_what_the_diagram_says_to_the_plans_that_have_it_and_to_no_other(kind: Kind) -> None:
    params = Params(kind, share=0.3, lift=2.0, harm=0.7, seed=1001)
    before, _ = plans(replace(params, share=0.0), 1000)
    after, handle = plans(params, 1000)
    on_mesa, on_base = handle_effects(params)
    np.testing.assert_allclose(after["O_mesa"] - before["O_mesa"], on_mesa * handle, atol=1e-12)
    np.testing.assert_allclose(after["O_base"] - before["O_base"], on_base * handle, atol=1e-12)
    assert 0.25 < handle.mean() < 0.35


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("share", "harm"), [(0.1, 0.0), (0.5, 1.0), (0.01, 2.0), (1.0, 0.5)])
def test_in_deployment_each_diagram_has_its_own_line(kind: Kind, share: float, harm: float) -> None:
    found = runs(kind=kind, share=share, harm=harm)
    lines = [expected_of(found.settings[0], n) for n in PLANS]
    assert_agrees(found.base, [line.base for line in lines])
    assert_agrees(found.mesa, [line.mesa for line in lines])
    assert_agrees(found.handle, [line.handle for line in lines])


def test_a_harmless_handle_helps_in_the_side_effect_diagram_and_hurts_in_the_other_two() -> None:
    """It hurts because the agent looks for the handle instead of for what else a plan has to offer."""
    for kind in KINDS:
        training, deployment = runs(kind=kind), runs(kind=kind, share=0.1)
        change = (deployment.base - training.base)[:, MANY]
        assert (change > 0).all() if kind == "side-effect" else (change < -0.2).all()
        assert (deployment.mesa[:, MANY] > training.mesa[:, MANY] + 0.5).all(), "as able as before, and more"
        assert (deployment.handle[:, MANY] > 0.75).all()


def test_with_harm_and_a_common_cause_pushing_harder_does_not_help_any_more() -> None:
    found = runs(kind="general", share=0.1, harm=1.0).base.mean(0)
    assert found[PLANS.index(64)] < found[PLANS.index(4)]


def test_where_harm_to_the_base_objective_costs_the_proxy_too_the_agent_does_less_of_it() -> None:
    handle = {kind: runs(kind=kind, share=0.1, harm=1.0).handle[:, MANY] for kind in KINDS}
    assert handle["instrumental"].max() < min(handle["side-effect"].min(), handle["general"].min())


@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_side_effect_alignment_breaks_at_the_harm_that_theory_names(share: float) -> None:
    params = Params("side-effect", share=share)
    harm = breaking_harm(params, 64)
    assert harm < 1.2 - 1e-6 if share < 1 else harm == pytest.approx(0.6 * 2.0)
    training = runs(kind="side-effect").base[:, MANY]
    assert (runs(kind="side-effect", share=share, harm=harm - 0.2).base[:, MANY] > training).all()
    assert (runs(kind="side-effect", share=share, harm=harm + 0.2).base[:, MANY] < training).all()


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_handle_nothing_is_lost(kind: Kind) -> None:
    taken_away = run(Params(kind, share=0.0, lift=5.0, harm=5.0, seed=1002))
    training = run(Params(kind, seed=1002))
    np.testing.assert_array_equal(taken_away.base, training.base)


@pytest.mark.parametrize("kind", KINDS)
def test_an_agent_that_wants_the_base_objective_would_do_well_on_the_same_plans(kind: Kind) -> None:
    params = Params(kind, share=0.1, harm=1.0, choices=4000, seed=1003)
    values, _ = plans(params, 4000 * 16)
    best = values["O_base"].reshape(4000, 16).max(1).mean()
    assert best == pytest.approx(expected_if_aligned(params, 16), abs=0.05)
    assert best > 3 * expected_of(params, 16).base or kind == "side-effect"


def test_the_curves_do_not_hang_on_how_many_choices_are_made() -> None:
    for choices, kind in product((100, 2000), KINDS):
        found = runs(kind=kind, share=0.1, harm=1.0, choices=choices)
        assert_agrees(found.base, [expected_of(found.settings[0], n).base for n in PLANS])


def test_every_node_has_variance_one_whatever_its_noise() -> None:
    for kind in KINDS:
        values = model(kind, 0.6, "skewed").sample(200_000, 1004)
        for node in values.values():
            assert node.mean() == pytest.approx(0, abs=0.02)
            assert node.var() == pytest.approx(1, abs=0.04)


def test_settings_outside_their_range_are_refused_by_name() -> None:
    refused(Params(), ["kind", "deceptive", "'side-effect'"], kind="deceptive")
    refused(Params(), ["correlation", "-0.5", "0 to 1"], correlation=-0.5)
    refused(Params(), ["share", "2", "0 to 1"], share=2.0)
    refused(Params(), ["lift, harm", "-1", "0 or more"], harm=-1.0)
    refused(Params(), ["noise", "white", "Gaussian"], noise="white")
    refused(Params(), ["choices", "0", "at least once"], choices=0)
    with pytest.raises(ValueError, match=r"params: got 'general', share 0.1; take 'side-effect'"):
        breaking_harm(Params("general", share=0.1), 4)
    with pytest.raises(ValueError, match="settings: this result holds no such run"):
        run(Params(choices=5)).select(kind="general")


def test_in_the_instrumental_world_more_harm_keeps_the_agent_off_the_handle_and_can_be_better() -> None:
    mild, grave = (runs(kind="instrumental", correlation=0.6, share=0.1, harm=harm) for harm in (1.0, 2.0))
    assert (grave.handle[:, MANY] < mild.handle[:, MANY] - 0.1).all()
    assert grave.base[:, MANY].mean() > mild.base[:, MANY].mean()
    elsewhere = [runs(kind="general", correlation=0.6, share=0.1, harm=harm) for harm in (1.0, 2.0)]
    assert elsewhere[1].base[:, MANY].mean() < elsewhere[0].base[:, MANY].mean()


def test_the_largest_of_16_and_of_64_normals_is_what_the_prerequisites_say() -> None:
    page = (Path(__file__).parents[2] / "book" / "prerequisites.md").read_text(encoding="utf-8")
    said = re.search(r"Of 16 normal numbers\s+the largest is about (\S+) on average, of 64 about (\S+)\.", page)
    assert said
    assert [float(number) for number in said.groups()] == [round(expected(n, 1.0).mesa, 1) for n in (16, 64)]
