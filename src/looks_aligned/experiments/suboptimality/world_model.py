"""What does a robot come to believe of dust that it vacuums, if some of what it sees misleads?

In training a robot sees dust vacuumed a number of times. In a share s of them somebody takes the bag away before the
robot looks, and nothing tells it so: the dust is gone, as far as it can see. In deployment the bag stays in sight.

Two learners take the same evidence. One counts (Bayes' rule for a chance, with a Beta prior); the other is a small
network that predicts, of a step in which dust was vacuumed or was not, whether there is less stuff afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

import numpy as np
import torch
from jaxtyping import Float, Int

from looks_aligned import progress
from looks_aligned.agents.networks import Scorer
from looks_aligned.agents.optimizers import Adam
from looks_aligned.agents.training import one_thread
from looks_aligned.experiments.sweeps import sweep as run_sweep

Learner = Literal["counting", "network"]
LEARNERS = get_args(Learner)

TRAINING_EVIDENCE = 20
"""How many times a robot sees dust vacuumed in training."""
MORE_EVIDENCE = (0, 2, 4, 8, 16, 24, 32, 64, 128)
"""After how many further times, in deployment, the page looks."""
PRIOR_MEANS = (0.1, 0.3, 0.5, 0.7, 0.9)
"""What the counting robots believe before they have seen anything."""
PRIOR_STRENGTH = 2.0
"""How many times of seeing that belief is worth to them."""
BELIEVERS = len(PRIOR_MEANS)
"""How many ways of believing there are; the networks differ in their first weights."""
HIDDEN = 32
"""Units in a network's hidden layer."""
LEARNING_RATE = 0.02
FIRST_STEPS = 150
"""Training steps on what is seen in training."""
MORE_STEPS = 60
"""Further steps on all that has been seen, at each of `MORE_EVIDENCE`."""
SHARES = (0.0, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 1.0)
"""The page's shares of training evidence that agrees with the mistake."""


@dataclass(frozen=True)
class Evidence:
    """What one robot has seen in training.

    Attributes:
        gone: how many times vacuumed dust seemed to be gone, of `TRAINING_EVIDENCE`.
        learner: how it learns.
        believer: which prior it has, or which first weights.
    """

    gone: int
    learner: Learner = "counting"
    believer: int = 2

    def __post_init__(self) -> None:
        """Refuse evidence that cannot be."""
        if not 0 <= self.gone <= TRAINING_EVIDENCE:
            raise ValueError(f"gone: got {self.gone}; it is a number of times, from 0 to {TRAINING_EVIDENCE}")
        if self.learner not in LEARNERS:
            raise ValueError(f"learner: got {self.learner!r}; choose {' or '.join(map(repr, LEARNERS))}")
        if not 0 <= self.believer < BELIEVERS:
            raise ValueError(f"believer: got {self.believer}; there are {BELIEVERS}, counted from 0")


def counted(prior: float, gone: float | int, seen: float | int) -> float:
    """The chance that vacuumed dust is destroyed, for who believed `prior` and then saw it gone so many times.

    The mean of a Beta distribution after `seen` observations; the prior counts as `PRIOR_STRENGTH` of them.
    """
    return (PRIOR_STRENGTH * prior + gone) / (PRIOR_STRENGTH + seen)


def beliefs(settings: Sequence[Evidence]) -> Float[np.ndarray, "run more"]:
    """What each robot believes after training and after each of `MORE_EVIDENCE`, which show that dust is not destroyed.

    Raises:
        ValueError: the settings differ in their learner, or there are none.
    """
    if len({evidence.learner for evidence in settings}) != 1:
        raise ValueError("settings: the robots of one batch learn in the same way, and there must be some")
    if settings[0].learner == "network":
        return _networks_believe(settings)
    return np.array(
        [
            [counted(PRIOR_MEANS[one.believer], one.gone, TRAINING_EVIDENCE + more) for more in MORE_EVIDENCE]
            for one in settings
        ]
    )


def surprise(
    scores: Float[torch.Tensor, "run step"], gone: Float[torch.Tensor, " run"], seen: int
) -> Float[torch.Tensor, " run"]:
    """How badly networks predict what they have seen: cross-entropy, dust vacuumed and dust left alone as often.

    Args:
        scores: a network's logit of "less stuff afterwards", where nothing was done and where dust was vacuumed.
        gone: how many times vacuumed dust seemed gone.
        seen: of how many.
    """
    often = torch.stack([torch.zeros_like(gone), gone / seen], -1)
    return torch.nn.functional.binary_cross_entropy_with_logits(scores, often, reduction="none").sum(-1)


def _networks_believe(settings: Sequence[Evidence]) -> Float[np.ndarray, "run more"]:
    """A step is shown to a network as two numbers: nothing was done, and dust was vacuumed."""
    scorer = Scorer(seeds=[one.believer for one in settings], attributes=2, hidden=HIDDEN)
    climber = Adam(scorer.parameters(), lr=LEARNING_RATE)
    gone = torch.tensor([float(one.gone) for one in settings])
    steps = torch.eye(2).expand(len(settings), 1, 2, 2)
    believed = []
    with one_thread():
        for more in progress.track(MORE_EVIDENCE, len(MORE_EVIDENCE), "learning"):
            for _ in range(FIRST_STEPS if more == 0 else MORE_STEPS):
                climber.zero_grad()
                surprise(scorer(steps)[:, 0], gone, TRAINING_EVIDENCE + more).sum().backward()
                climber.step()
            with torch.no_grad():
                believed.append(scorer(steps)[:, 0, 1].sigmoid().double().numpy())
    return np.stack(believed, -1)


def beliefs_sweep() -> dict[Learner, Float[np.ndarray, "gone believer more"]]:
    """What robots of each kind believe after everything that they may have seen in training; cached."""
    grid = [
        [Evidence(gone, learner, believer) for gone in range(TRAINING_EVIDENCE + 1) for believer in range(BELIEVERS)]
        for learner in LEARNERS
    ]
    found = run_sweep(beliefs, grid, name="world model: what robots come to believe")
    shape = (TRAINING_EVIDENCE + 1, BELIEVERS, len(MORE_EVIDENCE))
    return {learner: every.reshape(shape) for learner, every in zip(LEARNERS, found, strict=True)}


def seen_in_training(share: float, seeds: tuple[int, ...]) -> Int[np.ndarray, " seed"]:
    """How many times vacuumed dust seemed gone, with each seed; one seed draws alike whatever the share is.

    Raises:
        ValueError: a share outside 0 to 1.
    """
    check_share(share)
    return (_bags(seeds) < share).sum(-1)


@cache
def _bags(seeds: tuple[int, ...]) -> Float[np.ndarray, "seed time"]:
    """A number from 0 to 1 for each time that a robot sees dust vacuumed in training."""
    return np.stack([np.random.default_rng([seed, *b"bag"]).random(TRAINING_EVIDENCE) for seed in seeds])


def correlation(share: float) -> float:
    """How far what a robot wants seems to go with the base objective in training: √(s / (2 − s)).

    It is taken over steps of training, in half of which dust is vacuumed while nothing happens in the others, between
    two things: whether a square became clean, and whether a robot saw less stuff afterwards.
    """
    check_share(share)
    return (share / (2 - share)) ** 0.5


def check_share(share: float) -> None:
    """Refuse a share outside its range.

    Raises:
        ValueError: naming what came.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share: got {share}; it is a share of training evidence, from 0 to 1")
