"""What a figure and a baked grid tell their reader."""

import re
from typing import Any

import plotly.graph_objects as go


def words(figure: go.Figure) -> tuple[str, str]:
    """A figure's title and its summary."""
    layout: Any = figure.to_plotly_json()["layout"]
    return layout["title"]["text"], layout["meta"]["summary"]


def traces(figure: go.Figure, name: str | None = None) -> list[Any]:
    """All that is drawn, or all of one name."""
    every: list[Any] = [*figure.select_traces()]
    return [trace for trace in every if name in (None, trace.name)]


def trace(figure: go.Figure, name: str) -> Any:
    """The one of this name."""
    (found,) = traces(figure, name)
    return found


def numbers(pattern: str, text: str) -> list[float]:
    """What the groups of a pattern match in a text."""
    match = re.search(pattern, text)
    assert match, f"{pattern!r} is not in {text!r}"
    return [number(group) for group in match.groups()]


def number(text: str) -> float:
    """A number as readers see it, with a true minus sign and commas between thousands."""
    return float(re.sub(r"(?<=\d),(?=\d{3})", "", text.replace("−", "-")))


def summaries(grid: dict[str, Any]) -> set[str]:
    """The different summaries of a grid's states."""
    changes = [change for leaf in grid["leaves"] for change in leaf["changes"]]
    return {text for change in changes if change["path"] == ["layout", "meta", "summary"] for text in change["values"]}
