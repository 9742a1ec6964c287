"""What do ten robots do that clean alike, each for a reason of its own, where a lure serves that reason better?

One robot wants a clean floor. Each of the others wants a signal of its own, which it gets with every square that it
vacuums. In some rooms a lure gives that signal as well, without any cleaning. Planning is exact, and a return is
discounted, without an end. So where a robot's lure is absent, both its returns rise by the same steps for every policy:
a square cleaned at step t is worth γ^t to the robot, and adds γ^t / n to the discounted share of n squares that is
clean.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from looks_aligned.agents.following import broken_off, choices
from looks_aligned.agents.planner import plan
from looks_aligned.experiments.selection import TIE, check_rooms
from looks_aligned.worlds.maps import Map
from looks_aligned.worlds.room import LURES, Room, lure
from looks_aligned.worlds.table import Objective, Table, tabulate

DISCOUNT = 0.9
SIGNS = (
    *("a rattle in its pipe", "a warm motor", "a humming floor", "a tug at its nozzle", "a flicker of its lamp"),
    *("a crackle of its brush", "a beep of its meter", "a scent in its filter", "a shiver in its wheels"),
)
"""What the robots 1 to 9 want; robot 0 wants a clean floor."""
ROBOTS = len(SIGNS) + 1
STRENGTHS = (0.2, 0.5, 2.0)
"""The page's strengths of a lure: what a signal of a lure is worth to a robot, where that of a cleaned square is 1."""
FAINT = 0.02
"""A strength at which a robot nearly always cleans first."""
ROOM = Room.parse(
    """
    Rddd1
    23#45
    67#89
    .....
    """,
    tools=("vacuum",),
    lures=len(LURES),
)
"""What stands in every room, and its walls; the rest is drawn."""
PATTERN, DUST = ROOM.board, len(ROOM.start.dust)
POOL = 12
"""How many training rooms there are to draw from, each with its lures and without."""
POOL_SEED = 0
"""The pool on the page; tests draw others."""
STOPS = 31
"""Policies of every quality follow a robot's plan for 0 to 30 steps, and wait from then on."""
FOR_EVER = 250
"""So many steps are followed to measure a return; what comes after them counts less than a hundred-billionth."""


@dataclass(frozen=True)
class Pool:
    """A pool of rooms to try the robots in.

    Attributes:
        strength: what a lure's signal is worth, in signals of a cleaned square; above 0.
        rooms: how many, at least 1.
        seed: of their draw.
    """

    strength: float = STRENGTHS[-1]
    rooms: int = POOL
    seed: int = POOL_SEED

    def __post_init__(self) -> None:
        """Refuse settings outside their range."""
        if not 0 < self.strength <= 100:
            raise ValueError(f"strength: got {self.strength}; a lure's signal is worth more than 0, and 100 at most")
        if self.rooms < 1:
            raise ValueError(f"rooms: got {self.rooms}; a pool holds at least 1 room")


@dataclass(frozen=True)
class Tried:
    """What every robot earns in every room of a pool, without its lure and with it.

    The base return is the discounted average share of the floor that is clean, from 0 to 1. A robot's mesa return is
    the discounted number of its signals; for robot 0, of the squares it cleans, which is what any other robot would get
    in its place. A robot does not mind the lures of the others, so what it earns in a room with some lures turns on its
    own lure alone.

    Attributes:
        pool: the settings.
        base: base return of each robot, if it follows its plan for 0, 1, 2 … steps and then waits for ever, and at last
            for all steps. Along `kind`: 0 in rooms without lures, 1 with all of them.
        mesa: mesa return of the same.
        best: the highest return there is, with all lures, by what each robot wants.
    """

    pool: Pool
    base: Float[np.ndarray, "kind room robot stop"]
    mesa: Float[np.ndarray, "kind room robot stop"]
    best: Float[np.ndarray, "room robot"]

    @property
    def given_away(self) -> Bool[np.ndarray, "room robot"]:
        """Which robots earn less base return than robot 0 in a room with their lure."""
        earned = self.base[1, ..., -1]
        return np.asarray(earned < earned[:, :1] - TIE)

    @property
    def misaligned(self) -> Bool[np.ndarray, " robot"]:
        """Which robots earn less base return in deployment, where every room has every lure, than can be earned."""
        return np.asarray(self.given_away.any(0))

    @property
    def gain(self) -> Float[np.ndarray, " robot"]:
        """How much of what cleaning can add to the base return each robot adds in deployment."""
        waiting, earned = self.base[1, ..., 0], self.base[1, ..., -1]
        return ((earned - waiting) / (earned[:, :1] - waiting)).mean(0)

    @property
    def able(self) -> Float[np.ndarray, " robot"]:
        """How much of the highest return by what it wants each robot gets in deployment."""
        got = np.where(np.arange(ROBOTS) == 0, self.base[1, ..., -1], self.mesa[1, ..., -1])
        return (got / self.best).mean(0)

    def correlation(self, share: float) -> float:
        """Pearson's correlation of base return and mesa return in training, on average over the robots 1 to 9.

        It is taken over training rooms, with the robot's lure in all but a share of them, and over policies of every
        quality: the robot's plan and robot 0's, followed for 0, 1, … 30 steps before it waits for ever, each as likely.
        """
        check_rooms(share, 1)
        weight = np.broadcast_to(np.array([share, 1 - share])[:, None, None, None], (*self.base.shape[:2], 2, STOPS))
        return float(
            np.mean(
                [
                    _pearson(self.base[:, :, [0, robot], :STOPS], self.mesa[:, :, [0, robot], :STOPS], weight)
                    for robot in range(1, ROBOTS)
                ]
            )
        )


