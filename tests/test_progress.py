"""Does whoever listens to a long loop hear how far it is, and may they stop it?"""

import sys
from contextlib import suppress
from threading import Thread

import pytest

from looks_aligned import progress


def test_a_loop_nobody_listens_to_is_the_plain_loop():
    assert list(progress.track("abc", 3, "letters")) == ["a", "b", "c"]


def test_a_listener_hears_before_each_item_how_many_are_done_and_once_more_at_the_end():
    heard = []
    with progress.listening(lambda done, total, name: heard.append((done, total, name))):
        for letter in progress.track("ab", 2, "letters"):
            heard.append(letter)  # noqa: PERF402 - the order between the two is what is tested
    assert heard == [(0, 2, "letters"), "a", (1, 2, "letters"), "b", (2, 2, "letters")]


def test_an_empty_loop_is_finished_at_once():
    heard = []
    with progress.listening(lambda *report: heard.append(report)):
        assert list(progress.track([], 0, "nothing")) == []
    assert heard == [(0, 0, "nothing")]


def test_a_loop_that_is_left_early_does_not_claim_to_be_done():
    heard = []
    with progress.listening(lambda done, total, name: heard.append(done)):
        for item in progress.track(range(9), 9, "steps"):
            if item == 1:
                break
    assert heard == [0, 1]


def test_a_listener_that_wants_something_newer_stops_the_loop():
    done = []

    def listener(step: int, total: int, name: str) -> None:
        if step == 2:
            raise progress.Stopped

    with progress.listening(listener), pytest.raises(progress.Stopped):
        done.extend(progress.track(range(9), 9, "steps"))
    assert done == [0, 1]


def test_the_inner_listener_hears_inside_its_block_and_the_outer_one_again_after_it():
    outer, inner = [], []
    with progress.listening(lambda *report: outer.append(report)):
        with suppress(KeyError), progress.listening(lambda *report: inner.append(report)):
            list(progress.track([1], 1, "inside"))
            raise KeyError
        list(progress.track([1], 1, "outside"))
    list(progress.track([1], 1, "after all"))
    assert {name for _, _, name in inner} == {"inside"}
    assert {name for _, _, name in outer} == {"outside"}


def test_a_loop_in_another_thread_is_not_heard():
    heard = []
    with progress.listening(lambda *report: heard.append(report)):
        other = Thread(target=lambda: list(progress.track([1], 1, "elsewhere")))
        other.start()
        other.join()
    assert heard == []


def test_on_a_terminal_the_printed_line_moves(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    with progress.listening(progress.print_line):
        list(progress.track(range(2), 2, "a toy"))
    assert capsys.readouterr().out == "a toy: 0 of 2\ra toy: 1 of 2\ra toy: 2 of 2\n"


def test_in_a_file_the_printed_line_comes_once_at_the_end(capsys, monkeypatch):
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    with progress.listening(progress.print_line):
        list(progress.track(range(2), 2, "a toy"))
    assert capsys.readouterr().out == "a toy: 2\n"
