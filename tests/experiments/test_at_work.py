"""Does a robot do step by step what its plan earns?"""

import pytest

from looks_aligned.experiments.suboptimality.at_work import walk
from looks_aligned.experiments.suboptimality.mistaken_model import DISCOUNT, LITTLE_STUFF, Params, run
from tests.experiments.robots import OTHER_POOL


@pytest.mark.parametrize("belief", [0.95, 0.0])
@pytest.mark.parametrize("room", [0, 5])
def test_the_steps_add_up_to_the_base_return(belief: float, room: int) -> None:
    params = Params(LITTLE_STUFF, belief, pool=OTHER_POOL)
    found = walk(params, room, steps=200)
    clean = [1 - len(state.dust) / len(found.room.board.open_squares) for state in found.states[1:]]
    total = (1 - DISCOUNT) * sum(DISCOUNT**step * share for step, share in enumerate(clean))
    assert total == pytest.approx(run(params).base[0, room], abs=1e-6)


def test_a_mistaken_robot_vacuums_all_dust_and_one_that_knows_burns_leaves() -> None:
    for room in range(8):
        mistaken, knowing = (walk(Params(LITTLE_STUFF, belief, pool=OTHER_POOL), room) for belief in (0.95, 0.0))
        assert (mistaken.count("vacuum", 20), len(mistaken.states[-1].dust)) == (3, 0)
        assert (knowing.count("vacuum", 20), len(knowing.states[-1].dust)) == (0, 3)
        assert knowing.count("burn", 20) > 10
        assert knowing.count("burn", 0) == 0


def test_a_room_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="room: got 8; a pool has 8, counted from 0"):
        walk(Params(), 8)
    with pytest.raises(ValueError, match="steps: got 0"):
        walk(Params(), 0, steps=0)
