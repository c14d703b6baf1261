"""The page that checks its own site, in a real Chromium: same verdicts as the other verifiers."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from audit.standalone import source
from flows.commands.serve import Handler
from ledger.canonical import sha256_hex
from ledger.notes import Signer
from lottery.records import closing, ladder_opening
from lottery.sources import operator_commitment, operator_reveal, operator_source
from notifications.site import HERE, render_site
from tests.browser.conftest import scrolls_sideways
from tests.campaign import mutations
from tests.intake_builder import NOW as INTAKE_NOW
from tests.intake_builder import intake_week
from tests.intake_tricks import HONEST, TRICKS
from tests.record_builder import build_record
from tests.site_builder import NEXT_SIGNER, NOW, SIGNER, WITNESS, monday, ref, write_files
from tests.verifiers import Finding, by_package, held

VECTORS = Path(__file__).parent.parent / "vectors"
SCRIPT = HERE / "assets" / "verify.js"
KEY, TRUST = str(SIGNER.vkey), str(WITNESS)
VERIFY = """async ({files, options}) => {
  const decoded = {};
  for (const [path, text] of Object.entries(files)) {
    decoded[path] = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  }
  const report = await Fairlead.verify(new Fairlead.MemorySite(decoded), options);
  return {verdict: report.verdict, code: report.exitCode, checks: report.checks};
}"""


@pytest.fixture(scope="module")
def bench(chromium: Browser) -> Iterator[Page]:
    """An empty page with the script alone, as no site could influence it."""
    page = chromium.new_page()
    page.add_script_tag(path=str(SCRIPT))
    yield page
    page.close()


def by_browser(page: Page, files: dict[str, bytes], now: datetime, **given: Any) -> Finding:
    mails = held(**{name: given.pop(name) for name in ("since", "seen") if name in given})
    options = {key: value.decode() if isinstance(value, bytes) else value
               for key, value in given.items()}  # fmt: skip
    options |= {"now": int(now.timestamp()), "held": [(mail.decode(), at) for mail, at in mails]}
    coded = {path: base64.b64encode(data).decode() for path, data in files.items()}
    said = page.evaluate(VERIFY, {"files": coded, "options": options})
    failed = {name for outcome, name, _ in said["checks"] if outcome == "failed"}
    return Finding(said["verdict"], said["code"], tuple(sorted(failed)))


def test_every_published_draw_comes_out_as_printed(bench: Page) -> None:
    for path in sorted((VECTORS / "draw").glob("draw-*.json")):
        same = bench.evaluate(
            """(text) => {
              const draw = Fairlead.parse(new TextEncoder().encode(text)), given = draw.input;
              const made = Fairlead.derive(given.opening, given.closing, given.reveals);
              return Fairlead.canonicalText(made) === Fairlead.canonicalText(draw.expect);
            }""",
            path.read_text(encoding="utf-8"),
        )
        assert same, path.name


def test_every_recorded_beacon_round_verifies_and_no_forged_one_does(bench: Page) -> None:
    check = "([round, text]) => Fairlead.isBeaconSignature(round, Fairlead.unhex(text))"
    rounds = json.loads((VECTORS / "beacon" / "quicknet-rounds.json").read_bytes())["rounds"]
    forged = json.loads((VECTORS / "beacon" / "quicknet-negative.json").read_bytes())["negative"]
    for case in rounds:
        assert bench.evaluate(check, [case["round"], case["signature"]]), case["round"]
    for case in forged:
        if case["round"] < 2**53:  # no opening can name a larger one
            assert not bench.evaluate(check, [case["round"], case["signature"]]), case["id"]


@pytest.mark.parametrize("audience", ["public", "team"])
@pytest.mark.parametrize("source_kind", ["operator", "drand", "public"])
def test_an_honest_site_gets_the_same_verdict(bench: Page, source_kind: str, audience: str) -> None:
    site = monday(source_kind)
    site.audience = audience
    times = ("2026-09-17T12:23:00Z", "2026-09-17T15:14:00Z")
    sizes = [site.position("closing", number) + 1 for number in range(2)]
    site.notes = [site.witnessed(size, at) for size, at in zip(sizes, times, strict=True)]
    files, kept = site.files(), [site.checkpoint(size).encode() for size in sizes]
    seen = [datetime.fromisoformat(at) for at in times]
    for given in (
        {},
        {"key": KEY},
        {"key": KEY, "trust": TRUST.encode()},
        {"key": KEY, "since": kept, "seen": seen},
        {"key": KEY, "since": kept, "seen": [seen[0]] * 2},  # before the second was logged
    ):
        assert by_browser(bench, files, NOW, **given) == by_package(files, NOW, **given), given


def test_a_handed_over_log_is_followed_from_either_key_and_from_no_other(bench: Page) -> None:
    site = monday("public")
    site.hand_over(site.position("opening", 1))
    files, older = site.files(), site.checkpoint(4).encode()
    stranger = Signer("log.example/fairlead", b"x" * 32).vkey
    for given in (
        {},
        {"key": KEY},
        {"key": str(NEXT_SIGNER.vkey), "since": older},
        {"key": str(stranger)},
    ):
        assert by_browser(bench, files, NOW, **given) == by_package(files, NOW, **given), given


def test_a_sample_of_every_kind_of_tampering_is_refused_as_by_the_others(bench: Page) -> None:
    for one in mutations(seed=3, of_each=6):
        expected = by_package(one.files, NOW, **one.given)
        assert expected.exit_code == 1, one.name
        assert by_browser(bench, one.files, NOW, **one.given) == expected, one.name


def test_approvals_of_this_and_of_another_policy_text_are_told_apart(bench: Page) -> None:
    text = "id: trial\napprovals:\n- {role: hr}\n# kept\nversion: '1'\n"
    bound = sha256_hex(b"id: trial\n# kept\nversion: '1'\n")
    for approves, failed in ((bound, False), ("0" * 64, True)):
        site = monday()
        approvals = [{"role": "hr", "approves": approves}]
        digest = sha256_hex(text.encode())
        site.change("policy", text=text, sha256=digest, approvals=approvals)
        expected = by_package(site.files(), NOW)
        assert by_browser(bench, site.files(), NOW) == expected
        assert ("records" in expected.failed) == failed


def test_299_entrants_are_drawn_in_under_a_second(bench: Page) -> None:
    draw, secret = "2026-W38/enterprise/lottery", "7" * 64
    opening = ladder_opening(
        draw=draw, policy_sha256="1" * 64,
        opens_at="2026-09-17T14:00:00Z", closes_at="2026-09-17T15:00:00Z",
        sources=[operator_source(operator_commitment(secret))],
        entrants=[ref(f"rep {n}") for n in range(299)],
        prizes=[ref(f"lead {n}") for n in range(299)],
    )  # fmt: skip
    closed = closing(opening, [(who, n % 298, n) for n, who in enumerate(opening["entrants"])])
    took = bench.evaluate(
        """([opening, closing, reveal]) => {
          const began = performance.now();
          Fairlead.derive(opening, closing, [reveal]);
          return performance.now() - began;
        }""",
        [opening, closed, operator_reveal(secret)],
    )
    assert took < 1000


# -- the page itself ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pages() -> dict[str, bytes]:
    """The check page in both languages with what it needs."""
    rendered = render_site(build_record(6, 4, synthetic=True), "public", [])
    wanted = ("assets/", "zh/check", "en/check", "zh/how", "en/how", "zh/verify", "en/verify")
    return {path: data for path, data in rendered.items() if path.startswith(wanted)} | {
        "verify.py": source()
    }


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The address of `tmp_path` under the headers of `fairlead serve`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def verdict(page: Page) -> int:
    page.wait_for_selector("#checker-verdict[data-code]", timeout=20_000)
    return int(page.locator("#checker-verdict").get_attribute("data-code") or "-1")


ENGLISH = re.compile(r"[a-z]{3,} [a-z]{2,} [a-z]{2,}")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("tampering", ["", "index.html", "log/checkpoint", "records"])
def test_findings_are_in_the_language_of_the_page(
    opened: Callable[..., Page], pages: dict[str, bytes], served: str, tmp_path: Path,
    language: str, tampering: str,
) -> None:  # fmt: skip
    files = monday("drand").files(pages)
    for path in [path for path in files if tampering and path.startswith(tampering)]:
        files[path] = files[path][:-2] + b"?\n"
    write_files(files, tmp_path)
    page = opened(f"{served}/{language}/check.html")
    page.click("#checker-go")
    assert verdict(page) == (1 if tampering else 3)
    said = page.locator("#checker-list .detail").all_inner_texts()
    said += [page.inner_text("#checker-verdict")]
    assert page.locator('#checker-list [lang="en"]').count() == 0  # none lacks its translation
    if language == "zh":
        assert [text for text in said if ENGLISH.search(text)] == []
        assert all(re.search(r"[\u4e00-\u9fff]", text) for text in said)
    else:
        assert [text for text in said if re.search(r"[\u4e00-\u9fff]|\{\d*\}", text)] == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_checks_the_site_it_came_from(
    opened: Callable[..., Page], pages: dict[str, bytes], served: str, tmp_path: Path, language: str
) -> None:
    write_files(monday("drand").files(pages), tmp_path)
    page = opened(f"{served}/{language}/check.html", {"width": 390, "height": 844})
    page.click("#checker-go")
    assert verdict(page) == 3  # ORDER NOT PROVEN: nobody outside vouches for the order
    assert page.locator(".check.failed").count() == 0
    assert page.locator("#checker-python").inner_text() != "–"
    assert not scrolls_sideways(page)
    missing = [one for one in page.complaints if "404" not in one]  # there are no cosignatures
    assert missing == []


def test_the_page_names_a_changed_file(
    opened: Callable[..., Page], pages: dict[str, bytes], served: str, tmp_path: Path
) -> None:
    files = monday("drand").files(pages)
    write_files(files | {"index.html": b"<p>better numbers"}, tmp_path)
    page = opened(f"{served}/en/check.html")
    page.click("#checker-go")
    assert verdict(page) == 1
    assert "index.html: is not the file that was published" in page.inner_text("#checker-list")


def test_the_page_works_from_a_disk_without_any_server(
    opened: Callable[..., Page], pages: dict[str, bytes], tmp_path: Path
) -> None:
    site = monday("drand")
    write_files(site.files(pages), tmp_path)
    page = opened(tmp_path / "en" / "check.html")
    assert page.locator("#checker-go").is_hidden()
    assert page.locator("#checker-disk").is_visible()
    page.click("summary")
    page.fill("#checker-key", KEY)
    mails = [site.checkpoint(site.position("closing", number) + 1) for number in (0, 1)]
    page_source = mails[1].replace("+", "&#43;")  # of a mail that was saved as a web page
    page.fill("#checker-since", f"{mails[0]}<!doctype html><p>keep<pre class=a>{page_source}</pre>")
    page.fill("#checker-seen", "2026-09-17T20:22:50+08:00 2026-09-17T23:13:50+08:00")
    page.set_input_files("#checker-folder", str(tmp_path))
    assert verdict(page) == 0
    assert "VERIFIED" in page.inner_text("#checker-verdict")
    assert page.complaints == []


@pytest.mark.parametrize("trick", ["", *TRICKS])
def test_runs_between_the_mondays_are_judged_alike(bench: Page, trick: str) -> None:
    files = (intake_week(TRICKS[trick]) if trick else HONEST).site()
    assert by_browser(bench, files, INTAKE_NOW) == by_package(files, INTAKE_NOW)
