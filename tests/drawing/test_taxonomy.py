"""Does the map show each kind's causal diagram, and lead only to pages that there are?"""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from looks_aligned.causal import GENERAL, INSTRUMENTAL, SIDE_EFFECT, Diagram, classify
from looks_aligned.drawing.logo import logo
from looks_aligned.drawing.taxonomy import TAXONOMY, Kind, diagram_svg, taxonomy_map

KINDS = [kind for branch in TAXONOMY for kind in branch.kinds]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_picture_has_a_circle_for_each_node_and_says_each_arrow(kind: Kind) -> None:
    picture = ElementTree.fromstring(diagram_svg(kind.diagram, kind.places, kind.believed))
    assert len(picture.findall("circle")) == len(kind.diagram.nodes) == len(kind.places)
    said = picture.get("aria-label") or ""
    for arrow in kind.diagram.arrows:
        assert f"{arrow.cause} raises {arrow.effect}" in said
    assert said.count("believes") == len(kind.believed)
    for circle in picture.findall("circle"):
        x, y, r = (float(circle.get(name) or 0) for name in ("cx", "cy", "r"))
        width, height = (float(side) for side in (picture.get("viewBox") or "").split()[2:])
        assert r <= x <= width - r
        assert r <= y <= height - r


def test_the_proxy_cards_are_the_diagrams_of_the_criterion() -> None:
    drawn = {kind.name: kind.diagram for kind in KINDS}
    assert (drawn["Side-effect"], drawn["Instrumental"], drawn["General"]) == (SIDE_EFFECT, INSTRUMENTAL, GENERAL)
    for name in ("Side-effect", "Instrumental", "General"):
        assert classify(drawn[name]).kinds == (name.lower(),)


def test_what_lowers_ends_in_a_bar_and_what_raises_in_a_head() -> None:
    places = {"a": (0.0, 0.5), "b": (1.0, 0.5)}
    raises, lowers = (diagram_svg(Diagram.of(arrow), places) for arrow in ("a -> b", "a -| b"))
    assert [len(re.findall("L", path)) for path in re.findall(r'd="([^"]+)"', raises)] == [1, 2]
    assert [len(re.findall("L", path)) for path in re.findall(r'd="([^"]+)"', lowers)] == [1, 1]
    assert "a lowers b" in lowers


def test_a_kind_whose_page_does_not_exist_is_no_link() -> None:
    assert "<a " not in taxonomy_map({})
    html = taxonomy_map({"proxy": "somewhere/proxy.html"})
    assert re.findall(r'href="([^"]+)"', html) == ["somewhere/proxy.html#three-ways-to-go-together"] * 3
    for kind in KINDS:
        assert kind.name in html


def test_the_sign_has_other_colours_in_the_dark() -> None:
    light, dark = ElementTree.fromstring(logo()), ElementTree.fromstring(logo(dark=True))
    strokes = [{path.get("stroke") for path in picture} for picture in (light, dark)]
    assert all(len(colors) == 2 for colors in strokes)
    assert not strokes[0] & strokes[1]


def test_every_card_leads_to_a_chapter_that_the_book_has() -> None:
    contents = (Path(__file__).parents[2] / "_toc.yml").read_text(encoding="utf-8")
    led_to = {kind.page.partition("#")[0] for kind in KINDS}
    assert led_to == {"two_optimizers", "proxy", "approximate", "suboptimality", "deceptive"}
    assert led_to <= {*re.findall(r"file: (\S+)", contents)}
