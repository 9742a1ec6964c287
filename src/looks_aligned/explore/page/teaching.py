"""What teaching pages are made of: meeting plans, votes, figures to show, questions to ask, handouts.

Whatever they repeat of a chapter is taken from the chapter: its questions, the states of its figures, and how long its
sections take to read. Where the chapter no longer has it, the build fails.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.logging import getLogger

from looks_aligned.explore.page.figures import ResolveStates, ShownState, State, read_state
from looks_aligned.explore.page.mime import ExplorerNode

LENGTHS = (60, 90, 120)
"""Minutes that a meeting may take."""
STRETCH = 20
"""Minutes that a group reads at the most before something else happens."""
WORDS_A_MINUTE = 200
"""How fast a group reads at least, formulas and all."""
HANDOUTS = "handouts"
"""The folder of the pages to print."""
READ = "read:"
ROW = re.compile(r"(\d+|-)\s+(\d+|-)\s+(\d+|-)\s+(\S.*)")
LETTERS = "ABCDEFGHIJ"

_log = getLogger(__name__)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    for name, directive in (("plan", Plan), ("show", Show), ("vote", Vote), ("ask", Ask), ("handout", Handout)):
        app.add_directive(name, directive)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


@dataclass(frozen=True)
class Step:
    """One step of a meeting.

    Attributes:
        minutes: that it takes in a meeting of each length; 0 where it is left out.
        words: what is done.
    """

    minutes: tuple[int, ...]
    words: str

    @property
    def sections(self) -> tuple[str, ...]:
        """The titles of the sections that are read; none if it is no reading."""
        if not self.words.startswith(READ):
            return ()
        return tuple(title.strip() for title in self.words.removeprefix(READ).split(";"))


def read_plan(lines: list[str]) -> tuple[Step, ...]:
    """The steps of a plan, a line each: minutes in a meeting of 60, 90 and 120 minutes (or -), and what is done.

    A step that begins with `read:` names the chapter's sections that are read, separated by semicolons.

    Raises:
        ValueError: a line that is none; a column that does not come to its length; too long a stretch of reading.
    """
    steps = []
    for line in filter(str.strip, lines):
        found = ROW.fullmatch(line.strip())
        if not found:
            raise ValueError(f"plan: got {line!r}; a line has three numbers of minutes (or -) and what is done")
        steps.append(Step(tuple(0 if one == "-" else int(one) for one in found.groups()[:3]), found[4]))
    for column, length in enumerate(LENGTHS):
        if (total := sum(step.minutes[column] for step in steps)) != length:
            raise ValueError(f"plan: the steps of the {length}-minute meeting come to {total} minutes")
        done = [step for step in steps if step.minutes[column]]
        for step in done:
            if step.sections and step.minutes[column] > STRETCH:
                raise ValueError(f"plan: {step.words!r} takes {step.minutes[column]} minutes; at most {STRETCH}")
        for step, following in pairwise(done):
            if step.sections and following.sections:
                raise ValueError(f"plan: {following.words!r} follows other reading in the {length}-minute meeting")
    return tuple(steps)


def sections_of(document: nodes.document) -> dict[str, tuple[str, int]]:
    """The anchor of each section of a page, and how many words there are to read in it, by its title.

    A section has the words of those in it; the page's own, under its title, has only what stands before the first.
    Code, what is folded, and figures do not count.
    """
    found = {}
    for section in document.findall(nodes.section):
        whole = isinstance(section.parent, nodes.section)
        title = section.next_node(nodes.title)
        found[title.astext() if title else ""] = (section["ids"][0], _count_words(section, whole=whole))
    return found


class Plan(SphinxDirective):
    """`{plan} page`: the steps of a meeting about that page, with the time at which each starts."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Put the plan here."""
        try:
            steps = read_plan(list(self.content))
        except ValueError as error:
            raise self.error(str(error)) from None
        node = PlanNode(page=self.arguments[0], steps=steps)
        # What a step says may have emphasis and links: it is read here, and set into the table later.
        for step in steps:
            words, _ = self.parse_inline(step.words)
            node += nodes.paragraph("", "", *([] if step.sections else words))
        self.set_source_info(node)
        return [node]


