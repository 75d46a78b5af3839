"""What may leave, and where to: the only place that decides which of the user's secrets a request carries to which origin.

A request of the replay goes out as a browser sends it. A request of corsdoctor's own invention (a try of `fix`, a probe)
goes to the origin of the URL that the user gave as it is; to any other origin it goes only without secrets and only
with a method that changes no data. Every request that is sent comes through `replayed` or through an Ask.
"""

from __future__ import annotations

from typing import Final

from corsdoctor.record import Record
from corsdoctor.scenario import SAFE_TO_SEND, Scenario
from corsdoctor.url import parse, same_origin
from corsdoctor.wire import Answer, Certificate, Headers, Hold, Kind, Send, WireRequest, Withheld, ascii_lower

_AUTHORIZATION: Final = "Authorization"
_BROWSERS_OWN: Final = frozenset(
    {
        "accept", "accept-encoding", "accept-language", "access-control-request-headers", "access-control-request-method",
        "connection", "origin", "referer", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "user-agent",
    }
)  # fmt: skip


def is_named(url: str, *asked: Scenario) -> bool:
    """Whether `url` is of an origin that the user named: that of a scenario's URL."""
    reached = parse(url)
    named = (one for scenario in asked if (one := scenario.requested_url) is not None)
    return reached is not None and any(same_origin(one.origin, reached.origin) for one in named)


def replayed(request: WireRequest, *asked: Scenario) -> WireRequest | Withheld:
    """A request of the replay of `asked`, as it may go out. The client certificate is for the named origins alone.

    One browser sends Authorization to another origin after two redirects, and every browser sends a cookie to all ports of its
    host and, with Domain, to other hosts. The replay judges that, but does not do it.
    """
    if is_named(request.url, *asked):
        return request
    if _AUTHORIZATION in request.headers:
        return Withheld(
            "the browser would send Authorization to an origin that you did not name", Hold.AUTHORIZATION_ELSEWHERE
        )
    if _carries_a_held_cookie(request, asked):
        return Withheld("the browser would send your cookie to an origin that you did not name", Hold.COOKIE_ELSEWHERE)
    return _without_certificate(request)


def _carries_a_held_cookie(request: WireRequest, asked: tuple[Scenario, ...]) -> bool:
    given = {held.pair for scenario in asked for held in scenario.held}
    return any(pair.strip(" ") in given for line in request.headers.values("Cookie") for pair in line.split(";"))


def tried(request: WireRequest, asked: Scenario) -> WireRequest | Withheld:
    """A request of our own whose answer counts only if all of it was sent: as it is, or not at all."""
    if is_named(request.url, asked):
        return request
    if request.method not in SAFE_TO_SEND:
        return Withheld(f"{request.method} may change data, and you did not name this origin")
    if _bare(request, asked) != _without_certificate(request):
        return Withheld("it would carry headers or a body to an origin that you did not name", Hold.SECRETS_ELSEWHERE)
    return _without_certificate(request)


def probed(request: WireRequest, asked: Scenario) -> WireRequest | Withheld:
    """A request of our own whose answer counts without secrets too; a method that may change data is never sent."""
    if request.method not in SAFE_TO_SEND:
        return Withheld(f"{request.method} may change data")
    return request if is_named(request.url, asked) else _bare(request, asked)


class Ask(Record):
    """Sends requests beyond the replay of `asked`, as far as they may be sent."""

    asked: Scenario
    send: Send

    def attempt(self, kind: Kind, request: WireRequest) -> Answer:
        """The answer to `request` as it is, which may be the user's request in another form."""
        return self._sent(kind, tried(request, self.asked))

    def probe(self, kind: Kind, request: WireRequest) -> Answer:
        """The answer to `request`, which may have gone out without the user's secrets."""
        return self._sent(kind, probed(request, self.asked))

    def _sent(self, kind: Kind, cleared: WireRequest | Withheld) -> Answer:
        return cleared if isinstance(cleared, Withheld) else self.send(kind, cleared)


def _bare(request: WireRequest, asked: Scenario) -> WireRequest:
    """`request` with only the header lines that the browser itself adds, without a body and a certificate."""
    given = {ascii_lower(name) for name, _ in asked.headers}
    kept = tuple(line for line in request.headers if ascii_lower(line[0]) in _BROWSERS_OWN - given)
    return _without_certificate(request)._replace(headers=Headers(kept), body=None)


def _without_certificate(request: WireRequest) -> WireRequest:
    shown = request.certificate is Certificate.SHOWN
    return request._replace(certificate=Certificate.WITHHELD) if shown else request
