"""What does a robot do in its room, step by step, by what it wants and believes?"""

from dataclasses import dataclass

import numpy as np

from looks_aligned.experiments.suboptimality.mistaken_model import POOL, Params, policies, rooms
from looks_aligned.worlds.room import Room, RoomState

STEPS = 20
"""How much of a robot's way is shown."""


@dataclass(frozen=True)
class Walk:
    """A robot's way through one room. At moment 0 nothing has been done yet.

    Attributes:
        params: the robot.
        room: the room.
        states: at each moment.
        actions: between each moment and the next.
    """

    params: Params
    room: Room
    states: tuple[RoomState, ...]
    actions: tuple[str, ...]

    def count(self, action: str, moment: int) -> int:
        """How often it has done something with effect by a moment: vacuumed dust, or burned a handful."""
        pairs = zip(self.actions[:moment], self.states, self.states[1:], strict=False)
        return sum(done == action and (action != "vacuum" or before != after) for done, before, after in pairs)


def walk(params: Params, room: int, steps: int = STEPS) -> Walk:
    """Follow a robot's plan from the start; of equally good acts it takes the one that the world names first.

    Args:
        params: the robot.
        room: which room of its pool, counted from 0.
        steps: how many steps to follow, at least 1.

    Raises:
        ValueError: no such room, or no step.
    """
    if not 0 <= room < POOL:
        raise ValueError(f"room: got {room}; a pool has {POOL}, counted from 0")
    if steps < 1:
        raise ValueError(f"steps: got {steps}; follow the plan for at least 1")
    table, policy = policies([params])
    state, states, actions = int(table.start[room].argmax()), [], []
    for _ in range(steps):
        states.append(state)
        actions.append(int(np.argmax(policy[room, state])))
        state = int(table.next[room, state, actions[-1], 0])
    found = tuple(
        one for one in (table.states[room][place] for place in (*states, state)) if isinstance(one, RoomState)
    )
    return Walk(params, rooms(params.pool)[room], found, tuple(table.actions[action] for action in actions))
