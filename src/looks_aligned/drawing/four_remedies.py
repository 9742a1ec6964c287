"""The comparison's figure: what a remedy does to each kind, from what you got to what you get."""

from collections.abc import Sequence

import plotly.graph_objects as go

from looks_aligned.drawing.style import BASE, INK, figure
from looks_aligned.experiments.side_by_side.four_remedies import KINDS, UNTRIED, Remedy, Trial

NAMES = {
    "proxy": "proxy",
    "approximate": "approximate",
    "suboptimality: a mistake": "suboptimality:<br>a mistake",
    "suboptimality: short thought": "suboptimality:<br>short thought",
    "deceptive": "deceptive",
}
"""A kind's name, in lines short enough for a phone."""
SHOWN_SEEDS = 16
"""So many seeds at most are drawn one by one; all count for the mean."""
ASIDE = 0.17
"""How far above and below its kind's line what you got and what you get are drawn."""


def what_it_does(trials: Sequence[Trial], remedy: Remedy) -> go.Figure:
    """For each kind, what you get in deployment without a remedy and with it: every seed small, their mean large.

    Args:
        trials: of every remedy.
        remedy: the one to draw.
    """
    tried = {trial.kind: trial for trial in trials if trial.remedy == remedy}
    rows = {kind: len(KINDS) - 1 - place for place, kind in enumerate(KINDS)}
    traces = []
    for name, side, symbol in (("before", ASIDE, "circle-open"), ("after", -ASIDE, "circle")):
        values = {kind: getattr(trial, name) for kind, trial in tried.items()}
        each = [(value, rows[kind] + side) for kind in values for value in values[kind][:SHOWN_SEEDS]]
        means = [round(float(values[kind].mean()), 3) if kind in values else None for kind in KINDS]
        traces += [
            _dots(
                [value for value, _ in each], [row for _, row in each], symbol, 5, f"every seed, {name}", opacity=0.45
            ),
            _dots(means, [rows[kind] + side for kind in KINDS], symbol, 14, f"{name}, mean"),
        ]
    notes = [
        {
            "x": 0.5,
            "y": rows[kind],
            "text": "nothing to change" if kind not in tried else "",
            "showarrow": False,
            "font": {"color": INK, "size": 13},
        }
        for kind in KINDS
    ]
    return figure(
        traces,
        title=f"{remedy.capitalize()}: {_sentence(trials, remedy)}",
        summary=". ".join(_told(kind, tried.get(kind), remedy) for kind in KINDS) + ".",
        rows=[
            ["kind", "what was changed", "before", "after", "the remedy"],
            *(_row(kind, tried.get(kind), remedy) for kind in KINDS),
        ],
        height=430,
        xaxis={"title": "what you get, 1 is best", "range": [-0.35, 1.08]},
        yaxis={
            "tickvals": [rows[kind] for kind in KINDS],
            "ticktext": [NAMES[kind] for kind in KINDS],
            "range": [-0.6, len(KINDS) - 0.4],
            "showgrid": False,
        },
        annotations=notes,
        # Else the legend would show all dots as large as each other.
        legend={"itemsizing": "trace"},
    )


def _dots(
    x: Sequence[float | None], y: Sequence[float], symbol: str, size: int, name: str, **more: float
) -> go.Scatter:
    look = {"symbol": symbol, "size": size, "color": BASE, "line": {"width": 2 if size > 5 else 1, "color": BASE}}
    return go.Scatter(x=x, y=y, mode="markers", marker=look, name=name, hovertemplate="%{x:.2f}<extra></extra>", **more)


def _sentence(trials: Sequence[Trial], remedy: Remedy) -> str:
    """Which kinds it helps, which it harms, and where it changes little."""
    parts = []
    for verdict in ("helps", "harms", "changes little"):
        kinds = [trial.kind for trial in trials if trial.remedy == remedy and trial.verdict == verdict]
        if kinds:
            told = " and ".join(filter(None, [", ".join(kinds[:-1]), kinds[-1]]))
            parts.append(f"it {verdict}{' with' if verdict == 'changes little' else ''} {told}")
    return "; ".join(parts)


def _told(kind: str, trial: Trial | None, remedy: Remedy) -> str:
    if trial is None:
        return f"{kind.capitalize()}: nothing to change"
    return (
        f"{kind.capitalize()} ({trial.change}): from {trial.before.mean():.2f} to {trial.after.mean():.2f}, "
        f"it {trial.verdict}"
    )


def _row(kind: str, trial: Trial | None, remedy: Remedy) -> list[str]:
    if trial is None:
        return [
            kind,
            next(why for (of, what), why in UNTRIED.items() if (of, what) == (kind, remedy)),
            "",
            "",
            "not tried",
        ]
    return [kind, trial.change, f"{trial.before.mean():.2f}", f"{trial.after.mean():.2f}", trial.verdict]
