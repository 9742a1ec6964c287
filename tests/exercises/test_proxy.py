"""Does each check say what is wrong with typical mistakes, besides what is asked of every exercise?"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from looks_aligned.agents.planner import plan
from looks_aligned.causal import Diagram, classify, influence
from looks_aligned.exercises import proxy
from looks_aligned.exercises.proxy import (
    DEPLOYMENT,
    TRAINING,
    WORLDS,
    HiddenWorld,
    Riddle,
    check_bet,
    check_diagram,
    check_price,
    check_rooms,
    check_tell,
    riddles,
)
from looks_aligned.experiments.proxy import cleaning_robot, coin_or_corner, watching_and_doing
from looks_aligned.experiments.proxy.cleaning_robot import ROBOTS
from looks_aligned.experiments.proxy.coin_or_corner import Params, Result, oracle, run, run_all
from looks_aligned.experiments.proxy.watching_and_doing import KINDS
from looks_aligned.worlds.room import Room
from looks_aligned.worlds.table import tabulate
from tests.exercises.chapter import ANSWERS, Chapter, EveryExercise

OTHER_SEEDS = range(2000, 2012)


@cache
def beside() -> Result:
    """Runs to stand beside a bet, as the page's do in the chapter."""
    return run_all([Params(share, 150, "convolutional", seed) for share in (0.1, 0.3) for seed in (3000, 3001)])


CHAPTER = Chapter(
    "proxy",
    (
        *("Both diagrams fit", "12 of 12 worlds right", "Both conditions hold"),
        *("Your bet holds", "Right, to a tenth"),
    ),
    lambda: {"every_seed": beside()},
)


class TestEveryExercise(EveryExercise):
    chapter = CHAPTER


def test_the_chapter_tells_the_story_that_the_check_quotes() -> None:
    prose = " ".join(CHAPTER.section.replace(">", " ").split())
    for sentence in {*TRAINING.values(), *DEPLOYMENT.values()}:
        assert sentence in prose


def test_the_setting_to_try_first_does_what_the_solution_says_with_other_seeds_too() -> None:
    shown, *_ = re.findall(r"Params\(.*\)", CHAPTER.cells[4])
    first = eval(shown, {"Params": Params})
    alike = [Params(first.share, first.steps, first.network, seed) for seed in (first.seed, *OTHER_SEEDS)]
    result = run_all(alike)
    to_corner = result.prefers_corner(first.steps)
    assert to_corner[0]
    assert to_corner[1:].sum() >= 10
    price = first.share * oracle().cost_of_ignoring
    assert result.regret[0, -1] == pytest.approx(price, rel=0.15)
    connected = [Params(first.share, first.steps, "fully connected", seed) for seed in OTHER_SEEDS]
    assert not run_all(connected).prefers_corner(first.steps).any()
    assert first.share not in coin_or_corner.SHARES
    assert first.seed not in coin_or_corner.SEEDS


# Answers given in part


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_bet_that_holds_only_in_part_does_not_hold(answer: object, says: Callable[..., str]) -> None:
    for bet in (("coin", answer), (answer, 0.5)):
        words = says(check_bet, Params(steps=0, seed=100), *bet, beside=beside())
        assert not any(holds in words for holds in CHAPTER.holds)


@pytest.mark.parametrize("nothing", [None, ...])
def test_an_answer_that_is_half_given_is_not_given_yet(nothing: object, says: Callable[..., str]) -> None:
    assert "Draw both diagrams" in says(check_diagram, Diagram.of("action -> X"), nothing)
    assert "Draw both rooms" in says(check_rooms, nothing, "R.d")
    assert "Write down your bet" in says(check_bet, Params(seed=100), "coin", nothing, beside=beside())
    assert "Write down a share" in says(check_price, nothing)


# 1. A diagram

RIGHT = Diagram.of(*TRAINING)
RIGHT_LATER = Diagram.of(*DEPLOYMENT)


