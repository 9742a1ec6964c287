"""How well does a learned score fit its labels? Only differences count, for nothing else decides a choice."""

import numpy as np
from jaxtyping import Float
from torch import Tensor


def misfit(scores: Float[Tensor, "run plan"], labels: Float[Tensor, "run plan"]) -> Float[Tensor, " run"]:
    """By how much scores miss their labels: the mean square, whatever is added to all scores alike."""
    return (scores - labels).var(-1, correction=0)


def correlations(one: Float[np.ndarray, "run plan"], other: Float[np.ndarray, "run plan"]) -> Float[np.ndarray, " run"]:
    """Pearson's correlation in each run; 0 where one of the two does not vary."""
    one, other = (values - values.mean(-1, keepdims=True) for values in (one, other))
    together = np.sqrt((one**2).mean(-1) * (other**2).mean(-1))
    return np.divide((one * other).mean(-1), together, out=np.zeros(len(one)), where=together > 1e-12)
