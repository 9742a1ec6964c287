"""The other side of the comparison: stable-baselines3's PPO, as well tuned as a small grid allows."""

import itertools
import math
import random
import statistics
import time
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback

from benchmarks.clocks import clocks
from benchmarks.maze_gym import MazeVecEnv, observations
from looks_aligned.agents.training import Dynamics
from looks_aligned.experiments.proxy.coin_or_corner import DISCOUNT, oracle, table, training_levels

WIDTH = 32
"""Hidden units: as many as our network has."""


@dataclass(frozen=True)
class Tuning:
    """What is tuned of PPO; the rest is as stable-baselines3 has it.

    Attributes:
        n_envs: mazes at once.
        n_steps: moves in each, from one update to the next.
        learning_rate: of Adam.
        n_epochs: passes over what was seen.
        minibatches: into how many parts each pass cuts it.
        ent_coef: worth of one nat of entropy.
    """

    n_envs: int
    n_steps: int
    learning_rate: float
    n_epochs: int
    minibatches: int
    ent_coef: float


GRID: dict[str, tuple] = {
    "n_envs": (64, 256, 1024),
    "n_steps": (8, 32),
    "learning_rate": (0.01, 0.03, 0.1),
    "n_epochs": (4, 10),
    "minibatches": (1, 4),
    "ent_coef": (0.0, 0.01),
}
"""All 144 combinations are tried. Fewer mazes, smaller learning rates and more minibatches were slower in pilots."""
WINNERS = {
    1.0: {0.95: Tuning(256, 32, 0.03, 4, 4, 0.0), 0.99: Tuning(1024, 8, 0.03, 4, 4, 0.0)},
    0.01: {0.95: Tuning(64, 8, 0.03, 4, 1, 0.0), 0.99: Tuning(64, 8, 0.03, 4, 1, 0.0)},
}
"""By share and target, as `tune` found them."""
TUNING_SECONDS = {1.0: 359.0, 0.01: 90.0}
"""How long that took, by share, on the processor's clock."""
FINALISTS = 8
TUNING_SEEDS = (1000, 1001, 1002, 1003)
"""The first for every combination, the others for the finalists. None of them is timed."""


@dataclass(frozen=True)
class Reached:
    """When a target was first met.

    Attributes:
        seconds: of training on the clock on the wall.
        processor: of training on the processor's clock, which other work on the machine does not drive; all threads.
        moves: in the maze.
        updates: rollouts with the training on them.
    """

    seconds: float
    processor: float
    moves: int
    updates: int


class Watch(BaseCallback):
    """Stops the clocks before each rollout, evaluates the policy exactly, and notes when each target was first met.

    The clocks start when it is made.
    """

    def __init__(self, share: float, targets: tuple[float, ...], patience: float) -> None:
        super().__init__()
        self.levels = training_levels(share)
        self.optimum = float(self.levels @ oracle().optimum)
        self.dynamics = Dynamics.of(table(), "coin", DISCOUNT)
        self.seen = torch.from_numpy(observations())
        self.targets, self.patience = targets, patience
        self.reached: dict[float, Reached] = {}
        self.updates = 0
        self.over = False
        self.excluded = clocks()

    def _on_rollout_start(self) -> None:
        now = clocks()
        elapsed, processor = now - self.excluded
        part = self.evaluate() / self.optimum
        for target in self.targets:
            if part >= target and target not in self.reached:
                self.reached[target] = Reached(elapsed, processor, self.num_timesteps, self.updates)
        self.updates += 1
        self.over = len(self.reached) == len(self.targets) or processor > self.patience
        self.excluded = self.excluded + clocks() - now

    def _on_step(self) -> bool:
        return not self.over

    def evaluate(self) -> float:
        with torch.no_grad():
            logits = self.model.policy.get_distribution(self.seen.flatten(0, 1)).distribution.logits  # type: ignore
            policy = logits.view(1, *self.seen.shape[:2], -1).softmax(-1)
            returns: Float[np.ndarray, " level"] = self.dynamics.returns(policy)[0].double().numpy()
        return float(self.levels @ returns)


def size() -> int:
    """How many combinations the grid has."""
    return math.prod(map(len, GRID.values()))


def train(
    tuning: Tuning, share: float, seed: int, targets: tuple[float, ...], *, patience: float, threads: int = 1
) -> dict[float, Reached]:
    """Train one agent until it has met every target (a share of the optimum), or for `patience` processor seconds.

    The clocks start before the environments and networks are made, and do not run while a policy is evaluated.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    watch = Watch(share, targets, patience)
    model = PPO(
        "MlpPolicy",
        MazeVecEnv(share, tuning.n_envs),
        learning_rate=tuning.learning_rate,
        n_steps=tuning.n_steps,
        batch_size=tuning.n_envs * tuning.n_steps // tuning.minibatches,
        n_epochs=tuning.n_epochs,
        gamma=DISCOUNT,
        ent_coef=tuning.ent_coef,
        policy_kwargs={"net_arch": {"pi": [WIDTH], "vf": [WIDTH]}, "activation_fn": torch.nn.ReLU},
        seed=seed,
        device="cpu",
    )
    try:
        model.learn(10**9, callback=watch, log_interval=None)  # type: ignore[arg-type]
    finally:
        torch.set_num_threads(before)
    return watch.reached


def tune(share: float, targets: tuple[float, ...]) -> tuple[dict[float, Tuning], float]:
    """The fastest tuning to each target, and how many processor seconds it took to find them.

    Each combination trains once, on one thread, and is given up after 1.5 times the best time to the strictest target
    so far. For each target the fastest few train again, taking turns, from other seeds; the winner has the least
    median of these. Turns, because what else the machine does drives the processor's clock too, a little.
    """
    began = time.process_time()
    grid = [Tuning(*values) for values in itertools.product(*GRID.values())]
    random.Random(0).shuffle(grid)  # so that a good one comes soon
    patience = 20.0
    firsts: dict[Tuning, dict[float, float]] = {}

    def attempt(tuning: Tuning, seed: int, limit: float) -> dict[float, float]:
        reached = train(tuning, share, seed, targets, patience=limit)
        return {target: when.processor for target, when in reached.items()}

    for number, tuning in enumerate(grid, start=1):
        times = firsts[tuning] = attempt(tuning, TUNING_SEEDS[0], patience)
        patience = min(patience, 1.5 * times.get(max(targets), math.inf))
        shown = ", ".join(f"{100 * target:g} % in {seconds:.2f} s" for target, seconds in times.items())
        print(f"  {number}/{len(grid)} {tuning}: {shown or 'given up'}", flush=True)
    finalists = {
        target: sorted(firsts, key=lambda tuning: firsts[tuning].get(target, math.inf))[:FINALISTS]
        for target in targets
    }
    both = dict.fromkeys(itertools.chain.from_iterable(finalists.values()))
    finals = [{tuning: attempt(tuning, seed, 3 * patience) for tuning in both} for seed in TUNING_SEEDS[1:]]

    def median(tuning: Tuning, target: float) -> float:
        return statistics.median(turn[tuning].get(target, math.inf) for turn in finals)

    winners = {}
    for target in targets:
        winners[target] = min(finalists[target], key=lambda tuning: median(tuning, target))
        for tuning in finalists[target]:
            print(f"  finalist to {100 * target:g} %: median {median(tuning, target):.2f} s, {tuning}", flush=True)
    return winners, time.process_time() - began
