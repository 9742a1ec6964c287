"""Are the taxonomy's answers those of somebody who writes out every path?"""

from itertools import pairwise
from math import comb, prod

import networkx as nx
import pytest

from looks_aligned.causal.diagram import (
    GENERAL,
    INSTRUMENTAL,
    SIDE_EFFECT,
    Arrow,
    Diagram,
    Reading,
    all_diagrams,
    classify,
    influence,
)

NODES = ("action", "X", "O_base", "O_mesa")


def signs_of_paths(graph: nx.DiGraph, cause: str, effect: str) -> set[int]:
    """Write out every path and multiply the signs along it."""
    if cause == effect:
        return {1}
    signs = nx.get_edge_attributes(graph, "sign")
    return {prod(signs[edge] for edge in pairwise(path)) for path in nx.all_simple_paths(graph, cause, effect)}


def number_of_diagrams(nodes: int, states_of_an_arrow: int) -> int:
    """Robinson's recurrence for labelled acyclic graphs, where an arrow has so many states, absence included."""
    if nodes == 0:
        return 1
    return sum(
        (-1) ** (sources + 1)
        * comb(nodes, sources)
        * states_of_an_arrow ** (sources * (nodes - sources))
        * number_of_diagrams(nodes - sources, states_of_an_arrow)
        for sources in range(1, nodes + 1)
    )


def test_four_nodes_have_543_diagrams_and_9449_once_arrows_have_signs():
    diagrams = list(all_diagrams(NODES))
    assert len(diagrams) == len(set(diagrams)) == number_of_diagrams(4, 3) == 9449
    shapes = {frozenset((arrow.cause, arrow.effect) for arrow in diagram.arrows) for diagram in diagrams}
    assert len(shapes) == number_of_diagrams(4, 2) == 543


def test_every_diagram_on_four_nodes_is_read_as_by_writing_out_its_paths():
    words = {
        frozenset({1}): "raises",
        frozenset({-1}): "lowers",
        frozenset({1, -1}): "ambiguous unless weighted",
        frozenset(): "none",
    }
    for diagram in all_diagrams(NODES):
        graph = diagram.graph
        signs = {(one, other): signs_of_paths(graph, one, other) for one in NODES for other in NODES}
        for (cause, effect), found in signs.items():
            assert influence(diagram, cause, effect) == words[frozenset(found)], (str(diagram), cause, effect)

        ancestors = [node for node in NODES[1:] if signs[node, "O_base"] and signs[node, "O_mesa"]]
        witnesses = {node for node in ancestors if signs[node, "O_base"] == signs[node, "O_mesa"] == {1}}
        ambiguous = {
            node
            for node in ancestors
            if 1 in signs[node, "O_base"] & signs[node, "O_mesa"]
            and -1 in signs[node, "O_base"] | signs[node, "O_mesa"]
        }
        reached = {"action"} | nx.descendants(graph, "action")
        for reachable in (False, True):
            reading = classify(diagram, reachable=reachable)
            allowed = reached if reachable else set(NODES)
            assert set(reading.witnesses) == witnesses & allowed, str(diagram)
            assert set(reading.ambiguous) == ambiguous & allowed, str(diagram)
            assert ("side-effect" in reading.kinds) == ("O_mesa" in witnesses & allowed)
            assert ("instrumental" in reading.kinds) == ("O_base" in witnesses & allowed)
            assert ("general" in reading.kinds) == ("X" in witnesses & allowed)


@pytest.mark.parametrize(
    ("diagram", "kind", "witness", "sentence"),
    [
        (SIDE_EFFECT, "side-effect", "O_mesa", "Side-effect alignment: raising O_mesa raises O_base."),
        (INSTRUMENTAL, "instrumental", "O_base", "Instrumental alignment: raising O_base raises O_mesa."),
        (GENERAL, "general", "X", "General proxy alignment: raising X raises both O_mesa and O_base."),
    ],
)
def test_each_textbook_diagram_shows_its_own_kind_and_no_other(diagram, kind, witness, sentence):
    for reachable in (False, True):
        reading = classify(diagram, reachable=reachable)
        assert reading == Reading("O_base", "O_mesa", (witness,), (), reachable)
        assert reading.kinds == (kind,)
        assert reading.sentence() == sentence


def test_all_witnesses_are_named_where_several_coexist():
    reading = classify(Diagram.of("action -> X -> O_mesa -> O_base", "Y -> O_mesa"))
    assert reading.witnesses == ("Y", "X", "O_mesa")
    assert reading.kinds == ("side-effect", "general")
    assert reading.sentence() == (
        "Side-effect alignment: raising O_mesa raises O_base; "
        "general proxy alignment: raising Y or X raises both O_mesa and O_base."
    )


def test_the_action_is_never_a_witness():
    reading = classify(Diagram.of("action -> O_base", "action -> O_mesa"))
    assert reading.kinds == ()
    assert reading.sentence() == "Not proxy-aligned by this criterion: nothing raises both objectives."


def test_if_the_action_counted_objectives_that_share_nothing_but_the_agent_would_pass_for_aligned():
    apart = Diagram.of("action -> O_base", "action -> X -> O_mesa")
    assert influence(apart, "action", "O_base") == influence(apart, "action", "O_mesa") == "raises"
    assert classify(apart).witnesses == ()


