"""A sweep is an experiment over a grid of settings: computed once, in parallel, and kept until its code changes."""

import ast
import hashlib
import importlib.metadata
import importlib.util
import logging
import os
import pickle
import shutil
import warnings
import zlib
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import joblib
from joblib import Parallel, cpu_count, delayed, parallel_config

from looks_aligned import progress

Settings = TypeVar("Settings", bound=Hashable)
Result = TypeVar("Result")

CACHE_VARIABLE = "LOOKS_ALIGNED_CACHE"
"""Names the folder in which sweeps are kept; without it, a folder in the user's cache."""
CLUSTER_VARIABLE = "LOOKS_ALIGNED_CLUSTER"
"""The address of a dask.distributed scheduler, such as tcp://127.0.0.1:8786, to run sweeps on instead of here."""
CLUSTER_PATIENCE = 10
"""Seconds to wait for that scheduler."""
SHIPPED = Path(__file__).parents[3] / "sweeps"
"""Sweeps that came with the code; the branch that readers run notebooks from has them."""

_log = logging.getLogger(__name__)


def sweep(
    run_all: Callable[[Sequence[Settings]], Result], batches: Sequence[Sequence[Settings]], *, name: str
) -> list[Result]:
    """Run each batch of settings, or take its result from the cache.

    An entry is found by the function, the settings, the libraries' versions and a digest of all code of this package
    that the function's module depends on. Entries are checksummed: a damaged one is noticed and computed again.
    Where sweeps came with the code, they answer too, even with other versions of the libraries: a line then says so.

    Args:
        run_all: a module's function from a batch of settings to its result.
        batches: what to run; each batch is one task, the same on any number of cores, so that results are too.
        name: what to call the sweep on the progress line.

    Returns:
        One result a batch, in their order.

    Raises:
        ValueError: a function that stands in no importable module; a cluster is named that cannot be used.
    """
    code = Path(f"{run_all.__module__}.{run_all.__qualname__}") / code_digest(run_all.__module__)
    folder = cache_folder() / code / libraries()
    entries = [folder / str(joblib.hash(tuple(batch))) for batch in batches]
    tasks = dict(zip(entries, map(tuple, batches), strict=True))
    results = {entry: result for entry in tasks if (result := _read(entry)) is not None}
    for shipped in sorted(SHIPPED.glob(f"{code}/*"), key=lambda one: one.name != libraries()):
        came = {entry: _read(shipped / entry.name) for entry in tasks if entry not in results}
        came = {entry: result for entry, result in came.items() if result is not None}
        if came and shipped.name != libraries():
            print(f"{name}: {len(came)} of {len(tasks)} as computed with {shipped.name}; here it is {libraries()}")
        results |= came
    missing = {entry: batch for entry, batch in tasks.items() if entry not in results}
    if missing:
        listener = progress.listener() or progress.print_line

        def hear(done: int, total: int, what: str) -> None:
            if what == name:  # where there is one core, the batches' own loops are heard too
                listener(done, total, what)

        with progress.listening(hear), _backend(), warnings.catch_warnings():
            # A worker that has grown is started anew, and nothing is lost.
            warnings.filterwarnings("ignore", message="A worker stopped while some jobs were given")
            # Whoever stops a sweep knows that the batches under way are lost.
            warnings.filterwarnings("ignore", message=".*have been cancelled")
            parallel = Parallel(n_jobs=min(cpu_count(), len(missing)), return_as="generator")
            finished: Any = parallel(delayed(run_all)(batch) for batch in missing.values())
            try:
                # Entries are written here, one by one: a cluster's machines need not share a disk with this one.
                for entry, result in zip(missing, progress.track(finished, len(missing), name), strict=True):
                    _write(entry, result)
                    results[entry] = result
            finally:
                finished.close()
    return [results[entry] for entry in entries]


def cache_folder() -> Path:
    """Where sweeps are kept."""
    named = os.environ.get(CACHE_VARIABLE)
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(named) if named else Path(home) / "looks-aligned"


def code_digest(module: str) -> str:
    """A digest of a module's code and of all modules of this package that it imports in turn.

    Raises:
        ValueError: no such module has a source file.
    """
    digest = hashlib.sha256()
    for name in sorted(_dependencies(module)):
        digest.update(name.encode())
        digest.update(_source(name).read_text(encoding="utf-8").encode())
    return digest.hexdigest()[:16]


def libraries() -> str:
    """The versions of the numeric libraries, as a folder's name."""
    return " ".join(f"{name}-{importlib.metadata.version(name).partition('+')[0]}" for name in ("numpy", "torch"))


def ship(folder: Path) -> None:
    """Copy the sweeps that this code computed, here and with these libraries, to where they will come with it."""
    for kept in sorted(cache_folder().glob(f"*/*/{libraries()}")):
        code = kept.parent
        try:
            current = code_digest(code.parent.name.rpartition(".")[0])
        except ValueError:  # of a module that is no more
            continue
        if code.name == current:
            unfinished = shutil.ignore_patterns("*-*")
            shutil.copytree(kept, folder / kept.relative_to(cache_folder()), ignore=unfinished, dirs_exist_ok=True)


def _read(entry: Path) -> Any:
    """What an entry holds; None if it is absent or damaged."""
    try:
        stored = entry.read_bytes()
    except FileNotFoundError:
        return None
    checksum, packed = stored[:32], stored[32:]
    if hashlib.sha256(packed).digest() != checksum:
        _log.warning("%s is damaged; what it held is computed again", entry)
        return None
    return pickle.loads(zlib.decompress(packed))


def _write(entry: Path, result: Any) -> None:
    """Write an entry aside and move it into place: it is whole or it is absent."""
    packed = zlib.compress(pickle.dumps(result), level=3)
    entry.parent.mkdir(parents=True, exist_ok=True)
    aside = entry.with_name(f"{entry.name}-{uuid4().hex}")
    aside.write_bytes(hashlib.sha256(packed).digest() + packed)
    aside.replace(entry)


@contextmanager
def _backend() -> Iterator[None]:
    """Send parallel work to the cluster, if one is named."""
    address = os.environ.get(CLUSTER_VARIABLE)
    if not address:
        yield
        return
    try:
        from distributed import Client
    except ImportError:
        raise ValueError(f"{CLUSTER_VARIABLE}: got {address!r}; this needs `pip install distributed`") from None
    try:
        client = Client(address, timeout=CLUSTER_PATIENCE)
    except (OSError, ValueError) as error:
        raise ValueError(f"{CLUSTER_VARIABLE}: no dask scheduler answers at {address!r} ({error})") from None
    with client, parallel_config("dask", client=client):
        yield


def _dependencies(module: str) -> set[str]:
    found: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        for node in ast.walk(ast.parse(_source(name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                waiting += [alias.name for alias in node.names if alias.name.startswith("looks_aligned")]
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("looks_aligned"):
                parent = str(node.module)
                waiting += [name for alias in node.names if _exists(name := f"{parent}.{alias.name}")]
                waiting.append(parent)
    return found


def _exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _source(module: str) -> Path:
    # A notebook's or a script's functions stand in `__main__`, for which `find_spec` raises.
    spec = None if module == "__main__" else importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ValueError(f"module: got {module!r}; a sweep's function must stand in a module that can be imported")
    return Path(spec.origin)
