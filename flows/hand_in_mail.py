"""Hand pending mails of the outbox to the mail server, each at most once per recorded success."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from adapters.mailbox import Mail, MailError, SmtpServer, send, smtp_session
from adapters.warehouse import runs
from allocation.policy_telling import Telling
from flows.progress import say
from flows.settings import Settings
from flows.workspace import Workspace


def hand_in(work: Workspace, mails: Mapping[str, Mail]) -> int:
    """Send those of `mails` (by idempotency key) that wait in the outbox; how many were taken.

    A mail that the server refuses stays pending and is tried by the next run of its step.
    """
    server = mail_server(work.home.settings)
    if server is None:
        return 0
    sent = 0
    with work.connect() as conn:
        pending = [
            (id_, key) for id_, key, _ in runs.pending_effects(conn, work.run, "mail")
            if key in mails
        ]  # fmt: skip
        conn.commit()
        if not pending:
            return 0
        try:
            with smtp_session(server) as session:
                started, pace = work.clock.now(), work.home.settings.smtp_per_minute
                for number, (outbox_id, key) in enumerate(pending):
                    if pace:
                        work.clock.sleep_until(started + timedelta(minutes=number) / pace)
                    try:
                        send(session, mails[key], server.sender)
                        event, detail = "sent", f"handed to {server.host}"
                        sent += 1
                    except MailError as error:
                        event, detail = "failed", str(error)
                    runs.store_effect_event(conn, outbox_id, event, detail, work.clock.now())
                    conn.commit()  # what was sent stays sent, whatever happens to the next one
        except MailError as error:
            say(f"warning: {error}; {len(pending) - sent} mails wait for the next run")
    say(f"sent {sent} of {len(pending)} mails")
    return sent


def telling(given: Settings, entrants: int) -> Telling:
    """How so many people are told by this installation."""
    return Telling(entrants, given.smtp_per_minute, given.robot_per_minute)


def mail_server(given: Settings) -> SmtpServer | None:
    """The configured mail server, if any."""
    if not given.smtp_host:
        return None
    return SmtpServer(
        given.smtp_host,
        given.smtp_port,
        given.smtp_security,
        given.smtp_user,
        given.smtp_password.get_secret_value(),
        given.smtp_sender,
    )
