"""The taxonomy as a map: one card for each way to look aligned in training, drawn from its causal diagram."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from looks_aligned.causal.diagram import GENERAL, INSTRUMENTAL, SIDE_EFFECT, Arrow, Diagram

WIDTH, HEIGHT, RADIUS = 240, 112, 23
Place = tuple[float, float]

ACTION, MIDDLE, MESA, BASE = (0.0, 0.5), (0.5, 0.5), (1.0, 0.0), (1.0, 1.0)
FAR_RIGHT = (1.0, 0.5)


@dataclass(frozen=True)
class Kind:
    """One way to look aligned.

    Attributes:
        name: what the field calls it.
        page: the chapter about it, and the place in it.
        diagram: what raises what, as far as training shows.
        places: where each node stands, across and down, from 0 to 1.
        words: the kind in one or two sentences.
        believed: arrows that only the agent believes in.
    """

    name: str
    page: str
    diagram: Diagram
    places: Mapping[str, Place]
    words: str
    believed: tuple[Arrow, ...] = ()


@dataclass(frozen=True)
class Branch:
    """Kinds that belong together."""

    name: str
    words: str
    kinds: tuple[Kind, ...]


TAXONOMY = (
    Branch(
        "Robustly aligned",
        "It pursues what training rewards, in training and elsewhere.",
        (
            Kind(
                "One objective",
                "two_optimizers",
                Diagram.of("action -> O_base"),
                {"action": (0.2, 0.5), "O_base": (0.8, 0.5)},
                "What the agent pursues is what training rewards. Nothing can come apart.",
            ),
        ),
    ),
    Branch(
        "Proxy-aligned",
        "It pursues something that goes with what training rewards.",
        (
            Kind(
                "Side-effect",
                "proxy#three-ways-to-go-together",
                SIDE_EFFECT,
                {"action": ACTION, "O_mesa": MIDDLE, "O_base": FAR_RIGHT},
                "Getting what it wants brings about what you want, as a side effect.",
            ),
            Kind(
                "Instrumental",
                "proxy#three-ways-to-go-together",
                INSTRUMENTAL,
                {"action": ACTION, "O_base": MIDDLE, "O_mesa": FAR_RIGHT},
                "Giving you what you want is its means to what it wants.",
            ),
            Kind(
                "General",
                "proxy#three-ways-to-go-together",
                GENERAL,
                {"action": ACTION, "X": MIDDLE, "O_mesa": MESA, "O_base": BASE},
                "One thing, X, raises both what it wants and what you want.",
            ),
        ),
    ),
    Branch(
        "Otherwise pseudo-aligned",
        "It pursues something else, and does well in training all the same.",
        (
            Kind(
                "Approximate",
                "approximate",
                Diagram.of("action -> O_base -> O_mesa", "error -> O_mesa"),
                {"action": ACTION, "O_base": MIDDLE, "O_mesa": MESA, "error": BASE},
                "It pursues a copy of the objective, and the copy has an error.",
            ),
            Kind(
                "Suboptimality",
                "suboptimality",
                Diagram.of("action -> O_base", "O_mesa"),
                {"action": ACTION, "O_mesa": MESA, "O_base": BASE},
                "It is wrong about how to get what it wants, or has not thought far enough. That serves you.",
                believed=(Arrow("action", "O_mesa", +1),),
            ),
            Kind(
                "Deceptive",
                "deceptive",
                Diagram.of("action -> O_base -> kept -> O_mesa"),
                {"action": (0.0, 0.5), "O_base": (0.34, 0.5), "kept": (0.66, 0.5), "O_mesa": (1.0, 0.5)},
                "It scores well in order to be kept as it is, and to get what it wants later.",
            ),
        ),
    ),
)
"""After Hubinger et al., *Risks from Learned Optimization*, sections 3.1 and 4."""


def taxonomy_map(addresses: Mapping[str, str]) -> str:
    """The map as HTML: a list of branches, each a list of cards.

    Args:
        addresses: where each page of the book is; a kind whose page is not among them is no link.
    """
    branches = "".join(
        f'<li class="map-branch"><h3 class="map-name">{branch.name}</h3><p>{branch.words}</p>'
        f'<ul class="map-kinds">{"".join(_card(kind, addresses) for kind in branch.kinds)}</ul></li>'
        for branch in TAXONOMY
    )
    return f'<ul class="map">{branches}</ul>'


def diagram_svg(diagram: Diagram, places: Mapping[str, Place], believed: tuple[Arrow, ...] = ()) -> str:
    """A diagram as a small picture that takes its colours from the page's style, with a sentence for who cannot see it.

    Args:
        diagram: what raises and lowers what.
        places: where each node stands, across and down, from 0 to 1.
        believed: arrows to be drawn dashed.
    """
    spots = {
        node: (RADIUS + 4 + x * (WIDTH - 2 * RADIUS - 8), RADIUS + 4 + y * (HEIGHT - 2 * RADIUS - 8))
        for node, (x, y) in places.items()
    }
    arrows = [*diagram.arrows, *believed]
    said = [f"{a.cause} {a.verb} {a.effect}{' (so the agent believes)' if a in believed else ''}" for a in arrows]
    lines = "".join(_arrow(spots[a.cause], spots[a.effect], a.sign, a in believed) for a in arrows)
    circles = "".join(
        f'<circle class="node-{escape(node.lower().replace("_", "-"))}" cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS}"/>'
        f'<text x="{x:.1f}" y="{y + 4:.1f}">{_written(node)}</text>'
        for node, (x, y) in spots.items()
    )
    return (
        f'<svg class="diagram" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape("; ".join(said))}">'
        f"{lines}{circles}</svg>"
    )


def _card(kind: Kind, addresses: Mapping[str, str]) -> str:
    page, _, place = kind.page.partition("#")
    name = f'<span class="map-kind">{kind.name}</span>'
    if page in addresses:
        address = addresses[page] + (f"#{place}" if place else "")
        name = f'<a class="map-kind" href="{escape(address)}">{kind.name}</a>'
    return f'<li class="map-card">{diagram_svg(kind.diagram, kind.places, kind.believed)}{name}<p>{kind.words}</p></li>'


def _arrow(start: Place, end: Place, sign: int, believed: bool) -> str:
    """A line from circle to circle, and at its end a head where it raises, a bar where it lowers."""
    (x0, y0), (x1, y1) = start, end
    length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
    dx, dy = (x1 - x0) / length, (y1 - y0) / length
    x0, y0, x1, y1 = x0 + dx * RADIUS, y0 + dy * RADIUS, x1 - dx * (RADIUS + 2), y1 - dy * (RADIUS + 2)
    dash = ' stroke-dasharray="5 4"' if believed else ""
    line = f'<path d="M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}"{dash}/>'
    if sign < 0:
        return line + f'<path d="M{x1 - 8 * dy:.1f} {y1 + 8 * dx:.1f}L{x1 + 8 * dy:.1f} {y1 - 8 * dx:.1f}"/>'
    back_x, back_y = x1 - 8 * dx, y1 - 8 * dy
    return line + (
        f'<path d="M{back_x - 5 * dy:.1f} {back_y + 5 * dx:.1f}L{x1:.1f} {y1:.1f}'
        f'L{back_x + 5 * dy:.1f} {back_y - 5 * dx:.1f}"/>'
    )


def _written(node: str) -> str:
    letter, _, index = node.partition("_")
    return f'{letter}<tspan class="index" dy="3">{index}</tspan>' if index else letter
