"""What was in the log when: older checkpoints that someone holds, and witnesses' cosignatures."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from html import unescape

from audit.draws import Draw
from audit.log import Log, check_prefix
from audit.look_up import asked_at
from audit.report import Check, Findings, Trust
from audit.site import Refused, Site
from audit.stamps import Stamp
from ledger.checkpoints import CheckpointError, cosigned, split_notes
from ledger.notes import COSIGNATURE_V1, NoteError, VerifierKey
from ledger.times import parse_time
from lottery.shapes import time_text
from lottery.sources import PUBLIC, source_kind

# A checkpoint somewhere in a text: origin, size, root, empty line, signature lines. In a page's
# source a tag may stand before the origin: what the page shows is looked at beside it.
_NOTE = re.compile(
    r"^(?P<text>[^\s<>][^\n<>]*\n(?:0|[1-9][0-9]*)\n[A-Za-z0-9+/]{43}=\n)\n+"
    r"(?P<signatures>(?:— \S+ [A-Za-z0-9+/=]+(?:\n|\Z))+)",
    re.MULTILINE,
)
HOLDERS_MINUTE = 60
_BREAK = re.compile(  # where a page begins a new line though its source does not
    r"<br\s*/?>(?!\r?\n)|(?<=[^\n])<(?:p|pre|div|td|li)\b[^<>]*>", re.IGNORECASE
)
_QUOTE = re.compile(r"^[ \t>|]+|[ \t\r]+$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Seen:
    """The first `size` entries existed at `time` (Unix seconds), says `by`."""

    size: int
    time: int
    by: str


def witness_keys(data: bytes) -> list[VerifierKey]:
    """The keys of a trust file: one vkey a line, # begins a comment. Raises Refused.

    Certificates in between (PEM) are for time-stamps, and left to those.
    """
    keys = []
    is_certificate = False
    for number, line in enumerate(data.decode(errors="replace").splitlines(), start=1):
        text = line.partition("#")[0].strip()
        is_certificate |= text.startswith("-----BEGIN ")
        if is_certificate:
            is_certificate = not text.startswith("-----END ")
        elif text:
            try:
                keys.append(VerifierKey.parse(text))
            except NoteError as error:
                raise Refused("--trust", f"line {number}: {error}") from None
            if keys[-1].kind != COSIGNATURE_V1:
                raise Refused("--trust", f"line {number}: is no witness's key (cosignature/v1)")
    return keys


def held_by(sizes: list[int], at: int, log: Log, findings: Findings) -> list[Seen]:
    """Checkpoints that a holder received at a Unix time; none before its newest entry was logged.

    A holder's time that cannot be true (by more than a minute, which is how exactly people note
    times) is no evidence, and is said.
    """
    kept = []
    for size in sizes:
        newest = log.entries[size - 1].at if size else ""
        if newest and at + HOLDERS_MINUTE < int(parse_time(newest).timestamp()):
            findings.warning(
                f"not counted: seen at {time_text(at)}, but entry {size - 1}, which the "
                f"checkpoint covers, was logged at {newest}"
            )
        else:
            kept.append(Seen(size, at, "the holder"))
    return kept


def check_cosignatures(
    site: Site, log: Log, witnesses: list[VerifierKey], findings: Findings
) -> list[Seen]:
    """What the given witnesses cosigned; every cosigned checkpoint must be of this very log."""
    seen: list[Seen] = []
    for path, notes in _cosigned_files(site, findings):
        for note in notes:
            try:
                older = log.opened(note)
                check_prefix(log, older, path)
                for one in cosigned(note, log.keys.key_of(note), witnesses, log.origin):
                    seen.append(Seen(one.checkpoint.size, one.time, one.witness.name))
            except CheckpointError as error:
                findings.failed(f"{path}: {error}")
            except Refused as refusal:
                findings.failed(str(refusal))
    return seen


def check_since(data: bytes, log: Log, findings: Findings) -> list[int]:
    """Sizes of the older checkpoints found in `data`, a note or a mail that holds one."""
    sizes: list[int] = []
    for note in checkpoints_in(data):
        try:
            older = log.opened(note)
        except CheckpointError as error:
            findings.failed(f"--since: {error}")
            continue
        try:
            check_prefix(log, older, "--since")
        except Refused as refusal:
            findings.failed(str(refusal))
            continue
        sizes.append(older.size)
    if not sizes and not findings.has_failed:
        findings.failed("--since: holds no checkpoint")
    return sizes


def trusts_of(
    draws: list[Draw], seen: list[Seen], stamps: list[Stamp]
) -> tuple[list[Trust], list[Check]]:
    """What each finished draw rests on: who saw its opening and closing before its source.

    A time-stamp is told and changes nothing: it proves no checkpoint to be the only one.
    """
    trusts, checks = [], []
    for draw in draws:
        if draw.status != "finished":
            continue
        kind = source_kind(draw.opening)
        covered = max(draw.logged.index, draw.closings[0].index) + 1
        in_time = [one for one in seen if one.size >= covered and one.time < draw.source_time]
        trusts.append(Trust(draw.id, kind, bool(in_time)))
        stamped = [one for one in stamps if one.size >= covered and one.time < draw.source_time]
        if in_time:
            first = min(in_time, key=lambda one: one.time)
            detail = f"seen by {first.by} at {time_text(first.time)}, before its source's time"
        else:
            detail = "nobody you trust saw opening and closing before the source's time"
        if stamped:
            one = min(stamped, key=lambda one: one.time)
            detail += f"; stamped by {one.by} at {time_text(one.time)}"
            detail += "" if in_time else ", which shows no checkpoint to be the only one"
        checks.append(Check(f"order {draw.id}", "ok" if in_time else "warning", detail))
        for i, reveal in enumerate(draw.outcomes[0].value["reveals"] if kind == PUBLIC else ()):
            detail = f"look up {asked_at(draw.opening, i)}: it must be {reveal['value']}"
            checks.append(Check(f"value {draw.id}", "warning", detail))
    return trusts, checks


def checkpoints_in(data: bytes) -> list[str]:
    """Every distinct checkpoint note in a text or mail; quote marks and line ends do not matter."""
    notes: dict[str, None] = {}
    for text in plain_texts(data):
        for match in _NOTE.finditer(text):
            notes[f"{match['text']}\n{match['signatures'].rstrip()}\n"] = None
    return list(notes)


def plain_texts(data: bytes) -> Iterator[str]:
    """The texts of a file or mail without quote marks and other ends of lines."""
    for text in _texts(data):
        yield _QUOTE.sub("", text.replace("\r\n", "\n"))


def _texts(data: bytes) -> Iterator[str]:
    """The text itself, what it shows if it is a page's source and, of a mail, its decoded parts."""
    text = data.decode(errors="replace")
    yield text
    yield _shown(text)
    try:
        for part in message_from_bytes(data, policy=default).walk():
            if part.get_content_maintype() == "text":
                payload = part.get_payload(decode=True)
                text = payload.decode(errors="replace") if isinstance(payload, bytes) else ""
                yield _shown(text) if part.get_content_subtype() == "html" else text
    except (LookupError, ValueError, TypeError, AttributeError, IndexError):
        return  # not a mail after all: the text itself was looked at


def _shown(page: str) -> str:
    return unescape(re.sub(r"<[^<>]*>", "", _BREAK.sub("\n", page)))


def _cosigned_files(site: Site, findings: Findings) -> Iterator[tuple[str, list[str]]]:
    yield "log/checkpoint", [site.read("log/checkpoint").decode(errors="replace")]
    path, paths = "log/cosignatures", site.paths()
    if paths is not None and path not in paths:
        return
    try:
        yield path, split_notes(site.read(path).decode(errors="replace"))
    except CheckpointError as error:
        findings.failed(f"{path}: {error}")
    except Refused as refusal:
        if paths is not None:  # over HTTP a missing file only says that there are none
            findings.failed(str(refusal))
