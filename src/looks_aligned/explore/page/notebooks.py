"""Each page with cells, as a clean notebook; and a reader's own copies of those, which no rebuild overwrites.

A notebook holds its page's text as plain Markdown, its cells without outputs, and nothing that changes from build to
build. The extension writes them when the pages are done, from what Sphinx made of the pages.
"""

import ast
import hashlib
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import nbformat
from docutils import nodes
from myst_nb.core.read import create_nb_reader
from nbformat import NotebookNode, v4
from sphinx.application import Sphinx

from looks_aligned.exercises.sealed import sealed
from looks_aligned.explore.page.address import address_of
from looks_aligned.explore.page.build import ROOT
from looks_aligned.explore.page.launch import FOLDER, colab_setup, has_cells, repository
from looks_aligned.explore.page.markdown import PlainMarkdown

MADE = "looks_aligned"
"""The key of a notebook's metadata under which stands the digest of its cells as they were made."""
COLLAPSED = frozenset({"hide-input", "hide-cell", "remove-input", "remove-cell"})
"""Tags of cells whose code the page hides; a notebook holds it folded."""
SOLUTION = "One solution"
"""The title of the folded box, below an exercise, that a notebook must not have in plain sight."""
SEALED = "sealed"
"""The class of another box like that."""
INVITATION = "> The figures appear when you run the cells: all of them, from top to bottom."


def main() -> None:
    """Give the reader the notebooks that were built: `make lab` does this before it opens them."""
    for line in hand_out(ROOT / "_build" / "notebooks", ROOT / FOLDER):
        print(line)


def write_notebooks(app: Sphinx, error: Exception | None) -> None:
    """Write the notebook of each page that has cells into `notebooks`, beside the site.

    Raises:
        ValueError: a page holds what a notebook cannot show.
    """
    if error is not None or app.builder.name != "html":
        return
    folder = Path(app.outdir).parent / "notebooks"
    pages = sorted(page for page in app.env.found_docs if has_cells(app.env.metadata[page]))
    made = {f"{page}.ipynb": notebook_of(app, page) for page in pages}
    made = {name: notebook for name, notebook in made.items() if any(code_cells(notebook))}
    for old in folder.rglob("*.ipynb") if folder.exists() else ():
        if old.relative_to(folder).as_posix() not in made:
            old.unlink()
    for name, notebook in made.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


def notebook_of(app: Sphinx, page: str) -> NotebookNode:
    """One page as a notebook.

    Raises:
        ValueError: the page holds what a notebook cannot show; the message names file, line and what it is.
    """
    path = Path(app.env.doc2path(page))
    where = repository(Path(app.srcdir).parent)
    site = address_of(app)
    markdown = PlainMarkdown(
        path.relative_to(Path(app.srcdir).parent).as_posix(),
        urljoin(site, app.builder.get_target_uri(page)) if site else None,
        {one.citation_id: one.entry.fields.get("url") for one in app.env.get_domain("cite").citations},  # type: ignore[attr-defined]
        Path(app.srcdir),
    )
    cells = page_cells(app.env.get_and_resolve_doctree(page, app.builder), _source_cells(app, path), markdown)
    return assembled([_code_cell(colab_setup(where), collapsed=True)] if where else [], [*cells])


def page_cells(document: nodes.Node, source: list[NotebookNode], markdown: PlainMarkdown) -> Iterator[NotebookNode]:
    """A page's cells in order: its text, a cell a section, and its code.

    Args:
        document: the page as Sphinx resolved it.
        source: all cells of the page's source; among them those that the page does not show.
        markdown: writes the text.
    """
    texts: list[str] = []
    done = 0

    def flush() -> Iterator[NotebookNode]:
        if any(texts):
            yield v4.new_markdown_cell("\n\n".join(filter(None, texts)))
        texts.clear()

    def code(until: int) -> Iterator[NotebookNode]:
        nonlocal done
        for cell in source[done:until]:
            tags = {*cell.metadata.get("tags", ())}
            if cell.cell_type == "code" and not ("remove-cell" in tags and _feeds_prose(cell.source)):
                yield _code_cell(cell.source, collapsed=bool(tags & COLLAPSED), tags=sorted(tags))
        done = until

    def inside(node: nodes.Node, level: int) -> Iterator[NotebookNode]:
        for child in node.children:
            if isinstance(child, nodes.section):
                yield from inside(child, level + 1)
            elif isinstance(child, nodes.title) and level:
                yield from flush()
                texts.append(markdown.heading(child, level))
                if level == 1:
                    texts.append(INVITATION)
            elif isinstance(child, nodes.Element) and child.get("nb_element") == "cell_code":
                yield from flush()
                yield from code(child["cell_index"] + 1)
            elif _is_solution(child):
                yield from flush()
                yield _code_cell(sealed(markdown.block(child)), collapsed=True)
            else:
                texts.append(markdown.block(child))

    yield from inside(document, 0)
    yield from flush()
    yield from code(len(source))


