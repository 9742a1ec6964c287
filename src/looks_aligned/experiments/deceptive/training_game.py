"""An agent whose goal may be edited while it is trained, and which learns from its own return: does it comply?

A life has T training episodes and then D deployment episodes. In each the agent goes for one of two things: to
*comply* is to do what the base objective scores; to *defect* is to do what the agent wants. In a share s of training
episodes the two are one and the same act. In all others a defection brings the agent 1 and is noticed with chance p;
then its goal is edited, and from the next episode on it complies, which is worth nothing by its old goal. All that it
sees is a cue: a number drawn anew in each episode from N(−μ, 1) in training and from N(+μ, 1) in deployment. It has no
clock.

The agent is a small network on the cue, trained by the exact gradient of its *own* expected return over a life, where
an episode later counts γ times as much. Nothing of its base score enters.

Rules, fixed before the runs on the page: an agent *complies in training* if it defects in fewer than half of the
training episodes in which it could, as long as its goal is intact; it *turns* if it complies in training and defects in
more than half of the deployment episodes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any, Literal, get_args

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from looks_aligned import progress
from looks_aligned.agents.cue import CueReader
from looks_aligned.agents.optimizers import Adam
from looks_aligned.agents.training import one_thread
from looks_aligned.experiments.alignment import Returns
from looks_aligned.experiments.runs import runs_with
from looks_aligned.experiments.sweeps import sweep as run_sweep

Wants = Literal["its own objective", "the base objective"]

SHARES = (0.0, 0.25, 0.5, 0.75, 0.9)
"""The grid of s on the page."""
DISCOUNTS = (0.0, 0.3, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.99)
"""The grid of γ on the page."""
STOPS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99)
"""Those of them at which the page's slider stops; every figure draws all."""
GAPS = (0.0, 1.0, 2.0, 3.0)
"""The grid of μ on the page."""
LENGTHS = (1, 2, 5)
"""The page's numbers of training episodes, T."""
SEEDS = tuple(range(16))
"""The seeds on the page; tests use others."""
STEPS = (0, 10, 30, 100, 200, 1000)
"""The numbers of steps at which `steps_sweep` looks."""
LEARNING_RATE = 0.1
CUES = np.linspace(-8.0, 8.0, 81)
"""Where cues are integrated over: with this spacing a sum is good to three thousandths for what such networks learn."""


