"""Figures of the error's place in the causal diagram: what rises when a node is raised, or when a plan is chosen."""

import plotly.graph_objects as go

from looks_aligned.causal import Arrow, Diagram
from looks_aligned.drawing import causal_diagram
from looks_aligned.drawing.style import typeset
from looks_aligned.experiments.approximate.error_node import (
    CORRELATION,
    NODES,
    diagram,
    expected_when_selected,
    raised,
    selected,
)

PLACE = {"error": "X"}
"""The error stands where other diagrams have X; it is no common cause, for it raises one of the two alone."""
PLACES = {"action": (0.0, 0.5), "O_base": (1.0, 0.0), "X": (1.0, 1.0), "O_mesa": (2.0, 0.5)}
"""The two things that O_mesa is made of stand one above the other before it."""
HIGHER = 0.1
"""A node is drawn as risen from here on: what so many choices leave to chance is less."""


def error_diagram(deed: str | int) -> go.Figure:
    """The diagram, and what rises in it.

    Args:
        deed: the node that is raised from outside by one standard deviation; or n, the number of plans of which the
            agent takes the best by O_mesa.
    """
    if isinstance(deed, str):
        by, done = raised(deed), f"Raise {deed} by 1 from outside"
    else:
        by, done = selected(deed), f"Take the best of {deed} by O_mesa"
    said = ", ".join(f"{node} {_by(by[node])}" for node in ("O_base", "error", "O_mesa") if node != deed)
    drawn = diagram()
    arrows = tuple(Arrow(_place(arrow.cause), _place(arrow.effect), arrow.sign) for arrow in drawn.arrows)
    theory = (
        ""
        if isinstance(deed, str)
        else " Theory: "
        + ", ".join(f"{node} {value:+.2f}" for node, value in expected_when_selected(deed).items())
        + "."
    )
    return causal_diagram.causal_diagram(
        Diagram(tuple(_place(node) for node in NODES), arrows),
        title=f"{done}: {said}",
        summary=f"The diagram, with ρ = {CORRELATION:g}: {drawn}. {done}: "
        + ", ".join(f"{node} {_by(by[node])}" for node in NODES)
        + f".{theory}",
        ringed=[_place(node) for node in NODES if by[node] > HIGHER],
        names={"X": "error"},
        places=PLACES,
        notes={_place(node): typeset(f"{by[node]:+.2f}") if abs(by[node]) > HIGHER else "stays" for node in NODES},
    )


def _by(change: float) -> str:
    return f"rises by {change:.2f}" if change > HIGHER else "stays"


def _place(node: str) -> str:
    return PLACE.get(node, node)
