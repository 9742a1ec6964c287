"""A robot at work in its room, to be played step by step: it vacuums, or it goes to the stove."""

import numpy as np
import plotly.graph_objects as go

from looks_aligned.drawing import board, robots
from looks_aligned.drawing.style import BASE, MESA, Animation, Change, figure
from looks_aligned.experiments.suboptimality.at_work import KnownWalk
from looks_aligned.experiments.walks import Walk

ASIDE = 0.22
"""How far from a square's middle robot and stove stand, so that neither hides the other or the dust."""
DEEDS = {"vacuum": "vacuums", "burn": "burns a handful", "wait": "waits"}


def at_work(walk: KnownWalk) -> go.Figure:
    """The way of a robot whose wish and belief are known, which its title says."""
    wants = walk.params.wants
    known = f"Wants {wants.name}, believes {100 * walk.params.destroyed:g} %"
    return robot_at_work(walk, f"{known}: {did(walk)}", color=BASE if wants.clean > wants.stuff else MESA)


def robot_at_work(walk: Walk, title: str, *, color: str) -> go.Figure:
    """The way, the dust that is left and what was done; at rest the end of it, and all of it when it is played.

    Args:
        walk: the way.
        title: what is seen.
        color: of the robot and its way.
    """
    squares, way = walk.room.board.open_squares, robots.way(walk.states)
    so_far, robot = robots.so_far(way), way - ASIDE
    dust = 14 * np.array([robots.present(squares, state.dust) for state in walk.states])
    full = 18 * np.array([robots.present(squares, state.plants) for state in walk.states])
    dusty = 24 * robots.present(squares, walk.room.start.dust)
    stove = 24 * robots.present(squares, walk.room.board.find("S"))
    plants = 24 * robots.present(squares, walk.room.board.find("P"))
    return figure(
        [
            robots.floor(walk.room.board),
            go.Scatter(x=way[:, 0], y=way[:, 1], mode="lines", line={"color": color, "width": 2}, name="way"),
            robots.things(squares, "dusty at the start", "circle-open", dusty, color="gray", line_width=2),
            robots.dust(squares, dust[-1]),
            robots.things(squares, "stove (S)", "square-open", stove, letter="S", aside=ASIDE, line_width=2),
            robots.things(squares, "plant (P)", "diamond-open", plants, letter="P", line_width=2),
            robots.things(squares, "its soil", "circle", full[-1], color=robots.DUST).update(showlegend=False),
            robots.robot(robot[-1], color),
            robots.dust_of_the_legend(),
        ],
        title=title,
        summary=f"{title}. Of {len(walk.room.start.dust)} squares that were dusty at the start, "
        f"{len(walk.states[-1].dust)} are dusty at the end.",
        animation=Animation(
            tuple(_moment(walk, moment) for moment in range(len(walk.states))),
            (
                Change(1, "x", so_far[..., 0]),
                Change(1, "y", so_far[..., 1]),
                Change(3, "marker.size", dust),
                Change(6, "marker.size", full),
                Change(7, "x", robot[:, :1]),
                Change(7, "y", robot[:, 1:]),
            ),
        ),
        height=340,
        shapes=board.walls(walk.room.board),
        # Else the legend would show each thing as small as it is on average.
        legend={"itemsizing": "constant"},
        **board.axes(walk.room.board),
    )


def did(walk: Walk) -> str:
    """What a robot did in all, in words."""
    steps = len(walk.actions)
    return (
        f"in {steps} steps it vacuums {len(walk.room.start.dust) - len(walk.states[-1].dust)} of "
        f"{len(walk.room.start.dust)} dusty squares and burns {walk.count('burn', steps)} handfuls"
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
