"""Pages in a real browser: under the strictest policy, on a phone, in the dark, on paper."""

from __future__ import annotations

from functools import cache

import pytest
from playwright.sync_api import Browser, Request, Route

from notifications.site import render_site
from tests.evidence_builder import evidence_record
from tests.record_builder import RUN, summary

POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; script-src 'self'"
TYPES = {
    "html": "text/html; charset=utf-8", "css": "text/css", "svg": "image/svg+xml",
    "js": "text/javascript",
}  # fmt: skip
HOST = "http://site.test/"


@cache
def site() -> dict[str, bytes]:
    record = evidence_record(reps=120, leads=100)  # 60 AEs: the widest ladder of document 0
    return render_site(record, "team", [summary(record)])


def serve(route: Route) -> None:
    path = route.request.url.removeprefix(HOST).split("#")[0]
    body = site().get(path)
    if body is None:
        route.fulfill(status=404, body="")
        return
    kind = TYPES[path.rsplit(".", 1)[-1]]
    headers = {"content-security-policy": POLICY, "content-type": kind}
    route.fulfill(status=200, body=body, headers=headers)


def failed(request: Request) -> list[str]:
    """A request that really failed; one cut short because the test moves on is not."""
    return [] if request.failure == "net::ERR_ABORTED" else [f"{request.failure} {request.url}"]


def sample() -> list[str]:
    run = f"zh/runs/{RUN}"
    lead = next(path for path in sorted(site()) if f"{run}/leads/" in path)
    rep = next(path for path in sorted(site()) if f"{run}/reps/" in path)
    return [
        "index.html", "zh/index.html", "en/verify.html", "en/policies/lead-allocation-2.0.html",
        f"{run}/index.html", f"{run}/quality.html", f"{run}/draws/enterprise-lottery.html",
        f"{run}/scoring.html", f"{run}/capability.html", f"{run}/capability-2026Q3.html",
        f"{run}/capacity.html", f"{run}/segments.html", f"{run}/models.html",
        lead, rep, lead.replace("zh/", "en/", 1),
    ]  # fmt: skip


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_load_whole_under_the_policy_and_never_scroll_sideways(
    chromium: Browser, width: int, scheme: str
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    context.route("**/*", serve)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("requestfailed", lambda request: complaints.extend(failed(request)))
    for path in sample():
        page.goto(HOST + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert paper == {"light": "rgb(250, 249, 245)", "dark": "rgb(17, 23, 26)"}[scheme], path
    context.close()
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_chart_takes_the_colours_of_the_readers_scheme(chromium: Browser, scheme: str) -> None:
    context = chromium.new_context(color_scheme=scheme)
    context.route("**/*", serve)
    page = context.new_page()
    page.goto(f"{HOST}zh/runs/{RUN}/capacity.html")
    fill = page.evaluate("getComputedStyle(document.querySelector('.chart path.f-h0')).fill")
    assert fill == {"light": "rgb(20, 120, 138)", "dark": "rgb(85, 188, 205)"}[scheme]
    ink = page.evaluate("getComputedStyle(document.querySelector('.chart text.f-ink')).fill")
    paper = page.evaluate("getComputedStyle(document.body).color")
    assert ink == paper
    context.close()


def test_a_star_of_the_matrix_opens_the_reps_page_at_its_skill(chromium: Browser) -> None:
    page = chromium.new_page()
    page.route("**/*", serve)
    page.goto(f"{HOST}zh/runs/{RUN}/capability.html")
    page.click("a.stars >> nth=0")
    assert "/reps/" in page.url
    assert page.evaluate("document.querySelector(':target').classList.contains('cell')")
    page.close()


def test_a_rep_who_follows_the_link_from_their_page_sees_their_own_way_lit(
    chromium: Browser,
) -> None:
    page = chromium.new_page()
    page.route("**/*", serve)
    ladder = f"zh/runs/{RUN}/draws/enterprise-lottery.html"
    page.goto(HOST + ladder)
    way = page.evaluate("document.querySelector('.way.blank').id")
    other = page.evaluate("document.querySelector('.way.won').id")
    page.goto(f"{HOST}{ladder}#{way}")
    width = "getComputedStyle(document.querySelector('#{} path')).strokeWidth"
    assert page.evaluate(width.format(way)) == "3.2px"
    assert page.evaluate(width.format(other)) == "1.7px"
    page.close()


def test_the_language_switch_leads_to_the_same_page_in_the_other_language(
    chromium: Browser,
) -> None:
    page = chromium.new_page()
    page.route("**/*", serve)
    page.goto(f"{HOST}zh/runs/{RUN}/index.html")
    page.click("a.lang")
    assert page.url == f"{HOST}en/runs/{RUN}/index.html"
    assert page.inner_text("h1") == f"Run {RUN}"
    page.close()
