"""Baking: every figure of a grid of settings, packed so that a page can show each without a kernel.

The figures of one explorer differ in few places. What is alike in all is stored once, as a template; where they
differ, each distinct value is stored once, and each state says which it has. Numbers stay in plotly's own packed form.
"""

import base64
import copy
import json
import math
import zlib
from collections.abc import Callable, Iterable, Sequence
from itertools import product
from typing import Any

import numpy as np
import plotly.graph_objects as go

from looks_aligned import progress
from looks_aligned.explore.controls import Control

Path = tuple[str | int, ...]
PLAIN = {str, int, float, bool, type(None)}
Figure = go.Figure | dict[str, Any]
"""A plotly figure; or its data and layout as plain values, which are made a hundred times faster."""

MOST_STATES = 20_000
"""A grid with more states than this would take too long to bake and to load."""


class BakingError(ValueError):
    """A figure that cannot be baked; says which, in which state, and why."""


def bake(
    name: str, figure_of: Callable[..., Figure], controls: Sequence[Control], fixed: dict[str, Any]
) -> dict[str, Any]:
    """Draw the figure in every state of the grid.

    Args:
        name: of the explorer, for messages and for the page.
        figure_of: from settings to a figure.
        controls: the grid, in the order in which states are counted: the last one fastest.
        fixed: settings that do not vary.

    Returns:
        The baked grid as the front end reads it (`BakedGrid` in front/types.d.ts).

    Raises:
        BakingError: too many states; an error of `figure_of`; an answer that is no figure; a number that is not
            finite; a structure that changes over the grid.
    """
    count = math.prod(len(control.values) for control in controls)
    if count > MOST_STATES:
        raise BakingError(
            f"{name}: {count} states; at most {MOST_STATES} can be baked, so fix a setting or thin a range"
        )
    packing = _Packing(name, controls)
    for values in progress.track(product(*(control.values for control in controls)), count, f"baking {name}"):
        settings = dict(zip((control.name for control in controls), values, strict=True))
        state = ", ".join(f"{key}={value!r}" for key, value in settings.items()) or "its one state"
        try:
            drawn = figure_of(**settings, **fixed)
        except progress.Stopped:
            raise
        except Exception as error:
            raise BakingError(f"{name} at {state}: {type(error).__name__}: {error}") from error
        if not is_figure(drawn):
            raise BakingError(
                f"{name} at {state}: got {type(drawn).__name__}; the function must return a plotly figure"
            )
        try:
            packing.add(state, _leaves(as_json(drawn)))
        except _NotFiniteError as error:
            raise BakingError(f"{name} at {state}: {error} has a number that is not finite (NaN or infinity)") from None
    template, leaves = packing.packed()
    return {
        "label": name,
        "controls": [control.described() for control in controls],
        "defaults": {control.name: control.default for control in controls},
        "template": template,
        "leaves": leaves,
    }


def is_figure(drawn: Any) -> bool:
    """Whether this is a figure of either kind."""
    return isinstance(drawn, go.Figure) or (isinstance(drawn, dict) and drawn.keys() == {"data", "layout"})


def as_json(figure: Figure) -> dict[str, Any]:
    """A figure as plotly.js reads it; numbers packed, in single precision, which is finer than any screen."""
    return _single(figure if isinstance(figure, dict) else figure.to_plotly_json())


def figure_at(baked: dict[str, Any], positions: dict[str, int]) -> dict[str, Any]:
    """The figure of one state, put together again as the page does it.

    Args:
        baked: what `bake` gave.
        positions: for each control, the position of its value.
    """
    stops = {control["name"]: len(control["labels"]) for control in baked["controls"]}
    figure = copy.deepcopy(baked["template"])
    for leaf in baked["leaves"]:
        state = 0
        for name in leaf["controls"]:
            state = state * stops[name] + positions[name]
        for change in leaf["changes"]:
            *way, last = change["path"]
            place = figure
            for step in way:
                place = place[step]
            place[last] = change["values"][leaf["index"][state]]
    return figure


def side_file(name: str, baked: dict[str, Any]) -> str:
    """The script that hands a baked grid to the page, with a checksum by which the page notices damage."""
    text = json.dumps(baked, separators=(",", ":"), allow_nan=False, sort_keys=True)  # as jupyter-cache has them
    text = text.replace("`", "\\u0060").replace("${", "$\\u007b")
    return f"looksAligned.grid({json.dumps(name)},{zlib.crc32(text.encode())},String.raw`{text}`);\n"


