"""A table with a measure more: what somebody makes of each state, such as a learned picture of it."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float

from looks_aligned.worlds.table import Table


def repeated(table: Table, times: int) -> Table:
    """The same levels some times over, for as many agents.

    Raises:
        ValueError: fewer than one time.
    """
    if times < 1:
        raise ValueError(f"times: got {times}; a table is repeated at least once")
    return replace(
        table,
        states=table.states * times,
        next=np.concatenate([table.next] * times),
        probability=np.concatenate([table.probability] * times),
        values=np.concatenate([table.values] * times, 1),
        start=np.concatenate([table.start] * times),
    )


def with_stock(table: Table, name: str, worth: Float[np.ndarray, "level state"]) -> Table:
    """The table with one measure more: a stock, which counts at every step for the state that the step leads to.

    Args:
        table: the world.
        name: of the measure.
        worth: of each state.

    Raises:
        ValueError: the table has a measure of that name, or other states.
    """
    if name in table.measures:
        raise ValueError(f"name: got {name!r}; this world has such a measure, choose another name")
    if worth.shape != table.start.shape:
        raise ValueError(f"worth: got shape {worth.shape}; this world needs {table.start.shape}")
    reached = worth[np.arange(len(worth))[:, None, None, None], table.next]
    return replace(table, measures=(*table.measures, name), values=np.concatenate([table.values, reached[None]]))
