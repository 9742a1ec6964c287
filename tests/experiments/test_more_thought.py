"""Where more thought turns nobody: tried in rooms that the page does not use."""

from functools import cache

import numpy as np

from looks_aligned.experiments.suboptimality.mistaken_model import CLEAN_FLOOR, LITTLE_STUFF, Params, Result, run_all
from looks_aligned.experiments.suboptimality.more_thought import BAG, DEPTHS, ROBOTS, turned
from tests.experiments.robots import OTHER_POOL


@cache
def thinking() -> Result:
    return run_all(
        [Params(wants, belief, depth=depth, pool=OTHER_POOL) for wants, belief in ROBOTS for depth in DEPTHS]
    )


def test_looking_further_turns_none_of_the_robots() -> None:
    for wants, belief in ROBOTS:
        assert not turned(thinking(), wants, belief)


def test_looking_further_makes_all_that_clean_clean_better() -> None:
    for wants, belief in ((CLEAN_FLOOR, 0.0), (BAG, 0.0), (LITTLE_STUFF, 0.95), (LITTLE_STUFF, 0.8)):
        gain = thinking().select(wish=wants.name, destroyed=belief).gain.mean(-1)
        assert gain[0] < 0.5
        assert gain[-1] > 0.99


def test_the_mistaken_robot_gets_less_of_what_it_wants_the_further_it_looks() -> None:
    mesa = thinking().select(wish=LITTLE_STUFF.name, destroyed=0.95).mesa.mean(-1)
    assert mesa[DEPTHS.index(4)] > 0
    assert mesa[-1] < -0.5
    right = thinking().select(wish=LITTLE_STUFF.name, destroyed=0.0).mesa.mean(-1)
    assert (np.diff(right) > -1e-6).all(), "with the right model, thought serves it"


def test_it_takes_the_mistake_away_to_turn_it_at_any_depth() -> None:
    np.testing.assert_allclose(thinking().select(wish=LITTLE_STUFF.name, destroyed=0.0).gain, 0, atol=1e-6)


def test_a_fall_would_be_noticed() -> None:
    backwards = thinking()
    found = Result(backwards.settings, backwards.base, backwards.gain[::-1], backwards.mesa)
    assert any(turned(found, wants, belief) for wants, belief in ROBOTS)
