"""What browsers would send at each step of a flow, if the servers allowed every request and nothing more."""

from __future__ import annotations

from collections.abc import Iterable

from corsdoctor.browsers.profile import Profile
from corsdoctor.diagnose import request_of
from corsdoctor.fetch.preflight_cache import PreflightCache
from corsdoctor.fetch.request import FetchParams, Request
from corsdoctor.flow.result import BrowserResult
from corsdoctor.flow.run import run_flow
from corsdoctor.flow.story import Flow
from corsdoctor.plan import ideal_answer
from corsdoctor.rule import Trace
from corsdoctor.scenario import Api, Scenario
from corsdoctor.wire import Answer, Hold, Kind, WireRequest, Withheld


def plan_flow(flow: Flow, profiles: Iterable[Profile]) -> tuple[BrowserResult, ...]:
    """`flow` in each browser, with ideal responses, which set no cookies."""
    ideal = _Ideal()
    return run_flow(flow, profiles, ideal.answer, ideal.before)


class _Ideal:
    """Answers the request that is being made."""

    def __init__(self) -> None:
        self._asked: tuple[Request, Profile] | None = None

    def before(self, asked: Scenario, profile: Profile, _now: float) -> None:
        websocket = asked.api is Api.WEBSOCKET
        params = FetchParams(profile, Trace(), PreflightCache())
        request = None if websocket else request_of(asked, params)
        self._asked = None if request is None else (request, profile)

    def answer(self, kind: Kind, wire: WireRequest) -> Answer:
        if self._asked is None:
            return Withheld("a plan has no response of a WebSocket", Hold.NOT_RECORDED)
        return ideal_answer(kind, wire, *self._asked)
