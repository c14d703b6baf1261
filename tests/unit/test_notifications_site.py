"""Pages: what they say, to whom, and that nothing foreign gets through."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from notifications.locale import en, zh
from notifications.record import RunRecord
from notifications.site import HERE, render_site
from notifications.words import shown
from tests.record_builder import RUN, build_record, hostile_record, ref, summary, without_our_script

AUDIENCES = ("public", "team")


@cache
def record() -> RunRecord:
    return build_record()


@cache
def site(audience: Any) -> dict[str, str]:
    return text_of(render_site(record(), audience, [summary(record())]))


def text_of(pages: dict[str, bytes]) -> dict[str, str]:
    return {path: body.decode() for path, body in pages.items()}


def html_of(pages: dict[str, str]) -> dict[str, str]:
    return {path: body for path, body in pages.items() if path.endswith(".html")}


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_page_of_the_contract_exists_in_both_languages(audience: str) -> None:
    pages = site(audience)
    assert {"index.html", "assets/fairlead.css", "assets/favicon.svg"} <= pages.keys()
    for language in ("zh", "en"):
        run = f"{language}/runs/{RUN}"
        expected = {
            f"{language}/index.html",
            f"{language}/verify.html",
            f"{run}/index.html",
            f"{language}/policies/lead-allocation-2.0.html",
            f"{run}/quality.html",
            f"{run}/draws/enterprise.html",
            f"{run}/draws/enterprise-lottery.html",
        }
        expected |= {f"{run}/leads/{row['lead'][:16]}.html" for row in record().decisions}
        expected |= {f"{run}/reps/{row['ref'][:16]}.html" for row in record().snapshot["reps"]}
        assert expected <= pages.keys()


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_relative_link_leads_to_a_page_that_was_rendered(audience: str) -> None:
    pages = site(audience)
    for path, body in html_of(pages).items():
        for target in re.findall(r'href="([^"#]+)(?:#[^"]*)?"', body):
            if "/records/" in target or target.endswith("/verify.py"):
                continue  # published beside the pages by whoever writes the log
            assert _resolved(path, target) in pages, f"{path}: {target}"


def _resolved(path: str, target: str) -> str:
    parts = path.split("/")[:-1]
    for step in target.split("/"):
        if step == "..":
            parts.pop()
        else:
            parts.append(step)
    return "/".join(parts)


def test_counts_on_the_run_page_are_those_of_the_decisions() -> None:
    counted = Counter(f"{RUN}/{row['band']}/{row['method']}" for row in record().decisions)
    for audience in AUDIENCES:
        for language in ("zh", "en"):
            page = site(audience)[f"{language}/runs/{RUN}/index.html"]
            shown_counts = dict(re.findall(r'data-count="([^"]+)">(\d+)<', page))
            assert {key: int(count) for key, count in shown_counts.items()} == counted


def test_public_pages_name_nobody_and_show_no_personal_figure() -> None:
    names = record().names
    assert names is not None
    forbidden = {row["name"] for row in names.reps.values()}
    forbidden |= {row["email"] for row in names.reps.values()}
    forbidden |= {row["company"] for row in names.leads.values()}
    forbidden |= {row["lead_id"] for row in names.leads.values()}
    for path, body in html_of(site("public")).items():
        found = [text for text in forbidden if text in body]
        assert not found, f"{path}: {found}"
    decision = site("public")[f"en/runs/{RUN}/leads/{record().decisions[0]['lead'][:16]}.html"]
    words = ("Weighted load", "attainment", "Owed", "Expected value", "Industry")
    assert not [word for word in words if word in decision]


def test_public_pages_stay_pseudonymous_even_when_names_are_handed_over() -> None:
    without = replace(record(), names=None)
    assert text_of(render_site(without, "public", [summary(without)])) == site("public")


def test_team_pages_show_names_but_no_attainment() -> None:
    names = record().names
    assert names is not None
    lead = record().decisions[0]["lead"]
    page = site("team")[f"zh/runs/{RUN}/leads/{lead[:16]}.html"]
    assert names.leads[lead]["company"] in page
    assert "加权负载" in page
    assert ">配额达成<" not in page
    figures = [row["figures"]["attainment_bp"] for row in record().explanations[lead]["ranked"]]
    assert not [figure for figure in figures if f">{figure / 100:.2f}%<" in page]
    assert "因此不在此列出" in page


def test_a_decision_page_says_rule_ranks_exclusions_and_who_was_next() -> None:
    row = next(row for row in record().decisions if row["method"] == "skill_match")
    page = site("team")[f"en/runs/{RUN}/leads/{row['lead'][:16]}.html"]
    explanation = record().explanations[row["lead"]]
    names = record().names
    assert names is not None
    assert "The other enterprise leads go to the AE with the stars asked for" in page
    assert "enterprise-skill-match" in page
    assert f"Candidates: {len(explanation['ranked'])}" in page
    assert f"Could not have it: {len(explanation['excluded'])}" in page
    assert names.reps[explanation["next"]]["name"] in page
    assert "Role not in the pool" in page
    assert "Accompanying manager" in page


@pytest.mark.parametrize("audience", AUDIENCES)
def test_pages_work_under_the_strictest_content_policy(audience: str) -> None:
    for path, body in html_of(site(audience)).items():
        assert "<script" not in without_our_script(path, body).lower(), path
        assert "<style" not in body.lower(), path
        assert not re.search(r'\sstyle\s*=\s*"', body), path
        assert not re.search(r'<[^>]+\son\w+="', body), path
        foreign = re.findall(r'(?:href|src)="(?:[a-z]+:)?//[^"]*"', body)
        assert not foreign, path
    assert "url(" not in site(audience)["assets/fairlead.css"]


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_page_has_one_heading_landmarks_a_language_and_captions(audience: str) -> None:
    for path, body in html_of(site(audience)).items():
        assert body.count("<h1>") == 1, path
        assert body.count("<main") == 1, path
        assert re.search(r'<html lang="(zh-CN|en)">', body), path
        assert body.count("<table") == body.count("<caption>"), path
        _Balanced(path).feed(body)
        ids = re.findall(r'\sid="([^"]+)"', body)
        assert len(ids) == len(set(ids)), path


class _Balanced(HTMLParser):
    """Fails at a closing tag that closes nothing open."""

    VOID = frozenset(("meta", "link", "br", "img", "hr", "path", "rect", "circle", "input"))

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.open = path, []  # type: tuple[str, list[str]]

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open and self.open.pop() == tag, f"{self.path}: </{tag}>"


def test_the_ladder_is_well_formed_and_draws_every_winners_way() -> None:
    page = site("team")[f"en/runs/{RUN}/draws/enterprise-lottery.html"]
    drawings = re.findall(r"<svg class=\"ladder\".*?</svg>", page, re.DOTALL)
    assert len(drawings) == 1
    root = ET.fromstring(drawings[0])  # noqa: S314 our own page
    space = "{http://www.w3.org/2000/svg}"
    ladder = next(draw for draw in record().draws if draw["kind"] == "ladder")
    groups = [group.get("class", "") for group in root.iter(f"{space}g")]
    ways = [css for css in groups if css.startswith("way ")]
    assert len(ways) == len(ladder["opening"]["entrants"])
    assert sum("won" in css for css in ways) == len(ladder["outcome"]["winners"])
    assert root.find(f"{space}title") is not None
    assert root.find(f"{space}desc") is not None


def test_before_closing_a_page_does_not_say_who_drew_lines_and_nobody_has_drawn_yet() -> None:
    later = ("closing", "closing_hash", "outcome", "seed", "status")
    draws = [
        draw if draw["kind"] == "select" else {k: v for k, v in draw.items() if k not in later}
        for draw in record().draws
    ]
    during = replace(record(), draws=draws)
    page = text_of(render_site(during, "public", [summary(during)]))[
        f"en/runs/{RUN}/draws/enterprise-lottery.html"
    ]
    entrants = len(next(draw for draw in draws if draw["kind"] == "ladder")["opening"]["entrants"])
    assert page.count("known after closing") == 1 + entrants
    assert "Not closed yet" in page
    assert "draw for" in page
    assert "drew for" not in page


def test_an_operators_draw_says_that_it_needs_trust() -> None:
    page = site("public")[f"en/runs/{RUN}/draws/enterprise-lottery.html"]
    assert "OPERATOR-TRUSTED" in page
    assert "does not prove that nobody steered it" in page


def test_synthetic_and_reconstructed_runs_are_labelled_on_every_page() -> None:
    for path, body in html_of(site("team")).items():
        assert "合成数据" in body or "Synthetic data" in body, path
    real = build_record(12, 10, synthetic=False, reconstructed=True)
    pages = html_of(text_of(render_site(real, "team", [summary(real)])))
    assert not [path for path, body in pages.items() if "合成数据" in body]
    assert "事后重建" in pages[f"zh/runs/{RUN}/index.html"]


@pytest.mark.parametrize("audience", AUDIENCES)
def test_hostile_text_is_inert_on_every_page(audience: Any) -> None:
    hostile = hostile_record()
    for path, body in html_of(text_of(render_site(hostile, audience, [summary(hostile)]))).items():
        assert "<script" not in without_our_script(path, body), path
        assert "<img" not in body, path
        assert "\u202e" not in body, path
        assert "\u2028" not in body, path
        assert "\x00" not in body, path
        assert "49{%" not in body, path  # 7*7 was not evaluated


def test_a_ten_megabyte_name_does_not_make_a_ten_megabyte_page() -> None:
    assert len(shown("长" * 10_000_000)) < 200
    assert shown("a\r\nb\u202ec") == "a\\u000d\\u000ab\\u202ec"


def test_fields_that_are_missing_are_unknown_and_never_a_crash() -> None:
    bare = replace(
        build_record(12, 10),
        snapshot={"leads": [{"ref": ref("lead-1")}], "reps": [{"ref": "r1"}]},
        decisions=[{"lead": ref("lead-1")}, {"lead": ref("lead-2"), "band": "odd", "rep": "r1"}],
        explanations={ref("lead-1"): {"ranked": [{}], "excluded": [{}], "rule_trail": [{}]}},
        draws=[
            {"opening": {"draw": f"{RUN}/enterprise/lottery", "kind": "ladder"}},
            {"opening": {"draw": f"{RUN}/enterprise", "kind": "select"}},
        ],
        verdicts=[{}, {"rules": [{}]}],
        source_quality=[{}],
        quarantine=[{}],
        ledger={},
        hashes={},
        policy={},
        policy_text="",
        expected_verdict="",
        names=None,
        rep_facts={},
        quarter={},
    )
    for audience in AUDIENCES:
        pages = text_of(render_site(bare, audience, []))  # type: ignore[arg-type]
        assert "未知" in pages[f"zh/runs/{RUN}/quality.html"]
        assert "None" not in pages[f"en/runs/{RUN}/leads/{ref('lead-1')[:16]}.html"]


def test_a_compact_explanation_is_shown_with_its_counts() -> None:
    lead = record().decisions[0]["lead"]
    full = record().explanations[lead]
    compact = {**full, "ranked": full["ranked"][:2], "candidates": 57, "excluded": {"away": 9}}
    pages = text_of(render_site(replace(record(), explanations={lead: compact}), "team"))
    page = pages[f"en/runs/{RUN}/leads/{lead[:16]}.html"]
    assert "Candidates: 57" in page
    assert "Could not have it: 9" in page


def test_both_catalogues_have_the_same_keys_and_the_same_placeholders() -> None:
    assert zh.MESSAGES.keys() == en.MESSAGES.keys()
    for key, text in zh.MESSAGES.items():
        places = [set(re.findall(r"\{(\w+)\}", message)) for message in (text, en.MESSAGES[key])]
        assert places[0] == places[1], key


@pytest.mark.parametrize("path", sorted((HERE / "templates").glob("*.j2")), ids=lambda p: p.name)
def test_a_template_has_no_words_of_its_own(path: Path) -> None:
    source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", path.read_text(), flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", " ", source)
    text = re.sub(r"&\w+;", " ", text)
    assert not re.findall(r"[A-Za-z\u4e00-\u9fff]{2,}", text)


@pytest.mark.parametrize("path", sorted((HERE / "templates").glob("*.j2")), ids=lambda p: p.name)
def test_every_key_that_a_template_asks_for_is_in_the_catalogue(path: Path) -> None:
    keys = re.findall(r"\bt\('([^']+)'(?!\s*~)", path.read_text())
    assert not [key for key in keys if key not in zh.MESSAGES]


def test_the_same_record_gives_the_same_bytes() -> None:
    again = render_site(record(), "team", [summary(record())])
    assert text_of(again) == site("team")


def test_rows_that_break_a_promise_are_listed_to_the_team_and_only_counted_to_the_public() -> None:
    rule = {
        "id": "email-known", "zh": "有邮箱。", "en": "There is an email.", "severity": "critical",
        "ok": False, "observed": "3", "expected": "0", "failed_count": 3,
        "failed_rows": [{"table": "reps", "column": "email", "key": "R001", "value": "x@y.z"}],
    }  # fmt: skip
    broken = replace(record(), verdicts=[{"door": "landing", "ok": False, "rules": [rule]}])
    path = f"en/runs/{RUN}/quality.html"
    team, public = (text_of(render_site(broken, who))[path] for who in ("team", "public"))
    assert "Rows that fail: 3" in team
    assert "Rows that fail: 3" in public
    assert "reps:email" in public
    assert "R001" in team
    assert "R001" not in public
    assert "x@y.z" not in public
