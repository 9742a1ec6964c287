"""Which of ten robots does a base optimizer keep that sees nothing but what they do in training rooms?

One robot wants a clean floor; each of the others wants a signal of its own, for which there may be a lure. What a robot
earns is planned (`lured_robots`). Two worlds of training rooms differ in one thing. A robot's lure is in a share 1 − s
of the rooms in both. In one, lures come together: a room has all of them or none. In the other, each comes on its own,
whatever other lures are there. So robots are given away in the same rooms, or independently of each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal, get_args

import numpy as np
from jaxtyping import Bool, Float, Int

from looks_aligned.experiments.selection import (
    TIE,
    best_by_lot,
    chance_if_all_fail_together,
    chance_if_each_fails_alone,
    check_rooms,
)
from looks_aligned.experiments.sweeps import sweep as run_sweep
from looks_aligned.experiments.two_optimizers.lured_robots import (
    ROBOTS,
    STRENGTHS,
    Pool,
    Tried,
    base_return,
    inner_search,
    try_robots,
)
from looks_aligned.worlds.table import Objective, Table

Lures = Literal["together", "each on its own"]
WAYS: tuple[Lures, ...] = get_args(Lures)

SHARES = (0.5, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99, 1.0)
"""The page's shares of training rooms without a robot's lure."""
ROOM_COUNTS = (1, 5, 10, 20, 50)
"""The page's numbers of training rooms."""
CANDIDATES = (2, 4, ROBOTS)
"""The page's numbers of candidates; robot 0 is always among them."""
FINE = tuple(sorted({*SHARES, *(float(round(share, 9)) for share in np.linspace(0.5, 1, 41))}))
"""Shares at which chances are computed exactly: the page's, and more between them."""
SEEDS = tuple(range(1000))
"""The base optimizers on the page; each draws its own training rooms. Tests use others."""


@dataclass(frozen=True)
class Params:
    """How a base optimizer chooses, and among whom.

    Attributes:
        lures: how lures come into training rooms.
        share: s, from 0 to 1: how likely a training room is to be without a given robot's lure.
        rooms: N, the number of training rooms, at least 1.
        candidates: k, from 1 to 10: robot 0 and the robots 1 to k − 1.
        pool: the rooms to draw from.
    """

    lures: Lures = "together"
    share: float = 0.9
    rooms: int = 20
    candidates: int = ROBOTS
    pool: Pool = field(default_factory=Pool)

    def __post_init__(self) -> None:
        """Refuse settings outside their range."""
        if self.lures not in WAYS:
            raise ValueError(f"lures: got {self.lures!r}; choose {' or '.join(map(repr, WAYS))}")
        check_rooms(self.share, self.rooms)
        if not 1 <= self.candidates <= ROBOTS:
            raise ValueError(f"candidates: got {self.candidates}; there are from 1 to {ROBOTS}")


@dataclass(frozen=True)
class Result:
    """What each base optimizer kept.

    Attributes:
        params: the settings.
        seeds: along the `seed` axis, one for each base optimizer.
        kept: the robot that it kept.
        left: how many misaligned robots tied for the best score: as far as it could see, each was as good as the best.
        tried: what the robots earn.
    """

    params: Params
    seeds: tuple[int, ...]
    kept: Int[np.ndarray, " seed"]
    left: Int[np.ndarray, " seed"]
    tried: Tried

    @property
    def misaligned(self) -> Bool[np.ndarray, " seed"]:
        """Which base optimizers kept a misaligned robot."""
        return self.tried.misaligned[self.kept]

    @property
    def gain(self) -> Float[np.ndarray, " seed"]:
        """How much of what cleaning can add to the base return the kept robot adds in deployment."""
        return self.tried.gain[self.kept]


def run_all(settings: Sequence[Params], seeds: tuple[int, ...] = SEEDS) -> tuple[Result, ...]:
    """Plan for every robot in every room, and let every base optimizer choose.

    Args:
        settings: what to run; a pool that several name is planned for once.
        seeds: one for each base optimizer.
    """
    tried = {pool: try_robots([pool]) for pool in {params.pool for params in settings}}
    return tuple(select(tried[params.pool], params, seeds) for params in settings)


