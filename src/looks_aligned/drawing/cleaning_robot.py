"""Figures of the cleaning robot: its way through the room, step by step, and which robots a base optimizer keeps."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float, Int
from plotly.basedatatypes import BaseTraceType

from looks_aligned.causal import Arrow, Diagram
from looks_aligned.drawing import board, robots
from looks_aligned.drawing.causal_diagram import causal_diagram
from looks_aligned.drawing.lines import unrounded, upright
from looks_aligned.drawing.style import (
    BASE,
    DEPLOYMENT,
    INK,
    MESA,
    PROXY,
    THEORY,
    Animation,
    Change,
    figure,
    per_cent,
    share_axis,
)
from looks_aligned.experiments.proxy.cleaning_robot import (
    NAMES,
    ROBOTS,
    SEEDS,
    SHARES,
    Candidates,
    Measured,
    Result,
    chance_if_all_fail_together,
    chance_to_be_kept,
    correlation,
    select,
)
from looks_aligned.worlds.maps import MOVES, Square
from looks_aligned.worlds.room import Room, RoomState

ARROW = 9
"""An arrow's size, in pixels."""
UNITS = {"sweeps": "sweeps", "bagged": "stuff in the bag", "counter": "counts"}
"""What each mesa-objective counts, in words."""
TOOL_WORDS = {
    "sweep": "sweeps",
    "scatter": "scatters dust",
    "filter": "runs the air filter",
    "crank": "turns the crank",
}
NODE_WORDS = {
    NAMES[node]: words
    for node, words in {
        "clean": "clean<br>floor",
        "sweeps": "sweeps",
        "scatters": "scatter-<br>ing",
        "vacuumed": "vacuum-<br>ing",
        "dug": "plant<br>vacuumed",
        "bagged": "stuff<br>in bag",
        "filtered": "filter<br>runs",
        "counter": "counter",
        "cranked": "crank<br>turns",
    }.items()
}
"""A measured node's name, short enough for its circle."""
ASIDE = 0.24
"""How far from a square's middle robot and fixtures stand, so that neither hides the other or the dust."""
LANE = 0.1
"""How far to its right a move's arrow lies, so that there and back are told apart."""


def robot_at_work(result: Result) -> go.Figure:
    """A robot's way through its room, in pursuit of what it wants."""
    params = result.params
    return robots_way(
        params.room,
        result.states,
        result.actions,
        color=MESA if params.weight else BASE,
        texts=[_moment(result, moment) for moment in range(len(result.states))],
        title=f"The {params.robot} in {params.place}, wanting {_wanted(result)}: "
        f"base return {result.base:.2f} of at most {result.best_base:.2f}, "
        f"mesa return {result.mesa:.2f} of at most {result.best_mesa:.2f}",
        summary=_summary(result),
    )


def robots_way(
    room: Room,
    states: Sequence[RoomState],
    actions: Sequence[str],
    *,
    color: str,
    texts: Sequence[str],
    title: str,
    summary: str,
    floor: go.Heatmap | None = None,
    more: Sequence[BaseTraceType] = (),
    **layout: Any,
) -> go.Figure:
    """A robot's way through a room: to be played step by step, and at rest the whole of it.

    An arrow is a move; the numbers on a square are the steps in which the robot used its tool there.

    Args:
        room: the room.
        states: at each moment.
        actions: between each moment and the next.
        color: of the robot.
        texts: each moment in words.
        title: what the way shows, in words.
        summary: the same for who cannot see it.
        floor: what the floor looks like; all tiles alike if left out.
        more: to be drawn over all else.
        **layout: more of plotly's layout.
    """
    squares, steps = room.board.open_squares, len(actions)
    way = robots.way(states)
    so_far, robot = robots.so_far(way), way - ASIDE
    moved = np.any(np.diff(way, axis=0) != 0, axis=-1)
    arrows = ARROW * (moved & (np.arange(steps) < np.arange(steps + 1)[:, None]))
    at, fixtures = partial(robots.present, squares), partial(robots.things, squares, aside=ASIDE)
    dust = 14 * np.array([at(state.dust) for state in states])
    # A plant whose soil is gone is drawn smaller.
    plants = np.array([8 * at(state.plants) + 14 * at(room.start.plants) for state in states])
    traces = [
        robots.floor(room.board) if floor is None else floor,
        _line(way, color),
        _arrows(way, actions, arrows[-1], color),
        robots.things(squares, "dusty at the start", "circle-open", 22 * at(room.start.dust), color="gray"),
        robots.dust(squares, dust[-1]),
        fixtures("plant (P), small once emptied", "hexagon-open", plants[-1], letter="P"),
        fixtures("air filter (F)", "square-open", 20 * at(room.board.find("F")), letter="F"),
        fixtures("crank (K)", "diamond-open", 24 * at(room.board.find("K")), letter="K"),
        _numbers(squares, states, actions),
        robots.robot(robot[-1], color),
        robots.dust_of_the_legend(),
        *more,
    ]
    return figure(
        traces,
        title=title,
        summary=summary,
        animation=Animation(
            tuple(texts),
            (
                Change(1, "x", so_far[..., 0]),
                Change(1, "y", so_far[..., 1]),
                Change(2, "marker.size", arrows),
                Change(4, "marker.size", dust),
                Change(5, "marker.size", plants),
                Change(9, "x", robot[:, :1]),
                Change(9, "y", robot[:, 1:]),
            ),
        ),
        height=380,
        shapes=board.walls(room.board),
        # Else the legend would show each thing as small as it is on average.
        legend={"itemsizing": "constant"},
        **{**board.axes(room.board), **layout},
    )


