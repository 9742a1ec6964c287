"""What comes of following a plan, for some steps or for ever? In worlds whose moves have one outcome each.

A plan that is broken off early makes a worse policy; broken off after 0, 1, 2 … steps it makes policies of every
quality.
"""

import numpy as np
from jaxtyping import Float, Int

from looks_aligned.agents.planner import Plan
from looks_aligned.worlds.table import Objective, Table

REST = "wait"
"""The action that leaves a state as it is."""


def choices(table: Table, planned: Plan) -> Int[np.ndarray, "level state"]:
    """One action for each state: among equally good ones to wait, else the first that the world names."""
    best = planned.policy > 0
    waits = table.actions.index(REST)
    return np.where(best[..., waits], waits, best.argmax(-1))


def follow(
    table: Table, chosen: Int[np.ndarray, "level state"], steps: int
) -> tuple[Int[np.ndarray, "level moment"], Int[np.ndarray, "level step"]]:
    """Follow choices from each level's start: the states, and the actions between them."""
    level = np.arange(len(chosen))
    states, actions = [table.start.argmax(-1)], []
    for _ in range(steps):
        actions.append(chosen[level, states[-1]])
        states.append(table.next[level, states[-1], actions[-1], 0])
    return np.stack(states, -1), np.stack(actions, -1)


def broken_off(
    table: Table, chosen: Int[np.ndarray, "level state"], objective: Objective, *, discount: float, steps: int
) -> Float[np.ndarray, "level stop"]:
    """The return of an agent that follows its choices for 0, 1, … `steps` steps and then waits for ever.

    Args:
        table: a world in which each move has one outcome, and waiting leaves every state as it is.
        chosen: an action for each state.
        objective: what is counted.
        discount: γ, from 0 to below 1.
        steps: the last stop.
    """
    reward, level = table.reward(objective), np.arange(len(chosen))[:, None]
    states, actions = follow(table, chosen, steps)
    worth = discount ** np.arange(steps + 1)
    so_far = summed(worth[:-1] * reward[level, states[:, :-1], actions])
    # What a step of waiting brings at the stop, every later step brings again.
    return so_far + worth * reward[level, states, table.actions.index(REST)] / (1 - discount)


def summed(steps: Float[np.ndarray, "*level step"]) -> Float[np.ndarray, "*level moment"]:
    """The sum of all steps before each moment."""
    return np.concatenate([np.zeros((*steps.shape[:-1], 1)), steps.cumsum(-1)], -1)
