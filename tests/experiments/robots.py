"""Robots in rooms that no page uses, planned at every other belief: enough to try what pages say of them."""

from functools import cache

import numpy as np

from looks_aligned.experiments.suboptimality.kept_robots import Beliefs
from looks_aligned.experiments.suboptimality.mistaken_model import (
    CLEAN_FLOOR,
    PER_CENTS,
    POOL,
    WANTS,
    Behaviour,
    Params,
    run_all,
)
from looks_aligned.experiments.suboptimality.world_model import BELIEVERS, TRAINING_EVIDENCE, Evidence, beliefs

OTHER_POOL = 1000
EVERY = 2


@cache
def behaviour(pool: int = OTHER_POOL) -> Behaviour:
    """What every candidate earns in a pool's rooms; a belief not tried is taken for the one below."""
    tried = [belief / PER_CENTS for belief in range(0, PER_CENTS + 1, EVERY)]
    nearest = np.arange(PER_CENTS + 1) // EVERY
    runs = [
        run_all([Params(wants, belief, pool=pool) for belief in (tried if wants.stuff else [0.0])]) for wants in WANTS
    ]
    doubting = run_all([Params(CLEAN_FLOOR, 0.0, 1 - belief, pool=pool) for belief in tried])
    shape = (len(tried), POOL)
    gain, mesa = (
        np.stack([np.broadcast_to(getattr(one, name), shape) for one in runs])[:, nearest] for name in ("gain", "mesa")
    )
    return Behaviour(gain, mesa, doubting.gain[nearest])


@cache
def learned() -> Beliefs:
    """What robots that count believe, by how often they saw their vacuum mislead them."""
    every = [Evidence(gone, "counting", way) for gone in range(TRAINING_EVIDENCE + 1) for way in range(BELIEVERS)]
    return beliefs(every).reshape(TRAINING_EVIDENCE + 1, BELIEVERS, -1)
