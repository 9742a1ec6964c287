"""If what an agent wants is the base objective plus an error, when does choosing harder make things worse?

A plan is worth a standard normal O_base. The agent sees O_mesa = O_base + error, where the error has nothing to do with
the plan, and takes the best of n by O_mesa. The error is Student's t with some degrees of freedom: the fewer, the
heavier its tails; with infinitely many it is normal. A t of 2 or fewer has no variance, so errors are compared by their
interquartile range, which every one has.

Rule, fixed before the runs on the page: a curve *fits* if it misses no point by more than a tenth of a standard
deviation.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
from jaxtyping import Float

from looks_aligned.experiments.approximate.best_of_n import HURTS, best_of_sorted, lowest_first
from looks_aligned.experiments.runs import runs_with
from looks_aligned.experiments.sweeps import sweep as run_sweep

FREEDOMS = (1.0, 2.0, 3.0, 5.0, 10.0, 30.0, math.inf)
"""The grid of degrees of freedom on the page, from the heaviest tail to the normal distribution."""
SCALES = (0.5, 1.0, 2.0)
"""The grid of the error's interquartile range, in those of O_base."""
PLANS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096)
"""The numbers of plans to choose from at which every run is measured."""
POOL = 1 << 16
"""How many plans stand for all plans."""
SEEDS = tuple(range(16))
"""The seeds on the page; tests draw with others."""
NORMAL_QUARTILE = 0.6744897501960817
"""Three quarters of a standard normal lie below this."""


@dataclass(frozen=True)
class Params:
    """One kind of error, and one pool of plans.

    Attributes:
        freedom: the error's degrees of freedom, above 0; infinite for a normal error.
        scale: the error's interquartile range, in those of O_base; above 0.
        seed: of the draws.
    """

    freedom: float = 3.0
    scale: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse settings outside their range."""
        if not self.freedom > 0:
            raise ValueError(
                f"freedom: got {self.freedom}; degrees of freedom are above 0, infinite for a normal error"
            )
        if not (self.scale > 0 and math.isfinite(self.scale)):
            raise ValueError(f"scale: got {self.scale}; an interquartile range is above 0 and finite")


@dataclass(frozen=True)
class Result:
    """What the best of n plans by O_mesa is worth, for each n of `PLANS`, in standard deviations of O_base.

    Attributes:
        settings: along the `run` axis.
        base: O_base.
        error: O_mesa less O_base.
    """

    settings: tuple[Params, ...]
    base: Float[np.ndarray, "run plans"]
    error: Float[np.ndarray, "run plans"]

    def select(self, **wanted: float) -> "Result":
        """The runs whose settings have these values.

        Raises:
            ValueError: there is none.
        """
        runs = runs_with(self.settings, **wanted)
        return Result(tuple(self.settings[run] for run in runs), self.base[runs], self.error[runs])


def run_all(settings: Sequence[Params]) -> Result:
    """Draw a pool of plans for each run, and choose from it."""
    settings = tuple(settings)
    generators = [np.random.default_rng(params.seed) for params in settings]
    base = np.stack([generator.standard_normal(POOL) for generator in generators])
    error = np.stack(
        [
            _unit(params) * _standard_t(generator, params.freedom, POOL)
            for params, generator in zip(settings, generators, strict=True)
        ]
    )
    order = lowest_first(base + error)
    ordered = (np.take_along_axis(value, order, -1) for value in (base, error))
    return Result(settings, *(best_of_sorted(value, PLANS) for value in ordered))


def run(params: Params) -> Result:
    """Do one run."""
    return run_all([params])


def sweep() -> Result:
    """Every tail and scale on the page with every seed; cached."""
    grid = [[Params(df, scale, seed) for seed in SEEDS] for df, scale in product(FREEDOMS, SCALES)]
    results = run_sweep(run_all, grid, name="heavy tails: every tail, scale and seed")
    settings = tuple(params for result in results for params in result.settings)
    return Result(settings, *(np.concatenate([getattr(r, name) for r in results]) for name in ("base", "error")))


@cache
def expected_base(n: int, freedom: float, scale: float) -> float:
    """What the best of n plans by O_mesa is worth in O_base, by numerical integration.

    With F the distribution of O_mesa over plans, the best of n has an O_mesa between a and b with the chance
    F(b)ⁿ − F(a)ⁿ, and where that is m, O_base is E[O_base | O_mesa = m] on average.

    Args:
        n: number of plans.
        freedom: of the error, as in `Params`.
        scale: of the error, as in `Params`.
    """
    base, above = _mesa_distribution(freedom, scale)
    return float(np.diff(np.exp(n * np.log1p(-above))) @ base)


def correlation(freedom: float, scale: float) -> float | None:
    """ρ of O_base and O_mesa over plans; None where the error has no variance."""
    if freedom <= 2:
        return None
    spread = freedom / (freedom - 2) if math.isfinite(freedom) else 1.0
    return 1 / math.sqrt(1 + _unit(Params(freedom, scale)) ** 2 * spread)


def information(n: Float[np.ndarray, "*plans"]) -> Float[np.ndarray, "*plans"]:
    """KL divergence of the best of n from a plan at random: ln n − (n − 1) / n nats, exact where no two plans tie."""
    return np.log(n) - (n - 1) / n


@dataclass(frozen=True)
class Fit:
    """R = d (α − β d), fitted by least squares, with d = √KL (Gao et al. 2022, for the best of n).

    Attributes:
        alpha: gain where the search begins.
        beta: how fast the gain is lost.
        worst: the furthest that the curve misses a point.
    """

    alpha: float
    beta: float
    worst: float

    @property
    def fits(self) -> bool:
        """By this module's rule."""
        return self.worst <= HURTS

    def at(self, n: Float[np.ndarray, "*plans"]) -> Float[np.ndarray, "*plans"]:
        """The curve at these numbers of plans."""
        d = np.sqrt(information(n))
        return d * (self.alpha - self.beta * d)


