"""Does the check accept the chapter's solution, refuse guessing and trying everything, and never raise?"""

import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from looks_aligned.exercises import Objection, side_by_side
from looks_aligned.exercises.side_by_side import AGENTS, ANSWERS, ENOUGH, MOST, Suspect, check_name, judged, line_up
from looks_aligned.experiments.side_by_side.four_remedies import REMEDIES
from tests.experiments.test_four_remedies import tried

CHAPTER = Path(__file__).parents[2] / "book" / "side_by_side.md"


@cache
def solution() -> Any:
    (code,) = re.findall(
        r"One solution\n:class: dropdown\n\n```python\n(.*?)\n\n\ncheck_name", CHAPTER.read_text(), re.DOTALL
    )
    names: dict[str, Any] = {}
    exec(code, names)
    return names["name"]


def drawn(seed: int) -> list[tuple[str, Suspect]]:
    return line_up([*tried().values()], np.random.default_rng(seed))


@pytest.mark.parametrize("seed", range(1000, 1020))
def test_the_solution_names_them_on_other_seeds_too(seed: int) -> None:
    assert re.match(f"1[0-{AGENTS - 10}] of {AGENTS}", judged(solution(), drawn(seed)))


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


def test_an_unwritten_function_is_told_what_to_do(capsys, monkeypatch) -> None:
    monkeypatch.setattr(side_by_side, "of_the_chapters", lambda: None)
    monkeypatch.setattr(side_by_side, "trials", lambda found: [*tried().values()])
    check_name(lambda suspect: ...)
    assert "Write the function" in capsys.readouterr().out
    check_name(None)
    assert "Write the function" in capsys.readouterr().out
    check_name(7)
    assert "name: got 7" in capsys.readouterr().out
    check_name(solution())
    assert f"of {AGENTS} agents named rightly" in capsys.readouterr().out
    assert ENOUGH < AGENTS
