"""Is every state of a baked grid the figure that Python draws there, and is what cannot be baked refused?"""

import base64
import itertools
import json
import math
import re
import zlib
from collections.abc import Callable
from typing import Any

import ipywidgets
import numpy as np
import plotly.graph_objects as go
import pytest

from looks_aligned import progress
from looks_aligned.explore.baking import MOST_STATES, BakingError, bake, figure_at, side_file
from looks_aligned.explore.controls import read_controls

FRONT_END_KINDS = {"f4", "f8", "i1", "i2", "i4", "u1", "u2", "u4"}
"""The packed numbers that front/explorer.js and plotly.js unpack."""


def baked(figure_of: Callable[..., go.Figure], /, **settings: Any) -> dict[str, Any]:
    """Baked, and once through the text that a page loads."""
    controls, fixed = read_controls(settings)
    return loaded(side_file("curve", bake("curve", figure_of, controls, fixed)))[2]


def loaded(script: str) -> tuple[str, int, dict[str, Any]]:
    """What a page's JavaScript hands on: in a raw template, all but a backtick and `${` stands for itself."""
    match = re.fullmatch(r"looksAligned\.grid\((\".*?\"),(\d+),String\.raw`(.*)`\);\n", script, re.DOTALL)
    assert match
    name, checksum, text = match.groups()
    assert "`" not in text
    assert "${" not in text
    assert not text.endswith("\\")
    assert zlib.crc32(text.encode()) == int(checksum)
    assert text.isascii(), "a page sums up characters where Python sums up bytes"
    return json.loads(name), int(checksum), json.loads(text)


def plain(value: Any) -> Any:
    """A figure without packing: nested lists, strings and Python's own numbers."""
    if isinstance(value, dict) and "bdata" in value:
        numbers = np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"])
        return numbers.reshape([int(n) for n in str(value.get("shape", len(numbers))).split(",")]).tolist()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def packings(value: Any) -> set[str]:
    if isinstance(value, dict):
        here = {value["dtype"]} if "bdata" in value else set()
        return here.union(*map(packings, value.values()))
    return set().union(*map(packings, value)) if isinstance(value, list) else set()


def assert_alike(got: Any, wanted: Any, at: str = "figure") -> None:
    """Equal, numbers with a fraction to single precision."""
    if isinstance(wanted, dict):
        assert isinstance(got, dict), at
        assert got.keys() == wanted.keys(), at
        for key in wanted:
            assert_alike(got[key], wanted[key], f"{at}.{key}")
    elif isinstance(wanted, list):
        assert isinstance(got, list), at
        assert len(got) == len(wanted), at
        for index, (one, other) in enumerate(zip(got, wanted, strict=True)):
            assert_alike(one, other, f"{at}.{index}")
    elif isinstance(wanted, float) and not wanted.is_integer():
        assert math.isclose(got, wanted, rel_tol=2**-24), at
    else:
        assert got == wanted, at


def assert_round_trip(figure_of: Callable[..., go.Figure], /, **settings: Any) -> dict[str, Any]:
    controls, fixed = read_controls(settings)
    grid = baked(figure_of, **settings)
    assert packings(grid) <= FRONT_END_KINDS
    for positions in itertools.product(*(range(len(control.values)) for control in controls)):
        values = {control.name: control.values[at] for control, at in zip(controls, positions, strict=True)}
        figure = figure_at(grid, {control.name: at for control, at in zip(controls, positions, strict=True)})
        assert_alike(plain(figure), plain(figure_of(**values, **fixed).to_plotly_json()), str(values))
    return grid


def drawn(trace: Any, **layout: Any) -> go.Figure:
    return go.Figure([trace], {"template": "none", **layout})


def wave(share: float, network: str, bent: bool, scale: float = 1.0) -> go.Figure:
    """A figure with something of everything."""
    x = np.linspace(0, 3, 17)
    field = np.sin(np.outer(x, x) * share) * scale
    return go.Figure(
        [
            go.Scatter(x=x, y=field[0] + x**2 * bent, name=f"{network}, seed 1", line={"color": "#0072B2"}),
            go.Scatter(x=[1, 2, None, 4], y=(share, 1 / 3, None, -share), text=["a", "b", "", network]),
            go.Heatmap(z=field, customdata=np.arange(289).reshape(17, 17), colorscale=[[0.0, "white"], [1.0, "black"]]),
        ],
        {
            "template": "none",
            "title": {"text": f"{network} at {share:.1f}"},
            "xaxis": {"range": [0, share + 1]},
            "shapes": [{"type": "line", "x0": share, "x1": share, "y0": 0, "y1": 1}],
            "meta": {"summary": f"Bent: {bent}.", "click": None},
        },
    )


def test_every_state_of_a_grid_is_the_figure_that_python_draws_there():
    grid = assert_round_trip(
        wave, share=(0.0, 1.0, 0.25), network=["one", "two"], bent=True, scale=ipywidgets.fixed(0.7)
    )
    assert grid["defaults"] == {"share": 2, "network": 0, "bent": 1}
    assert [control["name"] for control in grid["controls"]] == ["share", "network", "bent"]


