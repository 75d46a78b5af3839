"""What may leave, and where to: the only place that decides which of the user's secrets a request carries to which origin.

A request of the replay goes to the origins that the user named as a browser sends it, and to any other origin without
secrets, or not at all. A request of corsdoctor's own invention (a try of `fix`, a probe) goes to the origin of the URL that
the user gave as it is; to any other origin it goes only without secrets and only with a method that changes no data. Every
request that is sent comes through `replayed` or through an Ask.
"""

from __future__ import annotations

from typing import Final

from corsdoctor.record import Record
from corsdoctor.scenario import SAFE_TO_SEND, Scenario
from corsdoctor.url import parse, same_origin
from corsdoctor.wire import Answer, Certificate, Headers, Hold, Kind, Send, WireRequest, Withheld, ascii_lower

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
    """A request of the replay of `asked`, as it may go out: secrets are for the named origins alone.

    A browser sends the script's headers and its body wherever a redirect leads, and one sends Authorization too after two
    redirects: such a request is not sent. Every browser sends a cookie to all ports of its host and, with Domain, to other
    hosts, and may show a client certificate: such a request goes out without them.
    """
    if is_named(request.url, *asked):
        return request
    secret = _secret(request)
    if secret is not None:
        why = f"the browser would send {secret} to an origin that you did not name"
        return Withheld(why, Hold.SECRETS_ELSEWHERE)
    return _without_certificate(without_cookies(request, *asked))


def _secret(request: WireRequest) -> str | None:
    """What is secret in the request but its cookies, in words."""
    from corsdoctor.masking import secrets_in_body, secrets_in_header  # what a check without redirects need not load

    for name, value in request.headers:
        if ascii_lower(name) != "cookie" and secrets_in_header(name, value):
            return name
    return "a secret in the body" if request.body and secrets_in_body(request.body.decode("latin-1")) else None


def without_cookies(request: WireRequest, *asked: Scenario) -> WireRequest:
    """The request without the user's cookies; those that servers have set stay."""
    given = {held.pair for scenario in asked for held in scenario.held}
    given.update(pair for scenario in asked for pair in _pairs(scenario.cookie or ""))
    carried = [pair for line in request.headers.values("Cookie") for pair in _pairs(line)]
    left = [pair for pair in carried if pair not in given]
    if left == carried:
        return request
    headers = request.headers.delete("Cookie")
    return request._replace(headers=headers.append("Cookie", "; ".join(left)) if left else headers)


def _pairs(cookies: str) -> list[str]:
    return [pair.strip(" ") for pair in cookies.split(";")]


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
