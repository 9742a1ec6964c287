"""Does a page's text stay what it is when a notebook's Markdown is made of it?"""

from pathlib import Path
from typing import Any

import pytest
from docutils import nodes
from markdown_it import MarkdownIt

from looks_aligned.explore.page.markdown import PlainMarkdown


@pytest.fixture
def markdown(tmp_path: Path) -> PlainMarkdown:
    return PlainMarkdown("book/page.md", None, {}, tmp_path)


def read_back(text: str) -> list[Any]:
    """The tokens that a notebook's reader makes of some Markdown."""
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)


def words(tokens: list[Any]) -> str:
    """The text of one paragraph with nothing in it but text."""
    (inline,) = (token for token in tokens if token.type == "inline")
    assert {child.type for child in inline.children} <= {"text", "softbreak", "text_special"}, inline.children
    return "".join(child.content or "\n" for child in inline.children)


@pytest.mark.parametrize(
    "text",
    [
        *("*starred* and **twice**", "_under_ and snake_case and __init__ and _x", "[a](b) ![c](d) [e]: f"),
        *("`ticks` and ``two``", "a \\ b \\* c", "<b>bold</b> <!-- x --> a<b", "&amp; &lt; &#35; R&D", "~~struck~~ ~5"),
        *("# no heading", "1. no list", "12) no list", "- none", "+ none", "> no quote", "--- ", "===", "***", "~~~"),
        *("first\n---", "first\n===", "first\n# second", "first\n3. third", "first\n> fourth", "| a |\n|---|\n| b |"),
        *("costs $5 and $6", "α = 1 %, φ = 1 − α", "“quoted” … – —", "x^2^ and H~2~O", "a|b", "-", "1.", "#"),
    ],
)
def test_text_that_looks_like_markdown_reads_as_the_same_text(text: str, markdown: PlainMarkdown) -> None:
    written = markdown.block(nodes.paragraph("", "", nodes.Text(text)))
    tokens = read_back(written)
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"], written
    assert words(tokens) == text.strip()
    assert "$" not in written.replace("\\$", ""), "a notebook would set what stands between two as a formula"


@pytest.mark.parametrize("code", ["x", "`", "a ``b`` c", "*x*", "$a$", "`a", "a|b"])
def test_code_stays_as_it_is(code: str, markdown: PlainMarkdown) -> None:
    (_, inline, _) = read_back(markdown.block(nodes.paragraph("", "", nodes.literal("", code))))
    assert [(child.type, child.content) for child in inline.children or []] == [("code_inline", code)]
    block = nodes.literal_block("", f"{code}\n```\n  more", language="ipython3")
    (fence,) = read_back(markdown.block(block))
    assert (fence.type, fence.info, fence.content) == ("fence", "python", f"{code}\n```\n  more\n")


def test_a_table_holds_bars_in_code_and_in_formulas(markdown: PlainMarkdown) -> None:
    def row(*cells: nodes.Node) -> nodes.row:
        return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", cell)) for cell in cells))

    head = nodes.thead("", row(nodes.Text("a|b"), nodes.Text("c")))
    body = nodes.tbody("", row(nodes.literal("", "x|y"), nodes.math("", "|x|")))
    written = markdown.block(nodes.table("", nodes.tgroup("", head, body, cols=2)))
    tokens = read_back(written)
    assert [token.type for token in tokens].count("tr_open") == 2
    assert [token.content for token in tokens if token.type == "inline"] == [
        *("a|b", "c", "`x|y`", r"$\vert x\vert $"),
    ]


def test_what_has_no_form_in_a_notebook_is_named_with_its_place(markdown: PlainMarkdown) -> None:
    paragraph = nodes.paragraph("", "", nodes.Text("A "), nodes.problematic("", "role"))
    paragraph.line = 7
    with pytest.raises(ValueError, match=r"book/page.md:7: a notebook has no form for 'problematic'"):
        markdown.block(paragraph)
    with pytest.raises(ValueError, match=r"there is no image 'gone\.svg'"):
        markdown.block(nodes.image(uri="gone.svg"))


@pytest.mark.parametrize(
    ("site", "reference", "written"),
    [
        (None, {"internal": True, "refuri": "other.html#x"}, "words"),
        ("https://a.org/b/page.html", {"internal": True, "refuri": "other.html#x"}, "https://a.org/b/other.html#x"),
        ("https://a.org/b/page.html", {"internal": True, "refid": "x"}, "https://a.org/b/page.html#x"),
        (None, {"internal": True, "refid": "x"}, "words"),
        (None, {"refuri": "https://b.org/?x=1_2"}, "https://b.org/?x=1_2"),
        (None, {"internal": True, "refid": "id1"}, "https://source.org"),
        (None, {"internal": True, "refuri": "sources.html#id1"}, "https://source.org"),
        ("https://a.org/b/page.html", {"internal": True, "refid": "id2"}, "words"),
    ],
)
def test_a_link_leads_to_the_published_page_or_to_the_source_or_is_words(
    site: str | None, reference: dict[str, Any], written: str, tmp_path: Path
) -> None:
    markdown = PlainMarkdown("page.md", site, {"id1": "https://source.org", "id2": None}, tmp_path)
    node = nodes.reference("", "words", **reference)
    assert markdown.phrase(node) == (written if written == "words" else f"[words]({written})")
