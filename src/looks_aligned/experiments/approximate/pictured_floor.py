"""A robot plans on a learned picture of how clean the floor is: what does it do where the picture is wrong?

Dust is grey. On a dark tile it looks lighter than the tile, on a light tile darker. The robot has a camera and a plan
of the floor: of each square it sees how bright it is, and how bright the bare tile would be. A small network, the same
for every square, makes a number of the two, and the average over squares is the robot's picture of how clean the room
is. It is trained on pictures of rooms, each with one label: the share of the floor that is clean, which is the base
objective. The robot then plans exactly for what the picture says. It can sweep dust into its pan, and scatter it.

No network of rectified units is the base objective itself: dust is as bad on a tile that nearly hides it as on any
other, so a picture would have to fall the more steeply the fainter the dust is.

In training three tiles in four are dark and one is light; none is grey. Rooms of deployment have other tiles.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Literal, TypeGuard, get_args

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from looks_aligned import progress
from looks_aligned.agents import following
from looks_aligned.agents.networks import Scorer
from looks_aligned.agents.optimizers import Adam
from looks_aligned.agents.planner import plan
from looks_aligned.agents.training import one_thread
from looks_aligned.experiments.approximate.fitting import correlations, misfit
from looks_aligned.experiments.proxy.cleaning_robot import FOR_EVER, STEPS
from looks_aligned.experiments.runs import runs_with
from looks_aligned.experiments.sweeps import sweep as run_sweep
from looks_aligned.worlds.measures import repeated, with_stock
from looks_aligned.worlds.room import Room, RoomState
from looks_aligned.worlds.table import Table, tabulate

Place = Literal["training", "light floor", "grey floor"]

PLACES: tuple[Place, ...] = get_args(Place)
WIDTHS = (1, 2, 4, 8, 16)
"""The grid of widths on the page."""
DISCOUNT = 0.9
DUST = 0.5
"""How bright dust is; black is 0, white 1."""
COVER = 0.8
"""How much of a tile's own brightness dust takes away."""
DARK, GREY, LIGHT = (0.0, 0.3), (0.4, 0.6), (0.7, 1.0)
"""How bright tiles of each kind are: uniform between these."""
KINDS: dict[Place, tuple[float, float, float]] = {
    "training": (0.75, 0.0, 0.25),
    "light floor": (0.25, 0.0, 0.75),
    "grey floor": (0.0, 1.0, 0.0),
}
"""How likely a tile is dark, grey or light."""
ROOM = Room.parse("Rddd\n....", tools=("sweep", "scatter"))
"""What stands in every room; where, is drawn."""
SQUARES = len(ROOM.board.open_squares)
ROOMS = 4
"""Rooms of each place in which every robot is tried."""
PICTURES = 512
UPDATES = 300
LEARNING_RATE = 0.03
SEEDS = tuple(range(16))
"""The seeds on the page; tests draw with others."""
SHOWN_SEED = 0
"""The one seed that a live explorer trains again."""


@dataclass(frozen=True)
class Params:
    """One robot's picture, and where it is used.

    Attributes:
        width: rectified units in the picture's one hidden layer, at least 1.
        place: where the robot is tried.
        labelled: share of its training pictures that come from that place, from 0 to 1; the rest are of training.
        seed: of the first weights and the training pictures; the rooms to clean are the same for all.
    """

    width: int = 2
    place: Place = "training"
    labelled: float = 0.0
    seed: int = SHOWN_SEED

    def __post_init__(self) -> None:
        """Refuse settings outside their range."""
        if self.width < 1:
            raise ValueError(f"width: got {self.width}; a network has at least 1 unit")
        if self.place not in PLACES:
            raise ValueError(f"place: got {self.place!r}; choose {' or '.join(map(repr, PLACES))}")
        if not 0 <= self.labelled <= 1:
            raise ValueError(f"labelled: got {self.labelled}; it is a share of pictures, from 0 to 1")


@dataclass(frozen=True)
class Floor:
    """A room to clean, and how bright each of its tiles is, in the order of `room.board.open_squares`."""

    room: Room
    tiles: Float[np.ndarray, " square"]


