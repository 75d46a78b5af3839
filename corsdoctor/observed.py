"""What a real browser did with a request, and how that differs from what was predicted for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, Final

from corsdoctor.browsers import REAL
from corsdoctor.diagnose import Diagnosis, Verdict
from corsdoctor.pattern import Pattern
from corsdoctor.record import Record
from corsdoctor.scenario import Api, Scenario
from corsdoctor.wire import (
    Answer,
    BodyEnd,
    Exchange,
    FailureKind,
    Headers,
    Kind,
    NoAnswer,
    Response,
    WireRequest,
    Withheld,
)


class End(StrEnum):
    """How the request ended for the page's script.

    unseen: no event tells the page; the requests show what happened. threw: the API refused the request.
    """

    RESOLVED = "resolved"
    REJECTED = "rejected"
    THREW = "threw"
    TIMEOUT = "timeout"
    UNSEEN = "unseen"


class Observation(Record):
    """What one real browser did: `browser` is the name of its profile, `product` and `version` are its own.

    `type` is that of the response, where the page sees it; `readable` are the names of the response headers that the
    script could read, None where it has no response. `console` is None where it cannot be read. `page` is the URL of the
    page, and `seconds` is how long the request took. `missing` is a sentence that says why the browser shows nothing; the
    other fields are then empty. `cured` says that the servers' responses were those of a cure, so that nothing was sent.
    """

    browser: str
    product: str
    version: str = ""
    end: End = End.UNSEEN
    type: str | None = None
    readable: tuple[str, ...] | None = None
    exchanges: tuple[Exchange, ...] = ()
    console: tuple[str, ...] | None = ()
    page: str = ""
    seconds: float = 0.0
    missing: str | None = None
    cured: bool = False

    @property
    def withheld(self) -> bool:
        """Whether a request of the browser was withheld, such as one that may change data."""
        return any(isinstance(exchange.answer, Withheld) for exchange in self.exchanges)

    @property
    def title(self) -> str:
        """The browser with the main number of its version, such as Chromium 156."""
        number = self.version.partition(".")[0] if self.browser != "webkit" else ".".join(self.version.split(".")[:2])
        return f"{self.product} {number}".rstrip()


def read_observation(value: Any) -> Observation:
    """The observation that a report in JSON has. KeyError, TypeError or ValueError if `value` is not one."""
    product = Observation(str(value["browser"]), str(value["product"]), str(value["version"]))
    if product.browser not in REAL:
        raise ValueError(product.browser)
    if "missing" in value:
        return product._replace(missing=str(value["missing"]))
    return product._replace(
        end=End(value["end"]),
        type=None if value["response_type"] is None else str(value["response_type"]),
        readable=None if value["readable"] is None else tuple(map(str, value["readable"])),
        exchanges=tuple(map(_exchange, value["exchanges"])),
        console=None if value["console"] is None else tuple(map(str, value["console"])),
        page=str(value["page"]),
        seconds=float(value["seconds"]),
    )


def _exchange(value: Any) -> Exchange:
    request = WireRequest(str(value["method"]), str(value["url"]), _headers(value["request_headers"]))
    answer: Answer
    if value["status"] is not None:
        answer = Response(int(value["status"]), _headers(value["response_headers"]))
    elif "withheld" in value:
        answer = Withheld(str(value["withheld"]))
    else:
        answer = NoAnswer(FailureKind(value["error"]["kind"]), str(value["error"]["detail"]))
    return Exchange(Kind(value["kind"]), request, answer)


def _headers(pairs: Any) -> Headers:
    return Headers(tuple((str(name), str(value)) for name, value in pairs))


class Aspect(StrEnum):
    """What can differ between prediction and browser."""

    VERDICT = "verdict"
    REQUESTS = "requests"
    READABLE = "readable headers"
    CONSOLE = "console"


class Difference(Record):
    """One aspect in which a browser differs from its prediction; both sides as lines of text."""

    aspect: Aspect
    predicted: tuple[str, ...]
    observed: tuple[str, ...]


_COMPARED: Final = frozenset(
    {"origin", "access-control-request-headers", "access-control-request-method", "authorization", "content-type", "cookie"}
)  # fmt: skip
"""The headers of a request that decide in CORS."""
_WHOLE_BODY: Final = frozenset(
    {Api.FETCH, Api.KEEPALIVE, Api.XHR, Api.BEACON, Api.EVENTSOURCE, Api.WEBSOCKET}
)  # fmt: skip
"""What needs no more of a body than its beginning."""
_ABOUT_CORS: Final = {
    "chromium": Pattern(r"blocked by CORS policy|Fetch API cannot load"),
    "firefox": Pattern(r"^Cross-Origin Request"),
}
"""The messages of a console that are about CORS, by browser."""


def differences(predicted: Diagnosis, seen: Observation) -> tuple[Difference, ...]:
    """What the browser did in another way than predicted; nothing where it shows nothing."""
    return () if seen.missing is not None else tuple(_differences(predicted, seen))


def _differences(predicted: Diagnosis, seen: Observation) -> Iterator[Difference]:
    verdict = verdict_seen(seen, predicted)
    if verdict is not predicted.verdict:
        yield Difference(Aspect.VERDICT, (str(predicted.verdict),), (str(verdict),))
    expected, sent = (requests(found, predicted.scenario) for found in (predicted.exchanges, seen.exchanges))
    if expected != sent:
        yield Difference(Aspect.REQUESTS, expected, sent)
    if seen.readable is not None and predicted.readable is not None and set(seen.readable) != set(predicted.readable):
        yield Difference(Aspect.READABLE, predicted.readable, seen.readable)
    if seen.console is None or seen.withheld:
        return  # a browser complains about a request that is withheld from it
    said, foretold = (_about_cors(seen.browser, texts) for texts in (seen.console, predicted.console))
    url = predicted.scenario.requested_url
    told = verdict is predicted.verdict and seen.end is not End.TIMEOUT and url is not None and url.is_http
    if told and said != foretold:
        yield Difference(Aspect.CONSOLE, foretold, said)


def verdict_seen(seen: Observation, diagnosis: Diagnosis) -> Verdict:
    """The verdict that an observation shows; that of `diagnosis` where the page cannot tell it from another one."""
    predicted = diagnosis.verdict
    if seen.withheld:  # a capture has no request that was not sent
        return predicted if predicted is Verdict.UNKNOWN else Verdict.UNSENT
    match seen.end:
        case End.UNSEEN:
            return predicted
        case End.RESOLVED:
            if seen.type is None and predicted in (Verdict.ALLOWED, Verdict.OPAQUE):
                return predicted
            if seen.type == "opaque" and diagnosis.scenario.api is Api.WEBGL:
                return Verdict.BLOCKED  # the image is loaded, but WebGL does not accept it
            return Verdict.OPAQUE if (seen.type or "").startswith("opaque") else Verdict.ALLOWED
        case End.TIMEOUT:
            return predicted if predicted is Verdict.PENDING else Verdict.ERROR
        case _:
            if predicted in (Verdict.BLOCKED, Verdict.ERROR):  # the same to a script
                return predicted
            answer = seen.exchanges[-1].answer if seen.exchanges else None
            return Verdict.ERROR if isinstance(answer, NoAnswer) else Verdict.BLOCKED


def requests(exchanges: Iterable[Exchange], scenario: Scenario) -> tuple[str, ...]:
    """The requests that were sent, one line each with the headers that decide; a run of equal ones is one."""
    own = {name.lower() for name, _ in scenario.headers}
    names = _COMPARED | {name for name in own if name != "user-agent" and not name.startswith("sec-")}
    lines: list[str] = []
    for exchange in exchanges:
        request = exchange.request
        if exchange.from_cache:
            continue
        # a preflight has no header of the script, and Chromium may add Cache-Control to it
        compared = _COMPARED if exchange.is_preflight else names
        sent = sorted(compared & {name.lower() for name, _ in request.headers})
        line = "; ".join(
            (f"{request.method} {request.url}", *(f"{name}: {request.headers.get(name)}" for name in sent))
        )
        if not lines or lines[-1] != line:  # browsers repeat a request whose connection was closed
            lines.append(line)
    return tuple(lines)


def unreadable_body(scenario: Scenario, exchanges: Iterable[Exchange]) -> bool:
    """Whether an element got only the beginning of a body, so that the browser may have failed for that reason."""
    if scenario.api in _WHOLE_BODY:
        return False
    return any(e.response is not None and e.response.framing.end is BodyEnd.UNREAD for e in exchanges)


def _about_cors(browser: str, texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(text for text in texts if _ABOUT_CORS[browser].compiled.search(text)))
