"""Each claim about the robots that are kept, with base optimizers and in rooms that the page does not use."""

from functools import cache

import numpy as np
import pytest

from looks_aligned.experiments.suboptimality.kept_robots import (
    BELIEVERS,
    PER_CENTS,
    SEEDS,
    STILL_CLEANS,
    Kept,
    again,
    chance_mistaken,
    keep,
    per_cents,
    select,
    shown_seed,
)
from looks_aligned.experiments.suboptimality.mistaken_model import COST, LITTLE_STUFF, POOL_SEED, WANTS
from looks_aligned.experiments.suboptimality.world_model import (
    LEARNERS,
    MORE_EVIDENCE,
    PRIOR_MEANS,
    SHARES,
    TRAINING_EVIDENCE,
    counted,
    seen_in_training,
)
from tests.experiments.robots import behaviour, learned

OTHER_SEEDS = tuple(range(1000, 1400))


@cache
def kept(share: float, rooms: int = 5) -> Kept:
    return keep(behaviour(), learned(), share=share, rooms=rooms, seeds=OTHER_SEEDS)


def test_the_seeds_here_are_not_the_pages() -> None:
    assert not set(OTHER_SEEDS) & set(SEEDS)


def test_every_kept_robot_looks_aligned() -> None:
    for share in SHARES:
        assert (kept(share, 20).training >= STILL_CLEANS).all()


def test_the_more_the_evidence_agrees_with_the_mistake_the_more_kept_robots_are_suboptimality_aligned() -> None:
    often = [kept(share).mistaken.mean() for share in SHARES]
    assert often[0] == 0.0
    assert often[-1] == pytest.approx(3 / 7, abs=0.08)
    assert (np.diff(often) > -0.06).all()


def test_selection_keeps_them_as_often_as_theory_says_where_beliefs_are_far_from_the_edge() -> None:
    for share in (0.0, 0.75, 0.9, 1.0):
        off = kept(share).mistaken.mean() - chance_mistaken(learned(), share)
        assert abs(off) < 4 * np.sqrt(0.25 / len(OTHER_SEEDS))


def test_theory_counts_candidates_as_a_recount_does() -> None:
    cleans = [wants for wants in WANTS for _ in range(BELIEVERS) if wants.expected(0.95) > COST]
    mistaken = [wants for wants in cleans if wants.expected(0.0) <= COST]
    assert chance_mistaken(learned(), 1.0) == pytest.approx(len(mistaken) / len(cleans))
    assert len(mistaken) / len(cleans) == 3 / 7


def test_where_most_evidence_agrees_it_makes_no_difference_how_many_rooms_the_base_optimizer_looks_at() -> None:
    for share in (0.9, 1.0):
        often = [kept(share, rooms).mistaken.mean() for rooms in (1, 5, 20)]
        assert max(often) - min(often) < 0.08


def test_in_the_pages_rooms_it_makes_next_to_none_whatever_the_evidence() -> None:
    for share in SHARES:
        often = [
            keep(behaviour(POOL_SEED), learned(), share=share, rooms=rooms, seeds=OTHER_SEEDS).mistaken.mean()
            for rooms in (1, 20)
        ]
        assert abs(often[0] - often[1]) < 0.03, share


def test_but_in_other_rooms_robots_at_the_edge_of_cleaning_are_found_out_by_many() -> None:
    assert kept(0.5, 1).mistaken.mean() > kept(0.5, 20).mistaken.mean() + 0.05


def test_when_they_learn_more_the_base_objective_falls_for_the_suboptimality_aligned_and_for_no_other() -> None:
    for share in (0.5, 0.9, 1.0):
        found = kept(share)
        assert (found.gain[found.mistaken, 0] >= STILL_CLEANS).all()
        assert (found.gain[found.mistaken, -1] < 0.3).all()
        assert (np.diff(found.gain[found.mistaken], axis=-1) <= 1e-9).all()
        np.testing.assert_allclose(found.gain[~found.mistaken], 1.0, atol=1e-2)


def test_and_they_get_more_of_what_they_want() -> None:
    found = kept(1.0)
    assert (found.mesa[found.mistaken, -1] > found.mesa[found.mistaken, 0] + 0.1).all()


def test_the_same_improvement_helps_an_aligned_robot_that_doubts_its_vacuum() -> None:
    for share in (0.9, 1.0):
        found = kept(share)
        assert (np.diff(found.doubter, axis=-1) >= -1e-9).all()
        assert found.doubter[:, 0].mean() < 0.1, "in training it scores little"
        np.testing.assert_allclose(found.doubter[:, -1], 1.0)


def test_in_training_the_misaligned_robot_outscores_the_aligned_one_that_errs() -> None:
    found = kept(1.0)
    assert (found.training > found.doubter[:, 0] + 0.9).all()


def test_take_the_false_evidence_away_and_no_robot_that_wants_little_stuff_is_kept() -> None:
    wants, _ = select(behaviour(), learned(), share=0.0, rooms=1, seeds=OTHER_SEEDS)
    assert not (wants == WANTS.index(LITTLE_STUFF)).any()
    assert not kept(0.0, 1).mistaken.any()
    there, _ = select(behaviour(), learned(), share=1.0, rooms=1, seeds=OTHER_SEEDS)
    assert (there == WANTS.index(LITTLE_STUFF)).mean() > 0.08


def test_take_the_better_evidence_away_and_nothing_falls() -> None:
    # In deployment the bag is taken out of sight as it was in training: the robots see more, and no better.
    found = kept(1.0)
    gone = seen_in_training(1.0, OTHER_SEEDS)
    wants, believer = select(behaviour(), learned(), share=1.0, rooms=5, seeds=OTHER_SEEDS)
    for more in MORE_EVIDENCE:
        same = [
            counted(PRIOR_MEANS[way], int(times) + more, TRAINING_EVIDENCE + more)
            for way, times in zip(believer, gone, strict=True)
        ]
        gain = behaviour().gain.mean(-1)[wants, per_cents(np.array(same))]
        np.testing.assert_allclose(gain, found.gain[:, 0])


def test_kept_robots_planned_anew_do_what_they_did() -> None:
    # Planned in the page's rooms: nothing depends on the rooms at a belief far from the edge.
    found = kept(1.0)
    assert found.mistaken[found.seeds.index(shown_seed(found))]
    for learner in LEARNERS:
        assert again(found, learner, 0) == pytest.approx((1.0, 0.0), abs=1e-6)
        assert again(found, learner, 128) == pytest.approx((0.0, 1.0), abs=1e-6)


def test_beliefs_are_kept_in_whole_per_cents() -> None:
    assert per_cents(np.array([0.0, 0.004, 0.956, 1.0])).tolist() == [0, 0, 96, PER_CENTS]


def test_settings_outside_their_range_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"share: got 1\.5"):
        keep(behaviour(), learned(), share=1.5, rooms=1, seeds=OTHER_SEEDS)
    with pytest.raises(ValueError, match="rooms: got 0; a base optimizer sees at least 1"):
        keep(behaviour(), learned(), share=1.0, rooms=0, seeds=OTHER_SEEDS)
