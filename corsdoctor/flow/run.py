"""Runs a flow in browsers: one after the other, each with a new, empty profile. Time is simulated, and nothing here waits.

A page itself is not requested: the flow says what its response is.
"""

from __future__ import annotations

from collections.abc import Iterable

from corsdoctor.browsers.profile import Profile
from corsdoctor.diagnose import Diagnosis, Verdict, diagnose, sharing
from corsdoctor.fetch.cookie_context import cookie_context, top_level_context
from corsdoctor.fetch.cookie_headers import attached, store
from corsdoctor.fetch.referrer import policy_of
from corsdoctor.fetch.state import CookieLog, State
from corsdoctor.flow.result import BrowserResult, CookieResult, PageResult, StepResult
from corsdoctor.flow.story import Flow, FlowRequest
from corsdoctor.scenario import Scenario
from corsdoctor.scenario.page import Page
from corsdoctor.wire import Headers, Send


def run_flow(flow: Flow, profiles: Iterable[Profile], send: Send) -> tuple[BrowserResult, ...]:
    """What each browser makes of `flow`; `send` answers the requests. One that several send alike is sent once."""
    sender = sharing(send, *flow.scenarios(), *flow.pages())
    return tuple(_lived(flow, profile, sender()) for profile in profiles)


def _lived(flow: Flow, profile: Profile, send: Send) -> BrowserResult:
    state = State(profile, flow.third_party_cookies)
    pages: list[PageResult] = []
    steps: list[StepResult] = []
    for visit in flow.visits:
        pages.append(_visited(visit.page, state))
        steps += [_asked(request, profile, send, state) for request in visit.requests]
    kept = tuple((host, "; ".join(cookie.pair for cookie in cookies)) for host, cookies in state.jar.all(state.now))
    return BrowserResult(profile, tuple(pages), tuple(steps), kept)


def _visited(page: Page, state: State) -> PageResult:
    """The navigation to `page`: the cookies that go along, and those that its response stores."""
    state.cookies = CookieLog()
    cookie = None
    if page.url.is_http:
        context = top_level_context(page.url)
        cookie = attached(state, page.url, context)
        store(state, page.url, page.headers, context)
    return PageResult(cookie, _logged(state))


def _asked(request: FlowRequest, profile: Profile, send: Send, state: State) -> StepResult:
    state.now += request.wait
    state.cookies = CookieLog()
    if request.set_cookie is not None:
        return _scripted(request.scenario, request.set_cookie, profile, state)
    diagnosis = diagnose(request.scenario, profile, send, cache=state.preflights, now=state.now, state=state)
    cookies = _logged(state)
    loaded = diagnosis.verdict in (Verdict.ALLOWED, Verdict.OPAQUE)
    leads_to = request.subresources if loaded else ()
    from_cache = bool(diagnosis.exchanges) and diagnosis.exchanges[-1].from_cache
    under = tuple(_asked(_led_to(one, diagnosis), profile, send, state) for one in leads_to)
    return StepResult(diagnosis, cookies, under, from_cache)


def _led_to(request: FlowRequest, diagnosis: Diagnosis) -> FlowRequest:
    """A request of a sheet or a module, which has a referrer policy of its own."""
    response = diagnosis.exchanges[-1].response if diagnosis.exchanges else None
    scenario = request.scenario
    if (
        response is None
        or scenario.init.referrer_policy
        or scenario.api in diagnosis.profile.subresources_name_the_page
    ):
        return request
    return request._replace(
        scenario=scenario._replace(init=scenario.init._replace(referrer_policy=policy_of(response.headers)))
    )


def _scripted(scenario: Scenario, text: str, profile: Profile, state: State) -> StepResult:
    """document.cookie = text. https://html.spec.whatwg.org/multipage/dom.html#dom-document-cookie"""
    client = scenario.client
    if client is not None and client.url.is_http and not client.origin.opaque:
        context = cookie_context(client, (client.url.origin,), profile, state.third_party_cookies)
        store(state, client.url, Headers((("Set-Cookie", text),)), context._replace(scripted=True))
    return StepResult(Diagnosis(scenario, profile, (), (), Verdict.ALLOWED, None), _logged(state))


def _logged(state: State) -> CookieResult:
    return CookieResult(tuple(state.cookies.sent), tuple(state.cookies.stored), tuple(state.cookies.refused))
