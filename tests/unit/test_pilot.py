"""A pilot's comparison: published values of its formulas, and what each verdict needs."""

from __future__ import annotations

import pytest

from allocation.comparison import (
    mean_difference,
    rate_difference,
    rate_interval,
    sample_needed,
    smallest_mean_difference,
    smallest_rate_difference,
)
from allocation.pilot import Trial, compared
from notifications.pilot_page import render_pilot


# Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10.
@pytest.mark.parametrize(
    ("treated", "control", "interval"),
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((10, 10), (0, 20), (0.6791, 1.0000)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
        ((0, 10), (0, 20), (-0.1611, 0.2775)),
    ],
)
def test_the_interval_of_a_difference_of_rates_is_newcombes(treated, control, interval):
    found = rate_difference(treated, control)
    assert (found.low, found.high) == pytest.approx(interval, abs=5e-5)


def test_the_interval_of_a_rate_is_wilsons():
    # Newcombe, Statistics in Medicine 17 (1998) 857-872, table I: 81 of 263, 1 of 29.
    assert rate_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert rate_interval(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)


def test_the_test_of_two_rates_is_fishers_on_his_tea():
    # Fisher 1935: three of four cups told right, two-sided p = 34/70.
    assert rate_difference((3, 4), (1, 4)).p == pytest.approx(34 / 70)


def test_the_difference_of_means_is_welchs():
    # Student's sleep data as R's t.test(extra ~ group, data = sleep) prints them.
    one = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    two = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    found = mean_difference(one, two)
    assert (found.low, found.high) == pytest.approx((-3.3654832, 0.2054832), abs=1e-6)
    assert found.p == pytest.approx(0.07939, abs=5e-6)


def test_power_is_that_of_rs_power_prop_test():
    # power.prop.test(p1 = .50, p2 = .75, power = .90): n = 76.7 in each group.
    assert sample_needed(0.5, 0.25, power=0.9) == 77
    # power.prop.test(n = 50, p1 = .50, p2 = .75): power = 0.740.
    assert smallest_rate_difference(0.5, 50, 50, power=0.740) == pytest.approx(0.25, abs=1e-3)


def test_the_smallest_difference_grows_as_arms_shrink_and_is_none_where_nothing_could_be_found():
    large, small = (smallest_rate_difference(0.2, n, n) for n in (1000, 50))
    assert large < small
    assert smallest_rate_difference(0.2, 2, 2) is None
    assert smallest_mean_difference([1.0], [2.0, 3.0]) is None


def leads(arm: str, of: int, won: int, days: int = 30, **more) -> list[Trial]:
    """`of` leads of an arm, the first `won` of them won after about `days` days."""
    return [
        Trial(
            arm, "smb", has_owner=True, is_won=n < won, is_lost=n >= won,
            days=days + n % 5 if n < won else None, **more,
        )
        for n in range(of)
    ]  # fmt: skip


def verdicts(rows: list[Trial], **more) -> dict[str, str]:
    found = compared(rows, **{"is_over": True, **more})
    return {one["name"]: one["verdict"] for one in found["questions"]}


def test_a_clear_gain_among_enough_leads_is_supported():
    found = verdicts(leads("policy", 500, 175, days=20) + leads("control", 500, 110, days=40))
    assert (found["close"], found["days"]) == ("supported", "supported")


def test_the_same_gain_among_few_leads_is_no_evidence():
    assert verdicts(leads("policy", 40, 14) + leads("control", 40, 9))["close"] == "insufficient"


def test_a_gain_worth_acting_on_that_is_ruled_out_is_not_supported():
    rows = leads("policy", 2000, 400) + leads("control", 2000, 400)
    assert verdicts(rows)["close"] == "not_supported"


def test_a_loss_is_not_supported():
    rows = leads("policy", 500, 60, days=60) + leads("control", 500, 150, days=30)
    found = verdicts(rows)
    assert (found["close"], found["days"]) == ("not_supported", "not_supported")


def test_before_its_end_a_pilot_needs_overwhelming_evidence():
    # 31% against 22% of 500 each: p = 0.002; enough at the end, not at a look before it.
    rows = leads("policy", 500, 155) + leads("control", 500, 110)
    assert verdicts(rows)["close"] == "supported"
    assert verdicts(rows, is_over=False)["close"] == "insufficient"


@pytest.mark.parametrize("rows", [[], leads("policy", 20, 5), leads("control", 20, 0)])
def test_an_empty_arm_is_never_a_pass(rows):
    assert set(verdicts(rows).values()) == {"insufficient"}


def test_leads_count_in_the_arm_of_their_draw_whoever_owns_them():
    rows = [*leads("policy", 30, 10), Trial("policy", "smb"), *leads("control", 10, 2)]
    found = compared(rows, is_over=True)
    assert found["arms"]["policy"] == {
        "leads": 31, "owned": 30, "won": 10, "lost": 20, "open": 1, "days": 10, "points": 0,
    }  # fmt: skip
    close = next(one for one in found["questions"] if one["name"] == "close")
    assert [(arm["events"], arm["of"]) for arm in close["arms"]] == [(10, 31), (2, 10)]


def test_the_page_says_the_verdict_the_power_and_what_reps_said():
    found = compared(leads("policy", 500, 175) + leads("control", 500, 110), is_over=True)
    report = found | {
        "format": "fairlead/pilot-report/1", "policy": "p 1.0", "currency": "CNY",
        "synthetic": "no", "rehearsal": "yes", "runs": ["2026-W40", "2026-W47"],
        "percents": [50], "until": "2026-11-20", "landed_on": "2026-11-22", "is_over": "yes",
        "crossed": 0, "notes": ["over"], "surveys": [
            {"question": "fair", "before": {"of": 9, "value": 4.1, "interval": [3.5, 4.7]},
             "during": {"of": 0, "value": None, "interval": None}},
        ],
    }  # fmt: skip
    for name, words in (
        ("pilot-en.html", ("Supported", "35% (175/500)", "4.1 [3.5; 4.7]", "REHEARSAL")),
        ("pilot-zh.html", ("得到支持", "35% (175/500)", "公平", "演练")),
    ):
        page = render_pilot(report)[name].decode()
        assert [word for word in words if word not in page] == []
