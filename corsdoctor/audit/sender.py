"""Sends the requests of an experiment, and replays each answer in every browser in which a page can have the origin."""

from __future__ import annotations

from typing import Any, Final

from corsdoctor.audit.candidates import Candidate, Trick
from corsdoctor.audit.elsewhere import other_scheme
from corsdoctor.audit.explored import Asked, Target, Tried
from corsdoctor.audit.requests_of_pages import bare, from_page, plain_request, with_tls
from corsdoctor.browsers import by_name
from corsdoctor.browsers.hosts import browsers_with
from corsdoctor.diagnose import Memo, Verdict, diagnose, shared, withholding
from corsdoctor.egress import Ask
from corsdoctor.scenario import Credentials, Scenario
from corsdoctor.url import parse, same_origin
from corsdoctor.wire import Answer, Exchange, Kind, Send, WireRequest, Withheld

HEADER: Final = "x-corsdoctor"
"""A request header that no server knows."""
JSON: Final = ("content-type", "application/json")
"""What most endpoints that take only POST expect."""


class Stopped(Exception):
    """No further request is sent: the budget is spent, or the server answers no more."""


class Sender:
    """Sends at most `budget` requests by `send`. `sent` counts them, `left` those that may follow; one that was sent before is free."""

    def __init__(self, target: Target, asked: Scenario, send: Send, budget: int, secrets_for_all: bool) -> None:
        self._target, self._asked, self._secrets_for_all = target, asked, secrets_for_all
        self._ask, self.left, self.sent = Ask(asked, send), budget, 0
        self._memo: Memo = {}
        self._plain: dict[tuple[str, bool], WireRequest] = {}

    def without_origin(self) -> Exchange:
        """A GET without Origin and without secrets."""
        request = self._request(self._asked.url, trusted=False)
        return Exchange(Kind.ACTUAL, request, self._answer(Kind.ACTUAL, request))

    def tried(self, candidate: Candidate, url: str, *, cookie: bool = False, secrets: bool = True) -> Tried:
        """A GET of `url` from this origin. `cookie` says whether it has one, `secrets` whether the user's headers and cookies may go with
        it.
        """
        secrets = secrets and self._may_have_secrets(candidate)
        request = self._request(url, trusted=secrets)
        request = from_page(request, candidate.origin, cookie=cookie)
        exchange = Exchange(Kind.ACTUAL, request, self._answer(Kind.ACTUAL, request))

        def answer(kind: Kind, sent: WireRequest) -> Answer:
            first = (kind, sent.url) == (Kind.ACTUAL, with_tls(request.url))
            return exchange.answer if first else self._answer(kind, sent._replace(url=self._named(sent.url)))

        def readers(credentials: Credentials) -> tuple[str, ...]:
            if candidate.trick is Trick.OWN:
                return ()  # CORS does not apply
            asked = self._scenario(candidate, secrets=secrets, url=with_tls(url), credentials=credentials)
            return tuple(
                n
                for n in browsers_with(candidate.origin)
                if diagnose(asked, by_name(n), answer, console=False).verdict is Verdict.ALLOWED
            )

        without = readers(Credentials.OMIT)
        leads_on = exchange.response is not None and "Location" in exchange.response.headers
        # a response that cannot be read without credentials cannot be read with them: that takes the same headers and more
        return Tried(candidate, exchange, without, readers(Credentials.INCLUDE) if without or leads_on else ())

    def asked_for(self, candidate: Candidate, method: str) -> Asked:
        """A preflight request for a method from this origin: with a header of its own, or for POST with that of JSON."""
        asked = self._scenario(
            candidate,
            secrets=self._may_have_secrets(candidate),
            url=with_tls(self._asked.url),
            method=method,
            headers=(JSON if method == "POST" else (HEADER, "1"),),
            credentials=Credentials.INCLUDE,
        )
        sending = withholding(
            lambda kind, sent: self._answer(kind, sent._replace(url=self._named(sent.url))), preflight_only=True
        )
        made = [diagnose(asked, by_name(name), sending, console=False) for name in browsers_with(candidate.origin)]
        exchange = next(e for d in made for e in d.exchanges)
        exchange = exchange._replace(request=exchange.request._replace(url=self._named(exchange.request.url)))
        return Asked(candidate, exchange, tuple(d.profile.name for d in made if d.verdict is Verdict.UNSENT))

    def _named(self, url: str) -> str:
        """A URL that was judged, with the scheme and the port that the user named."""
        judged = parse(url)
        if judged is None or judged.host != self._target.url.host:
            return url
        return f"{self._target.url.origin}{judged.on_the_wire[len(str(judged.origin)) :]}"

    def _scenario(self, candidate: Candidate, *, secrets: bool, **fields: Any) -> Scenario:
        made = self._asked if secrets else bare(self._asked)
        return made._replace(origin=candidate.origin, **fields)

    def _may_have_secrets(self, candidate: Candidate) -> bool:
        return self._secrets_for_all or candidate.trick in (Trick.OWN, Trick.TRUSTED)

    def _request(self, url: str, *, trusted: bool) -> WireRequest:
        """The GET that a page of the server itself sends."""
        if (url, trusted) not in self._plain:
            request = plain_request(self._asked if trusted else bare(self._asked), url)
            assert request is not None  # the user's URL was looked at before
            other = other_scheme(self._target.url)
            self._plain[url, trusted] = request._replace(url=url if url == other else self._named(request.url))
        return self._plain[url, trusted]

    def _answer(self, kind: Kind, request: WireRequest) -> Answer:
        """The answer to `request`, which is sent once, and only to the target or to its URL with the other scheme."""
        reached = parse(request.url)
        elsewhere = reached is None or not same_origin(reached.origin, self._target.url.origin)
        if elsewhere and request.url != other_scheme(self._target.url):
            return Withheld("it leads to another origin, which is not examined")
        return shared(self._counted, self._memo)(kind, request)

    def _counted(self, kind: Kind, request: WireRequest) -> Answer:
        if not self.left:
            raise Stopped
        self.left -= 1
        self.sent += 1
        return self._ask.probe(kind, request)
