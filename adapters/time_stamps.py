"""Asking a time-stamping authority for an RFC 3161 stamp over a checkpoint."""

from __future__ import annotations

from hashlib import sha256

import httpx
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response

TIMEOUT_S = 5.0
MAX_ANSWER = 262_144  # bytes; with a long chain of certificates about 10,000


class StampError(Exception):
    """No stamp could be had; the message says from where and why."""


def stamped(url: str, data: bytes, transport: httpx.BaseTransport | None = None) -> bytes:
    """The authority's response over these bytes, DER. Whom to believe is for its readers.

    Errors: StampError, also for a response about other bytes or to another question.
    """
    request = (
        TimestampRequestBuilder()
        .data(data)
        .hash_algorithm(HashAlgorithm.SHA256)
        .nonce(nonce=True)
        .cert_request(cert_request=True)
        .build()
    )
    try:
        with httpx.Client(timeout=TIMEOUT_S, transport=transport, follow_redirects=False) as client:
            answer = client.post(
                url,
                content=request.as_bytes(),
                headers={"Content-Type": "application/timestamp-query"},
            )
            answer.raise_for_status()
        if len(answer.content) > MAX_ANSWER:
            raise StampError(f"{url}: answers with {len(answer.content)} bytes")
        body = with_sorted_certificates(answer.content)
        response = decode_timestamp_response(body)
        if response.status != 0:
            raise StampError(f"{url}: refused, status {response.status}")
        info = response.tst_info
        if info.nonce != request.nonce or info.message_imprint.message != sha256(data).digest():
            raise StampError(f"{url}: answered another question")
    except httpx.HTTPError as error:
        raise StampError(f"{url}: {type(error).__name__}") from error
    except ValueError as error:
        raise StampError(f"{url}: is no time-stamping authority: {error}") from error
    return body


def with_sorted_certificates(response: bytes) -> bytes:
    """The same response with its certificates in DER's order, where they come in another.

    OpenSSL's authority sends them as they stand in its file, which strict readers refuse. No
    signature covers their order. What is not built like a response comes back as it was.
    """
    try:
        status, token = _parts(_inside(response))
        kind, content = _parts(_inside(token))
        fields = _parts(_inside(_inside(content)))
        fields = [_sorted(one) if one[0] == _CERTIFICATES else one for one in fields]
        signed = _wrapped(content[0], _wrapped(_SEQUENCE, b"".join(fields)))
        return _wrapped(_SEQUENCE, status + _wrapped(_SEQUENCE, kind + signed))
    except (IndexError, ValueError):
        return response


_SEQUENCE, _CERTIFICATES = 0x30, 0xA0  # of SignedData: [0] IMPLICIT SET OF


def _sorted(part: bytes) -> bytes:
    return _wrapped(part[0], b"".join(sorted(_parts(_inside(part)))))


def _header(data: bytes) -> tuple[int, int]:
    """(where the contents begin, where they end) of the first DER element of `data`."""
    if data[1] < 0x80:
        return 2, 2 + data[1]
    width = data[1] & 0x7F
    return 2 + width, 2 + width + int.from_bytes(data[2 : 2 + width], "big")


def _inside(data: bytes) -> bytes:
    start, end = _header(data)
    return data[start:end]


def _parts(data: bytes) -> list[bytes]:
    found = []
    while data:
        _, end = _header(data)
        if end > len(data):
            raise ValueError("an element ends after its holder")
        found.append(data[:end])
        data = data[end:]
    return found


def _wrapped(tag: int, data: bytes) -> bytes:
    size = len(data)
    if size < 0x80:
        return bytes([tag, size]) + data
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(digits)]) + digits + data
