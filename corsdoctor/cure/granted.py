"""What a server grants today, so that a cure takes nothing away.

The answers of the replay show a part of it. What they do not show is asked with preflight requests and a GET, which change
no data: at most MOST preflight requests.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from corsdoctor.causes.before_headers import is_response_header
from corsdoctor.causes.probe import STRANGER
from corsdoctor.egress import Ask
from corsdoctor.fetch.headers import (
    ACAC,
    ACAH,
    ACAM,
    ACAO,
    ACEH,
    ACRH,
    ACRM,
    listed_values,
    max_age_of,
)
from corsdoctor.fetch.safelist import is_cors_safelisted_method, is_forbidden_method
from corsdoctor.policy import ANY, MAX_AGE, Policy
from corsdoctor.url import parse, parse_origin
from corsdoctor.wire import Certificate, Exchange, Headers, Kind, Response, WireRequest

MOST: Final = 3
"""Preflight requests that are sent to see what is granted."""
_METHODS: Final = ("PUT", "PATCH", "DELETE")
_NAMES: Final = "authorization,content-type"
_PREFLIGHT_HAS: Final = ("user-agent", "accept-encoding", "accept-language", "origin")

EVERY_ORIGIN_LOST: Final = (
    "The server allows every website today. Browsers do not accept `*` for a request with credentials, so list "
    "every origin that uses this server."
)
EVERY_NAME_LOST: Final = (
    "The server allows every {what} today (`*`). Browsers do not accept `*` for a request with credentials, so list "
    "every {what} that your pages {verb}."
)
EVERY_METHOD: Final = (
    "The server allows every method today (`*`). The configuration lists PUT, PATCH and DELETE; add the others that "
    "your pages use."
)
ORIGINS: Final = "origins"
_READABLE: Final = "readable response headers"
_NOT_VISIBLE: Final = "If your configuration already allows other {what}, keep them: they are not visible from outside."


@dataclass(frozen=True, slots=True)
class Granted:
    """What the answers show. `policy` allows all that is granted today, and what the cure needs.

    `kept` are the values that only the former is about, `unkept` are sentences on what cannot be granted as it is today, and
    `hidden` is what may be granted and is not visible from outside, such as "origins".
    """

    policy: Policy
    kept: tuple[str, ...]
    unkept: tuple[str, ...]
    hidden: tuple[str, ...]


def not_visible(hidden: Sequence[str]) -> tuple[str, ...]:
    """The sentence on what is not visible from outside; nothing if all is visible."""
    return (_NOT_VISIBLE.format(what=_and(hidden)),) if hidden else ()


def keeping(
    needed: Policy,
    url: str,
    seen: Iterable[Exchange],
    ask: Ask | None = None,
    get: WireRequest | None = None,
    *,
    page: str,
    every_origin: bool = False,
) -> Granted:
    """`needed`, and what the server of `url` grants today, as the exchanges `seen` show it.

    Those from another origin than `page` show the methods and headers that are granted, but no origin to keep.

    With `ask`, preflight requests show more of it, and so does `get` where no response to the request itself is known.
    `every_origin` says that the server allows any origin that asks, without cookies.
    """
    exchanges = list(_with(url, seen))
    if ask is not None and exchanges:
        exchanges += _asked(exchanges, url, ask)
        received = any(not e.is_preflight and e.response is not None for e in exchanges)
        if get is not None and not received and any(map(_speaks_cors, exchanges)):
            exchanges.append(Exchange(Kind.ACTUAL, get, ask.probe(Kind.ACTUAL, get)))
    answers = [e.response for e in exchanges if e.response is not None]
    to_page = [e.response for e in exchanges if e.response is not None and e.request.headers.get("Origin") == page]
    origins = [origin for answer in to_page for origin in _origins(answer)]
    everyone = ANY in origins or every_origin
    credentials = needed.credentials or any(answer.headers.get(ACAC) == "true" for answer in answers)
    if everyone and not needed.credentials:
        allowed: tuple[str, ...] = (ANY,)
        credentials = False
    else:
        allowed = tuple(dict.fromkeys((*needed.origins, *(o for o in origins if o not in (ANY, STRANGER)))))
    methods, names, shown = (
        [value for answer in answers for value in listed_values(name, answer.headers)] for name in (ACAM, ACAH, ACEH)
    )
    ages = [age for answer in answers if (age := max_age_of(answer.headers)) is not None]
    policy = Policy(
        allowed,
        tuple(dict.fromkeys((*needed.methods, *_methods(methods)))),
        _joined(needed.headers, [n for n in names if not is_response_header(n) and not (n == ANY and credentials)]),
        credentials,
        _joined(needed.expose, [n for n in shown if not (n == ANY and credentials)]),
        max(ages, default=MAX_AGE),
    )
    unkept = [EVERY_ORIGIN_LOST] if everyone and needed.credentials else []
    if credentials and ANY in names:
        unkept.append(EVERY_NAME_LOST.format(what="request header", verb="send"))
    if credentials and ANY in shown:
        unkept.append(EVERY_NAME_LOST.format(what="response header", verb="read"))
    unkept += [EVERY_METHOD] if ANY in methods else []
    echoes = _echoes(exchanges, ACRM, ACAM)
    hides_names = echoes or _echoes(exchanges, ACRH, ACAH)
    hidden = [ORIGINS] * (not policy.public) + ["methods"] * echoes + ["request headers"] * hides_names
    hidden += [_READABLE] * (any(map(_speaks_cors, exchanges)) and not any(map(_shows_readable, exchanges)))
    return Granted(policy, tuple(_beyond(policy, needed)), tuple(unkept), tuple(hidden))


def _beyond(policy: Policy, needed: Policy) -> Iterator[str]:
    """What `policy` allows and `needed` does not, in words where it is `*`."""
    yield from (_named(origin, "origin") for origin in policy.origins if origin not in needed.origins)
    yield from policy.methods[len(needed.methods) :]
    yield from (_named(name, "request header") for name in policy.headers[len(needed.headers) :])
    yield from (["cookies"] if policy.credentials and not needed.credentials else [])
    yield from (_named(name, "response header") for name in policy.expose[len(needed.expose) :])


def _named(value: str, what: str) -> str:
    return f"every {what} (`*`)" if value == ANY else value


EVERY_NAME: Final = frozenset({_named(ANY, "request header"), _named(ANY, "response header")})


def _and(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def _with(url: str, seen: Iterable[Exchange]) -> Iterator[Exchange]:
    """The exchanges with the server of `url` in which a page was named."""
    server = parse(url)
    for exchange in dict.fromkeys(seen):
        reached = parse(exchange.request.url)
        same = server is not None and reached is not None and reached.origin == server.origin
        if same and "Origin" in exchange.request.headers:
            yield exchange


def _shows_readable(exchange: Exchange) -> bool:
    """Whether the exchange shows which response headers a script may read."""
    return not exchange.is_preflight and _speaks_cors(exchange)


def _asked(exchanges: list[Exchange], url: str, ask: Ask) -> Iterator[Exchange]:
    """Preflight exchanges that show more.

    There is one where the replay had none. Where the server lists only the method that was asked for, there is one for each
    other method; otherwise, where it lists only the headers that were asked for, there is one for other headers.
    """
    seen = list(exchanges)
    like = max((e.request for e in seen), key=lambda request: request.certificate is Certificate.SHOWN)
    preflights = [e for e in exchanges if e.is_preflight]
    sent = 0
    if not preflights:
        [first] = _preflights(like, url, ("PUT",), ask)
        sent += 1
        seen.append(first)
        preflights = [first]
        yield first
    if not any(_speaks_cors(e) for e in seen):
        return
    tried = [e.request.headers.get(ACRM) or "GET" for e in preflights]
    if _echoes(seen, ACRM, ACAM):
        others = [method for method in _METHODS if method not in tried][: MOST - sent]
        yield from _preflights(like, url, others, ask)
    elif not sent and _echoes(seen, ACRH, ACAH):
        yield from _preflights(like, url, tried[:1], ask)


def _preflights(like: WireRequest, url: str, methods: Iterable[str], ask: Ask) -> Iterator[Exchange]:
    kept = tuple((n, v) for n, v in like.headers if n.lower() in _PREFLIGHT_HAS)
    for method in methods:
        headers = Headers((("Accept", "*/*"), (ACRM, method), (ACRH, _NAMES), *kept))
        request = WireRequest("OPTIONS", url, headers, certificate=like.certificate)
        yield Exchange(Kind.PREFLIGHT, request, ask.probe(Kind.PREFLIGHT, request))


def _speaks_cors(exchange: Exchange) -> bool:
    return exchange.response is not None and any(name in exchange.response.headers for name in (ACAO, ACAM, ACAH, ACAC))


def _echoes(exchanges: Iterable[Exchange], asks: str, lists: str) -> bool:
    """Whether no answer lists in the header `lists` what its preflight did not ask for in `asks`."""
    for exchange in exchanges:
        if exchange.is_preflight and exchange.response is not None:
            asked = {name.lower() for name in exchange.request.headers.elements(asks)}
            if any(name.lower() not in asked for name in listed_values(lists, exchange.response.headers)):
                return False
    return True


def _origins(answer: Response) -> tuple[str, ...]:
    """The origins that a response allows: one at most. `null` is not kept, because it allows sandboxed pages of every site."""
    value = answer.headers.get(ACAO)
    if value == ANY:
        return (value,)
    origin = None if value is None or ANY in value else parse_origin(value)
    return (str(origin),) if origin is not None and not origin.opaque else ()


def _methods(listed: Iterable[str]) -> tuple[str, ...]:
    """The methods that a configuration has to list so that all of `listed` stay allowed."""
    named = [method for method in listed if not is_cors_safelisted_method(method) and not is_forbidden_method(method)]
    return tuple(m for method in named for m in (_METHODS if method == ANY else (method,)))


def _joined(needed: Sequence[str], kept: Sequence[str]) -> tuple[str, ...]:
    """`needed`, and the names of `kept` that are not in it, each once; upper and lower case mean the same."""
    spelled = {name.lower(): name for name in reversed((*needed, *kept))}
    return tuple(spelled[name] for name in dict.fromkeys(name.lower() for name in (*needed, *kept)))
