"""replay --live: the requests of a capture, sent again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from time import monotonic

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
from corsdoctor.diagnose import Memo, withholding
from corsdoctor.egress import Ask
from corsdoctor.report import Item, Problem, ProblemKind, Report, Retried
from corsdoctor.transport.live import Live
from corsdoctor.wire import Send


class SentAgain:
    """Sends the requests of a capture, equal ones once, at the pace that the options set."""

    def __init__(self, live: Live, pace: PaceFlags, probing: Probing, *, send: bool) -> None:
        self._retried: list[Retried] = []
        at_pace = paced(live.send, Pace(pace.rates), pace.retry_after, self._retried.append)
        self.send: Send = at_pace if send else withholding(at_pace)
        self._probing, self._timeout = probing, pace.timeout
        self._memo: Memo = {}

    def reports(
        self, judged: Iterable[tuple[Captured, Judgement]], total: int, profiles: Iterable[Profile]
    ) -> Iterator[Item]:
        """The report on each captured request, or a Problem where --timeout is over. `profiles` are those of --browser."""
        until = None if self._timeout is None else monotonic() + self._timeout
        with Progress(total) as progress:
            for number, (captured, one) in enumerate(judged, 1):
                scenario = one.diagnoses[0].scenario
                if until is not None and monotonic() > until:
                    reason = f"not finished within --timeout ({self._timeout:g} s)"
                    yield Problem(number, reason, kind=ProblemKind.TIMED_OUT, scenario=scenario)
                    continue
                name = f"{scenario.method} {scenario.url}"
                progress.started(name)
                report = self._report(captured, one, profiles)
                progress.finished(name)
                with progress.aside():
                    yield report

    def _report(self, captured: Captured, judged: Judgement, profiles: Iterable[Profile]) -> Report:
        self._retried.clear()
        asked = tuple(profiles) or tuple(p for p in BROWSERS if judged.recorded_by in (None, p.name))
        diagnoses, now = judge_now(captured, judged, asked, self.send, self._memo)
        probes: tuple[Probe, ...] = ()
        if any(diagnosis.failure for diagnosis in diagnoses):
            diagnoses, probes = investigated(diagnoses, Ask(diagnoses[0].scenario, self.send), self._probing)
        return Report(diagnoses, capture=now, probes=probes, retried=tuple(self._retried))
