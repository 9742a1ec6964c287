"""Can a reader find, by keyboard alone, how to run a page?"""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.book.conftest import PAGES, ROOT, Opener

CHAPTERS = tuple(page for page in PAGES if "{code-cell}" in (ROOT / "book" / f"{page}.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", CHAPTERS)
@pytest.mark.parametrize("way", ["http", "file"])
def test_the_menu_works_by_keyboard_and_leads_to_how_to_run_the_page_here(
    page: str, way: str, addresses: dict[str, str], open_page: Opener
) -> None:
    reader = open_page(f"{addresses[way]}/{page}.html").page
    menu = reader.get_by_role("button", name="Run this page", exact=True)
    menu.focus()
    menu.press("Enter")
    expect(menu).to_have_attribute("aria-expanded", "true")
    link = reader.get_by_role("link", name="Run in JupyterLab, on your computer")  # its icon is a letter to the browser
    expect(link).to_be_visible()
    for _ in range(5):
        reader.keyboard.press("ArrowDown")
        if link.evaluate("(link) => link === document.activeElement"):
            break
    expect(link).to_be_focused()
    with reader.context.expect_page() as opened:
        reader.keyboard.press("Enter")
    place = opened.value.locator(f"#{opened.value.url.partition('#')[2]}")
    expect(place.get_by_role("heading", name="On your own computer")).to_be_visible()


@pytest.mark.parametrize("page", [page for page in PAGES if page not in CHAPTERS])
def test_a_page_without_cells_has_no_such_menu(page: str, site: Path) -> None:
    assert "dropdown-launch-buttons" not in (site / f"{page}.html").read_text(encoding="utf-8")
