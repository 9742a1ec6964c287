"""Three diagrams make a proxy go with the base objective: can watching tell them apart, and does it matter which it is?

A *plan* is one draw of all noises of a structural model. The agent takes, of n plans, the one that will turn out
highest in its mesa-objective O_mesa; what that does for the base objective O_base is measured. Every node has mean 0
and variance 1 over plans in training, so all numbers are in standard deviations over plans.

In deployment some plans have a *handle*: an act that raises O_mesa directly, and may lower O_base directly. What it
does besides follows from the diagram alone.

What is on offer may itself get worse, so the summary also says what an agent would get that wants O_base itself.

Rules, fixed before the runs on the page: a measured mean agrees with a line if it lies within four standard errors of
it, by the spread of the seeds; deployment has broken alignment if O_base is lower there than in training in every seed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Literal, get_args

import numpy as np
from jaxtyping import Bool, Float, Int

from looks_aligned.causal import StructuralModel, average_effect, standardised
from looks_aligned.causal.diagram import Kind
from looks_aligned.causal.structural import standard_normal
from looks_aligned.experiments.runs import runs_with
from looks_aligned.experiments.sweeps import sweep as run_sweep

NoiseName = Literal["Gaussian", "skewed"]

KINDS: tuple[Kind, ...] = ("side-effect", "instrumental", "general")
NOISES: tuple[NoiseName, ...] = get_args(NoiseName)
PLANS = (1, 2, 4, 8, 16, 32, 64)
"""The numbers of plans to choose from at which every run is measured."""
CORRELATIONS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
"""The grid of ρ on the page."""
SHARES = (0.0, 0.01, 0.1, 0.5)
"""The grid of shares of plans with the handle; 0 takes the handle away again."""
HARMS = (0.0, 0.5, 1.0, 1.5, 2.0)
"""The grid of how much the handle lowers the base objective: up to as much as it raises the mesa-objective."""
SEEDS = tuple(range(8))
"""The seeds on the page; tests draw with others."""


@dataclass(frozen=True)
class Params:
    """One diagram, and one lot of plans drawn from it.

    Attributes:
        kind: which diagram: O_mesa → O_base (side-effect), O_base → O_mesa (instrumental), or a common cause X of both
            (general).
        correlation: ρ, from 0 to 1: the correlation of O_base and O_mesa over plans in training. It is the arrow's
            path coefficient; with a common cause each arrow has √ρ.
        share: of plans that have the handle, from 0 (as in training) to 1.
        lift: δ, how far the handle raises O_mesa directly, in standard deviations.
        harm: κ, how far the handle lowers O_base directly, in standard deviations.
        noise: of every node: "Gaussian", or "skewed" (exponential), with the same mean and variance.
        choices: how often the agent chooses; each time it is offered new plans.
        seed: of the draws.
    """

    kind: Kind = "side-effect"
    correlation: float = 0.6
    share: float = 0.0
    lift: float = 2.0
    harm: float = 0.0
    noise: NoiseName = "Gaussian"
    choices: int = 500
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse settings outside their range."""
        if self.kind not in KINDS:
            raise ValueError(f"kind: got {self.kind!r}; choose {', '.join(map(repr, KINDS))}")
        if not 0 <= self.correlation <= 1:
            raise ValueError(f"correlation: got {self.correlation}; it goes from 0 to 1")
        if not 0 <= self.share <= 1:
            raise ValueError(f"share: got {self.share}; it is a share of plans, from 0 to 1")
        if self.lift < 0 or self.harm < 0:
            raise ValueError(f"lift, harm: got {self.lift} and {self.harm}; each is 0 or more")
        if self.noise not in NOISES:
            raise ValueError(f"noise: got {self.noise!r}; choose {' or '.join(map(repr, NOISES))}")
        if self.choices < 1:
            raise ValueError(f"choices: got {self.choices}; the agent chooses at least once")


@dataclass(frozen=True)
class Result:
    """What a batch of runs chose, on average over choices, in standard deviations over plans.

    Attributes:
        settings: along the `run` axis.
        base: O_base of the chosen plan, when the agent chooses among as many plans as `PLANS` says.
        mesa: O_mesa of the chosen plan: how good the agent is at what it pursues.
        handle: how often the chosen plan has the handle.
    """

    settings: tuple[Params, ...]
    base: Float[np.ndarray, "run plans"]
    mesa: Float[np.ndarray, "run plans"]
    handle: Float[np.ndarray, "run plans"]

    def select(self, **wanted: float | int | str) -> "Result":
        """The runs whose settings have these values.

        Raises:
            ValueError: there is none.
        """
        runs = runs_with(self.settings, **wanted)
        settings = tuple(self.settings[run] for run in runs)
        return Result(settings, self.base[runs], self.mesa[runs], self.handle[runs])


