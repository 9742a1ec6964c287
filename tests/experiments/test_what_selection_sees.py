"""Does another objective change only what it is said to change? In the page's two rooms, and in rooms drawn anew."""

from functools import cache
from typing import get_args

import numpy as np
import pytest

from looks_aligned.agents.following import follow
from looks_aligned.agents.planner import plan
from looks_aligned.experiments.two_optimizers.lured_robots import (
    DISCOUNT,
    FAINT,
    PATTERN,
    STRENGTHS,
    Pool,
    base_return,
    inner_search,
    sample_rooms,
    try_robots,
    wants,
)
from looks_aligned.experiments.two_optimizers.what_selection_sees import (
    GRID,
    PLACES,
    ROOMS,
    STEPS,
    Params,
    Result,
    Trained,
    run,
    run_all,
)
from looks_aligned.worlds.table import tabulate
from tests.experiments.refusals import refused

STRONG, WEAK = STRENGTHS[-1], STRENGTHS[0]


@cache
def seen(strength: float, training: Trained) -> Result:
    return run(Params(strength, training))


def changes(strength: float, training: Trained) -> set[str]:
    return {node for node, changed in seen(strength, training).changed.items() if changed}


def test_the_rooms_are_like_those_that_are_drawn() -> None:
    for place in PLACES:
        assert ROOMS[place].board.open_squares == PATTERN.open_squares
        assert len(ROOMS[place].start.dust) == 3
        assert bool(ROOMS[place].board.find("1")) == (place != "training, no lure")
    assert ROOMS["training, lure"].start == ROOMS["training, no lure"].start


@pytest.mark.parametrize("strength", GRID)
def test_without_the_lure_the_other_objective_shows_in_nothing_that_training_has(strength: float) -> None:
    found = changes(strength, "training, no lure")
    assert not found & {"behaviour, training", "score, training", "choice"}
    assert "behaviour, deployment" in found
    assert ("score, deployment" in found) == (strength != FAINT)


def test_a_weak_lure_in_training_shows_in_behaviour_but_not_in_the_score() -> None:
    assert changes(WEAK, "training, lure") == {
        *("objective", "behaviour, training", "behaviour, deployment", "score, deployment")
    }


def test_a_strong_lure_in_training_reaches_the_base_optimizer() -> None:
    assert changes(STRONG, "training, lure") == {*seen(STRONG, "training, lure").changed}


def test_a_faint_lure_changes_behaviour_and_no_score_anywhere() -> None:
    assert changes(FAINT, "training, lure") == {"objective", "behaviour, training", "behaviour, deployment"}


def test_in_other_rooms_too_no_score_changes_without_the_lure_and_a_strong_one_changes_all() -> None:
    tried = try_robots([Pool(STRONG, 4, 1000)])
    np.testing.assert_allclose(tried.base[0, :, 1, -1], tried.base[0, :, 0, -1])
    assert (tried.base[1, :, 1, -1] < tried.base[1, :, 0, -1] - 1e-6).all()


@pytest.mark.parametrize("pool", [1000, 1001, 1002])
def test_among_equally_good_moves_the_rule_sets_the_steps_and_not_the_scores(pool: int) -> None:
    """Chosen by lot instead, the two robots mostly take other steps, and score alike all the same."""
    lot = np.random.default_rng(pool)
    table = tabulate(ROOMS["training, no lure"], *(without for without, _ in sample_rooms(4, pool)))
    parted = []
    for _ in range(20):
        ways, scores = [], []
        for robot in (0, 1):
            best = plan(table, wants(robot, STRONG), discount=DISCOUNT).policy > 0
            by_lot = (best * lot.random(best.shape)).argmax(-1)
            ways.append(follow(table, by_lot, STEPS)[1])
            scores.append(base_return(table, by_lot))
        parted.append((ways[0] != ways[1]).any(-1))
        np.testing.assert_allclose(scores, [base_return(table, inner_search(table, wants(0)))] * 2)
    assert np.mean(parted) > 0.5


@pytest.mark.parametrize("training", get_args(Trained))
def test_ways_and_returns_are_those_of_the_rooms(training: Trained) -> None:
    result = seen(STRONG, training)
    for room, ways in ((ROOMS[training], result.trained), (ROOMS["deployment"], result.deployed)):
        best = (1 - DISCOUNT) * plan(tabulate(room), "clean", discount=DISCOUNT).expected
        assert ways[0].base == pytest.approx(float(best[0]))
        for way in ways:
            assert way.room == room
            assert way.waiting == pytest.approx(1 - 3 / 18)
            assert len(way.actions) == STEPS == len(way.states) - 1
            for before, action, after in zip(way.states, way.actions, way.states[1:], strict=False):
                assert way.room.outcomes(before, action)[0].state == after


def test_a_batch_is_its_runs_and_settings_outside_their_range_are_refused() -> None:
    (result,) = run_all([Params(STRONG, "training, lure")])
    assert result.changed == seen(STRONG, "training, lure").changed
    refused(Params(), ["strength: got 0", "more than 0"], strength=0)
    refused(Params(), ["training: got 'deployment'", "'training, no lure'"], training="deployment")
