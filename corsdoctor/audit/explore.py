"""The experiment: which origins a server allows, then which methods and headers. Each answer decides what is worth asking next.

The controls come first: an origin that no server can know, the server's own, and those that it should allow. Where any origin
is allowed, there is nothing to derive. Where none is, imitations of the allowed ones are pointless.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from corsdoctor.audit.candidates import (
    ANYWHERE,
    NULL,
    RARELY,
    STRANGER,
    WITHOUT_TLS,
    Candidate,
    Trick,
    anywhere_on,
    beginning_with,
    contained,
    imitations,
    in_turn,
    named,
    rare_imitations,
    related,
    unrelated,
)
from corsdoctor.audit.elsewhere import look_elsewhere, other_scheme, url_at
from corsdoctor.audit.explored import Asked, Explored, Look, Place, Target, Tried
from corsdoctor.audit.hosts import browsers_with
from corsdoctor.audit.requests_of_pages import bare, from_page, plain_request, with_tls
from corsdoctor.audit.weaknesses import BY_TRICK, LOCALHOST, implied
from corsdoctor.browsers import by_name
from corsdoctor.diagnose import Memo, Verdict, diagnose, shared, withholding
from corsdoctor.egress import Ask
from corsdoctor.fetch.headers import ACAO
from corsdoctor.host import ip_address, is_loopback
from corsdoctor.scenario import Credentials, Scenario
from corsdoctor.url import Origin, parse, parse_origin, same_origin
from corsdoctor.wire import (
    Answer,
    Exchange,
    FailureKind,
    Headers,
    Kind,
    NoAnswer,
    Response,
    Send,
    WireRequest,
    Withheld,
)

BUDGET: Final = 40
"""Requests for one URL."""
MOST_BASES: Final = 3
METHODS: Final = ("PUT", "DELETE")
HEADER: Final = "x-corsdoctor"
"""A request header that no server knows."""
_RESERVED: Final = 11
"""Requests that are kept for what follows the origins."""
_MOST_TIMEOUTS: Final = 4
_DROPPED: Final = (FailureKind.RESET, FailureKind.TIMEOUT, FailureKind.LENGTH, FailureKind.NOT_HTTP)
"""How a firewall may drop a request although the server is reachable."""


class Stopped(Exception):
    """No further request is sent: the budget is spent, or the server answers no more."""


def explore(
    target: Target, asked: Scenario, send: Send, *, budget: int = BUDGET, secrets_for_all: bool = False
) -> Explored:
    """What at most `budget` requests to `target` show.

    `asked` has the headers and the cookie of each request; an origin that is not trusted gets them only with
    `secrets_for_all`. `send` answers the requests.
    """
    run = _Experiment(target, asked, send, budget, secrets_for_all)
    with suppress(Stopped):
        run.run()
    return run.explored._replace(left=len(run.worth_a_try()))


class _Experiment:
    def __init__(self, target: Target, asked: Scenario, send: Send, budget: int, secrets_for_all: bool) -> None:
        self._target, self._asked, self._secrets_for_all = target, asked, secrets_for_all
        self._ask, self._left = Ask(asked, send), budget
        self._memo: Memo = {}
        self._plain: dict[tuple[str, bool], WireRequest] = {}
        self._seen = set[Origin]()
        self._open: list[Candidate] = []
        self._cookie = False
        self.explored = Explored(target)

    def run(self) -> None:
        if not self._try_controls():
            return
        self._try_without_origin()
        self._try_with_cookie()
        self._try(NULL)
        self._try_other_strangers()
        if self.explored.any_origin is None:
            self._try_imitations()
        self._ask_for_methods()
        look_elsewhere(self.explored, self._asked, self._look)
        self._try_open(1)
        self._try_beyond_local()
        self._try_open(0)

    def _try_controls(self) -> bool:
        """The stranger, the server itself and those that it should allow. False if it is pointless to go on."""
        own = Candidate(Trick.OWN, self._target.url.origin)
        trusted = [Candidate(Trick.TRUSTED, origin) for origin in self._target.trusted]
        controls = {candidate.origin: candidate for candidate in (STRANGER, own, *trusted)}
        for candidate in controls.values():
            self._try(candidate)
            if self._is_dead(len(controls)):
                return False
        return True

    def _is_dead(self, controls: int) -> bool:
        """Whether nothing was answered, and it is pointless to go on: a firewall may drop what comes from a stranger.

        `controls` is how many origins are tried before anything else.
        """
        tried = self.explored.tried
        failures = [one.exchange.answer for one in tried if isinstance(one.exchange.answer, NoAnswer)]
        dropped = all(failure.kind in _DROPPED for failure in failures)
        return not self.explored.answered and (not dropped or len(tried) >= min(3, controls))

    def _try_with_cookie(self) -> None:
        """Whether the server answers a stranger's request with a cookie otherwise: with less, all tries have one from then on.

        Where the stranger is refused, the one on http comes with a cookie, which shows two differences at once.
        """
        [stranger] = self.explored.of(Trick.STRANGER)
        with_cookie = self._tried(STRANGER if stranger.readers else WITHOUT_TLS, self._asked.url, cookie=True)
        if not stranger.readers:
            self._seen.add(WITHOUT_TLS.origin)
            self._add(with_cookie)
            if with_cookie.readers:
                self._add(self._tried(STRANGER, self._asked.url, cookie=True))
        elif with_cookie.with_credentials and not stranger.with_credentials:
            self._add(with_cookie)
        elif stranger.with_credentials and not with_cookie.with_credentials and with_cookie.status == stranger.status:
            self._cookie = True
            self._seen.clear()
            self.explored = self.explored._replace(tried=(), cookieless=self.explored.tried)
            self._try_controls()

    def _try_other_strangers(self) -> None:
        """What shows whether every origin is allowed: on http, and with a name that has nothing in common."""
        if not any(tried.readers for tried in self.explored.of(Trick.STRANGER)):
            self._try(WITHOUT_TLS)
        allowed = next((tried for tried in self.explored.of(Trick.STRANGER) if tried.named), None)
        if allowed is not None:
            self._try(unrelated(allowed.candidate.origin))

    def _try_imitations(self) -> None:
        bases = self._bases()
        if not bases and not self._target.trusted:
            for candidate in related(self._target.url.origin):
                self._try(candidate)
            bases = self._bases()
        known = (self._target.url.origin, *self._target.trusted)
        for origin in bases:
            if origin not in known:
                self._try(named(origin))
        answers = {tried.allows for tried in self.explored.tried}
        if len(answers) == 1 and answers != {None}:
            return  # whoever asks, the response is the same
        refuses_all = answers == {None} and self._target.trusted
        anywhere = [one for one in ANYWHERE if one.trick is Trick.LOCALHOST or not refuses_all]
        imitated = in_turn(map(imitations, bases)), in_turn(map(rare_imitations, bases))
        self._open = [*imitated[0], *anywhere, *imitated[1], *(() if refuses_all else RARELY)]
        self._try_open(_RESERVED)
        for base in bases:
            allowed = {
                tried.candidate.trick
                for tried in self.explored.tried
                if tried.readers and tried.candidate.base == str(base)
            }
            if {Trick.PREFIX, Trick.SUFFIX} <= allowed:
                self._try(contained(base))
        self._try_beyond_local()

    def _try_beyond_local(self) -> None:
        """How much of an allowed origin the server compares, if that is on this machine, in a local network or an IP address."""
        local = [*self.explored.of(Trick.LOCALHOST), *self.explored.of(Trick.PRIVATE)]
        for tried in (*local, *self.explored.of(Trick.TRUSTED)):
            if tried.readers:
                origin = tried.candidate.origin
                if tried in local:
                    self._try(beginning_with(origin))
                if ip_address(origin.host) is not None:
                    self._try(anywhere_on(origin))

    def _try_open(self, reserved: int) -> None:
        """The candidates that are left, as far as the budget goes but for `reserved` requests."""
        while self._left > reserved and (worth := self.worth_a_try()):
            self._try(worth[0])

    def worth_a_try(self) -> list[Candidate]:
        """The candidates that were not tried and can still show something."""
        local = any(is_loopback(origin.host) for origin in self._target.trusted)
        readers = [tried.candidate.trick for tried in self.explored.tried if tried.readers]
        found = [trick for trick in readers if trick in BY_TRICK and trick is not Trick.STRANGER]
        known = {BY_TRICK[trick] for trick in found} | implied(found) | ({LOCALHOST} if local else set())
        return [one for one in self._open if one.origin not in self._seen and BY_TRICK[one.trick] not in known]

    def _bases(self) -> list[Origin]:
        """The origins that the server allows by name, whoever asks."""
        names = [
            parse_origin(tried.allows)
            for tried in self.explored.tried
            if tried.allows is not None and tried.candidate.trick is not Trick.STRANGER
        ]
        return list(dict.fromkeys(origin for origin in names if origin is not None and not origin.opaque))[:MOST_BASES]

    def _try(self, candidate: Candidate) -> None:
        """A GET from this origin, unless there was one."""
        if candidate.origin in self._seen:
            return
        self._seen.add(candidate.origin)
        self._add(self._tried(candidate, self._asked.url, cookie=self._cookie))

    def _add(self, tried: Tried) -> None:
        self.explored = self.explored._replace(tried=(*self.explored.tried, tried))
        timeouts = [
            one for one in self.explored.tried
            if isinstance(one.exchange.answer, NoAnswer) and one.exchange.answer.kind is FailureKind.TIMEOUT
        ]  # fmt: skip
        if len(timeouts) >= _MOST_TIMEOUTS:
            self.explored = self.explored._replace(stalled=True)
            raise Stopped

    def _try_without_origin(self) -> None:
        request = self._request(self._asked.url, trusted=False)
        plain = Exchange(Kind.ACTUAL, request, self._answer(Kind.ACTUAL, request))
        self.explored = self.explored._replace(plain=plain)

    def _ask_for_methods(self) -> None:
        """Preflight requests from an origin that is allowed, if there is one, and from the stranger."""
        allowed = next((tried.candidate for tried in self.explored.tried if tried.readers), STRANGER)
        for candidate in dict.fromkeys((allowed, STRANGER)):
            for method in METHODS:
                asked = self._asked_for(candidate, method)
                self.explored = self.explored._replace(asked=(*self.explored.asked, asked))
                if not asked.echoes:
                    break

    def _look(self, place: Place, candidate: Candidate) -> Look | None:
        """A GET beside the URL, None if there is no such place, or if a cookie that decides may not go there."""
        url = url_at(place, self._target.url)
        if url is None or (self._cookie and place is Place.OTHER_SCHEME):
            return None
        tried = self._tried(candidate, url, cookie=self._cookie, secrets=place is not Place.WITHOUT_LOGIN)
        look = Look(place, tried)
        self.explored = self.explored._replace(looks=(*self.explored.looks, look))
        return look

    # --- what is sent, and what browsers make of it

    def _tried(self, candidate: Candidate, url: str, *, cookie: bool = False, secrets: bool = True) -> Tried:
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

    def _asked_for(self, candidate: Candidate, method: str) -> Asked:
        asked = self._scenario(
            candidate,
            secrets=self._may_have_secrets(candidate),
            url=with_tls(self._asked.url),
            method=method,
            headers=((HEADER, "1"),),
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
        if not self._left:
            raise Stopped
        self._left -= 1
        self.explored = self.explored._replace(sent=self.explored.sent + 1)
        return self._ask.probe(kind, request)


def planned(target: Target, asked: Scenario, *, budget: int = BUDGET) -> tuple[WireRequest, ...]:
    """The requests that `explore` would send to a server that allows the trusted origins, or its own."""
    sent: list[WireRequest] = []
    allowed = {str(origin) for origin in target.trusted or (target.url.origin,)}

    def answer(_: Kind, request: WireRequest) -> Answer:
        sent.append(request)
        origin = request.headers.get("Origin") or ""
        return Response(200, Headers(((ACAO, origin),) if origin in allowed else ()))

    explore(target, asked, answer, budget=budget)
    return tuple(sent)
