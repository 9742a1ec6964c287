"""What each remedy does, on other seeds and in other rooms than the page's."""

from functools import cache

from looks_aligned.experiments.suboptimality import unfound_strategy
from looks_aligned.experiments.suboptimality.mistaken_model import LITTLE_STUFF, Params, run_all
from looks_aligned.experiments.suboptimality.remedies import Remedy, remedies
from looks_aligned.experiments.suboptimality.world_model import BELIEVERS, TRAINING_EVIDENCE, Evidence, beliefs
from tests.experiments.robots import OTHER_POOL, behaviour

OTHER_SEEDS = tuple(range(1000, 1400))


@cache
def tried() -> dict[tuple[str, str], Remedy]:
    every = [Evidence(gone, "counting", way) for gone in range(TRAINING_EVIDENCE + 1) for way in range(BELIEVERS)]
    found = remedies(
        behaviour(),
        beliefs(every).reshape(TRAINING_EVIDENCE + 1, BELIEVERS, -1),
        unfound_strategy.run_all([unfound_strategy.Params(0.0, objectives=2000, seed=seed) for seed in (1000, 1001)]),
        run_all([Params(LITTLE_STUFF, 0.95, depth=depth, pool=OTHER_POOL) for depth in (8, 30)]),
        seeds=OTHER_SEEDS,
    )
    return {(one.name, one.limit): one for one in found}


def test_more_thought_helps_where_a_model_is_mistaken_and_harms_where_a_strategy_was_not_found() -> None:
    mistaken, unfound = (tried()["it looks further ahead", limit] for limit in ("mistaken model", "unfound strategy"))
    assert mistaken.after > mistaken.before + 0.5
    assert unfound.after < unfound.before - 0.15


def test_more_of_the_same_training_changes_little() -> None:
    more = tried()["more rooms in training", "mistaken model"]
    assert abs(more.after - more.before) < 0.08


def test_a_better_model_harms() -> None:
    better = tried()["it learns what is true", "mistaken model"]
    assert better.before > 0.99
    assert better.after < 0.7


def test_training_that_looks_like_deployment_mends_both() -> None:
    for limit in ("mistaken model", "unfound strategy"):
        like = tried()["training like deployment", limit]
        assert like.before < 0.85
        assert like.after > 0.99
