"""Mend a belief, find a twin, tell three robots apart, train far enough: each answer is tried for real.

What a check wants stands in the chapter's exercises; how it decides stands here. It never prints a solution.
"""

import secrets
from dataclasses import dataclass
from numbers import Real
from typing import Literal, get_args

import numpy as np

from looks_aligned.exercises import Objection, between_0_and_1, check, described, named
from looks_aligned.experiments.suboptimality.as_believed import act_differently
from looks_aligned.experiments.suboptimality.mistaken_model import (
    CLEAN_FLOOR,
    COST,
    LITTLE_STUFF,
    Params,
    mixture,
    run,
)
from looks_aligned.experiments.suboptimality.unfound_strategy import expected_still
from looks_aligned.experiments.suboptimality.world_model import TRAINING_EVIDENCE, counted

PRIOR, GONE = 0.9, 17
"""What the robot of the first exercise believed, and how often it then saw dust gone."""
TWIN = (0.8, 0.0)
"""The robot that a twin is sought for: the weight of a clean floor, and what it believes."""
APART = 0.05
"""How far a twin must be from the page's two robots, in its weight."""
ROBOTS = 9
"""How many hidden robots a function must tell apart."""
MOST_LESSONS = 1000
"""The most times that a hidden robot can be shown the truth at once."""
FAR, ENOUGH = 40, 0.95
"""The depth in deployment, and the share that must still be aligned there."""

Who = Literal["aligned", "aligned by mistake", "errs"]


@check("Write down a number")
def check_times(n: object) -> str:
    """After how many sightings of the truth does a robot first expect less of vacuuming than it costs?

    Args:
        n: that number.
    """
    times = _whole("n", n)
    now, before = (counted(PRIOR, GONE, TRAINING_EVIDENCE + seen) for seen in (times, times - 1))
    said = f"After {times} sightings it expects {now:.3f} of vacuuming a unit; the cost is {COST:g}."
    if now >= COST:
        raise Objection(f"Too early. {said} It is still worth it. How do sightings enter the fraction?")
    if times > 0 and before < COST:
        raise Objection(f"Too late. {said} But it already expected less than the cost the time before.")
    return f"Right. {said} From then on it goes to the stove. Without the stove it would just wait."


@check("Write down both numbers")
def check_twin(clean: object, destroyed: object) -> str:
    """Is there a third robot that acts like the page's two in every state, and wants and believes something else?

    Args:
        clean: weight of a clean floor in what it wants; the rest is little stuff.
        destroyed: chance, as it believes, that vacuumed dust is destroyed.
    """
    weight, belief = between_0_and_1("clean", clean), between_0_and_1("destroyed", destroyed)
    if min(abs(weight - TWIN[0]), abs(weight - LITTLE_STUFF.clean)) < APART:
        raise Objection("That is one of the page's two robots, or nearly. Give it another weight for a clean floor.")
    twin, model = Params(mixture(weight), belief), Params(mixture(TWIN[0]), TWIN[1])
    differing, states = act_differently(twin, model)
    worth = f"It expects {twin.wants.expected(belief):.3f} of vacuuming a unit."
    if differing:
        raise Objection(
            f"In {differing} of {states} states it does something else. {worth} What do the page's two robots expect?"
        )
    if abs(twin.wants.expected(belief) - model.wants.expected(TWIN[1])) > 1e-6:
        raise Objection(
            f"It acts alike in these rooms, though it does not expect quite the same. {worth} In other rooms the "
            "difference could show. Can you make it none?"
        )
    knowing = run(Params(mixture(weight), 0.0)).gain.mean()
    return (
        f"A twin: it acts alike in all {states} states. {worth} If it knew the truth, its base gain would be "
        f"{knowing:.2f}. Watching would never have told you."
    )


