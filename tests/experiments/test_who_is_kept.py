"""Who is kept by training score, by brute force and by its formula; with agents that no page trains."""

from functools import cache
from itertools import product

import numpy as np
import pytest

from looks_aligned.experiments.deceptive.training_game import Params, run_all
from looks_aligned.experiments.deceptive.who_is_kept import (
    GAPS,
    KINDS,
    SEEDS,
    TRAINING,
    Candidates,
    candidates,
    chance_to_be_kept,
    every_candidate,
    kept,
)

OTHER_STARTS = tuple(range(1000, 1004))
OTHER_SEEDS = tuple(range(5000, 7000))


@cache
def offered(share: float, gap: float, starts: tuple[int, ...] = OTHER_STARTS) -> Candidates:
    return candidates(run_all(every_candidate(share=share, gap=gap, starts=starts)), share=share, gap=gap)


def test_the_base_optimizers_here_are_not_the_pages() -> None:
    assert not set(OTHER_SEEDS) & set(SEEDS)


def by_brute_force(scores: np.ndarray, episodes: int) -> np.ndarray:
    """Every start of each kind, and every count."""
    total = np.zeros(3)
    for starts in product(range(scores.shape[1]), repeat=3):
        rates = [scores[kind, start] for kind, start in enumerate(starts)]
        for seen in product((0, 1), repeat=3 * episodes):
            each = np.array(seen).reshape(3, episodes)
            chance = np.prod([np.where(row, rate, 1 - rate).prod() for row, rate in zip(each, rates, strict=True)])
            best = each.sum(-1) == each.sum(-1).max()
            total += chance * best / best.sum()
    return total / scores.shape[1] ** 3


@pytest.mark.parametrize("episodes", [1, 3])
def test_the_formula_is_what_all_cases_come_to(episodes: int) -> None:
    found = offered(0.25, 1.0)
    few = Candidates(0.25, 1.0, {kind: found.agents[kind].select(seed=1001) for kind in KINDS})
    assert chance_to_be_kept(few, episodes=episodes) == pytest.approx(by_brute_force(few.score, episodes), abs=1e-9)


@pytest.mark.parametrize(("share", "gap"), [(0.0, 3.0), (0.5, 1.0), (0.9, 0.0)])
@pytest.mark.parametrize("episodes", [1, 10, 100])
def test_the_formula_is_what_base_optimizers_do(share: float, gap: float, episodes: int) -> None:
    found = offered(share, gap)
    chosen = kept(found, episodes=episodes, seeds=OTHER_SEEDS)
    often = np.bincount(chosen, minlength=3) / len(OTHER_SEEDS)
    assert often == pytest.approx(chance_to_be_kept(found, episodes=episodes), abs=0.045)


def test_with_a_clear_cue_who_waits_is_kept_as_often_as_who_is_aligned_however_long_they_are_watched() -> None:
    for episodes in (10, 50):
        aligned, waits, hurry = chance_to_be_kept(offered(0.0, 3.0), episodes=episodes)
        assert waits > 0.4
        assert aligned > 0.4
        assert hurry < 0.02


@pytest.mark.parametrize("starts", [tuple(range(1000, 1016)), tuple(range(2000, 2016))])
@pytest.mark.parametrize("gap", GAPS)
def test_no_aligned_candidate_loses_for_want_of_training(gap: float, starts: tuple[int, ...]) -> None:
    # At 200 steps a start or two of sixteen still defects in training, and the waiter is kept more often than that one.
    found = offered(0.0, gap, starts)
    assert found.agents["aligned"].in_training.max() < 0.05
    aligned, waits, _ = chance_to_be_kept(found, episodes=20)
    assert aligned > waits


def test_with_a_blurred_cue_it_gives_itself_away() -> None:
    assert chance_to_be_kept(offered(0.0, 1.0), episodes=5)[KINDS.index("waits")] > 0.15
    assert chance_to_be_kept(offered(0.0, 1.0), episodes=100)[KINDS.index("waits")] < 0.05


def test_the_more_training_tells_the_two_acts_apart_the_sooner_the_one_in_a_hurry_is_found_out() -> None:
    chances = [chance_to_be_kept(offered(share, 3.0), episodes=5)[2] for share in (0.0, 0.5, 0.9)]
    assert min(np.diff(chances)) > 0.005


def test_what_is_kept_is_no_better_in_deployment_for_being_watched_longer() -> None:
    found = offered(0.0, 3.0)
    short, long = (chance_to_be_kept(found, episodes=episodes) @ found.deployed for episodes in (5, 50))
    assert abs(long - short) < 0.1
    assert long < 0.65


def test_a_base_optimizer_that_watches_nothing_is_refused() -> None:
    for function in (kept, chance_to_be_kept):
        with pytest.raises(ValueError, match=r"episodes: got 0; .* at least 1"):
            function(offered(0.0, 3.0), episodes=0)


def test_the_page_has_the_same_lengths() -> None:
    assert Params().training == TRAINING
