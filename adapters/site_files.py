"""The published folders: a release is built aside and switched by one rename.

    parent/site       → .site.releases/current/public     (static link)
    parent/site-team  → .site.releases/current/team       (static link)
    parent/.site.releases/current → 000007                (the switch)

Readers of both audiences change over in the same instant; a crash leaves the last release whole.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

KEPT_RELEASES = 3  # the one shown, and two to go back to by hand
AUDIENCES = ("public", "team")


class PublishError(Exception):
    """The site folder cannot be written; the message says what stands in the way."""


@dataclass(frozen=True, slots=True)
class SiteFolder:
    """A site at `path` (public) and `path`-team."""

    path: Path

    @property
    def team_path(self) -> Path:
        return self.path.with_name(self.path.name + "-team")

    @property
    def releases(self) -> Path:
        return self.path.with_name(f".{self.path.name}.releases")

    @property
    def current(self) -> Path:
        return self.releases / "current"

    def check(self) -> None:
        """Refuse to replace what is not ours. Errors: PublishError."""
        for link in (self.path, self.team_path):
            if link.exists() and not link.is_symlink():
                raise PublishError(
                    f"{link} exists and was not published by Fairlead: "
                    "give another --site, or move it away"
                )

    def published(self, audience: str) -> dict[str, Path]:
        """{relative path: file} of the release that is shown now; empty before the first."""
        root = self.current / audience
        if not root.is_dir():
            return {}
        return {
            str(file.relative_to(root)): file for file in sorted(root.rglob("*")) if file.is_file()
        }

    def build(self, files: Mapping[str, Mapping[str, bytes]]) -> Path:
        """Write `files` ({audience: {path: bytes}}) as a new release that nobody sees yet.

        A file equal to the one shown now is hard-linked, so a release costs what changed.
        Errors: PublishError.
        """
        self.check()
        self.releases.mkdir(parents=True, exist_ok=True)
        numbers = [int(p.name) for p in self.releases.iterdir() if p.name.isdigit()]
        release = self.releases / f"{max(numbers, default=0) + 1:06d}"
        building = self.releases / f"{release.name}.building"
        shutil.rmtree(building, ignore_errors=True)
        for audience in AUDIENCES:
            shown = self.published(audience)
            for relative, body in files[audience].items():
                target = building / audience / relative
                target.parent.mkdir(parents=True, exist_ok=True)
                old = shown.get(relative)
                if old is not None and old.read_bytes() == body:
                    os.link(old, target)
                else:
                    target.write_bytes(body)
        _fsync_tree(building)
        building.rename(release)
        return release

    def switch(self, release: Path) -> None:
        """Show a release to both audiences in one step; older ones but two are removed."""
        _point(self.current, release.name)
        for link, audience in ((self.path, "public"), (self.team_path, "team")):
            if not link.is_symlink():
                _point(link, f"{self.releases.name}/current/{audience}")
        numbers = sorted(p.name for p in self.releases.iterdir() if p.name.isdigit())
        for name in numbers[:-KEPT_RELEASES]:
            shutil.rmtree(self.releases / name)


def _point(link: Path, target: str) -> None:
    """Make `link` point to `target` in one step, whatever it pointed to before."""
    fresh = link.with_name(f".{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)


def _fsync_tree(root: Path) -> None:
    """Have the log and the folders on disk before anything shows them."""
    for folder in (root, *(p for p in root.rglob("*") if p.is_dir())):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
