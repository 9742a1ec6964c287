"""Is training exact: its values, its gradient, and its promise that runs do not touch?"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from looks_aligned import progress
from looks_aligned.agents.networks import Convolutional, FullyConnected
from looks_aligned.agents.planner import evaluate, plan
from looks_aligned.agents.training import Dynamics, one_thread, surrogate, train
from looks_aligned.experiments.proxy import coin_or_corner
from looks_aligned.worlds.maps import WALL
from looks_aligned.worlds.maze import Maze
from looks_aligned.worlds.table import Outcome, State, tabulate

MAZE = Maze.parse(
    """
    ..C
    .#.
    ...
    """
)
DISCOUNT = 0.9
TABLE = tabulate(*MAZE.levels())
LEVELS, STATES, ACTIONS = TABLE.next.shape[:3]
COIN = Dynamics.of(TABLE, "coin", DISCOUNT)
CORNER = Dynamics.until(TABLE, "corner", DISCOUNT)


class Casino:
    """A chancy world whose prize comes only sometimes, and may come again."""

    actions = ("stake", "walk")
    measures = ("prize",)

    def starts(self) -> Mapping[State, float]:
        return {"hall": 1.0, "table": 0.0}

    def outcomes(self, state: State, action: str) -> Sequence[Outcome]:
        elsewhere = "table" if state == "hall" else "hall"
        if action == "walk":
            return [Outcome(elsewhere, {})]
        if state == "hall":
            return [Outcome("hall", {"prize": 1.0}, 0.1), Outcome("table", {}, 0.9)]
        return [Outcome("table", {"prize": 3.0}, 0.3), Outcome("table", {}, 0.2), Outcome("hall", {}, 0.5)]


def fully_connected(seeds: Sequence[int]) -> nn.Module:
    return FullyConnected(seeds=seeds, levels=LEVELS, states=STATES, actions=ACTIONS, hidden=16)


def convolutional(seeds: Sequence[int]) -> nn.Module:
    rows, columns = MAZE.board.shape
    picture = torch.zeros(LEVELS, 3, rows, columns)
    picture[:, 1] = torch.tensor([[character == WALL for character in row] for row in MAZE.board.rows])
    picture[:, 2] = 1
    for level, (row, column) in enumerate(MAZE.squares):
        picture[level, 0, row, column] = 1
    squares = torch.tensor([row * columns + column for row, column in MAZE.squares])
    return Convolutional(seeds=seeds, picture=picture, squares=squares, actions=ACTIONS, depth=6)


NETWORKS = [fully_connected, convolutional]
Network = Callable[[Sequence[int]], nn.Module]


def some_policies(runs: int, *shape: int) -> Tensor:
    return torch.randn((runs, *shape), generator=torch.Generator().manual_seed(runs)).softmax(-1)


def shares(runs: int) -> Tensor:
    """Different shares of the levels for each run."""
    return torch.rand((runs, LEVELS), generator=torch.Generator().manual_seed(1)).softmax(-1)


def trained(
    network: nn.Module, share: Tensor, steps: int, learning_rate: float = 0.01, entropy_bonus: float = 0.0
) -> Tensor:
    """The policies after some steps."""
    with one_thread():
        ((_, policies),) = train(
            network, COIN, share, steps=(steps,), learning_rate=learning_rate, entropy_bonus=entropy_bonus
        )
    return policies


def precise(dynamics: Dynamics) -> Dynamics:
    return Dynamics(dynamics.next, dynamics.chance.double(), dynamics.reward.double(), dynamics.start.double())


def in_loops(policy: np.ndarray, level: int, length: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values, discounted visits and action values in one level of the maze, by adding up powers, step by step."""
    move = np.zeros((STATES, STATES))
    reward = np.zeros(STATES)
    for state, action in itertools.product(range(STATES), range(ACTIONS)):
        move[state, TABLE.next[level, state, action, 0]] += policy[state, action]
        reward[state] += policy[state, action] * TABLE.values[0, level, state, action, 0]
    value, visits = np.zeros(STATES), np.zeros(STATES)
    reached, here = np.eye(STATES), TABLE.start[level]
    for step in range(length):
        value += DISCOUNT**step * reached @ reward
        visits += DISCOUNT**step * here
        reached, here = reached @ move, here @ move
    after = TABLE.next[level, :, :, 0]
    return value, visits, TABLE.values[0, level, :, :, 0] + DISCOUNT * value[after]


