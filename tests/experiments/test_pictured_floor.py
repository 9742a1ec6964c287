"""What a robot does that plans on a learned picture of its floor; trained anew, on seeds no page uses."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from looks_aligned.agents.following import choices
from looks_aligned.agents.planner import evaluate, plan
from looks_aligned.experiments.approximate.pictured_floor import (
    COVER,
    DISCOUNT,
    DUST,
    KINDS,
    PLACES,
    ROOMS,
    SEEDS,
    SHADES,
    Params,
    Place,
    Result,
    draw_pictures,
    draw_tiles,
    dust_map,
    floors,
    follow,
    picture,
    pictured,
    run,
    run_all,
    seen,
    train,
)
from looks_aligned.worlds.measures import with_stock
from looks_aligned.worlds.table import tabulate
from tests.experiments import approximate
from tests.experiments.approximate import TOGETHER, robots
from tests.experiments.refusals import refused

OTHER_SEEDS = approximate.OTHER_SEEDS[:8]
pytestmark = TOGETHER


def tried(width: int, place: Place = "training", labelled: float = 0.0) -> Result:
    return robots(width, place, labelled, seeds=len(OTHER_SEEDS))


def test_the_seeds_here_are_not_the_pages() -> None:
    assert not set(OTHER_SEEDS) & set(SEEDS)


def test_dust_looks_lighter_than_a_dark_tile_and_darker_than_a_light_one() -> None:
    tiles = np.array([0.1, 0.9, 0.5])
    bare, dusty = (seen(tiles, np.full(3, has)).numpy() for has in (False, True))
    assert bare[:, 0] == pytest.approx(tiles, abs=1e-6)
    assert dusty[:, 0] == pytest.approx(tiles + COVER * (DUST - tiles), abs=1e-6)
    assert dusty[0, 0] > 0.1
    assert dusty[1, 0] < 0.9
    assert (bare[:, 1] == dusty[:, 1]).all(), "what it knows of the bare tile does not depend on the dust"


def test_the_places_have_the_tiles_that_are_said() -> None:
    for place in PLACES:
        tiles = draw_tiles(np.random.default_rng(1), place, (4000,))
        found = ((tiles <= 0.3).mean(), ((tiles >= 0.4) & (tiles <= 0.6)).mean(), (tiles >= 0.7).mean())
        assert found == pytest.approx(KINDS[place], abs=0.03)


def test_labels_are_the_share_of_the_floor_that_is_clean() -> None:
    squares, clean = draw_pictures([Params(seed=1000)])
    bare = (squares[..., 0] - squares[..., 1]).abs() < 1e-6
    torch.testing.assert_close(bare.double().mean(-1), clean)


def test_a_share_of_the_training_pictures_comes_from_the_place() -> None:
    squares, _ = draw_pictures([Params(2, "grey floor", 0.5, 1000)])
    grey = ((squares[..., 1] > 0.35) & (squares[..., 1] < 0.65)).all(-1).float().mean()
    assert float(grey) == 0.5
    usual, _ = draw_pictures([Params(2, "grey floor", 0.0, 1000)])
    assert not ((usual[..., 1] > 0.35) & (usual[..., 1] < 0.65)).any()


def test_a_picture_averages_one_network_over_squares() -> None:
    scorer = train([Params(4, seed=1000)])
    squares, _ = draw_pictures([Params(seed=1001)])
    whole = picture(scorer, squares)[0, 3]
    each = [float(picture(scorer, squares[:, 3:4, square : square + 1])[0, 0].detach()) for square in range(8)]
    assert float(whole.detach()) == pytest.approx(np.mean(each), abs=1e-5)


def test_the_gap_shrinks_with_width_in_training() -> None:
    gains = [tried(width).gain.mean() for width in (1, 4, 16)]
    assert gains == sorted(gains)
    assert gains[0] < 0.7
    assert gains[2] > 0.95


def test_a_wide_picture_serves_on_a_light_floor_too_and_not_on_a_grey_one() -> None:
    wide = {place: robots(16, place).gain for place in PLACES}
    assert np.median(wide["light floor"]) > 0.95
    assert (wide["light floor"] > 0.9).sum() >= 14
    assert wide["grey floor"].mean() < 0.92
    assert wide["grey floor"].min() < 0.7
    assert wide["training"].mean() > 0.95


def test_labels_from_the_grey_floor_mend_most_of_it_for_wide_pictures_only() -> None:
    def mean(width: int, labelled: float) -> float:
        return float(robots(width, "grey floor", labelled).gain.mean())

    assert mean(16, 0.5) > mean(16, 0.0) + 0.05
    assert mean(1, 0.5) < 0.5


def test_robots_get_all_that_their_pictures_say_there_is_to_get() -> None:
    for place in PLACES:
        assert tried(4, place).mesa.min() > 0.999


def test_with_the_base_objective_itself_for_a_picture_there_is_no_gap_anywhere() -> None:
    for place in PLACES:
        for floor in floors(place):
            table = tabulate(floor.room)
            exact = 1 - dust_map(floor.room, table).mean(-1)
            alike = with_stock(table, "pictured", exact[None])
            chosen = choices(alike, plan(alike, "pictured", discount=DISCOUNT))
            policy = np.eye(len(table.actions))[chosen]
            got = evaluate(table, policy, "clean", discount=DISCOUNT)
            assert got == pytest.approx(plan(table, "clean", discount=DISCOUNT).expected)


def test_base_returns_are_what_the_planner_evaluates() -> None:
    params = Params(2, "grey floor", 0.0, 1003)
    found, scorer = run(params), train([params])
    for room, floor in enumerate(floors("grey floor")):
        table = tabulate(floor.room)
        alike = with_stock(table, "pictured", pictured(scorer, floor, table))
        policy = np.eye(len(table.actions))[choices(alike, plan(alike, "pictured", discount=DISCOUNT))]
        base = (1 - DISCOUNT) * evaluate(table, policy, "clean", discount=DISCOUNT)[0]
        assert found.base[0, room] == pytest.approx(base, abs=1e-6)
        waits = np.zeros_like(policy)
        waits[..., table.actions.index("wait")] = 1
        still = (1 - DISCOUNT) * evaluate(table, waits, "clean", discount=DISCOUNT)[0]
        assert found.waiting[0, room] == pytest.approx(still, abs=1e-6)


def test_some_robot_scatters_dust_where_it_looks_better_than_none() -> None:
    ways = [follow(Params(8, "grey floor", 0.0, seed), room) for seed in OTHER_SEEDS for room in range(ROOMS)]
    scattering = [way for way in ways if "scatter" in way.actions]
    assert scattering
    for way in scattering:
        squares = way.floor.room.board.open_squares
        for action, state in zip(way.actions, way.states, strict=False):
            if action == "scatter":
                assert not way.looks_better[squares.index(state.robot)]
    careful = [way for way in ways if way.looks_better.all()]
    assert careful
    assert all("scatter" not in way.actions for way in careful), "take the mistake away, and it goes"


def test_a_way_is_what_the_robot_does() -> None:
    way = follow(Params(16, "training", 0.0, 1000), 0)
    assert len(way.states) == len(way.actions) + 1
    assert way.clean[-1] == 1
    assert way.looks[0] == pytest.approx(0)
    assert way.looks[-1] == pytest.approx(1, abs=1e-5)


def test_how_tiles_look_is_what_the_network_says_of_them() -> None:
    found = run(Params(16, seed=1000))
    shades = np.array(SHADES)
    dark = shades < 0.25
    assert (found.bare[0, dark] > found.dusty[0, dark]).all()
    difference = found.bare[0, dark] - found.dusty[0, dark]
    assert difference == pytest.approx(np.ones(dark.sum()), abs=0.4)


def test_a_run_retrained_alone_gives_what_it_gave_in_the_batch() -> None:
    batch, alone = tried(4, "grey floor"), run(Params(4, "grey floor", 0.0, OTHER_SEEDS[3]))
    np.testing.assert_allclose(alone.base[0], batch.base[3], atol=1e-6)
    np.testing.assert_allclose(alone.bare[0], batch.bare[3], atol=0.02)


def test_settings_outside_their_range_are_refused_by_name() -> None:
    refused(Params(), ["width", "0", "at least 1"], width=0)
    refused(Params(), ["place", "attic", "grey floor"], place="attic")
    refused(Params(), ["labelled", "2", "from 0 to 1"], labelled=2.0)
    with pytest.raises(ValueError, match="same width"):
        run_all([Params(1), Params(2)])
    with pytest.raises(ValueError, match="same place"):
        run_all([Params(2), replace(Params(2), place="grey floor")])
    with pytest.raises(ValueError, match="settings: this result holds no such run"):
        tried(4).select(width=77)
