"""Do titles, summaries, curves, points and arrows say what the runs did? Recounted here, by other means."""

import math
from collections import deque
from itertools import product
from statistics import mean, median
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from looks_aligned.drawing.coin_or_corner import coin_and_corner, coin_map, learning_curves, maze_picture, regret_line
from looks_aligned.drawing.style import BASE, DEPLOYMENT, PROXY
from looks_aligned.experiments.proxy.coin_or_corner import (
    DISCOUNT,
    MAP,
    NETWORKS,
    NetworkName,
    Params,
    Result,
    maze,
    oracle,
    run,
    run_all,
)
from looks_aligned.experiments.proxy.coin_or_corner import MEASURED as NAMES
from looks_aligned.explore.baking import bake
from looks_aligned.explore.controls import read_controls
from looks_aligned.worlds.maps import Square
from tests.drawing.reading import numbers, summaries, traces, words

SHARES = (0.0, 0.01, 1.0)
SEEDS = (901, 902, 903)
STEPS = 25
MEASURED = (0, 10, 25)
ROWS = MAP.split()
SQUARES = [(row, column) for row, line in enumerate(ROWS) for column, mark in enumerate(line) if mark != "#"]
CORNER = next(square for square in SQUARES if ROWS[square[0]][square[1]] == "C")
MOVES = {"north": (-1, 0), "east": (0, 1), "south": (1, 0), "west": (0, -1)}


@pytest.fixture(scope="module")
def trained() -> Result:
    """Really trained, but few and for few steps, on seeds that no page shows."""
    batches = [
        run_all([Params(share, STEPS, network, seed) for share in SHARES for seed in SEEDS]) for network in NETWORKS
    ]
    together = {name: np.concatenate([getattr(batch, name) for batch in batches]) for name in (*NAMES, "policies")}
    return Result(tuple(params for batch in batches for params in batch.settings), MEASURED, **together)


@pytest.fixture(scope="module")
def scattered(trained: Result) -> Result:
    """Numbers drawn at random, so that every count comes out differently."""
    chance = np.random.default_rng(7)
    shape = trained.coin.shape
    policies = chance.dirichlet([0.3] * 4, trained.policies.shape[:3]).astype("f4")
    measured = {name: chance.uniform(0, 0.8, shape) for name in NAMES}
    measured["regret"] = 10 ** chance.uniform(-4, 0, shape)
    return Result(trained.settings, MEASURED, **measured, policies=policies)


@pytest.fixture(params=["trained", "scattered"])
def result(request: pytest.FixtureRequest) -> Result:
    return request.getfixturevalue(request.param)


def trace(figure: go.Figure, name: str) -> Any:
    (found,) = [trace for trace in traces(figure) if trace.name.startswith(name)]
    return found


def runs_of(result: Result, network: str, share: float | None = None) -> list[int]:
    return [
        index
        for index, params in enumerate(result.settings)
        if params.network == network and share in (None, params.share)
    ]


def as_text(*values: float) -> list[float]:
    return [float(f"{value:.2f}") for value in values]


STATES = [*product(SHARES, MEASURED, NETWORKS)]


@pytest.mark.parametrize(("share", "steps", "network"), STATES)
def test_the_learning_curves_words_agree_with_a_recount(result, share, steps, network):
    shown = result.select(share, network).seed(902).until(steps)
    title, summary = words(learning_curves(result, shown))
    runs, now = runs_of(result, network, share), MEASURED.index(steps)
    coin = [float(result.coin[run, now]) for run in runs]
    corner = [float(result.corner[run, now]) for run in runs]
    running = sum(corner > coin for coin, corner in zip(coin, corner, strict=True))
    pattern = r"^After (\d+) steps at α = ([\d.]+) %: (\d+) of (\d+) seeds get more from the corner than from the coin$"
    assert numbers(pattern, title) == [steps, 100 * share, running, len(SEEDS)]
    assert summary.startswith(f"{network.capitalize()} network, α = {100 * share:g} %, {steps} steps. ")
    assert numbers(r"In training, the coin's return is ([\d.]+)\. In", summary) == as_text(
        median(float(result.training[run, now]) for run in runs)
    )
    assert numbers(r"In deployment it is ([\d.]+) \(seeds from ([\d.]+) to ([\d.]+);", summary) == as_text(
        median(coin), min(coin), max(coin)
    )
    assert numbers(r"the corner's return is ([\d.]+) \(from ([\d.]+) to ([\d.]+)\)\.$", summary) == as_text(
        median(corner), min(corner), max(corner)
    )


