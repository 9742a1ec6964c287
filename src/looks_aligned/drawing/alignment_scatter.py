"""The alignment scatter: base return against mesa return, over many policies, in training and in deployment."""

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from looks_aligned.drawing.style import BASE, INK, MESA, figure
from looks_aligned.experiments.alignment import Returns

SYMBOLS = {"training": "circle", "deployment": "circle-open"}
"""A filled marker is training, as a solid line is; an open one is deployment, as a dashed line is."""
ENDS = {"training": "diamond", "deployment": "diamond-open"}


def alignment_scatter(
    training: Returns, deployment: Returns, *, who: str, mesa: str, base: str, agent: str = "the agent"
) -> go.Figure:
    """One dot a policy; two diamonds for the agent itself, which pursues the mesa-objective.

    Args:
        training: what the policies earn in training.
        deployment: what they earn in deployment.
        who: whose mesa-objective it is, to begin the title with, such as "The sweeper".
        mesa: what the mesa return counts, for its axis.
        base: what the base return counts, for its axis.
        agent: what to call the one that the diamonds stand for.
    """
    places = (training, deployment)
    traces = [
        go.Scatter(
            x=_rounded(returns.mesa),
            y=_rounded(returns.base),
            mode="markers",
            marker={
                "symbol": SYMBOLS[returns.place],
                "size": 8,
                "color": BASE,
                "opacity": 0.55 if returns.place == "training" else 0.9,
            },
            name=f"{returns.place}, one dot a policy",
            hovertemplate=f"{returns.place}<br>{mesa} %{{x:.2f}}<br>{base} %{{y:.2f}}<extra></extra>",
        )
        for returns in places
    ]
    traces += [
        go.Scatter(
            x=[returns.agent[1]],
            y=[returns.agent[0]],
            mode="markers",
            marker={
                "symbol": ENDS[returns.place],
                "size": 15,
                "color": MESA,
                "line": {
                    "width": 2 if returns.place == "deployment" else 1,
                    "color": MESA if returns.place == "deployment" else INK,
                },
            },
            name=f"{returns.place}, {agent}",
            hovertemplate=f"{agent} in {returns.place}<br>{mesa} %{{x:.2f}}<br>{base} %{{y:.2f}}<extra></extra>",
        )
        for returns in places
    ]
    said = "; ".join(f"{returns.place} {_written(returns.rank_correlation)}" for returns in places)
    return figure(
        traces,
        title=f"{who}: rank correlation of base and mesa return, {said}",
        summary=f"Over {len(training.base)} policies in training and {len(deployment.base)} in deployment, the rank "
        f"correlation of base and mesa return is: {said}. "
        + " ".join(
            f"{agent.capitalize()} gets base return {returns.agent[0]:.2f} and mesa return {returns.agent[1]:.2f} "
            f"in {returns.place}."
            for returns in places
        ),
        xaxis={"title": f"mesa return: {mesa}"},
        yaxis={"title": f"base return: {base}"},
    )


def _rounded(values: Float[np.ndarray, " policy"]) -> list[float]:
    """As exact as can be seen, and as text, of which so few digits weigh least on a page."""
    return [round(float(value), 3) for value in values]


def _written(correlation: float | None) -> str:
    return "none (one never varies)" if correlation is None else f"{correlation:.2f}"
