"""A line that was acknowledged must be in the closing: receipts that entrants kept.

An entrant's last acknowledged line that is missing from the closing is proof of fraud. Source:
specs/draw.md, *What it withstands*; the receipt's text is lottery.acknowledgement's.
"""

import re

from audit.draws import Draw, closes_too_late
from audit.evidence import plain_texts
from audit.log import Log
from audit.report import Findings
from ledger.notes import NoteError, open_note
from lottery.acknowledgement import FORMAT, Acknowledgement, Line, parse_acknowledgement
from lottery.shapes import DrawError

_RECEIPT = re.compile(
    rf"^(?P<text>{FORMAT}\nopening [0-9a-f]{{64}}\nentry (?:0|[1-9][0-9]{{0,15}})\n"
    r"entrant [^\n]{1,200}\nnumber [1-9][0-9]{0,15}\n"
    r"line (?:none|(?:0|[1-9][0-9]{0,6}) (?:0|[1-9][0-9]{0,6}))\ntime [^\n]+\n)\n+"
    r"(?P<signatures>(?:— \S+ [A-Za-z0-9+/=]+(?:\n|\Z))+)",
    re.MULTILINE,
)


def check_receipts(data: bytes, log: Log, draws: list[Draw], findings: Findings) -> str:
    """Compares the last receipt of each entrant and draw in a file or mail with the closing."""
    last: dict[tuple[str, str], Acknowledgement] = {}
    for receipt in _receipts(data, log, findings):
        key = receipt.opening, receipt.entrant
        if key not in last or receipt.number > last[key].number:
            last[key] = receipt
        elif receipt.number == last[key].number and receipt != last[key]:
            findings.failed(
                f"{_who(receipt)} was given two receipts with the number {receipt.number}: fraud"
            )
    if not last and not findings.has_failed:
        findings.failed("--receipt: holds no receipt of a line")
    by_hash = {draw.hash: draw for draw in draws}
    results = [_compared(one, by_hash.get(one.opening), findings) for one in last.values()]
    told = "".join(f"; {result}" for result in results if result)
    return f"{len(last)} acknowledged lines are in their closings as they were acknowledged{told}"


def _receipts(data: bytes, log: Log, findings: Findings) -> list[Acknowledgement]:
    found = []
    for text in plain_texts(data):
        for match in _RECEIPT.finditer(text):
            note = f"{match['text']}\n{match['signatures'].rstrip()}\n"
            try:
                open_note(note, log.keys.keys)
                found.append(parse_acknowledgement(match["text"]))
            except (NoteError, DrawError) as error:
                findings.failed(f"--receipt: {error}")
    return found


def _who(receipt: Acknowledgement) -> str:
    return f"--receipt: entrant {receipt.entrant[:16]}"


def _compared(receipt: Acknowledgement, draw: Draw | None, findings: Findings) -> str:
    """What the entrant won, once the line is found in the closing and the draw is finished."""
    who = _who(receipt)
    if draw is None or draw.logged.index != receipt.entry:
        findings.failed(f"{who} drew a line in a draw that entry {receipt.entry} does not open")
        return ""
    if not draw.closings:
        findings.skipped(f"{who}: {draw.name} is not closed yet")
        return ""
    closing = draw.closings[0]
    lines = closing.value.get("lines", [])
    stands = [Line(one["left"], one["level"]) for one in lines if one["entrant"] == receipt.entrant]
    if stands == ([] if receipt.line is None else [receipt.line]):
        return _result(receipt.entrant, draw)
    if not lines and closes_too_late(draw, closing):
        findings.warning(f"{who}: {draw.name} was closed late, without anybody's line: shown red")
        return ""
    drawn = "no line" if receipt.line is None else f"line {receipt.line.left} {receipt.line.level}"
    findings.failed(
        f"{who}: {drawn}, acknowledged at {receipt.time} as number {receipt.number}, is not what "
        f"the closing of {draw.name} has: fraud, unless a later one was acknowledged"
    )
    return ""


def _result(entrant: str, draw: Draw) -> str:
    if draw.status != "finished":
        return ""
    winners = draw.outcomes[0].value["winners"]
    won = [prize[:16] for prize, winner in winners.items() if winner == entrant]
    return f"entrant {entrant[:16]} won {', '.join(won) or 'nothing'} in {draw.name}"