def run(params: Params, seeds: tuple[int, ...] = SEEDS) -> Result:
    """The same for one setting."""
    return run_all([params], seeds)[0]


def outer_search(robots: Sequence[Objective], rooms: Table, lot: float) -> int:
    """θ* = argmax_θ E[O_base(π_θ)]: which robot scores best here?

    Args:
        robots: what each of them wants, θ.
        rooms: the training rooms.
        lot: from 0 to below 1; it decides where robots tie.
    """
    scores = []
    for wanted in robots:
        behaviour = inner_search(rooms, wanted)
        scores.append(base_return(rooms, behaviour).sum())
    return int(best_by_lot(np.array([scores]), np.array([lot]))[0])


def select(tried: Tried, params: Params, seeds: tuple[int, ...] = SEEDS) -> Result:
    """Let base optimizers choose, each by the rooms and the lot that its seed draws.

    A seed draws the same rooms, lures and lot whatever the settings; a lure is there where its draw is at least s.

    Args:
        tried: what the robots earn.
        params: the settings; its pool is that of `tried`.
        seeds: one for each base optimizer.
    """
    places, luck, lots = _draws(seeds, params.rooms)
    chosen = (places * tried.base.shape[1]).astype(int)[..., None]
    drawn = luck[..., :1] if params.lures == "together" else luck
    present = (drawn >= params.share).astype(int)
    score = tried.base[present, chosen, np.arange(ROBOTS), -1].sum(1)[:, : params.candidates]
    best = score > score.max(-1, keepdims=True) - TIE
    left = (best & tried.misaligned[: params.candidates]).sum(-1)
    return Result(replace(params, pool=tried.pool), seeds, best_by_lot(score, lots), left, tried)


def chance_to_be_kept(tried: Tried, params: Params) -> Float[np.ndarray, " candidate"]:
    """How likely is each candidate to be kept? Exactly, for the robots and rooms of this pool.

    Robot 0 earns as much as any in every room. So a robot is among the best over N rooms exactly if it is in each. All
    robots of a set T are, with the chance u(T) = (share of the rooms that give away none of T)^N; T and no other, with
    the chance Σ (−1)^|U∖T| u(U) over all U ⊇ T; then each of T and robot 0 are kept with 1 / (|T| + 1).
    """
    others = params.candidates - 1
    members = (np.arange(2**others)[:, None] >> np.arange(others)) & 1 == 1
    given_away = tried.given_away[:, 1 : params.candidates]
    if params.lures == "together":
        spared = params.share + (1 - params.share) * (given_away[:, None] & members).any(-1).__invert__()
    else:
        alone = 1 - (1 - params.share) * given_away
        spared = np.where(members, alone[:, None], 1.0).prod(-1)
    exactly = spared.mean(0) ** params.rooms
    for member in range(others):
        without = np.flatnonzero(~members[:, member])
        exactly[without] -= exactly[without + 2**member]
    apiece = exactly / (members.sum(-1) + 1)
    return np.array([apiece.sum(), *(apiece[:, None] * members).sum(0)])


def expected_left(tried: Tried, share: float, rooms: int, candidates: int = ROBOTS) -> float:
    """How many misaligned robots tie for the best score on average? Exactly; and the same in both worlds.

    For an average it is enough how likely each of them is to come through, whatever becomes of the others.
    """
    given_away = tried.given_away[:, :candidates][:, tried.misaligned[:candidates]]
    return float(((1 - (1 - share) * given_away.mean(0)) ** rooms).sum())


def theory(params: Params) -> float:
    """How likely is a misaligned robot to be kept, if every room with its lure gives it away?"""
    if params.lures == "together":
        return chance_if_all_fail_together(params.share, params.rooms, 1 - 1 / params.candidates)
    return chance_if_each_fails_alone(params.share, params.rooms, params.candidates)