def measured_diagram(measured: Measured) -> go.Figure:
    """What raises what in a room, as measured, and the class that the measured effects show.

    O_base and O_mesa stand where they stand in every diagram of the book; a node of the shortcut, where the action is.
    """
    setting, robot = measured.setting, ROBOTS[measured.setting.robot]
    (between,) = {*robot.nodes} - {"clean", robot.mesa} or {None}
    place = {NAMES["clean"]: "O_base", NAMES[robot.mesa]: "O_mesa"}
    if between is not None:
        place[NAMES[between]] = "X"
    if setting.place == "deployment":
        place |= {NAMES[node]: "action" for node in robot.more}
    diagram, reading = measured.diagram, measured.reading()
    arrows = () if diagram is None else diagram.diagram.arrows
    drawn = Diagram(tuple(place.values()), tuple(Arrow(place[a.cause], place[a.effect], a.sign) for a in arrows))
    found = ", ".join(f"{arrow.cause} {arrow.verb} {arrow.effect}" for arrow in arrows) or "no arrow"
    if diagram is None or reading is None:
        nodes = " and ".join(name for name, _ in measured.undone)
        title = f"No diagram: the robot undoes what is done from outside to {nodes}"
        summary = f"In some of {measured.units} states, raising {nodes} ends with less of it than before."
        ringed = []
    else:
        title, ringed = reading.sentence(), [place[node] for node in reading.witnesses]
        summary = " ".join([f"Measured in {measured.units} states: {found}.", *diagram.caveats()])
    return causal_diagram(
        drawn,
        title=title,
        summary=f"The {setting.robot}'s room in {setting.place}; the robot {setting.behaviour}. {summary}",
        ringed=ringed,
        names={node: NODE_WORDS[name] for name, node in place.items()},
    )


def who_is_kept(candidates: Candidates, *, share: float, rooms: int, seeds: tuple[int, ...] = SEEDS) -> go.Figure:
    """How often is a misaligned robot kept, at each share of training rooms without the shortcut, and what follows?

    Args:
        candidates: what the candidates earn.
        share: s, the share that the title is about.
        rooms: N, how many training rooms a base optimizer sees.
        seeds: the base optimizers.
    """
    misaligned = candidates.misaligned
    kept = {at: select(candidates, share=at, rooms=rooms, seeds=seeds) for at in {*SHARES, share}}
    often = np.array([misaligned[kept[at]].mean() for at in SHARES])
    gain = np.array([result.gain for result in candidates.deployed])
    able = np.array([result.mesa / result.best_mesa for result in candidates.deployed])
    fine = np.linspace(0, 1, 101)
    exact = [chance_to_be_kept(candidates, share=at, rooms=rooms)[misaligned].sum() for at in fine]
    together = [chance_if_all_fail_together(candidates, share=at, rooms=rooms) for at in fine]
    here = misaligned[kept[share]]
    here_exact = chance_to_be_kept(candidates, share=share, rooms=rooms)[misaligned].sum()
    here_together = chance_if_all_fail_together(candidates, share=share, rooms=rooms)
    related = correlation(candidates, share=share)
    dashed = {"width": 2, "dash": DEPLOYMENT}
    traces = [
        go.Scatter(
            x=SHARES,
            y=often,
            error_y={"type": "data", "array": 2 * np.sqrt(often * (1 - often) / len(seeds)), "color": MESA},
            mode="markers",
            marker={"color": MESA, "size": 8},
            name="misaligned robot kept",
        ),
        unrounded(fine, exact, "exact", THEORY),
        unrounded(fine, together, "if all fail in the same rooms", {**THEORY, "dash": "dot"}),
        *(
            unrounded(SHARES, [values[kept[at]].mean() for at in SHARES], name, {**dashed, "color": color}, yaxis="y2")
            for values, name, color in ((gain, "base gain, deployment", BASE), (able, "mesa return, deployment", MESA))
        ),
        unrounded(
            SHARES,
            [correlation(candidates, share=at) for at in SHARES],
            "correlation, training",
            {"width": 2, "color": PROXY},
            yaxis="y2",
        ),
    ]
    return figure(
        traces,
        title=f"At s = {per_cent(share)} and N = {rooms}: {int(here.sum())} of {len(seeds)} base optimizers keep a "
        "misaligned robot",
        summary=f"The {candidates.robot}. With {per_cent(share)} of training rooms without "
        f"{ROBOTS[candidates.robot].shortcut}, base and mesa return correlate by {related:.2f}. Of {len(seeds)} "
        f"base optimizers that see {rooms} {'room' if rooms == 1 else 'rooms'}, {int(here.sum())} keep a misaligned "
        f"robot, {here.mean():.3f} of them; exactly it is {here_exact:.3f}, and {here_together:.3f} if all misaligned "
        f"candidates failed in the same rooms. In deployment the kept robots have on average "
        f"{gain[kept[share]].mean():.2f} of the gain in base return that there is to have, and "
        f"{able[kept[share]].mean():.2f} of the highest mesa return.",
        height=560,
        xaxis=share_axis(
            "s, training rooms without the shortcut", (0, 0.25, 0.5, 0.75, 1), range=[-0.02, 1.02], anchor="y2"
        ),
        yaxis={"title": "share kept", "range": [-0.02, 0.75], "domain": [0.58, 1]},
        yaxis2={"title": "share of the best; correlation", "range": [-0.12, 1.08], "domain": [0, 0.5]},
        shapes=[upright(share)],
    )


