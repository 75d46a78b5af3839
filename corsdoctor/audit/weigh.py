"""The weaknesses of one server, each with its severity and its evidence.

The severity follows from what is at stake: whether the response can be read with the user's credentials, who can have the origin,
in which browsers, and what the response is. A response that anyone may read is not a weakness: `*`, or a reflected origin
without credentials, on a public server.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Final

from corsdoctor.audit import weaknesses as w
from corsdoctor.audit.candidates import Trick
from corsdoctor.audit.explored import Asked, Explored, Look, LookAt, Tried
from corsdoctor.audit.weaknesses import Attacker, Weakness
from corsdoctor.browsers.hosts import HOST_CHARACTERS
from corsdoctor.fetch.headers import ACAO, varies_by_origin
from corsdoctor.fetch.http_cache import cache_directives
from corsdoctor.host import is_internal_name, is_loopback, is_private
from corsdoctor.record import Record
from corsdoctor.sentence import Sentence
from corsdoctor.url import URL
from corsdoctor.wire import Exchange, Response


class Severity(IntEnum):
    """How bad a weakness is."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3

    def __str__(self) -> str:
        return self.name.lower()


class Weighed(Record):
    """A weakness of the server, with its severity. A page of `origin` shows it, in `browsers`.

    `credentials` says whether requests with the user's cookies are concerned. `place` is where the server has it if the URL itself
    does not. `impact` and `what` are sentences. `command`
    repeats the request. `known` is why the finding is accepted, or `expired` why it was until a day that has passed, by the `entry` of
    the user's file.
    """

    weakness: Weakness
    severity: Severity
    what: str
    impact: str
    exchange: Exchange
    origin: str = ""
    browsers: tuple[str, ...] = ()
    credentials: bool = False
    command: str = ""
    known: str = ""
    expired: str = ""
    entry: str = ""
    place: LookAt | None = None


_WITH_CREDENTIALS: Final = {
    Attacker.ANYBODY: Severity.HIGH, Attacker.ON_THE_NETWORK: Severity.MEDIUM, Attacker.ON_A_SUBDOMAIN: Severity.LOW,
    Attacker.ON_ANOTHER_PORT: Severity.LOW, Attacker.ON_THE_MACHINE: Severity.LOW,
    Attacker.IN_THE_NETWORK: Severity.LOW, Attacker.WITH_AN_EXTENSION: Severity.LOW,
}  # fmt: skip
_STORED_BY_DEFAULT: Final = frozenset({200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501})
"""Status codes that caches may store on their own. https://www.rfc-editor.org/rfc/rfc9110#section-15.1"""


def what_is_read(*, credentials: bool) -> str:
    """What an attacker can read, for the template of an impact."""
    return "the response to a request with the user's cookies" if credentials else "the response"


def findings(explored: Explored) -> tuple[Weighed, ...]:
    """The weaknesses that the experiment showed, the worst first."""
    at_url = list(_of_origins(explored))
    elsewhere = _of_looks(explored, {one.weakness for one in at_url})
    found = [*at_url, *elsewhere, *_of_preflights(explored), *_of_headers(explored)]
    return tuple(sorted(found, key=lambda one: -one.severity))


def _of_origins(explored: Explored) -> Iterator[Weighed]:
    internal = _is_internal(explored)
    if internal and explored.any_origin is not None:
        worst = max(explored.of(Trick.STRANGER), key=lambda tried: (bool(tried.with_credentials), bool(tried.readers)))
        severity = Severity.HIGH if worst.with_credentials else Severity.MEDIUM
        yield _finding(w.INTERNAL, worst, _less_for_errors(severity, worst.response))
        return
    by: dict[Weakness, list[Tried]] = {}
    for tried in explored.tried:
        weakness = w.BY_TRICK.get(tried.candidate.trick)
        at_stake = tried.with_credentials or (internal and tried.readers)
        idle = _is_meant(tried, explored) or explored.allows_any_name(tried.candidate)
        if weakness is not None and at_stake and tried.named and not idle:
            by.setdefault(weakness, []).append(tried)
    if explored.any_origin is None and by.keys() & {w.PREFIX, w.SUFFIX, w.SUBSTRING}:
        by.pop(w.REFLECTED, None)  # the server found a word in the name of the stranger
    implied = w.implied({tried.candidate.trick for some in by.values() for tried in some})
    for weakness in (one for one in by if one not in implied):
        worst = max(by[weakness], key=_severity)
        yield _finding(weakness, worst, _severity(worst))


