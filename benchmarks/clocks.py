"""Two clocks: the wall's, which is what a reader waits for, and the processor's, which other work does not drive."""

import time

import numpy as np
from jaxtyping import Float


def clocks() -> Float[np.ndarray, " clock"]:
    """The wall's and the processor's (all threads), in seconds."""
    return np.array([time.perf_counter(), time.process_time()])
