"""Do pictures, moments and words of the cleaning robot say what it did? Recounted here from the states themselves."""

import base64
import gzip
import json
import re
from functools import cache
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from looks_aligned.drawing.causal_diagram import PLACES
from looks_aligned.drawing.cleaning_robot import measured_diagram, robot_at_work, who_is_kept
from looks_aligned.drawing.robots import DUST
from looks_aligned.drawing.style import BASE, DEPLOYMENT, MESA
from looks_aligned.experiments.proxy.cleaning_robot import (
    DISCOUNT,
    ROBOTS,
    SHARES,
    TRAINED,
    Candidates,
    Params,
    Place,
    Pool,
    Result,
    RobotName,
    Setting,
    chance_if_all_fail_together,
    chance_to_be_kept,
    correlation,
    measure,
    run,
    select,
    try_candidates,
)
from looks_aligned.explore.baking import bake
from looks_aligned.explore.controls import read_controls
from tests.drawing.reading import traces, words

SEEDS = tuple(range(7000, 7300))
WAYS: list[tuple[RobotName, Place, float]] = [
    ("sweeper", "training", 1.0),
    ("sweeper", "deployment", 0.2),
    ("vacuum", "deployment", 1.0),
    ("filter", "deployment", 0.0),
    ("filter", "deployment", 1.0),
]


@cache
def did(robot: RobotName, place: Place, weight: float) -> Result:
    return run(Params(robot, place, weight))


@cache
def candidates() -> Candidates:
    return try_candidates([Pool("filter", 6, 200)])


def layout(figure: go.Figure) -> Any:
    return figure.to_plotly_json()["layout"]


def changing(figure: go.Figure) -> list[tuple[int, str, np.ndarray]]:
    """What the figure's animation changes: the trace's place, the key, and the values, of shape [moment, point]."""
    found = []
    for change in layout(figure)["meta"]["animation"]["changes"]:
        packed = change["values"]
        shape = [int(length) for length in packed["shape"].split(",")]
        values = np.frombuffer(base64.b64decode(packed["bdata"]), dtype=packed["dtype"]).reshape(shape)
        found.append((change["trace"], change["key"], values))
    return found


def moments(figure: go.Figure) -> tuple[list[str], dict[tuple[str, str], np.ndarray]]:
    """The texts, and what changes by the trace's name and key."""
    names = [trace.name for trace in traces(figure)]
    changes = {(names[place], key): values for place, key, values in changing(figure)}
    return layout(figure)["meta"]["animation"]["texts"], changes


def trace(figure: go.Figure, name: str) -> Any:
    return next(trace for trace in traces(figure) if trace.name.startswith(name))


@pytest.mark.parametrize("way", WAYS)
def test_each_moment_tells_what_was_done_and_what_it_has_brought(way):
    result = did(*way)
    texts, _ = moments(robot_at_work(result))
    assert len(texts) == len(result.states)
    base = mesa = 0.0
    for moment, text in enumerate(texts):
        match = re.fullmatch(r"(\d+): (.+); (\d+) of 12 squares clean; so far base return (.+), mesa return (.+)", text)
        assert match, text
        if moment:
            action, before, after = result.actions[moment - 1], result.states[moment - 1], result.states[moment]
            outcome = result.params.room.outcomes(before, action)[0]
            base += (1 - DISCOUNT) * DISCOUNT ** (moment - 1) * (1 - len(after.dust) / 12)
            mesa += DISCOUNT ** (moment - 1) * outcome.measures[result.params.mesa]
            deeds = {
                "sweep": "sweeps",
                "scatter": "scatters dust",
                "vacuum": "vacuums a plant" if before.plants - after.plants else "vacuums the floor",
                "filter": "runs the air filter",
                "crank": "turns the crank",
                "wait": "waits",
            }
            assert match[2] == deeds.get(action, f"goes {action}")
        else:
            assert match[2] == "starts"
        assert int(match[1]) == moment
        assert int(match[3]) == 12 - len(result.states[moment].dust)
        assert (match[4], match[5]) == (f"{base:.2f}", f"{mesa:.2f}")


@pytest.mark.parametrize("way", WAYS)
def test_at_each_moment_robot_dust_and_plants_are_where_they_were(way):
    result = did(*way)
    figure = robot_at_work(result)
    _, changes = moments(figure)
    squares = result.params.room.board.open_squares
    assert [*zip(trace(figure, "dusty").y, trace(figure, "dusty").x, strict=True)] == [
        (r + 1, c + 1) for r, c in squares
    ]
    for moment, state in enumerate(result.states):
        row, column = (changes["robot (R)", key][moment, 0] for key in "yx")
        assert state.robot == (round(row + 0.2) - 1, round(column + 0.2) - 1)
        assert {
            square for square, size in zip(squares, changes["dust", "marker.size"][moment], strict=True) if size
        } == (state.dust)
        plants = changes["plant (P), small once emptied", "marker.size"][moment]
        assert {square for square, size in zip(squares, plants, strict=True) if size == 22} == state.plants
        assert {square for square, size in zip(squares, plants, strict=True) if size} == result.states[0].plants
        way_so_far = np.stack([changes["way", key][moment] for key in "yx"], -1)[: moment + 1]
        assert [(round(y) - 1, round(x) - 1) for y, x in way_so_far] == [s.robot for s in result.states[: moment + 1]]


