"""Does a word of the glossary say what it means where it is used: by pointer, by key, by finger, and read aloud?"""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.book.conftest import Opener

WAYS = ("http", "sub-path", "file")
WORD = "regret"


def word(page: Page, text: str = WORD) -> tuple[Locator, Locator]:
    """A link to the glossary, and the definition it shows."""
    link = page.locator("a:has(> .std-term)").get_by_text(text, exact=True).locator("..").first
    return link, page.locator(f"#definition-of-term-{text.replace(' ', '-')}")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pointer_shows_the_words_of_the_glossary_and_may_rest_on_them(
    way: str, scheme: str, addresses: dict[str, str], open_page: Opener
) -> None:
    page = open_page(f"{addresses[way]}/prerequisites.html", color_scheme=scheme).page
    link, definition = word(page)
    expect(definition).to_be_hidden()
    link.hover()
    expect(definition).to_be_visible()
    shown = definition.inner_text()
    definition.hover()
    page.wait_for_timeout(500)
    expect(definition).to_be_visible()
    page.mouse.move(0, 0)
    expect(definition).to_be_hidden()
    link.click()
    expect(page).to_have_url(f"{addresses[way]}/glossary.html#term-{WORD}")
    assert shown == page.locator(f"dt#term-{WORD} + dd p").first.inner_text()


def test_the_focus_shows_it_and_escape_puts_it_away(addresses: dict[str, str], open_page: Opener) -> None:
    page = open_page(f"{addresses['http']}/prerequisites.html").page
    link, definition = word(page)
    link.focus()
    expect(definition).to_be_visible()
    expect(definition).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    expect(definition).to_be_hidden()
    expect(link).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(definition).to_be_visible()
    page.keyboard.press("Tab")
    expect(definition).to_be_hidden()


def test_escape_puts_it_away_under_the_pointer_too(addresses: dict[str, str], open_page: Opener) -> None:
    page = open_page(f"{addresses['http']}/prerequisites.html").page
    link, definition = word(page)
    link.hover()
    expect(definition).to_be_visible()
    page.keyboard.press("Escape")
    expect(definition).to_be_hidden()


def test_a_tap_shows_it_a_second_follows_the_link_and_one_elsewhere_puts_it_away(
    addresses: dict[str, str], open_page: Opener
) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    page = open_page(f"{addresses['http']}/prerequisites.html", **phone).page
    link, definition = word(page)
    link.tap()
    expect(definition).to_be_visible()
    place = definition.bounding_box()
    assert place is not None
    assert place["x"] >= 0
    assert place["x"] + place["width"] <= 390
    page.get_by_role("heading", name="Policy and return").tap()
    expect(definition).to_be_hidden()
    link.tap()
    expect(definition).to_be_visible()
    link.tap()
    expect(page).to_have_url(f"{addresses['http']}/glossary.html#term-{WORD}")


def test_it_is_the_links_description_for_who_listens(addresses: dict[str, str], open_page: Opener) -> None:
    page = open_page(f"{addresses['http']}/prerequisites.html").page
    link, definition = word(page)
    expect(link).to_have_accessible_description(definition.text_content() or "")
    expect(definition).to_have_role("tooltip")


def test_a_definition_shows_its_formulas_and_leaves_its_citations_in_the_glossary(
    addresses: dict[str, str], open_page: Opener
) -> None:
    page = open_page(f"{addresses['http']}/prerequisites.html").page
    link, definition = word(page, "base objective")
    link.hover()
    expect(definition.locator("svg")).to_be_visible()
    assert definition.locator("a").count() == 0
    assert definition.inner_text().endswith("and by nothing else.")
    page.goto(f"{addresses['http']}/glossary.html")
    expect(page.locator("dt#term-base-objective + dd a")).to_contain_text("Hubinger")
