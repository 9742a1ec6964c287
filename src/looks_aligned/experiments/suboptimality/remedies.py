"""What does each remedy do to the base objective in deployment, for an agent held by a mistake or by short thought?

Four remedies, each on its own, against the same starting point: more compute for the agent, more of the same training,
a better world model, and training that looks like deployment. Nothing is run here that is not run elsewhere.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from looks_aligned.experiments.suboptimality import unfound_strategy
from looks_aligned.experiments.suboptimality.kept_robots import SEEDS, Beliefs, Kept, keep
from looks_aligned.experiments.suboptimality.mistaken_model import LITTLE_STUFF, Behaviour, Result
from looks_aligned.experiments.suboptimality.world_model import MORE_EVIDENCE

Limit = Literal["mistaken model", "unfound strategy"]


@dataclass(frozen=True)
class Remedy:
    """One remedy, tried on one limit.

    Attributes:
        name: what is done.
        limit: which of the two experiments it was tried in.
        before: base return in deployment without it, as a share of the best.
        after: the same with it.
    """

    name: str
    limit: Limit
    before: float
    after: float


def remedies(
    behaviour: Behaviour,
    beliefs: Beliefs,
    strategies: unfound_strategy.Result,
    thinking: Result,
    seeds: tuple[int, ...] = SEEDS,
) -> tuple[Remedy, ...]:
    """Each remedy on each limit where it was tried.

    The base return of the mistaken model is the base gain: of all robots that base optimizers keep at s = 90 %, N = 1,
    unless something else is said. That of the unfound strategy is the share of robots still aligned, r = 0.

    Args:
        behaviour: what every candidate earns at every belief.
        beliefs: what robots believe after what they have seen, by counting.
        strategies: robots at the fork, at every depth, with r = 0 among others.
        thinking: robots that look some steps ahead in the rooms.
        seeds: the base optimizers.
    """

    def kept(share: float, rooms: int) -> Kept:
        return keep(behaviour, beliefs, share=share, rooms=rooms, seeds=seeds)

    def still(depth: int, training_depth: int) -> float:
        shares = strategies.select(correlation=0.0).still(training_depth)
        return float(shares[:, unfound_strategy.DEPTHS.index(depth)].mean())

    def thought(depth: int) -> float:
        seen = thinking.select(wish=LITTLE_STUFF.name, destroyed=0.95, depth=float(depth))
        return float(seen.gain.mean())

    last = len(MORE_EVIDENCE) - 1
    first, many, matched = kept(0.9, 1), kept(0.9, 20), kept(0.0, 1)
    return (
        Remedy("it looks further ahead", "mistaken model", thought(8), thought(30)),
        Remedy("it looks further ahead", "unfound strategy", still(4, 4), still(40, 4)),
        Remedy("more rooms in training", "mistaken model", _mean(first, last), _mean(many, last)),
        Remedy("it learns what is true", "mistaken model", _mean(first, 0), _mean(first, last)),
        Remedy("training like deployment", "mistaken model", _mean(first, last), _mean(matched, last)),
        Remedy("training like deployment", "unfound strategy", still(40, 4), still(40, 40)),
    )


def _mean(kept: Kept, now: int) -> float:
    return float(np.mean(kept.gain[:, now]))