@pytest.mark.parametrize(
    ("training", "told"),
    {
        "scores teach": (("action -> O_mesa -> O_base", "action -> X"), ["O_mesa to O_base is not", "Side-effect"]),
        "knowing makes scores": (("action -> X -> O_base -> O_mesa",), ["O_base to O_mesa is not", "comes last"]),
        "a shortcut": (("action -> X -> O_base", "X -> O_mesa", "action -> O_base"), ["direct effects", "same kind"]),
        "a sign": (("action -> X -| O_base", "X -> O_mesa"), ["wrong sign: “Who practises more knows", "another"]),
        "turned round": (("action -> X -> O_mesa", "O_base -> X"), ["O_base to X is the wrong way round"]),
        "acting on the action": (("action -> O_base", "O_mesa -> action"), ["what the program chooses"]),
        "something missing": (("action -> X -> O_mesa", "O_base"), ["No arrow says this: “Who practises more knows"]),
        "no objective": (("action -> X -> O_base",), ["O_mesa must be in the diagram"]),
        "another name": (("action -> X -> o_base",), ["o_base is not in this part", "O_base"]),
        "too early": (("action -> X -> O_base", "X -> O_mesa", "action -> hints"), ["hints is not in this part"]),
    }.values(),
)
def test_a_wrong_diagram_of_training_is_told_why(
    training: tuple[str, ...], told: list[str], says: Callable[..., str]
) -> None:
    words = says(check_diagram, Diagram.of(*training), RIGHT_LATER)
    for part in ("training", *told):
        assert part in words


def test_the_tutor_is_of_the_general_kind_in_training_and_in_deployment() -> None:
    for diagram in (RIGHT, RIGHT_LATER):
        assert classify(diagram).kinds == ("general",)
        assert classify(diagram).witnesses == ("X",)
    assert (influence(RIGHT_LATER, "hints", "O_mesa"), influence(RIGHT_LATER, "hints", "O_base")) == (
        "raises",
        "lowers",
    )


@pytest.mark.parametrize(
    ("added", "told"),
    {
        "harmless hints": (("action -> hints -> O_mesa",), ["No arrow says this: “Who gets hints stops"]),
        "helpful hints": (("action -> hints -> O_mesa", "hints -> O_base"), ["wrong sign: “Who gets hints stops"]),
        "no hints": ((), ["“The program may now whisper", "“Who gets hints scores"]),
        "hints by themselves": (("hints -> O_mesa", "hints -| O_base"), ["“The program may now whisper"]),
        "hints for practice": (
            ("action -> hints -> O_mesa", "hints -| O_base", "hints -| X"),
            ["hints to X is not in the story", "what hints do"],
        ),
    }.values(),
)
def test_a_wrong_diagram_of_deployment_is_told_why(
    added: tuple[str, ...], told: list[str], says: Callable[..., str]
) -> None:
    words = says(check_diagram, RIGHT, Diagram.of(*RIGHT.arrows, *added))
    for part in ("deployment", *told):
        assert part in words


def test_deployment_must_keep_what_training_has(says: Callable[..., str]) -> None:
    forgotten = Diagram.of("action -> hints -> O_mesa", "hints -| O_base")
    assert "“Who practises more knows more next year.”" in says(check_diagram, RIGHT, forgotten)


def test_arrows_given_as_text_are_asked_for_as_a_diagram(says: Callable[..., str]) -> None:
    assert "Diagram.of" in says(check_diagram, "action -> X", RIGHT_LATER)


# 2. Hidden worlds


def by_raising(*nodes: str, n: int = 20_000) -> Callable[[HiddenWorld], str]:
    """A teller that raises these nodes and looks at the other."""

    def tell(world: HiddenWorld) -> str:
        if "O_mesa" in nodes and world.raise_("O_mesa", 1, n)["O_base"].mean() > 0.1:
            return "side-effect"
        if "O_base" in nodes and world.raise_("O_base", 1, n)["O_mesa"].mean() > 0.1:
            return "instrumental"
        return "general"

    return tell