class PlanNode(nodes.General, ShownState):
    """A plan. Attributes: `page`, `steps`; its children are what each step says, empty for reading."""

    def resolved(self, transform: ResolveStates) -> list[nodes.Node]:
        """A table: when each step starts in a meeting of each length, and what is done."""
        page = self["page"]
        if page not in transform.env.found_docs:
            raise ValueError(f"plan: got page {page!r}; there is no such page")
        sections = sections_of(transform.env.get_doctree(page))
        rows: list[list[list[nodes.Node]]] = []
        clocks = [0] * len(LENGTHS)
        for step, said in zip(self["steps"], self.children, strict=True):
            row: list[list[nodes.Node]] = []
            for column, minutes in enumerate(step.minutes):
                row.append([nodes.Text(_clock(clocks[column]) if minutes else "–")])
                clocks[column] += minutes
            words = self._reading(step, sections, transform) if step.sections else [*said.children]
            rows.append([*row, words])
        rows.append([*([nodes.Text(_clock(clock))] for clock in clocks), [nodes.Text("End.")]])
        head = [*(f"{length} min" for length in LENGTHS), "what happens"]
        return [_table(head, rows, widths=[1, 1, 1, 9])]

    def _reading(self, step: Step, sections: dict[str, tuple[str, int]], transform: ResolveStates) -> list[nodes.Node]:
        said: list[nodes.Node] = [nodes.strong("", "Read"), nodes.Text(" ")]
        words = 0
        for place, title in enumerate(step.sections):
            if title not in sections:
                raise ValueError(f"plan: got section {title!r}; page {self['page']!r} has {', '.join(sections)}")
            anchor, count = sections[title]
            words += count
            said += [nodes.Text(", ")] if place else []
            said.append(transform.reference(f"{transform.address(self['page'])}#{anchor}", title))
        needed = math.ceil(words / WORDS_A_MINUTE)
        given = min(minutes for minutes in step.minutes if minutes)
        if needed > given:
            raise ValueError(f"plan: {step.words!r} has {words} words, {needed} minutes; {given} are given")
        return [*said, nodes.Text(f" ({needed} min).")]


class Show(SphinxDirective):
    """`{show} page#figure?setting=value`: a figure to show in that state, and what to say of it."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Put it here."""
        node = ShowNode(written=self.arguments[0])
        node += self.parse_content_to_nodes()
        self.set_source_info(node)
        return [node]


class ShowNode(nodes.General, ShownState):
    """A figure to show. Attribute: `written`; its children are what is said of it."""

    def resolved(self, transform: ResolveStates) -> list[nodes.Node]:
        """A line that leads to it, its settings, and what is said of it."""
        state = read_state(transform.env, self["written"])
        line = nodes.paragraph("", "", nodes.strong("", "Show"), nodes.Text(" "), transform.link(state, state.title))
        line += [nodes.Text(" ("), transform.link(state, "full window", present=True), nodes.Text(")")]
        settings = nodes.paragraph("", state.settings, classes=["settings"])
        return [nodes.container("", line, settings, *self.children, classes=["show"])]


class Vote(SphinxDirective):
    """`{vote} page#figure`: the question that a figure asks first, as a vote; what to make of the answers."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Put it here."""
        node = VoteNode(written=self.arguments[0])
        node += self.parse_content_to_nodes()
        self.set_source_info(node)
        return [node]


class VoteNode(nodes.General, ShownState):
    """A vote. Attribute: `written`; its children are what to make of the answers."""

    def resolved(self, transform: ResolveStates) -> list[nodes.Node]:
        """The question, what there is to choose, and folded away what the runs say."""
        state = read_state(transform.env, self["written"])
        if not (question := question_of(state)):
            raise ValueError(f"vote: the figure {state.page}#{state.name} asks no question first")
        how = nodes.paragraph("", "", nodes.Text("Show the question "))
        how += [transform.link(state, "full window", present=True), nodes.Text(". Once all have voted, press ")]
        how += [nodes.emphasis("", "Skip"), nodes.Text(": the figure then shows that very case.")]
        box = nodes.admonition("", nodes.title("", "Vote"), *question, how, classes=["vote"])
        said = nodes.paragraph("", "", nodes.strong("", answer_of(state)))
        answer = nodes.admonition("", nodes.title("", "What the runs say"), said, *self.children, classes=["dropdown"])
        return [box, answer]


class Ask(SphinxDirective):
    """`{ask} question`: a question that must be asked; good answers and usual misconceptions. Handouts have it too."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Put it here."""
        words, _ = self.parse_inline(self.arguments[0])
        node = AskNode("", nodes.paragraph("", "", nodes.strong("", "", *words)), question=self.arguments[0])
        node["classes"] = ["ask"]
        node += self.parse_content_to_nodes()
        return [node]


