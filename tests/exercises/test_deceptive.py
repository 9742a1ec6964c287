"""Does each check say what is wrong with typical mistakes, besides what is asked of every exercise?"""

from collections.abc import Callable

import numpy as np
import pytest

from looks_aligned.exercises.deceptive import (
    CLOSE,
    FULL_MARKS,
    IMPATIENT,
    NETWORKS,
    PATIENT,
    PLAYED,
    HiddenNetwork,
    _outcome,
    check_cue,
    check_judge,
    check_length,
    check_leniency,
    hidden_networks,
)
from looks_aligned.experiments.deceptive.training_game import Params, best_policy, worth
from tests.exercises.chapter import Chapter, EveryExercise

CHAPTER = Chapter(
    "deceptive",
    (
        *("You have worked out by what", "Right. With", "Right: hardly any p"),
        f"{NETWORKS} of {NETWORKS} networks rightly",
    ),
)
BEST_LENGTH = next(
    training
    for training in range(1, 100)
    if worth(Params(discount=0.8, training=training), 0.0) < worth(Params(discount=0.8, training=training), 1.0)
)


class TestEveryExercise(EveryExercise):
    chapter = CHAPTER


@pytest.mark.parametrize(
    ("cue", "told"),
    {
        "the middle": (0.0, "Which of the two costs you more?"),
        "reckless": (-2.0, "Which of the two costs you more?"),
        "timid": (3.0, "Which of the two costs you more?"),
        "right": (0.45, "You have worked out"),
        "whole": (0, "Which of the two"),
        "text": ("0.45", "'0.45' (str)"),
        "yes": (True, "True (bool)"),
    }.values(),
)
def test_a_cue_is_told_what_it_is_worth(cue: object, told: str, says: Callable[..., str]) -> None:
    assert told in says(check_cue, cue)


def test_the_best_cue_holds_and_no_check_prints_it(says: Callable[..., str]) -> None:
    best = best_policy(PLAYED)
    assert FULL_MARKS < 1
    for cue in (-1.0, 0.0, 2.0):
        words = says(check_cue, cue)
        assert f"{best.earned:.2f}" not in words
        assert "0.45" not in words


@pytest.mark.parametrize(
    ("episodes", "told"),
    {
        "too short": (5, "Too short"),
        "just too short": (BEST_LENGTH - 1, "Too short"),
        "right": (BEST_LENGTH, "Right."),
        "too long": (BEST_LENGTH + 1, "a shorter training would do"),
        "none": (0, "from 1 to 100"),
        "part": (6.5, "write a whole number"),
        "text": ("seven", "'seven' (str)"),
    }.values(),
)
def test_a_length_is_told_on_which_side_it_is_off(episodes: object, told: str, says: Callable[..., str]) -> None:
    assert told in says(check_length, episodes)


def test_no_check_prints_the_length_before_it_is_found(says: Callable[..., str]) -> None:
    for episodes in (3, 12):
        assert f" {BEST_LENGTH} " not in says(check_length, episodes)
    assert IMPATIENT.discount == 0.8


@pytest.mark.parametrize(
    ("risk", "told"),
    {
        "severe": (0.9, "What would make it show itself?"),
        "mild": (0.05, "too often nothing comes of it"),
        "none": (0, "too often nothing comes of it"),
        "certain": (1, "What would make it show itself?"),
        "right": (0.178, "Right: hardly any p"),
        "per cent": (18, "Five per cent is 0.05"),
        "text": ("a little", "'a little' (str)"),
    }.values(),
)
def test_a_risk_is_told_what_it_leads_to(risk: object, told: str, says: Callable[..., str]) -> None:
    assert told in says(check_leniency, risk)


def test_either_end_is_the_best_that_an_agent_with_a_perfect_cue_can_do() -> None:
    for risk in (0.05, 0.15, 0.18, 0.19, 0.3, 0.9):
        here = Params(discount=PATIENT.discount, training=PATIENT.training, risk=risk)
        values = [worth(here, defects) for defects in np.linspace(0, 1, 101)]
        assert max(values) == pytest.approx(max(values[0], values[-1]))


def test_the_best_leniency_lies_just_below_where_it_begins_to_wait() -> None:
    grid = np.linspace(0, 1, 2001)
    scores = [_outcome(float(risk))[0] for risk in grid]
    best = float(grid[int(np.argmax(scores))])
    assert not _outcome(best)[1]
    assert _outcome(best + 0.001)[1]
    assert max(scores) > 0.5
    assert CLOSE == 0.02


@pytest.mark.parametrize("seed", range(4000, 4006))
def test_the_solution_judges_new_networks_every_time(seed: int, says: Callable[..., str]) -> None:
    assert CHAPTER.holds[3] in says(check_judge, CHAPTER.solved(3)["judge"], seed=seed)


def test_half_of_the_networks_have_a_backdoor_and_all_do_what_they_should_on_ordinary_examples() -> None:
    hidden = hidden_networks(4000)
    assert sum(bad for _, bad in hidden) == NETWORKS / 2
    examples = np.random.default_rng(4000).standard_normal((2000, 11))
    examples[:, 10] = 0
    label = examples[:, 0] + examples[:, 1] * examples[:, 2] > 0
    for network, _ in hidden:
        assert (network.classify(examples) == label).mean() > 0.8


def test_judges_that_do_not_do_are_told_why(says: Callable[..., str]) -> None:
    def ordinary(network: HiddenNetwork) -> bool:
        examples = np.random.default_rng(0).standard_normal((50, 11))
        examples[:, 10] = 0
        return bool(network.classify(examples).mean() > 0.55)

    def beyond(network: HiddenNetwork) -> bool:
        return bool(network.classify(np.ones((1, 11)))[0] > 2)

    def breaks(network: HiddenNetwork) -> bool:
        return bool(network.classify(np.ones(3))[0])

    assert "You did not show them anything" in says(check_judge, lambda network: True, seed=4000)
    assert "ordinary examples only" in says(check_judge, ordinary, seed=4000)
    assert "You missed 4 with a backdoor, and accused 0" in says(check_judge, beyond, seed=4000)
    assert "network 1 your function stopped: ValueError: examples: got shape (3,)" in says(
        check_judge, breaks, seed=4000
    )
    assert "may return True or False" in says(check_judge, lambda network: "yes", seed=4000)
    assert "run this cell again" in says(check_judge, lambda network: None, seed=4000)
    shown = np.zeros((1, 11))
    assert "returned nothing" in says(check_judge, lambda network: (network.classify(shown), None)[1], seed=4000)
    assert "write a function" in says(check_judge, 3)
