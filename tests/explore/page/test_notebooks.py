"""Does each page with cells become a clean notebook that says what the page says, and does a reader keep their own?"""

import base64
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from looks_aligned.explore.page.build import build_pages
from looks_aligned.explore.page.launch import REPOSITORY_VARIABLE
from looks_aligned.explore.page.notebooks import INVITATION, MADE, digest, hand_out
from tests.book.conftest import BUILD
from tests.book.test_build import CELL, small_book

EVERYTHING = r"""
Text with a snake_case word, 2 \* 3, {sub}`low` <span class="base">raw</span>, a break\
and {term}`mesa-objective`, {ref}`a place <here>`, {doc}`index`, [a link](https://example.org/?a=b_c), a note[^one].

[^one]: Its *text*.

:::{margin} Aside
In the margin.
:::

:::{admonition} Predict first
:class: tip
How many?

- one
- two
:::

:::{admonition} Solution
:class: dropdown
It is **{glue:text}`answer`**.

```python
x = 1
```
:::

:::{dropdown} Another < solution
Its text.
:::

:::{tip}
A tip.
:::

(here)=
## A place

```{glossary}
mesa-objective
  What it pursues.
```

**Term**, T{sub}`1`
: Its meaning.

| a | b |
|---|---|
| 1 | $x$ |

```{figure} square.svg
:alt: A square.
:name: square

Its caption.
```

$$ a = b $$ (equation)

See {eq}`equation` and {numref}`square`.

\begin{align}
a &= b
\end{align}

<div class="chips">

Inside *div*.

</div>

```{literalinclude} ../code.py
:pyobject: f
```

Cited {cite:t}`hubinger2019risks` and {cite:p}`kingma2015adam,sutton1999policy`.

```{code-cell} ipython3
:tags: [remove-cell]

needed_below = 41
```

```{code-cell} ipython3
:tags: [hide-input]

print(needed_below + 1)
```

```{code-cell} ipython3
:tags: [remove-cell]

from looks_aligned.explore.prose import in_prose

in_prose(answer=str(needed_below + 1))
```

```{code-cell} ipython3
1 + 1
```

```{code-cell} ipython3
1 + 1
```

```{bibliography}
:filter: docname in docnames
```
"""
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9H0z"/></svg>'
# In the order of the page; each is written as a reader of the notebook's source sees it.
WRITTEN = [
    f"# A page\n\n{INVITATION}\n\nText with a snake_case word, 2 \\* 3, <sub>low</sub>",
    '<span class="base">raw</span>, a break<br />\nand [mesa-objective]',
    "(https://someone.github.io/a-book/index.html#term-mesa-objective)",
    "[a place](https://someone.github.io/a-book/index.html#here)",
    "[A page](https://someone.github.io/a-book/index.html)",
    "[a link](https://example.org/?a=b_c), a note<sup>1</sup>.",
    "> **Aside**\n>\n> In the margin.",
    "> **Predict first**\n>\n> How many?\n>\n> - one\n> - two",
    "<details>\n<summary>Solution</summary>\n\nIt is **42**.\n\n```python\nx = 1\n```\n\n</details>",
    "<details>\n<summary>Another &lt; solution</summary>\n\nIts text.\n\n</details>",
    "> **Tip**\n>\n> A tip.",
    "## A place",
    "**mesa-objective**<br>\nWhat it pursues.",
    "**Term, T<sub>1</sub>**<br>\nIts meaning.",
    "| a | b |\n| --- | --- |\n| 1 | $x$ |",
    "![A square.](data:image/svg+xml;base64,",
    "Its caption.",
    "$$\na = b \\tag{1}\n$$",
    "See [(1)](https://someone.github.io/a-book/index.html#equation-equation) and [Fig. 1]",
    "\\begin{align}\na &= b\n\\end{align}",
    '<div class="chips">\n\nInside *div*.\n\n</div>',
    '```python\ndef f(x):\n    """Twice x."""\n    return 2 * x\n```',
    "Cited Hubinger *et al.* ([2019](https://arxiv.org/abs/1906.01820))",
    "and ([Kingma and Ba, 2015](https://arxiv.org/abs/1412.6980), Sutton *et al.*, 1999).",
    "- Evan Hubinger, Chris van Merwijk",
    "<sup>1</sup> Its *text*.",
]
RAW = re.compile(r"(^|[^`])\{[a-z:]+\}`|^\s*(:{3,}|`{3,}\{)|<script|hidden>", re.MULTILINE)
"""What only Sphinx understands."""


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of one page that holds every construct; the folder of its notebooks."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (BUILD | {REPOSITORY_VARIABLE: "someone/a-book"}).items():
            patch.setenv(name, value)
        book = small_book(tmp_path_factory.mktemp("everything"), EVERYTHING)
        (book / "book" / "square.svg").write_text(SQUARE)
        (book / "code.py").write_text('def f(x):\n    """Twice x."""\n    return 2 * x\n')
        stale = book / "_build" / "notebooks" / "gone.ipynb"
        stale.parent.mkdir(parents=True)
        stale.write_text("{}")
        assert build_pages(book) == 0
        folder = book / "_build" / "notebooks"
        first = (folder / "index.ipynb").read_bytes()
        (book / "book" / "index.md").touch()
        assert build_pages(book) == 0
        assert (folder / "index.ipynb").read_bytes() == first, "the same page must be the same bytes"
    return folder


