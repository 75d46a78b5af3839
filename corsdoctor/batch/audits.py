"""What an audit does with each line, which has a URL and the origins that it should allow."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Self

from corsdoctor.audit.explore import BUDGET, explore
from corsdoctor.audit.explored import Explored, Target
from corsdoctor.audit.requests_of_pages import COOKIE
from corsdoctor.audit.weigh import Severity, findings
from corsdoctor.batch import RETRY_AFTER
from corsdoctor.batch.line import Line
from corsdoctor.batch.rate import NO_LIMIT, Pace, Rate
from corsdoctor.batch.retry_after import paced
from corsdoctor.command_line import quoted
from corsdoctor.masking import MASK, mask_header, mask_url
from corsdoctor.reading import matches
from corsdoctor.record import Record
from corsdoctor.report import AuditReport
from corsdoctor.scenario import Scenario
from corsdoctor.transport.options import TransportOptions
from corsdoctor.url import Origin, parse, parse_origin
from corsdoctor.wire import Exchange, WireRequest, ascii_lower

if TYPE_CHECKING:
    from corsdoctor.batch.answer import Answer
    from corsdoctor.suite.known_findings import KnownFinding
    from corsdoctor.transport.live import Live

_DECIDING = frozenset(
    {
        "origin", "access-control-request-method", "access-control-request-headers", "cookie", "referer", "sec-fetch-site",
    }
)  # fmt: skip


class Subject(Record):
    """A URL to audit, and the origins that it should allow."""

    url: str
    trusted: tuple[Origin, ...] = ()

    @property
    def target(self) -> Target:
        """The same, with the URL parsed."""
        url = parse(self.url)
        assert url is not None  # it was checked
        return Target(url, self.trusted)

    def line(self, number: int) -> Line:
        """The line that asks for the audit."""
        return Line(number, json.dumps([self.url, *map(str, self.trusted)]).encode())


def subject_of(line: Line) -> Subject:
    """What Subject.line wrote."""
    url, *trusted = json.loads(line.data)
    return Subject(url, tuple(origin for text in trusted if (origin := parse_origin(text)) is not None))


def host_of(line: Line) -> str:
    """The host of the URL."""
    return subject_of(line).target.url.host


class AuditWork(Record):
    """How URLs are audited.

    `asked` has the headers and the cookie of each request; origins that are not trusted get them only with
    `secrets_for_all`. `budget` is the most requests for one URL, and `least` the least severity that counts. `rate` holds for one
    process. A 429 is waited out once if its Retry-After is at most `retry_after` seconds. `reaching` are curl's options of the
    connection. `known` are the findings that are accepted, and `today` decides which of them have expired.
    """

    asked: Scenario
    options: TransportOptions
    budget: int = BUDGET
    secrets_for_all: bool = False
    least: Severity = Severity.INFO
    rate: Rate = NO_LIMIT
    retry_after: float = RETRY_AFTER
    reaching: tuple[str, ...] = ()
    show_secrets: bool = False
    known: tuple[KnownFinding, ...] = ()
    today: date = date.max

    def at(self, rate: Rate) -> Self:
        """The same at another rate."""
        return self._replace(rate=rate)

    def open(self) -> AuditWorker:
        """An AuditWorker with its own connections. Raises InvalidScenario and UnreadableInput as Live does."""
        from corsdoctor.transport.live import Live

        return AuditWorker(self, Live(self.options))

    def failed(self, line: Line, reason: str) -> AuditReport:
        """The report on a URL that was not audited."""
        subject = subject_of(line)
        return AuditReport(Explored(subject.target), (), self.asking(subject), line.number, reason)

    def misfit(self, answer: Answer, line: Line) -> str | None:
        """How `answer`, in which secrets are masked, differs from a report on `line`, "" in general; None if it is one."""
        subject = subject_of(line)
        if answer.url is None:
            return None  # it is the reason why there is none
        if not matches(answer.url.split(MASK), subject.url):
            return ""
        return None if answer.trusted == frozenset(map(str, subject.trusted)) else "the trusted origins differ"

    def asking(self, subject: Subject) -> Scenario:
        """The request that is varied."""
        return self.asked._replace(url=subject.url)


class AuditWorker:
    """Audits URLs."""

    def __init__(self, work: AuditWork, live: Live) -> None:
        self.work, self._live = work, live
        self.pace = Pace(work.rate)

    def answer(self, line: Line) -> AuditReport:
        """The report on the URL of `line`."""
        work, subject = self.work, subject_of(line)
        asked = work.asking(subject)
        send = paced(self._live.send, self.pace, work.retry_after, lambda _: None)
        explored = explore(subject.target, asked, send, budget=work.budget, secrets_for_all=work.secrets_for_all)
        explored = explored._replace(
            tried=tuple(one._replace(command=self._curl(one.exchange)) for one in explored.tried),
            cookieless=tuple(one._replace(command=self._curl(one.exchange)) for one in explored.cookieless),
            looks=tuple(
                one._replace(tried=one.tried._replace(command=self._curl(one.tried.exchange))) for one in explored.looks
            ),
            asked=tuple(one._replace(command=self._curl(one.exchange)) for one in explored.asked),
        )
        found = (one for one in findings(explored) if one.severity >= work.least)
        weighed = tuple(one._replace(command=self._curl(one.exchange)) for one in found)
        if work.known:
            from corsdoctor.suite.known_findings import with_known  # what an audit without them need not load

            weighed = with_known(weighed, subject.url, work.known, work.today)
        return AuditReport(explored, weighed, asked, line.number)

    def late(self, line: Line, reason: str) -> AuditReport:
        """The report on a URL for which no time was left."""
        return self.work.failed(line, reason)

    def host(self, line: Line) -> str:
        """The host of the URL."""
        return host_of(line)

    def close(self) -> None:
        """Closes the connections."""
        self._live.close()

    def _curl(self, exchange: Exchange) -> str:
        return curl(exchange.request, self.work)


def curl(request: WireRequest, work: AuditWork) -> str:
    """The curl command that repeats `request`, with what decides: who asks for what, and the user's headers."""
    words = [
        "curl", "-i", *([] if request.method == "GET" else ["-X", request.method]),
        request.url if work.show_secrets else mask_url(request.url),
    ]  # fmt: skip
    deciding = _DECIDING | {ascii_lower(name) for name, _ in work.asked.headers}
    for name, value in request.headers:
        if ascii_lower(name) in deciding:
            shown = value if work.show_secrets or value == COOKIE else mask_header(name, value)
            words += ["-H", f"{name}: {shown}"]
    return quoted([*words, *work.reaching])
