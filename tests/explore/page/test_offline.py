"""Is what is handed out whole, and what was built left as it was?"""

import zipfile
from pathlib import Path

import pytest

from looks_aligned.explore.page.offline import assemble, pack

LINKS = '<p>To print<span hidden data-made="handouts/one.pdf"> <a href="handouts/one.pdf">PDF</a></span></p>'
CARRIED = '<p hidden data-made="looks-aligned.zip"><a href="looks-aligned.zip">A copy</a></p>'


@pytest.fixture
def built(tmp_path: Path) -> tuple[Path, Path]:
    """A site of two pages, one of them a handout, and that handout as a PDF."""
    html, handouts = tmp_path / "html", tmp_path / "handouts"
    for folder in (html / "handouts", html / "_static", handouts):
        folder.mkdir(parents=True)
    (html / "index.html").write_text(LINKS + CARRIED)
    (html / "handouts" / "one.html").write_text("Print me.")
    (html / "_static" / "drawn.js").write_text("let figure = 1;")
    (html / "_static" / "drawn.js.map").write_text("for tools")
    (handouts / "one.pdf").write_bytes(b"%PDF")
    return html, handouts


def test_the_copy_has_the_handouts_and_shows_links_to_what_it_has(built: tuple[Path, Path], tmp_path: Path) -> None:
    before = (built[0] / "index.html").read_text()
    copy = assemble(*built, tmp_path / "copy")
    assert (copy / "handouts" / "one.pdf").read_bytes() == b"%PDF"
    text = (copy / "index.html").read_text()
    assert '<span> <a href="handouts/one.pdf">' in text
    assert "<p hidden data-made" in text, "there is no zip in the copy itself"
    assert not (copy / "_static" / "drawn.js.map").exists()
    assert (built[0] / "index.html").read_text() == before


def test_the_published_site_has_the_zip_too(built: tuple[Path, Path], tmp_path: Path) -> None:
    packed = pack(assemble(*built, tmp_path / "looks-aligned"), tmp_path / "looks-aligned.zip")
    site = assemble(*built, tmp_path / "site", packed)
    assert '<p><a href="looks-aligned.zip">' in (site / "index.html").read_text()
    with zipfile.ZipFile(site / "looks-aligned.zip") as carried:
        assert carried.testzip() is None
        assert {"looks-aligned/index.html", "looks-aligned/handouts/one.pdf"} <= {*carried.namelist()}


def test_what_was_there_before_is_replaced(built: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "old.html").write_text("old")
    assert not (assemble(*built, tmp_path / "copy") / "old.html").exists()


def test_the_same_files_make_the_same_zip(
    built: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")  # before zips can name a date
    first = pack(built[0], tmp_path / "first.zip").read_bytes()
    assert pack(built[0], tmp_path / "second.zip").read_bytes() == first


def test_what_is_missing_is_named_and_nothing_is_written(built: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"html: .* holds no site"):
        assemble(tmp_path / "nothing", built[1], tmp_path / "copy")
    (built[1] / "one.pdf").unlink()
    with pytest.raises(ValueError, match=r"handouts: one.pdf is missing"):
        assemble(*built, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
