"""Do a page's many styles and scripts do the same as one file each?"""

import pytest

from looks_aligned.explore.page import parcel


@pytest.fixture
def static(tmp_path):
    for name in (*parcel.THEME_STYLES, *parcel.THEME_SCRIPTS):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    return tmp_path


def test_scripts_keep_their_order_and_none_runs_into_the_next(static):
    (static / "one.js").write_text("first()")
    (static / "two.js").write_text("(() => third())() // the end")
    (static / parcel.THEME_SCRIPTS[1]).write_text("fourth()")
    parcel.write(static, [], ["one.js", None, "two.js"], ["let second = 2"])
    lines = [line for line in (static / parcel.SCRIPT).read_text().splitlines() if line not in ("", ";")]
    assert lines == ["first()", "let second = 2", "(() => third())() // the end", "fourth()"]
    assert (static / parcel.SCRIPT).read_text().count(";") == 4


def test_what_only_one_page_says_of_itself_is_in_no_page(static):
    parcel.write(static, [], [None, None], ["DOCUMENTATION_OPTIONS.pagename = 'proxy';", "let a = 1"])
    assert "proxy" not in (static / parcel.SCRIPT).read_text()
    assert "let a = 1" in (static / parcel.SCRIPT).read_text()


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
