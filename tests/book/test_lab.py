"""Does a chapter work as a notebook, in a real JupyterLab, with a real kernel, and say which cells take long?"""

import base64
import json
import shutil
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from looks_aligned.explore.baking import figure_at
from looks_aligned.explore.page.notebooks import hand_out
from tests.book.conftest import BUILD, PAGES, ROOT, explorers_of, grid_of
from tests.book.lab import Lab, asked, count_drawn, explorer, move_first, started

CHAPTERS = tuple(page for page in PAGES if "{code-cell}" in (ROOT / "book" / f"{page}.md").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def lab(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab as `make lab` starts it, on the notebooks that a reader gets and a copy of their sources."""
    home = tmp_path_factory.mktemp("lab")
    assert [*hand_out(site.parent / "notebooks", home / "notebooks")] == [
        f"{page}.ipynb: new" for page in sorted(CHAPTERS)
    ]
    shutil.copytree(ROOT / "book", home / "book")
    shutil.copy(ROOT / "jupytext.toml", home)
    command = [str(ROOT / "binder" / "start"), str(Path(sys.executable).with_name("jupyter")), "lab"]
    with started(command, home, home, BUILD) as lab:
        yield lab


def baked_numbers(grid: dict[str, Any], positions: list[int], place: int) -> np.ndarray:
    """The y values of one trace in one state of a baked grid."""
    names = [control["name"] for control in grid["controls"]]
    value = figure_at(grid, dict(zip(names, positions, strict=True)))["data"][place]["y"]
    return np.frombuffer(base64.b64decode(value["bdata"]), dtype=value["dtype"])


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


LONG = 1.0
"""Seconds of a kernel's processor time after which a page says beforehand how long a cell takes."""
CLOCK = """\
def spend():
    for one in list(__import__("ipywidgets.widgets.widget").widgets.widget._instances.values()):
        if hasattr(one, "figures_drawn"):
            one.wait(60)
    get_ipython().spent.append(__import__("time").process_time())
get_ipython().spent = []
spend()
get_ipython().events.register("post_run_cell", lambda result: spend() if result.info.store_history else None)"""
"""Notes after each cell how much of the processor's time the kernel has had, when its explorers have drawn."""


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_runs_top_to_bottom_in_jupyterlab_and_its_sliders_recompute(
    chapter: str, lab: Lab, site: Path, page: Page
) -> None:
    outside: list[str] = []
    page.on("request", lambda request: outside.append(request.url) if "//127.0.0.1" not in request.url else None)
    path = f"notebooks/{chapter}.ipynb"
    lab.open(page, path)
    notebook = nbformat.read(str(lab.folder / path), as_version=4)
    cells = [(place, cell) for place, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    kernel = lab.run_all(page, path, len(cells), before=CLOCK)
    spent = json.loads(asked(kernel, "get_ipython().spent"))
    for (place, cell), (before, after) in zip(cells, pairwise(spent), strict=True):
        said = place > 0 and notebook.cells[place - 1].source.rstrip().splitlines()[-1:]
        told = said and 'class="runtime"' in said[0]
        assert told or after - before < LONG, f"{after - before:.1f} s, and nothing says so:\n{cell.source}"
    group = None
    for name in explorers_of(site, chapter):
        grid = grid_of(site, chapter, name)
        before = count_drawn(kernel, name)
        group = explorer(page, name)
        move_first(group, grid)
        assert count_drawn(kernel, name) > before, "the kernel must have computed the figure anew"
        positions = [
            int(part) for part in (group.locator(".explorer-plot").get_attribute("data-positions") or "").split(",")
        ]
        for place, trace in enumerate(grid["template"]["data"]):
            if not isinstance(trace.get("y"), dict) and not any(
                change["path"] == ["data", place, "y"] for leaf in grid["leaves"] for change in leaf["changes"]
            ):
                continue
            shown = group.locator(".explorer-plot").evaluate(
                "(plot, place) => Array.from(plot._fullData[place].y ?? [], (value) => value ?? NaN)", place
            )
            try:
                baked = baked_numbers(grid, positions, place)
            except TypeError:  # lists with gaps; the seeds' band is not recomputed
                continue
            assert np.asarray(shown, dtype=float) == pytest.approx(baked, abs=1e-5)
    if group:
        assert_fills_the_window_and_goes_back(page, group)
    kernel.stop_channels()
    assert [url for url in outside if url.startswith("http")] == []
    assert page.get_by_text("Jupyter news").count() == 0, "nor does Lab ask to fetch some"


def assert_fills_the_window_and_goes_back(page: Page, group: Any) -> None:
    """What a page can do, a notebook can, although Jupyter has keys of its own."""
    small = group.locator(".explorer-plot").evaluate("(plot) => plot.clientWidth")
    group.get_by_role("button", name="Present").click()
    stage = page.locator("dialog[open]")
    expect(stage.locator(".explorer-plot .main-svg").first).to_be_visible()
    assert stage.evaluate("(stage) => stage.clientWidth") >= 1270
    width = stage.locator(".explorer-plot").evaluate("(plot) => plot.getBoundingClientRect().width")
    assert small < width <= 1280
    page.keyboard.press("Escape")
    expect(stage).to_have_count(0)
    expect(group.locator(".explorer-plot .main-svg").first).to_be_visible()


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_an_author_can_open_a_chapters_source_and_saving_it_does_not_rewrite_it(
    chapter: str, lab: Lab, page: Page
) -> None:
    lab.open(page, f"book/{chapter}.md")
    lab.connection(f"book/{chapter}.md")  # JupyterLab writes down which kernel it has
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
    source = lab.folder / "book" / f"{chapter}.md"
    untouched, saved = source.read_text(encoding="utf-8"), source.stat().st_mtime
    page.locator(".jp-Notebook .jp-Cell").first.click()
    with page.expect_response(
        lambda answer: answer.request.method == "PUT" and "/api/contents/" in answer.url
    ) as answer:  # until the server has answered, the file may be half-written
        for key in ("Escape", "b", "d", "d", "Control+s"):  # a new cell, and away with it: there is something to save
            page.keyboard.press(key)
    assert answer.value.ok
    assert source.stat().st_mtime > saved, "it was not saved"
    assert source.read_text(encoding="utf-8") == untouched
