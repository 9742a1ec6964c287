"""An explorer joins sliders to a figure: a kernel answers each move; a page looks up what Python answered before."""

import ctypes
import gzip
import inspect
import os
import re
import sys
import threading
import time
import traceback
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from plotly.offline import get_plotlyjs

from looks_aligned import progress
from looks_aligned.explore.baking import Figure, as_json, bake, is_figure
from looks_aligned.explore.controls import Control, read_controls
from looks_aligned.explore.prediction import Prediction
from looks_aligned.explore.turns import TURNS

FigureOf = Callable[..., Figure]

BUILD_VARIABLE = "LOOKS_ALIGNED_BUILD"
"""Set while the book is built: explorers then bake themselves, and no widget is made."""
PRESENT = "present"
"""Stands in an address beside the settings: the figure then fills the window. No setting may be called so."""
MIME_TYPE = "application/vnd.looks-aligned.explorer+json"

FRONT = Path(__file__).parent / "front"
PROGRESS_INTERVAL = 0.1
"""Seconds between two reports of progress; each is a message to the browser."""


class Explorer(anywidget.AnyWidget):
    """Sliders, and a figure that Python draws anew when one moves.

    Each setting is a trait: `explorer.share` reads and sets it, `explorer.observe(…, "share")` follows it, and
    `traitlets.link` ties it to another. Figures are computed in a thread of their own. A newer move cancels an older
    one as soon as the older one tells of its progress (`looks_aligned.progress`); an error is shown in words, and the
    explorer goes on working. A value that its control does not have is refused with a ValueError.
    """

    _moving = threading.RLock()
    """Held by the one move that sets its traits now; one for all explorers, since they may be linked."""

    _esm = FRONT / "explorer.js"
    _css = FRONT / "explorer.css"

    label = traitlets.Unicode().tag(sync=True)
    controls = traitlets.List().tag(sync=True)
    defaults = traitlets.Dict().tag(sync=True)
    prediction = traitlets.Dict().tag(sync=True)
    positions = traitlets.Dict().tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)
    progress = traitlets.Float(-1.0).tag(sync=True)
    snapshot = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        name: str,
        figure_of: FigureOf,
        controls: tuple[Control, ...],
        fixed: dict[str, Any],
        prediction: Prediction | None = None,
    ) -> None:
        """Start computing the first figure. Made by `explore`."""
        self._controls = {control.name: control for control in controls}
        defaults = {control.name: control.default for control in controls}
        super().__init__(
            label=name,
            controls=[control.described() for control in controls],
            defaults=defaults,
            prediction=prediction.described(controls) if prediction else {},
            positions=dict(defaults),
        )
        self._figure_of = figure_of
        self._fixed = fixed
        self._lock = threading.Lock()
        self._asked = 0
        self._stopped = 0
        self._shown: dict[str, Any] | None = None
        self._worker: threading.Thread | None = None
        self.figures_drawn = 0
        """How many figures Python has computed for this explorer."""
        self.add_traits(**{control.name: _Setting(control) for control in controls})
        self.observe(self._move_from_python, list(self._controls))
        self.observe(self._move, "positions")
        self.on_msg(self._hear)
        self._request()

    @property
    def settings(self) -> dict[str, Any]:
        """The value of each setting."""
        return {name: control.values[self.positions[name]] for name, control in self._controls.items()}

    def wait(self, timeout: float | None = None) -> "Explorer":
        """Wait until the figure for the newest settings is there.

        Args:
            timeout: seconds to wait at most.

        Raises:
            TimeoutError: it is not there by then.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while (worker := self._worker) is not None:
            worker.join(None if deadline is None else max(0.0, deadline - time.monotonic()))
            if worker.is_alive():
                raise TimeoutError(f"timeout: no figure after {timeout} s")
        return self

    @traitlets.validate("positions")
    def _check_positions(self, proposal: Any) -> dict[str, int]:
        positions = proposal["value"]
        for name in {**self._controls, **positions}:
            position, count = positions.get(name), len(self._controls[name].values) if name in self._controls else 0
            if not isinstance(position, int) or not 0 <= position < count:
                allowed = f"0 to {count - 1}" if count else f"no position; the settings are {', '.join(self._controls)}"
                # A TraitError, so that what else came in the same message is taken back too.
                raise traitlets.TraitError(f"{name}: got position {position!r}; it takes {allowed}")
        return positions

    def _move_from_python(self, change: Any) -> None:
        with self._moving:
            position = self._controls[change["name"]].position(change["new"])
            self.positions = {**self.positions, change["name"]: position}

    def _move(self, _: Any) -> None:
        with self._moving:
            for name, control in self._controls.items():
                self.set_trait(name, control.values[self.positions[name]])
        self._request()

    def _request(self) -> None:
        with self._lock:
            self._asked += 1
            if self._worker is None:
                worker = threading.Thread(target=self._work, daemon=True)
                worker.start()
                self._worker = worker

    def _work(self) -> None:
        """Compute until the newest request is answered."""
        while True:
            asked, positions = self._asked, dict(self.positions)
            try:
                self.progress = 0.0
                answer = self._answered(asked, positions)
                if asked == self._asked:
                    self.progress = -1.0
                    if answer is not None:
                        self._shown = answer if "figure" in answer else self._shown
                        self.answer = answer
            except Exception:  # of a reader's observer: no reason to leave later moves without an answer
                traceback.print_exc()
            _give_back()
            # A worker stays the only one until its answer is out: none is overwritten by an older one.
            with self._lock:
                if asked == self._asked:
                    self._worker = None
                    return

    def _answered(self, asked: int, positions: dict[str, int]) -> dict[str, Any] | None:
        if self._shown is not None and positions == self._shown["positions"]:
            return self._shown
        if asked == self._stopped:
            return {"positions": positions, "error": "Stopped. Move a control, or run the cell again."}
        settings = {name: self._controls[name].values[position] for name, position in positions.items()}
        reported = time.monotonic()

        def check_still_wanted() -> None:
            if asked != self._asked:
                raise progress.Stopped

        def listen(done: int, total: int, _: str) -> None:
            nonlocal reported
            check_still_wanted()
            if time.monotonic() - reported > PROGRESS_INTERVAL:
                reported = time.monotonic()
                self.progress = done / max(total, 1)

        try:
            with TURNS.turn(waiting=check_still_wanted):
                check_still_wanted()  # a newer move may have come last of all
                with progress.listening(listen):
                    drawn = self._figure_of(**settings, **self._fixed)
                if not is_figure(drawn):
                    raise TypeError(f"the function must return a plotly figure; it returned {type(drawn).__name__}")
                self.figures_drawn += 1
                return {"positions": positions, "figure": as_json(drawn)}
        except progress.Stopped:
            return None
        except (Exception, SystemExit) as error:
            # Whatever the reader's function raises is shown to the reader, who can mend it.
            where = traceback.extract_tb(error.__traceback__)[-1]
            return {
                "positions": positions,
                "error": f"{type(error).__name__}: {error}\n(in {where.name}, line {where.lineno})",
            }

    def _hear(self, _: Any, content: Any, __: Any) -> None:
        if content.get("kind") == "plotly":
            self.send({"kind": "plotly"}, [_packed_plotly()])
        elif content.get("kind") == "stop":
            self._request_stop()

    def _request_stop(self) -> None:
        """Go back to the settings of the figure that is shown; before there is one, only stop."""
        if self._shown is not None:
            self.positions = dict(self._shown["positions"])
            return
        with self._lock:
            if self._worker is not None:
                self._asked += 1
                self._stopped = self._asked


class _Setting(traitlets.TraitType[Any, Any]):
    """The trait of a setting: it takes its control's values and no other."""

    def __init__(self, control: Control) -> None:
        super().__init__(control.values[control.default])
        self._control = control

    def validate(self, _: Any, value: Any) -> Any:
        return self._control.values[self._control.position(value)]


