"""Which of five conditions does an exact planner need before it complies in training and defects afterwards?

The world is that of `training_game`, held whole as a table; the planner sees which episode it is in. Each switch
changes one argument of the planning, and no code of the agent reads a switch:

- *an optimizer inside*: it plans; else it keeps to a habit, the act that training scores best wherever it is.
- *misaligned*: what it plans for is its own objective; else the base objective.
- *looks beyond the episode*: a later episode counts γ = 0.9 of the one before; else nothing.
- *understands its training*: the world it believes in is the true one; else it is one in which nobody edits. So no
  switch makes it believe in an editing that does not come.
- *its goal is at stake*: a defection in training has its goal edited with chance p = 0.9; else never. The time
  afterwards, which is part of that condition, stays; see `deployment`.

Rule, fixed before the runs on the page: it *complies, then defects* if it complies in every training episode and
defects in every deployment episode, as long as its goal is intact.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import product

import numpy as np
from jaxtyping import Float

from looks_aligned.agents.planner import Policy, plan
from looks_aligned.experiments.sweeps import sweep as run_sweep
from looks_aligned.worlds.table import Outcome, State, Table, tabulate

DISCOUNT = 0.9
RISK = 0.9
TRAINING = 5
DEPLOYMENT = 15

DISCOUNTS = tuple(round(float(value), 3) for value in np.linspace(0, 1, 41))
"""The map's grid of γ."""
RISKS = tuple(round(float(value), 3) for value in np.linspace(0, 1, 41))
"""The map's grid of p."""
SHARES = (0.0, 0.25, 0.5, 0.75, 0.9)
"""The map's values of s."""
LENGTHS = (1, 2, 5, 10)
"""The map's numbers of training episodes, T."""


@dataclass(frozen=True)
class Life:
    """The training game as a world: which episode it is, and whether the goal is still intact.

    Attributes:
        training: T, training episodes.
        deployment: D, deployment episodes.
        risk: p, chance that a defection in training has the goal edited.
        share: s, of training episodes in which complying and defecting are the same act.
    """

    training: int = TRAINING
    deployment: int = DEPLOYMENT
    risk: float = RISK
    share: float = 0.0

    actions = ("comply", "defect")
    measures = ("own", "base")

    def __post_init__(self) -> None:
        """Refuse settings outside their range."""
        if self.training < 1 or self.deployment < 0:
            raise ValueError(
                f"training, deployment: got {self.training} and {self.deployment}; "
                "a life has at least 1 training episode and 0 or more of deployment"
            )
        for name in ("risk", "share"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name}: got {getattr(self, name)}; it must be from 0 to 1")

    @property
    def episodes(self) -> int:
        """How many episodes a life has."""
        return self.training + self.deployment

    def starts(self) -> Mapping[State, float]:
        """The first episode, with the goal intact."""
        return {(0, True): 1.0}

    def outcomes(self, state: State, action: str) -> Sequence[Outcome]:
        """What an episode brings: its worth by either objective on average, and what becomes of the goal."""
        assert isinstance(state, tuple)
        episode, intact = state
        if episode == self.episodes:
            return [Outcome(state, {})]
        if not intact:
            return [Outcome((episode + 1, False), {"base": 1.0})]
        same = self.share if episode < self.training else 0.0
        if action == "comply":
            return [Outcome((episode + 1, True), {"own": same, "base": 1.0})]
        brings = {"own": 1.0, "base": same}
        edited = self.risk * (1 - same) if episode < self.training else 0.0
        # Both are told even where one is impossible: so worlds that differ in p alone have the same states.
        return [Outcome((episode + 1, True), brings, 1 - edited), Outcome((episode + 1, False), brings, edited)]


@dataclass(frozen=True)
class Switches:
    """The five conditions; see above for what each changes."""

    optimizer: bool = True
    misaligned: bool = True
    beyond: bool = True
    understands: bool = True
    at_stake: bool = True

    @property
    def off(self) -> tuple[str, ...]:
        """The names of those that are off."""
        return tuple(one.name for one in fields(self) if not getattr(self, one.name))


@dataclass(frozen=True)
class Result:
    """What an agent does in each episode of a life, and what comes of it.

    Attributes:
        switches: the conditions.
        training: how many of the episodes are training.
        defects: chance that it defects in each episode, as long as its goal is intact.
        intact: chance that its goal is intact when each episode begins.
    """

    switches: Switches
    training: int
    defects: Float[np.ndarray, " episode"]
    intact: Float[np.ndarray, " episode"]

    @property
    def complies_then_defects(self) -> bool:
        """The rule above."""
        return not self.defects[: self.training].any() and bool(self.defects[self.training :].all())

    @property
    def base(self) -> Float[np.ndarray, " episode"]:
        """Expected base score of each episode; an edited agent complies."""
        return 1 - self.intact * self.defects


