"""What an experiment showed, as observations of which a first policy can be written (suite/write.py)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from corsdoctor.audit.candidates import STRANGER, Trick
from corsdoctor.audit.explored import Asked, Explored, Tried
from corsdoctor.audit.requests_of_pages import bare
from corsdoctor.browsers import BROWSERS
from corsdoctor.diagnose import Verdict, diagnose
from corsdoctor.fetch.headers import ACAM, ACRM, extract_header_list_values
from corsdoctor.scenario import Credentials, Scenario
from corsdoctor.suite.write import Observation
from corsdoctor.wire import Answer, Exchange, Kind, WireRequest, Withheld

_SKIPPED: Final = (Trick.OWN, Trick.FILE, Trick.EXTENSION, Trick.CHARACTER)
_MODES: Final = (Credentials.OMIT, Credentials.INCLUDE)
_WITHOUT_PREFLIGHT: Final = ("GET", "HEAD", "POST")


def methods_of(tried: Tried, explored: Explored) -> tuple[str, ...]:
    """The methods that a page of this origin may use: those without a preflight, and those that one allowed."""
    names = list(_WITHOUT_PREFLIGHT)
    for asked in explored.asked:
        if asked.candidate.origin == tried.candidate.origin and asked.passed and asked.exchange.response is not None:
            listed = extract_header_list_values(ACAM, asked.exchange.response.headers)
            names += [_method(asked), *(listed if isinstance(listed, tuple) else ())]
    return tuple(name for name in dict.fromkeys(names) if name != "OPTIONS")


def observations(explored: Explored, asked: Scenario) -> Iterator[Observation]:
    """The GET of each origin that was tried, with credentials and without, and the preflight requests that passed.

    An origin whose request got no response, or was redirected to another page, is left out.
    """
    seen = set()
    for tried in explored.tried:
        origin = tried.candidate.origin
        if origin in seen or tried.candidate.trick in _SKIPPED or "Cookie" in tried.exchange.request.headers:
            continue
        seen.add(origin)
        yield from _observed(bare(asked)._replace(origin=origin), tried.exchange, Verdict.ALLOWED, Verdict.BLOCKED)
    for one in explored.asked:
        if one.passed and one.candidate != STRANGER:
            wanted = bare(asked)._replace(origin=one.candidate.origin, method=_method(one))
            yield from _observed(wanted, one.exchange, Verdict.UNSENT)


def _observed(asked: Scenario, exchange: Exchange, *possible: Verdict) -> Iterator[Observation]:
    """What browsers make of `exchange`, which answers the request, if all verdicts are `possible` ones."""

    def answer(kind: Kind, request: WireRequest) -> Answer:
        return exchange.answer if kind is exchange.kind and request.url == exchange.request.url else Withheld("")

    for credentials in _MODES:
        wanted = asked._replace(credentials=credentials)
        made = tuple(diagnose(wanted, profile, answer) for profile in BROWSERS)
        if all(one.verdict in possible for one in made):
            yield Observation(made)


def _method(asked: Asked) -> str:
    return asked.exchange.request.headers.get(ACRM) or ""
