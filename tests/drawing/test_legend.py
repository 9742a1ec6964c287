"""Does the legend show the visual language that figures speak?"""

import re

from looks_aligned.drawing import style
from looks_aligned.drawing.legend import LINES, legend


def test_each_line_of_the_legend_looks_as_it_does_in_figures():
    rows = re.findall(r"<tr><td><svg.*?</tr>", legend().data or "")
    assert len(rows) == len(LINES)
    for row, color in zip(rows, (style.BASE, style.MESA, style.PROXY), strict=False):
        assert f'stroke="{color}"' in row
    widths = {line.meaning: line.width for line in LINES.values()}
    assert widths["theory"] == style.THEORY["width"]
    assert widths["one seed"] == style.SEED["width"]
    assert [line.meaning for line in LINES.values() if line.dashes] == ["deployment"]
