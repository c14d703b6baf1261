"""The portal in a real browser: a phone, a thumb, a keyboard, light and dark."""

from __future__ import annotations

import pytest

from tests.browser.conftest import PHONE, scrolls_sideways
from tests.portal_builder import Portal, new_home, open_lottery, store_run

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def lottery(tmp_path_factory):
    home = new_home(tmp_path_factory.mktemp("browser-portal") / "home")
    address = home.database()
    store_run(address)
    return open_lottery(home, address, count=60, prizes=30)


@pytest.fixture(scope="module")
def portal(lottery):
    served = Portal(lottery.home.path)
    yield served
    served.stop()


def test_a_thumb_places_a_line_and_sees_it_in_its_place(lottery, portal, opened):
    page = opened(f"{portal.url}/p/{lottery.token(lottery.entrants[20])}?lang=zh", PHONE)
    page.emulate_media(reduced_motion="reduce")  # the new line is measured, not its arrival
    assert not scrolls_sideways(page)
    cells = page.locator(".cells button")
    sizes = cells.evaluate_all("all => all.map(c => [c.offsetWidth, c.offsetHeight])")
    assert min(min(size) for size in sizes) >= 44  # a thumb's width
    cells.nth(9).click()
    page.wait_for_url("**new=1*")
    assert page.locator(".recorded").is_visible()
    assert page.locator(".cells button[aria-pressed=true]").count() == 1
    line = page.locator(".field .yours").bounding_box()
    cell = page.locator(".cells button[aria-pressed=true]").bounding_box()
    assert abs(line["x"] - cell["x"]) < 4
    assert cell["y"] <= line["y"] <= cell["y"] + cell["height"]
    assert not scrolls_sideways(page)
    assert page.complaints == []


def test_the_keyboard_alone_places_moves_and_takes_back(lottery, portal, opened):
    page = opened(f"{portal.url}/p/{lottery.token(lottery.entrants[30])}?lang=en", PHONE)
    page.locator(".cells button").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**new=1*")
    page.locator(".exact summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("123")
    page.keyboard.press("Enter")
    page.get_by_text("height 123").wait_for()
    page.wait_for_load_state()  # the focus is set when the page has loaded
    page.locator(".take-back button").press("Enter")
    page.locator(".recorded", has_text="taken back").wait_for()
    assert page.locator(".field .yours").count() == 0
    assert page.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_the_paper_in_light_and_dark(lottery, portal, opened, scheme):
    page = opened(f"{portal.url}/p/{lottery.token()}?lang=en", PHONE)
    page.emulate_media(color_scheme=scheme)
    faint = page.evaluate(CONTRAST)
    assert faint == []


# Words whose contrast with the first opaque ground behind them is below 4.5 to 1.
CONTRAST = """() => {
  const rgb = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= .03928 ? v / 12.92
    : ((v + .055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const ground = node => {
    for (; node; node = node.parentElement) {
      const found = rgb(getComputedStyle(node).backgroundColor);
      if (found.length && (found.length < 4 || found[3] > 0)) return found;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const node of document.querySelectorAll(
    'main :is(p, li, h1, h2, a, b, em, span, summary)')) {
    if (!node.textContent.trim() || node.matches('.off') || !node.offsetWidth) continue;
    const [a, b] = [light(rgb(getComputedStyle(node).color)), light(ground(node))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) faint.push(node.textContent.trim().slice(0, 30) + ' ' + ratio.toFixed(2));
  }
  return faint;
}"""