def assembled(first: list[NotebookNode], cells: list[NotebookNode]) -> NotebookNode:
    """A valid notebook of these cells, the same bytes each time; a cell's id follows from what it says."""
    told = Counter[str]()
    for cell in (cells := [*first, *cells]):
        name = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:12]
        told[name] += 1
        cell.id = name if told[name] == 1 else f"{name}-{told[name]}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = v4.new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})
    notebook.metadata[MADE] = {"digest": digest(notebook)}
    nbformat.validate(notebook)
    return notebook


def digest(notebook: NotebookNode) -> str:
    """A digest of what a reader edits: the kinds and sources of the cells. Outputs do not count."""
    told = "\0".join(f"{cell.cell_type}\n{cell.source}" for cell in notebook.cells)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def code_cells(notebook: NotebookNode) -> Iterator[NotebookNode]:
    """The cells with code."""
    return (cell for cell in notebook.cells if cell.cell_type == "code")


def hand_out(made: Path, own: Path) -> Iterator[str]:
    """Copy made notebooks to where the reader works. What the reader changed stays, and a line says so.

    Args:
        made: the folder of notebooks just made.
        own: the reader's folder.

    Yields:
        A line for each notebook that came, was renewed, or was kept.
    """
    for file in sorted(made.rglob("*.ipynb")):
        copy = own / file.relative_to(made)
        text = file.read_text(encoding="utf-8")
        name = file.relative_to(made).as_posix()
        if not copy.exists():
            told = f"{name}: new"
        elif _made_as(copy) == nbformat.reads(text, as_version=4).metadata[MADE]["digest"]:
            continue  # of the same build; it may hold the reader's edits or outputs
        elif _untouched(copy):
            told = f"{name}: renewed"
        else:
            yield f"{name}: kept, since you changed it; its new version is {file}"
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        aside = copy.with_name(f".{copy.name}.new")
        aside.write_text(text, encoding="utf-8")
        aside.replace(copy)
        yield told


def _made_as(file: Path) -> str | None:
    """The digest that a notebook had when it was made; None if it is not known."""
    try:
        return nbformat.read(file, as_version=4).metadata.get(MADE, {}).get("digest")
    except Exception:  # whatever a reader may have made of the file
        return None


def _untouched(file: Path) -> bool:
    made_as = _made_as(file)
    return made_as is not None and digest(nbformat.read(file, as_version=4)) == made_as


def _source_cells(app: Sphinx, path: Path) -> list[NotebookNode]:
    """All cells of a page's source, as myst-nb numbers them."""
    text = path.read_text(encoding="utf-8")
    environment: Any = app.env
    reader = create_nb_reader(str(path), environment.myst_config, environment.mystnb_config, text)
    return reader.read(text).cells if reader else []


def _code_cell(source: str, *, collapsed: bool, tags: list[str] | None = None) -> NotebookNode:
    # The first is JupyterLab's word for it, the second Colab's.
    folded = {"jupyter": {"source_hidden": True}, "cellView": "form"} if collapsed else {}
    return v4.new_code_cell(source, metadata={**folded, **({"tags": tags} if tags else {})})


def _is_solution(node: nodes.Node) -> bool:
    titled = isinstance(node, nodes.admonition) and node.children[0].astext() == SOLUTION
    return titled or (isinstance(node, nodes.admonition) and SEALED in node["classes"])


def _feeds_prose(code: str) -> bool:
    """Whether code is there to give the page's text its numbers."""
    calls = (node.func for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call))
    return any(isinstance(called, ast.Name) and called.id == "in_prose" for called in calls)


if __name__ == "__main__":
    sys.exit(main())
