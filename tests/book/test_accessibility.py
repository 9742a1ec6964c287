"""Does every page serve readers who cannot see it, or not well, or who use no mouse?"""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.book.conftest import BUILD, PAGES, Opener

AXE = f"{BUILD['LOOKS_ALIGNED_NODE']}/node_modules/axe-core/axe.min.js"
SCREENS = {"desk": {"viewport": {"width": 1280, "height": 900}}, "phone": {"viewport": {"width": 390, "height": 844}}}
EVERY_PAGE = (*PAGES, "not-found", "search", "genindex")


@pytest.mark.parametrize("page", EVERY_PAGE)
@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_violation(
    page: str, screen: str, scheme: str, addresses: dict[str, str], open_page: Opener
) -> None:
    reader = open_page(f"{addresses['http']}/{page}.html", color_scheme=scheme, **SCREENS[screen])
    reader.scroll_through()
    reader.page.locator("details").evaluate_all("(all) => all.forEach((details) => { details.open = true; })")
    for figure in reader.page.locator(".explorer").all():
        expect(figure.locator("tbody tr").first).to_be_attached()
    reader.page.add_script_tag(path=AXE)
    found: dict[str, Any] = reader.page.evaluate("axe.run()")
    assert len(found["passes"]) > 10, "axe must have looked at the page"
    serious = [
        f"{violation['id']} at {node['target']}: {node['failureSummary']}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
    assert not serious, "\n".join(serious)
