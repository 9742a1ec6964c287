"""What vacuuming does in the world and in a model of it, in rooms that the page does not use."""

from dataclasses import replace

import numpy as np

from looks_aligned.experiments.suboptimality.as_believed import (
    act_differently,
    effects_of_vacuuming,
    returns_as_believed,
)
from looks_aligned.experiments.suboptimality.mistaken_model import Params, mixture
from tests.experiments.robots import OTHER_POOL


def test_in_truth_vacuuming_cleans_a_square_and_destroys_nothing() -> None:
    found = effects_of_vacuuming(0.0, OTHER_POOL)
    assert len(found.clean) > 50
    np.testing.assert_allclose(found.clean, 1)
    np.testing.assert_allclose(found.stuff, 0, atol=1e-12)


def test_as_believed_it_also_makes_stuff_less_by_as_much_as_is_believed() -> None:
    for belief in (0.3, 0.95):
        found = effects_of_vacuuming(belief, OTHER_POOL)
        np.testing.assert_allclose(found.clean, 1)
        np.testing.assert_allclose(found.stuff, belief)


def test_as_believed_in_training_base_and_mesa_return_rise_together_and_in_truth_they_do_not() -> None:
    training, deployment = (returns_as_believed(belief, "training", OTHER_POOL) for belief in (0.95, 0.0))
    assert training.rank_correlation is not None
    assert deployment.rank_correlation is not None
    assert training.rank_correlation > 0.8
    assert deployment.rank_correlation < -0.8


def test_the_agent_gets_as_much_of_what_it_wants_as_it_can_as_far_as_it_knows() -> None:
    for belief in (0.0, 0.3, 0.95):
        found = returns_as_believed(belief, "training", OTHER_POOL)
        by_room = found.mesa.reshape(-1, 8)
        assert found.agent[1] >= by_room.mean(-1).max() - 1e-6


def test_robots_of_the_same_worth_act_alike_in_every_state_and_differently_once_they_know() -> None:
    alike = [Params(mixture(0.8), 0.0, pool=OTHER_POOL), Params(mixture(0.0), 0.8, pool=OTHER_POOL)]
    differing, states = act_differently(*alike)
    assert (differing, states) == (0, 8 * 88)
    knowing = [replace(params, destroyed=0.0) for params in alike]
    assert act_differently(*knowing)[0] > 0.5 * states
