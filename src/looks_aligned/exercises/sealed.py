"""Solutions that a notebook holds without showing them: sealed when the notebook is made, opened by the reader."""

import base64
import binascii
import textwrap
import zlib

from IPython.display import Markdown, display


def sealed(text: str) -> str:
    """A text that nobody reads by accident, as a cell that shows it folded."""
    packed = base64.b64encode(zlib.compress(text.encode(), 9)).decode()
    lines = "\n".join(f'    "{line}"' for line in textwrap.wrap(packed, 72))
    return f"from {__name__} import reveal\n\nreveal(\n{lines}\n)"


def opened(packed: str) -> str:
    """The text that was sealed.

    Raises:
        ValueError: it was altered.
    """
    try:
        return zlib.decompress(base64.b64decode(packed, validate=True)).decode()
    except (binascii.Error, zlib.error, UnicodeDecodeError) as error:
        raise ValueError(f"packed: this is no sealed text, or no longer one ({error})") from None


def reveal(packed: str) -> None:
    """Show a sealed text; errors as in `opened`."""
    display(Markdown(opened(packed)))
