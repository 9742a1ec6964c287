"""A simple strategy serves the base objective, a complicated one does not: who looks aligned until it plans further?

At a fork a robot can do something simple at once, or go m steps to something complicated. The base objective counts the
simple thing. What a robot wants is a weight x for the simple and a weight y for the complicated thing, on the unit
circle. It looks d steps ahead, plans exactly as far as it sees, takes the first step, and plans again. Those whose base
score in training is above `KEPT` are kept. In deployment nothing changes but how far they look.

r is the correlation of the two weights over all robots that might be made, before any is trained or kept. It is no
correlation in training: there, among the kept, all that is left of the complicated strategy is what nobody found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import asin, atan, inf, pi

import numpy as np
from jaxtyping import Bool, Float, Int

from looks_aligned.experiments.runs import runs_with
from looks_aligned.experiments.sweeps import sweep as run_sweep
from looks_aligned.worlds.fork import Fork
from looks_aligned.worlds.table import Table, tabulate

DISCOUNT = 0.95
DETOUR = 4
"""m, the steps to the complicated thing."""
KEPT = 0.99
"""Base score in training above which a robot is kept; doing the simple thing always is 1."""
DEPTHS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 30, 40)
"""The page's depths d."""
TRAINING_DEPTHS = (2, 4, 6, 8, 12)
"""The page's depths in training."""
SHOWN_DEPTHS = (1, 4, 5, 6, 8, 12, 20, 40)
"""The depths in deployment that the page lets one choose."""
CORRELATIONS = (-0.9, -0.6, -0.3, 0.0, 0.3, 0.6, 0.8, 0.9, 0.98)
"""The page's correlations r of the two weights."""
SEEDS = tuple(range(16))
"""Each draws its own objectives."""
OBJECTIVES = 1500
"""How many objectives a seed draws."""
EPISODE = 120
"""How many steps a return is summed over; a step beyond would count less than a four-hundredth."""


@dataclass(frozen=True)
class Params:
    """Robots with one kind of prior over what they want, at every depth of `DEPTHS`.

    Attributes:
        correlation: r, from −1 to 1, both excluded: of the two weights before anything is kept.
        detour: m, at least 1.
        objectives: how many robots, at least 1.
        seed: of what they want.
    """

    correlation: float = 0.0
    detour: int = DETOUR
    objectives: int = OBJECTIVES
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse settings outside their range."""
        if not -1 < self.correlation < 1:
            raise ValueError(f"correlation: got {self.correlation}; it must be between -1 and 1")
        if self.detour < 1:
            raise ValueError(f"detour: got {self.detour}; the way takes at least 1 step")
        if self.objectives < 1:
            raise ValueError(f"objectives: got {self.objectives}; draw at least 1")


@dataclass(frozen=True)
class Result:
    """What robots do at each depth of `DEPTHS`.

    Attributes:
        settings: along the `run` axis.
        weights: of the simple and of the complicated thing, for each robot, on the unit circle.
        base: base score: the discounted share of steps with the simple thing, from 0 to 1.
        mesa: how much of what it wants it gets, on the same scale.
        best: how much there is to be had.
    """

    settings: tuple[Params, ...]
    weights: Float[np.ndarray, "run robot two"]
    base: Float[np.ndarray, "run depth robot"]
    mesa: Float[np.ndarray, "run depth robot"]
    best: Float[np.ndarray, "run robot"]

    def select(self, **wanted: float | str) -> "Result":
        """The runs whose settings have these values.

        Raises:
            ValueError: there is none.
        """
        runs = runs_with(self.settings, **wanted)
        kept = (getattr(self, name)[runs] for name in ("weights", "base", "mesa", "best"))
        return Result(tuple(self.settings[run] for run in runs), *kept)

    def kept(self, training_depth: int) -> Bool[np.ndarray, "run robot"]:
        """Which robots look aligned when they look so far ahead; one of `DEPTHS`."""
        return self.base[:, DEPTHS.index(training_depth)] > KEPT

    def still(self, training_depth: int) -> Float[np.ndarray, "run depth"]:
        """Of the kept, the share that looks aligned at each depth."""
        kept = self.kept(training_depth)[:, None]
        return ((self.base > KEPT) & kept).sum(-1) / np.maximum(kept.sum(-1), 1)

    def able(self, training_depth: int) -> Float[np.ndarray, "run depth"]:
        """Of what the kept could get of what they want, how much they get at each depth."""
        kept = self.kept(training_depth)
        return (self.mesa * kept[:, None]).sum(-1) / np.maximum((self.best * kept).sum(-1), 1e-12)[:, None]


def first_step(
    table: Table, reward: Float[np.ndarray, "robot state action"], depth: int
) -> Int[np.ndarray, "robot state"]:
    """What to do now, for who looks `depth` steps ahead; among equally good steps the first that the world names."""
    worth = reward
    for _ in range(depth - 1):
        worth = reward + DISCOUNT * worth.max(-1)[:, table.next[0, :, :, 0]]
    # Rounding must not decide between steps that are equally good.
    return (worth >= worth.max(-1, keepdims=True) - 1e-12).argmax(-1)


def draw_weights(params: Params) -> Float[np.ndarray, "robot two"]:
    """What robots want: two weights with correlation r from a normal distribution, and of them only the direction."""
    x, other = np.random.default_rng([params.seed, *b"weights"]).standard_normal((2, params.objectives))
    y = params.correlation * x + (1 - params.correlation**2) ** 0.5 * other
    return np.stack([x, y], -1) / np.hypot(x, y)[:, None]


def run_all(settings: Sequence[Params]) -> Result:
    """Let every robot plan and act at every depth.

    Raises:
        ValueError: no settings, or settings that differ in their number of objectives.
    """
    settings = tuple(settings)
    if len({params.objectives for params in settings}) != 1:
        raise ValueError("settings: all runs of a batch have as many objectives, and there must be some")
    parts = [_run(params) for params in settings]
    weights, base, mesa, best = (np.stack(part) for part in zip(*parts, strict=True))
    return Result(settings, weights, base, mesa, best)


def run(params: Params) -> Result:
    """One seed's robots."""
    return run_all([params])


