"""What raises what where the mesa-objective is the base objective and an error, and what choosing does to the error."""

import pytest

from looks_aligned.causal import Diagram, classify
from looks_aligned.experiments.approximate.error_node import (
    CORRELATION,
    NODES,
    diagram,
    expected_when_selected,
    model,
    raised,
    selected,
)


def test_the_measured_diagram_is_the_chapters() -> None:
    assert {*diagram().arrows} == {*Diagram.of("action -> O_base -> O_mesa", "error -> O_mesa").arrows}


def test_by_the_criterion_of_proxy_alignment_the_base_objective_is_the_witness() -> None:
    assert classify(diagram()).witnesses == ("O_base",)


def test_raising_the_error_raises_what_the_agent_wants_and_nothing_you_want() -> None:
    by = raised("error")
    assert by["O_mesa"] == pytest.approx((1 - CORRELATION**2) ** 0.5)
    assert abs(by["O_base"]) < 1e-9
    assert abs(by["action"]) < 1e-9


def test_raising_the_base_objective_raises_the_mesa_objective_by_the_correlation() -> None:
    assert raised("O_base") == pytest.approx({"action": 0, "error": 0, "O_base": 1, "O_mesa": CORRELATION})


def test_raising_the_mesa_objective_raises_nothing_else() -> None:
    assert [node for node, by in raised("O_mesa").items() if abs(by) > 1e-9] == ["O_mesa"]


def test_the_correlation_is_the_one_that_is_said() -> None:
    import numpy as np

    values = model(0.6).sample(200_000, 1000)
    assert np.corrcoef(values["O_base"], values["O_mesa"])[0, 1] == pytest.approx(0.6, abs=0.01)


@pytest.mark.parametrize("n", [1, 8, 64])
def test_choosing_raises_every_cause_of_what_is_chosen_by_as_theory_says(n: int) -> None:
    assert selected(n, seed=1000) == pytest.approx(expected_when_selected(n), abs=0.12)


def test_choosing_harder_raises_the_error_too() -> None:
    errors = [selected(n, seed=1001)["error"] for n in (1, 4, 16, 64, 256)]
    assert errors == sorted(errors)
    assert errors[-1] > 1.5


def test_what_cannot_be_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"correlation: got 1\.5; it goes from 0 to 1"):
        model(1.5)
    with pytest.raises(ValueError, match="node: got 'X'; choose 'action'"):
        raised("X")
    with pytest.raises(ValueError, match="n: got 0; there is at least one plan"):
        selected(0)
    assert set(NODES) == set(raised("error"))
