"""Each claim about the cleaning robot, tried in rooms and with base optimizers that the chapter does not use."""

from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any, get_args

import numpy as np
import pytest

from looks_aligned.agents.following import choices
from looks_aligned.agents.planner import evaluate, plan
from looks_aligned.causal import measure_effects, read_diagram, tabulate_with_fiat
from looks_aligned.experiments.proxy.cleaning_robot import (
    DISCOUNT,
    NAMES,
    POOL_SEED,
    ROBOTS,
    ROOM_COUNTS,
    SEEDS,
    SHARES,
    STOPS,
    TRAINED,
    WEIGHTS,
    Behaviour,
    Candidates,
    Measured,
    Params,
    Place,
    Pool,
    Result,
    RobotName,
    Setting,
    chance_if_all_fail_together,
    chance_to_be_kept,
    correlation,
    measure,
    objective,
    run,
    sample_rooms,
    select,
    share_misaligned,
    try_candidates,
)
from looks_aligned.worlds.maps import read_map
from looks_aligned.worlds.room import LEGEND, RoomState
from looks_aligned.worlds.table import tabulate

OTHER_POOL = 100
OTHER_SEEDS = tuple(range(50_000, 54_000))
SQUARES = 12


@cache
def did(robot: RobotName, place: Place, weight: float, discount: float = DISCOUNT) -> Result:
    return run(Params(robot, place, weight, discount))


@cache
def tried(robot: RobotName) -> Candidates:
    return try_candidates([Pool(robot, 2 if robot == "sweeper" else 6, OTHER_POOL)])


@cache
def measured(robot: RobotName, place: Place, behaviour: Behaviour = "waits") -> Measured:
    (one,) = measure([Setting(robot, place, behaviour)])
    return one


def kinds(robot: RobotName, place: Place, behaviour: Behaviour = "waits") -> tuple[str, ...] | None:
    reading = measured(robot, place, behaviour).reading()
    return None if reading is None else reading.kinds


def test_rooms_and_seeds_here_are_not_the_pages() -> None:
    assert OTHER_POOL != POOL_SEED
    assert not set(OTHER_SEEDS) & set(SEEDS)


# What the robots do.


@pytest.mark.parametrize("robot", ROBOTS)
def test_in_training_every_candidate_takes_the_very_same_steps_and_cleans_best(robot: RobotName) -> None:
    results = [did(robot, "training", weight) for weight in WEIGHTS]
    assert {result.actions for result in results} == {results[0].actions}
    for result in results:
        assert result.base == pytest.approx(result.best_base)
        assert result.mesa == pytest.approx(result.best_mesa)
        assert result.clean[-1] == 1


@pytest.mark.parametrize("robot", ROBOTS)
def test_in_training_all_candidates_have_the_same_best_moves_in_every_state_so_no_tie_can_part_them(
    robot: RobotName,
) -> None:
    table = tabulate(ROBOTS[robot].training)
    best = []
    for weight in WEIGHTS:
        wanted = objective(ROBOTS[robot].mesa, weight, squares=SQUARES, discount=DISCOUNT)
        best.append(plan(table, wanted, discount=DISCOUNT).policy > 0)
    for moves in best[1:]:
        np.testing.assert_array_equal(moves, best[0])


@pytest.mark.parametrize("robot", TRAINED)
def test_in_training_both_returns_rise_together_for_every_policy(robot: RobotName) -> None:
    room = ROBOTS[robot].training
    table = tabulate(room)
    chance = np.random.default_rng(5)
    dusty = len(room.start.dust) / SQUARES
    for _ in range(5):
        policy = chance.dirichlet([0.3] * len(table.actions), table.next.shape[:2])
        base = (1 - DISCOUNT) * evaluate(table, policy, "clean", discount=DISCOUNT)
        mesa = evaluate(table, policy, ROBOTS[robot].mesa, discount=DISCOUNT)
        assert mesa > 0
        np.testing.assert_allclose(base, 1 - dusty + mesa / SQUARES)


