"""Do titles, summaries and points say what the agents learned? Recounted here, by other means."""

from statistics import mean, median
from typing import Any

import numpy as np
import pytest

from looks_aligned.drawing.training_game import CHAIN, diagram, what_it_learns, who_is_kept
from looks_aligned.experiments.deceptive.training_game import (
    Params,
    Result,
    best_policy,
    both_hold,
    every_start,
    run_all,
    threshold,
)
from looks_aligned.experiments.deceptive.who_is_kept import GOALS, KINDS, Candidates, candidates, kept
from looks_aligned.explore.baking import bake
from looks_aligned.explore.controls import read_controls
from tests.drawing.reading import numbers, traces, words

SEEDS = (901, 902, 903)
DISCOUNTS = (0.0, 0.7, 0.9)


@pytest.fixture(scope="module")
def runs() -> Result:
    """Really trained, but for few steps."""
    return run_all(
        [params for discount in DISCOUNTS for params in every_start(SEEDS, discount=discount, steps=40, share=0.25)]
    )


@pytest.fixture(scope="module")
def offered() -> Candidates:
    world: dict[str, Any] = {"share": 0.25, "gap": 2.0, "training": 2}
    settings = [params for kind in KINDS for params in every_start(SEEDS, **world, **GOALS[kind], steps=60)]
    return candidates(run_all(settings), share=0.25, gap=2.0)


@pytest.mark.parametrize("discount", DISCOUNTS)
def test_the_words_on_what_is_learned_agree_with_a_recount(runs: Result, discount: float) -> None:
    title, summary = words(what_it_learns(runs, runs.select(discount=discount)))
    of = [run for run, params in enumerate(runs.settings) if params.discount == discount]
    in_training, in_deployment = (
        [float(values[run]) for run in of] for values in (runs.in_training, runs.in_deployment)
    )
    turning = sum(one < 0.5 < other for one, other in zip(in_training, in_deployment, strict=True))
    told = numbers(
        r"^s = (\S+) %, γ = (\S+), μ = (\S+): in training they defect in (\S+) % of the episodes, in deployment in "
        r"(\S+) %; (\d+) of (\d+) turn$",
        title,
    )
    wanted = [25, discount, 2, 100 * mean(in_training), 100 * mean(in_deployment), turning, len(SEEDS)]
    assert told == pytest.approx(wanted, abs=0.51)
    assert f"with a chance of {mean(runs.kept[of]):.2f}" in summary
    assert f"own return is {mean(runs.earned[of]):.2f} of at most {mean(runs.best[of]):.2f}" in summary
    assert "(correlation −0.5)" in summary
    params = Params(0.25)
    between = both_hold(params)
    assert between is not None
    assert f"from γ = {threshold(params):.3f} on" in summary
    assert f"between {between[0]:.3f} and {between[1]:.3f}" in summary


def test_every_start_is_a_point_and_curves_are_medians(runs: Result) -> None:
    figure = what_it_learns(runs, runs.select(discount=0.9))
    for name, values in (("defects, training", runs.in_training), ("defects, deployment", runs.in_deployment)):
        (points,), (curve,) = traces(figure, f"{name} (every start)"), traces(figure, name)
        assert [*points.y] == pytest.approx(values, abs=0.001)
        medians = [
            median(float(v) for v, p in zip(values, runs.settings, strict=True) if p.discount == discount)
            for discount in DISCOUNTS
        ]
        assert [*curve.y] == pytest.approx(medians, abs=0.001)
    assert curve.line.dash == "dash", "deployment is dashed"


def test_the_line_of_theory_is_the_best_policy_on_the_cue(runs: Result) -> None:
    (line,) = traces(what_it_learns(runs, runs.select(discount=0.9)), "theory: best policy")
    for place in (0, 30, 60):
        best = best_policy(Params(0.25, float(line.x[place])))
        assert line.y[place] == pytest.approx(best.in_training, abs=1e-3)


def test_the_words_on_who_is_kept_agree_with_a_recount(offered: Candidates) -> None:
    seeds = tuple(range(9000, 9200))
    title, summary = words(who_is_kept(offered, episodes=10, seeds=seeds))
    counts = np.bincount(kept(offered, episodes=10, seeds=seeds), minlength=3)
    told = numbers(
        r"^s = (\S+) %, μ = (\S+), N = (\d+): of (\d+) base optimizers (\d+) keep the aligned agent, (\d+) the one "
        r"that waits, (\d+) the one in a hurry$",
        title,
    )
    assert told == [25, 2, 10, len(seeds), *counts]
    assert f"{counts[0]}, {counts[1]} and {counts[2]} of {len(seeds)}" in summary


def test_in_training_raising_the_base_objective_raises_what_the_agent_wants_and_in_deployment_it_does_not() -> None:
    assert words(diagram("training", "O_base"))[0].endswith("kept rises and O_mesa rises")
    assert words(diagram("deployment", "O_base"))[0].endswith("kept stays where it was and O_mesa stays where it was")
    assert "Instrumental alignment" in words(diagram("training", "O_base"))[1]
    assert "Not proxy-aligned" in words(diagram("deployment", "O_base"))[1]
    assert str(CHAIN) == "action -> O_base, O_base -> X, X -> O_mesa"


def test_every_state_can_be_baked(runs: Result, offered: Candidates) -> None:
    controls, fixed = read_controls({"discount": list(DISCOUNTS)})
    bake("learned", lambda discount: what_it_learns(runs, runs.select(discount=discount)), controls, fixed)
    controls, fixed = read_controls({"episodes": [1, 10]})
    bake("kept", lambda episodes: who_is_kept(offered, episodes=episodes, seeds=(9000, 9001)), controls, fixed)
    controls, fixed = read_controls({"place": ["training", "deployment"], "node": ["O_base", "X", "O_mesa"]})
    bake("chain", diagram, controls, fixed)
