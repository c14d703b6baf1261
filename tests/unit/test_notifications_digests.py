"""Mails: what each reader gets, in both languages, and that subjects carry no second header."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from email.message import EmailMessage
from functools import cache

import pytest

from adapters.mailbox import Mail, message
from notifications.actions import CONCENTRATION, MOST_ACTIONS, actions
from notifications.charts import chinese_fonts
from notifications.digest_pictures import picture
from notifications.digests import managers_of, render_digests
from notifications.facts import facts
from notifications.record import Digest, RunRecord
from tests.record_builder import CHECKPOINT, RUN, build_record, hostile_record, ref

needs_font = pytest.mark.skipif(
    not chinese_fonts(), reason="no font for 中文: fonts-noto-cjk, see `make browser`"
)


@cache
def record() -> RunRecord:
    return build_record()


@cache
def digests() -> tuple[Digest, ...]:
    return tuple(render_digests(record()))


def one(kind: str, to: str = "") -> Digest:
    return next(d for d in digests() if d.kind == kind and to in ("", d.to_ref))


def test_each_active_rep_each_manager_and_the_team_get_one_mail() -> None:
    roster = record().snapshot["reps"]
    sent = [(d.kind, d.to_ref) for d in digests()]
    assert len(sent) == len(set(sent))
    reps = {row["ref"] for row in roster if row["role"] != "MANAGER"}
    managers = {row["ref"] for row in roster if row["role"] == "MANAGER"}
    assert {to for kind, to in sent if kind == "rep"} == reps
    assert {to for kind, to in sent if kind == "manager"} == managers
    assert [to for kind, to in sent if kind == "team"] == ["team"]


def test_every_mail_carries_the_checkpoint_line_by_line_in_html_and_text() -> None:
    for digest in digests():
        for line in filter(None, CHECKPOINT.split("\n")):
            assert line in digest.text
            assert line.replace("+", "&#43;") in digest.html or line in digest.html


def test_mails_are_chinese_first_and_then_english() -> None:
    digest = one("rep")
    assert digest.text.index("你得到的线索和理由") < digest.text.index("What you got and why")
    assert digest.html.index("你得到的线索和理由") < digest.html.index("What you got and why")
    assert digest.language == "zh+en"


def test_a_language_setting_gives_one_language() -> None:
    for digest in render_digests(record(), "en"):
        assert digest.language == "en"
        assert "线索和理由" not in digest.text


def test_a_rep_reads_what_they_got_why_and_what_the_draw_promised() -> None:
    winner = next(row for row in record().decisions if row["method"] == "lottery")["rep"]
    digest = one("rep", winner)
    names = record().names
    assert names is not None
    for row in record().decisions:
        if row.get("rep") == winner:
            assert names.leads[row["lead"]]["company"] in digest.text
    ladder = next(draw for draw in record().draws if draw["kind"] == "ladder")
    entrants = len(ladder["opening"]["entrants"])
    assert f"1 lead among {entrants} entrants" in digest.text
    # 3.5 expected and 4 won before this week
    assert f"{round(3.5 + 1 / entrants, 2):g} expected, 5 won" in digest.text
    assert digest.to_email == names.reps[winner]["email"]


def test_another_reps_attainment_is_in_nobodys_mail_but_their_own_and_the_managers() -> None:
    assert "Quota attainment" in one("rep").text
    assert "Quota attainment" not in one("team").text


def test_a_manager_gets_at_most_three_actions() -> None:
    indexed = facts(record())
    for team in managers_of(indexed).values():
        assert len(actions(indexed, team)) <= MOST_ACTIONS


def test_one_industry_above_the_limit_becomes_an_action_with_its_figure() -> None:
    base = build_record(12, 40)
    rep = next(row["ref"] for row in base.snapshot["reps"] if row["role"] == "SDR")
    leads = sorted(row["ref"] for row in base.snapshot["leads"])[:9]
    industry = {lead: "healthcare" if i < 7 else "saas" for i, lead in enumerate(leads)}
    snapshot = {
        **base.snapshot,
        "leads": [
            {**row, "industry": industry.get(row["ref"], "saas")} for row in base.snapshot["leads"]
        ],
        "reps": [{**row, "open_leads": 0, "attainment_bp": 9_000} for row in base.snapshot["reps"]],
    }
    mine = [
        {
            "lead": lead,
            "band": "smb",
            "method": "sdr",
            "rep": rep,
            "rule": "smb-sdr",
            "reason": "sdr_practice",
        }
        for lead in leads
    ]
    crowded = replace(base, decisions=mine, snapshot=snapshot, rep_facts={}, draws=[])
    found = actions(facts(crowded), [rep])
    assert [action.kind for action in found] == ["concentration"]
    assert found[0].figures["part"] > CONCENTRATION
    manager = next(d for d in render_digests(crowded, "zh") if d.kind == "manager")
    assert "医疗占本次线索的 78%，建议不超过 65%" in manager.text


def test_a_rep_near_a_cap_is_named_before_stalled_deals_and_held_leads() -> None:
    base = build_record(12, 40)
    reps = [
        {**row, "open_opportunities": 29} if row["role"] == "AE" else row
        for row in base.snapshot["reps"]
    ]
    full = replace(
        base,
        snapshot={**base.snapshot, "reps": reps},
        rep_facts={row["ref"]: {"stalled_opportunities": 7} for row in reps},
    )
    team = [row["ref"] for row in reps if row["role"] != "MANAGER"]
    assert [action.kind for action in actions(facts(full), team)][:2] == ["near_cap", "stalled"]


def test_subjects_of_hostile_names_stay_one_header_of_inert_text() -> None:
    for digest in render_digests(hostile_record()):
        assert digest.subject.isprintable()
        assert digest.to_email.isprintable()
        message = EmailMessage()
        message["Subject"] = digest.subject  # raises on a line break
        assert message.keys() == ["Subject"]
        assert "<script" not in digest.html
        assert "<img src=x" not in digest.html
        assert "\u202e" not in digest.html + digest.text
        assert "49{%" not in digest.html + digest.text


def test_mails_fetch_nothing_and_say_that_data_is_synthetic() -> None:
    for digest in digests():
        assert "<link" not in digest.html
        sources = re.findall(r' src="([^"]*)"', digest.html)
        assert sources == [f"cid:{cid}" for cid in digest.pictures]
        assert "合成数据" in digest.subject
        assert "合成数据" in digest.text
        assert "Synthetic data" in digest.html


def pictures_wanted(digest: Digest) -> list[str]:
    return re.findall(r"<img[^>]*>", digest.html)


@needs_font
def test_the_managers_mail_pictures_load_by_rep_and_says_it_in_words_too() -> None:
    digest = one("manager")
    assert len(pictures_wanted(digest)) == len(digest.pictures) == 2  # one in each language
    team = [row for row in record().snapshot["reps"] if row.get("manager") == digest.to_ref]
    names = record().names
    assert names is not None
    for row in team:
        if row["ref"] == digest.to_ref:
            continue
        (line,) = re.findall(rf"- {names.reps[row['ref']]['name']}: .*", digest.text)[:1]
        assert f"加权负载 {row['load_x100'] / 100:.2f}" in line
    for image in pictures_wanted(digest):
        assert re.search(r' width="520" height="\d+" alt="[^"]{10,}"', image)


@needs_font
def test_the_teams_mail_pictures_the_weeks_counts_beside_their_lines() -> None:
    digest = one("team")
    zh, en = pictures_wanted(digest)
    assert 'alt="怎么分的: 最多的是' in zh
    counts = Counter((row["band"], row["method"]) for row in record().decisions if row.get("rep"))
    assert f": {max(counts.values())}." in en
    for count in counts.values():
        assert re.search(rf"\b{count}\b", digest.text)


def test_a_mail_is_below_150_kb_and_the_same_bytes_for_the_same_record() -> None:
    again = render_digests(record())
    picture.cache_clear()
    assert list(digests()) == again == render_digests(record())
    for digest in digests():
        sent = [
            message(
                Mail("k", "a@b.example", digest.subject, digest.html, digest.text, digest.pictures),
                "Fairlead <fairlead@b.example>",
            ).as_bytes()
            for _ in range(2)
        ]
        assert sent[0] == sent[1]
        assert len(sent[0]) < 150_000


def test_without_a_font_for_chinese_only_english_pictures_are_made(monkeypatch) -> None:
    monkeypatch.setattr("notifications.digest_pictures.chinese_fonts", tuple)
    picture.cache_clear()
    team = next(d for d in render_digests(record()) if d.kind == "team")
    picture.cache_clear()
    assert [image for image in pictures_wanted(team) if "怎么" in image] == []
    assert len(team.pictures) == 1


def test_links_are_made_only_when_the_sites_address_is_known() -> None:
    assert "href" not in one("rep").html
    served = render_digests(replace(record(), site_url="https://audit.example/"))
    rep = next(d for d in served if d.kind == "rep")
    assert f'href="https://audit.example/zh/runs/{RUN}/reps/{rep.to_ref[:16]}.html"' in rep.html
    assert f"https://audit.example/en/runs/{RUN}/index.html" in rep.text


def test_without_a_directory_only_the_team_gets_a_mail() -> None:
    anonymous = replace(record(), names=None)
    assert [d.kind for d in render_digests(anonymous)] == ["team"]


def test_a_rep_who_left_gets_no_mail() -> None:
    gone = ref("rep-0")
    reps = [
        {**row, "active": "no"} if row["ref"] == gone else row for row in record().snapshot["reps"]
    ]
    left = replace(record(), snapshot={**record().snapshot, "reps": reps})
    assert gone not in {d.to_ref for d in render_digests(left)}
