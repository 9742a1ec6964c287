"""Do titles, summaries and points say who was kept, and what became of them? Recounted here, by other means."""

from functools import cache

import plotly.graph_objects as go
import pytest

from looks_aligned.drawing.kept_robots import learning_more, who_is_kept
from looks_aligned.drawing.style import BASE, DEPLOYMENT, MESA
from looks_aligned.experiments.suboptimality.kept_robots import Kept, keep
from looks_aligned.experiments.suboptimality.world_model import (
    MORE_EVIDENCE,
    SHARES,
)
from looks_aligned.explore.baking import bake
from looks_aligned.explore.controls import read_controls
from tests.drawing.reading import numbers, summaries, trace, words
from tests.experiments.robots import behaviour, learned

SEEDS = tuple(range(2000, 2060))


@cache
def kept(share: float, rooms: int = 5) -> Kept:
    return keep(behaviour(), learned(), share=share, rooms=rooms, seeds=SEEDS)


def drawn(share: float, more: int) -> go.Figure:
    return learning_more(kept(share), "counting", more=more, again=(0.25, 0.75))


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_the_words_on_who_is_kept_agree_with_a_recount(share: float) -> None:
    title, summary = words(who_is_kept(behaviour(), learned(), share=share, rooms=5, seeds=SEEDS))
    count = sum(bool(one) for one in kept(share).mistaken)
    rho = (share / (2 - share)) ** 0.5
    assert numbers(r"^s = (\S+) % \(ρ = (\S+)\), N = 5: (\d+) of (\d+) base", title) == pytest.approx(
        [100 * share, rho, count, len(SEEDS)], abs=0.0051
    )
    told = numbers(r"they gain|kept robots gain (\S+) of what cleaning gains in training, and (\S+) once", summary)
    wanted = [sum(kept(share).training) / len(SEEDS), sum(kept(share).knowing) / len(SEEDS)]
    assert told == pytest.approx(wanted, abs=0.0051)


def test_the_points_are_the_shares_kept() -> None:
    figure = who_is_kept(behaviour(), learned(), share=0.9, rooms=5, seeds=SEEDS)
    points = trace(figure, "kept: aligned by mistake")
    assert points.marker.color == MESA
    assert [*points.y] == pytest.approx([kept(share).mistaken.mean() for share in SHARES], abs=0.001)
    solid, dashed = trace(figure, "base gain in training"), trace(figure, "base gain, truth known")
    assert (solid.line.dash, dashed.line.dash) == ("solid", DEPLOYMENT)
    assert [*dashed.y] == pytest.approx([kept(share).knowing.mean() for share in SHARES], abs=0.001)


@pytest.mark.parametrize("more", [0, 24, 128])
def test_the_words_on_learning_agree_with_a_recount(more: int) -> None:
    title, summary = words(drawn(0.9, more))
    found, now = kept(0.9), MORE_EVIDENCE.index(more)
    mine = [place for place, mistaken in enumerate(found.mistaken) if mistaken]
    gain = [sum(found.gain[place, at] for place in mine) / len(mine) for at in (now, 0)]
    doubter = [found.doubter[:, at].mean() for at in (now, 0)]
    pattern = r"gain (\S+) of what cleaning gains \((\S+) before\); .* vacuum, (\S+) \((\S+) before\)$"
    assert numbers(pattern, title) == pytest.approx([*gain, *doubter], abs=0.0051)
    mesa = sum(found.mesa[place, now] for place in mine) / len(mine)
    assert numbers(r"mesa return is (\S+) \(", summary) == pytest.approx([mesa], abs=0.0051)
    assert numbers(r"^Learner: counting\. (\d+) of (\d+) base", summary) == [len(mine), len(SEEDS)]


def test_curves_of_deployment_are_dashed_in_the_objectives_colour() -> None:
    figure = drawn(0.9, 24)
    for name, color in (("aligned by mistake", BASE), ("aligned, doubts its vacuum", BASE), ("its mesa return", MESA)):
        line = trace(figure, name).line
        assert (line.color, line.dash) == (color, DEPLOYMENT)
    fell = trace(figure, "aligned by mistake").y
    assert fell[0] == pytest.approx(1.0, abs=0.01)
    assert [*trace(figure, "doubter, anew").y] == [0.75]


def test_where_none_is_kept_that_is_aligned_by_mistake_the_words_say_so() -> None:
    title, _ = words(drawn(0.0, 8))
    assert "no robot that is aligned by mistake was kept" in title


def test_figures_keep_their_structure_over_all_settings_so_that_they_can_be_baked() -> None:
    def who(share: float, rooms: int) -> go.Figure:
        return who_is_kept(behaviour(), learned(), share=share, rooms=rooms, seeds=SEEDS)

    def learning(share: float, more: int) -> go.Figure:
        return drawn(share, more)

    grid = {"share": [0.0, 0.5, 1.0]}
    for name, figure_of, settings in (
        ("who", who, {**grid, "rooms": [1, 5]}),
        ("learning", learning, {**grid, "more": [*MORE_EVIDENCE]}),
    ):
        controls, fixed = read_controls(settings)
        states = len(settings["share"]) * len([*settings.values()][1])
        assert len(summaries(bake(name, figure_of, controls, fixed))) == states, "each its own words"
