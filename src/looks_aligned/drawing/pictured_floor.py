"""Figures of a robot that plans on a learned picture of its floor: its way, its picture, and how well it cleans."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from looks_aligned.drawing import robots
from looks_aligned.drawing.cleaning_robot import ASIDE, deeds, robots_way, told
from looks_aligned.drawing.lines import curve, upright
from looks_aligned.drawing.style import BASE, DEPLOYMENT, INK, MESA, SHOWN, TRAINING, figure
from looks_aligned.experiments.approximate.pictured_floor import (
    DARK,
    GREY,
    KINDS,
    LIGHT,
    SHADES,
    WIDTHS,
    Params,
    Place,
    Result,
    Way,
)

WRONG = "rgba(213, 94, 0, 0.35)"
"""A tile on which dust looks no worse to the robot than none: the mesa-objective's hue."""
WHERE: dict[Place, str] = {
    "training": "in a training room",
    "light floor": "on a light floor",
    "grey floor": "on a grey floor",
}


def robots_floor(way: Way) -> go.Figure:
    """A robot's way over its floor, and on which tiles its picture has dust and no dust the wrong way round."""
    params, squares = way.params, way.floor.room.board.open_squares
    wrong = ~way.looks_better
    clean = [round(share * len(squares)) for share in way.clean]
    words = ["starts", *deeds(way.states, way.actions)]
    last = len(way.actions)
    many = f"{int(wrong.sum())} of {len(squares)}"
    return robots_way(
        way.floor.room,
        way.states,
        way.actions,
        color=MESA,
        texts=[
            f"{moment}: {word}; {clean[moment]} of {len(squares)} clean; the picture says {way.looks[moment]:.2f}"
            for moment, word in enumerate(words)
        ],
        title=f"Width {params.width}, {WHERE[params.place]}: after {last} steps {clean[-1]} of {len(squares)} squares "
        f"are clean; on {many} tiles dust looks no worse than none",
        summary=f"The robot of seed {params.seed} has a picture of width {params.width}. In {last} steps it "
        f"{told(words[1:])}. {clean[0]} of {len(squares)} squares were clean at first, {clean[-1]} are at the end. On "
        f"a scale from 0, the room as it was, to 1, the best state of the room in its eyes, its picture says "
        f"{way.looks[-1]:.2f}. On {many} tiles dust looks no worse to it than none.",
        floor=robots.floor(way.floor.room.board, wrong.astype(float), WRONG),
        more=[
            go.Scatter(
                x=[column + 1 + ASIDE for _, column in squares],
                y=[row + 1 - ASIDE for row, _ in squares],
                mode="markers",
                marker={
                    "symbol": "square",
                    "size": 16,
                    "color": [_grey(tile) for tile in way.floor.tiles],
                    "line": {"width": 1, "color": INK},
                },
                name="the bare tile",
                hovertemplate="row %{y:.0f}, column %{x:.0f}<extra></extra>",
            ),
            go.Scatter(
                x=[None],
                y=[None],
                mode="markers",
                marker={"symbol": "square", "size": 14, "color": WRONG},
                name="dust looks no worse here",
            ),
        ],
    )


