"""A flow as text: a timeline of pages and requests, and what each browser makes of them.

Browsers that do the same stand together. Each cookie that is not sent or not stored is named with its reason.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Final, TypeVar

from corsdoctor.browsers import Profile
from corsdoctor.diagnose import Verdict
from corsdoctor.fetch.cookies import REFUSALS
from corsdoctor.flow.result import CookieResult, PageResult, StepResult
from corsdoctor.flow.story import FlowRequest, Visit
from corsdoctor.report import FlowReport
from corsdoctor.reports.content import Content, Entry, Role, Row
from corsdoctor.reports.layout import page
from corsdoctor.reports.replay import FAIL_MARK, PASS_MARK, blocks
from corsdoctor.reports.wording import capital, readable_sentence, where_of
from corsdoctor.reports.writer import Style
from corsdoctor.rule import Outcome, next_step
from corsdoctor.scenario.page import Client
from corsdoctor.step_sentences import listed
from corsdoctor.wire import Exchange, Headers, NoAnswer, Response

_Result = TypeVar("_Result")
_SAID: Final = {
    Verdict.ALLOWED: "allowed", Verdict.OPAQUE: "loaded, but scripts cannot read it", Verdict.BLOCKED: "blocked",
    Verdict.ERROR: "no response", Verdict.UNSENT: "not sent", Verdict.UNKNOWN: "unknown", Verdict.PENDING: "waiting for the user",
}  # fmt: skip


def render_flow(report: FlowReport, style: Style) -> str:
    """The flow as text, without a line feed at its end."""
    shown = Content()
    mark, role = _mark(report.verdict)
    name = "" if report.id is None else f"{report.id}: "
    shown.marked(mark, role, f"{name}{_verdicts(report)}{', if the servers respond like this' * report.planned}")
    if style.verbosity < 0:
        return page(shown.blocks, style)
    at, count, cookies = 0.0, 0, _Cookies()
    for number, visit in enumerate(report.flow.visits):
        shown.blank()
        shown.text(f"Page {visit.page.url.href}", Role.STRONG)
        _add_page(report, visit, number, shown, cookies)
        for request in visit.requests:
            at += request.wait
            _add_step(report, request, count, at, shown, cookies, everything=style.verbosity > 0)
            count += 1
    return page(shown.blocks, style)


def _verdicts(report: FlowReport) -> str:
    """`Blocked in Chromium; allowed in Firefox and WebKit`."""
    by: dict[Verdict, list[Profile]] = {}
    for browser in report.browsers:
        by.setdefault(browser.verdict, []).append(browser.profile)
    worst_first = sorted(by, key=list(Verdict).index, reverse=True)
    return capital("; ".join(f"{_SAID[verdict]} {where_of(by[verdict])}" for verdict in worst_first))


def _mark(verdict: Verdict) -> tuple[str, Role]:
    if verdict in (Verdict.ALLOWED, Verdict.OPAQUE):
        return PASS_MARK, Role.GOOD
    return (FAIL_MARK, Role.BAD) if verdict in (Verdict.BLOCKED, Verdict.ERROR) else ("?", Role.UNSURE)


def _alike(report: FlowReport, results: Sequence[_Result]) -> Iterator[tuple[str, _Result]]:
    """Each different result, with the browsers that have it, such as `In Firefox and WebKit`."""
    groups: dict[object, tuple[list[Profile], _Result]] = {}
    for browser, result in zip(report.browsers, results, strict=True):
        key = _key(result) if isinstance(result, StepResult) else result
        groups.setdefault(key, ([], result))[0].append(browser.profile)
    every = len(groups) == 1
    for profiles, result in groups.values():
        yield "In every browser" if every and len(profiles) > 1 else capital(where_of(profiles)), result


def _key(step: StepResult) -> object:
    """What must be the same for two browsers to stand together; other header lines than Cookie do not matter."""
    failure = step.diagnosis.failure
    sent = tuple(
        (e.kind, e.from_cache, e.request.method, e.request.url, e.request.headers.get("Cookie"))
        for e in step.diagnosis.exchanges
    )
    under = tuple(map(_key, step.subresources))
    return step.verdict, None if failure is None else failure.rule.id, sent, step.cookies, step.preflight_spared, under


class _Cookies:
    """Says what became of cookies. Why one is not used is explained once in a report."""

    def __init__(self) -> None:
        self._explained: set[tuple[str, str]] = set()

    def told(self, found: CookieResult, set_there: Container[str]) -> list[str]:
        """One text for each fact; `set_there` are the names of the cookies that a response sets."""
        told = [f"Sends {listed(found.sent)}."] if found.sent else []
        told += [f"Stores {listed(found.stored)}."] if found.stored else []
        for name, reason in found.refused:
            cause, verb = REFUSALS[reason], "stored" if name in set_there else "sent"
            again = (verb, reason) in self._explained
            self._explained.add((verb, reason))
            why = "." if again else f": {cause.text} {cause.fix}".rstrip()
            told.append(f"{name} is not {verb} ({reason}){why}")
        return told


def _set_by(*headers: Headers) -> frozenset[str]:
    """The names of the cookies that responses with these headers set."""
    lines = (line for one in headers for line in one.values("Set-Cookie"))
    return frozenset(line.partition(";")[0].partition("=")[0].strip() for line in lines)


def _add_page(report: FlowReport, visit: Visit, number: int, shown: Content, cookies: _Cookies) -> None:
    results: list[PageResult] = [browser.pages[number] for browser in report.browsers]
    found = False
    for where, result in _alike(report, results):
        told = cookies.told(result.cookies, _set_by(visit.page.headers))
        found = found or bool(told)
        shown.labelled(
            Entry("-" if i == 0 else "", f"{where}: {text}" if i == 0 else text, whole=True)
            for i, text in enumerate(told)
        )
    if not found and "Set-Cookie" in visit.page.headers:
        shown.labelled([Entry("-", "No cookies.")])


def _add_step(
    report: FlowReport,
    request: FlowRequest,
    number: int,
    at: float,
    shown: Content,
    cookies: _Cookies,
    *,
    everything: bool,
) -> None:
    scenario = request.scenario
    results = [browser.steps[number] for browser in report.browsers]
    shown.blank()
    when = f", at {at:g} s" if at else ""
    what = "document.cookie" if request.set_cookie is not None else f"{scenario.api}: {scenario.method} {scenario.url}"
    shown.text(f"{number + 1}. {what}{_made_in(scenario.client)}{when}", Role.STRONG)
    for where, result in _alike(report, results):
        mark, role = _mark(result.verdict)
        said = _SAID[result.verdict] if request.set_cookie is None or result.frame_refused else "done"
        if result.frame_refused and result.verdict is Verdict.ERROR:
            said = "not made, because the frame is not loaded"
        shown.marked(mark, role, f"{where}: {said}")
        every = list(result.all())
        exchanges = [exchange for one in every if not one.frame_refused for exchange in one.diagnosis.exchanges]
        if result.preflight_spared:
            shown.rows([Row("-", "No preflight: the browser has its response in the preflight cache.")], indent=2)
        if report.planned:
            planned = (block for one in every for block in blocks(one.diagnosis, planned=True, everything=everything))
            shown.rows([row for block in planned for row in block.rows], "plan", indent=2)
        else:
            shown.rows(map(_exchanged, exchanges), indent=2)
        set_there = _set_by(*(e.response.headers for e in exchanges if e.response is not None))
        set_there |= _set_by(Headers((("Set-Cookie", request.set_cookie or ""),)))
        shown.labelled(Entry("-", text, whole=True) for one in every for text in cookies.told(one.cookies, set_there))
        shown.labelled(_why(every, everything=everything))


def _made_in(client: Client | None) -> str:
    """The frame or the worker of the page that makes the request; empty for the page itself."""
    if client is None:
        return ""
    frame, worker = client.frame, client.worker
    made = f" in a {worker} worker" if worker is not None else ""
    if frame is None:
        return made
    sandboxed = "" if frame.sandbox is None else "sandboxed "
    return f"{made} in the {sandboxed}frame {frame.url}"


def _exchanged(exchange: Exchange) -> Row:
    answer = exchange.answer
    if isinstance(answer, Response):
        came = f"{answer.status} {answer.reason}".strip() + (" (from the HTTP cache)" if exchange.from_cache else "")
    else:
        came = answer.detail if isinstance(answer, NoAnswer) else f"not sent: {answer.why}"
    return Row(">", f"{exchange.request.method} {exchange.request.url}", came)


def _why(steps: Iterable[StepResult], *, everything: bool) -> list[Entry]:
    entries: list[Entry] = []
    for step in steps:
        failure = step.diagnosis.failure
        if failure is not None:
            entries.append(Entry("Why", f"{readable_sentence(failure, step.diagnosis.exchanges)}.", whole=True))
            if failure.cause is not None:
                entries.append(Entry("Cause", failure.cause.text, whole=True))
            entries.append(Entry("Fix", next_step(failure), Role.STRONG, whole=True))
        elif step.diagnosis.verdict is Verdict.PENDING:
            asking = [note for note in step.diagnosis.steps if note.outcome is Outcome.NOTE][-1]
            entries.append(Entry("Why", f"{readable_sentence(asking, step.diagnosis.exchanges)}.", whole=True))
            entries.append(Entry("Fix", next_step(asking), Role.STRONG, whole=True))
        if everything:
            entries += [
                Entry("Console", line, whole=True) for text in step.diagnosis.console for line in text.split("\n")
            ]
    return entries
