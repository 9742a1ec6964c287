"""Figures of the five switches: one agent's life, episode by episode, and the map of risk and discount."""

import numpy as np
import plotly.graph_objects as go

from looks_aligned.drawing.lines import curve, upright
from looks_aligned.drawing.style import BASE, INK, MESA, THEORY, figure, per_cent
from looks_aligned.experiments.deceptive import training_game
from looks_aligned.experiments.deceptive.five_switches import (
    DEPLOYMENT,
    DISCOUNTS,
    RISKS,
    Phases,
    Result,
    least_risk,
)

WORDS = {
    "optimizer": "no optimizer inside",
    "misaligned": "wants the base objective",
    "beyond": "looks no further than the episode",
    "understands": "does not know that anybody edits",
    "at_stake": "nobody edits",
}
"""What it means that a switch is off."""
FINE = tuple(round(float(value), 3) for value in np.linspace(0.02, 1, 99))
"""Where the lines of theory are drawn."""


def life(result: Result) -> go.Figure:
    """What an agent does in each episode, and whether its goal is still its own when the episode begins."""
    episodes = np.arange(1, len(result.defects) + 1)
    defects = result.intact * result.defects
    training, deployment = slice(result.training), slice(result.training, None)
    off = result.switches.off
    switched = ", ".join(WORDS[name] for name in off) if off else "all five on"
    switched = switched[0].upper() + switched[1:]
    acts = [_does(result.defects[part]) for part in (training, deployment)]
    intact = float(result.intact[result.training])
    traces = [
        _bars(episodes, 1 - defects, "complies", BASE),
        _bars(episodes, defects, "defects", MESA),
        curve(episodes, result.intact, "goal still its own", {"color": INK, "width": 2, "dash": "dot"}, digits=4),
    ]
    return figure(
        traces,
        title=f"{switched}: its goal intact, it {acts[0]} in training and {acts[1]} in deployment"
        + ("" if intact > 0.5 else "; but training has edited its goal"),
        summary=f"{switched}. As long as its goal is intact, the agent {acts[0]} in the "
        f"{result.training} training episodes and {acts[1]} in the {len(episodes) - result.training} of "
        f"deployment. Its goal survives training with a chance of {intact:.2g}. Base score "
        f"{result.base[training].mean():.2f} in training, {result.base[deployment].mean():.2f} in deployment.",
        height=380,
        barmode="stack",
        bargap=0.15,
        xaxis={
            "title": "episode",
            "range": [0.3, len(episodes) + 0.7],
            "tickvals": [1, result.training, len(episodes)],
        },
        yaxis={"title": "chance", "range": [0, 1.16], "tickvals": [0, 0.5, 1]},
        shapes=[upright(result.training + 0.5)],
        annotations=[
            _label(result.training / 2 + 0.5, "training"),
            _label((result.training + len(episodes) + 1) / 2, "deployment"),
        ],
    )


def phase_map(found: Phases) -> go.Figure:
    """Over discount and risk: in what share of training episodes a planner complies, and theory's line."""
    place = found.place
    sharp = [least_risk(gamma, share=place.share, training=place.training) for gamma in FINE]
    blind = [
        training_game.threshold(
            training_game.Params(place.share, risk=risk, training=place.training, deployment=DEPLOYMENT)
        )
        for risk in RISKS
    ]
    whole = float((found.complies > 1 - 1e-9).mean())
    mixed = float(((found.complies > 1e-9) & (found.complies < 1 - 1e-9)).mean())
    traces = [
        go.Heatmap(
            x=DISCOUNTS,
            y=RISKS,
            z=found.complies.round(3),
            zmin=0,
            zmax=1,
            colorscale=[(0.0, MESA), (0.5, "#eeeeee"), (1.0, BASE)],
            colorbar={"tickvals": [0, 1], "ticktext": ["none", "all"], "thickness": 12},
            name="complies in training",
            hovertemplate="γ = %{x:.2f}, p = %{y:.2f}: complies in %{z:.0%} of training<extra></extra>",
        ),
        curve(FINE, [risk if risk <= 1.02 else None for risk in sharp], "theory: all", {**THEORY, "width": 2}),
        curve(blind, RISKS, "theory: without a clock", {**THEORY, "width": 2, "dash": "dot"}),
    ]
    return figure(
        traces,
        title=f"T = {place.training}, s = {per_cent(place.share)}: the planner waits out all of training on "
        f"{100 * whole:.0f} % of the map, and some of it on {100 * mixed:.0f} %",
        summary=f"Exact planner with a clock, T = {place.training}, D = {DEPLOYMENT}, s = {per_cent(place.share)}. On "
        f"{100 * whole:.0f} % of the map of discount and risk it complies in every training episode and defects in "
        f"every deployment episode; on {100 * mixed:.0f} % it complies in a part of training; on the rest it "
        "defects throughout.",
        rows=[
            ["γ", "least p to wait out all of training"],
            *(
                [f"{gamma:g}", f"{risk:.2f}" if risk <= 1 else "none"]
                for gamma, risk in list(zip(FINE, sharp, strict=True))[8::10]
            ),
        ],
        height=460,
        xaxis={"title": "γ, weight of the next episode", "range": [-0.0125, 1.0125], "dtick": 0.2},
        yaxis={"title": "p, chance to be edited", "range": [-0.0125, 1.0125], "dtick": 0.2},
    )


def _does(defects: np.ndarray) -> str:
    return "complies" if not defects.any() else "defects" if defects.all() else "does both"


def _bars(episodes: np.ndarray, chance: np.ndarray, name: str, color: str) -> go.Bar:
    return go.Bar(
        x=episodes,
        y=chance.round(4),
        name=name,
        marker={"color": color},
        hovertemplate="episode %{x}: " + name + " %{y:.2f}<extra></extra>",
    )


def _label(x: float, text: str) -> dict[str, object]:
    return {"x": x, "y": 1.09, "text": text, "showarrow": False}
