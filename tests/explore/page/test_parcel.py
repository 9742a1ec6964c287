"""Do a page's many styles and scripts do the same as one file each?"""

import pytest

from looks_aligned.explore.page import parcel


@pytest.fixture
def static(tmp_path):
    for name in (*parcel.THEME_STYLES, *parcel.THEME_SCRIPTS, parcel.OPTIONS):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    return tmp_path


def run_order(static):
    return [line for line in (static / parcel.SCRIPT).read_text().splitlines() if line not in ("", ";")]


def test_settings_come_before_the_files_that_read_them_and_files_keep_their_order(static):
    (static / parcel.OPTIONS).write_text("const options = {}")
    (static / "one.js").write_text("first()")
    (static / "two.js").write_text("(() => second())() // the end")
    (static / parcel.THEME_SCRIPTS[1]).write_text("third()")
    parcel.write(static, [], ["one.js", parcel.OPTIONS, "two.js"], ["let hint = 'show'", "options.late = true"])
    assert run_order(static) == [
        *("const options = {}", "let hint = 'show'", "options.late = true"),
        *("first()", "(() => second())() // the end", "third()"),
    ]
    assert (static / parcel.SCRIPT).read_text().count("\n;\n") == 6, "none runs into the next"


def test_what_only_one_page_says_of_itself_is_in_no_page(static):
    parcel.write(static, [], [], ["DOCUMENTATION_OPTIONS.pagename = 'proxy';", "let a = 1"])
    assert run_order(static) == ["let a = 1"]


def test_links_in_styles_lead_to_the_same_files(static):
    (static / "basic.css").write_text("i { background: url(minus.png) }")
    (static / parcel.THEME_STYLES[0]).write_text('@import "../basic.css";b { src: url("../vendor/icons.woff2") }')
    (static / "book.css").write_text("u { src: url('letters.woff2'); background: url(data:image/png;base64,AA==) }")
    parcel.write(static, ["book.css"], [], [])
    style = (static / parcel.STYLE).read_text()
    assert 'url("minus.png")' in style
    assert 'url("vendor/icons.woff2")' in style
    assert 'url("letters.woff2")' in style
    assert "url(data:image/png;base64,AA==)" in style
    assert style.index("minus") < style.index("vendor") < style.index("letters")


def test_a_file_that_is_not_there_is_named(static):
    with pytest.raises(FileNotFoundError, match=r"gone\.js"):
        parcel.write(static, [], ["gone.js"], [])
    with pytest.raises(FileNotFoundError, match=r"gone\.css"):
        parcel.write(static, ["gone.css"], [], [])