def test_a_figure_without_settings_has_one_state():
    grid = assert_round_trip(lambda: wave(0.3, "one", True))
    assert grid["controls"] == grid["leaves"] == []


def test_what_is_alike_in_all_states_is_stored_once():
    curve = np.sin(np.arange(500))

    def figure_of(n: int) -> go.Figure:
        return drawn(go.Scatter(y=curve, name=str(n % 2)))

    grid = assert_round_trip(figure_of, n=(0, 9))
    assert grid["leaves"] == [
        {"controls": ["n"], "index": [0, 1] * 5, "changes": [{"path": ["data", 0, "name"], "values": ["0", "1"]}]}
    ]
    assert len(json.dumps(grid)) < 2 * 4 / 3 * 4 * len(curve)


def test_what_varies_together_shares_one_index():
    grid = assert_round_trip(lambda n: drawn(go.Scatter(y=[n // 2, n // 2 + 1], name=str(n // 2))), n=(0, 9))
    (leaf,) = grid["leaves"]
    assert [change["path"][-1] for change in leaf["changes"]] == ["name", "y"]


def test_a_leaf_is_counted_over_those_settings_alone_on_which_it_depends():
    def figure_of(share: float, steps: int, bent: bool) -> go.Figure:
        return drawn(go.Scatter(y=[steps, 2 * steps], name=f"{share}, {bent}"))

    grid = assert_round_trip(figure_of, share=(0.0, 1.0, 0.25), steps=(1, 3), bent=False)
    counted = {tuple(leaf["controls"]): len(leaf["index"]) for leaf in grid["leaves"]}
    assert counted == {("share", "bent"): 10, ("steps",): 3}


def test_plain_data_and_layout_are_a_figure_too():
    def figure_of(n: int) -> dict[str, Any]:
        return {"data": [{"y": [1, n]}], "layout": {"title": {"text": str(n)}}}

    grid = bake("plain", figure_of, read_controls({"n": (0, 2)})[0], {})
    assert figure_at(grid, {"n": 2}) == figure_of(2)


def test_arrays_may_vary_in_length_down_to_nothing():
    assert_round_trip(lambda n: drawn(go.Scatter(x=np.arange(n), y=np.ones(n) / 3, text=["a"] * n)), n=(0, 5))


def test_whole_numbers_stay_exact_however_large():
    extremes = [
        0,
        1,
        -1,
        255,
        256,
        -128,
        -129,
        2**15,
        -(2**15) - 1,
        2**31 - 1,
        2**31,
        -(2**31),
        2**24 + 1,
        2**31 + 1,
        2**53 - 1,
    ]

    def figure_of(n: int) -> go.Figure:
        return drawn(
            go.Scatter(
                x=np.array([extremes[n], 0]),
                y=np.array([extremes[n], 0.5]),
                customdata=np.array([[extremes[n]], [7]]),
                meta={"alone": extremes[n], "numpy": np.int64(extremes[n]), "listed": [extremes[n], 1]},
            )
        )

    assert_round_trip(figure_of, n=(0, len(extremes) - 1))


def test_whole_numbers_take_few_bytes():
    grid = baked(lambda: drawn(go.Scatter(x=np.arange(200), y=np.arange(200) - 100, ids=np.arange(200) * 100)))
    trace = grid["template"]["data"][0]
    assert (trace["x"]["dtype"], trace["y"]["dtype"], trace["ids"]["dtype"]) == ("u1", "i1", "i2")


def test_a_number_too_large_for_single_precision_is_kept():
    assert_round_trip(lambda: drawn(go.Scatter(y=np.array([1e300, -1e39, 0.1]))))


def test_bools_texts_and_mixed_arrays_are_kept():
    mixed = np.array([1, None, "x"], dtype=object)
    assert_round_trip(lambda: drawn(go.Scatter(x=np.array(["a", "b"]), y=np.array([True, False]), customdata=mixed)))


@pytest.mark.parametrize(
    "text", ["`", "${1}", "$", "\\", "\\`", "\\${", "</script>", "é – α 😀", "\u2028", '"', "\n\r\t"]
)
def test_any_text_survives_the_side_file(text):
    grid = assert_round_trip(lambda n: drawn(go.Scatter(name=text * n), title={"text": text}, meta={text: n}), n=(1, 2))
    assert figure_at(grid, {"n": 1})["data"][0]["name"] == text * 2


def test_the_side_file_names_its_figure_and_a_change_of_any_character_changes_its_checksum():
    script = side_file("curve", bake("curve", lambda: wave(0.5, "one", True), (), {}))
    name, checksum, _ = loaded(script)
    assert name == "curve"
    start, end = script.index("`") + 1, script.rindex("`")
    for place in (start, (start + end) // 2, end - 1):
        damaged = script[start:place] + chr(ord(script[place]) ^ 1) + script[place + 1 : end]
        assert zlib.crc32(damaged.encode()) != checksum


def test_two_bakes_give_identical_bytes():
    def bytes_of_a_bake() -> bytes:
        controls, fixed = read_controls({"share": (0.0, 1.0), "network": ["one", "two"], "bent": True})
        return side_file("wave", bake("wave", wave, controls, fixed)).encode()

    assert bytes_of_a_bake() == bytes_of_a_bake()


def test_a_bake_tells_of_its_progress_and_can_be_stopped():
    heard = []
    with progress.listening(lambda *report: heard.append(report)):
        baked(lambda n: drawn(go.Scatter(y=[n])), n=(0, 3))
    assert heard == [(done, 4, "baking curve") for done in range(5)]

    def stopping(done: int, total: int, name: str) -> None:
        if name == "inside":
            raise progress.Stopped

    def tracked(n: int) -> go.Figure:
        for _ in progress.track(range(3), 3, "inside"):
            pass
        return go.Figure()

    with progress.listening(stopping), pytest.raises(progress.Stopped):
        baked(tracked, n=(0, 3))


NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("path", "drawing_of"),
    [
        ("data.0.y", lambda bad: drawn(go.Scatter(y=np.array([1.0, bad])))),
        ("data.0.y", lambda bad: drawn(go.Scatter(y=[1.0, bad]))),
        ("data.0.y", lambda bad: drawn(go.Scatter(y=np.array([None, bad], dtype=object)))),
        ("data.0.z", lambda bad: drawn(go.Heatmap(z=np.array([[1.0, bad]])))),
        ("data.0.z.0", lambda bad: drawn(go.Heatmap(z=[[1.0, bad]]))),
        ("data.0.customdata", lambda bad: drawn(go.Scatter(y=[1], customdata=np.array([bad])))),
        ("data.0.meta.deep.1.value", lambda bad: drawn(go.Scatter(meta={"deep": [1, {"value": bad}]}))),
        ("layout.meta.regret", lambda bad: drawn(go.Scatter(), meta={"regret": np.float32(bad)})),
        ("layout.xaxis.range", lambda bad: drawn(go.Scatter(), xaxis={"range": [0, bad]})),
    ],
)
@pytest.mark.parametrize("bad", [NAN, INF, -INF])
def test_a_number_that_is_not_finite_is_refused_with_figure_state_and_place(path, drawing_of, bad):
    with pytest.raises(BakingError, match=f"^curve at n=2, on=True: {re.escape(path)} has a number that is not finite"):
        baked(lambda n, on: drawing_of(bad if n == 2 and on else 0.5), n=(0, 3), on=False)


@pytest.mark.parametrize(
    ("place", "figure_of"),
    [
        ("data.1", lambda n: go.Figure([go.Scatter(y=[1])] * (1 + (n == 2)), {"template": "none"})),
        ("layout.title", lambda n: drawn(go.Scatter(y=[1]), **({} if n == 2 else {"title": {"text": "t"}}))),
        ("layout.shapes", lambda n: drawn(go.Scatter(y=[1]), shapes=[{"type": "line"}] * (n != 2))),
        ("data.0.marker", lambda n: drawn(go.Scatter(y=[1], marker={"size": 3} if n == 2 else None))),
    ],
)
def test_a_figure_whose_structure_changes_is_refused_with_both_states(place, figure_of):
    with pytest.raises(BakingError, match=r"^curve: .*; a figure must keep its structure over the grid") as caught:
        baked(figure_of, n=(0, 3))
    assert place in str(caught.value)
    assert "n=0" in str(caught.value)
    assert "n=2" in str(caught.value)


@pytest.mark.parametrize("answer", [None, "a figure", {"data": []}])
def test_an_answer_that_is_no_figure_is_refused(answer):
    wanted = f"curve at n=1: got {type(answer).__name__}; the function must return a plotly figure"
    with pytest.raises(BakingError, match=wanted):
        baked(lambda n: answer if n == 1 else go.Figure(), n=(0, 3))


def test_an_error_of_the_function_is_told_with_figure_and_state():
    def picky(share: float, steps: int) -> go.Figure:
        if share > 1:
            raise ValueError(f"share: got {share}; it is a share of levels, from 0 to 1")
        return go.Figure()

    message = r"^curve at share=1.5, steps=7: ValueError: share: got 1.5; it is a share of levels, from 0 to 1"
    with pytest.raises(BakingError, match=message) as caught:
        baked(picky, share=[0.5, 1.5], steps=[7])
    assert isinstance(caught.value.__cause__, ValueError)


def test_too_many_states_are_refused_before_any_is_drawn():
    calls = []
    with pytest.raises(BakingError, match=f"curve: 22801 states; at most {MOST_STATES} can be baked"):
        baked(lambda a, b: calls.append((a, b)), a=(0, 150), b=(0, 150))  # type: ignore[arg-type]
    assert calls == []
