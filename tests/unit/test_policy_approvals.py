"""An approval stands for one text: which bytes those are, and what a change does to it."""

from __future__ import annotations

import hashlib
import subprocess
from datetime import date

import pytest

from allocation.approvals import (
    approval_mistakes,
    approved_sha256,
    fallen,
    given,
    is_told_apart,
    with_approvals,
)
from allocation.policy import load_policy
from allocation.policy_service import Approval
from allocation.policy_text import read
from flows.commands.policy import approve_policy, check_policy
from flows.errors import PolicyRefused, UsageError
from tests import builders as build
from tests.verifiers import standalone

SHIPPED = sorted(path.stem for path in build.POLICIES.glob("*.yaml"))
MINIMAL = (build.POLICIES / "minimal.yaml").read_text(encoding="utf-8")
START, END = MINIMAL.index("approvals:"), MINIMAL.index("changes:")
UNAPPROVED = MINIMAL[:START] + "approvals: []\n" + MINIMAL[END:]
DAY = date(2026, 11, 23)
UNBOUND = Approval.model_validate({"role": "hr", "by": "HR", "on": DAY})


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_policy_is_approved_as_it_stands_or_a_draft(name):
    policy = build.policy(name=name)
    assert approval_mistakes(policy) == [], "after a change: `fairlead policy approve`"
    assert len(policy.approvals) in (0, 3)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_bytes_are_the_file_without_its_approvals_as_awk_counts_them(name):
    program = "/^approvals:/{skip=1;next} skip&&/^( |- )/{next} {skip=0;print}"
    file = build.POLICIES / f"{name}.yaml"
    kept = subprocess.run(["awk", program, file], capture_output=True, check=True).stdout
    expected = hashlib.sha256(kept).hexdigest()
    text = file.read_text(encoding="utf-8")
    assert approved_sha256(text) == standalone().approved_hash(text) == expected


def test_one_more_approval_does_not_void_the_others():
    text = UNAPPROVED
    for office in ("sales_lead", "hr", "legal"):
        rows = [*load_policy(text).approvals, given(office, f"{office} office", DAY, text)]
        text = with_approvals(text, rows)
        assert fallen(load_policy(text)) == []
    assert text[: text.index("approvals:")] == MINIMAL[:START]
    assert text[text.index("changes:") :] == MINIMAL[END:]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("bad_row_pct: 5", "bad_row_pct: 6"),
        ("effective_from: 2025-01-01", "effective_from: 2024-01-01"),
        ("# The smallest policy", "# the smallest policy"),
    ],
)
def test_any_other_changed_byte_voids_them_all_and_says_where(old, new):
    policy = build.policy(name="minimal", replace={old: new})
    mistakes = approval_mistakes(policy)
    first = MINIMAL[: MINIMAL.index("  - {role: sales_lead")].count("\n") + 1
    assert [mistake.line for mistake in mistakes] == [first, first + 1, first + 2]
    assert mistakes[0].message == "sales_lead approved another text on 2024-12-30: approve again"


def test_an_approval_that_says_not_which_text_counts_for_none():
    one = load_policy(with_approvals(UNAPPROVED, [UNBOUND]))
    assert [m.message for m in approval_mistakes(one)] == [
        "hr approved on 2026-11-23, but not which text: approve again"
    ]


@pytest.mark.parametrize(
    "hidden",
    [
        # the key stands elsewhere: what looks like the block is inside a quoted text
        UNAPPROVED.replace("approvals: []\n", '"approvals": []\n').replace(
            "  en: The manager gives", '  en: "x\napprovals:\n hidden"\n  #'
        ),
        UNAPPROVED.replace("approvals: []\n", "'approvals': []\n"),
        # in braces, another key may stand on a line of the block
        "{\n" + UNAPPROVED.splitlines()[3] + ",\napprovals: [],\n  effective_from: 2020-01-01\n}\n",
    ],
)
def test_a_block_that_could_hide_a_rule_binds_nothing(hidden):
    assert not is_told_apart(read(hidden), hidden)


@pytest.mark.parametrize("end", ["\r", "\x85", "\u2028"])
def test_line_ends_that_only_yaml_knows_bind_nothing(end):
    text = UNAPPROVED.replace("approvals: []\n", f"approvals: [] # x{end}  # y\n")
    assert approved_sha256(text) == ""
    assert standalone().approved_hash(text) is None


@pytest.mark.parametrize(
    "by", ["HR: people", "a, b", "人力资源部 / HR (x)", '"quoted"', "- x", "#1"]
)
def test_whatever_an_office_is_called_it_reads_back(by):
    text = with_approvals(UNAPPROVED, [given("hr", by, DAY, UNAPPROVED)])
    assert [one.by for one in load_policy(text).approvals] == [by]


def test_comments_of_the_block_stay():
    text = UNAPPROVED.replace("approvals: []", "approvals: [] # offices\n  # as of today")
    approved = with_approvals(text, [given("hr", "HR", DAY, text)])
    assert "approvals: # offices\n  # as of today\n  - {role: hr" in approved


def test_change_check_approve_is_all_there_is_to_do(tmp_path, capsys):
    file = tmp_path / "ours.yaml"
    file.write_text(MINIMAL.replace("bad_row_pct: 5", "bad_row_pct: 6"), encoding="utf-8")
    with pytest.raises(PolicyRefused, match=r"ours.yaml:13:5 .*sales_lead approved another text"):
        check_policy(file)
    for office in ("sales_lead", "hr", "legal"):
        approve_policy(file, office, "our office", "2026-11-20")
    assert "in force from 2025-01-01" in capsys.readouterr().out
    check_policy(file)
    assert "well-formed" in capsys.readouterr().out
    with pytest.raises(UsageError, match=r"hr approved minimal 1\.0 on 2026-11-20 already"):
        approve_policy(file, "hr", "our office", "")
