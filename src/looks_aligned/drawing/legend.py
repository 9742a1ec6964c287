"""The visual language itself, shown: what each colour and each line of a figure means."""

from dataclasses import dataclass

from IPython.display import HTML

from looks_aligned.drawing.style import BASE, MESA, PROXY, SEED, SEED_OPACITY, SHOWN, THEORY


@dataclass(frozen=True)
class Line:
    """A line as figures draw it, and what it means."""

    meaning: str
    color: str = "currentColor"
    width: int = SHOWN["width"]
    dashes: str = ""
    opacity: float = 1.0

    @property
    def sample(self) -> str:
        """A short piece of it, as SVG."""
        return (
            '<svg width="72" height="12" viewBox="0 0 72 12" aria-hidden="true">'
            f'<line x1="2" x2="70" y1="6" y2="6" stroke="{self.color}" stroke-width="{self.width}" '
            f'stroke-dasharray="{self.dashes}" opacity="{self.opacity}"/></svg>'
        )


LINES = {
    "blue": Line("the base objective: what training rewards", BASE),
    "vermilion": Line("the mesa-objective: what the agent pursues", MESA),
    "green": Line("a proxy or a common cause: what goes with the base objective in training", PROXY),
    "solid": Line("training"),
    "dashed": Line("deployment", dashes="9 9"),
    "thin and pale": Line("one seed", width=SEED["width"], opacity=SEED_OPACITY),
    "thin, in the colour of the text": Line("theory", width=THEORY["width"]),
}


def legend() -> HTML:
    """All colours and lines with their meanings, as a table."""
    rows = "".join(
        f"<tr><td>{line.sample}</td><td>{look}</td><td>{line.meaning}</td></tr>" for look, line in LINES.items()
    )
    return HTML(
        "<table class='table'><thead><tr><th>line</th><th>how it looks</th><th>what it means</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )
