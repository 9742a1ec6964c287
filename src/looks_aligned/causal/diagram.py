"""What raises both objectives? Signed causal diagrams, and the kinds of proxy alignment that can be read off them.

The criterion is that of Hubinger et al., *Risks from Learned Optimization*, section 3.1: a mesa-objective is
pseudo-aligned by proxy if some node is an ancestor of both objectives and both increase with it.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import combinations, product
from typing import Literal, NamedTuple

import networkx as nx

Influence = Literal["raises", "lowers", "ambiguous unless weighted", "none"]
Kind = Literal["side-effect", "instrumental", "general"]


class Arrow(NamedTuple):
    """One direct effect: raising `cause` raises (`sign` +1) or lowers (`sign` -1) `effect`."""

    cause: str
    effect: str
    sign: int

    @property
    def verb(self) -> Influence:
        """The sign as a word."""
        return "raises" if self.sign > 0 else "lowers"

    def __str__(self) -> str:
        """Write the arrow as `Diagram.of` reads it."""
        return f"{self.cause} {'->' if self.sign > 0 else '-|'} {self.effect}"


@dataclass(frozen=True)
class Diagram:
    """A causal diagram whose arrows say which way each direct effect goes.

    However they were given, `nodes` are kept with every cause before its effects (ties by name) and `arrows` in the
    order of their causes: two diagrams are equal exactly if they have the same nodes and arrows.

    Raises:
        ValueError: a sign is not +1 or -1, an arrow leads from a node to itself, two arrows join the same cause to
            the same effect, or the arrows run in a circle (which the error spells out).
    """

    nodes: tuple[str, ...]
    arrows: tuple[Arrow, ...]

    def __post_init__(self) -> None:
        """Check the arrows; put nodes and arrows into causal order."""
        pairs: list[tuple[str, str]] = []
        for cause, effect, sign in self.arrows:
            if sign not in (+1, -1):
                raise ValueError(
                    f"arrows: the sign of {cause} on {effect} is {sign!r}; it must be +1 (raises) or -1 (lowers)"
                )
            if (cause, effect) in pairs:
                raise ValueError(f"arrows: {cause} acts on {effect} twice; give each pair of nodes at most one arrow")
            pairs.append((cause, effect))
        nodes = causal_order(self.nodes, pairs)
        place = {node: index for index, node in enumerate(nodes)}
        object.__setattr__(self, "nodes", nodes)
        object.__setattr__(self, "arrows", tuple(sorted(self.arrows, key=lambda a: (place[a.cause], place[a.effect]))))

    @classmethod
    def of(cls, *arrows: str | tuple[str, str, int]) -> "Diagram":
        """A diagram as one would write it: `Diagram.of("action -> O_mesa -> O_base", "X -| O_base")`.

        Args:
            arrows: chains of names joined by `->` (raises) or `-|` (lowers), a name alone for a node without arrows,
                or triples (cause, effect, sign).
        """
        nodes: list[str] = []
        found: list[Arrow] = []
        for arrow in arrows:
            if isinstance(arrow, str):
                names_and_joints = [part.strip() for part in re.split(r"(->|-\|)", arrow)]
                names, joints = names_and_joints[::2], names_and_joints[1::2]
                if not all(names):
                    raise ValueError(f"arrows: {arrow!r} lacks a name; write 'cause -> effect' or 'cause -| effect'")
                nodes += names
                found += [
                    Arrow(cause, effect, +1 if joint == "->" else -1)
                    for cause, joint, effect in zip(names, joints, names[1:], strict=False)
                ]
            else:
                found.append(Arrow(*arrow))
        return cls(tuple(nodes), tuple(found))

    @property
    def graph(self) -> nx.DiGraph:
        """The diagram as a fresh networkx graph; each edge has its `sign`."""
        graph = nx.DiGraph()
        graph.add_nodes_from(self.nodes)
        graph.add_edges_from((cause, effect, {"sign": sign}) for cause, effect, sign in self.arrows)
        return graph

    def without(self, arrow: Arrow) -> "Diagram":
        """The same nodes, with one arrow left out."""
        return Diagram(self.nodes, tuple(kept for kept in self.arrows if kept != arrow))

    def __str__(self) -> str:
        """Write the diagram as `Diagram.of` reads it; nodes without arrows stand alone."""
        joined = {node for arrow in self.arrows for node in (arrow.cause, arrow.effect)}
        return ", ".join([*(node for node in self.nodes if node not in joined), *map(str, self.arrows)])


def causal_order(nodes: Iterable[str], pairs: Iterable[tuple[str, str]], argument: str = "arrows") -> tuple[str, ...]:
    """All nodes, every cause before its effects, ties by name.

    Args:
        nodes: names; those that occur in `pairs` may be left out.
        pairs: (cause, effect).
        argument: the name of the argument to blame in the error.

    Raises:
        ValueError: the pairs run in a circle; the error spells it out.
    """
    graph = nx.DiGraph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from(pairs)
    try:
        return tuple(nx.lexicographical_topological_sort(graph))
    except nx.NetworkXUnfeasible:
        causes = [cause for cause, _ in nx.find_cycle(graph)]
        circle = ", which acts on ".join([*causes[1:], causes[0]])
        raise ValueError(
            f"{argument}: {causes[0]} acts on {circle}; a causal diagram has no cycle: leave an arrow out"
        ) from None


def influence(diagram: Diagram, cause: str, effect: str) -> Influence:
    """How `effect` changes when `cause` is raised, as far as signs alone can tell.

    A path's sign is the product of its arrows' signs. Paths of both signs make the influence "ambiguous unless
    weighted"; without any path it is "none". A node raises itself.

    Raises:
        ValueError: a name is not a node of the diagram.
    """
    _require(diagram.nodes, cause=cause, effect=effect)
    signs: dict[str, set[int]] = {node: set() for node in diagram.nodes}
    signs[cause].add(+1)
    for arrow in diagram.arrows:  # in causal order: all that leads into an arrow's cause has been seen
        signs[arrow.effect] |= {sign * arrow.sign for sign in signs[arrow.cause]}
    if len(signs[effect]) == 2:
        return "ambiguous unless weighted"
    if not signs[effect]:
        return "none"
    return "raises" if +1 in signs[effect] else "lowers"


@dataclass(frozen=True)
class Reading:
    """Which nodes make a mesa-objective look aligned, and so which kinds of proxy alignment a diagram shows.

    Attributes:
        base: the base objective's node.
        mesa: the mesa-objective's node.
        witnesses: nodes that raise both objectives.
        ambiguous: nodes that would be witnesses, but also lower an objective; not counted as witnesses.
        reachable: whether only nodes that the action reaches were looked at.
    """

    base: str
    mesa: str
    witnesses: tuple[str, ...]
    ambiguous: tuple[str, ...]
    reachable: bool = False

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of proxy alignment found; several may coexist."""
        found: dict[Kind, bool] = {
            "side-effect": self.mesa in self.witnesses,
            "instrumental": self.base in self.witnesses,
            "general": bool(self._others),
        }
        return tuple(kind for kind, there in found.items() if there)

    @property
    def _others(self) -> list[str]:
        return [node for node in self.witnesses if node not in (self.base, self.mesa)]

    def sentence(self) -> str:
        """The reading in words, in one sentence that names all witnesses."""
        words: dict[Kind, str] = {
            "side-effect": f"side-effect alignment: raising {self.mesa} raises {self.base}",
            "instrumental": f"instrumental alignment: raising {self.base} raises {self.mesa}",
            "general": f"general proxy alignment: raising {' or '.join(self._others)} "
            f"raises both {self.mesa} and {self.base}",
        }
        clauses = [words[kind] for kind in self.kinds]
        if self.ambiguous:
            clauses.append(
                f"ambiguous unless weighted: raising {' or '.join(self.ambiguous)} both raises and lowers an objective"
            )
        if not clauses:
            nothing = "nothing that the action reaches" if self.reachable else "nothing"
            clauses.append(f"not proxy-aligned by this criterion: {nothing} raises both objectives")
        text = "; ".join(clauses)
        return f"{text[0].upper()}{text[1:]}."


