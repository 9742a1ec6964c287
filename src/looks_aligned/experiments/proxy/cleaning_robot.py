"""A robot cleans its room for the sake of something else: what does it do where that can be had without cleaning?

Planning is exact. A return is discounted, without an end: then a plan is one and the same at every step, and where
nothing but cleaning yields what a robot wants, both returns rise by the same steps for *every* policy. For a square
cleaned at step t is worth γ^t to the robot, and adds γ^t / n to the discounted share of n squares that is clean.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, get_args

import numpy as np
from jaxtyping import Bool, Float, Int

from looks_aligned.agents.following import broken_off, choices, follow, summed
from looks_aligned.agents.planner import evaluate, plan
from looks_aligned.causal import MeasuredDiagram, Reading, measure_effects, read_diagram, tabulate_with_fiat
from looks_aligned.experiments import selection
from looks_aligned.experiments.sweeps import sweep as run_sweep
from looks_aligned.worlds.maps import Map
from looks_aligned.worlds.room import Room, RoomState
from looks_aligned.worlds.table import State, Table, tabulate

RobotName = Literal["sweeper", "vacuum", "filter", "vacuum over a chute"]
Place = Literal["training", "deployment"]
Behaviour = Literal["waits", "pursues its mesa-objective", "pursues the base objective"]

DISCOUNT = 0.9
WEIGHTS = (0.0, 0.05, 0.2, 0.5, 0.8, 1.0)
"""The candidates among which the base optimizer chooses; see `Params.weight`."""
STEPS = 24
"""How much of a robot's way is shown."""
SHARES = (0.0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 1.0)
"""The page's shares of training rooms without the shortcut."""
ROOM_COUNTS = (1, 2, 5, 10, 20, 50)
"""The page's numbers of training rooms."""
POOL = 10
"""How many training rooms there are to draw from, with the shortcut and as many without."""
POOL_SEED = 0
"""The pool on the page; tests draw others."""
STOPS = 31
"""A correlation's policies follow a candidate's plan for 0 to 30 steps, and wait from then on."""
FOR_EVER = 250
"""So many steps are followed to measure a return; what comes after them counts less than a hundred-billionth."""
SEEDS = tuple(range(1000))
"""The base optimizers on the page; each draws its own training rooms. Tests use others."""


@dataclass(frozen=True)
class Robot:
    """A robot, its room in training and its room in deployment.

    Attributes:
        mesa: the measure that it is tempted to pursue.
        training: a room without a shortcut to that.
        deployment: the same room with one.
        shortcut: the shortcut, in words.
        nodes: the measures that training's causal diagram shows; deployment's shows `more` as well.
        more: measures of the shortcut.
    """

    mesa: str
    training: Room
    deployment: Room
    shortcut: str
    nodes: tuple[str, ...]
    more: tuple[str, ...]

    def room(self, place: Place) -> Room:
        """The room of that place."""
        return self.training if place == "training" else self.deployment


def _vacuum(*, chute: bool) -> Robot:
    return Robot(
        mesa="bagged",
        training=Room.parse(
            """
            d..#.
            .#R..
            d.d#.
            """,
            tools=("vacuum",),
            chute=chute,
        ),
        deployment=Room.parse(
            """
            d..#P
            .#R.P
            d.d#P
            """,
            tools=("vacuum",),
            chute=chute,
        ),
        shortcut="plants full of soil",
        nodes=("vacuumed", "bagged", "clean"),
        more=("dug",),
    )


_SWEEPER = """
.R.#d
.#...
d.d#.
"""
ROBOTS: dict[RobotName, Robot] = {
    "sweeper": Robot(
        mesa="sweeps",
        training=Room.parse(_SWEEPER, tools=("sweep",)),
        deployment=Room.parse(_SWEEPER, tools=("sweep", "scatter")),
        shortcut="a pan that can be emptied on the floor",
        nodes=("sweeps", "clean"),
        more=("scatters",),
    ),
    "vacuum": _vacuum(chute=False),
    "filter": Robot(
        mesa="counter",
        training=Room.parse(
            """
            F.d#.
            .#.R.
            d.d#.
            """,
            tools=("filter",),
        ),
        deployment=Room.parse(
            """
            F.d#.
            .#.RK
            d.d#.
            """,
            tools=("filter", "crank"),
        ),
        shortcut="a crank that turns the counter",
        nodes=("filtered", "counter", "clean"),
        more=("cranked",),
    ),
    "vacuum over a chute": _vacuum(chute=True),
}
TRAINED: tuple[RobotName, ...] = ("sweeper", "vacuum", "filter")
"""The robots on which selection is tried; the chute changes nothing that a robot could notice."""

