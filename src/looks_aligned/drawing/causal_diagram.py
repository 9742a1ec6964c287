"""A causal diagram as a picture: a circle for each node, an arrow for what raises, a bar for what lowers."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import combinations
from typing import Any

import plotly.graph_objects as go

from looks_aligned.causal.diagram import Arrow, Diagram, classify
from looks_aligned.drawing.style import BASE, INK, MESA, NARROW, PROXY, figure

PLACES: Mapping[str, tuple[float, float]] = {
    "action": (0.0, 0.5),
    "X": (0.95, 0.5),
    "O_mesa": (2.0, 1.0),
    "O_base": (2.0, 0.0),
}
"""Where the four nodes of the criterion stand: no two arrows among them ever cross."""
PAIRS: tuple[tuple[str, str], ...] = tuple(combinations(PLACES, 2))
"""Every two of them."""
COLORS: Mapping[str, str] = {"action": INK, "X": PROXY, "O_mesa": MESA, "O_base": BASE}
NODE = 64
"""Width of a circle, in pixels."""
HEIGHT = 300


def causal_diagram(
    diagram: Diagram,
    *,
    title: str,
    summary: str,
    ringed: Sequence[str] = (),
    notes: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
    places: Mapping[str, tuple[float, float]] = PLACES,
    believed: Sequence[Arrow] = (),
) -> go.Figure:
    """Draw a diagram over the nodes of `PLACES`, or some of them.

    Args:
        diagram: what raises and lowers what.
        title: what it shows, in words.
        summary: the same with every arrow, for who cannot see it.
        ringed: nodes to draw a second ring around.
        notes: a short word to write beside a node.
        names: what to write in a node instead of its name.
        places: where each of the four nodes of `PLACES` stands, if elsewhere.
        believed: arrows that are not there, but an agent believes that they are; drawn dashed.

    Raises:
        ValueError: a node that has no place.
    """
    if strange := [node for node in diagram.nodes if node not in PLACES]:
        raise ValueError(f"diagram: got the node {strange[0]!r}; there is a place for {', '.join(PLACES)}")
    traces = _traces(diagram.nodes, diagram.arrows, ringed, notes or {}, names or {}, places, believed)
    return figure(
        [go.Scatter(trace) for trace in traces],
        title=title,
        summary=summary,
        rows=_rows(diagram.arrows, names or {}, believed),
        height=HEIGHT,
        margin=NARROW,
        showlegend=False,
        xaxis={"visible": False, "range": [-0.4, 3.0]},
        yaxis={"visible": False, "range": [-0.35, 1.35]},
    )


def ways(one: str, other: str) -> dict[str, Arrow | None]:
    """What can stand between two nodes: no arrow, or one of four; each as a reader writes it."""
    between = [Arrow(*ends, sign) for ends in ((one, other), (other, one)) for sign in (+1, -1)]
    return {"no arrow": None} | {f"{a.cause} {'→' if a.sign > 0 else '⊣'} {a.effect}": a for a in between}


def workbench(arrows: Iterable[Arrow | None]) -> dict[str, Any]:
    """Any diagram over the four nodes of `PLACES`, and what the criterion reads off it.

    Args:
        arrows: at most one for each pair of nodes; None is no arrow.

    Returns:
        Data and layout as plain values, since a workbench has thousands of states.
    """
    drawn = [arrow for arrow in arrows if arrow is not None]
    witnesses: tuple[str, ...] = ()
    try:
        diagram = Diagram(tuple(PLACES), tuple(drawn))
    except ValueError as error:  # a circle: the reader shall see it, and why it is none of the diagrams
        title = str(error).removeprefix("arrows: ")
        summary = "The arrows run in a circle, so this is no causal diagram."
    else:
        reading, reached = classify(diagram), classify(diagram, reachable=True)
        witnesses, title = reading.witnesses, reading.sentence()
        same = reached.witnesses == reading.witnesses
        summary = f"{title} Counting only what the action reaches: {'the same.' if same else reached.sentence()}"
    blank = _blank()
    layout = {
        **blank["layout"],
        "title": {"text": title},
        "meta": {**blank["layout"]["meta"], "summary": summary, "rows": _rows(drawn, {})},
    }
    return {"data": _traces(tuple(PLACES), drawn, witnesses, {}, {}), "layout": layout}


@cache
def _blank() -> dict[str, Any]:
    empty = Diagram(tuple(PLACES), ())
    return causal_diagram(empty, title="", summary="").to_plotly_json()


def _rows(arrows: Iterable[Arrow], names: Mapping[str, str], believed: Sequence[Arrow] = ()) -> list[list[str]]:
    """What the data table lists: a row for each pair of places, empty where no arrow joins them."""
    said = {node: name.replace("-<br>", "").replace("<br>", " ") for node, name in names.items()}
    by_pair = {frozenset(arrow[:2]): arrow for arrow in (*arrows, *believed)}
    found = [by_pair.get(frozenset(pair)) for pair in PAIRS]
    verbs = {arrow: f"{arrow.verb} (so it believes)" for arrow in believed}
    return [
        ["cause", "does", "effect"],
        *(
            [said.get(a.cause, a.cause), verbs.get(a, a.verb), said.get(a.effect, a.effect)] if a else [""] * 3
            for a in found
        ),
    ]


def _traces(
    nodes: Sequence[str],
    arrows: Iterable[Arrow],
    ringed: Sequence[str],
    notes: Mapping[str, str],
    names: Mapping[str, str],
    places: Mapping[str, tuple[float, float]] = PLACES,
    believed: Sequence[Arrow] = (),
) -> list[dict[str, Any]]:
    """One trace for each pair of places, whether joined or not, then rings, nodes and notes."""
    by_pair = {frozenset(arrow[:2]): arrow for arrow in (*arrows, *believed)}
    x, y = zip(*(places[node] for node in PLACES), strict=True)
    common = {"x": x, "y": y, "hoverinfo": "skip"}
    rings = {
        "symbol": "circle-open",
        "size": NODE + 12,
        "color": [*COLORS.values()],
        "line": {"width": 3},
        "opacity": [float(node in ringed) for node in PLACES],
    }
    circles = {
        "size": NODE,
        "color": "white",
        "line": {"color": [*COLORS.values()], "width": 3},
        "opacity": [float(node in nodes) for node in PLACES],
    }
    return [
        *(_line(arrow := by_pair.get(frozenset(pair), Arrow(*pair, 0)), places, arrow in believed) for pair in PAIRS),
        {**common, "mode": "markers", "name": "ring", "marker": rings},
        {
            **common,
            "mode": "markers+text",
            "name": "node",
            "text": [names.get(node, written(node)) if node in nodes else "" for node in PLACES],
            "textfont": {"color": INK, "size": 12},
            "marker": circles,
        },
        {
            **common,
            "x": [place + 0.4 for place in x],
            "mode": "text",
            "name": "note",
            "textposition": "middle right",
            "text": [notes.get(node, "") for node in PLACES],
            "textfont": {"color": INK, "size": 14},
        },
    ]


def written(node: str) -> str:
    """A node's name as it stands in a figure: O_mesa with its index lowered."""
    letter, _, index = node.partition("_")
    return f"{letter}<sub>{index}</sub>" if index else letter