@dataclass(frozen=True)
class Expected:
    """What theory expects of the best of some plans: its O_base, its O_mesa, and how often it has the handle."""

    base: float
    mesa: float
    handle: float


def model(kind: Kind, correlation: float, noise: NoiseName = "Gaussian") -> StructuralModel:
    """The diagram as a structural model over plans, every node with mean 0 and variance 1."""
    each = math.sqrt(correlation)
    weights: dict[Kind, dict[str, dict[str, float]]] = {
        "side-effect": {"O_base": {"O_mesa": correlation}},
        "instrumental": {"O_mesa": {"O_base": correlation}},
        "general": {"O_mesa": {"X": each}, "O_base": {"X": each}},
    }
    draw = standard_normal if noise == "Gaussian" else _skewed
    mechanisms = standardised(weights[kind]).mechanisms
    return StructuralModel({node: replace(mechanism, draw=draw) for node, mechanism in mechanisms.items()})


def plans(params: Params, size: int) -> tuple[dict[str, Float[np.ndarray, " plan"]], Bool[np.ndarray, " plan"]]:
    """Draw plans: every node's value in each, and which of them have the handle.

    The same seed draws the same plans whatever the handle does, so that runs with and without it are matched.
    """
    diagram = model(params.kind, params.correlation, params.noise)
    handle = np.random.default_rng([params.seed, *b"handle"]).random(size) < params.share
    act = {"O_mesa": lambda value: value + params.lift * handle, "O_base": lambda value: value - params.harm * handle}
    return diagram.sample(size, params.seed, do=act), handle


def best_of(worth: Float[np.ndarray, "choice plan"], n: int) -> Int[np.ndarray, " choice"]:
    """Which of the first n plans is worth most, at each choice."""
    return worth[:, :n].argmax(-1)


def run_all(settings: Sequence[Params]) -> Result:
    """Let the agent choose among 1, 2, 4 … plans, in a batch of runs."""
    settings = tuple(settings)
    measured = np.array([_chosen(params) for params in settings]).transpose(1, 0, 2)
    return Result(settings, *measured)


def run(params: Params) -> Result:
    """Do one run."""
    return run_all([params])


def every_run(**setting: float | int | str) -> list[Params]:
    """One setting in all three diagrams, with every seed of the page."""
    return [Params(kind=kind, seed=seed, **setting) for kind in KINDS for seed in SEEDS]  # type: ignore[arg-type]


def watching_sweep() -> Result:
    """Training, at every correlation and with both noises on the page; cached."""
    batches = [every_run(correlation=rho, noise=noise) for rho, noise in product(CORRELATIONS, NOISES)]
    return _joined(run_sweep(run_all, batches, name="watching and doing: training"))


def handle_sweep() -> Result:
    """Deployment, at every correlation, share and harm on the page; cached."""
    grid = product(CORRELATIONS, SHARES, HARMS)
    batches = [every_run(correlation=rho, share=share, harm=harm) for rho, share, harm in grid]
    return _joined(run_sweep(run_all, batches, name="watching and doing: deployment"))


def highest(watched: Result, plans: int) -> str:
    """Where the best of some plans has the highest O_base, by this module's rule: a diagram, or all three alike.

    Args:
        watched: runs without the handle, of all seeds and diagrams, at one correlation.
        plans: the number of plans, one of `PLANS`.
    """
    now, line = PLANS.index(plans), expected(plans, watched.settings[0].correlation).base
    runs = {kind: watched.select(kind=kind).base[:, now] for kind in KINDS}
    agree = [abs(base.mean() - line) <= 4 * base.std(ddof=1) / math.sqrt(len(base)) for base in runs.values()]
    return "the same in all three" if all(agree) else max(runs, key=lambda kind: runs[kind].mean())


def worlds_that_lose(deployed: Result) -> int:
    """In how many diagrams deployment has broken alignment, by this module's rule, at the most plans to choose from.

    Args:
        deployed: runs of all seeds and diagrams, at one correlation, share and harm.
    """
    line = expected(PLANS[-1], deployed.settings[0].correlation).base
    return sum(bool((deployed.select(kind=kind).base[:, -1] < line).all()) for kind in KINDS)