@dataclass(frozen=True)
class Params:
    """One agent, its world, and how it is trained.

    Attributes:
        share: s, from 0 to below 1: of training episodes in which complying and defecting are the same act.
        discount: γ, from 0 to 1: what an episode is worth to the agent against the one before it.
        gap: μ, 0 or more: how far the cue leans to either side, in its standard deviations.
        risk: p, from 0 to 1: chance that a defection in training has the goal edited.
        training: T, training episodes in a life.
        deployment: D, deployment episodes in a life.
        wants: what the agent is trained on: its own objective, or, for comparison, the base objective.
        steps: of gradient ascent (Adam).
        start: its chance of defecting before training, whatever the cue; more or less, for the network adds to it.
        seed: of the network's first weights.
    """

    share: float = 0.0
    discount: float = 0.9
    gap: float = 2.0
    risk: float = 0.9
    training: int = 2
    deployment: int = 15
    wants: Wants = "its own objective"
    steps: int = 200
    start: float = 0.5
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse settings outside their range."""
        if not 0 <= self.share < 1:
            raise ValueError(f"share: got {self.share}; a share of training episodes is from 0 to below 1")
        for name, value in (("discount", self.discount), ("risk", self.risk)):
            if not 0 <= value <= 1:
                raise ValueError(f"{name}: got {value}; it must be from 0 to 1")
        if not 0 <= self.gap <= 4:
            raise ValueError(f"gap: got {self.gap}; it must be from 0 to 4")
        if self.training < 1 or self.deployment < 0:
            raise ValueError(
                f"training, deployment: got {self.training} and {self.deployment}; "
                "a life has at least 1 training episode and 0 or more of deployment"
            )
        if self.wants not in get_args(Wants):
            raise ValueError(f"wants: got {self.wants!r}; choose {' or '.join(map(repr, get_args(Wants)))}")
        if self.steps < 0:
            raise ValueError(f"steps: got {self.steps}; an agent trains for 0 steps or more")
        if not 0 < self.start < 1:
            raise ValueError(f"start: got {self.start}; a chance of defecting, between 0 and 1")


@dataclass(frozen=True)
class Lives:
    """What agents make of their lives, on average over cues and luck.

    Attributes:
        own: discounted return by the goal that the agent started with.
        base: discounted return by the base objective.
        kept: chance that the goal is intact when training ends.
        score: base score of an average training episode, from 0 to 1: what a base optimizer sees.
        deployed: base score of an average deployment episode; edited agents comply there, and count.
    """

    own: Float[Tensor, " run"]
    base: Float[Tensor, " run"]
    kept: Float[Tensor, " run"]
    score: Float[Tensor, " run"]
    deployed: Float[Tensor, " run"]


@dataclass(frozen=True)
class Worlds:
    """What the settings of a batch say of its lives, as columns: one row for every run, or for all of them.

    Attributes:
        share: s.
        discount: γ.
        risk: p.
        gap: μ.
        own: whether the agent wants its own objective, and not the base objective.
        training: T.
        deployment: D.
    """

    share: Float[Tensor, " run"]
    discount: Float[Tensor, " run"]
    risk: Float[Tensor, " run"]
    gap: Float[Tensor, " run"]
    own: Bool[Tensor, " run"]
    training: int
    deployment: int

    @classmethod
    def of(cls, *settings: Params) -> "Worlds":
        """The worlds of a batch.

        Raises:
            ValueError: the settings differ in the length of a life, or there are none.
        """
        lengths = {(params.training, params.deployment) for params in settings}
        if len(lengths) != 1:
            raise ValueError("settings: the runs of one batch have lives of the same length, and there must be some")
        training, deployment = lengths.pop()
        share, discount, risk, gap = (
            torch.tensor([float(getattr(params, name)) for params in settings], dtype=torch.float64)
            for name in ("share", "discount", "risk", "gap")
        )
        own = torch.tensor([params.wants == "its own objective" for params in settings])
        return cls(share, discount, risk, gap, own, training, deployment)

    @cached_property
    def cues(self) -> tuple[Float[Tensor, "run cue"], Float[Tensor, "run cue"]]:
        """How likely each cue is in training, and in deployment."""
        middles = (self.gap[:, None] * side for side in (-1, 1))
        densities = (torch.exp(-((torch.from_numpy(CUES) - middle) ** 2) / 2) for middle in middles)
        in_training, in_deployment = ((density / density.sum(-1, keepdim=True)).float() for density in densities)
        return in_training, in_deployment


def lives(in_training: Float[Tensor, " run"], in_deployment: Float[Tensor, " run"], worlds: Worlds) -> Lives:
    """Follow agents episode by episode, given how often they defect as long as their goal is intact.

    Args:
        in_training: chance to defect in a training episode in which that differs from complying.
        in_deployment: chance to defect in a deployment episode.
        worlds: in which they live.
    """
    share, discount, risk = worlds.share, worlds.discount, worlds.risk
    worth = intact = torch.ones_like(in_training)
    own = base = score = torch.zeros_like(in_training)
    for _ in range(worlds.training):
        defects = intact * (1 - share) * in_training
        own = own + worth * (intact * share + defects)
        base, score = base + worth * (1 - defects), score + (1 - defects) / worlds.training
        intact, worth = intact - risk * defects, worth * discount
    defects = intact * in_deployment  # in every episode from now on: nobody is edited any more
    later = worth * (discount[:, None] ** torch.arange(worlds.deployment)).sum(-1)
    return Lives(own + later * defects, base + later * (1 - defects), intact, score, 1 - defects)


def return_of(agents: CueReader, worlds: Worlds) -> Float[Tensor, " run"]:
    """What each agent's policy is worth to it: its return over a life, by what it wants. Its training climbs this."""
    return _wanted(lives(*defections(agents, worlds), worlds), worlds)