def _line(arrow: Arrow, places: Mapping[str, tuple[float, float]], believed: bool) -> dict[str, Any]:
    """From one circle to the next: an arrowhead where it raises, a bar where it lowers, and the sign midway.

    A sign of 0 is no arrow: it is not seen.
    """
    cause, effect, sign = arrow
    (x0, y0), (x1, y1) = places[cause], places[effect]
    midway = (x0 + 0.45 * (x1 - x0), y0 + 0.45 * (y1 - y0))
    return {
        "x": [x0, midway[0], x1],
        "y": [y0, midway[1], y1],
        "mode": "lines+markers+text",
        "name": f"{cause} {'raises' if sign > 0 else 'lowers'} {effect}" if sign else "",
        "hoverinfo": "skip",
        "opacity": float(sign != 0),
        "line": {"color": INK, "width": 2, "dash": "dash" if believed else "solid"},
        "text": ["", "+" if sign > 0 else "−", ""],
        "textposition": "middle right" if x0 == x1 else "top center",
        "textfont": {"color": INK, "size": 18},
        "marker": {
            "symbol": ["circle", "circle", "arrow" if sign > 0 else "line-ew"],
            "size": [0, 0, 16 if sign > 0 else 20],
            "color": INK,
            "line": {"color": INK, "width": [0, 0, 0 if sign > 0 else 4]},
            "angleref": "previous",
            "standoff": NODE / 2,
            "opacity": 1,
        },
    }
