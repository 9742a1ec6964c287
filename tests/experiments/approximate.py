"""Copies and robots trained on seeds that no page uses, once for all tests that ask for them."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from itertools import chain
from typing import Any

import numpy as np
import pytest

from looks_aligned.experiments.approximate import learned_copy, pictured_floor
from looks_aligned.experiments.approximate.learned_copy import SHAPES, Shape
from looks_aligned.experiments.approximate.pictured_floor import Place

TOGETHER = pytest.mark.xdist_group("approximate")
"""Marks the tests of a module to run in one process, where they share what is trained here."""

OTHER_SEEDS = tuple(range(1000, 1032))
BATCH = 16
"""So many runs are trained at once."""
SATURATING, BUMPY = SHAPES


def copies(width: int, noise: float = 0.0, shape: Shape = SATURATING, *, seeds: int = 16) -> learned_copy.Result:
    """The first of the copies with this setting; a copy is the same whatever others are trained beside it."""
    batches = [_copies(width, noise, shape, batch) for batch in range(0, seeds, BATCH)]
    return joined(batches, seeds)


@cache
def _copies(width: int, noise: float, shape: Shape, batch: int) -> learned_copy.Result:
    seeds = OTHER_SEEDS[batch : batch + BATCH]
    return learned_copy.run_all([learned_copy.Params(width, noise, shape, seed=seed) for seed in seeds])


def robots(width: int, place: Place = "training", labelled: float = 0.0, *, seeds: int = 16) -> pictured_floor.Result:
    """The first of the robots with this setting; so is a robot."""
    return joined([_robots(width, place, labelled)], seeds)


@cache
def _robots(width: int, place: Place, labelled: float) -> pictured_floor.Result:
    return pictured_floor.run_all([pictured_floor.Params(width, place, labelled, seed) for seed in OTHER_SEEDS[:BATCH]])


def joined(batches: Sequence[Any], count: int) -> Any:
    """The first runs of several batches, of all that lies along a `run` axis."""
    one = batches[0]
    if is_dataclass(one):
        parts = (joined([getattr(batch, field.name) for batch in batches], count) for field in fields(one))
        return type(one)(*parts)  # type: ignore[operator]
    if isinstance(one, tuple):
        return tuple(chain(*batches))[:count]
    return np.concatenate(batches)[:count]