@pytest.mark.parametrize("robot", TRAINED)
def test_in_deployment_the_robot_that_wants_its_proxy_is_able_and_cleans_less(robot: RobotName) -> None:
    proxy, aligned = did(robot, "deployment", 1.0), did(robot, "deployment", 0.0)
    assert proxy.mesa == pytest.approx(proxy.best_mesa)
    assert proxy.mesa > 2 * aligned.mesa
    assert aligned.gain == pytest.approx(1)
    assert proxy.gain < 0.35


def test_the_sweeper_sweeps_one_square_and_scatters_it_again_for_ever() -> None:
    result = did("sweeper", "deployment", 1.0)
    first = result.actions.index("sweep")
    assert set(result.actions[first::2]) == {"sweep"}
    assert set(result.actions[first + 1 :: 2]) == {"scatter"}
    assert result.clean.max() == pytest.approx(10 / 12)


def test_the_vacuum_takes_every_plant_before_any_dust_and_comes_back_to_clean() -> None:
    result = did("vacuum", "deployment", 1.0)
    plants = [len(state.plants) for state in result.states]
    first_dust = next(moment for moment, clean in enumerate(result.clean) if clean > result.clean[0])
    assert plants.index(0) < first_dust
    assert result.clean[-1] == 1


def test_the_filters_robot_turns_the_crank_for_ever_and_cleans_nothing() -> None:
    result = did("filter", "deployment", 1.0)
    assert set(result.actions[1:]) == {"crank"}
    assert result.gain == pytest.approx(0)


@pytest.mark.parametrize("robot", ROBOTS)
def test_without_the_shortcut_deployment_is_training(robot: RobotName) -> None:
    """So that nothing else can have turned the robot."""
    room = ROBOTS[robot].deployment
    rows = tuple("".join("." if thing in "PK" else thing for thing in row) for row in room.board.rows)
    tools = tuple(tool for tool in room.tools if tool not in ("scatter", "crank"))
    assert replace(room, board=replace(room.board, rows=rows), tools=tools) == ROBOTS[robot].training


def test_were_cleaning_counted_as_events_the_sweeper_would_be_the_better_cleaner() -> None:
    """As a flow, scattering scores: events are counted here from the floor itself, not by the robot's measure."""
    flow = {}
    for weight in (0.0, 1.0):
        result = run(Params("sweeper", "deployment", weight), steps=250)
        became_clean = [len(a.dust - b.dust) for a, b in zip(result.states, result.states[1:], strict=False)]
        flow[weight] = float(DISCOUNT ** np.arange(250) @ became_clean)
        assert flow[weight] == pytest.approx(result.mesa)
    assert flow[1.0] > 2 * flow[0.0]
    assert flow[1.0] == pytest.approx(did("sweeper", "deployment", 1.0).best_mesa)


@pytest.mark.parametrize("discount", [0.8, 0.9, 0.95])
def test_the_sweeper_scatters_once_the_weight_on_sweeps_exceeds_one_minus_gamma(discount: float) -> None:
    """To scatter costs (1 − w), to sweep it up again brings γ((1 − w) + w): a gain if w > 1 − γ."""
    for aside, scatters in ((-0.01, False), (0.01, True)):
        result = run(Params("sweeper", "deployment", 1 - discount + aside, discount), steps=60)
        assert ("scatter" in result.actions) == scatters


@pytest.mark.parametrize("robot", ["vacuum", "filter"])
def test_a_little_of_the_proxy_comes_after_the_cleaning_and_costs_nothing(robot: RobotName) -> None:
    result = did(robot, "deployment", 0.2)
    assert result.gain == pytest.approx(1)
    assert result.mesa > 1.5 * did(robot, "deployment", 0.0).mesa


def test_the_more_patient_the_vacuums_robot_the_less_its_detour_costs() -> None:
    gains = [did("vacuum", "deployment", 1.0, discount).gain for discount in (0.8, 0.9, 0.95, 0.98)]
    assert gains == sorted(gains)
    assert gains[0] < 0.2
    assert gains[-1] > 0.7


