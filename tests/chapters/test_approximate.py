"""Is what the chapter's prose says the code's, and is it so on seeds that the page does not use?"""

import numpy as np
import pytest

from looks_aligned.experiments.approximate import error_node, heavy_tails, learned_copy, pictured_floor
from looks_aligned.experiments.approximate.best_of_n import HURTS, hurts
from looks_aligned.experiments.approximate.learned_copy import NOISES, PLANS, SHAPES, WIDTHS
from looks_aligned.experiments.proxy.watching_and_doing import expected
from tests.chapters.reading import WORDS, prose, questions
from tests.experiments.approximate import BUMPY, SATURATING, TOGETHER, copies, robots

OTHER_SEEDS = tuple(range(1000, 1016))
pytestmark = TOGETHER


def gain(width: int, place: pictured_floor.Place, labelled: float = 0.0) -> np.ndarray:
    return robots(width, place, labelled).gain


def theory(freedom: float, scale: float = 1.0) -> list[float]:
    return [heavy_tails.expected_base(n, freedom, scale) for n in heavy_tails.PLANS]


@pytest.mark.parametrize(
    "said",
    [
        f"At n = 64 and ρ = {error_node.CORRELATION:g} the plan",
        f"A *plan* has {WORDS[learned_copy.ATTRIBUTES]} attributes",
        f"the best of {PLANS[-1]:,} plans gets",
        f"In how many of {len(learned_copy.SEEDS)} seeds",
        "the attributes spread twice as far",
        "by more than a tenth of a standard deviation",
        "if no point is missed by more than a tenth of a standard deviation",
        "At n = 4,096 it says",
        "at n = 4,096. With 5 it is highest",
        f"the first {pictured_floor.STEPS} steps",
        "three tiles in four are dark and one is light. None is grey",
        f"on average over {len(pictured_floor.SEEDS)} seeds",
        "each step a tenth less",
        "*More of the same data*, eight times as many plans",
        "As it was, the best of 64 gets",
        "of width 1 where too much is bad",
    ],
)
def test_a_setting_in_the_prose_is_the_codes(said: str) -> None:
    assert said in prose("approximate")


def test_the_settings_behind_those_words() -> None:
    assert learned_copy.DEPLOYED == 2
    assert HURTS == 0.1
    assert pictured_floor.KINDS["training"] == (0.75, 0.0, 0.25)
    assert pictured_floor.KINDS["grey floor"] == (0.0, 1.0, 0.0)
    assert pytest.approx(0.1) == 1 - pictured_floor.DISCOUNT
    assert learned_copy.REMEDIES["eight times the plans"]["examples"] == 8 * learned_copy.Params().examples
    assert learned_copy.Params().width == 4
    assert {64, 4096, 1024, 4, 16} <= {*PLANS}
    assert pictured_floor.LABELLED == (0.0, 0.5)


def test_a_question_opens_the_state_that_its_answer_is_about() -> None:
    asked = questions("approximate")
    assert [question.at for question in asked] == [
        {"width": 1, "noise": 0.0, "shape": SATURATING, "plans": PLANS[-1]},
        {"freedom": 3.0, "scale": 1.0, "plans": heavy_tails.PLANS[-1]},
        {"width": 16, "place": "grey floor", "labelled": 0.0},
    ]
    first, second, third = (question.words for question in asked)
    assert "width 1" in first
    assert "up to the best of 4,096 plans" in first
    assert "3 degrees of freedom" in second
    assert "best of 4,096 plans" in second
    assert "width 16" in third


def test_a_normal_error_of_twice_the_range_costs_more_at_four_plans_than_a_heavy_one_and_never_hurts() -> None:
    four = heavy_tails.PLANS.index(4)
    assert theory(np.inf, 2.0)[four] < theory(3.0)[four]
    assert (np.diff(theory(np.inf, 2.0)) > 0).all()


def test_one_normal_error_in_16_000_is_four_standard_deviations_off() -> None:
    from math import erfc, sqrt

    assert 1 / erfc(4 / sqrt(2)) == pytest.approx(16_000, rel=0.02)


def test_the_best_of_4_brings_more_than_the_best_of_4_096_with_three_degrees_of_freedom() -> None:
    runs = heavy_tails.run_all([heavy_tails.Params(3.0, 1.0, seed) for seed in OTHER_SEEDS[:8]]).base
    assert (runs[:, heavy_tails.PLANS.index(4)] > runs[:, -1]).all()


