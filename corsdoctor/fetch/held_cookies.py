"""The cookies that the user says the browser holds, put into a jar before the request is made."""

from __future__ import annotations

from corsdoctor.fetch.advice import COOKIE_STORED
from corsdoctor.fetch.cookie_context import client_of, cookie_context, top_level_context
from corsdoctor.fetch.request import FetchParams
from corsdoctor.fetch.set_cookie import parse_set_cookie
from corsdoctor.fetch.state import State
from corsdoctor.rule import Cause
from corsdoctor.scenario import Scenario
from corsdoctor.url import parse


def with_held_cookies(scenario: Scenario, params: FetchParams) -> FetchParams:
    """`params` with a jar that has the cookies of `scenario`; what the browser does not store is noted."""
    state = State(params.profile)
    for line, cause in hold(scenario, state):
        params.trace.note(COOKIE_STORED, (("Set-Cookie", line),), cause=cause)
    return params._replace(state=state)


def hold(scenario: Scenario, state: State) -> list[tuple[str, Cause]]:
    """Stores the cookies of `scenario`; returns the lines that the browser does not store, each with the reason.

    Each was set on a page of its own site; one with Partitioned by a response to a request of this page, because it is sent
    nowhere else.
    """
    refused = []
    for held in scenario.held:
        url = scenario.requested_url if held.url is None else parse(held.url)
        if url is None:
            continue
        given = parse_set_cookie(held.line)
        context = top_level_context(url)
        if "partitioned" in given.attributes:
            context = cookie_context(client_of(scenario.client, scenario.origin), (url.origin,), state.profile)
        cause = state.jar.store(url, given, context, state.now, None)
        if cause is not None:
            refused.append((held.line, cause))
    return refused
