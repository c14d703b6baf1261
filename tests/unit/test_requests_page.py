"""The monthly list of requests: names for the team, counts for everybody, words of nobody."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from notifications.digests import render_digests
from notifications.record import REHEARSAL
from notifications.site import render_site
from tests.record_builder import build_record, summary

RECORD = build_record()
ONE, OTHER = (row["ref"] for row in RECORD.snapshot["reps"][:2])
EMPTY = {"rep": "", "from": "", "to": "", "answer": "", "code": "", "by": "", "is_late": False}


def row(kind: str, number: int, month: str = "2026-11", **more) -> dict:
    about = {"lead": RECORD.decisions[0]["lead"], "lead_id": "L000001", "run": RECORD.run}
    filed = {"month": month, "number": number, "filed": f"{month}-23T04:00:00Z"}
    return {"kind": kind, **filed, **about, "reason": "other", **EMPTY, **more}


ASKED = [
    row("appeal", 1, "2026-10", rep=ONE, answer="upheld", code="upheld", by="Li", is_late=True),
    row("appeal", 2, rep=ONE),
    row("reassignment", 3, rep=ONE, reason="valid-1", answer="granted", code="granted", to=OTHER),
    row("override", 4, reason="discretion", to=OTHER, by="Wang, head of sales", **{"from": ONE}),
    row("exception", 0, reason="named-account", to=ONE),
    row("exception", 0, reason="named-account", to=OTHER),
]  # fmt: skip


def page(audience: str, language: str, record=None) -> str:
    shown = record or replace(RECORD, asked=ASKED)
    return render_site(shown, audience, [summary(RECORD)])[f"{language}/requests.html"].decode()


def cells(body: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [
        [re.sub(r"<.*?>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", one)]
        for one in rows
    ]


@pytest.mark.parametrize("audience", ["team", "public"])
def test_the_counts_are_those_of_the_list(audience):
    table = cells(page(audience, "en"))
    assert ["2026-10", "Review", "1", "0", "0", "1", "1"] in table
    assert ["2026-11", "Review", "1", "1", "0", "0", "0"] in table
    assert ["2026-11", "Reassignment", "1", "0", "1", "0", "0"] in table
    assert ["2026-11", "Override", "1", "–", "1", "–", "–"] in table
    assert ["2026-11", "Exception", "2", "–", "2", "–", "–"] in table


def test_the_team_reads_who_and_what_came_of_it():
    body = page("team", "zh")
    one, other = (RECORD.names.reps[ref]["name"] for ref in (ONE, OTHER))
    assert f"由 {one} 转给 {other} · Wang, head of sales" in body
    assert f"同意改派 · 转给 {other}" in body
    assert "在该行业没有经验" in body


def test_the_public_reads_no_person_and_no_single_request():
    body = page("public", "en")
    one, other = (RECORD.names.reps[ref]["name"] for ref in (ONE, OTHER))
    found = [word for word in (one, other, "Wang", "Li", "L000001", ONE[:8]) if word in body]
    assert found == []


def test_no_request_at_all_is_said():
    assert "There have been none so far" in page("public", "en", RECORD)


def test_a_rehearsal_says_so_on_every_page_and_in_every_mail():
    rehearsed = replace(RECORD, kind=REHEARSAL)
    for path, body in render_site(rehearsed, "team", [summary(RECORD)]).items():
        if path.endswith(".html"):
            assert "REHEARSAL" in body.decode() or "演练" in body.decode(), path
    for mail in render_digests(rehearsed):
        assert "演练/REHEARSAL" in mail.subject
        assert "演练" in mail.text and "Rehearsal" in mail.html
    real = [body for path, body in render_site(RECORD, "team", [summary(RECORD)]).items()]
    assert not any("REHEARSAL" in body.decode("utf-8", "replace") for body in real)


def test_a_reps_mail_holds_their_own_link_and_nobody_elses():
    links = {
        row["ref"]: f"https://draw.example/r/{row['ref'][:6]}" for row in RECORD.snapshot["reps"]
    }
    mails = {mail.to_ref: mail for mail in render_digests(replace(RECORD, ask_links=links))}
    assert links[ONE] in mails[ONE].text and links[ONE] in mails[ONE].html
    others = [mail for ref, mail in mails.items() if ref != ONE]
    assert not any(links[ONE] in mail.text + mail.html for mail in others)
