"""Does a runner know beforehand which cells take long?"""

from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.book.conftest import BUILD, PAGES, ROOT

CHAPTERS = tuple(page for page in PAGES if "{code-cell}" in (ROOT / "book" / f"{page}.md").read_text(encoding="utf-8"))
LONG = 1.0
"""Seconds of processor time."""
PROBE = """\
for one in list(__import__("ipywidgets.widgets.widget").widgets.widget._instances.values()):
    if hasattr(one, "figures_drawn"):
        one.wait(60)
print(__import__("time").process_time())"""


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_beside_each_cell_that_takes_long_stands_how_long(
    chapter: str, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in BUILD.items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.read(str(site.parent / "notebooks" / f"{chapter}.ipynb"), as_version=4)
    told, cells = {}, [nbformat.v4.new_code_cell(PROBE)]
    for before, cell in zip([None, *notebook.cells], notebook.cells, strict=False):
        if cell.cell_type == "code":
            last = before.source.rstrip().splitlines()[-1] if before is not None and before.source else ""
            told[len(cells)] = 'class="runtime"' in last
            cells += [cell, nbformat.v4.new_code_cell(PROBE)]
    notebook.cells = cells
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    spent = [float(cells[place].outputs[-1].text) for place in range(0, len(cells), 2)]
    assert len(spent) == len(told) + 1
    for place, (before, after) in zip(told, pairwise(spent), strict=True):
        assert told[place] or after - before < LONG, f"{after - before:.1f} s:\n{cells[place].source}"
