"""Do titles, summaries and points say what the choices brought? Recounted here, by other means."""

import math
import re
from functools import cache

import numpy as np
import plotly.graph_objects as go
import pytest

from looks_aligned.drawing.heavy_tails import Curve, choosing_harder, fitted, named
from looks_aligned.experiments.approximate.heavy_tails import (
    PLANS,
    Params,
    Result,
    correlation,
    expected_base,
    information,
    run_all,
)
from looks_aligned.explore.baking import bake
from looks_aligned.explore.controls import read_controls
from tests.drawing.reading import words


@cache
def runs(freedom: float) -> Result:
    return run_all([Params(freedom, 1.0, seed) for seed in (901, 902)])


@pytest.mark.parametrize(
    ("freedom", "said"), [(1.0, "most at n = 8"), (3.0, "most at n = 32"), (math.inf, "still rising")]
)
def test_the_title_says_what_is_chosen_and_where_the_best_is(freedom: float, said: str) -> None:
    title, summary = words(choosing_harder(runs(freedom), plans=64))
    mean = runs(freedom).base[:, PLANS.index(64)].mean()
    assert title == f"{named(Params(freedom))} error, best of 64: O_base is {mean:.2f}; {said}"
    assert f"Theory expects O_base {expected_base(64, freedom, 1.0):.2f}" in summary
    rho = correlation(freedom, 1.0)
    assert ("there is no ρ" in summary) if rho is None else (f"ρ is {rho:.2f}" in summary)


def test_both_lines_of_theory_are_drawn_and_every_seed() -> None:
    by_name = {trace["name"]: trace for trace in choosing_harder(runs(3.0), plans=4).to_plotly_json()["data"]}
    theory = [expected_base(n, 3.0, 1.0) for n in PLANS]
    assert by_name["theory, this error"]["y"] == pytest.approx(theory, abs=1e-3)
    normal = [expected_base(n, math.inf, 1.0) for n in PLANS]
    assert by_name["theory, normal error"]["y"] == pytest.approx(normal, abs=1e-3)
    assert by_name["O_base, each seed"]["y"].count(None) == 2
    assert by_name["O_base, mean of seeds"]["y"] == pytest.approx(runs(3.0).base.mean(0), abs=1e-3)


def test_a_fit_says_whether_it_fits_and_where_it_turns() -> None:
    d = np.sqrt(information(np.array(PLANS, dtype=float)))
    title, summary = words(fitted(Curve("Made", PLANS, d * (1.0 - 0.25 * d))))
    assert title == "Made: the curve fits; it misses by up to 0.00 and turns at d = 2.0"
    assert "α = 1.00, β = 0.250." in summary
    cauchy = np.array([expected_base(n, 1.0, 1.0) for n in PLANS])
    assert "the curve does not fit" in words(fitted(Curve("Cauchy", PLANS, cauchy)))[0]
    rising, _ = words(fitted(Curve("Rising", PLANS, d)))
    assert rising.endswith("does not turn in this range")


def test_the_table_lists_the_points_and_the_fitted_curve() -> None:
    made = Curve("Made", PLANS[:5], np.array([0.5, 0.7, 0.9, 1.0, 1.05]))
    rows = fitted(made).to_plotly_json()["layout"]["meta"]["rows"]
    assert [float(row[2]) for row in rows[1:6]] == pytest.approx(list(made.base), abs=0.006)
    misses = [abs(float(row[2]) - float(row[3])) for row in rows[1:6]]
    worst = re.search(r"misses by up to (\S+) ", words(fitted(made))[0])
    assert worst
    assert max(misses) == pytest.approx(float(worst.group(1)), abs=0.02)


def test_every_state_can_be_baked() -> None:
    def pushed(freedom: float, plans: int) -> go.Figure:
        return choosing_harder(runs(freedom), plans=plans)

    curves = [
        Curve("one", PLANS, np.linspace(0, 1, len(PLANS))),
        Curve("other", (1, 4, 16), np.array([0.0, 1.0, 0.5])),
    ]

    def fits(which: int) -> go.Figure:
        return fitted(curves[which])

    bake("pushed", pushed, *read_controls({"freedom": [1.0, math.inf], "plans": [1, 4096]}))
    bake("fits", fits, *read_controls({"which": [0, 1]}))
