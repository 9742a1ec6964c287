"""A robot at work in its room, to be played step by step: it vacuums, or it goes to the stove."""

from collections.abc import Collection, Sequence

import numpy as np
import plotly.graph_objects as go

from looks_aligned.drawing import board
from looks_aligned.drawing.style import BASE, INK, MESA, Animation, Change, figure
from looks_aligned.experiments.suboptimality.at_work import Walk
from looks_aligned.worlds.maps import Square

DUST = "#A07845"
TILE = "rgba(128, 128, 128, 0.15)"
ASIDE = 0.22
"""How far from a square's middle robot and stove stand, so that neither hides the other or the dust."""
DEEDS = {"vacuum": "vacuums", "burn": "burns a handful", "wait": "waits"}


def at_work(walk: Walk) -> go.Figure:
    """The way, the dust that is left and what was done; at rest the end of it, and all of it when it is played."""
    squares, steps = walk.room.board.open_squares, len(walk.actions)
    way = np.array([[column + 1, row + 1] for row, column in (state.robot for state in walk.states)], dtype=float)
    so_far = way[np.minimum(np.arange(steps + 1), np.arange(steps + 1)[:, None])]
    dust = 14 * np.array([_at(squares, state.dust) for state in walk.states])
    robot = way - ASIDE
    color = BASE if walk.params.wants.clean > walk.params.wants.stuff else MESA
    floor = board.squares(
        walk.room.board, np.zeros(len(squares)), name="floor", colors=((0.0, TILE), (1.0, TILE)), limits=(0.0, 1.0)
    )
    floor.showscale, floor.hovertemplate = False, "row %{y}, column %{x}<extra></extra>"
    stove = _at(squares, walk.room.board.find("S"))
    drawn = figure(
        [
            floor,
            go.Scatter(x=way[:, 0], y=way[:, 1], mode="lines", line={"color": color, "width": 2}, name="way"),
            _things(squares, "dusty at the start", "circle-open", 24 * _at(squares, walk.room.start.dust), "gray"),
            _things(squares, "dust", "asterisk-open", dust[-1], DUST).update(showlegend=False),
            _things(squares, "stove (S)", "square-open", 24 * stove, INK, letter="S", aside=ASIDE),
            go.Scatter(
                x=robot[-1:, 0],
                y=robot[-1:, 1],
                mode="markers+text",
                text=["R"],
                textfont={"size": 12, "color": INK},
                marker={"symbol": "circle", "size": 22, "color": color, "line": {"width": 1, "color": INK}},
                name="robot (R)",
                hoverinfo="skip",
            ),
            # For the legend alone, which has dust to show even when no dust is left.
            go.Scatter(
                x=[None],
                y=[None],
                mode="markers",
                marker={"symbol": "asterisk-open", "size": 14, "color": DUST, "line": {"width": 2}},
                name="dust",
            ),
        ],
        title=_title(walk),
        summary=f"{_title(walk)}. Of {len(walk.room.start.dust)} squares that were dusty at the start, "
        f"{len(walk.states[-1].dust)} are dusty at the end.",
        animation=Animation(
            tuple(_moment(walk, moment) for moment in range(steps + 1)),
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
        **board.axes(walk.room.board),
    )
    # Else the legend would show each thing as small as it is on average.
    return drawn.update_layout(legend_itemsizing="constant")


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


def _things(
    squares: Sequence[Square],
    name: str,
    symbol: str,
    sizes: np.ndarray,
    color: str,
    *,
    letter: str = "",
    aside: float = 0.0,
) -> go.Scatter:
    """One kind of thing, on every square, with size 0 where there is none: a figure's structure never changes."""
    return go.Scatter(
        x=[column + 1 + aside for _, column in squares],
        y=[row + 1 - aside for row, _ in squares],
        mode="markers+text",
        text=[letter if size else "" for size in sizes],
        textfont={"size": 11, "color": INK},
        marker={"symbol": symbol, "color": color, "size": sizes, "opacity": 1, "line": {"width": 2}},
        name=name,
        hoverinfo="skip",
    )


def _at(squares: Sequence[Square], places: Collection[Square]) -> np.ndarray:
    return np.array([float(square in places) for square in squares])
