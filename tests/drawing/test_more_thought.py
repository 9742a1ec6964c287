"""Do words and points say what more thought does? Recounted here."""

import re
from functools import cache

import plotly.graph_objects as go
import pytest

from looks_aligned.drawing.more_thought import thinking_further
from looks_aligned.experiments.suboptimality.mistaken_model import LITTLE_STUFF, Params, Result, run_all
from looks_aligned.experiments.suboptimality.more_thought import BELIEFS, DEPTHS, ROBOTS
from looks_aligned.explore.baking import bake
from looks_aligned.explore.controls import read_controls
from tests.drawing.reading import summaries
from tests.experiments.robots import OTHER_POOL


@cache
def seen() -> Result:
    return run_all(
        [Params(wants, belief, depth=depth, pool=OTHER_POOL) for wants, belief in ROBOTS for depth in DEPTHS]
    )


def alone(belief: float, depth: int) -> Result:
    runs = [place for place, one in enumerate(seen().settings) if (one.destroyed, one.depth) == (belief, depth)]
    (run,) = [place for place in runs if seen().settings[place].wants == LITTLE_STUFF]
    found = seen()
    return Result((found.settings[run],), found.base[[run]], found.gain[[run]], found.mesa[[run]])


@pytest.mark.parametrize("depth", [1, 12, 30])
def test_the_words_agree_with_a_recount(depth: int) -> None:
    title = thinking_further(seen(), alone(0.95, depth)).to_plotly_json()["layout"]["title"]["text"]
    match = re.search(r"^Looking (\d+) steps? ahead, believing 95 %: base gain (\S+), mesa return (\S+)$", title)
    assert match
    told = [float(group.replace("−", "-")) for group in match.groups()]
    (place,) = [
        place
        for place, params in enumerate(seen().settings)
        if (params.wish, params.destroyed, params.depth) == ("little stuff", 0.95, depth)
    ]
    assert told == pytest.approx([depth, seen().gain[place].mean(), seen().mesa[place].mean()], abs=0.0051)


def test_each_room_is_a_thin_line() -> None:
    data = thinking_further(seen(), alone(0.95, 4)).to_plotly_json()["data"]
    assert len(data[0]["y"]) == 8 * (len(DEPTHS) + 1)


def test_the_figure_keeps_its_structure_over_all_settings_so_that_it_can_be_baked() -> None:
    def figure_of(belief: float, depth: int) -> go.Figure:
        return thinking_further(seen(), alone(belief, depth))

    controls, fixed = read_controls({"belief": [*BELIEFS], "depth": [*DEPTHS]})
    assert len(summaries(bake("thinking", figure_of, controls, fixed))) == len(BELIEFS) * len(DEPTHS)
