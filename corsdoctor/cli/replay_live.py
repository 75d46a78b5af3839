"""replay --live: the requests of a capture, sent again."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import closing
from time import monotonic

from corsdoctor.batch.in_order import in_order
from corsdoctor.batch.rate import Pace
from corsdoctor.batch.retry_after import paced
from corsdoctor.browsers import BROWSERS, Profile
from corsdoctor.captures.group import Captured
from corsdoctor.captures.judge import Judgement
from corsdoctor.captures.live import judge_now
from corsdoctor.causes.investigate import investigated
from corsdoctor.causes.probe import Probe, Probing
from corsdoctor.cli.pacing import PaceFlags
from corsdoctor.cli.progress import Progress
from corsdoctor.diagnose import Key, Memo, withholding
from corsdoctor.egress import Ask
from corsdoctor.report import Item, Problem, ProblemKind, Report, Retried
from corsdoctor.transport.live import Live
from corsdoctor.wire import Send

_Numbered = tuple[int, tuple[Captured, Judgement]]


class SentAgain:
    """Sends the requests of a capture, equal ones once, at the pace that the options set."""

    def __init__(self, live: Live, pace: PaceFlags, probing: Probing, *, send: bool) -> None:
        self._live, self._send = live, send
        self._pace, self._retry_after = Pace(pace.rates), pace.retry_after
        self._probing, self._timeout = probing, pace.timeout
        self._memo: Memo = {}
        self._turns: dict[Key, threading.Lock] = {}
        self._lock = threading.Lock()

    def sending(self, again: list[Retried] | None = None) -> Send:
        """A `send` at the pace; `again` gets what was sent a second time."""
        at_pace = paced(
            self._live.send, self._pace, self._retry_after, (list[Retried]() if again is None else again).append
        )
        return at_pace if self._send else withholding(at_pace)

    def reports(
        self, judged: Iterable[tuple[Captured, Judgement]], total: int, profiles: Iterable[Profile], jobs: int
    ) -> Iterator[Item]:
        """The report on each captured request, or a Problem where --timeout is over. `profiles` are those of --browser."""
        until = None if self._timeout is None else monotonic() + self._timeout
        asked = tuple(profiles)
        with Progress(total) as progress:

            def work(numbered: _Numbered) -> Item:
                _, (captured, one) = numbered
                scenario = one.diagnoses[0].scenario
                name = f"{scenario.method} {scenario.url}"
                progress.started(name)
                report = self._report(captured, one, asked)
                progress.finished(name)
                return report

            host = None if jobs == 1 else _host  # one at a time: in the order of the file
            results = in_order(enumerate(judged, 1), work, jobs, host=host, until=until, late=self._late)
            with closing(results):
                for item in results:
                    with progress.aside():
                        yield item

    def _turn(self, said: Key) -> threading.Lock:
        """What lets one thread at a time send what is equal."""
        with self._lock:
            return self._turns.setdefault(said, threading.Lock())

    def _late(self, numbered: _Numbered) -> Item:
        number, (_, one) = numbered
        reason = f"not finished within --timeout ({self._timeout:g} s)"
        return Problem(number, reason, kind=ProblemKind.TIMED_OUT, scenario=one.diagnoses[0].scenario)

    def _report(self, captured: Captured, judged: Judgement, profiles: tuple[Profile, ...]) -> Report:
        again = list[Retried]()
        send = self.sending(again)
        asked = profiles or tuple(p for p in BROWSERS if judged.recorded_by in (None, p.name))
        diagnoses, now = judge_now(captured, judged, asked, send, self._memo, self._turn)
        probes: tuple[Probe, ...] = ()
        if any(diagnosis.failure for diagnosis in diagnoses):
            diagnoses, probes = investigated(diagnoses, Ask(diagnoses[0].scenario, send), self._probing)
        return Report(diagnoses, capture=now, probes=probes, retried=tuple(again))


def _host(numbered: _Numbered) -> str:
    """The host of a request, "" if it has none: a slow host delays only its own requests."""
    url = numbered[1][1].diagnoses[0].scenario.parsed_url
    return "" if url is None else url.host
