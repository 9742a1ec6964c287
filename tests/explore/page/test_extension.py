"""Does a page get one script of ours, each script once, and nothing that it does not need?"""

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pydata_sphinx_theme
import pytest
from fontTools.ttLib import TTFont
from plotly.offline import get_plotlyjs_version
from sphinx.builders.html._assets import _JavaScript

import looks_aligned
from looks_aligned.explore.explorer import BUILD_VARIABLE, FRONT
from looks_aligned.explore.page import extension
from looks_aligned.explore.page.extension import bundle, page_digest

THEME = "theme/pydata_sphinx_theme/static"
PARTS = (
    "address",
    "execution",
    "figures",
    "handouts",
    "look",
    "mathematics",
    "parcel",
    "progress",
    "teaching",
    "terms",
)
FONTS = "_static/vendor/fontawesome/webfonts"


def unchecked(function: Any) -> Any:
    """A function past the check of its arguments' types: Sphinx's own application needs a whole book."""
    return getattr(function, "__wrapped__", function)


def test_the_bundle_is_a_classic_script_with_explorer_and_host():
    script = bundle()
    assert not re.search(r"^\s*(import|export)\b", script, re.MULTILINE), "from a file, browsers run no modules"
    assert "window.looksAligned = { explorer: { render }" in script
    assert script.index("window.looksAligned = {") < script.index("window.looksAligned.grid =")
    assert "function render(" in script
    assert ".explorer-host" in script
    assert len(re.findall(r"^\(\(\) => \{$", script, re.MULTILINE)) == 2, "neither sees the other's names"


@pytest.mark.parametrize(
    "source",
    [
        "function render() {}",
        "function render() {}\nexport default { render, more };",
        "export default { render };\nexport default { render };",
    ],
)
def test_an_explorer_without_its_one_export_line_is_refused(source, tmp_path, monkeypatch):
    (tmp_path / "explorer.js").write_text(source)
    (tmp_path / "host.js").write_text("")
    monkeypatch.setattr(extension, "FRONT", tmp_path)
    with pytest.raises(ValueError, match=r"explorer.js: must end in 'export default { render };'"):
        bundle()


