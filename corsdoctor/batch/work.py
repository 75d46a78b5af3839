"""What a batch does with each line: `Work` describes it and can be sent to another process; `Worker` does it.

This file does not deal with the order of the results, threads or files.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

from corsdoctor.batch import RETRY_AFTER
from corsdoctor.batch.line import BadLine, Line, host_of, read_line
from corsdoctor.batch.rate import NO_LIMIT, Pace, Rate
from corsdoctor.batch.retry_after import paced
from corsdoctor.batch.shared_pages import SharedPages
from corsdoctor.browsers.profile import Profile
from corsdoctor.causes.probe import NO_PROBES, Probing
from corsdoctor.diagnose import withholding
from corsdoctor.errors import InvalidScenario, UnreadableInput
from corsdoctor.reading_cookies import of_site, site_of
from corsdoctor.report import FlowReport, Item, Problem, ProblemKind, Retried, report_on
from corsdoctor.scenario import HeldCookie, Scenario
from corsdoctor.sentence import Sentence
from corsdoctor.transport.options import TransportOptions

if TYPE_CHECKING:
    from corsdoctor.transport.live import Live


@dataclass(frozen=True, slots=True)
class Work:
    """How the lines of a batch are answered. It can be pickled; connections are made by `open`.

    `defaults` holds what a line may leave out, its URL is a placeholder; `has_origin` says that the origin there was
    given. With `send`, requests that may change data are sent too. `rate` holds for one process. A 429 is waited out
    once if its Retry-After is at most `retry_after` seconds. `jar` are cookies that the browsers hold.
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

    def open(self) -> Worker:
        """A Worker with its own connections. Raises InvalidScenario and UnreadableInput as Live does."""
        from corsdoctor.transport.live import Live

        return Worker(self, Live(self.options))


def internal_error(line: Line, e: Exception) -> Problem:
    """The Problem for `line` if this program failed."""
    reason = Sentence("internal error: {type}: {text}; please report it", type=type(e).__name__, text=str(e))
    return Problem(line.number, reason, kind=ProblemKind.INTERNAL)


class Worker:
    """Answers lines. Several threads may use one; they share its connections and its pace."""

    def __init__(self, work: Work, live: Live) -> None:
        self._work, self._live = work, live
        self.pace = Pace(work.rate)
        """When the next request may go to a host."""
        self._pages = SharedPages(paced(live.send, self.pace, work.retry_after, lambda _: None))

    def answer(self, line: Line) -> Item | FlowReport:
        """The Report on `line`, or the FlowReport, or a Problem for each way it can fail: one bad line must not stop the rest."""
        work, again = self._work, list[Retried]()
        send = paced(self._live.send, self.pace, work.retry_after, again.append)
        try:
            id, asked = read_line(line, work.defaults, has_origin=work.has_origin)
            sending = send if work.send else withholding(send)
            if not isinstance(asked, Scenario):
                from corsdoctor.flow.explain import explained_flow  # what a batch without flows need not load
                from corsdoctor.flow.run import run_flow

                return FlowReport(asked, explained_flow(run_flow(asked, work.profiles, sending)), line.number)
            if work.jar:
                held = (cookie for cookie, _ in of_site(site_of(asked), work.jar))
                asked = asked._replace(held=(*asked.held, *held))
            try:
                asked = self._pages.with_page(asked)
            except (InvalidScenario, UnreadableInput) as e:
                return Problem(line.number, str(e), id)
            report = report_on(asked, work.profiles, sending, work.probing, id=id, line=line.number)
            return report._replace(retried=tuple(again))
        except BadLine as e:
            return Problem(line.number, str(e), e.id)
        except Exception as e:
            return internal_error(line, e)

    def problem(self, line: Line, reason: str) -> Problem:
        """The Problem for a `line` for which no time was left."""
        try:
            id, asked = read_line(line, self._work.defaults, has_origin=self._work.has_origin)
        except BadLine as e:
            return Problem(line.number, reason, e.id, kind=ProblemKind.TIMED_OUT)
        scenario = asked if isinstance(asked, Scenario) else None
        return Problem(line.number, reason, id, kind=ProblemKind.TIMED_OUT, scenario=scenario)

    def host(self, line: Line) -> str:
        """The host that `line` asks, "" where it asks none."""
        return host_of(line, self._work.defaults)

    def close(self) -> None:
        """Closes the connections."""
        self._live.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None) -> None:
        self.close()
