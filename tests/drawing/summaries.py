"""What a baked grid tells a reader who cannot see it."""

from typing import Any


def summaries(grid: dict[str, Any]) -> set[str]:
    """The different summaries of its states."""
    changes = [change for leaf in grid["leaves"] for change in leaf["changes"]]
    return {text for change in changes if change["path"] == ["layout", "meta", "summary"] for text in change["values"]}
