"""Does an intervention change what it should, and nothing else?"""

from math import prod

import networkx as nx
import numpy as np
import pytest

from looks_aligned.causal.diagram import GENERAL, INSTRUMENTAL, SIDE_EFFECT, Diagram
from looks_aligned.causal.structural import (
    Mechanism,
    StructuralModel,
    average_effect,
    diagram_of,
    linear,
    standardised,
    total_effects,
)

CHAIN = linear({"Y": {"X": 2.0}, "Z": {"Y": -1.0, "X": 0.5}})
STRENGTH = 0.6
THREE = {
    "side-effect": standardised({"O_base": {"O_mesa": STRENGTH}}),
    "instrumental": standardised({"O_mesa": {"O_base": STRENGTH}}),
    "general": standardised({"O_mesa": {"X": 0.75}, "O_base": {"X": STRENGTH / 0.75}}),
}


def exact_covariance(model: StructuralModel) -> dict[tuple[str, str], float]:
    """Of a linear model: switch on one noise a draw; what the nodes then do are the weights of all noises."""
    unit_noises = dict(zip(model.nodes, np.eye(len(model.nodes)), strict=True))
    loadings = model.solve(unit_noises)
    return {(one, other): float(loadings[one] @ loadings[other]) for one in model.nodes for other in model.nodes}


def test_the_same_seed_gives_the_same_draws_and_another_seed_others():
    first, again, other = CHAIN.sample(100, seed=1), CHAIN.sample(100, seed=1), CHAIN.sample(100, seed=2)
    for node in CHAIN.nodes:
        np.testing.assert_array_equal(first[node], again[node])
        assert not np.array_equal(first[node], other[node])


def test_noises_are_standard_normal_and_independent_of_each_other():
    noises = np.stack(list(CHAIN.noise(50_000, seed=0).values()))
    np.testing.assert_allclose(np.cov(noises), np.eye(3), atol=0.02)
    np.testing.assert_allclose(noises.mean(axis=1), 0, atol=0.02)


def test_models_that_share_a_node_share_its_noise():
    np.testing.assert_array_equal(CHAIN.noise(10, seed=3)["Y"], linear({"A": {}, "Y": {}}).noise(10, seed=3)["Y"])


def test_a_node_may_draw_its_noise_otherwise():
    coin = StructuralModel({"X": Mechanism((), lambda noise: noise, lambda rng, size: rng.integers(0, 2, size) * 1.0)})
    assert set(coin.sample(100, seed=0)["X"]) == {0.0, 1.0}


def test_an_intervention_leaves_causes_and_all_noises_as_they_were():
    natural, done = CHAIN.sample(1_000, seed=0), CHAIN.sample(1_000, seed=0, do={"Y": 3.0})
    np.testing.assert_array_equal(done["X"], natural["X"])
    noise_of_z = [draws["Z"] + draws["Y"] - 0.5 * draws["X"] for draws in (natural, done)]
    np.testing.assert_allclose(noise_of_z[0], noise_of_z[1], atol=1e-12)


def test_setting_a_node_cuts_it_off_from_its_parents():
    natural, set_to_two = CHAIN.sample(20_000, seed=0), CHAIN.sample(20_000, seed=0, do={"Y": 2})
    assert np.corrcoef(natural["X"], natural["Y"])[0, 1] == pytest.approx(2 / 5**0.5, abs=0.01)
    assert (set_to_two["Y"] == 2.0).all()
    drawn_anew = np.random.default_rng(9).normal(size=20_000)
    set_anew = CHAIN.sample(20_000, seed=0, do={"Y": drawn_anew})
    np.testing.assert_array_equal(set_anew["Y"], drawn_anew)
    assert abs(np.corrcoef(set_anew["X"], set_anew["Y"])[0, 1]) < 0.03


def test_a_shift_moves_a_node_from_the_value_it_would_have_had():
    natural = CHAIN.sample(100, seed=0)
    shifted = CHAIN.sample(100, seed=0, do={"X": lambda value: value + 1, "Y": lambda value: value * 10})
    np.testing.assert_allclose(shifted["Y"], 10 * (natural["Y"] + 2))


def test_noises_drawn_once_can_be_solved_again():
    noises = CHAIN.noise(50, seed=4)
    before = {node: values.copy() for node, values in noises.items()}
    value = np.zeros(50)
    solved = CHAIN.solve(noises, do={"X": value})
    solved["X"] += 1
    np.testing.assert_array_equal(value, 0)
    for node in CHAIN.nodes:
        np.testing.assert_array_equal(noises[node], before[node])
        np.testing.assert_array_equal(CHAIN.solve(noises)[node], CHAIN.sample(50, seed=4)[node])


def test_the_average_effect_is_the_sum_over_paths_of_their_coefficients_products():
    generator = np.random.default_rng(0)
    names = "abcde"
    weights = {
        names[effect]: {names[cause]: float(generator.normal()) for cause in range(effect)} for effect in range(5)
    }
    graph = nx.DiGraph((cause, effect) for effect, causes in weights.items() for cause in causes)
    model = linear(weights, noise_scale=0.3)
    effects = total_effects(model, by=2.0, size=20)
    assert effects.shape == (20, 5, 5)
    for one, cause in enumerate(names):
        for other, effect in enumerate(names):
            paths = nx.all_simple_edge_paths(graph, cause, effect) if one != other else [[]]
            expected = sum(prod(weights[child][parent] for parent, child in path) for path in paths)
            assert average_effect(model, cause, effect, size=20) == pytest.approx(expected)
            np.testing.assert_allclose(effects[:, one, other], 2 * expected, atol=1e-12)