@pytest.mark.parametrize("robot", TRAINED)
def test_what_a_robot_earns_of_what_it_wants_does_not_hang_on_how_ties_are_broken(robot: RobotName) -> None:
    table = tabulate(ROBOTS[robot].deployment)
    for weight in WEIGHTS:
        wanted = objective(ROBOTS[robot].mesa, weight, squares=SQUARES, discount=DISCOUNT)
        evenly = plan(table, wanted, discount=DISCOUNT).policy
        base = (1 - DISCOUNT) * evaluate(table, evenly, "clean", discount=DISCOUNT)
        assert base[0] == pytest.approx(did(robot, "deployment", weight).base)


@pytest.mark.parametrize("robot", TRAINED)
def test_the_returns_are_those_of_the_way_that_is_shown(robot: RobotName) -> None:
    long = run(Params(robot, "deployment", 0.5), steps=250)
    worth = DISCOUNT ** np.arange(250)
    dust = np.array([len(state.dust) for state in long.states])
    assert (1 - DISCOUNT) * worth @ (1 - dust[1:] / SQUARES) == pytest.approx(long.base)
    assert long.base_so_far[-1] == pytest.approx(long.base)
    assert long.mesa_so_far[-1] == pytest.approx(long.mesa)
    np.testing.assert_allclose(long.clean, 1 - dust / SQUARES)
    room = ROBOTS[robot].deployment
    for before, action, after in zip(long.states, long.actions, long.states[1:], strict=False):
        assert room.outcomes(before, action)[0].state == after


# Which robots are kept.


@pytest.mark.parametrize("robot", TRAINED)
def test_a_training_room_is_the_room_of_deployment_with_its_things_elsewhere(robot: RobotName) -> None:
    rooms = sample_rooms(robot, 6, OTHER_POOL)
    assert len({with_it.board for _, with_it in rooms}) == 6
    assert rooms == sample_rooms(robot, 6, OTHER_POOL)
    for without, with_it in rooms:
        assert sorted("".join(with_it.board.rows)) == sorted("".join(ROBOTS[robot].deployment.board.rows))
        assert with_it.board.find("#") == ()
        assert with_it.board.open_squares == ROBOTS[robot].deployment.board.open_squares
        assert (without.start.robot, without.start.dust) == (with_it.start.robot, with_it.start.dust)
        assert without.tools == ROBOTS[robot].training.tools
        assert not without.board.find("PK")


@pytest.mark.parametrize("robot", TRAINED)
def test_no_training_room_without_the_shortcut_tells_any_two_candidates_apart(robot: RobotName) -> None:
    assert tried(robot).best[0].all()


@pytest.mark.parametrize("robot", TRAINED)
def test_the_aligned_candidate_is_among_the_best_in_every_room(robot: RobotName) -> None:
    assert tried(robot).best[..., 0].all()
    assert tried(robot).misaligned.tolist() == [False, False, robot == "sweeper", True, True, True]


def test_a_candidates_return_is_that_of_its_plan_and_stopping_at_once_is_waiting() -> None:
    candidates = tried("filter")
    for kind, rooms in enumerate(zip(*sample_rooms("filter", 6, OTHER_POOL), strict=True)):
        table = tabulate(*rooms)
        for place, weight in enumerate(WEIGHTS):
            wanted = objective("counter", weight, squares=SQUARES, discount=DISCOUNT)
            policy = plan(table, wanted, discount=DISCOUNT).policy
            base = (1 - DISCOUNT) * evaluate(table, policy, "clean", discount=DISCOUNT)
            np.testing.assert_allclose(candidates.base[kind, :, place, -1], base)
        np.testing.assert_allclose(candidates.base[kind, ..., 0], 1 - 3 / SQUARES)
        assert (candidates.mesa[kind, ..., 0] == 0).all()