def effects_of_raising(kind: Kind, correlation: float, by: float) -> dict[str, tuple[float, float]]:
    """For each node, how much O_base and O_mesa change when it is raised from outside: measured, plan by plan."""
    diagram = model(kind, correlation)
    return {
        node: (average_effect(diagram, node, "O_base", by=by), average_effect(diagram, node, "O_mesa", by=by))
        for node in diagram.nodes
    }


def handle_effects(params: Params) -> tuple[float, float]:
    """All that the handle does to O_mesa and to O_base, directly and along the diagram's arrows."""
    to_base = params.correlation * params.lift if params.kind == "side-effect" else 0.0
    to_mesa = params.correlation * params.harm if params.kind == "instrumental" else 0.0
    return params.lift - to_mesa, to_base - params.harm


@cache
def expected(
    n: int, correlation: float, *, share: float = 0.0, on_score: float = 0.0, on_base: float = 0.0
) -> Expected:
    """What becomes of the best of n plans, by a score that is standard normal over plans; by numerical integration.

    With F the score's distribution over plans with and without the handle, the best of n has the density n Fⁿ⁻¹ F'.
    What the chosen plan's score would have been without the handle raises O_base by ρ each standard deviation.
    Without the handle this is ρ times the mean of the largest of n standard normals.

    Args:
        n: number of plans.
        correlation: ρ, of the score and O_base, without the handle.
        share: of plans with the handle.
        on_score: how far the handle moves the score.
        on_base: how far it moves O_base.
    """
    score = np.linspace(-10 - abs(on_score), 10 + abs(on_score), 1501)
    step = score[1] - score[0]
    without, having = (1 - share) * _density(score), share * _density(score - on_score)
    below = (1 - share) * _distribution(score) + share * _distribution(score - on_score)
    first = n * below ** (n - 1) * step
    mesa, handle = float((first * score * (without + having)).sum()), float((first * having).sum())
    return Expected(correlation * (mesa - on_score * handle) + on_base * handle, mesa, handle)


def expected_of(params: Params, n: int) -> Expected:
    """What theory expects of one run with Gaussian noises, when the agent chooses among n plans."""
    on_mesa, on_base = handle_effects(params)
    return expected(n, params.correlation, share=params.share, on_score=on_mesa, on_base=on_base)


def expected_if_aligned(params: Params, n: int) -> float:
    """What O_base would be if the agent took, of the same n plans, the one best by O_base itself."""
    _, on_base = handle_effects(params)
    return expected(n, 1.0, share=params.share, on_score=on_base, on_base=on_base).base


def breaking_harm(params: Params, n: int) -> float:
    """The harm κ above which a side-effect aligned agent does worse by O_base in deployment than in training.

    Each use of the handle helps if κ < ρδ. Choosing for the handle costs something besides: the agent looks less at
    what else a plan has to offer. So the harm that breaks it is at most ρδ.

    Raises:
        ValueError: another diagram, or no plan has the handle.
    """
    if params.kind != "side-effect" or params.share == 0:
        raise ValueError(f"params: got {params.kind!r}, share {params.share}; take 'side-effect' and a share above 0")
    harmless = expected_of(replace(params, harm=0.0), n)
    return (harmless.base - expected(n, params.correlation).base) / harmless.handle


def _chosen(params: Params) -> Float[np.ndarray, "measure plans"]:
    """O_base, O_mesa and handle of the chosen plan, averaged over choices."""
    values, handle = plans(params, params.choices * PLANS[-1])
    base, mesa, has_handle = (
        value.reshape(params.choices, PLANS[-1]) for value in (values["O_base"], values["O_mesa"], handle)
    )
    averages = []
    for n in PLANS:
        taken = best_of(mesa, n)[:, None]
        averages.append([np.take_along_axis(value, taken, 1).mean() for value in (base, mesa, has_handle)])
    return np.array(averages).T


def _joined(results: Sequence[Result]) -> Result:
    settings = tuple(params for result in results for params in result.settings)
    return Result(
        settings, *(np.concatenate([getattr(r, name) for r in results]) for name in ("base", "mesa", "handle"))
    )


def _skewed(generator: np.random.Generator, size: int) -> Float[np.ndarray, "sample"]:
    """Noise of mean 0 and variance 1 with a long right tail."""
    return generator.standard_exponential(size) - 1


def _density(x: Float[np.ndarray, " point"]) -> Float[np.ndarray, " point"]:
    return np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)


def _distribution(x: Float[np.ndarray, " point"]) -> Float[np.ndarray, " point"]:
    return np.array([math.erfc(-value / math.sqrt(2)) / 2 for value in x])
