"""Points, score and band of a lead in plain Python; the profiles of the shipped policy."""

from itertools import product

import pytest

from allocation.policy import load_policy
from allocation.scoring.points import band_of, disagreements, profiles, scored


@pytest.fixture(scope="module")
def scoring(root):
    return load_policy((root / "policies" / "lead-allocation-v2.yaml").read_text("utf-8")).scoring


BEST = {
    "employees": "1000", "budget_status": "explicit", "budget_cny": "1000000",
    "authority": "economic_buyer", "need": "urgent", "timing": "explicit", "engagement": "demo",
}  # fmt: skip


def test_the_best_lead_earns_18_points_and_is_enterprise(scoring):
    best = scored(scoring, BEST)
    assert (best.score, best.weighted_x100, best.band, best.unknown) == (18, 300, "enterprise", ())


def test_a_lead_of_which_nothing_is_known_earns_6_and_every_factor_is_unknown(scoring):
    blank = scored(scoring, {"company": "甲", "budget_status": " ", "authority": None})
    assert (blank.score, blank.weighted_x100, blank.band) == (6, 100, "smb")
    assert list(blank.unknown) == [factor.id for factor in scoring.factors]


@pytest.mark.parametrize(
    ("cells", "points"),
    [
        ({"budget_status": "explicit", "budget_cny": "999999"}, 2),
        ({"budget_status": "explicit"}, 2),  # explicit, the sum is not told
        ({"budget_status": "implied", "budget_cny": "9000000"}, 2),
        ({"budget_status": "unknown", "budget_cny": "9000000"}, 1),
    ],
)
def test_a_budget_earns_3_only_if_it_is_explicit_and_large(scoring, cells, points):
    assert scored(scoring, cells).points["budget"] == points


def test_small_companies_earn_1_and_are_not_unknown(scoring):
    small = scored(scoring, {"employees": "12"})
    assert small.points["company_size"] == 1
    assert "company_size" not in small.unknown


def test_a_score_below_every_tier_has_no_band(scoring):
    assert band_of(scoring, 5) is None


def test_the_729_profiles_fall_into_78_573_and_78(scoring):
    # The numbers of the project's oracle file, as the next three.
    every = disagreements(scoring)
    assert every.profiles == len(profiles(scoring)) == 729
    assert every.by_tier == {"enterprise": 78, "mid_market": 573, "smb": 78}


def test_58_profiles_of_the_second_tier_outweigh_some_of_the_first(scoring):
    every = disagreements(scoring)
    assert every.below_above == 58
    assert every.first_beaten_pct == pytest.approx(51.28205128205128)


def test_the_same_58_come_out_of_a_count_without_the_policy():
    weights = (25, 20, 20, 15, 10, 10)
    first, second = [], []
    for profile in product((1, 2, 3), repeat=6):
        weighted = sum(p * w for p, w in zip(profile, weights, strict=True))
        if sum(profile) >= 15:
            first.append(weighted)
        elif sum(profile) >= 10:
            second.append(weighted)
    assert sum(value > min(first) for value in second) == 58
