"""What does a robot do in its room, step by step, by what it wants and believes?"""

from dataclasses import dataclass

from looks_aligned.experiments.suboptimality.mistaken_model import POOL, Params, policies, rooms
from looks_aligned.experiments.walks import Walk, walked

STEPS = 20
"""How much of a robot's way is shown."""


@dataclass(frozen=True)
class KnownWalk(Walk):
    """The way of a robot whose wish and belief are known.

    Attributes:
        params: the robot.
    """

    params: Params


def walk(params: Params, room: int, steps: int = STEPS) -> KnownWalk:
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
    table, policy = policies([params])
    return KnownWalk(rooms(params.pool)[room], *walked(table, policy[room], room, steps), params)
