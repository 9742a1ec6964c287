"""Print the handouts: a PDF of each, made from its page by headless Chromium."""

import sys
from collections.abc import Iterator
from pathlib import Path

from looks_aligned.explore.page.browser import launched
from looks_aligned.explore.page.build import ROOT
from looks_aligned.explore.page.teaching import HANDOUTS

PAPER = {"width": 680, "height": 1039}
"""An A4 page without its margins, in CSS pixels."""
PATIENCE = 60_000
"""Milliseconds for a figure to be drawn."""


def main() -> None:
    """Print the handouts of the built book into _build/handouts."""
    for made in print_handouts(ROOT / "_build" / "html", ROOT / "_build" / HANDOUTS):
        print(made.relative_to(ROOT))


def print_handouts(site: Path, folder: Path) -> Iterator[Path]:
    """Make a PDF of each handout of a site, and delete those of handouts that are no more.

    Raises:
        ValueError: the site has no handouts.
        RuntimeError: there is no Chromium.
    """
    pages = sorted((site / HANDOUTS).glob("*.html"))
    if not pages:
        raise ValueError(f"site: {site} has no handouts; build the book first")
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.pdf"):
        if old.with_suffix(".html").name not in {page.name for page in pages}:
            old.unlink()
    with launched() as browser:
        paper = browser.new_page(viewport=PAPER)  # type: ignore[arg-type]
        paper.emulate_media(media="print", color_scheme="light")
        for page in pages:
            paper.goto(page.as_uri())
            for host in paper.locator(".explorer-host").all():
                host.locator(".explorer-plot[data-positions]").wait_for(timeout=PATIENCE)
            aside, made = folder / f".{page.stem}.new", folder / f"{page.stem}.pdf"
            paper.pdf(path=aside, prefer_css_page_size=True, print_background=True, tagged=True)
            aside.replace(made)
            yield made


if __name__ == "__main__":
    sys.exit(main())
