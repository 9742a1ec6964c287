"""Is training fast enough to wait for? The bounds are for a machine with two cores and nothing else to do."""

import time

import pytest

from looks_aligned.experiments.proxy.coin_or_corner import SHARES, Params, oracle, run_all


def seconds(runs: int) -> float:
    """How long this many runs of the flagship experiment keep a processor busy.

    Training uses one thread, so that on an idle machine this is the time on the clock. On a busy one the clock would
    measure the others' work.
    """
    settings = [Params(share=SHARES[run % 7], steps=150, seed=run // 7) for run in range(runs)]
    start = time.process_time()
    run_all(settings)
    return time.process_time() - start


@pytest.mark.alone
def test_one_network_trains_in_a_second_and_56_in_ten_and_more_runs_cost_no_more_each():
    oracle()
    run_all([Params(steps=3)])
    # Other work on the machine only ever adds to a time, so the least of several is the nearest to the code's own.
    one = min(seconds(1) for _ in range(5))
    eight = min(seconds(8) for _ in range(3))
    all_of_them = min(seconds(56) for _ in range(2))
    assert one <= 1.0
    assert all_of_them <= 10.0
    assert eight / 8 <= one
    # From 8 runs on nearly all is arithmetic, and the cost per run is flat; a machine's noise is less than a third.
    assert all_of_them / 56 <= 1.33 * eight / 8
