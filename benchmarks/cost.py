"""What does a run cost, the more are trained at once?"""

import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import plotly.graph_objects as go

from benchmarks.ours import BOOK, training
from looks_aligned.agents.training import one_thread
from looks_aligned.experiments.proxy.coin_or_corner import NETWORKS, NetworkName

COUNTS = (1, 2, 4, 8, 16, 32, 64)
UPDATES: dict[NetworkName, int] = {"fully connected": 25, "convolutional": 5}
"""How many are timed; every update costs the same."""
REPEATS = 3
COLORS: dict[NetworkName, str] = {"fully connected": "#CC79A7", "convolutional": "#56B4E9"}
"""Of Okabe and Ito's colours, two that stand for nothing in the book's figures."""


@dataclass(frozen=True)
class Cost:
    """What one update of one run costs in a batch.

    Attributes:
        network: which network.
        runs: how many train at once.
        milliseconds: per run and update; the median repeat.
        fastest: the same, of the fastest repeat.
        slowest: the same, of the slowest.
    """

    network: NetworkName
    runs: int
    milliseconds: float
    fastest: float
    slowest: float


def measure() -> list[Cost]:
    """Every network with every number of runs, on one thread."""
    return [_measure(network, runs) for network in NETWORKS for runs in COUNTS]


def table_of(costs: Sequence[Cost]) -> str:
    """A row for each number of runs, a column for each network."""
    by = {(cost.network, cost.runs): cost.milliseconds for cost in costs}
    head = "  runs at once" + "".join(f"{network:>20}" for network in NETWORKS)
    rows = [f"  {runs:>12}" + "".join(f"{by[network, runs]:>17.2f} ms" for network in NETWORKS) for runs in COUNTS]
    return "\n".join([head, *rows])


def figure(costs: Sequence[Cost]) -> go.Figure:
    """Cost per run against number of runs; bars from the fastest to the slowest repeat."""
    drawn = go.Figure()
    for network in NETWORKS:
        rows = [cost for cost in costs if cost.network == network]
        middle = [cost.milliseconds for cost in rows]
        drawn.add_scatter(
            x=[cost.runs for cost in rows],
            y=middle,
            error_y={
                "array": [cost.slowest - cost.milliseconds for cost in rows],
                "arrayminus": [cost.milliseconds - cost.fastest for cost in rows],
            },
            name=network,
            mode="lines+markers",
            line={"color": COLORS[network]},
            hovertemplate="%{x} at once: %{y:.2f} ms<extra>" + network + "</extra>",
        )
    return drawn.update_layout(
        template="none",
        title="What one training step of one run costs, by how many runs train at once (one thread)",
        xaxis={"title": "runs at once", "type": "log", "tickvals": COUNTS},
        yaxis={"title": "milliseconds per run and step", "type": "log", "dtick": "D1"},
    )


def write(costs: Sequence[Cost], folder: Path) -> list[dict[str, object]]:
    """The figure as a page (plotly.js lies beside it) and as JSON; returns the numbers for the record."""
    drawn = figure(costs)
    drawn.write_html(folder / "cost_per_run.html", include_plotlyjs="directory")
    drawn.write_json(folder / "cost_per_run.json")
    return [asdict(cost) for cost in costs]


def _measure(network: NetworkName, runs: int) -> Cost:
    updates = UPDATES[network]
    took = []
    with one_thread():
        for _ in range(REPEATS):
            # Building the networks is left out: it is once a run, not once an update.
            clock = training(BOOK, 0.01, range(runs), (0, updates), network)
            next(clock)
            began = time.perf_counter()
            next(clock)
            took.append(1000 * (time.perf_counter() - began) / (runs * updates))
    return Cost(network, runs, statistics.median(took), min(took), max(took))
