"""Does the browser keep what the reader has done, tell nobody, and give it back when asked?"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from looks_aligned.explore.page.extension import TRANSLATED
from tests.book.conftest import KEEPS_NOTHING, PAGES, ROOT, Opener, explorers_of, grid_of

CHAPTERS = [
    page for page in PAGES if re.search(r"^## Exercises?$", (ROOT / "book" / f"{page}.md").read_text(), re.MULTILINE)
]


def row(page: Page, chapter: str) -> Any:
    return page.locator(".progress-overview tr", has=page.locator(f'a[href="{chapter}.html"]'))


def told(page: Page, chapter: str) -> list[str]:
    return row(page, chapter).locator("td").all_inner_texts()


@pytest.mark.parametrize("way", ["http", "file"])
def test_the_front_page_lists_every_chapter_with_its_predictions_and_exercises(
    way: str, site: Path, addresses: dict[str, str], open_page: Opener
) -> None:
    page = open_page(f"{addresses[way]}/index.html").page
    expect(page.locator(".progress-overview tbody tr")).to_have_count(len(CHAPTERS))
    for chapter in CHAPTERS:
        asking = [name for name in explorers_of(site, chapter) if grid_of(site, chapter, name)["prediction"]]
        source = (ROOT / "book" / f"{chapter}.md").read_text(encoding="utf-8")
        exercises = re.split(r"\n## Exercises?\n", source)[1].split("\n## ")[0].count("\n### ")
        predictions = f"0 of {len(asking)}" if asking else "–"
        assert told(page, chapter) == ["no", predictions, f"0 of {exercises}"]


def test_ticks_and_predictions_are_counted_and_nothing_is_sent(addresses: dict[str, str], open_page: Opener) -> None:
    reader = open_page(f"{addresses['http']}/proxy.html")
    page = reader.page
    reader.figure("coin-or-corner")  # skips its question, which counts as having met it
    page.wait_for_load_state("networkidle")
    before = len(reader.requests)
    first = page.get_by_label("I have done this exercise").first
    first.check()
    page.get_by_label("I have read this chapter").check()
    assert [url for url in reader.requests[before:] if not url.endswith("logo-light.svg")] == []  # the tab's own sign
    page.goto(f"{addresses['http']}/index.html")
    read, predicted, done = told(page, "proxy")
    assert (read, predicted[:4], done[:4]) == ("yes", "1 of", "1 of")
    page.goto(f"{addresses['http']}/proxy.html")
    expect(first).to_be_checked()
    first.uncheck()
    page.goto(f"{addresses['http']}/index.html")
    assert told(page, "proxy")[2].startswith("0 of")


def test_what_is_exported_can_be_cleared_and_brought_back(
    addresses: dict[str, str], open_page: Opener, tmp_path: Path
) -> None:
    page = open_page(f"{addresses['http']}/deceptive.html").page
    page.get_by_label("I have read this chapter").check()
    page.goto(f"{addresses['http']}/index.html")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Export").click()
    kept = tmp_path / "kept.json"
    waiting.value.save_as(kept)
    assert json.loads(kept.read_text(encoding="utf-8")) == {"looks-aligned/": {"read/deceptive": ""}}
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Clear").click()
    assert told(page, "deceptive")[0] == "yes", "the reader thought better of it"
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_role("status")).to_have_text("Cleared.")
    assert told(page, "deceptive")[0] == "no"
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('looks-aligned'))") == []
    page.locator("input[type=file]").set_input_files(kept)
    expect(page.get_by_role("status")).to_have_text("Brought back.")
    assert told(page, "deceptive")[0] == "yes"


@pytest.mark.parametrize(
    "found", ["", "[]", "null", '{"looks-aligned/": 1}', '{"looks-aligned/": {"read/proxy": "", "theme": "dark"}}']
)
def test_a_file_that_is_no_export_is_told_and_changes_nothing(
    found: str, addresses: dict[str, str], open_page: Opener, tmp_path: Path
) -> None:
    page = open_page(f"{addresses['http']}/index.html").page
    (tmp_path / "other.json").write_text(found)
    page.locator("input[type=file]").set_input_files(tmp_path / "other.json")
    expect(page.get_by_role("status")).to_contain_text("other.json cannot be brought back")
    expect(page.get_by_role("status")).to_contain_text("Nothing was changed.")
    assert told(page, "proxy")[0] == "no"


def test_a_browser_that_keeps_nothing_says_so_and_the_page_works(addresses: dict[str, str], open_page: Opener) -> None:
    reader = open_page("about:blank")
    reader.page.add_init_script(KEEPS_NOTHING)
    reader.page.goto(f"{addresses['http']}/index.html")
    expect(reader.page.get_by_role("status")).to_have_text("This browser keeps nothing for this page.")
    reader.page.goto(f"{addresses['http']}/proxy.html")
    tick = reader.page.get_by_label("I have read this chapter")
    tick.check()
    expect(tick).to_be_checked()


def test_the_names_by_which_predictions_are_kept_are_of_one_page_each_in_a_language(site: Path) -> None:
    names = [
        ("".join(TRANSLATED.findall(page)), name)
        for page in PAGES
        for name in explorers_of(site, page)
        if grid_of(site, page, name)["prediction"].get("question")
    ]
    assert len(names) == len({*names})
    assert {language for language, _ in names} == {""}, "the book is in one language yet"
