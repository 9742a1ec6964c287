"""A term of the glossary shows its definition where it is used: a page carries the definitions of its own terms."""

from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("doctree-resolved", _carry_definitions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _carry_definitions(app: Sphinx, tree: nodes.document, page: str) -> None:
    """Put at the page's end, unseen, the definition of each term used on it; front/terms.js shows them."""
    if app.builder.format != "html":
        return
    used = {_target(node.parent) for node in tree.findall(nodes.inline) if "std-term" in node["classes"]}
    for term in sorted(used & _pages(app.env).keys()):
        body = app.builder.render_partial(definition(app.env, term))["fragment"]  # type: ignore[attr-defined]
        html = f'<div class="definition" id="definition-of-{term}" role="tooltip" hidden>{body}</div>'
        tree.append(nodes.raw("", html, format="html"))


def definition(environment: BuildEnvironment, term: str) -> nodes.paragraph:
    """The first paragraph of a term's definition, without what a reader could follow: links, and citations altogether.

    Args:
        environment: of the book whose glossary defines the term.
        term: its id, such as "term-base-objective".
    """
    glossary = environment.get_doctree(_pages(environment)[term])
    entry = next(node.parent for node in glossary.findall(nodes.term) if term in node["ids"])
    paragraph = next(entry.findall(nodes.paragraph)).deepcopy()
    for link in [*paragraph.findall(pending_xref)]:
        if link["refdomain"] == "cite":
            words = link.parent
            if (place := words.index(link)) and isinstance(before := words[place - 1], nodes.Text):
                words.replace(before, nodes.Text(before.rstrip()))
            words.remove(link)
        else:
            link.parent.replace(link, nodes.inline("", "", *link.children[0].children))
    return paragraph


def _target(link: Any) -> str:
    """The id that a resolved link leads to, on this page or another."""
    return link.get("refid") or link.get("refuri", "").partition("#")[2]


def _pages(environment: BuildEnvironment) -> dict[str, str]:
    """Each term's id, and the page that defines it."""
    objects = environment.get_domain("std").get_objects()
    return {anchor: page for _, _, kind, page, anchor, _ in objects if kind == "term"}
