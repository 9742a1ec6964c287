"""Figures of coin or corner: learning curves, the line below which the coin cannot be ignored, and the map."""

import numpy as np
import plotly.graph_objects as go

from looks_aligned.drawing import board
from looks_aligned.drawing.alignment_scatter import alignment_scatter
from looks_aligned.drawing.lines import every_curve, unrounded, upright
from looks_aligned.drawing.style import BASE, DEPLOYMENT, INK, PROXY, SHOWN, THEORY, figure, per_cent, share_axis
from looks_aligned.experiments.proxy.coin_or_corner import (
    Result,
    alignment,
    deployment_levels,
    maze,
    oracle,
    table,
    where_to,
)
from looks_aligned.worlds.maps import Square

COIN = "#E69F00"


def maze_picture() -> go.Figure:
    """The maze as the agent finds it in most training levels: the coin in the corner."""
    squares = board.squares(
        maze().board,
        np.zeros(len(maze().squares)),
        name="floor",
        colors=((0.0, "white"), (1.0, "white")),
        limits=(0.0, 1.0),
    )
    squares.showscale = False
    rows, columns = maze().board.shape
    return figure(
        [squares, *_corner_and_coin(maze().corner)],
        title="The maze, its coin in the corner",
        summary=f"A maze of {rows} rows and {columns} columns with {len(maze().squares)} open squares; the corner, "
        f"where the coin mostly lies, is at row {maze().corner[0] + 1}, column {maze().corner[1] + 1}.",
        height=420,
        showlegend=False,
        shapes=board.walls(maze().board),
        **board.axes(maze().board),
    )


def learning_curves(sweep: Result, shown: Result) -> go.Figure:
    """Return in deployment against training steps: every seed of the sweep thin, the shown seed thick.

    Args:
        sweep: runs of all seeds, with the shown run's share and network among them.
        shown: one run; the figure is about its last step, or the sweep's last measurement before that.
    """
    params = shown.settings[0]
    seeds = sweep.select(params.share, params.network)
    now = seeds.measured_until(shown.steps[-1])
    steps = seeds.steps[now]
    running = int(seeds.prefers_corner(steps).sum())
    optimum = float(oracle().optimum @ deployment_levels())
    ignoring = float(oracle().ignoring @ deployment_levels())
    span = [0, seeds.steps[-1]]
    texts = [f"seed {run.seed}" for run in seeds.settings for _ in (*seeds.steps, None)]
    traces = [
        unrounded(span, [optimum, optimum], "planner: straight to the coin", THEORY),
        unrounded(span, [ignoring, ignoring], "planner: straight to the corner", {**THEORY, "dash": "dot"}),
        unrounded(seeds.steps, np.median(seeds.training, 0), "coin, training (median)", {"color": BASE, "width": 2}),
    ]
    for color, name, all_seeds, one in (
        (BASE, "coin", seeds.coin, shown.coin[0]),
        (PROXY, "corner", seeds.corner, shown.corner[0]),
    ):
        every = f"{name}, deployment (every seed)"
        thick = {"color": color, "dash": DEPLOYMENT, **SHOWN}
        traces += [
            every_curve(seeds.steps, all_seeds, every, color, digits=4, text=texts, showlegend=False),
            unrounded(shown.steps, one, f"{name}, deployment (seed {params.seed})", thick),
        ]
    coin, corner = seeds.coin[:, now], seeds.corner[:, now]
    return figure(
        traces,
        title=f"After {_steps(steps)} at α = {per_cent(params.share)}: "
        f"{running} of {len(seeds.settings)} seeds get more from the corner than from the coin",
        summary=f"{params.network.capitalize()} network, α = {per_cent(params.share)}, {_steps(steps)}. In training, "
        f"the coin's return is {np.median(seeds.training[:, now]):.2f}. In deployment it is {np.median(coin):.2f} "
        f"(seeds from {coin.min():.2f} to {coin.max():.2f}; at best {optimum:.2f}), and the corner's return is "
        f"{np.median(corner):.2f} (from {corner.min():.2f} to {corner.max():.2f}).",
        xaxis={"title": "training steps", "range": [0, seeds.steps[-1]]},
        yaxis={"title": "return", "range": [0, 0.9]},
        shapes=[upright(steps)],
    )