def fit(n: Sequence[int], base: Float[np.ndarray, " plans"]) -> Fit:
    """Fit Gao et al.'s curve to what the best of n is worth, less what one plan at random is."""
    d = np.sqrt(information(np.array(n, dtype=float)))
    alpha, minus_beta = np.linalg.lstsq(np.stack([d, d**2], -1), base - base[0], rcond=None)[0]
    worst = np.abs(d * (alpha + minus_beta * d) - (base - base[0])).max()
    return Fit(float(alpha), float(-minus_beta), float(worst))


def _unit(params: Params) -> float:
    """What a standard t is multiplied by, so that its interquartile range is as wanted."""
    return params.scale * NORMAL_QUARTILE / _quartile(params.freedom)


@cache
def _quartile(freedom: float) -> float:
    """Three quarters of a standard t lie below this; found by halving."""
    if math.isinf(freedom):
        return NORMAL_QUARTILE
    low, high = 0.0, 100.0
    for _ in range(60):
        middle = (low + high) / 2
        inside = np.linspace(0, middle, 4001)
        low, high = (middle, high) if np.trapezoid(_density(inside, freedom), inside) < 0.25 else (low, middle)
    return low


def _density(x: Float[np.ndarray, "*point"], freedom: float) -> Float[np.ndarray, "*point"]:
    """Of a standard t."""
    if math.isinf(freedom):
        return np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
    head = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2) - 0.5 * math.log(freedom * math.pi)
    return np.exp(head - (freedom + 1) / 2 * np.log1p(x**2 / freedom))


@cache
def _mesa_distribution(freedom: float, scale: float) -> tuple[Float[np.ndarray, " cell"], Float[np.ndarray, " edge"]]:
    """On a grid of O_mesa that reaches into the tails: E[O_base | O_mesa] in each cell, and the mass above an edge."""
    unit = _unit(Params(freedom, scale))
    turn = np.linspace(-24, 24, 2401)
    mesa, step = np.sinh(turn), np.cosh(turn) * (turn[1] - turn[0])
    base = np.linspace(-8, 8, 641)
    chance = _density(base, math.inf) * (base[1] - base[0])
    error = _density((mesa[:, None] - base) / unit, freedom) / unit
    mass, base_times_mass = (error @ chance) * step, (error @ (chance * base)) * step
    given = np.divide(base_times_mass, mass, out=np.zeros_like(mass), where=mass > 0)
    above = np.append(mass[::-1].cumsum()[::-1], 0.0) / mass.sum()
    return given, np.minimum(above, 1 - 1e-15)


def _standard_t(generator: np.random.Generator, freedom: float, size: int) -> Float[np.ndarray, " plan"]:
    return generator.standard_normal(size) if math.isinf(freedom) else generator.standard_t(freedom, size)
