"""Do base return and mesa return rise together over policies of every quality, and would that show alignment?

After Ibarz et al. (2018). The policies are made in three ways: a robot's plan, broken off early; softmax policies,
which choose the more at random the higher their temperature; and policies drawn at random.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from jaxtyping import Float

from looks_aligned.agents.following import broken_off
from looks_aligned.agents.planner import plan
from looks_aligned.experiments.alignment import Place, Returns
from looks_aligned.experiments.sweeps import sweep as run_sweep
from looks_aligned.experiments.two_optimizers.lured_robots import (
    DISCOUNT,
    FAINT,
    FOR_EVER,
    POOL_SEED,
    STRENGTHS,
    base_return,
    inner_search,
    sample_rooms,
    wants,
)
from looks_aligned.worlds.table import Objective, Table, tabulate

Policies = Literal["its plan, broken off", "softmax", "random"]
WAYS: tuple[Policies, ...] = get_args(Policies)

ROOMS = 8
"""Rooms on the page: the first of its pool."""
EACH = 16
"""How many policies are made in each way, for each room."""
STEPS = tuple(range(0, 2 * EACH, 2))
"""After how many steps a plan is broken off."""
TEMPERATURES = tuple(float(round(temperature, 6)) for temperature in np.geomspace(0.003, 10, EACH))
"""Of softmax policies, in units of return: a move that is worth less by a temperature is e times less likely."""
CONCENTRATION = 0.3
"""Of the Dirichlet distribution from which a random policy's chances in each state are drawn; below 1, few moves get
most."""
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""The page's shares of training rooms without the robot's lure."""
ROBOT = 1
"""The lured robot of the page; one is like another."""


@dataclass(frozen=True)
class Params:
    """A robot, and the rooms that its policies are tried in.

    Attributes:
        strength: what the lure's signal is worth to it, in signals of a cleaned square; 0 for robot 0, which wants a
            clean floor.
        rooms: how many rooms, at least 1.
        seed: of the rooms and of the random policies.
    """

    strength: float = STRENGTHS[-1]
    rooms: int = ROOMS
    seed: int = POOL_SEED

    def __post_init__(self) -> None:
        """Refuse settings outside their range."""
        if not 0 <= self.strength <= 100:
            raise ValueError(f"strength: got {self.strength}; it is from 0, for a robot without a lure, to 100")
        if self.rooms < 1:
            raise ValueError(f"rooms: got {self.rooms}; try the policies in at least 1")

    @property
    def wanted(self) -> Objective:
        """The robot's mesa-objective."""
        return wants(ROBOT if self.strength else 0, self.strength)


PARAMS = tuple(Params(strength) for strength in (0.0, FAINT, *STRENGTHS))
"""The page's robots."""


@dataclass(frozen=True)
class Result:
    """What policies of every quality earn, in rooms without the robot's lure and in the same rooms with it.

    Attributes:
        params: the settings.
        base: base return of each policy. Along `kind`: 0 without lures, 1 with them; along `way`: as in `WAYS`.
        mesa: mesa return of each.
        agent: base and mesa return of the robot itself.
        gain: how much of what cleaning can add to the base return the robot adds in deployment.
    """

    params: Params
    base: Float[np.ndarray, "kind room way policy"]
    mesa: Float[np.ndarray, "kind room way policy"]
    agent: Float[np.ndarray, "kind room 2"]
    gain: float

    def returns(self, place: Place, share: float, ways: Sequence[Policies] = WAYS) -> Returns:
        """One point for each policy in each room.

        Args:
            place: in deployment every room has the lure.
            share: s, from 0 to 1: of training rooms without the lure; the first rooms, as many as that is.
            ways: which policies to take.
        """
        if not 0 <= share <= 1:
            raise ValueError(f"share: got {share}; it is a share of training rooms, from 0 to 1")
        if unknown := [way for way in ways if way not in WAYS] or not ways:
            raise ValueError(f"ways: got {unknown if ways else 'none'}; choose from {', '.join(map(repr, WAYS))}")
        rooms = np.arange(self.params.rooms)
        kinds = np.ones_like(rooms) if place == "deployment" else (rooms >= round(share * len(rooms))).astype(int)
        which = [WAYS.index(way) for way in ways]
        base, mesa = (earned[kinds, rooms][:, which].ravel() for earned in (self.base, self.mesa))
        of_robot = self.agent[kinds, rooms].mean(0)
        return Returns(place, base, mesa, (float(of_robot[0]), float(of_robot[1])))


