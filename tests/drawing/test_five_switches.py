"""Do titles, summaries and marks say what the planner does? Recounted here, by other means."""

from typing import Any

import numpy as np
import pytest

from looks_aligned.drawing.five_switches import WORDS, life, phase_map
from looks_aligned.experiments.deceptive.five_switches import (
    TRAINING,
    Place,
    Switches,
    every_combination,
    phases,
    run,
)
from looks_aligned.explore.baking import bake
from looks_aligned.explore.controls import read_controls
from tests.drawing.reading import words


@pytest.mark.parametrize(
    ("switches", "title"),
    [
        (Switches(), "All five on: its goal intact, it complies in training and defects in deployment"),
        (
            Switches(understands=False),
            "Does not know that anybody edits: its goal intact, it defects in training and defects in deployment; but "
            "training has edited its goal",
        ),
        (
            Switches(optimizer=False, at_stake=False),
            "No optimizer inside, nobody edits: its goal intact, it complies in training and complies in deployment",
        ),
    ],
)
def test_a_lifes_title_says_what_is_off_and_what_is_done(switches: Switches, title: str) -> None:
    assert words(life(run(switches)))[0] == title


def test_every_switch_has_words() -> None:
    assert {*Switches(*[False] * 5).off} == {*WORDS}


def test_a_lifes_bars_are_the_chances_of_each_act_whoever_acts() -> None:
    result = run(Switches(understands=False))
    figure = life(result)
    every: list[Any] = [*figure.select_traces()]
    complies, defects, intact = every
    assert [*defects.y] == pytest.approx(
        [0.1**episode if episode < TRAINING else 0.1**TRAINING for episode in range(20)], abs=1e-4
    )
    assert np.add(complies.y, defects.y) == pytest.approx(np.ones(20))
    assert [*intact.y] == pytest.approx([*defects.y], abs=1e-4)
    assert f"Base score {result.base[:TRAINING].mean():.2f} in training" in words(figure)[1]


def test_the_words_on_a_map_agree_with_a_recount() -> None:
    (found,) = phases([Place(0.25, 2)])
    title, summary = words(phase_map(found))
    cells = found.complies.flatten().tolist()
    whole = sum(cell == 1 for cell in cells) / len(cells)
    mixed = sum(0 < cell < 1 for cell in cells) / len(cells)
    assert title.startswith("T = 2, s = 25 %")
    assert f"on {100 * whole:.0f} % of the map, and some of it on {100 * mixed:.0f} %" in title
    assert f"on {100 * mixed:.0f} % it complies in a part of training" in summary


def test_every_state_can_be_baked() -> None:
    found = {result.switches: result for result in every_combination()}
    names = list(WORDS)
    controls, fixed = read_controls(dict.fromkeys(names, True))
    bake("switches", lambda **on: life(found[Switches(**on)]), controls, fixed)
    maps = {place: phases([place])[0] for place in (Place(0.0, 1), Place(0.9, 2))}
    controls, fixed = read_controls({"place": {"one": Place(0.0, 1), "two": Place(0.9, 2)}})
    bake("map", lambda place: phase_map(maps[place]), controls, fixed)
