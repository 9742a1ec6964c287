"""What raises what: signed causal diagrams, models to intervene on, and diagrams read off measured effects."""

from looks_aligned.causal.diagram import (
    GENERAL,
    INSTRUMENTAL,
    SIDE_EFFECT,
    Arrow,
    Diagram,
    Influence,
    Reading,
    all_diagrams,
    classify,
    influence,
)
from looks_aligned.causal.interventions import (
    OpenToIntervention,
    measure_diagram,
    measure_effects,
    tabulate_with_fiat,
)
from looks_aligned.causal.measured import MeasuredDiagram, read_diagram
from looks_aligned.causal.structural import (
    Mechanism,
    StructuralModel,
    average_effect,
    diagram_of,
    linear,
    standardised,
    total_effects,
)

__all__ = [
    "GENERAL",
    "INSTRUMENTAL",
    "SIDE_EFFECT",
    "Arrow",
    "Diagram",
    "Influence",
    "MeasuredDiagram",
    "Mechanism",
    "OpenToIntervention",
    "Reading",
    "StructuralModel",
    "all_diagrams",
    "average_effect",
    "classify",
    "diagram_of",
    "influence",
    "linear",
    "measure_diagram",
    "measure_effects",
    "read_diagram",
    "standardised",
    "tabulate_with_fiat",
    "total_effects",
]
