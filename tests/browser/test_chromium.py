"""The browser of the other tests: it draws 中文, and lets no page out."""

from __future__ import annotations


def test_a_page_is_shown_and_nothing_is_fetched_from_elsewhere(opened, tmp_path):
    page_file = tmp_path / "page.html"
    page_file.write_text(
        '<!doctype html><meta charset="utf-8"><h1>公平</h1>'
        '<img src="https://elsewhere.invalid/pixel.png">',
        encoding="utf-8",
    )
    page = opened(page_file)
    assert page.locator("h1").inner_text() == "公平"
    assert "asked for https://elsewhere.invalid/pixel.png" in page.complaints


def test_a_script_that_fails_is_a_complaint(opened, tmp_path):
    page_file = tmp_path / "page.html"
    page_file.write_text("<!doctype html><script>throw new Error('oh')</script>", encoding="utf-8")
    assert any("oh" in complaint for complaint in opened(page_file).complaints)
