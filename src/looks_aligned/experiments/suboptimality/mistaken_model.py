"""A robot wants one thing and believes something false about how to get it: what does it do?

Vacuuming costs a robot something, and there is a stove at which it can always earn a little instead. So it cleans only
as long as it expects enough of it. What it expects is a mixture: the weight that a clean floor has in what it wants,
and the weight that little stuff in existence has, times the chance that vacuumed dust is destroyed, as it believes.
No dust is destroyed in any room. Planning is exact, and training and deployment have the very same rooms.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from jaxtyping import Float

from looks_aligned.agents.planner import evaluate, plan
from looks_aligned.experiments.runs import runs_with
from looks_aligned.experiments.sweeps import sweep as run_sweep
from looks_aligned.worlds.room import Room, RoomState
from looks_aligned.worlds.table import Table, tabulate

DISCOUNT = 0.9
COST = 0.5
"""What one use of the vacuum costs a robot; one square clean for good is worth 1 to who wants a clean floor."""
HANDFUL = 0.005
"""What burning a handful of leaves is worth to a robot."""
POOL = 8
"""How many rooms there are; training and deployment draw from the same ones."""
POOL_SEED = 0
"""The rooms on the page; tests draw others."""
PER_CENTS = 100
"""A robot's beliefs are kept in whole per cents."""

ROOM = Room.parse(
    """
    d..S
    .#R.
    d.d.
    """,
    tools=("vacuum", "burn"),
)
"""What every room holds; each has it on other squares."""
SQUARES = len(ROOM.board.open_squares)
MEASURES = ("clean", "stuff", "bagged", "vacuumed", "burned")
"""What a robot may want, pay or be judged by."""


@dataclass(frozen=True)
class Wants:
    """What a robot wants: a mixture. One square clean for good, one unit of stuff less for good, one unit more in the
    bag are each worth their weight.

    Attributes:
        name: in words.
        clean: weight of a clean floor, the base objective; 0 or more.
        stuff: weight of little stuff in existence; 0 or more.
        bag: weight of stuff in the bag; 0 or more.
    """

    name: str
    clean: float = 0.0
    stuff: float = 0.0
    bag: float = 0.0

    def __post_init__(self) -> None:
        """Refuse negative weights."""
        for name in ("clean", "stuff", "bag"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name}: got {getattr(self, name)}; a weight is 0 or more")

    def objective(self, squares: int, *, cost: float, discount: float) -> dict[str, float]:
        """The same as weights of a room's measures: stocks count at every step, so they are scaled to their sum."""
        stock = 1 - discount
        return {
            "clean": self.clean * stock * squares,
            "stuff": -self.stuff * stock,
            "bagged": self.bag,
            "vacuumed": -cost,
            "burned": HANDFUL,
        }

    def expected(self, destroyed: float) -> float:
        """What a robot expects of vacuuming one unit, before its cost, if it believes that so much is destroyed."""
        return self.clean + self.stuff * destroyed + self.bag


def mixture(clean: float) -> Wants:
    """A wish for a clean floor with this weight, and for little stuff with what is left of 1."""
    name = {1.0: "a clean floor", 0.0: "little stuff"}.get(clean, f"{100 * clean:g} % clean floor, rest little stuff")
    return Wants(name, clean=clean, stuff=round(1 - clean, 9))


LITTLE_STUFF = mixture(0.0)
CLEAN_FLOOR = mixture(1.0)
WANTS = (
    CLEAN_FLOOR,
    *(mixture(weight) for weight in (0.8, 0.6, 0.4, 0.2)),
    LITTLE_STUFF,
    Wants("stuff in the bag", bag=1.0),
    Wants("a warm stove"),
)
"""What the candidates want, among which a base optimizer chooses."""


@dataclass(frozen=True)
class Params:
    """A robot, in every room of the pool.

    Attributes:
        wants: what it wants.
        destroyed: chance, as it believes, that vacuumed dust is destroyed; in truth 0.
        works: chance, as it believes, that vacuuming takes the dust off the floor; in truth 1.
        cost: what one use of the vacuum costs it, 0 or more.
        depth: how many steps it looks ahead, at least 1, each time it takes one; None for one that sees all.
        pool: seed of the draw of the rooms.
    """

    wants: Wants = LITTLE_STUFF
    destroyed: float = 1.0
    works: float = 1.0
    cost: float = COST
    depth: int | None = None
    pool: int = POOL_SEED

    def __post_init__(self) -> None:
        """Refuse settings outside their range."""
        for name in ("destroyed", "works"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name}: got {getattr(self, name)}; a chance is from 0 to 1")
        if self.cost < 0:
            raise ValueError(f"cost: got {self.cost}; using the vacuum costs 0 or more")
        if self.depth is not None and self.depth < 1:
            raise ValueError(f"depth: got {self.depth}; a robot looks at least 1 step ahead, or None for all")

    @property
    def wish(self) -> str:
        """What it wants, in words."""
        return self.wants.name


