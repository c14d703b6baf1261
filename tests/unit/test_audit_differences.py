"""What `fairlead replay` says when a stored decision file is not what its parts lead to."""

import pytest

from audit.differences import first_difference
from ledger.canonical import canonical


def file(**changed):
    decisions = [
        {"lead": "a" * 64, "rep": "1" * 64, "rule": "smb-rotation"},
        {"lead": "b" * 64, "rep": "2" * 64, "rule": "smb-rotation"},
    ]
    return canonical({"run": "2026-W48", "decisions": decisions} | changed)


def test_equal_bytes_have_no_difference():
    assert first_difference(file(), file()) == ""


def test_another_owner_is_named_with_both_owners():
    other = [
        {"lead": "a" * 64, "rep": "1" * 64, "rule": "smb-rotation"},
        {"lead": "b" * 64, "rep": "3" * 64, "rule": "smb-rotation"},
    ]
    found = first_difference(file(), file(decisions=other))
    assert found == f"lead {'b' * 16}, rep: {'3' * 64} stored, {'2' * 64} by replay"


@pytest.mark.parametrize(
    ("stored", "found"),
    [
        (file(run="2026-W47"), "run: 2026-W47 stored, 2026-W48 by replay"),
        (file(decisions=[]), f"lead {'a' * 16} is not in the stored file"),
        (b"{", "the stored file is not canonical JSON"),
        (b"[]", "the stored file is no object"),
        (b" " + file(), "the same values in other bytes"),
    ],
)
def test_the_first_difference_is_said_in_words(stored, found):
    assert first_difference(file(), stored).startswith(found)
