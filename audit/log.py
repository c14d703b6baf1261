"""The log as published: its key, its checkpoint, and every entry under it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from audit.report import Findings
from audit.site import Refused, Site, read_value
from ledger.canonical import sha256_hex
from ledger.checkpoints import Checkpoint, CheckpointError, open_checkpoint, parse_checkpoint
from ledger.handover import ENTRY, HandOverError, Keychain, read_keychain
from ledger.log import Entry, LogError, parse_entry
from ledger.merkle import Tree, leaf_hash
from ledger.notes import NoteError, VerifierKey, parse_note
from ledger.proofs import ProofFileError, parse_proof, verify_proof
from ledger.tiles import TileError, read_tree
from ledger.times import parse_time

SITE_FORMAT = "fairlead/site/1"
AUDIENCES = ("public", "team")
_PROOF_PATH = re.compile(r"log/proof/(0|[1-9][0-9]{0,17})\.tlog-proof")


@dataclass(frozen=True, slots=True)
class Log:
    """A log whose bytes agree with its signed checkpoint."""

    audience: str
    origin: str
    keys: Keychain
    checkpoint: Checkpoint
    tree: Tree
    entries: tuple[Entry, ...]

    def opened(self, note: bytes | str) -> Checkpoint:
        """A checkpoint of this log, signed by the key of its time. Raises CheckpointError."""
        return open_checkpoint(note, self.keys.key_of(note), self.origin)


class _LogFiles(Mapping[str, bytes]):
    """The tile files of a site by their path inside log/."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._known = {
            path.removeprefix("log/") for path in site.paths() or () if path.startswith("log/tile/")
        }

    def __getitem__(self, path: str) -> bytes:
        data = self._site.read(f"log/{path}")
        self._known.add(path)
        return data

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._known))

    def __len__(self) -> int:
        return len(self._known)


def read_log(site: Site, pinned: VerifierKey | None, findings: Findings) -> Log:
    """The log, once everything in it fits together. Raises Refused where it does not."""
    about = read_value(site.read("site.json"), "site.json", is_canonical=False)
    if about.get("format") != SITE_FORMAT or about.get("audience") not in AUDIENCES:
        raise Refused("site.json", f"is not {SITE_FORMAT} for an audience that is known")
    origin, stated = about.get("origin"), about.get("vkey")
    if not isinstance(origin, str) or not isinstance(stated, str):
        raise Refused("site.json", "names no origin or no vkey")
    try:
        own = VerifierKey.parse(stated)
    except NoteError as error:
        raise Refused("site.json", error) from None
    if pinned is None:
        findings.warning(f"the key is the site's own, unpinned: {own}")
    try:
        note = site.read("log/checkpoint")
        entries = _entries(site, parse_checkpoint(parse_note(note).text).size)
        tree = Tree([leaf_hash(data) for data in entries])
        parsed = tuple(_parsed(entries))
        keys = _keychain(site, own, pinned, origin, parsed, tree, findings)
        checkpoint = open_checkpoint(note, keys.key_of(note), origin)
    except (CheckpointError, NoteError) as error:
        raise Refused("log/checkpoint", error) from None
    if tree.root() != checkpoint.root:
        raise Refused("log/checkpoint", "its root is not that of the entries under log/tile")
    return Log(about["audience"], origin, keys, checkpoint, tree, parsed)


def _keychain(
    site: Site,
    own: VerifierKey,
    pinned: VerifierKey | None,
    origin: str,
    entries: tuple[Entry, ...],
    tree: Tree,
    findings: Findings,
) -> Keychain:
    """The log's keys, which must lead from the reader's to the site's."""
    records = []
    for index, entry in enumerate(entries):
        if entry.type == ENTRY:
            path = f"records/{entry.record}.json"
            data = site.read(path)
            if sha256_hex(data) != entry.record:
                raise Refused(path, "is not the record that was logged: its hash differs")
            records.append((index, read_value(data, path)))
    if not records:
        if pinned is not None and own != pinned:
            findings.failed(f"site.json: names the key {own}, not the one given")
        return Keychain((pinned or own,))
    try:
        keys = read_keychain(own, origin, records, tree.root)
    except HandOverError as error:
        raise Refused("log", error) from None
    if pinned is not None and pinned not in keys.keys:
        raise Refused("site.json", f"the key {own} was not handed over to by the one given")
    return keys


def check_log_folder(site: Site, log: Log, findings: Findings) -> None:
    """Nothing unknown under log/, and each proof file proves its entry."""
    for path in sorted(site.paths() or ()):
        if not path.startswith("log/") or path.startswith("log/tile/"):
            continue  # the tiles were compared with the tree, file by file
        if _PROOF_PATH.fullmatch(path):
            _check_proof(site, log, path, findings)
        elif path not in ("log/checkpoint", "log/cosignatures"):
            findings.failed(f"{path}: is no file of a log")


def check_times(log: Log, now: int, findings: Findings) -> None:
    """Entries were written one after the other, and not tomorrow."""
    stamps = [int(parse_time(entry.at).timestamp()) for entry in log.entries]
    for index, (before, after) in enumerate(pairwise(stamps), start=1):
        if after < before:
            findings.failed(f"entry {index} says it was logged before entry {index - 1}")
    ahead = [index for index, stamp in enumerate(stamps) if stamp > now]
    if ahead:
        at = log.entries[ahead[0]].at
        findings.warning(f"{len(ahead)} entries carry a later time than now, first {at}")


def _entries(site: Site, size: int) -> list[bytes]:
    if size == 0:
        raise Refused("log/checkpoint", "is of an empty log, which proves nothing")
    try:
        return read_tree(_LogFiles(site), size)
    except TileError as error:
        path, _, why = str(error).partition(": ")
        raise Refused(f"log/{path}", why) from None


def _parsed(entries: list[bytes]) -> Iterator[Entry]:
    for index, data in enumerate(entries):
        try:
            yield parse_entry(data)
        except LogError as error:
            raise Refused(f"log/tile/entries, entry {index}", error) from None


def _check_proof(site: Site, log: Log, path: str, findings: Findings) -> None:
    try:
        data = site.read(path)
        proof = parse_proof(data)
        index, key = proof.index, log.keys.key_of(proof.checkpoint)
        if path != f"log/proof/{index}.tlog-proof" or index >= log.tree.size:
            raise Refused(path, "is not named after the entry it proves")
        checkpoint = verify_proof(data, log.tree.levels[0][index], key, log.origin)
        check_prefix(log, checkpoint, path)
    except (Refused, ProofFileError, CheckpointError) as error:
        findings.failed(str(error) if isinstance(error, Refused) else f"{path}: {error}")


def check_prefix(log: Log, older: Checkpoint, path: str) -> None:
    """Refused unless the log extends this checkpoint, which it signed."""
    if older.size == 0:
        raise Refused(path, "is a checkpoint of size 0, which proves nothing")
    if older.size > log.tree.size:
        raise Refused(
            path,
            f"is a checkpoint of {older.size} entries, the site shows only {log.tree.size}: "
            "entries were taken back or the site is stale",
        )
    if log.tree.root(older.size) != older.root:
        raise Refused(
            path, f"is a checkpoint of {older.size} other entries: the log was forked or rewritten"
        )
