"""Does the figure of an unlabelled robot say what it does, and nothing of what it is?"""

import json

from looks_aligned.drawing.unlabelled import at_trial
from looks_aligned.experiments.find_the_failure.unlabelled import EXPERIMENTS, KINDS, line_up
from looks_aligned.explore.baking import as_json, bake
from looks_aligned.explore.controls import read_controls

OTHER_POOL = 1000


def test_the_title_tells_gain_and_deeds() -> None:
    result = line_up(OTHER_POOL)["suboptimality", "lessons in physics"]
    title = as_json(at_trial(result, "Robot X"))["layout"]["title"]["text"]
    assert title.startswith("Robot X, lessons in physics: base gain 0.00; in 20 steps it vacuums 0 of 3 dusty squares")


def test_nothing_in_the_figure_names_its_kind_or_colours_it() -> None:
    figures = [json.dumps(as_json(at_trial(line_up(OTHER_POOL)[kind, "as in training"], "Robot X"))) for kind in KINDS]
    assert not [kind for kind in KINDS for figure in figures if kind in figure]
    colors = [
        [trace.get("line", {}).get("color") for trace in as_json(at_trial(line_up(OTHER_POOL)[kind, one], "X"))["data"]]
        for kind in KINDS
        for one in EXPERIMENTS
    ]
    assert all(color == colors[0] for color in colors)


def test_the_figure_keeps_its_structure_so_that_it_can_be_baked() -> None:
    def trial(kind, experiment):
        return at_trial(line_up(OTHER_POOL)[kind, experiment], "X")

    controls, fixed = read_controls({"kind": [*KINDS], "experiment": [*EXPERIMENTS]})
    assert bake("trial", trial, controls, fixed)["leaves"]
