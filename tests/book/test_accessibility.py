"""Does every page serve readers who cannot see it, or not well, or who use no mouse, or a phone?"""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.book.conftest import BUILD, PAGES, Opener

AXE = f"{BUILD['LOOKS_ALIGNED_NODE']}/node_modules/axe-core/axe.min.js"
SCREENS = {
    "desk": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}
EVERY_PAGE = (*PAGES, "not-found", "search", "genindex", "handouts/proxy")
# How many rules a page passes, and what breaks one. All that axe tells of a page with long tables takes long to send.
AXE_RUN = """async () => {
  const { passes, violations } = await axe.run({ resultTypes: ["violations"] });
  const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
  const words = ({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`);
  return [passes.length, serious.flatMap(words)];
}"""


# Every figure that is drawn is drawn in the colours that the page has now.
IN_ITS_COLOURS = """() => [...document.querySelectorAll(".explorer-plot[data-ink]")].every(
  (plot) => plot.dataset.ink === getComputedStyle(plot.closest(".explorer")).color
)"""


@pytest.mark.parametrize("page", EVERY_PAGE)
@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_no_serious_violation_and_nothing_sticks_out(
    page: str, screen: str, addresses: dict[str, str], open_page: Opener
) -> None:
    reader = open_page(f"{addresses['http']}/{page}.html", color_scheme="light", **SCREENS[screen])
    reader.scroll_through()
    reader.page.locator("details").evaluate_all("(all) => all.forEach((details) => { details.open = true; })")
    for figure in reader.page.locator(".explorer:visible:has(.explorer-data:visible)").all():
        expect(figure.locator("tbody tr").first).to_be_attached()
    reader.page.add_script_tag(path=AXE)
    ink = reader.page.evaluate("getComputedStyle(document.body).color")
    for scheme in ("light", "dark"):
        reader.page.evaluate("(scheme) => { document.documentElement.dataset.theme = scheme; }", scheme)
        reader.page.wait_for_function(IN_ITS_COLOURS)
        reader.page.wait_for_function("document.getAnimations().length === 0")  # colours of the theme's own fade
        assert (reader.page.evaluate("getComputedStyle(document.body).color") == ink) == (scheme == "light")
        assert_fits(reader.page, SCREENS[screen]["viewport"]["width"])
        grounds = reader.page.locator(".cell_output .text_html").evaluate_all(
            "(all) => all.map((output) => getComputedStyle(output).backgroundColor)"
        )
        assert {*grounds} <= {"rgba(0, 0, 0, 0)"}, "what a cell shows stands on the page's own ground"
        assert serious(reader.page) == [], scheme


def serious(page: Any) -> list[str]:
    """What axe finds on an open page that bars a reader."""
    passed, found = page.evaluate(AXE_RUN)
    assert passed > 10, "axe must have looked at the page"
    return found


# What is written in a figure, and does not stand wholly within it.
CUT_OFF = """() => [...document.querySelectorAll(".explorer-plot")].flatMap((plot) => {
  const { left, right } = plot.querySelector(".main-svg").getBoundingClientRect();
  return [...plot.querySelectorAll("svg text")]
    .map((text) => [text.textContent, text.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0 && (box.left < left - 1 || box.right > right + 1))
    .map(([words]) => words);
})"""


def assert_fits(page: Any, width: int) -> None:
    """Nothing is cut off at the side, and no page scrolls sideways."""
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    places = page.locator(".explorer, .explorer-plot .main-svg").evaluate_all(
        "(all) => all.map((one) => one.getBoundingClientRect()).map(({ left, right }) => [left, right])"
    )
    for left, right in places:
        assert left >= 0, "what is hidden is at 0"
        assert right <= width + 0.5
