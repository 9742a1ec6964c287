"""Every test runs with the types of the package's signatures enforced, and the shapes of their arrays."""

import dataclasses
import inspect
from collections.abc import Callable
from functools import partial
from typing import Any, get_args

import jaxtyping
import pytest

with_shapes: Any = jaxtyping.jaxtyped


def has_arrays(annotation: Any) -> bool:
    """Whether an annotation names the shape of an array somewhere; one in quotes may."""
    if isinstance(annotation, str):
        return True
    is_array = inspect.isclass(annotation) and issubclass(annotation, jaxtyping.AbstractArray)
    return is_array or any(has_arrays(part) for part in get_args(annotation))


def jaxtyped(it: Any = None, *, typechecker: Callable[..., Any]) -> Any:
    """What the import hook puts around functions and dataclasses.

    Jaxtyping's own takes longer than many a function that it is around, so it is put only where there are arrays.
    """
    if it is None:
        return partial(jaxtyped, typechecker=typechecker)
    if dataclasses.is_dataclass(it) and not any(has_arrays(field.type) for field in dataclasses.fields(it)):
        it.__init__ = typechecker(it.__init__)
        return it
    if inspect.isfunction(it) and not any(has_arrays(annotation) for annotation in it.__annotations__.values()):
        return typechecker(it)
    return with_shapes(it, typechecker=typechecker)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where tests run in groups, side by side, those of a module are one, for they share what they have trained."""
    for item in items:
        if not item.get_closest_marker("xdist_group") and item.path.parent.name != "book":
            item.add_marker(pytest.mark.xdist_group(str(item.path)))


jaxtyping.jaxtyped = jaxtyped
jaxtyping.install_import_hook("looks_aligned", "beartype.beartype")
