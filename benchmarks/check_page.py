"""The check page of a site in Chromium: from the click to the verdict.

`python -m benchmarks.check_page --write` puts the figures into docs/verification.md.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import threading
from collections.abc import Callable
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from audit.standalone import source
from benchmarks.page import written
from flows.commands.serve import Handler
from notifications.site import render_site
from tests.record_builder import build_record
from tests.site_builder import monday, ref, write_files

ENTRANTS = (3, 60, 299)
# What the page needs; the pages of the builder's own run state counts of another one.
PAGES = ("assets/", "en/check", "en/how", "en/verify")
BAR_S = 1.0  # for 299 entrants
# The clock starts with the reader's act, in the page: what Playwright takes is not counted.
WATCH = """() => {
  const begin = () => { window.began ??= performance.now(); };
  document.getElementById('checker-go').addEventListener('click', begin, true);
  document.getElementById('checker-folder').addEventListener('change', begin, true);
  new MutationObserver(() => { window.ended = performance.now(); })
    .observe(document.getElementById('checker-verdict'), { attributes: true });
}"""


def main() -> None:
    """Print the table; exit code 1 when a page with 299 entrants takes its second or more."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.check_page", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="into docs/verification.md")
    given = parser.parse_args()
    rows = [
        "| entrants | files | opened from | median | slowest |",
        "| ---: | ---: | --- | ---: | ---: |",
    ]
    slow = False
    site = render_site(build_record(6, 4, synthetic=True), "public", [])
    pages = {path: data for path, data in site.items() if path.startswith(PAGES)}
    pages["verify.py"] = source()
    with sync_playwright() as playwright:
        program = shutil.which("chromium") or shutil.which("google-chrome")
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=program, args=sandbox)
        for count in ENTRANTS:
            people = sorted(ref(f"rep {number}") for number in range(count))
            lines = [(who, k % (count - 1), k % 1_000) for k, who in enumerate(people)]
            files = monday("drand", entrants=people, lines=lines).files(pages)
            with tempfile.TemporaryDirectory() as folder:
                write_files(files, Path(folder))
                for name, run in (
                    ("a local server", _served),
                    ("a disk, without a server", _picked),
                ):
                    taken = [run(browser, Path(folder)) for _ in range(given.rounds)]
                    figures = f"{median(taken):.2f} s | {max(taken):.2f} s"
                    rows.append(f"| {count} | {len(files)} | {name} | {figures} |")
                    print(rows[-1], flush=True)
                    slow |= count == max(ENTRANTS) and median(taken) >= BAR_S
        browser.close()
    load = f"Taken on {os.cpu_count()} cores at a load of {os.getloadavg()[0]:.1f}."
    if given.write:
        written("check page", "\n".join([*rows, "", load]), "verification.md")
    raise SystemExit(1 if slow else 0)


def _served(browser: Browser, folder: Path) -> float:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/en/check.html"
    try:
        return _seconds(browser, address, lambda page: page.click("#checker-go"))
    finally:
        server.shutdown()
        server.server_close()


def _picked(browser: Browser, folder: Path) -> float:
    return _seconds(
        browser,
        (folder / "en" / "check.html").as_uri(),
        lambda page: page.set_input_files("#checker-folder", str(folder)),
    )


def _seconds(browser: Browser, address: str, begin: Callable[[Page], None]) -> float:
    """From the reader's act to the verdict, in a fresh page."""
    page = browser.new_page()
    page.goto(address)
    page.evaluate(WATCH)
    begin(page)
    page.wait_for_selector("#checker-verdict[data-code]")
    taken = float(page.evaluate("() => (window.ended - window.began) / 1000"))
    code = page.get_attribute("#checker-verdict", "data-code")
    page.close()
    if code == "1":
        raise RuntimeError("the honest site did not verify")
    return taken


if __name__ == "__main__":
    main()
