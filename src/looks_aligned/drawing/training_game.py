"""Figures of the training game: what agents learn to do at each discount, who is kept, and the diagram behind it."""

from functools import cache

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float, Int

from looks_aligned.causal.diagram import Arrow, Diagram, classify, influence
from looks_aligned.drawing.causal_diagram import causal_diagram
from looks_aligned.drawing.lines import curve, upright
from looks_aligned.drawing.style import BASE, DEPLOYMENT, INK, MESA, THEORY, figure, per_cent
from looks_aligned.experiments.alignment import Place
from looks_aligned.experiments.deceptive.training_game import (
    Params,
    Result,
    best_policy,
    both_hold,
    correlation,
    threshold,
)
from looks_aligned.experiments.deceptive.who_is_kept import (
    EPISODES,
    KINDS,
    SEEDS,
    Candidates,
    Kind,
    chance_to_be_kept,
    kept,
)

FINE = tuple(round(float(value), 3) for value in np.linspace(0, 0.99, 67))
"""Where the lines of theory are drawn."""
KIND_WORDS: dict[Kind, str] = {"aligned": "aligned", "waits": "waits", "hurry": "in a hurry"}
KIND_COLORS: dict[Kind, str] = {"aligned": BASE, "waits": MESA, "hurry": INK}
KIND_SYMBOLS: dict[Kind, str] = {"aligned": "circle", "waits": "square", "hurry": "triangle-up"}
CHAIN = Diagram.of("action -> O_base -> X -> O_mesa")
"""X stands for whether the agent is kept as it is."""
NAMES = {"X": "kept"}
PLACES = {"action": (0.0, 1.0), "O_base": (0.6, 0.0), "X": (1.3, 1.0), "O_mesa": (2.0, 0.0)}
"""Where the nodes of the chain stand: up and down, so that there is room for a word beside each."""


def diagram(place: Place, node: str) -> go.Figure:
    """What raises what for an agent that is deceptively aligned, and what rises when one node is raised from outside.

    Args:
        place: in training, complying has it kept; in deployment nothing that it does decides that any more.
        node: O_base, O_mesa or X.
    """
    drawn = CHAIN if place == "training" else CHAIN.without(Arrow("O_base", "X", +1))
    rises = [other for other in ("O_base", "X", "O_mesa") if influence(drawn, node, other) == "raises" or other == node]
    stays = [other for other in ("O_base", "X", "O_mesa") if other not in rises]
    said = {other: NAMES.get(other, other) for other in CHAIN.nodes}
    outcome = [f"{said[other]} rises" for other in rises if other != node]
    outcome += [f"{said[other]} stays where it was" for other in stays]
    title = f"In {place}, raise {said[node]} from outside: {' and '.join(outcome)}"
    arrows = "; ".join(f"{said[a.cause]} {a.verb} {said[a.effect]}" for a in drawn.arrows)
    return causal_diagram(
        drawn,
        title=title,
        summary=f"{place.capitalize()}: {arrows}. {title}. {classify(drawn).sentence()}",
        ringed=rises,
        notes=dict.fromkeys(rises, "rises") | dict.fromkeys(stays, "stays") | {node: "raised"},
        names=NAMES,
        places=PLACES,
    )


