"""Evidence pages: scoring, stars, load, segments, models, and rules over time."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

import pytest

from notifications.candidates import excluded_groups
from notifications.facts import facts
from notifications.lens import Lens
from notifications.record import Evidence, RunRecord
from notifications.score_disagreements import outweighing
from notifications.site import render_site
from tests.evidence_builder import evidence_record, hostile_evidence
from tests.record_builder import RUN, build_record, ref, summary, without_our_script

AUDIENCES = ("public", "team")


@cache
def record() -> RunRecord:
    return evidence_record()


@cache
def site(audience: Any) -> dict[str, str]:
    pages = render_site(record(), audience, [summary(record())])
    return {path: body.decode() for path, body in pages.items()}


def page(audience: str, name: str, language: str = "en") -> str:
    return site(audience)[f"{language}/runs/{RUN}/{name}.html"]


def words_of(body: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_pages_about_people_and_the_business_are_the_teams_alone() -> None:
    paths = set(site("public"))
    for language in ("zh", "en"):
        run = f"{language}/runs/{RUN}"
        assert {f"{run}/{name}.html" for name in ("scoring", "models", "quality")} <= paths
        for name in ("capability", "capability-2026Q3", "capacity", "segments"):
            assert f"{run}/{name}.html" not in paths
            assert f"{run}/{name}.html" in site("team")


def test_runs_from_before_evidence_was_kept_are_still_rendered() -> None:
    old = build_record(12, 10)
    pages = render_site(old, "team", [summary(old)])
    assert f"en/runs/{RUN}/segments.html" not in pages
    assert f"en/runs/{RUN}/capability.html" not in pages
    assert b"Data quality" in pages[f"en/runs/{RUN}/quality.html"]


def test_the_public_reads_neither_names_nor_row_ids() -> None:
    names = record().names
    assert names is not None
    people = {row["name"] for row in names.reps.values()}
    for path, body in site("public").items():
        if path.endswith(".html"):
            assert not [name for name in people if name in body], path
            assert "R007" not in body, path


def test_the_scoring_page_says_which_score_decides_and_lists_who_disagrees() -> None:
    body = words_of(page("public", "scoring"))
    assert "The sum of points alone decides a lead's band." in body.replace("&#39;", "'")
    # Weights rise from lead to lead, so all but the four of the highest band outweigh its first,
    # and the last, an SMB lead, outweighs all four and the sixteen of mid-market.
    assert "36 of 40 leads weigh more than a lead of a higher band" in body
    assert f"{ref('lead-39')[:8]} SMB Enterprise 9 1.39 1.00 20" in body
    assert "A 4 B 8" in body  # the run's own leads, however many wait in the source
    assert "Budget 8 20%" in body  # a fifth of the 40 leads lacks its budget


def test_the_58_middle_profiles_that_outweigh_a_top_one_are_listed() -> None:
    """All 3^6 profiles as leads; 58 was counted outside this project."""
    profiles = {"".join(map(str, points)): points for points in product((1, 2, 3), repeat=6)}

    def weight(points: tuple[int, ...]) -> int:
        return sum(w * p for w, p in zip((25, 20, 20, 10, 15, 10), points, strict=True))

    def band(points: tuple[int, ...]) -> str:
        return "enterprise" if sum(points) > 14 else "mid_market" if sum(points) > 9 else "smb"

    leads = {
        name: {"band": band(points), "weighted_x100": weight(points)}
        for name, points in profiles.items()
    }
    rank = {"enterprise": 0, "mid_market": 1, "smb": 2}
    expected = {}
    for name, points in profiles.items():
        under = [
            weight(other)
            for other in profiles.values()
            if rank[band(other)] < rank[band(points)] and weight(other) < weight(points)
        ]
        if under:
            expected[name] = (min(under), len(under))
    found = outweighing(leads)
    assert {one.ref: (one.lowest, one.leads) for one in found} == expected
    over_the_top = [one for one in found if one.band == "enterprise"]
    assert len(over_the_top) == 58
    assert {leads[one.ref]["band"] for one in over_the_top} == {"mid_market"}
    assert {one.lowest for one in over_the_top} == {230}
    assert found[0].leads == max(leads for _, leads in expected.values())


def test_a_star_leads_to_every_step_with_who_when_and_why() -> None:
    matrix = page("team", "capability")
    link = f"reps/{ref('rep-1')[:16]}.html#skill-enterprise"
    assert link in matrix
    rep = words_of(site("team")[f"en/runs/{RUN}/reps/{ref('rep-1')[:16]}.html"])
    manager = record().names.reps[ref("rep-11")]["name"]  # type: ignore[union-attr]
    assert f"confirmed · {manager} · 2026-10-02" in rep
    assert "won 4 of 20, team 21 of 100; drawn toward the team's: 20.3%" in rep.replace(
        "&#39;", "'"
    )


def test_an_earlier_issue_shows_the_stars_of_its_time() -> None:
    now, then = page("team", "capability"), page("team", "capability-2026Q3")
    row = re.compile(rf'reps/{ref("rep-1")[:16]}\.html">.*?</tr>', re.DOTALL)
    assert "★★★" in row.search(now)[0] or "★★☆" in row.search(now)[0]  # type: ignore[index]
    assert "★☆☆" in row.search(then)[0]  # type: ignore[index]
    assert "2026-W28" in then


def test_the_load_page_orders_by_load_and_names_who_is_at_a_cap() -> None:
    body = page("team", "capacity")
    loads = [float(x) for x in re.findall(r'<td class="r">(\d+\.\d\d)</td>', body)]
    assert loads == sorted(loads, reverse=True)
    snapshot = record().snapshot["reps"]
    over = [row for row in snapshot if row["role"] == "AE" and row["open_opportunities"] >= 30]
    limits = re.search(r"at most 30 open opportunities\..*?</tr>", body, re.DOTALL)
    assert limits is not None
    assert limits[0].count("<a ") == len(over)
    assert "O77" in body
    assert "54" in body


def test_notes_and_customers_names_come_only_from_the_directory() -> None:
    names = record().names
    assert names is not None
    spoken = replace(
        names, notes={(ref("rep-1"), "enterprise"): "sold two banks"}, accounts={"O77": "合成银行"}
    )
    with_words = render_site(replace(record(), names=spoken), "team")
    assert "合成银行".encode() in with_words[f"en/runs/{RUN}/capacity.html"]
    assert b"sold two banks" in with_words[f"en/runs/{RUN}/reps/{ref('rep-1')[:16]}.html"]
    assert "合成银行" not in page("team", "capacity")


def test_a_segment_is_compared_with_its_benchmark_by_its_interval() -> None:
    body = words_of(page("team", "segments"))
    assert "Healthcare 517 71 13.7% 11% – 16.5% 85" in body
    assert "18% · 127 days" in body
    assert "below" in body


def test_rules_over_time_show_one_row_per_rule_and_what_failed() -> None:
    body = page("public", "quality")
    drawing = re.search(r'<svg class="chart".*?</svg>', body, re.DOTALL)
    assert drawing is not None
    assert "csv: Every rep has an address." in drawing[0]
    assert "leads.csv.id_unique" in drawing[0]  # a verdict without words
    assert "f-warn" in drawing[0]  # the failure
    assert "f-good" in drawing[0]
    assert "Warned (3)" in words_of(body) or "(3)" in words_of(body)
    assert "Rules that failed at least once: 1" in body


def test_the_catalogue_links_a_model_to_what_it_is_made_from() -> None:
    body = page("public", "models")
    assert 'href="#model-stg_crm__reps"' in body
    assert 'id="model-stg_crm__reps"' in body
    assert "One row per rep." in body
    assert "docs/dbt" not in body


def test_dbts_own_app_is_published_to_the_team_alone() -> None:
    app = replace(record(), dbt_docs=b"<!doctype html>app")
    team, public = render_site(app, "team"), render_site(app, "public")
    assert team["docs/dbt/index.html"] == b"<!doctype html>app"
    assert "docs/dbt/index.html" not in public
    assert b'href="../../../docs/dbt/index.html"' in team[f"zh/runs/{RUN}/models.html"]
    assert b"docs/dbt" not in public[f"zh/runs/{RUN}/models.html"]


@pytest.mark.parametrize("audience", AUDIENCES)
def test_evidence_pages_keep_the_rules_of_all_pages(audience: str) -> None:
    for path, body in site(audience).items():
        if f"/runs/{RUN}/" not in path:
            continue
        assert not re.search(r'\sstyle\s*=\s*"', body), path
        assert "<style" not in body, path
        assert "<script" not in without_our_script(path, body), path
        assert body.count("<table") == body.count("<caption>"), path
        ids = re.findall(r'\sid="([^"]+)"', body)
        assert len(ids) == len(set(ids)), path
        for target in re.findall(r'href="([^"#]+)(?:#[^"]*)?"', body):
            if "/records/" not in target:
                assert _resolved(path, target) in site(audience), f"{path}: {target}"


def _resolved(path: str, target: str) -> str:
    parts = path.split("/")[:-1]
    for step in target.split("/"):
        if step == "..":
            parts.pop()
        else:
            parts.append(step)
    return "/".join(parts)


@pytest.mark.parametrize("audience", AUDIENCES)
def test_hostile_evidence_is_inert_and_never_a_crash(audience: Any) -> None:
    hostile = evidence_record(evidence=hostile_evidence())
    for path, body in render_site(hostile, audience).items():
        if f"/runs/{RUN}/" in path:
            text = body.decode()
            assert "<script" not in without_our_script(path, text), path
            assert "<img" not in text, path
            assert "\u202e" not in text, path


@pytest.mark.parametrize("audience", AUDIENCES)
def test_evidence_with_nothing_known_in_it_is_unknown_and_never_a_crash(audience: Any) -> None:
    bare = Evidence(**{name: [{}] for name in Evidence.__slots__})
    pages = render_site(
        evidence_record(evidence=bare, rule_history=[{}, {"rules": [{}]}]), audience
    )
    for path, body in pages.items():
        if path.endswith(".html"):
            assert b">None<" not in body, path


def drift(name: str, critical: str | None, *, drifted: bool) -> dict[str, Any]:
    found = {
        "name": name,
        "psi": "0.210000",
        "drifted": drifted,
        "bins": [["1", 800, 20], ["3", 200, 60]],
    }
    return found | ({"critical": critical} if critical else {})


def test_a_drift_alarm_stands_on_the_scoring_and_the_quality_page_of_the_team_only() -> None:
    shifts = (drift("budget", "0.150000", drifted=True), drift("score", "0.300000", drifted=False))
    moved = replace(record(), evidence=replace(record().evidence, drift=shifts))
    pages = render_site(moved, "team", [summary(moved)])
    scoring = words_of(pages[f"en/runs/{RUN}/scoring.html"].decode())
    assert "Drift in Budget." in scoring
    assert "Budget yes 3: 20% → 75% 0.2100 0.1500" in scoring
    assert "Score no 3: 20% → 75% 0.2100 0.3000" in scoring
    assert "The 80 leads of the four weeks up to this run beside the 1,000" in scoring
    quality = pages[f"zh/runs/{RUN}/quality.html"].decode()
    assert 'href="scoring.html#drift"' in quality
    for path, body in render_site(moved, "public", [summary(moved)]).items():
        assert not (path.endswith(".html") and b"drift" in body), path


def test_a_run_without_leads_draws_nothing_and_says_what_it_compared() -> None:
    shifts = (drift("budget", "0.300000", drifted=False),)
    idle = replace(
        record(),
        snapshot={**record().snapshot, "leads": []},
        decisions=[],
        explanations={},
        draws=[],
        evidence=replace(record().evidence, drift=shifts),
    )
    body = render_site(idle, "team", [summary(idle)])[f"en/runs/{RUN}/scoring.html"].decode()
    assert re.findall(r'<section aria-labelledby="([^"]+)"', body) == ["authority", "drift"]


def test_calm_or_few_leads_raise_no_alarm() -> None:
    for shifts, words in (
        ((drift("budget", "0.300000", drifted=False),), "No drift beyond chance"),
        ((drift("budget", None, drifted=False),), "too few leads to say"),
    ):
        calm = replace(record(), evidence=replace(record().evidence, drift=shifts))
        pages = render_site(calm, "team", [summary(calm)])
        assert words in words_of(pages[f"en/runs/{RUN}/scoring.html"].decode())
        assert b"scoring.html#drift" not in pages[f"en/runs/{RUN}/quality.html"]


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"role": 30, "away": 2, "stars": 9}, {"role": 30, "other": 11}),
        ({"role": 30, "inactive": 12, "away": 2}, {"role": 30, "other": 14}),  # or 44 - 42 tells
        ({"role": 30, "away": 10}, {"role": 30, "away": 10}),
        ({"away": 3}, {}),
    ],
)
def test_the_public_reads_no_reason_that_keeps_fewer_than_ten_reps_out(counts, told) -> None:
    views = {a: excluded_groups(Lens(facts(record()), a, "en"), counts) for a in AUDIENCES}
    words = Lens(facts(record()), "public", "en").t

    def labelled(expected: dict[str, int]) -> dict[str, int]:
        return {words.code("excluded", why): n for why, n in expected.items()}

    assert {group.label: group.count for group in views["public"]} == labelled(told)
    assert {group.label: group.count for group in views["team"]} == labelled(counts)


def test_a_part_that_nobody_decided_on_is_shown_to_nobody() -> None:
    with pytest.raises(KeyError):
        Lens(facts(record()), "team", "en").shows("salaries")
