"""Is a plan that is followed, or broken off, worth what the oracle says that policy is worth?"""

import numpy as np
import pytest

from looks_aligned.agents.following import broken_off, choices, follow, summed
from looks_aligned.agents.planner import evaluate, plan
from looks_aligned.worlds.room import Room
from looks_aligned.worlds.table import tabulate

ROOMS = tabulate(
    Room.parse("Rd.d1\n..#..", tools=("vacuum",), lures=1), Room.parse("R.1.d\n..#d.", tools=("vacuum",), lures=1)
)
WANTED = {"vacuumed": 1.0, "lure 1": 0.5}
DISCOUNT = 0.8


def chosen(discount: float = DISCOUNT) -> np.ndarray:
    return choices(ROOMS, plan(ROOMS, WANTED, discount=discount))


def test_among_equally_good_actions_waiting_is_chosen_else_the_first() -> None:
    planned = plan(ROOMS, "vacuumed", discount=DISCOUNT)
    picked = choices(ROOMS, planned)
    waits = ROOMS.actions.index("wait")
    for best, action in zip(planned.policy.reshape(-1, 6) > 0, picked.ravel(), strict=True):
        assert action == (waits if best[waits] else np.flatnonzero(best)[0])


def test_following_goes_from_state_to_state_as_the_world_says() -> None:
    states, actions = follow(ROOMS, chosen(), 12)
    assert states[:, 0].tolist() == ROOMS.start.argmax(-1).tolist()
    for room in range(2):
        for step in range(12):
            assert actions[room, step] == chosen()[room, states[room, step]]
            assert states[room, step + 1] == ROOMS.next[room, states[room, step], actions[room, step], 0]


@pytest.mark.parametrize("objective", ["clean", "lure 1", WANTED])
def test_a_plan_that_is_never_broken_off_is_worth_what_the_oracle_says(objective) -> None:
    policy = np.eye(len(ROOMS.actions))[chosen()]
    expected = evaluate(ROOMS, policy, objective, discount=DISCOUNT)
    worth = broken_off(ROOMS, chosen(), objective, discount=DISCOUNT, steps=150)
    np.testing.assert_allclose(worth[:, -1], expected)


@pytest.mark.parametrize("stop", [0, 1, 4])
def test_a_plan_that_is_broken_off_is_followed_that_long_and_then_the_agent_waits(stop: int) -> None:
    plan_then_wait = np.full((200, *ROOMS.next.shape[:2]), ROOMS.actions.index("wait"))
    plan_then_wait[:stop] = chosen()
    policy = np.eye(len(ROOMS.actions))[plan_then_wait]
    for objective in ("clean", WANTED):
        expected = evaluate(ROOMS, policy, objective, discount=DISCOUNT, horizon=200)
        worth = broken_off(ROOMS, chosen(), objective, discount=DISCOUNT, steps=6)
        np.testing.assert_allclose(worth[:, stop], expected)


def test_sums_so_far_begin_with_nothing() -> None:
    np.testing.assert_array_equal(summed(np.array([[1.0, 2.0, 4.0]])), [[0, 1, 3, 7]])