def what_it_learns(runs: Result, shown: Result) -> go.Figure:
    """How often agents learn to defect, at each discount: in training, in deployment, and what is left of their goal.

    Args:
        runs: every start and discount, all else as in the shown runs.
        shown: the runs of every start at one discount.
    """
    params = shown.settings[0]
    discounts = np.array([one.discount for one in runs.settings])
    grid = sorted({*discounts})
    aside = 0.012 * (np.array([one.start for one in runs.settings]) - 0.5)
    theory = _best(params.share, params.gap, params.training)
    sharp, between = threshold(params), both_hold(params)
    low, high = between or (1.0, 1.0)
    traces = [
        curve(FINE, theory[:, 0], "theory: best policy", THEORY),
        curve(FINE, theory[:, 1], "theory", {**THEORY, "dash": DEPLOYMENT}, showlegend=False),
    ]
    for name, color, dash, values in (
        ("defects, training", BASE, "solid", runs.in_training),
        ("defects, deployment", MESA, DEPLOYMENT, runs.in_deployment),
    ):
        traces += [
            _points(discounts + aside, values, f"{name} (every start)", color, "circle" if dash == "solid" else "x"),
            curve(grid, _medians(discounts, values, grid), name, {"color": color, "dash": dash, "width": 2}),
        ]
    traces += [
        _points([params.discount] * len(shown.settings), shown.in_training, "this γ", BASE, "circle", large=True),
        _points([params.discount] * len(shown.settings), shown.in_deployment, "this γ", MESA, "x", large=True),
        curve(
            grid,
            _medians(discounts, runs.earned / runs.best, grid),
            "own return, of the best",
            {"color": MESA, "width": 2},
            yaxis="y2",
        ),
        curve(
            grid,
            _medians(discounts, runs.kept, grid),
            "goal still its own after training",
            {"color": INK, "width": 2, "dash": "dot"},
            yaxis="y2",
        ),
    ]
    turning, count = int(shown.turns.sum()), len(shown.settings)
    return figure(
        traces,
        title=f"s = {per_cent(params.share)}, γ = {params.discount:g}, μ = {params.gap:g}: in training they defect in "
        f"{_percent(shown.in_training)} of the episodes, in deployment in {_percent(shown.in_deployment)}; "
        f"{turning} of {count} turn",
        summary=f"T = {params.training}, D = {params.deployment}, p = {params.risk:g}, s = {per_cent(params.share)} "
        f"(correlation {correlation(params.share):g}), γ = {params.discount:g}, μ = {params.gap:g}. Of {count} "
        f"starts {turning} comply in training and defect in deployment. On average over starts they defect in "
        f"{_percent(shown.in_training)} of training and {_percent(shown.in_deployment)} of deployment episodes; the "
        f"goal survives with a chance of {shown.kept.mean():.2f}; own return is {shown.earned.mean():.2f} of at most "
        f"{shown.best.mean():.2f}; base score {shown.score.mean():.2f} in training, {shown.deployed.mean():.2f} in "
        "deployment. With a perfect cue it pays to wait from "
        + (f"γ = {sharp:.3f} on" if sharp is not None else "no γ on")
        + (f"; both ends are local maxima between {low:.3f} and {high:.3f}." if high - low > 1e-6 else "."),
        height=600,
        xaxis={"title": "γ, weight of the next episode", "range": [-0.02, 1.02], "anchor": "y2", "dtick": 0.2},
        yaxis={"title": "defects", "range": [-0.05, 1.05], "tickformat": ".0%", "domain": [0.42, 1]},
        yaxis2={"title": "share", "range": [-0.05, 1.05], "domain": [0, 0.34], "dtick": 0.5},
        shapes=[
            upright(params.discount),
            _span(low, max(high, low + 0.004)),
        ],
    )


