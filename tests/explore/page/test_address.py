"""Does a site whose address is known have a sitemap and cards, and one whose address is not, neither?"""

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from looks_aligned.explore.page.build import build_pages
from looks_aligned.explore.page.launch import REPOSITORY_VARIABLE
from tests.book.conftest import BUILD
from tests.book.test_build import small_book

SITE = "https://someone.github.io/a-book/"


def test_a_page_of_a_known_site_names_its_address_and_a_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in BUILD.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv(REPOSITORY_VARIABLE, "someone/a-book")
    assert build_pages(small_book(tmp_path, "It is about this.")) == 0
    site = tmp_path / "_build" / "html"
    html = (site / "index.html").read_text(encoding="utf-8")
    assert f'<link rel="canonical" href="{SITE}index.html"' in html
    tags = dict(re.findall(r'<meta property="(og:[\w:]+)" content="([^"]*)"', html))
    assert tags["og:title"] == "A page"
    assert tags["og:url"] == f"{SITE}index.html"
    assert "It is about this." in tags["og:description"]
    assert tags["og:image"].startswith(SITE)
    assert (site / tags["og:image"].removeprefix(SITE)).read_bytes().startswith(b"\x89PNG")
    assert "url = {" + SITE + "index.html}" in html
    places = [one.text for one in ElementTree.parse(site / "sitemap.xml").iter() if one.tag.endswith("loc")]
    assert places == [f"{SITE}index.html"]


def test_a_page_of_a_site_without_an_address_names_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in BUILD.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv(REPOSITORY_VARIABLE, raising=False)
    assert build_pages(small_book(tmp_path, "It is about this.")) == 0
    html = (tmp_path / "_build" / "html" / "index.html").read_text(encoding="utf-8")
    assert not re.search(r'og:|rel="canonical"|url = ', html)
    assert not (tmp_path / "_build" / "html" / "sitemap.xml").exists()
