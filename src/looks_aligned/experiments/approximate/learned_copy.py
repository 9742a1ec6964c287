"""An agent wants a learned copy of the base objective that its network has no room for: what does searching harder do?

A *plan* has a few attributes. The base objective adds up many smooth functions of them, each of one direction. The
mesa-objective is the copy that a network of rectified units learns from base-objective labels, by exact gradients on a
fixed sample of plans. No such network of any width is the base objective itself, and a narrow one is far from it.

Two ways to search on the copy: to take the best of n plans by it, or to start from a plan and climb its gradient.
Both objectives are in standard deviations over usual plans (attributes independent, standard normal). In training plans
are usual ones; in deployment the attributes spread twice as far.

Rules, fixed before the runs on the page: whether harder search *hurts* a run in best of n is as `best_of_n` says. In
climbing it hurts if the last step brings less than an earlier one, by more than a tenth of a standard deviation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Literal, get_args

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from looks_aligned import progress
from looks_aligned.agents.networks import Scorer
from looks_aligned.agents.optimizers import Adam
from looks_aligned.agents.training import one_thread
from looks_aligned.experiments.approximate.best_of_n import (
    HURTS,
    best_of_sorted,
    best_of_with_error,
    hurts,
)
from looks_aligned.experiments.approximate.fitting import correlations, misfit
from looks_aligned.experiments.proxy.watching_and_doing import expected
from looks_aligned.experiments.runs import runs_with
from looks_aligned.experiments.sweeps import sweep as run_sweep

Shape = Literal["enough is enough", "too much is bad"]

SHAPES: tuple[Shape, ...] = get_args(Shape)
"""Of each function that the base objective adds up: a smooth step, which levels off, or a bump, which comes down."""
ATTRIBUTES = 4
TERMS = 32
"""How many functions the base objective adds up."""
WIDTHS = (1, 2, 4, 8, 16, 32)
"""The grid of widths on the page."""
NOISES = (0.0, 1.0, 2.0)
"""The grid of label noises on the page."""
PLANS = (1, 4, 16, 64, 256, 1024, 4096)
"""The numbers of plans to choose from at which every run is measured."""
POOL = 1 << 18
"""How many plans stand for all: 64 times the most that an agent chooses from, so that chance counts for little."""
STRIDE = 0.1
"""How far a step of the climb goes, in standard deviations of one attribute."""
STEPS = (0, 5, 10, 15, 20, 30, 40, 50, 60, 80, 100)
"""The steps of the climb at which it is looked at."""
CLIMBERS = 128
"""How many plans the climb starts from."""
DEPLOYED = 2.0
"""How far attributes spread in deployment."""
LEARNING_RATE = 0.03
UPDATES = 300
"""Steps of Adam, each on all training plans."""
SEEDS = tuple(range(16))
"""The seeds on the page; tests draw with others."""
SHOWN_SEED = 0
"""The one seed that a live explorer trains again."""


@dataclass(frozen=True)
class Params:
    """One base objective, and one copy of it.

    Attributes:
        width: rectified units in the copy's one hidden layer, at least 1.
        noise: standard deviation of what is added to every label, 0 or more; the base objective itself has 1.
        shape: of the functions that the base objective adds up.
        spread: of the attributes of the training plans, above 0; usual plans have 1.
        examples: how many training plans, at least 2.
        seed: of the base objective, the first weights and all plans.
    """

    width: int = 4
    noise: float = 0.0
    shape: Shape = "enough is enough"
    spread: float = 1.0
    examples: int = 1024
    seed: int = SHOWN_SEED

    def __post_init__(self) -> None:
        """Refuse settings outside their range."""
        if self.width < 1:
            raise ValueError(f"width: got {self.width}; a network has at least 1 unit")
        if self.noise < 0:
            raise ValueError(f"noise: got {self.noise}; a standard deviation is 0 or more")
        if self.shape not in SHAPES:
            raise ValueError(f"shape: got {self.shape!r}; choose {' or '.join(map(repr, SHAPES))}")
        if not self.spread > 0:
            raise ValueError(f"spread: got {self.spread}; attributes spread by more than 0")
        if self.examples < 2:
            raise ValueError(f"examples: got {self.examples}; training needs at least 2 plans")


@dataclass(frozen=True)
class Search:
    """What the best of n plans is worth, for each n of `PLANS`, on average.

    Attributes:
        base: O_base of the best by the copy.
        mesa: what the copy says of it: how good the agent is at what it pursues.
        best: O_base of the best by O_base itself.
        error: standard error of `base`, since a pool of plans stands for all.
    """

    base: Float[np.ndarray, "run plans"]
    mesa: Float[np.ndarray, "run plans"]
    best: Float[np.ndarray, "run plans"]
    error: Float[np.ndarray, "run plans"]


@dataclass(frozen=True)
class Result:
    """What became of a batch of copies, in standard deviations over usual plans.

    Attributes:
        settings: along the `run` axis.
        correlation: ρ, of O_base and the copy over fresh usual plans.
        kurtosis: excess kurtosis over the same plans of the copy's error, the copy less ρ times O_base: above 0, its
            tails are heavier than a normal distribution's.
        training: search among usual plans.
        shuffled: the same, had every plan the error of some other plan: an error with the same tails that has nothing
            to do with the plan.
        deployment: search among plans of deployment.
        climbed_base: O_base along the climb of the copy, on average over where it starts, at each of `STEPS`.
        climbed_mesa: what the copy says of it.
        climbed_best: O_base along a climb of O_base itself, with as long steps.
        seen: for the scatter, of some plans O_base and the copy; first usual ones, then ones of deployment.
    """

    settings: tuple[Params, ...]
    correlation: Float[np.ndarray, " run"]
    kurtosis: Float[np.ndarray, " run"]
    training: Search
    shuffled: Search
    deployment: Search
    climbed_base: Float[np.ndarray, "run step"]
    climbed_mesa: Float[np.ndarray, "run step"]
    climbed_best: Float[np.ndarray, "run step"]
    seen: Float[np.ndarray, "run place plan objective"]

    def select(self, **wanted: float | int | str) -> "Result":
        """The runs whose settings have these values.

        Raises:
            ValueError: there is none.
        """
        runs = runs_with(self.settings, **wanted)
        return _gathered([self], tuple(self.settings[run] for run in runs), runs)

    @property
    def search_hurts(self) -> Bool[np.ndarray, " run"]:
        """In which runs the most plans bring less of the base objective than some fewer, by the rules above."""
        return hurts(self.training.base, self.training.error)

    @property
    def climbing_hurts(self) -> Bool[np.ndarray, " run"]:
        """In which runs the climb ends lower in the base objective than it was, by the rules above."""
        return self.climbed_base.max(1) - self.climbed_base[:, -1] > HURTS


@dataclass(frozen=True)
class BaseObjective:
    """Base objectives, one a run, each a sum of functions of one direction of a plan.

    Attributes:
        shape: of the functions.
        directions: of length 1.
        offsets: where along its direction each function lies.
        weights: of each function, brought to where the objective has a standard deviation of 1 over usual plans.
        mean: what is subtracted, so that it has mean 0.
    """

    shape: Shape
    directions: Float[Tensor, "run attribute term"]
    offsets: Float[Tensor, "run 1 term"]
    weights: Float[Tensor, "run term 1"]
    mean: Float[Tensor, "run 1"]

    def __call__(self, plans: Float[Tensor, "run plan attribute"]) -> Float[Tensor, "run plan"]:
        """What each plan is worth."""
        # In parts, for there are many terms.
        parts = [torch.bmm(self._terms(part), self.weights).squeeze(-1) for part in plans.split(PART, dim=1)]
        return torch.cat(parts, 1) - self.mean

    def _terms(self, plans: Float[Tensor, "run plan attribute"]) -> Float[Tensor, "run plan term"]:
        along = torch.baddbmm(self.offsets, plans, self.directions)
        return torch.tanh(along) if self.shape == "enough is enough" else torch.exp(-(along**2) / 2)

    @classmethod
    def draw(cls, shape: Shape, seeds: Sequence[int]) -> "BaseObjective":
        """Draw one for each seed: directions at random, offsets and weights standard normal."""
        drawn = []
        for seed in seeds:
            generator = torch.Generator().manual_seed(1000 * seed + 500)
            directions = torch.randn(ATTRIBUTES, TERMS, generator=generator)
            offsets, weights = torch.randn(2, TERMS, generator=generator)
            drawn.append((directions / directions.norm(dim=0), offsets[None], weights[:, None]))
        directions, offsets, weights = (torch.stack(part).double() for part in zip(*drawn, strict=True))
        raw = cls(shape, directions, offsets, weights, torch.zeros(len(drawn), 1))
        worth = raw(plans(seeds, MEASURED, spread=1.0, part=501))
        deviation = worth.std(1, keepdim=True)
        return cls(shape, directions, offsets, weights / deviation[..., None], worth.mean(1, keepdim=True) / deviation)


def plans(seeds: Sequence[int], size: int, *, spread: float, part: int) -> Float[Tensor, "run plan attribute"]:
    """Draw plans for each seed; another `part` draws others. In double precision, as all is here: in single precision
    training would amplify how a batch of another size is rounded, and a run alone would learn something else.
    """
    generators = (torch.Generator().manual_seed(1000 * seed + part) for seed in seeds)
    drawn = [torch.randn(size, ATTRIBUTES, generator=generator, dtype=torch.double) for generator in generators]
    return spread * torch.stack(drawn)


def train(settings: Sequence[Params]) -> Scorer:
    """Fit each run's copy to the labels of its training plans.

    Raises:
        ValueError: the settings differ in anything but noise and seed.
    """
    first = settings[0]
    if len({(p.width, p.shape, p.spread, p.examples) for p in settings}) != 1:
        raise ValueError("settings: the runs of one batch have the same width, shape, spread and examples")
    seeds = [params.seed for params in settings]
    seen = plans(seeds, first.examples, spread=first.spread, part=502)
    slips = (torch.Generator().manual_seed(1000 * seed + 503) for seed in seeds)
    noise = torch.tensor([[params.noise] for params in settings], dtype=torch.double)
    added = noise * torch.stack([torch.randn(first.examples, generator=generator) for generator in slips])
    labels = BaseObjective.draw(first.shape, seeds)(seen) + added
    copy = Scorer(seeds=seeds, attributes=ATTRIBUTES, hidden=first.width).double()
    optimizer = Adam(copy.parameters(), lr=LEARNING_RATE)
    with one_thread():
        for _ in progress.track(range(UPDATES), UPDATES, "training"):
            optimizer.zero_grad()
            misfit(copy(seen[:, None])[:, 0], labels).sum().backward()
            optimizer.step()
    return copy


@dataclass(frozen=True)
class Copy:
    """Learned copies, one a run, brought to mean 0 and standard deviation 1 over usual plans."""

    scorer: Scorer
    mean: Float[Tensor, "run 1"]
    deviation: Float[Tensor, "run 1"]

    def __call__(self, plans: Float[Tensor, "run plan attribute"]) -> Float[Tensor, "run plan"]:
        """What the copy says of each plan."""
        parts = [self.scorer(part[:, None])[:, 0] for part in plans.split(PART, dim=1)]
        return (torch.cat(parts, 1) - self.mean) / self.deviation

    @classmethod
    def standardised(cls, scorer: Scorer, usual: Float[Tensor, "run plan attribute"]) -> "Copy":
        """Measure mean and deviation over usual plans."""
        plain = cls(scorer, torch.zeros(len(usual), 1), torch.ones(len(usual), 1))
        with torch.no_grad():
            said = plain(usual)
        # A copy whose units have all died says the same of every plan.
        return cls(scorer, said.mean(1, keepdim=True), said.std(1, keepdim=True).clamp(min=1e-6))


def climb(
    scores: "Copy | BaseObjective", start: Float[Tensor, "run plan attribute"], steps: int
) -> list[Float[Tensor, "run plan attribute"]]:
    """Walk up the gradient of a score from each plan, every step equally long: the plans after 0, 1, … steps."""
    way = [start]
    for _ in range(steps):
        here = way[-1].clone().requires_grad_()
        (uphill,) = torch.autograd.grad(scores(here).sum(), here)
        way.append(way[-1] + STRIDE * torch.nn.functional.normalize(uphill, dim=-1))
    return way


def run_all(settings: Sequence[Params]) -> Result:
    """Train a batch of copies at once, and search on each.

    Raises:
        ValueError: as `train`.
    """
    settings = tuple(settings)
    seeds = [params.seed for params in settings]
    scorer, world = train(settings), _world(settings[0].shape, tuple(seeds))
    with one_thread():
        copy = Copy.standardised(scorer, world.places[0])
        with torch.no_grad():
            said = [copy(place).numpy() for place in world.places]
        way = climb(copy, world.start, STEPS[-1])
        with torch.no_grad():
            base, mesa = (
                np.stack([function(way[step]).mean(1).numpy() for step in STEPS], -1)
                for function in (world.objective, copy)
            )
    worth, rho = world.worth, correlations(world.worth[0], said[0])
    by_objective = [np.stack([w[:, :SCATTERED], s[:, :SCATTERED]], -1) for w, s in zip(worth, said, strict=True)]
    return Result(
        settings,
        rho,
        _excess_kurtosis(said[0] - rho[:, None] * worth[0]),
        training=_search(worth[0], said[0], world.best[0]),
        shuffled=_search(worth[0], with_errors_of_others(worth[0], said[0], seeds), world.best[0]),
        deployment=_search(worth[1], said[1], world.best[1]),
        climbed_base=base,
        climbed_mesa=mesa,
        climbed_best=world.climbed,
        seen=np.stack(by_objective, 1),
    )


SCATTERED = 150
"""How many plans of each place a scatter shows."""
MEASURED = 1 << 13
"""Over how many plans a base objective is brought to mean 0 and standard deviation 1."""
PART = 1 << 10
"""So many plans are scored at once: few enough to stay in the processor's cache."""


