"""Selection by scores alone, and the two closed forms, against draws and counts that know nothing of them."""

from itertools import product
from math import prod

import numpy as np
import pytest

from looks_aligned.experiments.selection import best_by_lot, chance_if_all_fail_together, chance_if_each_fails_alone


def test_the_best_is_kept_and_equals_are_kept_equally_often() -> None:
    lots = np.linspace(0, 1, 600, endpoint=False)
    score = np.tile([1.0, 3.0, 2.0, 3.0, 3.0 - 1e-8], (600, 1))
    assert np.bincount(best_by_lot(score, lots), minlength=5).tolist() == [0, 200, 0, 200, 200]


def counted(share: float, rooms: int, candidates: int, *, together: bool) -> float:
    """The chance by adding up every way in which rooms can turn out."""
    others = candidates - 1
    total = 0.0
    for agree in product([True, False], repeat=rooms * (1 if together else others)):
        chance = prod([share if one else 1 - share for one in agree])
        ties = np.array(agree).reshape(rooms, -1).all(axis=0)
        left = others * int(ties.mean()) if together else int(ties.sum())
        total += chance * left / (left + 1)
    return total


@pytest.mark.parametrize(("share", "rooms", "candidates"), [(0.9, 3, 4), (0.5, 2, 5), (0.2, 4, 3), (1.0, 2, 3)])
def test_the_closed_forms_are_what_counting_gives(share: float, rooms: int, candidates: int) -> None:
    together = chance_if_all_fail_together(share, rooms, (candidates - 1) / candidates)
    assert together == pytest.approx(counted(share, rooms, candidates, together=True))
    alone = chance_if_each_fails_alone(share, rooms, candidates)
    assert alone == pytest.approx(counted(share, rooms, candidates, together=False))
    q = share**rooms
    assert alone == pytest.approx(1 - (1 - (1 - q) ** candidates) / (candidates * q))


def test_they_are_what_a_great_many_draws_give() -> None:
    share, rooms, candidates = 0.9, 20, 10
    random = np.random.default_rng(7)
    lots = random.random(40_000)
    for together, expected in (
        (True, chance_if_all_fail_together(share, rooms, 0.9)),
        (False, chance_if_each_fails_alone(share, rooms, candidates)),
    ):
        fails = random.random((40_000, rooms, 1 if together else candidates - 1)) >= share
        score = np.zeros((40_000, candidates))
        score[:, 1:] = -fails.sum(1)
        assert (best_by_lot(score, lots) > 0).mean() == pytest.approx(expected, abs=0.008)
    assert chance_if_all_fail_together(share, rooms, 0.9) == pytest.approx(0.109, abs=5e-4)
    assert chance_if_each_fails_alone(share, rooms, candidates) == pytest.approx(0.402, abs=5e-4)


def test_where_rooms_are_many_the_closed_form_does_not_divide_by_nothing() -> None:
    assert chance_if_each_fails_alone(0.0, 5, 10) == 0
    assert chance_if_each_fails_alone(0.5, 400, 10) == pytest.approx(0, abs=1e-12)


def test_what_makes_no_sense_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"share: got 1\.5"):
        chance_if_all_fail_together(1.5, 2, 0.5)
    with pytest.raises(ValueError, match="rooms: got 0"):
        chance_if_each_fails_alone(0.5, 0, 3)
    with pytest.raises(ValueError, match="candidates: got 0"):
        chance_if_each_fails_alone(0.5, 1, 0)
