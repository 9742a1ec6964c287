"""Does the comparison's figure say what the trials say?"""

from typing import Any

import numpy as np
import pytest

from looks_aligned.drawing.four_remedies import what_it_does
from looks_aligned.experiments.side_by_side.four_remedies import KINDS, REMEDIES, UNTRIED, Remedy, Trial

RANDOM = np.random.default_rng(3)
TRIALS = [
    Trial(kind, remedy, f"{remedy} for {kind}", RANDOM.uniform(0, 1, 20), RANDOM.uniform(0, 1, 20))
    for kind in KINDS
    for remedy in REMEDIES
    if (kind, remedy) not in UNTRIED
]


def traces(remedy: Remedy) -> list[Any]:
    return [*what_it_does(TRIALS, remedy).select_traces()]


@pytest.mark.parametrize("remedy", REMEDIES)
def test_the_large_dots_are_the_means_of_all_seeds_and_stand_apart(remedy: Remedy) -> None:
    drawn = {trace.name: trace for trace in traces(remedy)}
    tried = {trial.kind: trial for trial in TRIALS if trial.remedy == remedy}
    for name in ("before", "after"):
        means = drawn[f"{name}, mean"]
        expected = [getattr(tried[kind], name).mean() if kind in tried else None for kind in KINDS]
        assert [value for value in means.x if value is not None] == pytest.approx(
            [value for value in expected if value is not None], abs=1e-3
        )
        assert [value is None for value in means.x] == [value is None for value in expected]
        assert len(drawn[f"every seed, {name}"].x) == 16 * len(tried), "some seeds, one by one"
    assert not {*drawn["before, mean"].y} & {*drawn["after, mean"].y}


@pytest.mark.parametrize("remedy", REMEDIES)
def test_title_summary_and_table_name_each_kind_with_its_verdict(remedy: Remedy) -> None:
    layout = what_it_does(TRIALS, remedy).layout
    for row, kind in zip(layout.meta["rows"][1:], KINDS, strict=True):
        trial = next((trial for trial in TRIALS if (trial.kind, trial.remedy) == (kind, remedy)), None)
        if trial is None:
            assert row[:2] == [kind, UNTRIED[kind, remedy]]
            assert f"{kind.capitalize()}: nothing to change" in layout.meta["summary"]
        else:
            assert kind in layout.title.text
            assert row[-1] == trial.verdict
            assert f"from {trial.before.mean():.2f} to {trial.after.mean():.2f}" in layout.meta["summary"]


def test_only_where_nothing_was_tried_stands_why_there_is_no_dot() -> None:
    notes = [note.text for note in what_it_does(TRIALS, "a better world model").layout.annotations]
    assert [bool(note) for note in notes] == [(kind, "a better world model") in UNTRIED for kind in KINDS]
