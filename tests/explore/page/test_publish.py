"""Is the notebooks' branch one commit of all that a reader needs, and is the checkout left as it was?"""

import subprocess
import sys
from pathlib import Path

import pytest

from looks_aligned.experiments import sweeps
from looks_aligned.experiments.sweeps import CACHE_VARIABLE
from looks_aligned.explore.page.publish import gather, push


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Author", "-c", "user.email=author@example.org")
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project whose book is built, and a bare repository as its origin."""
    root = tmp_path / "project"
    for name, text in {
        ".gitignore": "/_build/\n/sweeps/\n",
        "CITATION.cff": "",
        "LICENSE": "",
        "Makefile": "",
        "pyproject.toml": "",
        "binder/start": "#!/bin/sh\n",
        "src/package/code.py": "value = 1\n",
        "src/package/__pycache__/code.pyc": "",
        "_build/notebooks/page.ipynb": "{}",
        "_build/notebooks/.made": "",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / "binder" / "start").chmod(0o755)
    module = "looks_aligned.worlds.maze"
    entry = root / "_build" / "sweeps" / f"{module}.run_all" / sweeps.code_digest(module) / sweeps.libraries() / "ab12"
    entry.parent.mkdir(parents=True)
    entry.write_bytes(b"result")
    monkeypatch.setenv(CACHE_VARIABLE, str(root / "_build" / "sweeps"))
    git(tmp_path, "init", "--quiet", "--bare", "origin.git")
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "remote", "add", "origin", str(tmp_path / "origin.git"))
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "The project")
    return root


def publish(root: Path, folder: Path) -> str:
    folder.mkdir()
    gather(root, folder, "What this is.\n")
    return push(root, folder, "origin")


def test_the_branch_holds_the_notebooks_the_package_binders_files_and_the_sweeps(
    checkout: Path, tmp_path: Path
) -> None:
    publish(checkout, tmp_path / "branch")
    git(tmp_path, "clone", "--quiet", "--branch=notebooks", "origin.git", "clone")
    clone = tmp_path / "clone"
    files = sorted(git(clone, "ls-files").splitlines())
    (sweep,) = (name for name in files if "sweeps/" in name)
    assert sorted({*files} - {sweep}) == [
        *("CITATION.cff", "LICENSE", "README.md", "binder/start", "notebooks/page.ipynb", "pyproject.toml"),
        "src/package/code.py",
    ]
    assert (clone / "README.md").read_text() == "What this is.\n"
    assert (clone / "binder" / "start").stat().st_mode & 0o111
    assert next(clone.joinpath("sweeps").rglob("ab12")).read_bytes() == b"result"


def test_it_is_one_commit_and_replaces_what_was_there(checkout: Path, tmp_path: Path) -> None:
    first = publish(checkout, tmp_path / "first")
    assert publish(checkout, tmp_path / "again") == first, "nothing changed, so it is the same commit"
    (checkout / "src" / "package" / "code.py").write_text("value = 2\n")
    git(checkout, "commit", "--quiet", "--all", "-m", "Another value")
    second = publish(checkout, tmp_path / "second")
    origin = tmp_path / "origin.git"
    assert git(origin, "rev-parse", "notebooks") == second != first
    assert git(origin, "rev-list", "--count", "notebooks") == "1"
    assert git(origin, "show", "notebooks:src/package/code.py") == "value = 2"
    assert git(checkout, "rev-parse", "--short", "HEAD") in git(origin, "log", "-1", "--format=%s", "notebooks")


def test_the_checkout_stays_as_it_was(checkout: Path, tmp_path: Path) -> None:
    (checkout / "Makefile").write_text("changed")
    git(checkout, "add", "Makefile")
    before = [git(checkout, *ask) for ask in (["status", "--porcelain"], ["branch"], ["rev-parse", "HEAD"])]
    publish(checkout, tmp_path / "branch")
    assert before == [git(checkout, *ask) for ask in (["status", "--porcelain"], ["branch"], ["rev-parse", "HEAD"])]


def test_what_git_says_of_a_failed_push_is_told(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "branch").mkdir()
    gather(checkout, tmp_path / "branch", "")
    with pytest.raises(RuntimeError, match=r"git push failed: .*nowhere"):
        push(checkout, tmp_path / "branch", str(tmp_path / "nowhere"))


def test_without_notebooks_there_is_nothing_to_publish(checkout: Path, tmp_path: Path) -> None:
    (checkout / "_build" / "notebooks" / "page.ipynb").unlink()
    with pytest.raises(ValueError, match="holds no notebooks; build them first"):
        gather(checkout, tmp_path / "branch", "")


def test_without_a_known_repository_publishing_says_what_to_set(tmp_path: Path) -> None:
    code = (
        "import pathlib, sys; from looks_aligned.explore.page import publish; "
        "publish.ROOT = pathlib.Path(sys.argv.pop()); publish.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "origin", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "name it in LOOKS_ALIGNED_REPOSITORY" in done.stderr
