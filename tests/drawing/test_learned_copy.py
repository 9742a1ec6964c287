"""Do titles, summaries and points say what the copies did? Recounted here, by other means."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from looks_aligned.drawing.learned_copy import climbing, scattered, searching, what_helps
from looks_aligned.drawing.style import BASE, MESA
from looks_aligned.experiments.alignment import rank_correlation
from looks_aligned.experiments.approximate.learned_copy import (
    PLANS,
    REMEDIES,
    STEPS,
    STRIDE,
    Params,
    Result,
    expected_base,
    run_all,
)
from looks_aligned.explore.baking import bake
from looks_aligned.explore.controls import read_controls
from tests.drawing.reading import number, numbers, summaries, words

SEEDS = (901, 902)


@pytest.fixture(scope="module")
def copies() -> dict[int, Result]:
    return {width: run_all([Params(width, 0.0, examples=64, seed=seed) for seed in SEEDS]) for width in (1, 3)}


def traces(figure: go.Figure, name: str) -> list[dict[str, Any]]:
    return [trace for trace in figure.to_plotly_json()["data"] if trace["name"] == name]


@pytest.mark.parametrize("plans", [1, 64, 4096])
def test_the_words_on_searching_agree_with_a_recount(copies: dict[int, Result], plans: int) -> None:
    seeds, now = copies[3], PLANS.index(plans)
    title, summary = words(searching(seeds, seeds.select(seed=902), plans=plans))
    found = numbers(
        r"^Width 3, exact labels, best of (\S+): the copy says (\S+), O_base is (\S+) of at most (\S+)$", title
    )
    means = [getattr(seeds.training, name)[:, now].mean() for name in ("mesa", "base", "best")]
    assert found == pytest.approx([plans, *means], abs=0.006)
    assert numbers(r"ρ is (\S+) \(seeds", summary) == pytest.approx([seeds.correlation.mean()], abs=6e-4)
    line = expected_base(float(seeds.correlation.mean()), plans)
    assert numbers(r"would give (-?\d+\.\d\d)\.", summary) == pytest.approx([line], abs=0.006)
    assert numbers(r"harder search hurts in (\d) of 2", summary) == [seeds.search_hurts.sum()]


def test_the_shown_seed_and_every_seed_are_drawn(copies: dict[int, Result]) -> None:
    seeds = copies[3]
    figure = searching(seeds, seeds.select(seed=902), plans=64)
    (dot,) = traces(figure, "O_base, seed 902")
    assert dot["y"] == [round(float(seeds.training.base[1, PLANS.index(64)]), 3)]
    (pale,) = traces(figure, "O_base, each seed")
    assert pale["y"].count(None) == len(SEEDS)
    assert pale["line"]["color"] == BASE
    assert {trace["line"]["color"] for trace in traces(figure, "what the copy says")} == {MESA}


def test_the_words_on_climbing_agree_with_a_recount(copies: dict[int, Result]) -> None:
    seeds = copies[1]
    title, summary = words(climbing(seeds, seeds.select(seed=901)))
    pattern = r"after climbing (\S+): the copy says (\S+), O_base is (\S+); it came down again in (\d) of 2 seeds$"
    wanted = [STEPS[-1] * STRIDE, seeds.climbed_mesa[:, -1].mean(), seeds.climbed_base[:, -1].mean()]
    assert numbers(pattern, title) == pytest.approx([*wanted, seeds.climbing_hurts.sum()], abs=0.006)
    assert numbers(r"brings (-?\d+\.\d\d)\.", summary) == pytest.approx([seeds.climbed_best[:, -1].mean()], abs=0.006)


def test_the_words_on_what_helps_agree_with_a_recount(copies: dict[int, Result]) -> None:
    remedies = {name: copies[1 + 2 * (place % 2)] for place, name in enumerate(REMEDIES)}
    title, summary = words(what_helps(remedies, plans=16))
    assert numbers(r"as it was (\S+) %, most with .*, (\S+) %$", title)
    for name, runs in remedies.items():
        shares = 100 * (runs.deployment.base / runs.deployment.best)[:, PLANS.index(16)]
        told = numbers(rf"{name} (\S+) % \((\S+) to (\S+)\)", summary)
        assert told == pytest.approx([shares.mean(), shares.min(), shares.max()], abs=0.51)


def test_the_scatter_shows_plans_and_what_the_agent_takes(copies: dict[int, Result]) -> None:
    shown = copies[3].select(seed=901)
    figure = scattered(shown)
    title, _ = words(figure)
    for index, place in enumerate(("training", "deployment")):
        seen = shown.seen[0, index]
        rank = rank_correlation(seen[:, 0], seen[:, 1])
        assert rank is not None
        assert numbers(rf"{place} (−?\d\.\d\d)", title) == pytest.approx([rank], abs=0.006)
        (agent,) = traces(figure, f"{place}, the agent")
        search = (shown.training, shown.deployment)[index]
        assert agent["y"] == pytest.approx([search.base[0, PLANS.index(64)]])


def test_every_state_can_be_baked(copies: dict[int, Result]) -> None:
    def searched(width: int, plans: int) -> go.Figure:
        return searching(copies[width], copies[width].select(seed=901), plans=plans)

    def climbed(width: int) -> go.Figure:
        return climbing(copies[width], copies[width].select(seed=901))

    def scatter(width: int) -> go.Figure:
        return scattered(copies[width].select(seed=901))

    for draw, settings in (
        (searched, {"width": [1, 3], "plans": [1, 4096]}),
        (climbed, {"width": [1, 3]}),
        (scatter, {"width": [1, 3]}),
    ):
        grid = bake("copies", draw, *read_controls(settings))
        assert len({*summaries(grid)}) > 1


def test_every_number_in_a_table_is_the_results(copies: dict[int, Result]) -> None:
    seeds = copies[3]
    rows = searching(seeds, seeds.select(seed=901), plans=64).to_plotly_json()["layout"]["meta"]["rows"]
    assert rows[0][:3] == ["n", "the copy says", "O_base"]
    assert [number(row[2]) for row in rows[1:]] == pytest.approx(list(seeds.training.base.mean(0)), abs=0.006)
    far = climbing(seeds, seeds.select(seed=901)).to_plotly_json()["layout"]["meta"]["rows"]
    assert [number(row[2]) for row in far[1:]] == pytest.approx(list(seeds.climbed_base.mean(0)), abs=0.006)
    assert np.isfinite([number(cell) for row in far[1:] for cell in row]).all()


def test_a_live_move_draws_what_the_sweep_holds() -> None:
    every = run_all([Params(4, 1.0, seed=seed) for seed in SEEDS])
    alone = run_all([Params(4, 1.0, seed=902)])
    for live, baked in (
        (searching(every, alone, plans=64), searching(every, every.select(seed=902), plans=64)),
        (climbing(every, alone), climbing(every, every.select(seed=902))),
    ):
        assert words(live) == words(baked)
        for one, other in zip(live.to_plotly_json()["data"], baked.to_plotly_json()["data"], strict=True):
            heights = [[value for value in trace["y"] if value is not None] for trace in (one, other)]
            assert heights[0] == pytest.approx(heights[1], abs=0.03)
