"""Kernels on one machine take turns: so many draw at once as it has cores.

Twenty that share two cores would all be done late, and together. One after another, half of them wait half as long.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows has no such locks: there everybody draws at once
    fcntl = None

PATIENCE = 10.0
"""Seconds after which a kernel draws all the same: what the others do may take them minutes."""
POLL_INTERVAL = 0.02
"""Seconds between two looks for a free place."""


class Turns:
    """A kernel's share in the places of its machine. It holds one place, however many of its figures are drawn."""

    def __init__(self, places: list[Path], patience: float = PATIENCE) -> None:
        """Share places with every kernel that names the same ones.

        Args:
            places: files that all of them can read; who locks one has it.
            patience: seconds after which to go on without a place.
        """
        self.places, self._patience = places, patience
        self._lock = threading.Lock()
        self._drawing = 0
        self._held: BinaryIO | None = None

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
            if self._drawing == 0 and not (self._take() or out_of_patience):
                return False
            self._drawing += 1
            return True

    def _ended(self) -> None:
        with self._lock:
            self._drawing -= 1
            if self._drawing == 0 and self._held is not None:
                self._held.close()
                self._held = None

    def _take(self) -> bool:
        if fcntl is None:
            return True
        for place in self.places:
            file = place.open("rb")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.close()
            except OSError:  # a file system without locks
                file.close()
                return True
            else:
                self._held = file
                return True
        return False


def _places() -> list[Path]:
    """As many of the package's own files as there are cores: whoever uses the package can read and lock them."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return sorted(Path(__file__).parents[1].rglob("*.py"))[:cores]


TURNS = Turns(_places())
"""This kernel's."""
