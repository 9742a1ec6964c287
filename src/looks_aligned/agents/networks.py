"""Many small networks at once: every weight has a leading `run` axis, and no two runs share one.

Those that act in a table map everything they can ever see to logits in one call: every level and every state. A scorer
is handed what it is to score.
"""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import conv2d

SIDE_BY_SIDE = 3
"""Levels that a convolutional network sees in one go, each in a group of its own.

Torch convolves one group by other code than several, and two in some layouts; they round otherwise, and over the steps
that grows large. With three, a run alone learns exactly what it learns in a batch, as long as torch uses one thread.
"""


class FullyConnected(nn.Module):
    """Two one-hot inputs, which level and which state, one hidden layer of rectified units, a logit an action.

    It has weights of its own for each level: what it learns of the coin's place in one says nothing of another.
    """

    def __init__(self, *, seeds: Sequence[int], levels: int, states: int, actions: int, hidden: int = 32) -> None:
        """Draw each run's first weights from its own seed, as torch's linear layers do: uniform in ±1/√inputs."""
        super().__init__()
        inputs = levels + states
        self.level = _drawn(seeds, 0, (levels, hidden), inputs)
        self.state = _drawn(seeds, 1, (states, hidden), inputs)
        self.hidden_bias = _drawn(seeds, 2, (hidden,), inputs)
        self.out = _drawn(seeds, 3, (hidden, actions), hidden)
        self.out_bias = _drawn(seeds, 4, (actions,), hidden)

    def forward(self) -> Float[Tensor, "run level state action"]:
        """Logits in every state of every level."""
        level = self.level + self.hidden_bias[:, None]
        hidden = torch.relu(level[:, :, None] + self.state[:, None])
        run, levels, states, width = hidden.shape
        logits = torch.baddbmm(self.out_bias[:, None], hidden.view(run, levels * states, width), self.out)
        return logits.view(run, levels, states, -1)


class Convolutional(nn.Module):
    """Sees the level as a picture; its logits for a square are read off the last layer at that square.

    One 3×3 layer is applied `depth` times, so that news of the coin spreads `depth` squares, and by the same weights
    wherever the coin lies: what it learns in one level says much of another.
    """

    pictures: Tensor
    squares: Tensor

    def __init__(
        self,
        *,
        seeds: Sequence[int],
        picture: Float[Tensor, "level plane row column"],
        squares: Int[Tensor, " state"],
        actions: int,
        channels: int = 8,
        depth: int = 12,
    ) -> None:
        """Draw each run's first weights from its own seed: uniform in ±1/√inputs, half as much again where repeated.

        Args:
            seeds: one for each run.
            picture: what every level looks like.
            squares: where each state's square lies in the picture, counted row by row.
            actions: number of logits.
            channels: width of the repeated layer.
            depth: how often it is applied.
        """
        super().__init__()
        self.levels, planes, *_ = picture.shape
        self.runs, self.actions, self.depth = len(seeds), actions, depth
        # Levels lie side by side as planes of one picture, for each run anew; empty ones fill up the last.
        missing = picture.new_zeros(-self.levels % SIDE_BY_SIDE, *picture.shape[1:])
        together = torch.cat([picture, missing]).unflatten(0, (-1, SIDE_BY_SIDE)).flatten(1, 2)
        self.register_buffer("pictures", _channels_last(together.repeat(1, self.runs, 1, 1)))
        self.register_buffer("squares", squares)
        self.see = _drawn(seeds, 0, (channels, planes, 3, 3), 9 * planes)
        self.see_bias = _drawn(seeds, 1, (channels,), 9 * planes)
        # Without the half as much again, what a repeated layer passes on fades before it crosses the maze.
        self.spread = _drawn(seeds, 2, (channels, channels, 3, 3), 9 * channels, gain=1.5)
        self.out = _drawn(seeds, 3, (actions, channels, 1, 1), channels)
        self.out_bias = _drawn(seeds, 4, (actions,), channels)

    def forward(self) -> Float[Tensor, "run level state action"]:
        """Logits in every state of every level: a run's levels that lie side by side are groups of one convolution."""
        weights = (self.see, self.see_bias, self.spread, self.out, self.out_bias)
        see, see_bias, spread, out, out_bias = (
            weight.repeat_interleave(SIDE_BY_SIDE, 0).flatten(0, 1) for weight in weights
        )
        see, spread, out = map(_channels_last, (see, spread, out))
        groups = SIDE_BY_SIDE * self.runs
        seen = conv2d(self.pictures, see, see_bias, padding=1, groups=groups)
        layer = torch.relu(seen)
        for _ in range(self.depth):
            layer = conv2d(layer, spread, padding=1, groups=groups).add_(seen).relu_()
        logits = conv2d(layer, out, out_bias, groups=groups).flatten(2)
        by_run = logits.unflatten(1, (self.runs, SIDE_BY_SIDE, self.actions)).permute(1, 0, 2, 4, 3)
        return by_run.flatten(1, 2)[:, : self.levels, self.squares]


class Scorer(nn.Module):
    """Scores a plan by its attributes: one hidden layer of rectified units, one number a plan.

    It knows of a plan what the attributes say and nothing else, so it has a score for plans it has never met.
    """

    def __init__(self, *, seeds: Sequence[int], attributes: int, hidden: int = 8) -> None:
        """Draw each run's first weights from its own seed, as torch's linear layers do: uniform in ±1/√inputs."""
        super().__init__()
        self.see = _drawn(seeds, 0, (attributes, hidden), attributes)
        self.see_bias = _drawn(seeds, 1, (hidden,), attributes)
        self.out = _drawn(seeds, 2, (hidden, 1), hidden)

    def forward(self, plans: Float[Tensor, "run choice plan attribute"]) -> Float[Tensor, "run choice plan"]:
        """The score of every plan that is offered at every choice."""
        hidden = torch.relu(torch.baddbmm(self.see_bias[:, None], plans.flatten(1, 2), self.see))
        return torch.bmm(hidden, self.out).view(plans.shape[:3])


def _channels_last(planes: Float[Tensor, "many channel row column"]) -> Float[Tensor, "many channel row column"]:
    """The same, laid out so that torch convolves a few groups in less time."""
    return planes.contiguous(memory_format=torch.channels_last)


def _drawn(seeds: Sequence[int], part: int, shape: tuple[int, ...], inputs: int, gain: float = 1.0) -> nn.Parameter:
    """Weights with a leading run axis; each run's are drawn from its seed alone, whichever runs stand beside it."""
    weights = []
    for seed in seeds:
        generator = torch.Generator().manual_seed(1000 * seed + part)
        weights.append((torch.rand(shape, generator=generator) * 2 - 1) * gain / math.sqrt(inputs))
    return nn.Parameter(torch.stack(weights))
