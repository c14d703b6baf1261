"""Every sentence that the check page's script can say exists in both languages.

The sentences are read out of the script itself, so that a new check cannot forget its words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from notifications.facts import facts
from notifications.lens import Lens
from notifications.locale.check_details import ZH
from notifications.proof_pages import SUBJECTS, check_view
from notifications.site import HERE
from tests.record_builder import build_record

SCRIPT = (HERE / "assets" / "verify.js").read_text(encoding="utf-8")
CALLS = r"(?:need|failed|unless|say|Bad|push|term)\("
# A text that ends a call or a row: "…") or "…"]; and what a check returns when all is well.
LAST_TEXT = re.compile(r'(?:[,(:?]|return)\s*"((?:[^"\\]|\\.)*)"\s*[)\];]')
# Second arguments of other calls that end the same way.
NO_SENTENCES = {"key", "publication", "policy_sha256", "reason", "draw", "\\n", "", ",", "at"}


def templates() -> Iterator[str]:
    """The sentences with places: say`…`, each ${…} as {}."""
    for found in re.finditer(r"\bsay`", SCRIPT):
        at, text = found.end(), ""
        while SCRIPT[at] != "`":
            if not SCRIPT.startswith("${", at):
                text += SCRIPT[at]
                at += 1
                continue
            depth, at = 1, at + 2
            while depth:
                if SCRIPT[at] == "`":
                    at = SCRIPT.index("`", at + 1)
                depth += (SCRIPT[at] == "{") - (SCRIPT[at] == "}")
                at += 1
            text += "{}"
        yield text


def plain() -> Iterator[str]:
    """The sentences without places."""
    for line in SCRIPT.split("// == 9.")[0].splitlines():
        if re.search(CALLS, line) or re.match(r'\s*(return )?"', line):
            yield from (
                text for text in LAST_TEXT.findall(line) if text.strip() not in NO_SENTENCES
            )


def test_every_sentence_of_the_script_has_its_translation() -> None:
    said = [*templates(), *plain()]
    assert len(said) > 200  # the reading found them
    assert sorted({one for one in said if one not in ZH and " " in one}) == []


def test_a_translation_has_the_places_of_its_sentence() -> None:
    wrong = {one: text for one, text in ZH.items() if one.count("{}") != text.count("{}")}
    assert wrong == {}


def test_no_translation_is_left_over() -> None:
    unused = ZH.keys() - {*templates(), *plain()}
    assert sorted(one for one in unused if f'"{one}"' not in SCRIPT) == []


def test_no_sentence_with_places_escapes_the_page_s_language() -> None:
    untagged = [
        line.strip()
        for line in SCRIPT.splitlines()
        if re.search(r"\.(failed|unless|say)\(.*[^y]`\$\{.*`\);|need\(.*, `|Bad\(`", line)
        and "say`" not in line
    ]
    assert untagged == []


def test_every_check_has_a_name_in_both_languages() -> None:
    steps = set(re.findall(r'this\.step\("([^"]+)"', SCRIPT))
    steps |= {name.split(" ")[0] for name in re.findall(r"this\.step\(`([^`$]+)", SCRIPT)}
    rows = set(re.findall(r'checks\.push\(\["\w+", "([^"]+)"', SCRIPT))
    assert steps | rows <= set(SUBJECTS)


def test_the_page_carries_the_sentences_of_its_language_only() -> None:
    indexed = facts(build_record(6, 4))
    chinese = json.loads(check_view(Lens(indexed, "public", "zh")).words)
    english = json.loads(check_view(Lens(indexed, "public", "en")).words)
    assert chinese["details"] == ZH
    assert english["details"] is None  # the keys are the sentences
