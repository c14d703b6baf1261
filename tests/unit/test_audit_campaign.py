"""A seeded sample of the campaign of tamperings; `python -m tests.campaign` runs all of it."""

from __future__ import annotations

import pytest

from ledger.log import ENTRY_TYPES
from tests.campaign import KEY, OPERATOR, VISITOR, honest, mutations, tried
from tests.site_builder import NOW
from tests.verifiers import by_package, by_standalone


@pytest.mark.parametrize("record_type", ENTRY_TYPES)
def test_no_tampering_is_accepted_and_both_verifiers_fail_the_same_subjects(
    record_type: str,
) -> None:
    counts = tried(record_type, seed=20, of_each=16, with_unheld=4)
    assert counts[f"{VISITOR} tried"] == counts[f"{OPERATOR} tried"] == 8
    assert counts[f"{VISITOR} accepted"] == counts[f"{OPERATOR} accepted"] == 0
    assert counts["differ"] == 0


@pytest.mark.parametrize("source", ["operator", "drand", "public"])
def test_the_site_that_is_tampered_with_is_accepted_untouched(source: str) -> None:
    _, files = honest(source)
    held = files["log/checkpoint"]
    for given in ({"key": KEY}, {"key": KEY, "since": held}):
        assert by_package(files, NOW, **given).exit_code == 4
        assert by_standalone(files, NOW, **given).exit_code == 4


def test_every_tampering_is_another_site_than_the_honest_one() -> None:
    originals = [honest(source)[1] for source in ("operator", "drand", "public")]
    assert not [one.name for one in mutations(7, 6) if one.files in originals]
