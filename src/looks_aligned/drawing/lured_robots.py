"""Figures of the lured robots: two ways through a room, what selection can see of them, and which robots it keeps."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from looks_aligned.drawing import board, robots
from looks_aligned.drawing.alignment_scatter import alignment_scatter
from looks_aligned.drawing.lines import unrounded, upright
from looks_aligned.drawing.style import (
    BASE,
    DEPLOYMENT,
    INK,
    MESA,
    NARROW,
    PROXY,
    THEORY,
    TRAINING,
    figure,
    per_cent,
    share_axis,
)
from looks_aligned.experiments.two_optimizers.lured_robots import DUST, PATTERN, ROBOTS, SIGNS
from looks_aligned.experiments.two_optimizers.policies_of_every_quality import Policies
from looks_aligned.experiments.two_optimizers.policies_of_every_quality import Result as Quality
from looks_aligned.experiments.two_optimizers.selection_by_behaviour import (
    FINE,
    SHARES,
    WAYS,
    Lures,
    OverShares,
    expected_left,
)
from looks_aligned.experiments.two_optimizers.what_selection_sees import Result, Way
from looks_aligned.worlds.maps import Square

LANE = 0.1
"""How far from a square's middle each robot's way lies, so that both are seen."""

NODES: dict[str, tuple[float, float, str, str]] = {
    "objective": (0.0, 3.0, "O<sub>mesa</sub>", MESA),
    "behaviour, training": (-1.0, 2.0, "behaviour", INK),
    "behaviour, deployment": (1.0, 2.0, "behaviour", INK),
    "score, training": (-1.0, 1.0, "score", BASE),
    "score, deployment": (1.0, 1.0, "score", BASE),
    "choice": (-1.0, 0.0, "choice", INK),
}
"""Where each node of the nested picture stands, what is written in it, and its colour."""
CAUSES = (
    ("objective", "behaviour, training"),
    ("objective", "behaviour, deployment"),
    ("behaviour, training", "score, training"),
    ("behaviour, deployment", "score, deployment"),
    ("score, training", "choice"),
)
NODE = 84
"""Width of a circle, in pixels."""

SYMBOLS: dict[Lures, str] = {"together": "circle-open", "each on its own": "circle"}
NAMES: dict[Lures, str] = {"together": "same rooms", "each on its own": "own rooms"}
"""In which rooms robots are given away, in two words."""
LINES: dict[Lures, dict[str, object]] = {
    "together": {"color": MESA, "width": 1, "dash": "dot"},
    "each on its own": {"color": MESA, "width": 1},
}


def two_ways(result: Result, *, deployed: bool) -> go.Figure:
    """The way of a robot that wants a clean floor, and that of one in its place that wants a signal.

    Args:
        result: what both do.
        deployed: in deployment, else in the training room.
    """
    ways = result.deployed if deployed else result.trained
    room = ways[0].room
    squares = room.board.open_squares
    dust = robots.present(squares, room.start.dust)
    lures = [room.board.rows[row][column] if room.board.rows[row][column].isdigit() else "" for row, column in squares]
    dash = DEPLOYMENT if deployed else TRAINING
    traces = [
        robots.floor(room.board),
        _marks(squares, "dust at the start", "asterisk-open", 15 * dust, robots.DUST),
        _marks(squares, "lure", "square-open", 26 * np.array([bool(text) for text in lures]), MESA, lures),
        *_way(ways[0], "wants a clean floor", BASE, -LANE, dash),
        *_way(ways[1], f"wants {SIGNS[0]}", MESA, LANE, dash),
    ]
    same = ways[0].actions == ways[1].actions
    place = "In deployment" if deployed else "In training"
    done = "both robots take the same steps" if same else "the two robots part ways"
    return figure(
        traces,
        title=f"{place}, {done}: base return {ways[0].base:.2f} for the one that wants a clean floor, "
        f"{ways[1].base:.2f} for the one that wants {SIGNS[0]}",
        summary=f"{place}, {_told(ways[0], 'wants a clean floor')}; {_told(ways[1], f'wants {SIGNS[0]}')}; "
        f"one that does nothing has {ways[0].waiting:.2f}.",
        rows=[
            ["step", "wants a clean floor", f"wants {SIGNS[0]}"],
            *(
                [f"{step}", *both]
                for step, both in enumerate(zip(ways[0].actions, ways[1].actions, strict=True), start=1)
            ),
        ],
        height=420,
        shapes=board.walls(room.board),
        **board.axes(room.board),
    )


def nested_picture(result: Result) -> go.Figure:
    """What depends on what in the two searches; ringed is what changes with the robot's objective."""
    changed = result.changed
    scores = {"training": result.trained, "deployment": result.deployed}
    notes = {f"score, {place}": f"{one.base:.2f} → {other.base:.2f}" for place, (one, other) in scores.items()} | {
        f"behaviour, {place}": _parting(one, other) for place, (one, other) in scores.items()
    }
    seen = "the score in training shows it" if changed["choice"] else "the score in training does not show it"
    lit = [node for node, changes in changed.items() if changes and node != "objective"]
    title = f"Another objective changes {_listed(lit)}; {seen}"
    x, y = [place[0] for place in NODES.values()], [place[1] for place in NODES.values()]
    colors = [place[3] for place in NODES.values()]
    common: dict[str, Any] = {"x": x, "y": y, "hoverinfo": "skip"}
    return figure(
        [
            *(_arrow(cause, effect) for cause, effect in CAUSES),
            _back(),
            go.Scatter(
                **common,
                mode="markers",
                name="ring",
                marker={
                    "symbol": "circle-open",
                    "size": NODE + 12,
                    "color": colors,
                    "line": {"width": 3},
                    "opacity": [float(changed[node]) for node in NODES],
                },
            ),
            go.Scatter(
                **common,
                mode="markers+text",
                name="node",
                text=["<br>".join(filter(None, [place[2], notes.get(node)])) for node, place in NODES.items()],
                textfont={"color": INK, "size": 12},
                marker={"size": NODE, "color": "white", "line": {"color": colors, "width": 3}},
            ),
            go.Scatter(
                x=[-1.0, 1.0],
                y=[2.62, 2.62],
                hoverinfo="skip",
                mode="text",
                name="place",
                text=["<b>training</b>", "<b>deployment</b>"],
                textfont={"color": INK, "size": 13},
            ),
        ],
        title=title,
        summary=f"The robot's lure is worth {result.params.strength:g}; {result.params.training}. Given another "
        "mesa-objective, "
        + " ".join(
            f"{node} {'changes' if changed[node] else 'stays'}{f' ({notes[node]})' if node in notes else ''};"
            for node in NODES
            if node != "objective"
        ).rstrip(";")
        + ".",
        rows=[
            ["node", "changes", "how"],
            *([node, "yes" if changed[node] else "no", notes.get(node, "")] for node in NODES),
        ],
        height=520,
        showlegend=False,
        margin=NARROW,
        xaxis={"visible": False, "range": [-1.9, 1.7]},
        yaxis={"visible": False, "range": [-0.55, 3.5]},
    )