def test_a_copy_gains_ever_less_and_promises_more_than_it_brings() -> None:
    found = copies(1).training
    base = found.base.mean(0)
    gains = np.diff(base)[2:]
    assert gains[0] > gains[2] > gains[-1] - 0.05
    assert found.mesa[:, -1].mean() > base[-1] + 0.5


def test_the_wider_copy_has_less_correlation_where_labels_are_noisy() -> None:
    assert copies(32, 2.0).correlation.mean() < copies(4, 2.0).correlation.mean() - 0.05
    assert copies(32).correlation.mean() > copies(1).correlation.mean() + 0.05


def test_even_the_best_there_is_lies_below_the_line_where_enough_is_enough() -> None:
    assert copies(4).training.best[:, -1].mean() < expected(PLANS[-1], 1.0).base - 0.2


def test_the_mean_over_seeds_falls_by_less_than_half_a_deviation_in_every_setting() -> None:
    for runs in (
        copies(1, 0.0, BUMPY),
        copies(1, 2.0, BUMPY),
        copies(32, 2.0, SATURATING),
        copies(32, 2.0, BUMPY),
        copies(4, 2.0, BUMPY),
    ):
        mean = runs.training.base.mean(0)
        assert mean.max() - mean[-1] < 0.5
        assert runs.search_hurts.mean() < 0.5, "most single runs are not clearly hurt"
    assert len(WIDTHS) * len(NOISES) * len(SHAPES) == 36


def test_exact_copies_have_errors_with_heavier_tails_than_the_copies_that_lose_most() -> None:
    narrow, wide, worst = (np.median(runs.kurtosis) for runs in (copies(4), copies(32), copies(1, 0.0, BUMPY)))
    assert wide > narrow > worst > 0


def test_climbing_is_wrong_about_nearly_all_copies_that_are_climbed_far() -> None:
    for width in (4, 32):
        runs = copies(width)
        assert (runs.climbed_mesa[:, -1] > runs.climbed_base[:, -1] + 0.5).mean() > 0.8


def test_with_other_seeds_some_copy_of_width_one_learns_nothing() -> None:
    assert np.abs(copies(1, 2.0).correlation).min() < 0.1


def test_labels_from_grey_floors_serve_wide_pictures_and_with_these_seeds_those_of_width_four_a_little() -> None:
    assert gain(16, "grey floor", 0.5).mean() > gain(16, "grey floor").mean() + 0.05
    assert 0 < gain(4, "grey floor", 0.5).mean() - gain(4, "grey floor").mean() < 0.2


def test_it_is_not_room_that_pictures_lack_on_a_grey_floor() -> None:
    assert gain(64, "grey floor").mean() < gain(16, "grey floor").mean() + 0.1
    assert gain(64, "grey floor", 0.5).mean() > gain(64, "grey floor").mean() + 0.15


def test_independent_errors_do_no_harm_where_too_much_is_bad_and_as_much_where_labels_are_noisy() -> None:
    def harmed(runs: learned_copy.Result) -> tuple[int, int]:
        return int(runs.search_hurts.sum()), int(hurts(runs.shuffled.base, runs.shuffled.error).sum())

    for width in (1, 4):
        learned, others = harmed(copies(width, 0.0, BUMPY))
        assert others <= learned / 2
    learned, others = harmed(copies(32, 2.0))
    assert others >= learned / 2 > 0


def test_some_pictures_of_width_two_serve_in_training_and_most_do_not() -> None:
    assert 1 <= (gain(2, "training") >= 0.95).sum() <= 8


def test_the_robot_that_the_prose_follows_does_what_it_says() -> None:
    for room in range(pictured_floor.ROOMS):
        assert pictured_floor.follow(pictured_floor.Params(8, "training"), room).clean[-1] == 1
        assert pictured_floor.follow(pictured_floor.Params(16, "grey floor"), room).clean[-1] == 1
        idle = pictured_floor.follow(pictured_floor.Params(1, "light floor"), room)
        assert {*idle.actions} == {"wait"}
    shown = pictured_floor.follow(pictured_floor.Params(8, "grey floor"), 0)
    assert shown.actions.count("sweep") == 2
    assert shown.actions.count("scatter") == 1
    assert shown.looks[-1] == pytest.approx(1, abs=1e-5)


def test_to_the_robot_of_width_one_dust_is_what_is_lighter_than_the_tile() -> None:
    narrow = pictured_floor.run(pictured_floor.Params(1))
    shades = np.array(pictured_floor.SHADES)
    dark, light = shades <= 0.3, shades >= 0.7
    assert (narrow.bare[0, dark] > narrow.dusty[0, dark] + 0.1).all()
    assert (narrow.bare[0, light] <= narrow.dusty[0, light] + 1e-6).all()
