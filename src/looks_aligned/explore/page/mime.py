"""How an explorer's output becomes part of a page: a docutils node now, a side file when the page is written."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any, ClassVar

from docutils import nodes

from looks_aligned.explore.baking import figure_at, side_file
from looks_aligned.explore.explorer import MIME_TYPE

PLOTLY = "application/vnd.plotly.v1+json"
FOLDER = "explorers"
EXTENSION = "looks_aligned.explore.page.extension"


class ExplorerNode(nodes.General, nodes.Element):
    """A figure of a page. Attributes: `page`; `name`, unique on its page; `baked`, the grid."""


class ExplorerRenderer:
    """Renders explorers, and plain plotly figures as explorers without controls. myst-nb finds it by entry point."""

    mime_priority_overrides: ClassVar[Sequence[tuple[str, str, int | None]]] = [("*", MIME_TYPE, 1), ("*", PLOTLY, 2)]

    @staticmethod
    def handle_mime(renderer: Any, data: Any, inline: bool) -> list[nodes.Element] | None:
        """A node for an explorer or a figure; None for what others should render.

        The entry point serves every book on the machine; in one that does not load our extension it does nothing.
        """
        if (
            inline
            or data.mime_type not in (MIME_TYPE, PLOTLY)
            or EXTENSION not in renderer.renderer.sphinx_env.app.extensions
        ):
            return None
        environment = renderer.renderer.sphinx_env
        return [node_for(data.content, renderer.renderer.document, environment.docname)]


def node_for(content: Any, document: nodes.document, page: str) -> ExplorerNode:
    """The node for a baked explorer, or for a plain plotly figure, on that page.

    Raises:
        ValueError: a second explorer of the same name on one page.
    """
    content = json.loads(content) if isinstance(content, str) else content
    if "template" not in content:
        figure = {"data": content["data"], "layout": content["layout"]}
        digest = hashlib.sha256(json.dumps(figure, sort_keys=True).encode()).hexdigest()[:8]
        label = f"figure-{digest}"
        while label in document.ids:  # the same figure again, which is no mistake
            label += "-again"
        content = {"label": label, "controls": [], "defaults": {}, "prediction": {}, "template": figure, "leaves": []}
    name = content["label"]
    if name in document.ids:
        raise ValueError(f"name: a second explorer or heading {name!r} on this page; give `explore` another name")
    node = ExplorerNode(ids=[name], page=page, name=name, baked=content)
    document.ids[name] = node
    return node


def side_name(node: ExplorerNode, text: str | None = None) -> str:
    """The name of a figure's side file; it changes with what is in it, so that no browser shows an old one.

    Args:
        node: the figure.
        text: what is in the file, where that is known.
    """
    text = text or side_file(node["name"], node["baked"])
    digest = hashlib.sha256(text.encode()).hexdigest()[:10]
    return f"{node['page'].replace('/', '-')}-{node['name']}-{digest}.js"


def visit_html(translator: Any, node: ExplorerNode) -> None:
    """Write the side file and a place for the figure."""
    builder = translator.builder
    folder = builder.outdir / "_static" / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    text = side_file(node["name"], node["baked"])
    name = side_name(node, text)
    (folder / name).write_text(text, encoding="utf-8")
    depth = builder.get_target_uri(builder.current_docname).count("/")
    layout = node["baked"]["template"]["layout"]
    height = layout.get("height", 420) + 60 * len(node["baked"]["controls"]) + 160
    summary = _default_summary(node["baked"])
    translator.body.append(
        f'<div class="explorer-host" id="{node["name"]}" data-grid="{"../" * depth}_static/{FOLDER}/{name}" '
        f'style="min-height:{height}px"><p>{translator.encode(summary)}</p>'
        "<noscript><p>This figure needs JavaScript.</p></noscript></div>"
    )
    raise nodes.SkipNode


def visit_text(translator: Any, node: ExplorerNode) -> None:
    """Elsewhere, the summary stands for the figure."""
    translator.new_state()
    translator.add_text(_default_summary(node["baked"]))
    translator.end_state()
    raise nodes.SkipNode


def _default_summary(baked: dict[str, Any]) -> str:
    """What the figure shows in its first state."""
    return (figure_at(baked, baked["defaults"])["layout"].get("meta") or {}).get("summary", "")
