"""Approvals stand for one text: the policy's file without its `approvals:` block.

The block is the line that begins with `approvals:` and the lines directly after it that begin
with a space or with "- ". Removed with its line ends, it leaves the bytes (UTF-8) whose SHA-256
every approval states as `approves`; so one office's approval does not void another's, and any
other changed byte voids them all. Outside of Python:

    awk '/^approvals:/{skip=1;next} skip&&/^( |- )/{next} {skip=0;print}' policy.yaml | sha256sum
"""

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import date

from allocation.policy_model import Policy
from allocation.policy_service import Approval
from allocation.policy_text import Document, Mistake, read

KEY = "approvals"
_OTHER_LINE_ENDS = re.compile("[\r\x85\u2028\u2029]")  # YAML breaks lines there, we do not
_PLAIN = re.compile(r"[^\W\d_](?:[^:#,\[\]{}&*!|>'\"%@`\\\x00-\x1f]|:(?=\w)|(?<=\w)#)*", re.UNICODE)


def approved_text(text: str) -> str | None:
    """The part of a policy that approvals stand for; None if its block cannot be told apart."""
    parts = _parts(text)
    return None if parts is None else parts[0] + parts[2]


def approved_sha256(text: str) -> str:
    """SHA-256 (hex) of the part that approvals stand for; "" if its block cannot be told apart."""
    approved = approved_text(text)
    return "" if approved is None else hashlib.sha256(approved.encode()).hexdigest()


def fallen(policy: Policy) -> list[Approval]:
    """Approvals in a policy's file that do not stand for its text, or for none that can be told."""
    now = approved_sha256(policy.text) if is_told_apart(read(policy.text), policy.text) else ""
    return [one for one in policy.approvals if one.approves == "" or one.approves != now]


def refusal(approval: Approval) -> str:
    """What to tell about an approval that does not fit its file."""
    if not approval.approves:
        return f"{approval.role} approved on {approval.on}, but not which text: approve again"
    return f"{approval.role} approved another text on {approval.on}: approve again"


def approval_mistakes(policy: Policy) -> list[Mistake]:
    """Fallen approvals with their lines, or a block that a program cannot tell apart."""
    document = read(policy.text)
    if not is_told_apart(document, policy.text):
        message = (
            "write `approvals:` once, at the beginning of a line, with its list below it: "
            "approvals are bound to the text around that block"
        )
        return [document.mistake((KEY,), message)]
    fell = fallen(policy)
    return [
        document.mistake((KEY, i), refusal(one))
        for i, one in enumerate(policy.approvals)
        if one in fell
    ]


def with_approvals(text: str, approvals: Sequence[Approval]) -> str:
    """The policy's text with exactly these approvals, one a line; comments of the block stay.

    Errors: ValueError if the text's block cannot be told apart.
    """
    parts = _parts(text)
    if parts is None:
        raise ValueError("the policy has no block that begins with `approvals:`")
    before, block, after = parts
    head, *rest = block.splitlines()
    comment = re.match(r"approvals:\s*(?:\[\s*\])?\s*(#.*)", head)
    lines = [f"{KEY}:{'' if approvals else ' []'}{f' {comment[1]}' if comment else ''}"]
    lines += [line for line in rest if line.lstrip().startswith("#")]
    lines += [_line(one) for one in approvals]
    return before + "".join(f"{line}\n" for line in lines) + after


def given(role: str, by: str, on: date, text: str) -> Approval:
    """An office's approval of a text."""
    return Approval.model_validate(
        {"role": role, "by": by, "on": on, "approves": approved_sha256(text)}
    )


def _line(one: Approval) -> str:
    office = one.by if _PLAIN.fullmatch(one.by) else json.dumps(one.by, ensure_ascii=False)
    bound = f", approves: {json.dumps(one.approves)}" if one.approves else ""
    return f"  - {{role: {one.role}, by: {office}, on: {one.on}{bound}}}"


def _parts(text: str) -> tuple[str, str, str] | None:
    """(before, the approvals' block, after), each with its line ends."""
    lines = text.split("\n")
    starts = [i for i, line in enumerate(lines) if line.startswith(f"{KEY}:")]
    if len(starts) != 1 or _OTHER_LINE_ENDS.search(text):
        return None
    start = starts[0]
    end = start + 1
    while end < len(lines) and lines[end].startswith((" ", "- ")):
        end += 1
    before = "".join(f"{line}\n" for line in lines[:start])
    block = "\n".join(lines[start:end]) + ("\n" if end < len(lines) else "")
    return before, block, "\n".join(lines[end:])


def is_told_apart(document: Document, text: str) -> bool:
    """Whether the lines of the block are what YAML reads as approvals, and hide nothing else.

    A quoted text may hold a line that looks like the block: then the key stands elsewhere. A
    policy written in braces may have other keys on the block's lines.
    """
    parts = _parts(text)
    if parts is None:
        return False
    first = parts[0].count("\n") + 1
    last = first + parts[1].rstrip("\n").count("\n")
    others = [line for path, (line, _) in document.places.items() if path and path[0] != KEY]
    return document.places.get((KEY,)) == (first, 1) and not any(
        first <= line <= last for line in others
    )
