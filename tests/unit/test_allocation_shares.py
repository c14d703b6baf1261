"""Shares are exact over time: the fraction is carried, never lost."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from allocation.shares import share_counts


def test_thirty_percent_of_five_leads_is_one_and_a_half_and_the_half_is_carried():
    assert share_counts(5, [("lottery", 30)], {}) == ({"lottery": 1}, {"lottery": Fraction(1, 2)})
    assert share_counts(5, [("lottery", 30)], {"lottery": Fraction(1, 2)}) == (
        {"lottery": 2},
        {"lottery": Fraction(0)},
    )


def test_a_hundred_leads_give_thirty_to_the_lottery():
    assert share_counts(100, [("lottery", 30)], {})[0] == {"lottery": 30}


@given(st.lists(st.integers(0, 60), max_size=80), st.integers(0, 100))
def test_a_share_is_within_one_lead_of_exact_after_any_number_of_weeks(weeks, pct):
    carried, given_out, leads = {}, 0, 0
    for count in weeks:
        counts, carried = share_counts(count, [("s", pct)], carried)
        given_out, leads = given_out + counts["s"], leads + count
        assert 0 <= counts["s"] <= count
        assert abs(given_out - Fraction(pct * leads, 100)) < 1


@given(
    st.lists(st.integers(0, 30), max_size=60),
    st.lists(st.integers(0, 33), min_size=2, max_size=3),
)
def test_several_shares_never_ask_for_more_leads_than_there_are_and_lose_nothing(weeks, percents):
    names = [(f"s{i}", pct) for i, pct in enumerate(percents)]
    carried, totals, leads = {}, dict.fromkeys((n for n, _ in names), 0), 0
    for count in weeks:
        counts, carried = share_counts(count, names, carried)
        leads += count
        assert sum(counts.values()) <= count
        for name, pct in names:
            totals[name] += counts[name]
            assert totals[name] + carried[name] == Fraction(pct * leads, 100)
