"""A home with one open lottery in a real database, and the portal as a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from adapters.warehouse import draws, ledger_store, references, runs
from adapters.warehouse.address import Address
from adapters.warehouse.ledger_store import NewEntry, timestamp
from flows.clock import TrialDice
from flows.home import Home, initialise
from flows.portal.links import LINE, WATCH, Keys, Link, link_ends, portal_keys
from flows.settings import Settings
from ledger.canonical import canonical
from lottery.records import ladder_opening, opening_hash
from lottery.sources import drand_source, operator_commitment, operator_source

CHECKOUT = Path(__file__).resolve().parents[1]
RUN = "2026-W48"
POLICY = CHECKOUT / "policies" / "lead-allocation-v2.yaml"
SURNAMES = "王李张刘陈杨赵黄周吴"
COMPANIES = [
    "北辰软件",
    "Acme Cloud",
    "恒信医疗",
    "蓝海制造",
    "Northwind SaaS",
    "启明银行",
    "云帆物流",
]


@dataclass(frozen=True)
class Lottery:
    """One opened ladder. names: {entrant: name}."""

    home: Home
    address: Address
    keys: Keys
    opening: dict
    opening_hash: str
    names: dict[str, str]

    @property
    def entrants(self) -> list[str]:
        return self.opening["entrants"]

    def token(self, entrant: str = "", *, ends: datetime | None = None, draw: str = "") -> str:
        purpose = LINE if entrant else WATCH
        link = Link(purpose, draw or self.opening["draw"], entrant, ends or link_ends(self.opening))
        return self.keys.token(link)


def new_home(folder: Path) -> Home:
    """A home of its own whose key a name decides."""
    home = Home(folder, Settings(home=folder))
    initialise(home, TrialDice("portal test"))
    return home


def store_run(address: Address, *, run: str = RUN, as_of: datetime | None = None) -> runs.Run:
    """A frozen week under the default policy, with an empty log before it."""
    from allocation.policy import load_policy

    text = POLICY.read_text(encoding="utf-8")
    policy = load_policy(text)
    at = as_of or datetime.now(UTC).replace(microsecond=0)
    head = runs.Run(
        run, "week", "test", at, policy.zone, policy.currency, policy.id, policy.version,
        policy.sha256, text, "drand", True, False, at, at,
    )  # fmt: skip
    with address.connect() as conn:
        runs.store_run(conn, head)
        for stage in ("frozen", "split", "opened"):
            runs.mark(conn, run, stage, at)
    return head


def open_lottery(
    home: Home,
    address: Address,
    *,
    count: int = 12,
    prizes: int = 5,
    share: str = "lottery",
    opens_in: float = -60,
    minutes: float = 30,
    source: str = "drand",
    run: str = RUN,
) -> Lottery:
    """Store and log a ladder whose window stands around now, with the names of its people."""
    now = datetime.now(UTC).replace(microsecond=0)
    opens_at = now + timedelta(seconds=opens_in)
    closes_at = opens_at + timedelta(minutes=minutes)
    rep_ids = [f"R{share}{i:03}" for i in range(count)]
    lead_ids = [f"L{share}{i:03}" for i in range(prizes)]
    salts = TrialDice("salts")
    with address.connect() as conn:
        head = runs.find_run(conn, run)
        assert head is not None
        reps = references.ensure_references(conn, "test", "rep", rep_ids, salts.bytes32)
        leads = references.ensure_references(conn, "test", "lead", lead_ids, salts.bytes32)
        draw = f"{run}/enterprise/{share}"
        if source == "drand":
            given = drand_source(timestamp(closes_at))
        else:
            secret = salts.bytes32("secret", draw)
            commitment = operator_commitment(secret.hex())
            draws.ensure_secret(conn, draw, 1, secret, commitment)
            given = operator_source(commitment)
        opening = ladder_opening(
            draw=draw,
            policy_sha256=head.policy_sha256,
            opens_at=timestamp(opens_at),
            closes_at=timestamp(closes_at),
            sources=[given],
            entrants=reps.values(),
            prizes=leads.values(),
        )
        digest = opening_hash(opening)
        draws.store_opening(conn, run, digest, opening)
        ledger_store.append(conn, [NewEntry("opening", run, opening)], now)
        names = {
            ref: f"{SURNAMES[i % 10]}{'小' if i % 2 else ''}{'明芳伟丽强静'[i % 6]}"
            for i, ref in enumerate(reps.values())
        }
        _store_people(conn, run, reps, leads, names)
        if runs.document(conn, run, "snapshot") is None:
            rows = [
                {"ref": ref, "expected_value": 1_200_000 + 350_000 * i, "industry": "saas"}
                for i, ref in enumerate(leads.values())
            ]
            runs.store_document(conn, run, "snapshot", canonical({"leads": rows}), now)
    keys = portal_keys(home.key_file.parent, TrialDice("portal"))
    return Lottery(home, address, keys, opening, digest, names)


def _store_people(conn, run: str, reps: dict, leads: dict, names: dict) -> None:
    conn.execute("create schema if not exists marts")
    conn.execute(
        "create table if not exists marts.dim_reps "
        "(rep_id text, run_key text, name text, email text)"
    )
    conn.execute(
        "create table if not exists marts.fct_allocation_leads "
        "(lead_id text, run_key text, company text, email text, phone text)"
    )
    with conn.cursor() as cursor:
        cursor.executemany(
            "insert into marts.dim_reps values (%s, %s, %s, %s)",
            [(id_, run, names[ref], f"{id_}@example.org") for id_, ref in reps.items()],
        )
        cursor.executemany(
            "insert into marts.fct_allocation_leads values (%s, %s, %s, %s, %s)",
            [
                (id_, run, COMPANIES[i % 7], f"secret-{i}@customer.example", "13800001111")
                for i, id_ in enumerate(leads)
            ],
        )


class Portal:
    """`fairlead portal` on a free port of the loopback address."""

    def __init__(self, home: Path) -> None:
        clean = {k: v for k, v in os.environ.items() if not k.startswith("FAIRLEAD_")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "flows.cli", "portal", "--port", "0"],
            cwd=CHECKOUT,
            env={**clean, "FAIRLEAD_HOME": str(home), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._process.stdout is not None
        self.said: list[str] = []
        self.url = ""
        for line in self._process.stdout:
            self.said.append(line)
            if found := re.search(r"http://\S+:\d+", line):
                self.url = found[0]
                break
        assert self.url, "".join(self.said)
        threading.Thread(target=self.said.extend, args=(self._process.stdout,), daemon=True).start()
        with httpx.Client(transport=httpx.HTTPTransport(retries=20)) as client:
            client.get(f"{self.url}/health")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)
        if self._process.stdout is not None:
            self._process.stdout.close()


def form_of(page: str) -> str:
    """The form key of a page."""
    found = re.search(r'name="form" value="([0-9a-f]+)"', page)
    assert found, page[:2000]
    return found[1]
