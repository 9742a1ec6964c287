"""Is a sweep computed once, kept whole, and computed again when, and only when, something it depends on changes?"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from distributed import LocalCluster
from joblib.externals.loky import get_reusable_executor

import looks_aligned
from looks_aligned import progress
from looks_aligned.experiments import sweeps
from looks_aligned.experiments.sweeps import CACHE_VARIABLE, CLUSTER_VARIABLE, cache_folder, code_digest, sweep

TOY = '''
"""An experiment that writes down each time it is run, and by which process."""

import os
import pathlib
import time

import numpy as np

from looks_aligned.worlds.maps import WALL

LOG = pathlib.Path(__file__).with_name("log")


def run_all(settings):
    with LOG.open("a") as log:
        log.write(f"{os.getpid()} {settings}\\n")
    time.sleep(float(os.environ.get("TOY_SLEEP", 0)))
    return {"settings": settings, "result": np.arange(3000.0) * settings[0]}


def another(settings):
    return "another"
'''
BATCHES = [[1, 2], [3], [4, 5, 6]]


class Experiment:
    """A module of its own in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write(TOY)

    def write(self, source: str) -> None:
        (self.folder / "toy_experiment.py").write_text(source)

    @property
    def module(self) -> ModuleType:
        import toy_experiment  # type: ignore[import-not-found]

        return toy_experiment

    def sweep(self, batches: list[list[int]] = BATCHES) -> list[dict]:
        return sweep(self.module.run_all, batches, name="a toy")

    @property
    def runs(self) -> list[str]:
        """The settings of each run there was, in order."""
        return sorted(line.split(" ", 1)[1] for line in self.log)

    @property
    def processes(self) -> set[str]:
        return {line.split(" ", 1)[0] for line in self.log}

    @property
    def log(self) -> list[str]:
        path = self.folder / "log"
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def experiment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Experiment]:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.delenv(CLUSTER_VARIABLE, raising=False)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(tmp_path)
    # Processes of an earlier test would look for the experiment in that test's folder.
    get_reusable_executor().shutdown(wait=True)
    yield Experiment(tmp_path)
    sys.modules.pop("toy_experiment", None)
    get_reusable_executor().shutdown(wait=True)


def assert_right(results: list[dict], batches: list[list[int]] = BATCHES) -> None:
    assert [result["settings"] for result in results] == [tuple(batch) for batch in batches]
    for result, batch in zip(results, batches, strict=True):
        np.testing.assert_array_equal(result["result"], np.arange(3000.0) * batch[0])


def entries(folder: Path | None = None) -> list[Path]:
    return sorted(path for path in (folder or cache_folder()).rglob("*") if path.is_file())


def test_a_sweep_is_computed_once(experiment):
    assert_right(experiment.sweep())
    assert experiment.runs == ["(1, 2)", "(3,)", "(4, 5, 6)"]
    assert_right(experiment.sweep())
    assert len(experiment.runs) == 3


def test_a_batch_that_another_sweep_had_is_read_and_only_the_rest_is_computed(experiment):
    experiment.sweep([[3], [1, 2]])
    assert_right(experiment.sweep([[1, 2], [7], [3]]), [[1, 2], [7], [3]])
    assert experiment.runs == ["(1, 2)", "(3,)", "(7,)"]


def test_the_same_batch_twice_is_computed_once_and_given_twice(experiment):
    assert_right(experiment.sweep([[3], [3]]), [[3], [3]])
    assert experiment.runs == ["(3,)"]


def test_two_functions_of_a_module_do_not_share_results(experiment):
    experiment.sweep([[3]])
    assert sweep(experiment.module.another, [[3]], name="another") == ["another"]


def test_two_cores_work_at_once(experiment, monkeypatch):
    monkeypatch.setattr(sweeps, "cpu_count", lambda: 2)
    monkeypatch.setenv("TOY_SLEEP", "0.5")
    experiment.sweep([[1], [2], [3], [4]])
    assert len(experiment.processes) == 2
    assert str(os.getpid()) not in experiment.processes


