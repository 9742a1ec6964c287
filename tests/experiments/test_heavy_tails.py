"""When does choosing harder hurt, if an error has a tail? On seeds no page uses, and checked by other means."""

import math
from functools import cache

import numpy as np
import pytest

from looks_aligned.experiments.approximate.heavy_tails import (
    FREEDOMS,
    PLANS,
    SCALES,
    SEEDS,
    Params,
    Result,
    _unit,
    correlation,
    expected_base,
    fit,
    information,
    run,
    run_all,
)
from looks_aligned.experiments.proxy.watching_and_doing import expected
from tests.experiments.refusals import refused

OTHER_SEEDS = tuple(range(1000, 1008))


@cache
def drawn(freedom: float, scale: float = 1.0) -> Result:
    return run_all([Params(freedom, scale, seed) for seed in OTHER_SEEDS])


def line(freedom: float, scale: float = 1.0) -> np.ndarray:
    return np.array([expected_base(n, freedom, scale) for n in PLANS])


def test_the_seeds_here_are_not_the_pages() -> None:
    assert not set(OTHER_SEEDS) & set(SEEDS)


@pytest.mark.parametrize("freedom", FREEDOMS)
def test_draws_agree_with_theory(freedom: float) -> None:
    found = drawn(freedom).base
    error = found.std(0, ddof=1) / math.sqrt(len(OTHER_SEEDS))
    # A pool of 65,536 is few for the best of 4,096; up to 1,024 the means are good to a few hundredths.
    assert np.all(np.abs(found.mean(0) - line(freedom)) < 4 * error + 0.02)


@pytest.mark.parametrize("scale", SCALES)
def test_for_a_normal_error_theory_is_the_correlation_times_the_largest_of_n(scale: float) -> None:
    rho = correlation(math.inf, scale)
    assert rho == pytest.approx(1 / math.sqrt(1 + scale**2))
    for n in PLANS:
        assert expected_base(n, math.inf, scale) == pytest.approx(expected(n, rho).base, abs=1e-3)


@pytest.mark.parametrize(("freedom", "scale"), [(1.0, 1.0), (3.0, 2.0), (10.0, 0.5), (math.inf, 2.0)])
def test_errors_of_one_scale_have_one_interquartile_range(freedom: float, scale: float) -> None:
    result = run(Params(freedom, scale, 1000))
    generator = np.random.default_rng(1000)
    generator.standard_normal(1 << 16)
    raw = generator.standard_normal(1 << 16) if math.isinf(freedom) else generator.standard_t(freedom, 1 << 16)
    low, high = np.quantile(raw * _unit(result.settings[0]), [0.25, 0.75])
    assert (high - low) / (2 * 0.67449) == pytest.approx(scale, rel=0.02)


def test_with_a_normal_error_more_plans_are_always_better() -> None:
    assert (np.diff(line(math.inf)) > 0.05).all()
    assert (drawn(math.inf).base[:, -1] > drawn(math.inf).base[:, -3] - 0.05).all()


@pytest.mark.parametrize(("freedom", "peak"), [(1.0, 8), (2.0, 16), (3.0, 32), (5.0, 64), (10.0, 1024)])
def test_the_heavier_the_tail_the_sooner_the_best_is_past(freedom: float, peak: int) -> None:
    theory = line(freedom)
    assert PLANS[int(theory.argmax())] == peak
    assert theory[-1] < theory.max() - 0.04
    measured = drawn(freedom).base.mean(0)
    assert measured.max() - measured[PLANS.index(peak)] < 0.05


def test_with_a_cauchy_error_the_hardest_choice_is_no_choice_at_all() -> None:
    assert abs(line(1.0)[-1]) < 0.01
    assert abs(drawn(1.0).base[:, -1].mean()) < 0.2
    assert drawn(1.0).error[:, -1].mean() > 100


def test_take_the_tail_away_and_the_harm_goes() -> None:
    for scale in SCALES:
        heavy, light = line(3.0, scale), line(math.inf, scale)
        assert heavy.max() - heavy[-1] > 0.1
        assert light.argmax() == len(PLANS) - 1


def test_there_is_a_correlation_only_where_the_error_has_a_variance() -> None:
    assert correlation(1.0, 1.0) is None
    assert correlation(2.0, 1.0) is None
    generator = np.random.default_rng(5)
    base = generator.standard_normal(2_000_000)
    error = _unit(Params(5.0)) * generator.standard_t(5, 2_000_000)
    assert np.corrcoef(base, base + error)[0, 1] == pytest.approx(correlation(5.0, 1.0), abs=0.003)


def test_the_information_of_a_choice_is_what_a_histogram_gives() -> None:
    for n in (2, 10):
        edges = np.linspace(0, 1, 2001)
        chosen = np.diff(edges**n)
        assert (chosen * np.log(chosen * 2000)).sum() == pytest.approx(information(np.array([float(n)]))[0], abs=1e-3)


def test_the_fitted_curve_finds_the_coefficients_it_was_made_of() -> None:
    d = np.sqrt(information(np.array(PLANS, dtype=float)))
    found = fit(PLANS, 0.3 + d * (1.1 - 0.2 * d))
    assert (found.alpha, found.beta) == (pytest.approx(1.1), pytest.approx(0.2))
    assert found.worst < 1e-9
    np.testing.assert_allclose(found.at(np.array(PLANS, dtype=float)), d * (1.1 - 0.2 * d))


def test_the_curve_of_the_literature_fits_light_tails_and_not_heavy_ones() -> None:
    assert [fit(PLANS, line(freedom)).fits for freedom in FREEDOMS] == [False, False, False, False, True, True, True]
    assert fit(PLANS, line(math.inf)).worst < 0.01
    assert abs(fit(PLANS, line(math.inf)).beta) < 0.03


def test_settings_outside_their_range_are_refused_by_name() -> None:
    refused(Params(), ["freedom", "0", "above 0"], freedom=0.0)
    refused(Params(), ["scale", "-1", "above 0"], scale=-1.0)
    refused(Params(), ["scale", "inf", "finite"], scale=math.inf)
    with pytest.raises(ValueError, match="settings: this result holds no such run"):
        drawn(3.0).select(scale=7.0)


def test_only_the_two_lightest_tails_let_the_base_objective_rise_to_the_most_plans() -> None:
    rising = [freedom for freedom in FREEDOMS if (np.diff([expected_base(n, freedom, 1.0) for n in PLANS]) > 0).all()]
    assert rising == [30.0, float("inf")]