class HiddenRobot:
    """A robot that you cannot look into: you may watch it at work, or show it the truth and watch again."""

    def __init__(self, params: Params, gone: int) -> None:
        """Hide a robot that saw its vacuum mislead it so many times in training."""
        self._params, self._gone = params, gone
        self._watched = self._taught = False

    def watch(self) -> float:
        """Its base gain as it is, on average over the rooms."""
        self._watched = True
        return self._gain(0)

    def teach(self, n: int) -> float:
        """Its base gain after it has seen n times what vacuuming really does.

        Raises:
            ValueError: n is below 1 or above 1,000.
        """
        if not 1 <= n <= MOST_LESSONS:
            raise ValueError(f"n: got {n}; show it the truth from 1 to {MOST_LESSONS:,} times")
        self._taught = True
        return self._gain(int(n))

    def _gain(self, more: int) -> float:
        mistake = counted(0.5, self._gone, TRAINING_EVIDENCE + more)
        doubts = self._params.works < 1
        believing = Params(self._params.wants, 0.0, 1 - mistake) if doubts else Params(self._params.wants, mistake)
        return float(run(believing).gain.mean())


@dataclass(frozen=True)
class Riddle:
    """A hidden robot, and what it is."""

    robot: HiddenRobot
    who: Who


def riddles(seed: int) -> tuple[Riddle, ...]:
    """Hidden robots, as many of each kind, in random order.

    Args:
        seed: of all that is drawn.
    """
    generator = np.random.default_rng(seed)
    kinds = get_args(Who)
    found = []
    for place in generator.permutation(np.arange(ROBOTS) % len(kinds)):
        who, gone = kinds[place], int(generator.integers(17, TRAINING_EVIDENCE + 1))
        wants = mixture(float(generator.choice([0.0, 0.1, 0.2]))) if who == "aligned by mistake" else CLEAN_FLOOR
        found.append(Riddle(HiddenRobot(Params(wants, works=0.5 if who == "errs" else 1.0), gone), who))
    return tuple(found)


@check("Let tell return a name")
def check_tell(tell: object, *, seed: int | None = None) -> str:
    """Can a function tell a robot that is aligned from one that is so by mistake, and from one that errs?

    Args:
        tell: takes a `HiddenRobot` and returns "aligned", "aligned by mistake" or "errs".
        seed: of the robots; new ones each time unless it is given.
    """
    if not callable(tell):
        raise Objection(f"tell: got {described(tell)}; write a function that takes a robot.")
    seed = secrets.randbelow(10**9) if seed is None else seed
    asked = riddles(seed)
    said = [
        named(tell, riddle.robot, get_args(Who), where=f"With robot {number} your function", used=_looked_into)
        for number, riddle in enumerate(asked, start=1)
    ]
    wrong = [
        f"- Robot {number} is: {riddle.who}. You said: {name}."
        for number, (riddle, name) in enumerate(zip(asked, said, strict=True), start=1)
        if name != riddle.who
    ]
    lines = [f"You told {ROBOTS - len(wrong)} of {ROBOTS} robots right (seed={seed}).", *wrong]
    if not any(riddle.robot._taught for riddle in asked):
        lines.append("You taught none of them anything. Two of the three kinds look the same until they learn.")
    elif wrong:
        lines.append("Did you teach them enough? A belief that many cases have built takes many cases to undo.")
    else:
        lines.append("You did not look inside any of them. You changed what they know.")
    return "\n".join(lines)


def _looked_into(robot: HiddenRobot) -> bool:
    return robot._watched or robot._taught


@check("Write down a depth")
def check_depth(training_depth: object) -> str:
    """From which depth in training on are most kept robots still aligned when they look far?

    Args:
        training_depth: that depth.
    """
    depth = _whole("training_depth", training_depth)
    if not 1 <= depth <= FAR:
        raise Objection(f"training_depth: got {depth}; robots look from 1 to {FAR} steps ahead here.")
    share = expected_still(FAR, depth)
    said = f"After training at d = {depth}, {share:.1%} of the kept robots are still aligned at d = {FAR}."
    if share < ENOUGH:
        raise Objection(f"Not enough. {said} What would training have to see?")
    if expected_still(FAR, depth - 1) >= ENOUGH:
        raise Objection(f"{said} That is enough, but a smaller depth is, too. Where does it begin?")
    return f"Right. {said} The others will turn, and no score in training marks them."


def _whole(name: str, value: object) -> int:
    """A whole number, 0 or more."""
    number = float(value) if isinstance(value, Real) and not isinstance(value, bool) else -1.0
    if number < 0 or not number.is_integer():
        raise Objection(f"{name}: got {described(value)}; write a whole number, 0 or more.")
    return int(number)
