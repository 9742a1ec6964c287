"""Predict first: a question that the reader answers, or skips, before a figure shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from looks_aligned.explore.controls import Control


@dataclass(frozen=True)
class Prediction:
    """A question about a figure, and what the runs say to it.

    What the reader answers stays in the reader's browser: neither the kernel nor anybody else hears of it.

    Attributes:
        question: one sentence that ends in a question mark.
        answer: what the runs say: one of `choices`, or a whole number in `between`. Compute it; do not type it.
        choices: answers to choose from; or else
        between: the least and the greatest whole number to choose.
        at: the settings that the question is about; the figure goes there once the reader has answered.

    Raises:
        ValueError: neither choices nor a range, or both; an answer that is none of those the reader can give.
    """

    question: str
    answer: str | int
    choices: Sequence[str] = ()
    between: tuple[int, int] | None = None
    at: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check that the answer is one that a reader can give."""
        if bool(self.choices) == (self.between is not None):
            raise ValueError("choices, between: give one of them, so that the reader can choose or name a number")
        if self.choices and self.answer not in self.choices:
            raise ValueError(f"answer: got {self.answer!r}; the choices are {', '.join(map(repr, self.choices))}")
        if self.between is not None and not (
            isinstance(self.answer, int) and self.between[0] <= self.answer <= self.between[1]
        ):
            low, high = self.between
            raise ValueError(f"answer: got {self.answer!r}; it must be a whole number from {low} to {high}")

    def described(self, controls: Sequence[Control]) -> dict[str, Any]:
        """The question as the front end reads it.

        Raises:
            ValueError: `at` names a setting or a value that the explorer does not have.
        """
        named = {control.name: control for control in controls}
        if unknown := sorted(set(self.at) - set(named)):
            raise ValueError(f"at: got setting {unknown[0]!r}; the explorer's are {', '.join(named)}")
        low, high = self.between or (0, 0)
        return {
            "question": self.question,
            "choices": list(self.choices),
            "low": low,
            "high": high,
            "answer": str(self.answer),
            "positions": {name: named[name].position(value) for name, value in self.at.items()},
        }
