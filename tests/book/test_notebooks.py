"""Does each chapter come as a clean notebook that has its cells, its words and the numbers of its run?"""

import ast
import json
import re
import time
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from benchmarks.classroom import WAIT_FOR_ALL, kernel, run
from looks_aligned.exercises.sealed import opened
from looks_aligned.explore.page.notebooks import MADE, digest
from tests.book.conftest import BUILD, PAGES, ROOT
from tests.explore.page.test_notebooks import RAW, code_of, text_of


def source_cells(page: str) -> list[tuple[str, str]]:
    """The tags and the code of each cell of a page's source, read without any of the tools that made the notebook."""
    text = (ROOT / "book" / f"{page}.md").read_text(encoding="utf-8")
    found = re.findall(r"^```\{code-cell\}[^\n]*\n((?::[^\n]*\n)*)\n?(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [(options, code.strip("\n")) for options, code in found]


CHAPTERS = tuple(page for page in PAGES if source_cells(page))


def made(site: Path, page: str) -> NotebookNode:
    return nbformat.read(str(site.parent / "notebooks" / f"{page}.ipynb"), as_version=4)


def sealed(notebook: NotebookNode) -> list[NotebookNode]:
    """The cells that hold a solution."""
    return [cell for cell in code_of(notebook) if re.search(r"\breveal\(", cell.source)]


def solution_in(cell: NotebookNode) -> str:
    """What such a cell shows."""
    return opened("".join(re.findall(r'^    "(.*)"$', cell.source, re.MULTILINE)))


def test_there_is_a_notebook_for_each_page_with_cells_and_no_other(site: Path) -> None:
    folder = site.parent / "notebooks"
    assert sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*.ipynb")) == sorted(
        f"{page}.ipynb" for page in CHAPTERS
    )


@pytest.mark.parametrize("page", CHAPTERS)
def test_a_chapters_notebook_is_valid_and_clean(page: str, site: Path) -> None:
    notebook = made(site, page)
    nbformat.validate(notebook)
    assert not [cell for cell in code_of(notebook) if cell.outputs or cell.execution_count is not None]
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    assert notebook.metadata[MADE]["digest"] == digest(notebook)
    assert not RAW.search(text_of(notebook)), RAW.search(text_of(notebook))


@pytest.mark.parametrize("page", CHAPTERS)
def test_a_chapters_notebook_has_each_of_its_cells_but_those_that_feed_the_prose(page: str, site: Path) -> None:
    shown = [code for options, code in source_cells(page) if "remove-cell" not in options or "in_prose(" not in code]
    cells = [
        cell.source for cell in code_of(made(site, page)) if not re.search(r"google\.colab|\breveal\(", cell.source)
    ]
    assert cells == shown
    for code in cells:
        ast.parse(code)


@pytest.mark.parametrize("page", CHAPTERS)
def test_a_notebook_has_every_solution_and_shows_none(page: str, site: Path) -> None:
    source = (ROOT / "book" / f"{page}.md").read_text(encoding="utf-8")
    solutions = re.findall(r":::\{admonition\} One solution\n:class: dropdown\n+(.*?)\n:::", source, re.DOTALL)
    notebook = made(site, page)
    told = nbformat.writes(notebook)
    every = [shown for cell in sealed(notebook) if "<summary>One solution" in (shown := solution_in(cell))]
    for shown, solution in zip(every, solutions, strict=True):
        (code,) = re.findall(r"```python\n(.*?)```", solution, re.DOTALL)
        assert code in shown
        assert shown.startswith("<details>\n<summary>One solution</summary>")
        own = [line for line in code.splitlines() if line and line not in source.replace(solution, "")]
        assert own
        assert not [line for line in own if line in told]


@pytest.mark.parametrize("page", CHAPTERS)
def test_the_numbers_of_a_chapters_notebook_are_those_of_the_run(page: str, site: Path) -> None:
    run = site.parent / "jupyter_execute" / f"{page}.glue.json"
    said = json.loads(run.read_text(encoding="utf-8")) if run.exists() else {}
    values = {name: ast.literal_eval(output["data"]["text/plain"]) for name, output in said.items()}
    source = (ROOT / "book" / f"{page}.md").read_text(encoding="utf-8")
    notebook = made(site, page)
    solutions = "\n".join(map(solution_in, sealed(notebook)))
    text = " ".join(line.removeprefix(">") for line in (text_of(notebook) + solutions).splitlines())
    text = " ".join(text.split())
    # What stands around each number, as far as it is words only: there its value must stand in the notebook.
    word = r"[A-Za-z,. ]"
    flat = " ".join(re.sub(r"```.*?^```$", "|", source, flags=re.MULTILINE | re.DOTALL).split())
    found = re.findall(rf"({word}*)\{{glue:text\}}`(\w+)`({word}*)", flat)
    assert len(found) == flat.count("{glue:text}") >= len(values) // 2
    for before, name, after in found:
        assert f"{before}{values[name]}{after}".strip() in text


@pytest.mark.alone
@pytest.mark.parametrize("page", ["proxy", "deceptive", "side_by_side"])
def test_the_first_figure_is_there_within_15_s_of_the_first_cell(
    page: str, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOKS_ALIGNED_CACHE", BUILD["LOOKS_ALIGNED_CACHE"])
    cells = [cell.source for cell in code_of(made(site, page))]
    first = next(place for place, cell in enumerate(cells) if re.search(r"^explore\(", cell, re.MULTILINE))
    with kernel() as (client, _):
        started = time.perf_counter()
        for cell in (*cells[: first + 1], WAIT_FOR_ALL):
            run(client, cell)
        assert time.perf_counter() - started <= 15
