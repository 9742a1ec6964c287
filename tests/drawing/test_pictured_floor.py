"""Do titles, summaries and moments say what the robots did? Recounted here, by other means."""

import re
from functools import cache
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from looks_aligned.drawing.pictured_floor import how_clean, robots_floor
from looks_aligned.experiments.approximate.pictured_floor import (
    MEASURED,
    WIDTHS,
    Params,
    Place,
    Result,
    Way,
    follow,
    run_all,
)
from looks_aligned.explore.baking import bake
from looks_aligned.explore.controls import read_controls
from tests.drawing.reading import summaries, words

SEEDS = (901, 902)


@cache
def way(width: int, place: Place) -> Way:
    return follow(Params(width, place, 0.0, 901), 1)


@pytest.fixture(scope="module")
def robots() -> Result:
    places: tuple[Place, ...] = ("training", "grey floor")
    batches = [run_all([Params(w, p, 0.0, seed) for seed in SEEDS]) for w in WIDTHS for p in places]
    settings = tuple(params for batch in batches for params in batch.settings)
    return Result(settings, *(np.concatenate([getattr(batch, name) for batch in batches]) for name in MEASURED))


@pytest.mark.parametrize(("width", "place"), [(1, "training"), (8, "grey floor"), (16, "training")])
def test_the_words_on_a_way_agree_with_a_recount(width: int, place: Place) -> None:
    shown = way(width, place)
    title, summary = words(robots_floor(shown))
    clean = 8 - len(shown.states[-1].dust)
    wrong = int((~shown.looks_better).sum())
    assert f"after 24 steps {clean} of 8 squares are clean; on {wrong} of 8 tiles dust looks no worse" in title
    for word, act in (("sweeps", "sweep"), ("scatters dust", "scatter"), ("waits", "wait")):
        often = shown.actions.count(act)
        assert (re.search(rf"{word} {often} time", summary) is not None) == (often > 0)


def test_every_moment_says_how_clean_the_floor_is_and_how_clean_it_looks() -> None:
    shown = way(8, "grey floor")
    texts = robots_floor(shown).to_plotly_json()["layout"]["meta"]["animation"]["texts"]
    assert len(texts) == len(shown.states) == 25
    for moment, text in enumerate(texts):
        assert f"{8 - len(shown.states[moment].dust)} of 8 clean" in text
        assert text.endswith(f"the picture says {shown.looks[moment]:.2f}")


def test_tiles_are_drawn_as_bright_as_they_are_and_tinted_where_dust_looks_no_worse() -> None:
    shown = way(8, "grey floor")
    data = {trace["name"]: trace for trace in robots_floor(shown).to_plotly_json()["data"]}
    greys = [int(color[4:].split(",")[0]) / 255 for color in data["the bare tile"]["marker"]["color"]]
    assert greys == pytest.approx(shown.floor.tiles, abs=0.01)
    floor: Any = next(iter(robots_floor(shown).select_traces()))
    assert np.asarray(floor["z"]).flatten().tolist() == (~shown.looks_better).astype(float).tolist()


@pytest.mark.parametrize("place", ["training", "grey floor"])
def test_the_words_on_how_clean_agree_with_a_recount(robots: Result, place: Place) -> None:
    shown = robots.select(width=4, place=place, seed=902)
    title, summary = words(how_clean(robots, shown))
    here, usual = (100 * robots.select(width=4, place=p).gain.mean() for p in (place, "training"))
    found = re.search(r"robots gain (\S+) % of what cleaning can; in training, (\S+) %$", title)
    assert found
    assert [float(group.replace("−", "-")) for group in found.groups()] == pytest.approx([here, usual], abs=0.51)
    assert f"Seed 902 gains {round(100 * shown.gain[0])} %".replace("-", "−") in summary


def test_what_a_picture_makes_of_tiles_is_drawn(robots: Result) -> None:
    shown = robots.select(width=16, place="grey floor", seed=901)
    data = {trace["name"]: trace for trace in how_clean(robots, shown).to_plotly_json()["data"]}
    assert data["clean tile"]["y"] == pytest.approx(shown.bare[0], abs=1e-3)
    assert data["dusty tile"]["y"] == pytest.approx(shown.dusty[0], abs=1e-3)
    means = [robots.select(width=width, place="grey floor").gain.mean() for width in WIDTHS]
    assert data["mean, here"]["y"] == pytest.approx(means, abs=1e-3)
    assert data["mean, here"]["line"]["dash"] == "dash"


def test_every_state_can_be_baked(robots: Result) -> None:
    def followed(width: int, place: Place) -> go.Figure:
        return robots_floor(way(width, place))

    def cleaned(width: int, place: Place) -> go.Figure:
        return how_clean(robots, robots.select(width=width, place=place, seed=901))

    settings = {"width": [1, 8], "place": ["training", "grey floor"]}
    for draw in (followed, cleaned):
        grid = bake("floor", draw, *read_controls(settings))
        assert len({*summaries(grid)}) > 1


def test_a_live_move_draws_what_the_sweep_holds(robots: Result) -> None:
    alone = run_all([Params(4, "grey floor", 0.0, 901)])
    live, baked = (how_clean(robots, shown) for shown in (alone, robots.select(width=4, place="grey floor", seed=901)))
    assert words(live) == words(baked)
    for one, other in zip(live.to_plotly_json()["data"], baked.to_plotly_json()["data"], strict=True):
        assert list(one["y"]) == pytest.approx(list(other["y"]), abs=0.03)