def test_the_page_and_the_kernel_draw_with_the_same_plotly():
    pins = json.loads((FRONT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert pins["plotly.js-cartesian-dist-min"] == get_plotlyjs_version()
    lock = json.loads((FRONT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for name, version in pins.items():
        assert lock[f"node_modules/{name}"]["version"] == version


def test_kernels_are_told_that_a_page_is_built(tmp_path, monkeypatch):
    for variable in (BUILD_VARIABLE, "PLOTLY_RENDERER"):
        monkeypatch.setenv(variable, "")
    config = SimpleNamespace(templates_path=["theirs"], html_extra_path=[])
    application: Any = SimpleNamespace(outdir=str(tmp_path / "html"))
    unchecked(extension._configure)(application, config)
    assert extension.os.environ[BUILD_VARIABLE] == "1"
    assert extension.os.environ["PLOTLY_RENDERER"] == "plotly_mimetype"
    assert config.templates_path[-1] == "theirs", "ours come first"
    assert config.release == looks_aligned.__version__
    assert (tmp_path / "html" / "_static").is_dir(), "else the theme's logo becomes a file of that name"


def test_the_pages_digest_changes_with_scripts_styles_templates_map_and_date(tmp_path, monkeypatch):
    for folder in ("FRONT", "PAGE"):
        monkeypatch.setattr(extension, folder, tmp_path / folder)
        (tmp_path / folder / "templates").mkdir(parents=True)
    seen = set()
    for place in ("FRONT/explorer.js", "FRONT/explorer.css", "PAGE/repairs.css", "PAGE/templates/layout.html"):
        (tmp_path / place).write_text("changed")
        seen.add(page_digest())
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    seen.add(page_digest())
    monkeypatch.setattr(extension, "code_digest", lambda module: f"other code of {module}")
    seen.add(page_digest())
    assert len(seen) == 6
    (tmp_path / "PAGE/compiled.pyc").write_text("not of a page")
    assert page_digest() in seen


def tidied(*scripts: Any, page: str = "page", **context: Any) -> list[Any]:
    context |= {"script_files": [*scripts]}
    unchecked(extension._tidy_page)(SimpleNamespace(), page, "page.html", context, None)
    return context["script_files"]


def script(filename: str | None = None, **attributes: Any) -> _JavaScript:
    return _JavaScript(filename or "", **attributes)


def test_a_page_gets_each_script_once_in_the_same_order():
    one, same, other = script("one.js"), script("one.js"), script("other.js")
    inline, same_inline, other_inline = script(body="let a = 1"), script(body="let a = 1"), script(body="let b = 1")
    assert tidied(one, inline, same, other, same_inline, other_inline, other) == [one, inline, other, other_inline]


def test_a_page_gets_nothing_of_thebe():
    kept = script("one.js")
    assert tidied(script("sphinx-thebe.js"), kept, script(body='const THEBE_JS_URL = "https://…"')) == [kept]


@pytest.mark.parametrize(("name", "language"), [("de/proxy", "de"), ("proxy", "en"), ("teaching/proxy", "en")])
def test_a_page_says_its_language(name, language):
    page = {"language": "en"}
    unchecked(extension._tidy_page)(SimpleNamespace(), name, "page.html", page, None)
    assert page["language"] == language


def test_what_screen_readers_stumble_over_is_put_right():
    entry, summary = '<div role="{}" id="a">', "<summary{}>Show code cell source</summary>"
    page = {"body": entry.format("doc-biblioentry") + summary.format(' aria-label="Toggle hidden content"')}
    unchecked(extension._tidy_page)(SimpleNamespace(), "page", "page.html", page, None)
    assert page["body"] == entry.format("listitem") + summary.format("")


def finished(site: Any, builder: str = "html", error: Exception | None = None) -> None:
    application: Any = SimpleNamespace(outdir=str(site), builder=SimpleNamespace(name=builder))
    unchecked(extension._lighten)(application, error)


@pytest.fixture
def site(tmp_path):
    for folder in ("_static/scripts", "_static/explorers", "_static/styles", FONTS, "chapters"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "_static/scripts/fontawesome.js").write_text("half a megabyte")
    for name in ("one-line-aa.js", "two-line-bb.js", "two-line-old.js"):
        (tmp_path / "_static/explorers" / name).write_text(name)
    for font in (Path(pydata_sphinx_theme.__file__).parent / THEME / FONTS.removeprefix("_static")[1:]).iterdir():
        (tmp_path / FONTS / font.name).write_bytes(font.read_bytes())
    icons = '.fa-bars:before,.fa-navicon:before{content:"\\f0c9"}.fa-cat:before{content:"\\f6be"}'
    (tmp_path / "_static/styles/theme.css").write_text(f'{icons}.admonition:before{{content:"\\f05a"}}')
    (tmp_path / "one.html").write_text(
        '<div data-grid="_static/explorers/one-line-aa.js"><i class="fas fa-navicon"></i>'
    )
    (tmp_path / "chapters/two.html").write_text('<div data-grid="../_static/explorers/two-line-bb.js">')
    return tmp_path


def test_a_finished_site_keeps_the_side_files_that_a_page_names_and_no_others(site):
    finished(site)
    assert sorted(file.name for file in (site / "_static/explorers").iterdir()) == ["one-line-aa.js", "two-line-bb.js"]
    assert (site / "_static/scripts/fontawesome.js").read_text() == ""


def test_a_finished_sites_icon_fonts_hold_the_icons_that_its_pages_and_its_style_use_and_no_others(site):
    finished(site)
    with TTFont(site / FONTS / "fa-solid-900.woff2") as font:
        assert {*(font.getBestCmap() or ())} == {0xF0C9, 0xF05A}
    assert not [*(site / FONTS).glob("*.ttf")]
    assert sum(font.stat().st_size for font in (site / FONTS).iterdir()) < 10_000


@pytest.mark.parametrize(("builder", "error"), [("text", None), ("html", RuntimeError("it failed"))])
def test_a_build_that_failed_or_is_no_site_is_left_alone(site, builder, error):
    finished(site, builder, error)
    assert len([*(site / "_static/explorers").iterdir()]) == 3
    assert (site / "_static/scripts/fontawesome.js").read_text() != ""


def test_sphinx_is_told_what_it_gets():
    class Application:
        srcdir = "/nowhere/book"

        def __init__(self) -> None:
            self.connected: dict[str, int] = {}
            self.settings: dict[str, str] = {}

        def add_node(self, node: Any, **visitors: Any) -> None:
            assert {"html", "text"} <= visitors.keys()

        def add_config_value(self, name: str, default: str, rebuild: str) -> None:
            self.settings[name] = rebuild

        def setup_extension(self, name: str) -> None:
            self.settings[name] = "extension"

        def connect(self, event: str, handler: Any, priority: int = 500) -> None:
            self.connected[event] = priority

    application: Any = Application()
    told = unchecked(extension.setup)(application)
    assert told["version"] == looks_aligned.__version__
    assert application.settings == {
        "looks_aligned_page": "html",
        "looks_aligned_repository": "html",
        **{f"looks_aligned.explore.page.{part}": "extension" for part in PARTS},
    }
    assert application.connected.keys() == {
        *("config-inited", "builder-inited", "html-collect-pages", "html-page-context", "build-finished")
    }
    assert application.connected["html-page-context"] > 500, "after the theme has put its scripts there"
