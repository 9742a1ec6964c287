"""A page that Sphinx has resolved, as plain Markdown: what a notebook shows wherever it is opened.

MyST's directives and roles show raw in JupyterLab, Colab and on GitHub. Sphinx has already made something of each:
a number pasted, a citation with its year, an admonition with its title. This writes that something in the Markdown
that all three render: CommonMark, dollar math, pipe tables and `<details>`.
"""

import base64
import html
import mimetypes
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from docutils import nodes
from sphinx.locale import admonitionlabels

# What a reader of a notebook has no use for.
_SILENT = frozenset(
    {"comment", "highlightlang", "index", "label", "meta", "pending", "substitution_definition", "tabular_col_spec"}
    | {"target", "title"}
)
# Blocks and phrases that only hold others.
_TRANSPARENT_BLOCKS = frozenset({"figure", "glossary", "legend", "only"})
_TRANSPARENT_PHRASES = frozenset({"abbreviation", "generated", "inline", "pending_xref", "title_reference"})
_MARKS = {"emphasis": "*", "strong": "**"}
_TAGS = {"subscript": "sub", "superscript": "sup"}
_LANGUAGES = {"default": "", "ipython": "python", "ipython3": "python", "none": "", "text": ""}
# Environments that bring their own display.
_ENVIRONMENT = re.compile(r"\\begin\{(align|alignat|equation|eqnarray|flalign|gather|multline)\*?\}")