def how_clean(sweep: Result, shown: Result) -> go.Figure:
    """What a picture makes of every tile, and how well robots clean at each width.

    Args:
        sweep: runs of all widths, places and seeds.
        shown: one run, of one seed.
    """
    params = shown.settings[0]
    alike = sweep.select(place=params.place, labelled=params.labelled)
    usual = sweep.select(place="training", labelled=0.0)
    gains, trained = alike.select(width=params.width), usual.select(width=params.width)
    dashed = {"color": BASE, "width": 2, "dash": TRAINING if params.place == "training" else DEPLOYMENT}
    traces = [
        curve(SHADES, shown.bare[0], "clean tile", {**SHOWN, "color": MESA}, yaxis="y2", xaxis="x2"),
        curve(SHADES, shown.dusty[0], "dusty tile", {"color": MESA, "width": 2, "dash": "dot"}, yaxis="y2", xaxis="x2"),
        curve(_at(WIDTHS), _means(usual), "mean, training", {"color": BASE, "width": 2}),
        curve(_at(WIDTHS), _means(alike), "mean, here", dashed),
        go.Scatter(
            x=[round(place, 2) for place in _spread([p.width for p in alike.settings])],
            y=[round(float(gain), 3) for gain in alike.gain],
            mode="markers",
            marker={"color": BASE, "symbol": "circle-open", "size": 6},
            name="each seed, here",
        ),
        go.Scatter(
            x=_at([params.width]),
            y=[round(float(shown.gain[0]), 3)],
            mode="markers",
            marker={"color": BASE, "size": 14, "line": {"color": INK, "width": 2}},
            name=f"seed {params.seed}, here",
        ),
    ]
    labels = f", {round(100 * params.labelled)} % of its labels from there" if params.labelled else ""
    wrong = int((shown.dusty[0] >= shown.bare[0])[_of_place(params.place)].sum())
    return figure(
        traces,
        title=f"Width {params.width} {WHERE[params.place]}{labels}: robots gain {round(100 * gains.gain.mean())} % of "
        f"what cleaning can; in training, {round(100 * trained.gain.mean())} %",
        summary=f"Pictures of width {params.width}, used {WHERE[params.place]}{labels}. ρ of picture and base "
        f"objective there: {gains.correlation.mean():.2f}, mean of {len(gains.settings)} seeds. The robots add "
        f"{round(100 * gains.gain.mean())} % of what cleaning can add to the base return (seeds from "
        f"{round(100 * gains.gain.min())} to {round(100 * gains.gain.max())} %); in training "
        f"{round(100 * trained.gain.mean())} %. Of what their pictures say there is to get, the least able gets "
        f"{round(100 * gains.mesa.min())} %. Seed "
        f"{params.seed} gains {round(100 * shown.gain[0])} %; dust looks no worse to it than none at {wrong} of "
        f"{int(_of_place(params.place).sum())} brightnesses that occur there.",
        height=600,
        rows=[
            ["width", "gain, here", "lowest seed", "highest seed", "ρ, here", "gain, training"],
            *[
                [
                    str(width),
                    *(f"{round(100 * value)} %" for value in (here.gain.mean(), here.gain.min(), here.gain.max())),
                    f"{here.correlation.mean():.2f}",
                    f"{round(100 * usual.select(width=width).gain.mean())} %",
                ]
                for width in WIDTHS
                for here in [alike.select(width=width)]
            ],
        ],
        xaxis2={"title": "brightness of the bare tile", "range": [-0.02, 1.02], "anchor": "y2"},
        yaxis2={"title": "its picture says", "range": [-1.4, 0.6], "domain": [0.62, 1]},
        xaxis={"title": "width of the picture", "tickvals": _at(WIDTHS), "ticktext": [str(w) for w in WIDTHS]},
        yaxis={"title": "share of the gain", "range": [-0.1, 1.1], "domain": [0, 0.4], "tickformat": ".0%"},
        shapes=[upright(_at([params.width])[0], top=0.4), *_tiles(params.place)],
    )


def _at(widths: Any) -> list[float]:
    """Where a width stands on its axis: each doubling is one step."""
    return [round(float(np.log2(width)), 3) for width in widths]


def _spread(widths: list[int]) -> Float[np.ndarray, " run"]:
    """The same, runs of one width a little beside each other."""
    aside = np.array([widths[:place].count(width) for place, width in enumerate(widths)])
    return np.array(_at(widths)) + 0.02 * (aside - aside.max() / 2)


def _means(runs: Result) -> list[float]:
    return [float(runs.select(width=width).gain.mean()) for width in WIDTHS]


def _of_place(place: Place) -> np.ndarray:
    """Which brightnesses occur in a place."""
    shades = np.array(SHADES)
    kinds = [(low <= shades) & (shades <= high) for (low, high) in (DARK, GREY, LIGHT)]
    return np.any([kind for kind, share in zip(kinds, KINDS[place], strict=True) if share], axis=0)


def _tiles(place: Place) -> list[dict[str, Any]]:
    """The brightnesses of each kind of tile, as bands: the more of that kind, the darker."""
    return [
        {
            "type": "rect",
            "xref": "x2",
            "yref": "y2 domain",
            "x0": low,
            "x1": high,
            "y0": 0,
            "y1": 1,
            "fillcolor": BASE,
            "opacity": 0.25 * share,
            "line": {"width": 0},
            "layer": "below",
        }
        for (low, high), share in zip((DARK, GREY, LIGHT), KINDS[place], strict=True)
    ]


def _grey(brightness: float) -> str:
    level = round(255 * brightness)
    return f"rgb({level}, {level}, {level})"


assert set(WHERE) == set(KINDS)
assert Params().place == "training"
