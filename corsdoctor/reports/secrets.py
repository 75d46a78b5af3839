"""Masks passwords, tokens and cookies in a report, so that it can be shown, logged and sent around.

Each value is masked by what it is: a URL, a header's value, a body, a text that somebody else wrote. Names and our own
sentences are never searched: a Sentence is made again from its masked values. A distinctive secret of the request is
also masked where another value repeats it (echoes.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from corsdoctor.masking import MASK, mask_text
from corsdoctor.report import AuditReport, FlowReport, Item, Problem, Report
from corsdoctor.reports.changing import changed, each
from corsdoctor.reports.cure_masks import mask_change, mask_cure, mask_judged, mask_prescription
from corsdoctor.reports.masks import Masks
from corsdoctor.scenario import Scenario
from corsdoctor.url import OPAQUE
from corsdoctor.wire import Exchange

if TYPE_CHECKING:
    from corsdoctor.audit.explored import Tried
    from corsdoctor.captures.commands.parsed import Parsed
    from corsdoctor.captures.judge import Judgement
    from corsdoctor.diagnose import Diagnosis
    from corsdoctor.flow.result import BrowserResult, PageResult, StepResult
    from corsdoctor.flow.story import FlowRequest, Visit
    from corsdoctor.lint.found import Linted
    from corsdoctor.observed import Observation

_Item = TypeVar("_Item", bound=Item)


def mask_report(item: _Item) -> _Item:
    """The report with its secrets masked; the very same report where it has none."""
    if isinstance(item, Problem):
        if item.scenario is None and item.parsed is None:
            return item
        masks = Masks([one for one in (item.scenario, _asked(item.parsed)) if one is not None])
        return changed(
            item,
            reason=masks.sentence(item.reason),
            scenario=None if item.scenario is None else masks.scenario(item.scenario),
            parsed=_parsed(item.parsed, masks),
        )
    seen = [exchange for observation in item.observations for exchange in observation.exchanges]
    masks = Masks(
        [one for one in (item.scenario, _asked(item.parsed)) if one is not None], [*_exchanges(item.diagnoses), *seen]
    )
    return changed(
        item,
        diagnoses=each(item.diagnoses, masks.diagnosis),
        cure=None if item.cure is None else mask_cure(masks, item.cure),
        prescription=None if item.prescription is None else mask_prescription(masks, item.prescription),
        judged=None if item.judged is None else mask_judged(masks, item.judged),
        capture=_captured(item.capture, masks),
        parsed=_parsed(item.parsed, masks),
        retried=each(item.retried, lambda again: changed(again, url=masks.url(again.url))),
        changes=each(item.changes, partial(mask_change, masks)),
        observations=each(item.observations, lambda seen: _observation(seen, item.scenario, masks)),
        probes=each(item.probes, lambda probe: changed(probe, exchange=masks.exchange(probe.exchange, item.scenario))),
    )


def _observation(seen: Observation, scenario: Scenario, masks: Masks) -> Observation:
    return changed(
        seen,
        exchanges=each(seen.exchanges, lambda exchange: masks.exchange(exchange, scenario)),
        console=None if seen.console is None else each(seen.console, masks.text),
        missing=None if seen.missing is None else masks.text(seen.missing),
    )


def _captured(capture: Judgement | None, masks: Masks) -> Judgement | None:
    if capture is None:
        return None
    return changed(capture, diagnoses=each(capture.diagnoses, masks.diagnosis))


def mask_flow(report: FlowReport) -> FlowReport:
    """The flow with its secrets masked."""
    masks = Masks(report.flow.scenarios(), _exchanges(report.diagnoses))

    def step(found: StepResult) -> StepResult:
        return found._replace(
            diagnosis=masks.diagnosis(found.diagnosis), subresources=tuple(map(step, found.subresources))
        )

    def page(found: PageResult) -> PageResult:
        cookie = None if found.cookie is None else masks.value("Cookie", found.cookie)
        return found._replace(cookie=cookie, console=tuple(map(masks.text, found.console)))

    def browser(found: BrowserResult) -> BrowserResult:
        kept = tuple((host, masks.value("Cookie", pairs)) for host, pairs in found.cookies)
        return found._replace(pages=tuple(map(page, found.pages)), steps=tuple(map(step, found.steps)), cookies=kept)

    def request(asked: FlowRequest) -> FlowRequest:
        return asked._replace(scenario=masks.scenario(asked.scenario))

    def visit(seen: Visit) -> Visit:
        url = seen.page.url
        page = seen.page._replace(url=url._replace(href=masks.url(url.href)))
        return seen._replace(page=page, requests=tuple(map(request, seen.requests)))

    flow = report.flow._replace(visits=tuple(map(visit, report.flow.visits)))
    return report._replace(flow=flow, browsers=tuple(map(browser, report.browsers)))


def mask_audit(report: AuditReport) -> AuditReport:
    """The audit with its secrets masked."""
    explored = report.explored
    masks = Masks([report.asked], explored.exchanges)

    def exchange(found: Exchange) -> Exchange:
        return masks.exchange(found, report.asked)

    def tried(one: Tried) -> Tried:
        return one._replace(exchange=exchange(one.exchange))

    explored = explored._replace(
        tried=tuple(map(tried, explored.tried)),
        asked=tuple(one._replace(exchange=exchange(one.exchange)) for one in explored.asked),
        plain=None if explored.plain is None else exchange(explored.plain),
        looks=tuple(look._replace(tried=tried(look.tried)) for look in explored.looks),
        cookieless=tuple(map(tried, explored.cookieless)),
    )
    findings = tuple(one._replace(exchange=exchange(one.exchange)) for one in report.findings)
    others = tuple(map(masks.url, report.others))
    return report._replace(explored=explored, findings=findings, asked=masks.scenario(report.asked), others=others)


def mask_lint(linted: Linted) -> Linted:
    """What lint found, with secrets masked in the values of the file that its sentences repeat."""

    def masked(_: str, value: str) -> str:
        return mask_text(value)

    findings = tuple(one._replace(what=one.what.with_values(masked)) for one in linted.findings)
    return linted._replace(findings=findings)


def _exchanges(diagnoses: Iterable[Diagnosis]) -> Iterator[Exchange]:
    return (exchange for diagnosis in diagnoses for exchange in diagnosis.exchanges)


def _asked(parsed: Parsed | None) -> Scenario | None:
    """The request as it was given, which may have secrets that the replayed one has not."""
    if parsed is None:
        return None
    return Scenario(parsed.url or "", OPAQUE, headers=parsed.headers, cookie=parsed.cookies, body=parsed.body)


def _parsed(parsed: Parsed | None, masks: Masks) -> Parsed | None:
    asked = _asked(parsed)
    if parsed is None or asked is None:
        return None
    shown = masks.scenario(asked)
    options = tuple(
        (name, MASK if name == "proxy_user" else masks.url(value) if isinstance(value, str) else value)
        for name, value in parsed.options
    )
    return parsed._replace(
        url=None if parsed.url is None else shown.url,
        headers=shown.headers,
        cookies=shown.cookie,
        body=shown.body,
        options=options,
        unresolved=tuple(map(masks.text, parsed.unresolved)),
    )


def mask_scenario(scenario: Scenario) -> Scenario:
    """The request with its secrets masked."""
    return Masks([scenario]).scenario(scenario)


def masker(*reports: Report) -> Callable[[str], str]:
    """A function that masks the distinctive secrets of all `reports` in a text that is not ours, such as a log.

    It masks the two ends of a secret too, where the text has `...` for what is between them.
    """
    masks = Masks([r.scenario for r in reports], _exchanges(d for r in reports for d in r.diagnoses))
    return lambda text: masks.echoes.masked_ends(masks.text(text))