class PlainMarkdown:
    """Writes the nodes of one resolved page as Markdown.

    Attributes:
        page: the path of the page's source, for messages.
        site: the address of the published page, ending in its file's name; None if it is not known, in which case a
            link to another page keeps its words only.
        sources: the address of each entry of the bibliography, by the id that citations refer to.
        images: the folder that images' paths start from.
    """

    def __init__(self, page: str, site: str | None, sources: Mapping[str, str | None], images: Path) -> None:
        """Keep what links and messages need."""
        self.page, self.site, self.sources, self.images = page, site, sources, images
        self._in_table = False

    def block(self, node: nodes.Node) -> str:
        """A block, and all inside it.

        Raises:
            ValueError: there is no Markdown for it; the message names file, line and what it is.
        """
        return self._handler("block", node)(node)

    def blocks(self, children: Any) -> str:
        """Blocks, one after the other."""
        return "\n\n".join(filter(None, (self.block(child) for child in children)))

    def phrase(self, node: nodes.Node) -> str:
        """Some text, or what stands in a text.

        Raises:
            ValueError: as `block`.
        """
        return self._handler("phrase", node)(node)

    def phrases(self, children: Any) -> str:
        """What stands in a text, as one line or more."""
        return "".join(self.phrase(child) for child in children)

    def heading(self, node: nodes.Node, level: int) -> str:
        """A heading of that level."""
        return f"{'#' * level} {' '.join(self.phrases(node.children).split())}"

    def _handler(self, kind: str, node: Any) -> Callable[[Any], str]:
        name = node.tagname
        if name in _SILENT:
            return lambda _: ""
        found = getattr(self, f"_{kind}_{name.lstrip('#')}", None)
        if found is not None:
            return found
        if kind == "block" and isinstance(node, nodes.Admonition):
            return self._box
        if kind == "block" and name in _TRANSPARENT_BLOCKS:
            return lambda node: self.blocks(node.children)
        if kind == "phrase" and name in _TRANSPARENT_PHRASES:
            return lambda node: self.phrases(node.children)
        if kind == "phrase" and name in _MARKS:
            return lambda node: f"{_MARKS[name]}{self.phrases(node.children)}{_MARKS[name]}"
        if kind == "phrase" and name in _TAGS:
            return lambda node: f"<{_TAGS[name]}>{self.phrases(node.children)}</{_TAGS[name]}>"
        raise self._unknown(node, name)

    def _unknown(self, node: nodes.Node, name: str) -> ValueError:
        return self._error(node, f"a notebook has no form for {name!r}; use another, or give it one in {__name__}")

    def _error(self, node: nodes.Node, what: str) -> ValueError:
        """An error that says where in the page's source it is."""
        above = node
        while above is not None and above.line is None:
            above = above.parent
        return ValueError(f"{self.page}:{above.line if above is not None else 1}: {what}")

    # Blocks

    def _block_paragraph(self, node: Any) -> str:
        return _safe_lines(self.phrases(node.children).strip())

    # A caption, a line of a poem and the like are paragraphs here.
    _block_caption = _block_attribution = _block_line = _block_compact_paragraph = _block_paragraph

    def _block_line_block(self, node: Any) -> str:
        return "<br>\n".join(self.block(line) for line in node.children)

    def _block_raw(self, node: Any) -> str:
        # What has no line is none of the author's: extensions of Sphinx add scripts, and what those show, to pages.
        return node.astext().strip() if "html" in node["format"].split() and node.line is not None else ""

    def _block_rubric(self, node: Any) -> str:
        return f"**{self.phrases(node.children)}**"

    def _block_transition(self, _: Any) -> str:
        return "---"

    def _block_compound(self, node: Any) -> str:
        # The list of what follows in the book: a notebook stands alone.
        return "" if "toctree-wrapper" in node["classes"] else self.blocks(node.children)

    def _block_container(self, node: Any) -> str:
        if "toggle" in node["classes"]:
            return _details("Show", self.blocks(node.children))
        if node.get("design_component", "dropdown-body") != "dropdown-body":  # cards, grids, tabs
            raise self._unknown(node, node["design_component"])
        return self.blocks(node.children)

    def _block_block_quote(self, node: Any) -> str:
        return _prefixed("> ", self.blocks(node.children))

    def _box(self, node: Any) -> str:
        """An admonition, a margin note: a quote with a bold title, or, where the page folds it, something to unfold."""
        title = next((child for child in node.children if isinstance(child, nodes.title)), None)
        text = self.blocks(node.children)
        if {"dropdown", "toggle"} & {*node["classes"]}:
            return _details(title.astext() if title is not None else admonitionlabels[node.tagname], text)
        words = self.phrases(title.children).strip() if title is not None else admonitionlabels.get(node.tagname, "")
        return _prefixed("> ", f"**{words}**\n\n{text}" if words else text)

    _block_sidebar = _block_topic = _box

    def _block_dropdown_main(self, node: Any) -> str:
        title, *rest = node.children
        icons = [*title.findall(nodes.raw)]
        words = "".join(text for text in title.findall(nodes.Text) if text.parent not in icons)
        return _details(words or "Show", self.blocks(rest))

    def _block_bullet_list(self, node: Any) -> str:
        return self._items(node, lambda _: "- ")

    def _block_enumerated_list(self, node: Any) -> str:
        start = node.get("start", 1)
        return self._items(node, lambda place: f"{start + place}. ")

    def _items(self, node: Any, mark: Callable[[int], str]) -> str:
        items = []
        for place, item in enumerate(node.children):
            first = mark(place)
            text = self.blocks(item.children)
            items.append(first + _prefixed(" " * len(first), text).lstrip())
        loose = any("\n\n" in item for item in items)
        return ("\n\n" if loose else "\n").join(items)

    def _block_definition_list(self, node: Any) -> str:
        return "\n\n".join(self._definition(item) for item in node.children)

    def _definition(self, item: Any) -> str:
        terms = [child for child in item.children if isinstance(child, nodes.term)]
        texts = [child for child in item.children if isinstance(child, nodes.definition)]
        words = " / ".join(self._bold(term) for term in terms)
        meaning = [child for text in texts for child in text.children]
        gap = "<br>\n" if meaning and isinstance(meaning[0], nodes.paragraph) else "\n\n"
        return f"{words}{gap}{self.blocks(meaning)}"

    def _bold(self, node: Any) -> str:
        """A term is bold, also where its author made it, or some of it, bold already."""
        parts = (self.phrases(part.children) if isinstance(part, nodes.strong) else self.phrase(part) for part in node)
        return f"**{''.join(parts).strip()}**"

    def _block_field_list(self, node: Any) -> str:
        fields = ((field.children[0], field.children[1]) for field in node.children)
        return "\n".join(f"- **{self.phrases(name.children)}**: {self.blocks(body.children)}" for name, body in fields)

    def _block_literal_block(self, node: Any) -> str:
        code = node.astext().rstrip("\n")
        language = _LANGUAGES.get(node.get("language", ""), node.get("language", ""))
        if str(node.get("source", "")).endswith(".py"):  # an include
            language = "python"
        fence = "`" * max(3, 1 + max(map(len, re.findall("`+", code)), default=0))
        return f"{fence}{language}\n{code}\n{fence}"

    def _block_math_block(self, node: Any) -> str:
        formula = node.astext().strip()
        if _ENVIRONMENT.match(formula):
            return formula
        number = f" \\tag{{{node['number']}}}" if node.get("number") else ""
        return f"$$\n{formula}{number}\n$$"

    def _block_image(self, node: Any) -> str:
        return self._phrase_image(node)

    def _block_table(self, node: Any) -> str:
        captions = [child for child in node.children if isinstance(child, nodes.title)]
        (group,) = (child for child in node.children if isinstance(child, nodes.tgroup))
        heads = [row for part in group.children if isinstance(part, nodes.thead) for row in part.children]
        bodies = [row for part in group.children if isinstance(part, nodes.tbody) for row in part.children]
        if len(heads) > 1 or any(entry.get("morerows") or entry.get("morecols") for entry in node.findall(nodes.entry)):
            raise self._error(node, "a notebook's table has one row of headings and no joined cells; 'table' has")
        columns = len(bodies[0].children) if bodies else len(heads[0].children)
        first = self._row(heads[0]) if heads else "| " * columns + "|"
        rows = [first, "| --- " * columns + "|", *(self._row(row) for row in bodies)]
        return "\n\n".join([*(f"**{self.phrases(title.children)}**" for title in captions), "\n".join(rows)])

    def _row(self, row: Any) -> str:
        self._in_table = True
        cells = [self.blocks(entry.children).replace("\n\n", "<br>").replace("\n", " ") for entry in row.children]
        self._in_table = False
        return f"| {' | '.join(cells)} |"

    def _block_citation(self, node: Any) -> str:
        # The extension adds an entry's text once for each time its page is resolved.
        first = next(child for child in node.children if isinstance(child, nodes.paragraph))
        return f"- {' '.join(self.phrases(first.children).split())}"

    def _block_footnote(self, node: Any) -> str:
        label = node.children[0].astext()
        return f"<sup>{label}</sup> {self.blocks(node.children)}"

    # What stands in a text

    def _phrase_text(self, node: Any) -> str:
        text = node.astext()
        if node.parent is not None and "bibtex-citation" in node.parent.get("classes", ()):
            text = text.translate({ord("["): "(", ord("]"): ")"})
        return _escaped(text)

    def _phrase_literal(self, node: Any) -> str:
        code = node.astext()
        ticks = "`" * (1 + max(map(len, re.findall("`+", code)), default=0))
        pad = " " if code.startswith("`") or code.endswith("`") else ""
        if self._in_table:
            code = code.replace("|", r"\|")
        return f"{ticks}{pad}{code}{pad}{ticks}"

    def _phrase_math(self, node: Any) -> str:
        formula = node.astext().strip()
        if self._in_table:
            formula = formula.replace("|", r"\vert ")
        return f"${formula}$"

    def _phrase_raw(self, node: Any) -> str:
        return node.astext() if "html" in node["format"].split() else ""

    def _phrase_footnote_reference(self, node: Any) -> str:
        return f"<sup>{node.astext()}</sup>"

    def _phrase_reference(self, node: Any) -> str:
        words = self.phrases(node.children)
        address = self._address(node)
        return f"[{words}]({address})" if address else words

    _phrase_number_reference = _phrase_reference

    def _phrase_image(self, node: Any) -> str:
        address = node["uri"]
        if "://" not in address:
            file = self.images / address
            if not file.is_file():
                raise self._error(node, f"there is no image {address!r}")
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            # In the cell itself: of all that shows an image in JupyterLab, only this does in Colab too.
            address = f"data:{kind};base64,{base64.b64encode(file.read_bytes()).decode()}"
        return f"![{_escaped(node.get('alt', ''))}]({address})"

    def _address(self, node: Any) -> str | None:
        inside = node.get("refid")
        address = node.get("refuri") or (f"#{inside}" if inside else "")
        mark = address.rpartition("#")[2]
        if mark in self.sources:
            return self.sources[mark]
        if not inside and (not node.get("internal") or "://" in address):
            return address
        return urljoin(self.site, address) if self.site else None


