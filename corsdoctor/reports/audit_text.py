"""An audit as text: the result, the policy that the server has, then each weakness with what to do about it."""

from __future__ import annotations

from typing import Final

from corsdoctor.audit.candidates import Trick
from corsdoctor.audit.explored import Explored, Tried
from corsdoctor.audit.policy_words import policy_words, preflighted_methods
from corsdoctor.audit.weigh import Weighed
from corsdoctor.browsers import by_name
from corsdoctor.fetch.headers import ACAC, ACAO
from corsdoctor.report import AuditReport
from corsdoctor.reports.content import Content, Entry, Role, Row
from corsdoctor.reports.layout import page
from corsdoctor.reports.replay import FAIL_MARK, PASS_MARK
from corsdoctor.reports.severities import ROLES, counted
from corsdoctor.reports.writer import Style
from corsdoctor.rule import MISSING
from corsdoctor.step_sentences import listed

_MOST_OTHERS: Final = 10
_KNOWN: Final = (Trick.STRANGER, Trick.TRUSTED)
_TRICKS: Final = {
    Trick.STRANGER: "any other website", Trick.OWN: "the server's own", Trick.TRUSTED: "trusted", Trick.NULL: "a sandboxed frame",
    Trick.INSECURE: "the same without TLS", Trick.PORT: "another port", Trick.SUBDOMAIN: "a subdomain",
    Trick.SIBLING: "another subdomain", Trick.PREFIX: "more after the host", Trick.HYPHEN: "more after the host",
    Trick.SUFFIX: "more before the host", Trick.SUBSTRING: "more before and after the host", Trick.ANY_NAME: "any other name", Trick.TRUNCATED: "a part of the host",
    Trick.DOT: "a letter in place of a dot", Trick.INNER_DOT: "a letter in place of a dot", Trick.CHARACTER: "a special character after the host", Trick.TENANT: "another customer",
    Trick.NAMED: "named by the server",
    Trick.RELATED: "the same site", Trick.AROUND: "more in the middle of the host", Trick.TLD: "another top-level domain",
    Trick.LOOKALIKE: "letters with accents", Trick.HOSTED: "a customer of a hosting service", Trick.PRIVATE: "a device in a local network", Trick.ADDRESS: "any IP address",
    Trick.LOCALHOST: "this machine", Trick.LOCALHOST_PREFIX: "more after a local host",
    Trick.PLAYGROUND: "a public playground", Trick.FILE: "local files", Trick.EXTENSION: "an extension",
}  # fmt: skip


def render_audit(report: AuditReport, style: Style) -> str:
    """The audit as text, without a line feed at its end."""
    return page(audit_content(report, style).blocks, style)


def audit_content(report: AuditReport, style: Style) -> Content:
    """The audit, as detailed as `style` says."""
    shown = Content()
    shown.marked(
        PASS_MARK if report.good else FAIL_MARK,
        Role.GOOD if report.good else Role.BAD,
        f"{report.name}: {headline(report)}",
    )
    if style.verbosity >= 0 and report.explored.answered:
        shown.blank()
        shown.text(f"The policy that {_requests(report)} showed", Role.STRONG)
        shown.labelled([Entry(what, which, whole=True) for what, which in policy_words(report.explored)])
        for finding in report.findings:
            _add(finding, shown)
        _add_origins(report, shown, everything=style.verbosity > 0)
        _add_others(report, shown, everything=style.verbosity > 0)
    return shown


def headline(report: AuditReport) -> str:
    """The result in one sentence without a full stop."""
    if report.error is not None:
        return report.error
    if not report.explored.answered:
        return "no response, so nothing is known about its policy"
    if not report.findings:
        where = " in preflight responses, and no response to GET allows an origin" if report.explored.takes_post else ""
        return f"nothing wrong was found{where}"
    found = [finding for finding in report.findings if not finding.known]
    known = len(report.findings) - len(found)
    if not found:
        return f"nothing wrong was found but {known} known finding{'s' if known > 1 else ''}"
    more = f" ({known} known)" if known else ""
    return f"{counted(finding.severity for finding in found)}{more}: {found[0].impact.removesuffix('.')}"


def _requests(report: AuditReport) -> str:
    return f"{report.explored.sent} request{'s' if report.explored.sent > 1 else ''}"


def _add(finding: Weighed, shown: Content) -> None:
    shown.blank()
    weakness = finding.weakness
    shown.marked(
        "!" if finding.severity and not finding.known else "-",
        Role.FAINT if finding.known else ROLES[finding.severity],
        f"{'known, ' if finding.known else ''}{finding.severity}: {weakness.id} (CWE-{weakness.cwe})",
    )
    entries = [Entry("known", finding.known, whole=True)] if finding.known else []
    entries += (
        [Entry("expired", f"{finding.expired}: this finding counts again", whole=True)] if finding.expired else []
    )
    entries += [Entry("what", finding.what, whole=True), Entry("impact", finding.impact, whole=True)]
    response = finding.exchange.response
    if finding.origin and response is not None:
        entries.append(Entry("asked", f"Origin: {finding.origin}"))
        values = "; ".join(f"{name}: {response.headers.get(name) or MISSING}" for name in (ACAO, ACAC))
        entries.append(Entry("got", f"{response.status}; {values}"))
    if finding.browsers:
        entries.append(Entry("in", listed(by_name(name).title for name in finding.browsers)))
    entries.append(Entry("fix", weakness.fix, whole=True))
    shown.labelled(entries)
    if finding.command:
        shown.verbatim(finding.command)


def _add_origins(report: AuditReport, shown: Content, *, everything: bool) -> None:
    """The origins that were tried; without `everything`, only those that are allowed, and of those that `*` allows only what stands for
    all of them.
    """
    every = report.explored.any_origin == "*"
    shown_ones = [
        one
        for one in report.explored.tried
        if one.readers and (one.named or not every or one.candidate.trick in _KNOWN)
    ]
    tried = list(report.explored.tried) if everything else shown_ones
    if not tried:
        return
    shown.blank()
    shown.text("Origins tried" if everything else "Origins that can read the response", Role.STRONG)
    shown.rows(
        [
            Row("-", f"{one.candidate.origin} ({_TRICKS[one.candidate.trick]}, {_allowed(one, report.explored)})")
            for one in tried
        ],
        "origins",
    )
    if report.explored.stalled:
        shown.text("Further ones were not tried: the server stopped responding.")
    elif report.explored.left:
        shown.text(f"{report.explored.left} rarer ones were not tried: --budget was reached.")


def _allowed(tried: Tried, explored: Explored) -> str:
    """Whether a page of one origin that was tried may read the response, and the methods that a preflight response allows it."""
    if not tried.readers:
        return "refused"
    more = preflighted_methods(tried, explored)
    also = f", also {listed(more)}" if more else ""
    return f"{'with' if tried.with_credentials else 'without'} credentials{also}"


def _add_others(report: AuditReport, shown: Content, *, everything: bool) -> None:
    """The other URLs of the origin with the same policy."""
    if not report.others:
        return
    shown.blank()
    shown.text("The same was found at", Role.STRONG)
    urls = report.others if everything else report.others[:_MOST_OTHERS]
    shown.rows([Row("-", url, "") for url in urls], "urls")
    if len(urls) < len(report.others):
        shown.text(f"and {len(report.others) - len(urls)} more, which --verbose lists")
