"""Handouts: a few pages to print for each chapter, as pages of the site; printing.py makes PDFs of them.

What a handout shows says the chapter's teaching page: `{handout}` names the figures and their states, `{ask}` the
questions. The definitions, the figures and the question to vote on are the chapter's own.
"""

from collections.abc import Iterator
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from looks_aligned.explore.page.address import address_of
from looks_aligned.explore.page.figures import State, read_state
from looks_aligned.explore.page.look import together
from looks_aligned.explore.page.mime import FOLDER
from looks_aligned.explore.page.teaching import HANDOUTS, HandoutNode, question_of, questions_of

FIGURE = """<figure class="handout-figure">
<div class="explorer-host" id="{name}{mark}" data-figure="{name}" data-grid="../_static/{folder}/{side}"
data-still="{query}"></div><figcaption>{settings}</figcaption></figure>"""


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("html-collect-pages", _handouts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _handouts(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    for teaching in sorted(app.env.found_docs):
        tree = app.env.get_doctree(teaching)
        for node in tree.findall(HandoutNode):
            yield f"{HANDOUTS}/{node['page']}", _context(app, node, teaching), "handout.html"


def _context(app: Sphinx, node: HandoutNode, teaching: str) -> dict[str, Any]:
    page = node["page"]
    shown = {part: [read_state(app.env, written) for written in states] for part, states in node["states"].items()}
    asked_first = [question_of(state) for state in shown["vote"] or shown["figures"][:1]]
    chapter = app.env.get_and_resolve_doctree(page, app.builder)
    boxes = [box for box in chapter.findall(nodes.admonition) if "defined" in box["classes"]]
    asked = app.env.get_and_resolve_doctree(teaching, app.builder)
    return {
        "page": page,
        "chapter": app.env.titles[page].astext(),
        "definitions": "".join(_html(app, box) for box in boxes[:1]),
        "votes": ["".join(_html(app, part) for part in question) for question in asked_first if question],
        "diagram": "".join(_figure(state, "-diagram") for state in shown["diagram"]),
        "figures": "".join(_figure(state, f"-{number}") for number, state in enumerate(shown["figures"], start=1)),
        "questions": [_html(app, question) for question in questions_of(asked)],
        "site": address_of(app),
        "author": app.config.author,
    }


def _figure(state: State, mark: str) -> str:
    figure = state.figure
    settings = together(state.settings)
    words = {"name": state.name, "mark": mark, "query": state.query, "side": figure["side"], "settings": settings}
    return FIGURE.format(**{key: escape(word) for key, word in words.items()}, folder=FOLDER)


def _html(app: Sphinx, node: nodes.Element) -> str:
    """A piece of a page on its own: on paper, links lead nowhere."""
    piece = node.deepcopy()
    for link in [*piece.findall(nodes.reference)]:
        link.replace_self(link.children)
    return together(app.builder.render_partial(piece)["fragment"])  # type: ignore[attr-defined]
