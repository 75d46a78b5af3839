"""The cookies that the user says the browser holds, put into a jar before the request is made."""

from __future__ import annotations

from corsdoctor.fetch.advice import COOKIE_STORED
from corsdoctor.fetch.cookie_context import client_of, cookie_context, top_level_context
from corsdoctor.fetch.request import FetchParams
from corsdoctor.fetch.set_cookie import parse_set_cookie
from corsdoctor.fetch.state import State
from corsdoctor.scenario import Scenario
from corsdoctor.url import parse


def with_held_cookies(scenario: Scenario, params: FetchParams) -> FetchParams:
    """`params` with a jar that has the cookies of `scenario`; what the browser does not store is noted.

    Each was set on a page of its own site; one with Partitioned by a response to a request of this page, because it is sent
    nowhere else.
    """
    state = State(params.profile)
    for held in scenario.held:
        url = scenario.requested_url if held.url is None else parse(held.url)
        if url is None:
            continue
        given = parse_set_cookie(held.line)
        context = top_level_context(url)
        if "partitioned" in given.attributes:
            context = cookie_context(client_of(scenario.client, scenario.origin), (url.origin,), params.profile)
        cause = state.jar.store(url, given, context, 0.0, None)
        if cause is not None:
            params.trace.note(COOKIE_STORED, (("Set-Cookie", held.line),), cause=cause)
    return params._replace(state=state)