def _single(value: Any) -> Any:
    if type(value) in PLAIN:  # as nearly all are
        return value
    if isinstance(value, dict) and "bdata" in value:
        array = np.frombuffer(base64.b64decode(value["bdata"]), dtype=np.dtype(value["dtype"]))
        shape = value.get("shape")
        return _single(array.reshape([int(n) for n in str(shape).split(",")]) if shape else array)
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "fiu":
            return [_single(item) for item in value.tolist()]
        array = _fine(value) if value.dtype.kind == "f" else _small(value)
        packed = {"dtype": array.dtype.str[1:], "bdata": base64.b64encode(array.tobytes()).decode()}
        return {**packed, "shape": ", ".join(map(str, array.shape))} if array.ndim > 1 else packed
    if isinstance(value, dict):
        return {str(key): _single(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_single(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value


def _fine(array: np.ndarray) -> np.ndarray:
    """Single precision; double where that would change a whole number."""
    with np.errstate(over="ignore"):
        single = array.astype("f4")
    whole = array == np.rint(array)
    return single if (single == array)[whole].all() else array.astype("f8")


def _small(array: np.ndarray) -> np.ndarray:
    """Whole numbers in the fewest bytes that hold them, of those that plotly.js reads."""
    for kind in ("u1", "i1", "i2", "i4"):
        if array.size == 0 or (np.iinfo(kind).min <= array.min() and array.max() <= np.iinfo(kind).max):
            return array.astype(kind)
    return array.astype("f8")


class _NotFiniteError(ValueError):
    """A number that no page can show; says where it is."""


def _leaves(value: Any, path: Path = (), found: dict[Path, Any] | None = None) -> dict[Path, Any]:
    """Every value at the end of a path; packed numbers and lists of plain values are whole leaves."""
    found = {} if found is None else found
    branches: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict) and "bdata" in value:
        if not np.isfinite(np.frombuffer(base64.b64decode(value["bdata"]), dtype=value["dtype"])).all():
            raise _NotFiniteError(_where(path))
    elif isinstance(value, dict):
        branches = value.items()
    elif isinstance(value, list):
        if any(isinstance(item, dict | list) for item in value):
            branches = enumerate(value)
        elif any(isinstance(item, float) and not math.isfinite(item) for item in value):
            raise _NotFiniteError(_where(path))
    elif isinstance(value, float) and not math.isfinite(value):
        raise _NotFiniteError(_where(path))
    if not branches:
        found[path] = value
    for step, branch in branches:
        _leaves(branch, (*path, step), found)
    return found


class _Packing:
    """Figures, added one by one in the order of the states, each distinct value of each leaf kept once."""

    def __init__(self, name: str, controls: Sequence[Control]) -> None:
        self._name = name
        self._controls = controls
        self._states: list[str] = []
        self._first: dict[Path, Any] = {}
        self._places: dict[Path, dict[str, int]] = {}
        self._indices: dict[Path, list[int]] = {}

    def add(self, state: str, leaves: dict[Path, Any]) -> None:
        """Take in the next state's figure."""
        if not self._states:
            self._first = leaves
            self._places = {path: {} for path in leaves}
            self._indices = {path: [] for path in leaves}
        elif leaves.keys() != self._first.keys():
            path = min(leaves.keys() ^ self._first.keys(), key=str)
            there, absent = (state, self._states[0]) if path in leaves else (self._states[0], state)
            raise BakingError(
                f"{self._name}: {_where(path)} is there at {there} but not at {absent}; "
                "a figure must keep its structure over the grid"
            )
        self._states.append(state)
        for path, value in leaves.items():
            places = self._places[path]
            self._indices[path].append(places.setdefault(json.dumps(value), len(places)))

    def packed(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The template, and what varies: leaves that vary together share one index."""
        together: dict[tuple[int, ...], list[dict[str, Any]]] = {}
        for path, places in self._places.items():
            if len(places) > 1:
                change = {"path": list(path), "values": [json.loads(text) for text in places]}
                together.setdefault(tuple(self._indices[path]), []).append(change)
        return _tree(self._first), [{**self._short(index), "changes": changes} for index, changes in together.items()]

    def _short(self, index: tuple[int, ...]) -> dict[str, Any]:
        """An index over those controls alone on which it depends."""
        grid = np.array(index).reshape([len(control.values) for control in self._controls])
        depends = []
        for axis, control in enumerate(self._controls):
            first = grid.take([0], axis)
            if (grid == first).all():
                grid = first
            else:
                depends.append(control.name)
        return {"controls": depends, "index": grid.ravel().tolist()}


def _tree(leaves: dict[Path, Any]) -> Any:
    """The nested value that has these leaves."""
    if list(leaves) == [()]:
        return leaves[()]
    branches: dict[str | int, dict[Path, Any]] = {}
    for (step, *rest), value in leaves.items():
        branches.setdefault(step, {})[tuple(rest)] = value
    if all(isinstance(step, int) for step in branches):
        return [_tree(branch) for branch in branches.values()]
    return {step: _tree(branch) for step, branch in branches.items()}


def _where(path: Path) -> str:
    return ".".join(map(str, path))