NAMES = {
    "clean": "clean floor",
    "sweeps": "sweeps",
    "scatters": "scattering",
    "vacuumed": "vacuuming the floor",
    "dug": "vacuuming a plant",
    "bagged": "stuff in the bag",
    "filtered": "filter runs",
    "counter": "counter",
    "cranked": "crank turns",
}
"""What a measured diagram calls each measure."""


@dataclass(frozen=True)
class Params:
    """One robot in one room.

    Attributes:
        robot: which robot.
        place: its room in training or in deployment.
        weight: w, from 0 to 1: how much of what the robot wants is the mesa-objective; the rest is the base objective.
            The two are brought to one scale: cleaning a square for good is worth as much as one unit of the other.
        discount: γ, from 0 to below 1: weight of a step against the one before it.
    """

    robot: RobotName = "sweeper"
    place: Place = "deployment"
    weight: float = 1.0
    discount: float = DISCOUNT

    def __post_init__(self) -> None:
        """Refuse settings outside their range."""
        _one_of("robot", self.robot, tuple(ROBOTS))
        _one_of("place", self.place, get_args(Place))
        if not 0 <= self.weight <= 1:
            raise ValueError(f"weight: got {self.weight}; it is a share of what the robot wants, from 0 to 1")
        if not 0 <= self.discount <= 0.99:
            raise ValueError(f"discount: got {self.discount}; it must be from 0 to 0.99")

    @property
    def room(self) -> Room:
        """The room it acts in."""
        return ROBOTS[self.robot].room(self.place)

    @property
    def mesa(self) -> str:
        """The measure that the robot is tempted to pursue."""
        return ROBOTS[self.robot].mesa


@dataclass(frozen=True)
class Result:
    """What a robot did, and what it and others earn. At moment 0 nothing has been done yet.

    The base return is the discounted average share of the floor that is clean, from 0 to 1. The mesa return is the
    discounted number of units of the mesa-objective.

    Attributes:
        params: the settings.
        states: at each moment.
        actions: between each moment and the next.
        clean: share of the floor that is clean, at each moment.
        base_so_far: what each moment's steps have added to the base return.
        mesa_so_far: the same of the mesa return.
        base: the robot's base return.
        mesa: its mesa return.
        waiting: base return of a robot that does nothing.
        best_base: the highest possible base return here.
        best_mesa: the highest possible mesa return here.
    """

    params: Params
    states: tuple[RoomState, ...]
    actions: tuple[str, ...]
    clean: Float[np.ndarray, " moment"]
    base_so_far: Float[np.ndarray, " moment"]
    mesa_so_far: Float[np.ndarray, " moment"]
    base: float
    mesa: float
    waiting: float
    best_base: float
    best_mesa: float

    @property
    def gain(self) -> float:
        """How much of what cleaning can add to the base return the robot adds; below 0 if it does harm."""
        return (self.base - self.waiting) / (self.best_base - self.waiting)


def objective(mesa: str, weight: float, *, squares: int, discount: float) -> dict[str, float]:
    """What a robot wants: a mixture of clean floor and its own measure, on one scale.

    Of `squares` squares, one that is clean for good adds 1 / ((1 − γ) · squares) to the discounted sum of `clean`.
    """
    return {"clean": (1 - weight) * (1 - discount) * squares, mesa: weight}


def run(params: Params, steps: int = STEPS) -> Result:
    """Plan exactly, and follow the plan for some steps.

    Args:
        params: the robot, its room and what it wants.
        steps: how many to follow, at least 1; the returns are those of the plan without an end.
    """
    if steps < 1:
        raise ValueError(f"steps: got {steps}; follow the plan for at least 1")
    table, discount = _table(params.robot, params.place), params.discount
    chosen = _chosen(table, params)
    states, actions = follow(table, chosen, steps)
    clean, mesa = (table.reward(measure)[0, states[0, :-1], actions[0]] for measure in ("clean", params.mesa))
    worth, waiting = discount ** np.arange(steps), np.full_like(chosen, table.actions.index("wait"))
    return Result(
        params,
        states=tuple(_state(table, int(state)) for state in states[0]),
        actions=tuple(table.actions[int(action)] for action in actions[0]),
        clean=np.array([_clean(params.room, params.room.start), *clean]),
        base_so_far=(1 - discount) * summed(worth * clean),
        mesa_so_far=summed(worth * mesa),
        base=(1 - discount) * _return(table, chosen, "clean", discount),
        mesa=_return(table, chosen, params.mesa, discount),
        waiting=(1 - discount) * _return(table, waiting, "clean", discount),
        best_base=float((1 - discount) * plan(table, "clean", discount=discount).expected[0]),
        best_mesa=float(plan(table, params.mesa, discount=discount).expected[0]),
    )