def _of_looks(explored: Explored, at_url: set[Weakness]) -> Iterator[Weighed]:
    """Of what is beside the URL and allows an origin that the URL refuses."""
    by: dict[Weakness, list[Look]] = {}
    read = {tried.candidate.origin for tried in explored.tried if tried.with_credentials}
    for look in explored.looks:
        tried = look.tried
        weakness = w.BY_TRICK.get(tried.candidate.trick)
        if weakness is not None and tried.with_credentials and tried.candidate.origin not in read:
            by.setdefault(weakness, []).append(look)
    tricks = {look.tried.candidate.trick for some in by.values() for look in some}
    known = w.implied(tricks) | at_url | w.implied_by(at_url)
    for weakness in (one for one in by if one not in known):
        worst = max(by[weakness], key=lambda look: _severity(look.tried))
        what = Sentence(
            "{what} The server does this {where} (status {status}), not for the URL itself.",
            what=weakness.what, where=place_words(worst.place, explored.target.url), status=str(worst.tried.status),
        )  # fmt: skip
        yield _finding(weakness, worst.tried, _severity(worst.tried))._replace(what=what, place=worst.place)


def place_words(place: LookAt, url: URL) -> str:
    """Where a look was, for a sentence."""
    match place:
        case LookAt.BELOW:
            return "for a page below the URL that does not exist"
        case LookAt.ROOT:
            return "for a page below / that does not exist"
        case LookAt.REDIRECT:
            return "for the URL to which it redirects"
        case LookAt.OTHER_SCHEME:
            return f"with {'http' if url.scheme == 'https' else 'https'}"
    return "without your headers and cookies"


def _is_internal(explored: Explored) -> bool:
    """Whether the server is in a local network, so that responses without credentials are not public either."""
    host = explored.target.url.host
    return is_loopback(host) or is_private(host) or is_internal_name(host)


def _is_meant(tried: Tried, explored: Explored) -> bool:
    """Whether the user trusts this very origin."""
    return tried.candidate.origin in explored.target.trusted


def _severity(tried: Tried) -> Severity:
    """Of an origin that is allowed; one that is allowed without credentials matters only in a local network."""
    attacker = w.BY_TRICK[tried.candidate.trick].attacker
    assert attacker is not None  # each of these weaknesses has one
    found = _WITH_CREDENTIALS[attacker]
    if len(tried.readers) < len(HOST_CHARACTERS) and tried.candidate.trick is Trick.CHARACTER:
        found = Severity(found - 1)  # not every user's browser can have the origin
    if not tried.with_credentials:
        found = Severity(max(Severity.INFO, found - 1))
    return _less_for_errors(found, tried.response)


def _less_for_errors(severity: Severity, response: Response | None) -> Severity:
    """An error response has less to read."""
    if response is not None and response.status >= 400:
        return Severity(max(Severity.INFO, severity - 1))
    return severity


def _finding(weakness: Weakness, tried: Tried, severity: Severity) -> Weighed:
    credentials = bool(tried.with_credentials)
    who = "" if weakness.attacker is None else str(weakness.attacker)
    values = {"who": who, "what": what_is_read(credentials=credentials), "origin": str(tried.candidate.origin)}
    return Weighed(
        weakness, severity, weakness.what, Sentence(weakness.impact, **values), tried.exchange, str(tried.candidate.origin),
        tried.with_credentials or tried.readers, credentials,
    )  # fmt: skip


