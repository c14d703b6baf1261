"""Publishing to real folders: one switch for both audiences, nothing of others touched."""

from __future__ import annotations

import pytest

from adapters.site_files import PublishError, SiteFolder


def shown(folder: SiteFolder) -> tuple[str, str]:
    return (folder.path / "a.html").read_text(), (folder.team_path / "a.html").read_text()


def release(folder: SiteFolder, text: str) -> None:
    files = {"a.html": text.encode(), "deep/b.html": b"same"}
    folder.switch(folder.build({"public": files, "team": files}))


def test_both_audiences_change_over_together_and_removed_files_are_gone(tmp_path):
    site = SiteFolder(tmp_path / "site")
    release(site, "one")
    assert shown(site) == ("one", "one")
    release(site, "two")
    assert shown(site) == ("two", "two")
    assert sorted(p.name for p in site.path.rglob("*.html")) == ["a.html", "b.html"]


def test_a_release_that_was_built_and_not_switched_is_seen_by_nobody(tmp_path):
    site = SiteFolder(tmp_path / "site")
    release(site, "one")
    site.build({"public": {"a.html": b"two"}, "team": {"a.html": b"two"}})
    assert shown(site) == ("one", "one")


def test_an_unchanged_file_costs_no_second_copy(tmp_path):
    site = SiteFolder(tmp_path / "site")
    release(site, "one")
    first = (site.path / "deep/b.html").stat().st_ino
    release(site, "two")
    assert (site.path / "deep/b.html").stat().st_ino == first


def test_only_the_last_three_releases_are_kept(tmp_path):
    site = SiteFolder(tmp_path / "site")
    for number in range(6):
        release(site, str(number))
    kept = sorted(p.name for p in site.releases.iterdir() if p.is_dir() and not p.is_symlink())
    assert kept == ["000004", "000005", "000006"]
    assert shown(site) == ("5", "5")


@pytest.mark.parametrize("name", ["site", "site-team"])
def test_a_folder_of_somebody_else_is_refused_and_left_alone(tmp_path, name):
    (tmp_path / name).mkdir()
    (tmp_path / name / "mine").write_text("keep")
    site = SiteFolder(tmp_path / "site")
    with pytest.raises(PublishError, match=name):
        site.build({"public": {}, "team": {}})
    assert (tmp_path / name / "mine").read_text() == "keep"