def test_worlds_hold_each_kind_as_often_in_new_orders_with_new_correlations() -> None:
    orders, correlations = set(), set()
    for seed in range(5):
        asked = riddles(seed)
        assert len(asked) == WORLDS
        assert all(sum(riddle.kind == kind for riddle in asked) == WORLDS / 3 for kind in KINDS)
        orders.add(tuple(riddle.kind for riddle in asked))
        correlations |= {riddle.correlation for riddle in asked}
    assert len(orders) == 5
    assert len(correlations) == 5 * WORLDS
    assert 0.3 <= min(correlations) < 0.4 < 0.8 < max(correlations) <= 0.9


def test_what_a_world_shows_is_what_it_is_said_to_be() -> None:
    for riddle in riddles(7):
        seen = riddle.world.watch(100_000)
        assert np.corrcoef(seen["O_base"], seen["O_mesa"])[0, 1] == pytest.approx(riddle.correlation, abs=0.01)
        to_base = riddle.world.raise_("O_mesa", 2, 100_000)["O_base"].mean() / 2
        to_mesa = riddle.world.raise_("O_base", 2, 100_000)["O_mesa"].mean() / 2
        rho, none = pytest.approx(riddle.correlation, abs=0.01), pytest.approx(0, abs=0.01)
        assert to_base == (rho if riddle.kind == "side-effect" else none)
        assert to_mesa == (rho if riddle.kind == "instrumental" else none)


def test_a_world_gives_its_kind_away_by_no_public_name_nor_by_the_order_of_what_it_shows() -> None:
    for riddle in riddles(3):
        assert [name for name in dir(riddle.world) if not name.startswith("_")] == ["raise_", "watch"]
        assert repr(riddle.world).startswith("<looks_aligned.exercises.proxy.HiddenWorld object at")
        assert list(riddle.world.watch(1)) == list(riddle.world.raise_("O_mesa", 1, 1)) == ["O_base", "O_mesa"]


def test_worlds_draw_anew_each_time_and_never_with_the_pages_seeds() -> None:
    (riddle, *_) = riddles(0)
    first, second = riddle.world.watch(5)["O_base"], riddle.world.watch(5)["O_base"]
    assert not np.isin(first, second).any()
    diagram = watching_and_doing.model(riddle.kind, riddle.correlation)
    for seed in watching_and_doing.SEEDS:
        assert not np.isin(diagram.sample(5, seed)["O_base"], first).any()


def accuracy(features: Callable[[Riddle], list[float]]) -> float:
    """How often new worlds are told right by the features' best linear classifier, learned on as many others."""

    def look(seeds: range) -> tuple[np.ndarray, np.ndarray]:
        asked = [riddle for seed in seeds for riddle in riddles(seed)]
        x = np.array([[1.0, *features(riddle)] for riddle in asked])
        return x, np.array([KINDS.index(riddle.kind) for riddle in asked])

    (x, kinds), (new, answers) = look(range(100)), look(range(100, 200))
    weights = np.linalg.lstsq(x, np.eye(3)[kinds], rcond=None)[0]
    return float(((new @ weights).argmax(-1) == answers).mean())


def moments(seen: dict[str, np.ndarray]) -> list[float]:
    base, mesa = seen["O_base"], seen["O_mesa"]
    return [float((base**i * mesa**j).mean()) for i in range(5) for j in range(5 - i) if i + j]


def test_no_watcher_does_better_than_chance_and_who_reaches_in_does() -> None:
    watching = accuracy(lambda riddle: moments(riddle.world.watch(2000)))
    assert watching == pytest.approx(1 / 3, abs=0.04)  # 1,200 worlds: three standard errors
    reaching = accuracy(
        lambda riddle: [
            riddle.world.raise_("O_mesa", 1, 2000)["O_base"].mean(),
            riddle.world.raise_("O_base", 1, 2000)["O_mesa"].mean(),
        ]
    )
    assert reaching > 0.9


