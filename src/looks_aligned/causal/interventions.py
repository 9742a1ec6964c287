"""What does each measure of a world move? Raise one after the other from outside, and see what becomes of the rest.

The interventions are the experimenter's, not the agent's: a world says how each of its measures can be raised by fiat.
What is noted is how the returns change; how they come about is not looked at.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from jaxtyping import Float

from looks_aligned.causal.measured import MeasuredDiagram, read_diagram
from looks_aligned.worlds.table import Outcome, State, Table, World, tabulate


class OpenToIntervention(World, Protocol):
    """A world whose measures can be raised from outside."""

    def by_fiat(self, state: State, measure: str) -> Outcome | None:
        """The state after the intervention, and what it counted at once; None where it cannot be made."""
        ...


def measure_effects(
    world: OpenToIntervention, measures: tuple[str, ...], *, behaviour: Callable[[State], str], discount: float
) -> Float[np.ndarray, "state cause effect"]:
    """How much raising each measure by fiat changes the return of each measure, in every reachable state.

    The intervention takes no time: what follows it is compared with what would have followed without it, the agent
    acting by `behaviour` in both.

    Args:
        world: the world; states that only an intervention reaches count too.
        measures: which measures to raise and to watch.
        behaviour: the agent's action in each state, such as one that always waits.
        discount: weight of a step against the one before it, from 0 to below 1.

    Raises:
        ValueError: a measure that the world does not have or cannot raise; a discount outside its range.
    """
    if not 0 <= discount < 1:
        raise ValueError(f"discount: got {discount}; it must be from 0 to below 1")
    table = tabulate(_WithFiat(world, measures))
    states, own = table.states[0], len(world.actions)
    acted = np.zeros((1, len(states), len(table.actions)))
    for place, state in enumerate(states):
        acted[0, place, table.actions.index(behaviour(state))] = 1.0
    values = []
    for measure in measures:
        reward = table.reward(measure)
        value, previous = np.zeros((1, len(states))), np.full((1, len(states)), np.inf)
        while np.abs(value - previous).max() > 1e-12:
            previous = value
            value = (acted * (reward + discount * table.expected_next(value))).sum(-1)
        # What the intervention counts at once, and what follows it, less what would have followed without it.
        values.append((reward + table.expected_next(value) - value[..., None])[0, :, own:])
    return np.stack(values, axis=-1)


def measure_diagram(
    world: OpenToIntervention, measures: tuple[str, ...], *, behaviour: Callable[[State], str], discount: float = 0.9
) -> MeasuredDiagram:
    """The causal diagram of a world's measures, read off interventions; arguments as in `measure_effects`."""
    return read_diagram(measure_effects(world, measures, behaviour=behaviour, discount=discount), measures)


def tabulate_with_fiat(world: OpenToIntervention, measures: tuple[str, ...]) -> Table:
    """The world's own moves, in every state that it or an intervention can reach: where a plan must know what to do.

    Args:
        world: the world.
        measures: which measures may be raised from outside.
    """
    table, own = tabulate(_WithFiat(world, measures)), len(world.actions)
    return replace(
        table,
        actions=table.actions[:own],
        next=table.next[:, :, :own],
        probability=table.probability[:, :, :own],
        values=table.values[:, :, :, :own],
    )


@dataclass(frozen=True)
class _WithFiat:
    """The same world with one more action for each intervention, for the experimenter alone."""

    world: OpenToIntervention
    raised: tuple[str, ...]

    @property
    def actions(self) -> tuple[str, ...]:
        return (*self.world.actions, *(f"raise {measure}" for measure in self.raised))

    @property
    def measures(self) -> tuple[str, ...]:
        return tuple(self.world.measures)

    def starts(self) -> dict[State, float]:
        return dict(self.world.starts())

    def outcomes(self, state: State, action: str) -> tuple[Outcome, ...]:
        if action in self.world.actions:
            return tuple(self.world.outcomes(state, action))
        return (self.world.by_fiat(state, action.removeprefix("raise ")) or Outcome(state, {}),)
