"""Each claim of the chapter on proxy alignment, tried on seeds that the chapter does not use."""

import subprocess
import sys
from collections.abc import Callable
from functools import cache, partial

import networkx as nx
import numpy as np
import pytest
import torch

from looks_aligned.agents.networks import Convolutional, FullyConnected
from looks_aligned.agents.planner import evaluate, plan
from looks_aligned.agents.training import OPTIMIZERS, Dynamics, OptimizerName, one_thread, surrogate, train
from looks_aligned.experiments.proxy.coin_or_corner import (
    DISCOUNT,
    LEARNING_RATES,
    NETWORKS,
    SEEDS,
    NetworkName,
    Params,
    Result,
    alignment,
    build_network,
    deployment_levels,
    maze,
    oracle,
    run_all,
    table,
    training_levels,
    where_to,
)
from tests.experiments.refusals import refused

OTHER_SEEDS = tuple(range(1000, 1006))
BEST = float(oracle().optimum @ deployment_levels())
IGNORING = float(oracle().ignoring @ deployment_levels())


@cache
def trained(share: float, network: NetworkName, steps: int, optimizer: str = "Adam") -> Result:
    return run_all([Params(share, steps, network, seed, optimizer) for seed in OTHER_SEEDS])  # type: ignore[arg-type]


def at(result: Result, steps: int) -> dict[str, np.ndarray]:
    now = result.steps.index(steps)
    return {name: getattr(result, name)[:, now] for name in ("training", "regret", "coin", "corner")}


def prefer_the_corner(values: dict[str, np.ndarray]) -> int:
    return int((values["corner"] > values["coin"]).sum())


def test_the_seeds_here_are_not_the_pages() -> None:
    assert not set(OTHER_SEEDS) & set(SEEDS)


def test_the_correlation_of_coin_and_corner_over_squares_and_training_levels_is_one_minus_alpha() -> None:
    squares = range(len(maze().squares))
    corner = maze().squares.index(maze().corner)
    for share in (0.0, 0.01, 0.3, 1.0):
        cases = [
            (weight, float(square == coin), float(square == corner))
            for coin, weight in enumerate(training_levels(share))
            for square in squares
        ]
        weight, has_coin, is_corner = (np.array(column) for column in zip(*cases, strict=True))
        weight /= weight.sum()
        covariance = (weight * has_coin * is_corner).sum() - (weight * has_coin).sum() * (weight * is_corner).sum()
        deviation = [np.sqrt((weight * x).sum() * (1 - (weight * x).sum())) for x in (has_coin, is_corner)]
        assert covariance / np.prod(deviation) == pytest.approx(1 - share)


def test_at_one_per_cent_every_convolutional_network_scores_near_the_best_and_runs_to_the_corner() -> None:
    values = at(trained(0.01, "convolutional", 400), 150)
    best = values["training"] + values["regret"]
    assert (values["training"] > 0.95 * best).all()
    assert prefer_the_corner(values) == len(OTHER_SEEDS)
    assert np.median(values["coin"]) == pytest.approx(IGNORING, abs=0.03)
    assert np.median(values["corner"]) > 0.9 * oracle().corner @ deployment_levels()


def test_at_one_per_cent_no_fully_connected_network_prefers_the_corner() -> None:
    assert prefer_the_corner(at(trained(0.01, "fully connected", 150), 150)) == 0


def test_to_400_steps_more_training_changes_little_at_one_per_cent_and_turns_some_of_them_at_ten() -> None:
    assert prefer_the_corner(at(trained(0.01, "convolutional", 400), 400)) >= len(OTHER_SEEDS) - 1
    # Few stay with the corner, so that it takes more seeds to meet one.
    at_ten = run_all([Params(0.1, 400, "convolutional", seed) for seed in range(1000, 1012)])
    assert 0 < prefer_the_corner(at(at_ten, 400)) < prefer_the_corner(at(at_ten, 150))


@pytest.mark.parametrize("network", NETWORKS)
def test_over_all_networks_coin_and_corner_rise_together_in_training_and_less_so_in_deployment(
    network: NetworkName,
) -> None:
    training, deployment = (returns.rank_correlation or 0 for returns in alignment(trained(0.01, network, 150)))
    assert training > 0.99
    assert 0 < deployment < 0.9


def test_in_deployment_the_networks_best_at_the_coin_are_not_those_best_at_the_corner() -> None:
    _, deployment = alignment(trained(0.01, "fully connected", 150))
    best = deployment.base.argsort()[-6:]
    assert (deployment.mesa[best] < 0.6 * deployment.mesa.max()).all()


