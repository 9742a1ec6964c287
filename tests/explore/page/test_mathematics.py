"""Are formulas drawn when the book is built, so that who looks and who listens both get them?"""

import re

import pytest
from docutils import nodes

from looks_aligned.explore.page import mathematics
from tests.book.conftest import BUILD


@pytest.fixture(autouse=True)
def nothing_drawn_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOKS_ALIGNED_NODE", BUILD["LOOKS_ALIGNED_NODE"])
    monkeypatch.setattr(mathematics, "_drawn", {})


def test_a_formula_becomes_a_picture_in_the_texts_colour_with_mathml_beside_it():
    formula = (r"\varepsilon = \alpha \, \Delta", True)
    mathematics.draw([formula])
    drawing = mathematics._drawn[formula]
    assert 'stroke="currentColor" fill="currentColor"' in drawing
    assert 'aria-hidden="true"' in drawing
    assert re.findall(r"<m[io][^>]*>(.)</m[io]>", drawing) == ["ε", "=", "α", "Δ"]
    assert "mjx-assistive-mml" in mathematics.style()


def test_all_formulas_are_drawn_in_one_run_and_none_twice(monkeypatch):
    runs = []
    run = mathematics._mathjax
    monkeypatch.setattr(mathematics, "_mathjax", lambda formulas: runs.append(formulas) or run(formulas))
    mathematics.draw([("a", False), ("b", False), ("a", False), ("a", True)])
    mathematics.draw([("b", False), ("c", False)])
    assert runs == [[("a", False), ("b", False), ("a", True)], [("c", False)]]


def block(text: str, nowrap: bool = False) -> nodes.math_block:
    return nodes.math_block("", text, nowrap=nowrap)


def test_paragraphs_of_a_formula_are_lines_one_below_the_other_unless_it_brings_its_own():
    assert mathematics._formula(nodes.math("", "a")) == ("a", False)
    assert mathematics._formula(block("a")) == ("a", True)
    assert mathematics._formula(block("a &= b\n\nc &= d")) == (r"\begin{aligned}a &= b\\c &= d\end{aligned}", True)
    own = "\\begin{align}a\n\nb\\end{align}"
    assert mathematics._formula(block(own, nowrap=True)) == (own, True)


def test_without_mathjax_the_build_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("LOOKS_ALIGNED_NODE", str(tmp_path))
    with pytest.raises(RuntimeError, match=r"MathJax does not run: [^$]*Cannot find module"):
        mathematics.draw([("a", False)])
