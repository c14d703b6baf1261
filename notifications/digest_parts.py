"""What a digest says, in one language: sections of sentences and lines, for HTML and text alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from notifications.actions import action_words, actions, caps_of
from notifications.capacity_page import by_load, caps_reached
from notifications.digest_ask import ask_section
from notifications.digest_lines import LISTED, Line, Part, Section, address, part
from notifications.digest_pictures import given_picture, load_picture
from notifications.facts import METHODS, draw_kind, draw_page
from notifications.lens import Lens, is_count
from notifications.luck import quarter_luck
from notifications.pool_parts import claimable
from notifications.record import Row
from notifications.rep_page import ladder_sentences
from notifications.run_page import held_reasons
from notifications.run_parts import draw_row
from notifications.views import rule_view
from notifications.words import shown


def rep_part(lens: Lens, ref: str) -> Part:
    """What you got and why, the draw, your numbers, whom to ask."""
    t, facts = lens.t, lens.facts
    rows = facts.by_rep.get(ref, [])
    title = t.plain("mail.title_rep", rep=lens.rep(ref), run=shown(facts.record.run))
    lede = t.plain("mail.lede_rep", count=lens.number(len(rows)))
    return part(
        lens,
        title,
        lede,
        [
            Section(t.plain("mail.got"), lines=[_lead_line(lens, row) for row in rows[:LISTED]]),
            Section(t.plain("rep.draws"), [*_draw_sentences(lens, ref), t.plain("rep.wins_never")]),
            Section(t.plain("mail.numbers"), lines=_numbers(lens, ref, len(rows))),
            Section(t.plain("pool.heading"), _pool(lens, ref)),
            Section(
                t.plain("support.heading"),
                [t.plain("support.yours")] if ref in facts.record.supported else (),
            ),
            ask_section(lens, ref),
        ],
    )


def _lead_line(lens: Lens, row: Row) -> Line:
    t = lens.t
    ref = str(row.get("lead", ""))
    lead = lens.facts.leads.get(ref, {})
    about = [t.code("band", row.get("band")), t.code("reason", row.get("reason"))]
    if "expected_value" in lead:
        about.append(lens.money(lead["expected_value"]))
    sentence = rule_view(lens, row.get("rule")).sentence
    rest = " · ".join(about) + (f" – {sentence}" if sentence else "")
    return Line(lens.lead(ref), rest, address(lens, f"leads/{ref[:16]}.html"))


def _draw_sentences(lens: Lens, ref: str) -> list[str]:
    t, sentences = lens.t, ladder_sentences(lens, ref)
    if total := quarter_luck(lens, ref):
        expected, won = lens.decimal(total.expected), lens.number(total.actual)
        sentences.append(t.plain("rep.quarter", expected=expected, actual=won))
    return sentences or [t.plain("rep.no_draws")]


def _numbers(lens: Lens, ref: str, given: int) -> list[Line]:
    t, rep = lens.t, lens.facts.reps.get(ref, {})
    lines = [Line(t.plain("figure.load_x100"), lens.figure("load_x100", rep.get("load_x100")))]
    for cap in caps_of(lens.facts, rep):
        known = [rep.get(name) for name in cap.get("counts") or ()]
        names = " + ".join(t.code("figure", name) for name in cap.get("counts") or ())
        if all(is_count(count) for count in known):
            count = lens.number(sum(int(each or 0) for each in known))
            rest = t.plain("mail.of_cap", count=count, limit=lens.number(cap.get("limit")))
            lines.append(Line(names, rest))
    lines.append(Line(t.plain("mail.given"), lens.number(given)))
    for name in ("attainment_bp", "quarter_left_bp"):
        if name in rep:
            lines.append(Line(t.code("figure", name), lens.figure(name, rep[name])))
    return lines


def _pool(lens: Lens, ref: str) -> list[str]:
    """What the rep may claim, and how."""
    t = lens.t
    found = [
        t.plain("pool.mail", left=lens.number(left), leads=lens.number(len(row["leads"])))
        for row, left in claimable(lens, ref)
    ]
    return [*found, t.plain("pool.how")] if found else []


def _supported(lens: Lens, team: Sequence[str]) -> list[str]:
    """Who of a manager's own team is in support mode."""
    reps = [lens.rep(ref) for ref in team if ref in lens.facts.record.supported]
    return [lens.t.plain("support.team", reps=", ".join(reps))] if reps else []


