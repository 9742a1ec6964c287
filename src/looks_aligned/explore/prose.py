"""Numbers in prose come from the run, not from the keyboard."""

from IPython.display import display

from looks_aligned.drawing.style import typeset


def in_prose(**values: str) -> None:
    """Let the page's text name these values: `{glue:text}` with a name puts the value there.

    It emits what myst-nb's `glue` emits, without needing myst-nb where the page is run as a notebook.

    Args:
        **values: each value as a reader should see it; a hyphen before a number becomes a minus sign.
    """
    for name, value in values.items():
        prefix = "application/papermill.record/"
        metadata = {"scrapbook": {"name": name, "mime_prefix": prefix}}
        display({f"{prefix}text/plain": repr(typeset(value))}, raw=True, metadata=metadata)
