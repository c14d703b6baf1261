"""Two versions of a policy on the same past leads."""

import pytest

from allocation.policy import load_policy
from allocation.scoring.backtest import Lead, backtest
from allocation.scoring.remarks import Code


@pytest.fixture(scope="module")
def versions(root):
    text = (root / "policies" / "lead-allocation-v2.yaml").read_text("utf-8")
    stricter = text.replace(
        "{points: 3, where: {engagement: demo}", "{points: 2, where: {engagement: demo}"
    )
    assert stricter != text
    return ("v2.0", load_policy(text).scoring), ("v2.1", load_policy(stricter).scoring)


def lead(name, day, *, engagement, won=None):
    row = {
        "employees": "1000", "budget_status": "explicit", "budget_cny": "2000000",
        "authority": "economic_buyer", "need": "active", "timing": "open", "engagement": engagement,
    }  # fmt: skip
    return Lead(name, day, row, won)  # 3 + 3 + 3 + 2 + 1 + engagement


LEADS = [
    lead("A", "2026-07-01", engagement="demo", won=True),
    lead("B", "2026-09-30", engagement="demo"),
    lead("C", "2026-10-01", engagement="demo", won=True),
    lead("D", "2026-08-01", engagement="visit", won=False),
    lead("E", "2026-08-01", engagement="download", won=False),
]
WINDOW = ("2026-07-01", "2026-09-30")


def test_leads_of_the_window_that_change_tier_are_counted_and_listed(versions):
    report = backtest(LEADS, *versions, source="made", window=WINDOW, seed=1)
    assert report.in_window == 4
    assert report.moves["enterprise"] == {
        "enterprise": 0, "mid_market": 2, "smb": 0, "below_tiers": 0,
    }  # fmt: skip
    assert report.moves["mid_market"]["mid_market"] == 2
    assert [(m.lead_id, m.score_before, m.score_after) for m in report.moved] == [
        ("A", 15, 14),
        ("B", 15, 14),
    ]
    assert report.moved[0].changed == ("engagement",)


def test_win_rates_and_order_are_those_of_all_closed_leads(versions):
    report = backtest(LEADS, *versions, source="made", window=WINDOW, seed=1)
    assert (report.closed, report.wins) == (4, 2)
    old = {tier.band: (tier.leads, tier.wins) for tier in report.old.tiers}
    assert old == {"enterprise": (2, 2), "mid_market": (2, 0), "smb": (0, 0)}
    assert report.old.auc_order.value == 1
    # Under v2.1 a demo earns what a download earns: two pairs of four are ties.
    assert report.new.auc_order.value == pytest.approx(3 / 4)
    assert report.order_gain.value == pytest.approx(-0.25)


def test_the_same_version_twice_moves_nobody(versions):
    report = backtest(LEADS, versions[0], versions[0], source="made", window=WINDOW, seed=1)
    assert report.moved == ()
    assert (report.order_gain.low, report.order_gain.high) == (0, 0)
    assert [said.code for said in report.verdict] == [Code.ORDERS_ALIKE]


def test_history_without_losses_cannot_test_a_policy(versions):
    with pytest.raises(ValueError, match="both outcomes"):
        backtest(LEADS[:3], *versions, source="made", window=WINDOW, seed=1)