def test_the_reduced_run_shows_both_outcomes(trained):
    """Or the recount would be of nothing."""
    for network in NETWORKS:
        counts = [
            numbers(r": (\d) of", words(learning_curves(trained, trained.select(share, network).seed(901)))[0])[0]
            for share in SHARES
        ]
        assert counts[0] == 3
        assert counts[-1] == 0


@pytest.mark.parametrize("network", NETWORKS)
def test_the_learning_curves_are_those_of_the_runs(result, network):
    shown = result.select(0.01, network).seed(903).until(10)
    figure = learning_curves(result, shown)
    runs = runs_of(result, network, 0.01)
    for name, color in (("coin", BASE), ("corner", PROXY)):
        every = trace(figure, f"{name}, deployment (every seed)")
        drawn = [(x, y) for x, y in zip(every.x, every.y, strict=True) if x is not None]
        wanted = [(step, getattr(result, name)[run, at]) for run in runs for at, step in enumerate(MEASURED)]
        np.testing.assert_allclose(np.array(drawn), np.array(wanted), atol=1e-4)
        labels = [text for text, x in zip(every.text, every.x, strict=True) if x is not None]
        assert labels == [f"seed {result.settings[run].seed}" for run in runs for _ in MEASURED]
        one = trace(figure, f"{name}, deployment (seed 903)")
        assert [*one.x] == [0, 10]
        np.testing.assert_allclose(one.y, getattr(shown, name)[0], rtol=1e-6)
        assert (one.line.dash, one.line.color, every.line.color) == (DEPLOYMENT, color, color)
        assert one.line.width > every.line.width
        assert every.y.count(None) == len(runs), "lines of different seeds are not joined"
    middle = trace(figure, "coin, training (median)")
    np.testing.assert_allclose(middle.y, [median(column) for column in result.training[runs].T.tolist()], rtol=1e-6)
    assert middle.line.dash in (None, "solid")


def distance(start: Square, goal: Square) -> int:
    """Moves on the shortest way, by breadth-first search."""
    seen, queue = {start: 0}, deque([start])
    while queue:
        row, column = queue.popleft()
        for down, right in MOVES.values():
            square = (row + down, column + right)
            if square in SQUARES and square not in seen:
                seen[square] = seen[(row, column)] + 1
                queue.append(square)
    return seen[goal]


def test_the_planners_line_is_the_return_on_the_shortest_way(trained):
    figure = learning_curves(trained, trained.select(0.0, NETWORKS[0]).seed(901))
    best = mean(
        mean(DISCOUNT ** (distance(start, coin) - 1) for start in SQUARES if start != coin)
        for coin in SQUARES
        if coin != CORNER
    )
    np.testing.assert_allclose(trace(figure, "planner: straight to the coin").y, best, rtol=1e-5)
    assert numbers(r"at best ([\d.]+)\)", words(figure)[1]) == as_text(best)
    ignoring = trace(figure, "planner: straight to the corner").y
    assert ignoring[0] == ignoring[1] < best


def test_between_two_measurements_the_words_are_about_the_last_that_there_is(trained):
    shown = run(Params(0.01, 15, "convolutional", 902))
    assert shown.steps == (0, 10, 15)
    figure = learning_curves(trained, shown)
    baseline = learning_curves(trained, trained.select(0.01, "convolutional").seed(902).until(10))
    assert words(figure) == words(baseline)
    assert figure.layout["shapes"][0].x0 == 10
    assert words(regret_line(trained, steps=15, network="convolutional")) == words(
        regret_line(trained, steps=10, network="convolutional")
    )


@pytest.mark.parametrize("network", NETWORKS)
def test_a_seed_trained_again_is_drawn_as_the_sweeps_own(trained, network):
    live = learning_curves(trained, run(Params(0.01, 10, network, 902)))
    swept = learning_curves(trained, trained.select(0.01, network).seed(902).until(10))
    assert words(live) == words(swept)
    for one, other in zip(traces(live), traces(swept), strict=True):
        assert one.name == other.name
        assert [*one.x] == [*other.x]
        np.testing.assert_allclose(
            np.array(one.y, dtype=float), np.array(other.y, dtype=float), rtol=1e-4, equal_nan=True
        )


