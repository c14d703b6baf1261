"""Mail out: always into a folder, and through SMTP when a server is configured."""

from __future__ import annotations

import hashlib
import re
import smtplib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path


class MailError(Exception):
    """The mail server refused or could not be reached."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed in. `security`: none, starttls or tls."""

    host: str
    port: int
    security: str
    user: str
    password: str
    sender: str


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail; `key` names it for ever (its Message-ID derives from it).

    pictures: {content id: PNG}, shown by the HTML as "cid:<content id>".
    """

    key: str
    to: str
    subject: str
    html: str
    text: str
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def message(mail: Mail, sender: str) -> EmailMessage:
    """The mail as RFC 5322: text first, as the alternative HTML with its pictures (RFC 2387).

    EmailMessage refuses line breaks in headers, so a hostile name cannot add one. The same mail
    gives the same bytes.
    """
    made = EmailMessage()
    made["Subject"] = mail.subject
    made["From"] = sender
    made["To"] = mail.to
    made["Auto-Submitted"] = "auto-generated"
    domain = sender.rsplit("@", 1)[-1].strip("> ") or "fairlead.invalid"
    # The same mail sent again carries the same id, so a mailbox can tell a repeat.
    made["Message-ID"] = f"<{re.sub(r'[^A-Za-z0-9.]+', '.', mail.key)}@{domain}>"
    made.set_content(mail.text)
    made.add_alternative(mail.html, subtype="html")
    _, shown = made.iter_parts()
    for number, (cid, png) in enumerate(mail.pictures.items(), 1):
        name = f"picture-{number}.png"
        shown.add_related(png, "image", "png", cid=f"<{cid}>", disposition="inline", filename=name)
    name = hashlib.sha256(mail.key.encode()).hexdigest()[:32]
    for level, part in enumerate(part for part in made.walk() if part.is_multipart()):
        part.set_boundary(f"={name}.{level}=")  # the library would draw one at random
    return made


def write_to_folder(folder: Path, name: str, mail: Mail) -> Path:
    """Write NAME.html, its pictures and NAME.txt; the path of the HTML file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.txt").write_text(f"Subject: {mail.subject}\n\n{mail.text}", encoding="utf-8")
    html = mail.html
    for number, (cid, png) in enumerate(mail.pictures.items(), 1):
        picture = folder / f"{name}-{number}.png"
        picture.write_bytes(png)
        html = html.replace(f"cid:{cid}", picture.name)  # a browser knows no content ids
    path = folder / f"{name}.html"
    path.write_text(html, encoding="utf-8")
    return path


@contextmanager
def smtp_session(server: SmtpServer) -> Iterator[smtplib.SMTP]:
    """A logged-in session. Errors: MailError."""
    try:
        connect = smtplib.SMTP_SSL if server.security == "tls" else smtplib.SMTP
        session = connect(server.host, server.port, timeout=30)
    except OSError as error:
        raise MailError(f"mail server {server.host}:{server.port}: {error}") from error
    try:
        if server.security == "starttls":
            session.starttls()
        if server.user:
            session.login(server.user, server.password)
        yield session
    except (smtplib.SMTPException, OSError) as error:
        raise MailError(f"mail server {server.host}:{server.port}: {error}") from error
    finally:
        session.close()


def send(session: smtplib.SMTP, mail: Mail, sender: str) -> None:
    """Hand one mail to the server. Errors: MailError."""
    try:
        session.send_message(message(mail, sender))
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise MailError(f"{type(error).__name__}: {error}") from error
