"""Trained on the base objective alone, how far does a learned scorer of plans follow a proxy, and what becomes of it?

The plans are those of `watching_and_doing`. The scorer sees two attributes of each: O_mesa exactly, and a sensor that
reads O_base with noise of standard deviation σ. It picks one of a few plans by softmax of its scores, and is rewarded
with the O_base of what it picks. That it picks by score is put in by hand; what it scores by is learned.

Rules, fixed before the runs on the page: scorers *ignore* the proxy if on average over the seeds less than a tenth of
their weight, either way, is on it; they *lose* in deployment if every seed gets less O_base there than in training; and
to follow the proxy was a mistake if on average they get less there than picking by the sensor alone would.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from looks_aligned import progress
from looks_aligned.agents.networks import Scorer
from looks_aligned.agents.optimizers import Adam
from looks_aligned.agents.training import one_thread
from looks_aligned.causal.diagram import Kind
from looks_aligned.experiments.proxy import watching_and_doing
from looks_aligned.experiments.proxy.watching_and_doing import CORRELATIONS, KINDS, SEEDS, Expected, expected
from looks_aligned.experiments.runs import runs_with
from looks_aligned.experiments.sweeps import sweep as run_sweep

SENSOR_NOISES = (0.0, 0.5, 1.0, 2.0, 4.0)
"""The grid of σ on the page."""
STEPS = (20, 60, 200)
"""The numbers of training steps at which `steps_sweep` looks."""
HARMS = (0.0, 1.0, 2.0)
"""The grid of harms κ on the page; every run is deployed with each."""
LEARNING_RATE = 0.1
SHOWN_SEED = 0
"""The one seed that a live explorer trains again."""


@dataclass(frozen=True)
class Params:
    """One scorer: the world it is trained and deployed in, and how.

    Attributes:
        kind: which diagram, as in `watching_and_doing.Params`.
        correlation: ρ, of O_base and O_mesa over plans in training.
        sensor_noise: σ, 0 or more: standard deviation of what the sensor adds to O_base, which itself has 1.
        steps: of gradient ascent (Adam), each on all training choices.
        plans: how many plans it is offered at a choice.
        choices: how many choices it is trained on, and on how many fresh ones it is measured.
        share: of plans that have the handle in deployment.
        lift: δ, how far the handle raises O_mesa directly.
        seed: of the first weights and of all plans.
    """

    kind: Kind = "side-effect"
    correlation: float = 0.6
    sensor_noise: float = 1.0
    steps: int = 60
    plans: int = 8
    choices: int = 512
    share: float = 0.25
    lift: float = 2.0
    seed: int = SHOWN_SEED

    def __post_init__(self) -> None:
        """Refuse settings outside their range."""
        watching_and_doing.Params(self.kind, self.correlation, self.share, self.lift, choices=self.choices)
        if self.sensor_noise < 0:
            raise ValueError(f"sensor_noise: got {self.sensor_noise}; a standard deviation is 0 or more")
        if self.steps < 0:
            raise ValueError(f"steps: got {self.steps}; a scorer trains for 0 steps or more")
        if self.plans < 2:
            raise ValueError(f"plans: got {self.plans}; a choice needs at least 2")


@dataclass(frozen=True)
class Offers:
    """Plans on offer, one lot a run.

    Attributes:
        seen: what the scorer sees of each plan: O_mesa, then the sensor.
        base: O_base of each plan.
        handle: whether the plan has the handle.
    """

    seen: Float[Tensor, "run choice plan attribute"]
    base: Float[Tensor, "run choice plan"]
    handle: Bool[Tensor, "run choice plan"]


@dataclass(frozen=True)
class Result:
    """What became of a batch of scorers, measured on fresh plans, in standard deviations over training's plans.

    Attributes:
        settings: along the `run` axis.
        harms: κ, along the `harm` axis.
        weight: share of the scorer's weight that is on O_mesa, from −1 to 1: see `weight_on_proxy`.
        training: O_base of what it picks where no plan has the handle, as in training: how able it is.
        base: O_base of what it picks in deployment.
        handle: how often it picks a plan with the handle there.
    """

    settings: tuple[Params, ...]
    harms: tuple[float, ...]
    weight: Float[np.ndarray, " run"]
    training: Float[np.ndarray, " run"]
    base: Float[np.ndarray, "run harm"]
    handle: Float[np.ndarray, "run harm"]

    def select(self, **wanted: float | int | str) -> "Result":
        """The runs whose settings have these values.

        Raises:
            ValueError: there is none.
        """
        runs = runs_with(self.settings, **wanted)
        measured = (self.weight, self.training, self.base, self.handle)
        return Result(tuple(self.settings[run] for run in runs), self.harms, *(values[runs] for values in measured))


def offers(settings: Sequence[Params], *, share: float, harm: float = 0.0, fresh: bool) -> Offers:
    """What is offered to each run: plans to train on, or fresh ones to be measured on.

    Args:
        settings: the runs.
        share: of plans that have the handle.
        harm: κ, how far the handle lowers O_base directly.
        fresh: other plans than those to train on.
    """
    lots = []
    for params in settings:
        size = params.choices * params.plans
        world = watching_and_doing.Params(params.kind, params.correlation, share, params.lift, harm, seed=params.seed)
        values, handle = watching_and_doing.plans(world, 2 * size)
        misread = np.random.default_rng([params.seed, *b"sensor"]).standard_normal(2 * size)
        sensor = values["O_base"] + params.sensor_noise * misread
        part = slice(size, None) if fresh else slice(size)
        lots.append([values["O_mesa"][part], sensor[part], values["O_base"][part], handle[part]])
    first = settings[0]
    mesa, sensor, base, handle = (
        torch.tensor(np.array(lots)).float().unflatten(-1, (first.choices, first.plans)).unbind(1)
    )
    return Offers(torch.stack([mesa, sensor], -1), base, handle.bool())


def return_of(
    scores: Float[Tensor, "run choice plan"], worth: Float[Tensor, "run choice plan"]
) -> Float[Tensor, " run"]:
    """What a scorer's picks are worth on average: it picks by softmax of its scores."""
    return (scores.softmax(-1) * worth).sum(-1).mean(-1)


