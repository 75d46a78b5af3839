"""The script's request, and the answers to it, as far as a capture shows them."""

from __future__ import annotations

from typing import Final

from corsdoctor.browsers.profile import Profile
from corsdoctor.captures.browsers_own import BROWSERS_OWN, CACHES_OWN
from corsdoctor.captures.entry import Entry
from corsdoctor.captures.group import Captured
from corsdoctor.fetch.headers import ACAO, ACRH, ACRM, REDIRECT_STATUSES, is_header_name
from corsdoctor.fetch.preflight_cache import PreflightCache
from corsdoctor.fetch.safelist import cors_unsafe_request_header_names, is_cors_safelisted_method, why_forbidden
from corsdoctor.scenario import Api, Credentials, Mode, Redirect, Scenario
from corsdoctor.url import parse
from corsdoctor.wire import Answer, FailureKind, Headers, Hold, Kind, NoAnswer, WireRequest, Withheld, ascii_lower

_TOOLS_OWN: Final = frozenset({"postman-token"})
_APIS: Final = {
    "xhr": Api.XHR, "eventsource": Api.EVENTSOURCE, "image": Api.IMAGE, "script": Api.SCRIPT, "stylesheet": Api.STYLESHEET,
    "font": Api.FONT, "media": Api.MEDIA, "style": Api.STYLESHEET, "audio": Api.MEDIA, "video": Api.MEDIA, "track": Api.MEDIA,
}  # fmt: skip
_WITH_MODE: Final = (Api.IMAGE, Api.SCRIPT, Api.STYLESHEET, Api.MEDIA)
UNKNOWN_VALUE: Final = "?"
"""The value of a header that a capture only names. It is not safelisted, or no preflight would have named the header."""
_FAILURES: Final = (
    ("curl: (6)", FailureKind.DNS),
    ("unable to resolve", FailureKind.DNS),
    ("resolution", FailureKind.DNS),
    ("curl: (7)", FailureKind.REFUSED),
    ("efused", FailureKind.REFUSED),
    ("curl: (28)", FailureKind.TIMEOUT),
    ("imed out", FailureKind.TIMEOUT),
    ("imeout", FailureKind.TIMEOUT),
    ("curl: (35)", FailureKind.TLS),
    ("curl: (60)", FailureKind.TLS),
    ("ertificate", FailureKind.TLS),
    ("SSL", FailureKind.TLS),
    ("curl: (5)", FailureKind.PROXY),
    ("curl: (97)", FailureKind.PROXY),
    ("curl: (1)", FailureKind.NOT_HTTP),
    ("curl: ", FailureKind.RESET),
    ("wget: ", FailureKind.RESET),
    ("HTTPie: ", FailureKind.RESET),
    ("NAME_NOT_RESOLVED", FailureKind.DNS),
    ("CONNECTION_REFUSED", FailureKind.REFUSED),
    ("TIMED_OUT", FailureKind.TIMEOUT),
    ("CERT_", FailureKind.TLS),
    ("SSL_", FailureKind.TLS),
    ("PROXY", FailureKind.PROXY),
    ("TUNNEL", FailureKind.PROXY),
    ("INVALID_HTTP_RESPONSE", FailureKind.NOT_HTTP),
    ("RESPONSE_HEADERS", FailureKind.NOT_HTTP),
    ("UNREACHABLE", FailureKind.UNREACHABLE),
    ("INTERNET_DISCONNECTED", FailureKind.UNREACHABLE),
    ("EMPTY_RESPONSE", FailureKind.RESET),
    ("CONNECTION_", FailureKind.RESET),
)


def api_of(entry: Entry) -> Api:
    """What made a request: by Chromium's resource type, by Sec-Fetch-Dest, by what an EventSource accepts; else fetch()."""
    destination = (entry.headers.get("Sec-Fetch-Dest") or "").lower()
    if entry.headers.get("Accept") == "text/event-stream":
        return Api.EVENTSOURCE
    return _APIS.get(entry.resource_type) or _APIS.get(destination) or Api.FETCH


def scenario_of(captured: Captured, profile: Profile, credentials: Credentials | None) -> Scenario:
    """The request as the page's script made it, for one credentials mode; None is the API's default."""
    if captured.told is not None:
        scenario = captured.told.scenario
        return scenario if credentials is None else scenario._replace(credentials=credentials)
    first = (captured.hops or captured.preflights)[0]
    preflight = next((one for one in captured.preflights if one.href == first.href or not captured.hops), None)
    wanted = None if preflight is None else preflight.headers.get(ACRM)
    headers = _headers(first, None if captured.by_tool and captured.hops else preflight)
    method = wanted or first.method
    api = api_of(first)
    asks = not is_cors_safelisted_method(method) or bool(cors_unsafe_request_header_names(Headers(headers), profile))
    for_no_reason = preflight is not None and not asks  # a preflight that neither the method nor a header requires
    return Scenario(
        first.url.on_the_wire,
        captured.origin,
        method,
        headers,
        None if credentials is Credentials.SAME_ORIGIN else credentials,  # the default of every API
        Mode.CORS if api in _WITH_MODE else None,
        _redirect(captured),
        b"" if for_no_reason and method == "POST" else None,
        api=Api.XHR if for_no_reason else api,
        upload_listener=for_no_reason,
    )


