"""Where does the error of a mesa-objective stand in the causal diagram, and what does search do to it?

The mesa-objective is the base objective as the agent has it: O_base raises O_mesa, and so does an error that nothing
else in the diagram causes. Every node has mean 0 and variance 1 over plans, and O_base and O_mesa correlate by ρ.
"""

import math

import numpy as np

from looks_aligned.causal import Diagram, StructuralModel, average_effect, diagram_of, standardised
from looks_aligned.experiments.proxy.watching_and_doing import best_of, expected

NODES = ("action", "error", "O_base", "O_mesa")
EFFORT = 0.8
"""How much of O_base the action decides; what else happens decides the rest."""
CORRELATION = 0.8
"""ρ on the page."""
CHOICES = 1000


def model(correlation: float = CORRELATION) -> StructuralModel:
    """The diagram as a structural model over plans.

    Args:
        correlation: ρ, from 0 to 1, of O_base and O_mesa.

    Raises:
        ValueError: a correlation outside its range.
    """
    if not 0 <= correlation <= 1:
        raise ValueError(f"correlation: got {correlation}; it goes from 0 to 1")
    slip = math.sqrt(1 - correlation**2)
    weights = {"O_base": {"action": EFFORT}, "O_mesa": {"O_base": correlation, "error": slip}}
    return standardised(weights)


def diagram() -> Diagram:
    """What raises what, measured by intervening."""
    return diagram_of(model())


def raised(node: str, by: float = 1.0) -> dict[str, float]:
    """By how much every node rises when one of them is raised from outside.

    Raises:
        ValueError: no such node.
    """
    if node not in NODES:
        raise ValueError(f"node: got {node!r}; choose {', '.join(map(repr, NODES))}")
    return {other: average_effect(model(), node, other, by=by) for other in NODES}


def selected(n: int, seed: int = 0) -> dict[str, float]:
    """What every node is on average in the plan that has the highest O_mesa of n.

    Raises:
        ValueError: no plan to choose from.
    """
    if n < 1:
        raise ValueError(f"n: got {n}; there is at least one plan to choose from")
    values = {node: value.reshape(CHOICES, n) for node, value in model().sample(CHOICES * n, seed).items()}
    taken = best_of(values["O_mesa"], n)[:, None]
    return {node: float(np.take_along_axis(values[node], taken, 1).mean()) for node in NODES}


def expected_when_selected(n: int) -> dict[str, float]:
    """What theory says of `selected`: each node's correlation with O_mesa, times the mean of the largest of n."""
    slip = math.sqrt(1 - CORRELATION**2)
    share = {"action": EFFORT * CORRELATION, "error": slip, "O_base": CORRELATION, "O_mesa": 1.0}
    return {node: part * expected(n, 1.0).mesa for node, part in share.items()}
