"""Which requests the policy grants a hearing, and by when they are answered."""

from datetime import UTC, datetime, timedelta

import pytest

from allocation.requests import appeal_verdict, reason_of, reasons, reassignment_verdict
from flows.working_days import work_days
from tests import builders as build

POLICY = build.policy()
GIVEN = datetime(2026, 11, 23, 3, 10, tzinfo=UTC)


def verdict(reason="valid-1", hours=1.0, before=0):
    return reassignment_verdict(
        POLICY,
        reason=reason_of(POLICY, reason),
        allocated_at=GIVEN,
        filed_at=GIVEN + timedelta(hours=hours),
        filed_before=before,
        days=work_days(POLICY),
    )


def test_the_policys_reasons_have_codes_in_its_order():
    assert [reason.code for reason in reasons(POLICY)] == [
        "valid-1", "valid-2", "valid-3", "invalid-1", "invalid-2", "invalid-3",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["valid-2", "已达到容量上限", "At capacity "])
def test_a_reason_is_found_by_code_or_sentence(text):
    assert reason_of(POLICY, text).code == "valid-2"


def test_a_valid_reason_is_answered_within_48_hours():
    assert verdict() == verdict("in my own words")
    assert verdict().refusal == ""
    assert verdict().due == GIVEN + timedelta(hours=49)


def test_a_reason_that_the_policy_calls_invalid_is_declined_at_once():
    assert (verdict("it looks hard").refusal, verdict("it looks hard").due) == ("invalid-1", None)


@pytest.mark.parametrize(("hours", "refusal"), [(24, ""), (24.001, "late")])
def test_a_request_is_filed_within_24_hours(hours, refusal):
    assert verdict(hours=hours).refusal == refusal


@pytest.mark.parametrize(("before", "refusal"), [(1, ""), (2, "too_many")])
def test_a_rep_files_two_requests_a_quarter(before, refusal):
    assert verdict(before=before).refusal == refusal


def test_an_appeal_is_always_heard_and_answered_within_24_hours():
    late = GIVEN + timedelta(days=42)  # a Monday
    assert appeal_verdict(POLICY, late, work_days(POLICY)).due == late + timedelta(hours=24)
