"""Does a figure fill the window when asked, by button and by address, and work there by keyboard alone?"""

import re

import pytest
from playwright.sync_api import expect

from tests.book.conftest import Opener

FLAGSHIP = "coin-or-corner"
STATE = f"{FLAGSHIP}?share=0.01&steps=150&network=convolutional"
PROJECTOR = {"viewport": {"width": 1280, "height": 720}}
# How large a word on the figure's axis is on the screen, and where the figure ends.
TYPE = """(host) => {
  const box = host.querySelector(".explorer"), word = host.querySelector(".explorer-plot .xtick text");
  return [word.getBoundingClientRect().height, box.getBoundingClientRect().bottom];
}"""


@pytest.mark.parametrize("way", ["http", "file"])
def test_present_fills_the_window_with_large_type_and_escape_puts_the_figure_back(
    way: str, addresses: dict[str, str], open_page: Opener
) -> None:
    reader = open_page(f"{addresses[way]}/proxy.html#{STATE}", **PROJECTOR)
    figure = reader.figure(FLAGSHIP)
    before, _ = figure.evaluate(TYPE)
    button = figure.get_by_role("button", name="Present")
    button.focus()
    button.press("Enter")
    stage = figure.locator("dialog")
    expect(stage).to_be_visible()
    place = stage.bounding_box()
    assert place == {"x": 0, "y": 0, "width": 1280, "height": 720}
    reader.page.wait_for_function(
        f"(height) => ({TYPE})(document.querySelector('#{FLAGSHIP}'))[0] > 1.25 * height", arg=before
    )
    assert figure.evaluate(TYPE)[1] <= 721, "all of it is on the screen"
    reader.page.keyboard.press("Escape")
    expect(stage).to_be_hidden()
    expect(button).to_be_focused()
    assert figure.evaluate(TYPE)[0] == pytest.approx(before, rel=0.05)


def test_a_presenters_keys_move_the_control_that_was_used_last(addresses: dict[str, str], open_page: Opener) -> None:
    reader = open_page(f"{addresses['http']}/proxy.html#{STATE}&present", **PROJECTOR)
    figure = reader.page.locator(f"#{FLAGSHIP}")
    expect(figure.locator("dialog")).to_be_visible()
    plot = figure.locator(".explorer-plot")
    expect(plot).to_have_attribute("data-positions", "3,6,0")
    reader.page.keyboard.press("PageDown")
    expect(plot).to_have_attribute("data-positions", "4,6,0")
    figure.get_by_label("training steps").focus()
    for key, positions in (("PageUp", "4,5,0"), ("PageUp", "4,4,0"), ("PageDown", "4,5,0")):
        reader.page.keyboard.press(key)
        expect(plot).to_have_attribute("data-positions", positions)


def test_a_link_to_present_a_question_asks_it_whatever_this_browser_has_answered(
    addresses: dict[str, str], open_page: Opener
) -> None:
    reader = open_page(f"{addresses['http']}/proxy.html", **PROJECTOR)
    reader.figure(FLAGSHIP)  # skips it
    reader.page.goto("about:blank")
    reader.page.goto(f"{addresses['http']}/proxy.html#{FLAGSHIP}?present")
    figure = reader.page.locator(f"#{FLAGSHIP}")
    expect(figure.locator("dialog")).to_be_visible()
    expect(figure.get_by_label("a number from 0 to 16")).to_be_visible()
    expect(figure.locator(".explorer-plot")).to_be_hidden()
    figure.get_by_role("button", name="Skip").click()
    expect(figure.locator(".explorer-plot")).to_have_attribute("data-positions", "3,6,0")
    expect(figure.locator(".explorer-verdict")).to_contain_text("The runs say: 16.")


def test_the_address_of_what_is_presented_can_be_told_and_leaves_no_word_on_present(
    addresses: dict[str, str], open_page: Opener
) -> None:
    reader = open_page(f"{addresses['http']}/proxy.html#{STATE}&present", **PROJECTOR)
    figure = reader.page.locator(f"#{FLAGSHIP}")
    expect(figure.locator(".explorer-plot")).to_have_attribute("data-positions", "3,6,0")
    expect(figure.locator(".explorer-note")).to_be_empty()
    reader.page.keyboard.press("PageDown")
    reader.page.wait_for_function("location.hash.includes('share=0.03')")


def test_a_figure_with_moments_plays_on_the_stage(addresses: dict[str, str], open_page: Opener) -> None:
    address = f"{addresses['file']}/proxy.html#robots-at-work?robot=sweeper&place=deployment&wants=1&present"
    reader = open_page(address, **PROJECTOR)
    figure = reader.page.locator("#robots-at-work")
    figure.get_by_label("speed").select_option(label="fast")
    figure.get_by_role("button", name="Play").click()
    expect(figure.locator(".explorer-moment")).to_have_text(re.compile("^([5-9]|[12][0-9]):"))
    figure.get_by_role("button", name="Close").click()
    expect(figure.locator("dialog")).to_be_hidden()


def test_on_a_phone_nothing_is_cut_off(addresses: dict[str, str], open_page: Opener) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    reader = open_page(f"{addresses['http']}/proxy.html#{STATE}&present", **phone)
    figure = reader.page.locator(f"#{FLAGSHIP}")
    expect(figure.locator(".explorer-plot")).to_have_attribute("data-positions", "3,6,0")
    stage = figure.locator("dialog")
    assert stage.evaluate("(stage) => stage.scrollWidth") <= 390
