"""What an honest site's verification says, for each source of chance and kind of evidence."""

import base64
import quopri
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

import pytest

from audit.report import Report
from audit.site import Refused, UrlSite
from audit.verify import verify
from tests.site_builder import (
    LADDER_DRAW,
    NOW,
    SELECT_DRAW,
    SIGNER,
    WITNESS,
    Site,
    monday,
)
from tests.verifiers import StandaloneSite, standalone

KEY, TRUST = str(SIGNER.vkey), str(WITNESS).encode()


def witnessed(site: Site, late: bool = False) -> Site:
    select, ladder = site.position("closing", 0) + 1, site.position("closing", 1) + 1
    second = "2026-09-17T16:21:00Z" if late else "2026-09-17T15:14:00Z"
    site.notes = [
        site.witnessed(select, "2026-09-17T12:23:00Z"),
        site.witnessed(ladder, second),
    ]
    return site


def found(report: Report, name: str) -> str:
    return next(check.ok for check in report.checks if check.name == name)


def test_an_operators_draw_is_trusted_and_never_verified(tmp_path: Path) -> None:
    report = verify(witnessed(monday()).write(tmp_path), key=KEY, trust=TRUST, now=NOW)
    assert (report.verdict, report.exit_code) == ("OPERATOR-TRUSTED", 4)


def test_a_beacon_draw_with_cosignatures_in_time_is_verified(tmp_path: Path) -> None:
    report = verify(witnessed(monday("drand")).write(tmp_path), key=KEY, trust=TRUST, now=NOW)
    assert (report.verdict, report.exit_code) == ("VERIFIED", 0)
    assert {check.ok for check in report.checks} == {"ok", "skipped"}
    assert found(report, "replay") == "skipped"


def test_without_a_witness_that_the_reader_trusts_order_is_not_proven(tmp_path: Path) -> None:
    site = witnessed(monday("drand")).write(tmp_path)
    report = verify(site, key=KEY, now=NOW)
    assert (report.verdict, report.exit_code) == ("ORDER NOT PROVEN", 3)


def test_a_cosignature_dated_after_the_source_proves_no_order(tmp_path: Path) -> None:
    site = witnessed(monday("drand"), late=True).write(tmp_path)
    report = verify(site, key=KEY, trust=TRUST, now=NOW)
    assert report.verdict == "ORDER NOT PROVEN"
    assert found(report, f"order {SELECT_DRAW}") == "ok"
    assert found(report, f"order {LADDER_DRAW}") == "warning"


def test_a_time_before_the_newest_entry_of_the_checkpoint_is_no_evidence(tmp_path: Path) -> None:
    site = monday("drand")
    newest = site.position("closing", 1)
    held = site.checkpoint(newest + 1).encode()
    folder = site.write(tmp_path)
    logged = datetime.fromisoformat(site.events[newest].at)
    for early, counts in ((timedelta(hours=3), False), (timedelta(seconds=59), True)):
        seen = logged - early
        report = verify(folder, key=KEY, since=held, seen=seen, now=NOW)
        assert report.verdict == "ORDER NOT PROVEN"  # at best of the ladder, not of the split
        said = [check.detail for check in report.checks if "not counted: seen at" in check.detail]
        assert bool(said) is not counts
        assert (found(report, f"order {LADDER_DRAW}") == "ok") is counts


def test_the_mails_of_freeze_and_closing_with_their_true_times_prove_the_order(
    tmp_path: Path,
) -> None:
    site = monday("drand")
    folder = site.write(tmp_path / "site")
    mails, times = [], ["2026-09-17T12:22:50Z", "2026-09-17T15:13:50Z"]
    for number, name in enumerate(("freeze", "closing")):
        mails.append(tmp_path / name)
        mails[-1].write_text(site.checkpoint(site.position("closing", number) + 1))
    seen = [datetime.fromisoformat(time) for time in times]
    assert verify(folder, key=KEY, since=mails, seen=seen, now=NOW).verdict == "VERIFIED"
    for one, at in zip(mails, seen, strict=True):
        assert verify(folder, key=KEY, since=one, seen=at, now=NOW).verdict == "ORDER NOT PROVEN"
    held = [(mail.read_bytes(), int(at.timestamp())) for mail, at in zip(mails, seen, strict=True)]
    for kept, code in ((held, 0), (held[:1], 3), (held[1:], 3)):
        alone = standalone().Verification(int(NOW.timestamp()), KEY, held=kept)
        assert alone.run(StandaloneSite(site.files()))[1] == code


def test_a_public_value_is_for_the_eye(tmp_path: Path) -> None:
    report = verify(witnessed(monday("public")).write(tmp_path), key=KEY, trust=TRUST, now=NOW)
    assert (report.verdict, report.exit_code) == ("VALUE BY EYE", 5)
    assert "look up 双色球 2026108: it must be 03 11 17 29" in "\n".join(report.lines())


def test_without_a_key_from_elsewhere_the_key_is_said_to_be_unpinned(tmp_path: Path) -> None:
    report = verify(monday().write(tmp_path), now=NOW)
    assert report.exit_code == 4
    assert any(check.ok == "warning" and "unpinned" in check.detail for check in report.checks)