def test_values_returns_visits_and_action_values_are_sums_of_powers():
    policies = some_policies(2, LEVELS, STATES, ACTIONS)
    values, returns, (worth, visits) = COIN.values(policies), COIN.returns(policies), COIN.solve(policies)
    for run, level in itertools.product(range(2), range(LEVELS)):
        value, visited, action_value = in_loops(policies[run, level].double().numpy(), level, 400)
        np.testing.assert_allclose(values[run, level], value, atol=1e-5)
        np.testing.assert_allclose(returns[run, level], TABLE.start[level] @ value, atol=1e-5)
        np.testing.assert_allclose(visits[run, level], visited, atol=1e-4)
        np.testing.assert_allclose(worth[run, level], action_value, atol=1e-5)


def test_returns_are_those_of_the_planners_evaluation():
    policies = some_policies(3, LEVELS, STATES, ACTIONS)
    for objective in ("coin", "corner", {"coin": 1.0, "corner": -0.5}):
        returns = Dynamics.of(TABLE, objective, DISCOUNT).returns(policies)
        for run in range(3):
            expected = evaluate(TABLE, policies[run].double().numpy(), objective, discount=DISCOUNT)
            np.testing.assert_allclose(returns[run], expected, atol=1e-5)


def test_in_a_chancy_world_returns_are_those_of_the_planners_evaluation():
    table = tabulate(Casino())
    policies = some_policies(2, 1, 2, 2)
    returns = Dynamics.of(table, "prize", DISCOUNT).returns(policies)
    for run in range(2):
        expected = evaluate(table, policies[run].double().numpy(), "prize", discount=DISCOUNT)
        np.testing.assert_allclose(returns[run], expected, rtol=1e-5)


def test_one_level_alone_is_what_it_is_among_the_others():
    policies = some_policies(2, LEVELS, STATES, ACTIONS)
    for dynamics, level in itertools.product((COIN, CORNER), range(LEVELS)):
        alone = dynamics.only(level).returns(policies[:, level : level + 1])
        torch.testing.assert_close(alone[:, 0], dynamics.returns(policies)[:, level], rtol=1e-5, atol=1e-6)


def test_until_counts_the_first_arrival_only():
    """The oracle walks the maze itself, and sends home whoever has arrived."""
    policies = some_policies(2, LEVELS, STATES, ACTIONS)
    returns = CORNER.returns(policies)
    again = Dynamics.of(TABLE, "corner", DISCOUNT).returns(policies)
    for run, (index, level) in itertools.product(range(2), enumerate(MAZE.levels())):
        moves = [
            (square, level.board.step(square, action), float(policies[run, index, state, column]))
            for state, square in enumerate(MAZE.squares)
            for column, action in enumerate(level.actions)
        ]
        crowd, expected = dict(level.starts()), 0.0
        crowd[level.coin] = 0.0
        for step in range(200):
            after: dict[State, float] = dict.fromkeys(crowd, 0.0)
            for square, arrived, chance in moves:
                if arrived == level.corner and arrived != square:
                    expected += DISCOUNT**step * crowd[square] * chance
                elif arrived != level.coin:
                    after[arrived] += crowd[square] * chance
            crowd = after
        assert returns[run, index] == pytest.approx(expected, abs=1e-5)
        if level.coin != level.corner:
            assert again[run, index] > returns[run, index] + 1e-3, "or the test could not tell first from later"


def test_until_goes_on_where_chance_withheld_what_it_counts():
    policy = torch.full((1, 1, 2, 2), 0.5)
    # In the hall h and at the table t: stake or walk, each half the time; a prize ends it.
    # h = ½(0.1 + 0.9γt) + ½γt and t = ½(0.9 + 0.2γt + 0.5γh) + ½γh.
    coefficients = [[1, -0.95 * DISCOUNT], [-0.75 * DISCOUNT, 1 - 0.1 * DISCOUNT]]
    hall, _ = np.linalg.solve(coefficients, [0.05, 0.45])
    returns = Dynamics.until(tabulate(Casino()), "prize", DISCOUNT).returns(policy)
    assert float(returns) == pytest.approx(hall, rel=1e-6)


