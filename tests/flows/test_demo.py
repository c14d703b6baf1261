"""`fairlead demo`, tried as a newcomer would: document 0's organisation, start to end."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.command_line import Home, decisions

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def demo(new_home) -> tuple[Home, str, list[dict[str, str]]]:
    home = new_home()
    done = home.fairlead("demo", "--decisions", home.path.parent / "decisions.csv")
    assert done.returncode == 0, done.stdout + done.stderr
    return home, done.stdout, decisions(home.path.parent / "decisions.csv")


@pytest.fixture
def copy(demo, tmp_path) -> Path:
    """The published folder, to be tampered with."""
    return shutil.copytree(demo[0].site.resolve(), tmp_path / "copy")


def test_every_share_of_document_0_comes_out_exactly(demo):
    counted = Counter((row["band"], row["method"]) for row in demo[2])
    assert counted == {
        ("enterprise", "lottery"): 30,
        ("enterprise", "skill_match"): 70,
        ("mid_market", "rotation"): 320,
        ("mid_market", "junior"): 80,
        ("smb", "sdr"): 250,
        ("smb", "rotation"): 250,
    }


def test_every_lead_has_one_owner_or_a_reason(demo):
    leads = [row["lead_id"] for row in demo[2]]
    assert len(leads) == len(set(leads)) == 1000
    assert all(row["rep_id"] and row["reason"] and row["rule_id"] for row in demo[2])


def test_the_demo_says_where_to_look_what_the_verdict_is_and_how_to_verify_it(demo):
    home, said, _ = demo
    assert str(home.site / "index.html") in said
    assert f"{home.path}/digests/" in said
    assert "OPERATOR-TRUSTED" in said
    assert f"fairlead verify {home.site}" in said.replace("  ", " ")


def test_the_published_site_verifies_with_its_decisions_re_executed(demo):
    home, _, _ = demo
    (bundle,) = (home.path / "bundles").glob("*.json")
    checked = home.fairlead("verify", home.site, "--bundle", bundle)
    assert checked.returncode == 4, checked.stdout + checked.stderr  # operator-trusted
    assert "re-executed" in checked.stdout
    assert checked.stdout.strip().endswith("OPERATOR-TRUSTED")


def test_the_team_site_verifies_too(demo):
    home, _, _ = demo
    checked = home.fairlead("verify", home.path / "site-team")
    assert checked.returncode == 4, checked.stdout + checked.stderr


@pytest.mark.parametrize(
    "pattern", ["zh/runs/*/index.html", "runs/*/decisions.json", "en/runs/*/leads/*.html",
                "records/*.json", "log/checkpoint", "assets/*.css"],
)  # fmt: skip
def test_one_changed_byte_is_found_and_named(demo, copy, pattern):
    victim = min(copy.glob(pattern))
    body = bytearray(victim.read_bytes())
    body[len(body) // 2] ^= 1
    victim.write_bytes(bytes(body))
    checked = demo[0].fairlead("verify", copy)
    assert checked.returncode == 1
    assert checked.stdout.strip().splitlines()[-1].startswith("FAILED")
    named = victim.name if pattern != "log/checkpoint" else "checkpoint"
    assert named in checked.stdout


def test_a_second_demo_changes_nothing(demo):
    home, _, _ = demo
    before = {p: p.read_bytes() for p in home.site.resolve().rglob("*") if p.is_file()}
    again = home.fairlead("demo")
    assert again.returncode == 0, again.stderr
    assert "nothing changed" in again.stderr
    assert {p: p.read_bytes() for p in home.site.resolve().rglob("*") if p.is_file()} == before


def test_no_public_file_holds_a_name_or_a_mail_address_of_the_team(demo):
    home, _, _ = demo
    (folder,) = (home.path / "synthetic").iterdir()
    reps = decisions(folder / "reps.csv")
    secrets = {rep["email"].encode() for rep in reps} | {
        rep["rep_id"].encode() for rep in reps if len(rep["rep_id"]) > 4
    }
    names = {rep["name"].encode() for rep in reps if len(rep["name"]) >= 3}
    for file in home.site.resolve().rglob("*"):
        if file.is_file():
            body = file.read_bytes()
            found = {secret for secret in secrets | names if secret in body}
            assert not found, f"{file}: {found}"


def test_synthetic_data_is_labelled_on_every_page_and_mail(demo):
    home, _, _ = demo
    pages = [
        *home.site.resolve().rglob("*.html"),
        *(home.path / "site-team").resolve().rglob("*.html"),
    ]
    assert len(pages) > 4000
    # dbt's own app shows the models and holds no data.
    pages = [page for page in pages if page.parts[-3:-1] != ("docs", "dbt")]
    unlabelled = [p for p in pages if "ynthetic" not in (t := p.read_text()) and "合成" not in t]
    assert unlabelled == []
    mails = list((home.path / "digests").rglob("*.txt"))
    assert mails
    assert [m for m in mails if "合成" not in m.read_text()] == []
