"""The verifiers side by side: `fairlead verify`'s core and the published verify.py."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import zip_longest
from pathlib import Path
from types import ModuleType
from typing import Any

import audit
from audit.site import Refused
from audit.verify import verify

STANDALONE = Path(audit.__file__).parent / "standalone" / "verify.py"


@dataclass(frozen=True)
class Finding:
    """What a verifier says: its verdict's first words, exit code, and each failed subject."""

    verdict: str
    exit_code: int
    failed: tuple[str, ...]


class MemorySite:
    """A published folder that is only in memory: mutations by the thousand need no disk."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    def read(self, path: str) -> bytes:
        if path not in self.files:
            raise Refused(path, "is missing")
        return self.files[path]

    def paths(self) -> frozenset[str]:
        return frozenset(self.files)


@cache
def standalone() -> ModuleType:
    """The published verify.py as a module; it is no part of the package on purpose."""
    spec = importlib.util.spec_from_file_location("fairlead_standalone_verify", STANDALONE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class StandaloneSite:
    """The same for verify.py, whose sites raise its own error and list paths as an attribute."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files, self.paths = files, frozenset(files)

    def read(self, path: str) -> bytes:
        if path not in self.files:
            raise standalone().Bad(f"{path}: is missing")
        return self.files[path]


def by_package(files: dict[str, bytes], now: datetime, **given: Any) -> Finding:
    """`key`, `since`, `seen` (datetime), `trust` as `audit.verify.verify` takes them."""
    report = verify(MemorySite(files), now=now, **given)
    failed = tuple(sorted({check.name for check in report.checks if check.ok == "failed"}))
    return Finding(report.verdict.partition(":")[0], report.exit_code, failed)


def held(
    since: bytes | list[bytes] | None = None, seen: datetime | list[datetime] | None = None
) -> list[tuple[bytes, int | None]]:
    """Older checkpoints, each with the Unix time at which its holder received it, if known."""
    mails = [] if since is None else since if isinstance(since, list) else [since]
    times = [] if seen is None else seen if isinstance(seen, list) else [seen]
    return [
        (mail, None if at is None else int(at.timestamp()))
        for mail, at in zip_longest(mails, times)
    ]


def by_standalone(
    files: dict[str, bytes],
    now: datetime,
    key: str = "",
    trust: bytes | None = None,
    receipt: bytes | None = None,
    **mails: Any,
) -> Finding:
    """The same question put to verify.py."""
    run = standalone().Verification(
        int(now.timestamp()), key, trust=trust, receipt=receipt, held=held(**mails)
    )
    verdict, code = run.run(StandaloneSite(files))
    failed = tuple(sorted({name for outcome, name, _ in run.checks if outcome == "failed"}))
    return Finding(verdict.partition(":")[0], code, failed)
