"""The branch that readers run notebooks from, made and pushed: one commit without a past, replaced each time.

It holds the notebooks, the package, what sets up Binder, and the sweeps, so that nobody waits for the first figure.
"""

import argparse
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from looks_aligned.experiments.sweeps import ship
from looks_aligned.explore.page.build import ROOT
from looks_aligned.explore.page.launch import BRANCH, FOLDER, REPOSITORY_VARIABLE, repository

TAKEN = ("binder", "src", "CITATION.cff", "LICENSE", "pyproject.toml")
"""What comes as it is."""
README = """# The notebooks of *Looks Aligned*

Made from [the book's sources]({address}). This branch is replaced whenever the book changes: edit the sources,
not this. Read the book at {site}; how to run these notebooks is told at {site}run.html.
"""


def main() -> None:
    """Read the command line, make the branch and push it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("remote", help="where to push to: a remote's name, an address or a path")
    remote = parser.parse_args().remote
    if not (where := repository(ROOT)):
        parser.error(f"no repository on GitHub is known; name it in {REPOSITORY_VARIABLE}")
    with tempfile.TemporaryDirectory() as folder:
        gather(ROOT, Path(folder), README.format(address=where.address, site=where.site))
        pushed = push(ROOT, Path(folder), remote)
    print(f"{BRANCH}: {pushed[:12]} pushed to {remote}")


def gather(root: Path, folder: Path, readme: str) -> None:
    """Put together what the branch holds.

    Args:
        root: a checkout whose book is built.
        folder: where to put it.
        readme: what to say of it.

    Raises:
        ValueError: the notebooks are not built.
    """
    made = root / "_build" / "notebooks"
    if not any(made.rglob("*.ipynb")):
        raise ValueError(f"root: {made} holds no notebooks; build them first")
    shutil.copytree(made, folder / FOLDER, ignore=shutil.ignore_patterns(".*"))
    for name in TAKEN:
        if (root / name).is_dir():
            litter = shutil.ignore_patterns("__pycache__", "*.egg-info", ".ipynb_checkpoints")
            shutil.copytree(root / name, folder / name, ignore=litter)
        else:
            shutil.copy(root / name, folder)
    (folder / "README.md").write_text(readme, encoding="utf-8")
    ship(folder / "sweeps")


def push(root: Path, folder: Path, remote: str) -> str:
    """Commit a folder without a past and push it as the notebooks' branch, whatever was there.

    The checkout's own files, index and branches stay as they are. The same folder at the same commit is the same
    commit again.

    Args:
        root: the checkout; its settings give the right to push.
        folder: all that the branch shall hold.
        remote: where to push to.

    Returns:
        The new commit.
    """
    with tempfile.TemporaryDirectory() as aside:
        settings = {"GIT_INDEX_FILE": f"{aside}/index", "GIT_WORK_TREE": str(folder)}
        _git(root, "add", "--all", "--force", ".", settings=settings, where=folder)
        tree = _git(root, "write-tree", settings=settings)
    source, date = _git(root, "log", "-1", "--format=%h %cI").split()
    who = {"NAME": "Looks Aligned", "EMAIL": "noreply@github.com", "DATE": date}
    signed = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
    commit = _git(root, "commit-tree", tree, "-m", f"Notebooks made from {source}", settings=signed)
    _git(root, "push", "--quiet", "--force", remote, f"{commit}:refs/heads/{BRANCH}")
    return commit


def _git(root: Path, *arguments: str, settings: dict[str, str] | None = None, where: Path | None = None) -> str:
    folder = subprocess.run(
        ["git", "-C", str(root), "rev-parse", "--absolute-git-dir"], capture_output=True, text=True, check=True
    ).stdout.strip()
    command = ["git", f"--git-dir={folder}", *arguments]
    environment = os.environ | (settings or {})
    done = subprocess.run(command, cwd=where or root, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"git {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout.strip()


if __name__ == "__main__":
    main()
