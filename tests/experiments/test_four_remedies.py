"""What each remedy does to each kind, on seeds and in rooms that no page uses."""

from dataclasses import replace
from functools import cache
from itertools import combinations

import numpy as np
import pytest

from looks_aligned.experiments.approximate import learned_copy
from looks_aligned.experiments.deceptive import training_game
from looks_aligned.experiments.proxy import coin_or_corner
from looks_aligned.experiments.side_by_side.four_remedies import (
    KINDS,
    REMEDIES,
    SEARCHED,
    UNTRIED,
    ZEROS,
    Found,
    Trial,
    trials,
)
from looks_aligned.experiments.suboptimality import unfound_strategy
from looks_aligned.experiments.suboptimality.kept_robots import keep
from tests.experiments.robots import behaviour, learned

TOGETHER = pytest.mark.xdist_group("four remedies")
"""Marks the tests of a module to run in one process, where they share what is trained here."""
pytestmark = TOGETHER

OTHER_SEEDS = tuple(range(1000, 1006))
VERDICTS = {
    "proxy": ("changes little", "helps", None, "helps"),
    "approximate": ("changes little", "changes little", None, "changes little"),
    "suboptimality: a mistake": (None, "helps", "harms", "helps"),
    "suboptimality: short thought": ("harms", None, None, "helps"),
    "deceptive": ("changes little", "helps", "harms", "helps"),
}


@cache
def found() -> Found:
    changes = ("as it was", "plans that spread further", "plans of deployment")
    levels = [
        coin_or_corner.Params(share, 400, "convolutional", seed) for share in (0.01, 0.3, 1.0) for seed in OTHER_SEEDS
    ]
    places = [(0.5, 1.0), (0.0, 1.0), (0.5, 3.0), (0.5, 0.0)]

    return Found(
        coin_or_corner.run_all(levels),
        {
            name: learned_copy.run_all(
                [learned_copy.Params(**learned_copy.REMEDIES[name], seed=seed) for seed in range(1000, 1016)]  # type: ignore[arg-type]
            )
            for name in changes
        },
        behaviour(),
        learned(),
        unfound_strategy.run_all([unfound_strategy.Params(0.0, objectives=2000, seed=seed) for seed in (1000, 1001)]),
        training_game.run_all(
            [
                params
                for share, gap in places
                for params in training_game.every_start(OTHER_SEEDS, share=share, gap=gap, discount=0.9, training=2)
            ]
        ),
        training_game.run_all(training_game.every_start(OTHER_SEEDS, share=0.5, gap=1.0, steps=1000)),
        tuple(range(1000, 1400)),
    )


@cache
def tried() -> dict[tuple[str, str], Trial]:
    return {(trial.kind, trial.remedy): trial for trial in trials(found())}


@pytest.mark.parametrize(("kind", "expected"), VERDICTS.items())
def test_each_remedy_does_to_each_kind_what_the_table_says(kind: str, expected: tuple[str | None, ...]) -> None:
    verdicts = [tried()[kind, remedy].verdict if (kind, remedy) in tried() else None for remedy in REMEDIES]
    assert tuple(verdicts) == expected


def test_where_tried_alike_three_kinds_answer_alike_and_the_copy_answers_like_none_of_them() -> None:
    def agree(one: str, other: str) -> bool:
        shared = [remedy for remedy in REMEDIES if {(one, remedy), (other, remedy)} <= {*tried()}]
        return all(tried()[one, remedy].verdict == tried()[other, remedy].verdict for remedy in shared)

    alike = ("proxy", "suboptimality: a mistake", "deceptive")
    assert all(agree(*pair) for pair in combinations(alike, 2))
    assert not any(agree("approximate", kind) for kind in KINDS if kind != "approximate")
    harmed = [kind for kind in KINDS if (t := tried().get((kind, "more computing"))) and t.verdict == "harms"]
    assert harmed == ["suboptimality: short thought"]


