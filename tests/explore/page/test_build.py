"""Does a build compute every sweep of every chapter first, saying how far it is?"""

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from looks_aligned.explore.page import build

SWEEPS = """
from toy_experiments.helpers import run_sweep

done = []

def sweep():
    done.extend(range(3))

def small_sweep(steps=150):
    done.append(steps)

def sweep_of(settings):
    raise AssertionError("its name does not end in sweep")
"""


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tmp_path / "toy_experiments"
    (folder / "chapter").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "helpers.py").write_text("def run_sweep():\n    raise AssertionError('it is no experiment')\n")
    (folder / "chapter" / "__init__.py").write_text("")
    (folder / "chapter" / "question.py").write_text(SWEEPS)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(build, "experiments", importlib.import_module("toy_experiments"))
    yield
    for name in [name for name in sys.modules if name.split(".")[0] == "toy_experiments"]:
        del sys.modules[name]


@pytest.mark.usefixtures("toy")
def test_every_sweep_of_every_chapter_is_computed_with_a_line_for_each(capsys):
    build.run_sweeps()
    assert sys.modules["toy_experiments.chapter.question"].done == [150, 0, 1, 2]
    assert capsys.readouterr().out.splitlines() == [
        "chapter.question.small_sweep: 0 s",
        "chapter.question.sweep: 0 s",
    ]


def test_the_build_runs_in_the_projects_folder():
    assert (build.ROOT / "_toc.yml").exists()
    assert (build.ROOT / "book").is_dir()


def commit(folder: Path, date: str) -> None:
    person = ["-c", "user.name=A reader", "-c", "user.email=reader@example.org"]
    environment = {"GIT_COMMITTER_DATE": date, "GIT_AUTHOR_DATE": date, "PATH": os.environ["PATH"]}
    for command in (["init", "--quiet"], [*person, "commit", "--quiet", "--allow-empty", "--message", "A page"]):
        subprocess.run(["git", *command], cwd=folder, env=environment, check=True)


def test_pages_state_the_last_commits_date(tmp_path):
    commit(tmp_path, "2026-11-20T12:00:00+0000")
    assert build.dated(tmp_path) == {"SOURCE_DATE_EPOCH": "1795176000"}


def test_outside_of_a_repository_there_is_no_date_to_hand_on(tmp_path, monkeypatch):
    assert build.dated(tmp_path) == {}
    monkeypatch.setenv("PATH", "")
    assert build.dated(tmp_path) == {}, "nor without git"