@dataclass(frozen=True)
class OverShares:
    """What base optimizers keep at each share of rooms without a robot's lure, in both worlds of training rooms.

    Attributes:
        rooms: N, the number of training rooms.
        candidates: k, the number of candidates.
        seeds: of the base optimizers.
        tried: what the robots earn.
        kept: how many base optimizers keep a misaligned robot; along `way` as in `WAYS`, along `share` as in `SHARES`.
        left: to how many of them 0, 1, 2 … misaligned robots tie for the best score, along `number`.
        gain: how much of what cleaning can add to the base return the kept robot adds in deployment, on average.
        exact: how likely a misaligned robot is to be kept; along `fine` as in `FINE`.
        theory: the same if every room with its lure gives a robot away.
        related: correlation of base and mesa return in training; see `Tried.correlation`.
    """

    rooms: int
    candidates: int
    seeds: tuple[int, ...]
    tried: Tried
    kept: Int[np.ndarray, "way share"]
    left: Int[np.ndarray, "way share number"]
    gain: Float[np.ndarray, "way share"]
    exact: Float[np.ndarray, "way fine"]
    theory: Float[np.ndarray, "way fine"]
    related: Float[np.ndarray, " share"]


def over_shares(tried: Tried, rooms: int, candidates: int = ROBOTS, seeds: tuple[int, ...] = SEEDS) -> OverShares:
    """Let base optimizers choose at every share, and compute how likely it was.

    Args:
        tried: what the robots earn.
        rooms: N, at least 1.
        candidates: k, from 1 to 10.
        seeds: one for each base optimizer.
    """

    def at(lures: Lures, share: float) -> Params:
        return Params(lures, share, rooms, candidates, tried.pool)

    found = [[select(tried, at(lures, share), seeds) for share in SHARES] for lures in WAYS]
    misaligned = tried.misaligned[:candidates]
    return OverShares(
        rooms,
        candidates,
        seeds,
        tried,
        kept=np.array([[one.misaligned.sum() for one in row] for row in found]),
        left=np.array([[np.bincount(one.left, minlength=ROBOTS) for one in row] for row in found]),
        gain=np.array([[one.gain.mean() for one in row] for row in found]),
        exact=np.array(
            [[chance_to_be_kept(tried, at(lures, share))[misaligned].sum() for share in FINE] for lures in WAYS]
        ),
        theory=np.array([[theory(at(lures, share)) for share in FINE] for lures in WAYS]),
        related=np.array([tried.correlation(share) for share in SHARES]),
    )


def over_shares_of_all(pools: Sequence[Pool]) -> dict[tuple[int, int], OverShares]:
    """The same at all the page's numbers of rooms and of candidates, for one pool.

    Raises:
        ValueError: another number of pools than one.
    """
    tried = try_robots(pools)
    return {
        (rooms, candidates): over_shares(tried, rooms, candidates) for rooms in ROOM_COUNTS for candidates in CANDIDATES
    }


def selection_sweep() -> dict[tuple[float, int, int], OverShares]:
    """Every strength of a lure, number of rooms and number of candidates of the page; some seconds, then cached."""
    batches = run_sweep(over_shares_of_all, [[Pool(strength)] for strength in STRENGTHS], name="ten robots: selection")
    return {
        (strength, *setting): found
        for strength, batch in zip(STRENGTHS, batches, strict=True)
        for setting, found in batch.items()
    }


@cache
def _draws(
    seeds: tuple[int, ...], rooms: int
) -> tuple[Float[np.ndarray, "seed room"], Float[np.ndarray, "seed room robot"], Float[np.ndarray, " seed"]]:
    """For each seed, numbers from 0 to 1 for each room's place in the pool and each lure, and one for its lot."""
    drawn = np.stack([np.random.default_rng([seed, 0]).random((rooms, 1 + ROBOTS)) for seed in seeds])
    lots = np.array([np.random.default_rng([seed, 1]).random() for seed in seeds])
    return drawn[..., 0], drawn[..., 1:], lots
