"""Do kernels on one machine draw one after another, without ever waiting for good?"""

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from looks_aligned.explore import turns
from looks_aligned.explore.turns import TURNS, Turns

LONG = 60.0
"""Seconds: longer than any test here takes."""


@pytest.fixture
def places(tmp_path: Path) -> list[Path]:
    """Two places, as on a machine with two cores."""
    files = [tmp_path / "one", tmp_path / "two"]
    for file in files:
        file.touch(mode=0o444)
    return files


def patient(places: Sequence[Path], limit: float = LONG) -> Turns:
    return Turns(places, limit=limit, patience=LONG)


def never() -> None:
    raise AssertionError("it had to wait")


def give_up() -> None:
    raise InterruptedError


@contextmanager
def another_kernel(places: list[Path]) -> Iterator[Callable[[], None]]:
    """A process that has a turn; when it is told to, it ends."""
    code = (
        "import sys, pathlib\n"
        "from looks_aligned.explore.turns import Turns\n"
        "with Turns([pathlib.Path(name) for name in sys.argv[1:]]).turn(waiting=lambda: None):\n"
        "    print('drawing', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", code, *map(str, places)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "drawing\n"
            yield process.stdin.close
        finally:
            process.kill()


def test_as_many_kernels_draw_at_once_as_there_are_places_and_the_next_waits_for_one(places):
    mine = patient(places)
    with another_kernel(places):
        with mine.turn(waiting=never):
            pass
        with another_kernel(places) as end:
            waits = threading.Event()

            def tell() -> None:
                if not waits.is_set():
                    waits.set()
                    end()

            with mine.turn(waiting=tell):
                assert waits.is_set(), "both places were taken"


def test_a_place_is_free_again_when_its_kernel_dies(places):
    with another_kernel(places[:1]), pytest.raises(InterruptedError), patient(places[:1]).turn(waiting=give_up):
        pass
    with patient(places[:1]).turn(waiting=never):
        pass


def test_the_figures_of_one_kernel_share_its_place(places):
    mine, other = patient(places[:1]), patient(places[:1])
    with mine.turn(waiting=never):
        with mine.turn(waiting=never):
            pass
        with pytest.raises(InterruptedError), other.turn(waiting=give_up):
            pass
    with other.turn(waiting=never):
        pass


def test_whoever_gives_up_waiting_leaves_nothing_taken(places):
    mine, other = patient(places[:1]), patient(places[:1])
    with mine.turn(waiting=never), pytest.raises(InterruptedError), other.turn(waiting=give_up):
        pass
    with other.turn(waiting=never), pytest.raises(InterruptedError), mine.turn(waiting=give_up):
        pass


def test_whoever_draws_again_and_again_lets_others_in(places):
    """As a reader who drags a slider does, whose figures are given up half drawn."""
    dragging, mine = patient(places[:1]), patient(places[:1])
    begun, enough, turns_taken = threading.Event(), threading.Event(), 0

    def drag() -> None:
        nonlocal turns_taken
        while not enough.is_set():
            with dragging.turn(waiting=lambda: None):
                begun.set()
                turns_taken += 1
                time.sleep(0.05)

    reader = threading.Thread(target=drag)
    reader.start()
    try:
        for _ in range(10):
            assert begun.wait(LONG)
            with mine.turn(waiting=lambda: None):
                begun.clear()
    finally:
        enough.set()
        reader.join()
    assert turns_taken <= 30, "each time the reader's turn came once; a busy machine may miss a pause or two"


def test_whoever_draws_for_long_gives_the_place_back_and_draws_on(places):
    limit = 0.3
    slow, mine = patient(places[:1], limit), patient(places[:1])
    with slow.turn(waiting=never):
        with pytest.raises(InterruptedError), mine.turn(waiting=give_up):
            pass
        start = time.monotonic()
        with mine.turn(waiting=lambda: None):
            assert limit / 2 < time.monotonic() - start < LONG
            with slow.turn(waiting=never):
                pass
    with patient(places[:1]).turn(waiting=never):
        pass


def test_a_place_that_is_given_back_is_free_though_a_forked_process_lives_on(places):
    with patient(places[:1]).turn(waiting=never):
        child = os.fork()
        if child == 0:
            time.sleep(LONG)
            os._exit(0)
    try:
        with patient(places[:1]).turn(waiting=never):
            pass
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.EBADF])
def test_where_files_cannot_be_locked_nobody_waits(code: int, places, monkeypatch):
    def refuse(file: Any, operation: int) -> None:
        raise OSError(code, "no locks here")

    with patient(places[:1]).turn(waiting=never), monkeypatch.context() as elsewhere:
        elsewhere.setattr(turns.fcntl, "flock", refuse)
        with patient(places[:1]).turn(waiting=never):
            pass


def test_where_there_are_no_locks_or_no_places_nobody_waits(places, monkeypatch):
    with (
        patient([]).turn(waiting=never),
        patient([]).turn(waiting=never),
        patient([*places, places[0] / "gone"]).turn(never),
    ):
        pass
    with patient(places[:1]).turn(waiting=never), monkeypatch.context() as windows:
        windows.setattr(turns, "fcntl", None)
        with patient(places[:1]).turn(waiting=never):
            pass


def test_an_error_while_drawing_gives_the_place_back(places):
    with pytest.raises(ZeroDivisionError), patient(places[:1]).turn(waiting=never):
        _ = 1 / 0
    with patient(places[:1]).turn(waiting=never):
        pass


def test_after_a_while_a_kernel_goes_on_without_a_place(places):
    patience = 0.3
    with patient(places[:1]).turn(waiting=never):
        start = time.monotonic()
        with Turns(places[:1], patience=patience).turn(waiting=lambda: None):
            waited = time.monotonic() - start
    assert patience <= waited < LONG


def test_every_kernel_that_uses_this_package_names_the_same_places_and_can_read_them():
    code = "from looks_aligned.explore.turns import TURNS; print(*TURNS.places, sep='\\n')"
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert shown.split("\n")[:-1] == [str(place) for place in TURNS.places]
    assert len(TURNS.places) == len(os.sched_getaffinity(0))
    assert all(place.read_bytes() is not None for place in TURNS.places)


def test_kernels_on_different_cores_have_different_places():
    code = (
        "import os; os.sched_setaffinity(0, {%d}); from looks_aligned.explore.turns import TURNS; print(*TURNS.places)"
    )
    cores = sorted(os.sched_getaffinity(0))
    shown = [
        subprocess.run([sys.executable, "-c", code % core], check=True, capture_output=True, text=True).stdout.strip()
        for core in cores
    ]
    assert shown == [str(place) for place in TURNS.places]
