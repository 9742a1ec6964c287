"""Find a Chromium to test in: one already here, else playwright's own, else Debian's."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Error, sync_playwright

# The first has no windows, tabs and buttons to draw, which nobody sees; pages are there in two thirds of the time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without these, Chromium looks for its maker's servers at every start.
QUIET = (
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"),
    *("--no-first-run", "--disable-gpu", "--no-sandbox"),
)
HELP = (
    "No Chromium to test in: run `.venv/bin/playwright install chromium`, "
    "or `sudo apt-get install chromium-headless-shell`, or `sudo apt-get install chromium`."
)


def find() -> str | None:
    """The path of a Chromium that is here, or None."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    try:
        with sync_playwright() as playwright:
            own = playwright.chromium.executable_path
    except Error:
        return None
    return own if Path(own).exists() else None


def install() -> str:
    """Find a Chromium, or install one; exits with one line of help where none can be had."""
    attempts = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get"):
        root = [] if os.geteuid() == 0 else ["sudo", "-n"]
        attempts += [[*root, "apt-get", "update"]]
        attempts += [[*root, "apt-get", "install", "--yes", name] for name in NAMES[:2]]
    for attempt in attempts:
        if path := find():
            return path
        print("no Chromium yet:", " ".join(attempt), flush=True)
        subprocess.run(attempt, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if path := find():
        return path
    sys.exit(HELP)


@contextmanager
def launched() -> Iterator[Browser]:
    """A headless Chromium; fails, and never skips, where there is none."""
    path = find()
    if path is None:
        raise RuntimeError(HELP)
    with sync_playwright() as playwright:
        own = path == playwright.chromium.executable_path  # beside which it has one without windows, and starts that
        browser = playwright.chromium.launch(executable_path=None if own else path, args=list(QUIET))
        yield browser
        browser.close()


if __name__ == "__main__":
    print(f"testing in {install()}")