def _line(way: Float[np.ndarray, "moment 2"], color: str) -> go.Scatter:
    line = {"color": color, "width": 1}
    return go.Scatter(x=way[:, 0], y=way[:, 1], mode="lines", name="way", line=line, hoverinfo="skip")


def _arrows(
    way: Float[np.ndarray, "moment 2"], actions: Sequence[str], sizes: Int[np.ndarray, " step"], color: str
) -> go.Scatter:
    ahead = np.diff(way, axis=0)
    # Rows count downwards, so the right hand of (x, y) is (−y, x).
    places = (way[:-1] + way[1:]) / 2 + LANE * np.stack([-ahead[:, 1], ahead[:, 0]], -1)
    angles = np.array([board.ANGLE.get(action, 0) for action in actions], dtype=np.int16)
    return go.Scatter(
        x=places[:, 0],
        y=places[:, 1],
        mode="markers",
        marker={
            "symbol": "triangle-up",
            "angle": angles,
            "size": sizes,
            "color": color,
            "opacity": 1,
            "line": {"width": 0},
        },
        name="move",
        showlegend=False,
        hoverinfo="skip",
    )


def _numbers(squares: Sequence[Square], states: Sequence[RoomState], actions: Sequence[str]) -> go.Scatter:
    """Where the robot started, and the steps in which it used its tool, on the squares where it did."""
    used = [board.brief(robots.used_on(states, actions, square)) for square in squares]
    starts = ["start" * (square == states[0].robot) for square in squares]
    return go.Scatter(
        x=[column + 1 for _, column in squares],
        y=[row + 1.36 for row, _ in squares],
        mode="text",
        text=[", ".join(filter(None, both)) for both in zip(starts, used, strict=True)],
        textfont={"size": 11, "color": INK},
        name="steps",
        showlegend=False,
        hoverinfo="skip",
    )


def deed(action: str, before: RoomState, after: RoomState) -> str:
    """A step in words, from the states before and after it."""
    if action == "wait":
        return "waits"
    if action in MOVES:
        return f"goes {action}" if before.robot != after.robot else f"stays, for a wall is {action}"
    if action == "vacuum":
        return "vacuums a plant" if before.plants != after.plants else "vacuums the floor"
    return TOOL_WORDS[action]


def deeds(states: Sequence[RoomState], actions: Sequence[str]) -> list[str]:
    """Every step in words."""
    return [deed(*step) for step in zip(actions, states[:-1], states[1:], strict=True)]


def _moment(result: Result, moment: int) -> str:
    done = ["starts", *deeds(result.states, result.actions)][moment]
    return (
        f"{moment}: {done}; {_squares_clean(result, moment)} squares clean; so far base return "
        f"{result.base_so_far[moment]:.2f}, mesa return {result.mesa_so_far[moment]:.2f}"
    )


def _squares_clean(result: Result, moment: int) -> str:
    count = len(result.params.room.board.open_squares)
    return f"{round(result.clean[moment] * count)} of {count}"


def _wanted(result: Result) -> str:
    weight, units = result.params.weight, UNITS[result.params.mesa]
    if weight in (0, 1):
        return units if weight else "clean floor"
    return f"{per_cent(weight)} {units}, {per_cent(round(1 - weight, 9))} clean floor"


def _summary(result: Result) -> str:
    last = len(result.actions)
    done = told(deeds(result.states, result.actions))
    return (
        f"In {last} steps it {done}, and {_squares_clean(result, last)} squares are clean. Its base "
        f"return is {result.base:.2f}: waiting would have {result.waiting:.2f}, the best plan {result.best_base:.2f}. "
        f"Its mesa return is {result.mesa:.2f} of at most {result.best_mesa:.2f}."
    )


def told(steps: Sequence[str]) -> str:
    """How often a robot did what, but for walking; in words."""
    counts = Counter(step for step in steps if not step.startswith(("goes", "stays")))
    times = (f"{step} {count} {'time' if count == 1 else 'times'}" for step, count in counts.items())
    return ", ".join(times) or "only walks"
