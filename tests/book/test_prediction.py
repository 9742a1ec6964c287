"""Is the reader asked before a figure shows, told afterwards, and left alone otherwise?"""

from typing import Any
from urllib.parse import urlparse

import pytest
from playwright.sync_api import expect

from tests.book.conftest import KEEPS_NOTHING, Opener, Reader

FLAGSHIP = "coin-or-corner"


def asked(reader: Reader, name: str = FLAGSHIP) -> Any:
    """A figure with its question still open."""
    host = reader.page.locator(f"#{name}")
    host.scroll_into_view_if_needed()
    host.get_by_text("Predict first").wait_for()
    return host


@pytest.mark.parametrize("way", ["http", "file"])
def test_figure_and_controls_stay_shut_until_the_reader_has_answered(
    way: str, addresses: dict[str, str], open_page: Opener
) -> None:
    figure = asked(open_page(f"{addresses[way]}/proxy.html"))
    expect(figure.locator(".explorer-plot")).to_be_hidden()
    expect(figure.locator("input[type=range]").first).to_be_hidden()
    figure.get_by_label("a number from 0 to 16").fill("5")
    figure.get_by_role("button", name="Commit").click()
    expect(figure.locator(".explorer-plot")).to_have_attribute("data-positions", "3,6,0")
    expect(figure.locator(".explorer-verdict")).to_contain_text("You said 5. The runs say: 16.")
    expect(figure.locator("input[type=range]").first).to_be_visible()


def test_it_works_by_keyboard_alone_and_the_answer_is_read_out(addresses: dict[str, str], open_page: Opener) -> None:
    reader = open_page(f"{addresses['http']}/proxy.html")
    figure = asked(reader)
    field = figure.get_by_label("a number from 0 to 16")
    field.focus()
    reader.page.keyboard.type("12")
    reader.page.keyboard.press("Enter")
    verdict = figure.locator(".explorer-verdict")
    expect(verdict).to_contain_text("You said 12.")
    expect(verdict).to_be_focused()
    reader.page.keyboard.press("Tab")
    expect(figure.get_by_role("button", name="Ask me again")).to_be_focused()
    reader.page.keyboard.press("Enter")
    expect(field).to_be_focused()
    expect(figure.locator(".explorer-plot")).to_be_hidden()


@pytest.mark.parametrize("answer", ["", "17", "-1", "1.5"])
def test_an_answer_that_is_none_is_told_and_opens_nothing(
    answer: str, addresses: dict[str, str], open_page: Opener
) -> None:
    figure = asked(open_page(f"{addresses['http']}/proxy.html"))
    figure.get_by_label("a number from 0 to 16").fill(answer)
    figure.get_by_role("button", name="Commit").click()
    expect(figure.get_by_role("alert")).to_have_text("Give a whole number from 0 to 16, or skip.")
    expect(figure.locator(".explorer-plot")).to_be_hidden()


def test_the_browser_remembers_and_tells_nobody(addresses: dict[str, str], open_page: Opener) -> None:
    reader = open_page(f"{addresses['http']}/proxy.html")
    figure = asked(reader)
    before = len(reader.requests)
    figure.get_by_label("a number from 0 to 16").fill("7")
    figure.get_by_role("button", name="Commit").click()
    expect(figure.locator(".explorer-plot")).to_have_attribute("data-positions", "3,6,0")
    asked_for = [urlparse(url) for url in reader.requests[before:]]
    assert [url for url in asked_for if url.query or not url.path.startswith("/_static/explorers/")] == []
    reader.page.goto("about:blank")
    reader.page.goto(f"{addresses['http']}/proxy.html")
    figure.scroll_into_view_if_needed()
    expect(figure.locator(".explorer-verdict")).to_contain_text("You said 7.")
    reader.page.evaluate("localStorage.clear()")
    reader.page.goto("about:blank")
    reader.page.goto(f"{addresses['http']}/proxy.html")
    asked(reader)


def test_whoever_skips_sees_the_figure_and_no_answer_of_theirs(addresses: dict[str, str], open_page: Opener) -> None:
    figure = asked(open_page(f"{addresses['http']}/proxy.html"))
    figure.get_by_role("button", name="Skip").click()
    expect(figure.locator(".explorer-verdict")).to_contain_text("You skipped this. The runs say: 16.")
    expect(figure.locator(".explorer-plot")).to_have_attribute("data-positions", "3,6,0")


def test_whoever_is_sent_to_a_state_is_shown_that_state(addresses: dict[str, str], open_page: Opener) -> None:
    reader = open_page(f"{addresses['http']}/proxy.html#{FLAGSHIP}?share=0&steps=400&network=convolutional")
    expect(reader.page.locator(f"#{FLAGSHIP} .explorer-plot")).to_have_attribute("data-positions", "0,9,0")


def test_a_browser_that_keeps_nothing_still_asks_and_answers(addresses: dict[str, str], open_page: Opener) -> None:
    reader = open_page("about:blank")
    reader.page.add_init_script(KEEPS_NOTHING)
    reader.page.goto(f"{addresses['http']}/proxy.html")
    figure = asked(reader)
    figure.get_by_role("button", name="Skip").click()
    expect(figure.locator(".explorer-plot")).to_have_attribute("data-positions", "3,6,0")
