"""How long does an agent of the flagship take to train: ours against stable-baselines3's PPO, to the same regret?

Both train until their return over the training levels, computed exactly and off the clock, is a target's share of the
optimum. Writes _build/bench/flagship.json, and cost_per_run.html and .json. `--tune` tunes both sides again first.
"""

import argparse
import importlib.metadata
import json
import math
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks import cost, maze_gym, ours, ppo
from looks_aligned.experiments.proxy.coin_or_corner import oracle, table

FOLDER = Path("_build/bench")
SHARES = (1.0, 0.01)
TARGETS = (0.95, 0.99)
PPO_SEEDS = (0, 1, 2, 3, 4)
PPO_THREADS = (1, 2)
PROBE_SEED = 500
"""Trains once with each number of threads; the faster number is timed."""
PPO_PATIENCE = 30.0
"""Processor seconds after which a run of PPO is given up."""
OUR_SEEDS = tuple(range(16))
BATCHES = (16, 56)
REPEATS = 3
GOAL = 100
LIBRARIES = ("torch", "numpy", "gymnasium", "stable-baselines3", "plotly")


@dataclass(frozen=True)
class Times:
    """Seconds per trained agent, over seeds; of a batch, over repeats.

    Attributes:
        median: on the wall's clock.
        least: of the fastest.
        most: of the slowest.
        processor: median on the processor's clock, all threads.
    """

    median: float
    least: float
    most: float
    processor: float

    @classmethod
    def of(cls, runs: Sequence[Sequence[float] | np.ndarray]) -> "Times":
        """From each run's seconds on the wall's and the processor's clock."""
        wall, processor = ([float(run[clock]) for run in runs] for clock in range(2))
        return cls(statistics.median(wall), min(wall), max(wall), statistics.median(processor))

    def __str__(self) -> str:
        return f"{_shown(self.median)} ({_shown(self.least)} to {_shown(self.most)})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tune", action="store_true", help="tune both sides again, instead of using what was recorded")
    tune = parser.parse_args().tune
    began = time.perf_counter()
    FOLDER.mkdir(parents=True, exist_ok=True)
    machine = _machine()
    print("\n".join(f"{name}: {value}" for name, value in machine.items()))
    print(f"environment: {maze_gym.check(SHARES)}")
    # Both sides read the same table; nobody's clock holds its making.
    table()
    oracle()
    print(f"PPO's grid, {ppo.size()} combinations: {ppo.GRID}")
    print(f"our grid: {ours.GRID}")
    _warm_up()
    if tune:
        ppo_winners, our_winners, spent = _tune()
    else:
        ppo_winners, our_winners, spent = ppo.WINNERS, ours.WINNERS, ppo.TUNING_SECONDS
        cost_of_it = f"{sum(spent.values()):.0f} processor seconds"
        print(f"tuning: the recorded winners are used; finding PPO's took {cost_of_it} (--tune does it again)")
    comparisons = [
        _compare(share, target, ppo_winners[share][target], our_winners[share][target])
        for share in SHARES
        for target in TARGETS
    ]
    costs = cost.measure()
    print("\nOur cost per run and update (one thread, the chapter's settings), by how many runs train at once")
    print(cost.table_of(costs))
    record = {
        "machine": machine,
        "tuning": {
            "ppo_grid": ppo.GRID,
            "ppo_processor_seconds": spent,
            "our_grid": ours.GRID,
            "recorded": not tune,
        },
        "comparisons": comparisons,
        "cost_per_run": cost.write(costs, FOLDER),
        "seconds": time.perf_counter() - began,
    }
    # JSON knows no infinity.
    finite = json.loads(json.dumps(record), parse_constant=lambda _: None)
    (FOLDER / "flagship.json").write_text(json.dumps(finite, indent=1))
    print(f"\nthe whole run: {record['seconds']:.0f} s; numbers and plot in {FOLDER}/")


