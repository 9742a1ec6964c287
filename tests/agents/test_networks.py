"""Are many networks at once the same as each by itself, seeing what it should and no more?"""

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, linear, one_hot

from looks_aligned.agents.networks import Convolutional, FullyConnected, Scorer

PICTURE = torch.rand((8, 2, 4, 5), generator=torch.Generator().manual_seed(0))
SQUARES = torch.tensor([0, 3, 7, 12, 19])


def fully_connected(*seeds: int) -> nn.Module:
    return FullyConnected(seeds=seeds, levels=3, states=5, actions=4, hidden=6)


def convolutional(*seeds: int) -> nn.Module:
    return Convolutional(seeds=seeds, picture=PICTURE, squares=SQUARES, actions=4, channels=6, depth=3)


def scorer(*seeds: int) -> nn.Module:
    return Scorer(seeds=seeds, attributes=2, hidden=6)


NETWORKS = [fully_connected, convolutional]


def weights(network: nn.Module, run: int) -> dict[str, Tensor]:
    return {name: weight[run] for name, weight in network.named_parameters()}


def test_each_fully_connected_run_is_a_plain_network_on_one_hot_inputs():
    network = fully_connected(3, 8)
    logits = network()
    assert logits.shape == (2, 3, 5, 4)
    for run in range(2):
        w = weights(network, run)
        for level in range(3):
            for state in range(5):
                seen = torch.cat([one_hot(torch.tensor(level), 3), one_hot(torch.tensor(state), 5)]).float()
                hidden = linear(seen, torch.cat([w["level"], w["state"]]).T, w["hidden_bias"]).relu()
                expected = linear(hidden, w["out"].T, w["out_bias"])
                torch.testing.assert_close(logits[run, level, state], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("levels", [1, 2, 3, 8])
def test_each_convolutional_run_is_a_plain_network_on_the_picture_and_learns_as_one(levels: int):
    """Whatever else it sees in the same go: its logits and its gradients are those of one level after the other."""
    network = Convolutional(seeds=(3, 8), picture=PICTURE[:levels], squares=SQUARES, actions=4, channels=6, depth=3)
    logits = network()
    assert logits.shape == (2, levels, 5, 4)
    wanted = torch.rand(logits.shape, generator=torch.Generator().manual_seed(1))
    (logits * wanted).sum().backward()
    for run in range(2):
        w = {name: weight.detach().clone().requires_grad_() for name, weight in weights(network, run).items()}
        for level in range(levels):
            seen = conv2d(PICTURE[level], w["see"], w["see_bias"], padding=1)
            layer = seen.relu()
            for _ in range(3):
                layer = (seen + conv2d(layer, w["spread"], padding=1)).relu()
            everywhere = conv2d(layer, w["out"], w["out_bias"])
            expected = torch.stack(
                [everywhere[:, row, column] for row, column in [(0, 0), (0, 3), (1, 2), (2, 2), (3, 4)]]
            )
            torch.testing.assert_close(logits[run, level], expected, rtol=1e-5, atol=1e-6)
            (expected * wanted[run, level]).sum().backward()
        for name, weight in w.items():
            gradient = network.get_parameter(name).grad
            assert gradient is not None
            torch.testing.assert_close(gradient[run], weight.grad, rtol=1e-4, atol=1e-5)


def test_each_scorer_is_a_plain_network_on_a_plans_attributes():
    network = Scorer(seeds=(3, 8), attributes=2, hidden=6)
    plans = torch.randn((2, 5, 4, 2), generator=torch.Generator().manual_seed(1))
    scores = network(plans)
    assert scores.shape == (2, 5, 4)
    for run in range(2):
        w = weights(network, run)
        hidden = linear(plans[run], w["see"].T, w["see_bias"]).relu()
        torch.testing.assert_close(scores[run], (hidden @ w["out"]).squeeze(-1), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("network", [*NETWORKS, scorer])
def test_a_seeds_first_weights_are_the_same_whatever_runs_stand_beside_it(network):
    alone = weights(network(7), 0)
    for seeds in [(7, 1), (1, 7), (0, 1, 2, 7), (7, 7)]:
        beside = weights(network(*seeds), seeds.index(7))
        assert all(torch.equal(beside[name], weight) for name, weight in alone.items())


@pytest.mark.parametrize("network", [*NETWORKS, scorer])
def test_drawing_weights_leaves_the_global_generator_alone(network):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    network(7)
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.parametrize("network", [*NETWORKS, scorer])
def test_no_two_seeds_and_no_two_parts_begin_with_the_same_numbers(network):
    drawn = [part.detach().flatten()[:4] for part in network(0, 1, 2).parameters() for part in part]
    assert len({tuple((part / part.abs().max()).tolist()) for part in drawn}) == len(drawn)


@pytest.mark.parametrize(
    ("network", "bounds"),
    [
        # One over the root of the inputs: 3 levels and 5 states; 6 hidden units.
        (fully_connected, {"level": 8**-0.5, "state": 8**-0.5, "hidden_bias": 8**-0.5, "out": 6**-0.5}),
        # 9 squares of 2 planes; 9 squares of 6 channels, half as much again; 6 channels.
        (scorer, {"see": 2**-0.5, "see_bias": 2**-0.5, "out": 6**-0.5}),
        (convolutional, {"see": 18**-0.5, "see_bias": 18**-0.5, "spread": 1.5 * 54**-0.5, "out": 6**-0.5}),
    ],
)
def test_first_weights_are_uniform_within_their_bounds(network, bounds):
    drawn = dict(network(*range(200)).named_parameters())
    for name, bound in bounds.items():
        assert 0.98 * bound < drawn[name].max() <= bound
        assert -0.98 * bound > drawn[name].min() >= -bound
        assert float(drawn[name].detach().std()) == pytest.approx(bound / 3**0.5, rel=0.05)


@pytest.mark.parametrize("network", NETWORKS)
def test_no_run_depends_on_another_runs_weights(network):
    both = network(0, 1)
    both()[1].square().sum().backward()
    for weight in both.parameters():
        assert not weight.grad[0].any()
        assert weight.grad[1].any()


def test_news_of_a_place_spreads_one_square_a_layer():
    corridor = torch.zeros((2, 1, 1, 12))
    corridor[1, 0, 0, 0] = 1
    network = Convolutional(seeds=range(20), picture=corridor, squares=torch.arange(12), actions=4, channels=8, depth=5)
    without, within = network().unbind(1)
    changed = (without != within).any(-1)
    # The layer that sees the picture spreads it by one square, each of the five repetitions by one more.
    assert not changed[:, 7:].any()
    assert changed[:, 6].any()


def test_a_coin_is_treated_the_same_wherever_it_lies():
    coins = ((9, 9), (9, 11), (12, 10))
    floor = torch.zeros((3, 1, 22, 22))
    for level, (row, column) in enumerate(coins):
        floor[level, 0, row, column] = 1
    network = Convolutional(
        seeds=range(5), picture=floor, squares=torch.arange(22 * 22), actions=4, channels=8, depth=3
    )
    seen = network().view(5, 3, 22, 22, 4)
    around = [seen[:, level, row - 4 : row + 5, col - 4 : col + 5] for level, (row, col) in enumerate(coins)]
    assert around[0].std((1, 2)).min() > 0
    for other in around[1:]:
        torch.testing.assert_close(other, around[0])


def test_a_fully_connected_network_has_weights_of_its_own_for_each_level():
    network = fully_connected(3)
    before = network().detach()
    with torch.no_grad():
        network.get_parameter("level")[:, 1] += 1
    changed = (network() != before).any(-1).any(-1)[0]
    assert changed.tolist() == [False, True, False]
