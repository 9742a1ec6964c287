"""Are handouts and the copy to carry what a facilitator needs, with everything working from a file?"""

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from looks_aligned.explore.page.offline import NAME, ZIP, assemble, pack
from looks_aligned.explore.page.printing import PAPER, print_handouts
from looks_aligned.explore.page.teaching import HANDOUTS
from tests.book.conftest import PAGES, ROOT, Opener

pytestmark = pytest.mark.xdist_group("handed out")
TEACHING = [page for page in PAGES if page.startswith("teaching/")]
CHAPTERS = [
    page.removeprefix("teaching/") for page in TEACHING if "{handout}" in (ROOT / "book" / f"{page}.md").read_text()
]
MOST_BYTES = 15_000_000
MOST_PAGES = 3
VOTES = {"approximate": 2, "suboptimality": 2, "deceptive": 2}
"""How many questions a handout asks before it shows anything, if more than one."""


@pytest.fixture(scope="module")
def printed(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("printed")
    assert [made.stem for made in print_handouts(site, folder)] == sorted(CHAPTERS)
    return folder


@pytest.fixture(scope="module")
def carried(site: Path, printed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip, unpacked by somebody else, somewhere else."""
    home = tmp_path_factory.mktemp("home with a blank")
    packed = pack(assemble(site, printed, home / "made" / NAME), home / ZIP)
    assert packed.stat().st_size <= MOST_BYTES
    with zipfile.ZipFile(packed) as one:
        one.extractall(home)
    return home / NAME


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_handout_is_a_few_pages_of_paper_with_its_figures_drawn(chapter: str, printed: Path) -> None:
    document = (printed / f"{chapter}.pdf").read_bytes()
    assert document.startswith(b"%PDF")
    pages = len(re.findall(rb"/Type\s*/Page\b", document))
    assert 2 <= pages <= MOST_PAGES
    assert len(document) < 1_000_000


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_question_to_vote_on_is_on_a_handouts_first_page_and_the_results_are_not(
    chapter: str, addresses: dict[str, str], open_page: Opener
) -> None:
    page = open_page(f"{addresses['http']}/handouts/{chapter}.html", viewport=PAPER, color_scheme="light").page
    page.emulate_media(media="print")
    for figure in page.locator(".handout-figure").all():
        expect(figure.locator(".explorer-plot[data-positions]")).to_be_visible()
    votes = page.locator(".handout-vote")
    expect(votes).to_have_count(VOTES.get(chapter, 1))
    vote = votes.last.bounding_box()
    assert vote
    assert vote["y"] + vote["height"] <= PAPER["height"]
    assert page.locator(".handout-figures").evaluate("(all) => getComputedStyle(all).breakBefore") == "page"


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_handout_has_the_definition_the_question_and_the_figures_in_their_states(
    chapter: str, addresses: dict[str, str], open_page: Opener
) -> None:
    page = open_page(f"{addresses['http']}/handouts/{chapter}.html").page
    figures = page.locator(".handout-figure")
    expect(figures).to_have_count(3)
    for figure in figures.all():
        expect(figure.locator(".explorer-plot[data-positions]")).to_be_visible()
        expect(figure.locator(".explorer-title")).not_to_be_empty()
        expect(figure.locator("figcaption")).not_to_be_empty()
        expect(figure.locator("input, select, button").first).to_be_hidden()
    titles = figures.locator(".explorer-title").all_inner_texts()
    assert len({*titles}) == 3, "three figures, or three states"
    expect(page.locator(".defined, .handout-vote").first).to_be_visible()
    assert page.locator(".handout-questions li").count() >= 3


def test_from_the_unpacked_copy_all_works_without_a_network(carried: Path, open_page: Opener) -> None:
    reader = open_page((carried / "index.html").as_uri())
    reader.page.get_by_role("link", name="Teach it").first.click()
    reader.page.get_by_role("link", name="2", exact=True).first.click()
    pdf = reader.page.get_by_role("link", name="as a PDF")
    expect(pdf).to_be_visible()
    assert (carried / "teaching" / str(pdf.get_attribute("href"))).resolve().exists()
    reader.page.get_by_role("link", name="full window").first.click()
    figure = reader.page.locator("#coin-or-corner")
    expect(figure.locator("dialog")).to_be_visible()
    figure.get_by_role("button", name="Skip").click()
    expect(figure.locator(".explorer-plot")).to_have_attribute("data-positions", "3,6,0")
    assert [url for url in reader.requests if not url.startswith(("file:", "data:"))] == []
    assert "looks-aligned.zip" not in reader.page.content()


def test_the_published_front_page_leads_to_the_copy_and_a_local_one_does_not(
    site: Path, printed: Path, carried: Path, tmp_path: Path
) -> None:
    shown = "<p><strong>Without a network.</strong>"
    published = assemble(site, printed, tmp_path / "site", carried.parent / ZIP)
    assert shown in (published / "index.html").read_text(encoding="utf-8")
    assert (published / ZIP).stat().st_size == (carried.parent / ZIP).stat().st_size
    for folder in (site, carried):
        assert shown not in (folder / "index.html").read_text(encoding="utf-8")
    assert not (site / HANDOUTS / f"{CHAPTERS[0]}.pdf").exists()


def test_a_teaching_pages_link_opens_the_chapter_in_that_state(addresses: dict[str, str], open_page: Opener) -> None:
    reader = open_page(f"{addresses['http']}/teaching/proxy.html")
    reader.page.locator(".show a").filter(has_text="0 of 16").first.click()
    figure = reader.page.locator("#coin-or-corner")
    expect(figure.locator(".explorer-plot")).to_have_attribute("data-positions", "3,6,1")
    expect(figure.locator(".explorer-note")).to_be_empty()