def _compare(share: float, target: float, tuning: ppo.Tuning, setting: ours.Setting) -> dict[str, object]:
    """Both sides to one target at one share, printed as they come."""
    print(f"\nα = {share:g}, to {100 * target:g} % of the optimum; seconds per agent: median (least to most)")
    print(f"  PPO   {tuning}\n  ours  {setting}; the chapter's {ours.BOOK}", flush=True)
    probes = {threads: _ppo(tuning, share, target, threads, [PROBE_SEED])["times"] for threads in PPO_THREADS}
    threads = min(probes, key=lambda threads: probes[threads].median)
    run = _ppo(tuning, share, target, threads, PPO_SEEDS)
    baseline: Times = run["times"]
    work = f"{run['updates']:g} updates, {run['moves']:g} moves, {run['given_up']} given up"
    print(f"  {f'PPO ({len(PPO_SEEDS)} seeds)':<24} {baseline!s:<32} {work}; threads: {threads}", flush=True)
    rows: dict[str, dict[str, object]] = {}

    def report(name: str, runs: Sequence[np.ndarray], updates: int) -> None:
        times = Times.of(runs)
        ratio, processor = baseline.median / times.median, baseline.processor / times.processor
        rows[name] = {**asdict(times), "updates": updates, "ratio": ratio, "processor_ratio": processor}
        verdict = "" if ratio >= GOAL else f"; short of {GOAL}"
        ratios = f"PPO takes {ratio:.1f} times as long (by processor time {processor:.1f}){verdict}"
        print(f"  {name:<24} {times!s:<32} {updates} updates; {ratios}", flush=True)

    steps = _steps(setting, share, max(BATCHES))[target]
    alone = [ours.took(setting, share, [seed], steps[seed]) for seed in OUR_SEEDS]
    report("ours alone", alone, round(statistics.median(steps[: len(OUR_SEEDS)])))
    for size in BATCHES:
        # A batch trains until its slowest run is there.
        updates = max(steps[:size])
        batch = [ours.took(setting, share, range(size), updates) / size for _ in range(REPEATS)]
        report(f"ours in a batch of {size}", batch, updates)
    size = len(OUR_SEEDS)
    steps = _steps(ours.BOOK, share, size)[target]
    alone = [ours.took(ours.BOOK, share, [seed], steps[seed]) for seed in OUR_SEEDS[:REPEATS]]
    report("the chapter's alone", alone, round(statistics.median(steps[:REPEATS])))
    report(f"its batch of {size}, once", [ours.took(ours.BOOK, share, OUR_SEEDS, max(steps)) / size], max(steps))
    return {
        "share": share,
        "target": target,
        "ppo_tuning": asdict(tuning),
        "our_setting": asdict(setting),
        "ppo": {**run, "times": asdict(baseline)},
        "ppo_threads": threads,
        "ppo_probes": {number: asdict(times) for number, times in probes.items()},
        "ours": rows,
    }


@cache
def _steps(setting: ours.Setting, share: float, runs: int) -> dict[float, list[int]]:
    """The updates that each of the first seeds needs to each target.

    Raises:
        RuntimeError: a run missed a target.
    """
    found = ours.updates_to(setting, share, range(runs), TARGETS)
    met = {target: [step for step in steps if step is not None] for target, steps in found.items()}
    if any(len(steps) < runs for steps in met.values()):
        raise RuntimeError(f"at α = {share:g}, some of our runs missed a target within {ours.PATIENCE} updates")
    return met


def _ppo(tuning: ppo.Tuning, share: float, target: float, threads: int, seeds: Sequence[int]) -> dict:
    """Every seed; one that was given up counts as infinitely slow, so that it is not forgotten."""
    runs = [ppo.train(tuning, share, seed, (target,), patience=PPO_PATIENCE, threads=threads) for seed in seeds]
    reached = [run[target] for run in runs if target in run]
    given_up = len(runs) - len(reached)
    never = (math.inf, math.inf)
    return {
        "times": Times.of([*((when.seconds, when.processor) for when in reached), *[never] * given_up]),
        "updates": statistics.median(when.updates for when in reached) if reached else math.nan,
        "moves": statistics.median(when.moves for when in reached) if reached else math.nan,
        "given_up": given_up,
    }


def _tune() -> tuple[dict, dict, dict[float, float]]:
    ppo_winners, our_winners, spent = {}, {}, {}
    for share in SHARES:
        print(f"tuning PPO at α = {share:g}")
        ppo_winners[share], spent[share] = ppo.tune(share, TARGETS)
        print(f"tuning ours at α = {share:g}")
        our_winners[share] = ours.tune(share, TARGETS)
    print(f"tuning PPO took {sum(spent.values()):.0f} processor seconds; the winners:")
    for share in SHARES:
        for target in TARGETS:
            print(
                f"  α = {share:g}, {100 * target:g} %: {ppo_winners[share][target]}; ours {our_winners[share][target]}"
            )
    return ppo_winners, our_winners, spent


def _warm_up() -> None:
    """Once each, so that nobody's first timed run pays for loading code."""
    share, target = SHARES[0], TARGETS[0]
    ppo.train(ppo.WINNERS[share][target], share, 999, (target,), patience=0.5)
    ours.took(ours.WINNERS[share][target], share, range(4), 5)


def _machine() -> dict[str, object]:
    load: Callable[[], tuple[float, ...]] | None = getattr(os, "getloadavg", None)
    return {
        "processors": os.cpu_count(),
        "load when begun": round(load()[0], 2) if load else None,
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "libraries": ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES),
    }


def _shown(seconds: float) -> str:
    if math.isinf(seconds):
        return "never"
    return f"{seconds:.2f} s" if seconds >= 1 else f"{1000 * seconds:.1f} ms"


if __name__ == "__main__":
    main()