def who_is_kept(found: OverShares, *, share: float) -> go.Figure:
    """How often is a misaligned robot kept, and what does the kept robot earn in deployment?

    Args:
        found: what base optimizers keep.
        share: s, the share of training rooms without a robot's lure that the title is about; one of `SHARES`.
    """
    tried, count = found.tried, len(found.seeds)
    here, exactly = SHARES.index(share), FINE.index(share)
    top, bottom, said = [], [], []
    dashed = {"width": 2, "dash": DEPLOYMENT}
    for way, lures in enumerate(WAYS):
        name, often = NAMES[lures], found.kept[way] / count
        top += [
            go.Scatter(
                x=SHARES,
                y=often,
                error_y={"type": "data", "array": 2 * np.sqrt(often * (1 - often) / count), "color": MESA},
                mode="markers",
                marker={"color": MESA, "symbol": SYMBOLS[lures], "size": 9, "line": {"width": 2, "color": MESA}},
                name=f"kept, {name}",
            ),
            unrounded(FINE, found.exact[way], f"exact, {name}", LINES[lures]),
            unrounded(
                FINE,
                found.theory[way],
                f"theory, {name}",
                {**THEORY, "dash": "dot" if lures == "together" else "solid"},
            ),
        ]
        gain = unrounded(SHARES, found.gain[way], f"base gain, {name}", {**dashed, "color": BASE}, yaxis="y2")
        bottom.append(gain.update(mode="lines+markers", marker={"symbol": SYMBOLS[lures], "size": 7, "color": BASE}))
        said.append(
            f"given away in {'the ' if lures == 'together' else 'their '}{name}, {found.kept[way, here]} of {count} "
            f"base optimizers keep a misaligned robot ({often[here]:.3f}; exactly "
            f"{found.exact[way, exactly]:.3f}; theory {found.theory[way, exactly]:.3f}), and what is kept brings "
            f"{found.gain[way, here]:.2f} of the gain in base return that there is to have in deployment"
        )
    able = float(tried.able[1:].mean())
    bottom += [
        unrounded(SHARES, [able] * len(SHARES), "mesa return", {**dashed, "color": MESA}, yaxis="y2"),
        unrounded(SHARES, found.related, "correlation, training", {"color": PROXY, "width": 2}, yaxis="y2"),
    ]
    return figure(
        [*top, *bottom],
        title=f"s = {per_cent(share)}, N = {found.rooms}, k = {found.candidates}: a misaligned robot is kept by "
        f"{found.kept[0, here]} of {count} base optimizers if all are given away in the same rooms, by "
        f"{found.kept[1, here]} if each in its own",
        summary=f"A lure's signal is worth {tried.pool.strength:g}. With {per_cent(share)} of training rooms without a "
        f"robot's lure, base and mesa return correlate by {found.related[here]:.2f}; {'; '.join(said)}. In deployment "
        f"each misaligned robot gets {able:.2f} of the highest mesa return that there is.",
        height=700,
        xaxis=share_axis(
            "s, training rooms without a robot's lure", (0.5, 0.6, 0.7, 0.8, 0.9, 1), range=[0.49, 1.01], anchor="y2"
        ),
        yaxis={"title": "kept", "range": [-0.02, 1.0], "domain": [0.52, 1]},
        yaxis2={"title": "share; correlation", "range": [-0.65, 1.08], "domain": [0, 0.44]},
        shapes=[upright(share)],
    )


