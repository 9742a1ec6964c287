"""Does the diagram read off measured effects say what was measured, and no more?"""

import networkx as nx
import numpy as np
import pytest

from looks_aligned.causal.diagram import Arrow, Diagram, all_diagrams, influence
from looks_aligned.causal.measured import read_diagram
from looks_aligned.causal.structural import Mechanism, StructuralModel, linear, total_effects


def table(nodes: tuple[str, ...], *units: dict[tuple[str, str], float]) -> np.ndarray:
    """A table of effects, a dictionary a unit; every intervention moves its own node by 1."""
    effects = np.stack([np.eye(len(nodes)) for _ in units])
    for unit, entries in enumerate(units):
        for (cause, effect), change in entries.items():
            effects[unit, nodes.index(cause), nodes.index(effect)] = change
    return effects


def test_a_model_is_read_back_with_the_arrows_that_no_path_stands_in_for():
    nodes = ("action", "X", "O_base", "O_mesa")
    compared = 0
    for diagram in list(all_diagrams(nodes))[::7]:
        if any(influence(diagram, one, other).startswith("ambiguous") for one in nodes for other in nodes):
            continue
        model = linear(
            {node: {cause: float(sign) for cause, effect, sign in diagram.arrows if effect == node} for node in nodes}
        )
        measured = read_diagram(total_effects(model, size=2), model.nodes)
        assert {(a.cause, a.effect) for a in measured.diagram.arrows} == set(
            nx.transitive_reduction(diagram.graph).edges
        )
        assert set(measured.diagram.arrows) <= set(diagram.arrows)
        for one in nodes:
            for other in nodes:
                truth = influence(diagram, one, other)
                assert influence(measured.diagram, one, other) == measured.influence(one, other) == truth
        compared += 1
    assert compared > 500


def test_the_three_kinds_are_told_apart_by_their_effects_alone():
    models = {
        "side-effect": {"O_mesa": {"action": 1.0}, "O_base": {"O_mesa": 0.5}},
        "instrumental": {"O_base": {"action": 1.0}, "O_mesa": {"O_base": 0.5}},
        "general": {"X": {"action": 1.0}, "O_base": {"X": 0.5}, "O_mesa": {"X": 2.0}},
    }
    for kind, coefficients in models.items():
        model = linear(coefficients)
        reading = read_diagram(total_effects(model), model.nodes).reading(reachable=True)
        assert reading.kinds == (kind,)


def test_an_effect_that_shows_in_some_units_only_still_draws_its_arrow():
    nodes = ("X", "Y")
    measured = read_diagram(table(nodes, {("X", "Y"): 0.0}, {("X", "Y"): 3.0}), nodes)
    assert measured.diagram == Diagram.of("X -> Y")
    assert measured.caveats() == ()


def test_effects_within_the_tolerance_count_as_none():
    nodes = ("X", "Y")
    effects = table(nodes, {("X", "Y"): 0.01})
    assert read_diagram(effects, nodes).diagram == Diagram.of("X -> Y")
    assert read_diagram(effects, nodes, tolerance=0.1).diagram == Diagram.of("X", "Y")


def test_units_that_disagree_in_sign_are_kept_apart_and_never_drawn():
    model = StructuralModel(
        {"X": Mechanism((), lambda noise: noise), "Y": Mechanism(("X",), lambda X, noise: X**2 + noise)}
    )
    measured = read_diagram(total_effects(model), model.nodes)
    assert measured.mixed == (("X", "Y"),)
    assert measured.totals == measured.diagram.arrows == ()
    assert measured.influence("X", "Y") == "ambiguous unless weighted"
    assert measured.caveats() == ("Raising X raises Y in some units and lowers it in others.",)


def test_an_objective_moved_both_ways_makes_no_witness():
    nodes = ("X", "O_base", "O_mesa")
    both = {("X", "O_base"): 1.0, ("X", "O_mesa"): 1.0}
    reading = read_diagram(table(nodes, both, {**both, ("X", "O_base"): -1.0}), nodes).reading()
    assert reading.witnesses == ()
    assert reading.ambiguous == ("X",)