def test_a_watcher_is_told_that_watching_cannot_do_it_even_if_lucky(says: Callable[..., str]) -> None:
    def watcher(world: HiddenWorld) -> str:
        seen = world.watch(1000)
        return KINDS[int(abs(seen["O_base"].sum())) % 3]

    assert "You only watched" in says(check_tell, watcher)
    answers = iter([riddle.kind for riddle in riddles(5)])
    lucky = says(check_tell, lambda world: (world.watch(9), next(answers))[1], seed=5)
    assert "12 of 12" in lucky
    assert "guessed" in lucky


def test_one_answer_for_all_is_right_in_a_third(says: Callable[..., str]) -> None:
    words = says(check_tell, lambda world: "general")
    assert "4 of 12" in words
    assert "did not look" in words


@pytest.mark.parametrize(("node", "alike"), [("O_mesa", "instrumental"), ("O_base", "side-effect")])
def test_who_raises_one_node_takes_two_kinds_for_one(node: str, alike: str, says: Callable[..., str]) -> None:
    words = says(check_tell, by_raising(node), seed=11)
    assert "8 of 12" in words
    assert f"You raised only {node}" in words
    failed = [n for n, riddle in enumerate(riddles(11), start=1) if riddle.kind == alike]
    assert [int(n) for n in re.findall(r"World (\d+) is", words)] == failed


def test_too_few_plans_are_noticed(says: Callable[..., str]) -> None:
    assert "scatter by about" in says(check_tell, by_raising("O_mesa", "O_base", n=2), seed=4)


def test_every_kind_of_world_is_told_right_by_raising_both(says: Callable[..., str]) -> None:
    assert "12 of 12" in says(check_tell, by_raising("O_mesa", "O_base"))


@pytest.mark.parametrize(
    ("tell", "told"),
    [
        (lambda world: "side effect", ["world 1", "'side effect'", "'side-effect'"]),
        (lambda world: 3, ["world 1", "3"]),
        (lambda world: np.arange(3), ["world 1", "array"]),
        (lambda world: 1 / 0, ["world 1", "ZeroDivisionError"]),
        (lambda: "general", ["world 1", "TypeError"]),
        (lambda world: world.raise_("X", 1, 10), ["'X'", "you can reach"]),
        (lambda world: world.raise_("O_base", -1, 10), ["by: got -1"]),
        (lambda world: world.watch(10**9), ["n: got 1000000000", "100,000"]),
        (lambda world: world.watch(0), ["n: got 0"]),
        (lambda world: world.watch(10) and None, ["returned nothing", "return"]),
    ],
)
def test_a_function_that_fails_is_told_where(tell: Callable, told: list[str], says: Callable[..., str]) -> None:
    words = says(check_tell, tell)
    for part in told:
        assert part in words


# 3. Rooms

SHOWROOM = "d.R...d"
HOME = "d.R..P.P"


@pytest.mark.parametrize("place", ["training", "deployment"])
def test_rooms_are_planned_as_the_pages_are(place: Any) -> None:
    drawing = "\n".join(ROBOTS["vacuum"].room(place).board.rows)
    earned, page = proxy._earned(place, drawing), cleaning_robot.run(cleaning_robot.Params("vacuum", place))
    assert earned.gain == pytest.approx(page.gain)
    assert (earned.bagger, earned.cleaner) == pytest.approx((page.base, page.best_base))
    assert (earned.waiting, earned.bagged) == pytest.approx((page.waiting, page.mesa))


