"""The figures of all pages, in all their states: other pages link to a state, and the site's search finds a figure.

A state is written as in an address: `page#figure?setting=value&…`; settings left out are at their start.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.domains import Domain, ObjType
from sphinx.domains.std import StandardDomain
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxRole
from sphinx.util.logging import getLogger

from looks_aligned.explore.baking import figure_at
from looks_aligned.explore.explorer import PRESENT
from looks_aligned.explore.page.mime import ExplorerNode, side_name

_log = getLogger(__name__)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_domain(FigureDomain)
    StandardDomain.object_types["term"].attrs["searchprio"] = 1  # else the search finds no word of the glossary
    app.add_role("state", StateRole())
    app.add_post_transform(ResolveStates)
    app.connect("env-updated", _pages_that_show)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


class FigureDomain(Domain):
    """Every figure that has controls, and what it says of itself in each state; nothing of what it draws."""

    name = "figure"
    label = "Figures"
    object_types = {"figure": ObjType("interactive figure", "state")}  # noqa: RUF012 - as Sphinx declares both
    initial_data = {"figures": {}, "shows": set()}  # noqa: RUF012
    data_version = 1

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:
        """Keep what a page's figures say, and whether the page shows states of figures."""
        own = {node["name"]: _words_of(node) for node in document.findall(ExplorerNode)}
        self.data["figures"][docname] = {name: figure for name, figure in own.items() if figure["controls"]}
        if any(isinstance(node, ShownState) for node in document.findall(nodes.Element)):
            self.data["shows"].add(docname)

    def clear_doc(self, docname: str) -> None:
        """Forget a page."""
        self.data["figures"].pop(docname, None)
        self.data["shows"].discard(docname)

    def merge_domaindata(self, docnames: Iterable[str], otherdata: dict[str, Any]) -> None:
        """Take in what another process has read."""
        for docname in docnames:
            self.data["figures"][docname] = otherdata["figures"].get(docname, {})
        self.data["shows"] |= otherdata["shows"] & {*docnames}

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """The figures, as the search lists them."""
        for page, figures in self.data["figures"].items():
            for name in figures:
                yield f"{page}#{name}", name.replace("-", " "), "figure", page, name, 1


@dataclass(frozen=True)
class State:
    """One state of one figure.

    Attributes:
        page: the figure's page.
        name: the figure's name.
        figure: the baked grid, but for what is drawn.
        positions: of the controls.
        given: the settings that were named; the others are at their start.
    """

    page: str
    name: str
    figure: dict[str, Any]
    positions: dict[str, int]
    given: tuple[str, ...]

    @property
    def title(self) -> str:
        """What the figure says in its title in this state."""
        return figure_at(self.figure, self.positions)["layout"]["title"]["text"]

    @property
    def summary(self) -> str:
        """What the figure shows in this state, in a sentence."""
        return figure_at(self.figure, self.positions)["layout"]["meta"]["summary"]

    @property
    def settings(self) -> str:
        """The settings in words."""
        return " · ".join(
            f"{control['label']}: {control['labels'][self.positions[control['name']]]}"
            for control in self.figure["controls"]
        )

    @property
    def query(self) -> str:
        """What stands behind the question mark of its address: every setting, so that a new start changes nothing."""
        controls = self.figure["controls"] if self.given else []
        return urlencode(
            [(control["name"], control["values"][self.positions[control["name"]]]) for control in controls]
        )

    def address(self, page: str, *, present: bool = False) -> str:
        """Where it is.

        Args:
            page: the address of the figure's page.
            present: whether the figure shall fill the window.
        """
        query = "&".join(filter(None, (self.query, PRESENT if present else "")))
        return f"{page}#{self.name}" + (f"?{query}" if query else "")


