"""A PostgreSQL that is not the embedded one: Debian's, over TCP, with a password."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

pytestmark = pytest.mark.timeout(600)


def _programs() -> Path | None:
    """The newest installed server's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).parent if initdb else None


@pytest.fixture(scope="module")
def server_url() -> Iterator[str]:
    programs = _programs()
    if programs is None:
        pytest.skip("no PostgreSQL server is installed on this machine (apt: postgresql)")
    # PostgreSQL refuses to run as root.
    user = {"user": "nobody"} if os.geteuid() == 0 else {}
    folder = Path(tempfile.mkdtemp(prefix="fairlead-pg-", dir="/tmp"))
    folder.chmod(0o777)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    secret = folder / "password"
    secret.write_text("a p@ss:word/%\n")
    secret.chmod(0o644)
    subprocess.run(
        [programs / "initdb", "-D", folder / "data", "-U", "fairlead", "--auth=scram-sha-256",
         f"--pwfile={secret}", "--encoding=utf8", "--locale=C.UTF-8"],
        check=True, capture_output=True, cwd=folder, **user,
    )  # fmt: skip
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    control = [programs / "pg_ctl", "-D", folder / "data", "-l", folder / "log", "-w"]
    subprocess.run([*control, "-o", options, "start"], check=True, stdout=subprocess.DEVNULL,
                   cwd=folder, **user)  # fmt: skip
    yield f"postgresql://fairlead:a%20p%40ss%3Aword%2F%25@127.0.0.1:{port}/postgres"
    subprocess.run([*control, "-m", "fast", "stop"], check=True, stdout=subprocess.DEVNULL,
                   cwd=folder, **user)  # fmt: skip
    shutil.rmtree(folder)


def test_a_week_runs_on_any_postgresql(new_home, small_team, server_url):
    home = new_home()
    done = home.run(small_team, env={"FAIRLEAD_DATABASE_URL": server_url})
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (home.path / "pg").exists()
    with psycopg.connect(server_url) as conn:
        version = conn.info.server_version
        counted = conn.execute("select count(*) from decisions.decisions").fetchone()
    assert version >= 150_000
    assert counted == (60,)
    assert home.fairlead("verify", home.site).returncode == 4


def test_a_wrong_password_is_said_in_one_line(new_home, small_team, server_url):
    wrong = server_url.replace("a%20p", "b%20p")
    done = new_home().run(small_team, env={"FAIRLEAD_DATABASE_URL": wrong})
    assert done.returncode == 9
    assert "Traceback" not in done.stderr
    assert "password authentication failed" in done.stderr
    assert "p@ss" not in done.stderr
