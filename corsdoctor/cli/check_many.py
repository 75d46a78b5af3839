"""Several URLs of `check`: a few at a time, in order, at the pace that the options set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from math import inf
from time import monotonic

from corsdoctor.batch.in_order import InOrder, in_order
from corsdoctor.batch.rate import Pace
from corsdoctor.batch.retry_after import paced
from corsdoctor.browsers import Profile
from corsdoctor.causes.probe import Probing
from corsdoctor.cli.pacing import PaceFlags
from corsdoctor.diagnose import withholding
from corsdoctor.report import Item, Problem, ProblemKind, Retried, report_on
from corsdoctor.scenario import Scenario
from corsdoctor.transport.live import Live
from corsdoctor.url import parse
from corsdoctor.wire import Send


def checked(
    scenarios: Sequence[Scenario],
    profiles: Sequence[Profile],
    live: Live,
    jobs: int,
    flags: PaceFlags,
    probing: Probing,
    *,
    send: bool,
) -> tuple[Iterator[Item], Send]:
    """The reports on `scenarios` in order, and what sends more requests at the same pace.

    What is not finished within --timeout becomes a Problem.
    """
    pace = Pace(flags.rates)

    def sending(retried: list[Retried]) -> Send:
        return at_pace(live, flags, pace, retried.append, send=send)

    def check(numbered: tuple[int, Scenario]) -> Item:
        retried = list[Retried]()
        report = report_on(numbered[1], profiles, sending(retried), probing)
        return report._replace(retried=tuple(retried))

    def late(numbered: tuple[int, Scenario]) -> Item:
        number, scenario = numbered
        reason = f"not finished within --timeout ({flags.timeout:g} s)"
        return Problem(number, reason, kind=ProblemKind.TIMED_OUT, scenario=scenario)

    results = in_order(
        enumerate(scenarios, 1),
        check,
        jobs,
        host=_host,
        size=lambda _: 0,
        gate=pace,
        until=None if flags.timeout is None else monotonic() + flags.timeout,
        late=late,
        grace=inf,  # they are all there: each gets a result
    )
    return _closing(results), sending([])


def at_pace(
    live: Live,
    flags: PaceFlags,
    pace: Pace | None = None,
    again: Callable[[Retried], None] = lambda _: None,
    *,
    send: bool,
) -> Send:
    """What sends at the pace of the options; `again` is called for each request that is sent again after a 429."""
    paced_send = paced(live.send, pace or Pace(flags.rates), flags.retry_after, again)
    return paced_send if send else withholding(paced_send)


def _closing(results: InOrder[tuple[int, Scenario], Item]) -> Iterator[Item]:
    with closing(results):
        yield from results


def _host(numbered: tuple[int, Scenario]) -> str:
    scenario = numbered[1]
    url = parse(scenario.url, None if scenario.origin.opaque else f"{scenario.origin}/")
    return "" if url is None else url.host
