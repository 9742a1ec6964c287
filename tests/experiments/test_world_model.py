"""Do robots learn what their evidence says, misleading or not?"""

import numpy as np
import pytest
import torch

from looks_aligned.experiments.suboptimality.world_model import (
    BELIEVERS,
    MORE_EVIDENCE,
    PRIOR_MEANS,
    PRIOR_STRENGTH,
    SHARES,
    TRAINING_EVIDENCE,
    Evidence,
    beliefs,
    correlation,
    counted,
    seen_in_training,
    surprise,
)
from tests.experiments.refusals import refused

OTHER_SEEDS = tuple(range(1000, 3000))


@pytest.mark.parametrize(("prior", "gone", "seen"), [(0.1, 0, 0), (0.5, 20, 20), (0.9, 3, 40)])
def test_counting_is_bayes_rule_for_a_chance(prior: float, gone: int, seen: int) -> None:
    chance = (np.arange(400_000) + 0.5) / 400_000
    first = PRIOR_STRENGTH * prior - 1, PRIOR_STRENGTH * (1 - prior) - 1
    density = chance ** (first[0] + gone) * (1 - chance) ** (first[1] + seen - gone)
    # A prior near an end is steep there, so that a sum is good to a hundredth only.
    assert counted(prior, gone, seen) == pytest.approx((chance * density).sum() / density.sum(), abs=0.01)


def test_what_it_believes_is_learned_from_what_it_saw_and_unlearned_from_what_it_sees() -> None:
    for learner in ("counting", "network"):
        found = beliefs([Evidence(gone, learner, 2) for gone in (0, 10, 20)])
        assert (np.diff(found[:, 0]) > 0.4).all(), "the more often dust seemed gone, the more it believes so"
        assert (np.diff(found[1:], axis=-1) < 0).all(), "each time that it is not gone, it believes so less"
        assert (found[:, -1] < 0.15).all()


def test_a_network_comes_to_predict_as_often_as_it_was() -> None:
    found = beliefs([Evidence(gone, "network", believer) for gone in (4, 15) for believer in range(BELIEVERS)])
    often = np.array([[gone / (TRAINING_EVIDENCE + more) for more in MORE_EVIDENCE] for gone in (4, 15)])
    np.testing.assert_allclose(found.reshape(2, BELIEVERS, -1), np.repeat(often[:, None], BELIEVERS, 1), atol=0.06)


def test_where_the_evidence_is_right_nothing_is_believed_that_is_false() -> None:
    found = beliefs([Evidence(0, "counting", believer) for believer in range(BELIEVERS)])
    assert (found < 0.09).all()


def test_priors_matter_less_than_the_evidence() -> None:
    found = beliefs([Evidence(20, "counting", believer) for believer in range(BELIEVERS)])[:, 0]
    assert np.ptp(found) < 0.1
    assert len(PRIOR_MEANS) == BELIEVERS


def test_surprise_is_least_where_predictions_are_as_often_as_seen() -> None:
    logits = torch.linspace(-3, 3, 121)
    scores = torch.stack([torch.full_like(logits, -20.0), logits], -1)
    best = logits[surprise(scores, torch.full((121,), 15.0), 20).argmin()].sigmoid()
    assert float(best) == pytest.approx(0.75, abs=0.01)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 1.0])
def test_the_correlation_is_that_of_what_is_seen_in_training(share: float) -> None:
    generator = np.random.default_rng(1000)
    vacuumed = generator.random(200_000) < 0.5
    gone = vacuumed & (generator.random(200_000) < share)
    assert correlation(share) == pytest.approx(np.corrcoef(vacuumed, gone)[0, 1], abs=0.01)
    assert correlation(0.0) == 0.0


def test_a_share_of_what_is_seen_misleads_and_a_seed_draws_alike_at_every_share() -> None:
    seen = np.stack([seen_in_training(share, OTHER_SEEDS) for share in SHARES])
    np.testing.assert_allclose(seen.mean(-1), np.array(SHARES) * TRAINING_EVIDENCE, atol=0.3)
    assert (np.diff(seen, axis=0) >= 0).all()


def test_settings_outside_their_range_are_refused_by_name() -> None:
    refused(Evidence(0), ["gone", "21", "from 0 to 20"], gone=21)
    refused(Evidence(0), ["learner", "'oracle'", "'counting' or 'network'"], learner="oracle")
    refused(Evidence(0), ["believer", "5", "there are 5"], believer=5)
    with pytest.raises(ValueError, match=r"share: got 2\.0; it is a share"):
        correlation(2.0)
    with pytest.raises(ValueError, match="learn in the same way"):
        beliefs([Evidence(0, "counting"), Evidence(0, "network")])
