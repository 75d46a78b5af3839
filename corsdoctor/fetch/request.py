"""Fetch's Request and what goes with it through the algorithms. request_constructor.py makes it from a Scenario."""

from __future__ import annotations

from collections.abc import Generator
from enum import StrEnum
from typing import TYPE_CHECKING

from corsdoctor.browsers.profile import Profile
from corsdoctor.fetch.preflight_cache import PreflightCache
from corsdoctor.fetch.presets import PRELOADS, PRESETS, Preset
from corsdoctor.record import Record
from corsdoctor.rule import Trace
from corsdoctor.scenario import JUST_MADE, NO_INIT, Api, Credentials, Init, Mode, PreloadAs, Redirect
from corsdoctor.url import OPAQUE, URL, Origin, parse, same_origin
from corsdoctor.wire import NO_HEADERS, Answer, Headers, Kind, Response, WireRequest

if TYPE_CHECKING:
    from corsdoctor.fetch.state import State
    from corsdoctor.scenario.page import Client


class Tainting(StrEnum):
    """https://fetch.spec.whatwg.org/#concept-request-response-tainting"""

    BASIC = "basic"
    CORS = "cors"
    OPAQUE = "opaque"


class Ended(StrEnum):
    """How a fetch ended: the type of its response, or why there is none for the script."""

    BASIC = "basic"
    CORS = "cors"
    OPAQUE = "opaque"
    OPAQUE_REDIRECT = "opaqueredirect"
    NETWORK_ERROR = "error"
    NO_ANSWER = "no-answer"
    WITHHELD = "withheld"
    PROMPTED = "prompted"


def response_tainting(url: URL, origin: Origin, mode: Mode, so_far: Tainting = Tainting.BASIC) -> Tainting:
    """How main fetch requests `url` for a page of `origin`, after hops that left the response tainting `so_far`.

    In the mode same-origin, anything but BASIC is a network error. https://fetch.spec.whatwg.org/#concept-main-fetch, 12.
    """
    home = so_far is Tainting.BASIC and same_origin(url.origin, origin)
    if home or url.scheme == "data" or url.href == JUST_MADE or mode is Mode.NAVIGATE:
        return Tainting.BASIC
    return Tainting.OPAQUE if mode is Mode.NO_CORS else Tainting.CORS


class Request(Record):
    """https://fetch.spec.whatwg.org/#concept-request, as far as a page's subresource request needs it.

    `with_preflight` remembers that main fetch chose "CORS-with-preflight" for a hop, `preflighted` that the preflight of
    an earlier hop was sent, too, and not spared by the cache. `first_headers` what the script set, `just_dropped` the
    names that the latest redirect took away, `sent_origin` that a hop had an Origin header: some browsers look at that.
    `client` is the page that makes the request, None if only its origin is known; `credentialless` is its embedder policy.
    `referrer_policies` are those of the redirects, "" where one has none.
    """

    method: str
    url_list: tuple[URL, ...]
    headers: Headers
    body: bytes | None
    origin: Origin
    mode: Mode
    credentials: Credentials
    redirect: Redirect
    api: Api
    use_cors_preflight: bool
    streamed: bool
    cookie: str | None
    certificate: bool
    user_agent: str | None
    redirect_count: int = 0
    tainting: Tainting = Tainting.BASIC
    with_preflight: bool = False
    preflighted: bool = False
    first_headers: Headers = NO_HEADERS
    just_dropped: tuple[str, ...] = ()
    sent_origin: bool = False
    client: Client | None = None
    init: Init = NO_INIT
    credentialless: bool = False
    preload_as: PreloadAs | None = None
    referrer_policies: tuple[str, ...] = ()

    @property
    def url(self) -> URL:
        """The current URL. https://fetch.spec.whatwg.org/#concept-request-current-url"""
        return self.url_list[-1]

    @property
    def preset(self) -> Preset:
        """What the Standards fix for what makes the request."""
        preset = None if self.preload_as is None else PRELOADS.get(self.preload_as)
        return PRESETS[self.api] if preset is None else preset

    @property
    def destination(self) -> str:
        """https://fetch.spec.whatwg.org/#concept-request-destination"""
        return self.preset.destination

    @property
    def element(self) -> Api:
        """The element whose rules for responses apply: that of a CSS image is any image, that of a video any media."""
        return self.preset.like or self.api

    @property
    def redirect_tainted(self) -> bool:
        """Whether the redirect-taint is not "same-origin". https://fetch.spec.whatwg.org/#concept-request-tainted-origin"""
        return len(self.url_list) > 1 and any(
            not same_origin(url.origin, last.origin) and not same_origin(self.origin, last.origin)
            for last, url in zip(self.url_list, self.url_list[1:], strict=False)
        )

    @property
    def serialized_origin(self) -> str:
        """https://fetch.spec.whatwg.org/#serializing-a-request-origin"""
        return str(OPAQUE) if self.redirect_tainted else str(self.origin)

    def with_(self, **changes: object) -> Request:
        """A copy with some fields changed; the request itself where nothing would change."""
        if all(getattr(self, name) is value for name, value in changes.items()):
            return self
        return self._replace(**changes)  # type: ignore[arg-type]

    def redirected_to(self, location: URL) -> Request:
        """The request for the URL that a redirect leads to. https://fetch.spec.whatwg.org/#concept-http-redirect-fetch, 8 and 18"""
        return self._replace(url_list=(*self.url_list, location), redirect_count=self.redirect_count + 1)

    def over_https(self) -> Request:
        """The request with https in place of http; any other scheme stays. https://w3c.github.io/webappsec-mixed-content/#upgrade-algorithm"""
        if self.url.scheme != "http":
            return self
        upgraded = parse("https" + self.url.href.removeprefix("http"))
        assert upgraded is not None  # only the scheme has changed
        return self._replace(url_list=(*self.url_list[:-1], upgraded))


def includes_credentials(request: Request) -> bool:
    """Whether cookies and HTTP authentication go with the request (8.3); a page may forbid it to what it embeds."""
    if request.credentialless and request.tainting is Tainting.OPAQUE:
        return False
    return request.credentials is Credentials.INCLUDE or (
        request.credentials is Credentials.SAME_ORIGIN and request.tainting is Tainting.BASIC
    )


class Sending(Record):
    """A request that the core wants to have sent."""

    kind: Kind
    request: WireRequest


class FetchEnd(Record):
    """How a fetch ended: the last request as it stood, and the response, or None."""

    ended: Ended
    request: Request
    response: Response | None = None


Fetching = Generator[Sending, Answer, FetchEnd]


class FetchParams(Record):
    """What all algorithms of one run share. https://fetch.spec.whatwg.org/#fetch-params

    `now` is in seconds, for the preflight cache alone. `state` is what a browser remembers in a flow.
    """

    profile: Profile
    trace: Trace
    cache: PreflightCache
    now: float = 0.0
    state: State | None = None
