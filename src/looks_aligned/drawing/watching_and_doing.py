"""Figures of watching and doing: one curve for three diagrams, and how it splits when something is done."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from looks_aligned.causal.diagram import GENERAL, INSTRUMENTAL, SIDE_EFFECT, Diagram, Kind, classify
from looks_aligned.drawing.causal_diagram import causal_diagram
from looks_aligned.drawing.lines import curve, upright
from looks_aligned.drawing.style import BASE, DEPLOYMENT, MESA, THEORY, TRAINING, figure, per_cent
from looks_aligned.experiments.proxy.watching_and_doing import (
    KINDS,
    PLANS,
    Params,
    Result,
    breaking_harm,
    effects_of_raising,
    expected,
    expected_if_aligned,
    expected_of,
)

SYMBOLS: dict[Kind, str] = {"side-effect": "triangle-up", "instrumental": "square", "general": "circle-open"}
"""How the three diagrams are told apart where they share a panel."""
DIAGRAMS: dict[Kind, Diagram] = {"side-effect": SIDE_EFFECT, "instrumental": INSTRUMENTAL, "general": GENERAL}


def watching(seeds: Result, *, plans: int) -> go.Figure:
    """What the chosen plan is worth against the number of plans: three diagrams, one curve.

    Args:
        seeds: runs without the handle, of all seeds and diagrams, at one correlation.
        plans: the number of plans that the figure is about, one of `PLANS`.
    """
    params, now = seeds.settings[0], PLANS.index(plans)
    line = [expected(n, params.correlation) for n in PLANS]
    traces = []
    for name, color, curves, theory in (
        ("O_mesa", MESA, seeds.mesa, [point.mesa for point in line]),
        ("O_base", BASE, seeds.base, [point.base for point in line]),
    ):
        traces.append(curve(PLANS, theory, "theory, Gaussian noises", {**THEORY}, showlegend=name == "O_base"))
        for place, kind in enumerate(KINDS):
            runs = _of(seeds, kind, curves)
            traces.append(
                go.Scatter(
                    # A little to the side, so that no diagram hides another.
                    x=[round(n * 1.09 ** (place - 1), 3) for n in PLANS],
                    **_spread(runs),
                    mode="markers",
                    name=f"{name}, {kind}",
                    marker={"color": color, "symbol": SYMBOLS[kind], "size": 9},
                )
            )
    base, mesa = ({kind: _of(seeds, kind, curves)[:, now] for kind in KINDS} for curves in (seeds.base, seeds.mesa))
    return figure(
        traces,
        title=f"Best of {plans} by O_mesa at ρ = {params.correlation:g}: O_base is "
        f"{_listed(seeds.base[:, now], seeds)} in the three diagrams",
        summary=f"{params.noise.capitalize()} noises, ρ = {params.correlation:g}, best of {plans} by O_mesa, training. "
        + " ".join(
            f"{kind.capitalize()}: O_base {base[kind].mean():.2f} (seeds from {base[kind].min():.2f} to "
            f"{base[kind].max():.2f}), O_mesa {mesa[kind].mean():.2f}."
            for kind in KINDS
        )
        + f" For Gaussian noises theory expects O_base {line[now].base:.2f} and O_mesa {line[now].mesa:.2f} in all "
        "three.",
        height=480,
        xaxis=_plans_axis(),
        yaxis={"title": "value of the chosen plan", "range": [-0.6, 4.2]},
        shapes=[upright(plans)],
    )


def raising(kind: Kind, node: str) -> go.Figure:
    """One of the three diagrams, and what rises in it when one node is raised from outside: measured, not read off.

    Args:
        kind: which diagram.
        node: O_mesa, O_base or X; a diagram without X says so.
    """
    diagram = DIAGRAMS[kind]
    if node not in diagram.nodes:
        witness = classify(diagram).witnesses[0]
        said = f"There is no X here: {witness} itself is what raises both objectives."
        return causal_diagram(diagram, title=said, summary=f"The {kind} diagram: {diagram}. {said}")
    base, mesa = effects_of_raising(kind, 0.6, 1.0)[node]
    rises = {name: by > 1e-9 for name, by in (("O_base", base), ("O_mesa", mesa), (node, 1.0))}
    said = " and ".join(
        f"{name} {'rises' if up else 'stays where it was'}" for name, up in rises.items() if name != node
    )
    return causal_diagram(
        diagram,
        title=f"Raise {node} from outside: {said}",
        summary=f"The {kind} diagram: {diagram}. Raise {node} from outside: {said}. Nothing that stands before {node} "
        "moves.",
        ringed=[name for name, up in rises.items() if up],
        notes={name: "rises" if up else "stays" for name, up in rises.items()} | {node: "raised"},
    )


def choosing(seeds: Result, *, plans: int = PLANS[-1]) -> go.Figure:
    """Deployment: what the chosen plan is worth, and how often it has the handle, in each diagram.

    Args:
        seeds: runs of all seeds and diagrams at one correlation, share and harm.
        plans: the number of plans that title and summary are about.
    """
    params, now = seeds.settings[0], PLANS.index(plans)
    training = [expected(n, params.correlation).base for n in PLANS]
    traces = []
    for place, kind in enumerate(KINDS):
        axes = {"xaxis": _axis(place), "showlegend": place == 0}
        theory = [expected_of(Params(**{**vars(params), "kind": kind}), n) for n in PLANS]
        traces.append(curve(PLANS, training, "O_base in training (theory)", {"color": BASE, "dash": TRAINING}, **axes))
        for name, color, curves, row in (
            ("O_mesa", MESA, seeds.mesa, "y"),
            ("O_base", BASE, seeds.base, "y"),
            ("handle", MESA, seeds.handle, "y2"),
        ):
            line = [getattr(point, {"O_mesa": "mesa", "O_base": "base"}.get(name, name)) for point in theory]
            legend = {**axes, "yaxis": row}
            traces += [
                curve(PLANS, line, "theory", {**THEORY}, **{**legend, "showlegend": place == 0 and name == "O_base"}),
                go.Scatter(
                    x=PLANS,
                    **_spread(_of(seeds, kind, curves)),
                    mode="lines+markers",
                    name="handle taken, deployment" if name == "handle" else f"{name}, deployment",
                    line={"color": color, "dash": DEPLOYMENT, "width": 2},
                    marker={"symbol": SYMBOLS[kind], "size": 8},
                    **legend,
                ),
            ]
    return figure(
        traces,
        title=f"Handle in {per_cent(params.share)} of plans, harm {params.harm:g}, best of {plans}: O_base is "
        f"{_listed(seeds.base[:, now], seeds)}; in training it is {training[now]:.2f}",
        summary=f"ρ = {params.correlation:g}; the handle raises O_mesa by {params.lift:g}, lowers O_base by "
        f"{params.harm:g}, and {per_cent(params.share)} of plans have it; best of {plans} by O_mesa. In training "
        f"O_base is {training[now]:.2f}. "
        + " ".join(_told(seeds, kind, now) for kind in KINDS)
        + (
            f" Side-effect alignment breaks at a harm of {breaking_harm(_params(seeds, 'side-effect'), plans):.2f}."
            if params.share > 0
            else " No plan has the handle."
        ),
        height=560,
        **panels(
            top={"title": "value of the chosen plan", "range": [-2.3, 4.6]},
            bottom={"title": "handle taken", "range": [-0.05, 1.05], "tickformat": ".0%"},
            across=_plans_axis((1, 8, 64)),
        ),
    )


def panels(*, top: dict[str, Any], bottom: dict[str, Any], across: dict[str, Any]) -> dict[str, Any]:
    """Layout of two rows of panels, one column a diagram; the columns' axes are x, x2 and x3, the rows' y and y2."""
    columns = [(0.0, 0.3), (0.35, 0.65), (0.7, 1.0)]
    layout: dict[str, Any] = {
        f"xaxis{place + 1 if place else ''}": {**across, "domain": domain, "anchor": "y2"}
        | ({} if place == 1 else {"title": {"text": ""}})
        for place, domain in enumerate(columns)
    }
    layout["yaxis"] = {**top, "domain": (0.36, 0.94)}
    layout["yaxis2"] = {**bottom, "domain": (0.0, 0.28)}
    layout["annotations"] = [
        {
            "text": kind,
            "x": sum(domain) / 2,
            "xanchor": "center",
            "y": 0.95,
            "xref": "paper",
            "yref": "paper",
            "yanchor": "bottom",
            "showarrow": False,
        }
        for kind, domain in zip(KINDS, columns, strict=True)
    ]
    return layout


def _told(seeds: Result, kind: Kind, now: int) -> str:
    """One diagram's numbers in words."""
    base, mesa, handle = (_of(seeds, kind, curves)[:, now] for curves in (seeds.base, seeds.mesa, seeds.handle))
    aligned = expected_if_aligned(_params(seeds, kind), PLANS[now])
    return (
        f"{kind.capitalize()}: O_base {base.mean():.2f} (seeds from {base.min():.2f} to {base.max():.2f}), O_mesa "
        f"{mesa.mean():.2f}, handle taken in {100 * handle.mean():.0f} % of choices; an agent that wants O_base itself "
        f"would get {aligned:.2f}."
    )


