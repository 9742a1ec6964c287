"""Can one machine serve a class? How much memory a reader's kernel takes, and how long twenty wait who move at once.

Kernels are started as JupyterLab starts them and run a chapter's notebook as it was built. Memory is what stays
resident once every figure of the chapter is drawn. Then many kernels each draw the flagship's figure; all move its
slider at the same moment, some times over, and each waits for its own new figure. Writes _build/bench/classroom.json.
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import nbformat
import psutil
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

NOTEBOOKS = Path("_build/notebooks")
FOLDER = Path("_build/bench")
CHAPTER, FLAGSHIP = "proxy", "coin_or_corner"
NETWORKS = ("convolutional", "fully connected")
READERS = 20
MOVES = 5
PATIENCE = 120.0
"""Seconds after which an answer counts as lost."""
MEMORY_GOAL = 450
"""MB that a kernel may take, so that twenty fit into a machine of 16 GB with room to spare."""
WAIT_GOAL = 5.0
"""Seconds that half of a class may wait."""
WAIT_FOR_ALL = """\
for widget in list(__import__("ipywidgets.widgets.widget").widgets.widget._instances.values()):
    if hasattr(widget, "figures_drawn"):
        widget.wait(60)"""

OPENING = 2
"""Kernels that open the chapter at a time; a class does not open its notebooks in the same second."""
CHOOSE = """\
flagship.network = "{network}"
flagship.wait(60)"""
FIND = f"""\
flagship = next(
    widget for widget in __import__("ipywidgets.widgets.widget").widgets.widget._instances.values()
    if getattr(widget, "label", "") == "{FLAGSHIP.replace("_", "-")}"
)
flagship.wait(60)"""
MOVE = """\
before = flagship.figures_drawn
flagship.share = flagship._controls["share"].values[{position}]
flagship.wait({patience})
assert flagship.figures_drawn == before + 1 and "figure" in flagship.answer"""


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=READERS, help=f"kernels at once (default: {READERS})")
    readers = parser.parse_args().readers
    chapters = sorted(path.relative_to(NOTEBOOKS).with_suffix("").as_posix() for path in NOTEBOOKS.rglob("*.ipynb"))
    if not chapters:
        parser.error(f"{NOTEBOOKS} holds no notebooks; say `make notebooks` first")
    memory = {}
    for chapter in chapters:
        memory[chapter] = resident(chapter)
        print(f"{chapter}: {memory[chapter]:.0f} MB resident", flush=True)
    waits = class_waits(readers)
    seconds = {network: sorted(wait for wait in all_ if wait is not None) for network, all_ in waits.items()}
    lost = sum(wait is None for all_ in waits.values() for wait in all_)
    medians = {network: statistics.median(some) for network, some in seconds.items()}
    for network, median in medians.items():
        print(f"{network}: {readers} kernels move at once, {MOVES} times: median {median:.1f} s")
    print(f"{lost} answers lost")
    found = {
        "cores": len(os.sched_getaffinity(0)),
        "megabytes": memory,
        "readers": readers,
        "seconds": {
            network: {"median": medians[network], "least": some[0], "most": some[-1]}
            for network, some in seconds.items()
        },
        "lost": lost,
        "goals met": {
            "memory": max(memory.values()) <= MEMORY_GOAL,
            "waits": {network: median <= WAIT_GOAL and not lost for network, median in medians.items()},
        },
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "classroom.json").write_text(json.dumps(found, indent=1), encoding="utf-8")


def resident(chapter: str) -> float:
    """MB that a kernel takes when all of a chapter has run."""
    with kernel() as (client, process):
        for cell in cells_of(chapter):
            run(client, cell)
        run(client, WAIT_FOR_ALL)
        return process.memory_info().rss / 1e6


def class_waits(readers: int) -> dict[str, list[float | None]]:
    """How long each kernel's reader waits for each move, in seconds, by network; None where no answer came."""
    cells = cells_of(CHAPTER)
    (shown,) = (place for place, cell in enumerate(cells) if f"explore(\n    {FLAGSHIP}," in cell)

    def opened(client: BlockingKernelClient) -> None:
        for cell in (*cells[: shown + 1], FIND):
            run(client, cell)

    waits: dict[str, list[float | None]] = {}
    with ExitStack() as stack, ThreadPoolExecutor(readers) as together, ThreadPoolExecutor(OPENING) as some:
        clients = [stack.enter_context(kernel())[0] for _ in range(readers)]
        list(some.map(opened, clients))
        for network in NETWORKS:
            list(some.map(lambda client, network=network: run(client, CHOOSE.format(network=network)), clients))
            waits[network] = []
            for move in range(MOVES):
                waits[network] += together.map(lambda client, move=move: moved(client, move), clients)
    return waits


def moved(client: BlockingKernelClient, move: int) -> float | None:
    """Seconds until a kernel has drawn its figure anew; None if it never does."""
    started = time.perf_counter()
    try:
        run(client, MOVE.format(position=move + 4 if move % 2 else move, patience=PATIENCE))
    except (RuntimeError, TimeoutError):
        return None
    return time.perf_counter() - started


@contextmanager
def kernel() -> Iterator[tuple[BlockingKernelClient, psutil.Process]]:
    """A fresh kernel, and its process."""
    # A hub's kernels know nothing of how `make` has its own commands keep memory.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    manager, client = start_new_kernel(env=environment)
    try:
        yield client, psutil.Process(manager.provisioner.pid)  # type: ignore[union-attr]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def cells_of(chapter: str) -> Sequence[str]:
    """The code of a chapter's notebook."""
    notebook = nbformat.read(str(NOTEBOOKS / f"{chapter}.ipynb"), as_version=4)
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def run(client: BlockingKernelClient, code: str) -> None:
    """Run code in a kernel.

    Raises:
        RuntimeError: it raised.
        TimeoutError: it took too long.
    """
    reply = client.execute_interactive(code, timeout=PATIENCE, output_hook=lambda message: None)
    if reply["content"]["status"] != "ok":
        raise RuntimeError("\n".join(reply["content"]["traceback"]))


if __name__ == "__main__":
    main()
