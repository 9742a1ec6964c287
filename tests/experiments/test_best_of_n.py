"""Is the best of n what drawing n again and again gives, and is harm told from luck?"""

from itertools import product

import numpy as np
import pytest

from looks_aligned.experiments.approximate.best_of_n import best_of, best_of_with_error, hurts, lowest_first


def test_the_best_of_n_is_the_mean_over_every_way_to_draw_n() -> None:
    worth, scores = np.array([[3.0, -1.0, 5.0, 0.5]]), np.array([[0.2, 0.9, -0.3, 0.4]])
    for n in (1, 2, 3):
        taken = [worth[0, max(drawn, key=lambda plan: scores[0, plan])] for drawn in product(range(4), repeat=n)]
        assert best_of(worth, scores, (n,))[0, 0] == pytest.approx(np.mean(taken))


@pytest.mark.parametrize("plans", [1, 2, 5, 1000, 1 << 16])
def test_the_lowest_score_comes_first(plans: int) -> None:
    scores = np.random.default_rng(1000).standard_normal((3, plans))
    np.testing.assert_array_equal(lowest_first(scores), scores.argsort(-1))


def test_of_equal_scores_each_plan_comes_once() -> None:
    scores = np.array([[0.5, -0.0, 0.0, -0.5, -0.5, 0.5]])
    found = lowest_first(scores)
    assert sorted(found[0]) == [*range(6)]
    assert (np.diff(scores[0, found[0]]) >= 0).all()


def test_the_standard_error_is_the_scatter_over_pools() -> None:
    generator = np.random.default_rng(1000)
    worth, scores = generator.standard_normal((2, 400, 2000))
    found, errors = best_of_with_error(worth, scores, (1, 16, 256))
    assert errors.mean(0) == pytest.approx(found.std(0), rel=0.2)
    np.testing.assert_allclose(found, best_of(worth, scores, (1, 16, 256)))


def test_choosing_harder_hurts_where_much_is_lost_and_not_by_luck() -> None:
    worth = np.array([[0.0, 1.0, 0.5], [0.0, 1.0, 0.5], [0.0, 1.0, 0.95], [0.0, 0.5, 1.0]])
    errors = np.array([[0.01] * 3, [0.2] * 3, [0.001] * 3, [0.001] * 3])
    assert hurts(worth, errors).tolist() == [True, False, False, False]
