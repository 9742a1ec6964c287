"""Agents that see one number and nothing else: many small networks at once, each with its own first inclination."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from looks_aligned.agents.networks import Scorer


class CueReader(nn.Module):
    """From a cue to the chance of one of two acts: a small network, and an inclination that does not see the cue."""

    def __init__(self, *, seeds: Sequence[int], starts: Sequence[float], hidden: int = 8) -> None:
        """Draw each run's first weights from its own seed.

        Args:
            seeds: one for each run.
            starts: each run's chance of the act before training, were it not for the cue; between 0 and 1.
            hidden: units that see the cue.
        """
        super().__init__()
        self.network = Scorer(seeds=seeds, attributes=1, hidden=hidden)
        self.inclination = nn.Parameter(torch.logit(torch.tensor(starts, dtype=torch.float32)))

    def forward(self, cues: Float[Tensor, " cue"]) -> Float[Tensor, "run cue"]:
        """The chance of the act at each cue."""
        seen = cues[None, None, :, None].expand(len(self.inclination), 1, len(cues), 1)
        return torch.sigmoid(self.network(seen)[:, 0] + self.inclination[:, None])