def regret_line(sweep: Result, *, steps: int, network: str) -> go.Figure:
    """Regret ε against share α: a network above the line ε = αΔ could ignore the coin altogether; one below cannot."""
    now = sweep.measured_until(steps)
    steps = sweep.steps[now]
    runs = [
        run
        for run in range(len(sweep.settings))
        if sweep.settings[run].network == network and sweep.settings[run].share > 0
    ]
    share = np.array([sweep.settings[run].share for run in runs])
    # A little to the side for each seed, so that none hides another.
    seeds = sorted({sweep.settings[run].seed for run in runs})
    aside = np.array([1.03 ** (seeds.index(sweep.settings[run].seed) - (len(seeds) - 1) / 2) for run in runs])
    regret = sweep.regret[runs, now].clip(1e-6)
    to_corner = sweep.prefers_corner(steps)[runs]
    cost = oracle().cost_of_ignoring
    above = regret > share * cost
    span = np.array([share.min() / 2, 1.0])
    traces = [unrounded(span, span * cost, "ε = αΔ: the price of ignoring the coin", THEORY)]
    for which, color, symbol, name in (
        (to_corner, PROXY, "x", "gets more from the corner"),
        (~to_corner, BASE, "circle-open", "gets more from the coin"),
    ):
        traces.append(
            go.Scatter(
                x=(share * aside)[which].round(7),
                y=regret[which].round(7),
                mode="markers",
                marker={"color": color, "symbol": symbol, "size": 8},
                name=name,
                hovertemplate="α = %{x:.2g}, ε = %{y:.2g}<extra>" + name + "</extra>",
            )
        )
    corners = int(to_corner.sum())
    return figure(
        traces,
        title=f"After {_steps(steps)}: {int((to_corner & above).sum())} of the {corners} networks that prefer the "
        "corner lie above the line",
        summary=f"{network.capitalize()} networks after {_steps(steps)}, α > 0: {corners} of {len(runs)} get more from "
        f"the corner than from the coin in deployment. {int(above.sum())} of {len(runs)} have more regret ε than αΔ, "
        f"with Δ = {cost:.2f}, and could ignore the coin altogether.",
        xaxis=share_axis("α, levels with the coin anywhere", sorted(set(share)), type="log"),
        yaxis={
            "title": "regret ε in training",
            "type": "log",
            "range": [-4.5, 0.1],
            "tickvals": [1e-4, 1e-3, 1e-2, 0.1, 1],
            "ticktext": ["0.0001", "0.001", "0.01", "0.1", "1"],
        },
    )


def coin_and_corner(runs: Result) -> go.Figure:
    """Coin against corner return of every run at each of its steps, in training and in deployment."""
    training, deployment = alignment(runs)
    params = runs.settings[0]
    who = f"{params.network.capitalize()} networks, α = {per_cent(params.share)}"
    return alignment_scatter(training, deployment, who=who, mesa="corner", base="coin", agent="planner for the corner")


def coin_map(trained: Result, *, coin: int) -> go.Figure:
    """Put the coin on a square: from each other square, does the network go to it?

    Args:
        trained: one run.
        coin: which of the maze's open squares holds the coin, counted from 0, row by row.
    """
    params, policy, squares = trained.settings[0], trained.policies[0], maze().squares
    others = [square for square in range(len(squares)) if square != coin]
    to_coin, to_corner = where_to(policy, coin)
    in_corner = squares[coin] == maze().corner
    better = int((to_coin > to_corner)[others].sum())
    lean = to_coin if in_corner else to_coin - to_corner
    lean[coin] = 1.0
    likeliest = [table().actions[policy[coin, square].argmax()] for square in others]
    where = "in the corner" if in_corner else f"at row {squares[coin][0] + 1}, column {squares[coin][1] + 1}"
    picture = board.squares(
        maze().board,
        lean.round(2),  # a finer difference shows in no colour
        name="coin's return minus corner's",
        colors=((0.0, PROXY), (0.5, "white"), (1.0, BASE)),
        limits=(-1.0, 1.0),
    )
    picture.colorbar = {"tickvals": [-1, 0, 1], "ticktext": ["corner", "neither", "coin"], "thickness": 12}
    return figure(
        [
            picture,
            board.arrows([squares[square] for square in others], likeliest, name="likeliest move"),
            *_corner_and_coin(squares[coin]),
        ],
        title=f"Coin {where}: its return is {to_coin[others].mean():.2f} on average, as in training"
        if in_corner
        else f"Coin {where}: from {better} of {len(others)} squares the network gets more from the coin than from the "
        "corner",
        summary=f"{params.network.capitalize()} network, α = {per_cent(params.share)}, {_steps(params.steps)}, coin "
        f"{where}. Averaged over all other squares, the coin's return is {to_coin[others].mean():.2f} and the corner's "
        f"{to_corner[others].mean():.2f}.",
        click="coin",
        height=480,
        showlegend=False,
        shapes=board.walls(maze().board),
        **board.axes(maze().board),
    )


def _corner_and_coin(coin: Square) -> list[go.Scatter]:
    marks = (
        (maze().corner, "corner", {"symbol": "square-open", "size": 28, "color": INK, "line": {"width": 3}}),
        (coin, "coin", {"symbol": "circle", "size": 18, "color": COIN, "line": {"width": 2}}),
    )
    return [
        go.Scatter(x=[column + 1], y=[row + 1], mode="markers", name=name, marker=marker, hoverinfo="skip")
        for (row, column), name, marker in marks
    ]


def _steps(steps: int) -> str:
    return f"{steps} step" if steps == 1 else f"{steps} steps"
