"""Does a value for the page's text go out exactly as myst-nb's own `glue` sends it?"""

from typing import Any

import myst_nb
import pytest
from myst_nb.ext import glue

from looks_aligned.explore import prose


def test_values_go_out_as_myst_nb_glues_them(monkeypatch: pytest.MonkeyPatch):
    ours: list[Any] = []
    theirs: list[Any] = []
    monkeypatch.setattr(prose, "display", lambda data, **options: ours.append((data, options)))
    monkeypatch.setattr(glue, "ipy_display", lambda data, **options: theirs.append((data, options)))
    prose.in_prose(seeds="16", price="0.003")
    for name, value in (("seeds", "16"), ("price", "0.003")):
        myst_nb.glue(name, value, display=False)
    prefix = f"{glue.GLUE_PREFIX}text/plain"
    assert [data for data, _ in ours] == [{prefix: "'16'"}, {prefix: "'0.003'"}]
    for (data, options), (their_data, their_options) in zip(ours, theirs, strict=True):
        assert {kind: text for kind, text in their_data.items() if kind == prefix} == data
        assert options == their_options
