"""Kernels that share one copy of this package, on one machine, take turns: as many draw at once as it has cores.

Twenty that share two cores would all be done late, and together. One after another, half of them wait half as long.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows has no such locks: there everybody draws at once
    fcntl = None

LIMIT = 10.0
"""Seconds after which a kernel gives its place back though it still draws: its reader's own code may take minutes."""
PATIENCE = 60.0
"""Seconds after which a kernel draws without a place: whoever has one may be suspended, and never give it back."""
POLL_INTERVAL = 0.02
"""Seconds between two looks for a free place."""
PAUSE = 1.5 * POLL_INTERVAL
"""Seconds in which a kernel leaves a place alone that it gave back, or those who wait would never find it free."""


class Turns:
    """A kernel's share in the places of its machine. It holds one place, however many of its figures are drawn."""

    def __init__(self, places: Sequence[Path], *, limit: float = LIMIT, patience: float = PATIENCE) -> None:
        """Share places with every kernel that names the same ones.

        Args:
            places: files that all of them can read; who locks one has it. Where there are none, nobody waits.
            limit: seconds after which to give a place back while still drawing.
            patience: seconds after which to draw without a place.
        """
        self.places, self._limit, self._patience = tuple(places), limit, patience
        self._lock = threading.Lock()
        self._shared = bool(self.places) and fcntl is not None
        self._drawing = 0
        self._held: BinaryIO | None = None
        self._timer: threading.Timer | None = None
        self._not_before = 0.0

    @contextmanager
    def turn(self, waiting: Callable[[], None]) -> Iterator[None]:
        """Wait for a place, and hold it.

        Args:
            waiting: called now and then while there is none; what it raises ends the wait.
        """
        deadline = time.monotonic() + self._patience
        while not self._began(time.monotonic() >= deadline):
            waiting()
            time.sleep(POLL_INTERVAL)
        try:
            yield
        finally:
            self._ended()

    def _began(self, out_of_patience: bool) -> bool:
        with self._lock:
            if self._drawing == 0 and self._shared and not (out_of_patience or self._take()):
                return False
            self._drawing += 1
            return True

    def _ended(self) -> None:
        with self._lock:
            self._drawing -= 1
            if self._drawing == 0:
                self._give_back()

    def _take(self) -> bool:
        """Take a place; tells whether to draw, as where nothing can be locked."""
        if time.monotonic() < self._not_before:
            return False
        try:
            self._held = next(filter(None, map(_locked, self.places)), None)
        except OSError:  # a file system without locks, or a place that is no more
            return True
        if self._held is not None:
            self._timer = threading.Timer(self._limit, self._time_is_up, [self._held])
            self._timer.daemon = True
            self._timer.start()
        return self._held is not None

    def _time_is_up(self, held: BinaryIO) -> None:
        with self._lock:
            if self._held is held:
                self._give_back()

    def _give_back(self) -> None:
        if self._held is None or self._timer is None:
            return
        # Closing alone would leave the lock to processes that were forked meanwhile.
        with suppress(OSError):
            fcntl.flock(self._held, fcntl.LOCK_UN)  # type: ignore[union-attr]
        self._held.close()
        self._timer.cancel()
        self._held = self._timer = None
        self._not_before = time.monotonic() + PAUSE


def _locked(place: Path) -> BinaryIO | None:
    """The file, locked; None if somebody else has it.

    Raises:
        OSError: it is not there, or cannot be locked at all.
    """
    file = place.open("rb")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # type: ignore[union-attr]
    except OSError as error:
        file.close()
        if isinstance(error, BlockingIOError):
            return None
        raise
    return file


def _places() -> list[Path]:
    """One of the package's own files for each core that this kernel may use: all that share the package can lock it."""
    files = sorted(Path(__file__).parents[1].rglob("*.py"))
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    return [files[core % len(files)] for core in sorted(cores)] if files else []


TURNS = Turns(_places())
"""This kernel's."""
