"""A real JupyterLab in a real browser, and a second line to its kernel to ask what the browser cannot know."""

import json
import os
import re
import secrets
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from playwright.sync_api import Page, expect

PATIENCE = 90_000
"""Milliseconds for a whole chapter to run, from sweeps that are already there."""


SCROLL_ON = """(panel) => {
  panel.scrollBy(0, 400);
  return panel.scrollTop + panel.clientHeight < panel.scrollHeight - 1;
}"""
"""Tells whether there is more below."""


@dataclass
class Lab:
    address: str
    token: str
    folder: Path
    runtime: Path

    def open(self, page: Page, path: str) -> None:
        """Open a notebook by its address, and none that was open before, and wait until its cells are there."""
        page.goto(f"{self.address}/lab/tree/{path}?token={self.token}&reset")
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()

    def connection(self, path: str) -> Path:
        """Wait until a notebook that is open has its kernel; tells where to connect to it."""
        for _ in range(300):
            with urllib.request.urlopen(f"{self.address}/api/sessions?token={self.token}", timeout=30) as answer:
                kernels = [one["kernel"]["id"] for one in json.load(answer) if one["path"] == path]
            if kernels and (file := self.runtime / f"kernel-{kernels[0]}.json").exists():
                return file
            time.sleep(0.1)
        raise AssertionError(f"JupyterLab has started no kernel for {path}")

    def kernel(self, path: str) -> BlockingKernelClient:
        """A second connection to the kernel of a notebook that is open."""
        client = BlockingKernelClient(connection_file=str(self.connection(path)))
        client.load_connection_file()
        client.hb_channel.time_to_dead = 60  # a kernel that imports beats late on a busy machine
        client.start_channels()
        client.wait_for_ready(timeout=60)
        return client

    def run_all(self, page: Page, path: str, cells: int, before: str = "") -> BlockingKernelClient:
        """Choose Run All Cells in the menu; gives a connection to the kernel when so many cells have run.

        Before, the kernel runs what is to be run before the first cell.

        The kernel counts the cells that ran. A cell that raises ends the run, so the count says that none did.
        """
        kernel = self.kernel(path)
        kernel.execute_interactive(before, timeout=60, store_history=False)
        asked(kernel, "'ready'")
        page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        ran = 0
        for _ in range(PATIENCE // 1000):
            if (ran := int(asked(kernel, "get_ipython().execution_count - 1"))) == cells:
                return kernel
            page.wait_for_timeout(1000)
        raise AssertionError(f"{ran} of {cells} cells ran")


@contextmanager
def started(command: Sequence[str], folder: Path, home: Path, environment: dict[str, str]) -> Iterator[Lab]:
    """A JupyterLab on a folder.

    Args:
        command: what starts it, without its address.
        folder: what it opens.
        home: a folder for whatever it writes down.
        environment: added to this process's.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(8)
    runtime = home / "runtime"
    command = [
        *(*command, "--no-browser", "--allow-root", f"--port={port}"),
        *(f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}"),
    ]
    environment = os.environ | {"HOME": str(home), "JUPYTER_RUNTIME_DIR": str(runtime)} | environment
    with (
        (home / "log").open("w") as log,
        subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log) as server,
    ):
        address = f"http://127.0.0.1:{port}"
        for _ in range(120):
            time.sleep(0.5)
            try:
                urllib.request.urlopen(f"{address}/api?token={token}", timeout=5).close()
                break
            except OSError:
                assert server.poll() is None, (home / "log").read_text()
        yield Lab(address, token, folder, runtime)
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:  # an open page can keep it
            server.kill()


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


def explorer(page: Page, name: str) -> Any:
    """Scroll to an explorer, skip its question if it asks one, and wait until its figure is drawn."""
    # JupyterLab hides what is far from view, and a figure that grows moves the others.
    group = page.get_by_role("group", name=name, exact=True, include_hidden=True)
    scroll_to(page, group)
    group.locator(":is(.explorer-plot[data-positions], button:text-is('Skip')):visible").first.wait_for()
    if (skip := group.get_by_role("button", name="Skip")).is_visible():
        skip.click()
    group.locator(".explorer-plot[data-positions]").wait_for()
    return group


def move_first(group: Any, grid: dict[str, Any]) -> None:
    """Move an explorer's first control to an end where it does not start, and wait for that figure."""
    first = grid["controls"][0]
    start, last = grid["defaults"][first["name"]], len(first["labels"]) - 1
    key, position = ("End", last) if start != last else ("Home", 0)
    if first["kind"] == "switch":
        key, position = "Space", 1 - start
    control = group.get_by_label(first["label"], exact=True)
    control.focus()
    control.press(key)
    moved = re.compile(rf"^{position}(,|$)")
    expect(group.locator(".explorer-plot")).to_have_attribute("data-positions", moved, timeout=PATIENCE)


def scroll_to(page: Page, group: Any) -> None:
    """JupyterLab keeps far cells out of the document: scroll on, and once from the top, until the explorer is in it."""
    notebook = page.locator(".jp-WindowedPanel-outer").first
    for _ in range(2):
        below = True
        while not (found := group.count() and group.first.is_visible()) and below:
            below = notebook.evaluate(SCROLL_ON)
            page.wait_for_timeout(150)
        if found:
            group.first.scroll_into_view_if_needed()
            return
        notebook.evaluate("(panel) => panel.scrollTo(0, 0)")
    raise AssertionError("no such explorer in the notebook")