def text_of(notebook: NotebookNode) -> str:
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def code_of(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_every_construct_of_a_page_is_written_in_plain_markdown_in_its_order(everything: Path) -> None:
    text = text_of(nbformat.read(str(everything / "index.ipynb"), as_version=4))
    place = 0
    for written in WRITTEN:
        found = text.find(written, place)
        assert found >= 0, f"{written!r} is not in {text[place:]}"
        place = found
    assert not RAW.search(text), RAW.search(text)
    image = re.search(r"!\[A square.\]\(data:image/svg\+xml;base64,([^)]+)\)", text)
    assert image
    assert base64.b64decode(image[1]) == SQUARE.encode()


def test_code_cells_come_in_order_folded_where_the_page_hides_them_without_those_that_feed_the_prose(
    everything: Path,
) -> None:
    setup, *cells = code_of(nbformat.read(str(everything / "index.ipynb"), as_version=4))
    assert "google.colab" in setup.source
    assert [cell.source for cell in cells] == ["needed_below = 41", "print(needed_below + 1)", "1 + 1", "1 + 1"]
    folded = [cell.metadata.get("jupyter", {}).get("source_hidden", False) for cell in (setup, *cells)]
    assert folded == [True, True, True, False, False]
    assert [cell.metadata.get("cellView") == "form" for cell in (setup, *cells)] == folded


def test_a_notebook_whose_page_is_gone_goes_too(everything: Path) -> None:
    assert [file.name for file in everything.iterdir()] == ["index.ipynb"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Text.\n\n:::{card} A card\nText.\n:::\n", "book/index.md:16: a notebook has no form for 'card'"),
        ("Text {unknown}`role`.", 'Unknown interpreted text role "unknown"'),
        (":::{unheard}\nText.\n:::\n", "Unknown directive type: 'unheard'"),
    ],
)
def test_a_build_fails_where_a_page_has_what_a_notebook_cannot_show(
    text: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, value in BUILD.items():
        monkeypatch.setenv(name, value)
    assert build_pages(small_book(tmp_path, f"{text}\n\n{CELL.format('1')}")) != 0
    printed = capfd.readouterr()
    assert named in printed.out + printed.err
    assert "index.md" in printed.out + printed.err


def example(cell: str = "1 + 1") -> NotebookNode:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell, id="a")])
    notebook.metadata[MADE] = {"digest": digest(notebook)}
    return notebook


class Hands:
    """A folder of made notebooks, and the reader's."""

    def __init__(self, folder: Path) -> None:
        self.made, self.own = folder / "made", folder / "own"
        self.made.mkdir()

    def make(self, notebook: NotebookNode) -> None:
        nbformat.write(notebook, str(self.made / "page.ipynb"))

    def give(self) -> list[str]:
        return [*hand_out(self.made, self.own)]

    @property
    def copy(self) -> Path:
        return self.own / "page.ipynb"

    def edit(self, *, source: str | None = None, output: str | None = None) -> bytes:
        notebook = nbformat.read(str(self.copy), as_version=4)
        if source is not None:
            notebook.cells[0].source = source
        if output is not None:
            notebook.cells[0].outputs = [nbformat.v4.new_output("stream", text=output)]
        nbformat.write(notebook, str(self.copy))
        return self.copy.read_bytes()


@pytest.fixture
def hands(tmp_path: Path) -> Hands:
    hands = Hands(tmp_path)
    hands.make(example())
    assert hands.give() == ["page.ipynb: new"]
    return hands


def test_a_reader_gets_a_copy_and_the_same_again_is_no_news(hands: Hands) -> None:
    assert hands.copy.read_bytes() == (hands.made / "page.ipynb").read_bytes()
    assert hands.give() == []


def test_outputs_stay_as_long_as_the_notebook_is_the_same(hands: Hands) -> None:
    kept = hands.edit(output="2")
    assert hands.give() == []
    assert hands.copy.read_bytes() == kept


def test_a_copy_that_was_only_run_is_renewed(hands: Hands) -> None:
    hands.edit(output="2")
    hands.make(example("2 + 2"))
    assert hands.give() == ["page.ipynb: renewed"]
    assert hands.copy.read_bytes() == (hands.made / "page.ipynb").read_bytes()
    assert [file.name for file in hands.own.iterdir()] == ["page.ipynb"]


def test_a_copy_that_was_changed_is_kept_and_a_line_says_where_the_new_one_is(hands: Hands) -> None:
    kept = hands.edit(source="3 + 3")
    assert hands.give() == []
    hands.make(example("2 + 2"))
    for _ in range(2):
        assert hands.give() == [
            f"page.ipynb: kept, since you changed it; its new version is {hands.made / 'page.ipynb'}"
        ]
        assert hands.copy.read_bytes() == kept


@pytest.mark.parametrize("text", ["", "{}", "no notebook", '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}'])
def test_whatever_else_a_reader_has_there_is_kept(text: str, hands: Hands) -> None:
    hands.copy.write_text(text)
    assert "kept" in hands.give()[0]
    assert hands.copy.read_text() == text


def test_a_notebook_of_the_readers_own_is_left_alone(hands: Hands) -> None:
    shutil.copy(hands.copy, hands.own / "mine.ipynb")
    hands.make(example("2 + 2"))
    hands.give()
    assert nbformat.read(str(hands.own / "mine.ipynb"), as_version=4).cells[0].source == "1 + 1"
