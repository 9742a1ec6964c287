"""Do pictures and words of the lured robots say what they did and which are kept? Recounted from the results."""

import gzip
import json
import re
from functools import cache
from itertools import product
from typing import Any, get_args

import numpy as np
import pytest

from looks_aligned.drawing.lured_robots import (
    NODES,
    how_many_are_left,
    nested_picture,
    scatter_of_a_robot,
    two_ways,
    who_is_kept,
)
from looks_aligned.drawing.style import BASE, DEPLOYMENT, MESA
from looks_aligned.experiments.two_optimizers import policies_of_every_quality as quality
from looks_aligned.experiments.two_optimizers.lured_robots import ROBOTS, STRENGTHS, Pool, try_robots
from looks_aligned.experiments.two_optimizers.selection_by_behaviour import (
    FINE,
    SHARES,
    WAYS,
    OverShares,
    Params,
    over_shares,
    theory,
)
from looks_aligned.experiments.two_optimizers.what_selection_sees import GRID, Result, Trained, run
from looks_aligned.experiments.two_optimizers.what_selection_sees import Params as Seeing
from looks_aligned.explore.baking import bake
from looks_aligned.explore.controls import read_controls
from tests.drawing.reading import trace, traces, words

SEEDS = tuple(range(7000, 7300))
STRONG, WEAK = STRENGTHS[-1], STRENGTHS[0]


@cache
def found(strength: float = STRONG, candidates: int = ROBOTS) -> OverShares:
    return over_shares(try_robots([Pool(strength, 3, 200)]), 5, candidates, SEEDS)


@cache
def seen(strength: float, training: Trained) -> Result:
    return run(Seeing(strength, training))


def packed(figure_of: Any, settings: dict[str, Any]) -> int:
    controls, fixed = read_controls(settings)
    return len(gzip.compress(json.dumps(bake("robots", figure_of, controls, fixed)).encode()))


@pytest.mark.parametrize("share", SHARES)
def test_the_words_about_who_is_kept_agree_with_the_counts(share: float) -> None:
    title, summary = words(who_is_kept(found(), share=share))
    here = SHARES.index(share)
    counts = [int(count) for count in re.findall(r"by (\d+)", title)]
    assert counts == found().kept[:, here].tolist()
    assert title.startswith(f"s = {100 * share:g} %, N = 5, k = 10: ")
    for way, lures in enumerate(WAYS):
        said = f"{found().kept[way, here]} of 300 base optimizers keep a misaligned robot"
        assert said in summary
        assert f"theory {theory(Params(lures, share, 5)):.3f}" in summary
        assert f"brings {found().gain[way, here]:.2f} of the gain" in summary.replace("−", "-")
    assert f"correlate by {found().tried.correlation(share):.2f};" in summary.replace("−", "-")
    assert "gets 1.00 of the highest mesa return" in summary


def test_counts_theory_and_what_follows_are_drawn_as_computed() -> None:
    figure = who_is_kept(found(WEAK), share=0.9)
    for way, name in enumerate(("same rooms", "own rooms")):
        np.testing.assert_allclose(trace(figure, f"kept, {name}").y, found(WEAK).kept[way] / 300, rtol=1e-6)
        np.testing.assert_allclose(trace(figure, f"exact, {name}").x, FINE)
        np.testing.assert_allclose(trace(figure, f"exact, {name}").y, found(WEAK).exact[way], rtol=1e-5)
        np.testing.assert_allclose(trace(figure, f"theory, {name}").y, found(WEAK).theory[way], rtol=1e-5)
        gain = trace(figure, f"base gain, {name}")
        np.testing.assert_allclose(gain.y, found(WEAK).gain[way], rtol=1e-5)
        assert (gain.line.color, gain.line.dash) == (BASE, DEPLOYMENT)
    assert trace(figure, "correlation, training").y[-1] == pytest.approx(1)
    assert trace(figure, "mesa return").line.color == MESA


def test_the_bars_are_the_base_optimizers_with_so_many_left() -> None:
    figure = how_many_are_left(found(), share=0.75)
    here = SHARES.index(0.75)
    for way, name in enumerate(("same rooms", "own rooms")):
        np.testing.assert_allclose(trace(figure, name).y, found().left[way, here] / 300, rtol=1e-6)
    lot = trace(figure, "misaligned one kept, if so many are left")
    np.testing.assert_allclose(lot.y, [m / (m + 1) for m in range(ROBOTS)], rtol=1e-6)
    title, summary = words(figure)
    for way in (0, 1):
        mean = sum(number * count for number, count in enumerate(found().left[way, here])) / 300
        assert f"{mean:.2f}" in title
        assert f"none left {found().left[way, here, 0] / 300:.2f}" in summary


