"""The diagram of suboptimality alignment, measured: what vacuuming does, and what a robot believes it does."""

import plotly.graph_objects as go

from looks_aligned.causal import Arrow, Diagram
from looks_aligned.drawing.causal_diagram import causal_diagram
from looks_aligned.experiments.suboptimality.as_believed import Effects

TINY = 1e-9
NAMES = {"action": "vacuum-<br>ing", "O_base": "clean<br>floor", "O_mesa": "little<br>stuff"}
"""What each node of the book's diagrams is here."""


def believed_arrow(truly: Effects, believed: Effects, *, cost: float, gain: float, when: str) -> go.Figure:
    """What vacuuming raises in truth is a solid arrow; what it raises only as the robot believes, a dashed one.

    Args:
        truly: what vacuuming does in the world as it is.
        believed: what it does in the world as the robot believes it to be.
        cost: what using the vacuum costs the robot.
        gain: base gain of a robot that wants little stuff and believes this: 1 if it cleans all there is.
        when: how much it has seen, in words.
    """
    arrows = {
        Arrow("action", node, +1): (getattr(truly, name).min() > TINY, getattr(believed, name).min() > TINY)
        for node, name in (("O_base", "clean"), ("O_mesa", "stuff"))
    }
    true = tuple(arrow for arrow, (is_true, _) in arrows.items() if is_true)
    only_believed = tuple(arrow for arrow, (is_true, thought) in arrows.items() if thought and not is_true)
    worth = f"{believed.stuff.mean():.2f}"
    does = "cleans" if gain > 0.99 else "does not clean" if gain < 0.01 else "leaves some dust"

    title = (
        f"{when}: it believes that vacuuming makes stuff less by {worth}, in truth it is {truly.stuff.mean():.2f}; "
        f"the cost is {cost:g}, so it {does}"
    )
    return causal_diagram(
        Diagram(tuple(NAMES), true),
        title=title,
        summary=f"Measured in {len(truly.clean)} states: vacuuming raises clean floor by {truly.clean.mean():.2f} "
        f"squares and lowers stuff by {truly.stuff.mean():.2f}. {title}.",
        names=NAMES,
        notes={"O_mesa": f"believed<br>{worth}", "O_base": f"in truth<br>{truly.clean.mean():.0f}"},
        believed=only_believed,
    )
