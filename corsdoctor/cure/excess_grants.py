"""What a server grants today beyond what one request needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from corsdoctor.causes.probe import STRANGER
from corsdoctor.diagnose import Diagnosis
from corsdoctor.egress import Ask
from corsdoctor.fetch.exposure import SAFELISTED_RESPONSE_NAMES
from corsdoctor.fetch.headers import (
    ACAC,
    ACAH,
    ACAM,
    ACAO,
    ACEH,
    ACRH,
    ACRM,
    REDIRECT_STATUSES,
    listed_values,
)
from corsdoctor.fetch.safelist import is_cors_safelisted_method
from corsdoctor.scenario import SAFE_TO_SEND, Credentials
from corsdoctor.sentence import Sentence
from corsdoctor.wire import Exchange, Kind, Response, WireRequest


@dataclass(frozen=True, slots=True)
class ExcessGrant:
    """A response header, and what it grants that this request does not need: the rest of a sentence that it begins."""

    name: str
    value: str
    text: str


class Place(StrEnum):
    """Which response sends an origin back, in words."""

    RESPONSE = "response"
    REDIRECT = "redirect"
    PREFLIGHT = "preflight response"


@dataclass(frozen=True, slots=True)
class Reflection:
    """The server sent back the origin of a website that it cannot know; with `credentials`, it allowed cookies too.

    Scripts can read only the response to the request itself, and not a preflight response or a redirect.
    """

    credentials: bool
    place: Place = Place.RESPONSE


def excess_grants(
    diagnoses: Iterable[Diagnosis],
    expose: Iterable[str] = (),
    *,
    public: bool = False,
    reflection: Reflection | None = None,
) -> tuple[ExcessGrant, ...]:
    """What the answers grant that nobody asked for; each once. `expose` are header names that the script wants.

    With `public` everybody is meant to read the answers.
    """
    wanted = {name.lower() for name in expose}
    found: dict[ExcessGrant, None] = {}
    for diagnosis in diagnoses:
        include = diagnosis.scenario.credentials is Credentials.INCLUDE
        for exchange in diagnosis.exchanges:
            if exchange.response is not None and "Origin" in exchange.request.headers:
                grants = _beyond(exchange, exchange.response, wanted, include=include, public=public)
                found.update(dict.fromkeys(grants))
    if reflection is not None and not public:
        cookies = ", with cookies" if reflection.credentials else ""
        text = f"was in the {reflection.place} for {STRANGER}: it allows every site{cookies}"
        if reflection.place is Place.RESPONSE:
            text = f"was the response to {STRANGER}: every site may read it{cookies}"
        found[ExcessGrant(ACAO, STRANGER, text)] = None
    return tuple(found)


def reflected(diagnoses: Iterable[Diagnosis], ask: Ask) -> Reflection | None:
    """Whether the server allows any origin that asks. A request from another site, without secrets, shows it.

    It is sent where the server named the page's origin, if possible in a response that scripts can read. If only the preflight
    response did, because the request was never sent, both are asked.
    """
    exchanges = [e for d in diagnoses for e in d.exchanges if e.response is not None]
    naming = [e for e in reversed(exchanges) if _names_the_page(e)]
    if not naming:
        return None
    readable = (e for e in naming if _place(e) is Place.RESPONSE and e.request.method in SAFE_TO_SEND)
    last = next(readable, naming[0])
    method = last.request.headers.get(ACRM)
    if last.is_preflight and method in SAFE_TO_SEND:
        unsent = last.request._replace(method=method, headers=last.request.headers.delete(ACRM, ACRH))
        found = _reflected(Kind.ACTUAL, unsent, Place.RESPONSE, ask)
        if found is not None:
            return found
    return _reflected(last.kind, last.request, _place(last), ask)


def _reflected(kind: Kind, request: WireRequest, place: Place, ask: Ask) -> Reflection | None:
    headers = request.headers.delete("Origin", "Cookie", "Authorization").append("Origin", STRANGER)
    answer = ask.probe(kind, request._replace(headers=headers))
    if not isinstance(answer, Response) or answer.headers.get(ACAO) != STRANGER:
        return None
    return Reflection(answer.headers.get(ACAC) == "true", place)


def _place(exchange: Exchange) -> Place:
    if exchange.is_preflight:
        return Place.PREFLIGHT
    assert exchange.response is not None  # the caller has left out the others
    return Place.REDIRECT if exchange.response.status in REDIRECT_STATUSES else Place.RESPONSE


def _names_the_page(exchange: Exchange) -> bool:
    origin = exchange.request.headers.get("Origin")
    assert exchange.response is not None  # the caller has left out the others
    return origin not in (None, "null") and exchange.response.headers.get(ACAO) == origin


def _beyond(
    exchange: Exchange, response: Response, wanted: set[str], *, include: bool, public: bool
) -> Iterator[ExcessGrant]:
    headers, asked = response.headers, exchange.request.headers
    origin = headers.get(ACAO)
    if origin == "*" and not public:
        text = "lets every site read the response; this request needs only {origin}"
        yield ExcessGrant(ACAO, origin, Sentence(text, origin=asked.get("Origin") or ""))
    if origin == "null" != asked.get("Origin"):
        yield ExcessGrant(ACAO, origin, "lets every sandboxed page of any site read the response")
    credentials = headers.get(ACAC)
    if credentials == "true" and not include and origin != "*":  # beside `*` it means nothing
        yield ExcessGrant(ACAC, credentials, "allows cookies; this request has none")
    if exchange.is_preflight:
        methods = [m for m in listed_values(ACAM, headers) if not is_cors_safelisted_method(m) and m != asked.get(ACRM)]
        if methods:
            yield ExcessGrant(
                ACAM,
                headers.get(ACAM) or "",
                Sentence("allows {methods}, which this request does not need", methods=_named(methods, "method")),
            )
        needed = {name.lower() for name in asked.elements(ACRH)}
        names = [n for n in listed_values(ACAH, headers) if n.lower() not in needed]
        if names:
            yield ExcessGrant(
                ACAH,
                headers.get(ACAH) or "",
                Sentence("allows {names}, which this request does not need", names=_named(names, "header")),
            )
        return
    names = [n for n in listed_values(ACEH, headers) if n.lower() not in wanted | SAFELISTED_RESPONSE_NAMES]
    if names:
        text = Sentence("lets scripts read {names}; name what they need with --expose", names=_named(names, "header"))
        yield ExcessGrant(ACEH, headers.get(ACEH) or "", text)


def _named(names: Iterable[str], what: str) -> str:
    return f"every {what}" if "*" in names else ", ".join(names)
