"""Does each check accept the chapter's solution, say what is wrong with typical mistakes, and never raise?"""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from looks_aligned.exercises import approximate
from looks_aligned.exercises.approximate import check_budget, check_copy, check_floor, check_stop
from looks_aligned.experiments.approximate import heavy_tails, learned_copy, pictured_floor
from looks_aligned.experiments.approximate.learned_copy import PLANS, SEEDS, Params, expected_base, run

CHAPTER = Path(__file__).parents[2] / "book" / "approximate.md"
HOLDS = ["Right. To make up", "Right: n =", "Fooled: at brightness", "Your bet holds"]
"""What each check says of an answer that holds, in the order of the chapter."""


@cache
def section() -> str:
    return CHAPTER.read_text(encoding="utf-8").split("\n## Exercises\n")[1].split("\n## ")[0]


@cache
def cells() -> list[str]:
    """The cell that imports, then one for each exercise."""
    found = re.findall(r"```\{code-cell\} ipython3\n(.*?)```", section(), re.DOTALL)
    return [cell for cell in found if not cell.startswith(":tags:")]


@cache
def solutions() -> list[str]:
    pattern = r":::\{admonition\} One solution\n:class: dropdown\n\n```python\n(.*?)```"
    return re.findall(pattern, section(), re.DOTALL)


@pytest.fixture
def reader() -> dict[str, Any]:
    """What the chapter's cells have defined when the reader comes to the exercises."""
    names: dict[str, Any] = {}
    exec(cells()[0], names)
    return names


@pytest.fixture
def says(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What a check prints, on one line."""

    def said(check: Callable[..., None], *answers: object) -> str:
        capsys.readouterr()
        assert check(*answers) is None
        printed = " ".join(capsys.readouterr().out.split())
        assert printed
        return printed

    return said


def test_every_exercise_has_a_cell_and_a_solution() -> None:
    assert len(cells()) - 1 == len(solutions()) == len(HOLDS)


@pytest.mark.parametrize("number", range(len(HOLDS)))
def test_a_solution_holds(number: int, reader: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    exec(solutions()[number], reader)
    assert HOLDS[number] in capsys.readouterr().out


@pytest.mark.parametrize("number", range(len(HOLDS)))
def test_a_cell_as_it_stands_says_in_one_short_line_what_to_do(
    number: int, reader: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    exec(cells()[number + 1], reader)
    printed = capsys.readouterr().out
    assert printed.endswith(", then run this cell again.\n")
    assert printed.count("\n") == 1
    assert len(printed) < 56


@pytest.mark.parametrize("number", range(len(HOLDS)))
def test_a_solution_calls_its_check_just_as_the_cell_does(number: int) -> None:
    assert solutions()[number].splitlines()[-1] == cells()[number + 1].splitlines()[-1]


@pytest.mark.parametrize("answer", [-1.5, float("nan"), True, "text", b"", [], {}, object(), print, np.ones(3)])
def test_no_check_raises_whatever_it_is_given(answer: object, says: Callable[..., str]) -> None:
    robot, copy = pictured_floor.Params(16, seed=1019), Params(4, seed=100)
    for check, answers in (
        (check_budget, (answer,)),
        (check_stop, (answer,)),
        (check_floor, (answer, 0.5)),
        (check_floor, (robot, answer)),
        (check_copy, (answer, 1.0, False)),
        (check_copy, (copy, answer, "no")),
    ):
        assert not any(holds in says(check, *answers) for holds in HOLDS)


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
    assert HOLDS[1] in says(check_stop, best)


def test_a_tile_of_training_fools_nobody(says: Callable[..., str]) -> None:
    robot = pictured_floor.Params(16, "grey floor", seed=1019)
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
    assert HOLDS[3] in says(check_copy, copy, got, harmed)
    assert "Take 16 or more" in says(check_copy, Params(4, seed=SEEDS[-1]), got, harmed)
    assert "it takes True or False" in says(check_copy, copy, got, 1)
    assert "are tried" in says(check_copy, Params(65, seed=100), got, harmed)


def test_what_the_exercises_spell_out_is_the_codes() -> None:
    words = " ".join(section().split())
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
    found = run(Params(32, 2.0, "too much is bad", seed=100))
    assert expected_base(float(found.correlation[0]), 4096) == pytest.approx(2.8, abs=0.1)
    assert found.training.mesa[0, PLANS.index(4096)] > 4
    others = learned_copy.run_all([Params(32, 2.0, "too much is bad", seed=seed) for seed in range(1000, 1016)])
    assert others.search_hurts.mean() < 0.5


def test_the_tile_that_fools_is_none_of_training() -> None:
    robot = pictured_floor.Params(16, "grey floor", seed=1019)
    bare, dusty = pictured_floor.looks_of_tiles(pictured_floor.train([robot]))
    tile = pictured_floor.SHADES[int((dusty - bare)[0].argmax())]
    assert 0.3 < tile < 0.7