def test_a_sweep_can_be_listened_to(experiment):
    heard = []
    with progress.listening(lambda *report: heard.append(report)):
        experiment.sweep()
    assert heard == [(done, 3, "a toy") for done in range(4)]


def test_a_sweep_that_nobody_listens_to_prints_its_own_line(experiment, capsys):
    experiment.sweep()
    assert "a toy: 3" in capsys.readouterr().out
    assert progress.listener() is None


def test_a_stopped_sweep_keeps_what_it_had_and_the_next_call_does_the_rest(experiment):
    def listener(done: int, total: int, name: str) -> None:
        if done == 2:
            raise progress.Stopped

    with progress.listening(listener), pytest.raises(progress.Stopped):
        experiment.sweep()
    assert len(entries()) == 2
    assert_right(experiment.sweep())
    assert len(entries()) == 3


def test_a_change_of_the_experiments_own_code_is_a_miss(experiment):
    experiment.sweep([[3]])
    experiment.write(TOY + "\n\n# a comment is a change too\n")
    experiment.sweep([[3]])
    assert experiment.runs == ["(3,)", "(3,)"]
    experiment.write(TOY)
    experiment.sweep([[3]])
    assert len(experiment.runs) == 2, "the old code's result is still there"


FLAGSHIP = "looks_aligned.experiments.proxy.coin_or_corner"
ASK = f"""
import sys
from looks_aligned.experiments import sweeps

assert sweeps.__file__.startswith(sys.argv[1]), sweeps.__file__
for edited in sys.argv[2:]:
    with open(f"{{sys.argv[1]}}/looks_aligned/{{edited}}", "r+b") as file:
        length = len(file.read())
        file.write(b"\\n# edited\\n")
    print(edited, sweeps.code_digest("{FLAGSHIP}"))
    with open(f"{{sys.argv[1]}}/looks_aligned/{{edited}}", "r+b") as file:
        file.truncate(length)
print("nothing", sweeps.code_digest("{FLAGSHIP}"))
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package whose files a test may edit."""
    shutil.copytree(Path(looks_aligned.__file__).parent, tmp_path / "copy" / "looks_aligned")
    return tmp_path / "copy"


def test_an_edit_changes_the_digest_of_what_depends_on_it_and_of_nothing_else(package):
    needed = ["experiments/proxy/coin_or_corner.py", "worlds/maze.py", "agents/training.py", "progress.py"]
    needed += ["worlds/maps.py"]  # which it also reaches through other modules
    unneeded = ["worlds/room.py", "causal/diagram.py"]
    command = [sys.executable, "-c", ASK, str(package), *needed, *unneeded]
    environment = {**os.environ, "PYTHONPATH": str(package)}
    answer = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    digests = dict(line.split() for line in answer.splitlines())
    assert digests["nothing"] == code_digest(FLAGSHIP), "it is of the code and not of where it lies"
    assert len({digests[file] for file in ["nothing", *needed]}) == 1 + len(needed)
    assert {digests[file] for file in unneeded} == {digests["nothing"]}


def test_an_edited_dependency_is_a_miss(experiment, package):
    sweep_it = "import toy_experiment as toy; from looks_aligned.experiments.sweeps import sweep; "
    command = [sys.executable, "-c", sweep_it + "sweep(toy.run_all, [[3]], name='a toy')"]
    environment = {**os.environ, "PYTHONPATH": f"{package}{os.pathsep}{experiment.folder}"}
    subprocess.run(command, env=environment, check=True)
    subprocess.run(command, env=environment, check=True)
    assert len(experiment.runs) == 1
    maps = package / "looks_aligned" / "worlds" / "maps.py"
    before = maps.read_bytes()
    try:
        maps.write_bytes(before + b"\n# edited\n")
        subprocess.run(command, env=environment, check=True)
    finally:
        maps.write_bytes(before)
    assert len(experiment.runs) == 2


def with_versions(monkeypatch: pytest.MonkeyPatch, **versions: str) -> None:
    monkeypatch.setattr(sweeps.importlib.metadata, "version", versions.__getitem__)