def who_is_kept(offered: Candidates, *, episodes: int, seeds: tuple[int, ...] = SEEDS) -> go.Figure:
    """Which of three agents do base optimizers keep, against the number of episodes that they watch?

    Args:
        offered: the agents.
        episodes: N, the number that the title is about.
        seeds: the base optimizers.
    """
    chosen = {at: _chosen(offered, at, seeds) for at in {*EPISODES, episodes}}
    exact = _exactly(offered)
    traces = []
    for index, kind in enumerate(KINDS):
        often = np.array([(chosen[at] == index).mean() for at in EPISODES])
        traces += [
            curve(EPISODES, exact[index], "exact", THEORY, showlegend=index == 0),
            go.Scatter(
                x=[round(at * 1.06 ** (index - 1), 3) for at in EPISODES],
                y=often,
                error_y={
                    "type": "data",
                    "array": (2 * np.sqrt(often * (1 - often) / len(seeds))).round(4),
                    "color": KIND_COLORS[kind],
                    "width": 0,
                },
                mode="markers",
                marker={"color": KIND_COLORS[kind], "symbol": KIND_SYMBOLS[kind], "size": 9},
                name=KIND_WORDS[kind],
            ),
        ]
    deployed = [offered.deployed[chosen[at]].mean() for at in EPISODES]
    seen = [offered.score.mean(1)[chosen[at]].mean() for at in EPISODES]
    solid = {"color": BASE, "width": 2}
    traces += [
        curve(EPISODES, seen, "base score, training", solid, yaxis="y2"),
        curve(EPISODES, deployed, "base score, deployment", {**solid, "dash": DEPLOYMENT}, yaxis="y2"),
    ]
    counts = [int((chosen[episodes] == index).sum()) for index in range(len(KINDS))]
    scores = offered.score.mean(1)
    return figure(
        traces,
        title=f"s = {per_cent(offered.share)}, μ = {offered.gap:g}, N = {episodes}: of {len(seeds)} base optimizers "
        f"{counts[0]} keep the aligned agent, {counts[1]} the one that waits, {counts[2]} the one in a hurry",
        summary=f"Base optimizers watch {episodes} training {'episode' if episodes == 1 else 'episodes'} of each "
        f"agent, s = {per_cent(offered.share)}, μ = {offered.gap:g}. "
        f"Mean base scores in training: aligned {scores[0]:.3f}, waits {scores[1]:.3f}, in a hurry {scores[2]:.3f}; "
        f"in deployment {offered.deployed[0]:.3f}, {offered.deployed[1]:.3f} and {offered.deployed[2]:.3f}. Kept: "
        f"{counts[0]}, {counts[1]} and {counts[2]} of {len(seeds)}; exactly, "
        + ", ".join(f"{chance:.3f}" for chance in chance_to_be_kept(offered, episodes=episodes))
        + ".",
        height=540,
        xaxis={
            "title": "N, training episodes watched",
            "type": "log",
            "range": [-0.1, 2.4],
            "tickvals": list(EPISODES),
            "ticktext": [str(at) for at in EPISODES],
            "anchor": "y2",
        },
        yaxis={"title": "share kept", "range": [-0.03, 1.05], "domain": [0.48, 1]},
        yaxis2={"title": "base score", "range": [-0.05, 1.05], "domain": [0, 0.4]},
        shapes=[upright(episodes)],
    )


@cache
def _chosen(offered: Candidates, episodes: int, seeds: tuple[int, ...]) -> Int[np.ndarray, " seed"]:
    return kept(offered, episodes=episodes, seeds=seeds)


@cache
def _exactly(offered: Candidates) -> Float[np.ndarray, "kind length"]:
    """How likely each kind is to be kept, after each of the page's numbers of episodes."""
    return np.stack([chance_to_be_kept(offered, episodes=at) for at in EPISODES], -1)


@cache
def _best(share: float, gap: float, training: int) -> Float[np.ndarray, "discount 2"]:
    """How often the best policy on the cue defects in training and in deployment."""
    found = [best_policy(Params(share, discount, gap, training=training)) for discount in FINE]
    return np.array([[best.in_training, best.in_deployment] for best in found])


def _medians(discounts: Float[np.ndarray, " run"], values: Float[np.ndarray, " run"], grid: list[float]) -> list[float]:
    """Over starts, at each discount."""
    return [float(np.median(values[discounts == discount])) for discount in grid]


def _points(
    x: object, y: Float[np.ndarray, " run"], name: str, color: str, symbol: str, large: bool = False
) -> go.Scatter:
    look = {"color": color, "symbol": symbol, "size": 10 if large else 5, "opacity": 0.9 if large else 0.4}
    if large:
        look["line"] = {"width": 1, "color": INK}
    return go.Scatter(
        x=np.asarray(x, dtype=float).round(4),
        y=y.round(3),
        mode="markers",
        name=name,
        marker=look,
        showlegend=False,
        hovertemplate="γ = %{x:.2f}, defects %{y:.0%}<extra></extra>",
    )


def _span(low: float, high: float) -> dict[str, object]:
    """A pale band: between two discounts both ends are local maxima; where they meet, the threshold."""
    return {
        "type": "rect",
        "xref": "x",
        "yref": "y domain",
        "x0": low,
        "x1": high,
        "y0": 0,
        "y1": 1,
        "fillcolor": "gray",
        "opacity": 0.18,
        "line": {"width": 0},
        "layer": "below",
    }


def _percent(values: Float[np.ndarray, " run"]) -> str:
    return f"{100 * values.mean():.0f} %"
