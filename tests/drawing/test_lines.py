"""Are the lines that many figures share drawn where they are said to be?"""

import numpy as np
import pytest

from looks_aligned.drawing.lines import curve, every_curve, unrounded, upright


@pytest.mark.parametrize(("digits", "seen"), [(3, 0.123), (4, 0.1235)])
def test_a_curve_is_rounded_and_broken_where_nothing_is_known(digits: int, seen: float) -> None:
    look = curve([1, 2, 3], [0.12345, None, np.float64(2)], "a curve", {"width": 1}, digits, yaxis="y2")
    drawn = look.to_plotly_json()
    assert drawn["y"] == [seen, None, 2.0]
    assert (drawn["name"], drawn["yaxis"], drawn["hoverinfo"]) == ("a curve", "y2", "skip")


def test_a_curve_that_shall_can_be_hovered_over() -> None:
    assert curve([1], [2.0], "a curve", {}, hoverinfo="all").to_plotly_json()["hoverinfo"] == "all"


def test_an_unrounded_curve_keeps_what_is_small() -> None:
    drawn = unrounded([1, 2], [1e-7, 1 / 3], "small", {"width": 1}, yaxis="y2").to_plotly_json()
    assert [*drawn["y"]] == pytest.approx([1e-7, 1 / 3], rel=1e-6)
    assert (drawn["yaxis"], drawn["line"]) == ("y2", {"width": 1})


def test_many_curves_are_one_trace_with_a_gap_after_each() -> None:
    drawn = every_curve((1, 2), [np.array([3.0, 4.0]), [5.0, None]], "seeds", "red", "dash").to_plotly_json()
    assert drawn["x"] == [1, 2, None, 1, 2, None]
    assert drawn["y"] == [3.0, 4.0, None, 5.0, None, None]
    assert drawn["line"] == {"color": "red", "dash": "dash", "width": 1}
    assert drawn["opacity"] < 0.5


@pytest.mark.parametrize("x", [4, 0.25])
def test_an_upright_stands_where_the_reader_is(x: float | int) -> None:
    shape = upright(x, "x2", bottom=0.5, top=0.9, dash="solid")
    assert shape["x0"] == shape["x1"] == x
    assert (shape["xref"], shape["yref"], shape["y0"], shape["y1"]) == ("x2", "paper", 0.5, 0.9)
    assert shape["line"]["dash"] == "solid"
