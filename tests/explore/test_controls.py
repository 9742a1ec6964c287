"""Does a description mean the same to us as to `ipywidgets.interact`, and is a bad one refused in plain words?"""

import enum
from typing import Any

import ipywidgets
import numpy as np
import pytest
from ipywidgets.widgets.interaction import interactive

from looks_aligned.explore.controls import MOST_VALUES, Control, read_controls


def read(description: Any) -> Control:
    (control,), fixed = read_controls({"share": description})
    assert fixed == {}
    return control


SELECTION = {"rare": 0.01, "often": 0.5, "always": 1.0}


@pytest.mark.parametrize(
    ("description", "kind", "values", "labels", "start"),
    [
        ((0, 3), "slider", (0, 1, 2, 3), ("0", "1", "2", "3"), 1),
        ((2, 11, 3), "slider", (2, 5, 8, 11), ("2", "5", "8", "11"), 5),
        ((0.0, 0.3), "slider", (0.0, 0.1, 0.2, 0.3), ("0", "0.1", "0.2", "0.3"), 0.1),
        ((0.5, 1.0, 0.25), "slider", (0.5, 0.75, 1.0), ("0.5", "0.75", "1"), 0.75),
        ((4, 4), "slider", (4,), ("4",), 4),
        (2, "slider", (-2, -1, 0, 1, 2, 3, 4, 5, 6), ("-2", "-1", "0", "1", "2", "3", "4", "5", "6"), 2),
        (["a", "b"], "choice", ("a", "b"), ("a", "b"), "a"),
        ([1, 10, 100], "choice", (1, 10, 100), ("1", "10", "100"), 1),
        ((letter for letter in "xy"), "choice", ("x", "y"), ("x", "y"), "x"),
        (SELECTION, "choice", (0.01, 0.5, 1.0), ("rare", "often", "always"), 0.01),
        ([("none", None), ("one", 1)], "choice", (None, 1), ("none", "one"), None),
        (True, "switch", (False, True), ("off", "on"), True),
        (False, "switch", (False, True), ("off", "on"), False),
    ],
)
def test_an_abbreviation_has_the_values_that_a_reader_would_expect(description, kind, values, labels, start):
    control = read(description)
    assert (control.kind, control.values, control.labels) == (kind, values, labels)
    assert [type(value) for value in control.values] == [type(value) for value in values]
    assert control.values[control.default] == start
    assert control.label == "share"