def test_an_arrow_whose_sign_the_other_paths_deny_is_kept():
    model = linear({"Y": {"X": 1.0}, "Z": {"Y": 1.0, "X": -3.0}})
    measured = read_diagram(total_effects(model), model.nodes)
    assert measured.diagram == Diagram.of("X -> Y -> Z", "X -| Z")


def test_the_reading_goes_by_what_was_measured_where_the_drawing_cannot_tell():
    model = linear({"O_mesa": {"X": 1.0}, "O_base": {"O_mesa": -1.0, "X": 3.0}})
    measured = read_diagram(total_effects(model), model.nodes)
    assert influence(measured.diagram, "X", "O_base") == "ambiguous unless weighted"
    assert measured.influence("X", "O_base") == "raises"
    assert measured.reading().witnesses == ("X",)


def test_effects_that_cancel_are_measured_as_none_though_the_drawing_shows_a_path():
    model = linear({"Y": {"X": 1.0}, "Z": {"Y": 1.0, "X": -1.0}})
    measured = read_diagram(total_effects(model), model.nodes)
    assert measured.diagram == Diagram.of("X -> Y -> Z")
    assert measured.influence("X", "Z") == "none"


def test_nodes_that_act_on_one_another_are_reported_and_the_rest_is_drawn():
    nodes = ("action", "O_base", "O_mesa", "Y")
    circle = {("O_base", "O_mesa"): 1.0, ("O_mesa", "O_base"): 1.0}
    measured = read_diagram(table(nodes, {**circle, ("action", "O_base"): 1.0, ("O_mesa", "Y"): -1.0}), nodes)
    assert measured.cycles == (("O_base", "O_mesa"),)
    assert measured.diagram == Diagram.of("action -> O_base", "O_mesa -| Y")
    assert Arrow("O_base", "O_mesa", 1) in measured.totals
    assert measured.reading().kinds == ("side-effect", "instrumental")
    assert measured.caveats() == ("O_base and O_mesa act on one another; no arrow is drawn between them.",)


def test_a_circle_through_a_mixed_effect_is_a_circle_too():
    nodes = ("X", "Y")
    units = ({("X", "Y"): 1.0, ("Y", "X"): 1.0}, {("X", "Y"): -1.0, ("Y", "X"): 1.0})
    measured = read_diagram(table(nodes, *units), nodes)
    assert measured.cycles == (("X", "Y"),)
    assert measured.mixed == (("X", "Y"),)
    assert measured.diagram == Diagram.of("X", "Y")


def test_reading_leaves_the_table_as_it_was():
    model = linear({"Y": {"X": 1.0}})
    effects = total_effects(model, size=5)
    before = effects.copy()
    read_diagram(effects, model.nodes).reading(base="Y", mesa="X")
    np.testing.assert_array_equal(effects, before)


@pytest.mark.parametrize(
    ("effects", "nodes", "words"),
    [
        (np.zeros((3, 2, 2)), ("X",), r"effects: got shape \(3, 2, 2\); it must be \(units, 1, 1\)"),
        (np.zeros((0, 2, 2)), ("X", "Y"), "with at least one unit, for the 2 nodes X, Y"),
        (np.zeros((1, 2, 2)), ("X", "X"), "nodes: got X, X; every name must be there only once"),
        (np.full((1, 1, 1), np.nan), ("X",), "effects: got a value that is not finite; give 0 where"),
        (-np.ones((4, 1, 1)), ("X",), "effects: the intervention on X lowers X in 4 of 4 units"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_by_name(effects, nodes, words):
    with pytest.raises(ValueError, match=words):
        read_diagram(effects, nodes)


def test_a_measured_influence_of_a_node_that_is_not_there_is_refused_by_name():
    with pytest.raises(ValueError, match="cause: 'Z' is not a node; the nodes are X, Y"):
        read_diagram(np.zeros((1, 2, 2)), ("X", "Y")).influence("Z", "X")