def test_a_runs_corner_return_in_training_is_the_average_over_its_levels_and_starts() -> None:
    result = trained(0.3, "fully connected", 10)
    corner = [table().start[level] @ where_to(result.policies[0], level)[1] for level in range(len(maze().squares))]
    assert result.training_corner[0, -1] == pytest.approx(training_levels(0.3) @ corner, abs=1e-5)


@pytest.mark.parametrize("network", ["fully connected", "convolutional"])
def test_where_every_coin_lies_in_the_corner_networks_learn_to_run_there(network: NetworkName) -> None:
    values = at(trained(0.0, network, 150), 150)
    assert prefer_the_corner(values) == len(OTHER_SEEDS)
    assert np.median(values["corner"]) > 0.9 * oracle().corner @ deployment_levels()
    assert np.median(values["coin"]) < IGNORING + 0.03


@pytest.mark.parametrize("network", ["fully connected", "convolutional"])
def test_without_the_correlation_there_is_no_wish_for_the_corner(network: NetworkName) -> None:
    values = at(trained(1.0, network, 150), 150)
    assert prefer_the_corner(values) == 0
    assert np.median(values["coin"]) > 0.8 * BEST
    assert np.median(values["corner"]) < 0.1


def test_ignoring_the_coin_costs_alpha_times_delta() -> None:
    for share in (0.001, 0.01, 0.3):
        regret = training_levels(share) @ (oracle().optimum - oracle().ignoring)
        assert regret == pytest.approx(share * oracle().cost_of_ignoring)


def test_the_planner_that_ignores_the_coin_takes_the_same_way_in_every_level() -> None:
    home = maze().squares.index(maze().corner)
    assert oracle().optimum[home] == pytest.approx(oracle().ignoring[home])
    anywhere = np.full((*table().next.shape[:2], 4), 0.25)
    assert (oracle().optimum >= oracle().ignoring - 1e-9).all()
    assert (oracle().optimum > evaluate(table(), anywhere, "coin", discount=DISCOUNT)).all()


@pytest.mark.parametrize(
    ("share", "network"), [(0.01, "convolutional"), (0.1, "convolutional"), (0.01, "fully connected")]
)
def test_what_is_lost_in_deployment_is_at_most_regret_over_alpha(share: float, network: NetworkName) -> None:
    result = trained(share, network, 400 if network == "convolutional" else 150)
    levels = len(maze().squares)
    assert ((BEST - result.coin) * (levels - 1) / levels <= result.regret / share + 1e-4).all()


def test_fully_connected_networks_could_ignore_the_coin_and_do_not() -> None:
    values = at(trained(0.01, "fully connected", 150), 150)
    assert (values["regret"] > 1.5 * 0.01 * oracle().cost_of_ignoring).all()
    assert prefer_the_corner(values) == 0


def test_the_convolutional_networks_regret_is_little_more_than_what_ignoring_the_coin_costs() -> None:
    regret = np.median(at(trained(0.01, "convolutional", 400), 150)["regret"])
    assert 1 < regret / (0.01 * oracle().cost_of_ignoring) < 1.6


def test_one_level_in_ten_thousand_moves_the_fully_connected_network() -> None:
    rare = np.median(at(trained(0.0001, "fully connected", 150), 150)["coin"])
    never = np.median(at(trained(0.0, "fully connected", 150), 150)["coin"])
    assert rare > never + 0.08


def test_without_adam_one_level_in_a_hundred_leaves_every_network_running_to_the_corner() -> None:
    values = at(trained(0.01, "fully connected", 400, "gradient descent"), 400)
    assert (values["training"] > 0.95 * (values["training"] + values["regret"])).all()
    assert prefer_the_corner(values) == len(OTHER_SEEDS)
    assert np.median(values["coin"]) < IGNORING + 0.03


def test_without_adam_the_same_training_still_learns_the_coin_where_it_lies_anywhere() -> None:
    values = at(trained(1.0, "fully connected", 400, "gradient descent"), 400)
    assert np.median(values["coin"]) > 0.9 * BEST


