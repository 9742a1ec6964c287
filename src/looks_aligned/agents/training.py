"""How are the agents of this book trained? By exact policy gradient: no rollouts, no sampling noise.

The worlds are small enough to hold whole, so a policy's value and how often it visits each state are solved for, not
estimated, and the gradient of its return follows by the policy gradient theorem (Sutton et al., 1999).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from looks_aligned import progress
from looks_aligned.agents.optimizers import Adam, GradientDescent
from looks_aligned.worlds.table import Objective, Table

Policies = Float[Tensor, "run level state action"]

OptimizerName = Literal["Adam", "gradient descent"]
OPTIMIZERS = {"Adam": Adam, "gradient descent": GradientDescent}


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use one thread: for networks this small, handing work to a second one costs more than it saves."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@dataclass(frozen=True)
class Dynamics:
    """A table's moves as tensors, with a discount.

    Attributes:
        next: index of the state after each outcome.
        chance: discounted probability of each outcome; 0 where the episode ends.
        reward: what each move is worth on average.
        start: distribution over first states.
    """

    next: Int[Tensor, "level state action outcome"]
    chance: Float[Tensor, "level state action outcome"]
    reward: Float[Tensor, "level state action"]
    start: Float[Tensor, "level state"]

    @classmethod
    def of(cls, table: Table, objective: Objective, discount: float) -> "Dynamics":
        """An episode that goes on, with the rewards of `objective`."""
        return cls(
            torch.from_numpy(table.next),
            torch.from_numpy(discount * table.probability).float(),
            torch.from_numpy(table.reward(objective)).float(),
            torch.from_numpy(table.start).float(),
        )

    @classmethod
    def until(cls, table: Table, measure: str, discount: float) -> "Dynamics":
        """An episode that ends when `measure` first counts; the reward is what it counts then."""
        dynamics = cls.of(table, measure, discount)
        counts = torch.from_numpy(table.values[table.measures.index(measure)] != 0)
        return replace(dynamics, chance=dynamics.chance.masked_fill(counts, 0.0))

    def only(self, level: int) -> "Dynamics":
        """The same moves in one level alone."""
        part = slice(level, level + 1)
        return Dynamics(self.next[part], self.chance[part], self.reward[part], self.start[part])

    def values(self, policy: Policies) -> Float[Tensor, "run level state"]:
        """The expected return from every state on."""
        reward = (policy * self.reward).sum(-1, keepdim=True)
        return torch.linalg.solve(self._resolvent(policy), reward).squeeze(-1)

    def returns(self, policy: Policies) -> Float[Tensor, "run level"]:
        """The expected return from the start."""
        return (self.start * self.values(policy)).sum(-1)

    def solve(
        self, policy: Policies
    ) -> tuple[Float[Tensor, "run level state action"], Float[Tensor, "run level state"]]:
        """The value of each action, and how often each state is visited (discounted): one factorisation for both."""
        factors = torch.linalg.lu_factor(self._resolvent(policy))
        reward = (policy * self.reward).sum(-1, keepdim=True)
        value = torch.linalg.lu_solve(*factors, reward)
        start = self.start[..., None].expand_as(value)
        occupancy = torch.linalg.lu_solve(*factors, start, adjoint=True).squeeze(-1)
        runs, shape = len(policy), self.next.shape
        after = value.squeeze(-1).gather(-1, self.next.flatten(1).expand(runs, -1, -1)).view(runs, *shape)
        return self.reward + (self.chance * after).sum(-1), occupancy

    def _resolvent(self, policy: Policies) -> Float[Tensor, "run level state next_state"]:
        """Identity minus the discounted transition matrix under the policy.

        Added up outcome by outcome: a product of dense matrices would round a run by how many stand beside it.
        """
        moved = (policy[..., None] * self.chance).flatten(3)
        identity = torch.eye(policy.shape[2], dtype=policy.dtype).expand(*policy.shape[:3], -1)
        return identity.scatter_add(-1, self.next.flatten(2).expand_as(moved), -moved)


def surrogate(
    logits: Float[Tensor, "run level state action"],
    dynamics: Dynamics,
    share: Float[Tensor, "run level"],
    entropy_bonus: float = 0.0,
) -> Float[Tensor, " run"]:
    """A number for each run whose gradient is that of its expected return: Σ occupancy · π · Q, by the theorem.

    The bonus adds the entropy of the policy where it is visited, as is usual; its effect on the visits is left out.
    """
    log_policy = logits.log_softmax(-1)
    policy = log_policy.exp()
    with torch.no_grad():
        worth, occupancy = dynamics.solve(policy)
        visits = (share[..., None] * occupancy)[..., None]
    return (visits * policy * (worth - entropy_bonus * log_policy)).sum((1, 2, 3))


def train(
    network: nn.Module,
    dynamics: Dynamics,
    share: Float[Tensor, "run level"],
    *,
    steps: Sequence[int],
    learning_rate: float,
    entropy_bonus: float = 0.0,
    optimizer: OptimizerName = "Adam",
) -> Iterator[tuple[int, Policies]]:
    """Climb the expected return, and yield the policies after each of the asked-for numbers of steps.

    Runs are summed, share no weight, and the optimizers work weight by weight: a run trained alone learns the same.

    Args:
        network: called without arguments, gives logits for every level and state.
        dynamics: the world and the base objective.
        share: how often each run meets each level in training; sums to 1 over levels.
        steps: increasing numbers of gradient steps; 0 is the untrained network.
        learning_rate: of the optimizer.
        entropy_bonus: worth of one nat of the policy's entropy at each visit; keeps it from freezing early.
        optimizer: Adam gives every weight steps of like size, however rarely it matters; gradient descent does not.

    Raises:
        ValueError: steps that do not increase.
    """
    if list(steps) != sorted(set(steps)) or not steps or steps[0] < 0:
        raise ValueError(f"steps: got {list(steps)}; they must increase, from 0 or more")
    climber = OPTIMIZERS[optimizer](network.parameters(), lr=learning_rate)
    wanted = set(steps)
    for step in progress.track(range(steps[-1] + 1), steps[-1] + 1, "training"):
        if step in wanted:
            with torch.no_grad():
                yield step, network().softmax(-1)
        if step < steps[-1]:
            climber.zero_grad()
            (-surrogate(network(), dynamics, share, entropy_bonus).sum()).backward()
            climber.step()
