"""Checks a published site from its bytes alone. Source: specs/ledger.md, `fairlead verify`."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from itertools import zip_longest
from pathlib import Path

from audit.decisions import Decided, check_against_draws, check_allocation, read_decisions
from audit.draws import Draw
from audit.evidence import Seen, check_cosignatures, check_since, held_by, trusts_of, witness_keys
from audit.intake import check_intake, has_intake
from audit.log import Log, check_log_folder, check_times, read_log
from audit.manifest import check_manifest
from audit.pages import check_pages
from audit.receipts import check_receipts
from audit.records import Logged, first_of, read_records
from audit.replay import check_bundle
from audit.report import Check, Findings, Report, concluded
from audit.runs import check_runs
from audit.site import Refused, Site, open_site
from audit.stamps import Stamp, certificates, check_stamps
from ledger.notes import NoteError, VerifierKey

File = Path | bytes


def verify(
    site: Site | Path | str,
    *,
    bundle: File | None = None,
    since: File | Sequence[File] | None = None,
    seen: datetime | Sequence[datetime] | None = None,
    key: str | None = None,
    trust: File | None = None,
    receipt: File | None = None,
    now: datetime,
) -> Report:
    """All checks of a published folder (or http(s) address), and what they come to.

    `bundle`: the run's replay bundle. `since`: older checkpoints, or mails that hold them, and
    `seen` when each was received (aware), in the same order. `key`: the log's vkey, known from
    elsewhere. `trust`: the vkeys of witnesses and certificates of time-stamping authorities.
    `receipt`: acknowledgements of lines that an entrant kept. `now` must be aware. Files are given
    as a path or as their bytes. Nothing published, however hostile, raises.
    """
    run = _Verification(int(now.timestamp()))
    mails = [] if since is None else [since] if isinstance(since, (Path, bytes)) else list(since)
    times = [] if seen is None else [seen] if isinstance(seen, datetime) else list(seen)
    held = list(zip_longest(mails, times[: len(mails)]))
    return run.run(site, bundle, held, key, trust, receipt)


class _Verification:
    """One run over a site; each step adds its checks, even when an earlier one failed."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.checks: list[Check] = []
        self.logged: list[Logged] = []
        self.draws: list[Draw] = []
        self.decided: dict[str, Decided] = {}
        self.seen: list[Seen] = []
        self.stamps: list[Stamp] = []

    def run(
        self,
        site: Site | Path | str,
        bundle: File | None,
        held: Sequence[tuple[File, datetime | None]],
        key: str | None,
        trust: File | None,
        receipt: File | None,
    ) -> Report:
        opened: list[tuple[Site, Log]] = []
        self._step("log", lambda found: self._open(site, key, opened, found))
        if not opened:
            self.checks.append(Check("everything else", "skipped", "the log cannot be read"))
            return concluded(self.checks, [])
        folder, log = opened[0]
        self._step("log folder", lambda found: self._log_folder(folder, log, found))
        self._step("records", lambda found: self._records(folder, log, found))
        self._step("witnesses", lambda found: self._witnesses(folder, log, trust, found))
        for since, seen in held:
            self._step("since", partial(self._since, since, log, seen))
        good: list[str] = []
        self._step("published files", lambda found: self._files(folder, log, good, found))
        if any(path.startswith("stamps/") for path in good):
            self._step("time-stamps", lambda found: self._stamped(folder, log, good, trust, found))
        self._step("draws", self._draws)
        if receipt is not None:
            data = receipt
            self._step(
                "receipts",
                lambda found: check_receipts(_bytes(data, "--receipt"), log, self.draws, found),
            )
        self._allocations(folder)
        if has_intake(self.logged, self.draws):
            self._step(
                "intake runs",
                lambda found: check_intake(self.logged, self.draws, self.decided, found),
            )
        self._step("pages", lambda found: self._pages(folder, good, found))
        self._bundle(bundle)
        trusts, checks = trusts_of(self.draws, self.seen, self.stamps)
        return concluded([*self.checks, *checks], trusts)

    def _step(self, name: str, step: Callable[[Findings], str]) -> None:
        """Runs one subject; whatever it stumbles over is a failure of that subject."""
        findings = Findings(name)
        good = ""
        try:
            good = step(findings)
        except Refused as refusal:
            findings.failed(str(refusal))
        except Exception as error:  # noqa: BLE001 - a verdict for any bytes, never a traceback
            findings.failed(f"cannot be checked: {type(error).__name__}: {error}")
        self.checks += findings.checks(good)

    def _open(
        self,
        site: Site | Path | str,
        key: str | None,
        opened: list[tuple[Site, Log]],
        found: Findings,
    ) -> str:
        try:
            pinned = None if key is None else VerifierKey.parse(key)
        except NoteError as error:
            raise Refused("--key", error) from None
        folder = open_site(site)
        log = read_log(folder, pinned, found)
        opened.append((folder, log))
        trusted = "unpinned key" if pinned is None else "pinned key"
        if rotated := len(log.keys.ends):
            trusted += f", {rotated} times handed over from key to key"
        return f"{log.tree.size} entries of {log.origin}, checkpoint signed by the {trusted}"

    def _log_folder(self, site: Site, log: Log, found: Findings) -> str:
        check_times(log, self.now, found)
        check_log_folder(site, log, found)
        if site.paths() is None:
            found.warning("over HTTP, files that nothing refers to cannot be seen")
        return "entries in the order of their times, nothing unknown under log/"

    def _records(self, site: Site, log: Log, found: Findings) -> str:
        self.logged = read_records(site, log, found)
        return f"{len(self.logged)} entries have their record, canonical and with its hash"

    def _witnesses(self, site: Site, log: Log, trust: File | None, found: Findings) -> str:
        keys = [] if trust is None else witness_keys(_bytes(trust, "--trust"))
        self.seen += check_cosignatures(site, log, keys, found)
        if trust is None:
            found.skipped("no witness keys given (--trust)")
        return f"{len(self.seen)} cosignatures by {_names(self.seen)}"

    def _since(self, since: File, log: Log, seen: datetime | None, found: Findings) -> str:
        sizes = check_since(_bytes(since, "--since"), log, found)
        if seen is not None:
            self.seen += held_by(sizes, int(seen.timestamp()), log, found)
        return f"the log extends the checkpoint of {max(sizes, default=0)} entries"

    def _files(self, site: Site, log: Log, good: list[str], found: Findings) -> str:
        good += check_manifest(site, log, self.logged, found)
        return f"{len(good)} files are those that were published for {log.audience}"

    def _stamped(
        self, site: Site, log: Log, good: list[str], trust: File | None, found: Findings
    ) -> str:
        roots = [] if trust is None else certificates(_bytes(trust, "--trust"))
        self.stamps += check_stamps(site, log, good, roots, found)
        return f"{len(self.stamps)} checkpoints stamped by {_names(self.stamps)}"

    def _draws(self, found: Findings) -> str:
        self.draws, checks = check_runs(self.logged, self.now, found)
        self.checks += checks
        pending = [draw.id for draw in self.draws if draw.status == "pending"]
        waiting = f", pending: {', '.join(pending)}" if pending else ""
        return f"{len(self.draws)} openings, one live draw each, every lead once{waiting}"

    def _allocations(self, site: Site) -> None:
        snapshots = first_of(self.logged, "snapshot")
        for run, allocation in first_of(self.logged, "allocation").items():
            self._step(
                f"decisions {run}",
                lambda found, run=run, one=allocation: self._allocation(  # type: ignore[misc]
                    site, one, snapshots.get(run), found
                ),
            )

    def _allocation(
        self, site: Site, allocation: Logged, snapshot: Logged | None, found: Findings
    ) -> str:
        decided = read_decisions(site, allocation)
        self.decided[decided.run] = decided
        check_allocation(decided, allocation, snapshot, found)
        check_against_draws(decided, [one for one in self.draws if one.run == decided.run], found)
        return f"{len(decided.decisions)} decisions are as counted, frozen and drawn"

    def _pages(self, site: Site, good: list[str], found: Findings) -> str:
        counts = {run: one.counts() for run, one in self.decided.items()}
        number = check_pages(site, good, counts, found)
        return f"{number} numbers on pages equal what was recomputed"

    def _bundle(self, bundle: File | None) -> None:
        if bundle is None:
            self.checks.append(Check("replay", "skipped", "decisions not re-executed"))
            return
        allocations = [one for one in self.logged if one.type == "allocation"]

        def replay(found: Findings) -> str:
            data = _bytes(bundle, "--bundle")
            run = check_bundle(data, allocations, self.decided, self.draws, found)
            return f"every decision of {run} re-executed, byte for byte the same"

        self._step("replay", replay)


def _names(said: Sequence[Seen | Stamp]) -> str:
    return ", ".join(sorted({one.by for one in said})) or "nobody"


def _bytes(file: File, name: str) -> bytes:
    if isinstance(file, bytes):
        return file
    try:
        return file.read_bytes()
    except OSError as error:
        raise Refused(name, f"cannot be read: {error.strerror}") from None
