"""The book's sign: two lines that look aligned, until one of them turns off."""

from looks_aligned.drawing.style import BASE, MESA

DARK = {BASE: "#56B4E9", MESA: "#F0A06A"}
"""The same hues, light enough for a dark page."""


def logo(*, dark: bool = False) -> str:
    """The sign as an SVG picture, also the favicon: legible at 16 pixels."""
    base, mesa = (DARK[color] if dark else color for color in (BASE, MESA))
    common = 'fill="none" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"'
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<path {common} stroke="{base}" d="M4 22H28"/><path {common} stroke="{mesa}" d="M4 14.5H16L27 5"/></svg>\n'
    )
