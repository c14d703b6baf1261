"""Relays on loopback that serve recorded real rounds, wrong ones, errors and silence."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from adapters.beacon import CHAIN, BeaconError, RelayRounds

ROUNDS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "beacon" / "quicknet-rounds.json").read_text()
)["rounds"]
KNOWN = {row["round"]: row["signature"] for row in ROUNDS}


class Relay(BaseHTTPRequestHandler):
    """Answers as the path's first part says: good, early, wrong, broken, error."""

    def do_GET(self) -> None:
        _, kind, chain, _, number = self.path.split("/")
        round_ = int(number)
        assert chain == CHAIN
        status = {"early": 404, "too-early": 425, "error": 500}.get(kind, 200)
        body = {"round": round_, "signature": KNOWN.get(round_, ""), "randomness": ""}
        if kind == "wrong":
            body["round"] = round_ + 1
        text = "<html>" if kind == "broken" else json.dumps(body)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def relay() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Relay)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_relay_gives_the_signature_of_a_recorded_round(relay):
    assert RelayRounds([f"{relay}/good"]).signature(1000) == KNOWN[1000]


@pytest.mark.parametrize("bad", ["wrong", "broken", "error"])
def test_the_next_relay_is_asked_when_one_answers_nonsense(relay, bad):
    assert RelayRounds([f"{relay}/{bad}", f"{relay}/good"]).signature(1001) == KNOWN[1001]


def test_a_relay_that_nobody_runs_is_passed_over(relay):
    assert RelayRounds(["http://127.0.0.1:9", f"{relay}/good"]).signature(1) == KNOWN[1]


@pytest.mark.parametrize("kind", ["early", "too-early"])
def test_a_round_that_is_not_out_yet_is_none_and_no_error(relay, kind):
    assert RelayRounds([f"{relay}/{kind}"]).signature(1000) is None


def test_when_no_relay_answers_well_all_of_them_are_named(relay):
    with pytest.raises(BeaconError) as error:
        RelayRounds([f"{relay}/wrong", f"{relay}/error"]).signature(1000)
    assert "/wrong" in str(error.value)
    assert "/error" in str(error.value)
