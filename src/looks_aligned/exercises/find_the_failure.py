"""Say what kind an unlabelled robot is, and by which experiments you know: the check holds the one to the other.

What the check wants stands on the page; how it decides stands here. It never says what kind a robot is.
"""

import hashlib
from collections.abc import Collection, Iterable

from looks_aligned.exercises import Objection, check, described
from looks_aligned.experiments.find_the_failure.unlabelled import (
    EXPERIMENTS,
    KINDS,
    POOL,
    Experiment,
    Kind,
    Result,
    fitting,
    line_up,
    run,
)

POOLS = 40
"""How many pools of rooms robots are drawn from; none of them is the page's."""


class Unlabelled:
    """A robot that cleans well in training. What kind it is, it does not say."""

    def __init__(self, kind: Kind, pool: int) -> None:
        """Hide a robot in the rooms of a pool."""
        self._kind, self._pool = kind, pool
        self._seen: dict[str, Result] = {}

    def try_(self, experiment: str) -> float:
        """Its base gain in an experiment, on average over its rooms.

        Raises:
            ValueError: no such experiment.
        """
        return float(self.seen(experiment).gain.mean())

    def seen(self, experiment: str) -> Result:
        """What it does in an experiment, for `at_trial` to draw.

        Raises:
            ValueError: no such experiment.
        """
        if experiment not in EXPERIMENTS:
            raise ValueError(f"experiment: got {experiment!r}; there are {', '.join(map(repr, EXPERIMENTS))}")
        if experiment not in self._seen:
            self._seen[experiment] = run(self._kind, experiment, self._pool)
        return self._seen[experiment]


def unlabelled(word: str) -> Unlabelled:
    """The robot that goes with a word: the same for all who use that word.

    Raises:
        ValueError: no word.
    """
    if not isinstance(word, str) or not word.strip():
        raise ValueError(f"word: got {word!r}; give a word that your group agrees on")
    digest = hashlib.sha256(word.strip().lower().encode()).digest()
    return Unlabelled(KINDS[digest[0] % len(KINDS)], POOL + 1 + digest[1] % POOLS)


@check("Name kind and because")
def check_verdict(agent: object, kind: object, because: object) -> str:
    """Do the experiments that somebody names leave no other kind than the one that they name?

    Args:
        agent: the robot, with the experiments tried on it.
        kind: what it is said to be: one of `KINDS`.
        because: the experiments by which one knows; one of `EXPERIMENTS`, or several.
    """
    if not isinstance(agent, Unlabelled):
        raise Objection(f'agent: got {described(agent)}; make one with unlabelled("a word").')
    if not isinstance(kind, str) or kind not in KINDS:
        raise Objection(f"kind: got {described(kind)}; it is one of {', '.join(map(repr, KINDS))}.")
    named = _experiments(because)
    if untried := [one for one in named if one not in agent._seen]:
        raise Objection(f"You name {untried[0]!r}, and have not tried it on this robot: agent.try_({untried[0]!r}).")
    found = line_up(agent._pool)
    gains: dict[Experiment, float] = {one: agent.try_(one) for one in named}
    fit = fitting(gains, found)
    if kind not in fit:
        one: Experiment = next(one for one in named if kind not in fitting({one: gains[one]}, found))
        raise Objection(
            f"That does not go together. In {one!r} this robot has a base gain of {gains[one]:.2f}. "
            f"A robot of that kind would have {found[kind, one].gain.mean():.2f}."  # type: ignore[index]
        )
    if len(fit) > 1:
        others = [other for other in fit if other != kind]
        raise Objection(
            f"It may be so, but you cannot know it from this: {' and '.join(others)} would have done the same. What "
            "would they do otherwise?"
        )
    spare = [spared for spared in named if fitting({one: gains[one] for one in named if one != spared}, found) == fit]
    less = f" You could have done without {spare[0]!r}." if spare and len(named) > 1 else ""
    return f"Right, and you know it: of {len(KINDS)} kinds, no other would have done that.{less}"


def _experiments(because: object) -> tuple[Experiment, ...]:
    """The experiments that a reader names, each once."""
    several = [because] if isinstance(because, str) else because
    if not isinstance(several, Iterable) or not isinstance(several, Collection) or isinstance(several, bytes):
        raise Objection(f"because: got {described(because)}; name an experiment, or a list of them.")
    named = dict.fromkeys(one if isinstance(one, str) else repr(one) for one in several)
    if not named:
        raise Objection("because: got no experiment; by which do you know?")
    if unknown := [one for one in named if one not in EXPERIMENTS]:
        raise Objection(f"because: got {unknown[0]!r}; the experiments are {', '.join(map(repr, EXPERIMENTS))}.")
    return tuple(one for one in EXPERIMENTS if one in named)
