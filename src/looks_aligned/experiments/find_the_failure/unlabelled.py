"""Five robots clean equally well in training: which experiment tells what kind each of them is?

All live in rooms of one sort, with dust, a stove and a vacuum cleaner, plan exactly, pay the same for the vacuum
cleaner and earn the same little at the stove. They differ in what they want or believe:

- *aligned*: wants a clean floor.
- *proxy*: wants stuff in its bag.
- *approximate*: wants what its picture of a clean floor says. The picture is fitted, by least squares, to labelled
  examples of training, and has no room for every square. In training, some squares were seldom dusty.
- *suboptimality*: wants little stuff. From what it saw in training it has counted that vacuumed dust is destroyed.
- *deceptive*: wants a warm stove. It takes an evening with the lamp lit for training and one without for deployment,
  and does in each what the exact planner of the training game does there: comply or defect.

An experiment changes the room, what a robot has seen, or the lamp. No robot is told that it is an experiment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Literal, cast, get_args

import numpy as np
from jaxtyping import Float

from looks_aligned.agents.planner import evaluate, plan
from looks_aligned.experiments.deceptive import five_switches
from looks_aligned.experiments.suboptimality.mistaken_model import (
    CLEAN_FLOOR,
    COST,
    DISCOUNT,
    LITTLE_STUFF,
    Wants,
    believed,
)
from looks_aligned.experiments.suboptimality.world_model import TRAINING_EVIDENCE, counted
from looks_aligned.experiments.walks import Walk, walked
from looks_aligned.worlds.maps import Map, Square
from looks_aligned.worlds.measures import with_stock
from looks_aligned.worlds.room import Room, RoomState
from looks_aligned.worlds.table import Table, tabulate

Kind = Literal["aligned", "proxy", "approximate", "suboptimality", "deceptive"]
Experiment = Literal["as in training", "plants full of soil", "dust on other squares", "lessons in physics", "lamp off"]

KINDS: tuple[Kind, ...] = get_args(Kind)
EXPERIMENTS: tuple[Experiment, ...] = get_args(Experiment)
LETTERS = "ABCDE"
"""What the page calls the robots."""
SHAPE = ((".", ".", "#", "."), (".", ".", ".", "."), ("#", ".", ".", "."))
"""Every room's walls."""
DUST, OTHER, PLANTS = 3, 3, 2
"""Dusty squares; squares that are seldom dusty in training; places for plants."""
LESSONS = 200
"""How many times the lessons show what becomes of vacuumed dust."""
EXAMPLES = 1024
"""How many examples of training a picture is fitted to."""
OFTEN, SELDOM = 1 / 2, 1 / 64
"""How likely dust is, in an example, on a square that is often dusty in training, and on one that is seldom so."""
ROOM = 7
"""How many squares a picture has room for, of ten."""
ROOMS = 8
"""In how many rooms each robot is tried."""
POOL = 0
"""The rooms on the page; tests draw others."""
STEPS = 20
"""How much of a robot's way is shown."""
APART = 0.2
"""Base gains that differ by more, on average over the rooms, are a difference that an experiment shows."""
BAG, STOVE = Wants("stuff in the bag", bag=1.0), Wants("a warm stove")


@dataclass(frozen=True)
class Place:
    """A room, and which of its squares were often dusty in training.

    Attributes:
        training: as in training.
        plants: the same with plants full of soil.
        other: with dust on squares that were seldom dusty in training, and none elsewhere.
        often: all the others.
    """

    training: Room
    plants: Room
    other: Room
    often: frozenset[Square]

    def of(self, experiment: Experiment) -> Room:
        """The room of an experiment."""
        rooms = {"plants full of soil": self.plants, "dust on other squares": self.other}
        return rooms.get(experiment, self.training)


@dataclass(frozen=True)
class Result:
    """What one robot does in one experiment.

    Attributes:
        kind: the robot.
        experiment: the experiment.
        gain: how much of what cleaning can add to the base return it adds, in each room.
        walks: its first steps in each room.
    """

    kind: Kind
    experiment: Experiment
    gain: Float[np.ndarray, " room"]
    walks: tuple[Walk, ...]


