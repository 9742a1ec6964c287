"""Name a hidden agent's kind by what the remedies do to it: each answer is tried on agents drawn anew.

What a check wants stands in the chapter's exercises; how it decides stands here. It never prints a solution.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from looks_aligned.exercises import Objection, check, described, named
from looks_aligned.experiments.side_by_side.four_remedies import KINDS, REMEDIES, Trial, of_the_chapters, trials

AGENTS = 12
"""How many hidden agents a function must name."""
ENOUGH = 10
"""How many of them it must name rightly."""
MOST = 2
"""How many remedies it may try on one agent."""
ANSWERS = ("proxy", "approximate", "suboptimality", "deceptive")


@dataclass
class Suspect:
    """An agent that looked aligned in training. What kind it is, it does not say."""

    _trials: dict[str, Trial]
    _chance: float
    _tried: list[str] = field(default_factory=list)

    def try_(self, remedy: str) -> tuple[float, float] | None:
        """What you get in deployment without a remedy, and with it; None if there is nothing to change.

        Raises:
            ValueError: no such remedy.
            Objection: more remedies than are allowed.
        """
        if remedy not in REMEDIES:
            raise ValueError(f"remedy: got {remedy!r}; there are {', '.join(map(repr, REMEDIES))}")
        if remedy not in self._tried:
            self._tried.append(remedy)
        if len(self._tried) > MOST:
            raise Objection(
                f"Your function tried {len(self._tried)} remedies on one agent ({', '.join(self._tried)}). It may try "
                f"{MOST}: choose the second by what the first did."
            )
        if (trial := self._trials.get(remedy)) is None:
            return None
        seed = int(self._chance * len(trial.before))
        return float(trial.before[seed]), float(trial.after[seed])


@check("Write the function")
def check_name(name: object) -> str:
    """Does a function name what kind of agent stands before it?

    Args:
        name: takes a suspect; returns "proxy", "approximate", "suboptimality" or "deceptive".
    """
    if not callable(name):
        raise Objection(f"name: got {described(name)}; write a function that takes a suspect and returns a word.")
    return judged(name, line_up(trials(of_the_chapters()), np.random.default_rng(secrets.randbits(64))))


def line_up(tried: Sequence[Trial], generator: np.random.Generator) -> list[tuple[str, Suspect]]:
    """Hidden agents in an order drawn by lot, each kind about equally often, each from an experiment's seed."""
    drawn = []
    for place in generator.permutation(np.arange(AGENTS) % len(ANSWERS)):
        answer = ANSWERS[place]
        kind = generator.choice([kind for kind in KINDS if kind.startswith(answer)])
        of_it = {trial.remedy: trial for trial in tried if trial.kind == kind}
        drawn.append((answer, Suspect({**of_it}, float(generator.random()))))
    return drawn


def judged(name: Callable[[Suspect], object], drawn: Sequence[tuple[str, Suspect]]) -> str:
    """What there is to say of a function that named these agents."""
    right = 0
    confused: set[str] = set()
    for answer, suspect in drawn:
        said = named(name, suspect, ANSWERS, where="Your function", used=lambda suspect: bool(suspect._tried))
        right += said == answer
        if said != answer:
            confused.add(f"{answer} for {said}")
    told = f"{right} of {len(drawn)} agents named rightly."
    if right < ENOUGH:
        raise Objection(
            f"{told} It took {', '.join(sorted(confused))}. Which remedy does not do the same to those two?"
        )
    return f"{told} You did not have to look inside any of them. You had to change something, and see."
