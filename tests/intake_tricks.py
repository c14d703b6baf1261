"""What an operator could try with runs between the Mondays: each a hook of intake_builder."""

from dataclasses import replace

from tests.builders import ref
from tests.intake_builder import FIRST, MONDAY, SECOND, intake_week

HONEST = intake_week()


def waiting(week, run=FIRST):
    return [row["lead"] for row in week.rows[run] if row["reason"] == "awaits_lottery"]


def on(kind, run, change):
    """Changes one kind of thing of one run, and nothing else."""
    return lambda k, r, value: change(value) if (k, r) == (kind, run) else value


def on_ladder(change):
    return on("opening", MONDAY, lambda value: change(value) if "waited" in value else value)


def renamed(value):
    first, second = value["waited"]
    return value | {"waited": {second: value["waited"][first], first: value["waited"][second]}}


def row_of(lead, **change):
    return lambda rows: [
        {key: part for key, part in (row | change).items() if part is not None}
        if row["lead"] == lead
        else row
        for row in rows
    ]


def drawn_again(snap):
    """The second run takes a lead that waits as if it were new."""
    lead = next(iter(waiting(HONEST)))
    one = next(one for one in FIRST_LEADS if one.ref == lead)
    return replace(snap, leads=(*snap.leads, one))


FIRST_LEADS = []
intake_week(on("frozen", FIRST, lambda snap: FIRST_LEADS.extend(snap.leads) or snap))

TRICKS = {
    "a waiting lead is drawn again an hour later": on("frozen", SECOND, drawn_again),
    "a run continues nothing": on(
        "snapshot", SECOND, lambda v: {k: p for k, p in v.items() if k != "continues"}
    ),
    "two runs continue the same one": on("snapshot", MONDAY, lambda v: v | {"continues": FIRST}),
    "a run continues one that does not exist": on(
        "snapshot", MONDAY, lambda v: v | {"continues": "2026-W36"}
    ),
    "a run continues a number": on("snapshot", MONDAY, lambda v: v | {"continues": 7}),
    "a waiting lead is said to come by an exception": on_ladder(
        lambda v: {k: p for k, p in v.items() if k != "waited"}
    ),
    "a waiting lead is said to come from another draw": on_ladder(renamed),
    "the draw that a lead waited from does not exist": on_ladder(
        lambda v: v | {"waited": {"0" * 64: v["extra"]}}
    ),
    "a lead of Monday's own pool is said to have waited": on_ladder(
        lambda v: v | {"waited": dict(v["waited"]) | {
            next(iter(v["waited"])): [*next(iter(v["waited"].values())),
                                      next(p for p in v["prizes"] if p not in v["extra"])]}}
    ),
    "waited is a list": on_ladder(lambda v: v | {"waited": v["extra"]}),
    "waited holds numbers": on_ladder(lambda v: v | {"waited": {"0" * 64: [1]}}),
    "a waiting lead is given away by hand": on(
        "rows", FIRST, row_of(waiting(HONEST)[0], rep=ref("friend"))
    ),
    "a prize of Monday is left waiting": on(
        "rows",
        MONDAY,
        row_of(
            waiting(HONEST)[0], rep=None, draw=None, method="none", reason="awaits_lottery"
        ),
    ),
    "a waiting lead is won as an exception": on(
        "rows", MONDAY, row_of(waiting(HONEST)[0], method="exception")
    ),
}  # fmt: skip
