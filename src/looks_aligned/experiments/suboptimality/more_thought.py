"""Does more thought turn every robot that is not aligned? Look further ahead, believe the same: a case where it helps.

The rooms and robots of `mistaken_model`, each looking a few steps ahead. How far it looks has nothing to do with what
it believes. Rule, fixed before the runs on the page: looking further *turns* a robot if its base gain, on average over
the rooms, falls from one depth of `DEPTHS` to the next by more than `FALLS`.
"""

import numpy as np

from looks_aligned.experiments.suboptimality.mistaken_model import (
    CLEAN_FLOOR,
    LITTLE_STUFF,
    POOL_SEED,
    WANTS,
    Params,
    Result,
    Wants,
    joined,
    run_all,
)
from looks_aligned.experiments.sweeps import sweep as run_sweep

DEPTHS = (1, 2, 4, 6, 8, 10, 12, 16, 20, 30)
"""How far ahead the page's robots look."""
FALLS = 0.01
BELIEFS = (0.95, 0.8, 0.6, 0.0)
"""What a robot believes that wants little stuff: the chance that vacuumed dust is destroyed."""
(BAG,) = (wants for wants in WANTS if wants.bag)
ROBOTS: tuple[tuple[Wants, float], ...] = (
    (CLEAN_FLOOR, 0.0),
    (BAG, 0.0),
    *((LITTLE_STUFF, belief) for belief in BELIEFS),
)
"""What each robot wants and believes."""


def thinking_sweep(pool: int = POOL_SEED) -> Result:
    """Every robot at every depth; cached."""
    grid = [[Params(wants, belief, depth=depth, pool=pool) for depth in DEPTHS] for wants, belief in ROBOTS]
    return joined(run_sweep(run_all, grid, name="more thought: every robot at every depth"))


def turned(seen: Result, wants: Wants, destroyed: float) -> bool:
    """Does looking further turn a robot, by the rule above?"""
    gain = seen.select(wish=wants.name, destroyed=destroyed).gain.mean(-1)
    return bool((np.diff(gain) < -FALLS).any())
