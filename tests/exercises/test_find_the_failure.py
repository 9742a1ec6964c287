"""Does the capstone's check hold a verdict to its reasons, besides what is asked of every exercise?"""

from collections.abc import Callable

import pytest

from looks_aligned.exercises.find_the_failure import check_verdict, unlabelled
from looks_aligned.experiments.find_the_failure.unlabelled import EXPERIMENTS, KINDS, POOL, Kind
from tests.exercises.chapter import Chapter, EveryExercise
from tests.experiments.test_unlabelled import TELLS

CHAPTER = Chapter("teaching/find_the_failure", ("Right, and you know it",))


class TestEveryExercise(EveryExercise):
    chapter = CHAPTER


WORDS = {unlabelled(word)._kind: word for word in ["workshop", "broom", "kettle", "crank", "mop"]}


def test_words_stand_for_robots_of_every_kind_and_never_in_the_pages_rooms() -> None:
    assert WORDS.keys() == {*KINDS}
    assert all(unlabelled(word)._pool != POOL for word in WORDS.values())
    assert unlabelled(" Broom ")._kind == unlabelled("broom")._kind, "a group need not agree on capitals"


@pytest.mark.parametrize("kind", KINDS)
def test_the_right_verdict_with_enough_reasons_holds_and_spare_ones_are_told(
    kind: Kind, says: Callable[..., str]
) -> None:
    agent = unlabelled(WORDS[kind])
    for experiment in EXPERIMENTS:
        agent.try_(experiment)
    (enough,) = TELLS[kind]
    assert says(check_verdict, agent, kind, sorted(enough)).endswith("no other would have done that.")
    assert "could have done without 'as in training'" in says(check_verdict, agent, kind, [*enough, "as in training"])


@pytest.mark.parametrize("kind", KINDS)
def test_being_right_is_not_enough(kind: str, says: Callable[..., str]) -> None:
    agent = unlabelled(WORDS[kind])
    agent.try_("as in training")
    said = says(check_verdict, agent, kind, "as in training")
    assert "you cannot know it from this" in said
    assert all(other in said for other in KINDS if other != kind)


def test_a_wrong_verdict_is_refuted_by_what_was_tried_and_the_right_one_not_told(says: Callable[..., str]) -> None:
    agent = unlabelled(WORDS["deceptive"])
    agent.try_("lamp off")
    said = says(check_verdict, agent, "proxy", ["lamp off"])
    assert "this robot has a base gain of 0.00. A robot of that kind would have 1.00." in said
    assert "deceptive" not in said


def test_an_experiment_that_was_not_tried_is_no_reason(says: Callable[..., str]) -> None:
    agent = unlabelled(WORDS["deceptive"])
    assert "have not tried it" in says(check_verdict, agent, "deceptive", ["lamp off"])


@pytest.mark.parametrize("because", [[], "prayer", ["lamp off", 7], 5])
def test_reasons_that_are_none_are_told(because: object, says: Callable[..., str]) -> None:
    assert "because: got" in says(check_verdict, unlabelled("broom"), "proxy", because)


def test_what_is_no_word_and_no_experiment_is_told() -> None:
    with pytest.raises(ValueError, match="word: got ''"):
        unlabelled("")
    with pytest.raises(ValueError, match="experiment: got 'prayer'"):
        unlabelled("broom").try_("prayer")
