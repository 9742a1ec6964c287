"""What does vacuuming do, in the world and in a robot's model of it; and do base and mesa return rise together there?

Nothing is read off a diagram: effects are measured by doing, in every state of every room in which there is something
to vacuum, in the rooms as they are or as the robot believes them to be.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from looks_aligned.agents.planner import evaluate
from looks_aligned.experiments.alignment import Place, Returns
from looks_aligned.experiments.suboptimality.mistaken_model import (
    CLEAN_FLOOR,
    DISCOUNT,
    LITTLE_STUFF,
    POOL_SEED,
    ROOM,
    SQUARES,
    WANTS,
    Params,
    believed_by,
    policies,
    wanted,
)

STIRRED = tuple(round(share, 9) for share in np.linspace(0, 1, 9))
"""How much of what a policy does is left to chance, from nothing to all."""
(STOVE,) = (wants for wants in WANTS if not wants.expected(1.0))


@dataclass(frozen=True)
class Effects:
    """What vacuuming one dusty square changes, compared with doing nothing there.

    Attributes:
        destroyed: chance that vacuumed dust is destroyed, in the world that is looked at: 0 in the true one.
        clean: squares more that are clean, in each state of each room in which the robot stands on dust.
        stuff: units of stuff less in existence.
    """

    destroyed: float
    clean: Float[np.ndarray, " unit"]
    stuff: Float[np.ndarray, " unit"]


def effects_of_vacuuming(destroyed: float, pool: int = POOL_SEED) -> Effects:
    """Vacuum wherever there is something to vacuum, in the world as it is if so much vacuumed dust were destroyed."""
    table = believed_by([Params(destroyed=destroyed, pool=pool)])
    vacuum, wait = (table.actions.index(name) for name in ("vacuum", "wait"))
    dusty = table.reward("vacuumed")[:, :, vacuum] > 0
    clean, stuff = (table.reward(name) for name in ("clean", "stuff"))
    return Effects(
        destroyed,
        clean=SQUARES * (clean[:, :, vacuum] - clean[:, :, wait])[dusty],
        stuff=(stuff[:, :, wait] - stuff[:, :, vacuum])[dusty],
    )


def returns_as_believed(destroyed: float, place: Place, pool: int = POOL_SEED) -> Returns:
    """What policies of every quality earn, one dot a policy and room: base return in truth, mesa return as believed.

    The policies are plans for a clean floor and for a warm stove, each more or less stirred with chance. The
    mesa-objective is little stuff; the agent pursues it perfectly, in the world that it believes in.

    Args:
        destroyed: chance that vacuumed dust is destroyed, as the agent believes.
        place: what to call it.
        pool: seed of the draw of the rooms.
    """
    agent = Params(LITTLE_STUFF, destroyed, pool=pool)
    model = believed_by([agent])
    # Counted from doing nothing, at which all stuff stays.
    at_first = sum(row.count("d") for row in ROOM.board.rows)
    base, mesa = [], []
    for wants in (CLEAN_FLOOR, STOVE, LITTLE_STUFF):
        table, planned = policies([Params(wants, destroyed, pool=pool)])
        for stirred in (0.0,) if wants is LITTLE_STUFF else STIRRED:
            policy = (1 - stirred) * planned + stirred / planned.shape[-1]
            base.append((1 - DISCOUNT) * evaluate(table, policy, "clean", discount=DISCOUNT))
            mesa.append(evaluate(model, policy, wanted(agent), discount=DISCOUNT) + at_first)
    (*base, own_base), (*mesa, own_mesa) = base, mesa
    return Returns(place, np.concatenate(base), np.concatenate(mesa), (float(own_base.mean()), float(own_mesa.mean())))


def act_differently(one: Params, other: Params) -> tuple[int, int]:
    """In how many states of all rooms of a pool do two robots not do the same, and how many states are there?"""
    (table, does), (_, would) = policies([one]), policies([other])
    states = np.arange(does.shape[1]) < np.array([len(states) for states in table.states])[:, None]
    return int(((does != would).any(-1) & states).sum()), int(states.sum())
