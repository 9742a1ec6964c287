"""A robot's way through its room, step by step."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from looks_aligned.worlds.room import Room, RoomState
from looks_aligned.worlds.table import Table

WORKS = ("vacuum",)
"""Actions that may have nothing to work on."""


@dataclass(frozen=True)
class Walk:
    """A robot's way through one room. At moment 0 nothing has been done yet.

    Attributes:
        room: the room.
        states: at each moment.
        actions: between each moment and the next.
    """

    room: Room
    states: tuple[RoomState, ...]
    actions: tuple[str, ...]

    def count(self, action: str, moment: int) -> int:
        """How often it has done something with effect by a moment: vacuumed dust or soil, or burned a handful."""
        pairs = zip(self.actions[:moment], self.states, self.states[1:], strict=False)
        return sum(done == action and (action not in WORKS or before != after) for done, before, after in pairs)


def walked(
    table: Table, policy: Float[np.ndarray, "state action"], level: int, steps: int
) -> tuple[tuple[RoomState, ...], tuple[str, ...]]:
    """Follow a policy from the start of one level: of equally good acts the one that the world names first.

    Args:
        table: rooms.
        policy: for that level.
        level: which of the table's.
        steps: how many to follow, at least 1.

    Returns:
        The states, and the actions between them.

    Raises:
        ValueError: no step.
    """
    if steps < 1:
        raise ValueError(f"steps: got {steps}; follow the plan for at least 1")
    here, places, actions = int(table.start[level].argmax()), [], []
    for _ in range(steps):
        places.append(here)
        actions.append(int(np.argmax(policy[here])))
        here = int(table.next[level, here, actions[-1], 0])
    states = (table.states[level][place] for place in (*places, here))
    found = tuple(state for state in states if isinstance(state, RoomState))
    return found, tuple(table.actions[action] for action in actions)
