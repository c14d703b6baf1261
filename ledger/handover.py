"""Key rotation: the old key of a log signs that the new one takes over, as an entry of the log.

The record of a `key` entry is `{"from": vkey, "to": vkey, "note": signed note}`; its note, signed
by the old key, says

    fairlead/key/1
    origin <origin>
    from <vkey>
    to <vkey>
    size <index of this very entry>
    root <base64 root of the entries before it>

so the old key vouches for one history and one successor. It signs no checkpoint of more entries
than `size` + 1, the new key none of fewer. A first line that is no origin keeps this text from
being taken for a checkpoint.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.checkpoints import CheckpointError, parse_checkpoint
from ledger.notes import ED25519, NoteError, Signer, VerifierKey, open_note, parse_note

FORMAT = "fairlead/key/1"
ENTRY = "key"


class HandOverError(ValueError):
    """A hand-over that its old key did not sign, or that does not continue the chain of keys."""


def hand_over(
    origin: str, signer: Signer, new: VerifierKey, size: int, root: bytes
) -> dict[str, Any]:
    """The record by which `signer` hands the log over to `new`, to be logged as entry `size`."""
    old = signer.vkey
    note = signer.sign(_text(origin, old, new, size, root))
    return {"from": str(old), "to": str(new), "note": note}


@dataclass(frozen=True)
class Keychain:
    """A log's keys, oldest first. `ends[i]`: how many entries key i may sign at most."""

    keys: tuple[VerifierKey, ...]
    ends: tuple[int, ...] = ()

    @property
    def current(self) -> VerifierKey:
        return self.keys[-1]

    def key_of(self, note: bytes | str) -> VerifierKey:
        """The key that signed a checkpoint and was in force at its size; nothing else is verified.

        Raises CheckpointError.
        """
        try:
            parsed = parse_note(note)
        except NoteError as error:
            raise CheckpointError(str(error)) from None
        size = parse_checkpoint(parsed.text).size
        names = {(one.name, one.key_id) for one in parsed.signatures}
        mine = [i for i, key in enumerate(self.keys) if (key.name, key.key_id) in names]
        if not mine:
            raise CheckpointError("note is not signed by any key given")
        for i in mine:
            if self._begins(i) <= size <= (self.ends[i] if i < len(self.ends) else size):
                return self.keys[i]
        raise CheckpointError(f"its key was not in force at {size} entries: it was handed over")

    def _begins(self, i: int) -> int:
        return self.ends[i - 1] if i else 0


def read_keychain(
    current: VerifierKey,
    origin: str,
    records: Sequence[tuple[int, Mapping[str, Any]]],
    root_of: Callable[[int], bytes],
) -> Keychain:
    """The chain of keys that a log's hand-overs form, which must end at the current key.

    records: (index, record) of its `key` entries in order; root_of: {size: root} of its tree.
    Raises HandOverError.
    """
    keys: list[VerifierKey] = []
    ends: list[int] = []
    for index, record in records:
        try:
            old, new = _checked(origin, index, record, root_of)
        except (NoteError, HandOverError) as error:
            raise HandOverError(f"the hand-over in entry {index}: {error}") from None
        if keys and keys[-1] != old:
            raise HandOverError(f"entry {index} hands over a key that was not in force")
        keys = keys or [old]
        if new in keys:
            raise HandOverError(f"entry {index} hands over to a key that was in use before")
        keys.append(new)
        ends.append(index + 1)
    if not keys:
        return Keychain((current,))
    if keys[-1] != current:
        raise HandOverError(f"the key {current} was not handed over to: the last one is {keys[-1]}")
    return Keychain(tuple(keys), tuple(ends))


def _checked(
    origin: str, index: int, record: Mapping[str, Any], root_of: Callable[[int], bytes]
) -> tuple[VerifierKey, VerifierKey]:
    if set(record) != {"from", "to", "note"} or not all(type(v) is str for v in record.values()):
        raise HandOverError("its record has not exactly the texts from, to, note")
    old, new = VerifierKey.parse(record["from"]), VerifierKey.parse(record["to"])
    if old.kind != ED25519 or new.kind != ED25519:
        raise HandOverError("its keys are not both those of a log")
    note, _ = open_note(record["note"], [old])
    if index == 0 or note.text != _text(origin, old, new, index, root_of(index)):
        raise HandOverError("its note is not about these keys at this place of this log")
    return old, new


def _text(origin: str, old: VerifierKey, new: VerifierKey, size: int, root: bytes) -> str:
    encoded = base64.b64encode(root).decode()
    return f"{FORMAT}\norigin {origin}\nfrom {old}\nto {new}\nsize {size}\nroot {encoded}\n"
