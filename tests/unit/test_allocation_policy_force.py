"""Which policy may decide on a day."""

from datetime import date

import pytest

from allocation.policy_force import ForceError, in_force, lacking
from tests import builders as build

DAY = date(2026, 11, 23)
APPROVED = build.policy(name="minimal")
HR = next(line for line in APPROVED.text.splitlines(True) if "{role: hr" in line)


def minimal(*, replace=None):
    return build.policy(name="minimal", replace=replace, approved=True)


def test_an_approved_policy_decides_from_its_day_on():
    policy = minimal()
    assert lacking(policy, DAY) == []
    assert lacking(policy, date(2024, 12, 31)) == ["it takes effect on 2025-01-01"]


def test_without_one_offices_approval_it_does_not_decide():
    assert lacking(minimal(replace={HR: ""}), DAY) == ["it is not approved by hr"]


def test_an_approval_counts_from_its_own_day():
    late = minimal(replace={"human resources (example), on: 2024-12-30": "HR, on: 2026-11-24"})
    assert lacking(late, DAY) == ["hr approved it only on 2026-11-24"]
    assert lacking(late, date(2026, 11, 24)) == []


def test_a_changed_text_has_lost_all_its_approvals():
    changed = build.policy(name="minimal", replace={"bad_row_pct: 5": "bad_row_pct: 6"})
    assert lacking(changed, DAY) == [
        f"{office} approved another text on 2024-12-30: approve again"
        for office in ("sales_lead", "hr", "legal")
    ]


def test_the_newest_version_in_force_decides():
    old = minimal()
    new = minimal(replace={"effective_from: 2025-01-01": "effective_from: 2026-06-01"})
    future = minimal(replace={"effective_from: 2025-01-01": "effective_from: 2027-01-01"})
    assert in_force([new, future, old], DAY) == new
    assert in_force([new, future, old], date(2026, 5, 31)) == old


def test_two_texts_in_force_at_once_are_refused():
    other = minimal(replace={"version: 1.0\ntitle": "version: 1.1\ntitle"})
    with pytest.raises(ForceError, match=r"in force at once since 2025-01-01 \(versions 1.0, 1.1"):
        in_force([minimal(), other], DAY)
    assert in_force([minimal(), minimal()], DAY) == minimal()  # the same text twice is one policy


def test_several_ids_in_force_must_be_chosen_from():
    with pytest.raises(ForceError, match="lead-allocation, minimal"):
        in_force([minimal(), build.policy()], DAY)


def test_none_in_force_says_what_each_lacks():
    with pytest.raises(ForceError, match=r"minimal 1\.0: it is not approved by hr"):
        in_force([minimal(replace={HR: ""})], DAY)
    with pytest.raises(ForceError, match="no policy is in force"):
        in_force([], DAY)