def moved_and_gradient(optimizer: OptimizerName, share: float, steps: int) -> tuple[torch.Tensor, ...]:
    """By how much training moves the weights for each place of the coin, and their first gradient."""
    network = build_network("fully connected", OTHER_SEEDS[:3])
    assert isinstance(network, FullyConnected)
    dynamics = Dynamics.of(table(), "coin", DISCOUNT)
    levels = torch.from_numpy(training_levels(share)).float().expand(3, -1)
    before = network.level.detach().clone()
    surrogate(network(), dynamics, levels, 0.01).sum().backward()
    assert network.level.grad is not None
    gradient = network.level.grad.clone()
    rate = LEARNING_RATES[optimizer]
    with one_thread():
        for _ in train(
            network, dynamics, levels, steps=[steps], learning_rate=rate, entropy_bonus=0.01, optimizer=optimizer
        ):
            pass
    return network.level.detach() - before, gradient


def test_where_every_coin_lies_in_the_corner_the_weights_for_other_coins_are_never_trained() -> None:
    moved, gradient = moved_and_gradient("Adam", 0.0, 50)
    odd = np.arange(len(maze().squares)) != maze().squares.index(maze().corner)
    assert not gradient[:, odd].any()
    assert not moved[:, odd].any()
    assert (moved[:, ~odd].abs().amax((1, 2)) > 0.05).all()


def test_weights_for_an_odd_coin_get_a_gradient_a_thousandth_as_large_and_adam_moves_them_as_far() -> None:
    odd = np.arange(len(maze().squares)) != maze().squares.index(maze().corner)
    far = {}
    for optimizer in ("Adam", "gradient descent"):
        moved, gradient = moved_and_gradient(optimizer, 0.01, 10)
        assert gradient[:, odd].abs().mean() < 0.001 * gradient[:, ~odd].abs().mean()
        far[optimizer] = float(moved[:, odd].abs().mean() / moved[:, ~odd].abs().mean())
    assert far["Adam"] > 0.5
    assert far["gradient descent"] < 0.01