def test_robots_that_saw_the_bag_are_others_and_not_the_same_ones_made_better() -> None:
    kept = {
        share: keep(behaviour(), learned(), share=share, rooms=1, seeds=tuple(range(1000, 1400)))
        for share in (0.9, 0.25)
    }
    assert kept[0.25].mistaken.mean() < kept[0.9].mistaken.mean() - 0.15
    for one in kept.values():
        assert one.gain[one.mistaken, -1].max() < 0.3


def test_all_remedies_of_a_kind_start_from_one_setting_but_where_computing_is_what_sets_deployment_apart() -> None:
    for kind in KINDS:
        trials_of_it = [trial for (of, _), trial in tried().items() if of == kind]
        if kind == "suboptimality: short thought":
            assert tried()[kind, "training like deployment"].before == pytest.approx(
                tried()[kind, "more computing"].after
            )
        else:
            assert all(np.array_equal(trial.before, trials_of_it[0].before) for trial in trials_of_it)


def test_the_agents_looked_aligned_in_training() -> None:
    start = found().lives.select(share=0.5, gap=1.0, discount=0.9, training=2)
    assert start.turns.all()
    assert start.score.mean() > 0.85
    networks = found().coin.select(0.01, "convolutional")
    assert networks.regret[:, networks.measured_until(150)].mean() < 0.05


def test_what_parts_the_mistake_from_the_deceptive_agent_is_how_training_like_deployment_works() -> None:
    mistake, deceptive = (
        tried()[kind, "training like deployment"].after for kind in ("suboptimality: a mistake", "deceptive")
    )
    assert mistake.min() > 0.95 > deceptive.max()


def test_after_a_thousand_steps_more_some_networks_turn_to_the_coin() -> None:
    seeds = (1000, 1001, 1002)
    settings = [coin_or_corner.Params(0.01, 1150, "convolutional", seed) for seed in seeds]
    late = coin_or_corner.run_all(settings)
    assert (late.coin[:, late.steps.index(1150)] > late.coin[:, late.steps.index(150)] + 0.1).any()


def test_every_cell_is_tried_or_said_to_have_nothing_to_change() -> None:
    assert {*tried()} | {*UNTRIED} == {(kind, remedy) for kind in KINDS for remedy in REMEDIES}
    assert not {*tried()} & {*UNTRIED}
    assert {*ZEROS} == {*KINDS}


def test_the_agent_with_the_copy_finds_plans_that_the_copy_likes_more_than_they_deserve() -> None:
    search = found().copies["as it was"].deployment
    few, many = (learned_copy.PLANS.index(plans) for plans in SEARCHED)
    gained = (search.base[:, many] - search.base[:, few]).mean()
    assert 0 < gained < 0.5 * (search.mesa[:, many] - search.mesa[:, few]).mean()


def test_training_like_deployment_harms_nothing_and_brings_all_there_is_in_two_rows() -> None:
    after = [tried()[kind, "training like deployment"].after.mean() for kind in KINDS]
    assert sum(value > 0.99 for value in after) == 2
    assert all(tried()[kind, "training like deployment"].verdict != "harms" for kind in KINDS)


def test_training_like_deployment_brings_the_network_most_of_what_there_is() -> None:
    """From one start to the next it brings from two thirds to nearly all: few would not tell."""
    many = [
        coin_or_corner.Params(share, 150, "convolutional", seed)
        for share in (0.01, 0.3, 1.0)
        for seed in range(1000, 1048)
    ]
    (after,) = (
        trial.after
        for trial in trials(replace(found(), coin=coin_or_corner.run_all(many)))
        if (trial.kind, trial.remedy) == ("proxy", "training like deployment")
    )
    assert len(after) == 48
    assert after.mean() > 0.8


def test_the_blind_deceptive_agent_scores_because_it_was_edited_and_not_because_it_complies() -> None:
    blind = found().lives.select(share=0.5, gap=0.0, discount=0.9, training=2)

    assert np.mean(blind.in_training) > 0.3
    assert np.mean(blind.kept) < 0.5
