"""`fairlead serve`: a published folder in the browser, on the loopback address only."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import typer

from adapters.site_files import SiteFolder
from flows.errors import UsageError
from flows.home import Home
from flows.settings import load_settings

# Pages need nothing but their own files; a page that was tampered with gets nothing else either.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
    "font-src 'self'; connect-src 'self'"
)
# dbt's documentation app is one file of inline scripts; it may fetch and send nothing either.
DBT_DOCS = ("/docs/dbt/", "/docs/dbt/index.html")
DBT_DOCS_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
)


def policy_of(path: str) -> str:
    """The content policy to send with a path of the site."""
    return DBT_DOCS_POLICY if path.partition("?")[0] in DBT_DOCS else POLICY


class Handler(SimpleHTTPRequestHandler):
    """Static files with the headers that a real deployment should send, too."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", policy_of(getattr(self, "path", "")))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keep the terminal for the address alone."""


def serve_folder(site: Path | None, port: int) -> None:
    """Serve until interrupted. Errors: UsageError."""
    settings = load_settings()
    folder = site or SiteFolder(Home(settings.with_home(), settings).site).team_path
    if not (folder / "index.html").exists():
        raise UsageError(f"{folder} holds no published site: run `fairlead demo` first")
    try:
        server = ThreadingHTTPServer(
            ("127.0.0.1", port), partial(Handler, directory=str(folder.resolve()))
        )
    except OSError as error:
        raise UsageError(
            f"port {port}: {error.strerror}; give --port 0 for any free one"
        ) from error
    with server:
        typer.echo(f"{folder} is at http://127.0.0.1:{server.server_port}/ (Ctrl-C ends)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            typer.echo("stopped")
