"""Settings that no experiment takes."""

from collections.abc import Sequence
from typing import Any

import pytest


def refused(params: Any, words: Sequence[str], **settings: object) -> None:
    """Hold that settings with these values are refused, in these words; the first is how the message begins."""
    # Set past the constructor, where the shape checks of these tests would be first to complain.
    for name, value in settings.items():
        object.__setattr__(params, name, value)
    with pytest.raises(ValueError, match=words[0]) as error:
        params.__post_init__()
    for word in words:
        assert word in str(error.value)