def _escaped(text: str) -> str:
    """Text whose characters Markdown would take for its own."""
    text = re.sub(r"([\\`*\[\]<>$|])", r"\\\1", text)
    text = re.sub(r"~(?=~)|(?<=~)~", r"\~", text)
    text = re.sub(r"(?<![^\W_])_|_(?![^\W_])", r"\_", text)
    return re.sub(r"&(?=#?\w+;)", "&amp;", text)


def _safe_lines(text: str) -> str:
    """A paragraph none of whose lines begins like a heading, a list, a quote or a rule."""
    lines = []
    for line in map(str.strip, text.splitlines()):
        line = re.sub(r"^(#{1,6}|[+-])(?=\s|$)", r"\\\1", line)
        line = re.sub(r"^(\d{1,9})([.)])(?=\s|$)", r"\1\\\2", line)
        line = re.sub(r"^(?=(-+|=+|~{3,}.*)\s*$)", r"\\", line)
        lines.append(line)
    return "\n".join(lines)


def _prefixed(mark: str, text: str) -> str:
    return "\n".join(f"{mark}{line}" if line else mark.rstrip() for line in text.splitlines())


def _details(summary: str, text: str) -> str:
    """Something to unfold; Markdown is read in its text, not in its summary."""
    return f"<details>\n<summary>{html.escape(summary.strip(), quote=False)}</summary>\n\n{text}\n\n</details>"
