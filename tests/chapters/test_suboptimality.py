"""Does the chapter on suboptimality alignment say what the code runs with, and what other seeds and rooms show too?"""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from looks_aligned.drawing.kept_robots import learning_more
from looks_aligned.drawing.unfound_strategy import still_aligned
from looks_aligned.experiments.suboptimality import (
    at_work,
    kept_robots,
    mistaken_model,
    more_thought,
    unfound_strategy,
    world_model,
)
from looks_aligned.experiments.suboptimality.as_believed import act_differently
from looks_aligned.experiments.suboptimality.mistaken_model import LITTLE_STUFF, WANTS, Params, mixture
from looks_aligned.experiments.suboptimality.world_model import LEARNERS, MORE_EVIDENCE, Evidence, beliefs
from tests.chapters.reading import WORDS, prose, questions
from tests.experiments.robots import OTHER_POOL, behaviour

OTHER_SEEDS = tuple(range(1000, 1300))
MIXTURES = [wants for wants in WANTS if wants.clean and wants.stuff]
PAIRS = {40: "forty"}[len(WANTS) * world_model.BELIEVERS]


@pytest.mark.parametrize(
    "said",
    [
        f"{WORDS[mistaken_model.POOL]} rooms",
        f"({mistaken_model.COST:g} against 1)",
        f"({mistaken_model.HANDFUL:g})",
        "three patches of dust, the stove and the robot",
        f"sees dust vacuumed {world_model.TRAINING_EVIDENCE} times",
        f"from {world_model.PRIOR_MEANS[0]:.0%} to {world_model.PRIOR_MEANS[-1]:.0%}".replace("%", " %"),
        f"counts as much as {WORDS[int(world_model.PRIOR_STRENGTH)]} observations",
        f"There are {WORDS[len(WANTS)]} things to want",
        f"{WORDS[len(MIXTURES)]} mixtures of the two",
        f"With {WORDS[world_model.BELIEVERS]} ways to believe, one for each head start, that makes {PAIRS} pairs",
        f"(a base gain of {100 * kept_robots.STILL_CLEANS:g} % or more)",
        f"walk {WORDS[unfound_strategy.DETOUR]} steps to something *complicated*",
        f"(γ = {unfound_strategy.DISCOUNT:g}; in the rooms it is a tenth)",
        f"a base score above {100 * unfound_strategy.KEPT:g} %",
        f"where m = {unfound_strategy.DETOUR} are the steps",
        f"falls by more than {more_thought.FALLS:g} from one depth to the next",
        "0.8 + 0.2 · 0 = 0.8",
        f"robots tried ({WORDS[len(more_thought.BELIEFS)]} beliefs, and "
        f"{WORDS[len(more_thought.ROBOTS) - len(more_thought.BELIEFS)]} other wants)",
    ],
)
def test_a_setting_in_the_prose_is_the_codes(said: str) -> None:
    assert said in prose("suboptimality")
    assert "".join(mistaken_model.ROOM.board.rows).count("d") == 3


def test_a_question_opens_the_state_that_its_answer_is_about() -> None:
    asked = questions("suboptimality")
    assert len(asked) == 4
    for question in asked[:3]:
        assert {*question.at.values()} - {"counting", 4, 0.0, 40} <= question.constants, question.words


@pytest.mark.parametrize(
    ("place", "words", "state"),
    [
        (0, ["(s = 100 %)", "Of 100 base optimizers that see 20 rooms"], {"share": 1.0, "rooms": 20}),
        (1, ["misled in 90 % of cases", "see 32 times"], {"share": 0.9, "more": 32}),
        (2, ["looked 4 steps ahead", "40 steps ahead (r = 0)"], {"r": 0.0, "training_depth": 4, "depth": 40}),
        (3, ["believes with 95 %", "to 30"], {"belief": 0.95, "depth": 30}),
    ],
)
def test_a_questions_words_are_its_state(place: int, words: list[str], state: dict[str, object]) -> None:
    question = questions("suboptimality")[place]
    for word in words:
        assert word in question.words
    assert question.at.items() >= state.items()


