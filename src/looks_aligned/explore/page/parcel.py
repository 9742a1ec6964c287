"""One file of styles and one of scripts for all pages.

The theme and its companions bring some forty files. On a slow processor or line each costs, however small, to ask for,
to receive and to start; and a script between the styles keeps a browser from reading on.
"""

import posixpath
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

SAMPLE = "not-found"
"""A page that every build writes, and that has the styles and scripts that all have."""
STATIC = "_static"
STYLE = "site.css"
SCRIPT = "site.js"
THEME_STYLES = ("styles/theme.css", "styles/pydata-sphinx-theme.css")
THEME_SCRIPTS = ("scripts/bootstrap.js", "scripts/pydata-sphinx-theme.js")
"""What the theme's templates name themselves: styles before all others, scripts after them."""
OPTIONS = "documentation_options.js"
"""What scripts in a page's text add to. All others used to wait for the whole page, and run after these."""
PAGE_NAME = "DOCUMENTATION_OPTIONS.pagename"
"""Each page would need a script of its own for it; the theme reads it to offer other versions of a book."""
IMPORT = re.compile(r"""@import\s+(?:url\()?["']([^"']+)["']\)?\s*;""")
LINK = re.compile(r"""url\(\s*(["']?)(?!["']?(?:data:|https?:|#))([^"')]+)\1\s*\)""")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    common: dict[str, list[Any]] = {}

    def note(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: Any) -> None:
        if page == SAMPLE:
            common.update(styles=context["css_files"], scripts=context["script_files"])

    def finish(app: Sphinx, error: Exception | None) -> None:
        if error is not None or app.builder.name != "html" or not common:  # a build with nothing to write
            return
        styles, scripts = (
            [str(one.filename).removeprefix(f"{STATIC}/") for one in common[kind] if one.filename]
            for kind in ("styles", "scripts")
        )
        inline = [one.attributes["body"] for one in common["scripts"] if not one.filename]
        write(Path(app.outdir) / STATIC, styles, scripts, inline)

    app.connect("html-page-context", note, priority=950)  # when the others have had their say
    app.connect("build-finished", finish, priority=950)  # when all have put their files there
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def write(static: Path, styles: Iterable[str], scripts: Iterable[str], inline: Iterable[str]) -> None:
    """Write both.

    Args:
        static: the site's folder of static files.
        styles: file names, in the order in which they count.
        scripts: file names, in the order in which they run.
        inline: scripts that pages would have in their text; they run before those of the files.

    Raises:
        FileNotFoundError: there is no such file.
    """
    files = [(static / name).read_text(encoding="utf-8") for name in (*scripts, *THEME_SCRIPTS) if name != OPTIONS]
    options = (static / OPTIONS).read_text(encoding="utf-8")
    settings = [text for text in inline if not text.startswith(PAGE_NAME)]
    (static / SCRIPT).write_text("\n;\n".join([options, *settings, *files]), encoding="utf-8")
    style = "\n".join(_style(static, name) for name in (*THEME_STYLES, *styles))
    (static / STYLE).write_text(style, encoding="utf-8")


def _style(static: Path, name: str) -> str:
    """A style with those that it imports, its links as seen from the folder of static files."""
    folder = posixpath.dirname(name)
    text = (static / name).read_text(encoding="utf-8")
    text = LINK.sub(lambda link: f'url("{posixpath.normpath(posixpath.join(folder, link[2]))}")', text)
    return IMPORT.sub(lambda other: _style(static, posixpath.normpath(posixpath.join(folder, other[1]))), text)
