"""Does the picture of the error's diagram say what was measured?"""

import pytest

from looks_aligned.drawing.error_node import error_diagram
from looks_aligned.experiments.approximate.error_node import NODES, selected
from looks_aligned.explore.baking import bake
from looks_aligned.explore.controls import read_controls


def test_raising_the_error_leaves_the_base_objective_where_it_was() -> None:
    title = error_diagram("error").to_plotly_json()["layout"]["title"]["text"]
    assert title == "Raise error by 1 from outside: O_base stays, O_mesa rises by 0.60"


@pytest.mark.parametrize("n", [4, 64])
def test_choosing_says_by_how_much_each_node_rises(n: int) -> None:
    layout = error_diagram(n).to_plotly_json()["layout"]
    chosen = selected(n)
    assert layout["title"]["text"] == (
        f"Take the best of {n} by O_mesa: O_base rises by {chosen['O_base']:.2f}, error rises by "
        f"{chosen['error']:.2f}, O_mesa rises by {chosen['O_mesa']:.2f}"
    )
    assert "Theory: action +" in layout["meta"]["summary"]


def test_the_error_stands_in_a_circle_of_its_own_and_points_at_the_mesa_objective_alone() -> None:
    rows = error_diagram("error").to_plotly_json()["layout"]["meta"]["rows"]
    drawn = " ".join(" ".join(row) for row in rows)
    assert "error" in drawn
    assert "X" not in drawn


def test_every_state_can_be_baked() -> None:
    grid = bake("diagram", error_diagram, *read_controls({"deed": [*NODES, 1, 4, 256]}))
    assert grid
