"""Every way to change a published site that we could think of fails by name."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.report import Report
from audit.verify import verify
from ledger.canonical import canonical, sha256_hex
from ledger.checkpoints import Checkpoint
from ledger.notes import Signer
from lottery.endings import void
from lottery.records import closing, commitment
from lottery.sources import operator_commitment, operator_source
from tests.site_builder import (
    LADDER_DRAW,
    LEADS,
    NAMED,
    NOW,
    REPS,
    RUN,
    SIGNER,
    WITNESS,
    Event,
    Site,
    allocation_event,
    decision_file,
    monday,
    policy_event,
    secret_of,
    select_value,
    snapshot_event,
    tampered,
    write_files,
)
from tests.verifiers import by_standalone

KEY = str(SIGNER.vkey)


def checked(files: dict[str, bytes], folder: Path, **given: Any) -> Report:
    """What `fairlead verify` says; the published verify.py must fail the same subjects."""
    given = {"key": KEY, "now": NOW} | given
    report = verify(write_files(files, folder), **given)
    other = by_standalone(files, **given)
    failed = {check.name for check in report.checks if check.ok == "failed"}
    assert (other.verdict, other.exit_code) == (report.verdict.partition(":")[0], report.exit_code)
    assert set(other.failed) == failed
    return report


def failures(report: Report) -> str:
    assert report.exit_code == 1, report.verdict
    assert report.verdict.startswith("FAILED: ")
    return "\n".join(check.detail for check in report.checks if check.ok == "failed")


HONEST = monday().files()


@pytest.mark.parametrize("path", sorted(HONEST))
@pytest.mark.parametrize("at", [0, 20, -1])
def test_a_flipped_byte_in_any_published_file_fails_by_its_name(
    path: str, at: int, tmp_path: Path
) -> None:
    text = failures(checked(tampered(HONEST, path, at), tmp_path))
    named = {path, "log/checkpoint"} if path == "site.json" else {path}
    if path.startswith("log/tile/entries"):
        named |= {"log/tile/0", "log/tile/entries"}
    assert any(name in text for name in named), text


@pytest.mark.parametrize("path", sorted(set(HONEST) - {"log/proof/2.tlog-proof"}))
def test_a_missing_file_fails_by_its_name(path: str, tmp_path: Path) -> None:
    text = failures(checked({k: v for k, v in HONEST.items() if k != path}, tmp_path))
    assert f"{path}: is missing" in text


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("evil.html", "is not in the manifest"),
        ("zh/extra.html", "is not in the manifest"),
        ("records/" + "0" * 64 + ".json", "no entry of the log refers to it"),
        ("records/notes.txt", "no entry of the log refers to it"),
        ("log/secret", "is no file of a log"),
        ("log/proof/99.tlog-proof", "is not named after the entry"),
        ("log/tile/0/001", "does not belong"),
        ("manifest.json", "is not in the manifest"),
    ],
)
def test_an_added_file_fails_by_its_name(path: str, why: str, tmp_path: Path) -> None:
    data = HONEST["log/proof/2.tlog-proof"]
    text = failures(checked(HONEST | {path: data}, tmp_path))
    assert f"{path}: " in text
    assert why in text


def test_a_link_out_of_the_site_is_not_followed(tmp_path: Path) -> None:
    folder = write_files(HONEST, tmp_path / "site")
    (tmp_path / "elsewhere.html").write_bytes(HONEST["index.html"])
    (folder / "index.html").unlink()
    (folder / "index.html").symlink_to(tmp_path / "elsewhere.html")
    assert "index.html: is not a plain file" in failures(verify(folder, key=KEY, now=NOW))


def test_another_key_than_the_pinned_one_fails(tmp_path: Path) -> None:
    other = monday()
    other.signer = Signer(SIGNER.vkey.name, b"o" * 32)
    report = checked(other.files(), tmp_path)
    assert "log/checkpoint: note is not signed by any key given" in failures(report)
    assert any("not the one given" in check.detail for check in report.checks)
    assert verify(tmp_path, now=NOW).exit_code == 4  # consistent in itself: hence --key


def test_a_manifest_cannot_reach_outside_the_site(tmp_path: Path) -> None:
    for number, path in enumerate(("../x", "/etc/passwd", "a//b", "log/checkpoint", "a\\b", "")):
        site = monday()
        value = {"run": RUN, "audience": "public", "files": {path: "0" * 64}}
        site.events.append(Event("publication", "2026-09-17T16:35:00Z", value))
        text = failures(checked(site.files(), tmp_path / str(number)))
        assert "lists a path that is not allowed" in text


# -- the log ------------------------------------------------------------------------------------


def test_a_dropped_entry_contradicts_an_older_checkpoint(tmp_path: Path) -> None:
    held = monday().checkpoint(8).encode()
    site = monday()
    del site.events[1]
    text = failures(checked(site.files(), tmp_path, since=held))
    assert "--since: is a checkpoint of 8 other entries: the log was forked" in text


def test_reordered_entries_contradict_an_older_checkpoint_and_their_times(tmp_path: Path) -> None:
    held = monday().checkpoint(8).encode()
    site = monday()
    site.events[1], site.events[3] = site.events[3], site.events[1]
    text = failures(checked(site.files(), tmp_path, since=held))
    assert "the log was forked" in text
    assert "entry 2 says it was logged before entry 1" in text


def test_a_log_shorter_than_an_older_checkpoint_took_entries_back(tmp_path: Path) -> None:
    site = monday()
    size = len(site.events)
    held = site.checkpoint(size).encode()
    site.events = site.events[:5]
    site.rows = []
    text = failures(checked(site.files(), tmp_path, since=held))
    assert f"--since: is a checkpoint of {size} entries, the site shows only 6" in text
    assert "entries were taken back or the site is stale" in text


def test_a_stale_checkpoint_over_newer_tiles_fails(tmp_path: Path) -> None:
    stale = monday().checkpoint(5).encode()
    text = failures(checked(HONEST | {"log/checkpoint": stale}, tmp_path))
    assert "log/tile/" in text


def test_a_fork_that_a_witness_cosigned_fails(tmp_path: Path) -> None:
    other = monday()
    other.events[1] = other.events[2]
    site = monday()
    site.notes = [other.witnessed(7, "2026-09-17T13:00:00Z")]
    for trust in (None, str(WITNESS).encode()):
        text = failures(checked(site.files(), tmp_path, trust=trust))
        assert "log/cosignatures: is a checkpoint of 7 other entries" in text


def test_a_forged_cosignature_of_a_trusted_witness_fails(tmp_path: Path) -> None:
    site = monday()
    site.notes = [site.witnessed(7, "2026-09-17T13:00:00Z")]
    lines = site.notes[0].split("\n")
    name, _, encoded = lines[-2].rpartition(" ")
    raw = bytearray(base64.b64decode(encoded))
    raw[-1] ^= 1
    lines[-2] = f"{name} {base64.b64encode(raw).decode()}"
    site.notes = ["\n".join(lines)]
    text = failures(checked(site.files(), tmp_path, trust=str(WITNESS).encode()))
    assert "log/cosignatures: signature by witness.example does not verify" in text


def test_a_proof_file_of_another_entry_fails(tmp_path: Path) -> None:
    files = dict(HONEST)
    files["log/proof/3.tlog-proof"] = files["log/proof/2.tlog-proof"].replace(
        b"index 2\n", b"index 3\n"
    )
    assert "log/proof/3.tlog-proof: entry 3 is not in" in failures(checked(files, tmp_path))


def test_a_checkpoint_that_claims_a_giant_log_is_refused_at_once(tmp_path: Path) -> None:
    note = SIGNER.sign(Checkpoint(SIGNER.vkey.name, 2**62, b"r" * 32).text())
    text = failures(checked(HONEST | {"log/checkpoint": note.encode()}, tmp_path))
    assert "log/tile/entries/000: is missing" in text


def test_a_record_with_extra_bytes_is_not_the_record(tmp_path: Path) -> None:
    path = next(path for path in HONEST if path.startswith("records/"))
    text = failures(checked(HONEST | {path: HONEST[path] + b"\n"}, tmp_path))
    assert f"{path}: is not the record that was logged" in text


# -- draws: what a dishonest operator could log and sign ------------------------------------------


def told(site: Site, folder: Path, **given: Any) -> str:
    return failures(checked(site.files(), folder, **given))


def test_swapped_prizes_in_an_outcome_fail(tmp_path: Path) -> None:
    site = monday()
    winners = dict(site.event("outcome", 1).value["winners"])
    one, other = list(winners)[:2]
    winners[one], winners[other] = winners[other], winners[one]
    site.change("outcome", 1, winners=winners)
    assert "is not what the draw gives" in told(site, tmp_path)


def test_swapped_winners_in_the_decisions_fail(tmp_path: Path) -> None:
    site = monday()
    drawn = [row for row in site.rows if row["method"] == "lottery"]
    drawn[0]["rep"], drawn[1]["rep"] = drawn[1]["rep"], drawn[0]["rep"]
    site.events[-1] = allocation_event(site.rows)
    text = told(site, tmp_path)
    assert f"runs/{RUN}/decisions.json: lead {drawn[0]['lead'][:16]} was won by" in text


def test_a_swapped_selection_fails(tmp_path: Path) -> None:
    site = monday()
    selected = site.event("outcome", 0).value["selected"]
    swap = {"lottery": [*selected["lottery"][:2], selected["skill"][0]], "skill": selected["skill"]}
    site.change("outcome", 0, selected=swap)
    assert "is not what the draw gives" in told(site, tmp_path)


def test_a_second_closing_fails(tmp_path: Path) -> None:
    site = monday()
    ladder = site.event("opening", 1).value
    second = Event("closing", "2026-09-17T15:14:00Z", closing(ladder, [(REPS[0], 1, 9)]))
    site.events.insert(site.position("closing", 1) + 1, second)
    assert "closes the draw a second time" in told(site, tmp_path)


def test_a_second_outcome_fails(tmp_path: Path) -> None:
    site = monday()
    site.events.insert(site.position("outcome", 1) + 1, site.event("outcome", 1))
    assert "ends the draw a second time" in told(site, tmp_path)


def test_a_withheld_outcome_is_overdue_a_day_after_its_source(tmp_path: Path) -> None:
    site = monday("drand")
    site.events = site.events[: site.position("closing", 1) + 1]
    site.rows = []
    files = site.files()
    report = checked(files, tmp_path / "a", now=NOW + timedelta(hours=20))
    assert report.exit_code == 3, report.verdict
    text = failures(checked(files, tmp_path / "b", now=NOW + timedelta(hours=24)))
    assert "OVERDUE" in text
    verdict = checked(files, tmp_path / "b", now=NOW + timedelta(hours=24)).verdict
    assert verdict.startswith(f"FAILED: draw {LADDER_DRAW}: records/")


def test_a_late_closing_with_lines_fails(tmp_path: Path) -> None:
    site = monday("drand", ladder_closed_at="2026-09-17T15:23:39Z")
    assert "was closed too late to carry lines" in told(site, tmp_path)


def test_a_late_closing_without_lines_is_shown_red_but_stands(tmp_path: Path) -> None:
    site = monday("drand", ladder_closed_at="2026-09-17T15:23:39Z", lines=[])
    report = checked(site.files(), tmp_path)
    assert report.exit_code == 3
    assert any(
        check.ok == "warning" and "finished without lines: shown red" in check.detail
        for check in report.checks
    )


def test_a_window_that_was_closed_early_fails(tmp_path: Path) -> None:
    site = monday(ladder_closed_at="2026-09-17T15:00:00Z")
    assert "was closed before closes_at: lines were cut off" in told(site, tmp_path)


def test_a_wrong_secret_fails(tmp_path: Path) -> None:
    site = monday()
    site.change("outcome", 1, reveals=[{"kind": "operator", "secret": "0" * 64}])
    assert "secret does not open the source's commitment" in told(site, tmp_path)


def test_a_signature_of_another_round_fails(tmp_path: Path) -> None:
    site = monday("drand")
    other = site.event("outcome", 0).value["reveals"]
    site.change("outcome", 1, reveals=other)
    assert "is not the beacon's for round 32285085" in told(site, tmp_path)


def test_an_outcome_before_its_round_existed_fails(tmp_path: Path) -> None:
    site = monday("drand")
    site.change("outcome", 1, at="2026-09-17T15:23:38Z")
    assert "was logged before its source's time" in told(site, tmp_path)


def test_an_opening_logged_after_its_window_opened_fails(tmp_path: Path) -> None:
    site = monday()
    site.change("opening", 1, at="2026-09-17T14:00:01Z")
    assert "was logged after its window had opened" in told(site, tmp_path)


def test_a_commitment_after_the_freeze_fails(tmp_path: Path) -> None:
    site = monday()
    late = site.events.pop(site.position("commitment", 1))
    site.events.insert(
        site.position("snapshot") + 1, Event("commitment", "2026-09-17T12:11:00Z", late.value)
    )
    assert "was committed to after the pool was frozen" in told(site, tmp_path)


def test_an_operator_without_a_commitment_fails(tmp_path: Path) -> None:
    site = monday()
    del site.events[site.position("commitment", 1)]
    assert "the operator's commitment was never logged" in told(site, tmp_path)


def test_two_commitments_for_one_draw_leave_a_choice(tmp_path: Path) -> None:
    site = monday()
    spare = dict(site.event("commitment", 1).value) | {"commitment": secret_of("other")}
    site.events.insert(3, Event("commitment", "2026-09-17T12:02:00Z", spare))
    assert "a second commitment for one draw leaves a choice" in told(site, tmp_path)


def test_a_draw_without_a_snapshot_fails(tmp_path: Path) -> None:
    site = monday()
    del site.events[site.position("snapshot")]
    assert f"no snapshot of run {RUN} was logged before it" in told(site, tmp_path)


def test_a_second_snapshot_fails(tmp_path: Path) -> None:
    site = monday()
    site.events.insert(site.position("snapshot"), snapshot_event("6" * 64))
    assert f"a second snapshot of run {RUN}" in told(site, tmp_path)


def test_a_second_live_draw_of_one_id_fails(tmp_path: Path) -> None:
    site = monday()
    again = select_value("operator", attempt=2)
    site.events.insert(site.position("closing"), Event("opening", "2026-09-17T12:19:30Z", again))
    text = told(site, tmp_path)
    assert f"a second live draw of {RUN}/enterprise" in text
    assert "is among the candidates of" in text


def test_a_draw_of_another_run_or_band_is_not_canonical(tmp_path: Path) -> None:
    for number, draw in enumerate(("2026-W39/enterprise", f"{RUN}/vip")):
        site = monday()
        site.change("opening", 0, draw=draw)
        assert "is not canonical for run" in told(site, tmp_path / str(number))


def test_a_void_without_its_next_attempt_fails(tmp_path: Path) -> None:
    site = monday()
    ladder = site.event("opening", 1).value
    good = void(ladder, "secret-lost", ladder | {"attempt": 2})
    index = site.position("outcome", 1)
    site.events[index] = Event("void", site.events[index].at, good)
    assert "the next attempt it names was never opened" in told(site, tmp_path)


def test_a_void_with_its_next_attempt_stands_and_both_are_shown(tmp_path: Path) -> None:
    site = monday()
    first = site.event("opening", 0).value
    later = {"opens_at": "2026-09-17T12:40:00Z", "closes_at": "2026-09-17T12:50:00Z"}
    spare = operator_commitment(secret_of("spare"))
    second = first | later | {"attempt": 2, "sources": [operator_source(spare)]}
    site.events = site.events[: site.position("outcome")]
    site.events.insert(
        1, Event("commitment", "2026-09-17T12:00:30Z", commitment(first["draw"], 2, spare))
    )
    site.events += [
        Event("void", "2026-09-17T12:30:00Z", void(first, "secret-lost", second)),
        Event("opening", "2026-09-17T12:35:00Z", second),
    ]
    site.rows = []
    now = datetime(2026, 9, 17, 17, 0, tzinfo=UTC)
    report = checked(site.files(), tmp_path, now=now)
    assert report.verdict == "VERIFIED", report.lines()
    text = "\n".join(report.lines())
    assert f"draw {RUN}/enterprise: void (secret-lost), replaced by the next attempt" in text
    assert f"draw {RUN}/enterprise attempt 2: pending" in text


def test_a_ladder_that_hands_out_other_leads_than_its_pool_drew_fails(tmp_path: Path) -> None:
    site = monday()
    prizes = site.event("opening", 1).value["prizes"]
    other = next(lead for lead in LEADS if lead not in prizes)
    site.change("opening", 1, prizes=sorted([*prizes[1:], other]))
    text = told(site, tmp_path)
    assert "was not selected" in text or "was selected and is no prize" in text


def test_a_ladder_with_an_unsorted_list_is_malformed(tmp_path: Path) -> None:
    site = monday()
    site.change("opening", 1, entrants=REPS[::-1])
    text = told(site, tmp_path)
    assert "entrants are not sorted" in text
    assert "names no opening that was logged before it" in text


def test_an_allocation_before_the_draws_ended_fails(tmp_path: Path) -> None:
    site = monday()
    allocation = site.events.pop()
    site.events.insert(
        site.position("outcome", 1), Event("allocation", "2026-09-17T16:00:00Z", allocation.value)
    )
    assert f"was allocated before draw {LADDER_DRAW} had ended" in told(site, tmp_path)


# -- decisions and pages ---------------------------------------------------------------------------


def reallocated(site: Site, **change: Any) -> Site:
    site.events[-1] = allocation_event(site.rows, **change)
    return site


def row_of(site: Site, method: str) -> dict[str, Any]:
    return next(row for row in site.rows if row["method"] == method)


def test_forged_counts_in_the_allocation_record_fail(tmp_path: Path) -> None:
    site = reallocated(monday(), counts={"enterprise": {"lottery": 4}, "smb": {"none": 1}})
    text = told(site, tmp_path)
    assert "states 4 of enterprise/lottery, there are 3" in text
    assert "states 0 of enterprise/skill_match, there are 2" in text


def test_a_forged_number_of_owned_leads_fails(tmp_path: Path) -> None:
    assert "states 9 owned, there are 8" in told(reallocated(monday(), owned=9), tmp_path)


def test_a_lead_that_claims_a_lottery_it_was_not_in_fails(tmp_path: Path) -> None:
    site = monday()
    row_of(site, "rotation").update(method="lottery", draw=LADDER_DRAW, share="lottery")
    text = told(reallocated(site), tmp_path)
    assert "claims a lottery that was not drawn" in text
    assert "was not drawn for lottery" in text


def test_a_lead_given_to_a_share_it_was_not_drawn_for_fails(tmp_path: Path) -> None:
    site = monday()
    row_of(site, "rotation").update(share="skill")
    assert "was not drawn for skill" in told(reallocated(site), tmp_path)


def test_a_candidate_taken_out_of_its_band_fails(tmp_path: Path) -> None:
    site = monday()
    row_of(site, "rotation").pop("share")
    assert "a candidate, has no share" in told(reallocated(site), tmp_path)


def test_a_drawn_lead_that_moved_on_is_said_but_may_be_right(tmp_path: Path) -> None:
    site = monday()
    row_of(site, "skill_match").update(share="rest", method="rotation")
    report = checked(reallocated(site).files(), tmp_path)
    assert report.exit_code == 4
    assert "1 drawn leads moved on to their band's last share" in "\n".join(report.lines())


def test_a_frozen_lead_that_is_not_decided_fails(tmp_path: Path) -> None:
    site = monday()
    site.rows = [row for row in site.rows if row["lead"] != NAMED]
    assert "decides 8 leads, 9 were frozen" in told(reallocated(site), tmp_path)


def test_decisions_on_another_snapshot_or_policy_fail(tmp_path: Path) -> None:
    site = reallocated(monday(), snapshot="6" * 64)
    assert "has another 'snapshot' than its allocation record" in told(site, tmp_path / "a")
    site = monday()
    site.change("snapshot", snapshot="6" * 64)
    assert "was decided on another 'snapshot' than was frozen" in told(site, tmp_path / "b")


def test_a_decision_file_that_was_not_logged_fails(tmp_path: Path) -> None:
    path, site = f"runs/{RUN}/decisions.json", monday()
    row_of(site, "rotation")["rep"] = REPS[2]
    files = site.files({path: decision_file(site.rows)})
    assert f"{path}: is not the decision file that was logged" in failures(checked(files, tmp_path))


@pytest.mark.parametrize("stated", ["4", "03x", "", "-3", "٣", "3.0"])
def test_a_forged_count_on_a_page_fails_by_the_pages_name(stated: str, tmp_path: Path) -> None:
    page = f'<p>抽签 <b data-count="{RUN}/enterprise/lottery">{stated}</b></p>'.encode()
    files = monday().files({"en/forged.html": page})
    text = failures(checked(files, tmp_path))
    assert f"en/forged.html: states '{stated}' for {RUN}/enterprise/lottery, recomputed 3" in text


@pytest.mark.parametrize(
    "page",
    [
        '<b data-count="{run}/enterprise/lottery">3</b>',
        '<B DATA-COUNT="{run}/enterprise/lottery"><i>0</i>,<i>003</i></B>',
        '<td data-count="{run}/smb/lottery">0<td>',
        '<div data-count="{run}/enterprise/skill_match"><div> 2 </div></div> 77',
        "<b data-count='{run}/enterprise/rotation'>&#50;</b><!-- <b data-count='x'>9</b> -->",
    ],
)
def test_true_counts_on_pages_pass_however_they_are_marked_up(page: str, tmp_path: Path) -> None:
    files = monday().files({"en/true.html": page.format(run=RUN).encode()})
    assert checked(files, tmp_path).exit_code == 4


def test_a_count_of_a_run_that_is_not_there_fails(tmp_path: Path) -> None:
    files = monday().files({"en/x.html": b'<b data-count="2020-W01/smb/sdr">5</b>'})
    assert "a run that has no decisions" in failures(checked(files, tmp_path))


def test_a_policy_text_that_is_not_the_one_used_fails(tmp_path: Path) -> None:
    site = monday()
    site.change("policy", text="id: other\n")
    assert "its text does not hash to its sha256" in told(site, tmp_path / "a")
    site = monday()
    text = "id: other\n"
    site.change("policy", text=text, sha256=sha256_hex(text.encode()))
    assert "names a policy that was not logged before it" in told(site, tmp_path / "b")


def test_an_approval_of_another_text_fails(tmp_path: Path) -> None:
    text = "id: trial\napprovals: # two offices\n  - {role: hr}\nversion: '1'\n"
    bound = sha256_hex(b"id: trial\nversion: '1'\n")

    def site(*approvals: Any, policy: str = text) -> Site:
        made = monday()
        digest = sha256_hex(policy.encode())
        made.change("policy", text=policy, sha256=digest, approvals=list(approvals))
        for later in ("snapshot", "allocation"):
            made.change(later, policy_sha256=digest)
        return made

    own, other = {"role": "hr", "approves": bound}, {"role": "legal", "approves": "0" * 64}
    older: dict[str, Any] = {"role": "hr"}
    for name, said in (("a", site(own, older)), ("b", site("no object"))):
        report = checked(said.files(), tmp_path / name)
        assert "approval" not in "".join(check.detail for check in report.checks)
    twice = text + "approvals: []\n"
    for name, bad in (
        ("c", site(own, other)),
        ("d", site({"role": "hr", "approves": ["x"]})),
        ("e", site(own, policy=twice)),
        ("f", site({"role": "hr", "approves": ""}, policy=twice)),
    ):
        assert "holds an approval of another text" in told(bad, tmp_path / name)


# -- hostile bytes ---------------------------------------------------------------------------------

HOSTILE: list[Any] = [{}, [], "x", 7, {"opening": []}, {"run": RUN}, {"opening": {"a": "b"}}]


@pytest.mark.parametrize("type", ["policy", "snapshot", "commitment", "opening", "closing",
                                  "outcome", "void", "allocation", "publication"])  # fmt: skip
@pytest.mark.parametrize("value", HOSTILE, ids=str)
def test_a_signed_record_of_any_shape_is_a_failure_and_not_a_crash(
    type: str, value: Any, tmp_path: Path
) -> None:
    site = Site([policy_event(), Event(type, "2026-09-17T12:05:00Z", value), snapshot_event()])
    path = f"records/{sha256_hex(canonical(value))}.json"
    assert path in told(site, tmp_path)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_bytes_in_any_file_give_a_verdict(data: st.DataObject, tmp_path: Path) -> None:
    path = data.draw(st.sampled_from(sorted(HONEST)))
    junk = data.draw(st.binary(max_size=50) | st.sampled_from([b"[" * 9999, b"null", b'"\xff"']))
    report = checked(HONEST | {path: junk}, tmp_path)
    assert report.exit_code == (4 if junk == HONEST[path] else 1)
    assert not any("cannot be checked" in check.detail for check in report.checks)


def test_hostile_text_cannot_repaint_the_terminal(tmp_path: Path) -> None:
    site = monday()
    site.change("opening", 0, draw=f"{RUN}/\x1b[2J\nVERIFIED")
    report = checked(site.files(), tmp_path)
    assert report.exit_code == 1
    assert all(line.isprintable() for line in report.lines())
