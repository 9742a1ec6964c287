"""Is the planner the oracle it claims to be? Brute force over worlds small enough to try everything."""

import itertools
from collections import deque
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pytest

from looks_aligned.agents.planner import Plan, evaluate, plan
from looks_aligned.worlds.maps import MOVES
from looks_aligned.worlds.maze import Maze
from looks_aligned.worlds.room import Room
from looks_aligned.worlds.table import Outcome, State, Table, World, tabulate


class Ferry:
    """Three banks of a chancy river; the current may carry the ferry past the bank it makes for."""

    actions = ("row", "drift", "moor")
    measures = ("fares", "leaks")

    def starts(self) -> Mapping[State, float]:
        return {"north": 0.5, "south": 0.5}

    def outcomes(self, state: State, action: str) -> Sequence[Outcome]:
        banks = ("north", "island", "south")
        here = banks.index(str(state))
        if action == "moor":
            return [Outcome(state, {"fares": 0.1 * here})]
        if action == "drift":
            return [Outcome(bank, {"leaks": 0.5 * here}, 1 / 3) for bank in banks]
        there = banks[(here + 1) % 3]
        return [
            Outcome(there, {"fares": 1.0 - here / 4, "leaks": 1.0}, 0.7),
            Outcome(banks[here - 1], {"leaks": 2.0}, 0.2),
            Outcome(state, {}, 0.1),
        ]


FERRY = tabulate(Ferry())
OBJECTIVES = ["fares", {"fares": 1.0, "leaks": -0.3}, {"leaks": -1.0, "fares": 0.2}, {"leaks": 1.0}]


def worth(outcome: Outcome, objective: str | Mapping[str, float]) -> float:
    weights = {objective: 1.0} if isinstance(objective, str) else objective
    return sum(weight * outcome.measures.get(measure, 0) for measure, weight in weights.items())


def best_sequence(world: World, objective: str | Mapping[str, float], horizon: int, discount: float = 1.0) -> float:
    """Try every sequence of actions, in the world itself and not its table."""
    ((start, _),) = world.starts().items()

    def best_from(state: State, step: int) -> float:
        if step == horizon:
            return 0.0
        earned = []
        for action in world.actions:
            (outcome,) = world.outcomes(state, action)
            earned.append(discount**step * worth(outcome, objective) + best_from(outcome.state, step + 1))
        return max(earned)

    return best_from(start, 0)


def deterministic_policies(table: Table) -> Iterator[np.ndarray]:
    """Every stationary policy without chance, of a table with one level."""
    _, states, actions = table.next.shape[:3]
    for choice in itertools.product(range(actions), repeat=states):
        yield np.eye(actions)[list(choice)]


def solved(table: Table, objective: str | Mapping[str, float], policy: np.ndarray, discount: float) -> np.ndarray:
    """Each state's value under a policy, from a system of linear equations; one level."""
    states, actions = policy.shape
    matrix, reward = np.eye(states), np.zeros(states)
    for state, action in itertools.product(range(states), range(actions)):
        for outcome in range(table.next.shape[3]):
            chance = policy[state, action] * table.probability[0, state, action, outcome]
            matrix[state, table.next[0, state, action, outcome]] -= discount * chance
            for measure, weight in ({objective: 1.0} if isinstance(objective, str) else objective).items():
                values = table.values[table.measures.index(measure)]
                reward[state] += chance * weight * values[0, state, action, outcome]
    return np.linalg.solve(matrix, reward)


def followed(world: World, plan: Plan, table: Table) -> list[str]:
    """The actions of a plan from the start on; where several are equally good, the first."""
    ((state, _),) = world.starts().items()
    actions = []
    for policy in plan.policy:
        action = table.actions[policy[0, table.states[0].index(state)].argmax()]
        actions.append(action)
        (outcome,) = world.outcomes(state, action)
        state = outcome.state
    return actions