def of_base(base: np.ndarray, misaligned_from: int = 1) -> Candidates:
    """Candidates with given base returns in the rooms of either kind; those from some place on are misaligned."""
    count = base.shape[-1]
    right, wrong = did("filter", "deployment", 0.0), did("filter", "deployment", 1.0)
    deployed = tuple(wrong if place >= misaligned_from else right for place in range(count))
    return Candidates("filter", tuple(np.linspace(0, 1, count)), base[..., None], base[..., None], deployed)


def by_brute_force(candidates: Candidates, share: float, rooms: int) -> np.ndarray:
    """The chance of each candidate to be kept, over all sequences of rooms."""
    base = candidates.base[..., -1]
    kept = np.zeros(base.shape[-1])
    for drawn in product(product(range(2), range(base.shape[1])), repeat=rooms):
        chance = np.prod([(share if kind == 0 else 1 - share) / base.shape[1] for kind, _ in drawn])
        score = np.sum([base[kind, room] for kind, room in drawn], axis=0)
        best = score > score.max() - 1e-6
        kept += chance * best / best.sum()
    return kept


@pytest.mark.parametrize("robot", TRAINED)
@pytest.mark.parametrize(("share", "rooms"), [(0.0, 1), (0.5, 1), (0.3, 2), (0.8, 3), (1.0, 2)])
def test_the_exact_chance_is_that_of_all_sequences_of_rooms(robot: RobotName, share: float, rooms: int) -> None:
    few = replace(tried(robot), base=tried(robot).base[:, :2], mesa=tried(robot).mesa[:, :2])
    exact = chance_to_be_kept(few, share=share, rooms=rooms)
    np.testing.assert_allclose(exact, by_brute_force(few, share, rooms), atol=1e-12)


@pytest.mark.parametrize("robot", TRAINED)
@pytest.mark.parametrize(("share", "rooms"), [(0.5, 1), (0.75, 5), (0.9, 20), (1.0, 10)])
def test_base_optimizers_keep_each_candidate_as_often_as_exactly_computed(
    robot: RobotName, share: float, rooms: int
) -> None:
    kept = select(tried(robot), share=share, rooms=rooms, seeds=OTHER_SEEDS)
    often = np.bincount(kept, minlength=len(WEIGHTS)) / len(OTHER_SEEDS)
    exact = chance_to_be_kept(tried(robot), share=share, rooms=rooms)
    assert exact.sum() == pytest.approx(1)
    misaligned = share_misaligned(tried(robot), share=share, rooms=rooms, seeds=OTHER_SEEDS)
    assert misaligned == pytest.approx(often[tried(robot).misaligned].sum())
    assert (np.abs(often - exact) <= 4 * np.sqrt(exact * (1 - exact) / len(OTHER_SEEDS)) + 1e-9).all()


@pytest.mark.parametrize("robot", ["sweeper", "vacuum"])
def test_where_the_shortcut_gives_every_misaligned_candidate_away_the_simple_formula_is_exact(robot: RobotName) -> None:
    candidates = tried(robot)
    assert not candidates.best[1][:, candidates.misaligned].any()
    for share, rooms in product(SHARES, (1, 5, 20)):
        exact = chance_to_be_kept(candidates, share=share, rooms=rooms)[candidates.misaligned].sum()
        assert exact == pytest.approx(chance_if_all_fail_together(candidates, share=share, rooms=rooms))


@pytest.mark.parametrize("robot", TRAINED)
def test_with_no_shortcut_in_any_room_no_number_of_rooms_helps(robot: RobotName) -> None:
    for rooms in ROOM_COUNTS:
        exact = chance_to_be_kept(tried(robot), share=1.0, rooms=rooms)
        np.testing.assert_allclose(exact, 1 / len(WEIGHTS))


