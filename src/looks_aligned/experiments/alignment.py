"""Do base return and mesa return rise together, over many policies of every quality?

After Ibarz et al. (2018), who plot true against learned reward over many episodes. That a rising relation means
alignment is their assumption, and it is one about the policies that were tried.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float

Place = Literal["training", "deployment"]


@dataclass(frozen=True)
class Returns:
    """What many policies earn in one place.

    Attributes:
        place: training or deployment.
        base: base return of each policy.
        mesa: mesa return of each.
        agent: base and mesa return there of the agent that pursues the mesa-objective.
    """

    place: Place
    base: Float[np.ndarray, " policy"]
    mesa: Float[np.ndarray, " policy"]
    agent: tuple[float, float]

    @property
    def rank_correlation(self) -> float | None:
        """Spearman's, from −1 to 1; None where one of the two is the same for all policies."""
        return rank_correlation(self.base, self.mesa)


TIE = 1e-9
"""Returns that differ by less have the same rank."""


def rank_correlation(one: Float[np.ndarray, " policy"], other: Float[np.ndarray, " policy"]) -> float | None:
    """Spearman's: the correlation of ranks, ties sharing their mean rank; None where one of the two never varies.

    1 says that whichever policy has more of the one has more of the other; −1, that it has less.
    """
    ranks = np.stack([_ranks(one), _ranks(other)])
    spread = ranks.std(-1)
    if not spread.all():
        return None
    centred = ranks - ranks.mean(-1, keepdims=True)
    return float((centred[0] * centred[1]).mean() / (spread[0] * spread[1]))


def _ranks(values: Float[np.ndarray, " policy"]) -> Float[np.ndarray, " policy"]:
    order = values.argsort(kind="stable")
    # A run of values, each within a hair of the one before it, is one rank.
    group = np.concatenate([[0], (np.diff(values[order]) > TIE).cumsum()])
    first, last = np.searchsorted(group, group, "left"), np.searchsorted(group, group, "right") - 1
    ranks = np.empty(len(values))
    ranks[order] = (first + last) / 2
    return ranks