@pytest.mark.parametrize(
    "objective",
    ["clean", "sweeps", "bagged", {"stuff": -1.0}, {"sweeps": 1.0, "clean": 0.7}, {"scatters": -1.0, "bagged": 0.5}],
    ids=str,
)
@pytest.mark.parametrize("drawing", ["rd.", "dR\n.P"])
def test_with_a_horizon_no_sequence_of_actions_earns_more(drawing, objective):
    room = Room.parse(drawing, vacuum_destroys=True)
    table = tabulate(room)
    for horizon in (1, 2, 3):
        planned = plan(table, objective, horizon=horizon)
        best = best_sequence(room, objective, horizon)
        assert planned.expected[0] == pytest.approx(best, abs=1e-9)
        assert evaluate(table, planned.policy, objective, horizon=horizon)[0] == pytest.approx(best, abs=1e-9)


def test_with_both_a_horizon_and_a_discount_no_sequence_of_actions_earns_more():
    room = Room.parse("rd.\n..P")
    planned = plan(tabulate(room), {"bagged": 1.0, "sweeps": 1.5}, horizon=4, discount=0.6)
    assert planned.expected[0] == pytest.approx(best_sequence(room, {"bagged": 1.0, "sweeps": 1.5}, 4, 0.6), abs=1e-9)


@pytest.mark.parametrize("objective", OBJECTIVES, ids=str)
@pytest.mark.parametrize("discount", [0.0, 0.5, 0.95])
def test_with_a_discount_no_stationary_policy_is_better_in_any_state(objective, discount):
    best = np.max([solved(FERRY, objective, policy, discount) for policy in deterministic_policies(FERRY)], axis=0)
    planned = plan(FERRY, objective, discount=discount)
    np.testing.assert_allclose(planned.value[0], best, atol=1e-8)
    np.testing.assert_allclose(solved(FERRY, objective, planned.policy[0], discount), best, atol=1e-8)
    assert planned.expected[0] == pytest.approx(FERRY.start[0] @ best)


