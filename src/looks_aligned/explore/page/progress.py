"""Ticks for what the reader has done, on the pages; and all of it on the front page. front/progress.js keeps them."""

import json
from collections.abc import Iterator
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from looks_aligned.explore.page.figures import ResolveStates, ShownState

EXERCISES = ("Exercise", "Exercises")
"""How the section is called that makes a page a chapter."""
OVERVIEW = """<div class="progress-overview" hidden>
<table><thead><tr><th scope="col">chapter</th><th scope="col">read</th><th scope="col">predictions</th>
<th scope="col">exercises</th></tr></thead><tbody>{rows}</tbody></table>
<p><button type="button" data-act="export">Export</button>
<button type="button" data-act="import">Bring back</button>
<button type="button" data-act="clear">Clear</button>
<input type="file" accept="application/json" aria-label="an exported file" hidden/></p>
<p role="status"></p></div>"""


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_directive("progress", Progress)
    app.connect("doctree-resolved", _add_ticks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


class Progress(SphinxDirective):
    """`{progress}`: how far the reader has come in each chapter."""

    def run(self) -> list[nodes.Node]:
        """Put it here."""
        return [ProgressNode()]


class ProgressNode(nodes.General, ShownState):
    """The place of the overview."""

    def resolved(self, transform: ResolveStates) -> list[nodes.Node]:
        """A table of the chapters, in the book's order, which the script fills."""
        rows = []
        for page in transform.env.toctree_includes.get(transform.env.config.root_doc, []):
            tree = transform.env.get_doctree(page)
            if not (exercises := [*exercises_of(tree)]):
                continue
            title = escape(transform.env.titles[page].astext())
            keys = {
                "read": [f"read/{page}"],
                "prediction": [f"prediction/{name}" for name in predictions_of(transform.env, page)],
                "exercise": [_key(page, section) for section in exercises],
            }
            cells = "".join(f'<td data-kind="{kind}"></td>' for kind in keys)
            link = f'<a href="{transform.address(page)}">{title}</a>'
            rows.append(f'<tr data-keys="{escape(json.dumps(keys))}"><th scope="row">{link}</th>{cells}</tr>')
        return [nodes.raw("", OVERVIEW.format(rows="".join(rows)), format="html")]


def exercises_of(document: nodes.document) -> Iterator[nodes.section]:
    """The exercises of a page."""
    for section in document.findall(nodes.section):
        if section.next_node(nodes.title).astext() in EXERCISES:  # type: ignore[union-attr]
            yield from (child for child in section.children if isinstance(child, nodes.section))


def predictions_of(environment: BuildEnvironment, page: str) -> list[str]:
    """The figures of a page that ask for a prediction."""
    figures = environment.get_domain("figure").data["figures"].get(page, {})
    return [name for name, figure in figures.items() if figure["prediction"].get("question")]


def _key(page: str, exercise: nodes.section) -> str:
    return f"exercise/{page}/{exercise['ids'][0]}"


def _add_ticks(app: Sphinx, tree: nodes.document, page: str) -> None:
    """A tick after each exercise, and one for the chapter at its end."""
    exercises = [*exercises_of(tree)] if app.builder.format == "html" else []
    for section in exercises:
        section += _tick(_key(page, section), "I have done this exercise")
    if exercises:
        tree.children[0].append(_tick(f"read/{page}", "I have read this chapter"))  # type: ignore[union-attr]


def _tick(key: str, words: str) -> nodes.raw:
    html = f'<p class="progress-tick" hidden><label><input type="checkbox" data-progress="{key}"/> {words}</label></p>'
    return nodes.raw("", html, format="html")