def test_a_crank_far_from_the_robot_hides_the_misaligned_so_more_of_them_are_kept() -> None:
    candidates = tried("filter")
    assert candidates.best[1][:, candidates.misaligned].any()
    for share, rooms in product((0.25, 0.5, 0.75, 0.9), (1, 5, 20)):
        exact = chance_to_be_kept(candidates, share=share, rooms=rooms)[candidates.misaligned].sum()
        assert exact > chance_if_all_fail_together(candidates, share=share, rooms=rooms)


def test_it_is_the_way_to_the_crank_that_hides_who_wants_the_counter() -> None:
    for way, hidden in ((0, False), (2, False), (20, True)):
        room = replace(ROBOTS["filter"].deployment, board=read_map(f"dF.R{'.' * way}K", LEGEND))
        table = tabulate(room)
        base = []
        for wanted in ("clean", "counter"):
            policy = plan(table, wanted, discount=DISCOUNT).policy
            base.append(float(evaluate(table, policy, "clean", discount=DISCOUNT)[0]))
        assert (base[1] == pytest.approx(base[0])) == hidden


def test_one_aligned_candidate_of_ten_that_fail_together_is_the_textbook_case() -> None:
    base = np.ones((2, 1, 10))
    base[1, 0, 1:] = 0
    exact = chance_to_be_kept(of_base(base), share=0.9, rooms=20)[1:].sum()
    assert exact == pytest.approx(0.9**20 * 9 / 10)
    assert exact == pytest.approx(chance_if_all_fail_together(of_base(base), share=0.9, rooms=20))
    assert exact == pytest.approx(0.109, abs=5e-4)


def test_candidates_that_fail_each_in_rooms_of_their_own_are_kept_by_another_formula() -> None:
    """1 − (1 − (1 − q)^k) / (kq), with q the chance that one of them fails in no room."""
    k, rooms = 4, 3
    patterns = np.array([*product((0.0, 1.0), repeat=k - 1)])
    base = np.ones((2, len(patterns), k))
    base[1, :, 1:] = patterns
    q = 0.5**rooms
    exact = chance_to_be_kept(of_base(base), share=0.0, rooms=rooms)[1:].sum()
    assert exact == pytest.approx(1 - (1 - (1 - q) ** k) / (k * q))
    assert exact > chance_if_all_fail_together(of_base(base), share=0.0, rooms=rooms)


@pytest.mark.parametrize("robot", TRAINED)
def test_where_no_room_has_the_shortcut_the_proxy_goes_perfectly_with_the_base_objective(robot: RobotName) -> None:
    assert correlation(tried(robot), share=1.0) == pytest.approx(1)
    assert correlation(tried(robot), share=0.5) < 0.7
    upper = [correlation(tried(robot), share=share) for share in SHARES if share >= 0.5]
    assert upper == sorted(upper)


def test_the_correlation_is_pearsons_over_rooms_and_stopped_plans() -> None:
    candidates = tried("filter")
    # Three rooms without the shortcut for each with it.
    base, mesa = (
        np.concatenate([*[values[0, ..., :STOPS].ravel()] * 3, values[1, ..., :STOPS].ravel()])
        for values in (candidates.base, candidates.mesa)
    )
    assert correlation(candidates, share=0.75) == pytest.approx(np.corrcoef(base, mesa)[0, 1])


def test_training_rooms_with_the_shortcut_make_a_robot_that_still_cleans() -> None:
    for robot in TRAINED:
        gain = np.array([result.gain for result in tried(robot).deployed])
        expected = [gain @ chance_to_be_kept(tried(robot), share=share, rooms=20) for share in (0.5, 0.9, 1.0)]
        assert expected[0] > 0.98
        assert expected == sorted(expected, reverse=True)
        assert expected[2] == pytest.approx(gain.mean())


# What raises what.


@pytest.mark.parametrize("place", get_args(Place))
@pytest.mark.parametrize(
    ("robot", "found"),
    [
        ("sweeper", ("side-effect",)),
        ("vacuum", ("general",)),
        ("filter", ("general",)),
        ("vacuum over a chute", ("instrumental", "general")),
    ],
)
def test_with_a_robot_that_waits_the_class_is_the_same_in_both_rooms(
    robot: RobotName, found: tuple[str, ...], place: Place
) -> None:
    assert kinds(robot, place) == found


