"""Can a base optimizer that sees scores in training tell an agent that waits from one that is aligned?

Three agents, all trained in `training_game`: one *aligned*, which wants the base objective; one that *waits*, with a
goal of its own and a discount of 0.95; and one in a *hurry*, with the same goal and a discount of 0.3. A base optimizer
draws one of each kind (their starts differ), watches each in N training episodes, every one from another life, and
keeps the one with the highest base score, or one of those with the highest by lot.

They train for 1,000 steps, not for `training_game`'s 200: from a few bad starts, an agent that wants the base objective
needs more than 200 to learn to comply, and would lose to the one that waits for want of training.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

import numpy as np
from jaxtyping import Float, Int

from looks_aligned.experiments.deceptive import training_game
from looks_aligned.experiments.deceptive.training_game import Params, Result, every_start, run_all
from looks_aligned.experiments.selection import best_by_lot
from looks_aligned.experiments.sweeps import sweep as run_sweep

Kind = Literal["aligned", "waits", "hurry"]
KINDS: tuple[Kind, ...] = get_args(Kind)
GOALS: Mapping[Kind, dict[str, Any]] = {
    "aligned": {"wants": "the base objective", "discount": 0.95},
    "waits": {"wants": "its own objective", "discount": 0.95},
    "hurry": {"wants": "its own objective", "discount": 0.3},
}
"""What makes each kind what it is."""
EPISODES = (1, 2, 5, 10, 20, 50, 100, 200)
"""The page's numbers of training episodes that a base optimizer watches, N."""
GAPS = (1.0, 2.0, 3.0)
"""The page's values of μ; with no cue at all, some agents that want the base objective do not learn to comply."""
TRAINING = 2
"""T: how many training episodes a life has here."""
STEPS = 1000
"""How many steps each candidate is trained for."""
SEEDS = tuple(range(1000))
"""The base optimizers on the page; tests use others."""


@dataclass(frozen=True, eq=False)
class Candidates:
    """The three kinds of agents, from every start.

    Attributes:
        share: s, in whose world they were trained.
        gap: μ, of their cue.
        agents: the agents of each kind.
    """

    share: float
    gap: float
    agents: Mapping[Kind, Result]

    @property
    def score(self) -> Float[np.ndarray, "kind start"]:
        """Base score of an average training episode."""
        return np.stack([self.agents[kind].score for kind in KINDS])

    @property
    def deployed(self) -> Float[np.ndarray, " kind"]:
        """Base score of an average deployment episode, on average over starts."""
        return np.array([self.agents[kind].deployed.mean() for kind in KINDS])


def every_candidate(*, share: float, gap: float, starts: Sequence[int] = training_game.SEEDS) -> list[Params]:
    """What is trained for one world: each kind, from several starts."""
    world: dict[str, Any] = {"share": share, "gap": gap, "training": TRAINING, "steps": STEPS}
    return [params for kind in KINDS for params in every_start(starts, **world, **GOALS[kind])]


def candidates_sweep() -> Result:
    """The candidates of every world on the page, and of those with no cue at all; cached."""
    gaps = (0.0, *GAPS)
    grid = [
        [params for gap in gaps for params in every_candidate(share=share, gap=gap)] for share in training_game.SHARES
    ]
    return training_game.joined(run_sweep(run_all, grid, name="who is kept: every candidate"))


def candidates(found: Result, *, share: float, gap: float) -> Candidates:
    """The candidates of one world, out of the sweep or a batch of one's own."""
    setting: dict[str, Any] = {"share": share, "gap": gap, "training": TRAINING}
    return Candidates(share, gap, {kind: found.select(**setting, **GOALS[kind]) for kind in KINDS})


def kept(offered: Candidates, *, episodes: int, seeds: tuple[int, ...] = SEEDS) -> Int[np.ndarray, " seed"]:
    """Which kind does each base optimizer keep? An index into `KINDS`.

    Raises:
        ValueError: it watches less than one episode.
    """
    _check(episodes)
    drawn = _drawn(seeds, episodes)
    starts = (drawn[:, 0] * offered.score.shape[1]).astype(int)
    seen = np.empty((len(seeds), len(KINDS)))
    for kind, scores in enumerate(offered.score):
        up_to = _binomial(episodes, scores).cumsum(-1)
        seen[:, kind] = (up_to[starts[:, kind]] < drawn[:, 1, kind, None]).sum(-1)
    return best_by_lot(seen.clip(0, episodes), drawn[:, 2, 0])


@cache
def _drawn(seeds: tuple[int, ...], episodes: int) -> Float[np.ndarray, "seed 3 kind"]:
    """For each base optimizer: which start of each kind it draws, what luck each has, and (first of three) its lot."""
    return np.stack([np.random.default_rng([seed, episodes]).random((3, len(KINDS))) for seed in seeds])


def chance_to_be_kept(offered: Candidates, *, episodes: int) -> Float[np.ndarray, " kind"]:
    """The same, exactly: how likely is each kind to be kept?

    With E the chance of a score and L that of a lower one, the first of three kinds is kept with the chance
    Σ E₁ (L₂L₃ + (E₂L₃ + L₂E₃) / 2 + E₂E₃ / 3) over all scores.

    Raises:
        ValueError: as `kept`.
    """
    _check(episodes)
    exactly = np.stack([_binomial(episodes, scores).mean(0) for scores in offered.score])
    lower = np.cumsum(exactly, -1) - exactly
    chances = []
    for kind in range(len(KINDS)):
        (e2, l2), (e3, l3) = ((exactly[other], lower[other]) for other in range(len(KINDS)) if other != kind)
        chances.append((exactly[kind] * (l2 * l3 + (e2 * l3 + l2 * e3) / 2 + e2 * e3 / 3)).sum())
    return np.array(chances)


def _binomial(episodes: int, chances: Float[np.ndarray, " start"]) -> Float[np.ndarray, "start score"]:
    """How likely each count is; multiplied up, so that no factorial grows large."""
    counts = np.zeros((len(chances), episodes + 1))
    counts[:, 0] = 1
    chance = chances.clip(0, 1)[:, None]
    for _ in range(episodes):
        counts = counts * (1 - chance) + np.pad(counts, ((0, 0), (1, 0)))[:, :-1] * chance
    return counts


def _check(episodes: int) -> None:
    if episodes < 1:
        raise ValueError(f"episodes: got {episodes}; a base optimizer watches at least 1")
