"""Is every setting that the chapter's prose spells out the one that the code runs with?"""

import pytest

from looks_aligned.drawing.causal_diagram import PAIRS, PLACES, ways
from looks_aligned.drawing.style import per_cent
from looks_aligned.exercises import proxy as exercises
from looks_aligned.experiments.proxy import cleaning_robot, coin_or_corner, scored_plans, watching_and_doing
from looks_aligned.worlds.room import Room
from tests.chapters.reading import WORDS, prose, questions

LIFT = watching_and_doing.Params().lift
MIXTURES = [weight for weight in cleaning_robot.WEIGHTS if 0 < weight < 1]


@pytest.mark.parametrize(
    "said",
    [
        f"Between any two of {WORDS[len(PLACES)]} nodes",
        f"no arrow, or one of {WORDS[len(ways(*PAIRS[0])) - 1]}",
        f"raises O_mesa by {LIFT:g} directly",
        f"a handle that raises O_mesa by {LIFT:g} and does no harm",
        f"The agent takes the best of {watching_and_doing.PLANS[-1]}.",
        f"At ρ = 0.6 and n = {watching_and_doing.PLANS[-1]}",
        f"{WORDS[len(watching_and_doing.KINDS)].capitalize()} worlds share the same ρ",
        f"picks among {WORDS[scored_plans.Params().plans]} plans by score",
        f"after {scored_plans.STEPS[0]} steps and {{glue:text}}`later` after {scored_plans.STEPS[-1]}",
        f"choose among {WORDS[len(cleaning_robot.WEIGHTS)]} robots",
        f"and {WORDS[len(MIXTURES)]} want a mixture",
        f"broken off after 0 to {cleaning_robot.STOPS - 1} steps",
        f"## {WORDS[len(cleaning_robot.TRAINED)].capitalize()} robots",
        f"The {('first', 'second', 'third', 'fourth')[len(cleaning_robot.ROBOTS) - 1]} room has one",
        f"draw it over the {len(coin_or_corner.SEEDS)} of the sweep",
        f"how many of the {len(coin_or_corner.SEEDS)} convolutional networks",
        f"training works within {coin_or_corner.STEPS[-1]} steps",
        f"after {coin_or_corner.STEPS[-1]} steps, {{glue:text}}`late_corner`",
        f"After {coin_or_corner.STEPS[-1]} steps {{glue:text}}`plain_corner`",
        f"### 2. {WORDS[exercises.WORLDS].capitalize()} greenhouses",
        f"tries your function on {WORDS[exercises.WORLDS]} new worlds",
        f"a plant with {WORDS[Room.parse('R').soil]} units of soil",
        f"(γ = {cleaning_robot.DISCOUNT:g})",
        f"at least {per_cent(exercises.FULL_MARKS)} of that; in the home (`deployment`), at most"
        f" {per_cent(exercises.MOST_KEPT)}",
        f"off by no more than {exercises.CLOSE:g}",
        f"`steps` up to {exercises.MOST_STEPS}",
        f"the seed, {max(coin_or_corner.SEEDS) + 1} or more",
        f'"Its regret is only {exercises.REGRET:g},"',
        f"less than {exercises.REGRET:g}, a network with a regret of {exercises.REGRET:g} may",
    ],
)
def test_a_setting_in_the_prose_is_the_codes(said: str) -> None:
    assert said in prose("proxy")


def test_a_question_opens_the_state_that_its_answer_is_about() -> None:
    asked = questions("proxy")
    assert len(asked) == 4
    for question in asked:
        assert {*question.at.values()} <= question.constants, question.words


@pytest.mark.parametrize(
    ("place", "words", "state", "between"),
    [
        (0, ["best of 16 plans by O_mesa", "ρ = 0.6 in all three"], {"correlation": 0.6, "plans": 16}, set()),
        (1, ["one plan in ten", "(κ = 0)", "three worlds"], {"share": 1 / 10, "harm": 0.0}, {0, 3}),
        (2, ["One training room in ten", "sees ten rooms", "Out of 100"], {"share": 1 - 1 / 10, "rooms": 10}, {0, 100}),
        (3, ["One training level in a hundred", "After 150 steps"], {"share": 1 / 100, "steps": 150}, {0, 16}),
    ],
)
def test_a_questions_words_are_its_state(
    place: int, words: list[str], state: dict[str, object], between: set[object]
) -> None:
    question = questions("proxy")[place]
    for word in words:
        assert word in question.words
    assert question.at.items() >= state.items()
    assert question.between == between


def test_the_shares_that_are_said_in_words_and_in_per_cent_are_on_the_grid() -> None:
    for said, share in {
        "At α = 1 %": 0.01,
        "At α = 10 %": 0.1,
        "At α = 0.01 %, one level in ten thousand": 1 / 10_000,
    }.items():
        assert said in prose("proxy")
        assert share in coin_or_corner.SHARES
    assert {150, 400} <= {*coin_or_corner.STEPS}