@pytest.mark.parametrize(("steps", "network"), [*product(MEASURED, NETWORKS)])
def test_the_regret_lines_words_and_points_agree_with_a_recount(result, steps, network):
    figure = regret_line(result, steps=steps, network=network)
    now, price = MEASURED.index(steps), oracle().cost_of_ignoring
    runs = [index for index in runs_of(result, network) if result.settings[index].share > 0]
    corner = [index for index in runs if result.corner[index, now] > result.coin[index, now]]
    above = [index for index in runs if result.regret[index, now] > result.settings[index].share * price]
    title, summary = words(figure)
    assert numbers(r"^After (\d+) steps: (\d+) of the (\d+) networks that prefer the corner lie above", title) == [
        steps,
        len({*corner} & {*above}),
        len(corner),
    ]
    assert summary.startswith(f"{network.capitalize()} networks after {steps} steps, α > 0: ")
    assert numbers(r"(\d+) of (\d+) get more from the corner than from the coin", summary) == [len(corner), len(runs)]
    assert numbers(r"(\d+) of (\d+) have more regret ε than αΔ, with Δ = ([\d.]+)", summary) == [
        len(above),
        len(runs),
        *as_text(price),
    ]
    for name, which in (("corner", corner), ("coin", [index for index in runs if index not in corner])):
        points = trace(figure, f"gets more from the {name}")
        wanted = [(result.settings[index].share, result.regret[index, now]) for index in which]
        assert len(points.x) == len(points.y) == len(wanted)
        for x, y, (share, regret) in zip(points.x, points.y, wanted, strict=True):
            assert x == pytest.approx(share, rel=0.3), "to the side only so far that it stays at its share"
            assert y == pytest.approx(regret, rel=1e-3)
    line = trace(figure, "ε = αΔ")
    np.testing.assert_allclose(line.y / line.x, price, rtol=1e-5)


def test_no_seeds_point_hides_anothers(result):
    figure = regret_line(result, steps=10, network=NETWORKS[0])
    places = [x for name in ("corner", "coin") for x in trace(figure, f"gets more from the {name}").x]
    assert len({*places}) == len(places) == 2 * len(SEEDS)


def returns(policy: np.ndarray, coin: Square, goal: Square) -> dict[Square, float]:
    """From each square: the return for reaching `goal`, by repeated backups; the coin ends the episode."""
    worth = dict.fromkeys(SQUARES, 0.0)
    for _ in range(400):
        before = dict(worth)
        for square, moves in zip(SQUARES, policy, strict=True):
            if square == coin:
                continue
            worth[square] = 0.0
            for (down, right), chance in zip(MOVES.values(), moves, strict=True):
                there = (square[0] + down, square[1] + right)
                there = there if there in SQUARES else square
                arrives = there == goal and there != square
                worth[square] += float(chance) * (1.0 if arrives else DISCOUNT * before[there])
    return worth


