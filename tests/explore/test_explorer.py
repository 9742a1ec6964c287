"""Does an explorer on a kernel always end at the figure for its newest settings, and a baked one leave no widget?"""

import gzip
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import ipywidgets
import numpy as np
import plotly.graph_objects as go
import pytest
import traitlets
from plotly.offline import get_plotlyjs

from looks_aligned import progress
from looks_aligned.explore import BakedExplorer, Explorer, explore, explorer
from looks_aligned.explore.baking import BakingError, as_json
from looks_aligned.explore.explorer import BUILD_VARIABLE, MIME_TYPE
from looks_aligned.explore.turns import Turns

PATIENCE = 10.0
"""Seconds after which an answer is missing."""


def point(**settings: Any) -> go.Figure:
    """A figure that tells its settings."""
    return go.Figure(go.Scatter(y=[1]), {"template": "none", "meta": {"settings": settings}})


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """Explorers on a kernel that waits for no other; each may still be working when the test ends."""
    monkeypatch.setattr(explorer, "TURNS", Turns([]))
    monkeypatch.delenv(BUILD_VARIABLE, raising=False)
    monkeypatch.setattr(explorer, "PROGRESS_INTERVAL", 0.0)
    made: list[Any] = []

    def make(figure_of: Callable[..., Any], name: str = "point", **settings: Any) -> Any:
        made.append(explore(figure_of, name=name, **settings))
        return made[-1]

    yield make
    for one in made:
        one.wait(PATIENCE)
        one.unobserve_all()
        one.close()


def settings_shown(widget: Any) -> dict[str, Any]:
    return widget.answer["figure"]["layout"]["meta"]["settings"]


