"""The verifier that is published with every site: one file, Python's standard library only.

`verify.py` imports nothing of this project and is imported by nothing of it, so that it says the
same wherever it lies; tests hold it against `audit.verify` on every tampering we know.
"""

from pathlib import Path

NAME = "verify.py"


def source() -> bytes:
    """The file, byte for byte as it is published."""
    return (Path(__file__).parent / NAME).read_bytes()
