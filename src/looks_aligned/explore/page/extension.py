"""The Sphinx extension: bakes explorers into pages, keeps pages light and self-contained, makes notebooks of them."""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pydata_sphinx_theme
from fontTools import subset
from sphinx.application import Sphinx
from sphinx.config import Config

from looks_aligned import __version__
from looks_aligned.drawing import taxonomy
from looks_aligned.experiments.sweeps import code_digest
from looks_aligned.explore.explorer import BUILD_VARIABLE, FRONT
from looks_aligned.explore.page import (
    address,
    execution,
    figures,
    handouts,
    look,
    mathematics,
    parcel,
    progress,
    teaching,
    terms,
)
from looks_aligned.explore.page.launch import add_buttons, repository
from looks_aligned.explore.page.mime import FOLDER, ExplorerNode, visit_html, visit_text
from looks_aligned.explore.page.notebooks import write_notebooks
from looks_aligned.explore.page.packages import packages

BUNDLE = "looks-aligned.js"
PLOTLY = "plotly-cartesian.min.js"
PAGE = Path(__file__).parent
# Pages in another language than the book's stand in a folder with its two letters.
TRANSLATED = re.compile(r"^([a-z]{2})/")
# Names, marks and blanks of a program, as Pygments writes them; the theme's styles give them the colour of the text.
PLAIN_CODE = re.compile(r'<span class="(?:n|nn|p|w)">([^<]*)</span>')


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_node(ExplorerNode, html=(visit_html, None), text=(visit_text, None))
    app.add_config_value("looks_aligned_page", page_digest(), "html")  # if it changes, Sphinx writes all pages again
    app.add_config_value("looks_aligned_repository", str(repository(Path(app.srcdir).parent)), "html")
    for part in (address, execution, figures, handouts, look, mathematics, parcel, progress, teaching, terms):
        app.setup_extension(part.__name__)
    app.connect("config-inited", _configure)
    app.connect("builder-inited", _add_assets)
    app.connect("html-collect-pages", _not_found)
    app.connect("html-page-context", _tidy_page, priority=900)
    app.connect("html-page-context", add_buttons, priority=800)
    app.connect("build-finished", _lighten)
    app.connect("build-finished", write_notebooks)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}


def bundle() -> str:
    """Explorer and host as one classic script: from a file, browsers run no modules."""
    explorer = (FRONT / "explorer.js").read_text(encoding="utf-8")
    host = (FRONT / "host.js").read_text(encoding="utf-8")
    start = "export default { render };"
    if explorer.count(start) != 1:
        raise ValueError(f"explorer.js: must end in {start!r}, which the page's bundle rewrites")
    explorer = explorer.replace(start, "window.looksAligned = { explorer: { render }, grid() {} };")
    return f"(() => {{\n{explorer}\n}})();\n(() => {{\n{host}\n}})();\n"


def page_digest() -> str:
    """A digest of all that pages get beside their text: scripts, styles, templates, map, and the date they state."""
    kinds = {".css", ".html", ".js", ".py"}
    files = sorted(file for folder in (FRONT, PAGE) for file in folder.rglob("*") if file.suffix in kinds)
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files))
    return digest.hexdigest()[:16] + code_digest(taxonomy.__name__) + os.environ.get("SOURCE_DATE_EPOCH", "")


def _configure(app: Sphinx, config: Config) -> None:
    # Kernels inherit these: explorers bake themselves, and figures are emitted as data, not as scripts.
    os.environ[BUILD_VARIABLE] = "1"
    os.environ["PLOTLY_RENDERER"] = "plotly_mimetype"
    # The theme copies its logo there before Sphinx makes the folder: it would become a file of that name, and if that
    # build then fails, so would all later ones.
    (Path(app.outdir) / "_static").mkdir(parents=True, exist_ok=True)
    config.templates_path.insert(0, str(PAGE / "templates"))  # before the theme's
    config.html_extra_path.append(str(PAGE / "404.html"))
    config.version = config.release = __version__


