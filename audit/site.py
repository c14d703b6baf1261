"""Reading a published site, from a folder or over HTTP; nothing read is trusted."""

import os
import stat
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import Any, Protocol

from ledger.canonical import CanonicalError, parse, parse_canonical

TIMEOUT_S = 30
# The largest file of a run with a million leads, its decision file, has about 300 MB.
MAX_FETCHED_BYTES = 1 << 30


class Refused(Exception):
    """A published byte is not as it must be. `str()` is "path: why"."""

    def __init__(self, path: str, why: object) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path


class Site(Protocol):
    """A published folder, wherever it is."""

    def read(self, path: str) -> bytes:
        """The bytes of a file; Refused if there is none or it cannot be read."""

    def paths(self) -> frozenset[str] | None:
        """Every path there is, relative with slashes; None where that cannot be asked."""


class FolderSite:
    """A folder on this machine. Links inside it are not followed: they are not published bytes."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._paths = frozenset(self._walked())

    def read(self, path: str) -> bytes:
        if path not in self._paths:
            raise Refused(path, "is missing")
        full = self._root / path
        try:
            if not stat.S_ISREG(full.lstat().st_mode):
                raise Refused(path, "is not a plain file")
            return full.read_bytes()
        except OSError as error:
            raise Refused(path, f"cannot be read: {error.strerror}") from None

    def paths(self) -> frozenset[str]:
        return self._paths

    def _walked(self) -> list[str]:
        found = []
        for folder, folders, files in os.walk(self._root):
            links = [name for name in folders if (Path(folder) / name).is_symlink()]
            for name in (*files, *links):
                found.append((Path(folder) / name).relative_to(self._root).as_posix())
        return found


class UrlSite:
    """An address. Files that nothing refers to cannot be found over HTTP."""

    def __init__(self, base: str, fetch: Callable[[str], bytes] | None = None) -> None:
        self._base = base.rstrip("/") + "/"
        self._fetch = fetch or _fetched
        self._read: dict[str, bytes] = {}

    def read(self, path: str) -> bytes:
        if path not in self._read:
            try:
                self._read[path] = self._fetch(self._base + urllib.parse.quote(path))
            except urllib.error.HTTPError as error:
                why = "is missing" if error.code == 404 else f"HTTP status {error.code}"
                raise Refused(path, why) from None
            except (OSError, HTTPException, ValueError) as error:
                raise Refused(path, f"cannot be fetched: {error}") from None
        return self._read[path]

    def paths(self) -> None:
        return None


def open_site(site: Site | Path | str) -> Site:
    """A folder, or an address that begins with http:// or https://; an open site is itself."""
    if not isinstance(site, str | Path):
        return site
    if isinstance(site, str) and site.startswith(("http://", "https://")):
        return UrlSite(site)
    root = Path(site)
    if not root.is_dir():
        raise Refused(str(site), "is not a folder")
    return FolderSite(root)


def is_safe(path: object) -> bool:
    """Whether a manifest may name this path: relative, plain, inside the site, not the log."""
    return (
        isinstance(path, str)
        and path != ""
        and "\\" not in path
        and path.isprintable()
        and all(part not in ("", ".", "..") for part in path.split("/"))
        and not path.startswith("log/")
    )


def read_value(data: bytes, path: str, *keys: str, is_canonical: bool = True) -> dict[str, Any]:
    """The JSON object in a published file, which has at least these keys."""
    try:
        value = parse_canonical(data) if is_canonical else parse(data)
    except CanonicalError as error:
        raise Refused(path, error) from None
    if not isinstance(value, dict):
        raise Refused(path, "is not an object")
    for key in keys:
        if key not in value:
            raise Refused(path, f"lacks {key!r}")
    return value


def _fetched(url: str) -> bytes:
    # open_site lets only http and https through, and urllib follows no redirect to a file.
    with urllib.request.urlopen(url, timeout=TIMEOUT_S) as response:  # noqa: S310
        data: bytes = response.read(MAX_FETCHED_BYTES + 1)
    if len(data) > MAX_FETCHED_BYTES:
        raise ValueError("file is too large")
    return data
