"""The search for the smallest change of the answers with which the same replay passes in all browsers asked.

The rules know their own remedies: the remedy of the step that failed is applied to the answer that it judged, and the
whole is replayed, until nothing fails: so no line is there that no step asked for. Nothing here knows a rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from corsdoctor.browsers.profile import Profile
from corsdoctor.causes.before_headers import OTHER_SPELLING, comes_first
from corsdoctor.causes.cors_layers import REFUSED
from corsdoctor.causes.investigate import causes_of, of_response
from corsdoctor.cure.answers import Answers
from corsdoctor.cure.change import VARY, Change
from corsdoctor.cure.right_spelling import rightly_spelled
from corsdoctor.diagnose import Diagnosis, Verdict, diagnose
from corsdoctor.fetch.headers import (
    ACAO,
    ACEH,
    ACMA,
    REDIRECT_STATUSES,
    STATUS,
    listed_values,
    max_age_of,
)
from corsdoctor.policy import ANY, MAX_AGE
from corsdoctor.recorded import Key, key_of
from corsdoctor.rule import Cause, Step, next_step
from corsdoctor.scenario import Credentials, Scenario
from corsdoctor.wire import Exchange, Kind


@dataclass(frozen=True, slots=True)
class Obstacle:
    """The step that no change of a response fixes, and the browsers in which it fails.

    `first` is the id of the cause that must be removed before headers help, None if they never do.
    """

    step: Step
    diagnoses: tuple[Diagnosis, ...]
    first: str | None = None
    advice: str = ""

    @property
    def next(self) -> str:
        """What to do about it."""
        return self.advice or next_step(self.step)


@dataclass(frozen=True, slots=True)
class Found:
    """Changes with which `proof`, a replay in each browser, is allowed (or opaque)."""

    changes: tuple[Change, ...]
    proof: tuple[Diagnosis, ...]


def search(
    scenario: Scenario,
    profiles: Iterable[Profile],
    answers: Answers,
    expose: Iterable[str] = (),
    *,
    public: bool = False,
) -> Found | Obstacle:
    """The smallest change of the recorded answers with which `scenario` passes in all `profiles`, or why there is none.

    `expose` are names of response headers that the script is to read. With `public`, for a request without credentials,
    every page may read the answers.
    """
    searching = _Search(scenario, tuple(profiles), answers, public=public)
    obstacle = searching.solve()
    if obstacle is not None:
        return obstacle
    searching.remember_preflights()
    searching.expose(expose)
    return Found(tuple(searching.changes()), searching.replay())


def needed(diagnoses: tuple[Diagnosis, ...], probed: Iterable[Exchange] = ()) -> tuple[Change, ...]:
    """What the responses must have so that no browser blocks the request; nothing if no change of them helps."""
    scenario = diagnoses[0].scenario
    answers = Answers(diagnoses, scenario.api, None, probed)
    searching = _Search(scenario, tuple(d.profile for d in diagnoses), answers)
    obstacle = searching.solve()
    if obstacle is None:
        return tuple(searching.changes())
    there = rightly_spelled(diagnoses, answers) if obstacle.first in OTHER_SPELLING else ()
    return needed(there) if any(d.verdict is Verdict.BLOCKED for d in there) else ()


class _Search:
    def __init__(
        self, scenario: Scenario, profiles: tuple[Profile, ...], answers: Answers, *, public: bool = False
    ) -> None:
        self.scenario, self.profiles, self.answers, self.public = scenario, profiles, answers, public
        self.edits: dict[Key, dict[str, str]] = {}

    def replay(self) -> tuple[Diagnosis, ...]:
        return tuple(diagnose(self.scenario, p, self.answers.sending(self.edits)) for p in self.profiles)

    def solve(self) -> Obstacle | None:
        """Applies remedies until all pass; the step that has none, or whose remedy doesn't help.

        It ends: a remedy names the one value of a header that the rule takes, or a list that is longer than before.
        """
        while failed := [d for d in self.replay() if d.failure is not None]:
            step, first = self.answers.with_cause(failed[0]), self._first(failed[0])
            lines, remedy = self._lines(step, failed[0].exchanges), self._remedy(step)
            if first is not None or lines is None or all(lines.get(name) == value for name, value in remedy):
                if first is None:
                    same = tuple(d for d in failed if d.failure is not None and d.failure.rule is step.rule)
                    return Obstacle(step, same)
                same = tuple(d for d in failed if (other := self._first(d)) is not None and other.id == first.id)
                return Obstacle(step._replace(cause=first), same, first.id)
            lines.update(remedy)
        return self._not_the_response()

    def _first(self, failed: Diagnosis) -> Cause | None:
        """What must be removed first, as in before_headers.py."""
        step = self.answers.with_cause(failed)
        judged = None if step.exchange is None else failed.exchanges[step.exchange]
        first = comes_first(causes_of(step, failed), judged)
        return None if first is None or self._may_follow(first) else first

    def _may_follow(self, first: Cause) -> bool:
        """Whether the URL is missing perhaps only because the server's CORS layer refused the request."""
        known = self.answers.blocked[0].failure if self.answers.blocked else None
        return first.id == "not-found" and known is not None and known.cause is not None and known.cause.id in REFUSED

    def _not_the_response(self) -> Obstacle | None:
        """Why a response that would now pass is not the one that the script wants: a login page may have status 200."""
        blocked = self.answers.blocked
        for diagnosis in self.replay() if blocked else ():
            for at, exchange in enumerate(diagnosis.exchanges):
                if not self._would_pass(exchange):
                    continue
                first = comes_first(of_response(diagnosis, at), exchange)
                failure = blocked[0].failure
                if first is not None and failure is not None and not self._may_follow(first):
                    return Obstacle(failure._replace(cause=first, other_causes=()), blocked, first.id)
        return None

    def _would_pass(self, exchange: Exchange) -> bool:
        """Whether it is the request itself, not redirected, and its response is good or would be made readable."""
        if exchange.is_preflight or exchange.response is None or exchange.response.status in REDIRECT_STATUSES:
            return False
        return exchange.response.status < 400 or bool(self.edits.get(key_of(exchange.kind, exchange.request)))

    def _lines(self, step: Step, exchanges: tuple[Exchange, ...]) -> dict[str, str] | None:
        """What is edited in the answer that `step` judged; None if it judged a request before sending."""
        if step.exchange is None:
            return None
        judged = exchanges[step.exchange]
        return self.edits.setdefault(key_of(judged.kind, judged.request), {})

    def _remedy(self, step: Step) -> tuple[tuple[str, str], ...]:
        """What the rule says; for a public policy `*` where it is about the origin."""
        about_origin = any(label == ACAO for label, _ in step.evidence)
        return ((ACAO, ANY),) if self.public and about_origin else step.remedy

    def remember_preflights(self) -> None:
        """A preflight's answer that must change anyhow says how long it may be remembered."""
        for key, lines in self.edits.items():
            before = self.answers.first(key)
            known = before is not None and max_age_of(before.headers) is not None
            if lines and key[0] is Kind.PREFLIGHT and not known:
                lines[ACMA] = str(MAX_AGE)

    def expose(self, names: Iterable[str]) -> None:
        """Has the last answer show `names` to the script."""
        exchanges = self.replay()[0].exchanges
        if not exchanges or exchanges[-1].response is None:  # a data: URL
            return
        last, response = exchanges[-1], exchanges[-1].response
        shown = listed_values(ACEH, response.headers)
        lower = {name.lower() for name in shown}
        if "*" in shown and self.scenario.credentials is not Credentials.INCLUDE:
            return
        missing = [name for name in names if name.lower() not in lower]
        if missing:
            value = ", ".join([name for name in shown if name != "*"] + missing)
            self.edits.setdefault(key_of(last.kind, last.request), {})[ACEH] = value

    def changes(self) -> Iterator[Change]:
        """In the order in which the answers are asked for."""
        asked = (key_of(e.kind, e.request) for d in self.replay() for e in d.exchanges)
        for key in dict.fromkeys(asked):
            lines = self.edits.get(key)
            if lines:
                kind, method, url = key
                yield Change(kind, method, url, self.answers.first(key), _ordered(lines))


def _ordered(lines: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """The status first, Vary last, and between them as they were needed."""
    return tuple(sorted(lines.items(), key=lambda line: (line[0] != STATUS, line[0] in (VARY, ACMA), line[0] == VARY)))
