"""Do titles, summaries and points say what the scorers did? Recounted here, by other means."""

from statistics import mean

import numpy as np
import plotly.graph_objects as go
import pytest

from looks_aligned.drawing.scored_plans import fate, learned_weight
from looks_aligned.drawing.style import BASE, DEPLOYMENT
from looks_aligned.experiments.proxy.scored_plans import (
    HARMS,
    SENSOR_NOISES,
    Params,
    Result,
    expected_of,
    expected_weight,
    run_all,
    sensor_alone,
)
from looks_aligned.experiments.proxy.watching_and_doing import KINDS
from looks_aligned.explore.baking import bake
from looks_aligned.explore.controls import read_controls
from tests.drawing.reading import numbers, summaries, traces, words

SEEDS = (901, 902, 903)
CORRELATIONS = (0.0, 0.8, 1.0)
MEASURES = ("weight", "training", "base", "handle")


@pytest.fixture(scope="module")
def sweep() -> Result:
    """Really trained, but on few choices and for few steps."""
    return run_all(
        [
            Params(kind, rho, noise, steps=10, choices=32, seed=seed)
            for kind in KINDS
            for rho in CORRELATIONS
            for noise in SENSOR_NOISES
            for seed in SEEDS
        ]
    )


def shown(sweep: Result, rho: float, noise: float) -> Result:
    return sweep.select(correlation=rho, sensor_noise=noise, seed=902)


def of(sweep: Result, values: np.ndarray, *wanted: object) -> list[float]:
    return [
        float(value)
        for value, params in zip(values, sweep.settings, strict=True)
        if (params.kind, params.correlation, params.sensor_noise) == wanted
    ]


@pytest.mark.parametrize(("rho", "noise"), [(0.0, 0.5), (0.8, 1.0), (1.0, 4.0), (1.0, 0.0)])
def test_the_words_on_the_weight_agree_with_a_recount(sweep: Result, rho: float, noise: float) -> None:
    title, summary = words(learned_weight(sweep, shown(sweep, rho, noise)))
    weights = {kind: of(sweep, sweep.weight, kind, rho, noise) for kind in KINDS}
    pattern = r"^ρ = (\S+), σ = (\S+): (\S+), (\S+) and (\S+) % of the weight is on the proxy in the three diagrams; "
    told = numbers(pattern, title)
    assert told[:2] == [rho, noise]
    assert told[2:] == pytest.approx([100 * mean(weights[kind]) for kind in KINDS], abs=0.51)
    line = expected_weight(rho, noise)
    if line is None:
        assert title.endswith("theory leaves it open")
    else:
        assert numbers(r"theory says (\S+) %$", title) == pytest.approx([100 * line], abs=0.51)
    for kind in KINDS:
        pattern = (
            rf"{kind.capitalize()}: weight on the proxy (\S+) \(seeds from (\S+) to (\S+)\), O_base in training (\S+)\."
        )
        wanted = [mean(weights[kind]), min(weights[kind]), max(weights[kind])]
        wanted.append(mean(of(sweep, sweep.training, kind, rho, noise)))
        assert numbers(pattern, summary) == pytest.approx(wanted, abs=0.0051)


def test_every_seed_is_a_point_and_the_shown_one_is_drawn_where_it_lies(sweep: Result) -> None:
    figure = learned_weight(sweep, shown(sweep, 0.8, 1.0))
    for place, kind in enumerate(KINDS):
        (every,), (one,) = traces(figure, f"{kind} (every seed)"), traces(figure, f"{kind}, seed 902")
        wanted = [weight for noise in SENSOR_NOISES for weight in of(sweep, sweep.weight, kind, 0.8, noise)]
        assert [*every.y] == pytest.approx(wanted, abs=0.001)
        assert one.y[0] == pytest.approx(of(sweep, sweep.weight, kind, 0.8, 1.0)[1], abs=0.001)
        assert one.x[0] == pytest.approx(1.0 + 0.12 * (place - 1))