@pytest.mark.parametrize("way", WAYS)
def test_at_rest_the_figure_stands_at_its_last_moment(way):
    figure = robot_at_work(did(*way))
    for place, key, values in changing(figure):
        drawn = traces(figure)[place]
        for step in key.split("."):
            drawn = drawn[step]
        np.testing.assert_allclose(np.asarray(drawn, dtype=float), values[-1])


@pytest.mark.parametrize("way", WAYS)
def test_each_move_has_an_arrow_beside_its_way_that_shows_once_it_is_made(way):
    result = did(*way)
    figure = robot_at_work(result)
    arrows, sizes = trace(figure, "move"), moments(figure)[1]["move", "marker.size"]
    turned = {"north": 0, "east": 90, "south": 180, "west": 270}
    places = []
    for step, action in enumerate(result.actions):
        if action not in turned:
            assert not sizes[:, step].any()
            continue
        assert not sizes[: step + 1, step].any()
        assert (sizes[step + 1 :, step] > 0).all()
        assert arrows.marker.angle[step] % 360 == turned[action]
        places.append((round(arrows.x[step], 3), round(arrows.y[step], 3), turned[action]))
    there_and_back = {(x, y) for x, y, _ in places}
    assert len({*places}) == len(there_and_back), "two arrows of different ways lie in the same place"


@pytest.mark.parametrize("way", WAYS)
def test_numbers_stand_where_the_tool_was_used(way):
    result = did(*way)
    labels = trace(robot_at_work(result), "steps").text
    for square, label in zip(result.params.room.board.open_squares, labels, strict=True):
        used = [
            step + 1
            for step, action in enumerate(result.actions)
            if action not in ("north", "east", "south", "west", "wait") and result.states[step].robot == square
        ]
        assert ("start" in label) == (square == result.states[0].robot)
        shown = [int(number) for number in re.findall(r"\d+", label)]
        assert shown == (used if len(used) < 4 else [used[0], *used[1:2] * ("…" in label), used[-1]])


@pytest.mark.parametrize("way", WAYS)
def test_title_and_summary_give_both_returns_and_what_could_be_had(way):
    result = did(*way)
    title, summary = words(robot_at_work(result))
    assert title.startswith(f"The {way[0]} in {way[1]}, wanting ")
    for text in (title, summary):
        for number in (result.base, result.best_base, result.mesa, result.best_mesa):
            assert f"{number:.2f}" in text
    assert f"waiting would have {result.waiting:.2f}" in summary
    for tool, words_for_it in (("crank", "turns the crank"), ("scatter", "scatters dust"), ("sweep", "sweeps")):
        if count := result.actions.count(tool):
            assert f"{words_for_it} {count} time" in summary


def test_the_title_says_what_the_robot_wants():
    wanted = [words(robot_at_work(did("filter", "deployment", weight)))[0] for weight in (0.0, 0.05, 1.0)]
    assert [re.findall("wanting (.*):", title) for title in wanted] == [
        ["clean floor"],
        ["5 % counts, 95 % clean floor"],
        ["counts"],
    ]


def test_a_robot_that_wants_clean_floor_has_the_base_objectives_colour_and_any_other_the_mesas():
    assert trace(robot_at_work(did("filter", "deployment", 0.0)), "robot").marker.color == BASE
    assert trace(robot_at_work(did("filter", "deployment", 0.05)), "robot").marker.color == MESA


def test_things_are_told_apart_by_symbol_and_letter_too():
    figure = robot_at_work(did("vacuum", "deployment", 1.0))
    named = ("dust", "plant", "air filter", "crank", "robot")
    symbols = [trace(figure, name).marker.symbol for name in named]
    assert len({*symbols}) == len(symbols)
    shown = {trace.name for trace in traces(figure) if trace.showlegend is not False}
    assert "plant (P), small once emptied" in shown
    assert not {"air filter (F)", "crank (K)"} & shown


@pytest.mark.parametrize("paper", ["#ffffff", "#121212"])
def test_dust_stands_out_on_light_and_on_dark_paper(paper):
    def luminance(color: str) -> float:
        channels = np.array([int(color[place : place + 2], 16) for place in (1, 3, 5)]) / 255
        linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    darker, lighter = sorted([luminance(DUST), luminance(paper)])
    assert (lighter + 0.05) / (darker + 0.05) >= 3


