"""Does a figure with moments stand still until asked, and then play, pause and step, in pictures and in words?"""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from looks_aligned.drawing.cleaning_robot import robot_at_work
from looks_aligned.experiments.proxy.cleaning_robot import STEPS, Params, run
from tests.book.conftest import Opener

NAME = "robots-at-work"
# Where the robot is drawn: the one point of the trace that is called so.
ROBOT = """(plot) => {
  const robot = plot._fullData.find((trace) => trace.name === "robot (R)");
  return [robot.x[0], robot.y[0]];
}"""


@pytest.fixture
def figure(addresses: dict[str, str], open_page: Opener) -> Any:
    return open_page(f"{addresses['file']}/proxy.html").figure(NAME)


def place(figure: Any) -> list[float]:
    return figure.locator(".explorer-plot").evaluate(ROBOT)


def moment(figure: Any) -> int:
    return int((figure.locator(".explorer-moment").inner_text()).split(":")[0])


def test_it_stands_at_its_last_moment_until_the_reader_asks(figure: Any) -> None:
    before = place(figure)
    figure.page.wait_for_timeout(1500)
    assert moment(figure) == STEPS
    assert place(figure) == before
    expect(figure.get_by_role("button", name="Play")).to_be_visible()


def test_play_starts_at_the_beginning_and_pause_stops_it(figure: Any) -> None:
    figure.get_by_label("speed").select_option(label="slow")  # so that a moment is not over before it is looked for
    figure.get_by_role("button", name="Play").click()
    expect(figure.locator(".explorer-moment")).to_have_text(re.compile("^1:"))
    figure.get_by_role("button", name="Pause").click()
    stopped = moment(figure)
    figure.page.wait_for_timeout(2500)
    assert moment(figure) == stopped < STEPS


def test_a_played_figure_ends_by_itself(figure: Any) -> None:
    figure.get_by_label("moment").fill(str(STEPS - 2))
    figure.get_by_label("speed").select_option(label="fast")
    figure.get_by_role("button", name="Play").click()
    expect(figure.get_by_role("button", name="Play")).to_be_visible()
    assert moment(figure) == STEPS


def test_steps_by_keyboard_draw_the_robot_where_the_words_say(figure: Any) -> None:
    result = run(Params("sweeper", "training", 1.0))
    slider = figure.get_by_label("moment")
    slider.focus()
    slider.press("Home")
    for now in range(5):
        expect(figure.locator(".explorer-moment")).to_have_text(re.compile(f"^{now}:"))
        row, column = result.states[now].robot
        figure.page.wait_for_function(
            f"([plot, x, y]) => {{ const at = ({ROBOT})(plot); return at[0] > x && at[0] < x + 1 && at[1] > y && "
            "at[1] < y + 1; }",
            arg=[figure.locator(".explorer-plot").element_handle(), column + 0.5, row + 0.5],
        )
        slider.press("ArrowRight")
    figure.get_by_role("button", name="One step back").click()
    assert moment(figure) == 4
    figure.get_by_role("button", name="One step on").click()
    assert moment(figure) == 5


def test_every_step_stands_there_in_words(figure: Any) -> None:
    expected: Any = robot_at_work(run(Params("sweeper", "training", 1.0))).to_plotly_json()
    figure.get_by_text("Every step in words").click()
    lines = figure.locator(".explorer-words li")
    expect(lines).to_have_count(STEPS + 1)
    assert lines.all_inner_texts() == expected["layout"]["meta"]["animation"]["texts"]
    assert any("sweeps" in line for line in lines.all_inner_texts())


def test_another_setting_stops_it_and_stands_at_its_own_last_moment(figure: Any) -> None:
    figure.get_by_label("speed").select_option(label="slow")
    figure.get_by_role("button", name="Play").click()
    figure.get_by_label("room").select_option(label="deployment")
    expect(figure.get_by_role("button", name="Play")).to_be_visible()
    assert moment(figure) == STEPS
    figure.get_by_text("Every step in words").click()
    assert any("scatters" in line for line in figure.locator(".explorer-words li").all_inner_texts())


def test_a_figure_without_moments_offers_no_player(addresses: dict[str, str], open_page: Opener) -> None:
    figure = open_page(f"{addresses['file']}/proxy.html").figure("three-diagrams")
    expect(figure.get_by_role("button", name="Play")).to_be_hidden()
