"""The cure for people: what the answers must have, the proof, the server's configuration, and what the page can do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from corsdoctor.causes.before_headers import OTHER_SPELLING
from corsdoctor.cure import Alternative, Change, Cure, Obstacle
from corsdoctor.cure.alternatives import PROXY
from corsdoctor.cure.change import VARY
from corsdoctor.cure.cookies import LostCookie
from corsdoctor.diagnose import Verdict
from corsdoctor.fetch.headers import ACAO, ACMA, STATUS
from corsdoctor.findings import Finding, blockers, failures
from corsdoctor.report import Report
from corsdoctor.reports.answer import causes
from corsdoctor.reports.content import Content, Entry, Role, Row
from corsdoctor.reports.layout import page as laid_out
from corsdoctor.reports.prescription_text import WARNING, add_prescription
from corsdoctor.reports.replay import PASS_MARK, mark
from corsdoctor.reports.wording import (
    by_verdict,
    capital,
    following,
    readable_sentence,
    readable_text,
    remedy_line,
    unanimous,
    verdict,
    who,
)
from corsdoctor.reports.writer import Style
from corsdoctor.rule import Field, Outcome, next_step
from corsdoctor.step_sentences import listed
from corsdoctor.wire import Kind, Response

_PROXIES: Final = (
    "--server vite, webpack, angular or next-rewrites prints the proxy configuration of a development server, "
    "and --server nginx-proxy, apache-proxy or caddy-proxy that of a web server"
)
_NOT_VERIFIED: Final = (
    "Not verified: the server returned {status}. These headers only make that error readable. Unless the server returned "
    "it because of the page's origin, find out why, and run this command again."
)
_UNASKED_PAGE: Final = (
    "Not verified: the response is an HTML page, and the script does not ask for one. It may be a login page, an error page or "
    "another service. Open the URL in a browser to find out. If the script wants this page, add -H 'Accept: text/html'."
)
_LOST_METHOD: Final = (
    "Not verified: after the redirect ({status}), browsers send GET instead of {method}, without the body. Redirect with 307 or "
    "308, which keep the method, or request the URL that it leads to."
)
_ONLY_COOKIES: Final = "No CORS header needs to change, but browsers lose cookies."
_RESTRICT: Final = "This page needs nothing, but restrict the origins: allow only those of your own pages instead of every origin that asks."
_PROXIED: Final = "The server needs no CORS headers: with the proxy below, the request is same-origin."
_HEADERS_SECOND: Final = frozenset({"gateway-error", "rate-limited", "server-error", "too-large"})
"""Errors that scripts may want to read, so that headers are the second step."""
_IN_FRONT: Final = frozenset({"authentication", "bot-challenge", "client-certificate", "forbidden"})
"""Causes for which something may answer a preflight request before the application does."""
_EXTRA: Final = {VARY: "for caches", ACMA: "fewer preflights"}


def render(reports: Sequence[Report], style: Style) -> str:
    """The output of `corsdoctor fix`: one report for each origin, and one configuration for all. No line feed at its end."""
    page = Content()
    for i, report in enumerate(reports):
        if i:
            page.blank()
        _verdict(report, page)
        add_cure(report, style, page)
        if report.observations:
            from corsdoctor.reports.observed_text import (  # what a plain fix need not load
                add_observations,
                observed_entries,
            )

            page.blank()
            page.labelled(observed_entries(report))
            add_observations(report, page, everything=style.verbosity > 0)
    if style.verbosity >= 0:
        add_prescription(reports, page)
        _add_cookies(reports, page)
        add_besides(reports[0], page)
    return laid_out(page.blocks, style)


def add_whole_cure(report: Report, style: Style, page: Content) -> None:
    """All of it, in a report of `check`."""
    add_cure(report, style, page)
    add_prescription([report], page)
    _add_cookies([report], page)
    add_besides(report, page)


def _verdict(report: Report, page: Content) -> None:
    scenario = report.diagnoses[0].scenario
    page.text(f"{scenario.method} {scenario.url}", Role.STRONG)
    page.text(who(scenario))
    page.marked(*mark(report), verdict(report))
    for warning in report.cure.warnings if report.cure is not None else ():
        page.marked(WARNING, Role.BAD, warning)
    for text in dict.fromkeys(
        f"{readable_sentence(f.step, f.exchanges)} ({f.step.rule.id})" for f in failures(report.diagnoses)
    ):
        page.marked(" ", Role.PLAIN, text)
    in_front = [fault for fault in blockers(report.diagnoses) if _is_in_front(fault[0])]
    if in_front and report.cure is not None and report.cure.changes:
        fixes = dict.fromkeys(readable_text(next_step(fault[0].step)) for fault in in_front)
        page.labelled([*causes(in_front, 0), *(Entry("Fix", text, Role.STRONG, whole=True) for text in fixes)])


def _is_in_front(finding: Finding) -> bool:
    cause, exchange = finding.step.cause, finding.exchange
    return cause is not None and cause.id in _IN_FRONT and exchange is not None and exchange.is_preflight


def add_cure(report: Report, style: Style, page: Content) -> None:
    """What each answer must have, and the proof; or why nothing of the kind helps."""
    cure = report.cure
    assert cure is not None  # or there is nothing to add
    if cure.obstacle is not None:
        _obstacle(cure.obstacle, report, page)
        return
    if not cure.changes:
        page.blank()
        opaque = report.verdict is Verdict.OPAQUE
        page.text(
            "No response header makes the response readable."
            if opaque and cure.alternatives
            else _PROXIED
            if cure.proxied
            else _RESTRICT
            if cure.reflection is not None and cure.reflection.credentials
            else _ONLY_COOKIES
            if cure.cookies
            else "Nothing needs to change."
        )
        return
    if cure.url is not None:
        page.blank()
        page.text(f"First, request {cure.url} instead, exactly as spelled here. Then allow the page there.", whole=True)
    for change in cure.changes:
        page.blank()
        page.text(_title(change, cure), Role.STRONG)
        page.rows(_rows(change), "cure")
    page.blank()
    if cure.error_status is not None:
        page.marked(WARNING, Role.BAD, _NOT_VERIFIED.format(status=cure.error_status))
    elif cure.unasked_page:
        page.marked(WARNING, Role.BAD, _UNASKED_PAGE)
    elif cure.lost_method is not None:
        status, method = cure.lost_method
        page.marked(WARNING, Role.BAD, _LOST_METHOD.format(status=status, method=method))
    else:
        [(_, diagnoses), *_] = by_verdict(Report(cure.proof))
        page.marked(PASS_MARK, Role.GOOD, _verified(cure, unanimous(diagnoses)))
    for one in cure.not_tried:
        page.text(f"Not tried: {one.method} {one.url}: {one.why}. Its response is assumed.", whole=True)
    if not cure.needed and following(report, style):
        page.blank()
        page.text(following(report, style))


def _verified(cure: Cure, browsers: str) -> str:
    """What the proof shows; less where the response to the request itself is assumed."""
    unsent = [one for one in cure.not_tried if one.kind is not Kind.PREFLIGHT and not one.refused]
    if not unsent:
        return f"Verified: with these headers the request succeeds {browsers}"
    methods = listed(dict.fromkeys(one.method for one in unsent))
    if any(change.kind is Kind.PREFLIGHT for change in cure.changes):
        return f"Verified for the preflight {browsers}; the {methods} was not sent"
    return f"The request succeeds {browsers} if its response has these headers; the {methods} was not sent"


def _add_cookies(reports: Sequence[Report], page: Content) -> None:
    """The cookies that browsers lose, what helps, and how the framework sets them."""
    lost: dict[tuple[object, ...], list[LostCookie]] = {}
    for one in dict.fromkeys(one for report in reports if report.cure is not None for one in report.cure.cookies):
        lost.setdefault(one[1:], []).append(one)
    for one, *alike in lost.values():
        names = listed(cookie.name or "without a name" for cookie in (one, *alike))
        verb = ("are" if alike else "is") + " not stored" if one.stored else "may not be sent"
        page.blank()
        page.text(f"The cookie{'s' if alike else ''} {names} {verb} in {listed(one.browsers)}", Role.STRONG)
        for text in (*one.reasons, *one.actions):
            page.marked("-", Role.PLAIN, text)
    setting = reports[0].cookie_setting
    if lost and setting is not None:
        page.blank()
        page.text(f"{setting.title}:", whole=True)
        page.blank()
        page.verbatim(setting.text)


def add_besides(report: Report, page: Content) -> None:
    """What the page can do instead, and what is granted without need."""
    cure = report.cure
    if cure is None:
        return
    for title, rows in (
        ("What the page can do instead", _ways(cure.alternatives)),
        ("More permissive than this request needs", [f"`{s.name}: {s.value}` {s.text}." for s in cure.excess_grants]),
        ("Notes", _warnings(report)),
    ):
        if rows:
            page.blank()
            page.text(title, Role.STRONG)
            for row in rows:
                page.marked("-", Role.PLAIN, row)


def _obstacle(obstacle: Obstacle, report: Report, page: Content) -> None:
    step = obstacle.step
    page.blank()
    entries = [
        Entry("rule", f"{step.rule.id}: {readable_sentence(step, obstacle.diagnoses[0].exchanges)}", whole=True),
        Entry("why", readable_text(step.cause.text) if step.cause is not None else step.rule.why, whole=True),
        Entry("next", readable_text(obstacle.next), Role.STRONG, whole=True),
    ]
    everywhere = len(obstacle.diagnoses) == len(report.diagnoses)
    page.text(f"{_hopeless(obstacle)}{'' if everywhere else f' {unanimous(obstacle.diagnoses)}'}:", Role.STRONG)
    page.labelled(entries)


def _hopeless(obstacle: Obstacle) -> str:
    """What no answer can do."""
    step = obstacle.step
    if obstacle.first in OTHER_SPELLING:
        return "Correct the URL"
    if obstacle.first in _HEADERS_SECOND:
        return "Fix this first"
    if obstacle.first is not None:
        return "Fix this first; CORS headers would not help"
    labels = {label for label, _ in step.evidence}
    if Field.ERROR in labels:
        return "Nothing can be determined without a response"
    if ACAO in labels:
        return "No CORS header allows only this page"
    return "No CORS header helps"


def _title(change: Change, cure: Cure) -> str:
    what = "the preflight" if change.kind is Kind.PREFLIGHT else f"the {change.method}"
    asked = {change.url for change in cure.changes} | {e.request.url for d in cure.proof for e in d.exchanges}
    at = f" {change.url}" if len(asked) > 1 or cure.url is not None else ""
    at = f" for{at}" if at and change.kind is Kind.PREFLIGHT else at
    return (
        f"The response to {what}{at} needs"
        if change.response is not None
        else f"The response to {what}{at}, which was not sent yet, needs"
    )


def _rows(change: Change) -> list[Row]:
    """What goes and what comes, as a diff."""
    return [row for line in change.lines for row in (*_gone(line[0], change.response), _new(line))]


def _gone(name: str, response: Response | None) -> list[Row]:
    if response is None or name == VARY:
        return []
    values = (str(response.status),) if name == STATUS else response.headers.values(name)
    return [Row("-", remedy_line((name, value)) if value else f"{name}:", role=Role.BAD) for value in values]


def _new(line: tuple[str, str]) -> Row:
    return Row("+", remedy_line(line), _EXTRA.get(line[0], ""), Role.GOOD)


def _ways(ways: Iterable[Alternative]) -> list[str]:
    return [f"{way.text} {_left(way)}" for way in ways]


def _left(way: Alternative) -> str:
    """What the server would still have to send."""
    if way.id == PROXY:
        return f"{capital(_PROXIES)}."
    lines = list(dict.fromkeys(remedy_line(line) for change in way.changes for line in change.lines))
    tried = "" if way.tried else " (not tried)"
    if not lines:
        return f"Then nothing else needs to change{tried}."
    return f"Then the server needs only: {'; '.join(lines)}{tried}."


def _warnings(report: Report) -> list[str]:
    """Notes on what no answer can change: permissions, cookies that browsers keep back."""
    steps = ((s, d) for d in report.diagnoses for s in d.steps if s.outcome is Outcome.NOTE and s.rule.id in _WORTH)
    warnings = [f"{text}." for text in dict.fromkeys(readable_sentence(step, d.exchanges) for step, d in steps)]
    last = [d.exchanges[-1].response for d in report.diagnoses if d.exchanges and d.exchanges[-1].kind is Kind.ACTUAL]
    statuses = {response.status for response in last if response is not None and response.status >= 400}
    refused = report.cure is not None and any(one.refused for one in report.cure.not_tried)
    if statuses and report.cure is not None and report.cure.changes and not refused:
        shown = listed(str(status) for status in sorted(statuses))
        warnings.append(
            f"The status code is {shown}. With these headers the script can see it, but it remains an error."
        )
    return warnings


_WORTH: Final = frozenset(
    {
        "local-network-access-granted",
        "vary-origin",
        "acao-not-null",
        "request-header-not-forbidden",
    }
)
