"""What would have happened, had this been otherwise? Structural causal models, sampled many draws at once.

A model computes each node from its parents and a noise of its own. To intervene is to overrule a node's mechanism and
leave all others, and all noises, as they were (Pearl, *Causality*, chapter 7). So two runs with the same seed are
matched draw by draw, and their difference is what the intervention did.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from jaxtyping import Float

from looks_aligned.causal.diagram import Arrow, Diagram, causal_order

Intervention = float | int | np.ndarray | Callable[[np.ndarray], np.ndarray]


def standard_normal(generator: np.random.Generator, size: int) -> Float[np.ndarray, "sample"]:
    """Noise of mean 0 and variance 1."""
    return generator.standard_normal(size)


@dataclass(frozen=True)
class Mechanism:
    """How one node comes about.

    Attributes:
        parents: the node's direct causes.
        function: takes the parents' values in that order, then the node's noise, each of shape [sample], and returns
            the node's values, of shape [sample].
        draw: takes a generator and a size and returns the node's noise, of shape [sample].
    """

    parents: tuple[str, ...]
    function: Callable[..., np.ndarray]
    draw: Callable[[np.random.Generator, int], np.ndarray] = standard_normal


@dataclass(frozen=True)
class StructuralModel:
    """A mechanism for each node, listed so that every node comes after its parents.

    Raises:
        ValueError: a node comes before one of its parents, or the parent has no mechanism.
    """

    mechanisms: Mapping[str, Mechanism]

    def __post_init__(self) -> None:
        """Check that the mechanisms can be run from first to last."""
        object.__setattr__(self, "mechanisms", dict(self.mechanisms))
        seen: set[str] = set()
        for node, mechanism in self.mechanisms.items():
            if missing := [parent for parent in mechanism.parents if parent not in seen]:
                raise ValueError(
                    f"mechanisms: {node} has the parent {missing[0]}, which must be listed before it and is not"
                )
            seen.add(node)

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes, every one after its parents."""
        return tuple(self.mechanisms)

    def noise(self, size: int, seed: int) -> dict[str, Float[np.ndarray, "sample"]]:
        """Draw each node's noise from a stream of its own.

        The stream depends on the seed and the node's name only, so models that share a node share its noise.

        Args:
            size: number of draws, at least 1.
            seed: any non-negative integer.
        """
        if size < 1:
            raise ValueError(f"size: got {size}; it must be at least 1")
        return {
            node: mechanism.draw(np.random.default_rng([seed, *node.encode()]), size)
            for node, mechanism in self.mechanisms.items()
        }

    def solve(
        self, noises: Mapping[str, Float[np.ndarray, "sample"]], do: Mapping[str, Intervention] | None = None
    ) -> dict[str, Float[np.ndarray, "sample"]]:
        """Compute every node from given noises, under an intervention.

        Args:
            noises: each node's noise, as `noise` draws it.
            do: for each node intervened on, a number or an array of shape [sample] to set it to, whatever its parents
                are; or a function from the values it would have had to those it gets, both of shape [sample].

        Raises:
            ValueError: `do` names a node the model has not, `noises` lacks one it has, or values have the wrong shape.
        """
        do = do or {}
        self.require("do", *do)
        if missing := [node for node in self.nodes if node not in noises]:
            raise ValueError(f"noises: nothing was given for {', '.join(missing)}; every node needs its noise")
        values: dict[str, np.ndarray] = {}
        for node, mechanism in self.mechanisms.items():
            value = do.get(node)
            if value is None or callable(value):
                natural = mechanism.function(*(values[parent] for parent in mechanism.parents), noises[node])
                value = natural if value is None else value(natural)
            values[node] = _filled(node, value, noises[node].shape)
        return values

    def sample(
        self, size: int, seed: int, do: Mapping[str, Intervention] | None = None
    ) -> dict[str, Float[np.ndarray, "sample"]]:
        """Draw from the model under an intervention; the same seed gives matched draws under any `do`.

        Args:
            size: number of draws, at least 1.
            seed: any non-negative integer.
            do: as in `solve`.
        """
        return self.solve(self.noise(size, seed), do)

    def require(self, argument: str, *names: str) -> None:
        """Check that names handed in as `argument` are nodes.

        Raises:
            ValueError: one is not.
        """
        if unknown := [name for name in names if name not in self.mechanisms]:
            raise ValueError(f"{argument}: {unknown[0]!r} is not a node; the nodes are {', '.join(self.nodes)}")


