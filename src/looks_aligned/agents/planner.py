"""What would an agent do that pursued an objective perfectly? Value iteration: the oracle of every chapter."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from looks_aligned.worlds.table import Objective, Table

Policy = Float[np.ndarray, "*step level state action"]
"""Chance of each action in each state; with a horizon, at each step of it."""

TIE = 1e-9
"""Actions whose values differ by less are equally good, and equally likely."""


@dataclass(frozen=True)
class Plan:
    """An optimal policy and what its planner expects of it.

    Attributes:
        policy: chance of each action; equally good actions share it evenly. With a horizon it has a leading
            `step` axis.
        value: expected return in each state, from the first step on, in the world the planner believes in.
        expected: expected return from the start, per level, in that world.
    """

    policy: Policy
    value: Float[np.ndarray, "level state"]
    expected: Float[np.ndarray, " level"]


def plan(
    table: Table,
    objective: Objective,
    *,
    discount: float | None = None,
    horizon: int | None = None,
    model: Table | None = None,
) -> Plan:
    """Plan by value iteration.

    Args:
        table: the world that the agent lives in.
        objective: a measure, or weights of measures.
        discount: weight of a step's reward against the one before it, for an episode without an end.
        horizon: number of steps of an episode that ends; both may be given.
        model: the world that the planner believes in, if it is mistaken: same states and actions as `table`.

    Raises:
        ValueError: neither discount nor horizon; either outside its range; a model with other states or actions.
    """
    check_episode(discount, horizon)
    believed = table if model is None else model
    if believed.states != table.states or believed.actions != table.actions:
        raise ValueError("model: the believed world must have the table's states and actions, in the same order")
    reward = believed.reward(objective)
    factor = 1.0 if discount is None else discount
    value = np.zeros(reward.shape[:2])
    if horizon is not None:
        policies = np.empty((horizon, *reward.shape))
        for step in reversed(range(horizon)):
            worth = reward + factor * believed.expected_next(value)
            policies[step] = _greedy(worth)
            value = worth.max(-1)
        policy = policies
    else:
        previous = np.full_like(value, np.inf)
        while np.abs(value - previous).max() > TIE * (1 - factor) / 10:
            previous = value
            value = (reward + factor * believed.expected_next(value)).max(-1)
        policy = _greedy(reward + factor * believed.expected_next(value))
    return Plan(policy, value, (believed.start * value).sum(-1))


def evaluate(
    table: Table,
    policy: Policy,
    objective: Objective,
    *,
    discount: float | None = None,
    horizon: int | None = None,
) -> Float[np.ndarray, " level"]:
    """The return that a policy earns by an objective, per level, whatever it was made for.

    Args:
        table: the world it acts in.
        policy: stationary, or with a leading `step` axis as long as the horizon.
        objective: a measure, or weights of measures.
        discount: as in `plan`.
        horizon: as in `plan`.

    Raises:
        ValueError: as `plan`; or a policy whose shape does not fit table and horizon.
    """
    check_episode(discount, horizon)
    reward = table.reward(objective)
    by_step = policy.ndim == reward.ndim + 1
    if policy.shape[-3:] != reward.shape or (by_step and policy.shape[0] != horizon):
        raise ValueError(
            f"policy: got shape {policy.shape}; this world needs {reward.shape}, or one such for each step"
        )
    factor = 1.0 if discount is None else discount
    value = np.zeros(reward.shape[:2])
    if horizon is not None:
        for step in reversed(range(horizon)):
            chance = policy[step] if by_step else policy
            value = (chance * (reward + factor * table.expected_next(value))).sum(-1)
    else:
        previous = np.full_like(value, np.inf)
        while np.abs(value - previous).max() > TIE * (1 - factor) / 10:
            previous = value
            value = (policy * (reward + factor * table.expected_next(value))).sum(-1)
    return (table.start * value).sum(-1)


def check_episode(discount: float | None, horizon: int | None) -> None:
    """Refuse an episode that does not end, or a range that makes no sense.

    Raises:
        ValueError: naming the argument, what came and what is allowed.
    """
    if discount is None and horizon is None:
        raise ValueError("discount, horizon: got neither; give at least one, or the episode never ends")
    if discount is not None and not 0 <= discount <= (0.9999 if horizon is None else 1):
        raise ValueError(f"discount: got {discount}; it must be from 0 to 0.9999, or to 1 with a horizon")
    if horizon is not None and horizon < 1:
        raise ValueError(f"horizon: got {horizon}; an episode has at least 1 step")


def _greedy(worth: Float[np.ndarray, "level state action"]) -> Float[np.ndarray, "level state action"]:
    best = worth >= worth.max(-1, keepdims=True) - TIE
    return best / best.sum(-1, keepdims=True)
