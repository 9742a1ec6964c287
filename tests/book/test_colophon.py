"""Does each page say which edition of the book it is, and under what licence?"""

import re
from datetime import UTC, datetime

import pytest

from looks_aligned import __version__
from looks_aligned.explore.page.build import dated
from tests.book.conftest import PAGES, ROOT, Opener


@pytest.mark.parametrize("page", [*PAGES, "search", "genindex", "not-found"])
def test_each_page_states_its_version_its_date_and_its_licence(
    page: str, addresses: dict[str, str], open_page: Opener
) -> None:
    reader = open_page(f"{addresses['http']}/{page}.html")
    told = reader.page.locator(".colophon").inner_text()
    seconds = dated(ROOT).get("SOURCE_DATE_EPOCH")
    date = datetime.fromtimestamp(int(seconds), UTC) if seconds else datetime.now(UTC)
    assert f"Looks Aligned {__version__}, built {date.day} {date:%B %Y}." in told
    assert "CC BY 4.0" in told
    reader.page.get_by_text("Cite this page").click()
    entry = reader.page.get_by_label("BibTeX").inner_text()
    (title,) = re.findall(r"title = \{(.*)\}", entry)
    assert title in reader.page.title()
    assert entry.count("{") == entry.count("}")
    assert re.match(r"@misc\{looks-aligned-[a-z-]+,\n", entry)
    cite = reader.page.get_by_role("link", name="How to cite the book").evaluate("(link) => link.href")
    assert reader.page.request.get(cite).text() == (ROOT / "CITATION.cff").read_text(encoding="utf-8")