@pytest.mark.parametrize(("share", "rooms"), [(0.0, 1), (0.9, 5), (1.0, 20)])
def test_the_words_about_who_is_kept_agree_with_a_recount(share, rooms):
    title, summary = words(who_is_kept(candidates(), share=share, rooms=rooms, seeds=SEEDS))
    kept = select(candidates(), share=share, rooms=rooms, seeds=SEEDS)
    wrong = sum(bool(candidates().misaligned[one]) for one in kept)
    assert title == (
        f"At s = {100 * share:g} % and N = {rooms}: {wrong} of 300 base optimizers keep a misaligned robot"
    )
    exact = chance_to_be_kept(candidates(), share=share, rooms=rooms)[candidates().misaligned].sum()
    together = chance_if_all_fail_together(candidates(), share=share, rooms=rooms)
    deployed = [candidates().deployed[one] for one in kept]
    gain = np.mean([(one.base - one.waiting) / (one.best_base - one.waiting) for one in deployed])
    able = np.mean([one.mesa / one.best_mesa for one in deployed])
    assert f"correlate by {correlation(candidates(), share=share):.2f}." in summary
    assert f"{wrong} keep a misaligned robot, {wrong / 300:.3f} of them; exactly it is {exact:.3f}" in summary
    assert f"and {together:.3f} if all misaligned" in summary
    assert f"have on average {gain:.2f} of the gain" in summary
    assert f"and {able:.2f} of the highest mesa return" in summary


def test_simulation_theory_and_what_follows_are_drawn_as_computed():
    figure = who_is_kept(candidates(), share=0.75, rooms=5, seeds=SEEDS)
    wrong = candidates().misaligned
    kept = [select(candidates(), share=share, rooms=5, seeds=SEEDS) for share in SHARES]
    np.testing.assert_allclose(trace(figure, "misaligned").y, [wrong[one].mean() for one in kept])
    exact = trace(figure, "exact")
    for share in (0.0, 0.25, 1.0):
        at = int(np.abs(exact.x - share).argmin())
        chance = chance_to_be_kept(candidates(), share=share, rooms=5)[wrong].sum()
        assert exact.y[at] == pytest.approx(chance, abs=1e-6)
    gain = np.array([result.gain for result in candidates().deployed])
    np.testing.assert_allclose(trace(figure, "base gain").y, [gain[one].mean() for one in kept], rtol=1e-5)
    assert trace(figure, "base gain").line.dash == trace(figure, "mesa return").line.dash == DEPLOYMENT
    assert trace(figure, "correlation").y[-1] == pytest.approx(1)


def packed(figure_of: Any, settings: dict[str, Any]) -> int:
    controls, fixed = read_controls(settings)
    return len(gzip.compress(json.dumps(bake("robot", figure_of, controls, fixed)).encode()))


def test_a_baked_room_keeps_its_structure_and_is_small():
    def at_work(robot, place, weight):
        return robot_at_work(did(robot, place, weight))

    size = packed(at_work, {"robot": [*TRAINED], "place": ["training", "deployment"], "weight": [0.0, 1.0]})
    assert size < 40_000


def test_the_baked_selection_keeps_its_structure_and_is_small():
    def kept(share, rooms):
        return who_is_kept(candidates(), share=share, rooms=rooms, seeds=SEEDS)

    assert packed(kept, {"share": [*SHARES], "rooms": [1, 20]}) < 40_000


def drawn_arrows(figure: go.Figure) -> set[tuple[str, str]]:
    """From which place to which an arrow is seen."""
    spot = {where: node for node, where in PLACES.items()}
    lines = [line for line in traces(figure) if line.mode == "lines+markers+text" and line.opacity]
    return {(spot[line.x[0], line.y[0]], spot[line.x[-1], line.y[-1]]) for line in lines}


@pytest.mark.parametrize(
    ("robot", "place", "arrows", "ringed"),
    [
        ("sweeper", "training", {("O_mesa", "O_base")}, {"O_mesa"}),
        ("filter", "training", {("X", "O_mesa"), ("X", "O_base")}, {"X"}),
        ("filter", "deployment", {("X", "O_mesa"), ("X", "O_base"), ("action", "O_mesa")}, {"X"}),
        ("vacuum over a chute", "training", {("X", "O_base"), ("O_base", "O_mesa")}, {"X", "O_base"}),
    ],
)
def test_a_measured_diagram_shows_its_arrows_and_witnesses(
    robot: RobotName, place: Place, arrows: set[tuple[str, str]], ringed: set[str]
) -> None:
    (measured,) = measure([Setting(robot, place, "waits")])
    figure = measured_diagram(measured)
    assert drawn_arrows(figure) == arrows
    rings = trace(figure, "ring").marker.opacity
    assert {node for node, ring in zip(PLACES, rings, strict=True) if ring} == ringed
    reading = measured.reading()
    assert reading is not None
    assert layout(figure)["title"]["text"] == reading.sentence()


@pytest.mark.parametrize("robot", ["sweeper", "vacuum", "filter"])
def test_every_measured_node_is_named_in_its_circle(robot: RobotName) -> None:
    (measured,) = measure([Setting(robot, "deployment", "waits")])
    named = [text for text in trace(measured_diagram(measured), "node").text if text]
    assert len(named) == len({*named}) == len(ROBOTS[robot].nodes) + len(ROBOTS[robot].more)


def test_where_the_robot_undoes_an_intervention_the_picture_says_so() -> None:
    (measured,) = measure([Setting("sweeper", "deployment", "pursues its mesa-objective")])
    figure = measured_diagram(measured)
    assert layout(figure)["title"]["text"].startswith("No diagram: the robot undoes what is done")
    assert not drawn_arrows(figure)