def test_what_the_workbenchs_three_things_to_try_lead_to_each_from_the_general_diagram():
    proxy = "X -> O_mesa", "X -> O_base"
    also_instrumental = classify(Diagram.of("action -> X", *proxy, "O_base -> O_mesa"))
    assert also_instrumental.kinds == ("instrumental", "general")
    lowered = classify(Diagram.of("action -> X", *proxy, "O_mesa -| O_base"))
    assert (lowered.witnesses, lowered.ambiguous) == ((), ("X",))
    out_of_reach = Diagram.of("action", *proxy)
    assert classify(out_of_reach).kinds == ("general",)
    assert classify(out_of_reach, reachable=True).kinds == ()
    # One after the other they do not: what was ambiguous stays so, and is no witness.
    assert classify(Diagram.of("action", *proxy, "O_mesa -| O_base")).kinds == ()


def test_a_node_that_lowers_both_objectives_is_no_witness():
    assert classify(Diagram.of("X -| O_base", "X -| O_mesa")).kinds == ()


def test_two_lowering_arrows_in_a_row_raise():
    assert influence(Diagram.of("X -| Y -| Z"), "X", "Z") == "raises"


def test_a_witness_beyond_the_actions_reach_counts_only_if_reach_is_not_asked_for():
    diagram = Diagram.of("action -> Y", "X -> O_mesa", "X -> O_base")
    assert classify(diagram).witnesses == ("X",)
    reading = classify(diagram, reachable=True)
    assert reading.witnesses == ()
    assert reading.sentence().endswith("nothing that the action reaches raises both objectives.")


def test_paths_of_both_signs_are_listed_apart_and_make_no_witness():
    reading = classify(Diagram.of("X -> O_mesa", "X -> O_base", "X -| Y -> O_base"))
    assert reading.witnesses == ()
    assert reading.ambiguous == ("X",)
    assert reading.kinds == ()
    assert reading.sentence() == "Ambiguous unless weighted: raising X both raises and lowers an objective."


def test_nodes_may_have_other_names():
    diagram = Diagram.of("sweep -> dust swept -> clean floor")
    reading = classify(diagram, base="clean floor", mesa="dust swept", action="sweep", reachable=True)
    assert reading.sentence() == "Side-effect alignment: raising dust swept raises clean floor."


def test_a_diagram_is_the_same_however_it_is_written():
    chained = Diagram.of("a -> b -| c", "d")
    assert chained == Diagram.of(("b", "c", -1), "d", ("a", "b", 1))
    assert chained == Diagram(("d", "c", "b", "a"), (Arrow("b", "c", -1), Arrow("a", "b", 1)))
    assert str(chained) == "d, a -> b, b -| c"
    assert Diagram.of(*str(chained).split(", ")) == chained


def test_every_cause_comes_before_its_effects():
    for diagram in all_diagrams(NODES):
        place = {node: index for index, node in enumerate(diagram.nodes)}
        assert all(place[arrow.cause] < place[arrow.effect] for arrow in diagram.arrows)


def test_the_networkx_graph_is_a_copy():
    graph = SIDE_EFFECT.graph
    assert dict(graph.edges) == {("action", "O_mesa"): {"sign": 1}, ("O_mesa", "O_base"): {"sign": 1}}
    graph.remove_node("O_mesa")
    assert classify(SIDE_EFFECT).kinds == ("side-effect",)


def test_a_cycle_is_refused_in_words():
    words = "arrows: a acts on b, which acts on c, which acts on a; a causal diagram has no cycle"
    with pytest.raises(ValueError, match=words):
        Diagram.of("action -> a", "a -> b", "b -| c", "c -> a")


@pytest.mark.parametrize(
    ("arrows", "words"),
    [
        (["X -> X"], "arrows: X acts on X; a causal diagram has no cycle"),
        ([("X", "Y", 2)], r"arrows: the sign of X on Y is 2; it must be \+1 \(raises\) or -1 \(lowers\)"),
        (["X -> Y", "X -| Y"], "arrows: X acts on Y twice; give each pair of nodes at most one arrow"),
        (["X ->"], "arrows: 'X ->' lacks a name; write 'cause -> effect' or 'cause -| effect'"),
    ],
)
def test_an_arrow_that_means_nothing_is_refused_by_name(arrows, words):
    with pytest.raises(ValueError, match=words):
        Diagram.of(*arrows)


def test_a_question_about_a_node_that_is_not_there_is_refused_by_name():
    with pytest.raises(ValueError, match="effect: 'Z' is not a node; the nodes are X, Y"):
        influence(Diagram.of("X -> Y"), "X", "Z")
    with pytest.raises(ValueError, match="mesa: 'O_mesa' is not a node; the nodes are O_base"):
        classify(Diagram.of("O_base"))
    with pytest.raises(ValueError, match="action: 'action' is not a node"):
        classify(Diagram.of("O_base -> O_mesa"), reachable=True)
    with pytest.raises(ValueError, match="base, mesa and action must be three different nodes"):
        classify(SIDE_EFFECT, base="O_mesa")