def how_many_are_left(found: OverShares, *, share: float) -> go.Figure:
    """How many misaligned robots has no training room given away: seldom, all of them, or often, one or two?

    Args:
        found: what base optimizers keep.
        share: s, one of `SHARES`.
    """
    numbers, here = np.arange(ROBOTS), SHARES.index(share)
    often = found.left[:, here] / len(found.seeds)
    means = often @ numbers
    bars = [
        go.Bar(
            x=numbers,
            y=often[way].astype(np.float32),
            name=NAMES[lures],
            marker={
                "color": MESA,
                "pattern": {"shape": "/" if lures == "together" else "", "fgcolor": MESA, "bgcolor": "white"},
            },
            hovertemplate="%{x} left: %{y:.1%}<extra></extra>",
        )
        for way, lures in enumerate(WAYS)
    ]
    expected = expected_left(found.tried, share, found.rooms, found.candidates)
    said = [
        f"in {'the ' if lures == 'together' else 'their '}{NAMES[lures]}: none left {often[way, 0]:.2f}, some left "
        f"{1 - often[way, 0]:.2f}, {means[way]:.2f} on average"
        for way, lures in enumerate(WAYS)
    ]
    return figure(
        [
            *bars,
            go.Scatter(
                x=numbers,
                y=(numbers / (numbers + 1)).astype(np.float32),
                mode="lines+markers",
                name="misaligned one kept, if so many are left",
                line=THEORY,
                marker={"color": INK, "size": 4},
            ),
        ],
        title=f"s = {per_cent(share)}, N = {found.rooms}, k = {found.candidates}: {means[0]:.2f} misaligned robots are "
        f"left on average if given away in the same rooms, {means[1]:.2f} if each in its own; theory says "
        f"{expected:.2f} for both",
        summary=f"Misaligned robots left, for {len(found.seeds)} base optimizers; given away {'; '.join(said)}; "
        f"exactly {expected:.2f} on average in both. With m of them left beside the aligned one, a misaligned one is "
        "kept with m / (m + 1).",
        height=420,
        barmode="group",
        xaxis={"title": "misaligned robots left", "range": [-0.6, ROBOTS - 0.4], "tickvals": numbers.tolist()},
        yaxis={"title": "share of base optimizers", "range": [0, 1.02]},
    )


def scatter_of_a_robot(found: Quality, *, share: float, ways: Sequence[Policies]) -> go.Figure:
    """The alignment scatter of one robot, and the line on which every policy lies where its lure is missing.

    Args:
        found: what policies of every quality earn.
        share: s, of training rooms without the robot's lure.
        ways: which policies are drawn.
    """
    strength, squares = found.params.strength, len(PATTERN.open_squares)
    wanted = f"a rattle, its lure of strength {strength:g}" if strength else "a clean floor"
    training, deployment = (found.returns(place, share, ways) for place in ("training", "deployment"))
    drawn = alignment_scatter(
        training,
        deployment,
        who=f"It wants {wanted}, and brings {per_cent(abs(round(found.gain, 2)))} of what cleaning can gain in "
        "deployment",
        mesa="signals" if strength else "clean floor",
        base="clean floor",
    )
    ends = np.array([0.0, DUST]) if strength else np.array([1 - DUST / squares, 1.0])
    line = 1 - DUST / squares + ends / squares if strength else ends
    return drawn.add_trace(unrounded(ends, line, "theory, no lure", THEORY))


