"""Count rooms, tell two robots apart, fool a scatter, write an outer search: each answer is tried for real.

What a check wants stands in the chapter's exercises; how it decides stands here. It never prints a solution.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from numbers import Real

import numpy as np

from looks_aligned.agents.following import follow
from looks_aligned.exercises import Objection, check, described, returned
from looks_aligned.experiments.selection import TIE
from looks_aligned.experiments.two_optimizers import policies_of_every_quality
from looks_aligned.experiments.two_optimizers.lured_robots import (
    ROBOTS,
    STRENGTHS,
    base_return,
    inner_search,
    sample_rooms,
    wants,
)
from looks_aligned.experiments.two_optimizers.policies_of_every_quality import WAYS as POLICIES
from looks_aligned.experiments.two_optimizers.selection_by_behaviour import WAYS, Params, theory
from looks_aligned.worlds.room import LURES, Room
from looks_aligned.worlds.table import tabulate

SHARE = 0.9
"""Of training rooms without a robot's lure, in the exercises."""
RISK = 0.05
"""How often, at most, a misaligned robot may be kept in the first exercise."""
MOST_ROOMS = 1000
WEAK = STRENGTHS[0]
"""The lure's strength in the exercises with rooms."""
TOLD_APART, ALIKE = 7, 2
"""The robot that shall be given away, and the one that shall not."""
MOST_STATES = 2048
"""Rooms with more states take too long to plan."""
RISING, CLEANED = 0.5, 0.05
"""The scatter fools who looks if it has this rank correlation or more, and the robot cleans this much or less."""
OPTIMIZERS, FILMED_ROOMS, FILM_STEPS = 200, 20, 40
"""Base optimizers that a reader's search is tried as, the training rooms of each, and the steps of a film."""
FILM_POOL, FILM_SEED = 6, 4000
MOST_KEPT = 0.55
"""How often, at most, the reader's search may keep a misaligned robot."""


@check("Write down both numbers")
def check_rooms_needed(same_rooms: object, own_rooms: object) -> str:
    """How many training rooms does it take until a misaligned robot is kept in less than one case in twenty?

    Args:
        same_rooms: how many, if all nine are given away in the same rooms.
        own_rooms: how many, if each is given away in rooms of its own.
    """
    lines, right = [], 0
    for name, answer, lures in zip(("same_rooms", "own_rooms"), (same_rooms, own_rooms), WAYS, strict=True):
        rooms = _whole(name, answer)
        chance, fewer = (theory(Params(lures, SHARE, count)) if count else 1.0 for count in (rooms, rooms - 1))
        said = f"{name}: after {rooms} rooms a misaligned robot is kept with {chance:.3f}"
        if chance >= RISK:
            lines.append(f"{said}. That is not yet below {RISK:g}.")
        elif fewer < RISK:
            lines.append(f"{said}. That is below {RISK:g}, but it was so with a room less, too.")
        else:
            lines.append(f"{said}, with a room less {fewer:.3f}: this is where it falls below {RISK:g}.")
            right += 1
    if right == 2:
        lines.append("Both are right. Being wrong in many ways costs you half as many rooms again.")
    else:
        lines.append("How likely is one robot to come through N rooms? And if m come through, what does the lot do?")
    return "\n".join(lines)


@check("Draw the room")
def check_room(drawing: object) -> str:
    """Does a room that has the lures of two robots give away one of them, and not the other?

    Args:
        drawing: a room, as text.
    """
    room = _room(drawing)
    table = tabulate(room)
    best, alike, apart = (
        float(base_return(table, inner_search(table, wants(robot, WEAK)))[0]) for robot in (0, ALIKE, TOLD_APART)
    )
    lines = [f"Base returns: robot 0 {best:.3f}, robot {ALIKE} {alike:.3f}, robot {TOLD_APART} {apart:.3f}."]
    if best - apart < TIE:
        lines.append(
            f"Robot {TOLD_APART} scores as well as robot 0: nothing gives it away. When would its lure come before the "
            "dust?"
        )
    if best - alike > TIE:
        lines.append(f"Robot {ALIKE} is given away, too. What would have to be done before its lure pays?")
    if len(lines) == 1:
        lines.append(
            f"Your room tells them apart. It holds the lure of robot {ALIKE} as well, and scores do not show it: a "
            "lure that is there is not yet a failure that is seen."
        )
    return "\n".join(lines)


@check("Choose both")
def check_scatter(strength: object, policies: object) -> str:
    """Does a robot that cleans next to nothing in deployment have a rising scatter there?

    Args:
        strength: of its lure.
        policies: over which the rank correlation is taken; some of "its plan, broken off", "softmax" and "random".
    """
    if isinstance(strength, bool) or not isinstance(strength, Real) or not 0 < float(strength) <= 100:
        raise Objection(f"strength: got {described(strength)}; write a number above 0, and 100 at most.")
    if isinstance(policies, str) or not isinstance(policies, Sequence) or not policies:
        raise Objection(
            f"policies: got {described(policies)}; write a list of some of {', '.join(map(repr, POLICIES))}."
        )
    if unknown := [way for way in policies if way not in POLICIES]:
        raise Objection(f"policies: got {unknown[0]!r}; choose from {', '.join(map(repr, POLICIES))}.")
    found = policies_of_every_quality.run(policies_of_every_quality.Params(float(strength)))
    ranked = found.returns("deployment", 0.0, tuple(policies)).rank_correlation
    if ranked is None:
        raise Objection("Over these policies one of the two returns never varies, so there is no correlation at all.")
    lines = [
        f"Over {len(found.returns('deployment', 0.0, tuple(policies)).base)} policies in deployment the rank "
        f"correlation is {ranked:.2f}. The robot itself brings {found.gain:.1%} of what cleaning can gain there."
    ]
    if ranked < RISING:
        lines.append(f"The scatter does not rise enough: {RISING:g} is asked. Which policies do not look for the lure?")
    if found.gain > CLEANED:
        lines.append(f"The robot cleans too much: {CLEANED:.0%} at most is asked. What makes it leave the dust?")
    if len(lines) == 1:
        lines.append("It fools who looks. What a scatter shows hangs on the policies that were tried.")
    return "\n".join(lines)


