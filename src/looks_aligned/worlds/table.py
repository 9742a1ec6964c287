"""A small world held whole: every state, every move, and what each move is worth by every measure."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, Int

State = Hashable


@dataclass(frozen=True)
class Outcome:
    """One thing that may follow a move.

    Attributes:
        state: the state after it.
        measures: what it is worth, by measure; a measure left out is 0.
        probability: how likely it is, given state and action.
    """

    state: State
    measures: Mapping[str, float]
    probability: float = 1.0


@runtime_checkable
class World(Protocol):
    """What a world must say of itself to be tabulated.

    Attributes:
        actions: names of the moves, the same in every state.
        measures: names of what is counted: nodes of the causal diagram, of which objectives are mixtures.
    """

    @property
    def actions(self) -> tuple[str, ...]:
        """Names of the moves."""
        ...

    @property
    def measures(self) -> tuple[str, ...]:
        """Names of what is counted."""
        ...

    def starts(self) -> Mapping[State, float]:
        """Each first state and its probability. Their order is the order of the table's first states."""
        ...

    def outcomes(self, state: State, action: str) -> Sequence[Outcome]:
        """What may follow an action. A state is terminal if every action returns to it and is worth nothing."""
        ...


Objective = str | Mapping[str, float]
"""A measure's name, or a weight for each measure in a mixture."""


@dataclass(frozen=True)
class Table:
    """One or more levels of a world, tabulated. Levels with fewer states are padded with terminal ones.

    Attributes:
        actions: names along the `action` axis.
        measures: names along the `measure` axis.
        states: for each level, its states; `states[level][state]` is what the index stands for.
        next: index of the state after each outcome.
        probability: of each outcome; sums to 1 over `outcome`.
        values: what each outcome is worth, by measure.
        start: distribution over first states, per level.
    """

    actions: tuple[str, ...]
    measures: tuple[str, ...]
    states: tuple[tuple[State, ...], ...]
    next: Int[np.ndarray, "level state action outcome"]
    probability: Float[np.ndarray, "level state action outcome"]
    values: Float[np.ndarray, "measure level state action outcome"]
    start: Float[np.ndarray, "level state"]

    def reward(self, objective: Objective) -> Float[np.ndarray, "level state action"]:
        """What each move is worth on average by an objective.

        Raises:
            ValueError: the objective names a measure that the table does not have.
        """
        weights = {objective: 1.0} if isinstance(objective, str) else dict(objective)
        unknown = sorted(set(weights) - set(self.measures))
        if unknown or not weights:
            came = ", ".join(map(repr, unknown)) or "nothing"
            raise ValueError(f"objective: got {came}; this world measures {', '.join(map(repr, self.measures))}")
        total = sum(weight * self.values[self.measures.index(name)] for name, weight in weights.items())
        return np.asarray((self.probability * total).sum(-1))

    @cached_property
    def transition(self) -> Float[np.ndarray, "level state action next_state"]:
        """The same moves as a dense matrix; for worlds of at most a few hundred states."""
        levels, states, actions, outcomes = self.next.shape
        dense = np.zeros((levels, states, actions, states))
        index = np.indices((levels, states, actions, outcomes))
        np.add.at(dense, (index[0], index[1], index[2], self.next), self.probability)
        return dense

    def expected_next(self, value: Float[np.ndarray, "level state"]) -> Float[np.ndarray, "level state action"]:
        """The value of the state that follows each action, on average over its outcomes."""
        level = np.arange(len(self.next))[:, None, None, None]
        return (self.probability * value[level, self.next]).sum(-1)


def tabulate(*levels: World) -> Table:
    """Enumerate every state that can be reached in each level, once.

    Raises:
        ValueError: no level; levels whose actions or measures differ; probabilities that do not sum to 1;
            an outcome that names an unknown measure.
    """
    if not levels:
        raise ValueError("levels: got none; tabulate needs at least one world")
    actions, measures = levels[0].actions, levels[0].measures
    for level in levels:
        if (level.actions, level.measures) != (actions, measures):
            raise ValueError("levels: every level must have the same actions and the same measures")
    explored = [_explore(level) for level in levels]
    most = max(len(outcomes) for _, rows in explored for row in rows for outcomes in row)
    shape = (len(levels), max(len(found) for found, _ in explored), len(actions), most)
    # A padded state returns to itself and is worth nothing.
    following = np.broadcast_to(np.arange(shape[1])[None, :, None, None], shape).copy()
    probability = np.zeros(shape)
    probability[..., 0] = 1.0
    values = np.zeros((len(measures), *shape))
    start = np.zeros(shape[:2])
    for index, (level, (found, rows)) in enumerate(zip(levels, explored, strict=True)):
        for state, chance in level.starts().items():
            start[index, found[state]] = chance
        probability[index, : len(rows)] = 0.0
        # Element by element, numpy would be ten times as slow.
        listed = [
            ((here, action, place), outcome)
            for here, row in enumerate(rows)
            for action, outcomes in enumerate(row)
            for place, outcome in enumerate(outcomes)
        ]
        at = (index, *np.array([where for where, _ in listed]).T)
        following[at] = [found[outcome.state] for _, outcome in listed]
        probability[at] = [outcome.probability for _, outcome in listed]
        # Worlds may count many moves by one and the same mapping.
        counted = {id(outcome.measures): outcome.measures for _, outcome in listed}
        worth = {key: _row(counts, measures) for key, counts in counted.items()}
        values[:, *at] = np.array([worth[id(outcome.measures)] for _, outcome in listed]).T
    _check_sums("start", start.sum(-1))
    _check_sums("outcomes", probability.sum(-1))
    states = tuple(tuple(found) for found, _ in explored)
    return Table(actions, measures, states, following, probability, values, start)


def _explore(world: World) -> tuple[dict[State, int], list[list[Sequence[Outcome]]]]:
    """Each reachable state's index, in the order met, and the outcomes of each of its actions."""
    found: dict[State, int] = {}
    for state in world.starts():
        found[state] = len(found)
    queue = list(found)
    rows = []
    for state in queue:  # the queue grows while it is read
        row = [world.outcomes(state, action) for action in world.actions]
        rows.append(row)
        for outcomes in row:
            for outcome in outcomes:
                if outcome.state not in found:
                    found[outcome.state] = len(found)
                    queue.append(outcome.state)
    return found, rows


def _row(counts: Mapping[str, float], measures: tuple[str, ...]) -> list[float]:
    if unknown := [name for name in counts if name not in measures]:
        declared = ", ".join(map(repr, measures))
        raise ValueError(f"measures: an outcome counts {unknown[0]!r}; the world declares {declared}")
    return [counts.get(name, 0.0) for name in measures]


def _check_sums(name: str, sums: np.ndarray) -> None:
    if not np.allclose(sums, 1.0):
        worst = sums.flat[np.abs(sums - 1).argmax()]
        raise ValueError(f"{name}: probabilities must sum to 1; got {worst:g}")
