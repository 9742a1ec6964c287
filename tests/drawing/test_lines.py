"""Are the lines that many figures share drawn where they are said to be?"""

import numpy as np
import pytest

from looks_aligned.drawing.lines import curve, every_seed, upright


def test_a_curve_is_rounded_and_broken_where_nothing_is_known() -> None:
    drawn = curve([1, 2, 3], [0.12345, None, np.float64(2)], "a curve", {"width": 1}, yaxis="y2")
    look = drawn.to_plotly_json()
    assert look["y"] == [0.123, None, 2.0]
    assert (look["name"], look["yaxis"], look["hoverinfo"]) == ("a curve", "y2", "skip")


def test_all_seeds_are_one_trace_with_a_gap_after_each() -> None:
    drawn = every_seed((1, 2), np.array([[3.0, 4.0], [5.0, 6.0]]), "seeds", "red", dash="dash")
    assert drawn.to_plotly_json()["x"] == [1, 2, None, 1, 2, None]
    assert drawn.to_plotly_json()["y"] == [3.0, 4.0, None, 5.0, 6.0, None]
    look = drawn.to_plotly_json()
    assert look["line"] == {"color": "red", "dash": "dash", "width": 1}
    assert look["opacity"] < 0.5


@pytest.mark.parametrize("x", [4, 0.25])
def test_an_upright_stands_where_the_reader_is(x: float | int) -> None:
    shape = upright(x, "x2", top=0.9)
    assert shape["x0"] == shape["x1"] == x
    assert (shape["xref"], shape["y0"], shape["y1"]) == ("x2", 0, 0.9)
