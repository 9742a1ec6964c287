"""Whoever runs something long may listen to how far it is, and may stop it.

The long loop says `for step in progress.track(range(600), 600, "training"):` and knows nothing of its listener: a
progress line in a build, a bar in a widget, or nobody.
"""

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


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Let `listener` hear of every loop that is tracked inside this block, in this thread."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def track(items: Iterable[Item], total: int, name: str) -> Iterator[Item]:
    """Iterate, telling the listener before each item how many are done, and once more when all are.

    Args:
        items: what to iterate over.
        total: how many there will be.
        name: what the loop does, in a word or two.
    """
    listener = _listener.get()
    done = -1
    for done, item in enumerate(items):
        if listener is not None:
            listener(done, total, name)
        yield item
    if listener is not None:
        listener(done + 1, total, name)