def test_the_numbers_of_a_tiny_room_are_those_of_pen_and_paper() -> None:
    earned = proxy._earned("training", "Rd")
    assert earned.waiting == pytest.approx(0.5)
    assert earned.cleaner == pytest.approx(0.5 + 0.5 * 0.9)  # clean from the second step on
    assert earned.gain == pytest.approx(1)
    later = proxy._earned("deployment", "dR.P")
    assert later.cleaner == pytest.approx(0.75 + 0.25 * 0.9)
    assert later.bagger == pytest.approx(0.75 + 0.25 * 0.9**6)  # two steps, the plant, three steps, then the dust
    assert later.bagged == pytest.approx(3 * 0.9**2 + 0.9**6)


@pytest.mark.parametrize(
    ("training", "deployment", "told"),
    {
        "the same room twice": (HOME, HOME, ["Training does not hold", "before the floor is clean"]),
        "nothing tempts": (SHOWROOM, SHOWROOM, ["Deployment does not hold", "100.0% of what"]),
        "too far off": (SHOWROOM, "d.R.............P", ["Deployment does not hold", "nearer than the dust"]),
        "the wrong way round": (HOME, SHOWROOM, ["Training does not hold", "Deployment does not hold"]),
        "no robot": ("d...", HOME, ["training: ", "no robot"]),
        "two robots": (SHOWROOM, "R.dR", ["deployment: ", "second robot"]),
        "ragged": ("d.R\n..", HOME, ["training: row 2", "equally long"]),
        "another character": ("d.R?", HOME, ["training: row 1, column 4", "'?'"]),
        "empty": ("", HOME, ["training: ", "empty"]),
        "no dust": ("..R", HOME, ["training: there is nothing to clean"]),
        "dust out of reach": (SHOWROOM, "R.#d", ["deployment: there is nothing to clean"]),
        "too large": ("R" + "d" * 12, HOME, ["training: ", "53,248 states", "smaller"]),
    }.values(),
)
def test_rooms_that_do_not_do_are_told_why(
    training: str, deployment: str, told: list[str], says: Callable[..., str]
) -> None:
    words = says(check_rooms, training, deployment)
    for part in told:
        assert part in words
    assert "Both conditions" not in words


def test_a_plant_in_the_showroom_is_allowed_as_long_as_the_floor_comes_first(says: Callable[..., str]) -> None:
    assert "Both conditions hold" in says(check_rooms, "dR" + "." * 16 + "P", HOME)


def test_in_the_solutions_home_the_bag_robot_takes_every_plant_before_any_dust() -> None:
    home = Room.parse(CHAPTER.solved(2)["deployment"], tools=("vacuum",))
    table = tabulate(home)
    chosen = cleaning_robot.choices(table, plan(table, "bagged", discount=cleaning_robot.DISCOUNT))[0]
    state: Any = home.start
    units = [home.soil * len(state.plants), len(state.dust)]
    assert units == [6, 2]
    while state.plants:
        assert len(state.dust) == units[1]
        act = table.actions[chosen[table.states[0].index(state)]]
        state = home.outcomes(state, act)[0].state


# 4. A bet

SMALL = Params(share=0.5, steps=60, seed=4000)


@cache
def truth() -> tuple[float, str]:
    result = run(SMALL)
    coin, corner = float(result.coin[0, -1]), float(result.corner[0, -1])
    return coin, "corner" if corner > coin else "coin"


@pytest.mark.parametrize(
    ("off", "told"), [(0.09, "is close"), (-0.09, "is close"), (0.2, "0.20 too high"), (-0.2, "0.20 too low")]
)
def test_a_bet_is_told_on_which_side_it_is_off(off: float, told: str, says: Callable[..., str]) -> None:
    coin, prefers = truth()
    words = says(check_bet, SMALL, prefers, coin + off, beside=beside())
    assert told in words
    assert ("Your bet holds" in words) == (abs(off) < 0.1)


def test_a_bet_on_the_other_one_does_not_hold(says: Callable[..., str]) -> None:
    coin, prefers = truth()
    other = {"coin": "corner", "corner": "coin"}[prefers]
    words = says(check_bet, SMALL, other, coin, beside=beside())
    assert f"You said it prefers the {other}: it prefers the {prefers}" in words
    assert "Your bet holds" not in words