def classify(
    diagram: Diagram, *, base: str = "O_base", mesa: str = "O_mesa", action: str = "action", reachable: bool = False
) -> Reading:
    """Which kinds of proxy alignment does a diagram of the training environment show?

    A *witness* is a node that raises both objectives, where a node raises itself (Hubinger et al., *Risks from
    Learned Optimization*, section 3.1). If the mesa-objective is a witness, this is side-effect alignment; if the base
    objective is, instrumental alignment; if any other node is, the general case. The action is never a witness:
    it stands above everything the agent can do, so nearly every diagram would qualify.

    Args:
        diagram: what raises and lowers what, in training.
        base: the base objective's node.
        mesa: the mesa-objective's node.
        action: the agent's action; unless `reachable`, the diagram may lack it.
        reachable: count only witnesses that the action reaches. The paper does not ask for this; it is this book's
            addition, for a node that no policy can move explains no score.

    Raises:
        ValueError: a name is not a node of the diagram, or two of the three names are the same.
    """
    return classify_by(
        partial(influence, diagram), diagram.nodes, base=base, mesa=mesa, action=action, reachable=reachable
    )


def is_witness(influence_of: Callable[[str, str], Influence], node: str, *, base: str, mesa: str) -> bool:
    """Does raising this node raise both objectives? Every node raises itself."""
    return influence_of(node, base) == "raises" and influence_of(node, mesa) == "raises"