@dataclass(frozen=True)
class Result:
    """What a batch of robots did; along the `room` axis are the place's rooms.

    Returns are discounted averages over steps, without an end, of the share of the floor that is clean (base) and of
    what the picture says (mesa).

    Attributes:
        settings: along the `run` axis.
        correlation: ρ, of the picture and the base objective over fresh pictures of the place.
        base: base return of the robot.
        waiting: base return of a robot that does nothing.
        best: the highest possible base return.
        mesa: the share of the highest possible mesa return, above waiting, that the robot gets; 1 if it plans exactly.
            Where nothing could be gained it is 1 too.
        bare: what the picture says of a clean tile, at each brightness of `SHADES`; less its mean over training tiles.
        dusty: what it says of the same tile with dust on it.
    """

    settings: tuple[Params, ...]
    correlation: Float[np.ndarray, " run"]
    base: Float[np.ndarray, "run room"]
    waiting: Float[np.ndarray, "run room"]
    best: Float[np.ndarray, "run room"]
    mesa: Float[np.ndarray, "run room"]
    bare: Float[np.ndarray, "run shade"]
    dusty: Float[np.ndarray, "run shade"]

    @property
    def gain(self) -> Float[np.ndarray, " run"]:
        """How much of what cleaning can add to the base return the robot adds, over all rooms; below 0 if it harms."""
        return (self.base - self.waiting).sum(1) / (self.best - self.waiting).sum(1)

    def select(self, **wanted: float | int | str) -> "Result":
        """The runs whose settings have these values.

        Raises:
            ValueError: there is none.
        """
        runs = runs_with(self.settings, **wanted)
        measured = (getattr(self, name)[runs] for name in MEASURED)
        return Result(tuple(self.settings[run] for run in runs), *measured)


MEASURED = ("correlation", "base", "waiting", "best", "mesa", "bare", "dusty")
SHADES = tuple(round(float(shade), 3) for shade in np.linspace(0, 1, 41))
"""The tiles' brightnesses at which a picture is drawn."""


def draw_tiles(generator: np.random.Generator, place: Place, shape: tuple[int, ...]) -> Float[np.ndarray, "*tile"]:
    """How bright the tiles of a place are."""
    kind = generator.choice(3, size=shape, p=KINDS[place])
    low, high = np.array([DARK, GREY, LIGHT])[kind].T
    return (low + (high - low) * generator.random(shape).T).T


def seen(tiles: Float[np.ndarray, "*tile"], dusty: Bool[np.ndarray, "*tile"]) -> Float[Tensor, "*tile attribute"]:
    """What the robot sees of each square: how bright it is, and how bright its bare tile would be."""
    brightness = np.where(dusty, tiles + COVER * (DUST - tiles), tiles)
    return torch.from_numpy(np.stack(np.broadcast_arrays(brightness, tiles), -1))


def picture(scorer: Scorer, squares: Float[Tensor, "run room square attribute"]) -> Float[Tensor, "run room"]:
    """How clean each room looks: a number for every square by the same network, averaged over squares."""
    return scorer(squares).mean(-1)


def draw_pictures(
    settings: Sequence[Params], *, fresh: bool = False
) -> tuple[Float[Tensor, "run room square attribute"], Float[Tensor, "run room"]]:
    """Pictures of rooms, each tile dusty or not with even chances, and the base objective in each.

    Args:
        settings: the runs.
        fresh: of their places alone, and others than those to train on.
    """
    squares, clean = [], []
    for params in settings:
        generator = np.random.default_rng([params.seed, fresh])
        shape = (PICTURES, SQUARES)
        usual, there = (draw_tiles(generator, place, shape) for place in ("training", params.place))
        labelled = 1.0 if fresh else params.labelled
        tiles = np.where(np.arange(PICTURES)[:, None] < labelled * PICTURES, there, usual)
        dusty = generator.random(shape) < 0.5
        squares.append(seen(tiles, dusty))
        clean.append(torch.from_numpy(1 - dusty.mean(-1)))
    return torch.stack(squares), torch.stack(clean)