def test_coefficients_may_come_in_any_order():
    assert linear({"c": {"b": 1.0}, "b": {"a": 1.0}}).nodes == ("a", "b", "c")


def test_each_node_of_a_standardised_model_has_variance_one():
    model = standardised({"Y": {"X": 0.5}, "Z": {"X": -0.4, "Y": 0.7}, "W": {"Z": 1.0}})
    covariance = exact_covariance(model)
    assert [covariance[node, node] for node in model.nodes] == pytest.approx([1, 1, 1, 1])
    assert covariance["X", "Z"] == pytest.approx(-0.4 + 0.5 * 0.7)


def test_noise_scales_may_differ_by_node():
    covariance = exact_covariance(linear({"Y": {"X": 1.0}}, {"X": 2.0, "Y": 0.5}))
    assert covariance["X", "X"] == 4.0
    assert covariance["Y", "Y"] == 4.25


@pytest.mark.parametrize("model", THREE.values(), ids=THREE)
def test_by_watching_the_three_kinds_have_the_same_slope(model):
    covariance = exact_covariance(model)
    assert covariance["O_mesa", "O_mesa"] == pytest.approx(1)
    assert covariance["O_mesa", "O_base"] == pytest.approx(STRENGTH)
    draws = model.sample(20_000, seed=0)
    assert np.polyfit(draws["O_mesa"], draws["O_base"], 1)[0] == pytest.approx(STRENGTH, abs=0.02)


@pytest.mark.parametrize(
    ("kind", "mesa_on_base", "base_on_mesa"),
    [("side-effect", STRENGTH, 0.0), ("instrumental", 0.0, STRENGTH), ("general", 0.0, 0.0)],
)
def test_by_intervening_the_three_kinds_come_apart(kind, mesa_on_base, base_on_mesa):
    assert average_effect(THREE[kind], "O_mesa", "O_base") == pytest.approx(mesa_on_base)
    assert average_effect(THREE[kind], "O_base", "O_mesa") == pytest.approx(base_on_mesa)


def test_the_measured_diagrams_of_the_three_kinds_are_the_textbooks():
    textbook = {"side-effect": SIDE_EFFECT, "instrumental": INSTRUMENTAL, "general": GENERAL}
    for kind, model in THREE.items():
        assert diagram_of(model).arrows == tuple(a for a in textbook[kind].arrows if a.cause != "action")


def test_an_arrows_sign_is_that_of_the_direct_effect_whatever_other_paths_do():
    model = linear({"Y": {"X": -3.0}, "Z": {"X": 1.0, "Y": 1.0}})
    assert average_effect(model, "X", "Z", size=10) == pytest.approx(-2)
    assert diagram_of(model) == Diagram.of("X -| Y -> Z", "X -> Z")


def test_a_parent_without_effect_gets_no_arrow_and_keeps_its_node():
    assert diagram_of(linear({"Y": {"X": 0.0}})) == Diagram.of("X", "Y")


def test_a_curved_mechanism_has_a_sign_as_long_as_it_runs_one_way():
    def model(curve):
        return StructuralModel(
            {"X": Mechanism((), lambda noise: noise), "Y": Mechanism(("X",), lambda X, noise: curve(X) + noise)}
        )

    assert diagram_of(model(lambda value: -np.tanh(value))) == Diagram.of("X -| Y")
    with pytest.raises(
        ValueError, match=r"raising X has no one sign for Y: it raises it in .*% of the draws and lowers"
    ):
        diagram_of(model(np.square))


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        (lambda: CHAIN.sample(5, 0, do={"W": 1.0}), "do: 'W' is not a node; the nodes are X, Y, Z"),
        (lambda: CHAIN.sample(5, 0, do={"X": np.zeros(4)}), r"X: got values of shape \(4,\); .* of shape \(5,\)"),
        (lambda: CHAIN.sample(0, 0), "size: got 0; it must be at least 1"),
        (lambda: CHAIN.solve({"X": np.zeros(3)}), "noises: nothing was given for Y, Z"),
        (lambda: average_effect(CHAIN, "W", "X"), "cause: 'W' is not a node"),
        (lambda: average_effect(CHAIN, "X", "W"), "effect: 'W' is not a node"),
        (lambda: diagram_of(CHAIN, by=-1.0), "by: got -1.0; a node is raised by more than 0"),
        (
            lambda: linear({"X": {"Y": 1.0}, "Y": {"X": 1.0}}),
            "coefficients: X acts on Y, which acts on X; a causal diagram has no cycle",
        ),
        (lambda: linear({"Y": {"X": 1.0}}, {"Y": 1.0}), "noise_scale: nothing was given for X"),
        (
            lambda: standardised({"Y": {"X": 0.9}, "Z": {"X": 0.8, "Y": 0.8}}),
            "coefficients: the causes of Z explain a variance of 2.43; a standardised node has 1",
        ),
        (
            lambda: StructuralModel({"Y": Mechanism(("X",), np.add), "X": Mechanism((), np.positive)}),
            "mechanisms: Y has the parent X, which must be listed before it and is not",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(refused, words):
    with pytest.raises(ValueError, match=words):
        refused()