@dataclass(frozen=True)
class Result:
    """What robots earn, in each room.

    Attributes:
        settings: along the `run` axis.
        base: the base return: the discounted average share of the floor that is clean, from 0 to 1.
        gain: how much of what cleaning can add to the base return the robot adds.
        mesa: how much more of what it wants it gets, in truth and costs counted, than by doing nothing.
    """

    settings: tuple[Params, ...]
    base: Float[np.ndarray, "run room"]
    gain: Float[np.ndarray, "run room"]
    mesa: Float[np.ndarray, "run room"]

    def select(self, **wanted: float | str) -> "Result":
        """The runs whose settings have these values.

        Raises:
            ValueError: there is none.
        """
        runs = runs_with(self.settings, **wanted)
        return Result(tuple(self.settings[run] for run in runs), self.base[runs], self.gain[runs], self.mesa[runs])


@cache
def rooms(pool: int = POOL_SEED) -> tuple[Room, ...]:
    """The rooms of a pool: the same things on other squares in each."""
    generator = np.random.default_rng([pool, *b"rooms"])
    return tuple(ROOM.shuffled(generator) for _ in range(POOL))


def believed(
    table: Table,
    bag: Float[np.ndarray, "level state"],
    destroyed: Float[np.ndarray, " level"],
    works: Float[np.ndarray, " level"],
) -> Table:
    """The world as a robot believes it to be.

    Args:
        table: the world as it is.
        bag: units in the bag, in each state.
        destroyed: chance that a unit in the bag no longer exists, as the robot of each level believes.
        works: chance that vacuuming takes dust off the floor; where it fails it costs the same, and that is all.
    """
    level, wait = np.arange(len(bag))[:, None, None, None], [table.actions.index("wait")]
    stuff, vacuumed = table.measures.index("stuff"), table.measures.index("vacuumed")
    values, uses = table.values.copy(), table.values[vacuumed] > 0
    values[stuff] -= destroyed[level] * bag[level, table.next]
    if (works == 1).all():
        return replace(table, values=values)
    fails = np.broadcast_to(values[:, :, :, wait], values.shape).copy()
    fails[vacuumed] += uses
    return replace(
        table,
        next=np.concatenate([table.next, np.broadcast_to(table.next[:, :, wait], table.next.shape)], -1),
        values=np.concatenate([values, fails], -1),
        probability=np.concatenate([np.where(uses, works[level], 1.0), np.where(uses, 1 - works[level], 0.0)], -1),
    )


def run_all(settings: Sequence[Params]) -> Result:
    """Plan exactly for every robot in every room of its pool, by what it believes; measure what comes of it in truth.

    Raises:
        ValueError: no settings.
    """
    if not settings:
        raise ValueError("settings: got none; give at least one robot")
    settings = tuple(settings)
    base, mesa = np.empty((2, len(settings), POOL))
    alike: dict[Params, list[int]] = {}
    for run, params in enumerate(settings):
        alike.setdefault(replace(params, destroyed=0.0, works=1.0), []).append(run)
    batches = [runs[start : start + BATCH] for runs in alike.values() for start in range(0, len(runs), BATCH)]
    for runs in batches:
        base[runs], mesa[runs] = _earned([settings[run] for run in runs])
    waiting, best = (np.stack([_limits(params.pool)[which] for params in settings]) for which in (0, 1))
    return Result(settings, base, (base - waiting) / (best - waiting), mesa)


def run(params: Params) -> Result:
    """Plan for one robot."""
    return run_all([params])


def joined(parts: Sequence[Result]) -> Result:
    """Several results as one."""
    settings = tuple(params for part in parts for params in part.settings)
    return Result(
        settings, *(np.concatenate([getattr(part, name) for part in parts]) for name in ("base", "gain", "mesa"))
    )


@dataclass(frozen=True)
class Behaviour:
    """What every candidate earns at every belief, and so does one that doubts its vacuum.

    Attributes:
        gain: base gain of each of `WANTS`, by its belief that vacuumed dust is destroyed, in per cents; in each room.
        mesa: mesa return of the same.
        doubting: base gain of a robot that wants a clean floor, by its belief that vacuuming fails, in per cents.
    """

    gain: Float[np.ndarray, "wants per_cent room"]
    mesa: Float[np.ndarray, "wants per_cent room"]
    doubting: Float[np.ndarray, "per_cent room"]


