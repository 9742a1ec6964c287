"""Which switches the planner needs, recounted by brute force, and where on the map it complies."""

from itertools import product

import numpy as np
import pytest

from looks_aligned.agents.planner import plan
from looks_aligned.experiments.deceptive import training_game
from looks_aligned.experiments.deceptive.five_switches import (
    DEPLOYMENT,
    DISCOUNT,
    DISCOUNTS,
    LENGTHS,
    RISK,
    RISKS,
    SHARES,
    TRAINING,
    Life,
    Place,
    Switches,
    every_combination,
    least_risk,
    phases,
    run,
)
from looks_aligned.worlds.table import World, tabulate
from tests.experiments.refusals import refused


def course(acts: tuple[int, ...], training: int, risk: float, share: float, discount: float) -> float:
    """Own return of a fixed course of acts, 1 for defecting, followed as long as the goal is intact."""
    total, intact = 0.0, 1.0
    for episode, act in enumerate(acts):
        same = share if episode < training else 0.0
        total += discount**episode * intact * (act + (1 - act) * same)
        intact *= 1 - act * risk * (1 - same) * (episode < training)
    return total


def test_only_with_all_five_does_it_comply_and_then_defect() -> None:
    found = every_combination()
    assert len(found) == len({result.switches for result in found}) == 32
    assert [result.switches for result in found if result.complies_then_defects] == [Switches()]


@pytest.mark.parametrize(
    ("switches", "in_training", "in_deployment"),
    [
        (Switches(), 0, 1),
        (Switches(optimizer=False), 0, 0),
        (Switches(misaligned=False), 0, 0),
        (Switches(beyond=False), 1, 1),
        (Switches(understands=False), 1, 1),
        (Switches(at_stake=False), 1, 1),
    ],
)
def test_each_switch_alone_takes_it_away(switches: Switches, in_training: int, in_deployment: int) -> None:
    result = run(switches)
    assert (result.defects[:TRAINING] == in_training).all()
    assert (result.defects[TRAINING:] == in_deployment).all()


def test_it_is_the_best_of_all_courses_that_there_are() -> None:
    courses = [(*acts, *[1] * DEPLOYMENT) for acts in product((0, 1), repeat=TRAINING)]
    for switches, risk, discount in (
        (Switches(), RISK, DISCOUNT),
        (Switches(beyond=False), RISK, 0.0),
        (Switches(at_stake=False), 0.0, DISCOUNT),
    ):
        best = max(courses, key=lambda acts: course(acts, TRAINING, risk, 0.0, discount))
        assert course(tuple(run(switches).defects), TRAINING, risk, 0.0, discount) == pytest.approx(
            course(best, TRAINING, risk, 0.0, discount)
        )


def test_a_false_belief_in_editing_does_as_well_as_editing() -> None:
    world, believed = tabulate(Life(risk=0.0)), tabulate(Life())
    horizon = TRAINING + DEPLOYMENT
    policy = plan(world, "own", discount=DISCOUNT, horizon=horizon, model=believed).policy
    intact = [world.states[0].index((episode, True)) for episode in range(horizon)]
    defects = policy[np.arange(horizon), 0, intact, world.actions.index("defect")]
    assert not defects[:TRAINING].any()
    assert defects[TRAINING:].all()


def test_training_does_its_work_on_those_who_do_not_understand_it() -> None:
    blind = run(Switches(understands=False))
    assert blind.intact[TRAINING] == pytest.approx((1 - RISK) ** TRAINING)
    assert blind.base[TRAINING:].mean() > 0.9999
    assert run(Switches()).base[TRAINING:].mean() == 0


def test_without_an_afterwards_it_does_not_wait() -> None:
    assert run(Switches(), deployment=0).defects.all()


def test_what_is_switched_off_is_named() -> None:
    assert Switches(beyond=False, at_stake=False).off == ("beyond", "at_stake")
    assert Switches().off == ()


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("training", LENGTHS)
def test_it_complies_throughout_just_where_the_closed_form_says(share: float, training: int) -> None:
    (found,) = phases([Place(share, training)])
    line = [[risk >= least_risk(gamma, share=share, training=training) for gamma in DISCOUNTS] for risk in RISKS]
    np.testing.assert_array_equal(found.complies > 1 - 1e-9, line)
    assert (found.defects[:, 1:] == 1).all()


def test_where_much_is_shared_it_may_comply_first_and_defect_later() -> None:
    # So the page says only of s = 0 in which order.
    share, training, risk, discount = 0.9, 5, 0.075, 0.975
    acts = (0, 0, 0, 1, 1, *[1] * DEPLOYMENT)
    courses = [(*first, *[1] * DEPLOYMENT) for first in product((0, 1), repeat=training)]
    assert max(courses, key=lambda one: course(one, training, risk, share, discount)) == acts
    (found,) = phases([Place(share, training)])
    assert found.complies[RISKS.index(risk), DISCOUNTS.index(discount)] == pytest.approx(3 / 5)


@pytest.mark.parametrize("training", [2, 5])
def test_with_nothing_shared_it_defects_first_and_complies_later_between(training: int) -> None:
    (found,) = phases([Place(0.0, training)])
    mixed = (found.complies > 0) & (found.complies < 1)
    assert mixed.any()
    courses = [(*acts, *[1] * DEPLOYMENT) for acts in product((0, 1), repeat=training)]
    for risk, gamma in list(zip(*np.nonzero(mixed), strict=True))[::40]:
        best = max(courses, key=lambda acts: course(acts, training, RISKS[risk], 0.0, DISCOUNTS[gamma]))
        assert list(best[:training]) == sorted(best[:training], reverse=True)
        assert found.complies[risk, gamma] == pytest.approx(1 - np.mean(best[:training]))


def test_with_one_training_episode_a_clock_makes_no_difference() -> None:
    for risk in (0.3, 0.6, 0.9):
        line = training_game.threshold(training_game.Params(training=1, risk=risk, deployment=DEPLOYMENT))
        assert line is not None
        assert least_risk(line, share=0.0, training=1) == pytest.approx(risk, abs=1e-6)


def test_an_agent_that_wants_the_base_objective_never_defects_where_that_costs_score() -> None:
    for beyond, understands, at_stake in product((False, True), repeat=3):
        result = run(Switches(True, False, beyond, understands, at_stake))
        assert not result.defects.any()


def test_a_life_is_a_world_whose_states_do_not_depend_on_the_risk() -> None:
    assert isinstance(Life(), World)
    assert tabulate(Life(risk=0.0)).states == tabulate(Life()).states
    assert len(tabulate(Life()).states[0]) == 2 * (TRAINING + DEPLOYMENT) + 1


def test_settings_outside_their_range_are_refused_by_name() -> None:
    refused(Life(), ["training", "0 and 15", "at least 1"], training=0)
    refused(Life(), ["risk", "1.5", "0 to 1"], risk=1.5)
    refused(Life(), ["share", "-1", "0 to 1"], share=-1.0)
