"""One small week as its people meet it: held, previewed, released, explained, doubted, replayed.

All tests share one home and its two runs (each costs half a minute), in the order they stand in.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest

from tests.builders import approved_anew
from tests.command_line import Home

pytestmark = pytest.mark.timeout(600)
RUN = "2026-W48"
NEXT = "2026-W49"
MONDAY = ("--window", "0", "--entropy", "operator", "--trial-seed", "test")


def ok(done, code=0) -> str:
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def held(new_home, small_team) -> tuple[Home, str]:
    """A home whose week is decided and held, and what the command said."""
    home = new_home()
    return home, ok(home.run(small_team, "--hold", env={"FAIRLEAD_ZONE": "Europe/Berlin"}))


@pytest.fixture(scope="module")
def released(held, small_team, tmp_path_factory) -> tuple[Home, list[dict[str, str]]]:
    """The same home after a named person let the week go, and its decisions."""
    home, _ = held
    ok(home.fairlead("release", RUN, "--by", "王经理"))
    out = tmp_path_factory.mktemp("out") / "decisions.csv"
    ok(home.run(small_team, "--decisions", out))
    with out.open(encoding="utf-8", newline="") as file:
        return home, list(csv.DictReader(file))


@pytest.fixture
def lead(released) -> dict[str, str]:
    """A lead that somebody got by rule."""
    return next(row for row in released[1] if row["rep_id"] and row["method"] == "skill_match")


# -- before anything leaves --


def test_a_held_week_publishes_sends_and_writes_nothing(held):
    home, said = held
    assert "is decided and held" in said and "fairlead release" in said
    assert not home.site.exists()
    assert not (home.path / "digests").exists() and not (home.path / "bundles").exists()


def test_a_policy_of_another_zone_than_the_installations_is_pointed_out(held):
    assert "counts days and hours in Asia/Shanghai" in held[1]
    assert "(FAIRLEAD_ZONE) says Europe/Berlin" in held[1]


def test_the_preview_shows_what_would_leave_and_the_held_run_replays(held):
    home, _ = held
    text = ok(home.fairlead("preview"))
    assert "All 60 leads went to" in text and "Skill match" in text
    digest = re.search(r"decision file sha256 ([0-9a-f]{64})", text)[1]
    assert digest in ok(home.fairlead("replay", "--all"))
    assert "技能匹配" in ok(home.fairlead("preview", "--language", "zh"))


def test_a_release_publishes_exactly_what_was_previewed(held, released):
    home, _ = held
    previewed = re.search(r"sha256 ([0-9a-f]{64})", ok(home.fairlead("preview", "--run", RUN)))[1]
    assert previewed in ok(home.fairlead("replay", RUN))
    bundle = home.path / "bundles" / f"{RUN}.json"
    checked = ok(home.fairlead("verify", home.site, "--bundle", bundle), 4)
    assert "re-executed" in checked and "王经理" not in checked


def test_after_publication_there_are_only_corrections(released):
    home, _ = released
    for command in (("release", RUN, "--by", "x"), ("abort", RUN, "--by", "x", "--reason", "y")):
        assert "only corrections" in ok(home.fairlead(*command), 2)


# -- replay --


def test_every_stored_run_replays_to_the_byte(released):
    home, _ = released
    said = ok(home.fairlead("replay", "--all"))
    assert f"{RUN}: 60 decisions, the same to the byte" in said
    assert "1 stored runs replayed, 0 differ" in said


def test_a_bundle_replays_without_any_home(released, tmp_path):
    home, _ = released
    bundle = shutil.copy(home.path / "bundles" / f"{RUN}.json", tmp_path / "bundle.json")
    decided = home.site / "runs" / RUN / "decisions.json"
    nowhere = Home(tmp_path / "none")
    same = ok(nowhere.fairlead("replay", "--bundle", bundle, "--decisions", decided))
    assert "the same to the byte" in same
    assert not nowhere.path.exists()


def test_a_changed_decision_is_the_first_difference_and_exit_1(released, tmp_path):
    home, _ = released
    decided = json.loads((home.site / "runs" / RUN / "decisions.json").read_bytes())
    first = next(row for row in decided["decisions"] if "rep" in row)
    first["rep"] = "0" * 64
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(decided, sort_keys=True, separators=(",", ":")))
    bundle = home.path / "bundles" / f"{RUN}.json"
    said = ok(home.fairlead("replay", "--bundle", bundle, "--decisions", changed), 1)
    assert f"lead {first['lead'][:16]}, rep: {'0' * 64} stored" in said


def test_what_is_no_bundle_is_refused_in_words(released, tmp_path):
    home, _ = released
    (tmp_path / "x.json").write_text("{}")
    assert "is not fairlead/bundle/1" in ok(
        home.fairlead("replay", "--bundle", tmp_path / "x.json"), 2
    )


# -- why --


def test_why_names_the_rule_the_owner_the_candidates_and_the_excluded(released, lead):
    said = ok(released[0].fairlead("why", lead["lead_id"]))
    for words in (lead["rule_id"], "Went to", "Candidates:", "Could not have it:", "Role not in"):
        assert words in said


def test_the_loser_reads_in_both_languages_why_it_was_not_them(released, lead):
    home, rows = released
    other = next(row["rep_id"] for row in rows if row["method"] == "sdr")
    assert "could not have it: Role not in the pool" in ok(
        home.fairlead("why", lead["lead_id"], "--rep", other)
    )
    assert "不能得到这条线索" in ok(
        home.fairlead("why", lead["lead_id"], "--rep", other, "--language", "zh")
    )


def test_a_rep_reads_chance_luck_rule_based_leads_and_the_average(released, lead):
    said = ok(released[0].fairlead("why", "--rep", lead["rep_id"]))
    for words in ("your chance of at least one was", "This quarter so far", "By rule, not by lot",
                  "the average of the", "Wins never enter performance evaluation"):  # fmt: skip
        assert words in said


@pytest.mark.parametrize(
    "question", [("L-none",), ("--rep", "nobody"), (), ("L-none", "--run", "2020-W01")]
)
def test_who_or_what_is_not_known_is_said_in_one_line(released, question):
    said = ok(released[0].fairlead("why", *question), 2)
    assert len(said.strip().splitlines()) == 1


# -- requests --

AFTERNOON = "2026-11-23T15:00:00+08:00"


def test_requests_are_judged_by_the_policy_recorded_and_logged(released, lead):
    home, rows = released
    owner, id_ = lead["rep_id"], lead["lead_id"]
    other = next(r["rep_id"] for r in rows if r["reason"] == "skill_match" and r["rep_id"] != owner)

    def asked(*words: str, code: int = 0, at: str = AFTERNOON) -> str:
        return ok(home.fairlead("request", *words, "--at", at), code)

    assert "appeal 1" in asked("appeal", id_, "--rep", other, "--text", "为什么不是我？")
    ask = ("reassign", id_, "--rep", owner, "--reason")
    assert "answered until 2026-11-25" in asked(*ask, "at capacity")
    assert "declined: the policy declines reason invalid-1" in asked(*ask, "看起来很难")
    assert "more than 2 in the quarter" in asked(*ask, "valid-1")
    assert "more than 24 h" in asked(*ask, "valid-1", at="2026-11-24T23:00:00+08:00")
    assert "belongs to" in asked("reassign", id_, "--rep", other, "--reason", "x", code=2)

    answered = ("--by", "王经理", "--text", "见说明")
    late = ("--at", "2026-11-25T15:00:00+08:00")
    assert "upheld (late)" in ok(
        home.fairlead("answer", "1", "--answer", "upheld", *answered, *late)
    )
    assert "answered already" in ok(
        home.fairlead("answer", "1", "--answer", "upheld", *answered), 2
    )
    in_time = ("--at", "2026-11-24T15:00:00+08:00")
    granted = home.fairlead(
        "answer", "2", "--answer", "granted", "--to", other, *answered, *in_time
    )
    assert f"the lead goes to {other}" in ok(granted)
    back = ("override", id_, "--to", owner, "--by", "李总", "--text", "客户坚持")
    assert f"goes from {other} to {owner}" in asked(*back, at=in_time[1])

    listed = ok(home.fairlead("request", "list", "--month", "2026-11"))
    assert "appeal upheld: 1" in listed and "overrides: 1" in listed
    assert "reassignment declined: 3" in listed and "reassignment granted: 1" in listed


# -- a week that is stopped, and policies that may not decide --


def test_an_aborted_week_is_never_published_and_the_log_says_so_without_a_name(
    released, small_team, tmp_path
):
    home, _ = released
    week = ("run", "--source", small_team, "--as-of", "2026-11-30T08:40:00+08:00", *MONDAY)
    ok(home.fairlead(*week, "--hold"))
    before = {path: path.read_bytes() for path in home.site.resolve().rglob("*.html")}
    stop = home.fairlead("abort", NEXT, "--by", "王经理", "--reason", "名单有误")
    assert "nothing of it will be published" in ok(stop)
    assert "was aborted by 王经理" in ok(home.fairlead("release", NEXT, "--by", "x"), 2)
    assert "was aborted by 王经理" in ok(home.fairlead(*week))
    assert {path: path.read_bytes() for path in home.site.resolve().rglob("*.html")} == before
    assert not (home.path / "bundles" / f"{NEXT}.json").exists()
    assert "2 stored runs replayed, 0 differ" in ok(home.fairlead("replay", "--all"))

    third = ("run", "--source", small_team, "--as-of", "2026-12-07T08:40:00+08:00", *MONDAY)
    ok(home.fairlead(*third))
    records = [path.read_text(encoding="utf-8") for path in (home.site / "records").iterdir()]
    assert sum("aborted_before_publication" in text for text in records) == 1
    assert sum('"request":' in text for text in records) >= 8
    said = "".join(records)
    assert not [
        name for name in ("王经理", "李总", "名单有误", "客户坚持", "见说明") if name in said
    ]
    assert not (home.site / "runs" / NEXT / "decisions.json").exists()
    ok(home.fairlead("verify", home.site), 4)


def test_an_unapproved_policy_is_refused_with_what_is_missing(released, small_team, tmp_path):
    home, _ = released
    shipped = Path(__file__).parents[2] / "policies" / "minimal.yaml"
    lines = shipped.read_text(encoding="utf-8").splitlines(keepends=True)
    draft = tmp_path / "draft.yaml"
    draft.write_text("".join(line for line in lines if "role: hr" not in line), encoding="utf-8")
    week = ("run", "--source", small_team, "--as-of", "2026-12-14", "--window", "0")
    said = ok(home.fairlead(*week, "--policy", draft), 8)
    assert "may not decide on 2026-12-14" in said and "not approved by hr" in said
    assert "holds real runs" in ok(home.fairlead(*week, "--policy", draft, "--simulate"), 2)

    approve = ("policy", "approve", draft, "--role", "hr", "--by", "人力资源部 / HR")
    assert "in force from 2025-01-01" in ok(home.fairlead(*approve, "--on", "2026-12-01"))
    twin = tmp_path / "twin.yaml"
    twin.write_text(draft.read_text(encoding="utf-8") + "# once more\n", encoding="utf-8")
    assert "approved another text" in ok(home.fairlead(*week, "--policy", twin), 8)
    twin.write_text(approved_anew(twin.read_text(encoding="utf-8")), encoding="utf-8")
    for policy in (draft, tmp_path):
        assert "in force at once" in ok(home.fairlead(*week, "--policy", policy), 8)
