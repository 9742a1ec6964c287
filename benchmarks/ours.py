"""Our side of the comparison: the flagship's exact policy gradient, timed to a target, alone and in batches."""

import itertools
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float

from benchmarks.clocks import clocks
from looks_aligned.agents.training import Dynamics, Policies, one_thread, train
from looks_aligned.experiments.proxy.coin_or_corner import (
    DISCOUNT,
    LEARNING_RATES,
    NetworkName,
    Params,
    oracle,
    table,
    training_levels,
)
from looks_aligned.experiments.proxy.coin_or_corner import build_network as flagship_network

PATIENCE = 1500
"""Updates after which a run that has not met its target is given up."""


@dataclass(frozen=True)
class Setting:
    """What is tuned of our training.

    Attributes:
        learning_rate: of Adam.
        entropy_bonus: worth of one nat of entropy.
    """

    learning_rate: float
    entropy_bonus: float


BOOK = Setting(LEARNING_RATES[Params().optimizer], Params().entropy_bonus)
"""As the chapter trains: slow enough to watch."""
GRID = {"learning_rate": (0.003, 0.01, 0.03, 0.1, 0.3), "entropy_bonus": (0.0, 0.01)}
WINNERS = {
    1.0: {0.95: Setting(0.1, 0.0), 0.99: Setting(0.1, 0.0)},
    0.01: {0.95: Setting(0.1, 0.0), 0.99: Setting(0.1, 0.0)},
}
"""By share and target."""
TUNING_SEEDS = (1000, 1001, 1002)
"""None of them is timed."""


def updates_to(
    setting: Setting, share: float, seeds: Sequence[int], targets: Sequence[float]
) -> dict[float, list[int | None]]:
    """After how many updates each run first met each target, evaluated exactly after every update. Not timed.

    A run learns the same alone, so that a number found in a batch holds for a run alone.
    """
    reached: dict[float, list[int | None]] = {target: [None] * len(seeds) for target in targets}
    levels = training_levels(share)
    optimum = levels @ oracle().optimum
    dynamics = _dynamics()
    with one_thread():
        for step, policies in training(setting, share, seeds, range(PATIENCE + 1)):
            part = dynamics.returns(policies).double().numpy() @ levels / optimum
            for target, steps in reached.items():
                for run in np.flatnonzero(part >= target):
                    if steps[run] is None:
                        steps[run] = step
            if not any(None in steps for steps in reached.values()):
                break
    return reached


def took(setting: Setting, share: float, seeds: Sequence[int], updates: int) -> Float[np.ndarray, " clock"]:
    """How long a batch takes by both clocks, from building the networks to the policies after so many updates."""
    with one_thread():
        began = clocks()
        for _ in training(setting, share, seeds, [updates]):
            pass
        return clocks() - began


def tune(share: float, targets: Sequence[float]) -> dict[float, Setting]:
    """The setting that needs the fewest updates to each target; an update costs the same in all of them."""
    needed: dict[Setting, dict[float, float]] = {}
    for values in itertools.product(*GRID.values()):
        setting = Setting(*values)
        reached = updates_to(setting, share, TUNING_SEEDS, targets)
        needed[setting] = {
            target: statistics.median(PATIENCE if step is None else step for step in steps)
            for target, steps in reached.items()
        }
        shown = ", ".join(f"{100 * target:g} % after {step:g}" for target, step in needed[setting].items())
        print(f"  {setting}: {shown} updates", flush=True)
    return {target: min(needed, key=lambda setting: needed[setting][target]) for target in targets}


def training(
    setting: Setting, share: float, seeds: Sequence[int], steps: Sequence[int], name: NetworkName = "fully connected"
) -> Iterator[tuple[int, Policies]]:
    """The flagship's training, as `coin_or_corner.run_all` does it but without its measurements."""
    return train(
        flagship_network(name, list(seeds)),
        _dynamics(),
        torch.from_numpy(training_levels(share)).float().expand(len(seeds), -1),
        steps=steps,
        learning_rate=setting.learning_rate,
        entropy_bonus=setting.entropy_bonus,
    )


def _dynamics() -> Dynamics:
    return Dynamics.of(table(), "coin", DISCOUNT)