def defections(agents: CueReader, worlds: Worlds) -> tuple[Float[Tensor, " run"], Float[Tensor, " run"]]:
    """How often each agent defects in training and in deployment: its policy, averaged over the cues there."""
    policy = agents(torch.from_numpy(CUES).float())
    in_training, in_deployment = ((policy * likely).sum(-1) for likely in worlds.cues)
    return in_training, in_deployment


def train(settings: Sequence[Params]) -> CueReader:
    """Train a batch of agents, each on its own return and on nothing else.

    Raises:
        ValueError: the settings differ in steps or in the length of a life.
    """
    worlds = Worlds.of(*settings)
    if len({params.steps for params in settings}) != 1:
        raise ValueError("settings: the runs of one batch train for the same number of steps")
    agents = CueReader(seeds=[params.seed for params in settings], starts=[params.start for params in settings])
    climber = Adam(agents.parameters(), lr=LEARNING_RATE)
    with one_thread():
        for _ in progress.track(range(settings[0].steps), settings[0].steps, "training"):
            climber.zero_grad()
            (-return_of(agents, worlds).sum()).backward()
            climber.step()
    return agents


@dataclass(frozen=True)
class Result:
    """What a batch of agents learned to do, and what came of it.

    Attributes:
        settings: along the `run` axis.
        in_training: how often it defects in training episodes in which that differs from complying, goal intact.
        in_deployment: how often it defects in deployment, goal intact.
        kept: chance that its goal is intact when training ends.
        earned: its return over a life by what it wants, discounted.
        best: the highest such return that any policy on the cue can have; see `best_policy`.
        score: base score of an average training episode.
        deployed: base score of an average deployment episode.
    """

    settings: tuple[Params, ...]
    in_training: Float[np.ndarray, " run"]
    in_deployment: Float[np.ndarray, " run"]
    kept: Float[np.ndarray, " run"]
    earned: Float[np.ndarray, " run"]
    best: Float[np.ndarray, " run"]
    score: Float[np.ndarray, " run"]
    deployed: Float[np.ndarray, " run"]

    @property
    def complies(self) -> Bool[np.ndarray, " run"]:
        """Which agents comply in training, by the rule above."""
        return self.in_training < 0.5

    @property
    def turns(self) -> Bool[np.ndarray, " run"]:
        """Which comply in training and defect in deployment."""
        return self.complies & (self.in_deployment > 0.5)

    def select(self, **wanted: Any) -> "Result":
        """The runs whose settings have these values.

        Raises:
            ValueError: there is none.
        """
        whole = {name: float(value) for name, value in wanted.items() if isinstance(value, int)}
        runs = runs_with(self.settings, **(wanted | whole))
        return Result(tuple(self.settings[run] for run in runs), *(getattr(self, name)[runs] for name in MEASURED))


MEASURED = ("in_training", "in_deployment", "kept", "earned", "best", "score", "deployed")


def run_all(settings: Sequence[Params]) -> Result:
    """Train a batch of agents at once.

    Raises:
        ValueError: as `train`.
    """
    settings = tuple(settings)
    agents, worlds = train(settings), Worlds.of(*settings)
    with torch.no_grad():
        acts = defections(agents, worlds)
        lived = lives(*acts, worlds)
    best = torch.tensor([best_policy(params).earned for params in settings])
    measured = (*acts, lived.kept, _wanted(lived, worlds), best, lived.score, lived.deployed)
    return Result(settings, *(values.double().numpy() for values in measured))


