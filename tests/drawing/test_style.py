"""Can everyone tell the book's colours apart, in light and in dark, and does every figure carry its words?"""

from itertools import combinations

import numpy as np
import plotly.graph_objects as go
import pytest

from looks_aligned.drawing import style
from looks_aligned.drawing.style import figure, per_cent, share_axis

COLORS = {"base": style.BASE, "mesa": style.MESA, "proxy": style.PROXY}

SIGHT = {
    "three kinds of cones": np.eye(3),
    # Machado, Oliveira and Fernandes (2009), severity 1, in linear RGB.
    "no red cones": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "no green cones": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "no blue cones": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def linear(color: str) -> np.ndarray:
    channels = np.array([int(color[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """By the Web Content Accessibility Guidelines, from 1 to 21."""
    darker, lighter = sorted(float(linear(color) @ [0.2126, 0.7152, 0.0722]) for color in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b*, in which a distance of about 2 is just seen."""
    relative = TO_XYZ @ rgb.clip(0, 1) / TO_XYZ.sum(1)
    x, y, z = np.where(relative > (6 / 29) ** 3, np.cbrt(relative), relative / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_contrast_is_measured_as_the_guidelines_do():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("paper", ["#ffffff", "#121212"])
@pytest.mark.parametrize("meaning", COLORS)
def test_a_colour_stands_out_on_light_and_on_dark_paper(meaning, paper):
    assert contrast(COLORS[meaning], paper) >= 3


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize(("one", "other"), list(combinations(COLORS, 2)))
def test_two_colours_are_told_apart_by_every_kind_of_sight(one, other, sight):
    seen = [lab(SIGHT[sight] @ linear(COLORS[meaning])) for meaning in (one, other)]
    assert np.linalg.norm(seen[0] - seen[1]) > 15


def test_training_deployment_theory_and_seeds_are_drawn_differently():
    assert style.TRAINING != style.DEPLOYMENT
    assert style.THEORY["color"] == style.INK
    assert style.SEED["width"] < style.SHOWN["width"]
    assert 0 < style.SEED_OPACITY < 1


def test_a_figure_carries_its_title_its_summary_and_what_a_click_sets():
    drawn = figure([go.Scatter(y=[1])], title="One", summary="One is 1.", click="n", height=333, showlegend=False)
    layout = drawn.to_plotly_json()["layout"]
    assert layout["title"]["text"] == "One"
    assert layout["meta"] == {"summary": "One is 1.", "click": "n"}
    assert (layout["height"], layout["showlegend"]) == (333, False)
    assert len([*drawn.select_traces()]) == 1


def test_a_figure_takes_its_colours_from_the_page_and_does_not_trap_a_finger():
    layout = figure([go.Scatter(y=[1])], title="One", summary="One is 1.").to_plotly_json()["layout"]
    assert "paper_bgcolor" not in layout
    assert "layout" not in layout["template"], "which would bring colours of its own"
    assert layout["font"]["color"] == style.INK
    assert layout["dragmode"] is False
    assert layout["xaxis"]["fixedrange"]
    assert layout["yaxis"]["fixedrange"]


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0 %"), (0.0001, "0.01 %"), (0.001, "0.1 %"), (0.01, "1 %"), (0.03, "3 %"), (0.3, "30 %"), (1.0, "100 %")],
)
def test_a_share_is_written_in_per_cent(share, text):
    assert per_cent(share) == text


def test_an_axis_of_shares_names_its_ticks_in_per_cent():
    axis = share_axis("s", (0, 0.25), range=[-0.02, 1.02])
    assert (axis["title"], axis["tickvals"], axis["ticktext"]) == ("s", [0, 0.25], ["0 %", "25 %"])
    assert axis["range"] == [-0.02, 1.02]
