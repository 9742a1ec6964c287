"""Does the picture of a diagram show the arrows that the diagram has, and the workbench what the criterion says?"""

from typing import Any

import pytest

from looks_aligned.causal import GENERAL, INSTRUMENTAL, SIDE_EFFECT, Arrow, Diagram, all_diagrams, classify
from looks_aligned.drawing.causal_diagram import COLORS, PAIRS, PLACES, causal_diagram, ways, workbench
from looks_aligned.explore.baking import as_json


def seen(figure) -> set[tuple[str, str, int]]:
    """The arrows that a reader sees, read off the picture alone: from where to where, and how the end looks."""
    place = {spot: node for node, spot in PLACES.items()}
    ends = {"arrow": +1, "line-ew": -1}
    return {
        (place[line["x"][0], line["y"][0]], place[line["x"][-1], line["y"][-1]], ends[line["marker"]["symbol"][-1]])
        for line in figure["data"]
        if line["mode"] == "lines+markers+text" and line["opacity"] == 1
    }


def ringed(figure) -> set[str]:
    (rings,) = [trace for trace in figure["data"] if trace["name"] == "ring"]
    return {node for node, opacity in zip(PLACES, rings["marker"]["opacity"], strict=True) if opacity}


@pytest.mark.parametrize("diagram", [SIDE_EFFECT, INSTRUMENTAL, GENERAL, Diagram.of("action -| X -| O_base")], ids=str)
def test_the_picture_has_the_diagrams_arrows_and_nodes(diagram):
    figure: Any = causal_diagram(diagram, title="", summary="", ringed=["O_base"]).to_plotly_json()
    assert seen(figure) == {tuple(arrow) for arrow in diagram.arrows}
    (nodes,) = [trace for trace in figure["data"] if trace["name"] == "node"]
    assert [bool(text) for text in nodes["text"]] == [node in diagram.nodes for node in PLACES]
    assert ringed(figure) == {"O_base"}


def test_a_node_without_a_place_is_refused():
    with pytest.raises(ValueError, match=r"diagram: got the node 'coin'; there is a place for action, X"):
        causal_diagram(Diagram.of("action -> coin"), title="", summary="")


def test_the_workbench_draws_and_reads_every_one_of_the_9449_diagrams():
    count = 0
    for diagram in all_diagrams(tuple(PLACES)):
        figure = workbench(diagram.arrows)
        reading = classify(diagram)
        assert seen(figure) == {tuple(arrow) for arrow in diagram.arrows}
        assert ringed(figure) == set(reading.witnesses)
        assert figure["layout"]["title"]["text"] == reading.sentence()
        count += 1
    assert count == 9449


def test_a_circle_is_drawn_and_refused_with_a_word():
    figure = workbench([Arrow("X", "O_mesa", 1), Arrow("O_mesa", "O_base", 1), Arrow("O_base", "X", -1), None])
    assert "no cycle" in figure["layout"]["title"]["text"]
    assert len(seen(figure)) == 3
    assert ringed(figure) == set()


def test_what_the_action_does_not_reach_is_told_apart():
    told = workbench([Arrow("X", "O_mesa", 1), Arrow("X", "O_base", 1)])["layout"]["meta"]["summary"]
    assert "General proxy alignment" in told
    assert "nothing that the action reaches raises both" in told
    reached = workbench([Arrow("action", "X", 1), Arrow("X", "O_mesa", 1), Arrow("X", "O_base", 1)])
    assert reached["layout"]["meta"]["summary"].endswith("the same.")


def test_between_two_nodes_there_are_five_ways():
    assert len(PAIRS) == 6
    assert ways("X", "O_base") == {
        "no arrow": None,
        "X → O_base": Arrow("X", "O_base", 1),
        "X ⊣ O_base": Arrow("X", "O_base", -1),
        "O_base → X": Arrow("O_base", "X", 1),
        "O_base ⊣ X": Arrow("O_base", "X", -1),
    }


def test_the_workbenchs_plain_values_are_the_figure_that_plotly_would_make():
    made, drawn = workbench(GENERAL.arrows), causal_diagram(GENERAL, title="", summary="", ringed=["X"])
    for ours, theirs in zip(as_json(made)["data"], as_json(drawn)["data"], strict=True):
        assert theirs.items() >= {**ours, "type": "scatter"}.items()
    assert set(COLORS) == set(PLACES)


def listed(figure: Any) -> list[list[str]]:
    return [row for row in figure["layout"]["meta"]["rows"] if any(row)]


def test_the_data_table_lists_the_arrows() -> None:
    arrows = [Arrow("X", "O_mesa", 1), Arrow("O_mesa", "O_base", -1)]
    table = [["cause", "does", "effect"], ["X", "raises", "O_mesa"], ["O_mesa", "lowers", "O_base"]]
    assert listed(workbench(arrows)) == table
    drawn: Any = causal_diagram(Diagram.of("X -> O_mesa"), title="", summary="", names={"X": "vacuum-<br>ing"})
    assert listed(drawn.to_plotly_json())[1:] == [["vacuuming", "raises", "O_mesa"]]


def test_the_nodes_may_stand_elsewhere() -> None:
    places = {"action": (0.0, 1.0), "O_base": (0.6, 0.0), "X": (1.3, 1.0), "O_mesa": (2.0, 0.0)}
    drawn = causal_diagram(Diagram.of("action -> O_base"), title="", summary="", places=places)
    every: list[Any] = [*drawn.select_traces()]
    (node,) = [trace for trace in every if trace.name == "node"]
    assert {*zip(node.x, node.y, strict=True)} == {*places.values()}
    (arrow,) = [trace for trace in every if trace.name == "action raises O_base"]
    assert (arrow.x[0], arrow.y[0]) == places["action"]
    assert (arrow.x[-1], arrow.y[-1]) == places["O_base"]


def test_an_arrow_that_an_agent_only_believes_in_is_dashed_and_said_to_be_believed() -> None:
    diagram = Diagram(("action", "O_mesa", "O_base"), (Arrow("action", "O_base", +1),))
    drawn = causal_diagram(diagram, title="", summary="", believed=(Arrow("action", "O_mesa", +1),)).to_plotly_json()
    dashes = {line["name"]: line["line"]["dash"] for line in drawn["data"] if line["name"].count("raises")}
    assert dashes == {"action raises O_base": "solid", "action raises O_mesa": "dash"}
    assert ["action", "raises (so it believes)", "O_mesa"] in drawn["layout"]["meta"]["rows"]
    assert ["action", "raises", "O_base"] in drawn["layout"]["meta"]["rows"]