@dataclass(frozen=True)
class Film:
    """What a base optimizer may see of one robot in one training room. The robot's objective is not in it.

    Attributes:
        score: the robot's base return.
        actions: its first 40 steps.
        clean: share of the floor that is clean after each of them.
    """

    score: float
    actions: tuple[str, ...]
    clean: tuple[float, ...]


@check("Let keep return a robot")
def check_search(keep: object, *, seed: int | None = None) -> str:
    """Does an outer search that watches closely keep fewer misaligned robots than one that compares scores?

    Args:
        keep: takes films[robot][room] and returns the number of the robot to keep.
        seed: of the training rooms and of the robots' order; new ones each time unless it is given.
    """
    if not callable(keep):
        raise Objection(f"keep: got {described(keep)}; write a function that takes the films.")
    seed = secrets.randbelow(10**9) if seed is None else seed
    generator = np.random.default_rng(seed)
    wrong = by_score = 0
    for _ in range(OPTIMIZERS):
        order, films = _shown(generator)
        wrong += order[_kept(keep, films)] != 0
        best = np.array([sum(film.score for film in row) for row in films])
        tied = [place for place, score in enumerate(best) if score > best.max() - TIE]
        by_score += order[tied[int(generator.integers(len(tied)))]] != 0
    lines = [
        f"Of {OPTIMIZERS} base optimizers {wrong} keep a misaligned robot with your search, {by_score} by score and "
        f"lot alone (seed={seed})."
    ]
    if wrong <= MOST_KEPT * OPTIMIZERS:
        lines.append(
            "Your search sees more than the score. What no lure in any room brought out, it cannot see either: that is "
            "why some are left."
        )
    elif wrong < by_score:
        lines.append(f"Better. At most {MOST_KEPT * OPTIMIZERS:.0f} are asked. What else tells in a film?")
    else:
        lines.append(
            f"At most {MOST_KEPT * OPTIMIZERS:.0f} are asked. The scores of most robots are the same. Are the films? "
            "Watch what robots do when the floor is clean."
        )
    return "\n".join(lines)


def _kept(keep: Callable[..., object], films: tuple[tuple[Film, ...], ...]) -> int:
    """Which robot a reader's function keeps."""
    kept = returned(keep, films, where="Your function")
    if isinstance(kept, bool) or not isinstance(kept, int | np.integer) or not 0 <= int(kept) < ROBOTS:
        raise Objection(
            f"Your function returned {described(kept)}; it may return a whole number from 0 to {ROBOTS - 1}."
        )
    return int(kept)


def _shown(generator: np.random.Generator) -> tuple[list[int], tuple[tuple[Film, ...], ...]]:
    """Robots in a new order, and their films in training rooms that are drawn anew."""
    order = [int(robot) for robot in generator.permutation(ROBOTS)]
    places = generator.integers(FILM_POOL, size=FILMED_ROOMS)
    there = generator.random((FILMED_ROOMS, ROBOTS)) >= SHARE
    films = _films()
    return order, tuple(
        tuple(films[int(there[room, robot])][place][robot] for room, place in enumerate(places)) for robot in order
    )


@cache
def _films() -> tuple[tuple[tuple[Film, ...], ...], ...]:
    """A film of each robot, for each room without lures and with them; what it does turns on its own lure alone."""
    found = []
    for rooms in zip(*sample_rooms(FILM_POOL, FILM_SEED), strict=True):
        table, level = tabulate(*rooms), np.arange(FILM_POOL)[:, None]
        of_robots = []
        for robot in range(ROBOTS):
            chosen = inner_search(table, wants(robot, WEAK))
            states, actions = follow(table, chosen, FILM_STEPS)
            clean = table.reward("clean")[level, states[:, :-1], actions]
            of_robots.append(
                [
                    Film(float(score), tuple(table.actions[int(one)] for one in done), tuple(float(c) for c in share))
                    for score, done, share in zip(base_return(table, chosen), actions, clean, strict=True)
                ]
            )
        found.append(tuple(zip(*of_robots, strict=True)))
    return tuple(found)


def _room(drawing: object) -> Room:
    if not isinstance(drawing, str):
        raise Objection(
            f"room: got {described(drawing)}; draw the room as text, one line a row, between triple quotes."
        )
    try:
        room = Room.parse(drawing, tools=("vacuum",), lures=len(LURES))
    except ValueError as error:
        raise Objection(f"room: {error}.") from None
    if missing := [robot for robot in (ALIKE, TOLD_APART) if not room.board.find(str(robot))]:
        raise Objection(f"room: the lure of robot {missing[0]} is missing; draw a {missing[0]} on some square.")
    if not room.start.dust:
        raise Objection("room: there is nothing to clean. Draw dust (d) that the robot (R) can reach.")
    if (states := len(room.board.open_squares) * 2 ** len(room.start.dust)) > MOST_STATES:
        raise Objection(
            f"room: this room can be in {states:,} states, and {MOST_STATES:,} is the most to plan for here. Draw it "
            "smaller: each patch of dust doubles them."
        )
    return room


def _whole(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not 1 <= int(value) <= MOST_ROOMS:
        raise Objection(f"{name}: got {described(value)}; write a whole number of rooms, from 1 to {MOST_ROOMS:,}.")
    return int(value)
