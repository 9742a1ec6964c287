"""Exercises that answer back: a check runs the reader's answer and says in words whether it holds, never the answer."""

from collections.abc import Callable, Sequence
from functools import wraps
from numbers import Real
from textwrap import fill
from typing import Any, ParamSpec

Answers = ParamSpec("Answers")


class Objection(Exception):  # noqa: N818 - nothing failed: an answer does not hold
    """What is wrong with an answer, and what to look at, in words for the reader."""


class Unanswered(Exception):  # noqa: N818 - nor here: there is no answer yet
    """The exercise is as it stands on the page."""


def check(todo: str) -> Callable[[Callable[Answers, str]], Callable[Answers, None]]:
    """Make a check of a function that judges answers: it prints the judgement, and an objection just like one.

    An exercise as it stands on the page has no answer yet. Its chapter must run all the same, so None or ... as an
    answer is no error: the check says what to do.

    Args:
        todo: what to do before the cell is run again, in a few words.
    """

    def checking(judge: Callable[Answers, str]) -> Callable[Answers, None]:
        @wraps(judge)
        def checked(*args: Answers.args, **kwargs: Answers.kwargs) -> None:
            try:
                if any(answer is None or answer is ... for answer in (*args, *kwargs.values())):
                    raise Unanswered
                words = judge(*args, **kwargs)
            except Unanswered:
                words = f"{todo}, then run this cell again."
            except Objection as objection:
                words = str(objection)
            print("\n".join(fill(line, width=72, break_on_hyphens=False) for line in words.splitlines()))

        return checked

    return checking


def returned(
    function: Callable[..., object], given: Any, *, where: str, used: Callable[[Any], bool] = lambda given: False
) -> object:
    """What a reader's function returns for one case.

    Args:
        function: the reader's.
        given: what it is called with.
        where: which case it is, to begin an objection with, such as "In world 3 your function".
        used: whether the function did anything with what it was given. One that did has been written.

    Raises:
        Unanswered: it returned nothing, and had done nothing.
        Objection: it stopped, or returned nothing all the same.
    """
    try:
        answer = function(given)
    except Objection:
        raise
    except Exception as error:
        raise Objection(f"{where} stopped: {type(error).__name__}: {error}") from None
    if answer is None or answer is ...:
        if used(given):
            raise Objection(f"{where} returned nothing. Does every way through it end in a return?")
        raise Unanswered
    return answer


def named(
    function: Callable[..., object], given: Any, allowed: Sequence[str], *, where: str, used: Callable[[Any], bool]
) -> str:
    """The name that a reader's function gives to one case; arguments and errors as in `returned`.

    Raises:
        Objection: it is none of the allowed names.
    """
    name = returned(function, given, where=where, used=used)
    if not isinstance(name, str) or name not in allowed:
        raise Objection(f"{where} returned {name!r}; it may say {', '.join(map(repr, allowed))}.")
    return name


def between_0_and_1(name: str, answer: object) -> float:
    """A number from 0 to 1.

    Raises:
        Objection: it is none.
    """
    if isinstance(answer, bool) or not isinstance(answer, Real):
        raise Objection(f"{name}: got {described(answer)}; write a number from 0 to 1.")
    if not 0 <= float(answer) <= 1:
        raise Objection(f"{name}: got {answer}; it goes from 0 to 1. Five per cent is 0.05.")
    return float(answer)


def described(answer: object) -> str:
    """What came, in a few words."""
    shown = repr(answer)
    return f"{shown if len(shown) <= 40 else shown[:39] + '…'} ({type(answer).__name__})"
