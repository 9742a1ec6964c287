"""Which diagram do the effects show? A causal diagram read off interventions alone, without a look inside.

Raise each node in turn, in many units (states, or draws), and note what every node then does. That is all this module
sees: it knows total effects, and nothing of how they come about.
"""

from dataclasses import dataclass

import networkx as nx
import numpy as np
from jaxtyping import Float

from looks_aligned.causal.diagram import Arrow, Diagram, Influence, Reading, classify_by, influence


@dataclass(frozen=True)
class MeasuredDiagram:
    """What a table of measured effects shows, and what of it no signed diagram can.

    Attributes:
        nodes: all nodes, in the order of the table.
        totals: an arrow for every total effect that has one sign in all units where there is any.
        diagram: `totals` without those inside a cycle and without those that the other arrows imply.
        mixed: (cause, effect) pairs whose effect is positive in some units and negative in others; never drawn.
        cycles: sets of nodes that act on one another in a circle; arrows inside one are not drawn.

    A drawing can say less than was measured (an arrow that was left out) and more (two arrows in a row suggest an
    effect of the first node on the last, which may have been measured as none, or with the other sign). So `influence`
    and `reading` go by the measured effects, not by the drawing.
    """

    nodes: tuple[str, ...]
    totals: tuple[Arrow, ...]
    diagram: Diagram
    mixed: tuple[tuple[str, str], ...]
    cycles: tuple[tuple[str, ...], ...]

    def influence(self, cause: str, effect: str) -> Influence:
        """How `effect` changed when `cause` was raised; "ambiguous unless weighted" if that depends on the unit.

        Raises:
            ValueError: a name is not a node.
        """
        for argument, name in (("cause", cause), ("effect", effect)):
            if name not in self.nodes:
                raise ValueError(f"{argument}: {name!r} is not a node; the nodes are {', '.join(self.nodes)}")
        if cause == effect:
            return "raises"
        if (cause, effect) in self.mixed:
            return "ambiguous unless weighted"
        verbs: dict[tuple[str, str], Influence] = {(arrow.cause, arrow.effect): arrow.verb for arrow in self.totals}
        return verbs.get((cause, effect), "none")

    def reading(
        self, *, base: str = "O_base", mesa: str = "O_mesa", action: str = "action", reachable: bool = False
    ) -> Reading:
        """Which kinds of proxy alignment do the measured effects show? Arguments and errors as in `diagram.classify`.

        Where the two objectives raise one another, side-effect and instrumental alignment are both found.
        """
        return classify_by(self.influence, self.nodes, base=base, mesa=mesa, action=action, reachable=reachable)

    def caveats(self) -> tuple[str, ...]:
        """What the drawing leaves out, a sentence each: cycles first, then effects of both signs."""
        return (
            *(f"{' and '.join(cycle)} act on one another; no arrow is drawn between them." for cycle in self.cycles),
            *(
                f"Raising {cause} raises {effect} in some units and lowers it in others."
                for cause, effect in self.mixed
            ),
        )


def read_diagram(
    effects: Float[np.ndarray, "unit cause effect"], nodes: tuple[str, ...], tolerance: float = 1e-9
) -> MeasuredDiagram:
    """Read a signed diagram off measured effects.

    A cause gets an arrow to whatever it moves in some unit, if it moves it the same way in all units where it moves it
    at all. Measured effects may run in a circle, as they do when effects take time; a diagram may not. Such circles are
    reported in `cycles` rather than refused, for the rest can still be drawn. Last, an arrow is left out if
    there are other paths from its cause to its effect and all have its sign. As such paths stand in for the arrow in
    every longer path too, the order in which arrows are left out makes no difference.

    Args:
        effects: for each unit, by how much raising the cause changed the effect. An intervention without effect in a
            unit (or one that cannot be made there) counts 0. The diagonal is an intervention's effect on its own node,
            and is read only to check that it does not lower it.
        nodes: names of causes and effects, in the order of the table.
        tolerance: effects up to this size count as none, in the effect's own unit.

    Raises:
        ValueError: names and table do not fit, a name comes twice, an effect is not finite, or an intervention lowers
            the node that it is said to raise.
    """
    _check(effects, nodes, tolerance)
    rises = effects.max(axis=0) > tolerance
    falls = effects.min(axis=0) < -tolerance
    pairs = [(i, j) for i in range(len(nodes)) for j in range(len(nodes)) if i != j and (rises[i, j] or falls[i, j])]
    mixed = tuple((nodes[i], nodes[j]) for i, j in pairs if rises[i, j] and falls[i, j])
    totals = tuple(Arrow(nodes[i], nodes[j], +1 if rises[i, j] else -1) for i, j in pairs if rises[i, j] != falls[i, j])
    circles = [
        circle
        for circle in nx.strongly_connected_components(nx.DiGraph([(nodes[i], nodes[j]) for i, j in pairs]))
        if len(circle) > 1
    ]
    acyclic = Diagram(
        nodes, tuple(arrow for arrow in totals if not any({arrow.cause, arrow.effect} <= circle for circle in circles))
    )
    return MeasuredDiagram(
        nodes,
        totals,
        diagram=Diagram(nodes, tuple(arrow for arrow in acyclic.arrows if not _implied(acyclic, arrow))),
        mixed=mixed,
        cycles=tuple(sorted(tuple(node for node in nodes if node in circle) for circle in circles)),
    )


def _implied(diagram: Diagram, arrow: Arrow) -> bool:
    return influence(diagram.without(arrow), arrow.cause, arrow.effect) == arrow.verb


def _check(effects: np.ndarray, nodes: tuple[str, ...], tolerance: float) -> None:
    count = len(nodes)
    if effects.ndim != 3 or effects.shape[1:] != (count, count) or len(effects) == 0:
        raise ValueError(
            f"effects: got shape {effects.shape}; it must be (units, {count}, {count}) with at least one unit, "
            f"for the {count} nodes {', '.join(nodes)}"
        )
    if len(set(nodes)) < count:
        raise ValueError(f"nodes: got {', '.join(nodes)}; every name must be there only once")
    if not np.isfinite(effects).all():
        raise ValueError("effects: got a value that is not finite; give 0 where an intervention cannot be made")
    for index, node in enumerate(nodes):
        if lowered := int((effects[:, index, index] < -tolerance).sum()):
            raise ValueError(
                f"effects: the intervention on {node} lowers {node} in {lowered} of {len(effects)} units; "
                "an intervention must raise its own node, so turn it round"
            )
