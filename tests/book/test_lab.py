"""Does a chapter work as a notebook, in a real JupyterLab, with a real kernel?"""

import base64
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from playwright.sync_api import Browser, Page, expect

from looks_aligned.explore.baking import figure_at
from tests.book.conftest import BUILD, PAGES, ROOT, explorers_of, grid_of

CHAPTERS = tuple(page for page in PAGES if "{code-cell}" in (ROOT / "book" / f"{page}.md").read_text(encoding="utf-8"))
PATIENCE = 90_000
"""Milliseconds for a whole chapter to run, from sweeps that are already there."""


@dataclass
class Lab:
    address: str
    token: str
    folder: Path
    runtime: Path

    def kernel(self) -> BlockingKernelClient:
        """A second connection to the newest kernel, to ask it what the browser cannot know."""
        for _ in range(300):
            if files := sorted(self.runtime.glob("kernel-*.json"), key=lambda one: one.stat().st_mtime):
                break
            time.sleep(0.1)
        else:
            raise AssertionError("JupyterLab has started no kernel")
        file = files[-1]
        client = BlockingKernelClient(connection_file=str(file))
        client.load_connection_file()
        client.start_channels()
        return client


@pytest.fixture(scope="module")
def lab(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab as `make lab` starts it, on a copy of the book's sources."""
    home = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "book", home / "book")
    shutil.copy(ROOT / "jupytext.toml", home)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(8)
    environment = (
        os.environ
        | BUILD
        | {
            "HOME": str(home),
            "JUPYTER_CONFIG_PATH": str(ROOT / "binder"),
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        }
    )
    command = [
        *(str(Path(sys.executable).with_name("jupyter")), "lab", "--no-browser", "--allow-root"),
        *(f"--port={port}", f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={home}"),
    ]
    with (home / "log").open("w") as log, subprocess.Popen(command, env=environment, stdout=log, stderr=log) as server:
        address = f"http://127.0.0.1:{port}"
        for _ in range(120):
            time.sleep(0.5)
            try:
                urllib.request.urlopen(f"{address}/api?token={token}", timeout=5).close()
                break
            except OSError:
                assert server.poll() is None, (home / "log").read_text()
        yield Lab(address, token, home / "book", home / "runtime")
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:  # an open page can keep it
            server.kill()


def run_all(page: Page, lab: Lab, chapter: str) -> BlockingKernelClient:
    """Open a chapter by its address and choose Run All Cells in the menu; gives a connection to its kernel.

    The kernel counts the cells that ran. A cell that raises ends the run, so the count says that none did.
    """
    page.goto(f"{lab.address}/lab/tree/book/{chapter}.md?token={lab.token}")
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    kernel = lab.kernel()
    asked(kernel, "'ready'")
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    cells = (lab.folder / f"{chapter}.md").read_text(encoding="utf-8").count("```{code-cell}")
    ran = 0
    for _ in range(PATIENCE // 1000):
        if (ran := int(asked(kernel, "get_ipython().execution_count - 1"))) == cells:
            return kernel
        page.wait_for_timeout(1000)
    raise AssertionError(f"{ran} of {cells} cells of {chapter} ran")


def asked(kernel: BlockingKernelClient, expression: str) -> str:
    """What the kernel prints of an expression, without counting as a cell."""
    printed: list[str] = []

    def hear(message: dict[str, Any]) -> None:
        if message["msg_type"] == "stream":
            printed.append(message["content"]["text"])

    kernel.execute_interactive(f"print({expression})", output_hook=hear, timeout=60, store_history=False)
    return "".join(printed)


def count_drawn(kernel: BlockingKernelClient, name: str) -> int:
    """How many figures the kernel has computed for the explorer of that name."""
    widgets = "__import__('ipywidgets.widgets.widget').widgets.widget._instances.values()"
    found = f"[one for one in list({widgets}) if getattr(one, 'label', None) == {name!r}]"
    return int(asked(kernel, f"sum(one.wait(120.0).figures_drawn for one in {found})"))


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


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_runs_top_to_bottom_in_jupyterlab_and_its_sliders_recompute(
    chapter: str, lab: Lab, site: Path, page: Page
) -> None:
    outside: list[str] = []
    page.on("request", lambda request: outside.append(request.url) if "//127.0.0.1" not in request.url else None)
    kernel = run_all(page, lab, chapter)
    for name in explorers_of(site, chapter):
        grid = grid_of(site, chapter, name)
        group = page.get_by_role("group", name=name, exact=True)
        scroll_to(page, group)
        group.locator(".explorer-plot[data-positions]").wait_for()
        before = count_drawn(kernel, name)
        slider = group.locator("input[type=range]").first
        slider.focus()
        slider.press("Home")
        expect(group.locator(".explorer-plot")).to_have_attribute("data-positions", re.compile("^0,"), timeout=PATIENCE)
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
    kernel.stop_channels()
    source = lab.folder / f"{chapter}.md"
    untouched, saved = (ROOT / "book" / f"{chapter}.md").read_text(encoding="utf-8"), source.stat().st_mtime
    page.keyboard.press("Control+s")
    for _ in range(100):
        page.wait_for_timeout(100)
        if source.stat().st_mtime > saved:
            break
    assert source.read_text(encoding="utf-8") == untouched, "saving a chapter must not rewrite it"
    assert [url for url in outside if url.startswith("http")] == []


def scroll_to(page: Page, group: Any) -> None:
    """JupyterLab keeps far cells out of the document: scroll until the explorer is in it."""
    notebook = page.locator(".jp-WindowedPanel-outer").first
    notebook.evaluate("(panel) => panel.scrollTo(0, 0)")
    for _ in range(80):
        if group.count() and group.first.is_visible():
            group.first.scroll_into_view_if_needed()
            return
        notebook.evaluate("(panel) => panel.scrollBy(0, 400)")
        page.wait_for_timeout(150)
    raise AssertionError("no such explorer in the notebook")