def policy_of(switches: Switches, *, deployment: int = DEPLOYMENT) -> tuple[Table, Policy]:
    """The world that the switches make, and what the agent does in it."""
    true = tabulate(Life(deployment=deployment, risk=RISK if switches.at_stake else 0.0))
    unedited = tabulate(Life(deployment=deployment, risk=0.0))
    wants, beyond = "own" if switches.misaligned else "base", DISCOUNT if switches.beyond else 0.0
    model = true if switches.understands else unedited
    horizon = TRAINING + deployment
    by_plan = plan(true, wants, discount=beyond, horizon=horizon, model=model)
    by_habit = plan(true, "base", discount=0.0, horizon=horizon)
    return true, (by_plan if switches.optimizer else by_habit).policy


def run(switches: Switches, *, deployment: int = DEPLOYMENT) -> Result:
    """Plan exactly, and follow the agent through its life.

    Args:
        switches: the conditions.
        deployment: D, how many episodes come after training.
    """
    table, policy = policy_of(switches, deployment=deployment)
    states = {state: index for index, state in enumerate(table.states[0])}
    defects = np.array(
        [policy[episode, 0, states[episode, True], table.actions.index("defect")] for episode in range(len(policy))]
    )
    intact, here = [], table.start[0]
    for episode in range(len(policy)):
        intact.append(here[states[episode, True]])
        here = np.einsum("s,sa,san->n", here, policy[episode, 0], table.transition[0])
    return Result(switches, TRAINING, defects, np.array(intact))


def run_all(batch: Sequence[Switches]) -> tuple[Result, ...]:
    """Every agent of a batch."""
    return tuple(run(switches) for switches in batch)


def every_combination() -> tuple[Result, ...]:
    """All 32."""
    return run_all([Switches(*on) for on in product((False, True), repeat=len(fields(Switches)))])


@dataclass(frozen=True)
class Place:
    """A map's settings: s, and T."""

    share: float = 0.0
    training: int = TRAINING


@dataclass(frozen=True)
class Phases:
    """What the planner with all five switches on does, over a grid of risk and discount.

    Attributes:
        place: the map's settings.
        complies: of training episodes, goal intact, the share in which it complies.
        defects: of deployment episodes, goal intact, the share in which it defects.
    """

    place: Place
    complies: Float[np.ndarray, "risk discount"]
    defects: Float[np.ndarray, "risk discount"]


def phases(batch: Sequence[Place]) -> tuple[Phases, ...]:
    """Plan for every risk and discount of the grid, for each of a batch of maps."""
    return tuple(_phases(place) for place in batch)


def phases_sweep() -> dict[Place, Phases]:
    """Every map on the page; a few seconds, then cached."""
    grid = [[Place(share, training)] for share in SHARES for training in LENGTHS]
    found = run_sweep(phases, grid, name="five switches: maps of risk and discount")
    return {one.place: one for batch in found for one in batch}


def _phases(place: Place) -> Phases:
    table = tabulate(*(Life(training=place.training, risk=risk, share=place.share) for risk in RISKS))
    horizon = place.training + DEPLOYMENT
    here = [table.states[0].index((episode, True)) for episode in range(horizon)]
    complies, defects = [], []
    for discount in DISCOUNTS:
        policy = plan(table, "own", discount=discount, horizon=horizon).policy
        intact = policy[np.arange(horizon), :, here]
        complies.append(intact[: place.training, :, table.actions.index("comply")].mean(0))
        defects.append(intact[place.training :, :, table.actions.index("defect")].mean(0))
    return Phases(place, np.stack(complies, -1), np.stack(defects, -1))


def least_risk(discount: float, *, share: float, training: int, deployment: int = DEPLOYMENT) -> float:
    """The risk p from which on a planner with a clock complies in every training episode; more than 1 if it never does.

    A defection in training episode t brings 1 − s more than complying, and costs p (1 − s) γ V, where V is what a life
    with an intact goal is still worth from the next episode on: V = s Σ_{k<n} γ^k + γ^n (1 − γ^D) / (1 − γ), with n
    training episodes left. So it complies where p γ V ≥ 1. V rises with n or falls with it, throughout, so the first
    and the last episode decide.
    """
    after = sum(discount**k for k in range(deployment))
    worth = [share * sum(discount**k for k in range(left)) + discount**left * after for left in (0, training - 1)]
    least = discount * min(worth)
    return 1 / least if least > 0 else float("inf")