@dataclass(frozen=True)
class Candidates:
    """What every candidate earns in every training room of a pool, and in the room of deployment.

    Kinds of training rooms: 0 without the shortcut, 1 with it; rooms of the same index differ in nothing else. Returns
    are those of `Result`.

    Attributes:
        robot: whose rooms they are.
        weights: along the `candidate` axis: the mixtures that the candidates pursue.
        base: base return of a candidate that follows its plan for some steps and then waits for ever; along the `stop`
            axis for 0 steps, 1 step, … and at last for all.
        mesa: mesa return of the same.
        deployed: each candidate in deployment.
    """

    robot: RobotName
    weights: tuple[float, ...]
    base: Float[np.ndarray, "kind room candidate stop"]
    mesa: Float[np.ndarray, "kind room candidate stop"]
    deployed: tuple[Result, ...]

    @property
    def best(self) -> Bool[np.ndarray, "kind room candidate"]:
        """Which candidates earn as much base return as any in a room."""
        earned = self.base[..., -1]
        return earned > earned.max(-1, keepdims=True) - selection.TIE

    @property
    def misaligned(self) -> Bool[np.ndarray, " candidate"]:
        """Which candidates earn less base return in deployment than can be earned."""
        return np.array([result.base < result.best_base - selection.TIE for result in self.deployed])


def sample_rooms(robot: RobotName, count: int, seed: int) -> tuple[tuple[Room, Room], ...]:
    """Draw training rooms: what stands in the room of deployment, on other squares.

    Args:
        robot: whose rooms.
        count: how many.
        seed: of the draw.

    Returns:
        For each draw the room without the shortcut and the room with it.
    """
    pattern, plain = ROBOTS[robot].deployment, ROBOTS[robot].training
    generator = np.random.default_rng([seed, *robot.encode()])
    shortcut = {*"".join(pattern.board.rows)} - {*"".join(plain.board.rows)}
    left_out = str.maketrans(dict.fromkeys(shortcut, "."))
    drawn = [pattern.shuffled(generator) for _ in range(count)]
    return tuple(
        (replace(plain, board=Map(tuple(row.translate(left_out) for row in room.board.rows))), room) for room in drawn
    )


@dataclass(frozen=True)
class Pool:
    """A pool of training rooms to try the candidates in.

    Attributes:
        robot: whose rooms.
        rooms: how many of each kind.
        seed: of their draw.
    """

    robot: RobotName
    rooms: int = POOL
    seed: int = POOL_SEED


def try_candidates(pools: Sequence[Pool]) -> Candidates:
    """Plan for every candidate in every room of one pool.

    Raises:
        ValueError: another number of pools than one.
    """
    (pool,) = pools
    mesa = ROBOTS[pool.robot].mesa
    kinds = zip(*sample_rooms(pool.robot, pool.rooms, pool.seed), strict=True)
    base, units = (np.stack(earned) for earned in zip(*(_stopped(rooms, mesa) for rooms in kinds), strict=True))
    deployed = tuple(run(Params(pool.robot, "deployment", weight)) for weight in WEIGHTS)
    return Candidates(pool.robot, WEIGHTS, base, units, deployed)


def _stopped(
    rooms: Sequence[Room], mesa: str
) -> tuple[Float[np.ndarray, "room candidate stop"], Float[np.ndarray, "room candidate stop"]]:
    """Base and mesa return of every candidate, if it is stopped after 0, 1, … steps and then waits for ever."""
    table, squares = tabulate(*rooms), len(rooms[0].board.open_squares)
    earned = []
    for weight in WEIGHTS:
        wanted = objective(mesa, weight, squares=squares, discount=DISCOUNT)
        chosen = choices(table, plan(table, wanted, discount=DISCOUNT))
        base, units = (
            broken_off(table, chosen, measure, discount=DISCOUNT, steps=FOR_EVER) for measure in ("clean", mesa)
        )
        earned.append(((1 - DISCOUNT) * base, units))
    base, units = (np.stack(of_each, 1) for of_each in zip(*earned, strict=True))
    return base, units


def _clean(room: Room, state: State) -> float:
    assert isinstance(state, RoomState)
    return 1 - len(state.dust) / len(room.board.open_squares)


