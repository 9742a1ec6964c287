"""Does the build fail where a reader would find the book wrong?"""

import ast
import re
import shutil
from pathlib import Path

import pytest

from looks_aligned.explore.page.build import build_pages
from tests.book.conftest import BUILD, ROOT

FRONT = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# A page

"""
CELL = """```{{code-cell}} ipython3
{0}
```
"""
EXPLORER = """import plotly.graph_objects as go
from looks_aligned.explore import explore

def curve(power):
    return go.Figure(go.Scatter(y={0}))

explore(curve, power=(1, 3))"""

BROKEN = {
    "a raising cell": (CELL.format("raise RuntimeError('the cell failed')"), "the cell failed"),
    "a number that is not finite": (CELL.format(EXPLORER.format("[1.0, float('nan')]")), "curve at power=1"),
    "a structure that changes": (CELL.format(EXPLORER.format("[1.0, 2.0] if power < 3 else None")), "power=3"),
    "a setting the function does not take": (
        CELL.format(EXPLORER.format("[1.0, 2.0]").replace("power=(1, 3))", "powder=(1, 3))")),
        "powder",
    ),
}
MISSPELT = {
    "a reference to nothing": ("See {ref}`nowhere`.", "nowhere"),
    "a word that the glossary lacks": ("A {term}`mesa-nothing`.", "mesa-nothing"),
    "a formula that is none": (r"$\frac{1}{$", "Missing close brace"),
    "a stale include": ("```{literalinclude} ../src/gone.py\n```", "gone.py"),
}


def small_book(folder: Path, text: str) -> Path:
    """A book of one page, with the real book's settings."""
    shutil.copy(ROOT / "_config.yml", folder)
    (folder / "book").mkdir()
    shutil.copy(ROOT / "book" / "references.bib", folder / "book")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: index\n")
    (folder / "book" / "index.md").write_text(FRONT + text)
    return folder


@pytest.mark.parametrize("fault", BROKEN)
def test_the_build_fails_and_says_why(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, value in BUILD.items():
        monkeypatch.setenv(name, value)
    text, reason = BROKEN[fault]
    assert build_pages(small_book(tmp_path, text)) != 0
    printed = capfd.readouterr()
    assert reason in printed.out + printed.err


def test_the_build_fails_and_names_all_that_is_misspelt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, value in BUILD.items():
        monkeypatch.setenv(name, value)
    assert build_pages(small_book(tmp_path, "\n\n".join(text for text, _ in MISSPELT.values()))) != 0
    printed = "".join(capfd.readouterr())
    assert [reason for _, reason in MISSPELT.values() if reason not in printed] == []


def test_a_page_without_faults_builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in BUILD.items():
        monkeypatch.setenv(name, value)
    number = "from looks_aligned.explore.prose import in_prose\nin_prose(half='50 %')"
    text = CELL.format(EXPLORER.format("[1.0, 2.0**power]")) + CELL.format(number) + "Of it, {glue:text}`half`."
    assert build_pages(small_book(tmp_path, text)) == 0
    html = (tmp_path / "_build" / "html" / "index.html").read_text(encoding="utf-8")
    assert 'id="curve"' in html
    assert re.search(r"Of it, (<[^>]*>)*50\xa0%", html), "a run's numbers are typeset like the others"


@pytest.mark.parametrize("page", sorted((ROOT / "book").rglob("*.md")), ids=lambda page: page.stem)
def test_every_included_function_is_still_there(page: Path) -> None:
    includes = re.findall(r"```\{literalinclude\} (\S+)\n((?::\S+:.*\n)*)", page.read_text(encoding="utf-8"))
    for path, options in includes:
        source = (page.parent / path).resolve()
        assert source.is_file(), f"{page.name} includes {path}, which is gone"
        wanted = re.search(r":pyobject: (\S+)", options)
        assert wanted, f"{page.name}: name the function that {path} is included for"
        names = {
            f"{prefix}{node.name}"
            for outer in [ast.parse(source.read_text(encoding="utf-8"))]
            for parent, prefix in [
                (outer, ""),
                *((kind, f"{kind.name}.") for kind in outer.body if isinstance(kind, ast.ClassDef)),
            ]
            for node in parent.body
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
        }
        assert wanted[1] in names, f"{page.name} includes {wanted[1]}, which {path} no longer has"
