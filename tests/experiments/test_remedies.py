"""What each remedy does, on other seeds and in other rooms than the page's."""

from functools import cache

import numpy as np

from looks_aligned.experiments.suboptimality import unfound_strategy
from looks_aligned.experiments.suboptimality.remedies import Remedy, remedies
from tests.experiments.robots import behaviour, learned

OTHER_SEEDS = tuple(range(1000, 1400))


@cache
def tried() -> dict[tuple[str, str], Remedy]:
    found = remedies(
        behaviour(),
        learned(),
        unfound_strategy.run_all([unfound_strategy.Params(0.0, objectives=2000, seed=seed) for seed in (1000, 1001)]),
        seeds=OTHER_SEEDS,
    )
    return {(one.name, one.limit): one for one in found}


def test_more_thought_harms_where_a_strategy_was_not_found() -> None:
    unfound = tried()["it looks further ahead", "unfound strategy"]
    assert unfound.after.mean() < unfound.before.mean() - 0.15


def test_all_remedies_of_the_mistaken_model_start_from_the_same_robots() -> None:
    starts = [one.before for (_, limit), one in tried().items() if limit == "mistaken model"]
    assert len(starts) == 4
    assert all(np.array_equal(start, starts[0]) for start in starts)


def test_less_that_misleads_helps() -> None:
    less = tried()["less that misleads in training", "mistaken model"]
    assert less.after.mean() > less.before.mean() + 0.08


def test_more_of_the_same_training_changes_little() -> None:
    more = tried()["more rooms in training", "mistaken model"]
    assert abs(more.after.mean() - more.before.mean()) < 0.08


def test_a_better_model_harms() -> None:
    better = tried()["it learns more of what is true", "mistaken model"]
    assert better.after.mean() < better.before.mean() - 0.08


def test_training_that_looks_like_deployment_mends_both() -> None:
    for limit in ("mistaken model", "unfound strategy"):
        like = tried()["training like deployment", limit]
        assert like.before.mean() < 0.85
        assert like.after.mean() > 0.99
