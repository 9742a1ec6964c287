"""Do words and points say how many robots stay aligned, and which? Recounted here, by other means."""

import re
from functools import cache

import plotly.graph_objects as go
import pytest

from looks_aligned.drawing.unfound_strategy import DOTS, still_aligned
from looks_aligned.experiments.suboptimality.unfound_strategy import (
    DEPTHS,
    KEPT,
    Params,
    Result,
    run,
    run_all,
    still_on_the_circle,
)
from looks_aligned.explore.baking import bake
from looks_aligned.explore.controls import read_controls
from tests.drawing.reading import summaries


@cache
def seen(correlation: float = 0.0) -> Result:
    return run_all([Params(correlation, objectives=400, seed=seed) for seed in (900, 901)])


@cache
def alone(correlation: float = 0.0) -> Result:
    return run(Params(correlation, objectives=400, seed=901))


def recount(training: int, depth: int) -> float:
    shares = []
    for base in seen().base:
        kept = [robot for robot in range(400) if base[DEPTHS.index(training), robot] > KEPT]
        shares.append(sum(base[DEPTHS.index(depth), robot] > KEPT for robot in kept) / len(kept))
    return sum(shares) / len(shares)


@pytest.mark.parametrize(("training", "depth"), [(4, 40), (4, 2), (8, 12)])
def test_the_words_agree_with_a_recount(training: int, depth: int) -> None:
    layout = still_aligned(seen(), alone(), training_depth=training, depth=depth).to_plotly_json()["layout"]
    match = re.search(r"at d = (\d+), r = 0: at d = (\d+), (\d+) % .* theory says (\d+) %$", layout["title"]["text"])
    assert match
    told = [int(group) for group in match.groups()]
    assert told[:2] == [training, depth]
    assert told[2] == pytest.approx(100 * recount(training, depth), abs=0.51)
    assert told[3] == pytest.approx(100 * still_on_the_circle(depth, training), abs=0.51)
    assert "Of 800 robots" in layout["meta"]["summary"]


def test_every_seed_is_a_point_and_every_dot_is_in_one_class() -> None:
    data = still_aligned(seen(), alone(), training_depth=4, depth=40).to_plotly_json()["data"]
    by_name = {one["name"]: one for one in data}
    assert len(by_name["still aligned, each seed"]["x"]) == 2 * len(DEPTHS)
    drawn = [
        sum(x is not None for x in by_name[name]["x"]) for name in ("not kept", "kept, still aligned", "kept, turned")
    ]
    assert sum(drawn) == DOTS
    assert min(drawn) > 0
    edge = by_name["theory: y = k x"]
    turned = by_name["kept, turned"]
    slope = edge["y"][1] / edge["x"][1]
    assert all(y > slope * x for x, y in zip(turned["x"], turned["y"], strict=True) if x is not None)


def test_the_figure_keeps_its_structure_over_all_settings_so_that_it_can_be_baked() -> None:
    def figure_of(correlation: float, training: int, depth: int) -> go.Figure:
        return still_aligned(seen(correlation), alone(correlation), training_depth=training, depth=depth)

    controls, fixed = read_controls({"correlation": [0.0, 0.8], "training": [2, 8], "depth": [1, 4, 40]})
    assert len(summaries(bake("still", figure_of, controls, fixed))) == 12
