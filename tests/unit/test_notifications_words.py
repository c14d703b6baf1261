"""How sentences with figures read."""

import pytest

from notifications.words import words


@pytest.mark.parametrize(
    ("count", "said"),
    [
        ("0", "You received 0 leads in this run."),
        ("1", "You received 1 lead in this run."),
        ("2", "You received 2 leads in this run."),
        ("1.5", "You received 1.5 leads in this run."),
        (1, "You received 1 lead in this run."),
    ],
)
def test_one_lead_is_not_one_leads(count: object, said: str) -> None:
    assert words("en").plain("mail.lede_rep", count=count) == said
    assert words("en")("mail.lede_rep", count=count) == said


def test_only_the_words_of_a_sentence_become_singular_never_somebodys_text() -> None:
    said = words("en")("why.by_rule", week="1 leads", quarter="<1> leads")
    assert "1 leads leads in this run" in said
    assert "&lt;1&gt; leads" in said


def test_chinese_counts_without_a_plural() -> None:
    assert words("zh").plain("mail.lede_rep", count="1") == "本次你得到 1 条线索。"
