"""Is a sealed solution hidden in a cell, and whole when it is opened?"""

import pytest
from IPython.display import Markdown

from looks_aligned.exercises import sealed as module
from looks_aligned.exercises.sealed import opened, reveal, sealed

TEXT = "<details>\n\n```python\nn = 16  # γ\n```\n\n</details>"


def test_a_cell_shows_what_was_sealed_and_does_not_read_like_it(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Markdown] = []
    monkeypatch.setattr(module, "display", shown.append)
    cell = sealed(TEXT)
    assert "n = 16" not in cell
    assert all(len(line) < 100 for line in cell.splitlines())
    exec(cell, {})
    assert [one.data for one in shown] == [TEXT]


@pytest.mark.parametrize("packed", ["", "nonsense", "eJwrSS0u0V", "!!"])
def test_what_is_no_sealed_text_is_told(packed: str) -> None:
    for open_it in (opened, reveal):
        with pytest.raises(ValueError, match="packed: this is no sealed text"):
            open_it(packed)
