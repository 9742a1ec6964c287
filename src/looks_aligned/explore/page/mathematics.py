"""Formulas are drawn while the book is built: a page needs no mathematics library and no fonts to show them."""

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from html import unescape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.logging import getLogger
from sphinx.util.math import get_node_equation_number

from looks_aligned.explore.page.packages import packages

Formula = tuple[str, bool]
"""TeX, and whether it stands on a line of its own."""

_drawn: dict[Formula, str] = {}


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx as a way to show mathematics; `html_math_renderer: drawn` chooses it."""
    app.add_html_math_renderer("drawn", (_visit_inline, None), (_visit_block, None))
    app.connect("env-updated", _draw_all)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def style() -> str:
    """The style sheet that drawn formulas need."""
    return _mathjax([])["style"]


def draw(formulas: Iterable[Formula]) -> None:
    """Draw formulas that are not drawn yet, all in one run of MathJax."""
    wanted = [formula for formula in dict.fromkeys(formulas) if formula not in _drawn]
    if wanted:
        _drawn.update(zip(wanted, _mathjax(wanted)["drawn"], strict=True))


def _mathjax(formulas: list[Formula]) -> dict[str, Any]:
    node = Path(sys.executable).with_name("node")
    command = [str(node), str(Path(__file__).with_name("typeset.js")), str(packages() / "mathjax")]
    run = subprocess.run(command, input=json.dumps(formulas), capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise RuntimeError(f"MathJax does not run: {run.stderr}")
    return json.loads(run.stdout)


def _draw_all(app: Sphinx, environment: BuildEnvironment) -> None:
    if app.builder.format == "html":
        trees = (environment.get_doctree(page) for page in environment.found_docs)
        draw(
            _formula(node)
            for tree in trees
            for node in tree.findall()
            if isinstance(node, nodes.math | nodes.math_block)
        )


def _formula(node: nodes.math | nodes.math_block) -> Formula:
    text = node.astext()
    parts = [part for part in text.split("\n\n") if part.strip()]
    if isinstance(node, nodes.math_block) and not node["nowrap"] and len(parts) > 1:  # as Sphinx has it: aligned lines
        text = r"\begin{aligned}" + r"\\".join(parts) + r"\end{aligned}"
    return text, isinstance(node, nodes.math_block)


def _drawing(node: nodes.math | nodes.math_block) -> str:
    formula = _formula(node)
    draw([formula])  # that of a node made after all others were drawn
    drawing = _drawn[formula]
    if error := re.search(r'data-mjx-error="([^"]*)"', drawing):
        getLogger(__name__).warning("formula %r: %s", formula[0], unescape(error[1]), location=node)
    return drawing


def _visit_inline(translator: Any, node: nodes.math) -> None:
    translator.body += [translator.starttag(node, "span", "", CLASS="math"), _drawing(node), "</span>"]
    raise nodes.SkipNode


def _visit_block(translator: Any, node: nodes.math_block) -> None:
    translator.body.append(translator.starttag(node, "div", CLASS="math"))
    if node["number"]:
        translator.body.append(f'<span class="eqno">({get_node_equation_number(translator, node)})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    # A wide formula scrolls on a phone: keys must be able to scroll it.
    translator.body += [_drawing(node).replace("<mjx-container ", '<mjx-container tabindex="0" ', 1), "</div>"]
    raise nodes.SkipNode