class AskNode(nodes.container):
    """A question and what to expect. Its first child is the question."""


class Handout(SphinxDirective):
    """`{handout} page`: leads to a chapter's pages to print, which have these figures in these states.

    Options: `figures`, separated by blanks; `diagram`, for the first page (if it gives an answer away, name it as the
    first of `figures` instead); `vote`, the figures whose questions are asked first, if not the first of `figures`.
    """

    required_arguments = 1
    has_content = False
    parts = ("diagram", "figures", "vote")
    option_spec: ClassVar = dict.fromkeys(parts, directives.unchanged_required)

    def run(self) -> list[nodes.Node]:
        """Put the link here."""
        if "figures" not in self.options:
            raise self.error("handout: figures is missing")
        written = {part: self.options.get(part, "").split() for part in self.parts}
        page = self.arguments[0]
        node = HandoutNode(
            page=page, states={part: [f"{page}#{one}" for one in some] for part, some in written.items()}
        )
        self.set_source_info(node)
        return [node]


class HandoutNode(nodes.General, ShownState):
    """The place of a link to a handout. Attributes: `page`; `states`: those of its `diagram`, `vote` and `figures`."""

    def resolved(self, transform: ResolveStates) -> list[nodes.Node]:
        """The link; and one to the same as a PDF, which shows where one was made."""
        for written in chain.from_iterable(self["states"].values()):
            state = read_state(transform.env, written)
            if written in self["states"]["vote"] and not question_of(state):
                raise ValueError(f"handout: the figure {state.page}#{state.name} asks no question first")
        address = f"{'../' * transform.env.docname.count('/')}{HANDOUTS}/{self['page']}"
        line = nodes.paragraph("", "", nodes.strong("", "Handout"), nodes.Text(": "))
        line += transform.reference(f"{address}.html", "to print")
        made = (
            f'<span hidden data-made="{HANDOUTS}/{self["page"]}.pdf">, or <a href="{address}.pdf">as a PDF</a></span>'
        )
        line += nodes.raw("", made, format="html")
        return [line]


def question_of(state: State) -> list[nodes.Element]:
    """The question that a figure asks first, and what there is to choose; empty if it asks none."""
    prediction = state.figure["prediction"]
    if not prediction.get("question"):
        return []
    if prediction["choices"]:
        items = [nodes.list_item("", nodes.paragraph("", choice)) for choice in prediction["choices"]]
        choices = nodes.enumerated_list("", *items, enumtype="upperalpha", prefix="", suffix=".")
    else:
        choices = nodes.paragraph("", f"A whole number from {prediction['low']} to {prediction['high']}.")
    return [nodes.paragraph("", "", nodes.strong("", prediction["question"])), choices]


def answer_of(state: State) -> str:
    """What the runs say to that question, with the letter that it has in the list."""
    prediction = state.figure["prediction"]
    choices, answer = prediction["choices"], prediction["answer"]
    return f"{LETTERS[choices.index(answer)]}: {answer}." if choices else f"{answer}."


def questions_of(document: nodes.document) -> Iterator[nodes.paragraph]:
    """The questions of a teaching page, in order."""
    return (node.children[0].deepcopy() for node in document.findall(AskNode))  # type: ignore[misc]


def _count_words(section: nodes.Element, *, whole: bool) -> int:
    """How many words there are to read in a section."""
    skipped = (ExplorerNode, nodes.literal_block, nodes.comment, nodes.raw, nodes.math_block)

    def texts(node: nodes.Node) -> Iterator[str]:
        for child in node.children:
            if isinstance(child, nodes.Text):
                yield child.astext()
            elif isinstance(child, nodes.section) and not whole:
                continue
            elif not isinstance(child, skipped) and "dropdown" not in getattr(child, "attributes", {}).get(
                "classes", ()
            ):
                yield from texts(child)
                if not isinstance(child, nodes.Inline):
                    yield " "

    return len("".join(texts(section)).split())


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"


def _table(head: list[str], rows: list[list[list[nodes.Node]]], widths: list[int]) -> nodes.table:
    """A table of these headings and rows of phrases."""

    def row(cells: list[list[nodes.Node]]) -> nodes.row:
        return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells))

    group = nodes.tgroup("", *(nodes.colspec(colwidth=width) for width in widths), cols=len(head))
    group += nodes.thead("", row([[nodes.Text(word)] for word in head]))
    group += nodes.tbody("", *(row(cells) for cells in rows))
    return nodes.table("", group, classes=["plan", "colwidths-given"])