def _of_preflights(explored: Explored) -> Iterator[Weighed]:
    """Of the preflight responses to origins that cannot read a response to a request with credentials."""
    read = {tried.candidate.origin for tried in explored.tried if tried.with_credentials}
    by: dict[Weakness, Asked] = {}
    for asked in explored.asked:
        weakness = w.BY_TRICK.get(asked.candidate.trick)
        idle = asked.candidate.origin in {*read, *explored.target.trusted}
        if weakness is not None and asked.granted and not idle:
            by.setdefault(weakness, asked)
    implied = w.implied({asked.candidate.trick for asked in by.values()})
    for weakness in (one for one in by if one not in implied):
        yield _may_write(by[weakness], weakness)
    for exchange in (asked.exchange for asked in explored.asked):
        if exchange.response is not None and exchange.response.status == 401:
            yield _of_response(w.PREFLIGHT_NEEDS_LOGIN, Severity.INFO, exchange)
            return


def _may_write(asked: Asked, why: Weakness) -> Weighed:
    """Whoever has the origin may send requests; that is one level less than reading the responses."""
    assert why.attacker is not None  # each weakness of an origin has one
    severity = Severity(max(Severity.INFO, _WITH_CREDENTIALS[why.attacker] - 1))
    unseen, origin = asked.method == "POST", asked.candidate.origin
    some = f"{why.attacker}, from a page at {origin},"
    who = {w.REFLECTED: "Any website", w.NULL_ORIGIN: "Any website, from a sandboxed frame,"}.get(why, some)
    what = Sentence("{what} Its preflight responses for POST show this.", what=why.what) if unseen else w.PREFLIGHT.what
    impact = w.MAY_POST if unseen else w.PREFLIGHT.impact
    return Weighed(
        w.PREFLIGHT, severity, what, Sentence(impact, who=who, method=asked.method),
        asked.exchange, str(origin), asked.passed, True,
    )  # fmt: skip


def _of_headers(explored: Explored) -> Iterator[Weighed]:
    strangers = explored.of(Trick.STRANGER)
    for tried in explored.tried if not any(one.with_credentials for one in strangers) else ():
        response = tried.response
        if response is not None and response.headers.get(ACAO) == "*" and tried.credentials:
            yield _of_response(w.WILDCARD_CREDENTIALS, Severity.INFO, tried.exchange)
            break
    for tried in explored.tried:
        if tried.response is not None and len(tried.response.headers.values(ACAO)) > 1:
            yield _of_response(w.TWICE, Severity.INFO, tried.exchange)
            break
    without_vary = _without_vary(explored)
    if without_vary is not None:
        severity = _severity_without_vary(explored)
        yield _of_response(w.VARY, severity, without_vary)


def _severity_without_vary(explored: Explored) -> Severity:
    """A cache makes it worse. Without one, it matters little if every response that allows an origin has Vary."""
    if {tried.allows for tried in explored.tried} <= {None, "*"}:
        return Severity.INFO
    from corsdoctor.causes.by_cache import cache_hit  # with all the marks of causes, which other servers do not need

    if any(cache_hit(exchange.response) for exchange in explored.exchanges if exchange.response is not None):
        return Severity.MEDIUM
    allowed = [tried.response for tried in explored.tried if tried.response is not None and tried.allows is not None]
    return Severity.INFO if all(varies_by_origin(response.headers) for response in allowed) else Severity.LOW


def _without_vary(explored: Explored) -> Exchange | None:
    """A response without `Vary: Origin`, which caches may store, of a server whose responses depend on the origin."""
    exchanges = [tried.exchange for tried in explored.tried]
    exchanges += [] if explored.plain is None else [explored.plain]
    stored = [(e, e.response) for e in exchanges if e.response is not None and _may_be_stored(e.response)]
    if len({response.headers.get(ACAO) for _, response in stored}) < 2:
        return None
    return next((exchange for exchange, response in stored if not varies_by_origin(response.headers)), None)


def _may_be_stored(response: Response) -> bool:
    """Whether a cache may keep the response. https://www.rfc-editor.org/rfc/rfc9111#section-3"""
    directives = cache_directives(response.headers)
    explicit = directives.keys() & {"public", "max-age", "s-maxage"} or "Expires" in response.headers
    return "no-store" not in directives and (response.status in _STORED_BY_DEFAULT or bool(explicit))


def _of_response(weakness: Weakness, severity: Severity, exchange: Exchange) -> Weighed:
    return Weighed(
        weakness, severity, weakness.what, weakness.impact, exchange, exchange.request.headers.get("Origin") or ""
    )