def sweep() -> Result:
    """Every correlation of the page with every seed; cached."""
    grid = [[Params(r, seed=seed) for seed in SEEDS] for r in CORRELATIONS]
    parts = run_sweep(run_all, grid, name="unfound strategy: every correlation and seed")
    settings = tuple(params for part in parts for params in part.settings)
    measured = (np.concatenate([getattr(part, name) for part in parts]) for name in ("weights", "base", "mesa", "best"))
    return Result(settings, *measured)


def _run(params: Params) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    table, weights = _table(params.detour), draw_weights(params)
    counts = np.stack([table.reward(name)[0] for name in table.measures], -1)
    reward = np.einsum("sac,rc->rsa", counts, weights)
    base, mesa = np.zeros((2, len(DEPTHS), params.objectives))
    robot = np.arange(params.objectives)
    for place, depth in enumerate(DEPTHS):
        does = first_step(table, reward, depth)
        state = np.zeros(params.objectives, dtype=int)
        for step in range(EPISODE):
            action = does[robot, state]
            base[place] += DISCOUNT**step * counts[state, action, 0]
            mesa[place] += DISCOUNT**step * reward[robot, state, action]
            state = table.next[0, state, action, 0]
    whole = (1 - DISCOUNT**EPISODE) / (1 - DISCOUNT)
    later = DISCOUNT**params.detour - DISCOUNT**EPISODE
    best = np.maximum(weights * [1.0, later / (1 - DISCOUNT**EPISODE)], 0).max(-1)
    return weights, base / whole, mesa / whole, best


@cache
def _table(detour: int) -> Table:
    return tabulate(Fork(detour))


def slope(depth: int, detour: int = DETOUR, discount: float = DISCOUNT) -> float:
    """k_d: a robot that looks d steps ahead stays with the simple thing as long as y < k_d x; infinite for d ≤ m.

    Always the simple thing is worth x (1 + … + γ^(d−1)) to it; going is worth y (γ^m + … + γ^(d−1)).
    """
    found = sum(discount**step for step in range(detour, depth))
    return sum(discount**step for step in range(depth)) / found if found else inf


def chance_aligned(depth: int, correlation: float = 0.0, detour: int = DETOUR) -> float:
    """P_d: how likely a robot that looks d steps ahead wants x > 0 and y < k_d x, so that it does the simple thing.

    For normal x and y with correlation r, x and k x − y are normal too, with correlation (k − r) / √(1 − 2rk + k²);
    both are positive with a chance of 1/4 and the arcsine of that over 2π (Sheppard).
    """
    k = slope(depth, detour)
    if k == inf:
        return 0.5
    return 0.25 + asin((k - correlation) / (1 - 2 * correlation * k + k * k) ** 0.5) / (2 * pi)


def expected_still(depth: int, training_depth: int, correlation: float = 0.0, detour: int = DETOUR) -> float:
    """Of those that look aligned at one depth, the share that does at another.

    k_d falls with d, so that whoever does the simple thing at a greater depth does it at a smaller one too.
    """
    deeper = chance_aligned(max(depth, training_depth), correlation, detour)
    return deeper / chance_aligned(training_depth, correlation, detour)


def still_on_the_circle(depth: int, training_depth: int, detour: int = DETOUR) -> float:
    """The same where every direction is as likely (r = 0), from angles: (π/2 + arctan k_d) / (π/2 + arctan k_train)."""
    deeper, training = (atan(slope(one, detour)) for one in (max(depth, training_depth), training_depth))
    return (pi / 2 + deeper) / (pi / 2 + training)


def worst_correlation(depth: int, detour: int = DETOUR) -> float:
    """The correlation at which the fewest stay aligned after training at d ≤ m: 1 / k_d."""
    return 1 / slope(depth, detour)
