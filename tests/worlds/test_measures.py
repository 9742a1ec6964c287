"""Does a table with a measure more hold what it held, and count what it is given?"""

import numpy as np
import pytest

from looks_aligned.agents.planner import plan
from looks_aligned.worlds.measures import repeated, with_stock
from looks_aligned.worlds.room import Room, RoomState
from looks_aligned.worlds.table import Table, tabulate


@pytest.fixture
def table() -> Table:
    return tabulate(Room.parse("R.d", tools=("sweep", "scatter")))


def clean(table: Table) -> np.ndarray:
    return np.array([[1 - len(s.dust) / 3 for s in level if isinstance(s, RoomState)] for level in table.states])


def test_a_stock_made_of_the_share_that_is_clean_is_the_measure_clean(table: Table) -> None:
    more = with_stock(table, "pictured", clean(table))
    np.testing.assert_allclose(more.reward("pictured"), table.reward("clean"))
    np.testing.assert_array_equal(more.reward("sweeps"), table.reward("sweeps"))
    assert more.measures == (*table.measures, "pictured")


def test_who_plans_for_a_stock_turned_round_scatters_what_it_sweeps(table: Table) -> None:
    more = with_stock(table, "pictured", -clean(table))
    kept = plan(more, "pictured", discount=0.9).expected
    assert kept == pytest.approx(-2 / 3 / (1 - 0.9)), "it leaves the dust"


def test_a_repeated_table_holds_as_many_worlds_that_do_not_mix(table: Table) -> None:
    twice = repeated(table, 2)
    assert twice.next.shape[0] == twice.start.shape[0] == len(twice.states) == 2
    worth = np.concatenate([clean(table), -clean(table)])
    both = plan(with_stock(twice, "pictured", worth), "pictured", discount=0.9)
    for level, sign in enumerate((1, -1)):
        alone = plan(with_stock(table, "pictured", sign * clean(table)), "pictured", discount=0.9)
        np.testing.assert_allclose(both.policy[level], alone.policy[0])


def test_what_cannot_be_is_refused_by_name(table: Table) -> None:
    with pytest.raises(ValueError, match="name: got 'clean'; this world has such a measure"):
        with_stock(table, "clean", clean(table))
    with pytest.raises(ValueError, match=r"worth: got shape \(1, 2\); this world needs"):
        with_stock(table, "pictured", np.zeros((1, 2)))
    with pytest.raises(ValueError, match="times: got 0; a table is repeated at least once"):
        repeated(table, 0)
