"""A witness and a time-stamping authority of our own, answering over the loopback address.

The witness follows c2sp.org/tlog-witness and checks what it is sent with its own state; the
authority is OpenSSL's.
"""

from __future__ import annotations

import base64
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from ledger.checkpoints import CheckpointError, open_checkpoint
from ledger.merkle import verify_consistency
from ledger.notes import COSIGNATURE_V1, Signer, VerifierKey, cosignature

Answer = tuple[int, bytes]


class Loopback:
    """POST requests to any path, answered by `answer(path, body)`."""

    def __init__(self, answer: Callable[[str, bytes], Answer]) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, data = answer(self.path, body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class WitnessServer(Loopback):
    """Cosigns one log that it knows by key and origin; `clock` gives the Unix time it states."""

    def __init__(self, log_key: VerifierKey, name: str = "witness.test") -> None:
        self.log_key, self.name, self._seed = log_key, name, name.encode().ljust(32, b"w")[:32]
        public = Signer(name, self._seed).vkey.public
        self.vkey = VerifierKey(name, COSIGNATURE_V1, public)
        self.clock: Callable[[], int] = lambda: int(time.time())
        self.size, self.root = 0, b""
        self.asked: list[bytes] = []
        super().__init__(self._add_checkpoint)

    def _add_checkpoint(self, path: str, body: bytes) -> Answer:
        self.asked.append(body)
        head, _, note = body.decode().partition("\n\n")
        old, *hashes = head.split("\n")
        if path != "/add-checkpoint" or not old.startswith("old "):
            return 400, b"not a submission\n"
        try:
            checkpoint = open_checkpoint(note, self.log_key)
        except CheckpointError as error:
            return 403, f"{error}\n".encode()
        if int(old[4:]) != self.size or (
            checkpoint.size == self.size and checkpoint.root != self.root
        ):
            return 409, f"{self.size}\n".encode()
        proof = [base64.b64decode(one) for one in hashes]
        if self.size and not verify_consistency(
            self.size, checkpoint.size, proof, self.root, checkpoint.root
        ):
            return 422, b"the proof does not hold\n"
        self.size, self.root = checkpoint.size, checkpoint.root
        text = note.rpartition("\n\n")[0] + "\n"
        return 200, cosignature(text, self.name, self._seed, self.clock()).line().encode()


CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
certs = {folder}/ca.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_chain = no
[stamper]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
"""


class StampServer(Loopback):
    """`openssl ts -reply` behind HTTP; `root` is the certificate (PEM) to trust."""

    def __init__(self, folder: Path, name: str = "Test TSA root") -> None:
        self._folder, self._lock = folder, threading.Lock()
        folder.mkdir(parents=True)
        (folder / "serial").write_text("01\n")
        (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
        key = ["-newkey", "rsa:2048", "-nodes"]
        self._run("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30",
                  "-subj", f"/CN={name}")  # fmt: skip
        self._run("req", *key, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Test TSA")
        self._run("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                  "-CAcreateserial", "-out", "tsa.pem", "-days", "30", "-extfile", "tsa.cnf",
                  "-extensions", "stamper")  # fmt: skip
        self.root = (folder / "ca.pem").read_bytes()
        super().__init__(self._stamp)

    def _run(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self._folder, check=True, capture_output=True)

    def _stamp(self, path: str, body: bytes) -> Answer:
        with self._lock, tempfile.NamedTemporaryFile(dir=self._folder) as query:
            query.write(body)
            query.flush()
            self._run("ts", "-reply", "-config", "tsa.cnf", "-queryfile", query.name, "-out", "r")
            return 200, (self._folder / "r").read_bytes()