def train(settings: Sequence[Params]) -> Scorer:
    """Train a batch of scorers on the O_base of what they pick, and on nothing else.

    Raises:
        ValueError: the settings differ in steps, plans or choices.
    """
    if len({(params.steps, params.plans, params.choices) for params in settings}) != 1:
        raise ValueError(
            "settings: the runs of one batch have the same steps, plans and choices, and there must be some"
        )
    offered = offers(settings, share=0.0, fresh=False)
    scorer = Scorer(seeds=[params.seed for params in settings], attributes=2)
    climber = Adam(scorer.parameters(), lr=LEARNING_RATE)
    with one_thread():
        for _ in progress.track(range(settings[0].steps), settings[0].steps, "training"):
            climber.zero_grad()
            (-return_of(scorer(offered.seen), offered.base).sum()).backward()
            climber.step()
    return scorer


def weight_on_proxy(scorer: Scorer, offered: Offers) -> Float[np.ndarray, " run"]:
    """How much of a scorer's weight is on O_mesa: from 1, all of it, through 0 to −1, where it shuns O_mesa.

    An attribute's weight is by how much the score rises with it, on average over the plans offered, for each standard
    deviation of what is seen of it.
    """
    seen = offered.seen.clone().requires_grad_()
    (slope,) = torch.autograd.grad(scorer(seen).sum(), seen)
    weights = slope.mean((1, 2)) * offered.seen.std((1, 2))
    return (weights[:, 0] / weights.abs().sum(-1)).double().numpy()


def deploy(
    scorer: Scorer, settings: Sequence[Params], *, harm: float
) -> tuple[Float[np.ndarray, " run"], Float[np.ndarray, " run"]]:
    """What each scorer gets of O_base where some plans have the handle, and how often it picks one of those.

    The settings need not be those it was trained with: a scorer of one diagram may be deployed in another.
    """
    offered = offers(settings, share=settings[0].share, harm=harm, fresh=True)
    with torch.no_grad():
        scores = scorer(offered.seen)
        base, handle = return_of(scores, offered.base), return_of(scores, offered.handle.float())
    return base.double().numpy(), handle.double().numpy()