@pytest.mark.parametrize("robot", ROBOTS)
@pytest.mark.parametrize("behaviour", get_args(Behaviour))
def test_in_training_the_class_does_not_hang_on_what_the_robot_does(robot: RobotName, behaviour: Behaviour) -> None:
    assert kinds(robot, "training", behaviour) == kinds(robot, "training")


@pytest.mark.parametrize("robot", ROBOTS)
def test_for_a_robot_at_work_a_floor_cleaned_by_others_leaves_less_to_do(robot: RobotName) -> None:
    node = NAMES[ROBOTS[robot].nodes[0]]
    at_work = measured(robot, "training", "pursues its mesa-objective").diagram
    waiting = measured(robot, "training").diagram
    assert at_work is not None
    assert waiting is not None
    assert at_work.influence(NAMES["clean"], node) == "lowers"
    assert waiting.influence(NAMES["clean"], node) == "none"


@pytest.mark.parametrize(
    ("robot", "new", "on_clean"),
    [("sweeper", "scatters", "lowers"), ("vacuum", "dug", "none"), ("filter", "cranked", "none")],
)
def test_deployment_adds_a_node_that_does_not_raise_cleanliness(robot: RobotName, new: str, on_clean: str) -> None:
    diagram = measured(robot, "deployment").diagram
    assert diagram is not None
    assert diagram.influence(NAMES[new], NAMES["clean"]) == on_clean
    if robot != "sweeper":
        assert diagram.influence(NAMES[new], NAMES[ROBOTS[robot].mesa]) == "raises"


def test_scattering_raises_sweeps_only_through_a_robot_that_sweeps() -> None:
    waiting = measured("sweeper", "deployment").diagram
    at_work = measured("sweeper", "deployment", "pursues the base objective").diagram
    assert waiting is not None
    assert at_work is not None
    assert waiting.influence(NAMES["scatters"], NAMES["sweeps"]) == "none"
    assert at_work.influence(NAMES["scatters"], NAMES["sweeps"]) == "raises"


def test_the_vacuum_is_general_for_neither_objective_raises_the_other() -> None:
    diagram = measured("vacuum", "training").diagram
    reading = measured("vacuum", "training").reading()
    assert diagram is not None
    assert reading is not None
    assert diagram.influence(NAMES["clean"], NAMES["bagged"]) == "none"
    assert diagram.influence(NAMES["bagged"], NAMES["clean"]) == "none"
    assert reading.witnesses == (NAMES["vacuumed"],)


def test_over_a_chute_a_cleaner_floor_itself_fills_the_bag() -> None:
    """With only the two objectives as nodes, nothing but instrumental alignment is left."""
    nodes = ("bagged", "clean")
    for chute, found in ((True, ("instrumental",)), (False, ())):
        room = replace(ROBOTS["vacuum"].training, chute=chute)
        effects = measure_effects(room, nodes, behaviour=lambda _: "wait", discount=DISCOUNT)
        assert read_diagram(effects, nodes).reading(base="clean", mesa="bagged").kinds == found
    assert did("vacuum", "deployment", 1.0).actions == did("vacuum over a chute", "deployment", 1.0).actions


@pytest.mark.parametrize("place", get_args(Place))
def test_whatever_a_robot_does_over_a_chute_it_sees_what_it_would_see_without(place: Place) -> None:
    plain, chute = (tabulate(ROBOTS[robot].room(place)) for robot in ("vacuum", "vacuum over a chute"))
    assert plain.states == chute.states
    np.testing.assert_array_equal(plain.next, chute.next)
    np.testing.assert_array_equal(plain.values, chute.values)
    steps = [did(robot, place, 1.0).actions for robot in ("vacuum", "vacuum over a chute")]
    assert steps[0] == steps[1]


