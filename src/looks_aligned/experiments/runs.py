"""Which runs of a batch have these settings? Every experiment's result is asked this."""

from collections.abc import Sequence


def runs_with(settings: Sequence[object], **wanted: float | int | str) -> list[int]:
    """Places along the `run` axis of the settings that have all these values.

    Raises:
        ValueError: no run has them.
    """
    runs = [
        run
        for run, params in enumerate(settings)
        if all(getattr(params, name) == value for name, value in wanted.items())
    ]
    if not runs:
        raise ValueError("settings: this result holds no such run")
    return runs