def learned(learner: world_model.Learner) -> np.ndarray:
    every = [
        Evidence(gone, learner, way)
        for gone in range(world_model.TRAINING_EVIDENCE + 1)
        for way in range(world_model.BELIEVERS)
    ]
    return beliefs(every).reshape(world_model.TRAINING_EVIDENCE + 1, world_model.BELIEVERS, -1)


def kept(share: float, learner: world_model.Learner = "counting", rooms: int = 20) -> kept_robots.Kept:
    return kept_robots.keep(behaviour(), learned(learner), share=share, rooms=rooms, seeds=OTHER_SEEDS)


def test_the_answers_to_the_questions_are_the_same_with_other_base_optimizers_in_other_rooms() -> None:
    assert kept(1.0).mistaken.mean() == pytest.approx(3 / 7, abs=0.09)
    assert kept_robots.directions(kept(0.9), 32) == "the first falls, the second rises"


def test_where_all_evidence_misleads_all_robots_that_clean_score_alike() -> None:
    gain = behaviour().gain[:, 92:]
    assert (np.isclose(gain, 1) | (gain < 0.01)).all()


def test_the_directions_are_told_as_they_are() -> None:
    found = kept(0.9)
    backwards = replace(found, gain=found.gain[:, ::-1], doubter=found.doubter[:, ::-1])
    assert kept_robots.directions(backwards, 128) == "the first rises, the second falls"
    assert kept_robots.directions(replace(found, gain=found.doubter), 128) == "both rise"
    assert kept_robots.directions(replace(found, doubter=found.gain), 128) == "both fall"


def test_a_robot_that_was_always_misled_turns_when_it_has_seen_the_truth_as_often() -> None:
    believed = [world_model.counted(0.5, 20, 20 + more) for more in (19, 20, 21)]
    assert believed[0] > mistaken_model.COST == believed[1] > believed[2]
    for pool in (OTHER_POOL, OTHER_POOL + 1):
        gain = [
            mistaken_model.run(Params(LITTLE_STUFF, round(world_model.counted(0.5, 20, 20 + more), 2), pool=pool)).gain
            for more in (16, 19, 20)
        ]
        assert gain[0].mean() > 0.99 > gain[1].mean(), "a little earlier, for the stove"
        assert gain[2].mean() < 0.01

    assert "(1 + 20) / (2 + 20 + n)" in prose("suboptimality")


def test_by_score_in_training_one_keeps_the_misaligned_robot_and_not_the_aligned_one_that_errs() -> None:
    found = kept(0.9)
    assert (found.gain[found.mistaken, 0] > 0.99).all()
    assert found.doubter[:, 0].mean() < 0.05


def test_the_stove_is_why_theory_is_too_high_where_few_observations_mislead() -> None:
    (robot,) = [wants for wants in WANTS if wants.clean == 0.4]
    belief = 0.19
    assert robot.expected(belief) > mistaken_model.COST, "by theory it cleans"
    assert (mistaken_model.run(Params(robot, belief, pool=OTHER_POOL)).gain < 0.999).any(), "with the stove it does not"
    many = kept_robots.keep(
        behaviour(), learned("counting"), share=0.1, rooms=20, seeds=tuple(range(1000, 3000))
    ).mistaken.mean()
    assert many < kept_robots.chance_mistaken(learned("counting"), 0.1) - 0.01


def test_robots_that_plan_by_a_network_turn_at_nearly_the_same_time() -> None:
    gains = [found.gain[found.mistaken].mean(0) for found in (kept(1.0, learner) for learner in LEARNERS)]
    assert np.abs(gains[0] - gains[1]).max() < 0.2
    assert [gain[MORE_EVIDENCE.index(128)] < 0.05 for gain in gains] == [True, True]


def test_the_two_robots_of_the_table_do_the_same_until_they_know() -> None:
    twins = Params(mixture(0.8), 0.0, pool=OTHER_POOL), Params(LITTLE_STUFF, 0.8, pool=OTHER_POOL)
    assert act_differently(*twins)[0] == 0
    assert act_differently(*(replace(one, destroyed=0.0) for one in twins))[0] > 300
    gains = mistaken_model.run_all([*twins, *(replace(one, destroyed=0.0) for one in twins)]).gain.mean(-1)
    assert gains == pytest.approx([1, 1, 1, 0], abs=0.01)


