"""What the tests of all chapters' exercises use."""

from collections.abc import Callable

import pytest

pytest.register_assert_rewrite("tests.exercises.chapter")


@pytest.fixture
def says(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What a check prints, on one line."""

    def said(check: Callable[..., None], *answers: object, **others: object) -> str:
        capsys.readouterr()
        assert check(*answers, **others) is None
        printed = " ".join(capsys.readouterr().out.split())
        assert printed
        return printed

    return said
