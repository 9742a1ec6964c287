"""What a reader can set: the same descriptions as `ipywidgets.interact` takes, each as a list of values."""

import inspect
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import ipywidgets
import numpy as np
from ipywidgets.widgets.interaction import interactive

MOST_VALUES = 2000
"""More stops than this no slider has pixels for."""


@dataclass(frozen=True)
class Control:
    """One setting and the values it can take.

    Attributes:
        name: the argument of `figure_of` that it sets.
        label: what the reader sees of it.
        kind: "slider" for values in order, "choice" for a list to choose from, "switch" for off and on.
        values: what `figure_of` is given, in order.
        labels: what the reader sees of each.
        default: position of the value at the start.
    """

    name: str
    label: str
    kind: Literal["slider", "choice", "switch"]
    values: tuple[Any, ...]
    labels: tuple[str, ...]
    default: int

    def position(self, value: Any) -> int:
        """Where a value stands among the control's.

        Raises:
            ValueError: it is not among them; says which are.
        """
        for position, allowed in enumerate(self.values):
            if isinstance(value, bool) == isinstance(allowed, bool) and value == allowed:
                return position
        for position, allowed in enumerate(self.values):
            if _is_number(value) and _is_number(allowed) and math.isclose(value, allowed, rel_tol=1e-9):
                return position
        texts = [repr(allowed) for allowed in self.values]
        span = f"{texts[0]} … {texts[-1]}" if len(texts) > 12 else ", ".join(texts)
        raise ValueError(f"{self.name}: got {value!r}; it takes one of {span}")

    def described(self) -> dict[str, Any]:
        """The control as the front end reads it."""
        return {
            "name": self.name,
            "label": self.label,
            "kind": self.kind,
            "labels": list(self.labels),
            "values": [_in_address(value, label) for value, label in zip(self.values, self.labels, strict=True)],
        }


def read_controls(
    settings: Mapping[str, Any], starts: Mapping[str, Any] | None = None
) -> tuple[tuple[Control, ...], dict[str, Any]]:
    """Turn descriptions into controls.

    Args:
        settings: for each argument of `figure_of`, what `interact` takes: a range `(low, high)` or
            `(low, high, step)`, a list, a dictionary from labels to values, a boolean, a number, an ipywidgets
            control, or `fixed(value)`.
        starts: the value to start at, for settings that have one and whose description names none.

    Returns:
        The controls, and the values of those settings that are fixed.

    Raises:
        ValueError: a description that is none of these, or has no or too many values; names the setting.
    """
    controls, fixed = [], {}
    for name, description in settings.items():
        if isinstance(description, ipywidgets.fixed):
            fixed[name] = description.value
        else:
            controls.append(_read(name, description, (starts or {}).get(name, inspect.Parameter.empty)))
    return tuple(controls), fixed


def _read(name: str, description: Any, start: Any) -> Control:
    try:
        widget = interactive.widget_from_abbrev(description, start)
    except ValueError as error:
        raise ValueError(f"{name}: got {description!r}; {error}") from None
    if isinstance(widget, ipywidgets.Checkbox | ipywidgets.ToggleButton):
        kind, values, labels = "switch", (False, True), ("off", "on")
    elif isinstance(widget, ipywidgets.SelectionSlider):
        kind, values, labels = "slider", *_options(widget)
    elif isinstance(widget, ipywidgets.widget_selection._Selection):
        kind, values, labels = "choice", *_options(widget)
    elif isinstance(widget, ipywidgets.FloatLogSlider):
        exponents = _stops(name, widget.min, widget.max, widget.step)
        kind, values = "slider", tuple(float(f"{widget.base**exponent:.6g}") for exponent in exponents)
        labels = _labels(values)
    elif isinstance(widget, ipywidgets.IntSlider | ipywidgets.FloatSlider):
        whole = isinstance(widget, ipywidgets.IntSlider)
        stops = _stops(name, widget.min, widget.max, widget.step)
        kind, values = "slider", tuple(int(stop) if whole else float(f"{stop:.12g}") for stop in stops)
        labels = _labels(values)
    else:
        raise ValueError(
            f"{name}: got {description!r}; it takes a range (low, high) or (low, high, step), a list, a boolean, "
            "a slider or a selection of ipywidgets, or fixed(value)"
        )
    if not values:
        raise ValueError(f"{name}: got {description!r}, which has no value to choose")
    label = getattr(widget, "description", "") or name.replace("_", " ")
    control = Control(name, label, kind, values, labels, 0)
    start = widget.value if widget.value is not None else values[0]
    try:
        default = control.position(start)
    except ValueError:  # a slider may start between two stops
        default = int(np.abs(np.asarray(values, dtype=float) - start).argmin())
    return Control(name, label, kind, values, labels, default)


def _options(widget: Any) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    return tuple(value for _, value in widget._options_full), tuple(label for label, _ in widget._options_full)


def _labels(numbers: tuple[int | float, ...]) -> tuple[str, ...]:
    """Numbers as a reader sees them: whole ones in full, others with as few digits as tell them apart."""
    if all(isinstance(number, int) for number in numbers):
        return tuple(map(str, numbers))
    short = tuple(f"{number:g}" for number in numbers)
    return short if len({*short}) == len(numbers) else tuple(f"{number:.12g}" for number in numbers)


def _stops(name: str, low: int | float, high: int | float, step: int | float | None) -> list[int | float]:
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError(f"{name}: got a range from {low} to {high}; both ends must be finite")
    if not step or step <= 0:
        raise ValueError(f"{name}: got a step of {step}; it must be more than 0")
    count = int(np.floor((high - low) / step + 1e-9)) + 1
    if count > MOST_VALUES:
        raise ValueError(f"{name}: {low} to {high} by {step} has {count} values; a slider has at most {MOST_VALUES}")
    return [low + step * index for index in range(count)]


def _in_address(value: Any, label: str) -> str:
    """How a value is written in a page's address."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if _is_number(value):
        return str(value) if isinstance(value, int | np.integer) else f"{value:.12g}"
    return value if isinstance(value, str) else label


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)
