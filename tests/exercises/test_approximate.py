"""Does each check say what is wrong with typical mistakes, besides what is asked of every exercise?"""

from collections.abc import Callable

import pytest

from looks_aligned.exercises import approximate
from looks_aligned.exercises.approximate import check_budget, check_copy, check_floor, check_stop
from looks_aligned.experiments.approximate import heavy_tails, learned_copy, pictured_floor
from looks_aligned.experiments.approximate.learned_copy import PLANS, SEEDS, Params, expected_base, run
from tests.exercises.chapter import ANSWERS, Chapter, EveryExercise

CHAPTER = Chapter("approximate", ("Right. To make up", "Right: n =", "Fooled: at brightness", "Your bet holds"))


class TestEveryExercise(EveryExercise):
    chapter = CHAPTER


@pytest.mark.parametrize("answer", ANSWERS[1:])  # 0 is a brightness
def test_an_answer_that_is_right_only_in_part_does_not_hold(answer: object, says: Callable[..., str]) -> None:
    robot, copy = pictured_floor.Params(16, seed=1036), Params(4, seed=100)
    for check, answers in ((check_floor, (robot, answer)), (check_copy, (copy, answer, "no"))):
        assert not any(holds in says(check, *answers) for holds in CHAPTER.holds)


def test_a_budget_too_small_or_too_large_is_told_apart(says: Callable[..., str]) -> None:
    right = next(n for n in range(64, 1000) if expected_base(0.8, n) >= expected_base(0.95, 64))
    assert "Not enough yet" in says(check_budget, 64)
    assert "Not enough yet" in says(check_budget, right - 1)
    assert "One plan less" in says(check_budget, right + 1)
    for words in (says(check_budget, 64), says(check_budget, 5000)):
        assert str(right) not in words, "the answer is not given away"
    assert "it goes from 1 to 100,000" in says(check_budget, 10**7)


def test_stopping_too_soon_or_too_late_is_told_apart(says: Callable[..., str]) -> None:
    assert "look at more plans" in says(check_stop, 4)
    assert "look at fewer plans" in says(check_stop, 100_000)
    best = max(range(10, 2000, 10), key=lambda n: heavy_tails.expected_base(n, 5.0, 0.5))
    assert str(best) not in says(check_stop, 4)
    assert CHAPTER.holds[1] in says(check_stop, best)


def test_a_tile_of_training_fools_nobody(says: Callable[..., str]) -> None:
    robot = pictured_floor.Params(16, "grey floor", seed=1036)
    assert "Has it ever seen such a tile?" in says(check_floor, robot, 0.1)
    assert "it goes from 0, black, to 1, white" in says(check_floor, robot, 1.5)
    assert "take one that has" in says(check_floor, pictured_floor.Params(1, seed=1000), 0.5)
    assert "at most 64" in says(check_floor, pictured_floor.Params(65, seed=1000), 0.5)


def test_a_lost_bet_says_what_came_and_a_page_seed_is_refused(says: Callable[..., str]) -> None:
    copy = Params(4, seed=100)
    found = run(copy)
    got, harmed = float(found.training.base[0, PLANS.index(4096)]), bool(found.search_hurts[0])
    assert "Lost: you said" in says(check_copy, copy, got + 1, harmed)
    assert "the harm is not" in says(check_copy, copy, got, not harmed)
    assert CHAPTER.holds[3] in says(check_copy, copy, got, harmed)
    assert "Take 16 or more" in says(check_copy, Params(4, seed=SEEDS[-1]), got, harmed)
    assert "it takes True or False" in says(check_copy, copy, got, 1)
    assert "are tried" in says(check_copy, Params(65, seed=100), got, harmed)


def test_what_the_exercises_spell_out_is_the_codes() -> None:
    words = " ".join(CHAPTER.section.split())
    for said in (
        f"One has a copy with ρ = {approximate.BETTER:g} and takes the best of {approximate.BUDGET} plans",
        f"a copy with ρ = {approximate.WORSE:g}",
        f"An error has {approximate.FREEDOM:g} degrees of freedom and half the interquartile range",
        f"none brings more than {approximate.NEAR:g} more",
        f"by {approximate.FOOLED:g} or more",
        f"best of {approximate.BET:,} plans bring, to within {approximate.CLOSE:g}",
        f"`width` (up to {approximate.MOST_WIDTH}), `noise` (up to {approximate.MOST_NOISE:g})",
        f"{max(learned_copy.SEEDS) + 1} or more",
    ):
        assert said in words
    assert approximate.SCALE == 0.5


def test_what_the_solutions_say_of_the_line_and_of_the_copy_is_so() -> None:
    found = run(Params(32, 2.0, "too much is bad", seed=108))
    assert expected_base(float(found.correlation[0]), 4096) == pytest.approx(2.8, abs=0.1)
    assert found.training.mesa[0, PLANS.index(4096)] > 4
    others = learned_copy.run_all([Params(32, 2.0, "too much is bad", seed=seed) for seed in range(1000, 1016)])
    assert others.search_hurts.mean() < 0.5


def test_the_tile_that_fools_is_none_of_training() -> None:
    robot = pictured_floor.Params(16, "grey floor", seed=1036)
    bare, dusty = pictured_floor.looks_of_tiles(pictured_floor.train([robot]))
    tile = pictured_floor.SHADES[int((dusty - bare)[0].argmax())]
    assert 0.3 < tile < 0.7
