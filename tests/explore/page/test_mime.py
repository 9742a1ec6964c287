"""Does an explorer's output become a figure of the page, and does it leave other books alone?"""

import json
import re
from importlib.metadata import entry_points
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.utils import new_document

from looks_aligned.explore.baking import bake, side_file
from looks_aligned.explore.controls import read_controls
from looks_aligned.explore.explorer import MIME_TYPE
from looks_aligned.explore.page.mime import (
    EXTENSION,
    PLOTLY,
    ExplorerNode,
    ExplorerRenderer,
    node_for,
    visit_html,
    visit_text,
)

PAGE = "chapters/one"


@pytest.fixture
def document() -> nodes.document:
    return new_document("page", get_default_settings())


def line(n: int, on: bool) -> go.Figure:
    meta = {"summary": f"{n} steps, {'on' if on else 'off'}: 1 < 2."}
    return go.Figure(go.Scatter(y=np.arange(3) * n), {"template": "none", "meta": meta, "height": 300})


@pytest.fixture
def baked() -> dict[str, Any]:
    controls, fixed = read_controls({"n": (0, 4), "on": True})
    return bake("line", line, controls, fixed)


def plain_figure() -> dict[str, Any]:
    """A plotly figure as a kernel's output holds it."""
    return json.loads(go.Figure(go.Scatter(y=[1, 2]), {"template": "none", "meta": {"summary": "up"}}).to_json() or "")


def rendered(
    document: nodes.document, mime_type: str, content: Any, *, inline: bool = False, loaded: bool = True
) -> Any:
    application = SimpleNamespace(extensions={EXTENSION: None} if loaded else {"myst_nb": None})
    renderer = SimpleNamespace(sphinx_env=SimpleNamespace(app=application, docname=PAGE), document=document)
    data = SimpleNamespace(mime_type=mime_type, content=content)
    return ExplorerRenderer.handle_mime(SimpleNamespace(renderer=renderer), data, inline)


def test_an_explorer_becomes_a_node_that_an_address_can_name(document, baked):
    (node,) = rendered(document, MIME_TYPE, baked)
    assert isinstance(node, ExplorerNode)
    assert (node["ids"], node["page"], node["name"], node["baked"]) == (["line"], PAGE, "line", baked)
    assert document.ids["line"] is node


def test_an_explorer_that_comes_as_text_is_read(document, baked):
    (node,) = rendered(document, MIME_TYPE, json.dumps(baked))
    assert node["baked"] == json.loads(json.dumps(baked))


def test_a_plain_plotly_figure_becomes_an_explorer_without_controls(document):
    figure = plain_figure()
    (node,) = rendered(document, PLOTLY, {**figure, "config": {"plotlyServerURL": "https://plot.ly"}})
    assert node["baked"] == {
        "label": node["name"],
        "controls": [],
        "defaults": {},
        "prediction": {},
        "template": {"data": figure["data"], "layout": figure["layout"]},
        "leaves": [],
    }
    assert re.fullmatch(r"figure-[0-9a-f]{8}", node["name"])


def test_the_same_figure_twice_on_a_page_gets_two_names_that_are_the_same_in_every_build(document):
    first, second = node_for(plain_figure(), document, PAGE), node_for(plain_figure(), document, PAGE)
    assert first["name"] != second["name"]
    assert second["baked"]["label"] == second["name"]
    again = new_document("page", get_default_settings())
    assert [node_for(plain_figure(), again, PAGE)["name"] for _ in range(2)] == [first["name"], second["name"]]


def test_a_second_explorer_of_the_same_name_is_refused(document, baked):
    node_for(baked, document, PAGE)
    with pytest.raises(ValueError, match="name: a second explorer or heading 'line' on this page"):
        node_for(baked, document, PAGE)


def test_an_explorer_with_a_headings_name_is_refused(document, baked):
    document.ids["line"] = nodes.section()
    with pytest.raises(ValueError, match="name: a second explorer or heading 'line' on this page"):
        node_for(baked, document, PAGE)


def test_it_does_nothing_in_a_book_that_does_not_load_the_extension(document, baked):
    assert rendered(document, MIME_TYPE, baked, loaded=False) is None
    assert rendered(document, PLOTLY, plain_figure(), loaded=False) is None
    assert not document.ids


def test_it_leaves_other_outputs_and_those_within_a_line_to_others(document, baked):
    assert rendered(document, "text/html", "<b>") is None
    assert rendered(document, MIME_TYPE, baked, inline=True) is None
    assert not document.ids


def test_myst_nb_finds_it_and_prefers_it():
    (found,) = entry_points(group="myst_nb.mime_renderers", name="looks_aligned")
    assert found.value == f"{ExplorerRenderer.__module__}:{ExplorerRenderer.__qualname__}"
    assert [mime_type for _, mime_type, _ in ExplorerRenderer.mime_priority_overrides] == [MIME_TYPE, PLOTLY]


def written(folder: Path, node: ExplorerNode, uri: str = "chapters/one.html") -> str:
    """The page's HTML for a node."""
    builder = SimpleNamespace(outdir=folder, current_docname=node["page"], get_target_uri=lambda name: uri)
    translator = SimpleNamespace(builder=builder, body=[], encode=lambda text: text.replace("<", "&lt;"))
    with pytest.raises(nodes.SkipNode):
        visit_html(translator, node)
    (html,) = translator.body
    return html


def test_the_page_has_a_place_for_the_figure_with_its_summary_and_the_way_to_its_side_file(tmp_path, document, baked):
    html = written(tmp_path, node_for(baked, document, PAGE))
    (address,) = re.findall('data-grid="(.*?)"', html)
    assert address.startswith("../_static/explorers/chapters-one-line-")
    assert 'id="line"' in html
    assert "<p>2 steps, on: 1 &lt; 2.</p>" in html, "that of the settings at the start"
    assert "<noscript>" in html
    assert int(re.findall(r"min-height:(\d+)px", html)[0]) > 300
    assert (tmp_path / "chapters" / address).resolve().read_text(encoding="utf-8") == side_file("line", baked)
    again = written(tmp_path, node_for(baked, new_document("other", get_default_settings()), "index"), "index.html")
    assert 'data-grid="_static/explorers/index-line-' in again


def test_a_figure_without_a_summary_can_be_written(tmp_path, document):
    html = written(tmp_path, node_for({"data": [], "layout": {}}, document, PAGE))
    assert "<p></p>" in html


def test_a_changed_grid_has_a_new_address(tmp_path, document, baked):
    before = written(tmp_path, node_for(baked, document, PAGE))
    changed = {**baked, "leaves": baked["leaves"][:1]}
    assert written(tmp_path, node_for(changed, new_document("page", get_default_settings()), PAGE)) != before


def test_in_plain_text_the_summary_stands_for_the_figure(document, baked):
    said: list[str] = []
    translator = SimpleNamespace(
        new_state=lambda: said.append("("), add_text=said.append, end_state=lambda: said.append(")")
    )
    with pytest.raises(nodes.SkipNode):
        visit_text(translator, node_for(baked, document, PAGE))
    assert said == ["(", "2 steps, on: 1 < 2.", ")"]