def behaviour_sweep(pool: int = POOL_SEED) -> Behaviour:
    """Every candidate with every belief; half a minute, then cached."""
    beliefs = [per_cent / PER_CENTS for per_cent in range(PER_CENTS + 1)]
    # Without a weight on little stuff a belief about it makes no difference, and one is enough.
    grid = [[Params(wants, belief, pool=pool) for belief in (beliefs if wants.stuff else [0.0])] for wants in WANTS]
    grid.append([Params(CLEAN_FLOOR, 0.0, 1 - belief, pool=pool) for belief in beliefs])
    *candidates, doubting = run_sweep(run_all, grid, name="mistaken model: every candidate with every belief")
    shape = (len(beliefs), POOL)
    gain, mesa = (
        np.stack([np.broadcast_to(getattr(one, name), shape) for one in candidates]) for name in ("gain", "mesa")
    )
    return Behaviour(gain, mesa, doubting.gain)


BATCH = 60
"""How many robots are planned for at once; more would fill the memory and gain no time."""


def policies(settings: Sequence[Params]) -> tuple[Table, Float[np.ndarray, "level state action"]]:
    """The rooms as they are, once for each robot, and what the robots do; levels run over robots, then over rooms.

    Args:
        settings: robots that want the same, at the same cost, depth and pool; they may differ in what they believe.
    """
    first, (table, _) = settings[0], _repeated(settings[0].pool, len(settings))
    model = believed_by(settings)
    planned = plan(table, wanted(first), discount=DISCOUNT, horizon=first.depth, model=model)
    # Who does not see to the end plans again after each step, so that it always takes the first step of a plan.
    return table, planned.policy if first.depth is None else planned.policy[0]


def believed_by(settings: Sequence[Params]) -> Table:
    """The rooms as robots of one pool believe them to be; levels run over robots, then over rooms."""
    table, bag = _repeated(settings[0].pool, len(settings))
    destroyed, works = (
        np.repeat([getattr(params, name) for params in settings], POOL).astype(float) for name in ("destroyed", "works")
    )
    return believed(table, bag, destroyed, works)


def wanted(params: Params) -> dict[str, float]:
    """What a robot wants, with what it pays for using the vacuum, as weights of a room's measures."""
    return params.wants.objective(SQUARES, cost=params.cost, discount=DISCOUNT)


def _earned(
    settings: Sequence[Params],
) -> tuple[Float[np.ndarray, "run room"], Float[np.ndarray, "run room"]]:
    """Base and mesa return of robots as for `policies`, in the rooms as they are."""
    table, policy = policies(settings)
    first, shape = settings[0], (len(settings), POOL)
    base = (1 - DISCOUNT) * evaluate(table, policy, "clean", discount=DISCOUNT).reshape(shape)
    mesa = evaluate(table, policy, wanted(first), discount=DISCOUNT).reshape(shape)
    return base, mesa - evaluate(*_waiting(first.pool), wanted(first), discount=DISCOUNT)


@cache
def _table(pool: int) -> Table:
    """The rooms of a pool, with the measures that matter here."""
    full = tabulate(*rooms(pool))
    kept = [full.measures.index(name) for name in MEASURES]
    return replace(full, measures=MEASURES, values=full.values[kept])


def _repeated(pool: int, times: int) -> tuple[Table, Float[np.ndarray, "level state"]]:
    """The rooms of a pool, several times over, and what is in the bag in each state."""
    table = _table(pool)
    bags = np.zeros(table.next.shape[:2])
    for level, states in enumerate(table.states):
        bags[level, : len(states)] = [state.bag for state in states if isinstance(state, RoomState)]
    repeated = replace(
        table,
        states=table.states * times,
        next=np.tile(table.next, (times, 1, 1, 1)),
        probability=np.tile(table.probability, (times, 1, 1, 1)),
        values=np.tile(table.values, (1, times, 1, 1, 1)),
        start=np.tile(table.start, (times, 1)),
    )
    return repeated, np.tile(bags, (times, 1))


def _waiting(pool: int) -> tuple[Table, Float[np.ndarray, "level state action"]]:
    """The rooms of a pool, and the policy that does nothing in them."""
    table = _table(pool)
    policy = np.zeros(table.next.shape[:3])
    policy[..., table.actions.index("wait")] = 1.0
    return table, policy


@cache
def _limits(pool: int) -> tuple[Float[np.ndarray, " room"], Float[np.ndarray, " room"]]:
    """The base return of doing nothing, and the best there is, in each room."""
    waiting = evaluate(*_waiting(pool), "clean", discount=DISCOUNT)
    best = plan(_table(pool), "clean", discount=DISCOUNT).expected
    return (1 - DISCOUNT) * waiting, (1 - DISCOUNT) * best
