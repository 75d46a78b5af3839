"""What an audit showed, as the trials that write.py turns into a first policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from corsdoctor.audit.candidates import STRANGER, Trick
from corsdoctor.audit.explored import Explored, LookAt
from corsdoctor.audit.requests_of_pages import bare
from corsdoctor.audit.sender import JSON
from corsdoctor.browsers import BROWSERS
from corsdoctor.diagnose import Verdict, diagnose
from corsdoctor.scenario import Credentials, Scenario
from corsdoctor.suite.write import Trial
from corsdoctor.wire import Answer, Exchange, Kind, WireRequest, Withheld

_SKIPPED: Final = (Trick.OWN, Trick.FILE, Trick.EXTENSION, Trick.CHARACTER)
_MODES: Final = (Credentials.OMIT, Credentials.INCLUDE)


def trials(explored: Explored, asked: Scenario) -> Iterator[Trial]:
    """The GET of each origin that was tried, with credentials and without, and the preflight requests that passed, or where
    only those for POST show a policy, all of them. Then the GETs beside the URL.

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
        post = explored.takes_post and one in explored.for_post
        if one.candidate.trick not in _SKIPPED and (post or (one.passed and one.candidate != STRANGER)):
            headers = (JSON,) if post else ()
            wanted = bare(asked)._replace(origin=one.candidate.origin, method=one.method, headers=headers)
            yield from _observed(wanted, one.exchange, Verdict.UNSENT, *((Verdict.BLOCKED,) if post else ()))
    for look in explored.at(LookAt.BELOW, LookAt.ROOT, LookAt.OTHER_SCHEME):
        exchange = look.tried.exchange
        if "Cookie" not in exchange.request.headers and look.tried.candidate.trick not in _SKIPPED:
            wanted = bare(asked)._replace(origin=look.tried.candidate.origin, url=exchange.request.url)
            yield from _observed(wanted, exchange, Verdict.ALLOWED, Verdict.BLOCKED)


def _observed(asked: Scenario, exchange: Exchange, *possible: Verdict) -> Iterator[Trial]:
    """What browsers make of `exchange`, which answers the request, if all verdicts are `possible` ones."""

    def answer(kind: Kind, request: WireRequest) -> Answer:
        return exchange.answer if kind is exchange.kind and request.url == exchange.request.url else Withheld("")

    for credentials in _MODES:
        wanted = asked._replace(credentials=credentials)
        made = tuple(diagnose(wanted, profile, answer) for profile in BROWSERS)
        if all(one.verdict in possible for one in made):
            yield Trial(made)
