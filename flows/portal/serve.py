"""`fairlead portal`: the server process."""

from __future__ import annotations

import contextlib
import signal
import socket
import sys

import typer
import uvicorn
from fastapi import FastAPI

from flows.clock import RealClock, SystemDice
from flows.errors import UsageError
from flows.home import Home
from flows.portal.app import create_app
from flows.portal.connections import Connections
from flows.portal.counter import Counter
from flows.portal.desk import Desk
from flows.portal.facts import Facts
from flows.portal.links import portal_keys
from flows.settings import load_settings


def open_portal(home: Home) -> FastAPI:
    """The portal of this installation; its database runs as long as this process."""
    connections = Connections(home.database().connect)
    keys, clock = portal_keys(home.key_file.parent, SystemDice()), RealClock()
    desk = Desk(connections, Facts(home.settings.site_url), keys, home.signer(), clock)
    return create_app(desk, Counter(connections, keys, clock))


def serve_portal(host: str, port: int) -> None:
    """Serve until interrupted. Errors: UsageError, EnvironmentRefused."""
    settings = load_settings()
    home = Home(settings.with_home(), settings)
    if not home.is_initialised():
        raise UsageError(f"{home.path} is not initialised: run `fairlead init` first")
    listening = _listen(host, port)
    app = open_portal(home)
    url = f"http://{host}:{listening.getsockname()[1]}"
    typer.echo(f"the portal is at {url}/ (Ctrl-C ends)")
    if not settings.portal_url:
        typer.echo("set FAIRLEAD_PORTAL_URL to the https:// address that people reach it by")
    # No access log: addresses are keys. No Server or Date header is missed.
    server = uvicorn.Server(
        uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, timeout_keep_alive=15
        )
    )
    # The server hands its signal on when it has ended; leaving by SystemExit lets the embedded
    # database stop, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listening])
    typer.echo("stopped")


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=1024)
    except OSError as error:
        raise UsageError(
            f"{host}:{port}: {error.strerror}; give --port 0 for any free one"
        ) from error