@pytest.mark.parametrize("robot", ROBOTS)
def test_deployment_leaves_the_old_arrows_alone(robot: RobotName) -> None:
    before, after = (measured(robot, place).diagram for place in get_args(Place))
    assert before is not None
    assert after is not None
    old = [NAMES[node] for node in ROBOTS[robot].nodes]
    for one, other in product(old, repeat=2):
        assert after.influence(one, other) == before.influence(one, other)
    assert {arrow for arrow in after.diagram.arrows if {arrow.cause, arrow.effect} <= {*old}} == {
        *before.diagram.arrows
    }
    assert {*after.diagram.nodes} - {*before.diagram.nodes} == {NAMES[node] for node in ROBOTS[robot].more}


@pytest.mark.parametrize("robot", ROBOTS)
def test_where_the_robot_undoes_an_intervention_no_diagram_is_drawn(robot: RobotName) -> None:
    one = measured(robot, "deployment", "pursues its mesa-objective")
    undone = dict(one.undone)
    assert (one.diagram is None) == bool(undone)
    assert (NAMES["clean"] in undone) == (robot != "filter")
    assert all(0 < count < 0.2 * one.units for count in undone.values())


def test_a_sweeper_can_leave_a_floor_dirtier_for_having_been_cleaned() -> None:
    """The undoing, walked by hand in one state: not an artefact of how effects are summed."""
    room = ROBOTS["sweeper"].deployment
    table = tabulate(*[room])
    worst = None
    for state in table.states[0]:
        assert isinstance(state, RoomState)
        outcome = room.by_fiat(state, "clean")
        if outcome is None or outcome.state == state:
            continue
        assert isinstance(outcome.state, RoomState)
        change = _cleanliness(outcome.state) - _cleanliness(state)
        worst = change if worst is None else min(worst, change)
    assert worst is not None
    assert worst < 0


@cache
def _sweepers_worth() -> dict[RoomState, float]:
    table = tabulate_with_fiat(ROBOTS["sweeper"].deployment, ("clean",))
    chosen = choices(table, plan(table, "sweeps", discount=DISCOUNT))[0]
    here = np.arange(len(chosen))
    following, clean = table.next[0, here, chosen, 0], table.reward("clean")[0, here, chosen]
    total, place = np.zeros(len(chosen)), here
    for step in range(200):
        total, place = total + DISCOUNT**step * clean[place], following[place]
    states: Any = table.states[0]
    return dict(zip(states, total, strict=True))


def _cleanliness(state: RoomState) -> float:
    return _sweepers_worth()[state]


# What is refused.


def test_settings_outside_their_range_are_refused_by_name() -> None:
    for change, words in (
        ({"robot": "cook"}, "robot: got 'cook'; choose 'sweeper' or"),
        ({"place": "garden"}, "place: got 'garden'; choose 'training' or 'deployment'"),
        ({"weight": 1.5}, r"weight: got 1\.5; .* from 0 to 1"),
        ({"discount": 1.0}, r"discount: got 1\.0; it must be from 0 to 0\.99"),
    ):
        params = Params()
        for name, value in change.items():
            # Set past the constructor, where the type checks of these tests would be first to complain.
            object.__setattr__(params, name, value)
        with pytest.raises(ValueError, match=words):
            params.__post_init__()
    setting = Setting("sweeper", "training", "waits")
    object.__setattr__(setting, "behaviour", "sings")
    with pytest.raises(ValueError, match="behaviour: got 'sings'; choose 'waits' or"):
        setting.__post_init__()
    with pytest.raises(ValueError, match="steps: got 0"):
        run(Params("filter"), steps=0)
    with pytest.raises(ValueError, match=r"share: got 1\.5"):
        select(tried("filter"), share=1.5, rooms=1)
    with pytest.raises(ValueError, match="rooms: got 0"):
        chance_to_be_kept(tried("filter"), share=0.5, rooms=0)