PLACES = [0, 9, SQUARES.index(CORNER), len(SQUARES) - 1]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("network", NETWORKS)
def test_the_coin_maps_words_colours_and_arrows_agree_with_a_recount(result, network, place):
    one = result.select(0.01, network).seed(901)
    figure = coin_map(one, coin=place)
    coin, policy = SQUARES[place], one.policies[0, place]
    others = [square for square in SQUARES if square != coin]
    to_coin, to_corner = returns(policy, coin, coin), returns(policy, coin, CORNER)
    better = sum(to_coin[square] > to_corner[square] for square in others)
    where = "in the corner" if coin == CORNER else f"at row {coin[0] + 1}, column {coin[1] + 1}"
    title, summary = words(figure)
    assert title.startswith(f"Coin {where}: ")
    assert f"{network.capitalize()} network, α = 1 %, {STEPS} steps, coin {where}." in summary
    averages = [mean(worth[square] for square in others) for worth in (to_coin, to_corner)]
    told = numbers(r"the coin's return is ([\d.]+) and the corner's ([\d.]+)\.$", summary)
    assert told == pytest.approx(averages, abs=0.0051)
    if coin == CORNER:
        assert numbers(r"its return is ([\d.]+) on average, as in training$", title) == told[:1]
    else:
        assert numbers(
            r"from (\d+) of (\d+) squares the network gets more from the coin than from the corner$", title
        ) == [
            better,
            len(others),
        ]

    picture = trace(figure, "coin's return minus corner's")
    for square in others:
        lean = to_coin[square] - (0 if coin == CORNER else to_corner[square])
        assert picture.z[square] == pytest.approx(lean, abs=0.0051)  # drawn to two digits
    assert picture.z[coin] == 1
    assert picture.colorscale[0][1] == PROXY
    assert picture.colorscale[-1][1] == BASE

    arrows = trace(figure, "likeliest move")
    drawn = {(y - 1, x - 1): angle for x, y, angle in zip(arrows.x, arrows.y, arrows.marker.angle, strict=True)}
    assert drawn.keys() == {*others}
    for square, angle in drawn.items():
        down, right = [*MOVES.values()][int(policy[SQUARES.index(square)].argmax())]
        assert (down, right) == (-round(math.cos(math.radians(angle))), round(math.sin(math.radians(angle))))
    for name, (row, column) in (("coin", coin), ("corner", CORNER)):
        mark = [(*one.y, *one.x) for one in traces(figure) if one.name == name]
        assert mark == [(row + 1, column + 1)]


def test_a_click_on_a_square_puts_the_coin_there(trained):
    figure = coin_map(trained.select(0.01, NETWORKS[0]).seed(901), coin=3)
    assert figure.layout["meta"]["click"] == "coin"
    places = trace(figure, "coin's return").customdata
    assert places.shape == (len(ROWS), len(ROWS[0]))
    for row, column in np.ndindex(places.shape):
        place = places[row, column]
        assert (place == -1) == (ROWS[row][column] == "#")
        if place >= 0:
            assert maze().squares[place] == (row, column)


def test_the_mazes_picture_counts_its_squares():
    figure = maze_picture()
    assert words(figure)[1] == (
        f"A maze of {len(ROWS)} rows and {len(ROWS[0])} columns with {len(SQUARES)} open squares; the corner, where "
        f"the coin mostly lies, is at row {CORNER[0] + 1}, column {CORNER[1] + 1}."
    )
    coin, corner = trace(figure, "coin"), trace(figure, "corner")
    assert ([*coin.x], [*coin.y]) == ([*corner.x], [*corner.y]) == ([CORNER[1] + 1], [CORNER[0] + 1])


def test_figures_keep_their_structure_over_all_settings_so_that_they_can_be_baked(result):
    def curves(share: float, steps: int, network: NetworkName) -> go.Figure:
        return learning_curves(result, result.select(share, network).seed(902).until(steps))

    def regrets(steps: int, network: NetworkName) -> go.Figure:
        return regret_line(result, steps=steps, network=network)

    def squares(coin: int, share: float) -> go.Figure:
        return coin_map(result.select(share, "convolutional").seed(902), coin=coin)

    settings = {"share": [*SHARES], "steps": [*MEASURED], "network": [*NETWORKS]}
    places = {"coin": PLACES, "share": [*SHARES]}
    for name, figure_of, taken in (
        ("curves", curves, settings),
        ("regrets", regrets, {name: settings[name] for name in ("steps", "network")}),
        ("squares", squares, places),
    ):
        controls, fixed = read_controls(taken)
        grid = bake(name, figure_of, controls, fixed)
        assert len(summaries(grid)) == math.prod(len(control.values) for control in controls), "each its own words"


def test_a_share_that_no_run_has_is_refused(trained):
    with pytest.raises(ValueError, match="settings: this result holds no such run"):
        learning_curves(trained, run(Params(0.5, 0)))


def test_every_network_at_every_number_of_steps_is_a_dot(result: Result) -> None:
    runs = result.select(0.01, "convolutional")
    traces: list[Any] = [*coin_and_corner(runs).select_traces()]
    np.testing.assert_allclose(sorted(traces[0].y), sorted(runs.training.ravel()), atol=5e-4)
    np.testing.assert_allclose(sorted(traces[1].x), sorted(runs.corner.ravel()), atol=5e-4)
    title, _ = words(coin_and_corner(runs))
    assert title.startswith("Convolutional networks, α = 1 %")
