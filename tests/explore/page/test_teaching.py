"""Do teaching pages take from chapters what they repeat, and does the build fail where a chapter has it no longer?"""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.utils import new_document

from looks_aligned.explore.page import figures
from looks_aligned.explore.page.build import build_pages
from looks_aligned.explore.page.teaching import LENGTHS, STRETCH, read_plan, sections_of
from tests.book.conftest import BUILD
from tests.book.test_build import CELL, small_book

read_state = getattr(figures.read_state, "__wrapped__", figures.read_state)  # past the check of its arguments' types
PLAN = ["20 20 20 read: A; B", " 40 60  60 **Talk.**", "-  10  40 Exercise"]
CHAPTER = """
One two three four.

## First

Five six {math}`a = b` seven.

```{figure} none.svg
```

### Deeper

Eight nine.

:::{admonition} One solution
:class: dropdown
Folded words do not count.
:::
"""
EXPLORER = CELL.format(
    """import plotly.graph_objects as go
from looks_aligned.explore import Prediction, explore


def curve(power, scale):
    title = f"Power {power}, scale {scale}"
    layout = {"template": "none", "title": {"text": title}, "meta": {"summary": f"{title}."}}
    return go.Figure(go.Scatter(y=[1.0, 2.0**power]), layout)


explore(
    curve, power=(1, 3), scale=["small", "very large"],
    predict=Prediction("How high?", answer="high", choices=["low", "high"], at={"power": 3}),
)"""
) + CELL.format('explore(curve, name="unasked", power=(1, 3), scale=["small", "very large"])')


def test_a_plan_is_read_line_by_line() -> None:
    first, second, third = read_plan(["", *PLAN])
    assert (first.minutes, first.sections) == ((20, 20, 20), ("A", "B"))
    assert (second.minutes, second.words, second.sections) == ((40, 60, 60), "**Talk.**", ())
    assert third.minutes == (0, 10, 40)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["60 90 Talk."], "a line has three numbers of minutes"),
        (["60 90 110 Talk."], "the steps of the 120-minute meeting come to 110 minutes"),
        ([*PLAN[:2], "- 10 39 Exercise"], "come to 119 minutes"),
        ([f"{STRETCH + 1} 20 20 read: A", "39 70 100 Talk."], "takes 21 minutes; at most 20"),
        (["20 20 20 read: A", "- 1 1 Talk.", "20 20 20 read: B", "20 49 79 Talk."], "follows other reading in the 60"),
    ],
)
def test_a_plan_that_does_not_hold_is_refused(lines: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=f"plan: .*{re.escape(said)}"):
        read_plan(lines)
    assert LENGTHS == (60, 90, 120)


def section(title: str, *children: nodes.Node) -> nodes.section:
    return nodes.section("", nodes.title("", title), *children, ids=[title.lower()])


def test_words_are_counted_where_there_is_something_to_read() -> None:
    document = new_document("page", get_default_settings())
    folded = nodes.admonition("", nodes.title("", "Solution"), nodes.paragraph("", "not this"), classes=["dropdown"])
    split = nodes.paragraph("", "", nodes.Text("four fi"), nodes.emphasis("", "ve"), nodes.Text(" six"))
    inner = section("Inner", nodes.paragraph("", "seven eight"), nodes.literal_block("", "x = 1"), folded)
    document += section("Page", nodes.paragraph("", "one two three"), section("Outer", split, inner))
    # The headings count, too: they are read.
    assert sections_of(document) == {"Page": ("page", 4), "Outer": ("outer", 7), "Inner": ("inner", 3)}


def environment() -> Any:
    control = {"name": "share", "label": "share", "labels": ["none", "half"], "values": ["0", "0.5"]}
    leaves = [
        {
            "controls": ["share"],
            "index": [0, 1],
            "changes": [{"path": ["layout", "title", "text"], "values": ["Nothing", "Half of it"]}],
        }
    ]
    figure = {
        "controls": [control],
        "defaults": {"share": 1},
        "template": {"layout": {"title": {"text": ""}, "meta": {"summary": "It is so."}}},
        "leaves": leaves,
        "prediction": {},
    }
    return SimpleNamespace(get_domain=lambda name: SimpleNamespace(data={"figures": {"one": {"line": figure}}}))