def train(settings: Sequence[Params]) -> Scorer:
    """Fit each run's picture to its labels, which are the base objective.

    Raises:
        ValueError: the settings differ in width.
    """
    if len({params.width for params in settings}) != 1:
        raise ValueError("settings: the runs of one batch have the same width")
    squares, clean = draw_pictures(settings)
    # In double precision, or training would amplify how a batch of another size is rounded.
    scorer = Scorer(seeds=[params.seed for params in settings], attributes=2, hidden=settings[0].width).double()
    optimizer = Adam(scorer.parameters(), lr=LEARNING_RATE)
    with one_thread():
        for _ in progress.track(range(UPDATES), UPDATES, "training"):
            optimizer.zero_grad()
            misfit(picture(scorer, squares), clean).sum().backward()
            optimizer.step()
    return scorer


@cache
def floors(place: Place, count: int = ROOMS, seed: int = 0) -> tuple[Floor, ...]:
    """Draw rooms to clean: where the robot and the dust are, and how bright the tiles are."""
    generator = np.random.default_rng([seed, *place.encode()])
    return tuple(Floor(ROOM.shuffled(generator), draw_tiles(generator, place, (SQUARES,))) for _ in range(count))


@cache
def _table(room: Room) -> Table:
    return tabulate(room)


def dust_map(room: Room, table: Table) -> Bool[np.ndarray, "state square"]:
    """Which squares are dusty, in each state of a room's table."""
    squares = room.board.open_squares
    return np.array([[square in state.dust for square in squares] for state in table.states[0] if _is_room(state)])


def pictured(scorer: Scorer, floor: Floor, table: Table) -> Float[np.ndarray, "run state"]:
    """What each run's picture says of every state of a room."""
    dusty = dust_map(floor.room, table)
    squares = seen(np.broadcast_to(floor.tiles, dusty.shape), dusty)
    runs = len(scorer.see)
    with torch.no_grad():
        return picture(scorer, squares.expand(runs, *squares.shape)).numpy()


def run_all(settings: Sequence[Params]) -> Result:
    """Train a batch of pictures at once, and let each robot clean every room of its place.

    Raises:
        ValueError: as `train`; or the settings differ in place.
    """
    settings = tuple(settings)
    if len({params.place for params in settings}) != 1:
        raise ValueError("settings: the runs of one batch have the same place")
    scorer = train(settings)
    squares, clean = draw_pictures(settings, fresh=True)
    with torch.no_grad():
        looks = picture(scorer, squares)
    rho = correlations(looks.numpy(), clean.numpy())
    tried = [_try(scorer, floor) for floor in floors(settings[0].place)]
    base, waiting, best, mesa = (np.stack(measured, -1) for measured in zip(*tried, strict=True))
    return Result(settings, rho, base, waiting, best, mesa, *looks_of_tiles(scorer))


def looks_of_tiles(
    scorer: Scorer, brightness: Sequence[float] = SHADES
) -> tuple[Float[np.ndarray, "run shade"], Float[np.ndarray, "run shade"]]:
    """What pictures say of tiles, bare and dusty, less what they say of a usual bare tile.

    Args:
        scorer: the pictures' network.
        brightness: of the bare tiles.
    """
    tiles = np.array(brightness, dtype=float)
    usual = draw_tiles(np.random.default_rng(0), "training", (1000,))
    with torch.no_grad():
        bare, dusty, level = (
            scorer(seen(shades, np.full(shades.shape, has)).expand(len(scorer.see), 1, -1, 2))[:, 0].numpy()
            for shades, has in ((tiles, False), (tiles, True), (usual, False))
        )
    level = level.mean(-1, keepdims=True)
    return bare - level, dusty - level


def _try(scorer: Scorer, floor: Floor) -> tuple[np.ndarray, ...]:
    """Base return, that of waiting, the best, and the share of the best mesa return, of every run in one room."""
    table = _table(floor.room)
    runs = len(scorer.see)
    alike = with_stock(repeated(table, runs), "pictured", pictured(scorer, floor, table))
    planned = plan(alike, "pictured", discount=DISCOUNT)
    states, actions = following.follow(alike, following.choices(alike, planned), FOR_EVER)
    at = (np.arange(runs)[:, None], states[:, :-1], actions)
    clean, looks = (alike.reward(measure)[at] for measure in ("clean", "pictured"))
    worth = (1 - DISCOUNT) * DISCOUNT ** np.arange(FOR_EVER)
    first = alike.start.argmax(-1)
    at_start = pictured(scorer, floor, table)[np.arange(runs), first]
    could = (1 - DISCOUNT) * planned.expected - at_start
    does = (worth * looks).sum(-1) - at_start
    best = float((1 - DISCOUNT) * plan(table, "clean", discount=DISCOUNT).expected[0])
    still = 1 - len(floor.room.start.dust) / SQUARES
    share = np.divide(does, could, out=np.ones_like(could), where=could > 1e-6)
    return (worth * clean).sum(-1), np.full(runs, still), np.full(runs, best), share


