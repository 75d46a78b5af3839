"""What an experiment with a server showed."""

from __future__ import annotations

from enum import StrEnum

from corsdoctor.audit.candidates import Candidate, Trick
from corsdoctor.fetch.headers import ACAC, ACAM, ACAO, ACRM
from corsdoctor.record import Record
from corsdoctor.url import URL, Origin
from corsdoctor.wire import Exchange, Response


class Target(Record):
    """What is examined: a URL, and the origins that the server should allow."""

    url: URL
    trusted: tuple[Origin, ...] = ()


class Tried(Record):
    """A GET from the origin of `candidate`.

    `readers` are the browsers in which a page of this origin can read the response, and `with_credentials` those in which it
    can read the one to a request with the user's cookies. Only browsers in which a page can have the origin are named. `command`
    repeats the request.
    """

    candidate: Candidate
    exchange: Exchange
    readers: tuple[str, ...]
    with_credentials: tuple[str, ...]
    command: str = ""

    @property
    def response(self) -> Response | None:
        """The response, None if there was none."""
        return self.exchange.response

    @property
    def status(self) -> int | None:
        """The status of the response, None if there was none."""
        return None if self.response is None else self.response.status

    @property
    def allows(self) -> str | None:
        """The value of Access-Control-Allow-Origin, None without one."""
        return None if self.response is None else self.response.headers.get(ACAO)

    @property
    def credentials(self) -> bool:
        """Whether Access-Control-Allow-Credentials is `true`."""
        return self.response is not None and self.response.headers.get(ACAC) == "true"

    @property
    def named(self) -> bool:
        """Whether the response allows this origin by its name."""
        return self.allows == str(self.candidate.origin)

    @property
    def granted(self) -> bool:
        """Whether a page of this origin can read the response, and the response names it: `*` says nothing of this origin."""
        return self.named and bool(self.readers)


class LookAt(StrEnum):
    """What a look beside the audited URL is at."""

    BELOW = "below"
    ROOT = "root"
    REDIRECT = "redirect"
    OTHER_SCHEME = "other-scheme"
    WITHOUT_LOGIN = "without-login"


class Look(Record):
    """A GET beside the audited URL: for a page below it or below the root that does not exist, for the URL to which it redirects, or for
    the same URL with the other scheme or without the user's headers and cookies.
    """

    place: LookAt
    tried: Tried


class Asked(Record):
    """A preflight request from the origin of `candidate`, for a method and a header that no server needs to allow, or for POST with JSON."""

    candidate: Candidate
    exchange: Exchange
    passed: tuple[str, ...]
    """The browsers in which the actual request would be sent."""
    command: str = ""
    """What repeats the request."""

    @property
    def method(self) -> str:
        """The method that was asked for."""
        return self.exchange.request.headers.get(ACRM) or ""

    @property
    def named(self) -> bool:
        """Whether the response allows this origin, by its name or by `*`."""
        response = self.exchange.response
        return response is not None and response.headers.get(ACAO) in ("*", str(self.candidate.origin))

    @property
    def granted(self) -> bool:
        """Whether a page of this origin can send the request with the user's cookies."""
        return bool(self.passed)

    @property
    def echoes(self) -> bool:
        """Whether the response lists exactly the method that was asked for."""
        return self.exchange.response is not None and self.exchange.response.headers.get(ACAM) == self.method


class Explored(Record):
    """All that was learned about `target`, by `sent` requests.

    `plain` is a GET without Origin, None where it was not sent. `cookieless` are tries that count only for requests without cookies,
    because the server answers those with cookies otherwise; all others had one then. `left` counts the origins that were not tried
    because the budget was spent; `stalled` says that the server answered no more, so that nothing else was tried.
    """

    target: Target
    tried: tuple[Tried, ...] = ()
    asked: tuple[Asked, ...] = ()
    plain: Exchange | None = None
    looks: tuple[Look, ...] = ()
    cookieless: tuple[Tried, ...] = ()
    left: int = 0
    stalled: bool = False
    sent: int = 0

    def of(self, trick: Trick) -> tuple[Tried, ...]:
        """The tries of this kind."""
        return tuple(tried for tried in self.tried if tried.candidate.trick is trick)

    @property
    def for_post(self) -> tuple[Asked, ...]:
        """The preflight requests for POST, which are sent where no response to GET allows an origin."""
        return tuple(asked for asked in self.asked if asked.method == "POST")

    @property
    def takes_post(self) -> bool:
        """Whether only preflight responses for POST allow an origin: the URL may take nothing else, and no POST is sent."""
        responses = [asked.exchange.response for asked in self.for_post if asked.named]
        return any(response is not None and 200 <= response.status < 300 for response in responses)

    def allows_any_name(self, candidate: Candidate) -> bool:
        """Whether the server was seen to allow every name with the public suffix of this origin, so that the origin shows nothing."""
        if candidate.trick not in (Trick.HOSTED, Trick.PLAYGROUND):
            return False
        suffixes = [one.candidate.origin.host.partition(".")[2] for one in self.of(Trick.ANY_NAME) if one.granted]
        return any(candidate.origin.host.endswith(f".{suffix}") for suffix in suffixes)

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """All exchanges, in no particular order."""
        tries = (*self.tried, *self.cookieless, *(look.tried for look in self.looks))
        asked = (one.exchange for one in self.asked)
        return (*(one.exchange for one in tries), *asked, *(() if self.plain is None else (self.plain,)))

    def at(self, *places: LookAt) -> tuple[Look, ...]:
        """The looks there."""
        return tuple(look for look in self.looks if look.place in places)

    @property
    def answered(self) -> bool:
        """Whether the server responded at all."""
        return any(exchange.response is not None for exchange in self.exchanges)

    @property
    def any_origin(self) -> str | None:
        """`*` or `reflected` where every origin is allowed, otherwise None."""
        strangers = self.of(Trick.STRANGER)
        names = [tried for tried in strangers if tried.named]
        hosts = {tried.candidate.origin.host for tried in names}
        other = any(tried.candidate.origin.host not in hosts for tried in strangers)
        if names and not other:
            return "reflected"
        return "*" if any(tried.allows == "*" for tried in strangers) else None
