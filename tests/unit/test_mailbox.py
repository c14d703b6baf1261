"""Mails with pictures, as a real mail server receives them and as files beside each other."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from adapters.mailbox import Mail, SmtpServer, message, send, smtp_session, write_to_folder
from notifications.charts import chinese_fonts
from notifications.digests import render_digests
from notifications.record import Digest
from tests.record_builder import build_record

SENDER = "Fairlead <fairlead@team.example>"


class Received:
    """What the server was handed, byte for byte."""

    def __init__(self) -> None:
        self.bytes: list[bytes] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.bytes.append(envelope.original_content)
        return "250 OK"


@pytest.fixture
def inbox() -> Iterator[tuple[Received, SmtpServer]]:
    received = Received()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(received, hostname="127.0.0.1", port=port)
    controller.start()
    yield received, SmtpServer("127.0.0.1", port, "none", "", "", SENDER)
    controller.stop()


@pytest.fixture(scope="module")
def digest() -> Digest:
    return next(d for d in render_digests(build_record()) if d.kind == "manager")


def as_mail(digest: Digest) -> Mail:
    return Mail(
        "2026-W48/manager/x/mail", "m@team.example", digest.subject, digest.html, digest.text,
        digest.pictures,
    )  # fmt: skip


@pytest.mark.skipif(not chinese_fonts(), reason="no font for 中文: fonts-noto-cjk")
def test_every_picture_reaches_the_mailbox_under_the_id_that_the_html_names(
    inbox: tuple[Received, SmtpServer], digest: Digest
) -> None:
    received, server = inbox
    with smtp_session(server) as session:
        send(session, as_mail(digest), SENDER)
    (raw,) = received.bytes
    assert len(raw) < 150_000
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert mail.get_content_type() == "multipart/alternative"
    text, related = mail.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert related.get_content_type() == "multipart/related"
    html, *pictures = related.iter_parts()
    assert html.get_content_type() == "text/html"
    found = {part["Content-ID"].strip("<>"): part.get_content() for part in pictures}
    images = re.findall(r"<img[^>]*>", html.get_content())
    assert len(images) == 2
    for image in images:
        (cid,) = re.findall(r'src="cid:([^"]+)"', image)
        assert found.pop(cid).startswith(b"\x89PNG")
        assert re.search(r'alt="[^"]*\w', image)
        assert re.search(r' width="\d+" height="\d+"', image)
    assert found == {}
    assert {part.get_content_disposition() for part in pictures} == {"inline"}


def test_a_mail_without_pictures_stays_text_and_html() -> None:
    made = message(Mail("k", "a@b.example", "Subject", "<p>Hello</p>", "Hello"), SENDER)
    assert [part.get_content_type() for part in made.iter_parts()] == ["text/plain", "text/html"]


def test_files_of_a_mail_show_their_pictures_without_a_mail_program(
    tmp_path: Path, digest: Digest
) -> None:
    page = write_to_folder(tmp_path, "manager-1", as_mail(digest)).read_text()
    assert "cid:" not in page
    names = re.findall(r'src="([^"]+)"', page)
    assert [(tmp_path / name).read_bytes() for name in names] == list(digest.pictures.values())
