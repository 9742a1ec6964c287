"""Small networks that sort examples into two classes, many at once, and whose hidden units can be read."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from looks_aligned.agents.networks import Scorer


class Classifier(nn.Module):
    """One hidden layer of rectified units and one logit: above 0, the example is put into class 1."""

    def __init__(self, *, seeds: Sequence[int], inputs: int, hidden: int) -> None:
        """Draw each run's first weights from its own seed."""
        super().__init__()
        self.network = Scorer(seeds=seeds, attributes=inputs, hidden=hidden)

    def units(self, examples: Float[Tensor, "run example input"]) -> Float[Tensor, "run example unit"]:
        """How active each hidden unit is on each example."""
        return torch.relu(torch.baddbmm(self.network.see_bias[:, None], examples, self.network.see))

    def forward(self, examples: Float[Tensor, "run example input"]) -> Float[Tensor, "run example"]:
        """The logit of class 1."""
        return self.network(examples[:, None])[:, 0]