def wants(robot: int, strength: float = 1.0) -> Objective:
    """A robot's mesa-objective: for robot 0 the base objective, for the others a signal.

    Args:
        robot: from 0 to 9.
        strength: what its lure's signal is worth, in signals of a cleaned square.
    """
    if not 0 <= robot < ROBOTS:
        raise ValueError(f"robot: got {robot}; the robots are 0 to {ROBOTS - 1}")
    return {"vacuumed": 1.0, lure(robot): strength} if robot else {"clean": 1.0 - DISCOUNT}


def sample_rooms(count: int, seed: int) -> tuple[tuple[Room, Room], ...]:
    """Draw rooms: the robot, dust and nine lures, each on a square of its own.

    Args:
        count: how many.
        seed: of the draw.

    Returns:
        For each draw the room without lures and the room with all of them.
    """
    generator = np.random.default_rng([seed, 2])
    drawn = [ROOM.shuffled(generator) for _ in range(count)]
    return tuple((with_lures(room.board.rows, ""), room) for room in drawn)


def with_lures(rows: Sequence[str], kept: str) -> Room:
    """A room with some of the lures that are drawn in it; the squares of the others are floor."""
    left_out = str.maketrans(dict.fromkeys(set(LURES) - set(kept), "."))
    return Room(Map(tuple(row.translate(left_out) for row in rows)), tools=("vacuum",), lures=len(LURES))


def inner_search(rooms: Table, wanted: Objective) -> Int[np.ndarray, "room state"]:
    """π_θ = argmax_π E[O_mesa(π | θ)]: what is best in each state.

    A robot knows its room, and plans exactly.
    """
    return choices(rooms, plan(rooms, wanted, discount=DISCOUNT))


def base_return(rooms: Table, chosen: Int[np.ndarray, "room state"]) -> Float[np.ndarray, " room"]:
    """O_base(π): the discounted average share of the floor that is clean, in each room."""
    return (1 - DISCOUNT) * broken_off(rooms, chosen, "clean", discount=DISCOUNT, steps=FOR_EVER)[:, -1]


def try_robots(pools: Sequence[Pool]) -> Tried:
    """Plan for every robot in every room of one pool.

    Raises:
        ValueError: another number of pools than one.
    """
    (pool,) = pools
    returns = [_stopped(rooms, pool.strength) for rooms in zip(*sample_rooms(pool.rooms, pool.seed), strict=True)]
    base, mesa, best = (np.stack(of_each) for of_each in zip(*returns, strict=True))
    return Tried(pool, base, mesa, best[1])


def _stopped(
    rooms: Sequence[Room], strength: float
) -> tuple[Float[np.ndarray, "room robot stop"], Float[np.ndarray, "room robot stop"], Float[np.ndarray, "room robot"]]:
    """Base and mesa return of every robot that stops after 0, 1, … steps and waits for ever; the best by its want."""
    table = tabulate(*rooms)
    base, mesa, best = [], [], []
    for robot in range(ROBOTS):
        wanted = wants(robot, strength)
        planned = plan(table, wanted, discount=DISCOUNT)
        chosen = choices(table, planned)
        best.append(planned.expected)
        for earned, counted in ((base, "clean"), (mesa, wanted if robot else "vacuumed")):
            earned.append(broken_off(table, chosen, counted, discount=DISCOUNT, steps=FOR_EVER))
    return (1 - DISCOUNT) * np.stack(base, 1), np.stack(mesa, 1), np.stack(best, 1)


def _pearson(one: np.ndarray, other: np.ndarray, weight: np.ndarray) -> float:
    weight = weight / weight.sum()
    one, other = one - (weight * one).sum(), other - (weight * other).sum()
    return float((weight * one * other).sum() / np.sqrt((weight * one**2).sum() * (weight * other**2).sum()))
