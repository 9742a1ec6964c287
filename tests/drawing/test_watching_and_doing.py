"""Do titles, summaries and points say what the runs did? Recounted here, by other means."""

from itertools import product
from statistics import mean
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from looks_aligned.causal.diagram import Kind
from looks_aligned.drawing.causal_diagram import PLACES
from looks_aligned.drawing.style import BASE, DEPLOYMENT, MESA
from looks_aligned.drawing.watching_and_doing import SYMBOLS, choosing, raising, watching
from looks_aligned.experiments.proxy.watching_and_doing import KINDS, PLANS, Params, Result, expected_of, run_all
from looks_aligned.explore.baking import bake
from looks_aligned.explore.controls import read_controls
from tests.drawing.reading import numbers, summaries, traces, words

SEEDS = (901, 902, 903)


def drawn(**settings: Any) -> Result:
    return run_all([Params(kind, seed=seed, choices=200, **settings) for kind in KINDS for seed in SEEDS])


@pytest.fixture(scope="module")
def training() -> Result:
    return drawn(correlation=0.8)


@pytest.fixture(scope="module")
def deployment() -> Result:
    return drawn(correlation=0.8, share=0.1, harm=0.5)


def of(result: Result, kind: str, curves: np.ndarray, n: int) -> list[float]:
    runs = [run for run, params in enumerate(result.settings) if params.kind == kind]
    return [float(curves[run, PLANS.index(n)]) for run in runs]


@pytest.mark.parametrize("n", [1, 16, 64])
def test_the_words_on_watching_agree_with_a_recount(training: Result, n: int) -> None:
    title, summary = words(watching(training, plans=n))
    base = {kind: of(training, kind, training.base, n) for kind in KINDS}
    told = numbers(r"^Best of (\d+) by O_mesa at ρ = ([\d.]+): O_base is (\S+), (\S+) and (\S+) in the three", title)
    assert told == pytest.approx([n, 0.8, *(mean(base[kind]) for kind in KINDS)], abs=0.0051)
    for kind in KINDS:
        pattern = rf"{kind.capitalize()}: O_base (\S+) \(seeds from (\S+) to (\S+)\), O_mesa (\S+)\. "
        wanted = [mean(base[kind]), min(base[kind]), max(base[kind]), mean(of(training, kind, training.mesa, n))]
        assert numbers(pattern, summary) == pytest.approx(wanted, abs=0.0051)


def test_each_diagram_is_a_symbol_and_each_objective_a_colour(training: Result) -> None:
    figure = watching(training, plans=4)
    for kind, (name, color, curves) in product(
        KINDS, (("O_base", BASE, training.base), ("O_mesa", MESA, training.mesa))
    ):
        (trace,) = traces(figure, f"{name}, {kind}")
        assert (trace.marker.symbol, trace.marker.color) == (SYMBOLS[kind], color)
        for place, n in enumerate(PLANS):
            seeds = of(training, kind, curves, n)
            assert trace.y[place] == pytest.approx(mean(seeds), abs=0.001)
            assert trace.y[place] + trace.error_y.array[place] == pytest.approx(max(seeds), abs=0.006)
            assert trace.y[place] - trace.error_y.arrayminus[place] == pytest.approx(min(seeds), abs=0.006)
    assert len({*SYMBOLS.values()}) == 3


@pytest.mark.parametrize(
    ("kind", "node", "rises"),
    [
        ("side-effect", "O_mesa", {"O_mesa", "O_base"}),
        ("side-effect", "O_base", {"O_base"}),
        ("instrumental", "O_mesa", {"O_mesa"}),
        ("instrumental", "O_base", {"O_mesa", "O_base"}),
        ("general", "O_mesa", {"O_mesa"}),
        ("general", "X", {"X", "O_mesa", "O_base"}),
    ],
)
def test_a_raised_diagram_says_and_rings_what_rises(kind: Kind, node: str, rises: set[str]) -> None:
    figure = raising(kind, node)
    (notes,), (rings,) = traces(figure, "note"), traces(figure, "ring")
    said = {name: text for name, text in zip(PLACES, notes.text, strict=True) if text}
    assert said == {name: "rises" if name in rises else "stays" for name in ("O_mesa", "O_base")} | {node: "raised"}
    assert {name for name, ring in zip(PLACES, rings.marker.opacity, strict=True) if ring} == rises
    title, _ = words(figure)
    for name in {"O_mesa", "O_base"} - {node}:
        assert (f"{name} rises" if name in rises else f"{name} stays where it was") in title