def classify_by(
    influence_of: Callable[[str, str], Influence],
    nodes: tuple[str, ...],
    *,
    base: str,
    mesa: str,
    action: str,
    reachable: bool,
) -> Reading:
    """The criterion of `classify` itself, for whatever can say how one node influences another.

    Args:
        influence_of: takes a cause and an effect.
        nodes: all nodes it knows, in the order in which witnesses are to be named.
        base, mesa, action, reachable: as in `classify`.
    """
    _require(nodes, base=base, mesa=mesa)
    if len({base, mesa, action}) < 3:
        raise ValueError(f"base, mesa and action must be three different nodes, got {base}, {mesa} and {action}")
    candidates = [node for node in nodes if node != action]
    if reachable:
        _require(nodes, action=action)
        candidates = [node for node in candidates if influence_of(action, node) != "none"]
    influences = {node: {influence_of(node, base), influence_of(node, mesa)} for node in candidates}
    return Reading(
        base,
        mesa,
        witnesses=tuple(node for node in candidates if is_witness(influence_of, node, base=base, mesa=mesa)),
        ambiguous=tuple(
            node
            for node in candidates
            if "ambiguous unless weighted" in influences[node] and not influences[node] & {"lowers", "none"}
        ),
        reachable=reachable,
    )


def all_diagrams(nodes: tuple[str, ...]) -> Iterator[Diagram]:
    """Every signed diagram on the given nodes: 9,449 on four, in 543 shapes once signs are forgotten."""
    pairs = list(combinations(nodes, 2))
    for choice in product((None, "forward", "backward"), repeat=len(pairs)):
        edges = [
            (one, other) if way == "forward" else (other, one)
            for (one, other), way in zip(pairs, choice, strict=True)
            if way is not None
        ]
        if nx.is_directed_acyclic_graph(nx.DiGraph(edges)):
            for signs in product((+1, -1), repeat=len(edges)):
                yield Diagram(nodes, tuple(Arrow(*edge, sign) for edge, sign in zip(edges, signs, strict=True)))


def _require(nodes: Iterable[str], **names: str) -> None:
    known = tuple(nodes)
    for argument, name in names.items():
        if name not in known:
            raise ValueError(f"{argument}: {name!r} is not a node; the nodes are {', '.join(known)}")


# Figure 3.1 of the paper, with the agent's action drawn in above what it acts on.
SIDE_EFFECT = Diagram.of("action -> O_mesa -> O_base")
INSTRUMENTAL = Diagram.of("action -> O_base -> O_mesa")
GENERAL = Diagram.of("action -> X -> O_mesa", "X -> O_base")
