"""What a batch does with each line: it checks the request there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Self

from corsdoctor.batch import RETRY_AFTER
from corsdoctor.batch.comparing import misfit
from corsdoctor.batch.line import Line
from corsdoctor.batch.rate import NO_LIMIT, Pace, Rate
from corsdoctor.batch.read_line import BadLine, host_of, read_line
from corsdoctor.batch.retry_after import paced
from corsdoctor.batch.shared_pages import SharedPages
from corsdoctor.browsers.profile import Profile
from corsdoctor.causes.probe import NO_PROBES, Probing
from corsdoctor.cookie_file import cookies_in
from corsdoctor.diagnose import withholding
from corsdoctor.errors import InvalidScenario, UnreadableInput
from corsdoctor.report import FlowReport, Item, Problem, ProblemKind, Retried, report_on
from corsdoctor.scenario import HeldCookie, Scenario
from corsdoctor.transport.options import TransportOptions

if TYPE_CHECKING:
    from corsdoctor.batch.answer import Answer
    from corsdoctor.transport.live import Live

_JARS: Final = 16
"""How many cookie jars are kept in memory."""


@dataclass(frozen=True, slots=True)
class CheckWork:
    """How the lines of a batch are answered.

    `defaults` holds what a line may leave out, its URL is a placeholder; `has_origin` says that the origin there was
    given. With `send`, requests that may change data are sent too. `rate` holds for one process. A 429 is waited out
    once if its Retry-After is at most `retry_after` seconds. `jar` are the cookies in the browsers for lines that name no jar,
    each with whether it has expired.
    """

    defaults: Scenario
    profiles: tuple[Profile, ...]
    options: TransportOptions
    send: bool = False
    has_origin: bool = False
    rate: Rate = NO_LIMIT
    retry_after: float = RETRY_AFTER
    probing: Probing = NO_PROBES
    jar: tuple[tuple[HeldCookie, bool], ...] = ()

    def at(self, rate: Rate) -> Self:
        """The same at another rate."""
        return replace(self, rate=rate)

    def open(self) -> CheckWorker:
        """A CheckWorker with its own connections. Raises InvalidScenario and UnreadableInput as Live does."""
        from corsdoctor.transport.live import Live

        return CheckWorker(self, Live(self.options))

    def failed(self, line: Line, reason: str) -> Problem:
        """The Problem for a `line` for which this program failed."""
        return Problem(line.number, reason, kind=ProblemKind.INTERNAL)

    def misfit(self, answer: Answer, line: Line) -> str | None:
        """How `answer`, in which secrets are masked, differs from an answer to `line`, "" in general; None if it is one."""
        try:
            id, asked = read_line(line, self.defaults, has_origin=self.has_origin)
        except BadLine as e:
            return None if answer.url is None and answer.id == e.id else ""
        if answer.id != id:
            return ""
        return misfit(answer, asked, self.profiles, send=self.send) if isinstance(asked, Scenario) else None


class CheckWorker:
    """Answers the lines of a batch."""

    def __init__(self, work: CheckWork, live: Live) -> None:
        self.work, self._live = work, live
        self.pace = Pace(work.rate)
        self._cookies_in = lru_cache(_JARS)(cookies_in)
        self._pages = SharedPages(paced(live.send, self.pace, work.retry_after, lambda _: None))

    def answer(self, line: Line) -> Item | FlowReport:
        """The Report on `line`, or the FlowReport, or a Problem for each way it can fail: one bad line must not stop the rest."""
        work, again = self.work, list[Retried]()
        send = paced(self._live.send, self.pace, work.retry_after, again.append)
        try:
            id, asked = read_line(line, work.defaults, has_origin=work.has_origin, jar_of=self._jar)
            sending = send if work.send else withholding(send)
            if not isinstance(asked, Scenario):
                from corsdoctor.flow.explain import explained_flow  # what a batch without flows need not load

                return FlowReport(asked, explained_flow(asked, work.profiles, sending), line.number)
            try:
                asked = self._pages.with_page(asked)
            except (InvalidScenario, UnreadableInput) as e:
                return Problem(line.number, str(e), id)
            report = report_on(asked, work.profiles, sending, work.probing, id=id, line=line.number)
            return report._replace(retried=tuple(again))
        except BadLine as e:
            return Problem(line.number, str(e), e.id)

    def _jar(self, path: str | None) -> tuple[tuple[HeldCookie, bool], ...]:
        return self.work.jar if path is None else self._cookies_in(path)

    def late(self, line: Line, reason: str) -> Problem:
        """The Problem for a `line` for which no time was left."""
        try:
            id, asked = read_line(line, self.work.defaults, has_origin=self.work.has_origin)
        except BadLine as e:
            return Problem(line.number, reason, e.id, kind=ProblemKind.TIMED_OUT)
        scenario = asked if isinstance(asked, Scenario) else None
        return Problem(line.number, reason, id, kind=ProblemKind.TIMED_OUT, scenario=scenario)

    def host(self, line: Line) -> str:
        """The host that `line` asks, "" where it asks none."""
        return host_of(line, self.work.defaults)

    def close(self) -> None:
        """Closes the connections."""
        self._live.close()