def read_state(environment: BuildEnvironment, written: str) -> State:
    """The state that is meant by `page#figure?setting=value&…`.

    Raises:
        ValueError: there is no such figure, setting or value; the message names it and says what there is.
    """
    where, _, query = written.strip().partition("?")
    page, _, name = where.partition("#")
    every = environment.get_domain("figure").data["figures"]
    if name not in every.get(page, {}):
        there = ", ".join(sorted(every.get(page, {}))) or "none"
        raise ValueError(f"state: got {written!r}; the figures of page {page!r} are {there}")
    figure = every[page][name]
    controls = {control["name"]: control for control in figure["controls"]}
    positions, given = dict(figure["defaults"]), []
    for setting, value in parse_qsl(query, keep_blank_values=True):
        if setting not in controls:
            raise ValueError(f"state: got setting {setting!r} in {written!r}; it takes {', '.join(controls)}")
        values = controls[setting]["values"]
        if value not in values:
            raise ValueError(f"state: got {setting}={value!r} in {written!r}; it takes {', '.join(values)}")
        positions[setting] = values.index(value)
        given.append(setting)
    return State(page, name, figure, positions, tuple(given))


class ShownState(nodes.Element, ABC):
    """Something of a page that needs to know the states of other pages' figures, which are known when all are read."""

    @abstractmethod
    def resolved(self, transform: "ResolveStates") -> list[nodes.Node]:
        """What stands on the page in its place.

        Raises:
            ValueError: it names something that is not there.
        """


class StateLink(nodes.Inline, ShownState):
    """`{state}`: a link to a state. Attributes: `written`; `words`, or empty for the figure's title in that state."""

    def resolved(self, transform: "ResolveStates") -> list[nodes.Node]:
        """A link."""
        state = read_state(transform.env, self["written"])
        return [transform.link(state, self["words"] or state.title)]


class StateRole(SphinxRole):
    """`` {state}`page#figure?setting=value` `` or `` {state}`words <page#figure?setting=value>` ``."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Put the link here."""
        words, _, written = self.text.removesuffix(">").rpartition("<")
        node = StateLink(written=written or self.text, words=words.strip())
        self.set_source_info(node)
        return [node], []


class ResolveStates(SphinxPostTransform):
    """Writes what pages show of other pages' figures."""

    default_priority = 8  # before references are resolved

    def run(self, **_: Any) -> None:
        """Resolve all of this page."""
        for node in [*self.document.findall(nodes.Element)]:
            if isinstance(node, ShownState):
                try:
                    node.replace_self(node.resolved(self))
                except ValueError as error:
                    _log.warning("%s", error, location=node)
                    node.replace_self([])

    def address(self, page: str) -> str:
        """The address of a page, from this one."""
        return self.app.builder.get_relative_uri(self.env.docname, page)

    def link(self, state: State, words: str, *, present: bool = False) -> nodes.reference:
        """A link to a state."""
        return self.reference(state.address(self.address(state.page), present=present), words)

    def reference(self, address: str, words: str) -> nodes.reference:
        """A link to somewhere in this book."""
        return nodes.reference("", "", nodes.inline("", words), refuri=address, internal=True)


def _words_of(node: ExplorerNode) -> dict[str, Any]:
    """A figure's grid without what is drawn, and the name of its side file."""
    baked = node["baked"]
    said = [["layout", "title", "text"], ["layout", "meta", "summary"]]
    layout = baked["template"]["layout"]
    leaves = [
        leaf | {"changes": changes}
        for leaf in baked["leaves"]
        if (changes := [change for change in leaf["changes"] if change["path"] in said])
    ]
    template = {
        "layout": {
            "title": {"text": (layout.get("title") or {}).get("text", "")},
            "meta": {"summary": (layout.get("meta") or {}).get("summary", "")},
        }
    }
    kept = {key: baked[key] for key in ("label", "controls", "defaults", "prediction")}
    return kept | {"template": template, "leaves": leaves, "side": side_name(node), "height": layout.get("height", 420)}


def _pages_that_show(app: Sphinx, environment: BuildEnvironment) -> list[str]:
    """They are written anew in each build, since what they show may have changed."""
    return sorted(environment.get_domain("figure").data["shows"])