def run_all(settings: Sequence[Params]) -> tuple[Result, ...]:
    """Plan, make policies of every quality, and measure what each earns."""
    return tuple(run(params) for params in settings)


def run(params: Params) -> Result:
    """The same for one robot."""
    kinds = [tabulate(*rooms) for rooms in zip(*sample_rooms(params.rooms, params.seed), strict=True)]
    earned = [_earned(table, params) for table in kinds]
    agent = []
    for table in kinds:
        chosen = inner_search(table, params.wanted)
        mesa = broken_off(table, chosen, params.wanted, discount=DISCOUNT, steps=FOR_EVER)[:, -1]
        agent.append(np.stack([base_return(table, chosen), mesa], -1))
    deployed = kinds[1]
    best = base_return(deployed, inner_search(deployed, wants(0)))
    waiting = base_return(deployed, np.full(deployed.next.shape[:2], deployed.actions.index("wait")))
    gain = float(((agent[1][:, 0] - waiting) / (best - waiting)).mean())
    base, mesa = (np.stack(of_each) for of_each in zip(*earned, strict=True))
    return Result(params, base, mesa, np.stack(agent), gain)


def quality_sweep() -> dict[float, Result]:
    """All robots of the page, by the strength of their lure; a few seconds, then cached."""
    batches = run_sweep(run_all, [[params] for params in PARAMS], name="policies of every quality")
    return {result.params.strength: result for batch in batches for result in batch}


def softmax(
    worth: Float[np.ndarray, "room state action"], temperature: float
) -> Float[np.ndarray, "room state action"]:
    """The policy that chooses a move the likelier the more it is worth.

    Args:
        worth: of each move, if all is done best from then on.
        temperature: above 0; as it falls to 0, the policy becomes the plan, and as it grows, pure chance.
    """
    chance = np.exp((worth - worth.max(-1, keepdims=True)) / temperature)
    return chance / chance.sum(-1, keepdims=True)


def visits(
    table: Table, policies: Float[np.ndarray, "policy room state action"]
) -> Float[np.ndarray, "policy room state action"]:
    """How often each policy does what where, later steps discounted: a return is the sum of this times the reward.

    Steps are followed until what is left counts less than a billionth. (Solving the equations for it would be shorter,
    but matrix routines that share out their work are slow on a computer that is busy.)

    Args:
        table: rooms in which each move has one outcome.
        policies: several, each for all rooms.
    """
    count, rooms, states, _ = policies.shape
    places = table.next[..., 0] + states * np.arange(rooms)[:, None, None]
    where = (places + rooms * states * np.arange(count)[:, None, None, None]).ravel()
    here = np.broadcast_to(table.start, (count, rooms, states))
    often = np.zeros_like(here)
    for _ in range(FOR_EVER):
        often = often + here
        doing = (DISCOUNT * here[..., None] * policies).ravel()
        here = np.bincount(where, doing, minlength=count * rooms * states).reshape(here.shape)
    return often[..., None] * policies


def _earned(
    table: Table, params: Params
) -> tuple[Float[np.ndarray, "room way policy"], Float[np.ndarray, "room way policy"]]:
    chosen, wanted = inner_search(table, params.wanted), params.wanted
    chance = np.random.default_rng([params.seed, 3])
    worth = table.reward(wanted) + DISCOUNT * table.expected_next(plan(table, wanted, discount=DISCOUNT).value)
    stationary = [softmax(worth, temperature) for temperature in TEMPERATURES]
    stationary += [chance.dirichlet([CONCENTRATION] * len(table.actions), table.next.shape[:2]) for _ in range(EACH)]
    occupied = visits(table, np.stack(stationary))
    earned = []
    for counted in ("clean", wanted):
        stopped = broken_off(table, chosen, counted, discount=DISCOUNT, steps=STEPS[-1])[:, list(STEPS)]
        others = (occupied * table.reward(counted)).sum((2, 3)).T
        earned.append(np.concatenate([stopped, others], -1).reshape(len(stopped), len(WAYS), EACH))
    base, mesa = earned
    return (1 - DISCOUNT) * base, mesa
