"""What servers of the estate are made of. A policy is a function of what was asked, so that it answers in this process and over
loopback alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from corsdoctor.audit.requests_of_pages import COOKIE
from corsdoctor.wire import Headers, Kind, Response, WireRequest

URL: Final = "https://api.example.com/items"
APP: Final = "https://app.example.com"
OTHER: Final = "https://admin.example.com"


class Question(NamedTuple):
    """What a server sees of a request."""

    origin: str | None
    preflight: bool
    path: str
    method: str = ""
    headers: str = ""
    cookie: bool = True
    site: str = "cross-site"
    tls: bool = True
    login: bool = True


Pairs = list[tuple[str, str]]
Policy = Callable[[Question], Response]
Allows = Callable[[str], bool]


class Server(NamedTuple):
    """A server. `expected` is what is wrong with it: the ids of weaknesses with their severities, but for `info`."""

    id: str
    policy: Policy
    expected: frozenset[str] = frozenset()
    url: str = URL
    trusted: tuple[str, ...] = (APP,)


def question(request: WireRequest) -> Question:
    """What a request asks."""
    get = request.headers.get
    return Question(
        get("Origin"), request.method == "OPTIONS", urlsplit(request.url).path,
        get("Access-Control-Request-Method") or "", get("Access-Control-Request-Headers") or "",
        get("Cookie") is not None, get("Sec-Fetch-Site") or "", request.url.startswith("https:"),
        get("Cookie") not in (None, COOKIE),
    )  # fmt: skip


def answering(server: Server) -> Callable[[Kind, WireRequest], Response]:
    """The server as a `send`."""
    return lambda _, request: server.policy(question(request))


def response(pairs: Pairs, status: int = 200) -> Response:
    return Response(status, Headers(tuple(pairs)))


def dynamic(
    allows: Allows, *, credentials: bool = True, vary: str = "always", status: int = 200, more: Pairs | None = None
) -> Policy:
    """Sends the origin back where `allows` says so. `vary` is always, allowed (only then) or never."""

    def policy(asked: Question) -> Response:
        allowed = asked.origin is not None and allows(asked.origin)
        pairs: Pairs = list(more or [])
        if vary == "always" or (vary == "allowed" and allowed):
            pairs.append(("Vary", "Origin"))
        if allowed:
            pairs.append(("Access-Control-Allow-Origin", asked.origin or ""))
            pairs += [("Access-Control-Allow-Credentials", "true")] if credentials else []
            if asked.preflight:
                pairs += [
                    ("Access-Control-Allow-Methods", "GET, PUT, DELETE"),
                    ("Access-Control-Allow-Headers", asked.headers),
                ]
        return response(pairs, 204 if asked.preflight and status < 400 else status)

    return policy


def fixed(*pairs: tuple[str, str], status: int = 200) -> Policy:
    """The same headers, whoever asks."""
    return lambda _: response(list(pairs), status)


def matches(pattern: str) -> Allows:
    return lambda origin: re.search(pattern, origin) is not None


def plain_name(origin: str) -> str:
    """The origin in Unicode, without the accents."""
    scheme, _, name = origin.partition("//")
    decoded = unicodedata.normalize("NFD", name.encode().decode("idna"))
    return f"{scheme}//{''.join(char for char in decoded if not unicodedata.combining(char))}"


def host(origin: str) -> str:
    return origin.partition("//")[2].partition(":")[0]


def labels(text: str) -> frozenset[str]:
    return frozenset(text.split())


def by_method(preflight: Policy, actual: Policy) -> Policy:
    return lambda asked: (preflight if asked.preflight else actual)(asked)


def by_path(policy: Policy, others: Policy) -> Policy:
    """`others` answers every path but /items."""
    return lambda asked: (policy if asked.path == "/items" else others)(asked)


def by_scheme(https: Policy, http: Policy) -> Policy:
    return lambda asked: (https if asked.tls else http)(asked)


def by_cookie(with_cookie: Policy, without: Policy) -> Policy:
    return lambda asked: (with_cookie if asked.cookie else without)(asked)


EXACT: Final = dynamic(lambda origin: origin == APP)
ACAO, ACAC = "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"
