"""A flow for programs: one JSON object, as schema.json beside this file describes it."""

from __future__ import annotations

from typing import Any

from corsdoctor.flow.result import BrowserResult, CookieResult, PageResult, StepResult
from corsdoctor.report import FlowReport
from corsdoctor.reports.json_objects import SCHEMA_VERSION, browser_object


def flow_object(report: FlowReport) -> dict[str, Any]:
    """The flow as dicts, lists, strings, numbers, True, False and None."""
    return {
        "schema_version": SCHEMA_VERSION,
        "id": report.flow.id,
        **({} if report.line is None else {"line": report.line}),
        "verdict": str(report.verdict),
        "visits": [visit.page.url.href for visit in report.flow.visits],
        "browsers": {browser.profile.name: _browser(browser) for browser in report.browsers},
    }


def _browser(browser: BrowserResult) -> dict[str, Any]:
    return {
        "verdict": str(browser.verdict),
        "pages": [_page(page) for page in browser.pages],
        "steps": [_step(step) for step in browser.steps],
        "cookies": [[host, pairs] for host, pairs in browser.cookies],
    }


def _page(page: PageResult) -> dict[str, Any]:
    return {
        "cookie": page.cookie,
        "stored": list(page.cookies.stored),
        "refused": [list(pair) for pair in page.cookies.refused],
        "console": list(page.console),
    }


def _step(step: StepResult) -> dict[str, Any]:
    """The request, with what its response led to."""
    return {
        **browser_object(step.whole._replace(verdict=step.noticed)),
        "from_cache": step.from_cache,
        "cookies": cookies_object(step.all_cookies),
    }


def cookies_object(found: CookieResult) -> dict[str, Any]:
    """What became of the cookies of a request."""
    return {
        "sent": list(found.sent),
        "stored": list(found.stored),
        "refused": [list(pair) for pair in found.refused],
    }
