"""Are the types that signatures promise enforced in these tests, with arrays in them and without?"""

from typing import Any

import numpy as np
import pytest
from beartype.roar import BeartypeCallHintParamViolation
from jaxtyping import TypeCheckError

from looks_aligned.agents.following import summed
from looks_aligned.agents.planner import Plan, check_episode
from looks_aligned.worlds.table import Outcome

WRONG: Any = "wrong"


def test_a_function_without_arrays_is_checked() -> None:
    with pytest.raises(BeartypeCallHintParamViolation, match="horizon"):
        check_episode(None, WRONG)


def test_a_dataclass_without_arrays_is_checked() -> None:
    with pytest.raises(BeartypeCallHintParamViolation, match="probability"):
        Outcome("here", {}, WRONG)


def test_the_shapes_of_a_functions_arrays_are_checked() -> None:
    with pytest.raises(TypeCheckError, match="steps"):
        summed(np.zeros(()))


def test_the_shapes_of_a_dataclass_arrays_have_to_agree() -> None:
    with pytest.raises(TypeCheckError, match="Plan"):
        Plan(*(np.zeros((2, size, size, size)) for size in range(2, 2 + len(Plan.__dataclass_fields__))))
