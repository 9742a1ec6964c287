"""Spearman's correlation against its definition, and where there is none."""

import numpy as np
import pytest

from looks_aligned.experiments.alignment import Returns, rank_correlation


def by_definition(one: np.ndarray, other: np.ndarray) -> float:
    """Pearson's correlation of mean ranks, each counted pair by pair."""
    ranks = [[(value > all_).sum() + ((value == all_).sum() - 1) / 2 for value in all_] for all_ in (one, other)]
    return float(np.corrcoef(ranks)[0, 1])


@pytest.mark.parametrize("seed", range(1000, 1005))
def test_it_is_the_correlation_of_mean_ranks(seed: int) -> None:
    random = np.random.default_rng(seed)
    one, other = random.integers(0, 6, 40).astype(float), random.integers(0, 6, 40).astype(float)
    assert rank_correlation(one, other) == pytest.approx(by_definition(one, other))


def test_whatever_rises_together_correlates_wholly_however_bent() -> None:
    one = np.linspace(-2, 2, 30)
    assert rank_correlation(one, np.exp(one)) == pytest.approx(1)
    assert rank_correlation(one, -(one**3)) == pytest.approx(-1)


def test_rounding_makes_no_ranks() -> None:
    noise = np.array([0.0, 1e-15, 0.0, 2e-15, 0.5, 0.5 + 1e-15])
    assert rank_correlation(noise, np.array([0.0, 0.0, 0.0, 0.0, 1.0, 1.0])) == pytest.approx(1)


def test_what_never_varies_correlates_with_nothing() -> None:
    returns = Returns("training", np.ones(3), np.arange(3.0), (1.0, 2.0))
    assert returns.rank_correlation is None