def _params(seeds: Result, kind: Kind) -> Params:
    return seeds.select(kind=kind).settings[0]


def _of(seeds: Result, kind: Kind, curves: Float[np.ndarray, "run *plans"]) -> Float[np.ndarray, "seed *plans"]:
    return curves[[run for run, params in enumerate(seeds.settings) if params.kind == kind]]


def _spread(runs: Float[np.ndarray, "seed plans"]) -> dict[str, Any]:
    """Mean over seeds, with a bar from the lowest seed to the highest."""
    mean, low, high = runs.mean(0), runs.min(0), runs.max(0)
    bars = {"type": "data", "symmetric": False, "width": 0, "thickness": 1}
    up, down = [round(float(v), 2) for v in high - mean], [round(float(v), 2) for v in mean - low]
    return {"y": [round(float(v), 3) for v in mean], "error_y": {**bars, "array": up, "arrayminus": down}}


def _plans_axis(ticks: tuple[int, ...] = PLANS) -> dict[str, Any]:
    scale = {"type": "log", "range": [-0.1, 1.9], "tickvals": list(ticks), "ticktext": [str(n) for n in ticks]}
    return {"title": {"text": "n, plans offered"}, **scale}


def _axis(place: int) -> str:
    return f"x{place + 1}" if place else "x"


def _listed(values: Float[np.ndarray, " run"], seeds: Result) -> str:
    """Each diagram's mean over seeds, in words."""
    one, other, last = (f"{_of(seeds, kind, values).mean():.2f}" for kind in KINDS)
    return f"{one}, {other} and {last}"
