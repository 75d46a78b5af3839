"""check --session: the URLs as a flow of one page, which requests them one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from corsdoctor.browsers import Profile
from corsdoctor.cli.fix_from import to_fix
from corsdoctor.cli.reading import Mistakes
from corsdoctor.fetch.cookie_context import client_of
from corsdoctor.flow.explain import explained_flow
from corsdoctor.flow.run import run_flow
from corsdoctor.flow.story import Flow, FlowRequest, Visit
from corsdoctor.report import FlowReport, Report
from corsdoctor.scenario import Scenario
from corsdoctor.wire import Send

_INSTEAD: Final = {
    "--probes": "a probe has no part in a session; check the URL alone to find the cause",
    "--timeout": "use --max-time, which limits each request",
}


def check_session(asked: Sequence[Scenario], others: Iterable[str], found: Mistakes) -> None:
    """Adds the mistakes in what cannot be a session; `others` are the options that were given, as far as they may not go with it."""
    for option in others:
        found.add("--session", "", f"cannot be combined with {option}: {_INSTEAD[option]}")
    if any(scenario.origin.opaque or scenario.origin.scheme == "file" for scenario in asked):
        found.add("--session", "", "requires a page with http or https: give its origin or --page")
    if any(scenario.cookie is not None for scenario in asked):
        found.add("--cookie", "", "with --session, a cookie needs its attributes, as in 'sid=1; SameSite=None; Secure'")


def session(asked: Sequence[Scenario], *, copied: bool) -> Flow:
    """The flow. Of one command line for several URLs, the method and the body are for the first; `copied` requests have their own."""
    page = client_of(asked[0].client, asked[0].origin).page
    steps = [one if copied or not i else _without_body(one) for i, one in enumerate(asked)]
    requests = (FlowRequest(one._replace(client=client_of(one.client, one.origin))) for one in steps)
    return Flow((Visit(page, tuple(requests)),))


def run_session(flow: Flow, profiles: Iterable[Profile], sending: Send) -> FlowReport:
    """The session in each browser, with the causes of what failed."""
    return FlowReport(flow, explained_flow(run_flow(flow, profiles, sending)))


def fixes(report: FlowReport, fixed: Callable[[Sequence[Report]], list[Report]]) -> list[Report]:
    """The requests of the session that to_fix() chooses, with what `fixed` adds."""
    chosen = to_fix(report)
    return fixed(chosen) if chosen else []


def _without_body(asked: Scenario) -> Scenario:
    headers = tuple(line for line in asked.headers if line[0].lower() != "content-type")
    return asked._replace(method="GET", body=None, headers=headers)
