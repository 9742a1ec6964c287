"""What does each remedy do to the base objective in deployment, for an agent held by a mistake or by short thought?

Each remedy alone. The mistaken model has one starting point for all of them: the robots that base optimizers keep where
90 % of training evidence misleads, after they have seen the truth some times in deployment. They plan without limit, so
more thought has nothing to give them. At the fork more thought *is* what sets deployment apart; there the first remedy
starts where robots look as far as in training, the other where they look further. Nothing is run here that is not run
elsewhere.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float

from looks_aligned.experiments.suboptimality import unfound_strategy
from looks_aligned.experiments.suboptimality.kept_robots import SEEDS, Beliefs, keep
from looks_aligned.experiments.suboptimality.mistaken_model import Behaviour
from looks_aligned.experiments.suboptimality.world_model import MORE_EVIDENCE

Limit = Literal["mistaken model", "unfound strategy"]
SHARE, ROOMS, SEEN = 0.9, 1, 32
"""Where the mistaken model starts: s, N, and n, how often its robots have seen the truth."""
LESS_MISLEADING, MORE_ROOMS, MORE_SEEN = 0.25, 20, 128
"""What they are changed to."""
NEAR, FAR = 4, 40
"""How far the robots at the fork look ahead, and how far when they look further."""


@dataclass(frozen=True)
class Remedy:
    """One remedy, tried on one limit.

    Attributes:
        name: what is done.
        limit: which of the two experiments it was tried in.
        before: what you get in deployment without it, seed by seed: the base gain of the kept robot, or the share of
            the kept robots that is still aligned.
        after: the same with it.
    """

    name: str
    limit: Limit
    before: Float[np.ndarray, " seed"]
    after: Float[np.ndarray, " seed"]


def remedies(
    behaviour: Behaviour, beliefs: Beliefs, strategies: unfound_strategy.Result, seeds: tuple[int, ...] = SEEDS
) -> tuple[Remedy, ...]:
    """Each remedy on each limit where it was tried.

    Args:
        behaviour: what every candidate earns at every belief.
        beliefs: what robots believe after what they have seen, by counting.
        strategies: robots at the fork, at every depth, with r = 0 among others.
        seeds: the base optimizers.
    """

    def gain(share: float = SHARE, rooms: int = ROOMS, seen: int = SEEN) -> Float[np.ndarray, " seed"]:
        kept = keep(behaviour, beliefs, share=share, rooms=rooms, seeds=seeds)
        return kept.gain[:, MORE_EVIDENCE.index(seen)]

    def still(depth: int, training_depth: int) -> Float[np.ndarray, " seed"]:
        shares = strategies.select(correlation=0.0).still(training_depth)
        return shares[:, unfound_strategy.DEPTHS.index(depth)]

    start = gain()
    return (
        Remedy("it looks further ahead", "unfound strategy", still(NEAR, NEAR), still(FAR, NEAR)),
        Remedy("more rooms in training", "mistaken model", start, gain(rooms=MORE_ROOMS)),
        Remedy("less that misleads in training", "mistaken model", start, gain(share=LESS_MISLEADING)),
        Remedy("it learns more of what is true", "mistaken model", start, gain(seen=MORE_SEEN)),
        Remedy("training like deployment", "mistaken model", start, gain(share=0.0)),
        Remedy("training like deployment", "unfound strategy", still(FAR, NEAR), still(FAR, FAR)),
    )
