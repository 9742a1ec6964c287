"""Build the book: first the sweeps, each with a progress line; then the pages."""

import importlib
import inspect
import os
import pkgutil
import subprocess
import sys
import time
from pathlib import Path

from looks_aligned import experiments

ROOT = Path(__file__).parents[4]
# What checks addresses for jsonschema compiles 38 grammars when it is imported, which takes longer than a page's cells.
# Nothing here asks jsonschema for that; where it cannot be imported, jsonschema does without.
JUPYTER_BOOK = "import sys; sys.modules['rfc3987_syntax'] = None; from jupyter_book.cli.main import main; main()"


def main() -> int:
    """Build into _build/html; returns jupyter-book's exit status."""
    run_sweeps()
    return build_pages(ROOT)


def build_pages(root: Path, *, builder: str = "html") -> int:
    """Build the book whose _config.yml, _toc.yml and book/ lie in `root`; any warning or failing cell is an error.

    Args:
        root: the book's folder.
        builder: "html" for the site; "linkcheck" to check its links instead.
    """
    command = [
        *(sys.executable, "-c", JUPYTER_BOOK, "build", "book", "--config", "_config.yml"),
        # A relative table of contents would be looked for in book/.
        *("--toc", str(root / "_toc.yml"), "--path-output", ".", "-n", "-W", "--keep-going"),
        *("--builder", builder),
    ]
    return subprocess.run(command, cwd=root, env=dated(root) | os.environ, check=False).returncode


def dated(root: Path) -> dict[str, str]:
    """The date that pages state, as tools agree to hand it on: the last commit's, so that a commit builds one book.

    Outside of a repository there is none to hand on, and pages state today's.
    """
    command = ["git", "log", "-1", "--format=%ct"]
    try:
        log = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    except FileNotFoundError:  # no git here
        return {}
    return {"SOURCE_DATE_EPOCH": log.stdout.strip()} if log.returncode == 0 else {}


def run_sweeps() -> None:
    """Compute every experiment's sweeps that are not in the cache yet: its functions whose names end in `sweep`."""
    prefix = f"{experiments.__name__}."
    for chapter in pkgutil.iter_modules(experiments.__path__, prefix):
        if not chapter.ispkg:
            continue
        package = importlib.import_module(chapter.name)
        for info in pkgutil.iter_modules(package.__path__, f"{chapter.name}."):
            module = importlib.import_module(info.name)
            for name, function in inspect.getmembers(module, inspect.isfunction):
                if name.endswith("sweep") and function.__module__ == info.name:
                    started = time.monotonic()
                    function()
                    print(f"{info.name.removeprefix(prefix)}.{name}: {time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
