"""What pages have where the site's address is known: a canonical link, a card for who shares them, and a sitemap."""

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from looks_aligned.explore.page.launch import repository

CARD = "card.png"
"""The picture of the card, in `.github` of the checkout and among the site's files."""
ALT = "Looks Aligned: a hands-on course in inner alignment. Two curves that rise together in training and part in use."


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx; these extensions work only where there is an address."""
    if address_of(app):
        app.setup_extension("sphinx_sitemap")
        app.setup_extension("sphinxext.opengraph")
        app.connect("config-inited", _configure)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def address_of(app: Sphinx) -> str:
    """Where the site will be: as the settings say, else where GitHub Pages puts it; empty where neither is known."""
    where = repository(Path(app.srcdir).parent)
    return app.config.html_baseurl or (where.site if where else "")


def _configure(app: Sphinx, config: Config) -> None:
    config.html_baseurl = config.ogp_site_url = address_of(app)
    config.sitemap_url_scheme = "{link}"
    config.sitemap_excludes = ["search.html", "genindex.html", "not-found.html"]
    config.ogp_image = f"_static/{CARD}"
    config.ogp_image_alt = ALT
    config.ogp_social_cards = {"enable": False}
    config.ogp_custom_meta_tags = ['<meta name="twitter:card" content="summary_large_image" />']
