"""RFC 3161 time-stamps of checkpoints: `stamps/<size>.checkpoint` and its `stamps/<size>.tsr`.

A stamp shows that a checkpoint existed, not that it was the only one: an operator could have 64
logs stamped and show the one whose draw pleases. So a stamp never changes a verdict; beside a
checkpoint that somebody holds or a witness cosigned it tells strangers the time.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

from audit.log import Log, check_prefix
from audit.report import Findings
from audit.site import Refused, Site
from ledger.checkpoints import CheckpointError

_PATH = re.compile(r"stamps/([1-9][0-9]{0,17})\.tsr")
_CERTIFICATES = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Stamp:
    """The checkpoint of the first `size` entries existed at `time` (Unix seconds), says `by`."""

    size: int
    time: int
    by: str


def certificates(trust: bytes) -> list[x509.Certificate]:
    """The certificates (PEM) of a trust file. Raises Refused."""
    try:
        return [x509.load_pem_x509_certificate(one) for one in _CERTIFICATES.findall(trust)]
    except ValueError as error:
        raise Refused("--trust", f"holds a certificate that cannot be read: {error}") from None


def check_stamps(
    site: Site, log: Log, good: list[str], roots: list[x509.Certificate], findings: Findings
) -> list[Stamp]:
    """The published stamps that a trusted authority made; each must be of this very log."""
    stamps = []
    unknown = 0
    for path in good:
        match = _PATH.fullmatch(path)
        if match is None:
            continue
        try:
            stamp = _stamp(site, log, path, int(match[1]), roots)
        except Refused as refusal:
            findings.failed(str(refusal))
            continue
        unknown += stamp is None
        stamps += [stamp] if stamp else []
    if unknown:
        findings.skipped(f"{unknown} are by nobody whose certificate was given (--trust)")
    return stamps


def _stamp(
    site: Site, log: Log, path: str, size: int, roots: list[x509.Certificate]
) -> Stamp | None:
    """The stamp, or None where nobody of `roots` answers for it. Raises Refused."""
    note_path = f"stamps/{size}.checkpoint"
    note = site.read(note_path)
    try:
        checkpoint = log.opened(note)
    except CheckpointError as error:
        raise Refused(note_path, error) from None
    check_prefix(log, checkpoint, note_path)
    if checkpoint.size != size:
        raise Refused(note_path, "is not named after its size")
    try:
        response = decode_timestamp_response(site.read(path))
        at = response.tst_info.gen_time
    except ValueError as error:
        raise Refused(path, f"is no time-stamp: {error}") from None
    for root in roots:
        try:
            VerifierBuilder().add_root_certificate(root).build().verify_message(response, note)
        except VerificationError as error:
            if "Mismatch between messages" in str(error):  # its signature was good
                raise Refused(path, "is the time-stamp of something else") from None
            continue
        return Stamp(size, int(_aware(at)), root.subject.rfc4514_string())
    return None


def _aware(at: datetime) -> float:
    if at.tzinfo is None:
        raise Refused("time-stamp", "states a time without its zone")
    return at.timestamp()
