"""What every page carries around its own content: where it stands, its labels, its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from notifications.facts import Facts, Rule, safe_name
from notifications.lens import Lens
from notifications.record import REHEARSAL, Language
from notifications.words import shown

# How sure a verdict lets the reader be; the class colours the badge, the word says it.
VERDICT_TONES = {
    "VERIFIED": "good",
    "ORDER NOT PROVEN": "warn",
    "OPERATOR-TRUSTED": "warn",
    "VALUE BY EYE": "warn",
    "FAILED": "bad",
}


@dataclass(frozen=True, slots=True)
class Crumb:
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Badge:
    """A short label. tone: good, warn, bad or plain."""

    label: str
    tone: str


@dataclass(frozen=True, slots=True)
class Chrome:
    """The frame of a page. root: relative way to the site's folder; path: page under zh/ or en/."""

    language: Language
    html_lang: str
    other_lang: str
    other_href: str
    root: str
    home: str
    title: str
    section: str
    crumbs: Sequence[Crumb]
    audience: str
    synthetic: bool
    rehearsal: bool
    policy_href: str
    evidence: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class RuleView:
    """The rule that decided, in the reader's language."""

    id: str
    sentence: str
    source: str


HTML_LANG = {"zh": "zh-CN", "en": "en"}


def chrome(lens: Lens, path: str, title: str, section: str, crumbs: Sequence[Crumb] = ()) -> Chrome:
    """The frame for the page at `path` under the language's folder."""
    root = "../" * (path.count("/") + 1)
    other = "en" if lens.language == "zh" else "zh"
    record = lens.facts.record
    return Chrome(
        language=lens.language,
        html_lang=HTML_LANG[lens.language],
        other_lang=HTML_LANG[other],
        other_href=f"{root}{other}/{path}",
        root=root,
        home=f"{root}{lens.language}/",
        title=title,
        section=section,
        crumbs=crumbs,
        audience=lens.audience,
        synthetic=record.synthetic,
        rehearsal=record.kind == REHEARSAL,
        policy_href=f"{root}{lens.language}/{policy_path(lens.facts)}",
        evidence=evidence(lens.facts),
    )


def policy_path(facts: Facts) -> str:
    """policies/<id>-<version>.html"""
    policy = facts.policy
    name = f"{policy.get('id', 'policy')}-{policy.get('version', '0')}"
    return f"policies/{safe_name(name)}.html"


def evidence(facts: Facts) -> list[tuple[str, str]]:
    """Hashes for the foot of a page: (catalogue key, hex)."""
    hashes = facts.record.hashes
    return [
        (f"hash.{name}", shown(hashes[name])) for name in ("snapshot", "policy") if hashes.get(name)
    ]


def run_badges(lens: Lens) -> list[Badge]:
    """The labels that say how a run is to be read."""
    record, t = lens.facts.record, lens.t
    badges = []
    if record.expected_verdict:
        badges.append(verdict_badge(record.expected_verdict))
    if record.kind == REHEARSAL:
        badges.append(Badge(t.plain("badge.rehearsal"), "warn"))
    if record.reconstructed:
        badges.append(Badge(t.plain("badge.reconstructed"), "warn"))
    if record.synthetic:
        badges.append(Badge(t.plain("badge.synthetic"), "plain"))
    return badges


def verdict_badge(verdict: str) -> Badge:
    tone = next((tone for name, tone in VERDICT_TONES.items() if verdict.startswith(name)), "plain")
    return Badge(shown(verdict), tone)


def rule_view(lens: Lens, rule_id: object) -> RuleView:
    """The rule as the page shows it; an id that the policy lacks is shown with no sentence."""
    rule: Rule | None = lens.rule(rule_id)
    if rule is None:
        return RuleView(lens.number(rule_id), "", "")
    return RuleView(shown(rule.id), lens.sentence(rule), shown(rule.source))


def run_crumbs(lens: Lens, up: str) -> list[Crumb]:
    """Runs › this run, from a page `up` from the run's folder."""
    return [
        Crumb(lens.t.plain("nav.runs"), f"{up}../../index.html"),
        Crumb(shown(lens.facts.record.run), f"{up}index.html"),
    ]
