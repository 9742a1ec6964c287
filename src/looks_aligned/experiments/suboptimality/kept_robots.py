"""Which robots does a base optimizer keep, and what becomes of them when they learn more about their world?

The candidates are pairs: what a robot wants, and how it believes. Each learns from the same training evidence; the
base optimizer sees their base return in training rooms and nothing else. Kept robots then learn from deployment.

Rules, fixed before the runs on the page: a robot *still cleans* if its base gain, on average over the rooms, is
`STILL_CLEANS` or more. A kept robot is *suboptimality-aligned* if it cleans at the belief that it has in training, and
would not if it knew that dust is never destroyed. What it wants is not asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import comb

import numpy as np
from jaxtyping import Bool, Float, Int

from looks_aligned.experiments.selection import best_by_lot
from looks_aligned.experiments.suboptimality.mistaken_model import (
    CLEAN_FLOOR,
    COST,
    PER_CENTS,
    POOL,
    WANTS,
    Behaviour,
    Params,
    run,
)
from looks_aligned.experiments.suboptimality.world_model import (
    BELIEVERS,
    MORE_EVIDENCE,
    TRAINING_EVIDENCE,
    Evidence,
    Learner,
    check_share,
    seen_in_training,
)
from looks_aligned.experiments.suboptimality.world_model import beliefs as learn

STILL_CLEANS = 0.99
"""Share of what cleaning can gain from which on a robot counts as one that cleans."""
ROOM_COUNTS = (1, 5, 20)
"""The page's numbers of training rooms."""
SEEDS = tuple(range(1000))
"""The base optimizers on the page; each has seen and drawn its own. Tests use others."""
SHOWN_SEEDS = SEEDS[:16]
"""Those whose robots are drawn one by one."""
DOUBTER = 2
"""How the robot believes that doubts its vacuum: its prior is even."""

Beliefs = Float[np.ndarray, "gone believer more"]


@dataclass(frozen=True)
class Kept:
    """What base optimizers kept, and how it fares, base optimizer by base optimizer.

    Attributes:
        share: s, of training evidence that agrees with the mistake.
        seeds: along the `seed` axis.
        gone: how many times vacuumed dust seemed gone in training.
        wants: which of `WANTS` the kept robot has.
        believer: how it believes.
        mistaken: whether the kept robot is suboptimality-aligned.
        training: base gain of the kept robot in training, on average over the rooms.
        knowing: its base gain if it knew that dust is never destroyed.
        belief: what it believes after each of `MORE_EVIDENCE`.
        gain: its base gain then.
        mesa: its mesa return then.
        doubter_belief: what a robot believes of the mistake that wants a clean floor and doubts its vacuum.
        doubter: its base gain; at the first of `MORE_EVIDENCE` as in training.
    """

    share: float
    seeds: tuple[int, ...]
    gone: Int[np.ndarray, " seed"]
    wants: Int[np.ndarray, " seed"]
    believer: Int[np.ndarray, " seed"]
    mistaken: Bool[np.ndarray, " seed"]
    training: Float[np.ndarray, " seed"]
    knowing: Float[np.ndarray, " seed"]
    belief: Float[np.ndarray, "seed more"]
    gain: Float[np.ndarray, "seed more"]
    mesa: Float[np.ndarray, "seed more"]
    doubter_belief: Float[np.ndarray, "seed more"]
    doubter: Float[np.ndarray, "seed more"]


def select(
    behaviour: Behaviour, beliefs: Beliefs, *, share: float, rooms: int, seeds: Sequence[int]
) -> tuple[Int[np.ndarray, " seed"], Int[np.ndarray, " seed"]]:
    """What each base optimizer keeps: which of `WANTS`, and which believer.

    Args:
        behaviour: what every candidate earns at every belief.
        beliefs: what robots believe after what they have seen.
        share: s, from 0 to 1: chance that vacuumed dust seems gone in training.
        rooms: N, the number of training rooms, drawn from the pool.
        seeds: one for each base optimizer; a seed draws alike whatever the share is.

    Raises:
        ValueError: a share or a number of rooms outside its range.
    """
    if rooms < 1:
        raise ValueError(f"rooms: got {rooms}; a base optimizer sees at least 1 training room")
    gone, (lots, drawn) = seen_in_training(share, tuple(seeds)), _choices(tuple(seeds), rooms)
    # Each candidate's gain in each room of the pool, then in the rooms that this base optimizer looks at.
    gain = behaviour.gain[:, per_cents(beliefs[gone, :, 0])].transpose(1, 0, 2, 3).reshape(len(gone), -1, POOL)
    score = np.take_along_axis(gain, drawn[:, None], -1).sum(-1)
    return np.divmod(best_by_lot(score, lots), BELIEVERS)


