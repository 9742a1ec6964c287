"""Does a page offer to run it where it can be run, and nowhere else?"""

import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from looks_aligned.explore.page import launch
from looks_aligned.explore.page.launch import REPOSITORY_VARIABLE, Repository, colab_setup, repository

ROOT = Path(__file__).parents[3]
BOOK = Repository("Some-one", "a.book")


@pytest.fixture(autouse=True)
def unnamed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(REPOSITORY_VARIABLE, raising=False)


@pytest.mark.parametrize(
    "named",
    [
        "Some-one/a.book",
        "https://github.com/Some-one/a.book",
        "https://github.com/Some-one/a.book.git",
        " Some-one/a.book/ ",
    ],
)
def test_the_environment_names_the_repository(named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(REPOSITORY_VARIABLE, named)
    assert repository(tmp_path) == BOOK


@pytest.mark.parametrize("named", ["book", "a/b/c", "https://gitlab.com/a/b", "-a/b", "a/b c", 'a/b"'])
def test_a_name_that_is_none_of_a_repository_on_github_is_refused(
    named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(REPOSITORY_VARIABLE, named)
    with pytest.raises(ValueError, match=rf"{REPOSITORY_VARIABLE}: got '{re.escape(named)}'; it takes owner/name"):
        repository(tmp_path)


@pytest.mark.parametrize(
    ("origin", "found"),
    [
        ("https://github.com/Some-one/a.book.git", BOOK),
        ("https://someone@github.com/Some-one/a.book", BOOK),
        ("git@github.com:Some-one/a.book.git", BOOK),
        ("ssh://git@github.com/Some-one/a.book.git", BOOK),
        ("https://gitlab.com/Some-one/a.book.git", None),
        ("https://github.com.example.org/Some-one/a.book.git", None),
        ("/some/where/github.com/Some-one/a.book", None),
        (None, None),
    ],
)
def test_without_a_name_the_origin_counts_if_it_is_on_github(
    origin: str | None, found: Repository | None, tmp_path: Path
) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    if origin:
        subprocess.run(["git", "-C", str(tmp_path), "remote", "add", "origin", origin], check=True)
    assert repository(tmp_path) == found
    (tmp_path / "book").mkdir()
    assert repository(tmp_path / "book") is None, "it is no checkout; that some folder above is one says nothing of it"


def test_addresses_follow_from_the_repository():
    assert BOOK.site == "https://some-one.github.io/a.book/"
    assert Repository("Some-one", "some-one.github.io").site == "https://some-one.github.io/"
    assert BOOK.colab("part/page") == (
        "https://colab.research.google.com/github/Some-one/a.book/blob/notebooks/notebooks/part/page.ipynb"
    )
    assert BOOK.binder("part/page") == (
        "https://mybinder.org/v2/gh/Some-one/a.book/notebooks?urlpath=lab%2Ftree%2Fnotebooks%2Fpart%2Fpage.ipynb"
    )


def buttons(page: str = "chapter", *, pages: tuple[str, ...] = ("chapter", "words", "run")) -> list[dict[str, Any]]:
    environment = SimpleNamespace(
        found_docs={*pages}, metadata={name: {"kernelspec": {}} if name == "chapter" else {} for name in pages}
    )
    builder = SimpleNamespace(get_relative_uri=lambda start, end: f"{end}.html")
    app: Any = SimpleNamespace(env=environment, builder=builder, srcdir="/nowhere/book")
    context: dict[str, Any] = {"header_buttons": [{"label": "others"}]}
    getattr(launch.add_buttons, "__wrapped__", launch.add_buttons)(app, page, "page.html", context, None)
    *ours, others = context["header_buttons"]
    assert others == {"label": "others"}
    return ours[0]["buttons"] if ours else []


def test_a_page_with_cells_offers_binder_colab_and_ones_own_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(REPOSITORY_VARIABLE, "Some-one/a.book")
    assert [(button["text"], button["url"]) for button in buttons()] == [
        ("Run on Binder", BOOK.binder("chapter")),
        ("Run on Colab", BOOK.colab("chapter")),
        ("Run in JupyterLab, on your computer", "run.html#on-your-own-computer"),
    ]


def test_without_a_repository_no_button_is_dead() -> None:
    assert [button["url"] for button in buttons()] == ["run.html#on-your-own-computer"]
    assert buttons(pages=("chapter",)) == []


def test_a_page_without_cells_offers_nothing_and_so_does_what_is_no_page() -> None:
    assert buttons("words") == []
    assert buttons("search") == []


def test_elsewhere_than_on_colab_the_first_cell_does_nothing(tmp_path: Path) -> None:
    told = "print({name for name in ('subprocess', 'pathlib', 'looks_aligned') if name in sys.modules}, sys.path)"
    with_cell, without = (
        subprocess.run(
            [sys.executable, "-S", "-c", f"{code}\n{told}"], cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout
        for code in (colab_setup(BOOK), "import sys")
    )
    assert with_cell == without
    assert [*tmp_path.iterdir()] == []


COLAB = """
import subprocess, sys, types
sys.modules["google.colab"] = types.ModuleType("google.colab")
asked, real = [], subprocess.run
def run(command, **options):
    asked.append([str(part) for part in command])
    if command[0] == "git":  # pip would install what is here already
        real(command, **options)
subprocess.run = run
{cell}
{cell}
assert [command[0] for command in asked].count("git") == 1, asked
print(asked[1])
import looks_aligned
print(looks_aligned.__file__)
"""


def test_on_colab_the_first_cell_fetches_the_branch_once_and_leaves_torch_alone(tmp_path: Path) -> None:
    """With a real git, which is told that the address is a repository here."""
    origin = tmp_path / "origin"
    (origin / "src" / "looks_aligned").mkdir(parents=True)
    (origin / "src" / "looks_aligned" / "__init__.py").write_text("")
    identity = ("-c", "user.name=a", "-c", "user.email=a@b")
    for command in (["init", "-q", "-b", "notebooks"], ["add", "."], [*identity, "commit", "-q", "-m", "all"]):
        subprocess.run(["git", "-C", str(origin), *command], check=True)
    settings = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.{origin.as_uri()}.insteadOf"}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    (tmp_path / "content").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", COLAB.format(cell=colab_setup(BOOK))],
        cwd=tmp_path / "content",
        env=environment | settings | {"GIT_CONFIG_VALUE_0": BOOK.address},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    installed, package = done.stdout.splitlines()
    assert package == str(tmp_path / "content" / "looks-aligned" / "src" / "looks_aligned" / "__init__.py")
    assert "'anywidget==" in installed
    assert "'plotly==" in installed
    assert not re.search("torch|numpy|ipywidgets", installed)


def test_the_page_that_tells_how_to_run_has_the_place_that_buttons_lead_to():
    text = (ROOT / "book" / "run.md").read_text(encoding="utf-8")
    headings = [re.sub(r"\W+", "-", line[3:].lower()) for line in text.splitlines() if line.startswith("## ")]
    assert "on-your-own-computer" in headings