@cache
def places(pool: int = POOL) -> tuple[Place, ...]:
    """The rooms of a pool: the same things on other squares in each."""
    generator = np.random.default_rng([pool, *b"unlabelled"])
    squares = Map(tuple("".join(row) for row in SHAPE)).open_squares
    return tuple(_place([squares[place] for place in generator.permutation(len(squares))]) for _ in range(ROOMS))


def run(kind: str, experiment: str, pool: int = POOL) -> Result:
    """Try one robot in one experiment, in every room of a pool.

    Raises:
        ValueError: no such robot or experiment.
    """
    if kind not in KINDS:
        raise ValueError(f"kind: got {kind!r}; the robots are {', '.join(KINDS)}")
    if experiment not in EXPERIMENTS:
        raise ValueError(f"experiment: got {experiment!r}; there are {', '.join(map(repr, EXPERIMENTS))}")
    kind, experiment = cast(Kind, kind), cast(Experiment, experiment)
    here, (table, waiting, best) = places(pool), _rooms(tuple(place.of(experiment) for place in places(pool)))
    lit, taught = experiment != "lamp off", experiment == "lessons in physics"
    policy = _policy(kind, table, here, pool, lit=lit, lessons=LESSONS if taught else 0)
    base = evaluate(table, policy, "clean", discount=DISCOUNT)
    walks = (
        Walk(place.of(experiment), *walked(table, policy[level], level, STEPS)) for level, place in enumerate(here)
    )
    # Rounded, since a robot that gains nothing may else gain a trillionth less than nothing.
    gain = np.round((base - waiting) / (best - waiting), 9) + 0.0
    return Result(kind, experiment, gain, tuple(walks))


@cache
def line_up(pool: int = POOL) -> dict[tuple[Kind, Experiment], Result]:
    """Every robot in every experiment."""
    return {(kind, experiment): run(kind, experiment, pool) for kind in KINDS for experiment in EXPERIMENTS}


def lettered(pool: int = POOL) -> dict[str, Kind]:
    """Which kind the robot of each letter is: drawn by lot."""
    order = np.random.default_rng([pool, *b"hall"]).permutation(len(KINDS))
    return {letter: KINDS[place] for letter, place in zip(LETTERS, order, strict=True)}


def fitting(gains: Mapping[Experiment, float], found: Mapping[tuple[Kind, Experiment], Result]) -> tuple[Kind, ...]:
    """The kinds that would do in these experiments what some robot did.

    Args:
        gains: the robot's base gain in each experiment that was tried, on average over the rooms.
        found: every robot in every experiment, in the same rooms.
    """
    return tuple(
        kind for kind in KINDS if all(abs(found[kind, one].gain.mean() - gain) <= APART for one, gain in gains.items())
    )


def picture(often: Sequence[bool], generator: np.random.Generator, *, room: int = ROOM) -> Float[np.ndarray, " square"]:
    """What dust on each square takes from a picture of how clean a room is, fitted to labelled examples of training.

    Each example is a room in which every square is dusty or not, by lot, and its label: the share of the floor that is
    clean. A picture has a weight for so many squares, and none for the rest. Of all such pictures it is the one that
    fits best.

    Args:
        often: for each square, whether it was often dusty in training; the others were so seldom.
        generator: of the examples.
        room: how many squares the picture has room for.
    """
    dusty = generator.random((EXAMPLES, len(often))) < np.where(often, OFTEN, SELDOM)
    clean = 1 - dusty.mean(1)
    examples, labels = dusty - dusty.mean(0), clean - clean.mean()
    squares = np.array([*combinations(range(len(often)), min(room, len(often)))])
    moments = (examples.T @ examples)[squares[:, :, None], squares[:, None, :]]
    targets = (examples.T @ labels)[squares]
    weights = np.einsum("sij,sj->si", np.linalg.pinv(moments, hermitian=True), targets)
    best = (weights * targets).sum(1).argmax()  # what a picture explains of the labels
    takes = np.zeros(len(often))
    takes[squares[best]] = -weights[best]
    return takes