@pytest.mark.parametrize(
    ("control", "kind", "values", "start"),
    [
        (ipywidgets.IntSlider(min=0, max=4, step=2, value=2), "slider", (0, 2, 4), 2),
        (ipywidgets.FloatSlider(min=0, max=1, step=0.5, value=1), "slider", (0.0, 0.5, 1.0), 1.0),
        (ipywidgets.FloatLogSlider(min=-2, max=0, step=1, value=0.1), "slider", (0.01, 0.1, 1.0), 0.1),
        (ipywidgets.FloatLogSlider(min=0, max=3, step=1, base=2, value=4), "slider", (1.0, 2.0, 4.0, 8.0), 4.0),
        (ipywidgets.SelectionSlider(options=SELECTION, value=0.5), "slider", (0.01, 0.5, 1.0), 0.5),
        (ipywidgets.Dropdown(options=SELECTION, value=1.0), "choice", (0.01, 0.5, 1.0), 1.0),
        (ipywidgets.Dropdown(options=["a", "b"], value=None), "choice", ("a", "b"), "a"),
        (ipywidgets.RadioButtons(options=["a", "b"], value="b"), "choice", ("a", "b"), "b"),
        (ipywidgets.ToggleButtons(options=["a", "b"]), "choice", ("a", "b"), "a"),
        (ipywidgets.Checkbox(value=True), "switch", (False, True), True),
        (ipywidgets.ToggleButton(value=False), "switch", (False, True), False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, ipywidgets.Widget) else None,
)
def test_a_control_of_ipywidgets_keeps_its_values_its_start_and_its_description(control, kind, values, start):
    control.description = "how often"
    read_control = read(control)
    assert (read_control.kind, read_control.values) == (kind, values)
    assert read_control.values[read_control.default] == start
    assert read_control.label == "how often"


@pytest.mark.parametrize("description", [(0, 10), (1, 9, 2), (0.0, 2.0), (0.0, 1.0, 0.05), 7, 0.5, -3, [3, 1, 2], True])
def test_it_starts_where_interact_starts(description):
    control, widget = read(description), interactive.widget_from_abbrev(description)
    assert widget is not None
    assert control.values[control.default] == pytest.approx(widget.value)


def test_a_setting_without_a_description_is_called_by_its_name_in_words():
    (control,), _ = read_controls({"share_of_levels": (0, 1)})
    assert control.label == "share of levels"


def test_a_slider_that_starts_between_two_stops_starts_at_the_nearer():
    control = read(ipywidgets.FloatSlider(min=0, max=1, step=0.25, value=0.6))
    assert control.values[control.default] == 0.5


def test_a_fixed_setting_is_no_control():
    controls, fixed = read_controls({"share": (0, 1), "steps": ipywidgets.fixed([1, 2])})
    assert [control.name for control in controls] == ["share"]
    assert fixed == {"steps": [1, 2]}


@pytest.mark.parametrize(
    ("description", "message"),
    [
        (None, "got None; it takes a range"),
        ("word", "got 'word'; it takes a range"),
        ((1, 2, 3, 4), r"got \(1, 2, 3, 4\); it takes a range"),
        (("a", "b"), r"got \('a', 'b'\); it takes a range"),
        (1j, "it takes a range"),
        (int, "it takes a range"),
        pytest.param(object(), "it takes a range", id="object"),
        (ipywidgets.Text("x"), "it takes a range"),
        (ipywidgets.IntRangeSlider(), "it takes a range"),
        (ipywidgets.SelectMultiple(options=["a"]), "it takes a range"),
        (ipywidgets.VBox(), "it takes a range"),
        ((5, 1), r"got \(5, 1\); value must be between min and max"),
        ((0, 1, 0), r"got \(0, 1, 0\); step must be"),
        ((0.0, 1.0, -0.1), r"got \(0.0, 1.0, -0.1\); step must be"),
        ([], r"got \[\], which has no value to choose"),
        ({}, "got {}, which has no value to choose"),
        ((0, 10**9), f"has 1000000001 values; a slider has at most {MOST_VALUES}"),
        ((0.0, 1.0, 1e-9), f"values; a slider has at most {MOST_VALUES}"),
        ((0.0, float("inf")), "got a range from 0.0 to inf; both ends must be finite"),
        (ipywidgets.FloatSlider(min=0, max=1, step=None), "got a step of None; it must be more than 0"),
    ],
    ids=repr,
)
def test_a_bad_description_is_refused_with_the_settings_name_what_came_and_what_is_taken(description, message):
    with pytest.raises(ValueError, match=f"^share: .*{message}"):
        read_controls({"steps": (0, 1), "share": description})


def test_every_value_stands_at_its_own_position():
    for description in ((0, 1000), (100_000, 100_010), (1000.0, 1000.01, 0.001), (0.0, 1.0, 0.01), ["a", 1, None]):
        control = read(description)
        assert [control.position(value) for value in control.values] == [*range(len(control.values))]


@pytest.mark.parametrize(
    "description", [(0, 12), (999_998, 1_000_002), (1000.0, 1000.01, 0.001), (0.0, 1e-3, 1e-4), (0.0, 2e7, 1e6)]
)
def test_labels_and_addresses_tell_the_values_apart_and_are_true(description):
    control = read(description)
    for texts in (control.labels, control.described()["values"]):
        assert len({*texts}) == len(control.values)
        np.testing.assert_allclose([float(text) for text in texts], control.values, rtol=1e-9)


def test_a_whole_number_is_labelled_in_full():
    assert read([1]).labels == ("1",)
    assert read((1_000_000, 3_000_000, 1_000_000)).labels == ("1000000", "2000000", "3000000")


@pytest.mark.parametrize("value", [0.3, 0.1 + 0.2, np.float64(0.3), np.float32(0.3)], ids=repr)
def test_a_number_is_found_within_rounding(value):
    control = read((0.0, 1.0))
    assert control.values[control.position(value)] == 0.3
    with pytest.raises(ValueError, match="share: got"):
        control.position(float(value) + 1e-6)


@pytest.mark.parametrize(
    ("description", "value", "message"),
    [
        ((0, 3), 4, "share: got 4; it takes one of 0, 1, 2, 3"),
        ((0, 3), 1.5, "share: got 1.5; it takes one of 0, 1, 2, 3"),
        ((0, 3), True, "share: got True; it takes one of 0, 1, 2, 3"),
        ((0, 3), None, "share: got None; it takes one of"),
        ((0, 3), float("nan"), "share: got nan; it takes one of"),
        ((0, 100), 101, "share: got 101; it takes one of 0 … 100"),
        (["a", "b"], "c", "share: got 'c'; it takes one of 'a', 'b'"),
        (SELECTION, "rare", "share: got 'rare'; it takes one of 0.01, 0.5, 1.0"),
        (False, 1, "share: got 1; it takes one of False, True"),
    ],
)
def test_a_value_that_is_not_among_a_controls_is_refused_with_those_that_are(description, value, message):
    with pytest.raises(ValueError, match=message):
        read(description).position(value)


class Tint(enum.Enum):
    RED = 1


def test_what_the_front_end_reads_has_a_label_and_an_address_for_each_value():
    assert read([0.5, True, "word", ("two words", Tint.RED)][:3]).described() == {
        "name": "share",
        "label": "share",
        "kind": "choice",
        "labels": ["0.5", "True", "word"],
        "values": ["0.5", "on", "word"],
    }
    assert read([("no", Tint.RED)]).described()["values"] == ["no"]
    assert read(False).described()["values"] == ["off", "on"]
    assert read([np.int64(3), np.float64(0.25)]).described()["values"] == ["3", "0.25"]
