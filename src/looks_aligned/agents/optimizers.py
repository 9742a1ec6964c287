"""Torch's optimizers by the functions that they are made of.

The first step of an optimizer of `torch.optim` imports torch's compiler, which takes every kernel seconds and 75 MB,
and does nothing here. The functions that it then calls compute the same, to the last bit, and import nothing.
"""

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.optim.adam import adam
from torch.optim.sgd import sgd

BETAS = (0.9, 0.999)
EPSILON = 1e-8


class GradientDescent:
    """Steps along the gradient: `torch.optim.SGD`."""

    def __init__(self, parameters: Iterable[nn.Parameter], lr: float) -> None:
        """Keep what to move, and how far for a gradient of 1."""
        self.parameters, self.lr = [*parameters], lr

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for parameter in self.parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Move every parameter that has a gradient."""
        moving = [place for place, parameter in enumerate(self.parameters) if parameter.grad is not None]
        gradients = [self.parameters[place].grad for place in moving]
        self._move(moving, [gradient for gradient in gradients if gradient is not None])

    def _move(self, moving: list[int], gradients: list[Tensor]) -> None:
        momenta: list[Tensor | None] = [None] * len(moving)
        sgd(
            *(self._parameters(moving), gradients, momenta),
            weight_decay=0.0,
            momentum=0.0,
            dampening=0.0,
            nesterov=False,
            maximize=False,
            foreach=False,
            lr=self.lr,
        )

    def _parameters(self, moving: list[int]) -> list[Tensor]:
        return [self.parameters[place] for place in moving]


class Adam(GradientDescent):
    """Divides each weight's step by the usual size of its gradient (Kingma and Ba, 2015): `torch.optim.Adam`."""

    def __init__(self, parameters: Iterable[nn.Parameter], lr: float) -> None:
        """Begin with no gradient seen."""
        super().__init__(parameters, lr)
        self.means, self.squares = ([torch.zeros_like(one) for one in self.parameters] for _ in range(2))
        self.steps = [torch.tensor(0.0) for _ in self.parameters]

    def _move(self, moving: list[int], gradients: list[Tensor]) -> None:
        of = (self.means, self.squares, [], self.steps)
        adam(
            *(self._parameters(moving), gradients),
            *([kept[place] for place in moving] if kept else [] for kept in of),
            amsgrad=False,
            weight_decay=0.0,
            eps=EPSILON,
            maximize=False,
            foreach=False,
            **dict(zip(("beta1", "beta2"), BETAS, strict=True)),
            lr=self.lr,
        )
