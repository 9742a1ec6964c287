"""Do kernels on one machine draw one after another, without ever waiting for good?"""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

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
    mine = Turns(places, LONG)
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
    with another_kernel(places[:1]), pytest.raises(InterruptedError), Turns(places[:1], LONG).turn(waiting=give_up):
        pass
    with Turns(places[:1], LONG).turn(waiting=never):
        pass


def test_the_figures_of_one_kernel_share_its_place(places):
    mine, other = Turns(places[:1], LONG), Turns(places[:1], LONG)
    with mine.turn(waiting=never):
        with mine.turn(waiting=never):
            pass
        with pytest.raises(InterruptedError), other.turn(waiting=give_up):
            pass
    with other.turn(waiting=never):
        pass


def test_whoever_gives_up_waiting_leaves_nothing_taken(places):
    mine, other = Turns(places[:1], LONG), Turns(places[:1], LONG)
    with mine.turn(waiting=never), pytest.raises(InterruptedError), other.turn(waiting=give_up):
        pass
    with other.turn(waiting=never), pytest.raises(InterruptedError), mine.turn(waiting=give_up):
        pass


def test_an_error_while_drawing_gives_the_place_back(places):
    with pytest.raises(ZeroDivisionError), Turns(places[:1], LONG).turn(waiting=never):
        _ = 1 / 0
    with Turns(places[:1], LONG).turn(waiting=never):
        pass


def test_after_a_while_a_kernel_goes_on_without_a_place(places):
    patience = 0.3
    with Turns(places[:1], LONG).turn(waiting=never):
        start = time.monotonic()
        with Turns(places[:1], patience).turn(waiting=lambda: None):
            waited = time.monotonic() - start
    assert patience <= waited < LONG


def test_every_kernel_that_uses_this_package_names_the_same_places_and_can_read_them():
    code = "from looks_aligned.explore.turns import TURNS; print(*TURNS.places, sep='\\n')"
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert shown.split("\n")[:-1] == [str(place) for place in TURNS.places]
    assert TURNS.places
    assert all(place.is_file() for place in TURNS.places)
