"""What each remedy does to each kind, on seeds and in rooms that no page uses."""

from functools import cache

import numpy as np
import pytest

from looks_aligned.experiments.approximate import learned_copy
from looks_aligned.experiments.deceptive import training_game
from looks_aligned.experiments.proxy import coin_or_corner
from looks_aligned.experiments.side_by_side.four_remedies import (
    COUNTS,
    KINDS,
    REMEDIES,
    UNTRIED,
    ZEROS,
    Found,
    Trial,
    trials,
)
from looks_aligned.experiments.suboptimality import unfound_strategy
from looks_aligned.experiments.suboptimality.mistaken_model import LITTLE_STUFF, Params, run_all
from looks_aligned.experiments.suboptimality.world_model import BELIEVERS, TRAINING_EVIDENCE, Evidence, beliefs
from tests.experiments.robots import OTHER_POOL, behaviour

OTHER_SEEDS = tuple(range(1000, 1006))
VERDICTS = {
    "proxy": ("changes little", "helps", None, "helps"),
    "approximate": ("harms", "changes little", None, "changes little"),
    "suboptimality: a mistake": ("helps", "changes little", "harms", "helps"),
    "suboptimality: short thought": ("harms", None, None, "helps"),
    "deceptive": ("harms", "changes little", "harms", "helps"),
}


@cache
def found() -> Found:
    every = [Evidence(gone, "counting", way) for gone in range(TRAINING_EVIDENCE + 1) for way in range(BELIEVERS)]
    changes = ("as it was", "plans that spread further", "plans of deployment")
    levels = [
        coin_or_corner.Params(share, 400, "convolutional", seed) for share in (0.01, 0.3, 1.0) for seed in OTHER_SEEDS
    ]
    places = [(0.5, 2.0), (0.0, 2.0), (0.0, 1.0), (0.0, 3.0), (0.0, 0.0)]
    return Found(
        coin_or_corner.run_all(levels),
        {
            name: learned_copy.run_all(
                [learned_copy.Params(**learned_copy.REMEDIES[name], seed=seed) for seed in range(1000, 1016)]  # type: ignore[arg-type]
            )
            for name in changes
        },
        behaviour(),
        beliefs(every).reshape(TRAINING_EVIDENCE + 1, BELIEVERS, -1),
        unfound_strategy.run_all([unfound_strategy.Params(0.0, objectives=2000, seed=seed) for seed in (1000, 1001)]),
        run_all([Params(LITTLE_STUFF, 0.95, depth=depth, pool=OTHER_POOL) for depth in (8, 30)]),
        training_game.run_all(
            [
                params
                for share, gap in places
                for params in training_game.every_start(OTHER_SEEDS, share=share, gap=gap, discount=0.9, training=2)
            ]
        ),
        training_game.joined(
            [training_game.run_all(training_game.every_start(OTHER_SEEDS, steps=steps)) for steps in (0, 1000)]
        ),
        tuple(range(1000, 1400)),
    )


@cache
def tried() -> dict[tuple[str, str], Trial]:
    return {(trial.kind, trial.remedy): trial for trial in trials(found())}


@pytest.mark.parametrize(("kind", "expected"), VERDICTS.items())
def test_each_remedy_does_to_each_kind_what_the_table_says(kind: str, expected: tuple[str | None, ...]) -> None:
    verdicts = [tried()[kind, remedy].verdict if (kind, remedy) in tried() else None for remedy in REMEDIES]
    assert tuple(verdicts) == expected


def test_no_two_kinds_answer_alike_to_all_four() -> None:
    rows = {
        tuple(tried()[kind, remedy].verdict if (kind, remedy) in tried() else None for remedy in REMEDIES)
        for kind in KINDS
    }
    assert len(rows) == len(KINDS)


def test_every_cell_is_tried_or_said_to_have_nothing_to_change() -> None:
    assert {*tried()} | {*UNTRIED} == {(kind, remedy) for kind in KINDS for remedy in REMEDIES}
    assert not {*tried()} & {*UNTRIED}
    assert {*ZEROS} == {*KINDS}


def test_the_agent_with_the_copy_gets_more_by_more_search_and_a_smaller_part_of_what_there_is() -> None:
    search = found().copies["as it was"].deployment
    few, many = (learned_copy.PLANS.index(plans) for plans in (64, 4096))
    assert search.base[:, many].mean() > search.base[:, few].mean()
    assert (search.base / search.best)[:, many].mean() < (search.base / search.best)[:, few].mean() - COUNTS


def test_training_like_deployment_harms_nothing_and_brings_all_there_is_in_two_rows() -> None:
    after = [tried()[kind, "training like deployment"].after.mean() for kind in KINDS]
    assert sorted(after)[-3] > 0.8
    assert sum(value > 0.99 for value in after) == 2
    assert all(tried()[kind, "training like deployment"].verdict != "harms" for kind in KINDS)


def test_the_blind_deceptive_agent_scores_because_it_was_edited_and_not_because_it_complies() -> None:
    blind = found().lives.select(share=0.0, gap=0.0, discount=0.9, training=2)
    assert np.mean(blind.in_training) > 0.3
    assert np.mean(blind.kept) < 0.5
