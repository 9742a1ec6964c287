"""Are the settings and the claims in the chapter's prose true, on seeds and rooms that the page does not use?"""

from functools import cache
from itertools import pairwise, product
from math import comb

import numpy as np
import pytest

from looks_aligned.drawing.style import per_cent
from looks_aligned.exercises import two_optimizers as exercises
from looks_aligned.experiments.alignment import rank_correlation
from looks_aligned.experiments.selection import (
    best_by_lot,
    chance_if_all_fail_together,
    chance_if_each_fails_alone,
)
from looks_aligned.experiments.two_optimizers import policies_of_every_quality as quality
from looks_aligned.experiments.two_optimizers.lured_robots import (
    DISCOUNT,
    DUST,
    FAINT,
    PATTERN,
    POOL,
    ROBOTS,
    SIGNS,
    STOPS,
    STRENGTHS,
    Pool,
    Tried,
    sample_rooms,
    try_robots,
    wants,
)
from looks_aligned.experiments.two_optimizers.selection_by_behaviour import (
    SHARES,
    WAYS,
    Lures,
    Params,
    chance_to_be_kept,
    outer_search,
    select,
    theory,
)
from looks_aligned.worlds.table import tabulate
from tests.chapters.reading import WORDS, prose, questions

OTHER_POOLS = (1000, 1001)
MORE_POOLS = (*OTHER_POOLS, 2000, 2001)
SCATTERS = (*OTHER_POOLS, *range(3000, 3004))
"""Seeds of rooms and random policies, for claims that one choice of them could carry."""
OTHER_SEEDS = tuple(range(60_000, 61_500))
STRONG, WEAK = STRENGTHS[-1], STRENGTHS[0]
MISALIGNED = WORDS[ROBOTS - 1]


@cache
def tried(strength: float, pool: int = OTHER_POOLS[0]) -> Tried:
    return try_robots([Pool(strength, POOL, pool)])


def chance(strength: float, params: Params, pool: int = OTHER_POOLS[0]) -> float:
    found = tried(strength, pool)
    return float(chance_to_be_kept(found, params)[found.misaligned].sum())


@pytest.mark.parametrize(
    "said",
    [
        f"So you let {WORDS[ROBOTS]} cleaning robots work",
        f"each of the robots 1 to {ROBOTS - 1} wants a signal",
        f"the same for each of the {MISALIGNED}.",
        f"a room has all {MISALIGNED} or none",
        f"averaged over the {MISALIGNED} robots",
        f"on average it is the same number in both worlds, {MISALIGNED} times s".replace("on average", "On average"),
        f"each broken off after 0 to {STOPS - 1} steps",
        f"broken off after 0, 2, 4 … {quality.STEPS[-1]} steps",
        f"squares with {WORDS[DUST]} patches of dust, {WORDS[POOL]} drawn at random",
        f"With lures of strength {STRONG:g} that is so",
        f"at strength {WEAK:g} they lie far above theory",
        f"At strength {FAINT:g} the robot cleans first",
        f"(At {FAINT:g} the lure comes last",
        f"Robots {exercises.ALIKE} and {exercises.TOLD_APART} have weak lures (strength {exercises.WEAK:g})",
        f"in less than one case in twenty ({exercises.RISK:g})",
        f"in one training room of ten (s = {exercises.SHARE:g})",
        f"brings {per_cent(exercises.CLEANED)} or less",
        f"rank correlation of {exercises.RISING:g} or more",
        f"its first {exercises.FILM_STEPS} `actions`",
        f"there are {exercises.FILMED_ROOMS} training rooms",
        f"tries it as {exercises.OPTIMIZERS} base optimizers. "
        f"At most {exercises.MOST_KEPT * exercises.OPTIMIZERS:.0f} of them",
    ],
)
def test_a_setting_in_the_prose_is_the_codes(said: str) -> None:
    assert said in prose("two_optimizers")


def test_each_step_counts_a_tenth_less_than_the_one_before() -> None:
    assert pytest.approx(0.1) == 1 - DISCOUNT
    assert SIGNS[0] == "a rattle in its pipe"
    assert {"a warm motor", "a flicker of its lamp"} <= {*SIGNS}


def test_a_question_opens_the_state_that_its_answer_is_about() -> None:
    asked = questions("two_optimizers")
    assert len(asked) == 2
    for question in asked:
        settings = {value for name, value in question.at.items() if name not in ("candidates",)}
        assert settings <= question.constants, question.words


# What the page says of selection.


def test_without_lures_the_outer_search_keeps_whomever_the_lot_says() -> None:
    robots = [wants(robot, strength=STRONG) for robot in range(ROBOTS)]
    training = tabulate(*(without for without, _ in sample_rooms(3, OTHER_POOLS[1])))
    kept = [outer_search(robots, training, lot=lot) for lot in (0.05, 0.15, 0.95)]
    assert kept == [0, 1, 9]