@pytest.mark.parametrize(("rho", "noise", "harm"), [(0.0, 0.5, 0.0), (0.8, 1.0, 1.0), (1.0, 4.0, 2.0)])
def test_the_words_on_the_fate_agree_with_a_recount(sweep: Result, rho: float, noise: float, harm: float) -> None:
    title, summary = words(fate(sweep, shown(sweep, rho, noise), harm=harm))
    which = HARMS.index(harm)
    base = {kind: of(sweep, sweep.base[:, which], kind, rho, noise) for kind in KINDS}
    training = [value for kind in KINDS for value in of(sweep, sweep.training, kind, rho, noise)]
    pattern = r"^ρ = (\S+), σ = (\S+), harm (\S+): .* get (\S+), (\S+) and (\S+) of O_base; in training, (\S+)$"
    wanted = [rho, noise, harm, *(mean(base[kind]) for kind in KINDS), mean(training)]
    assert numbers(pattern, title) == pytest.approx(wanted, abs=0.0051)
    for kind in KINDS:
        pattern = (
            rf"{kind.capitalize()}: O_base (\S+) in training, (\S+) in deployment \(seeds from (\S+) to (\S+)\); by "
            r"the sensor alone it would be (\S+); handle picked in (\d+) %"
        )
        told = numbers(pattern, summary)
        alone = sensor_alone(Params(kind, rho, noise), share=0.25, harm=harm).base
        wanted = [mean(of(sweep, sweep.training, kind, rho, noise)), mean(base[kind]), min(base[kind])]
        assert told[:5] == pytest.approx([*wanted, max(base[kind]), alone], abs=0.0051)
        handle = mean(of(sweep, sweep.handle[:, which], kind, rho, noise))
        assert told[5] == pytest.approx(100 * handle, abs=0.51)


def test_each_diagram_has_its_panel_with_its_own_line_of_theory(sweep: Result) -> None:
    figure = fate(sweep, shown(sweep, 0.8, 1.0), harm=1.0)
    best, alone = traces(figure, "theory: the best guess"), traces(figure, "theory: by the sensor alone")
    for place, kind in enumerate(KINDS):
        assert best[place].xaxis == ("x", "x2", "x3")[place]
        for noise in SENSOR_NOISES:
            point = [*best[place].x].index(noise)
            expected = expected_of(Params(kind, 0.8, noise), share=0.25, harm=1.0)
            assert expected is not None
            assert best[place].y[point] == pytest.approx(expected.base, abs=0.001)
            line = sensor_alone(Params(kind, 0.8, noise), share=0.25, harm=1.0).base
            assert alone[place].y[point] == pytest.approx(line, abs=0.001)
        deployed = traces(figure, "O_base, deployment")[place]
        assert (deployed.line.color, deployed.line.dash) == (BASE, DEPLOYMENT)
        wanted = [mean(of(sweep, sweep.base[:, 1], kind, 0.8, noise)) for noise in SENSOR_NOISES]
        assert [*deployed.y] == pytest.approx(wanted, abs=0.001)


def test_figures_keep_their_structure_over_all_settings_so_that_they_can_be_baked(sweep: Result) -> None:
    def weights(correlation: float, sensor_noise: float) -> go.Figure:
        return learned_weight(sweep, shown(sweep, correlation, sensor_noise))

    def fates(correlation: float, sensor_noise: float, harm: float) -> go.Figure:
        return fate(sweep, shown(sweep, correlation, sensor_noise), harm=harm)

    grid = {"correlation": [*CORRELATIONS], "sensor_noise": [*SENSOR_NOISES]}
    for name, figure_of, settings in (("weights", weights, grid), ("fates", fates, {**grid, "harm": [*HARMS]})):
        controls, fixed = read_controls(settings)
        baked = bake(name, figure_of, controls, fixed)
        assert len(summaries(baked)) == np.prod([len(values) for values in settings.values()]), "each its own words"
