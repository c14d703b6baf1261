"""The page behind a rep's link: own leads, forms to ask about decisions, answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from allocation.policy import Policy
from allocation.requests import reasons
from notifications.portal_lens import PortalLens
from notifications.portal_page import environment
from notifications.record import Language, Row
from notifications.views import HTML_LANG
from notifications.words import shown

LONGEST_LINE = 4_000


@dataclass(frozen=True, slots=True)
class AskRecord:
    """One rep's page of one published run.

    - leads: {lead id: {"company","band","reason","rep_id","came"}}, everything decided that may be
      shown; came: claimed or moved, how this rep got it after the run; "" by the decision.
    - mine: ids of the leads that are the rep's now; until: when asking for a move ends.
    - offers: [{"lead","left"}], claimable now; guessed_year: 0, or one whose make-up days are not
      announced.
    - requests: [{"number","kind","lead","reason","text","filed","due","answer","code",
      "answer_text","answered","by"}], newest first.
    """

    run: str
    zone: str
    synthetic: bool
    rehearsal: bool
    name: str
    policy: Policy
    until: str
    is_late: bool
    moves_left: int
    leads: Mapping[str, Row] = field(default_factory=dict)
    mine: Sequence[str] = ()
    guessed_year: int = 0
    offers: Sequence[Row] = ()
    requests: Sequence[Row] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """One request in words. tone: good, warn or plain."""

    heading: str
    about: str
    why: str
    when: str
    answer: str
    tone: str
    answer_text: str


@dataclass(frozen=True, slots=True)
class AskView:
    html_lang: str
    other: Language
    title: str
    hello: str
    synthetic: bool
    rehearsal: bool
    done: str
    mine: Sequence[tuple[str, str, str]]
    moves: str
    warning: str
    valid: Sequence[tuple[str, str]]
    invalid: Sequence[tuple[str, str]]
    appeal_words: str
    all_leads: Sequence[tuple[str, str]]
    offers: Sequence[tuple[str, str, str]]
    offers_words: str
    asked: Sequence[Asked]
    guess: str


def render_requests(
    record: AskRecord, language: Language, *, token: str, form: str, done: int | None = None
) -> str:
    """The page; `token` is the way back to it, `form` what its forms carry."""
    lens = PortalLens({}, record.zone, record.policy.currency, language)
    view = ask_view(record, lens, language, done)
    template = environment().get_template("requests.html.j2")
    return template.render(v=view, t=lens.t, token=token, form=form, lang=language)


def ask_view(record: AskRecord, lens: PortalLens, language: Language, done: int | None) -> AskView:
    """The page in the reader's words."""
    t, policy = lens.t, record.policy
    named = {one.code: getattr(one, language) for one in reasons(policy)}
    known = {row["number"] for row in record.requests}
    left = min((offer["left"] for offer in record.offers), default=0)
    return AskView(
        html_lang=HTML_LANG[language],
        other="en" if language == "zh" else "zh",
        title=t.plain("ask.title", run=shown(record.run)),
        hello=t.plain("ask.hello", rep=shown(record.name)),
        synthetic=record.synthetic,
        rehearsal=record.rehearsal,
        done=t.plain("ask.done", number=done) if done in known else "",
        mine=[_lead(record, lens, lead) for lead in sorted(record.mine)],
        moves=_moves(record, lens),
        warning=_warning(record, lens),
        valid=[pair for pair in named.items() if pair[0].startswith("valid-")],
        invalid=[pair for pair in named.items() if not pair[0].startswith("valid-")],
        appeal_words=t.plain(
            "ask.appeal_words",
            hours=policy.appeal.answer_within_h,
            counting=t.plain(f"counting.{policy.appeal.answer_counts}"),
        ),
        all_leads=[(shown(lead), shown(row["company"])) for lead, row in record.leads.items()],
        offers=[_lead(record, lens, offer["lead"]) for offer in record.offers],
        offers_words=t.plain("ask.claims_words", left=lens.number(left)),
        asked=[_asked(record, lens, row, named) for row in record.requests],
        guess=t.plain("ask.guess", year=record.guessed_year) if record.guessed_year else "",
    )


def _lead(record: AskRecord, lens: PortalLens, lead: str) -> tuple[str, str, str]:
    """(id, name, what about it)."""
    row = record.leads.get(lead, {})
    came = row.get("came")
    how = lens.t.plain(f"ask.came_{came}") if came else lens.t.code("reason", row.get("reason"))
    about = [lens.t.code("band", row.get("band")), how]
    return shown(lead), shown(row.get("company") or lead), " · ".join(about)


def _moves(record: AskRecord, lens: PortalLens) -> str:
    rule = record.policy.reassignment
    return lens.t.plain(
        "ask.move_until",
        until=lens.moment(record.until),
        hours=rule.file_within_h,
        counting=lens.t.plain(f"counting.{rule.file_counts}"),
        left=lens.number(record.moves_left),
        most=lens.number(rule.per_rep_and_quarter),
        answer=rule.move_within_h,
        answer_counting=lens.t.plain(f"counting.{rule.move_counts}"),
    )


def _warning(record: AskRecord, lens: PortalLens) -> str:
    if record.is_late:
        return lens.t.plain("ask.move_late", until=lens.moment(record.until))
    return "" if record.moves_left else lens.t.plain("ask.move_none_left")


def _asked(record: AskRecord, lens: PortalLens, row: Row, named: Mapping[str, str]) -> Asked:
    t, answer = lens.t, str(row["answer"])
    company = record.leads.get(row["lead"], {}).get("company") or ""
    at_once = row["kind"] in ("override", "claim")
    state = t.plain("answer.done" if at_once else f"answer.{answer or 'open'}")
    when = [t.plain("ask.filed", at=lens.moment(row["filed"]))]
    if answer:
        by = t.plain("ask.by_policy") if row["by"] == "policy" else shown(row["by"])
        when.append(t.plain("ask.answered", at=lens.moment(row["answered"]), by=by))
    elif row["due"]:
        when.append(t.plain("ask.due", at=lens.moment(row["due"])))
    if answer and row["code"] != answer:
        refused = named.get(row["code"]) or t.code("refusal", row["code"])
        state = f"{state}: {shown(refused)}"
    moved = answer in ("changed", "granted") or at_once
    return Asked(
        heading=f"{row['number']} · {t.plain('request.' + str(row['kind']))}",
        about=shown(f"{row['lead']} {company}"),
        why="" if at_once else _why(record, row, named),
        when=" · ".join(when),
        answer=state,
        tone="good" if moved else "warn" if not answer else "plain",
        answer_text=_lines(row["answer_text"]),
    )


def _why(record: AskRecord, row: Row, named: Mapping[str, str]) -> str:
    """The reason chosen, and what was said besides."""
    chosen = named.get(row["reason"], "")
    said = "" if row["text"] in (chosen, *spoken(record.policy).values()) else _lines(row["text"])
    return "\n".join(part for part in (chosen, said) if part)


def spoken(policy: Policy) -> dict[str, str]:
    """What stands as a request's text where a reason was chosen and nothing said besides."""
    return {one.code: f"{one.zh} / {one.en}" for one in reasons(policy)}


def _lines(text: str) -> str:
    """Somebody's own words, line by line, each inert."""
    return "\n".join(shown(line, LONGEST_LINE) for line in text.splitlines())
