"""Does a prediction refuse questions that cannot be answered, and does it stay out of the kernel?"""

import pytest

from looks_aligned.drawing.style import figure
from looks_aligned.explore import Prediction, explore
from looks_aligned.explore.explorer import BUILD_VARIABLE, BakedExplorer, Explorer

ASKED = Prediction("How many of 16?", answer=12, between=(0, 16), at={"share": 0.1})


def shown(share: float):
    return figure([], title=f"{share}", summary="")


def test_a_kernel_and_a_page_ask_the_same_question(monkeypatch):
    live = explore(shown, share=[0.0, 0.1], predict=ASKED)
    assert isinstance(live, Explorer)
    monkeypatch.setenv(BUILD_VARIABLE, "1")
    baked = explore(shown, share=[0.0, 0.1], predict=ASKED)
    assert isinstance(baked, BakedExplorer)
    assert live.prediction == baked.baked["prediction"]
    assert live.prediction["positions"] == {"share": 1}
    assert live.prediction["answer"] == "12"


def test_an_explorer_without_a_question_asks_none():
    live = explore(shown, share=[0.0, 0.1])
    assert isinstance(live, Explorer)
    assert live.prediction == {}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"answer": 3}, "choices, between: give one"),
        ({"answer": 3, "between": (0, 9), "choices": ["a"]}, "choices, between: give one"),
        ({"answer": "c", "choices": ["a", "b"]}, "answer: got 'c'; the choices are 'a', 'b'"),
        ({"answer": 10, "between": (0, 9)}, "answer: got 10; it must be a whole number from 0 to 9"),
        ({"answer": "3", "between": (0, 9)}, "answer: got '3'"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(settings, words):
    with pytest.raises(ValueError, match=words):
        Prediction("Which?", **settings)


@pytest.mark.parametrize(
    ("at", "words"), [({"shape": 1}, "at: got setting 'shape'"), ({"share": 0.2}, "share: got 0.2")]
)
def test_a_question_about_settings_that_are_not_there_is_refused(at, words):
    with pytest.raises(ValueError, match=words):
        explore(shown, share=[0.0, 0.1], predict=Prediction("Which?", "a", choices=["a"], at=at))