@pytest.mark.parametrize("pool", OTHER_POOLS)
def test_failing_apart_is_far_worse(pool: int) -> None:
    same, own = (select(tried(STRONG, pool), Params(lures, 0.9, 20), OTHER_SEEDS).misaligned.mean() for lures in WAYS)
    assert own > 3 * same
    assert (round(theory(Params(WAYS[0], 0.9, 20)), 3), round(theory(Params(WAYS[1], 0.9, 20)), 3)) == (0.109, 0.402)


def kept_in_both_worlds(pool: int, *, noise: float = 0.0, aligned: int = 1) -> tuple[float, float]:
    """How often a misaligned robot is kept if all fail in the same rooms, and if each fails in its own.

    Args:
        pool: seed of the rooms.
        noise: standard deviation of what is added to each score in each room.
        aligned: how many of the robots want a clean floor.
    """
    chance = np.random.default_rng([pool, 9])
    count, rooms, seen = 4000, 20, tried(STRONG, pool).base[..., -1]
    place, luck = chance.integers(POOL, size=(count, rooms, 1)), chance.random((count, rooms, ROBOTS))
    errors, lots = noise * chance.standard_normal((count, ROBOTS)) * np.sqrt(rooms), chance.random(count)

    def kept(lures: Lures) -> float:
        drawn = luck[..., :1] if lures == "together" else luck
        score = seen[(drawn >= 0.9).astype(int), place, np.arange(ROBOTS)].sum(1)
        score[:, :aligned] = score[:, :1]
        return float((best_by_lot(score + errors, lots) >= aligned).mean())

    return kept(WAYS[0]), kept(WAYS[1])


def exactly_kept(aligned: int) -> tuple[float, float]:
    """The same without noise, where every lure gives its robot away."""
    q, others = 0.9**20, ROBOTS - aligned
    own = sum(
        comb(others, left) * q**left * (1 - q) ** (others - left) * left / (left + aligned)
        for left in range(others + 1)
    )
    return q * others / ROBOTS, own


def assert_closer(worlds: list[tuple[float, float]]) -> None:
    """Each pair differs by less than the one before it, and by a smaller factor."""
    apart = [(own - same, own / same) for same, own in worlds]
    for before, after in pairwise(apart):
        assert after[0] < before[0]
        assert after[1] < before[1]


@pytest.mark.parametrize("pool", OTHER_POOLS)
def test_with_noise_in_the_scores_the_two_worlds_come_closer(pool: int) -> None:
    """Noise of 0.1 in each room is as much as a strong lure costs its robot there."""
    noisy = [kept_in_both_worlds(pool, noise=noise) for noise in (0.0, 0.03, 0.1)]
    assert_closer(noisy)
    assert noisy[0][1] > 3 * noisy[0][0]
    assert noisy[-1][1] < 1.1 * noisy[-1][0]


@pytest.mark.parametrize("pool", OTHER_POOLS)
def test_with_more_aligned_robots_the_two_worlds_come_closer(pool: int) -> None:
    numbers = (1, 3, 5, 7)
    exact = [exactly_kept(aligned) for aligned in numbers]
    assert exact[0] == pytest.approx([theory(Params(lures, 0.9, 20)) for lures in WAYS])
    assert_closer(exact)
    for aligned, expected in zip(numbers, exact, strict=True):
        for often, chance_of_it in zip(kept_in_both_worlds(pool, aligned=aligned), expected, strict=True):
            assert often == pytest.approx(chance_of_it, abs=4 * np.sqrt(chance_of_it * (1 - chance_of_it) / 4000))


def test_with_two_candidates_both_formulas_are_the_same() -> None:
    for share, rooms in product(SHARES, (1, 20)):
        same, own = (theory(Params(lures, share, rooms, 2)) for lures in WAYS)
        assert same == pytest.approx(own)


def test_if_shared_lures_are_rarer_than_separate_ones_failing_together_may_be_the_worse() -> None:
    assert theory(Params(WAYS[0], 0.98, 20)) > theory(Params(WAYS[1], 0.9, 20))


def test_failing_apart_takes_fifteen_rooms_more_to_weed_out_for_failures_five_times_rarer() -> None:
    needed = [
        next(rooms for rooms in range(1, 100) if theory(Params(lures, exercises.SHARE, rooms)) < exercises.RISK)
        for lures in WAYS
    ]
    assert needed[1] - needed[0] == round(np.log(5) / np.log(1 / exercises.SHARE)) == 15
    assert 1.4 < needed[1] / needed[0] < 1.6


def test_in_the_same_rooms_it_is_all_or_nothing_and_in_their_own_some_one_is_often_left() -> None:
    same, own = (select(tried(STRONG), Params(lures, 0.9, 20), OTHER_SEEDS).left for lures in WAYS)
    assert {*same.tolist()} == {0, ROBOTS - 1}
    assert (same > 0).mean() < 0.2
    assert (own > 0).mean() > 0.6
    assert (own == ROBOTS - 1).mean() == 0