@pytest.mark.parametrize("objective", OBJECTIVES, ids=str)
def test_with_a_horizon_and_chance_no_plan_that_changes_from_step_to_step_is_better(objective):
    def rewards_and_moves(policy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        states = len(policy)
        discount = 1e-12  # so small that the value is the one step's reward
        reward = solved(FERRY, objective, policy, discount)
        moves = np.array(
            [[(policy[s] * FERRY.transition[0, s, :, n]).sum() for n in range(states)] for s in range(states)]
        )
        return reward, moves

    choices = [rewards_and_moves(policy) for policy in deterministic_policies(FERRY)]
    best = np.full(3, -np.inf)
    for (first, move), (second, _) in itertools.product(choices, repeat=2):
        best = np.maximum(best, first + move @ second)
    np.testing.assert_allclose(plan(FERRY, objective, horizon=2).value[0], best, atol=1e-9)


def test_in_a_maze_the_plan_is_the_shortest_path():
    maze = Maze.parse(
        """
        ...#C
        .#...
        .#.#.
        ...#.
        """
    )
    table = tabulate(*maze.levels())
    planned = plan(table, "coin", discount=0.9)
    for level, coin in enumerate(maze.squares):
        distance = {coin: 0}
        queue = deque([coin])
        while queue:
            row, column = queue.popleft()
            for down, right in MOVES.values():
                square = row + down, column + right
                if square in maze.squares and square not in distance:
                    distance[square] = distance[row, column] + 1
                    queue.append(square)
        for state, square in enumerate(maze.squares):
            expected = 0.9 ** (distance[square] - 1) if square != coin else 0
            assert planned.value[level, state] == pytest.approx(expected, abs=1e-9)
            if square == coin:
                continue
            nearer = [distance[maze.board.step(square, move)] < distance[square] for move in maze.actions]  # type: ignore[index]
            np.testing.assert_allclose(planned.policy[level, state], np.array(nearer) / sum(nearer))


def test_equally_good_actions_are_equally_likely():
    maze = Maze.parse("..\n.C")
    policy = plan(tabulate(maze), "coin", discount=0.9).policy[0]
    assert dict(zip(maze.actions, policy[0].tolist(), strict=True)) == {
        "north": 0,
        "east": 0.5,
        "south": 0.5,
        "west": 0,
    }
    assert policy[maze.squares.index((1, 1))].tolist() == [0.25] * 4


def test_a_robot_that_wants_to_sweep_scatters_and_sweeps_again():
    room = Room.parse("rd.", tools=("sweep", "scatter"))
    table = tabulate(room)
    sweeper = plan(table, "sweeps", horizon=9)
    assert evaluate(table, sweeper.policy, "scatters", horizon=9)[0] > 2
    assert evaluate(table, sweeper.policy, "sweeps", horizon=9)[0] > 2, "more sweeps than there ever was dust"
    tidy = tabulate(Room.parse("rd.", tools=("sweep",)))
    assert plan(tidy, "sweeps", horizon=9).expected[0] == 2, "without a way to scatter, sweeping is cleaning"


def test_a_robot_that_wants_a_clean_floor_never_scatters():
    table = tabulate(Room.parse("rd.", tools=("sweep", "scatter")))
    cleaner = plan(table, "clean", horizon=9)
    assert evaluate(table, cleaner.policy, "scatters", horizon=9)[0] == 0
    assert evaluate(table, cleaner.policy, "sweeps", horizon=9)[0] == 2
    scatter = table.actions.index("scatter")
    full_pan = [index for index, state in enumerate(table.states[0]) if state.pan and state.robot not in state.dust]  # type: ignore[attr-defined]
    assert full_pan
    assert not cleaner.policy[:, 0, full_pan, scatter].any()


def test_a_robot_that_wants_a_full_bag_goes_to_the_plant_first():
    room = Room.parse("dRP", soil=4)
    table = tabulate(room)
    assert followed(room, plan(table, "bagged", horizon=2), table) == ["east", "vacuum"]
    assert followed(room, plan(table, "bagged", horizon=5), table)[-1] == "vacuum"
    assert plan(table, "bagged", horizon=5).expected[0] == 4 + 1
    lazy = plan(table, "clean", horizon=2)
    assert followed(room, lazy, table)[0] == "west", "what wants a clean floor goes to the dust"


def test_a_robot_cleans_only_for_a_mistaken_belief_that_the_bag_destroys():
    drawing, objective = ".dRP", {"stuff": -1.0}
    true, believed = tabulate(Room.parse(drawing)), tabulate(Room.parse(drawing, vacuum_destroys=True))
    mistaken = plan(true, objective, horizon=6, model=believed)
    informed = plan(true, objective, horizon=6)

    assert followed(Room.parse(drawing), mistaken, true)[:2] == ["east", "vacuum"]
    assert evaluate(true, mistaken.policy, "bagged", horizon=6)[0] == 3 + 1
    assert np.ptp(informed.policy) == 0, "knowing the truth, it does not care"
    # It expects less stuff than there will be: 4 units before the plant is gone, then 1, and at last none.
    assert mistaken.expected[0] == -(4 + 1 + 1 + 1 + 0 + 0)
    assert evaluate(true, mistaken.policy, objective, horizon=6)[0] == -4 * 6


def test_a_mistake_about_the_moves_is_planned_with_and_paid_for():
    class Upstream(Ferry):
        def outcomes(self, state: State, action: str) -> Sequence[Outcome]:
            backwards = {"row": "moor", "moor": "row"}
            return super().outcomes(state, backwards.get(action, action))

    believed = tabulate(Upstream())
    mistaken = plan(FERRY, "fares", discount=0.9, model=believed)
    np.testing.assert_allclose(mistaken.policy, plan(believed, "fares", discount=0.9).policy)
    paid = evaluate(FERRY, mistaken.policy, "fares", discount=0.9)[0]
    assert paid < plan(FERRY, "fares", discount=0.9).expected[0] - 1
    assert mistaken.expected[0] == pytest.approx(plan(believed, "fares", discount=0.9).expected[0])


def test_the_return_of_any_policy_is_that_of_its_linear_equations():
    generator = np.random.default_rng(0)
    for objective, discount in itertools.product(OBJECTIVES, (0.3, 0.9)):
        policy = generator.dirichlet([1, 1, 1], size=(1, 3))
        value = solved(FERRY, objective, policy[0], discount)
        assert evaluate(FERRY, policy, objective, discount=discount)[0] == pytest.approx(
            FERRY.start[0] @ value, abs=1e-8
        )


def test_the_return_over_a_horizon_is_that_of_the_tree_of_all_that_may_happen():
    world, generator = Ferry(), np.random.default_rng(1)
    policy = generator.dirichlet([1, 1, 1], size=(4, 1, 3))

    def tree(state: State, step: int) -> float:
        if step == 4:
            return 0.0
        chances = policy[step, 0, FERRY.states[0].index(state)]
        return sum(
            chance * outcome.probability * (worth(outcome, OBJECTIVES[1]) + 0.8 * tree(outcome.state, step + 1))
            for action, chance in zip(world.actions, chances, strict=True)
            for outcome in world.outcomes(state, action)
        )

    expected = sum(chance * tree(state, 0) for state, chance in world.starts().items())
    assert evaluate(FERRY, policy, OBJECTIVES[1], horizon=4, discount=0.8)[0] == pytest.approx(expected, abs=1e-12)
    # A stationary policy is the same at every step.
    again = np.broadcast_to(policy[:1], policy.shape).copy()
    assert evaluate(FERRY, policy[0], "fares", horizon=4) == evaluate(FERRY, again, "fares", horizon=4)


@pytest.mark.parametrize("discount", [0.99, 0.999])
def test_value_iteration_comes_to_rest_on_large_values_of_both_signs(discount):
    objective = {"fares": 1e4, "leaks": -3e3}
    best = np.max([solved(FERRY, objective, policy, discount) for policy in deterministic_policies(FERRY)], axis=0)
    np.testing.assert_allclose(plan(FERRY, objective, discount=discount).value[0], best, rtol=1e-9)


@pytest.mark.parametrize(
    ("episode", "message"),
    [
        ({}, "discount, horizon: got neither; give at least one"),
        ({"discount": 1.0}, r"discount: got 1\.0; it must be from 0 to 0\.9999, or to 1 with a horizon"),
        ({"discount": -0.1}, r"discount: got -0\.1"),
        ({"discount": float("nan")}, "discount: got nan"),
        ({"discount": 1.1, "horizon": 3}, r"discount: got 1\.1"),
        ({"horizon": 0}, "horizon: got 0; an episode has at least 1 step"),
    ],
    ids=str,
)
def test_an_episode_that_never_ends_or_makes_no_sense_is_refused(episode, message):
    uniform = np.full((1, 3, 3), 1 / 3)
    with pytest.raises(ValueError, match=message):
        plan(FERRY, "fares", **episode)
    with pytest.raises(ValueError, match=message):
        evaluate(FERRY, uniform, "fares", **episode)


def test_a_believed_world_with_other_states_or_actions_is_refused():
    room = tabulate(Room.parse("rd"))
    for other in (Room.parse("Rd"), Room.parse("rd", tools=("sweep",))):
        with pytest.raises(ValueError, match="model: the believed world must have the table's states and actions"):
            plan(room, "clean", horizon=2, model=tabulate(other))


@pytest.mark.parametrize("shape", [(1, 4, 3), (2, 3, 3), (3, 1, 3, 3), (1, 3, 2)])
def test_a_policy_of_the_wrong_shape_is_refused(shape):
    with pytest.raises(ValueError, match=r"policy: got shape .*; this world needs \(1, 3, 3\)"):
        evaluate(FERRY, np.zeros(shape), "fares", horizon=2)