def manager_part(lens: Lens, ref: str, team: Sequence[str]) -> Part:
    """The team in one look, what to do now, warnings, held leads."""
    t, facts = lens.t, lens.facts
    given = sum(len(facts.by_rep.get(rep, [])) for rep in team)
    title = t.plain("mail.title_manager", rep=lens.rep(ref), run=shown(facts.record.run))
    lede = t.plain("mail.lede_manager", reps=lens.number(len(team)), count=lens.number(given))
    todo = [Line(action_words(lens, action)) for action in actions(facts, team)]
    people = by_load(lens, [facts.reps[rep] for rep in team])[:LISTED]
    return part(
        lens,
        title,
        lede,
        [
            Section(
                t.plain("mail.actions"), () if todo else [t.plain("mail.no_actions")], todo, True
            ),
            Section(
                t.plain("mail.people"),
                [t.plain("mail.people_words")] if people else (),
                [_person(lens, rep) for rep in people],
                picture=load_picture(lens, people),
            ),
            Section(t.plain("support.heading"), _supported(lens, team)),
            Section(t.plain("mail.warnings"), _warnings(lens)),
            _held(lens),
        ],
    )


def _person(lens: Lens, person: Row) -> Line:
    t, rep = lens.t, str(person.get("ref"))
    rows = lens.facts.by_rep.get(rep, [])
    bands = Counter(str(row.get("band", "")) for row in rows)
    won = sum(1 for row in rows if row.get("method") == "lottery")
    load = lens.figure("load_x100", person.get("load_x100"))
    about = [f"{t.plain('figure.load_x100')} {load}"]
    if caps_reached(lens, person):
        about.append(t.plain("capacity.at_cap"))
    about += [
        f"{t.code('band', band)} {lens.number(bands[band])}"
        for band in lens.facts.bands
        if bands[band]
    ]
    if won:
        about.append(t.plain("mail.by_lot", count=lens.number(won)))
    head = f"{lens.rep(rep)}: {lens.number(len(rows))}"
    return Line(head, " · ".join(about), address(lens, f"reps/{rep[:16]}.html"))


def _warnings(lens: Lens) -> list[str]:
    t, record = lens.t, lens.facts.record
    sentences = [
        t.plain(
            "mail.warning",
            sentence=shown(rule.get(lens.language) or rule.get("id") or ""),
            observed=lens.number(rule.get("observed")),
        )
        for verdict in record.verdicts
        for rule in verdict.get("rules", ())
        if not rule.get("ok")
    ]
    bad = max(record.quarantine_total, len(record.quarantine))
    if bad:
        sentences.append(t.plain("mail.quarantined", count=lens.number(bad)))
    return sentences


def _held(lens: Lens) -> Section:
    t, held = lens.t, lens.facts.held
    if not held:
        return Section(t.plain("run.held"), [t.plain("run.held_none")])
    lines = [Line(reason, count) for reason, count in held_reasons(lens)]
    return Section(t.plain("run.held"), [t.plain("mail.held", count=lens.number(len(held)))], lines)


def team_part(lens: Lens) -> Part:
    """Counts, the draws and where to see them, held leads."""
    t, facts = lens.t, lens.facts
    lines = []
    for band in facts.bands:
        counts = facts.counts.get(band, Counter())
        about = [
            f"{t.code('method', method)} {lens.number(counts[method])}"
            for method in METHODS
            if counts[method]
        ]
        if about:
            head = f"{t.code('band', band)}: {lens.number(sum(counts.values()))}"
            lines.append(Line(head, " · ".join(about)))
    draws = [
        Line(
            row.label,
            f"{row.facts} · {row.badge.label}",
            address(lens, f"draws/{draw_page(facts, draw)}.html"),
        )
        for draw in facts.draws
        if draw_kind(draw) == "ladder" and (row := draw_row(lens, draw))
    ]
    title = t.plain("mail.title_team", run=shown(facts.record.run))
    lede = t.plain(
        "mail.lede_team",
        leads=lens.number(len(facts.decisions)),
        owned=lens.number(facts.owned),
        held=lens.number(len(facts.held)),
    )
    verdict = facts.record.expected_verdict
    about_draws = [t.code("verdict", verdict)] if draws and verdict else []
    return part(
        lens,
        title,
        lede,
        [
            Section(t.plain("run.bands"), lines=lines, picture=given_picture(lens)),
            Section(t.plain("run.draws"), about_draws, draws),
            _held(lens),
        ],
    )
