"""Is the workflow one that GitHub accepts, and does it do no more than it may?"""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def read(name: str) -> dict[Any, Any]:
    return yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text(encoding="utf-8"))


@pytest.fixture
def book() -> dict[Any, Any]:
    return read("book")


def test_githubs_schema_takes_every_workflow() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    done = subprocess.run([*command, *map(str, WORKFLOWS)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def steps(workflow: dict[Any, Any]) -> list[dict[Any, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("book", ["make test", "make offline", "make publish-notebooks"]), ("links", ["make links"])],
)
def test_every_command_is_a_target_of_the_makefile(name: str, expected: list[str]) -> None:
    commands = [step["run"] for step in steps(read(name)) if "run" in step]
    assert commands == expected
    assert {command.removeprefix("make ") for command in commands} <= TARGETS


def test_what_is_published_is_the_site_that_has_the_handouts_and_the_zip(book: dict[Any, Any]) -> None:
    (upload,) = (step for step in steps(book) if "upload-pages" in step.get("uses", ""))
    assert upload["with"] == {"path": "_build/site"}


def test_links_are_checked_weekly_and_never_where_changes_are_tested() -> None:
    assert {*read("links")[True]} == {"schedule", "workflow_dispatch"}
    assert re.fullmatch(r"\d+ \d+ \* \* \d", read("links")[True]["schedule"][0]["cron"])
    assert "links" not in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["book", "links"])
def test_every_action_is_githubs_own_at_a_major_version(name: str) -> None:
    actions = [step["uses"] for step in steps(read(name)) if "uses" in step]
    assert "actions/checkout" in {action.partition("@")[0] for action in actions}
    for action in actions:
        assert re.fullmatch(r"actions/[a-z-]+@v\d+", action)


def test_a_pull_request_is_tested_and_publishes_nothing(book: dict[Any, Any]) -> None:
    assert {*book[True]} == {"push", "pull_request"}, "YAML 1.1 reads the key `on` as a truth value"
    assert book[True]["push"] == {"branches": ["main"]}
    jobs = book["jobs"]
    assert "if" not in jobs["test"]
    assert jobs["publish"]["if"] == "github.event_name == 'push'"
    assert (jobs["publish"]["needs"], jobs["pages"]["needs"]) == ("test", "publish")


def test_each_job_may_do_what_it_does_and_no_more(book: dict[Any, Any]) -> None:
    assert book["permissions"] == {"contents": "read"}
    assert {name: job.get("permissions") for name, job in book["jobs"].items()} == {
        "test": None,
        "publish": {"contents": "write"},
        "pages": {"pages": "write", "id-token": "write"},
    }
    assert book["concurrency"]["group"]


def test_what_is_kept_between_runs_is_the_sweeps_and_pips_downloads(book: dict[Any, Any]) -> None:
    kept = [step["with"]["path"] for step in steps(book) if step.get("uses", "").startswith("actions/cache@")]
    assert kept == ["_build/sweeps"] * 2
    assert "_build/sweeps" in (ROOT / "Makefile").read_text(encoding="utf-8")
    pythons = [step["with"] for step in steps(book) if step.get("uses", "").startswith("actions/setup-python@")]
    assert {python["cache"] for python in pythons} == {"pip"}