@pytest.mark.parametrize("dynamics", [COIN, CORNER], ids=["coin", "until the corner"])
def test_the_surrogates_gradient_is_that_of_the_expected_return(dynamics):
    """The oracle differentiates through the linear equations of the value, which the surrogate never does."""
    dynamics = precise(dynamics)
    logits = torch.randn((3, LEVELS, STATES, ACTIONS), generator=torch.Generator().manual_seed(0)).double()
    share = shares(3).double()

    through_equations = logits.clone().requires_grad_()
    expected_return = torch.zeros((), dtype=torch.double)
    for run, level in itertools.product(range(3), range(LEVELS)):
        policy = through_equations[run, level].softmax(-1)
        # One outcome a move: whoever makes it is carried there.
        there = torch.nn.functional.one_hot(dynamics.next[level, ..., 0], STATES) * dynamics.chance[level]
        move = torch.stack([policy[state] @ there[state] for state in range(STATES)])
        reward = torch.stack([policy[state] @ dynamics.reward[level, state] for state in range(STATES)])
        value = torch.linalg.solve(torch.eye(STATES, dtype=torch.double) - move, reward)
        expected_return = expected_return + share[run, level] * dynamics.start[level] @ value
    expected_return.backward()

    by_theorem = logits.clone().requires_grad_()
    surrogate(by_theorem, dynamics, share).sum().backward()
    assert by_theorem.grad is not None
    assert through_equations.grad is not None
    assert through_equations.grad.abs().max() > 1e-3
    torch.testing.assert_close(by_theorem.grad, through_equations.grad, rtol=1e-10, atol=1e-14)


def test_the_entropy_bonus_adds_the_gradient_of_the_entropy_where_the_policy_goes():
    dynamics, bonus = precise(COIN), 0.3
    logits = torch.randn((1, LEVELS, STATES, ACTIONS), generator=torch.Generator().manual_seed(0)).double()
    share = shares(1).double()

    def gradient(entropy_bonus: float) -> Tensor:
        leaf = logits.clone().requires_grad_()
        surrogate(leaf, dynamics, share, entropy_bonus).sum().backward()
        assert leaf.grad is not None
        return leaf.grad

    leaf = logits.clone().requires_grad_()
    for level in range(LEVELS):
        _, visits, _ = in_loops(logits[0, level].softmax(-1).numpy(), level, 400)
        entropy = torch.distributions.Categorical(logits=leaf[0, level]).entropy()
        (bonus * share[0, level] * (torch.from_numpy(visits) * entropy).sum()).backward()
    # The oracle's transitions are exact, the trainer's were rounded to 32 bits.
    torch.testing.assert_close(gradient(bonus) - gradient(0.0), leaf.grad, rtol=1e-5, atol=1e-8)


def test_with_a_larger_entropy_bonus_training_ends_less_certain():
    def uncertainty(entropy_bonus: float) -> float:
        policies = trained(fully_connected([0]), shares(1), 150, entropy_bonus=entropy_bonus)
        return float(torch.distributions.Categorical(probs=policies).entropy().mean())

    assert uncertainty(0.0) + 0.05 < uncertainty(0.1)
    assert uncertainty(0.1) + 0.05 < uncertainty(1.0)
    assert uncertainty(100.0) == pytest.approx(np.log(4), abs=0.05), "where only entropy counts, nothing is preferred"


@pytest.mark.parametrize("network", NETWORKS)
def test_a_run_retrained_alone_learns_the_same(network):
    """Nothing but the rounding of 32-bit floats could differ: below 1e-6 in any chance, and none was seen to."""
    seeds, share = [4, 0, 9, 1], shares(4)
    together = network(seeds)
    batch = trained(together, share, 100, entropy_bonus=0.01)
    for run, seed in enumerate(seeds[:3]):
        alone = network([seed])
        policies = trained(alone, share[run : run + 1], 100, entropy_bonus=0.01)
        torch.testing.assert_close(policies[0], batch[run], rtol=0, atol=1e-6)
        for name, weight in alone.named_parameters():
            torch.testing.assert_close(weight[0], together.get_parameter(name)[run], rtol=0, atol=1e-6)