def test_a_diagram_without_an_x_says_so() -> None:
    assert "O_mesa itself is what raises both" in words(raising("side-effect", "X"))[0]
    assert "O_base itself is what raises both" in words(raising("instrumental", "X"))[0]


def test_the_words_on_choosing_agree_with_a_recount(deployment: Result) -> None:
    title, summary = words(choosing(deployment))
    base = [mean(of(deployment, kind, deployment.base, 64)) for kind in KINDS]
    pattern = (
        r"^Handle in (\S+) % of plans, harm (\S+), best of 64: O_base is (\S+), (\S+) and (\S+); in training it is"
    )
    assert numbers(pattern, title) == pytest.approx([10, 0.5, *base], abs=0.0051)
    for kind in KINDS:
        pattern = (
            rf"{kind.capitalize()}: O_base (\S+) \(seeds from (\S+) to (\S+)\), O_mesa (\S+), handle taken in (\d+) %"
        )
        seeds = of(deployment, kind, deployment.base, 64)
        told = numbers(pattern, summary)
        wanted = [mean(seeds), min(seeds), max(seeds), mean(of(deployment, kind, deployment.mesa, 64))]
        assert told[:4] == pytest.approx(wanted, abs=0.0051)
        assert told[4] == pytest.approx(100 * mean(of(deployment, kind, deployment.handle, 64)), abs=0.51)
    assert "Side-effect alignment breaks at a harm of" in summary


def test_deployment_is_dashed_and_each_diagram_has_its_panel(deployment: Result) -> None:
    figure = choosing(deployment)
    for place, trace in enumerate(traces(figure, "O_base, deployment")):
        kind = KINDS[place]
        assert trace.line.dash == DEPLOYMENT
        assert trace.xaxis == ("x", "x2", "x3")[place]
        assert [*trace.y] == pytest.approx([mean(of(deployment, kind, deployment.base, n)) for n in PLANS], abs=0.001)
    lines = [trace for trace in traces(figure, "theory") if trace.yaxis == "y"]
    for place, kind in enumerate(KINDS):
        params = deployment.select(kind=kind).settings[0]
        mesa, base = (line for line in lines if line.xaxis == ("x", "x2", "x3")[place])
        assert [*base.y] == pytest.approx([expected_of(params, n).base for n in PLANS], abs=0.001)
        assert [*mesa.y] == pytest.approx([expected_of(params, n).mesa for n in PLANS], abs=0.001)


def test_figures_keep_their_structure_over_all_settings_so_that_they_can_be_baked() -> None:
    def curves(correlation: float, plans: int, noise: str) -> go.Figure:
        return watching(drawn(correlation=correlation, noise=noise), plans=plans)

    def handles(correlation: float, share: float, harm: float) -> go.Figure:
        return choosing(drawn(correlation=correlation, share=share, harm=harm))

    for name, figure_of, settings in (
        ("curves", curves, {"correlation": [0.0, 0.6, 1.0], "plans": [1, 64], "noise": ["Gaussian", "skewed"]}),
        ("handles", handles, {"correlation": [0.0, 1.0], "share": [0.0, 0.1], "harm": [0.0, 2.0]}),
        ("raising", raising, {"kind": [*KINDS], "node": ["O_mesa", "O_base"]}),
    ):
        controls, fixed = read_controls(settings)
        grid = bake(name, figure_of, controls, fixed)
        assert len(summaries(grid)) == np.prod([len(values) for values in settings.values()]), "each its own words"
