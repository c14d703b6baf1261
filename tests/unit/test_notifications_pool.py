"""The claim pool, intake warnings and support mode: who reads which of them, and where."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from notifications.digests import render_digests
from notifications.record import RunRecord
from notifications.site import render_site
from tests.record_builder import build_record

PLAIN = build_record()
AE = [rep for rep in PLAIN.snapshot["reps"] if rep["role"] == "AE" and rep.get("manager")]
ME, OTHER = AE[0], AE[1]
LEADS = sorted(lead["ref"] for lead in PLAIN.snapshot["leads"])[:15]


@cache
def record() -> RunRecord:
    return replace(
        PLAIN,
        claims=[
            {
                "rule": "smb-rotation",
                "leads": LEADS,
                "reps": [{"rep": ME["ref"], "left": 3}, {"rep": OTHER["ref"], "left": 1}],
            }
        ],
        warnings=[
            {
                "rep": ME["ref"], "side": "above", "role": "AE", "received": 9, "median": 3,
                "rule": "anomalies",
            }
        ],
        mix=[
            {
                "group": "junior", "reps": 7,
                "received": {"enterprise": 1, "mid_market": 2, "smb": 1},
                "target_pct": {"enterprise": 10, "mid_market": 30, "smb": 60},
            },
            {
                "group": "ramp", "reps": 1, "target_pct": {},
                "received": {"enterprise": 0, "mid_market": 0, "smb": 0},
            },
        ],
        supported=frozenset([ME["ref"]]),
    )  # fmt: skip


@cache
def pages(audience: str) -> dict[str, str]:
    found = render_site(record(), audience, [])  # type: ignore[arg-type]
    return {path: body.decode() for path, body in found.items() if path.endswith(".html")}


def name(rep: dict[str, str]) -> str:
    assert PLAIN.names is not None
    return str(PLAIN.names.reps[rep["ref"]]["name"])


def test_the_team_reads_on_the_runs_page_who_may_claim_what_and_how_often_still() -> None:
    page = pages("team")[f"en/runs/{PLAIN.run}/index.html"]
    part = page[page.index("Open for claiming") : page.index("Intake far off the others")]
    assert "15 leads · 2 reps may claim" in part
    assert "and 3 more" in part
    assert part.index(name(ME)) < part.index(name(OTHER))
    assert "received 9, the median of" in page


def test_the_team_reads_each_classs_intake_beside_its_target() -> None:
    page = pages("team")[f"en/runs/{PLAIN.run}/index.html"]
    part = page[page.index("Intake by seniority") : page.index('id="gates"')]
    cells = re.findall(r"<td>(.*?)</td>", part)
    assert cells[0] == "7"
    assert [re.sub("<[^>]+>", " ", cell).split() for cell in cells[1:]] == [
        ["1", "·", "25%", "target", "10%"],
        ["2", "·", "50%", "target", "30%"],
        ["1", "·", "25%", "target", "60%"],
    ]  # and no row for those who received nothing
    public = pages("public")[f"en/runs/{PLAIN.run}/index.html"]
    assert "Intake by seniority" not in public


def test_a_reps_page_has_the_own_claims_and_no_other_rep() -> None:
    page = pages("team")[f"en/runs/{PLAIN.run}/reps/{ME['ref'][:16]}.html"]
    assert f"{name(ME)} may claim 3 of these 15 leads this month." in page
    third = pages("team")[f"en/runs/{PLAIN.run}/reps/{AE[2]['ref'][:16]}.html"]
    assert "may claim" not in third


def test_the_public_reads_neither_who_qualifies_nor_whose_intake_is_odd() -> None:
    for path, page in pages("public").items():
        if "/runs/" in path:
            assert "Open for claiming" not in page, path
            assert "Intake far off" not in page, path


def test_support_mode_is_on_no_page_and_in_two_mails_only() -> None:
    for audience in ("team", "public"):
        for path, page in pages(audience).items():
            assert "support mode" not in page.lower() or "how-" in path or "policies/" in path, path
    mails = {
        (mail.kind, mail.to_ref): mail.text
        for mail in render_digests(record(), "en")
        if "support mode" in mail.text.lower()
    }
    assert set(mails) == {("rep", ME["ref"]), ("manager", ME["manager"])}
    assert f"In support mode: {name(ME)}." in mails["manager", ME["manager"]]


def test_the_manager_is_told_to_look_at_an_intake_far_off_in_both_languages() -> None:
    for language, words in (("en", "the median of the role is 3"), ("zh", "同角色中位数为 3")):
        (mail,) = [
            mail
            for mail in render_digests(record(), language)  # type: ignore[arg-type]
            if mail.kind == "manager" and mail.to_ref == ME["manager"]
        ]
        assert words in mail.text


def test_the_rep_is_told_what_may_be_claimed_and_how() -> None:
    (mail,) = [
        mail
        for mail in render_digests(record(), "en")
        if mail.kind == "rep" and mail.to_ref == OTHER["ref"]
    ]
    assert "You may claim 1 of 15 leads in the pool" in mail.text
