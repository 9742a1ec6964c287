"""Figures of a learned copy of the base objective: what it is worth to search on it, harder and harder."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from looks_aligned.drawing.alignment_scatter import alignment_scatter
from looks_aligned.drawing.lines import curve, every_curve, upright
from looks_aligned.drawing.style import BASE, MESA, SHOWN, THEORY, figure
from looks_aligned.experiments.alignment import Returns
from looks_aligned.experiments.approximate.learned_copy import PLANS, STEPS, STRIDE, Params, Result, expected_base

TICKS = (1, 16, 256, 4096)
"""The numbers of plans that an axis names; more would not fit a telephone."""


def searching(seeds: Result, shown: Result, *, plans: int) -> go.Figure:
    """What the best of n plans by the copy is worth, against n.

    Args:
        seeds: runs of all seeds, alike in all else.
        shown: one of them.
        plans: the number of plans that the figure is about, one of `PLANS`.
    """
    params, now = shown.settings[0], PLANS.index(plans)
    mesa, base, best = (getattr(seeds.training, name) for name in ("mesa", "base", "best"))
    rho = seeds.correlation.mean()
    line = [expected_base(rho, n) for n in PLANS]
    traces = [
        curve(PLANS, line, "theory: ρ × mean of the largest", THEORY),
        curve(PLANS, best.mean(0), "best there is", {"color": BASE, "width": 2, "dash": "dot"}),
        every_curve(PLANS, mesa, "what the copy says", MESA, showlegend=False),
        curve(PLANS, mesa.mean(0), "what the copy says", {**SHOWN, "color": MESA}),
        every_curve(PLANS, base, "O_base, each seed", BASE),
        curve(PLANS, base.mean(0), "O_base, mean of seeds", {**SHOWN, "color": BASE}),
        _dot(plans, shown.training.base[0, now], f"O_base, seed {params.seed}", BASE),
    ]
    return figure(
        traces,
        title=f"{_who(params)}, best of {plans:,}: the copy says {mesa[:, now].mean():.2f}, O_base is "
        f"{base[:, now].mean():.2f} of at most {best[:, now].mean():.2f}",
        summary=f"{_who(params)}, {params.shape}. Over fresh plans of training ρ is {rho:.3f} (seeds from "
        f"{seeds.correlation.min():.3f} to {seeds.correlation.max():.3f}). Best of {plans:,} by the copy, mean of "
        f"{len(seeds.settings)} seeds: the copy says {mesa[:, now].mean():.2f}, O_base is {base[:, now].mean():.2f} "
        f"(seeds from {base[:, now].min():.2f} to {base[:, now].max():.2f}); by O_base itself it would be "
        f"{best[:, now].mean():.2f}. Jointly normal objectives would give {line[now]:.2f}. Between the "
        f"fewest and the most plans, {PLANS[-1]:,}, harder search hurts in {int(seeds.search_hurts.sum())} of "
        f"{len(seeds.settings)} seeds.",
        height=480,
        rows=[
            ["n", "the copy says", "O_base", "lowest seed", "highest seed", "best there is", "theory"],
            *[
                [str(n), *(f"{v:.2f}" for v in (m.mean(), b.mean(), b.min(), b.max(), o.mean(), t))]
                for n, m, b, o, t in zip(PLANS, mesa.T, base.T, best.T, line, strict=True)
            ],
        ],
        xaxis=plans_axis(),
        yaxis={"title": "standard deviations", "range": [-1.4, 7]},
        shapes=[upright(plans)],
    )


def climbing(seeds: Result, shown: Result) -> go.Figure:
    """What a plan is worth while it climbs the copy, against how far it has come.

    Args:
        seeds: runs of all seeds, alike in all else.
        shown: one of them.
    """
    params = shown.settings[0]
    far = [round(step * STRIDE, 2) for step in STEPS]
    mesa, base, best = seeds.climbed_mesa, seeds.climbed_base, seeds.climbed_best
    hurt = int(seeds.climbing_hurts.sum())
    traces = [
        curve(far, best.mean(0), "O_base, climbing O_base", {"color": BASE, "width": 2, "dash": "dot"}),
        every_curve(far, mesa, "what the copy says", MESA, showlegend=False),
        curve(far, mesa.mean(0), "what the copy says", {**SHOWN, "color": MESA}),
        every_curve(far, base, "O_base, each seed", BASE),
        curve(far, base.mean(0), "O_base, mean of seeds", {**SHOWN, "color": BASE}),
        _dot(far[-1], shown.climbed_base[0, -1], f"O_base, seed {params.seed}", BASE),
    ]
    return figure(
        traces,
        title=f"{_who(params)}, after climbing {far[-1]:g}: the copy says {mesa[:, -1].mean():.2f}, O_base is "
        f"{base[:, -1].mean():.2f}; it came down again in {hurt} of {len(seeds.settings)} seeds",
        summary=f"{_who(params)}, {params.shape}. Climbing the copy's gradient over a distance of {far[-1]:g}, mean of "
        f"{len(seeds.settings)} seeds: the copy says {mesa[:, -1].mean():.2f}, O_base is {base[:, -1].mean():.2f} "
        f"(seeds from {base[:, -1].min():.2f} to {base[:, -1].max():.2f}), after at most {base.mean(0).max():.2f}. "
        f"Climbing O_base itself, with steps as long, brings {best[:, -1].mean():.2f}. In {hurt} of "
        f"{len(seeds.settings)} seeds the end is lower than an earlier point by more than a tenth.",
        height=480,
        rows=[
            ["distance", "the copy says", "O_base", "lowest seed", "highest seed", "climbing O_base"],
            *[
                [f"{d:g}", *(f"{v:.2f}" for v in (m.mean(), b.mean(), b.min(), b.max(), o.mean()))]
                for d, m, b, o in zip(far, mesa.T, base.T, best.T, strict=True)
            ],
        ],
        xaxis={"title": "how far it has climbed", "range": [-0.3, 10.4]},
        yaxis={"title": "standard deviations", "range": [-2.6, 12]},
    )


def what_helps(remedies: Mapping[str, Result], *, plans: int) -> go.Figure:
    """In deployment, what share of the best there is does the copy get, if it is trained otherwise?

    Args:
        remedies: runs of all seeds, by what was changed.
        plans: how many plans the agent chooses from, one of `PLANS`.
    """
    now, names = PLANS.index(plans), list(remedies)
    shares = [100 * (r.deployment.base / r.deployment.best)[:, now] for r in remedies.values()]
    fewest = 100 * (remedies[names[0]].deployment.base / remedies[names[0]].deployment.best)[:, PLANS.index(4)]
    means = [share.mean() for share in shares]
    wrapped = [_on_two_lines(name) for name in names]
    traces = [
        go.Bar(
            x=[round(float(mean), 1) for mean in means],
            y=wrapped,
            orientation="h",
            marker={"color": BASE, "opacity": 0.35, "line": {"color": BASE, "width": 2}},
            name="mean of seeds",
            hoverinfo="skip",
        ),
        go.Scatter(
            x=[round(float(value), 1) for share in shares for value in share],
            y=[name for name, share in zip(wrapped, shares, strict=True) for _ in share],
            mode="markers",
            marker={"color": BASE, "symbol": "circle-open", "size": 6},
            name="each seed",
        ),
    ]
    most = int(np.argmax(means))
    return figure(
        traces,
        title=f"Best of {plans:,} in deployment, share of the best there is: {names[0]} {means[0]:.0f} %, "
        f"most with {names[most]}, {means[most]:.0f} %",
        summary=f"O_base in deployment of the best of {plans:,} by the copy, as a share of the best there is, mean of "
        f"{len(shares[0])} seeds (lowest to highest): "
        + "; ".join(
            f"{name} {share.mean():.0f} % ({share.min():.0f} to {share.max():.0f})"
            for name, share in zip(names, shares, strict=True)
        )
        + f". With the best of 4, {names[0]}, it is {fewest.mean():.0f} %.",
        rows=[
            ["training", "mean", "lowest seed", "highest seed"],
            *[
                [name, *(f"{value:.0f} %" for value in (share.mean(), share.min(), share.max()))]
                for name, share in zip(names, shares, strict=True)
            ],
        ],
        xaxis={"title": "share of the best", "range": [-5, 105], "ticksuffix": " %", "tickvals": [0, 50, 100]},
        yaxis={"autorange": "reversed"},
        showlegend=False,
    )


def scattered(shown: Result, *, plans: int = 64) -> go.Figure:
    """The alignment scatter over plans: each dot a plan, the diamonds the plans that the agent takes.

    Args:
        shown: one run.
        plans: of how many the agent takes the best by the copy.
    """
    params, now = shown.settings[0], PLANS.index(plans)
    places = []
    for index, search in enumerate((shown.training, shown.deployment)):
        seen, taken = shown.seen[0, index], (float(search.base[0, now]), float(search.mesa[0, now]))
        places.append(Returns("deployment" if index else "training", seen[:, 0], seen[:, 1], taken))
    drawn = alignment_scatter(*places, who=f"{_who(params)}, one plan a dot", mesa="what the copy says", base="O_base")
    # One range for all widths, so that the reader sees the cloud change and not the axes.
    return drawn.update_layout(xaxis_range=[-8, 11], yaxis_range=[-3.5, 4.5])


def plans_axis() -> dict[str, Any]:
    """The number of plans to choose from, as a layout's x axis."""
    ticks = {"tickvals": list(TICKS), "ticktext": [f"{n:,}" for n in TICKS]}
    return {"title": {"text": "n, plans to choose from"}, "type": "log", "range": [-0.15, 4.4], **ticks}


def _on_two_lines(name: str) -> str:
    words = name.split()
    return " ".join(words[: (len(words) + 1) // 2]) + "<br>" + " ".join(words[(len(words) + 1) // 2 :])


def _who(params: Params) -> str:
    labels = f"label noise {params.noise:g}" if params.noise else "exact labels"
    return f"Width {params.width}, {labels}"


def _dot(x: float | int, y: float, name: str, color: str) -> go.Scatter:
    marker = {"color": color, "symbol": "circle-open", "size": 12, "line": {"width": 2}}
    return go.Scatter(x=[x], y=[round(float(y), 3)], mode="markers", name=name, marker=marker)
