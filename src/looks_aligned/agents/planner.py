"""What would an agent do that pursued an objective perfectly? Dynamic programming: the oracle of every chapter."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from looks_aligned.worlds.table import Objective, Table

Policy = Float[np.ndarray, "*step level state action"]
"""Chance of each action in each state; with a horizon, at each step of it."""

TIE = 1e-9
"""Actions whose values differ by less are equally good, and equally likely."""
KEEPS = 30
"""Where episodes have no end, a choice of actions is kept for so many steps of iteration before the next is made."""


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
    """Plan backwards from the end; without an end, by modified policy iteration (Puterman and Shin, 1978).

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
    moves = _Moves.of(believed, reward, factor)
    value = np.zeros(reward.shape[0] * reward.shape[1])
    if horizon is not None:
        policy = np.empty((horizon, *reward.shape))
        for step in reversed(range(horizon)):
            worth = moves.worth(value)
            policy[step] = _greedy(worth, reward.shape)
            value = worth.max(0)
    else:
        while True:
            worth = moves.worth(value)
            best = worth.max(0)
            if np.abs(best - value).max() <= TIE * (1 - factor) / 10:
                break
            value, chosen = best, moves.chosen(worth.argmax(0))
            for _ in range(KEEPS):
                value = chosen.worth(value)
        policy = _greedy(worth, reward.shape)
    value = value.reshape(reward.shape[:2])
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
    moves = _Moves.of(table, reward, factor)
    value = np.zeros(reward.shape[0] * reward.shape[1])
    if by_step:
        for chance in policy[::-1]:
            value = moves.by(chance).worth(value)
    elif horizon is not None:
        made = moves.by(policy)
        for _ in range(horizon):
            value = made.worth(value)
    else:
        made, previous = moves.by(policy), np.full_like(value, np.inf)
        while np.abs(value - previous).max() > TIE * (1 - factor) / 10:
            previous, value = value, made.worth(value)
    return (table.start * value.reshape(reward.shape[:2])).sum(-1)


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


@dataclass(frozen=True)
class _Moves:
    """What a planner asks of a table thousands of times, laid out so that numpy answers it several times as fast.

    Its `place` axis has every state of every level.

    Attributes:
        next: the place after each outcome.
        probability: of each outcome, discounted.
        reward: what each move is worth on average.
    """

    next: Int[np.ndarray, "outcome *action place"]
    probability: Float[np.ndarray, "outcome *action place"]
    reward: Float[np.ndarray, "*action place"]

    @classmethod
    def of(cls, table: Table, reward: Float[np.ndarray, "level state action"], factor: float) -> "_Moves":
        levels, states, actions, outcomes = table.next.shape
        first = states * np.arange(levels)[:, None, None, None]
        following, probability = (
            np.ascontiguousarray(each.reshape(levels * states, actions, outcomes).T)
            for each in (table.next + first, factor * table.probability)
        )
        return cls(following, probability, np.ascontiguousarray(reward.reshape(levels * states, actions).T))

    def worth(self, value: Float[np.ndarray, " place"]) -> Float[np.ndarray, "*action place"]:
        """What each move brings, and what follows after it."""
        worth = self.reward
        for following, probability in zip(self.next, self.probability, strict=True):
            worth = worth + probability * value[following]
        return worth

    def chosen(self, action: Int[np.ndarray, " place"]) -> "_Moves":
        """One move in each place."""
        place = np.arange(len(action))
        return _Moves(self.next[:, action, place], self.probability[:, action, place], self.reward[action, place])

    def by(self, policy: Float[np.ndarray, "level state action"]) -> "_Moves":
        """A chance of every move in each place."""
        chance = np.ascontiguousarray(policy.reshape(-1, policy.shape[-1]).T)
        next_, probability = (each.reshape(-1, chance.shape[-1]) for each in (self.next, self.probability * chance))
        return _Moves(next_, probability, (self.reward * chance).sum(0))


def _greedy(
    worth: Float[np.ndarray, "action place"], shape: tuple[int, ...]
) -> Float[np.ndarray, "level state action"]:
    best = worth >= worth.max(0) - TIE
    return np.ascontiguousarray((best / best.sum(0)).T).reshape(shape)