@dataclass(frozen=True)
class _World:
    """What is the same for all copies of the same base objectives.

    Attributes:
        objective: the base objectives.
        places: usual plans, and plans of deployment.
        worth: of both.
        best: O_base of the best of n by O_base, of both.
        start: where climbs start.
        climbed: O_base along climbs of O_base.
    """

    objective: BaseObjective
    places: tuple[Float[Tensor, "run _ attribute"], ...]
    worth: tuple[Float[np.ndarray, "run _"], ...]
    best: tuple[Float[np.ndarray, "run plans"], ...]
    start: Float[Tensor, "run plan attribute"]
    climbed: Float[np.ndarray, "run step"]


@lru_cache(maxsize=2)
def _world(shape: Shape, seeds: tuple[int, ...]) -> _World:
    objective = BaseObjective.draw(shape, seeds)
    with one_thread():
        places = (
            plans(seeds, POOL, spread=1.0, part=504),
            plans(seeds, POOL // 4, spread=DEPLOYED, part=505),
        )
        start = plans(seeds, CLIMBERS, spread=1.0, part=506)
        way = climb(objective, start, STEPS[-1])
        with torch.no_grad():
            worth = tuple(objective(place).numpy() for place in places)
            climbed = np.stack([objective(way[step]).mean(1).numpy() for step in STEPS], -1)
    best = tuple(best_of_sorted(np.sort(values, -1), PLANS) for values in worth)
    return _World(objective, places, worth, best, start, climbed)


def run(params: Params) -> Result:
    """Train one copy."""
    return run_all([params])


def sweep() -> Result:
    """Every width, label noise and shape on the page with every seed; cached."""
    grid = [
        [Params(width, noise, shape, seed=seed) for seed in SEEDS]
        for shape, width, noise in product(SHAPES, WIDTHS, NOISES)
    ]
    return _joined(run_sweep(run_all, grid, name="learned copies: every width, label noise, shape and seed"))


REMEDIES: dict[str, dict[str, float | int]] = {
    "as it was": {},
    "a wider network": {"width": 32},
    "eight times the plans": {"examples": 8192},
    "plans that spread further": {"spread": 1.5},
    "plans of deployment": {"spread": DEPLOYED},
}
"""What is changed in training, and from what to what; the settings are those of `Params`."""


def remedies_sweep() -> dict[str, Result]:
    """Copies trained otherwise, with every seed, by what was changed; cached."""
    grid = [[Params(**change, seed=seed) for seed in SEEDS] for change in REMEDIES.values()]  # type: ignore[arg-type]
    found = run_sweep(run_all, grid, name="learned copies: what helps")
    return dict(zip(REMEDIES, found, strict=True))


def expected_largest(n: int) -> float:
    """The mean of the largest of n standard normals, by numerical integration."""
    return expected(n, 1.0).base


def expected_base(correlation: float, n: int) -> float:
    """What the best of n by the copy is worth, if both objectives were jointly normal: ρ E[largest of n]."""
    return correlation * expected_largest(n)


def with_errors_of_others(
    worth: Float[np.ndarray, "run plan"], said: Float[np.ndarray, "run plan"], seeds: Sequence[int]
) -> Float[np.ndarray, "run plan"]:
    """What the copy would say of each plan if it had the error of another plan, drawn at random.

    The error is the copy less what is best guessed of it from O_base alone.
    """
    slope = correlations(worth, said) * said.std(-1) / worth.std(-1)
    guessed = slope[:, None] * worth
    orders = np.stack([np.random.default_rng([seed, *b"others"]).permutation(worth.shape[-1]) for seed in seeds])
    return guessed + np.take_along_axis(said - guessed, orders, -1)


def _search(
    worth: Float[np.ndarray, "run plan"], said: Float[np.ndarray, "run plan"], best: Float[np.ndarray, "run plans"]
) -> Search:
    base, error = best_of_with_error(worth, said, PLANS)
    return Search(base, best_of_sorted(np.sort(said, -1), PLANS), best, error)


def _excess_kurtosis(values: Float[np.ndarray, "run plan"]) -> Float[np.ndarray, " run"]:
    centred = values - values.mean(1, keepdims=True)
    return (centred**4).mean(1) / (centred**2).mean(1) ** 2 - 3


def _joined(results: Sequence[Result]) -> Result:
    settings = tuple(params for result in results for params in result.settings)
    return _gathered(results, settings, list(range(len(settings))))


def _gathered(results: Sequence[Result], settings: tuple[Params, ...], runs: list[int]) -> Result:
    """These runs of the results, counted through."""

    def of(*names: str) -> np.ndarray:
        parts = []
        for result in results:
            value = result
            for name in names:
                value = getattr(value, name)
            parts.append(value)
        return np.concatenate(parts)[runs]

    def search(place: str) -> Search:
        return Search(*(of(place, name) for name in ("base", "mesa", "best", "error")))

    return Result(
        settings,
        of("correlation"),
        of("kurtosis"),
        search("training"),
        search("shuffled"),
        search("deployment"),
        *(of(name) for name in ("climbed_base", "climbed_mesa", "climbed_best", "seen")),
    )