class Long:
    """A long computation, which writes down how it went and ends when it is told to."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.stopped: list[int] = []
        self.begins = threading.Event()
        self.may_end = threading.Event()

    def __call__(self, n: int) -> go.Figure:
        self.begun.append(n)
        self.begins.set()
        try:
            for _ in progress.track(range(10_000), 10_000, "waiting"):
                if self.may_end.wait(0.001):
                    break
        except progress.Stopped:
            self.stopped.append(n)
            raise
        return point(n=n)


def test_it_shows_the_figure_for_its_first_settings(live):
    widget = live(point, share=(0.0, 1.0), network=["one", "two"], steps=ipywidgets.fixed(150)).wait(PATIENCE)
    assert Explorer in type(widget).__mro__
    assert (widget.share, widget.network) == (0.5, "one")
    assert widget.settings == {"share": 0.5, "network": "one"}
    assert widget.answer == {
        "positions": {"share": 5, "network": 0},
        "figure": as_json(point(share=0.5, network="one", steps=150)),
    }
    assert widget.progress == -1
    assert widget.figures_drawn == 1


def test_setting_a_value_draws_the_figure_anew(live):
    widget = live(point, share=(0.0, 1.0), network=["one", "two"]).wait(PATIENCE)
    widget.share = 0.3
    assert widget.positions == {"share": 3, "network": 0}
    assert settings_shown(widget.wait(PATIENCE)) == {"share": 0.3, "network": "one"}
    widget.network = "two"
    assert settings_shown(widget.wait(PATIENCE)) == {"share": 0.3, "network": "two"}
    assert widget.figures_drawn == 3


def test_a_value_within_rounding_is_the_controls_own(live):
    widget = live(point, share=(0.0, 1.0))
    widget.share = np.float64(0.1) + 0.2
    assert widget.share == 0.3
    assert type(widget.share) is float


def test_a_move_in_the_front_end_sets_the_values(live):
    widget = live(point, share=(0.0, 1.0), on=False).wait(PATIENCE)
    seen = []
    widget.observe(lambda change: seen.append((change["name"], change["old"], change["new"])), ["share", "on"])
    widget.set_state({"positions": {"share": 2, "on": 1}})
    assert (widget.share, widget.on) == (0.2, True)
    assert seen == [("share", 0.5, 0.2), ("on", False, True)]
    assert settings_shown(widget.wait(PATIENCE)) == {"share": 0.2, "on": True}


def test_a_move_can_be_observed_once_and_the_answer_too(live):
    widget = live(point, n=(0, 4)).wait(PATIENCE)
    moves, answers = [], []
    widget.observe(lambda change: moves.append((change["old"], change["new"])), "n")
    widget.observe(lambda change: answers.append(change["new"]["positions"]), "answer")
    widget.n = 4
    widget.n = 4
    widget.wait(PATIENCE)
    assert moves == [(2, 4)]
    assert answers == [{"n": 4}]


def test_settings_held_together_are_moved_together(live):
    widget = live(point, share=(0.0, 1.0), n=(0, 4)).wait(PATIENCE)
    with widget.hold_trait_notifications():
        widget.share = 0.9
        widget.n = 0
    assert widget.settings == {"share": 0.9, "n": 0}
    assert (widget.share, widget.n) == (0.9, 0)
    assert settings_shown(widget.wait(PATIENCE)) == {"share": 0.9, "n": 0}


@pytest.mark.parametrize("value", [7, -1, 1.5, "x", None, True, float("nan")])
def test_a_value_outside_its_options_is_refused_and_nothing_changes(live, value):
    widget = live(point, n=(0, 4), on=False).wait(PATIENCE)
    before, seen = widget.answer, []
    widget.observe(seen.append, ["n", "positions", "answer"])
    with pytest.raises(ValueError, match=f"^n: got {value!r}; it takes one of 0, 1, 2, 3, 4$"):
        widget.n = value
    assert (widget.n, widget.positions, widget.answer) == (2, {"n": 2, "on": 0}, before)
    assert seen == []
    widget.n = 3
    assert settings_shown(widget.wait(PATIENCE)) == {"n": 3, "on": False}


@pytest.mark.parametrize(
    ("positions", "message"),
    [
        ({"n": 5, "on": 0}, "n: got position 5; it takes 0 to 4"),
        ({"n": -1, "on": 0}, "n: got position -1; it takes 0 to 4"),
        ({"n": 1.0, "on": 0}, "n: got position 1.0; it takes 0 to 4"),
        ({"n": "1", "on": 0}, "n: got position '1'; it takes 0 to 4"),
        ({"n": 1}, "on: got position None; it takes 0 to 1"),
        ({"n": 1, "on": 0, "m": 0}, "m: got position 0; it takes no position; the settings are n, on"),
    ],
)
def test_a_position_that_a_setting_does_not_have_is_refused_and_nothing_changes(live, positions, message):
    widget = live(point, n=(0, 4), on=False).wait(PATIENCE)
    before = widget.answer
    with pytest.raises(traitlets.TraitError, match=message):
        widget.positions = positions
    with pytest.raises(traitlets.TraitError, match=message):
        widget.set_state({"positions": positions, "snapshot": "new"})
    assert (widget.n, widget.on, widget.positions, widget.answer) == (2, False, {"n": 2, "on": 0}, before)
    assert widget.snapshot == ""
    widget.positions = {"n": 0, "on": 1}
    assert settings_shown(widget.wait(PATIENCE)) == {"n": 0, "on": True}


def test_explorers_and_controls_can_be_linked(live):
    slider = ipywidgets.IntSlider(min=0, max=4, value=1)
    one, other, follower = (live(point, n=(0, 4)) for _ in range(3))
    traitlets.link((slider, "value"), (one, "n"))
    traitlets.link((one, "n"), (other, "n"))
    traitlets.dlink((other, "n"), (follower, "n"))
    assert [one.n, other.n, follower.n] == [1, 1, 1]
    slider.value = 3
    other.n = 0
    assert slider.value == 0
    for widget in (one, other, follower):
        assert settings_shown(widget.wait(PATIENCE)) == {"n": 0}
    follower.n = 2
    assert other.n == 0


def test_it_can_stand_in_a_box_with_other_widgets(live):
    widget = live(point, n=(0, 4)).wait(PATIENCE)
    slider = ipywidgets.IntSlider()
    box = ipywidgets.VBox([widget, slider])
    assert box.children == (widget, slider)
    assert box.get_state()["children"] == [f"IPY_MODEL_{widget.model_id}", f"IPY_MODEL_{slider.model_id}"]


def test_its_state_is_json_with_the_front_end_in_it_and_no_value_of_a_reader(live):
    widget = live(point, n=(0, 4), thing={"an object": object()}).wait(PATIENCE)
    state = json.loads(json.dumps(widget.get_state()["positions"]))
    assert state == {"n": 2, "thing": 0}
    assert widget.get_state()["_esm"] == (explorer.FRONT / "explorer.js").read_text(encoding="utf-8")
    assert not {"n", "thing"} & widget.get_state().keys()
    assert json.loads(json.dumps(widget.controls)) == widget.controls
    (mime_type,) = [kind for kind in widget._repr_mimebundle_()[0] if kind != "text/plain"]
    assert mime_type == "application/vnd.jupyter.widget-view+json"


def test_the_front_end_gets_plotly_when_it_asks_for_it(live, monkeypatch):
    widget, sent = live(point, n=(0, 4)), []
    monkeypatch.setattr(type(widget), "send", lambda self, content, buffers=None: sent.append((content, buffers)))
    widget._handle_custom_msg({"kind": "plotly"}, [])
    ((content, (packed,)),) = sent
    assert content == {"kind": "plotly"}
    assert gzip.decompress(packed).decode() == get_plotlyjs()


def test_a_long_call_tells_of_its_progress_between_0_and_1(live):
    def long(n: int) -> go.Figure:
        for _ in progress.track(range(20), 20, "counting"):
            time.sleep(0.001)
        return point(n=n)

    widget = live(long, n=(0, 4)).wait(PATIENCE)
    seen = []
    widget.observe(lambda change: seen.append(change["new"]), "progress")
    widget.n = 4
    widget.wait(PATIENCE)
    assert seen[0] == 0
    assert seen[-1] == -1
    assert seen[:-1] == sorted(seen[:-1])
    assert len(seen) > 10
    assert max(seen) == 1


def test_python_goes_on_while_a_figure_is_computed(live):
    long = Long()
    widget = live(long, n=(0, 4))
    assert long.begins.wait(PATIENCE)
    assert widget.answer == {}
    assert 0 <= widget.progress <= 1
    with pytest.raises(TimeoutError, match=r"timeout: no figure after 0.01 s"):
        widget.wait(0.01)
    long.may_end.set()
    assert settings_shown(widget.wait(PATIENCE)) == {"n": 2}


def test_a_newer_move_stops_the_older_call_and_is_answered_alone(live):
    long = Long()
    widget, answers = live(long, n=(0, 4)), []
    widget.observe(lambda change: answers.append(change["new"]["positions"]["n"]), "answer")
    assert long.begins.wait(PATIENCE)
    long.begins.clear()
    widget.n = 3
    assert long.begins.wait(PATIENCE)
    assert long.stopped == [2]
    long.may_end.set()
    assert settings_shown(widget.wait(PATIENCE)) == {"n": 3}
    assert long.begun == [2, 3]
    assert answers == [3]
    assert widget.figures_drawn == 1


def test_while_other_kernels_draw_a_move_waits_its_turn_and_a_newer_one_replaces_it(live, tmp_path, monkeypatch):
    (tmp_path / "place").touch()
    other, mine = (Turns([tmp_path / "place"]) for _ in range(2))
    monkeypatch.setattr(explorer, "TURNS", mine)
    drawn: list[int] = []

    def noted(n: int) -> go.Figure:
        drawn.append(n)
        return point(n=n)

    with other.turn(waiting=lambda: None):
        widget = live(noted, n=(0, 4))
        widget.n = 3
        with pytest.raises(TimeoutError):
            widget.wait(0.3)
        assert widget.progress == 0.0, "shown as under way"
        widget.n = 4
        assert drawn == []
    assert settings_shown(widget.wait(PATIENCE)) == {"n": 4}
    assert drawn == [4]


def test_stop_ends_the_wait_for_a_turn(live, tmp_path, monkeypatch):
    (tmp_path / "place").touch()
    other, mine = (Turns([tmp_path / "place"]) for _ in range(2))
    monkeypatch.setattr(explorer, "TURNS", mine)
    with other.turn(waiting=lambda: None):
        widget = live(point, n=(0, 4))
        widget._handle_custom_msg({"kind": "stop"}, [])
        assert "Stopped" in widget.wait(PATIENCE).answer["error"]
    assert widget.figures_drawn == 0


def test_moves_in_quick_succession_are_answered_by_few_calls(live):
    calls, begins, may_end = [], threading.Event(), threading.Event()

    def deaf(n: int) -> go.Figure:  # it tells of no progress, so it cannot be stopped
        calls.append(n)
        begins.set()
        assert may_end.wait(PATIENCE)
        return point(n=n)

    widget, answers = live(deaf, n=(0, 100)), []
    widget.observe(lambda change: answers.append(change["new"]["positions"]["n"]), "answer")
    assert begins.wait(PATIENCE)
    for n in range(20):
        widget.n = n
    may_end.set()
    assert settings_shown(widget.wait(PATIENCE)) == {"n": 19}
    assert calls == [50, 19]
    assert answers == [19], "the answer that nobody wants any more is not shown"


def test_going_back_to_the_figure_that_is_shown_computes_nothing(live):
    long = Long()
    long.may_end.set()
    widget = live(long, n=(0, 4)).wait(PATIENCE)
    long.may_end.clear()
    long.begins.clear()
    widget.n = 3
    assert long.begins.wait(PATIENCE)
    widget.n = 2
    assert settings_shown(widget.wait(PATIENCE)) == {"n": 2}
    assert long.begun == [2, 3]
    assert widget.progress == -1


def test_stop_goes_back_to_the_settings_of_the_figure_that_is_shown(live):
    long = Long()
    long.may_end.set()
    widget = live(long, n=(0, 4)).wait(PATIENCE)
    long.may_end.clear()
    long.begins.clear()
    widget.n = 4
    assert long.begins.wait(PATIENCE)
    widget._handle_custom_msg({"kind": "stop"}, [])
    widget.wait(PATIENCE)
    assert (widget.n, widget.positions, settings_shown(widget)) == (2, {"n": 2}, {"n": 2})
    assert long.stopped == [4]
    assert long.begun == [2, 4], "what is shown is not computed again"
    long.may_end.set()
    widget.n = 4
    assert settings_shown(widget.wait(PATIENCE)) == {"n": 4}


def test_stop_ends_the_first_computation_too_and_says_so(live):
    long = Long()
    widget = live(long, n=(0, 4))
    assert long.begins.wait(PATIENCE)
    widget._handle_custom_msg({"kind": "stop"}, [])
    widget.wait(PATIENCE)
    assert long.stopped == [2]
    assert widget.answer["error"].startswith("Stopped.")
    assert widget.progress == -1
    long.may_end.set()
    widget.n = 4
    assert settings_shown(widget.wait(PATIENCE)) == {"n": 4}


def test_stop_with_nothing_under_way_changes_nothing(live):
    widget = live(point, n=(0, 4)).wait(PATIENCE)
    before = widget.answer
    widget._handle_custom_msg({"kind": "stop"}, [])
    assert widget.wait(PATIENCE).answer == before
    failed = live(lambda n: 1 / 0, n=(0, 4)).wait(PATIENCE)
    failed._handle_custom_msg({"kind": "stop"}, [])
    assert "ZeroDivisionError" in failed.wait(PATIENCE).answer["error"]


def fails(n: int) -> Any:
    if n == 0:
        raise ValueError("n: got 0; it takes 1 or more")
    if n == 1:
        sys.exit("leaving")
    return point(n=n) if n < 4 else "a word"


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (0, ["ValueError: n: got 0; it takes 1 or more", "in fails, line"]),
        (1, ["SystemExit: leaving", "in fails, line"]),
        (4, ["the function must return a plotly figure; it returned str"]),
    ],
)
def test_an_error_is_shown_in_words_and_the_explorer_goes_on_working(live, n, words):
    widget = live(fails, n=(0, 4)).wait(PATIENCE)
    widget.n = n
    answer = widget.wait(PATIENCE).answer
    assert answer["positions"] == {"n": n}
    assert all(word in answer["error"] for word in words)
    assert "figure" not in answer
    assert widget.progress == -1
    for after in (3, 2):
        widget.n = after
        assert settings_shown(widget.wait(PATIENCE)) == {"n": after}
        assert "error" not in widget.answer


def test_a_figure_follows_an_error_of_the_first_settings(live):
    widget = live(fails, n=[0, 3]).wait(PATIENCE)
    assert "ValueError" in widget.answer["error"]
    widget.n = 3
    assert settings_shown(widget.wait(PATIENCE)) == {"n": 3}


def test_an_error_of_an_observer_leaves_later_moves_answered(live, capsys):
    widget = live(point, n=(0, 4)).wait(PATIENCE)

    def broken(change: Any) -> None:
        raise RuntimeError("a reader's mistake")

    widget.observe(broken, "answer")
    widget.n = 3
    widget.wait(PATIENCE)
    assert "a reader's mistake" in capsys.readouterr().err
    widget.unobserve(broken, "answer")
    widget.n = 4
    assert settings_shown(widget.wait(PATIENCE)) == {"n": 4}


def test_an_observer_of_the_answer_may_move_on(live):
    widget = live(point, n=(0, 9)).wait(PATIENCE)

    def move_on(change: Any) -> None:
        if widget.n < 9:
            widget.n += 1

    widget.observe(move_on, "answer")
    widget.n = 0
    assert settings_shown(widget.wait(PATIENCE)) == {"n": 9}


class Held:
    """Holds the thread that computes just before it shows its answer."""

    def __init__(self, widget: Any) -> None:
        self.here, self.may_go = threading.Event(), threading.Event()
        widget.observe(self._hold, "progress")

    def _hold(self, change: Any) -> None:
        if change["new"] == -1 and not self.here.is_set():
            self.here.set()
            assert self.may_go.wait(PATIENCE)


def test_waiting_ends_only_when_the_answer_is_there(live):
    widget = live(point, n=(0, 4)).wait(PATIENCE)
    held = Held(widget)
    widget.n = 3
    assert held.here.wait(PATIENCE)
    with pytest.raises(TimeoutError):
        widget.wait(0.02)
    held.may_go.set()
    assert settings_shown(widget.wait(PATIENCE)) == {"n": 3}


def test_an_older_answer_never_replaces_a_newer_one(live):
    widget, answers = live(point, n=(0, 4)).wait(PATIENCE), []
    widget.observe(lambda change: answers.append(change["new"]["positions"]["n"]), "answer")
    held = Held(widget)
    widget.n = 3
    assert held.here.wait(PATIENCE)
    widget.n = 4
    time.sleep(0.02)
    held.may_go.set()
    assert settings_shown(widget.wait(PATIENCE)) == {"n": 4}
    assert answers[-1] == 4


@pytest.fixture
def often_switching() -> Iterator[None]:
    """Threads take turns as often as they can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("often_switching")