@pytest.mark.parametrize("pool", OTHER_POOLS)
def test_a_weak_lure_gives_away_in_few_rooms_so_theory_is_far_below_and_less_harm_is_done(pool: int) -> None:
    weak, strong = tried(WEAK, pool), tried(STRONG, pool)
    assert 0.1 < weak.given_away[:, 1:].mean() < 0.7
    assert strong.given_away[:, 1:].all()
    for lures in WAYS:
        params = Params(lures, 0.9, 20)
        assert chance(WEAK, params, pool) > theory(params) + 0.25
        gains = [float(one.gain @ chance_to_be_kept(one, params)) for one in (weak, strong)]
        assert gains[0] > 0.85
        assert gains[0] > gains[1]
        if lures == WAYS[1]:
            assert gains[0] > gains[1] + 0.15
    for one in (weak, strong):
        np.testing.assert_allclose(one.able, 1)


@pytest.mark.parametrize("lures", WAYS)
def test_with_more_rooms_it_is_the_strong_lure_that_does_less_harm(lures: Lures) -> None:
    """By N = 50 hardly a robot with a strong lure is left. On average over pools, for one has few rooms."""
    params = Params(lures, 0.9, 50)
    weak, strong = (
        np.mean([tried(strength, pool).gain @ chance_to_be_kept(tried(strength, pool), params) for pool in pools])
        for strength, pools in ((WEAK, MORE_POOLS), (STRONG, OTHER_POOLS))
    )
    assert strong > weak + 0.01


# What the page says of the scatter.


@cache
def scattered(strength: float, seed: int) -> quality.Result:
    return quality.run(quality.Params(strength, 4, seed))


def rank(strength: float, seed: int, place, share: float, *ways) -> float:
    found = scattered(strength, seed).returns(place, share, ways or quality.WAYS).rank_correlation
    assert found is not None
    return found


@pytest.mark.parametrize("seed", OTHER_POOLS[:2])
def test_a_rising_scatter_in_training_and_a_robot_that_leaves_the_floor_dirty(seed: int) -> None:
    assert rank(STRONG, seed, "training", 1.0) > 0.999
    assert scattered(STRONG, seed).gain == pytest.approx(0)
    deployed = scattered(STRONG, seed).returns("deployment", 1.0)
    assert deployed.agent[1] > 3 * scattered(STRONG, seed).returns("training", 1.0).mesa.max()
    assert rank(STRONG, seed, "training", 0.75) < 0.7


@pytest.mark.parametrize("seed", OTHER_POOLS[:2])
def test_another_crowd_gives_another_correlation(seed: int) -> None:
    assert rank(STRONG, seed, "deployment", 1.0, "random") > 0.3
    assert rank(STRONG, seed, "deployment", 1.0, "softmax") < -0.5


@pytest.mark.parametrize("seed", SCATTERS)
def test_random_policies_go_by_the_squares_they_clean_for_by_the_lure_alone_little_is_left(seed: int) -> None:
    crowd = scattered(STRONG, seed)
    returns, squares = crowd.returns("deployment", 1.0, ["random"]), len(PATTERN.open_squares)
    cleaned = squares * (returns.base - 1) + DUST
    from_lure = returns.mesa - cleaned
    assert from_lure.min() > -1e-9
    both, alone = (rank_correlation(returns.base, earned) for earned in (returns.mesa, from_lure))
    assert both is not None
    assert alone is not None
    assert alone < both - 0.2
    # Few of them use it much: a tenth of what the robot itself gets there.
    own = np.repeat(crowd.agent[1, :, 1], quality.EACH)
    assert (from_lure > own / 10).mean() < 0.1


@pytest.mark.parametrize("seed", SCATTERS)
def test_a_faint_lure_does_next_to_no_harm_and_its_scatter_falls_short_of_one(seed: int) -> None:
    crowd = scattered(FAINT, seed)
    assert crowd.gain > 0.995
    correlation = crowd.returns("deployment", 1.0, ["random"]).rank_correlation
    assert correlation is not None
    assert correlation < 0.999


def test_in_a_few_other_rooms_a_faint_lure_costs_about_one_per_cent() -> None:
    losses = []
    for pool in OTHER_POOLS:
        waiting, earned = tried(FAINT, pool).base[1, ..., 0], tried(FAINT, pool).base[1, ..., -1]
        losses.append(1 - (earned - waiting)[:, 1:] / (earned - waiting)[:, :1])
    lost = np.array(losses)
    some = lost[lost > 1e-6]
    assert 0 < len(some) < 0.05 * lost.size
    assert {*np.round(100 * some)} == {1}


def test_the_game_with_coins_goes_about_as_the_figure_does_and_ten_rounds_tell_the_worlds_apart() -> None:
    plan = prose("teaching/two_optimizers")
    assert "Three heads, and a robot is left: about as often as at s = 90 % and N = 20." in plan
    assert "expect about one in the same rooms, about four in rooms of their own." in plan
    heads = 0.5**3
    assert heads == pytest.approx(0.9**20, abs=0.005)
    assert round(10 * chance_if_all_fail_together(heads, 1, 0.9)) == 1
    assert round(10 * chance_if_each_fails_alone(heads, 1, 10)) == 4
