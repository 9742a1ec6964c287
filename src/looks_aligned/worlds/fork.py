"""A fork: something to do at once, for ever, or a way of some steps to something else to do for ever."""

from collections.abc import Mapping
from dataclasses import dataclass

from looks_aligned.worlds.table import Outcome, State


@dataclass(frozen=True)
class Fork:
    """At the start one can stay, which counts as *simple*, or leave. The way takes some steps, and one may turn back.

    At its end one can stay too, which counts as *complicated*. Everywhere one can do nothing. A state is how many steps
    of the way are done.

    Measures, for each move:
        simple: 1 for each step of staying at the start.
        complicated: 1 for each step of staying at the end of the way.

    Attributes:
        detour: m, how many steps the way takes, at least 1.
    """

    detour: int = 4

    actions = ("stay", "go on", "turn back", "do nothing")
    measures = ("simple", "complicated")

    def __post_init__(self) -> None:
        """Refuse a way of no steps."""
        if self.detour < 1:
            raise ValueError(f"detour: got {self.detour}; the way takes at least 1 step")

    def starts(self) -> Mapping[State, float]:
        """The start of the way."""
        return {0: 1.0}

    def outcomes(self, state: State, action: str) -> tuple[Outcome, ...]:
        """A move's one outcome."""
        assert isinstance(state, int)
        if action == "go on":
            return (Outcome(min(state + 1, self.detour), {}),)
        if action == "turn back":
            return (Outcome(max(state - 1, 0), {}),)
        at_either_end = {0: "simple", self.detour: "complicated"} if action == "stay" else {}
        return (Outcome(state, {at_either_end[state]: 1.0} if state in at_either_end else {}),)
