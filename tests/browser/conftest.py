"""A real Chromium for tests that look at pages.

The machine's own browser is driven; nothing is downloaded. Where none is installed these tests
fail and say so, because pages that nobody looked at are not tested (`-m "not browser"` leaves
them out).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the session."""
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    if program is None:
        pytest.fail("no Chromium on this machine: `make test` installs one where it may")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program,
            # Chromium's sandbox does not start as root, and containers have a small /dev/shm.
            args=["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])],
        )
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page by `opened(path_or_url, viewport=DESKTOP, language="en")`.

    The page cannot reach the network except the address it was opened from. What its console
    complained about and what it asked for elsewhere is in `page.complaints` by the end.
    """
    contexts: list[BrowserContext] = []

    def open_page(
        address: Path | str, viewport: dict[str, int] | None = None, language: str = "en-GB"
    ) -> Page:
        url = address.resolve().as_uri() if isinstance(address, Path) else address
        context = chromium.new_context(viewport=viewport or DESKTOP, locale=language)
        contexts.append(context)
        page = context.new_page()
        complaints: list[str] = []
        page.complaints = complaints
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        home = "file://" if url.startswith("file:") else "/".join(url.split("/")[:3])

        def only_home(route) -> None:
            if route.request.url.startswith((home, "data:")):
                route.continue_()
            else:
                complaints.append(f"asked for {route.request.url}")
                route.abort()

        context.route("**/*", only_home)
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
