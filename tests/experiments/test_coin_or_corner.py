"""Each claim of the chapter on proxy alignment, tried on seeds that the chapter does not use."""

import subprocess
import sys
from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest

from looks_aligned.agents.planner import evaluate
from looks_aligned.experiments.proxy.coin_or_corner import (
    DISCOUNT,
    SEEDS,
    NetworkName,
    Params,
    Result,
    deployment_levels,
    maze,
    oracle,
    run_all,
    table,
    training_levels,
    where_to,
)

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


def test_more_training_changes_little_at_one_per_cent_and_some_hold_out_at_ten() -> None:
    assert prefer_the_corner(at(trained(0.01, "convolutional", 400), 400)) >= len(OTHER_SEEDS) - 1
    assert 0 < prefer_the_corner(at(trained(0.1, "convolutional", 400), 400)) < len(OTHER_SEEDS)


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


def refused(words: Sequence[str], **settings: object) -> None:
    # Set past the constructor, where the shape checks of these tests would be first to complain.
    params = Params()
    for name, value in settings.items():
        object.__setattr__(params, name, value)
    with pytest.raises(ValueError, match=words[0]) as error:
        params.__post_init__()
    for word in words:
        assert word in str(error.value)


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
    refused(["share", "1.5", "0 to 1"], share=1.5)
    refused(["steps", "-1", "0"], steps=-1)
    refused(["network", "transformer", "convolutional"], network="transformer")
    refused(["optimizer", "luck", "Adam"], optimizer="luck")
    with pytest.raises(ValueError, match="may differ in share and seed only"):
        run_all([Params(steps=1), Params(steps=2)])