def test_a_state_says_what_its_figure_says_in_it_and_leads_there_even_if_starts_change() -> None:
    state = read_state(environment(), "one#line?share=0")
    assert (state.title, state.summary, state.settings) == ("Nothing", "It is so.", "share: none")
    assert state.address("one.html") == "one.html#line?share=0"
    assert state.address("one.html", present=True) == "one.html#line?share=0&present"
    start = read_state(environment(), "one#line")
    assert start.title == "Half of it"
    assert start.address("one.html") == "one.html#line", "as the reader finds it, its question first"
    assert start.address("one.html", present=True) == "one.html#line?present"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("one#circle", "the figures of page 'one' are line"),
        ("two#line", "the figures of page 'two' are none"),
        ("one#line?shape=0", "got setting 'shape' .* it takes share"),
        ("one#line?share=0.4", "got share='0.4' .* it takes 0, 0.5"),
    ],
)
def test_a_state_that_is_not_there_is_refused(written: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"state: .*{said}"):
        read_state(environment(), written)


def book(folder: Path, teaching: str) -> Path:
    """A book of a chapter with an explorer, and a page that teaches it."""
    small_book(folder, f"{CHAPTER.replace('```{figure} none.svg', '```{code-block} python')}\n{EXPLORER}")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: index\nchapters:\n- file: teaching/index\n")
    (folder / "book" / "teaching").mkdir()
    (folder / "book" / "teaching" / "index.md").write_text(f"# Teach it\n\n{teaching}")
    return folder


TEACHING = """
```{plan} index
20 20 20 read: A page; First
40 70 100 **Talk** about {state}`the start <index#curve?power=1&scale=small>`.
```

```{vote} index#curve
What to make of it.
```

```{show} index#curve?power=3&scale=very+large
Point at it.
```

```{ask} Is *this* so?
Yes.
```

```{handout} index
:diagram: curve
:figures: curve?power=1 curve?power=2
```
"""


def test_a_teaching_page_shows_what_the_chapter_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in BUILD.items():
        monkeypatch.setenv(name, value)
    assert build_pages(book(tmp_path, TEACHING)) == 0
    site = tmp_path / "_build" / "html"
    html = (site / "teaching" / "index.html").read_text(encoding="utf-8")
    text = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    assert "0:00 0:00 0:00 Read A page , First (1 min)." in text
    assert "0:20 0:20 0:20 Talk about the start ." in text
    assert "1:00 1:30 2:00 End." in text
    assert "How high?" in text
    assert "B: high." in text
    assert "Power 3, scale very large" in text
    assert 'href="../index.html#curve?power=3&amp;scale=very+large&amp;present"' in html
    assert 'data-made="handouts/index.pdf"' in html
    handout = (site / "handouts" / "index.html").read_text(encoding="utf-8")
    assert handout.count("data-still=") == 3
    assert 'data-still="power=2&amp;scale=small"' in handout
    assert "power: 2 · scale: small" in handout
    assert "Is <em>this</em> so?" in handout
    assert "high." not in re.sub(r"<[^>]+>", " ", handout).split("Questions")[0].split("How high?")[1].split("guess")[0]
    for side in re.findall(r'data-grid="\.\./([^"]+)"', handout):
        assert (site / side).exists()
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    assert '"curve"' in index
    assert "figure" in index


FAULTS = {
    "```{plan} index\n60 90 120 read: Nowhere\n```": "takes 60 minutes",
    "```{plan} index\n9 9 9 read: Nowhere\n51 81 111 Talk.\n```": "got section 'Nowhere'",
    "```{plan} nowhere\n60 90 120 Talk.\n```": "got page 'nowhere'",
    "```{vote} index#circle\n```": "the figures of page 'index' are curve, unasked",
    "```{show} index#curve?power=9\n```": "got power='9'",
    "{state}`index#curve?shape=round`": "got setting 'shape'",
    "```{handout} index\n:diagram: curve\n```": "handout: figures is missing",
    "```{handout} index\n:figures: curve\n:vote: unasked\n```": "the figure index#unasked asks no question first",
}


def test_the_build_fails_where_the_chapter_has_it_no_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, value in BUILD.items():
        monkeypatch.setenv(name, value)
    assert build_pages(book(tmp_path, "\n\n".join(FAULTS))) != 0
    printed = "".join(capfd.readouterr())
    assert [said for said in FAULTS.values() if said not in printed] == []
