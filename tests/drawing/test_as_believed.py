"""Is an arrow drawn solid where it was measured in truth, and dashed where it is only believed?"""

from looks_aligned.drawing.as_believed import believed_arrow
from looks_aligned.experiments.suboptimality.as_believed import effects_of_vacuuming
from tests.experiments.robots import OTHER_POOL


def dashes(belief: float) -> dict[str, str]:
    truly, believed = (effects_of_vacuuming(chance, OTHER_POOL) for chance in (0.0, belief))
    drawn = believed_arrow(truly, believed, cost=0.5, gain=float(belief > 0.5), when="In training").to_plotly_json()
    return {line["name"]: line["line"]["dash"] for line in drawn["data"] if "raises" in line["name"]}


def test_what_is_only_believed_is_dashed() -> None:
    assert dashes(0.95) == {"action raises O_base": "solid", "action raises O_mesa": "dash"}


def test_who_knows_the_truth_believes_in_no_further_arrow() -> None:
    assert dashes(0.0) == {"action raises O_base": "solid"}


def test_an_arrow_that_is_there_in_truth_is_solid() -> None:
    truly = effects_of_vacuuming(1.0, OTHER_POOL)
    drawn = believed_arrow(truly, truly, cost=0.5, gain=1.0, when="").to_plotly_json()
    solid = {line["name"] for line in drawn["data"] if "raises" in line["name"] and line["line"]["dash"] == "solid"}
    assert solid == {"action raises O_base", "action raises O_mesa"}


def test_the_title_says_what_is_believed_and_what_is_so() -> None:
    truly, believed = (effects_of_vacuuming(chance, OTHER_POOL) for chance in (0.0, 0.8))
    for gain, does in ((1.0, "cleans"), (0.95, "leaves some dust"), (0.0, "does not clean")):
        drawn = believed_arrow(truly, believed, cost=0.5, gain=gain, when="After training").to_plotly_json()
        title = drawn["layout"]["title"]["text"]
        assert title.startswith(
            "After training: it believes that vacuuming makes stuff less by 0.80, in truth it is 0.00"
        )
        assert title.endswith(f"the cost is 0.5, so it {does}")