def _add_assets(app: Sphinx) -> None:
    assets = Path(app.outdir).parent / "assets"
    shutil.rmtree(assets, ignore_errors=True)
    assets.mkdir(parents=True)
    (assets / BUNDLE).write_text(bundle(), encoding="utf-8")
    # The hint has browsers compile all of the bundle while it loads, beside the page's own work.
    plotly = (packages() / "plotly.js-cartesian-dist-min" / PLOTLY).read_text(encoding="utf-8")
    (assets / PLOTLY).write_text(f"//# allFunctionsCalledOnLoad\n{plotly}", encoding="utf-8")
    (assets / "mathematics.css").write_text(mathematics.style(), encoding="utf-8")
    for file in (
        FRONT / "explorer.css",
        FRONT / "progress.js",
        FRONT / "terms.css",
        FRONT / "terms.js",
        PAGE / "handout.css",
        PAGE / "repairs.css",
    ):
        shutil.copy(file, assets)
    shutil.copy(PAGE.parents[3] / ".github" / address.CARD, assets)
    shutil.copy(PAGE.parents[3] / "CITATION.cff", assets / "CITATION.txt")  # so that browsers show it
    app.config.html_static_path.append(str(assets))
    app.add_js_file(BUNDLE, priority=100)  # ahead of the theme's, which take long
    for script in ("progress.js", "terms.js"):
        app.add_js_file(script, priority=900)
    for style in ("mathematics.css", "explorer.css", "terms.css", "repairs.css"):
        app.add_css_file(style, priority=900)


def _not_found(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The page for addresses where there is none."""
    yield parcel.SAMPLE, {}, f"{parcel.SAMPLE}.html"


def _tidy_page(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """Every script once, nothing for what the book has not, and all in one file.

    The theme lists some scripts twice, and a second run of those is an error in the console. Sphinx's search alone
    has tags for its scripts, among which its own stand.
    """
    seen: set[str] = set()
    scripts = []
    for script in context.get("script_files", []):
        key = str(script.filename) + str(script.attributes.get("body", ""))
        if key not in seen and "thebe" not in key.lower():
            scripts.append(script)
        seen.add(key)
    context["script_files"] = scripts
    context["css_files"] = [style for style in context.get("css_files", []) if "thebe" not in str(style.filename)]
    if found := TRANSLATED.match(page):
        context["language"] = found[1]
    context["body"] = _repaired(context.get("body", ""))


def _repaired(body: str) -> str:
    """A page's text with what others wrote and screen readers stumble over put right."""
    # Entries of a bibliography have a role that is withdrawn, so that their list seems to hold none.
    body = body.replace('role="doc-biblioentry"', 'role="listitem"')
    # Most of a program has the colour of the text. Left without a span, a page has half as many elements to lay out.
    body = PLAIN_CODE.sub(r"\1", body)
    # Who says "show code cell source" to a computer would not reach what is labelled otherwise than it reads.
    return body.replace(' aria-label="Toggle hidden content"', "")


def _lighten(app: Sphinx, error: Exception | None) -> None:
    """Leave out of the site what no page needs."""
    site = Path(app.outdir)
    if error is not None or app.builder.name != "html":
        return
    pages = "".join(page.read_text(encoding="utf-8") for page in site.rglob("*.html"))
    # Half a megabyte that draws the icons as pictures; without it, the theme's style draws the same from its font.
    (site / "_static" / "scripts" / "fontawesome.js").write_text("", encoding="utf-8")
    _keep_used_icons(site, pages)
    _keep_used_letters(site, pages)
    for file in (site / "_static" / FOLDER).glob("*.js"):
        if file.name not in pages:  # of an earlier build
            file.unlink()


def _keep_used_icons(site: Path, pages: str) -> None:
    """Cut the icon fonts down to the icons that pages or the theme's styles use."""
    style = "".join(file.read_text(encoding="utf-8") for file in (site / "_static" / "styles").glob("*.css"))
    icon_rule = re.compile(r'((?:\.fa-[\w-]+:before,?)+)\{content:"\\([0-9a-f]+)"\}')
    used = set(re.findall(r"\bfa-([\w-]+)", pages))
    codes = {code for names, code in icon_rule.findall(style) if used & set(re.findall(r"fa-([\w-]+)", names))}
    codes |= set(re.findall(r"\\(f[0-9a-f]{3})", icon_rule.sub("", style)))
    fonts = Path(pydata_sphinx_theme.__file__).parent / "theme/pydata_sphinx_theme/static/vendor/fontawesome/webfonts"
    for font in fonts.glob("*.woff2"):
        cut = site / "_static/vendor/fontawesome/webfonts" / font.name
        _cut(font, cut, {int(code, 16) for code in codes})
        cut.with_suffix(".ttf").unlink(missing_ok=True)  # for browsers of ten years ago


def _keep_used_letters(site: Path, pages: str) -> None:
    """Cut the typeface down to the letters that pages use, and all that a keyboard has."""
    used = {ord(letter) for letter in unescape(pages)} | {*range(0x20, 0x7F)}
    for font in look.typefaces():
        _cut(font, site / "_static" / font.name, used)


def _cut(font: Path, to: Path, codes: set[int]) -> None:
    """Write a font with no more than these characters."""
    options = subset.Options(flavor="woff2")
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=sorted(codes))
    with subset.load_font(str(font), options) as whole:
        cutter.subset(whole)
        subset.save_font(whole, str(to), options)
