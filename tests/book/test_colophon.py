"""Does each page say which edition of the book it is, and under what licence?"""

import re
from datetime import UTC, datetime

import pytest

from looks_aligned import __version__
from looks_aligned.explore.page.build import dated
from tests.book.conftest import PAGES, ROOT, Opener

MADE = ["search", "genindex", "not-found"]
"""Pages that nobody wrote: they say nothing that one could cite."""


@pytest.mark.parametrize("page", [*PAGES, *MADE])
def test_each_page_states_its_version_its_date_and_its_licence(
    page: str, addresses: dict[str, str], open_page: Opener
) -> None:
    reader = open_page(f"{addresses['http']}/{page}.html")
    told = reader.page.locator(".colophon").inner_text()
    seconds = dated(ROOT).get("SOURCE_DATE_EPOCH")
    date = datetime.fromtimestamp(int(seconds), UTC) if seconds else datetime.now(UTC)
    assert f"Looks Aligned {__version__}, built {date.day} {date:%B %Y}." in told
    assert "CC BY 4.0" in told
    cite = reader.page.get_by_role("link", name="How to cite the book").evaluate("(link) => link.href")
    assert reader.page.request.get(cite).text() == (ROOT / "CITATION.cff").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_each_page_that_somebody_wrote_can_be_cited(page: str, addresses: dict[str, str], open_page: Opener) -> None:
    reader = open_page(f"{addresses['http']}/{page}.html")
    reader.page.get_by_text("Cite this page").click()
    entry = reader.page.get_by_label("BibTeX").inner_text()
    (title,) = re.findall(r"title = \{(.+)\}", entry)
    assert title in reader.page.title()
    assert entry.count("{") == entry.count("}")
    assert re.match(r"@misc\{looks-aligned-[a-z-]+,\n", entry)


@pytest.mark.parametrize("page", MADE)
def test_a_page_that_nobody_wrote_is_not_offered_to_be_cited(
    page: str, addresses: dict[str, str], open_page: Opener
) -> None:
    reader = open_page(f"{addresses['http']}/{page}.html")
    reader.page.locator(".colophon").wait_for()
    assert not reader.page.get_by_text("Cite this page").is_visible()
