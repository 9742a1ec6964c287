"""Is a page executed again exactly when its cells, or the code that they run, have changed?"""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from looks_aligned.explore.page import build, execution
from looks_aligned.explore.page.execution import code_of

PAGE = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  name: python3
  display_name: Python 3 (ipykernel)
  language: python
---

# A page

```{{code-cell}} ipython3
:tags: [hide-input]
{imports}

with open({log!r}, "a") as file:
    file.write("{name} ")
```
"""


def page(imports: str, name: str = "", log: str = "") -> str:
    return PAGE.format(imports=imports, name=name, log=log)


@pytest.mark.parametrize(
    ("imports", "modules"),
    [
        ("from looks_aligned.causal import Diagram", {"looks_aligned.causal"}),
        ("import looks_aligned.progress", {"looks_aligned.progress"}),
        ("from looks_aligned.drawing import style", {"looks_aligned.drawing", "looks_aligned.drawing.style"}),
        ("import numpy as np\nfrom math import pi", set()),
    ],
)
def test_it_is_the_code_of_what_the_cells_import(imports: str, modules: set[str], monkeypatch) -> None:
    asked = set()
    monkeypatch.setattr(execution, "_digest", lambda module: asked.add(module) or module)
    code_of(page(imports))
    assert asked == modules


def test_it_changes_with_that_code_and_with_the_pins_and_with_no_words(tmp_path, monkeypatch) -> None:
    codes, source = {"looks_aligned.causal": "1"}, page("from looks_aligned.causal import Diagram")
    pins = tmp_path / "requirements.txt"
    monkeypatch.setattr(execution, "_digest", codes.__getitem__)
    monkeypatch.setattr(execution, "PINS", pins)
    found = [code_of(source)]
    codes["looks_aligned.causal"] = "2"
    found.append(code_of(source))
    pins.write_text("numpy==1")
    found.append(code_of(source))
    assert len({*found}) == 3
    assert code_of(source.replace("# A page", "# Another title")) == found[-1]


def test_a_build_executes_again_only_the_page_whose_code_has_changed(tmp_path, monkeypatch) -> None:
    log, package = tmp_path / "log", tmp_path / "src"
    package.mkdir()
    (package / "looks_aligned").symlink_to(build.ROOT / "src" / "looks_aligned")
    root = tmp_path / "root"
    (root / "book").mkdir(parents=True)
    (root / "_config.yml").write_text((build.ROOT / "_config.yml").read_text())
    (root / "book" / "references.bib").write_text("")
    (root / "_toc.yml").write_text("format: jb-book\nroot: one\nchapters:\n  - file: two\n")
    for name, imports in (("one", "import looks_aligned.progress"), ("two", "import looks_aligned.worlds.maps")):
        (root / "book" / f"{name}.md").write_text(page(imports, name, str(log)))
    build_again(root, {})
    assert sorted(log.read_text().split()) == ["one", "two"]
    build_again(root, {})
    assert len(log.read_text().split()) == 2
    build_again(root, {"looks_aligned.worlds.maps": "changed"})
    assert log.read_text().split()[2:] == ["two"]


def build_again(root: Path, changed: dict[str, str]) -> None:
    """Build, as if the code of these modules had changed."""
    code = (
        "import sys; from pathlib import Path; from looks_aligned.explore.page import execution; "
        f"old, changed = execution._digest, {changed!r}; "
        "execution._digest = lambda module: changed.get(module) or old(module); "
        "from sphinx.cmd.build import main; "
        "from jupyter_book.cli.main import main as book; "
        f"sys.argv = ['jupyter-book', 'build', 'book', '--config', '_config.yml', '--toc', {str(root / '_toc.yml')!r}, "
        "'--path-output', '.']; book()"
    )
    made = subprocess.run([sys.executable, "-c", code], cwd=root, env=os.environ, capture_output=True, text=True)
    assert made.returncode == 0, made.stdout[-3000:] + made.stderr[-3000:]


def test_pages_are_executed_side_by_side(tmp_path) -> None:
    connected: dict[str, object] = {}
    silent, against = SimpleNamespace(parallel_read_safe=None), SimpleNamespace(parallel_read_safe=False)
    app: Any = SimpleNamespace(
        connect=connected.__setitem__, extensions={"one": silent, "two": against}, outdir=str(tmp_path / "html")
    )
    getattr(execution.setup, "__wrapped__", execution.setup)(app)
    assert app.parallel == os.cpu_count()
    config: Any = SimpleNamespace()
    getattr(execution._configure, "__wrapped__", execution._configure)(app, config)
    assert silent.parallel_read_safe
    assert not against.parallel_read_safe, "an extension's own word counts"
    assert config.nb_execution_cache_path == str(tmp_path / "executed")
    assert (tmp_path / "executed" / "global.db").exists(), "made before pages ask for it side by side"
