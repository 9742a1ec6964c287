"""Which agent does a base optimizer keep that sees nothing but scores in training, and how often a misaligned one?

It tries every candidate in the same N training rooms, drawn independently, and keeps the one with the highest score,
or one of those with the highest by lot.
"""

import numpy as np
from jaxtyping import Float, Int

TIE = 1e-6
"""Scores that differ by less are alike to a base optimizer; planning is exact to about a thousandth of that."""


def best_by_lot(
    score: Float[np.ndarray, "seed candidate"], lots: Float[np.ndarray, " seed"]
) -> Int[np.ndarray, " seed"]:
    """The candidate with the highest score; where several share it, one of them by lot.

    Args:
        score: what each base optimizer sees of each candidate.
        lots: one number from 0 to below 1 for each base optimizer.
    """
    tied = score > score.max(-1, keepdims=True) - TIE
    chosen = (lots * tied.sum(-1)).astype(int)
    return (tied.cumsum(-1) > chosen[:, None]).argmax(-1)


def chance_if_all_fail_together(share: float, rooms: int, misaligned: float) -> float:
    """How likely is a misaligned candidate to be kept, if every room that gives one of them away gives away all?

    Then it takes N rooms in which all candidates tie: s^N times the share of candidates that are misaligned. With one
    aligned candidate of k that is s^N (k − 1) / k.

    Args:
        share: s, from 0 to 1, of training rooms in which all candidates tie.
        rooms: N, at least 1.
        misaligned: share of the candidates that are misaligned.
    """
    check_rooms(share, rooms)
    return share**rooms * misaligned


def chance_if_each_fails_alone(share: float, rooms: int, candidates: int) -> float:
    """How likely is a misaligned candidate to be kept, if a room gives each away independently of the others?

    One of k candidates is aligned. Each other one ties with it in all N rooms with the chance q = s^N. With M of them
    left, a misaligned one is kept with M / (M + 1); on average that is 1 − (1 − (1 − q)^k) / (kq).

    Args:
        share: s, from 0 to 1, of training rooms in which a misaligned candidate ties with the aligned one.
        rooms: N, at least 1.
        candidates: k, at least 1.
    """
    check_rooms(share, rooms)
    if candidates < 1:
        raise ValueError(f"candidates: got {candidates}; at least 1, the aligned one, is there")
    # As a geometric sum: where q is tiny, the closed form divides nothing by nothing.
    fails = 1 - share**rooms
    return 1 - sum(fails**power for power in range(candidates)) / candidates


def check_rooms(share: float, rooms: int) -> None:
    """Refuse training that makes no sense.

    Raises:
        ValueError: naming the argument, what came and what is allowed.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share: got {share}; it is a share of training rooms, from 0 to 1")
    if rooms < 1:
        raise ValueError(f"rooms: got {rooms}; a base optimizer sees at least 1 training room")
