"""Does the picture of a robot at work show what it did?"""

from typing import Any

import plotly.graph_objects as go

from looks_aligned.drawing.at_work import at_work
from looks_aligned.experiments.suboptimality.at_work import walk
from looks_aligned.experiments.suboptimality.mistaken_model import CLEAN_FLOOR, LITTLE_STUFF, Params
from looks_aligned.explore.baking import bake
from looks_aligned.explore.controls import read_controls
from tests.drawing.reading import summaries
from tests.experiments.robots import OTHER_POOL


def drawn(belief: float, room: int, wants: str = "little stuff") -> go.Figure:
    wish = {"little stuff": LITTLE_STUFF, "a clean floor": CLEAN_FLOOR}[wants]
    return at_work(walk(Params(wish, belief, pool=OTHER_POOL), room))


def test_title_and_moments_say_what_it_did() -> None:
    for belief, vacuumed in ((0.95, 3), (0.0, 0)):
        found = walk(Params(LITTLE_STUFF, belief, pool=OTHER_POOL), 2)
        layout = at_work(found).to_plotly_json()["layout"]
        assert f"it vacuums {vacuumed} of 3 dusty squares" in layout["title"]["text"]
        told = layout["meta"]["animation"]["texts"]
        assert len(told) == len(found.actions) + 1
        assert sum(": vacuums" in text for text in told) == vacuumed
        assert told[-1].startswith(f"20: {'burns' if found.actions[-1] == 'burn' else ''}")
        assert f"{len(found.states[-1].dust)} dusty squares left" in told[-1]


def test_dust_is_drawn_where_it_is_left() -> None:
    found = walk(Params(LITTLE_STUFF, 0.0, pool=OTHER_POOL), 1)
    traces: list[Any] = [*at_work(found).select_traces()]
    dust = traces[3]
    left = {(y - 1, x - 1) for x, y, size in zip(dust.x, dust.y, dust.marker.size, strict=True) if size}
    assert left == found.states[-1].dust


def test_the_figure_keeps_its_structure_so_that_it_can_be_baked() -> None:
    controls, fixed = read_controls({"belief": [0.0, 0.95], "room": [0, 3], "wants": ["little stuff", "a clean floor"]})
    assert len(summaries(bake("at-work", drawn, controls, fixed))) >= 6