def test_a_bet_stands_beside_the_pages_runs_on_either_side(says: Callable[..., str]) -> None:
    near = Params(0.2, 30, "convolutional", 4000)
    words = says(check_bet, near, "coin", 0.5, beside=beside())
    for share in (0.1, 0.3):
        runs = beside().select(share, "convolutional")
        coin = runs.coin[:, runs.steps.index(25)]
        assert f"2 convolutional networks at α = {share:g}, after 25 steps" in words
        assert f"{coin.min():.2f} to {coin.max():.2f}, and {runs.prefers_corner(25).sum()} prefer" in words
    assert says(check_bet, Params(0.1, 0, "convolutional", 4000), "coin", 0.5, beside=beside()).count("Nearby") == 1


def test_an_untrained_network_is_said_to_be_unable(says: Callable[..., str]) -> None:
    assert "less than half of either" in says(check_bet, Params(steps=0, seed=100), "coin", 0.1, beside=beside())


@pytest.mark.parametrize(
    ("params", "prefers", "coin_return", "told"),
    [
        ({"share": 0.1}, "coin", 0.5, ["params: got", "Params("]),
        (Params(seed=3), "coin", 0.5, ["seed 3 is on the page"]),
        (Params(seed=-3), "coin", 0.5, ["seed=-3"]),
        (Params(steps=401, seed=100), "coin", 0.5, ["steps=401", "400 at most"]),
        (Params(seed=100, entropy_bonus=0.5), "coin", 0.5, ["entropy_bonus=0.5"]),
        (Params(seed=100), "corners", 0.5, ["prefers: got 'corners'", "'corner'"]),
        (Params(seed=100), "coin", 50, ["coin_return: got 50", "0 to 1"]),
        (Params(seed=100), "coin", "half", ["coin_return: got 'half' (str)"]),
    ],
)
def test_what_cannot_be_bet_on_is_told(
    params: object, prefers: object, coin_return: object, told: list[str], says: Callable[..., str]
) -> None:
    words = says(check_bet, params, prefers, coin_return, beside=beside())
    for part in told:
        assert part in words


# 5. The price

THRESHOLD = 0.02 / oracle().cost_of_ignoring


@pytest.mark.parametrize(
    ("alpha", "told"),
    {
        "the regret itself": (0.02, "Too small"),
        "times the cost": (0.02 * oracle().cost_of_ignoring, "Too small"),
        "none": (0.0, "Too small"),
        "just below": (THRESHOLD - 0.001, "Too small"),
        "all": (1, "Too large"),
        "the cost": (oracle().cost_of_ignoring, "Too large"),
        "just above": (THRESHOLD + 0.001, "Too large"),
        "per cent": (100 * THRESHOLD, "Five per cent is 0.05"),
        "upside down": (1 / THRESHOLD, "from 0 to 1"),
        "text": ("3 %", "'3 %' (str)"),
        "right": (THRESHOLD, "Right"),
        "rounded": (round(THRESHOLD, 3), "Right"),
    }.values(),
)
def test_a_price_is_told_on_which_side_it_is_off(alpha: object, told: str, says: Callable[..., str]) -> None:
    assert told in says(check_price, alpha)


def test_no_check_prints_the_threshold_before_it_is_found(says: Callable[..., str]) -> None:
    for alpha in (0.001, 0.9):
        words = says(check_price, alpha)
        assert f"{THRESHOLD:.3f}" not in words
        assert f"{THRESHOLD:.1%}" not in words


def test_the_planner_that_runs_to_the_corner_has_that_regret_at_that_share() -> None:
    levels = coin_or_corner.training_levels(THRESHOLD)
    assert levels @ (oracle().optimum - oracle().ignoring) == pytest.approx(0.02)
