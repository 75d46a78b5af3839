"""The experiment: which origins a server allows, then which methods and headers. Each answer decides what is worth asking next.

The controls come first: an origin that no server can know, the server's own, and those that it should allow. Where any origin
is allowed, there is nothing to derive. Where none is, imitations of the allowed ones are pointless.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from corsdoctor.audit.candidates import (
    ANYWHERE,
    NULL,
    RARELY,
    STRANGER,
    WITHOUT_TLS,
    Candidate,
    Trick,
    any_name,
    anywhere_on,
    beginning_with,
    contained,
    hosted_alike,
    imitations,
    in_turn,
    named,
    rare_imitations,
    related,
    unrelated,
)
from corsdoctor.audit.elsewhere import look_elsewhere, url_at
from corsdoctor.audit.explored import Asked, Explored, Look, LookAt, Target, Tried
from corsdoctor.audit.sender import Sender, Stopped
from corsdoctor.audit.weaknesses import BY_TRICK, LOCALHOST, implied
from corsdoctor.fetch.headers import ACAO
from corsdoctor.host import ip_address, is_loopback, is_private_suffix, registrable_domain
from corsdoctor.scenario import Scenario
from corsdoctor.url import Origin, parse_origin
from corsdoctor.wire import Answer, FailureKind, Headers, Kind, NoAnswer, Response, Send, WireRequest

BUDGET: Final = 40
"""Requests for one URL."""
MOST_BASES: Final = 3
METHODS: Final = ("PUT", "DELETE")
_RESERVED: Final = 11
"""Requests that are kept for what follows the origins."""
_MOST_TIMEOUTS: Final = 4
_TELLS: Final = {Trick.PREFIX: Trick.AROUND, Trick.HYPHEN: Trick.CHARACTER}
"""A server that refuses the second refuses the first too."""
_DROPPED: Final = (FailureKind.RESET, FailureKind.TIMEOUT, FailureKind.LENGTH, FailureKind.NOT_HTTP)
"""How a firewall may drop a request although the server is reachable."""


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
    return run.explored._replace(left=len(run.worth_a_try()), sent=run.sender.sent)


class _Experiment:
    def __init__(self, target: Target, asked: Scenario, send: Send, budget: int, secrets_for_all: bool) -> None:
        self._target, self._asked = target, asked
        self.sender = Sender(target, asked, send, budget, secrets_for_all)
        self._seen = set[Origin]()
        self._open: list[Candidate] = []
        self._cookie = self._by_preflight = False
        self.explored = Explored(target)

    def run(self) -> None:
        if not self._try_controls():
            return
        self._try_without_origin()
        self._try_with_cookie()
        self._try(NULL)
        self._try_other_strangers()
        self._try_to_post()
        if self.explored.any_origin != "reflected" and not self._by_preflight:
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

        Where the stranger is refused, the one on http comes with a cookie, which shows two differences at once. There is no stranger if
        that is the user's own origin.
        """
        stranger = next(iter(self.explored.of(Trick.STRANGER)), None)
        if stranger is None:
            return
        with_cookie = self.sender.tried(STRANGER if stranger.readers else WITHOUT_TLS, self._asked.url, cookie=True)
        if not stranger.readers:
            self._seen.add(WITHOUT_TLS.origin)
            self._add(with_cookie)
            if with_cookie.readers:
                self._add(self.sender.tried(STRANGER, self._asked.url, cookie=True))
            elif self._needs_cookie():
                self._start_again_with_cookie()
        elif with_cookie.with_credentials and not stranger.with_credentials:
            self._add(with_cookie)
        elif stranger.with_credentials and not with_cookie.with_credentials and with_cookie.status == stranger.status:
            self._start_again_with_cookie()

    def _needs_cookie(self) -> bool:
        """Whether the server refuses the origins that it should allow, but not if the request has a cookie."""
        trusted = self.explored.of(Trick.TRUSTED)
        if not trusted or any(tried.readers for tried in trusted):
            return False
        return bool(self.sender.tried(trusted[0].candidate, self._asked.url, cookie=True).readers)

    def _start_again_with_cookie(self) -> None:
        """All further tries have a cookie."""
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
        anywhere = [one for one in self._anywhere() if one.trick is Trick.LOCALHOST or not refuses_all]
        imitated = in_turn(map(imitations, bases)), in_turn(map(rare_imitations, bases))
        self._open = [*imitated[0], *anywhere, *imitated[1], *(() if refuses_all else RARELY)]
        self._try_open(_RESERVED)
        for base in bases:
            allowed = {
                tried.candidate.trick
                for tried in self.explored.tried
                if tried.granted and tried.candidate.base == str(base)
            }
            if {Trick.PREFIX, Trick.SUFFIX} <= allowed:
                self._try(contained(base))
            if (
                Trick.SUFFIX in allowed
                and registrable_domain(base.host) is not None
                and not is_private_suffix(base.host)
            ):
                self._try(any_name(base))
        self._try_beyond_local()

    def _try_beyond_local(self) -> None:
        """How much of an allowed origin the server compares, if that is on this machine, in a local network or an IP address."""
        for tried in self._answers():
            origin, trick = tried.candidate.origin, tried.candidate.trick
            local = trick in (Trick.LOCALHOST, Trick.PRIVATE)
            if tried.granted and (local or trick is Trick.TRUSTED):
                if local:
                    self._try(beginning_with(origin))
                if ip_address(origin.host) is not None:
                    self._try(anywhere_on(origin))

    def _try_open(self, reserved: int) -> None:
        """The candidates that are left, as far as the budget goes but for `reserved` requests."""
        while self.sender.left > reserved and (worth := self.worth_a_try()):
            self._try(worth[0])

    def worth_a_try(self) -> list[Candidate]:
        """The candidates that were not tried and can still show something."""
        local = any(is_loopback(origin.host) for origin in self._target.trusted)
        allowed = [one.candidate.trick for one in self._answers() if one.granted]
        found = [trick for trick in allowed if trick in BY_TRICK and trick is not Trick.STRANGER]
        known = {BY_TRICK[trick] for trick in found} | implied(found) | ({LOCALHOST} if local else set())
        refused = {(one.candidate.trick, one.candidate.base) for one in self._answers() if not one.granted}
        return [
            one for one in self._open
            if one.origin not in self._seen and BY_TRICK[one.trick] not in known and not self.explored.allows_any_name(one)
            and (_TELLS.get(one.trick), one.base) not in refused
        ]  # fmt: skip

    def _answers(self) -> tuple[Tried | Asked, ...]:
        """What shows which origins are allowed: the GET requests, or the preflight requests if no GET is allowed."""
        return self.explored.asked if self._by_preflight else self.explored.tried

    def _bases(self) -> list[Origin]:
        """The origins that the server allows by name, whoever asks."""
        names = [
            parse_origin(tried.allows)
            for tried in self.explored.tried
            if tried.allows is not None and tried.candidate.trick is not Trick.STRANGER
        ]
        return list(dict.fromkeys(origin for origin in names if origin is not None and not origin.opaque))[:MOST_BASES]

    def _try(self, candidate: Candidate) -> None:
        """A GET from this origin, or a preflight request if those show more, unless it has been sent."""
        if candidate.origin in self._seen:
            return
        self._seen.add(candidate.origin)
        if self._by_preflight:
            self._ask_to_post(candidate)
        else:
            self._add(self.sender.tried(candidate, self._asked.url, cookie=self._cookie))

    def _add(self, tried: Tried) -> None:
        self.explored = self.explored._replace(tried=(*self.explored.tried, tried))
        self._stop_if_stalled()

    def _stop_if_stalled(self) -> None:
        exchanges = [*(one.exchange for one in self.explored.tried), *(one.exchange for one in self.explored.asked)]
        answers = [exchange.answer for exchange in exchanges]
        timeouts = [one for one in answers if isinstance(one, NoAnswer) and one.kind is FailureKind.TIMEOUT]
        if len(timeouts) >= _MOST_TIMEOUTS:
            self.explored = self.explored._replace(stalled=True)
            raise Stopped

    def _try_without_origin(self) -> None:
        self.explored = self.explored._replace(plain=self.sender.without_origin())

    def _ask_for_methods(self) -> None:
        """Preflight requests from an origin that is allowed, if there is one, and from one that is not.

        That begins and ends like an allowed one, if there is one to imitate, so that it shows more than the stranger.
        """
        readers = sorted((one for one in self.explored.tried if one.readers), key=lambda one: not one.granted)
        if not readers and not self._target.trusted:
            self._ask_to_post(STRANGER)
        granted = [one.candidate for one in self.explored.for_post if one.granted]
        allowed = readers[0].candidate if readers else (*granted, STRANGER)[0]
        refused = next((one.candidate for one in self.explored.of(Trick.AROUND) if not one.readers), STRANGER)
        self._ask_for(allowed)
        if refused != allowed:
            self._ask_for(refused)
        if refused != STRANGER and self.explored.asked[-1].named:
            self._ask_for(STRANGER)

    def _try_to_post(self) -> None:
        """Where no response to GET allows an origin, but a preflight response for POST does: tries the others by such requests.

        The URL may take nothing but POST, and no POST is sent.
        """
        if any(one.readers for one in self.explored.tried):
            return
        trusted = [Candidate(Trick.TRUSTED, origin) for origin in self._target.trusted[:MOST_BASES]]
        bases = [candidate.origin for candidate in trusted if self._ask_to_post(candidate).granted]
        if not bases or self._ask_to_post(STRANGER).granted:
            return
        self._by_preflight, self._seen = True, {one.candidate.origin for one in self.explored.asked}
        likely, rare = in_turn(map(imitations, bases)), in_turn(map(rare_imitations, bases))
        self._open = [NULL, *likely, *self._anywhere(), *rare, *RARELY]
        self._try_open(_RESERVED)
        self._try_beyond_local()

    def _anywhere(self) -> list[Candidate]:
        """What lists of allowed origins often have, and customers of the hosting service that the server uses."""
        responses = [tried.response.headers for tried in self.explored.tried if tried.response is not None]
        return [*hosted_alike(self._target.url.host, responses), *ANYWHERE]

    def _ask_to_post(self, candidate: Candidate) -> Asked:
        """A preflight request for POST."""
        asked = self.sender.asked_for(candidate, "POST")
        self.explored = self.explored._replace(asked=(*self.explored.asked, asked))
        self._stop_if_stalled()
        return asked

    def _ask_for(self, candidate: Candidate) -> None:
        """A preflight request for a method, and for another one if the response lists just that."""
        for method in METHODS:
            asked = self.sender.asked_for(candidate, method)
            self.explored = self.explored._replace(asked=(*self.explored.asked, asked))
            if not asked.echoes:
                break

    def _look(self, place: LookAt, candidate: Candidate) -> Look | None:
        """A GET beside the URL, None if there is no such place, or if a cookie that decides may not go there."""
        url = url_at(place, self.explored)
        if url is None or (self._cookie and place is LookAt.OTHER_SCHEME):
            return None
        tried = self.sender.tried(candidate, url, cookie=self._cookie, secrets=place is not LookAt.WITHOUT_LOGIN)
        look = Look(place, tried)
        self.explored = self.explored._replace(looks=(*self.explored.looks, look))
        return look


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