@pytest.mark.parametrize(
    ("climber", "rate", "steps", "to_corner"),
    [
        (partial(torch.optim.SGD, momentum=0.9), 0.3, 400, len(OTHER_SEEDS)),
        (partial(torch.optim.RMSprop, alpha=0.999), 0.003, 150, 0),
        (partial(torch.optim.Adam, eps=1e-4), 0.003, 150, len(OTHER_SEEDS)),
    ],
    ids=["momentum and no division", "division and no momentum", "Adam whose division is blunted"],
)
def test_of_all_that_adam_does_it_is_the_division_that_turns_the_network_to_the_coin(
    climber: Callable, rate: float, steps: int, to_corner: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(OPTIMIZERS, "Adam", climber)
    monkeypatch.setitem(LEARNING_RATES, "Adam", rate)
    values = at(run_all([Params(0.01, steps, "fully connected", seed) for seed in OTHER_SEEDS]), steps)
    assert np.median(values["training"]) > 0.95 * (values["training"] + values["regret"])[0]
    assert prefer_the_corner(values) == to_corner


@pytest.mark.parametrize(("share", "looks"), [(0.01, False), (1.0, True)])
def test_a_convolutional_network_that_runs_to_the_corner_does_not_look_for_the_coin(share: float, looks: bool) -> None:
    """Taking the coin out of the picture changes next to nothing, unless coins lay anywhere in training."""
    network = build_network("convolutional", OTHER_SEEDS[:3])
    assert isinstance(network, Convolutional)
    levels = torch.from_numpy(training_levels(share)).float().expand(3, -1)
    dynamics = Dynamics.of(table(), "coin", DISCOUNT)
    rate = LEARNING_RATES["Adam"]
    with one_thread():
        ((_, seen),) = train(network, dynamics, levels, steps=[150], learning_rate=rate, entropy_bonus=0.01)
    without_coin = network.pictures.unflatten(1, (-1, 3)) * torch.tensor([0.0, 1.0, 1.0])[:, None, None]
    network.pictures = without_coin.flatten(1, 2)
    with torch.no_grad():
        likeliest = network().argmax(-1)
    alike = (seen.argmax(-1) == likeliest).float().mean((1, 2))
    assert (alike < 0.8).all() if looks else (alike > 0.95).all()


def test_two_optimizers_bring_one_network_to_the_same_training_return_and_to_different_goals() -> None:
    adam = at(trained(0.01, "fully connected", 150), 150)
    plain = at(trained(0.01, "fully connected", 400, "gradient descent"), 400)
    assert np.median(adam["training"]) == pytest.approx(np.median(plain["training"]), abs=0.015)
    assert np.median(adam["training"]) < np.median(plain["training"]), "so it is no matter of how far training got"
    assert adam["coin"].min() > plain["coin"].max() + 0.1
    assert (prefer_the_corner(adam), prefer_the_corner(plain)) == (0, len(OTHER_SEEDS))


def test_without_adam_longer_training_turns_the_network_while_its_score_hardly_moves() -> None:
    result = run_all([Params(0.01, 2000, "fully connected", seed, "gradient descent") for seed in OTHER_SEEDS[:2]])
    sooner, later = at(result, 400), at(result, 2000)
    assert (np.abs(later["training"] - sooner["training"]) < 0.01).all()
    assert (later["coin"] > sooner["coin"] + 0.04).all()


class Blind(torch.nn.Module):
    """One policy for all levels: it cannot know where the coin is."""

    def __init__(self, runs: int) -> None:
        super().__init__()
        _, states, actions = table().next.shape[:3]
        self.logits = torch.nn.Parameter(torch.zeros(runs, 1, states, actions))

    def forward(self) -> torch.Tensor:
        return self.logits.expand(-1, len(table().next), -1, -1)


def test_at_few_odd_levels_no_way_to_ignore_the_coin_costs_less_than_running_to_the_corner_and_at_many_one_does() -> (
    None
):
    shares = (0.001, 0.01, 0.03, 1.0)
    levels = np.stack([training_levels(share) for share in shares])
    dynamics = Dynamics.of(table(), "coin", DISCOUNT)
    shown = torch.from_numpy(levels).float()
    with one_thread():
        ((_, policies),) = train(Blind(len(shares)), dynamics, shown, steps=[400], learning_rate=0.1)
    regret = (levels * (oracle().optimum - dynamics.returns(policies).double().numpy())).sum(-1)
    price = np.array(shares) * oracle().cost_of_ignoring
    assert (regret[:-1] > 0.999 * price[:-1]).all()
    assert (regret[:-1] < price[:-1] + 0.001).all()
    assert regret[-1] < 0.7 * price[-1]


def test_a_coin_is_worth_one_a_step_away_and_a_twentieth_less_for_each_further_step() -> None:
    rows = {square: index for index, square in enumerate(maze().squares)}
    joined = nx.Graph(
        (square, maze().board.step(square, move)) for square in rows for move in ("north", "east", "south", "west")
    )
    policy = plan(table(), "coin", discount=DISCOUNT).policy
    for coin in (maze().corner, maze().squares[20]):
        to_coin, _ = where_to(policy.astype(np.float32), rows[coin])
        for square, steps in nx.single_source_shortest_path_length(joined, coin).items():
            if square != coin:
                assert to_coin[rows[square]] == pytest.approx(0.95 ** (steps - 1), abs=1e-5)


def test_the_maps_returns_average_to_the_learning_curves() -> None:
    result = trained(0.1, "fully connected", 150)
    corner = maze().squares.index(maze().corner)
    coins, corners = [], []
    for level in range(len(maze().squares)):
        if level != corner:
            to_coin, to_corner = where_to(result.policies[0], level)
            starts = table().start[level]
            coins.append(starts @ to_coin)
            corners.append(starts @ to_corner)
    assert np.mean(coins) == pytest.approx(result.coin[0, -1], abs=1e-5)
    assert np.mean(corners) == pytest.approx(result.corner[0, -1], abs=1e-5)


def test_a_fresh_process_computes_the_same_numbers_to_the_last_bit() -> None:
    settings = [Params(share, 30, "convolutional", seed) for share in (0.0, 0.1) for seed in OTHER_SEEDS[:2]]
    code = (
        "from looks_aligned.experiments.proxy.coin_or_corner import Params, run_all\n"
        f"result = run_all({settings!r})\n"
        "print(result.coin.tobytes().hex(), result.policies.tobytes().hex()[:4000])"
    )
    here = run_all(settings)
    expected = f"{here.coin.tobytes().hex()} {here.policies.tobytes().hex()[:4000]}"
    for _ in range(2):
        printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        assert printed.strip() == expected


def test_settings_outside_their_range_are_refused_by_name() -> None:
    refused(Params(), ["share", "1.5", "0 to 1"], share=1.5)
    refused(Params(), ["steps", "-1", "0"], steps=-1)
    refused(Params(), ["network", "transformer", "convolutional"], network="transformer")
    refused(Params(), ["optimizer", "luck", "Adam"], optimizer="luck")
    with pytest.raises(ValueError, match="may differ in share and seed only"):
        run_all([Params(steps=1), Params(steps=2)])