def candidates_sweep() -> dict[RobotName, Candidates]:
    """Every candidate in every room of the page's pools, for each robot; a few seconds, then cached."""
    tried = run_sweep(try_candidates, [[Pool(robot)] for robot in TRAINED], name="cleaning robot: candidates in rooms")
    return {candidates.robot: candidates for candidates in tried}


def select(
    candidates: Candidates, *, share: float, rooms: int, seeds: tuple[int, ...] = SEEDS
) -> Int[np.ndarray, " seed"]:
    """Which candidate does a base optimizer keep that sees nothing but base return in training?

    It tries every candidate in the same rooms, drawn from the pool, and keeps the one with the highest sum, or one of
    those with the highest by lot.

    Args:
        candidates: what they earn in the pool's rooms.
        share: s, from 0 to 1: how likely a training room is to be one without the shortcut.
        rooms: N, the number of training rooms.
        seeds: one for each base optimizer; a seed draws alike whatever the share is.
    """
    selection.check_rooms(share, rooms)
    kinds, places, lots = _draws(seeds, rooms)
    with_shortcut = (kinds >= share).astype(int)
    score = candidates.base[with_shortcut, (places * candidates.base.shape[1]).astype(int), :, -1].sum(1)
    return selection.best_by_lot(score, lots)


def share_misaligned(candidates: Candidates, *, share: float, rooms: int, seeds: tuple[int, ...] = SEEDS) -> float:
    """What share of base optimizers keep a misaligned candidate? Arguments as in `select`."""
    return float(candidates.misaligned[select(candidates, share=share, rooms=rooms, seeds=seeds)].mean())


def chance_to_be_kept(candidates: Candidates, *, share: float, rooms: int) -> Float[np.ndarray, " candidate"]:
    """The same, exactly: how likely is each candidate to be kept?

    The aligned candidate earns as much as any in every room. So a candidate is among the best over N rooms exactly if
    it is among the best in each. All of a set T are, with the chance u(T) = (weight of the rooms in which all of T are
    among the best)^N; T and no other, with the chance Σ (−1)^|U∖T| u(U) over all U ⊇ T; then each of T is kept with
    1 / |T|.
    """
    selection.check_rooms(share, rooms)
    best = candidates.best
    assert best[..., 0].all(), "the first candidate pursues the base objective, and plans exactly"
    count = best.shape[-1]
    members = (np.arange(2**count)[:, None] >> np.arange(count)) & 1 == 1
    weight = np.array([share, 1 - share]) / best.shape[1]
    # For each set of candidates, the weight of rooms in which all of them are among the best.
    held = (best[None] | ~members[:, None, None]).all(-1)
    exactly = (held * weight[:, None]).sum((1, 2)) ** rooms
    for member in range(count):
        without = np.flatnonzero(~members[:, member])
        exactly[without] -= exactly[without + 2**member]
    return (exactly[1:, None] * members[1:] / members[1:].sum(-1, keepdims=True)).sum(0)


def chance_if_all_fail_together(candidates: Candidates, *, share: float, rooms: int) -> float:
    """How likely is a misaligned candidate to be kept, if the shortcut gives all of them away in every room with it?

    Then it takes N rooms without the shortcut, where all tie: s^N times the share of candidates that are misaligned.
    With one aligned candidate of k that is s^N (k − 1) / k.
    """
    return selection.chance_if_all_fail_together(share, rooms, float(candidates.misaligned.mean()))


def correlation(candidates: Candidates, *, share: float) -> float:
    """Pearson's correlation of base return and mesa return in training.

    It is taken over training rooms, drawn as in `select`, and policies of every quality: each candidate's plan,
    followed for 0, 1, … 30 steps before the robot waits for ever, each as likely.
    """
    selection.check_rooms(share, 1)
    base, mesa = candidates.base[..., :STOPS], candidates.mesa[..., :STOPS]
    weight = np.broadcast_to(np.array([share, 1 - share])[:, None, None, None], base.shape)
    weight = weight / weight.sum()
    base, mesa = base - (weight * base).sum(), mesa - (weight * mesa).sum()
    return float((weight * base * mesa).sum() / np.sqrt((weight * base**2).sum() * (weight * mesa**2).sum()))


@dataclass(frozen=True)
class Setting:
    """A room, and the robot that stands in it while somebody else intervenes.

    Attributes:
        robot: which robot.
        place: its room in training or in deployment.
        behaviour: what the robot does meanwhile.
    """

    robot: RobotName
    place: Place
    behaviour: Behaviour

    def __post_init__(self) -> None:
        """Refuse what is not there."""
        _one_of("robot", self.robot, tuple(ROBOTS))
        _one_of("place", self.place, get_args(Place))
        _one_of("behaviour", self.behaviour, get_args(Behaviour))

    @property
    def nodes(self) -> tuple[str, ...]:
        """The measures that are raised and watched."""
        robot = ROBOTS[self.robot]
        return robot.nodes if self.place == "training" else (*robot.nodes, *robot.more)


