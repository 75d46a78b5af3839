"""Runs a flow in browsers: one after the other, each with a new, empty profile. Time is simulated, and nothing here waits.

A page itself is not requested: the flow says what its response is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from corsdoctor.browsers.profile import Profile
from corsdoctor.diagnose import Diagnosis, Verdict, diagnose, sharing
from corsdoctor.fetch.cookie_context import cookie_context, top_level_context
from corsdoctor.fetch.cookie_headers import attached, store
from corsdoctor.fetch.held_cookies import hold
from corsdoctor.fetch.preloads import Preloads
from corsdoctor.fetch.referrer import policy_of
from corsdoctor.fetch.state import CookieLog, State
from corsdoctor.flow.frame import refusal_of_frame
from corsdoctor.flow.icon import icon_console
from corsdoctor.flow.result import BrowserResult, CookieResult, PageResult, StepResult
from corsdoctor.flow.story import Flow, FlowRequest
from corsdoctor.scenario import Scenario
from corsdoctor.scenario.page import Client, Frame, Page
from corsdoctor.wire import Headers, Send

Before = Callable[[Scenario, Profile, float], None]
"""Called before each request is made, with the request, the browser, and the time in seconds."""


class _Life:
    """What one browser lives through, as far as it has come."""

    def __init__(self, flow: Flow, profile: Profile, send: Send, before: Before | None) -> None:
        self.profile, self.send, self.before = profile, send, before
        self.state = State(profile, flow.third_party_cookies)
        self.pages: list[PageResult] = []
        self.steps: list[StepResult] = []
        self._frames: dict[tuple[int, Frame], Diagnosis | None] = {}

    def refusal(self, client: Client | None) -> Diagnosis | None:
        """Why the frame that makes a request is not loaded. A page creates it once, so the console says so once."""
        if client is None or client.frame is None:
            return None
        frame = (len(self.pages), client.frame)
        known = self._frames.get(frame)
        if known is not None:
            return known._replace(console=())
        if frame not in self._frames:
            self._frames[frame] = refusal_of_frame(client, self.profile)
        return self._frames[frame]

    def result(self) -> BrowserResult:
        jar, now = self.state.jar, self.state.now
        kept = tuple((host, "; ".join(cookie.pair for cookie in cookies)) for host, cookies in jar.all(now))
        return BrowserResult(self.profile, tuple(self.pages), tuple(self.steps), kept)


def run_flow(
    flow: Flow, profiles: Iterable[Profile], send: Send, before: Before | None = None
) -> tuple[BrowserResult, ...]:
    """What each browser makes of `flow`; `send` answers the requests. One that several send alike is sent once.

    The browsers make each request one after the other before the next one begins, so that time passes alike for all.
    """
    sender = sharing(send, *flow.scenarios(), *flow.pages())
    lives = [_Life(flow, profile, sender(), before) for profile in profiles]
    for scenario in flow.scenarios():
        for life in lives if scenario.held else ():
            hold(scenario, life.state)
    for visit in flow.visits:
        for life in lives:
            life.pages.append(_visited(visit.page, life.profile, life.state))
        for request in visit.requests:
            for life in lives:
                life.steps.append(_asked(request, life))
    return tuple(life.result() for life in lives)


def _visited(page: Page, profile: Profile, state: State) -> PageResult:
    """The navigation to `page`: the cookies that it sends, and those that its response stores."""
    state.cookies, state.preloads = CookieLog(), Preloads()
    cookie = None
    if page.url.is_http:
        context = top_level_context(page.url)
        cookie = attached(state, page.url, context)
        store(state, page.url, page.headers, context)
    return PageResult(cookie, _logged(state), (*profile.page_console(page), *icon_console(page, profile)))


def _asked(request: FlowRequest, life: _Life) -> StepResult:
    profile, state = life.profile, life.state
    state.now += request.wait
    state.cookies, state.preflight_spared = CookieLog(), False
    refused = life.refusal(request.scenario.client)
    if refused is not None:
        return StepResult(refused._replace(scenario=request.scenario), _logged(state), frame_refused=True)
    if request.set_cookie is not None:
        return _scripted(request.scenario, request.set_cookie, profile, state)
    if life.before is not None:
        life.before(request.scenario, profile, state.now)
    diagnosis = diagnose(request.scenario, profile, life.send, cache=state.preflights, now=state.now, state=state)
    cookies, spared = _logged(state), state.preflight_spared
    loaded = diagnosis.verdict in (Verdict.ALLOWED, Verdict.OPAQUE)
    leads_to = request.subresources if loaded else ()
    from_cache = bool(diagnosis.exchanges) and diagnosis.exchanges[-1].from_cache
    under = tuple(_asked(_led_to(one, diagnosis), life) for one in leads_to)
    return StepResult(diagnosis, cookies, under, from_cache, spared)


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