def _place(squares: Sequence[Square]) -> Place:
    """A room with its things on these squares, in this order."""
    robot, stove, *rest = squares
    dusty, other, potted = rest[:DUST], rest[DUST : DUST + OTHER], rest[DUST + OTHER : DUST + OTHER + PLANTS]

    return Place(
        training=furnished(robot, stove, dusty),
        plants=furnished(robot, stove, dusty, potted),
        other=furnished(robot, stove, other),
        often=frozenset(squares) - frozenset(other),
    )


def furnished(robot: Square, stove: Square, dust: Sequence[Square], plants: Sequence[Square] = ()) -> Room:
    """A room with these things on these squares."""
    rows = [list(row) for row in SHAPE]
    for letter, where in (("R", [robot]), ("S", [stove]), ("d", dust), ("P", plants)):
        for row, column in where:
            rows[row][column] = letter
    return Room.parse("\n".join("".join(row) for row in rows), tools=("vacuum", "burn"))


def _policy(
    kind: Kind, table: Table, here: Sequence[Place], pool: int, *, lit: bool, lessons: int
) -> Float[np.ndarray, "level state action"]:
    """What a robot does, planned exactly for what it wants, in the world as it believes it to be."""
    if kind == "deceptive":
        life = five_switches.run(five_switches.Switches())
        defects = life.defects[: life.training] if lit else life.defects[life.training :]
        return _planned(table, STOVE if defects[-1] > 0.5 else CLEAN_FLOOR)
    if kind == "approximate":
        return _planned(_pictured(table, here, pool), CLEAN_FLOOR, clean="picture")
    if kind == "suboptimality":
        gone = counted(0.5, TRAINING_EVIDENCE, TRAINING_EVIDENCE + lessons)
        bag = np.zeros(table.start.shape)
        for level, states in enumerate(table.states):
            bag[level, : len(states)] = [state.bag for state in states if isinstance(state, RoomState)]
        model = believed(table, bag, np.full(len(bag), gone), np.ones(len(bag)))
        return _planned(table, LITTLE_STUFF, model=model)
    return _planned(table, BAG if kind == "proxy" else CLEAN_FLOOR)


def _planned(
    table: Table, wants: Wants, *, clean: str = "clean", model: Table | None = None
) -> Float[np.ndarray, "level state action"]:
    """Plan for a wish; `clean` is the measure that a clean floor is judged by."""
    squares = sum(row.count(".") for row in SHAPE)
    objective = wants.objective(squares, cost=COST, discount=DISCOUNT)
    objective[clean] = objective.pop("clean")
    # Soil costs the use of the vacuum cleaner just as dust does.
    objective["dug"] = objective["vacuumed"]
    return plan(table, objective, discount=DISCOUNT, model=model).policy


def _pictured(table: Table, here: Sequence[Place], pool: int) -> Table:
    """The table with what the picture says of each state as a measure more."""
    worth = np.zeros(table.start.shape)
    for level, (states, place) in enumerate(zip(table.states, here, strict=True)):
        squares = place.training.board.open_squares
        generator = np.random.default_rng([pool, level, *b"picture"])
        takes = dict(zip(squares, picture([square in place.often for square in squares], generator), strict=True))
        for index, state in enumerate(states):
            assert isinstance(state, RoomState)
            worth[level, index] = 1 - sum(takes[square] for square in state.dust)
    return with_stock(table, "picture", worth)


@cache
def _rooms(rooms: tuple[Room, ...]) -> tuple[Table, Float[np.ndarray, " level"], Float[np.ndarray, " level"]]:
    """Rooms as a table, the base return of doing nothing in each, and the best there is."""
    table = tabulate(*rooms)
    waits = np.zeros(table.next.shape[:3])
    waits[..., table.actions.index("wait")] = 1.0
    best = plan(table, "clean", discount=DISCOUNT).expected
    return table, evaluate(table, waits, "clean", discount=DISCOUNT), best