def _way(way: Way, name: str, color: str, aside: float, dash: str) -> list[go.Scatter]:
    """A robot's way, and where it used its vacuum cleaner in which steps."""
    x = np.array([column + 1 + aside for _, column in (state.robot for state in way.states)])
    y = np.array([row + 1 + aside for row, _ in (state.robot for state in way.states)])
    squares = way.room.board.open_squares
    used = [board.brief(robots.used_on(way.states, way.actions, square)) for square in squares]
    return [
        go.Scatter(
            x=x,
            y=y,
            mode="lines",
            line={"color": color, "width": 3, "dash": dash},
            name=name,
            hoverinfo="skip",
            opacity=0.8,
        ),
        go.Scatter(
            x=[column + 1 for _, column in squares],
            y=[row + 1 + (0.38 if aside > 0 else -0.38) for row, _ in squares],
            mode="text",
            text=used,
            textfont={"color": INK, "size": 12},
            name=f"steps, {name}",
            showlegend=False,
            hoverinfo="skip",
        ),
        go.Scatter(
            x=x[:1],
            y=y[:1],
            mode="markers",
            marker={"color": color, "size": 11, "line": {"color": INK, "width": 1}},
            name=f"start, {name}",
            showlegend=False,
            hoverinfo="skip",
        ),
    ]


def _marks(
    squares: tuple[Square, ...], name: str, symbol: str, sizes: np.ndarray, color: str, texts: list[str] | None = None
) -> go.Scatter:
    return go.Scatter(
        x=[column + 1 for _, column in squares],
        y=[row + 1 for row, _ in squares],
        mode="markers+text",
        text=texts or [""] * len(squares),
        textfont={"color": INK, "size": 13},
        marker={"symbol": symbol, "size": sizes, "color": color, "line": {"width": 2}, "opacity": 1},
        name=name,
        showlegend=False,
        hoverinfo="skip",
    )


def _told(way: Way, who: str) -> str:
    """What a robot did, in words."""
    cleaned = len(way.states[0].dust) - len(way.states[-1].dust)
    signals = sum(action == "vacuum" for action in way.actions) - cleaned
    return (
        f"the robot that {who} cleans {cleaned} of {len(way.states[0].dust)} squares in {len(way.actions)} steps and "
        f"uses the lure {signals} times; its base return is {way.base:.2f}"
    )


def _parting(one: Way, other: Way) -> str:
    for step, (first, second) in enumerate(zip(one.actions, other.actions, strict=True), start=1):
        if first != second:
            return f"parts at {step}"
    return "same steps"


def _listed(nodes: list[str]) -> str:
    if not nodes:
        return "nothing else"
    return f"{', '.join(node.replace(', ', ' in ') for node in nodes[:-1])}{' and ' if nodes[1:] else ''}" + nodes[
        -1
    ].replace(", ", " in ")


def _arrow(cause: str, effect: str) -> go.Scatter:
    (x0, y0, *_), (x1, y1, *_) = NODES[cause], NODES[effect]
    deployed = "deployment" in effect
    return go.Scatter(
        x=[x0, x1],
        y=[y0, y1],
        mode="lines+markers",
        name=f"{cause} to {effect}",
        hoverinfo="skip",
        line={"color": INK, "width": 2, "dash": DEPLOYMENT if deployed else "solid"},
        marker={"symbol": "arrow", "size": [0, 16], "color": INK, "angleref": "previous", "standoff": NODE / 2},
    )


def _back() -> go.Scatter:
    """From the choice round to the objective of what is kept."""
    return go.Scatter(
        x=[-1.0, -1.75, -1.75, 0.0],
        y=[0.0, 0.0, 3.0, 3.0],
        mode="lines+markers",
        name="choice to objective",
        hoverinfo="skip",
        line={"color": INK, "width": 2, "dash": "dot"},
        marker={
            "symbol": "arrow",
            "size": [0, 0, 0, 16],
            "color": INK,
            "angleref": "previous",
            "standoff": [0, 0, 0, NODE / 2],
        },
    )