def run(params: Params) -> Result:
    """Train one robot's picture, and let it clean."""
    return run_all([params])


@dataclass(frozen=True)
class Way:
    """One robot's way through one room. At moment 0 nothing has been done yet.

    Attributes:
        params: whose.
        floor: where.
        states: at each moment.
        actions: between each moment and the next.
        clean: share of the floor that is clean, at each moment.
        looks: what the picture says, at each moment, on a scale on which it says 0 of the room as it was and 1 if the
            robot gets there all that the picture can say of any state of it.
        looks_better: for each square, whether the picture says more of it clean than dusty.
    """

    params: Params
    floor: Floor
    states: tuple[RoomState, ...]
    actions: tuple[str, ...]
    clean: Float[np.ndarray, " moment"]
    looks: Float[np.ndarray, " moment"]
    looks_better: Bool[np.ndarray, " square"]


def follow(params: Params, room: int, steps: int = STEPS) -> Way:
    """Train one robot's picture, and follow its plan in one room of its place."""
    return _followed(params, train([params]), floors(params.place)[room], steps)


def ways(settings: Sequence[Params]) -> tuple[tuple[Way, ...], ...]:
    """The ways of single robots through every room of their places."""
    found = []
    for params in settings:
        scorer = train([params])
        found.append(tuple(_followed(params, scorer, floor, STEPS) for floor in floors(params.place)))
    return tuple(found)


def _followed(params: Params, scorer: Scorer, floor: Floor, steps: int) -> Way:
    table = _table(floor.room)
    says = pictured(scorer, floor, table)
    alike = with_stock(table, "pictured", says)
    chosen = following.choices(alike, plan(alike, "pictured", discount=DISCOUNT))
    states, actions = following.follow(alike, chosen, steps)
    visited = [state for state in (table.states[0][int(index)] for index in states[0]) if _is_room(state)]
    start, most = says[0, states[0, 0]], says[0].max()
    squares = floor.tiles.shape
    bare, dusty = (
        picture(scorer, seen(floor.tiles, np.full(squares, has))[None, :, None]).detach().numpy()[0]
        for has in (False, True)
    )
    return Way(
        params,
        floor,
        tuple(visited),
        tuple(table.actions[int(action)] for action in actions[0]),
        np.array([1 - len(state.dust) / len(floor.room.board.open_squares) for state in visited]),
        (says[0, states[0]] - start) / max(most - start, 1e-9),
        bare > dusty,
    )


def sweep() -> Result:
    """Every width and place on the page with every seed, with and without labels from the place; cached."""
    grid = [
        [Params(width, place, labelled, seed) for seed in SEEDS]
        for width, place, labelled in product(WIDTHS, PLACES, LABELLED)
        if not (labelled and place == "training")
    ]
    results = run_sweep(run_all, grid, name="pictured floor: every width, place and seed")
    settings = tuple(params for result in results for params in result.settings)
    return Result(settings, *(np.concatenate([getattr(r, name) for r in results]) for name in MEASURED))


LABELLED = (0.0, 0.5)
"""The page's shares of training pictures from where the robot is tried."""


def ways_sweep() -> dict[Params, tuple[Way, ...]]:
    """The shown seed's ways, for every width and place; cached."""
    settings = [Params(width, place) for width, place in product(WIDTHS, PLACES)]
    found = run_sweep(ways, [[params] for params in settings], name="pictured floor: ways")
    return {params: way for params, (way,) in zip(settings, found, strict=True)}


def _is_room(state: object) -> TypeGuard[RoomState]:
    return isinstance(state, RoomState)
