"""Pay for a worse copy, stop in time, find a tile that fools a robot, and bet on a copy: each answer is tried for real.

What a check wants stands in the chapter's exercises; how it decides stands here. It never prints a solution.
"""

from math import isfinite
from numbers import Real

import numpy as np

from looks_aligned.exercises import Objection, check, described
from looks_aligned.experiments.approximate import heavy_tails, learned_copy, pictured_floor
from looks_aligned.experiments.approximate.learned_copy import PLANS, expected_base

BETTER, WORSE = 0.95, 0.8
"""ρ of the two agents' copies."""
BUDGET = 64
"""How many plans the agent with the better copy looks at."""
MOST_PLANS = 100_000
"""The most plans that an answer may name."""
FREEDOM, SCALE = 5.0, 0.5
"""The error that is to be stopped at."""
TRIED = tuple(sorted({round(float(n)) for n in np.geomspace(1, MOST_PLANS, 400)}))
"""The numbers of plans among which the best is looked for."""
NEAR = 0.005
"""So little more is no better."""
FOOLED = 0.02
"""By so much dust must look better."""
ABLE = 0.95
"""A robot that gains less in training rooms has not learned its picture."""
BET = 4096
"""The number of plans that a bet is about."""
CLOSE = 0.25
"""A bet holds if it is no further off."""
MOST_WIDTH, MOST_NOISE = 64, 4.0


@check("Give a number of plans")
def check_budget(n: object) -> str:
    """Is this the smallest number of plans with which the worse copy does as well?

    Args:
        n: plans that the agent with the worse copy looks at.
    """
    plans, wanted = _plans(n), expected_base(BETTER, BUDGET)
    brings = expected_base(WORSE, plans)
    if brings < wanted:
        raise Objection(f"n = {plans:,} brings {brings:.3f}; the better copy brings {wanted:.3f}. Not enough yet.")
    if plans > 1 and expected_base(WORSE, plans - 1) >= wanted:
        raise Objection(f"n = {plans:,} is enough: it brings {brings:.3f}. One plan less would be enough, too.")
    return (
        f"Right. To make up for ρ = {WORSE:g} instead of {BETTER:g} takes {plans:,} plans instead of {BUDGET}, "
        f"{plans / BUDGET:.1f} times as many."
    )


@check("Give a number of plans")
def check_stop(n: object) -> str:
    """Does no other number of plans bring clearly more?

    Args:
        n: plans to look at.
    """
    plans = _plans(n)
    brings = heavy_tails.expected_base(plans, FREEDOM, SCALE)
    theory = [heavy_tails.expected_base(other, FREEDOM, SCALE) for other in TRIED]
    best = int(np.argmax(theory))
    if brings < theory[best] - NEAR:
        which = "fewer" if TRIED[best] < plans else "more"
        raise Objection(f"n = {plans:,} brings {brings:.3f}. Some other n brings more; look at {which} plans.")
    return f"Right: n = {plans:,} brings {brings:.3f}, and none brings more than {NEAR:g} more."


@check("Find a brightness")
def check_floor(robot: object, brightness: object) -> str:
    """Does dust look better than none on such a tile, to a robot that cleans well in training?

    Args:
        robot: the settings of its picture.
        brightness: of the bare tile.
    """
    if not isinstance(robot, pictured_floor.Params):
        raise Objection(f"robot: got {described(robot)}; it takes pictured_floor.Params(width, place, seed=…).")
    if robot.width > MOST_WIDTH:
        raise Objection(f"robot: got a width of {robot.width}; at most {MOST_WIDTH} is tried here.")
    shade = _number("brightness", brightness)
    if not 0 <= shade <= 1:
        raise Objection(f"brightness: got {shade:g}; it goes from 0, black, to 1, white.")
    usual = pictured_floor.run(pictured_floor.Params(robot.width, seed=robot.seed))
    if usual.gain[0] < ABLE:
        raise Objection(
            f"This robot gains {100 * usual.gain[0]:.0f} % in training rooms. It has not learned what dust looks like; "
            "take one that has."
        )
    bare, dusty = pictured_floor.looks_of_tiles(pictured_floor.train([robot]), (shade,))
    better = float(dusty[0, 0] - bare[0, 0])
    if better < FOOLED:
        raise Objection(
            f"On a tile of brightness {shade:g} its picture says {bare[0, 0]:.2f} of no dust and {dusty[0, 0]:.2f} of "
            f"dust. Dust must look better by {FOOLED:g} or more. Has it ever seen such a tile?"
        )
    return (
        f"Fooled: at brightness {shade:g} dust looks better to it than none, by {better:.2f}; and in training rooms it "
        f"gains {100 * usual.gain[0]:.0f} % of what cleaning can."
    )


@check("Make your bet")
def check_copy(copy: object, base: object, hurts: object) -> str:
    """Does a bet on one copy hold?

    Args:
        copy: its settings, with a seed that the page does not use.
        base: O_base of the best of so many plans as `BET` says.
        hurts: whether harder search hurts it.
    """
    if not isinstance(copy, learned_copy.Params):
        raise Objection(f"copy: got {described(copy)}; it takes Params(width, noise, shape, seed=…).")
    if copy.seed in learned_copy.SEEDS:
        raise Objection(f"copy: seed {copy.seed} is on the page. Take {max(learned_copy.SEEDS) + 1} or more.")
    if copy.width > MOST_WIDTH or copy.noise > MOST_NOISE or copy.examples > learned_copy.Params().examples * 8:
        raise Objection(f"copy: at most width {MOST_WIDTH}, label noise {MOST_NOISE:g} and 8,192 examples are tried.")
    if not isinstance(hurts, bool):
        raise Objection(f"hurts: got {described(hurts)}; it takes True or False.")
    guess = _number("base", base)
    found = learned_copy.run(copy)
    got = float(found.training.base[0, PLANS.index(BET)])
    harmed = bool(found.search_hurts[0])
    told = (
        f"The best of {BET:,} plans brings {got:.2f}, and harder search {'hurts' if harmed else 'does not hurt'} it. "
        f"ρ is {found.correlation[0]:.2f}; the line would say {expected_base(float(found.correlation[0]), BET):.2f}, "
        f"the copy says {found.training.mesa[0, PLANS.index(BET)]:.2f}."
    )
    if abs(guess - got) > CLOSE:
        raise Objection(f"Lost: you said {guess:.2f}. {told}")
    if hurts != harmed:
        raise Objection(f"Lost: O_base is right, the harm is not. {told}")
    return f"Your bet holds. {told}"


def _plans(n: object) -> int:
    if isinstance(n, bool) or not isinstance(n, Real) or n != round(float(n) if isfinite(float(n)) else 0.5):
        raise Objection(f"n: got {described(n)}; it takes a whole number.")
    plans = round(float(n))
    if not 1 <= plans <= MOST_PLANS:
        raise Objection(f"n: got {plans:,}; it goes from 1 to {MOST_PLANS:,}.")
    return plans


def _number(name: str, answer: object) -> float:
    if isinstance(answer, bool) or not isinstance(answer, Real) or not isfinite(float(answer)):
        raise Objection(f"{name}: got {described(answer)}; it takes a number.")
    return float(answer)