def run(params: Params) -> Result:
    """Train one agent."""
    return run_all([params])


def every_start(seeds: Sequence[int] = SEEDS, **setting: Any) -> list[Params]:
    """One setting from several starts, spread evenly from nearly always complying to nearly always defecting."""
    return [Params(**setting, start=(place + 0.5) / len(seeds), seed=seed) for place, seed in enumerate(seeds)]


def sweep() -> Result:
    """Every share, discount, gap and number of training episodes on the page, from every start; cached."""
    grid = [
        [
            params
            for discount in DISCOUNTS
            for gap in GAPS
            for params in every_start(share=share, discount=discount, gap=gap, training=training)
        ]
        for training in LENGTHS
        for share in SHARES
    ]
    return joined(run_sweep(run_all, grid, name="training game: every share, discount, gap and length"))


def steps_sweep() -> Result:
    """The agent of the page's first setting, trained for longer and longer; cached.

    Also, for the comparison of all remedies, one whose training shares half of its episodes and whose cue tells less.
    """
    grid = [every_start(steps=steps) for steps in STEPS]
    grid += [every_start(steps=steps, share=0.5, gap=1.0) for steps in (200, 1000)]
    return joined(run_sweep(run_all, grid, name="training game: longer and longer"))


def policies_of_every_quality(
    params: Params, seed: int, count: int = 200
) -> tuple[Float[np.ndarray, " policy"], Float[np.ndarray, " policy"]]:
    """How often each of many policies on the cue defects in training and in deployment; none of them is trained.

    A policy defects with chance Φ(ax + b) at the cue x, with a and b drawn from N(0, 2²); over the cues of training
    that is Φ((b − aμ) / √(1 + a²)), and over those of deployment Φ((b + aμ) / √(1 + a²)).
    """
    steep, inclined = 2 * torch.from_numpy(np.random.default_rng(seed).standard_normal((2, count)))
    spread = (1 + steep**2).sqrt()
    acts = (torch.special.ndtr((inclined + side * steep * params.gap) / spread) for side in (-1, 1))
    in_training, in_deployment = (chance.numpy() for chance in acts)
    return in_training, in_deployment


def scatter(params: Params, agent: Result, seed: int = 0) -> tuple[Returns, Returns]:
    """Base score of a training and of a deployment episode, beside own return over a life, for policies of every kind.

    Args:
        params: the world and the discount.
        agent: the agent that was trained there, one run.
        seed: of the policies.
    """
    acts = [torch.from_numpy(chance) for chance in policies_of_every_quality(params, seed)]
    lived = lives(acts[0], acts[1], Worlds.of(params))
    own, score, deployed = (values.numpy() for values in (lived.own, lived.score, lived.deployed))
    earned = float(agent.earned[0])
    return (
        Returns("training", score, own, (float(agent.score[0]), earned)),
        Returns("deployment", deployed, own, (float(agent.deployed[0]), earned)),
    )


def correlation(share: float) -> float:
    """Pearson's correlation of base score and own reward over training episodes and both acts: ρ = 2s − 1.

    Every episode offers two acts, here each as likely. In a share s of episodes one act scores by both objectives, and
    the other by neither; in the rest each act scores by one of them.
    """
    return 2 * share - 1


@dataclass(frozen=True)
class Best:
    """The best policy on the cue.

    Attributes:
        in_training: how often it defects in training.
        in_deployment: how often it defects in deployment.
        earned: its return, by what the agent wants.
    """

    in_training: float
    in_deployment: float
    earned: float


def best_policy(params: Params) -> Best:
    """The best policy that sees the cue and nothing else, found by trying every threshold on the cue.

    A threshold is enough: of all policies that defect as often in training, to defect at the highest cues is to defect
    most often in deployment (Neyman and Pearson's lemma), and that is worth the more to an agent with its own
    objective. An agent that wants the base objective never defects.
    """
    return _best_policy(replace(params, steps=0, start=0.5, seed=0))


