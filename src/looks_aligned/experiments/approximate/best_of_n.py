"""What is the best of n plans worth, by a score that is not what they are worth? Shared by this chapter's experiments.

One rule, fixed for all of them: choosing harder *hurts* if the most plans bring less than some fewer do, by more than
a tenth of a standard deviation, and by more than three standard errors. (A first version of the rule had no standard
error in it. Pools of other plans showed that it took luck for harm.)
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from jaxtyping import Bool, Float, Int

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
    return best_of_sorted(_in_order(worth, scores), sizes)


def best_of_sorted(ordered: Float[np.ndarray, "run plan"], sizes: Sequence[int]) -> Float[np.ndarray, "run size"]:
    """The same of plans that stand in the order of their scores."""
    return ordered @ _weights(ordered.shape[-1], tuple(sizes)).T


def best_of_with_error(
    worth: Float[np.ndarray, "run plan"], scores: Float[np.ndarray, "run plan"], sizes: Sequence[int]
) -> tuple[Float[np.ndarray, "run size"], Float[np.ndarray, "run size"]]:
    """The same as `best_of`, and how far it may be off, since few of the pool's plans decide it: a weighted mean's
    standard error.
    """
    ordered = _in_order(worth, scores)
    squared = _weights(worth.shape[-1], tuple(sizes)) ** 2
    mean = best_of_sorted(ordered, sizes)
    squares = (ordered**2) @ squared.T - 2 * mean * (ordered @ squared.T) + mean**2 * squared.sum(-1)
    return mean, np.sqrt(squares.clip(min=0))


def _in_order(
    worth: Float[np.ndarray, "run plan"], scores: Float[np.ndarray, "run plan"]
) -> Float[np.ndarray, "run plan"]:
    return np.take_along_axis(worth, lowest_first(scores), -1)


def lowest_first(scores: Float[np.ndarray, "run plan"]) -> Int[np.ndarray, "run plan"]:
    """Places of the plans, the lowest score first; scores must be finite, and alike to ten digits are as good as equal.

    Each place is written into the last bits of its score, and sorted with it: many times as fast as numpy's `argsort`.
    """
    last = 2 ** (scores.shape[-1] - 1).bit_length() - 1
    marked = scores.astype(np.float64).view(np.int64) & ~last | np.arange(scores.shape[-1])
    return np.sort(marked.view(np.float64), -1).view(np.int64) & last


@cache
def _weights(pool: int, sizes: tuple[int, ...]) -> Float[np.ndarray, "size plan"]:
    """How likely each plan of a pool, lowest first, is to be the best of n."""
    share = np.arange(pool + 1) / pool
    return np.diff([share**n for n in sizes])


def hurts(worth: Float[np.ndarray, "run size"], errors: Float[np.ndarray, "run size"]) -> Bool[np.ndarray, " run"]:
    """In which runs choosing harder hurts, by the rule above.

    Args:
        worth: what the best is worth, fewest plans first.
        errors: standard errors of that.
    """
    run, peak = np.arange(len(worth)), worth.argmax(1)
    lost = worth[run, peak] - worth[:, -1]
    return (lost > HURTS) & (lost > ERRORS * np.hypot(errors[run, peak], errors[:, -1]))