def test_the_team_site_is_checked_against_its_manifest(tmp_path: Path) -> None:
    site = monday()
    site.audience = "team"
    report = verify(site.write(tmp_path), key=KEY, now=NOW)
    assert report.exit_code == 4
    assert found(report, "published files") == "ok"


def test_draws_whose_time_has_not_come_are_pending_and_give_no_verdict(tmp_path: Path) -> None:
    site = monday("drand")
    site.events = site.events[: site.position("closing", 1) + 1]
    site.rows = []
    before = datetime(2026, 9, 17, 15, 20, tzinfo=UTC)
    report = verify(site.write(tmp_path), key=KEY, now=before)
    assert report.verdict == "ORDER NOT PROVEN"  # of the select, which is finished
    assert f"pending: {LADDER_DRAW}" in "\n".join(report.lines())
    assert not [check for check in report.checks if check.name == f"order {LADDER_DRAW}"]


def test_a_log_without_draws_has_nothing_to_doubt(tmp_path: Path) -> None:
    site = Site(monday().events[:4])
    report = verify(site.write(tmp_path), key=KEY, now=NOW)
    assert report.verdict == "VERIFIED"


def test_a_site_over_http_is_checked_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = witnessed(monday("drand")).write(tmp_path)
    asked: list[str] = []

    def fetched(url: str) -> bytes:
        asked.append(url)
        return (folder / url.removeprefix("https://site.example/a/")).read_bytes()

    monkeypatch.setattr("audit.site._fetched", fetched)
    report = verify("https://site.example/a", key=KEY, trust=TRUST, now=NOW)
    assert report.verdict == "VERIFIED"
    assert "https://site.example/a/log/checkpoint" in asked
    assert any("over HTTP" in check.detail for check in report.checks)


def test_an_address_that_does_not_answer_is_a_verdict_and_not_a_crash() -> None:
    def refused(url: str) -> bytes:
        raise OSError("connection refused")

    with pytest.raises(Refused, match=r"site\.json: cannot be fetched: connection refused"):
        UrlSite("https://x.example", refused).read("site.json")
    report = verify("http://127.0.0.1:9/nothing", now=NOW)
    assert report.verdict.startswith("FAILED: log: site.json: cannot be fetched")


def test_a_folder_that_is_not_there_is_a_verdict(tmp_path: Path) -> None:
    report = verify(tmp_path / "none", now=NOW)
    assert report.exit_code == 1
    assert "is not a folder" in report.verdict


MAIL = """From: fairlead@example.com
To: rep@example.com
Subject: =?utf-8?B?5oq9562+?=
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: {encoding}

你好, your digest. Keep this:

{body}
See you.
"""


@pytest.mark.parametrize(
    "style", ["bare", "text", "crlf", "quoted", "base64", "html", "8bit", "saved", "breaks"]
)
def test_an_older_checkpoint_is_found_in_a_mail(tmp_path: Path, style: str) -> None:
    site = monday()
    note = site.checkpoint(4)
    folder = site.write(tmp_path)
    text = f"你好\n\n{note}\nbye\n"
    data = {
        "bare": note.encode(),
        "text": text.encode(),
        "crlf": text.replace("\n", "\r\n").encode(),
        "quoted": "\n".join(f"> {line}" for line in text.split("\n")).encode(),
        "base64": MAIL.format(
            encoding="base64", body=""
        ).split("\n\n")[0].encode() + b"\n\n" + base64.encodebytes(text.encode()),
        "html": MAIL.format(encoding="quoted-printable", body="").split("\n\n")[0]
        .replace("text/plain", "text/html").encode()
        + b"\n\n" + quopri.encodestring(f"<p>hi</p><pre>\n{escape(note)}</pre>".encode()),
        "8bit": MAIL.format(
            encoding="8bit", body=f"<pre style='color: red'>{escape(note)}</pre>"
        ).replace("text/plain", "text/html").encode(),
        "saved": f"<!doctype html><title>1</title><pre>{escape(note)}</pre><p>bye".encode(),
        "breaks": ("<div>" + note.replace("\n", "<br>").replace("+", "&#43;") + "</div>").encode(),
    }[style]  # fmt: skip
    report = verify(folder, key=KEY, since=data, now=NOW)
    assert report.exit_code == 4, report.verdict
    assert found(report, "since") == "ok"
    alone = standalone().Verification(int(NOW.timestamp()), KEY, data)
    assert alone.run(StandaloneSite(site.files()))[1] == 4
    assert ("ok", "since") in [(outcome, name) for outcome, name, _ in alone.checks]


def test_a_since_file_without_a_checkpoint_is_said_to_have_none(tmp_path: Path) -> None:
    folder = monday().write(tmp_path)
    report = verify(folder, key=KEY, since=b"hello", now=NOW)
    assert report.verdict.startswith("FAILED: since: --since: holds no checkpoint")
    report = verify(folder, key=KEY, since=tmp_path / "none", now=NOW)
    assert report.verdict.startswith("FAILED: since: --since: cannot be read")
