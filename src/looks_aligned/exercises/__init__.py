"""Exercises that answer back: a check runs the reader's answer and says in words whether it holds, never the answer."""

from collections.abc import Callable
from functools import wraps
from textwrap import fill
from typing import ParamSpec

Answers = ParamSpec("Answers")


class Objection(Exception):  # noqa: N818 - nothing failed: an answer does not hold
    """What is wrong with an answer, and what to look at, in words for the reader."""


def check(todo: str) -> Callable[[Callable[Answers, str]], Callable[Answers, None]]:
    """Make a check of a function that judges answers: it prints the judgement, and an objection just like one.

    An exercise as it stands on the page has no answer yet. Its chapter must run all the same, so None or ... as an
    answer is no error: the check says what to do.

    Args:
        todo: what to do, in one line.
    """

    def checking(judge: Callable[Answers, str]) -> Callable[Answers, None]:
        @wraps(judge)
        def checked(*args: Answers.args, **kwargs: Answers.kwargs) -> None:
            if any(answer is None or answer is ... for answer in (*args, *kwargs.values())):
                print(todo)
                return
            try:
                words = judge(*args, **kwargs)
            except Objection as objection:
                words = str(objection)
            print("\n".join(fill(line, width=72, break_on_hyphens=False) for line in words.splitlines()))

        return checked

    return checking


__all__ = ["Objection", "check"]