@pytest.mark.parametrize(("strength", "training"), [*product((WEAK, STRONG), get_args(Trained))])
def test_rings_stand_around_what_changes_and_around_nothing_else(strength: float, training: Trained) -> None:
    result = seen(strength, training)
    figure = nested_picture(result)
    rings = trace(figure, "ring").marker.opacity
    assert {node for node, ring in zip(NODES, rings, strict=True) if ring} == {
        node for node, changed in result.changed.items() if changed
    }
    title, summary = words(figure)
    assert ("does not show it" in title) != result.changed["choice"]
    for one, other in (result.trained, result.deployed):
        assert f"({one.base:.2f} → {other.base:.2f})" in summary


def test_no_arrow_leads_from_deployment_back() -> None:
    figure = nested_picture(seen(STRONG, "training, lure"))
    names = [one.name for one in traces(figure) if " to " in (one.name or "")]
    assert "choice to objective" in names
    assert not [name for name in names if name.startswith("score, deployment")]


@pytest.mark.parametrize(
    ("deployed", "training"), [(False, "training, no lure"), (False, "training, lure"), (True, "training, lure")]
)
def test_both_ways_are_drawn_and_told(deployed: bool, training: Trained) -> None:
    result = seen(STRONG, training)
    figure = two_ways(result, deployed=deployed)
    ways = result.deployed if deployed else result.trained
    for way, name in zip(ways, ("wants a clean floor", "wants a rattle in its pipe"), strict=True):
        line = trace(figure, name)
        there = [(round(y) - 1, round(x) - 1) for x, y in zip(line.x, line.y, strict=True)]
        assert there == [state.robot for state in way.states]
        assert (line.line.dash == DEPLOYMENT) == deployed
        cleaned = len(way.states[0].dust) - len(way.states[-1].dust)
        signals = sum(action == "vacuum" for action in way.actions) - cleaned
        told = f"{name} cleans {cleaned} of 3 squares in 24 steps and uses the lure {signals} times"
        assert told in words(figure)[1]
        used = trace(figure, f"steps, {name}").text
        assert bool("".join(used)) == ("vacuum" in way.actions)
    title, _ = words(figure)
    assert ("take the same steps" in title) == (ways[0].actions == ways[1].actions)
    lures = [text for text in trace(figure, "lure").text if text]
    assert lures == ([] if training == "training, no lure" and not deployed else ["1"])


@pytest.mark.parametrize("strength", [0.0, STRONG])
def test_the_line_of_theory_is_where_every_policy_lies_without_the_lure(strength: float) -> None:
    result = quality.run(quality.Params(strength, 2, 300))
    figure = scatter_of_a_robot(result, share=1.0, ways=quality.WAYS)
    dots, line = trace(figure, "training, one dot a policy"), trace(figure, "theory, no lure")
    earned = result.returns("training", 1.0, quality.WAYS)
    np.testing.assert_allclose(earned.base, np.interp(earned.mesa, line.x, line.y), atol=1e-6)
    np.testing.assert_allclose([dots.x, dots.y], [earned.mesa, earned.base], atol=5.1e-4)
    assert f"brings {100 * round(abs(result.gain), 2):g} % of what" in words(figure)[0]


def test_baked_figures_keep_their_structure_and_are_small() -> None:
    def kept(share, strength):
        return who_is_kept(found(strength), share=share)

    def left(share, strength):
        return how_many_are_left(found(strength), share=share)

    def nested(training, strength):
        return nested_picture(seen(strength, training))

    def ways(training, strength, deployed):
        return two_ways(seen(strength, training), deployed=deployed)

    rooms = [*get_args(Trained)]
    assert packed(kept, {"share": [*SHARES], "strength": [WEAK, STRONG]}) < 40_000
    assert packed(left, {"share": [*SHARES], "strength": [WEAK, STRONG]}) < 20_000

    def scatter(share, strength, ways):
        return scatter_of_a_robot(tried_out[strength], share=share, ways=ways)

    tried_out = {strength: quality.run(quality.Params(strength, 2, 300)) for strength in (0.0, STRONG)}
    every = [quality.WAYS, *((way,) for way in quality.WAYS)]
    settings = {"share": [*quality.SHARES], "strength": [0.0, STRONG], "ways": {str(ways): ways for ways in every}}
    assert packed(scatter, settings) < 60_000
    assert packed(nested, {"training": rooms, "strength": [*GRID]}) < 20_000
    assert packed(ways, {"training": rooms, "strength": [*GRID], "deployed": [False, True]}) < 30_000
