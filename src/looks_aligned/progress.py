"""Whoever runs something long may listen to how far it is, and may stop it.

The long loop says `for step in progress.track(range(600), 600, "training"):` and knows nothing of its listener: a
progress line in a build, a bar in a widget, or nobody.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Item = TypeVar("Item")
Listener = Callable[[int, int, str], None]
"""Called with how many items are done, how many there are, and what they are. It may raise `Stopped`."""


class Stopped(Exception):  # noqa: N818 - it is no error: somebody wanted something newer
    """The listener no longer wants the result."""


_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


def listener() -> Listener | None:
    """Who listens now, in this thread."""
    return _listener.get()


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Let `listener` hear of every loop that is tracked inside this block, in this thread."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def track(items: Iterable[Item], total: int, name: str) -> Iterator[Item]:
    """Iterate, telling the listener at the start and after each item how many are done.

    Args:
        items: what to iterate over.
        total: how many there will be.
        name: what the loop does, in a few words.
    """
    tell = _listener.get() or _nobody
    tell(0, total, name)
    for done, item in enumerate(items, start=1):
        yield item
        tell(done, total, name)


def print_line(done: int, total: int, name: str) -> None:
    """A listener that keeps one line up to date, on a terminal or in a notebook; elsewhere it prints the end only."""
    if sys.stdout.isatty() or "ipykernel" in sys.modules:
        print(f"{name}: {done} of {total}", end="\n" if done == total else "\r", flush=True)
    elif done == total:
        print(f"{name}: {total}", flush=True)


def _nobody(done: int, total: int, name: str) -> None:
    """Nobody listens."""
