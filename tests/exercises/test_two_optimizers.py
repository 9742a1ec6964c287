"""Does each check accept the chapter's solution, say what is wrong with typical mistakes, and never raise?"""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from looks_aligned.exercises.two_optimizers import (
    Film,
    _films,
    _shown,
    check_room,
    check_rooms_needed,
    check_scatter,
    check_search,
)
from looks_aligned.experiments.two_optimizers.lured_robots import ROBOTS

CHAPTER = Path(__file__).parents[2] / "book" / "two_optimizers.md"
HOLDS = ["Both are right", "Your room tells them apart", "It fools who looks", "Your search sees more"]
"""What each check says of an answer that holds, in the order of the chapter."""


@cache
def section() -> str:
    return CHAPTER.read_text(encoding="utf-8").split("\n## Exercises\n")[1].split("\n## ")[0]


@cache
def cells() -> list[str]:
    """The cell that imports, then one for each exercise."""
    return re.findall(r"```\{code-cell\} ipython3\n(.*?)```", section(), re.DOTALL)


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

    def said(check: Callable[..., None], *answers: object, **others: object) -> str:
        capsys.readouterr()
        assert check(*answers, **others) is None
        printed = " ".join(capsys.readouterr().out.split())
        assert printed
        return printed

    return said


def test_every_exercise_has_a_cell_and_a_solution() -> None:
    assert len(cells()) - 1 == len(solutions()) == len(HOLDS)


@pytest.mark.parametrize("number", range(len(HOLDS)))
def test_a_solution_holds(number: int, reader: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    exec(solutions()[number], reader)
    assert HOLDS[number] in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("number", range(len(HOLDS)))
def test_a_cell_as_it_stands_says_in_one_short_line_what_to_do(
    number: int, reader: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    exec(cells()[number + 1], reader)
    printed = capsys.readouterr().out
    assert printed.endswith(", then run this cell again.\n")
    assert printed.count("\n") == 1


@pytest.mark.parametrize("number", range(len(HOLDS)))
def test_a_solution_calls_its_check_just_as_the_cell_does(number: int) -> None:
    assert solutions()[number].splitlines()[-1] == cells()[number + 1].splitlines()[-1]


@pytest.mark.parametrize("answer", [0, -1.5, float("nan"), True, "text", b"", [], {}, object(), print])
def test_no_check_raises_whatever_it_gets(answer: object, says: Callable[..., str]) -> None:
    for words in (
        says(check_rooms_needed, answer, answer),
        says(check_room, answer),
        says(check_scatter, answer, answer),
        says(check_search, answer, seed=1),
        says(check_search, lambda films: answer, seed=1),
    ):
        assert not any(holds in words for holds in HOLDS)


# 1. How many rooms


@pytest.mark.parametrize(
    ("same", "own", "told"),
    [
        (27, 43, "not yet below"),
        (28, 44, "with a room less, too"),
        (43, 28, "not yet below"),
        (0, 43, "from 1 to 1,000"),
        (28.0, 43, "whole number"),
    ],
)
def test_a_wrong_number_of_rooms_is_told_why(same: object, own: object, told: str, says: Callable[..., str]) -> None:
    words = says(check_rooms_needed, same, own)
    assert told in words
    assert HOLDS[0] not in words
    assert " 28 " not in words.replace("after 28 rooms", "")


# 2. A room that tells


@pytest.mark.parametrize(
    ("room", "told"),
    [
        ("d2R.d....7", ["Robot 2 is given away", "nothing gives it away"]),
        ("7Rd.dd...2", ["nothing gives it away"]),
        ("d7R2d", ["Robot 2 is given away, too"]),
        ("d7R.d", ["lure of robot 2 is missing"]),
        ("27R..", ["nothing to clean"]),
        ("d7R.x..2", ["means nothing here"]),
        ("d7..2", ["no robot"]),
        ("dddddddd\n7..R...2", ["can be in 4,096 states"]),
    ],
)
def test_a_room_that_does_not_tell_them_apart_is_told_why(room: str, told: list[str], says: Callable[..., str]) -> None:
    words = says(check_room, room)
    for part in told:
        assert part in words
    assert HOLDS[1] not in words


# 3. A scatter


@pytest.mark.parametrize(
    ("strength", "policies", "told"),
    [
        (0.2, ["random"], "cleans too much"),
        (2, ["softmax"], "does not rise enough"),
        (2, ["its plan, broken off"], "never varies"),
        (0, ["random"], "above 0"),
        (2, "random", "write a list"),
        (2, ["other"], "choose from"),
    ],
)
def test_a_scatter_that_fools_nobody_is_told_why(
    strength: object, policies: object, told: str, says: Callable[..., str]
) -> None:
    words = says(check_scatter, strength, policies)
    assert told in words
    assert HOLDS[2] not in words


# 4. An outer search


def by_score(films: tuple[tuple[Film, ...], ...]) -> int:
    return max(range(len(films)), key=lambda robot: round(sum(film.score for film in films[robot]), 6))


@pytest.mark.parametrize("seed", [5, 6])
def test_scores_alone_are_not_enough(seed: int, says: Callable[..., str]) -> None:
    words = says(check_search, by_score, seed=seed)
    assert "Watch what robots do" in words or "What else tells" in words
    assert HOLDS[3] not in words


@pytest.mark.parametrize("seed", [5, 6, 7])
def test_the_solution_holds_with_any_rooms(seed: int, reader: dict[str, Any], says: Callable[..., str]) -> None:
    exec(solutions()[3], reader)
    words = says(check_search, reader["keep"], seed=seed)
    assert HOLDS[3] in words


def test_a_search_that_stops_or_says_nothing_is_told_so(says: Callable[..., str]) -> None:
    assert "ZeroDivisionError" in says(check_search, lambda films: 1 // 0, seed=1)
    assert "Let keep return" in says(check_search, lambda films: None, seed=1)
    assert "from 0 to 9" in says(check_search, lambda films: 10, seed=1)


def test_films_hold_no_objective_and_the_order_is_new_each_time() -> None:
    generator = np.random.default_rng(3)
    orders = {tuple(_shown(generator)[0]) for _ in range(5)}
    assert len(orders) == 5
    _, films = _shown(generator)
    assert len(films) == ROBOTS
    assert {*vars(films[0][0])} == {"score", "actions", "clean"}


def test_the_robot_that_wants_a_clean_floor_never_vacuums_in_vain() -> None:
    for kind in _films():
        for room in kind:
            film = room[0]
            rises = [after > before for before, after in zip(film.clean, film.clean[1:], strict=False)]
            assert not any(act == "vacuum" and not rise for act, rise in zip(film.actions[1:], rises, strict=True))