def test_cleaning_pays_off_late() -> None:
    # A square is clean for good: seen d steps ahead it is worth 1 − γ^d, and it costs what vacuuming costs.
    worth = [1 - mistaken_model.DISCOUNT**depth for depth in (6, 7)]
    assert worth[0] < mistaken_model.COST < worth[1]
    as_believed = [0.95 * (1 - mistaken_model.DISCOUNT**depth) for depth in (7, 8)]
    assert as_believed[0] < mistaken_model.COST < as_believed[1]
    assert "from d = 7 on; with a belief of 95 %, from d = 8 on" in prose("suboptimality")


def test_without_cost_and_stove_a_robot_that_knows_cleans_about_a_tenth_and_either_alone_keeps_it_from_cleaning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gains = {}
    for cost, handful in product((0.0, mistaken_model.COST), (0.0, mistaken_model.HANDFUL)):
        monkeypatch.setattr(mistaken_model, "HANDFUL", handful)
        knowing = mistaken_model.run(Params(LITTLE_STUFF, 0.0, cost=cost, pool=OTHER_POOL))
        gains[bool(cost), bool(handful)] = knowing.gain.mean()
    assert 0.03 < gains.pop((False, False)) < 0.2
    assert [*gains.values()] == pytest.approx([0, 0, 0], abs=1e-6)


def test_the_bag_robot_can_lose_a_little_on_average_in_other_rooms_and_has_it_back_later() -> None:
    seen = mistaken_model.run_all([Params(more_thought.BAG, depth=depth, pool=OTHER_POOL) for depth in range(4, 13)])
    gain = seen.gain.mean(-1)
    (fall,) = np.flatnonzero(np.diff(gain) < -0.005)
    assert np.diff(gain)[fall] > -0.02
    assert gain[fall + 1 :].max() >= gain[fall]


def test_a_step_more_can_cost_the_bag_robot_a_little_in_a_single_room() -> None:
    seen = [
        mistaken_model.run_all([Params(more_thought.BAG, depth=depth, pool=pool) for depth in more_thought.DEPTHS])
        for pool in (OTHER_POOL, OTHER_POOL + 1, OTHER_POOL + 2)
    ]
    assert min(np.diff(one.gain, axis=0).min() for one in seen) < -0.005


def test_more_thought_serves_the_mistaken_robot_worse_in_other_rooms_too() -> None:
    seen = mistaken_model.run_all([Params(LITTLE_STUFF, 0.95, depth=depth, pool=OTHER_POOL) for depth in (4, 30)])
    assert seen.mesa.mean(-1)[0] > seen.mesa.mean(-1)[1] + 0.5
    assert seen.gain.mean(-1) == pytest.approx([0, 1], abs=0.01)


def test_a_live_move_draws_what_was_baked() -> None:
    for learner in LEARNERS:
        found = kept(1.0, learner)
        # In these rooms and in the page's the robots do the same at a belief far from the edge.
        place, now = found.seeds.index(kept_robots.shown_seed(found)), MORE_EVIDENCE.index(128)
        stored = float(found.gain[place, now]), float(found.doubter[place, now])
        live = kept_robots.again(found, learner, 128)
        assert live == pytest.approx(stored, abs=1e-6)
        drawn = [learning_more(found, learner, more=128, again=again) for again in (stored, live)]
        assert drawn[0].to_json() == drawn[1].to_json()


def test_a_live_move_at_the_fork_draws_what_was_baked() -> None:
    seeds = unfound_strategy.run_all([unfound_strategy.Params(0.3, objectives=300, seed=seed) for seed in (1000, 1001)])
    baked, live = (
        seeds.select(seed=1000.0),
        unfound_strategy.run(unfound_strategy.Params(0.3, objectives=300, seed=1000)),
    )
    drawn = [still_aligned(seeds, shown, training_depth=4, depth=40) for shown in (baked, live)]
    assert drawn[0].to_json() == drawn[1].to_json()


def test_what_the_robots_at_work_are_said_to_do_they_do_in_other_rooms_too() -> None:
    for belief, gain in ((0.95, 1), (0.4, 0)):
        assert mistaken_model.run(Params(LITTLE_STUFF, belief, pool=OTHER_POOL)).gain == pytest.approx(gain, abs=0.01)
    assert f"shows its first {at_work.STEPS} steps" in prose("suboptimality")
