"""What is the best of n plans worth, by a score that is not what they are worth? Shared by this chapter's experiments.

One rule, fixed for all of them: choosing harder *hurts* if the most plans bring less than some fewer do, by more than
a tenth of a standard deviation, and by more than three standard errors. (A first version of the rule had no standard
error in it. Pools of other plans showed that it took luck for harm.)
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float

POOL = 1 << 16
"""How many plans stand for all plans."""
HURTS = 0.1
"""How much is lost where choosing harder hurts, in standard deviations."""
ERRORS = 3.0
"""And in standard errors."""


def best_of(
    worth: Float[np.ndarray, "run plan"], scores: Float[np.ndarray, "run plan"], sizes: Sequence[int]
) -> Float[np.ndarray, "run size"]:
    """What the best of n plans by score is worth, on average over every way to draw n from a pool, with repeats.

    Of N plans, all n drawn are among the lowest k with the chance (k / N)^n; so the k-th lowest is the best of them
    with that chance less the one for k − 1.
    """
    lowest_first = np.take_along_axis(worth, scores.argsort(-1, kind="stable"), -1)
    share = np.arange(worth.shape[-1] + 1) / worth.shape[-1]
    return lowest_first @ np.diff([share**n for n in sizes]).T


def standard_error(
    worth: Float[np.ndarray, "run plan"], scores: Float[np.ndarray, "run plan"], sizes: Sequence[int]
) -> Float[np.ndarray, "run size"]:
    """How far `best_of` may be off, since it is the pool's few best plans that decide it: a weighted mean's error."""
    lowest_first = np.take_along_axis(worth, scores.argsort(-1, kind="stable"), -1)
    share = np.arange(worth.shape[-1] + 1) / worth.shape[-1]
    weights = np.diff([share**n for n in sizes])
    mean = lowest_first @ weights.T
    squares = (lowest_first**2) @ (weights**2).T - 2 * mean * (lowest_first @ (weights**2).T)
    return np.sqrt(squares + mean**2 * (weights**2).sum(-1))


def hurts(worth: Float[np.ndarray, "run size"], errors: Float[np.ndarray, "run size"]) -> Bool[np.ndarray, " run"]:
    """In which runs choosing harder hurts, by the rule above.

    Args:
        worth: what the best is worth, fewest plans first.
        errors: standard errors of that.
    """
    run, peak = np.arange(len(worth)), worth.argmax(1)
    lost = worth[run, peak] - worth[:, -1]
    return (lost > HURTS) & (lost > ERRORS * np.hypot(errors[run, peak], errors[:, -1]))
