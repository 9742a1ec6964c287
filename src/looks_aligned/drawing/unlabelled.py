"""A robot that nobody has labelled, in one experiment: what it does, and nothing of what it is."""

import plotly.graph_objects as go

from looks_aligned.drawing.at_work import did, robot_at_work
from looks_aligned.drawing.style import INK
from looks_aligned.experiments.find_the_failure.unlabelled import Result


def at_trial(result: Result, name: str, room: int = 0) -> go.Figure:
    """Its way through one room, and in the title how much it gains over all rooms.

    Args:
        result: what it does.
        name: what it is called.
        room: which room is shown, counted from 0.
    """
    walk = result.walks[room]
    title = f"{name}, {result.experiment}: base gain {result.gain.mean():.2f}; {did(walk)}"
    return robot_at_work(walk, title, color=INK)