def test_another_version_of_a_library_is_a_miss_and_another_build_of_it_is_not(experiment, monkeypatch):
    with_versions(monkeypatch, numpy="2.4.6", torch="2.13.0")
    experiment.sweep([[3]])
    with_versions(monkeypatch, numpy="2.4.6", torch="2.13.0+cpu")
    experiment.sweep([[3]])
    assert len(experiment.runs) == 1
    with_versions(monkeypatch, numpy="2.4.6", torch="2.13.1")
    experiment.sweep([[3]])
    assert len(experiment.runs) == 2


@pytest.fixture
def shipped(experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Experiment:
    """The experiment where its first two batches came with the code, and the cache is empty."""
    monkeypatch.setattr(sweeps, "SHIPPED", tmp_path / "sweeps")
    with_versions(monkeypatch, numpy="2.4.6", torch="2.13.0+cpu")
    experiment.sweep(BATCHES[:2])
    sweeps.ship(sweeps.SHIPPED)
    shutil.rmtree(cache_folder())
    (tmp_path / "log").unlink()
    return experiment


def test_sweeps_that_came_with_the_code_answer_without_a_word(shipped, capsys):
    assert_right(shipped.sweep(BATCHES[:2]), BATCHES[:2])
    assert shipped.runs == []
    assert capsys.readouterr().out == ""
    assert_right(shipped.sweep())
    assert shipped.runs == ["(4, 5, 6)"], "only the rest is computed"


def test_with_other_libraries_they_answer_too_and_a_line_says_so(shipped, monkeypatch, capsys):
    with_versions(monkeypatch, numpy="2.0.2", torch="2.9.0")
    assert_right(shipped.sweep())
    assert shipped.runs == ["(4, 5, 6)"]
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "a toy: 2 of 3 as computed with numpy-2.4.6 torch-2.13.0; here it is numpy-2.0.2 torch-2.9.0"


def test_what_was_computed_here_goes_before_what_came_from_elsewhere(shipped, monkeypatch, capsys):
    with_versions(monkeypatch, numpy="2.0.2", torch="2.9.0")
    came = sweeps.SHIPPED
    monkeypatch.setattr(sweeps, "SHIPPED", came.with_name("none"))
    shipped.sweep()
    monkeypatch.setattr(sweeps, "SHIPPED", came)
    capsys.readouterr()
    assert_right(shipped.sweep())
    assert capsys.readouterr().out == ""


def test_with_other_code_they_do_not_answer(shipped):
    shipped.write(TOY + "\n# changed\n")
    assert_right(shipped.sweep(BATCHES[:2]), BATCHES[:2])
    assert len(shipped.runs) == 2


def test_only_the_sweeps_of_the_code_as_it_is_are_shipped(experiment, tmp_path):
    experiment.sweep([[1]])
    experiment.write(TOY + "\n# changed\n")
    experiment.sweep([[2]])
    (cache_folder() / "gone_experiment.run_all" / "abc" / sweeps.libraries()).mkdir(parents=True)
    sweeps.ship(tmp_path / "shipped")
    assert len(entries()) == 2
    assert len(entries(tmp_path / "shipped")) == 1
    assert code_digest("toy_experiment") in str(entries(tmp_path / "shipped")[0])


def truncated(stored: bytes) -> bytes:
    return stored[: len(stored) // 2]


def cut_by_one(stored: bytes) -> bytes:
    return stored[:-1]


def emptied(stored: bytes) -> bytes:
    return b""


def flipped_in_the_middle(stored: bytes) -> bytes:
    middle = len(stored) // 2
    return stored[:middle] + bytes([stored[middle] ^ 1]) + stored[middle + 1 :]


def flipped_at_the_start(stored: bytes) -> bytes:
    return bytes([stored[0] ^ 128]) + stored[1:]


@pytest.mark.parametrize("damage", [truncated, cut_by_one, emptied, flipped_in_the_middle, flipped_at_the_start])
def test_a_damaged_entry_is_noticed_and_computed_again(experiment, damage: Callable[[bytes], bytes], caplog):
    experiment.sweep([[3], [4]])
    victim, spared = entries()
    victim.write_bytes(damage(victim.read_bytes()))
    assert_right(experiment.sweep([[3], [4]]), [[3], [4]])
    assert len(experiment.runs) == 3, "the other entry is as good as before"
    assert f"{victim} is damaged" in caplog.text
    assert str(spared) not in caplog.text
    assert_right(experiment.sweep([[3], [4]]), [[3], [4]])
    assert len(experiment.runs) == 3, "and now so is this one"


def test_after_a_kill_in_the_middle_an_entry_is_whole_or_absent_and_the_next_call_works(experiment):
    sweep_it = "import toy_experiment as toy; from looks_aligned.experiments.sweeps import sweep; "
    command = [sys.executable, "-c", sweep_it + "sweep(toy.run_all, [[i] for i in range(1, 31)], name='a toy')"]
    killed = subprocess.Popen(command, env={**os.environ, "TOY_SLEEP": "0.1"}, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 20
    while len(entries()) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    whole = {entry: entry.stat().st_mtime_ns for entry in entries() if "-" not in entry.name}
    assert 3 <= len(whole) < 30
    batches = [[i] for i in range(1, 31)]
    assert_right(experiment.sweep(batches), batches)
    assert {entry: entry.stat().st_mtime_ns for entry in whole} == whole, "what was whole is not computed again"
    runs = len(experiment.runs)
    assert_right(experiment.sweep(batches), batches)
    assert len(experiment.runs) == runs


def test_a_kill_in_the_middle_of_writing_leaves_no_entry(experiment, monkeypatch, caplog):
    written = Path.write_bytes

    def dies_halfway(path: Path, data: bytes) -> int:
        written(path, data[: len(data) // 2])
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", dies_halfway)
        with pytest.raises(KeyboardInterrupt):
            experiment.sweep([[3]])
    assert len(entries()) == 1, "half an entry lies aside"
    assert_right(experiment.sweep([[3]]), [[3]])
    assert not caplog.text, "none was damaged: there was none"
    assert experiment.runs == ["(3,)", "(3,)"]


def test_a_sweep_runs_on_the_cluster_that_is_named(experiment, monkeypatch):
    here: Any = LocalCluster(n_workers=2, processes=True, threads_per_worker=1, dashboard_address=None)  # type: ignore[arg-type]
    with here as cluster:
        workers = {str(worker.pid) for worker in cluster.workers.values()}
        monkeypatch.setenv(CLUSTER_VARIABLE, cluster.scheduler_address)
        monkeypatch.setenv("TOY_SLEEP", "0.3")
        assert_right(experiment.sweep([[1], [2], [3], [4]]), [[1], [2], [3], [4]])
        assert experiment.processes == workers
        assert len(workers) == 2
        assert_right(experiment.sweep([[1], [2], [3], [4]]), [[1], [2], [3], [4]])
        assert len(experiment.runs) == 4
    assert len(entries()) == 4


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere"])
def test_a_cluster_that_cannot_be_reached_is_named(experiment, monkeypatch, address):
    monkeypatch.setattr(sweeps, "CLUSTER_PATIENCE", 0.5)
    monkeypatch.setenv(CLUSTER_VARIABLE, address)
    with pytest.raises(ValueError, match=f"LOOKS_ALIGNED_CLUSTER: no dask scheduler answers at '{address}'"):
        experiment.sweep()
    assert experiment.runs == []


def test_a_cluster_without_dask_says_what_to_install(experiment, monkeypatch):
    monkeypatch.setenv(CLUSTER_VARIABLE, "tcp://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ValueError, match=r"LOOKS_ALIGNED_CLUSTER: got .*pip install distributed"):
        experiment.sweep()


@pytest.mark.parametrize("module", ["__main__", "no_such_module"])
def test_a_function_that_no_other_process_could_import_is_refused(module):
    with pytest.raises(ValueError, match=f"got '{module}'; a sweep's function must stand in a module"):
        code_digest(module)


def test_sweeps_are_kept_where_the_user_keeps_caches_unless_a_folder_is_named(tmp_path, monkeypatch):
    monkeypatch.delenv(CACHE_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "looks-aligned"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path.home() / ".cache" / "looks-aligned"
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "named"))
    assert cache_folder() == tmp_path / "named"