@pytest.mark.parametrize("network", coin_or_corner.NETWORKS)
def test_a_run_of_the_flagship_retrained_alone_learns_the_same(network):
    """Here a difference in rounding would grow within a hundred steps to more than a half in some chance."""
    shown = coin_or_corner.Params(share=0.3, steps=100, network=network, seed=1)
    batch = coin_or_corner.run_all([replace(shown, share=0.01, seed=0), shown])
    alone = coin_or_corner.run(shown)
    np.testing.assert_allclose(alone.policies[0], batch.policies[1], rtol=0, atol=1e-4)
    np.testing.assert_allclose(alone.coin[0], batch.coin[1], rtol=0, atol=1e-6)


@pytest.mark.parametrize("network", NETWORKS)
def test_changing_one_runs_seed_and_levels_leaves_the_others_weights_alone(network):
    share = shares(3)
    other_share = torch.stack([share[0], share[1].flip(0), share[2]])
    one, other = network([0, 1, 2]), network([0, 5, 2])
    trained(one, share, 60)
    trained(other, other_share, 60)
    for name, weight in one.named_parameters():
        changed = other.get_parameter(name)
        assert torch.equal(weight[0], changed[0])
        assert torch.equal(weight[2], changed[2])
        assert (weight[1] - changed[1]).abs().max() > 0.1


@pytest.mark.parametrize(
    ("network", "bonus", "short"),
    [
        (fully_connected, 0.01, 0.01),
        # One small set of weights for all levels: with a small bonus some seeds get stuck, a larger one costs return.
        (convolutional, 0.05, 0.08),
    ],
)
def test_the_return_learned_in_training_is_close_to_the_planners_optimum(network, bonus, short):
    share = torch.full((3, LEVELS), 1 / LEVELS)
    policies = trained(network([0, 1, 2]), share, 150, entropy_bonus=bonus)
    learned = (share * COIN.returns(policies)).sum(-1)
    optimum = plan(TABLE, "coin", discount=DISCOUNT).expected.mean()
    assert (learned <= optimum + 1e-5).all(), "the planner is the upper bound"
    assert (learned >= optimum - short).all()


def test_what_is_learned_in_one_level_is_not_the_optimum_of_the_others():
    home = MAZE.squares.index(MAZE.corner)
    share = torch.nn.functional.one_hot(torch.tensor([home]), LEVELS).float()
    policies = trained(fully_connected([0]), share, 250)
    optimum = plan(TABLE, "coin", discount=DISCOUNT).expected
    assert COIN.returns(policies)[0, home] > optimum[home] - 0.02
    elsewhere = [level for level in range(LEVELS) if level != home]
    assert COIN.returns(policies)[0, elsewhere].mean() < optimum[elsewhere].mean() - 0.2


def test_policies_are_yielded_after_each_of_the_asked_for_steps():
    network, untrained = fully_connected([0, 1]), fully_connected([0, 1])
    with one_thread():
        found = dict(train(network, COIN, shares(2), steps=(0, 3, 8), learning_rate=0.01))
    assert list(found) == [0, 3, 8]
    assert torch.equal(found[0], untrained().softmax(-1))
    torch.testing.assert_close(found[3], trained(fully_connected([0, 1]), shares(2), 3), rtol=0, atol=0)
    torch.testing.assert_close(found[8], network().softmax(-1), rtol=0, atol=0)
    assert not any(policies.requires_grad for policies in found.values())


@pytest.mark.parametrize("steps", [(), (3, 1), (2, 2), (-1, 4)])
def test_steps_that_do_not_increase_are_refused(steps):
    with pytest.raises(ValueError, match=r"steps: got .*; they must increase, from 0 or more"):
        list(train(fully_connected([0]), COIN, shares(1), steps=steps, learning_rate=0.01))


def test_training_can_be_listened_to_and_stopped():
    heard = []

    def listener(done: int, total: int, name: str) -> None:
        heard.append((done, total, name))
        if done == 2:
            raise progress.Stopped

    network = fully_connected([0])
    with progress.listening(listener), pytest.raises(progress.Stopped):
        list(train(network, COIN, shares(1), steps=(9,), learning_rate=0.01))
    assert heard == [(0, 10, "training"), (1, 10, "training"), (2, 10, "training")]
    after_two = fully_connected([0])
    list(train(after_two, COIN, shares(1), steps=(2,), learning_rate=0.01))
    assert torch.equal(network(), after_two())


def test_torch_has_its_threads_back_afterwards():
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with pytest.raises(KeyError), one_thread():
            raise KeyError(torch.get_num_threads())
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(threads)
