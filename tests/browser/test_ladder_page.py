"""The ladder of a finished draw: who walks where, and who is left in peace."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from notifications.ladder_svg import way_id
from notifications.site import render_site
from tests.browser.conftest import PHONE, scrolls_sideways
from tests.record_builder import RUN, build_record
from tests.site_builder import write_files

Draw = dict[str, Any]
MARKS = "[...document.querySelectorAll('.token')].map((one) => [one.dataset.way, +one.getAttribute('cx'), +one.getAttribute('cy')])"  # noqa: E501


@cache
def drawn(entrants: int) -> tuple[Draw, dict[str, bytes]]:
    """The ladder of so many entrants and the files of its page."""
    record = build_record(2 * entrants, 40)  # every second rep of the builder draws
    draw = next(one for one in record.draws if one["kind"] == "ladder")
    assert len(draw["opening"]["entrants"]) == entrants
    wanted = (f"en/runs/{RUN}/draws/", "assets/")
    pages = render_site(record, "team", [])
    return draw, {path: data for path, data in pages.items() if path.startswith(wanted)}


def ladder_page(folder: Path, entrants: int) -> tuple[Draw, str]:
    draw, files = drawn(entrants)
    write_files(files, folder)
    return draw, (folder / f"en/runs/{RUN}/draws/enterprise-lottery.html").as_uri()


def in_context(chromium: Browser, url: str, **given: Any) -> Page:
    page = chromium.new_context(**given).new_page()
    page.goto(url)
    return page


@pytest.mark.parametrize("entrants", [60, 299])
def test_every_entrant_walks_down_and_ends_where_the_draw_says(
    chromium: Browser, tmp_path: Path, entrants: int
) -> None:
    draw, url = ladder_page(tmp_path, entrants)
    page = in_context(chromium, url, reduced_motion="no-preference")
    page.clock.install()  # frames are then ours to count: no waiting, no luck
    page.click(".walker button")
    page.clock.run_for(500)
    early = {way: (x, y) for way, x, y in page.evaluate(MARKS)}
    page.clock.run_for(2_000)
    later = {way: (x, y) for way, x, y in page.evaluate(MARKS)}
    assert early.keys() == {way_id(1, one) for one in draw["opening"]["entrants"]}
    assert all(later[way][1] > early[way][1] for way in early)
    assert any(later[way][0] != early[way][0] for way in early)
    page.clock.run_for(30_000)
    ends = {way: (x, y) for way, x, y in page.evaluate(MARKS)}
    columns = page.evaluate(
        "document.querySelector('.upright').getAttribute('d').match(/M[0-9]+/g)"
        ".map((one) => +one.slice(1))"
    )
    winners = draw["outcome"]["winners"]
    for column, prize in enumerate(draw["opening"]["prizes"]):
        assert ends[way_id(1, winners[prize])][0] == columns[column]
    assert sorted(x for x, _ in ends.values()) == columns  # nobody shares a column
    assert page.inner_text(".walker button") == "Walk again"
    page.context.close()


def test_nothing_moves_where_the_device_asks_for_less_motion(
    chromium: Browser, tmp_path: Path
) -> None:
    _, url = ladder_page(tmp_path, 60)
    page = in_context(chromium, url, reduced_motion="reduce")
    assert page.locator(".walker button").is_hidden()
    page.select_option(".walker select", index=2)  # still lights up a way
    assert page.locator(".way.lit").count() == 1
    assert page.evaluate(MARKS) == []
    assert page.evaluate("document.getAnimations().length") == 0
    page.context.close()


def test_a_walk_stops_when_the_reader_asks_for_less_motion(
    chromium: Browser, tmp_path: Path
) -> None:
    _, url = ladder_page(tmp_path, 60)
    page = in_context(chromium, url, reduced_motion="no-preference")
    page.click(".walker button")
    page.wait_for_function("document.querySelectorAll('.token').length === 60")
    page.emulate_media(reduced_motion="reduce")
    page.wait_for_function("document.querySelectorAll('.token').length === 0")
    assert page.locator(".walks[clip-path]").count() == 0  # all ways are seen whole again
    page.context.close()


def test_the_page_is_whole_without_a_script(chromium: Browser, tmp_path: Path) -> None:
    draw, url = ladder_page(tmp_path, 60)
    page = in_context(chromium, url, java_script_enabled=False)
    assert page.locator(".walker").is_hidden()
    assert page.locator(".way").count() == 60
    assert page.locator(".own").count() == len(draw["closing"]["lines"])
    rows = page.locator("section[aria-labelledby=wins] table").first.locator("tbody tr")
    assert rows.count() == len(draw["opening"]["prizes"])
    page.context.close()


def test_an_own_line_has_the_colour_of_its_entrant_and_names_them(
    chromium: Browser, tmp_path: Path
) -> None:
    draw, url = ladder_page(tmp_path, 60)
    page = in_context(chromium, url)
    colour = "(one) => getComputedStyle(one.querySelector('path')).stroke"
    way = page.locator(f"#{way_id(1, draw['closing']['lines'][0]['entrant'])}")
    name = way.locator("title").text_content().split(" → ")[0]
    own = page.locator(".own").filter(has_text=f"Line added by {name}").first
    assert own.evaluate(colour) == way.evaluate(colour)
    page.context.close()


@pytest.mark.parametrize("entrants", [60, 299])
def test_on_a_phone_the_followed_entrant_stays_in_view(
    opened: Callable[..., Page], tmp_path: Path, entrants: int
) -> None:
    _, url = ladder_page(tmp_path, entrants)
    page = opened(url, PHONE)
    assert not scrolls_sideways(page)
    page.select_option(".walker select", index=entrants - 1)
    label = page.locator(".ladder .label").nth(entrants - 2).bounding_box()
    assert label is not None
    assert 0 < label["x"] < PHONE["width"]
    assert page.complaints == []
