"""Does the comparison's page say what the code runs with?"""

import pytest

from looks_aligned.exercises.side_by_side import AGENTS, ANSWERS, ENOUGH, MOST
from looks_aligned.experiments.approximate import learned_copy
from looks_aligned.experiments.proxy import coin_or_corner
from looks_aligned.experiments.side_by_side.four_remedies import COUNTS, KINDS, REMEDIES, UNTRIED
from tests.chapters.reading import WORDS, prose, questions


@pytest.mark.parametrize(
    "said",
    [
        f"{WORDS[AGENTS].capitalize()} agents stand before you",
        f"{WORDS[ENOUGH].capitalize()} of {WORDS[AGENTS]} is a pass",
        f"you may try **{WORDS[MOST]}** on each agent",
        ", ".join(f'"{answer}"' for answer in ANSWERS[:-1]) + f' or "{ANSWERS[-1]}"',
        f"Here are {WORDS[len(REMEDIES)]} things",
        f"{WORDS[len(KINDS)].capitalize()} experiments",
        "250 steps more move it little",
        f"by more than {COUNTS:g}",
        f"1 is the best of {learned_copy.PLANS[-1]:,} plans by O",
    ],
)
def test_a_setting_in_the_prose_is_the_codes(said: str) -> None:
    assert said in prose("side_by_side")


def test_the_networks_of_the_maze_are_trained_250_steps_longer() -> None:
    assert {150, 400} <= {*coin_or_corner.STEPS}


def test_the_question_is_about_more_computing_and_has_room_for_every_answer() -> None:
    (question,) = questions("side_by_side")
    assert question.at == {"remedy": "more computing"}
    assert question.between == {0, len(KINDS) - sum(remedy == "more computing" for _, remedy in UNTRIED)}
    assert "Four of the experiments have computing to add" in question.words


def test_each_dash_of_the_table_is_where_nothing_was_there_to_change() -> None:
    assert sum(remedy == "a better world model" for _, remedy in UNTRIED) == 3
    assert len(KINDS) - 3 == WORDS.index("two")
    assert "could be tried on two, and makes both worse" in prose("side_by_side")
