"""Does a reader who asks for a page that is not there find the way into the book, wherever it is served?"""

from pathlib import Path
from urllib.parse import urlparse

import pytest
from playwright.sync_api import expect

from tests.book.conftest import PAGES, Opener, Reader

MISSING = "Failed to load resource: the server responded with a status of 404"


@pytest.mark.parametrize("way", ["http", "sub-path"])
@pytest.mark.parametrize("deep", ["nothing.html", "a/b/c/nothing.html?q=1#there", "_static/gone/", "proxy.html/more"])
def test_an_address_without_a_page_shows_the_books_own_and_its_links_work(
    way: str, deep: str, addresses: dict[str, str], open_page: Opener
) -> None:
    address = f"{addresses[way]}/{deep}"
    reader = lost(address, open_page)
    assert reader.page.url == address
    styled = "[...document.styleSheets].map((sheet) => new URL(sheet.href ?? location).pathname.split('/').pop())"
    assert "site.css" in reader.page.evaluate(styled)
    links = reader.page.locator("a[href]").evaluate_all("(links) => links.map((link) => link.href)")
    assert {f"{addresses[way]}/{page}.html" for page in PAGES} <= {*links}
    reader.page.get_by_role("link", name="the front page").click()
    expect(reader.page).to_have_url(f"{addresses[way]}/index.html")


def test_its_search_searches_the_book(addresses: dict[str, str], open_page: Opener) -> None:
    reader = lost(f"{addresses['sub-path']}/a/b/nothing.html", open_page)
    reader.page.get_by_label("Search the book for").fill("corner")
    reader.page.keyboard.press("Enter")
    expect(reader.page.locator("#search-results .search a").first).to_be_visible()
    assert reader.page.url.startswith(f"{addresses['sub-path']}/search.html")


def test_all_that_it_loads_comes_from_the_book(addresses: dict[str, str], open_page: Opener) -> None:
    reader = lost(f"{addresses['sub-path']}/a/b/nothing.html", open_page)
    beside = [url for url in reader.requests if not url.startswith(f"{addresses['sub-path']}/")]
    assert beside == []
    asked = [url for url in reader.requests if "/a/b/" in url and not url.endswith("not-found.html")]
    assert asked == [f"{addresses['sub-path']}/a/b/nothing.html"], (
        "no style or script is looked for at the deep address"
    )


def test_no_contents_list_it(addresses: dict[str, str], open_page: Opener) -> None:
    reader = open_page(f"{addresses['http']}/index.html")
    links = reader.page.locator("a[href]").evaluate_all("(links) => links.map((link) => link.href)")
    pages = {Path(urlparse(link).path).stem for link in links}  # a port, too, may have 404 in it
    assert "proxy" in pages
    assert not pages & {"404", "not-found"}


def lost(address: str, open_page: Opener) -> Reader:
    reader = open_page(address, tolerate=MISSING)
    expect(reader.page.get_by_role("search").last).to_be_visible()
    reader.page.wait_for_load_state("networkidle")  # before its style is there, what only print shows is seen
    expect(reader.page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    return reader
