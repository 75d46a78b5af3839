"""A flow for programs: one JSON object, as schema.json beside this file describes it."""

from __future__ import annotations

from typing import Any

from corsdoctor.diagnose import Diagnosis
from corsdoctor.flow.result import BrowserResult, PageResult, StepResult
from corsdoctor.report import FlowReport
from corsdoctor.reports.json_ import SCHEMA_VERSION, browser_object
from corsdoctor.rule import Step
from corsdoctor.wire import Exchange


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


def _moved(step: Step, by: int) -> Step:
    return step if step.exchange is None else step._replace(exchange=step.exchange + by)


def _step(step: StepResult) -> dict[str, Any]:
    """The request, with what its response led to: exchanges and messages are those of all of them, in order."""
    every = tuple(step.all())
    steps: list[Step] = []
    exchanges: list[Exchange] = []
    for one in every:
        steps += [_moved(s, len(exchanges)) for s in one.diagnosis.steps]
        exchanges += one.diagnosis.exchanges
    whole: Diagnosis = step.diagnosis._replace(
        verdict=step.noticed, exchanges=tuple(exchanges), steps=tuple(steps),
        console=tuple(message for one in every for message in one.diagnosis.console),
    )  # fmt: skip
    return {
        **browser_object(whole),
        "from_cache": step.from_cache,
        "cookies": {
            "sent": [name for one in every for name in one.cookies.sent],
            "stored": [name for one in every for name in one.cookies.stored],
            "refused": [list(pair) for one in every for pair in one.cookies.refused],
        },
    }