def _redirect(captured: Captured) -> Redirect:
    """Manual if fetch() followed a redirect neither in the capture nor failed, where Chromium says what failed."""
    last = captured.hops[-1] if captured.hops else None
    if last is None or last.response is None or last.resource_type != "fetch" or last.error:
        return Redirect.FOLLOW
    location = last.response.headers.get("Location")
    target = None if location is None else parse(location, last.url.href)
    stayed = last.response.status in REDIRECT_STATUSES and target is not None and target.is_http
    return Redirect.MANUAL if stayed else Redirect.FOLLOW


def _headers(entry: Entry, preflight: Entry | None) -> tuple[tuple[str, str], ...]:
    """The header lines that the script set.

    A preflight names those that matter. Without one, they are those that no browser adds by itself.
    """
    if preflight is not None:
        return tuple(
            (name, UNKNOWN_VALUE if entry is preflight else entry.headers.get(name) or UNKNOWN_VALUE)
            for name in preflight.headers.elements(ACRH)
        )
    lines = []
    for name, value in entry.headers:
        lower = ascii_lower(name)
        own = lower in BROWSERS_OWN or lower in CACHES_OWN or lower in _TOOLS_OWN
        if not own and is_header_name(name) and why_forbidden(name, value) is None:
            lines.append((name, value))
    return tuple(lines)


class RecordedPreflights(PreflightCache):
    """A preflight cache that knows the preflights which a capture does not have: they were cached, or not recorded."""

    def __init__(self, captured: Captured) -> None:
        super().__init__()
        self._recorded = {one.url.on_the_wire for one in captured.preflights}
        self._answered = {hop.url.on_the_wire for hop in captured.hops if hop.response is not None}
        self._may_lack = captured.told is None  # what corsdoctor saves is whole
        self.used = False

    def method_match(self, method: str, origin: str, url: str, include: bool, now: float) -> bool:
        return self._missing(url) or super().method_match(method, origin, url, include, now)

    def header_name_match(self, name: str, origin: str, url: str, include: bool, now: float) -> bool:
        return self._missing(url) or super().header_name_match(name, origin, url, include, now)

    def _missing(self, url: str) -> bool:
        url = url.partition("#")[0]
        missing = self._may_lack and url not in self._recorded and url in self._answered
        self.used = self.used or missing
        return missing


class Answers:
    """Answers the requests of a replay from a capture; use a new one for each replay.

    `used` has each request of the replay with the entry that answered it.
    """

    def __init__(self, captured: Captured) -> None:
        self._in_order = captured.told is not None  # secrets are masked in URLs, too
        self.used: list[tuple[WireRequest, Entry]] = []
        self._left = {
            Kind.ACTUAL: list(captured.hops),
            Kind.PREFLIGHT: list(captured.preflights),
        }

    def send(self, kind: Kind, request: WireRequest) -> Answer:
        """The next recorded answer to `request`, which stands for it whatever its headers and its method's case."""
        left = self._left[kind]
        entry = next((one for one in left if self._in_order or one.url.on_the_wire == request.url), None)
        if entry is None:
            what = "preflight request" if kind is Kind.PREFLIGHT else "request"
            return Withheld(f"the capture does not have the {what}", Hold.NOT_RECORDED)
        left.remove(entry)
        self.used.append((request, entry))
        return _answer(entry)


def _answer(entry: Entry) -> Answer:
    response = entry.response
    if response is None:
        kind = next((kind for sign, kind in _FAILURES if sign in entry.error), None)
        if kind is not None:
            who, _, what = entry.error.partition(": ")
            return NoAnswer(
                kind,
                f"The browser reported {entry.error}."
                if entry.error.startswith("net::")
                else f"{who} reported: {what}.",
            )
        if entry.error and entry.error not in ("net::ERR_FAILED", "net::ERR_ABORTED"):
            return NoAnswer(FailureKind.RESET, f"The browser reported {entry.error}.")
        return Withheld("the capture does not have the response", Hold.NOT_RECORDED)
    validated = entry.told is None and response.status == 304 and ACAO not in response.headers
    if validated and not CACHES_OWN.isdisjoint(ascii_lower(name) for name, _ in entry.headers):
        return Withheld("the capture does not have the cached response that 304 refers to", Hold.NOT_RECORDED)
    return response