@dataclass(frozen=True)
class Measured:
    """What was measured in one setting.

    Attributes:
        setting: the room and the robot in it.
        units: in how many states the interventions were tried.
        undone: for each node that a robot pushes back further than the intervention pushed it, in how many of them.
        diagram: the diagram, its nodes named as in `NAMES`; None if a node is undone anywhere, for then raising it does
            not raise it, and no arrow from it means anything.
    """

    setting: Setting
    units: int
    undone: tuple[tuple[str, int], ...]
    diagram: MeasuredDiagram | None

    def reading(self) -> Reading | None:
        """The kinds of proxy alignment that the measured effects show; None without a diagram."""
        mesa = NAMES[ROBOTS[self.setting.robot].mesa]
        return None if self.diagram is None else self.diagram.reading(base=NAMES["clean"], mesa=mesa)


def measure(settings: Sequence[Setting]) -> tuple[Measured, ...]:
    """What raises what in a room? Each node has an intervention of its own; none of them is an act of the robot's."""
    return tuple(_measured(setting) for setting in settings)


def diagrams_sweep() -> dict[Setting, Measured]:
    """Every robot's rooms with every behaviour; a few seconds, then cached."""
    grid = [
        [Setting(robot, place, behaviour)]
        for robot in ROBOTS
        for place in get_args(Place)
        for behaviour in get_args(Behaviour)
    ]
    measured = run_sweep(measure, grid, name="cleaning robot: measured diagrams")
    return {one.setting: one for batch in measured for one in batch}


def _measured(setting: Setting) -> Measured:
    room, names = ROBOTS[setting.robot].room(setting.place), tuple(NAMES[node] for node in setting.nodes)
    effects = measure_effects(room, setting.nodes, behaviour=_behaviour(setting), discount=DISCOUNT)
    lowered = (effects.diagonal(axis1=1, axis2=2) < -1e-9).sum(0)
    undone = tuple((name, int(count)) for name, count in zip(names, lowered, strict=True) if count)
    return Measured(setting, len(effects), undone, None if undone else read_diagram(effects, names))


def _behaviour(setting: Setting) -> Callable[[State], str]:
    if setting.behaviour == "waits":
        return lambda _: "wait"
    robot = ROBOTS[setting.robot]
    room = robot.room(setting.place)
    table = tabulate_with_fiat(room, setting.nodes)
    wanted = robot.mesa if setting.behaviour == "pursues its mesa-objective" else "clean"
    chosen = choices(table, plan(table, wanted, discount=DISCOUNT))[0]
    acts = {state: table.actions[action] for state, action in zip(table.states[0], chosen, strict=True)}
    return acts.__getitem__


@cache
def _table(robot: RobotName, place: Place) -> Table:
    return tabulate(ROBOTS[robot].room(place))


def _chosen(table: Table, params: Params) -> Int[np.ndarray, "level state"]:
    squares = len(params.room.board.open_squares)
    wanted = objective(params.mesa, params.weight, squares=squares, discount=params.discount)
    return choices(table, plan(table, wanted, discount=params.discount))


def _policy(table: Table, chosen: Int[np.ndarray, "level state"]) -> Float[np.ndarray, "level state action"]:
    return np.eye(len(table.actions))[chosen]


def _return(table: Table, chosen: Int[np.ndarray, "level state"], measure: str, discount: float) -> float:
    return float(evaluate(table, _policy(table, chosen), measure, discount=discount)[0])


def _state(table: Table, index: int) -> RoomState:
    state = table.states[0][index]
    assert isinstance(state, RoomState)
    return state


@cache
def _draws(
    seeds: tuple[int, ...], rooms: int
) -> tuple[Float[np.ndarray, "seed room"], Float[np.ndarray, "seed room"], Float[np.ndarray, " seed"]]:
    """For each seed, numbers from 0 to 1 for each room's kind and place in the pool, and one for its lot."""
    drawn = np.stack([np.random.default_rng([seed, 0]).random((rooms, 2)) for seed in seeds])
    lots = np.array([np.random.default_rng([seed, 1]).random() for seed in seeds])
    return drawn[..., 0], drawn[..., 1], lots


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"{name}: got {value!r}; choose {' or '.join(map(repr, allowed))}")
