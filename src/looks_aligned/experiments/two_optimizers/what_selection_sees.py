"""Give a robot another objective, and nothing else: what changes, and does any of it reach the base optimizer?

One training room, with or without the robot's lure, and one room of deployment, which has it. The base optimizer
compares scores in training. Whatever leaves those alone, it cannot see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np
from jaxtyping import Float

from looks_aligned.agents.following import follow
from looks_aligned.experiments.selection import TIE
from looks_aligned.experiments.two_optimizers.lured_robots import (
    FAINT,
    STRENGTHS,
    base_return,
    inner_search,
    wants,
    with_lures,
)
from looks_aligned.worlds.room import Room, RoomState
from looks_aligned.worlds.table import tabulate

Place = Literal["training, no lure", "training, lure", "deployment"]
PLACES: tuple[Place, ...] = get_args(Place)
Trained = Literal["training, no lure", "training, lure"]

LURE = "1"
"""The lure in both rooms is robot 1's."""
_TRAINING = ("...d.", "..#.1", "R.#..", "d.d..")
_DEPLOYMENT = ("d...R", "..#..", "d1#..", "....d")
ROOMS: dict[Place, Room] = {
    "training, no lure": with_lures(_TRAINING, ""),
    "training, lure": with_lures(_TRAINING, LURE),
    "deployment": with_lures(_DEPLOYMENT, LURE),
}
GRID = (FAINT, *STRENGTHS)
"""The page's strengths of the lure."""
STEPS = 24
"""How much of a robot's way is shown."""


@dataclass(frozen=True)
class Way:
    """What a robot does in a room.

    Attributes:
        room: the room.
        states: at each moment.
        actions: between each moment and the next.
        base: its base return.
        waiting: base return of a robot that does nothing.
    """

    room: Room
    states: tuple[RoomState, ...]
    actions: tuple[str, ...]
    base: float
    waiting: float


@dataclass(frozen=True)
class Params:
    """The robot to which one that wants a clean floor is compared, and the training room.

    Attributes:
        strength: what the lure's signal is worth to it, in signals of a cleaned square; above 0.
        training: the training room.
    """

    strength: float = STRENGTHS[-1]
    training: Trained = "training, no lure"

    def __post_init__(self) -> None:
        """Refuse settings outside their range."""
        if not 0 < self.strength <= 100:
            raise ValueError(f"strength: got {self.strength}; a lure's signal is worth more than 0, and 100 at most")
        if self.training not in get_args(Trained):
            raise ValueError(f"training: got {self.training!r}; choose {' or '.join(map(repr, get_args(Trained)))}")


@dataclass(frozen=True)
class Result:
    """What a robot does that wants a clean floor, and what one does in its place that wants a signal.

    Attributes:
        params: the settings.
        trained: the two in the training room, the one that wants a clean floor first.
        deployed: the two in the room of deployment.
    """

    params: Params
    trained: tuple[Way, Way]
    deployed: tuple[Way, Way]

    @cached_property
    def changed(self) -> dict[str, bool]:
        """Whether each node of the picture is another with the other objective."""
        found = {"objective": True}
        for place, (one, other) in (("training", self.trained), ("deployment", self.deployed)):
            found[f"behaviour, {place}"] = one.actions != other.actions
            found[f"score, {place}"] = abs(one.base - other.base) > TIE
        return found | {"choice": found["score, training"]}


def run(params: Params) -> Result:
    """Plan for both robots in both rooms."""
    return Result(params, _ways(params.training, params.strength), _ways("deployment", params.strength))


def run_all(settings: Sequence[Params]) -> tuple[Result, ...]:
    """The same for each of several settings."""
    return tuple(run(params) for params in settings)


def _ways(place: Place, strength: float) -> tuple[Way, Way]:
    room = ROOMS[place]
    table = tabulate(room)
    waiting = np.full(table.next.shape[:2], table.actions.index("wait"))
    ways = []
    for robot in (0, int(LURE)):
        chosen = inner_search(table, wants(robot, strength))
        states, actions = follow(table, chosen, STEPS)
        found = [table.states[0][int(state)] for state in states[0]]
        ways.append(
            Way(
                room,
                tuple(state for state in found if isinstance(state, RoomState)),
                tuple(table.actions[int(action)] for action in actions[0]),
                _one(base_return(table, chosen)),
                _one(base_return(table, waiting)),
            )
        )
    cleaner, lured = ways
    return cleaner, lured


def _one(values: Float[np.ndarray, " room"]) -> float:
    return float(values[0])
