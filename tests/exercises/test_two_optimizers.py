"""Does each check say what is wrong with typical mistakes, besides what is asked of every exercise?"""

from collections.abc import Callable

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
from tests.exercises.chapter import Chapter, EveryExercise

CHAPTER = Chapter(
    "two_optimizers", ("Both are right", "Your room tells them apart", "It fools who looks", "Your search sees more")
)


class TestEveryExercise(EveryExercise):
    chapter = CHAPTER


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
    assert CHAPTER.holds[0] not in words
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
    assert CHAPTER.holds[1] not in words


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
    assert CHAPTER.holds[2] not in words


# 4. An outer search


def by_score(films: tuple[tuple[Film, ...], ...]) -> int:
    return max(range(len(films)), key=lambda robot: round(sum(film.score for film in films[robot]), 6))


@pytest.mark.parametrize("seed", [5, 6])
def test_scores_alone_are_not_enough(seed: int, says: Callable[..., str]) -> None:
    words = says(check_search, by_score, seed=seed)
    assert "Watch what robots do" in words or "What else tells" in words
    assert CHAPTER.holds[3] not in words


@pytest.mark.parametrize("seed", [5, 6, 7])
def test_the_solution_holds_with_any_rooms(seed: int, says: Callable[..., str]) -> None:
    assert CHAPTER.holds[3] in says(check_search, CHAPTER.solved(3)["keep"], seed=seed)


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
