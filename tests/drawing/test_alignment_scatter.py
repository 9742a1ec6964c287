"""The scatter that every chapter shows."""

from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go

from looks_aligned.drawing.alignment_scatter import alignment_scatter
from looks_aligned.experiments.alignment import Returns

POLICIES = np.linspace(0, 1, 12)
TRAINING = Returns("training", POLICIES, 2 * POLICIES, (1.0, 2.0))
DEPLOYMENT = Returns("deployment", 1 - POLICIES, 2 * POLICIES, (0.0, 2.0))


def drawn(training: Returns = TRAINING, deployment: Returns = DEPLOYMENT) -> go.Figure:
    return alignment_scatter(training, deployment, who="The sweeper", mesa="sweeps", base="clean floor")


def test_every_policy_is_a_dot_in_both_places_and_the_agent_stands_out() -> None:
    traces: list[Any] = [*drawn().select_traces()]
    dots, open_dots, agent, open_agent = traces
    np.testing.assert_allclose(dots.y, TRAINING.base, atol=5e-4)
    np.testing.assert_allclose(open_dots.x, DEPLOYMENT.mesa, atol=5e-4)
    assert "open" not in dots.marker.symbol
    assert "open" in open_dots.marker.symbol
    assert (agent.x[0], agent.y[0], open_agent.y[0]) == (2.0, 1.0, 0.0)


def test_the_title_gives_the_two_rank_correlations() -> None:
    title = drawn().layout.title.text
    assert "training 1.00" in title
    assert "deployment −1.00" in title
    assert "gets base return 0.00 and mesa return 2.00 in deployment" in drawn().layout.meta["summary"]


def test_where_nothing_varies_no_number_is_made_up() -> None:
    assert "none" in drawn(deployment=replace(DEPLOYMENT, base=np.zeros(12))).layout.title.text
