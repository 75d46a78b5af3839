"""check --session: the URLs as a flow of one page, which requests them one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from corsdoctor.fetch.cookie_context import client_of
from corsdoctor.flow.story import Flow, FlowRequest, Visit
from corsdoctor.scenario import Scenario
from corsdoctor.wrong_input import Mistakes

_INSTEAD: Final = {
    "--probes": "a session sends no probes; check the URL alone to find the cause",
    "--timeout": "use --max-time, which limits each request",
    "--diagram": "its report is a timeline",
}


def check_session(asked: Sequence[Scenario], others: Iterable[str], found: Mistakes) -> None:
    """Adds what prevents a session; `others` are the options that were given and cannot be combined with it."""
    for option in others:
        found.add("--session", "", f"cannot be combined with {option}: {_INSTEAD[option]}")
    if any(scenario.origin.opaque or scenario.origin.scheme == "file" for scenario in asked):
        found.add("--session", "", "requires a page with http or https: give its origin or --page")
    if any(scenario.cookie is not None for scenario in asked):
        found.add("--cookie", "", "with --session, a cookie needs its attributes, as in 'sid=1; SameSite=None; Secure'")


def flow_of(asked: Sequence[Scenario], *, copied: bool) -> Flow:
    """The session as a flow. The method and the body of a command line are for its first URL; `copied` requests have their own."""
    page = client_of(asked[0].client, asked[0].origin).page
    steps = [one if copied or not i else _without_body(one) for i, one in enumerate(asked)]
    requests = (FlowRequest(one._replace(client=client_of(one.client, one.origin))) for one in steps)
    return Flow((Visit(page, tuple(requests)),))


def _without_body(asked: Scenario) -> Scenario:
    headers = tuple(line for line in asked.headers if line[0].lower() != "content-type")
    return asked._replace(method="GET", body=None, headers=headers)
