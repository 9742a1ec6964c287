"""A robot at work in its room, to be played step by step: it vacuums, or it goes to the stove."""

import numpy as np
import plotly.graph_objects as go

from looks_aligned.drawing import board, robots
from looks_aligned.drawing.style import BASE, MESA, Animation, Change, figure
from looks_aligned.experiments.suboptimality.at_work import Walk

ASIDE = 0.22
"""How far from a square's middle robot and stove stand, so that neither hides the other or the dust."""
DEEDS = {"vacuum": "vacuums", "burn": "burns a handful", "wait": "waits"}


def at_work(walk: Walk) -> go.Figure:
    """The way, the dust that is left and what was done; at rest the end of it, and all of it when it is played."""
    squares, way = walk.room.board.open_squares, robots.way(walk.states)
    so_far, robot = robots.so_far(way), way - ASIDE
    dust = 14 * np.array([robots.present(squares, state.dust) for state in walk.states])
    dusty = 24 * robots.present(squares, walk.room.start.dust)
    stove = 24 * robots.present(squares, walk.room.board.find("S"))
    color = BASE if walk.params.wants.clean > walk.params.wants.stuff else MESA
    return figure(
        [
            robots.floor(walk.room.board),
            go.Scatter(x=way[:, 0], y=way[:, 1], mode="lines", line={"color": color, "width": 2}, name="way"),
            robots.things(squares, "dusty at the start", "circle-open", dusty, color="gray", line_width=2),
            robots.dust(squares, dust[-1]),
            robots.things(squares, "stove (S)", "square-open", stove, letter="S", aside=ASIDE, line_width=2),
            robots.robot(robot[-1], color),
            robots.dust_of_the_legend(),
        ],
        title=_title(walk),
        summary=f"{_title(walk)}. Of {len(walk.room.start.dust)} squares that were dusty at the start, "
        f"{len(walk.states[-1].dust)} are dusty at the end.",
        animation=Animation(
            tuple(_moment(walk, moment) for moment in range(len(walk.states))),
            (
                Change(1, "x", so_far[..., 0]),
                Change(1, "y", so_far[..., 1]),
                Change(3, "marker.size", dust),
                Change(5, "x", robot[:, :1]),
                Change(5, "y", robot[:, 1:]),
            ),
        ),
        height=340,
        shapes=board.walls(walk.room.board),
        # Else the legend would show each thing as small as it is on average.
        legend={"itemsizing": "constant"},
        **board.axes(walk.room.board),
    )


def _title(walk: Walk) -> str:
    params, steps = walk.params, len(walk.actions)
    return (
        f"Wants {params.wants.name}, believes {100 * params.destroyed:g} %: in {steps} steps it vacuums "
        f"{walk.count('vacuum', steps)} of {len(walk.room.start.dust)} dusty squares and burns "
        f"{walk.count('burn', steps)} handfuls"
    )


def _moment(walk: Walk, moment: int) -> str:
    if moment == 0:
        deed = "starts"
    else:
        action = walk.actions[moment - 1]
        deed = DEEDS.get(action, f"goes {action}")
    return (
        f"{moment}: {deed}; {len(walk.states[moment].dust)} dusty squares left, {walk.count('burn', moment)} handfuls "
        "burned so far"
    )