def run_all(settings: Sequence[Params]) -> Result:
    """Train a batch of scorers at once, and deploy each with every harm.

    Raises:
        ValueError: as `train`.
    """
    settings = tuple(settings)
    scorer = train(settings)
    usual = offers(settings, share=0.0, fresh=True)
    with torch.no_grad():
        training = return_of(scorer(usual.seen), usual.base).double().numpy()
    base, handle = zip(*(deploy(scorer, settings, harm=harm) for harm in HARMS), strict=True)
    weight = weight_on_proxy(scorer, usual)
    return Result(settings, HARMS, weight, training, np.stack(base, -1), np.stack(handle, -1))


def run(params: Params) -> Result:
    """Train one scorer."""
    return run_all([params])


def sweep() -> Result:
    """Every diagram, correlation and sensor noise on the page with every seed; cached."""
    grid = [
        [Params(kind, rho, noise, seed=seed) for kind in KINDS for seed in SEEDS]
        for rho in CORRELATIONS
        for noise in SENSOR_NOISES
    ]
    return _joined(run_sweep(run_all, grid, name="scored plans: every diagram, correlation, sensor and seed"))


def steps_sweep() -> Result:
    """A perfect sensor beside a proxy nearly as good, ρ = 0.9: how long is the proxy held on to? Cached."""
    grid = [[Params("general", 0.9, 0.0, steps, seed=seed) for seed in SEEDS] for steps in STEPS]
    return _joined(run_sweep(run_all, grid, name="scored plans: how long the proxy is held on to"))


def _joined(results: Sequence[Result]) -> Result:
    settings = tuple(params for result in results for params in result.settings)
    measured = ("weight", "training", "base", "handle")
    return Result(settings, HARMS, *(np.concatenate([getattr(r, name) for r in results]) for name in measured))


def regression(correlation: float, sensor_noise: float) -> tuple[float, float] | None:
    """The weights of O_mesa and of the sensor in the best guess at O_base, up to a common factor: ρσ² and 1 − ρ².

    Both are divided by σ² + 1 − ρ² in the regression itself; no choice among plans depends on that. At ρ = 1 and σ = 0
    both attributes *are* the base objective, any weights guess it, and there is nothing to expect: None.
    """
    on_proxy, on_sensor = correlation * sensor_noise**2, 1 - correlation**2
    return (on_proxy, on_sensor) if on_proxy + on_sensor > 0 else None


def expected_weight(correlation: float, sensor_noise: float) -> float | None:
    """What `weight_on_proxy` is for the best guess at O_base; None where `regression` is."""
    weights = regression(correlation, sensor_noise)
    return None if weights is None else weights[0] / (weights[0] + weights[1] * (1 + sensor_noise**2) ** 0.5)


def expected_of(params: Params, *, share: float, harm: float = 0.0) -> Expected | None:
    """What the best guess at O_base in training gets, if it takes the plan that it scores highest.

    Args:
        params: the run.
        share: of plans that have the handle: 0 in training, `params.share` in deployment.
        harm: κ.

    Returns:
        None where `regression` is.
    """
    weights = regression(params.correlation, params.sensor_noise)
    return None if weights is None else _by_weights(params, *weights, share, harm)


def sensor_alone(params: Params, *, share: float, harm: float = 0.0) -> Expected:
    """What it gets to take the plan for which the sensor reads highest; arguments as in `expected_of`."""
    return _by_weights(params, 0.0, 1.0, share, harm)


def _by_weights(params: Params, on_proxy: float, on_sensor: float, share: float, harm: float) -> Expected:
    rho = params.correlation
    variance = on_proxy**2 + on_sensor**2 * (1 + params.sensor_noise**2) + 2 * rho * on_proxy * on_sensor
    world = watching_and_doing.Params(params.kind, rho, share, params.lift, harm)
    on_mesa, on_base = watching_and_doing.handle_effects(world)
    return expected(
        params.plans,
        (on_proxy * rho + on_sensor) / variance**0.5,
        share=share,
        on_score=(on_proxy * on_mesa + on_sensor * on_base) / variance**0.5,
        on_base=on_base,
    )
