"""The built book, served in the ways readers open it, and a browser to open it in."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from looks_aligned.explore.page import serve
from looks_aligned.explore.page.browser import launched

ROOT = Path(__file__).parents[2]
PAGES = tuple(re.findall(r"(?:root|file): (\S+)", (ROOT / "_toc.yml").read_text()))
BUILD = {"LOOKS_ALIGNED_CACHE": str(ROOT / "_build" / "sweeps"), "LOOKS_ALIGNED_NODE": str(ROOT / "_build" / "node")}


@pytest.fixture(scope="session")
def site() -> Path:
    """The book, built as `make html` builds it; takes minutes if its sweeps have to run."""
    command = [sys.executable, "-m", "looks_aligned.explore.page.build"]
    folder, run = ROOT / "_build", os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    folder.mkdir(exist_ok=True)
    tested = folder / "tested"
    with FileLock(folder / "tested.lock"):  # the first worker builds, and the others have nothing to do
        if not tested.exists() or tested.read_text(encoding="utf-8") != run:
            done = subprocess.run(
                command, cwd=ROOT, env=os.environ | BUILD, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
            tested.write_text(run, encoding="utf-8")
    return folder / "html"


@pytest.fixture(scope="session")
def addresses(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Where the book is: over http, under a sub-path, and as files."""
    parent = tmp_path_factory.mktemp("served")
    (parent / "some" / "where").mkdir(parents=True)
    (parent / "some" / "where" / "book").symlink_to(site)
    servers = [serve.bound(folder, 0) for folder in (site, parent)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    root, below = (f"http://127.0.0.1:{server.server_port}" for server in servers)
    yield {"http": root, "sub-path": f"{below}/some/where/book", "file": site.as_uri()}
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with launched() as one:
        yield one


KEEPS_NOTHING = """
    for (const name of ["getItem", "setItem", "removeItem"]) {
      const real = Storage.prototype[name];
      Storage.prototype[name] = function (key, ...rest) {
        if (key.startsWith("looks-aligned")) throw new Error("no room");
        return real.call(this, key, ...rest);
      };
    }
"""
"""Run before a page's own scripts, it makes a browser that keeps nothing for the book; for others it does."""


@dataclass
class Reader:
    """A page in a browser, and what went wrong in it."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def scroll_through(self) -> None:
        """Scroll to each figure in turn, so that every one is drawn."""
        for host in self.page.locator(".explorer-host").all():
            self.figure(host.get_attribute("id") or "")

    def figure(self, name: str) -> Any:
        """Scroll to a figure, skip its question if it asks one, and wait until it is drawn."""
        host = self.page.locator(f"#{name}")
        host.scroll_into_view_if_needed()
        host.locator(".explorer").wait_for()
        skip = host.get_by_role("button", name="Skip")
        if skip.is_visible():
            skip.click()
        host.locator(".explorer-plot[data-positions]").wait_for()
        return host


Opener = Callable[..., Reader]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Opener]:
    """Open an address, watching requests, the console and uncaught errors; fails at the end if anything complained."""
    contexts: list[BrowserContext] = []
    readers: list[Reader] = []

    def opener(address: str, *, tolerate: str = "", **context: Any) -> Reader:
        contexts.append(browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **context}))
        contexts[-1].set_default_timeout(20_000)
        reader = Reader(contexts[-1].new_page())
        reader.page.on("request", lambda request: reader.requests.append(request.url))

        def complain(kind: str, text: str) -> None:
            if not (tolerate and re.search(tolerate, text)):
                reader.complaints.append(f"{kind}: {text}")

        def hear(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                complain(message.type, message.text)

        reader.page.on("console", hear)
        reader.page.on("pageerror", lambda error: complain("uncaught", str(error)))
        reader.page.goto(address)
        readers.append(reader)
        return reader

    yield opener
    for context in contexts:
        context.close()
    assert [complaint for reader in readers for complaint in reader.complaints] == []


def grid_of(site: Path, page: str, name: str) -> dict[str, Any]:
    """A figure's baked grid, read from its side file."""
    html = (site / f"{page}.html").read_text(encoding="utf-8")
    found = re.search(rf'id="{name}" data-grid="([^"]+)"', html)
    assert found, f"{page}.html has no figure {name}"
    text = (site / page).parent.joinpath(found[1]).read_text(encoding="utf-8")
    return json.loads(text[text.index("`") + 1 : text.rindex("`")])


def explorers_of(site: Path, page: str) -> list[str]:
    """The names of a page's figures that have controls."""
    html = (site / f"{page}.html").read_text(encoding="utf-8")
    names = re.findall(r'class="explorer-host" id="([^"]+)"', html)
    return [name for name in names if grid_of(site, page, name)["controls"]]
