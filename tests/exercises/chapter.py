"""The exercises of a chapter as its page has them, and what is asked of those of every chapter."""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from looks_aligned.causal import Diagram

BOOK = Path(__file__).parents[2] / "book"
ANSWERS = (
    *(0, -1.5, float("nan"), float("inf"), True, "text", b"", [], {}, object(), print),
    *(Diagram.of("A"), np.ones(3)),
)
"""What a reader might give instead of an answer."""


@dataclass(frozen=True)
class Chapter:
    """The exercises of one chapter.

    Attributes:
        name: of the chapter's page.
        holds: what each check says of an answer that holds, in the order of the page.
        defined: what earlier cells of the page have defined that the exercises use.
    """

    name: str
    holds: tuple[str, ...]
    defined: Callable[[], dict[str, Any]] = dict

    @cached_property
    def section(self) -> str:
        page = (BOOK / f"{self.name}.md").read_text(encoding="utf-8")
        return re.split(r"\n## Exercises?\n", page)[1].split("\n## ")[0]

    @cached_property
    def cells(self) -> list[str]:
        """The cell that imports, then one for each exercise."""
        found = re.findall(r"```\{code-cell\} ipython3\n(.*?)```", self.section, re.DOTALL)
        return [cell for cell in found if not cell.startswith(":tags:")]

    @cached_property
    def solutions(self) -> list[str]:
        pattern = r":::\{admonition\} One solution\n:class: dropdown\n\n```python\n(.*?)```"
        return re.findall(pattern, self.section, re.DOTALL)

    def reader(self) -> dict[str, Any]:
        """What the chapter's cells have defined when the reader comes to the exercises."""
        names = self.defined()
        exec(self.cells[0], names)
        return names

    def solved(self, number: int) -> dict[str, Any]:
        """What a solution defines, its check not run."""
        names = self.reader()
        exec(re.sub(r"^check.*$", "", self.solutions[number], flags=re.MULTILINE), names)
        return names

    def answered(self, number: int, answer: object) -> Callable[[], None]:
        """An exercise's check, with this for all that it asks for."""
        call = self.cells[number + 1].splitlines()[-1]
        asked: Any = ast.parse(call, mode="eval").body
        names = self.reader() | {argument.id: answer for argument in asked.args}
        return lambda: eval(call, names)


class EveryExercise:
    """What is asked of every exercise; a subclass says of which chapter."""

    chapter: ClassVar[Chapter]

    def accepted(self, said: str) -> bool:
        return "Right" in said or any(holds in said for holds in self.chapter.holds)

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "number" in metafunc.fixturenames:
            metafunc.parametrize("number", range(len(self.chapter.holds)))

    def test_every_exercise_has_a_cell_and_a_solution(self) -> None:
        assert len(self.chapter.cells) - 1 == len(self.chapter.solutions) == len(self.chapter.holds)

    def test_a_solution_holds(self, number: int, capsys: pytest.CaptureFixture[str]) -> None:
        exec(self.chapter.solutions[number], self.chapter.reader())
        assert self.chapter.holds[number] in " ".join(capsys.readouterr().out.split())

    def test_a_cell_as_it_stands_says_in_one_short_line_what_to_do(
        self, number: int, capsys: pytest.CaptureFixture[str]
    ) -> None:
        exec(self.chapter.cells[number + 1], self.chapter.reader())
        printed = capsys.readouterr().out
        assert printed.endswith(", then run this cell again.\n")
        assert printed.count("\n") == 1
        assert len(printed) < 52

    def test_a_solution_calls_its_check_just_as_the_cell_does(self, number: int) -> None:
        solution, cell = self.chapter.solutions[number], self.chapter.cells[number + 1]
        assert solution.splitlines()[-1] == cell.splitlines()[-1]

    def test_no_check_raises_whatever_it_is_given(self, number: int, says: Callable[..., str]) -> None:
        for answer in ANSWERS:
            assert not self.accepted(says(self.chapter.answered(number, answer))), answer

    def test_no_check_raises_whatever_a_readers_function_does(self, says: Callable[..., str]) -> None:
        for number, cell in enumerate(self.chapter.cells[1:]):
            if cell.startswith("def "):
                for answer in ANSWERS:
                    said = says(self.chapter.answered(number, lambda given, answer=answer: answer))
                    assert not self.accepted(said), answer
                for function, error in ((lambda given: 1 / 0, "ZeroDivisionError"), (lambda: None, "TypeError")):
                    assert f"our function stopped: {error}" in says(self.chapter.answered(number, function))
