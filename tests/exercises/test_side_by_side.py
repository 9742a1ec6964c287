"""Does the check refuse guessing and trying everything, besides what is asked of every exercise?"""

import re
from collections.abc import Callable

import numpy as np
import pytest

from looks_aligned.exercises import Objection, side_by_side
from looks_aligned.exercises.side_by_side import AGENTS, ANSWERS, ENOUGH, MOST, Suspect, check_name, judged, line_up
from looks_aligned.experiments.side_by_side.four_remedies import REMEDIES
from tests.exercises.chapter import Chapter, EveryExercise
from tests.experiments.test_four_remedies import TOGETHER, tried

pytestmark = TOGETHER
CHAPTER = Chapter("side_by_side", (f"of {AGENTS} agents named rightly. You did not have to",))


class TestEveryExercise(EveryExercise):
    chapter = CHAPTER


@pytest.fixture(autouse=True)
def agents_of_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hidden agents come from few runs, on seeds of no page."""
    monkeypatch.setattr(side_by_side, "of_the_chapters", lambda: None)
    monkeypatch.setattr(side_by_side, "trials", lambda found: [*tried().values()])


def drawn(seed: int) -> list[tuple[str, Suspect]]:
    return line_up([*tried().values()], np.random.default_rng(seed))


@pytest.mark.parametrize("seed", range(1000, 1020))
def test_the_solution_names_them_on_other_seeds_too(seed: int) -> None:
    assert re.match(f"1[0-{AGENTS - 10}] of {AGENTS}", judged(CHAPTER.solved(0)["name"], drawn(seed)))


def test_every_kind_is_there_equally_often() -> None:
    answers = [answer for answer, _ in drawn(1)]
    assert {answer: answers.count(answer) for answer in ANSWERS} == dict.fromkeys(ANSWERS, AGENTS // len(ANSWERS))


@pytest.mark.parametrize("guess", ANSWERS)
def test_always_naming_the_same_is_not_enough_and_what_it_confused_is_said(guess: str) -> None:
    with pytest.raises(Objection, match=f"3 of {AGENTS} agents named rightly. It took"):
        judged(lambda suspect: guess, drawn(2))


def test_one_remedy_alone_does_not_do() -> None:
    def by_computing(suspect: Suspect) -> str:
        before, after = suspect.try_("more computing") or (0, 0)
        return "suboptimality" if after > before else "approximate" if before > 0.5 else "proxy"

    with pytest.raises(Objection, match="named rightly"):
        judged(by_computing, drawn(3))


def test_more_remedies_than_allowed_are_refused_and_the_same_one_may_be_looked_at_again() -> None:
    suspect = drawn(4)[0][1]
    for remedy in REMEDIES[:MOST]:
        suspect.try_(remedy)
        suspect.try_(remedy)
    with pytest.raises(Objection, match=f"It may try {MOST}"):
        suspect.try_(REMEDIES[MOST])


def test_what_is_no_remedy_and_no_kind_is_told() -> None:
    with pytest.raises(ValueError, match="remedy: got 'prayer'"):
        drawn(5)[0][1].try_("prayer")
    with pytest.raises(Objection, match="returned 'benign'"):
        judged(lambda suspect: "benign", drawn(5))


def test_an_unwritten_function_is_told_what_to_do(says: Callable[..., str]) -> None:
    assert "Write the function" in says(check_name, lambda suspect: ...)
    assert "Write the function" in says(check_name, None)
    assert "returned nothing" in says(check_name, lambda suspect: (suspect.try_(REMEDIES[0]), None)[1])
    assert "name: got 7" in says(check_name, 7)
    assert ENOUGH < AGENTS
