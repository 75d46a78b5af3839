"""Runs one scenario in one browser: drives the generator of `fetch/` with a `send`, and names the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from typing import TYPE_CHECKING, Final, assert_never

from corsdoctor.browsers.profile import Profile
from corsdoctor.egress import replayed
from corsdoctor.fetch.advice import advise
from corsdoctor.fetch.exposure import HEADER_EXPOSED, readable_headers
from corsdoctor.fetch.main_fetch import main_fetch
from corsdoctor.fetch.preflight_cache import PreflightCache
from corsdoctor.fetch.preflight_due import PREFLIGHT_NEEDED
from corsdoctor.fetch.request import Ended, FetchEnd, FetchParams, Request
from corsdoctor.fetch.request_constructor import request_constructor
from corsdoctor.record import Record
from corsdoctor.rule import Outcome, Step, Trace
from corsdoctor.scenario import SAFE_TO_SEND, Api, Mode, Scenario
from corsdoctor.url import same_origin
from corsdoctor.wire import NO_HEADERS, Answer, Exchange, Hold, Kind, Response, Send, WireRequest, Withheld

if TYPE_CHECKING:
    from corsdoctor.fetch.state import State


class Verdict(StrEnum):
    """The result of a request, from best to worst.

    allowed: the script gets the response. opaque: it is loaded, but scripts cannot read it. unknown: a capture lacks what
    decides. unsent: no rule blocked it, but the actual request was not sent. pending: the browser asks the user, and nobody
    answers. error: there was no response. blocked: a rule
    blocked it.
    """

    ALLOWED = "allowed"
    OPAQUE = "opaque"
    UNKNOWN = "unknown"
    UNSENT = "unsent"
    PENDING = "pending"
    ERROR = "error"
    BLOCKED = "blocked"


_OF_WORKERS: Final = frozenset({Api.IMPORT_SCRIPTS, Api.WORKER, Api.MODULE_WORKER, Api.SW_SCRIPT, Api.IMPORTMAP})


class Diagnosis(Record):
    """One scenario in one browser: what was exchanged, which rules decided, what the script may read.

    `request` is Fetch's Request as its last hop left it: `mode`, `credentials`, the URLs of all hops, and the response
    tainting of the first and the last hop. It is None if the API itself refused to make one.
    """

    scenario: Scenario
    profile: Profile
    exchanges: tuple[Exchange, ...]
    steps: tuple[Step, ...]
    verdict: Verdict
    readable: tuple[str, ...] | None
    console: tuple[str, ...] = ()
    request: Request | None = None

    @property
    def failure(self) -> Step | None:
        """The step that failed the request, None if none did."""
        return next((s for s in self.steps if s.outcome is Outcome.FAIL), None)

    @property
    def notes(self) -> tuple[Step, ...]:
        """The steps that block nothing."""
        return tuple(s for s in self.steps if s.outcome is Outcome.NOTE)

    @property
    def notable(self) -> tuple[Step, ...]:
        """The notes that are worth knowing for themselves: what --fail-on note counts and reports show.

        Why there is a preflight, and what the script can't read, is reported for every request that has them.
        """
        return tuple(
            s for s in self.notes if s.rule is not PREFLIGHT_NEEDED and not (s.rule is HEADER_EXPOSED and s.missing)
        )


def diagnose(
    scenario: Scenario,
    profile: Profile,
    send: Send,
    *,
    cache: PreflightCache | None = None,
    now: float = 0.0,
    state: State | None = None,
    console: bool = True,
) -> Diagnosis:
    """Replays `scenario` as `profile`'s browser would; `send` answers each request (over HTTP, or from a record).

    `cache` is what the browser remembers of earlier preflights at the time `now`, in seconds; it is updated. `state` is
    what it remembers of all of a flow; it is updated, too. Without `console`, messages are not predicted.
    """
    params = FetchParams(profile, Trace(), cache if cache is not None else PreflightCache(), now, state)
    if scenario.held and state is None:
        from corsdoctor.fetch.held_cookies import with_held_cookies  # what a plain check need not load

        params = with_held_cookies(scenario, params)
    request = request_of(scenario, params)
    if request is None:
        return _diagnosis(scenario, params, Verdict.BLOCKED, None, ())
    run = main_fetch
    if scenario.api is Api.WEBSOCKET:
        from corsdoctor.fetch import websocket  # what a plain check need not load

        run = websocket.establish_a_websocket_connection
    elif scenario.api in _OF_WORKERS:
        from corsdoctor.fetch import worker  # the same

        run = worker.RUNS.get(scenario.api, worker.fetch_worker_script)
    fetching = run(request, params)
    try:
        sending = next(fetching)
        while True:
            sending = fetching.send(send(sending.kind, sending.request))
    except StopIteration as stop:
        end: FetchEnd = stop.value
    verdict = _verdict(end.ended)
    if verdict is Verdict.ALLOWED and end.request.mode is Mode.NAVIGATE:
        own = same_origin(end.request.url.origin, end.request.origin)
        verdict = Verdict.ALLOWED if own else Verdict.OPAQUE  # a page reaches into a frame of its own origin only
    if verdict in (Verdict.ALLOWED, Verdict.OPAQUE) and not (_is_usable(end, params) and _has_integrity(end, params)):
        verdict = Verdict.BLOCKED
    advise(end, params)
    printed = _console(request, end, params) if console else ()
    readable = readable_headers(end, params) if verdict in (Verdict.ALLOWED, Verdict.OPAQUE) else None
    return _diagnosis(scenario, params, verdict, readable, printed, end.request)


def request_of(scenario: Scenario, params: FetchParams) -> Request | None:
    """The request that the API of `scenario` makes; None if the API throws."""
    if scenario.api is Api.WEBSOCKET:
        from corsdoctor.fetch.websocket import websocket_request  # what a plain check need not load

        return websocket_request(scenario, params)
    if scenario.api is Api.BEACON:
        from corsdoctor.fetch.beacon import beacon_request  # the same

        return beacon_request(scenario, params)
    return request_constructor(scenario, params)


def _console(request: Request, end: FetchEnd, params: FetchParams) -> tuple[str, ...]:
    from corsdoctor.predict import predict_console  # what an audit need not load

    return predict_console(request, end, params)


def _is_usable(end: FetchEnd, params: FetchParams) -> bool:
    """Whether the element accepts the response; a script does."""
    if end.request.preset.scripted:
        return True
    from corsdoctor.fetch.element import consume  # what a fetch() need not load

    return consume(end, params)


def _has_integrity(end: FetchEnd, params: FetchParams) -> bool:
    """Main fetch, 22.: the body is the one that the page expects, if it expects one."""
    response, stated = end.response, params.profile.checks_stated_digest
    if stated and response is not None and "Unencoded-Digest" in response.headers:
        from corsdoctor.fetch.signature_integrity import stated_digest_matches  # what few requests need

        if not stated_digest_matches(response, params):
            return False
    if not end.request.init.integrity:
        return True
    from corsdoctor.fetch.integrity import body_matches  # what few requests need
    from corsdoctor.fetch.signature_integrity import is_signed

    return (not params.profile.checks_signatures or is_signed(end, params)) and body_matches(end, params)


Key = tuple[Kind, WireRequest, tuple[tuple[str, str], ...]]
Memo = dict[Key, list[Answer]]
"""What was answered to each request, in order. Requests that differ only in the Referer or Sec-Fetch-* are one: browsers differ
there, and a POST is not sent twice for that."""
Turn = Callable[[Key], AbstractContextManager[object]]
_SAID_BY_BROWSERS: Final = frozenset(
    {"Referer", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Fetch-Storage-Access"}
)


def diagnose_all(scenario: Scenario, profiles: Iterable[Profile], send: Send) -> tuple[Diagnosis, ...]:
    """One diagnosis for each profile; a request that several browsers send alike is sent once.

    What `send` gets has passed egress.py.
    """
    sender = sharing(send, scenario)
    return tuple(diagnose(scenario, profile, sender()) for profile in profiles)


def sharing(send: Send, *asked: Scenario) -> Callable[[], Send]:
    """Makes a `send` for one browser after the other: a request that several send alike, in the same place, is sent once.

    What `send` gets has passed egress.py, which knows the URLs that the user named from `asked`.
    """
    memo: Memo = {}

    def cleared(kind: Kind, request: WireRequest) -> Answer:
        leaving = replayed(request, *asked)
        if isinstance(leaving, Withheld):
            return leaving
        answer = send(kind, leaving)
        if leaving.headers == request.headers or not isinstance(answer, Response):
            return answer
        return answer._replace(cookie_withheld=True)

    return lambda: shared(cleared, memo)


def withholding(send: Send, *, preflight_only: bool = False) -> Send:
    """A `send` that sends only what cannot change data: preflights, GET, HEAD and OPTIONS.

    With `preflight_only` it sends only preflights.
    """

    def careful(kind: Kind, request: WireRequest) -> Answer:
        if kind is Kind.ACTUAL and preflight_only:
            return Withheld("only the preflight was requested", Hold.ONLY_PREFLIGHT)
        if kind is Kind.ACTUAL and request.method not in SAFE_TO_SEND:
            return Withheld(f"{request.method} may change data")
        return send(kind, request)

    return careful


def overall(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of several verdicts."""
    return max(verdicts, key=_ORDER.__getitem__)