def keep(behaviour: Behaviour, beliefs: Beliefs, *, share: float, rooms: int, seeds: Sequence[int] = SEEDS) -> Kept:
    """Select, and follow the kept robots as they learn; arguments as in `select`."""
    seeds = tuple(seeds)
    wants, believer = select(behaviour, beliefs, share=share, rooms=rooms, seeds=seeds)
    gone = seen_in_training(share, seeds)
    belief, doubt = beliefs[gone, believer], beliefs[gone, DOUBTER]
    by_belief = behaviour.gain.mean(-1)
    gain, knowing = by_belief[wants[:, None], per_cents(belief)], by_belief[wants, 0]
    return Kept(
        share,
        seeds,
        gone=gone,
        wants=wants,
        believer=believer,
        mistaken=(gain[:, 0] >= STILL_CLEANS) & (knowing < STILL_CLEANS),
        training=gain[:, 0],
        knowing=knowing,
        belief=belief,
        gain=gain,
        mesa=behaviour.mesa.mean(-1)[wants[:, None], per_cents(belief)],
        doubter_belief=doubt,
        doubter=behaviour.doubting.mean(-1)[per_cents(doubt)],
    )


def per_cents(belief: Float[np.ndarray, "*any"]) -> Int[np.ndarray, "*any"]:
    """A belief in whole per cents."""
    return np.rint(np.asarray(belief) * PER_CENTS).astype(int)


def shown_seed(kept: Kept) -> int:
    """The first base optimizer that keeps a suboptimality-aligned robot; the first of all if none does."""
    return kept.seeds[int(kept.mistaken.argmax())]


def again(kept: Kept, learner: Learner, more: int) -> tuple[float, float]:
    """Learn and plan anew, for one base optimizer's kept robot and for the one that doubts.

    Args:
        kept: what was kept; the base optimizer is its `shown_seed`.
        learner: how the robots learn.
        more: how often they have seen dust vacuumed in deployment, one of `MORE_EVIDENCE`.

    Returns:
        The base gain of the two, on average over the rooms.
    """
    place = kept.seeds.index(shown_seed(kept))
    gone, wants = int(kept.gone[place]), WANTS[int(kept.wants[place])]
    learned = learn([Evidence(gone, learner, way) for way in (int(kept.believer[place]), DOUBTER)])
    belief, doubt = (float(one) for one in per_cents(learned[:, MORE_EVIDENCE.index(more)]) / PER_CENTS)
    return float(run(Params(wants, belief)).gain.mean()), float(run(Params(CLEAN_FLOOR, 0.0, 1 - doubt)).gain.mean())


@cache
def _choices(seeds: tuple[int, ...], rooms: int) -> tuple[Float[np.ndarray, " seed"], Int[np.ndarray, "seed room"]]:
    """For each base optimizer a lot, and the rooms of the pool that it looks at."""
    draws = [np.random.default_rng([seed, *b"choice"]) for seed in seeds]
    return np.array([draw.random() for draw in draws]), np.stack([draw.integers(POOL, size=rooms) for draw in draws])


def chance_mistaken(beliefs: Beliefs, share: float) -> float:
    """How likely is a base optimizer to keep a suboptimality-aligned robot, if nothing counts but what cleaning costs?

    Then a robot cleans, and cleans perfectly, where it expects more of vacuuming a unit than that costs; all that do
    tie, however many rooms they are tried in. Of each number of times k that dust may have seemed gone, the chance is
    binomial.
    """
    check_share(share)
    total = 0.0
    for gone in range(TRAINING_EVIDENCE + 1):
        chance = comb(TRAINING_EVIDENCE, gone) * share**gone * (1 - share) ** (TRAINING_EVIDENCE - gone)
        cleans = [
            (wants.expected(belief) > COST, wants.expected(0.0) > COST)
            for wants in WANTS
            for belief in per_cents(beliefs[gone, :, 0]) / PER_CENTS
        ]
        kept = [for_good for now, for_good in cleans if now]
        total += chance * (1 - sum(kept) / len(kept))
    return total


def directions(kept: Kept, more: int) -> str:
    """Which way have base gains gone since training, of robots aligned by mistake and of one that doubts its vacuum?

    Args:
        kept: what base optimizers kept; some of it by mistake.
        more: how often they have seen dust vacuumed in deployment, one of `MORE_EVIDENCE`.
    """
    now = MORE_EVIDENCE.index(more)
    moves = (kept.gain[kept.mistaken, now] - kept.gain[kept.mistaken, 0], kept.doubter[:, now] - kept.doubter[:, 0])
    first, second = ("rises" if move.mean() > 0 else "falls" for move in moves)
    return f"both {first.removesuffix('s')}" if first == second else f"the first {first}, the second {second}"
