"""Pages are executed side by side, each only if its cells have changed, or the code that they run."""

import ast
import hashlib
import importlib.util
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jupyter_cache import get_cache
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from looks_aligned import __version__
from looks_aligned.experiments.sweeps import code_digest

CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
KERNEL = re.compile(r"^  display_name: .*$", re.MULTILINE)
PINS = Path(__file__).parents[4] / "requirements.txt"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.parallel = os.cpu_count() or 1
    app.connect("config-inited", _configure)
    app.connect("env-get-outdated", _outdated)
    app.connect("source-read", _key)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}


def code_of(page: str) -> str:
    """A digest of all code of this package that a page's cells run, and of the pinned libraries.

    Args:
        page: its source.
    """
    digest = hashlib.sha256(PINS.read_bytes() if PINS.exists() else b"")
    for module in sorted({module for cell in CELL.findall(page) for module in _imported(cell)}):
        digest.update(_digest(module).encode())
    return digest.hexdigest()[:16]


_digest = cache(code_digest)  # a build does not change the code that it runs


def _imported(cell: str) -> Iterator[str]:
    """The modules of this package that a cell imports."""
    code = re.sub(r"^:.*$", "", cell, flags=re.MULTILINE)  # without its options
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("looks_aligned"))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("looks_aligned"):
            parent = str(node.module)
            yield parent
            if getattr(importlib.util.find_spec(parent), "submodule_search_locations", None):
                named = (f"{parent}.{alias.name}" for alias in node.names)
                yield from (name for name in named if importlib.util.find_spec(name))


def _configure(app: Sphinx, config: Config) -> None:
    config.nb_execution_cache_path = str(Path(app.outdir).parent / "executed")
    # Pages read side by side would each find no cache and make it, and all but the first would fail.
    assert get_cache(config.nb_execution_cache_path).db
    # Two of Jupyter Book's own do not say whether pages may be read side by side. They work on the contents alone.
    for extension in app.extensions.values():
        if extension.parallel_read_safe is None:
            extension.parallel_read_safe = True


def _outdated(app: Sphinx, environment: BuildEnvironment, added: set[str], *_: set[str]) -> list[str]:
    """Pages that were read with other code."""
    before = getattr(environment, "looks_aligned_code", {})
    pages = {page: Path(environment.doc2path(page)) for page in environment.found_docs}
    now = {page: code_of(path.read_text(encoding="utf-8")) for page, path in pages.items()}
    environment.looks_aligned_code = now  # type: ignore[attr-defined]
    return [page for page, code in now.items() if page not in added and before.get(page) != code]


def _key(app: Sphinx, page: str, source: list[str]) -> None:
    """Let the cache of executed pages, which goes by their cells and their kernel, go by the code as well."""
    code = code_of(source[0])
    # Within a line: pages' lines are counted in what is said of faults.
    source[0] = KERNEL.sub(lambda name: f"{name[0]} {code}", source[0], count=1)