_ORDER: Final = {verdict: place for place, verdict in enumerate(Verdict)}


def as_all_browsers_say(kind: Kind, request: WireRequest) -> Key:
    """What requests have in common of which one is sent for all browsers: all but the headers in which browsers differ."""
    lines = tuple(line for line in request.headers if line[0] not in _SAID_BY_BROWSERS)
    return kind, request._replace(headers=NO_HEADERS), lines


def shared(send: Send, memo: Memo, turn: Turn = nullcontext) -> Send:
    """A `send` for one replay, which sends what no replay before it has sent; `memo` has what those were answered.

    Where several threads share a memo, `turn` lets one at a time send what is equal.
    """
    seen: Counter[int] = Counter()

    def once(kind: Kind, request: WireRequest) -> Answer:
        said = as_all_browsers_say(kind, request)
        with turn(said):
            answers = memo.setdefault(said, [])
            nth = seen[id(answers)]  # a redirect may lead back: the second time round the answer may be another
            seen[id(answers)] += 1
            if nth == len(answers):
                answers.append(send(kind, request))
            return answers[nth]

    return once


def _verdict(ended: Ended) -> Verdict:
    match ended:
        case Ended.BASIC | Ended.CORS:
            return Verdict.ALLOWED
        case Ended.OPAQUE | Ended.OPAQUE_REDIRECT:
            return Verdict.OPAQUE
        case Ended.NETWORK_ERROR:
            return Verdict.BLOCKED
        case Ended.NO_ANSWER:
            return Verdict.ERROR
        case Ended.WITHHELD:
            return Verdict.UNSENT
        case Ended.PROMPTED:
            return Verdict.PENDING
        case _:
            assert_never(ended)


def _diagnosis(
    scenario: Scenario,
    params: FetchParams,
    verdict: Verdict,
    readable: tuple[str, ...] | None,
    console: tuple[str, ...],
    request: Request | None = None,
) -> Diagnosis:
    exchanges, steps = tuple(params.trace.exchanges), tuple(params.trace.steps)
    return Diagnosis(scenario, params.profile, exchanges, steps, verdict, readable, console, request)
