"""Does the fork lead where it says?"""

import numpy as np
import pytest

from looks_aligned.worlds.fork import Fork
from looks_aligned.worlds.table import tabulate


def test_the_way_takes_as_many_steps_as_it_says_and_can_be_walked_back() -> None:
    table = tabulate(Fork(3))
    assert table.states[0] == (0, 1, 2, 3)
    following = table.next[0, :, :, 0]
    assert following[:, table.actions.index("go on")].tolist() == [1, 2, 3, 3]
    assert following[:, table.actions.index("turn back")].tolist() == [0, 0, 1, 2]
    for still in ("stay", "do nothing"):
        assert following[:, table.actions.index(still)].tolist() == [0, 1, 2, 3]


def test_only_staying_counts_and_only_at_either_end() -> None:
    table = tabulate(Fork(3))
    stay = table.actions.index("stay")
    assert table.reward("simple")[0, :, stay].tolist() == [1, 0, 0, 0]
    assert table.reward("complicated")[0, :, stay].tolist() == [0, 0, 0, 1]
    others = np.delete(table.values, stay, axis=3)
    assert not others.any()


def test_a_way_of_no_steps_is_refused() -> None:
    with pytest.raises(ValueError, match="detour: got 0; the way takes at least 1 step"):
        Fork(0)