class BakedExplorer:
    """What `explore` gives while the book is built: a grid of figures, and no widget."""

    def __init__(self, baked: dict[str, Any]) -> None:
        """Keep the baked grid."""
        self.baked = baked

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {MIME_TYPE: self.baked, "text/plain": f"explorer {self.baked['label']}"}


def explore(
    figure_of: FigureOf,
    *,
    name: str | None = None,
    baked: FigureOf | None = None,
    predict: Prediction | None = None,
    **settings: Any,
) -> Explorer | BakedExplorer:
    """Show sliders and the figure that they set.

    Args:
        figure_of: from settings to a plotly figure, or to a dictionary of its data and layout.
        name: the explorer's name, by which an address finds it; the function's own name if left out.
        baked: draws the same figures when the book is built, where `figure_of` would compute anew for every state
            what a sweep has computed already. A test should hold the two equal.
        **settings: for each argument of `figure_of`, what `ipywidgets.interact` takes. As there, a range or a list
            starts at the argument's own default, if it has one.

    Raises:
        ValueError: a name that cannot stand in an address; a setting that `figure_of` does not take, or whose
            description is not understood; a prediction about settings that are not there.
        BakingError: while the book is built: a figure that cannot be baked.
    """
    title = name or getattr(figure_of, "__name__", "").replace("_", "-")
    if not re.fullmatch("[a-z0-9-]*[a-z0-9][a-z0-9-]*", title):
        raise ValueError(f"name: got {title!r}; an explorer's name has lower-case letters, digits and hyphens only")
    starts = {name: parameter.default for name, parameter in inspect.signature(figure_of).parameters.items()}
    controls, fixed = read_controls(settings, starts)
    for function in (figure_of, baked or figure_of):
        _check_arguments(function, title, {*settings})
    if taken := [control.name for control in controls if control.name == PRESENT or hasattr(Explorer, control.name)]:
        raise ValueError(
            f"{title}: got setting {taken[0]!r}, which names something else of an explorer; call it otherwise"
        )
    if os.environ.get(BUILD_VARIABLE):
        grid = bake(title, baked or figure_of, controls, fixed)
        return BakedExplorer(grid | {"prediction": predict.described(controls) if predict else {}})
    return Explorer(title, figure_of, controls, fixed, predict)


def _check_arguments(figure_of: FigureOf, name: str, settings: set[str]) -> None:
    parameters = inspect.signature(figure_of).parameters.values()
    several = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    taken = {parameter.name for parameter in parameters if parameter.kind not in several}
    needed = {parameter.name for parameter in parameters if parameter.default is parameter.empty} & taken
    anything = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters)
    unknown, missing = settings - taken, needed - settings
    if unknown and not anything:
        raise ValueError(
            f"{name}: got setting {min(unknown)!r}, which its function does not take; it takes {sorted(taken)}"
        )
    if missing:
        raise ValueError(
            f"{name}: its function needs {min(missing)!r}; give it a range, a list, a boolean or a control"
        )


def _give_back() -> None:
    """Let the system have the memory that a figure has left free: a class on one machine needs it."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:  # glibc's own
        trim(0)


@cache
def _packed_plotly() -> bytes:
    return gzip.compress(get_plotlyjs().encode(), compresslevel=6)