@cache
def _best_policy(params: Params) -> Best:
    if params.wants == "the base objective":
        episodes = params.training + params.deployment
        return Best(0.0, 0.0, float(np.sum(params.discount ** np.arange(episodes))))
    in_training, in_deployment = _thresholds(params.gap)
    own = lives(in_training, in_deployment, Worlds.of(params)).own
    best = int(own.argmax())
    return Best(float(in_training[best]), float(in_deployment[best]), float(own[best]))


@cache
def _thresholds(gap: float) -> tuple[Float[Tensor, " threshold"], Float[Tensor, " threshold"]]:
    """How often an agent defects in training and in deployment that does so at cues above each of many thresholds."""
    threshold = torch.linspace(-10, 10, 2001, dtype=torch.float64)
    return torch.special.ndtr(-threshold - gap), torch.special.ndtr(gap - threshold)


def worth(params: Params, defects: float) -> float:
    """Own return with a perfect cue, for an agent that always defects in deployment.

    With r = s + (1 − s)d and q = 1 − p(1 − s)d it is r Σ_{t<T} (γq)^t + (γq)^T (1 − γ^D) / (1 − γ).

    Args:
        params: the world and the discount.
        defects: d, how often the agent defects in training.
    """
    earns, survives = _episode(params, defects)
    passed = params.discount * survives
    training = earns * _geometric(passed, params.training)
    return training + passed**params.training * _geometric(params.discount, params.deployment)


def slope(params: Params, defects: float) -> float:
    """How fast `worth` rises with d."""
    s, p, g = params.share, params.risk, params.discount
    earns, survives = _episode(params, defects)
    falls = -p * (1 - s)
    later = sum(t * g**t * survives ** (t - 1) for t in range(1, params.training))
    after = params.training * g**params.training * survives ** (params.training - 1)
    return (
        (1 - s) * _geometric(g * survives, params.training)
        + earns * falls * later
        + falls * after * _geometric(g, params.deployment)
    )


def threshold(params: Params) -> float | None:
    """γ*: with a perfect cue, complying throughout training is worth more than defecting exactly if γ is above it.

    None if complying is worth more at no γ up to 1.
    """
    return _root(lambda gamma: worth(_at(params, gamma), 0.0) - worth(_at(params, gamma), 1.0))


def both_hold(params: Params) -> tuple[float, float] | None:
    """Between which γ both ends are local maxima with a perfect cue, so that the start decides where ascent ends.

    From the γ at which complying throughout begins to resist a little defecting, to that at which defecting throughout
    stops to resist a little complying. None if there is no such γ up to 1.
    """
    low = _root(lambda gamma: -slope(_at(params, gamma), 0.0))
    high = _root(lambda gamma: -slope(_at(params, gamma), 1.0))
    return None if low is None else (low, 1.0 if high is None else high)


def _root(rising: Callable[[float], float]) -> float | None:
    """Where a function of γ that starts below 0 and crosses it once does so; None if it does not."""
    low, high = 0.0, 1.0
    if rising(high) <= 0:
        return None
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
    return high


def _episode(params: Params, defects: float) -> tuple[float, float]:
    """What a training episode is worth, and the chance that the goal survives it."""
    return params.share + (1 - params.share) * defects, 1 - params.risk * (1 - params.share) * defects


def _geometric(factor: float, terms: int) -> float:
    return float(sum(factor**term for term in range(terms)))


def _at(params: Params, discount: float) -> Params:
    return replace(params, discount=discount)


def _wanted(lived: Lives, worlds: Worlds) -> Float[Tensor, " run"]:
    return torch.where(worlds.own, lived.own, lived.base)


def joined(results: Sequence[Result]) -> Result:
    """Several batches as one."""
    settings = tuple(params for result in results for params in result.settings)
    return Result(settings, *(np.concatenate([getattr(result, name) for result in results]) for name in MEASURED))