def _filled(node: str, value: float | int | np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    array = np.array(value, dtype=float)
    if array.shape not in ((), shape):
        raise ValueError(f"{node}: got values of shape {array.shape}; give a number or an array of shape {shape}")
    return np.full(shape, array) if array.shape == () else array


def linear(
    coefficients: Mapping[str, Mapping[str, float]], noise_scale: float | Mapping[str, float] = 1.0
) -> StructuralModel:
    """A linear-Gaussian model: each node is a weighted sum of its causes plus its own scaled noise.

    Args:
        coefficients: for each effect, the weight of each of its causes. Nodes may come in any order; one without causes
            may be given as `{"X": {}}` or appear as a cause only.
        noise_scale: standard deviation of the noises, one for all or one a node.

    Raises:
        ValueError: the coefficients run in a circle, or a node has no noise scale.
    """
    nodes = _linear_order(coefficients)
    if isinstance(noise_scale, Mapping):
        if missing := [node for node in nodes if node not in noise_scale]:
            raise ValueError(f"noise_scale: nothing was given for {', '.join(missing)}; every node needs its own")
        scales = noise_scale
    else:
        scales = dict.fromkeys(nodes, noise_scale)
    return StructuralModel(
        {
            node: Mechanism(
                parents=tuple(coefficients.get(node, {})),
                function=partial(_weighted_sum, np.array([*coefficients.get(node, {}).values(), scales[node]])),
            )
            for node in nodes
        }
    )


def standardised(coefficients: Mapping[str, Mapping[str, float]]) -> StructuralModel:
    """The linear-Gaussian model with these weights in which every node has variance 1.

    What a node's causes leave of that 1, its noise fills. The share explained is computed exactly, from the covariance
    that the weights imply.

    Args:
        coefficients: as in `linear`; with variances of 1, weights are path coefficients (Wright, 1934).

    Raises:
        ValueError: a node's causes explain more than its variance of 1, or the coefficients run in a circle.
    """
    nodes = _linear_order(coefficients)
    covariance = np.eye(len(nodes))
    scales = {}
    for index, node in enumerate(nodes):
        causes = coefficients.get(node, {})
        weights = np.array([causes.get(earlier, 0.0) for earlier in nodes[:index]])
        shared = covariance[:index, :index] @ weights
        explained = float(weights @ shared)
        if explained > 1 + 1e-12:
            raise ValueError(
                f"coefficients: the causes of {node} explain a variance of {explained:.3g}; "
                "a standardised node has 1, so make their weights smaller"
            )
        covariance[index, :index] = covariance[:index, index] = shared
        scales[node] = max(0.0, 1 - explained) ** 0.5
    return linear(coefficients, scales)


def _linear_order(coefficients: Mapping[str, Mapping[str, float]]) -> tuple[str, ...]:
    pairs = [(cause, effect) for effect, causes in coefficients.items() for cause in causes]
    return causal_order(coefficients, pairs, argument="coefficients")


def _weighted_sum(
    weights: Float[np.ndarray, "term"], *terms: Float[np.ndarray, "sample"]
) -> Float[np.ndarray, "sample"]:
    return weights @ np.stack(terms)


def average_effect(
    model: StructuralModel, cause: str, effect: str, *, by: float = 1.0, size: int = 10_000, seed: int = 0
) -> float:
    """By how much does `effect` change, on average, when `cause` is raised by `by`?

    Each draw is compared with itself: the same noises, with and without the intervention.

    Raises:
        ValueError: a name is not a node of the model.
    """
    model.require("cause", cause)
    model.require("effect", effect)
    noises = model.noise(size, seed)
    raised = model.solve(noises, {cause: lambda natural: natural + by})
    return float(np.mean(raised[effect] - model.solve(noises)[effect]))


def total_effects(
    model: StructuralModel, *, by: float = 1.0, size: int = 1_000, seed: int = 0
) -> Float[np.ndarray, "unit cause effect"]:
    """What does raising each node by `by` do to every node, draw by draw?

    Units are draws; causes and effects are in the order of `model.nodes`. `measured.read_diagram` takes this as it is.
    """
    noises = model.noise(size, seed)
    natural = np.stack(list(model.solve(noises).values()), axis=-1)
    raised = [model.solve(noises, {cause: lambda values: values + by}) for cause in model.nodes]
    return np.stack([np.stack(list(values.values()), axis=-1) - natural for values in raised], axis=1)


def diagram_of(
    model: StructuralModel, *, by: float = 1.0, size: int = 1_000, seed: int = 0, tolerance: float = 1e-9
) -> Diagram:
    """The model's diagram, with the sign of each arrow measured by intervening.

    For each parent of each child, every other node is held at its natural value and the parent is raised by `by`: what
    the child does then is the parent's direct effect on it, draw by draw. A parent that moves its child in no draw gets
    no arrow. The signs hold for the draws and the step that were tried, and are no proof for others.

    Args:
        model: the model to intervene on.
        by: how far a parent is raised, in the parent's own units; positive.
        size: number of draws.
        seed: of the draws.
        tolerance: changes up to this size count as none.

    Raises:
        ValueError: `by` is not positive, or a parent raises its child in some draws and lowers it in others, so that no
            single sign would be true.
    """
    if by <= 0:
        raise ValueError(f"by: got {by}; a node is raised by more than 0")
    noises = model.noise(size, seed)
    natural = model.solve(noises)
    arrows = []
    for child, mechanism in model.mechanisms.items():
        held = {node: values for node, values in natural.items() if node != child}
        for parent in mechanism.parents:
            raised = model.solve(noises, {**held, parent: natural[parent] + by})
            change = raised[child] - natural[child]
            rises, falls = np.mean(change > tolerance), np.mean(change < -tolerance)
            if rises and falls:
                raise ValueError(
                    f"model: raising {parent} has no one sign for {child}: it raises it in {rises:.1%} of the draws "
                    f"and lowers it in {falls:.1%}; a signed diagram cannot show this"
                )
            if rises or falls:
                arrows.append(Arrow(parent, child, +1 if rises else -1))
    return Diagram(model.nodes, tuple(arrows))
