"""Does each check say what is wrong with typical mistakes, besides what is asked of every exercise?"""

import re
from collections.abc import Callable

import pytest

from looks_aligned.exercises.suboptimality import (
    ENOUGH,
    FAR,
    GONE,
    PRIOR,
    ROBOTS,
    TWIN,
    HiddenRobot,
    check_depth,
    check_tell,
    check_times,
    check_twin,
    riddles,
)
from looks_aligned.experiments.suboptimality.mistaken_model import COST
from looks_aligned.experiments.suboptimality.unfound_strategy import DETOUR
from looks_aligned.experiments.suboptimality.world_model import PRIOR_STRENGTH, TRAINING_EVIDENCE
from tests.exercises.chapter import Chapter, EveryExercise

CHAPTER = Chapter(
    "suboptimality", ("Right. After 16", "A twin: it acts alike", "9 of 9 robots right", "Right. After training at")
)


class TestEveryExercise(EveryExercise):
    chapter = CHAPTER


@pytest.mark.parametrize(
    "said",
    [
        f"believed with {PRIOR:.0%}".replace("%", " %"),
        f"{TRAINING_EVIDENCE} times, and {GONE} times it was gone",
        f"Vacuuming costs {COST:g}",
        f"({PRIOR_STRENGTH:g} · {PRIOR:g} + {GONE}) / ({PRIOR_STRENGTH:g} + {TRAINING_EVIDENCE} + n)",
        f"a weight other than {TWIN[0]:.0%} and 0 %".replace("80%", "80 %"),
        "### 3. Nine robots",
        f"robots will look {FAR} steps ahead",
        f"so that {ENOUGH:.0%} of those".replace("%", " %"),
        "the way of four steps",
    ],
)
def test_the_exercises_say_what_the_checks_hold_to(said: str) -> None:
    assert said in " ".join(CHAPTER.section.split())
    assert (ROBOTS, DETOUR) == (9, 4)


@pytest.mark.parametrize(("times", "word"), [(15, "Too early"), (17, "Too late"), (0, "Too early"), (500, "Too late")])
def test_a_wrong_number_of_times_is_refused_without_giving_the_right_one_away(
    times: int, word: str, says: Callable[..., str]
) -> None:
    said = says(check_times, times)
    assert word in said
    assert "16" not in said


def test_the_pages_own_robots_are_no_third_twin(says: Callable[..., str]) -> None:
    for pair in (TWIN, (0.0, 0.8)):
        assert "one of the page's two" in says(check_twin, *pair)


def test_a_robot_that_acts_otherwise_is_told_where_to_look(says: Callable[..., str]) -> None:
    said = says(check_twin, 0.2, 0.2)
    assert re.search(r"In \d+ of 704 states", said)
    assert "0.8" not in said
    assert "not expect quite the same" in says(check_twin, 0.2, 0.76)


def test_every_weight_up_to_what_they_expect_has_a_twin(says: Callable[..., str]) -> None:
    for weight in (0.1, 0.45, 0.7):
        assert "A twin" in says(check_twin, weight, (0.8 - weight) / (1 - weight))


def test_the_hidden_robots_are_three_of_each_kind_and_do_what_their_kind_does() -> None:
    asked = riddles(5)
    assert sorted(riddle.who for riddle in asked) == sorted(["aligned", "aligned by mistake", "errs"] * 3)
    for riddle in asked:
        before, after = riddle.robot.watch(), riddle.robot.teach(1000)
        expected = {"aligned": (1, 1), "aligned by mistake": (1, 0), "errs": (0, 1)}[riddle.who]
        assert (before, after) == pytest.approx(expected, abs=0.01)


def test_who_only_watches_is_told_what_that_cannot_do(says: Callable[..., str]) -> None:
    def by_watching(robot: HiddenRobot) -> str:
        return "errs" if robot.watch() < 0.5 else "aligned"

    said = says(check_tell, by_watching, seed=5)
    assert said.startswith("You told 6 of 9 robots right")
    assert "taught none of them anything" in said


def test_who_teaches_too_little_is_told_so(says: Callable[..., str]) -> None:
    def too_little(robot: HiddenRobot) -> str:
        if robot.watch() < 0.5:
            return "errs"
        return "aligned by mistake" if robot.teach(1) < 0.5 else "aligned"

    assert "Did you teach them enough?" in says(check_tell, too_little, seed=5)


@pytest.mark.parametrize(
    ("tell", "words"),
    [
        (lambda robot: robot.teach(0), "your function stopped: ValueError: n: got 0"),
        (lambda robot: "fine", "returned 'fine'; it may say"),
        (lambda robot: {}.get(robot.watch()), "returned nothing"),
        (lambda robot: None, "Let tell return a name, then run this cell again."),
    ],
)
def test_a_function_that_cannot_be_used_is_answered_in_words(
    tell: Callable[..., object], words: str, says: Callable[..., str]
) -> None:
    assert words in says(check_tell, tell, seed=5)


@pytest.mark.parametrize(
    ("depth", "word"), [(4, "Not enough"), (8, "Not enough"), (39, "a smaller depth is, too"), (41, "from 1 to 40")]
)
def test_a_wrong_depth_is_refused(depth: int, word: str, says: Callable[..., str]) -> None:
    assert word in says(check_depth, depth)
