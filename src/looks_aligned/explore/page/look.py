"""The book's look: its typeface, its sign, its style sheet, the map on its front page, and where lines break."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from looks_aligned import __version__
from looks_aligned.drawing.logo import logo
from looks_aligned.drawing.taxonomy import taxonomy_map
from looks_aligned.explore.page.packages import packages

STYLE = Path(__file__).with_name("book.css")
VERBATIM = (nodes.FixedTextElement, nodes.literal, nodes.math)
FONTS = ("latin-wght-normal", "latin-wght-italic", "greek-wght-normal", "greek-wght-italic")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_node(TaxonomyMap, html=(visit_html, None), text=(_visit_text, None))
    app.add_directive("taxonomy-map", TaxonomyMapDirective)
    app.add_post_transform(KeepTogether)
    # Sphinx looks for the favicon, and the theme for the logo, right after this.
    app.connect("config-inited", _dress, priority=400)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}


class TaxonomyMap(nodes.General, nodes.Element):
    """The place of the map on a page."""


class TaxonomyMapDirective(SphinxDirective):
    """`{taxonomy-map}`: the map, with a link to every chapter that the book has."""

    def run(self) -> list[nodes.Node]:
        """Put the map here."""
        return [TaxonomyMap()]


class KeepTogether(SphinxPostTransform):
    """No line breaks between a number and its per cent sign. Programs and formulas are left as they are."""

    default_priority = 900  # after what puts a run's numbers into sentences

    def run(self, **_: Any) -> None:
        """Join them on this page."""
        for text in [*self.document.findall(nodes.Text)]:
            if "%" in text and not any(isinstance(one, VERBATIM) for one in _ancestors(text)):
                text.parent.replace(text, nodes.Text(together(text)))


def together(words: str) -> str:
    """Words in which no line breaks between a number and its per cent sign."""
    return re.sub(r"(?<=\d) (?=%)", "\N{NO-BREAK SPACE}", words)


def _ancestors(node: nodes.Node) -> Iterator[nodes.Node]:
    while node := node.parent:
        yield node


def visit_html(translator: Any, node: TaxonomyMap) -> None:
    """Draw the map with addresses as they are from this page."""
    builder = translator.builder
    here = builder.current_docname
    addresses = {page: builder.get_relative_uri(here, page) for page in builder.env.found_docs}
    translator.body.append(taxonomy_map(addresses))
    raise nodes.SkipNode


def _visit_text(translator: Any, node: TaxonomyMap) -> None:
    raise nodes.SkipNode


def typefaces() -> list[Path]:
    """The files of the typeface that the book is read in."""
    return [_typeface() / "files" / f"source-serif-4-{name}.woff2" for name in FONTS]


def _typeface() -> Path:
    return packages() / "@fontsource-variable" / "source-serif-4"


def _dress(app: Sphinx, config: Config) -> None:
    look = Path(app.outdir).parent / "look"
    shutil.rmtree(look, ignore_errors=True)
    look.mkdir(parents=True)
    for name, dark in (("logo-light.svg", False), ("logo-dark.svg", True)):
        (look / name).write_text(logo(dark=dark), encoding="utf-8")
    shutil.copy(STYLE, look)
    for font in typefaces():
        shutil.copy(font, look)
    shutil.copy(_typeface() / "LICENSE", look / "source-serif-4-LICENSE.txt")  # which has to go with it
    config.html_static_path.append(str(look))
    config.html_css_files.append(STYLE.name)
    config.html_favicon = str(look / "logo-light.svg")
    signs = {f"image_{kind}": str(look / f"logo-{kind}.svg") for kind in ("light", "dark")}
    config.html_theme_options["logo"] = {
        "text": config.html_title,
        "alt_text": f"{config.html_title}, front page",
        **signs,
    }
