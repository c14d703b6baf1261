"""Do the ladders of a share give out exactly what the band's select gave it?

Source: draw.md, *Records*: the ladders that name one pool and share have disjoint prizes whose
union, less `extra`, is what the select gave that share; a lead is a prize once per run.
"""

from collections.abc import Mapping, Sequence

from lottery.records import opening_hash
from lottery.shapes import DrawError, Record, shown


def share_of(ladder_opening: Record) -> str:
    """The share a ladder belongs to, from its id run/band/share[/class]."""
    share: str = ladder_opening["draw"].split("/")[2]
    return share


def check_pool(
    select_opening: Record,
    selected: Mapping[str, Sequence[str]],
    ladder_openings: Sequence[Record],
    share: str,
) -> None:
    """Refuse the live ladders of one share unless their prizes are its part of the select.

    Needs checked openings, without attempts that ended in a void. A share the select gave
    nothing needs no ladder.
    """
    if share not in selected:
        raise DrawError(f"the select has no share {shown(share)}: a band's last is never drawn")
    pool = opening_hash(select_opening)
    given_out: set[str] = set()
    extras: set[str] = set()
    for ladder in ladder_openings:
        draw = ladder["draw"]
        if ladder["pool"] != pool:
            raise DrawError(f"{draw} names another pool than its band's select")
        if draw.split("/")[:3] != [*select_opening["draw"].split("/"), share]:
            raise DrawError(f"{draw} is no ladder of {select_opening['draw']}, share {share}")
        for prize in ladder["prizes"]:
            if prize in given_out:
                raise DrawError(f"{draw}: prize {shown(prize)} is in another ladder too")
            given_out.add(prize)
        extras.update(ladder["extra"])
    for prize in sorted(extras.intersection(select_opening["candidates"])):
        raise DrawError(f"extra prize {shown(prize)} is a candidate of the select too")
    for prize in sorted((given_out - extras).symmetric_difference(selected[share])):
        fault = "was not selected" if prize in given_out else "was selected and is no prize"
        raise DrawError(f"{select_opening['draw']}/{share}: {shown(prize)} {fault}")