def test_waiting_after_a_move_always_finds_that_moves_figure(live):
    widget = live(point, n=(0, 4))
    for move in range(150):
        widget.n = move % 5
        assert settings_shown(widget.wait(PATIENCE)) == {"n": move % 5}


@pytest.mark.usefixtures("often_switching")
def test_moves_from_many_threads_end_at_the_figure_for_the_last_of_each(live):
    def tracked(**settings: Any) -> go.Figure:
        for _ in progress.track(range(3), 3, "counting"):
            if settings["a"] % 3 == 0:
                time.sleep(0.0005)
        if settings["b"] == 7:
            raise ValueError("b: got 7")
        return point(**settings)

    widget = live(tracked, a=(0, 9), b=(0, 9), c=(0, 9))
    last: dict[str, int] = {}
    errors: list[Exception] = []

    def hammer(name: str, seed: int) -> None:
        chance = random.Random(seed)
        try:
            for _ in range(60):
                last[name] = chance.choice([0, 1, 2, 3, 4, 5, 6, 8, 9])
                setattr(widget, name, last[name])
                assert getattr(widget, name) == last[name]
                if chance.random() < 0.2:
                    time.sleep(0.001)
        except Exception as error:
            errors.append(error)

    for round_ in range(4):
        threads = [threading.Thread(target=hammer, args=(name, round_ * 3 + i)) for i, name in enumerate("abc")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        assert errors == []
        widget.wait(PATIENCE)
        assert widget.settings == last
        assert {name: getattr(widget, name) for name in "abc"} == last
        assert settings_shown(widget) == last
        assert widget.progress == -1


def test_a_setting_that_the_function_does_not_take_is_refused():
    def figure_of(share: float) -> go.Figure:
        return point(share=share)

    with pytest.raises(ValueError, match=r"figure-of: got setting 'steps', which .* it takes \['share'\]"):
        explore(figure_of, share=(0, 1), steps=(0, 1))
    with pytest.raises(ValueError, match=r"figure-of: its function needs 'share'; give it a range"):
        explore(figure_of)
    with pytest.raises(ValueError, match=r"figure-of: got setting 'share', which .* it takes \[\]"):
        explore(figure_of, baked=lambda: point(), share=(0, 1))
    with pytest.raises(ValueError, match="share: got 'word'; it takes a range"):
        explore(figure_of, share="word")


def test_a_setting_with_a_default_may_be_left_out_and_any_setting_be_taken(live):
    def default(n: int, share: float = 0.25) -> go.Figure:
        return point(n=n, share=share)

    assert settings_shown(live(default, n=(0, 4)).wait(PATIENCE)) == {"n": 2, "share": 0.25}

    def several(*unused: int, n: int) -> go.Figure:
        return point(n=n)

    assert settings_shown(live(several, n=(0, 4)).wait(PATIENCE)) == {"n": 2}


@pytest.mark.parametrize("setting", ["label", "layout", "progress", "comm", "wait", "present"])
def test_a_setting_that_an_explorer_needs_for_itself_is_refused(live, setting):
    with pytest.raises(ValueError, match=f"point: got setting {setting!r}, which names something else of an explorer"):
        live(point, **{setting: (0, 1)})


@pytest.mark.parametrize("name", ["Two Words", "CAPITAL", "é", "a_b", "-", "<lambda>", 'a"b', "a?b", "a#b"])
def test_a_name_that_cannot_stand_in_an_address_is_refused(name):
    with pytest.raises(
        ValueError, match=r"name: got .*; an explorer's name has lower-case letters, digits and hyphens"
    ):
        explore(point, name=name)


def test_an_explorer_is_called_by_its_functions_name(live):
    def coin_or_corner2() -> go.Figure:
        return point()

    assert live(coin_or_corner2, name=None).label == "coin-or-corner2"


def test_while_the_book_is_built_an_explorer_is_a_grid(monkeypatch):
    monkeypatch.setenv(BUILD_VARIABLE, "1")
    drawn = []

    def quick(n: int) -> go.Figure:
        drawn.append(n)
        return point(n=n)

    def slow(n: int) -> go.Figure:
        raise AssertionError("not while the book is built")

    grid: Any = explore(slow, baked=quick, n=(0, 2))
    assert isinstance(grid, BakedExplorer)
    bundle = grid._repr_mimebundle_(include=None, exclude=None)
    assert bundle == {MIME_TYPE: grid.baked, "text/plain": "explorer slow"}
    assert drawn == [0, 1, 2]
    assert grid.baked["label"] == "slow"
    with pytest.raises(BakingError, match="slow at n=0: AssertionError: not while the book is built"):
        explore(slow, n=(0, 2))


HOSTED = """
import json
import comm

opened = []

class Recording(comm.DummyComm):
    def publish_msg(self, msg_type, *args, **keys):
        opened.append(msg_type)

comm.create_comm = Recording

import ipywidgets
import plotly.graph_objects as go
from looks_aligned.explore import explore

slider = ipywidgets.SelectionSlider(options=[0, 1], description="how many")

def line(n):
    return go.Figure(go.Scatter(y=[n]), {"template": "none"})

explorer = explore(line, n=slider)
bundle = explorer._repr_mimebundle_()
bundle = bundle[0] if isinstance(bundle, tuple) else bundle
print(json.dumps({"type": type(explorer).__name__, "opened": opened, "mime": sorted(bundle)}))
"""


def hosted(**environment: str) -> dict[str, Any]:
    inherited = {name: value for name, value in os.environ.items() if name != BUILD_VARIABLE}
    command = [sys.executable, "-c", HOSTED]
    answer = subprocess.run(
        command, env={**inherited, **environment}, check=True, capture_output=True, text=True, timeout=60
    )
    return json.loads(answer.stdout)


def test_while_the_book_is_built_no_widget_leaves_a_trace():
    assert hosted(**{BUILD_VARIABLE: "1"}) == {"type": "BakedExplorer", "opened": [], "mime": [MIME_TYPE, "text/plain"]}


def test_on_a_kernel_an_explorer_is_a_widget():
    on_kernel = hosted()
    assert on_kernel["type"] == "Explorer"
    assert "comm_open" in on_kernel["opened"]
    assert on_kernel["mime"] == ["application/vnd.jupyter.widget-view+json", "text/plain"]


def test_a_range_or_a_list_starts_at_the_functions_own_default():
    def curve(share=0.3, network="two"):
        return go.Figure()

    for share, start in (((0.0, 1.0, 0.1), 0.3), (ipywidgets.FloatSlider(0.5, min=0, max=1), 0.5)):
        explorer = explore(curve, share=share, network=["one", "two"])
        assert isinstance(explorer, Explorer)
        assert explorer.settings == {"share": start, "network": "two"}
