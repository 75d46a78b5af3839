"""The cure: what a server must change so that a blocked request passes in every browser asked, proven by replaying.

    cure(diagnoses)  -> Cure

answers.py        the answers that a change is tried on
change.py         what must change in a response
search.py         the smallest change with which the replay passes
alternatives.py   what the page can do instead
excess_grants.py  what the server grants beyond what this request needs
right_spelling.py the request to the URL as the server spells it
cookies.py        the cookies that browsers lose
needed_policy.py  what the server must allow, as the proof shows
granted.py        what the server grants today, which the cure keeps
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from corsdoctor.causes.before_headers import OTHER_SPELLING, response_headers
from corsdoctor.causes.cors_layers import REFUSED
from corsdoctor.causes.investigate import is_unasked_page, with_final_url
from corsdoctor.causes.probe import Probe, ProbeKind
from corsdoctor.causes.probes import request_of
from corsdoctor.causes.situation import as_if_blocked, is_presigned
from corsdoctor.cure.alternatives import PROXY, alternatives
from corsdoctor.cure.alternatives import Alternative as Alternative
from corsdoctor.cure.answers import Answers
from corsdoctor.cure.change import Change as Change
from corsdoctor.cure.change import NotTried as NotTried
from corsdoctor.cure.cookies import LostCookie, lost_cookies
from corsdoctor.cure.excess_grants import ExcessGrant as ExcessGrant
from corsdoctor.cure.excess_grants import Place, Reflection, excess_grants, reflected
from corsdoctor.cure.granted import keeping, not_visible
from corsdoctor.cure.needed_policy import needed_policy
from corsdoctor.cure.right_spelling import as_probes, rightly_spelled
from corsdoctor.cure.search import Found, search
from corsdoctor.cure.search import Obstacle as Obstacle
from corsdoctor.diagnose import Diagnosis, Verdict, withholding
from corsdoctor.egress import Ask
from corsdoctor.fetch.headers import CORP
from corsdoctor.fetch.redirect import METHOD_CHANGES
from corsdoctor.policy import Policy
from corsdoctor.record import Record
from corsdoctor.recorded import key_of
from corsdoctor.rule import Field
from corsdoctor.wire import Exchange, Send, WireRequest

ANY_WEBSITE: Final = "Any website can read this response with the user's cookies."
ANY_WEBSITE_ELSEWHERE: Final = "The {place} allows every website, with the user's cookies."


@dataclass(frozen=True, slots=True)
class Cure:
    """What helps against the failure of one request.

    Without an obstacle, `changes` are what the responses must have; they are empty if nothing has to change.
    """

    changes: tuple[Change, ...]
    proof: tuple[Diagnosis, ...]
    """The replay with the changes, one diagnosis for each browser; empty if it proves nothing."""
    obstacle: Obstacle | None
    """The step that no change of a response can fix; then there are no changes and no proof."""
    policy: Policy | None
    """What the server must allow by CORS, and what it allows today; None if CORS decides nothing."""
    alternatives: tuple[Alternative, ...]
    """What the page can do instead."""
    excess_grants: tuple[ExcessGrant, ...]
    """What is allowed without need."""
    not_tried: tuple[NotTried, ...] = ()
    """The requests of the proof that were not sent, so that their responses are assumed."""
    kept: tuple[str, ...] = ()
    """What the policy allows only because the server allows it today."""
    unkept: tuple[str, ...] = ()
    """Sentences on what the server allows today and the policy cannot keep as it is."""
    hidden: tuple[str, ...] = ()
    """What else it may allow that is not visible from outside, such as "origins"."""
    reflection: Reflection | None = None
    """Set if the server allows any website."""
    mistaken: tuple[str, ...] = ()
    """Response headers that the script sets by mistake. The cure is for the request without them."""
    error_status: int | None = None
    """The status of an error response that the changes only make readable."""
    unasked_page: bool = False
    """Whether the script would get an HTML page that it did not ask for."""
    proxied: bool = False
    """Whether the page's own server forwards the request, so that no header is needed."""
    lost_method: tuple[str, str] | None = None
    """The status of a redirect that the changes allow, and the method that it changes to GET."""
    cookies: tuple[LostCookie, ...] = ()
    """The cookies that browsers lose."""
    url: str | None = None
    """The URL to request instead, as the server spells it, if it was tried. What else the cure says is about that URL."""

    @property
    def unseen(self) -> tuple[str, ...]:
        """Sentences on what the server may allow besides."""
        return (*self.unkept, *not_visible(self.hidden))

    @property
    def lines_outside_policy(self) -> tuple[tuple[str, str], ...]:
        """The lines of Content-Type and Cross-Origin-Resource-Policy, which are not CORS, and so not part of a policy."""
        lines = (line for change in self.changes for line in change.lines)
        return tuple(dict.fromkeys(line for line in lines if line[0] in ("Content-Type", CORP)))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What matters more than the request that is blocked."""
        allows = (
            (_of_reflection(self.reflection),) if self.reflection is not None and self.reflection.credentials else ()
        )
        return (*allows, *((_remove(self.mistaken),) if self.mistaken else ()))

    @property
    def needed(self) -> bool:
        """Whether a received response must change. An assumed one may be right already."""
        return self.obstacle is not None or any(change.response is not None for change in self.changes)


def cure(
    diagnoses: tuple[Diagnosis, ...],
    expose: Iterable[str] = (),
    *,
    public: bool = False,
    minimal: bool = False,
    ask: Send | None = None,
    survey: bool = True,
    probes: Iterable[Probe] = (),
) -> Cure:
    """The cure for one scenario as several browsers took it; `diagnoses` hold what the servers answered.

    `ask` sends what browsers would send once the first problem is fixed, and withholds what may change data. Without
    it answers that never came are taken for empty successes.

    `expose` are the names of the response headers that the script is to read. With `public` every page may read the
    answers, which a request with credentials can't have. With `minimal` the policy allows what the request needs alone.
    `survey` says whether to ask what else the server allows; `probes` may show it too.
    """
    wanted = _Wanted(tuple(expose), public, minimal, survey, tuple(probes))
    own = None if ask is None else Ask(diagnoses[0].scenario, ask)
    found = _cure(diagnoses, own, wanted)
    if found.obstacle is not None:
        found = _cure_at_right_spelling(found, found.obstacle, diagnoses, own, wanted)
    return replace(found, cookies=lost_cookies(diagnoses))


class _Wanted(Record):
    """The arguments of `cure` that hold for each spelling of the URL."""

    expose: tuple[str, ...]
    public: bool
    minimal: bool
    survey: bool
    probes: tuple[Probe, ...]

    @property
    def tries(self) -> Iterator[Exchange]:
        """What the probes of the final URL exchanged."""
        return (probe.exchange for probe in self.probes if probe.kind is ProbeKind.FINAL_URL)


def _cure_at_right_spelling(
    found: Cure, obstacle: Obstacle, diagnoses: tuple[Diagnosis, ...], own: Ask | None, wanted: _Wanted
) -> Cure:
    """The cure for the URL as the server spells it, if the spelling is the `obstacle` of the cure that was found."""
    cause = obstacle.step.cause
    if cause is None or obstacle.first not in OTHER_SPELLING:
        return found
    harmless = None if own is None else Ask(own.asked, withholding(own.send))
    there = rightly_spelled(diagnoses, Answers(diagnoses, diagnoses[0].scenario.api, harmless, wanted.tries))
    if not there:
        return found
    url = there[0].scenario.url
    if any(d.verdict is Verdict.BLOCKED for d in there):
        cure_there = _cure(there, harmless, wanted)
        if cure_there.obstacle is None:
            return replace(cure_there, url=url)
    told = with_final_url(cause, obstacle.diagnoses[0], as_probes(there))
    return replace(found, obstacle=replace(obstacle, step=obstacle.step._replace(cause=told)), url=url)


def _cure(diagnoses: tuple[Diagnosis, ...], own: Ask | None, wanted: _Wanted) -> Cure:
    """The cure for the URL as the script spells it."""
    expose, public = wanted.expose, wanted.public
    asked, profiles = diagnoses[0].scenario, tuple(d.profile for d in diagnoses)
    mistaken = response_headers(asked) if any(d.verdict is Verdict.BLOCKED for d in diagnoses) else ()
    scenario = asked._replace(headers=tuple((n, v) for n, v in asked.headers if n not in mistaken))
    answers = Answers(diagnoses, scenario.api, own, wanted.tries)
    found = search(scenario, profiles, answers, expose, public=public)
    if mistaken and isinstance(found, Found) and not found.changes:
        found = _only_the_script(diagnoses, mistaken)
    surveying = own if wanted.survey else None
    reflection = None if surveying is None or public else reflected(diagnoses, surveying)
    beyond = excess_grants(diagnoses, expose, public=public, reflection=reflection)
    if isinstance(found, Obstacle):
        ways = tuple(alternatives(diagnoses, profiles, answers, found))
        return Cure((), (), found, None, ways, beyond, reflection=reflection)
    policy = needed_policy(found, expose, public=public)
    kept: tuple[str, ...] = ()
    unkept: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    if policy is not None and not wanted.minimal:
        server = found.changes[0].url if found.changes else scenario.url
        of_probes = (probe.exchange for probe in wanted.probes)
        granted = keeping(
            policy, server, (*(e for d in diagnoses for e in d.exchanges), *answers.exchanges, *of_probes),
            surveying if found.changes else None, _get(diagnoses[0]), page=str(scenario.origin),
            every_origin=reflection is not None and not reflection.credentials,
        )  # fmt: skip
        policy, kept, unkept, hidden = granted.policy, granted.kept, granted.unkept, granted.hidden
    ways = tuple(alternatives(diagnoses, profiles, answers, found))
    cure = Cure(
        found.changes, found.proof, None, policy, ways, beyond, answers.not_tried(found.proof), kept, unkept, hidden,
        reflection, mistaken,
    )  # fmt: skip
    return _with_what_is_left(cure, found, diagnoses)


def _get(diagnosis: Diagnosis) -> WireRequest | None:
    """The GET that shows what a script may read of a request that was not sent; None if no GET is safe to send."""
    if not diagnosis.exchanges or is_presigned(diagnosis.scenario.url):
        return None
    return request_of(as_if_blocked(diagnosis, len(diagnosis.exchanges) - 1), ProbeKind.GET)[1]


def _with_what_is_left(cure: Cure, found: Found, diagnoses: tuple[Diagnosis, ...]) -> Cure:
    """`cure` with what it leaves wrong: an error page, a page nobody asked for, a lost method. Then the replay proves nothing."""
    error, not_tried = _error_page(found), cure.not_tried
    if error is not None and (refused := tuple(_refused(diagnoses, error))):
        error, not_tried = None, tuple(dict.fromkeys((*not_tried, *refused)))
    lost = _lost_method(found)
    page = bool(found.changes) and any(is_unasked_page(d, at) for d in found.proof for at, _ in enumerate(d.exchanges))
    proof = found.proof if error is None and lost is None and not page else ()
    return replace(cure, proof=proof, not_tried=not_tried, error_status=error, unasked_page=page, lost_method=lost)


def _only_the_script(diagnoses: tuple[Diagnosis, ...], mistaken: tuple[str, ...]) -> Obstacle:
    """The script has to change, and the server does not."""
    blocked = tuple(d for d in diagnoses if d.failure is not None)
    step = blocked[0].failure
    assert step is not None  # `mistaken` is empty where nothing is blocked
    same = tuple(d for d in blocked if d.failure is not None and d.failure.rule is step.rule)
    return Obstacle(step, same, "response-header-in-request", _remove(mistaken))


def _of_reflection(reflection: Reflection) -> str:
    """What it means that every origin is allowed with cookies."""
    is_read = reflection.place is Place.RESPONSE
    return ANY_WEBSITE if is_read else ANY_WEBSITE_ELSEWHERE.format(place=reflection.place)


def _remove(mistaken: tuple[str, ...]) -> str:
    what = "it is a response header" if len(mistaken) == 1 else "they are response headers"
    return f"Do not set {', '.join(mistaken)} in the script: {what}, which only the server sends."


def _error_page(found: Found) -> int | None:
    """The status of the error response that the changes would only make readable; None if there is none."""
    changed = {(change.kind, change.method, change.url) for change in found.changes}
    for exchange in (e for d in found.proof for e in d.exchanges):
        response = exchange.response
        is_changed = not exchange.is_preflight and key_of(exchange.kind, exchange.request) in changed
        if is_changed and response is not None and response.status >= 400:
            return response.status
    return None


def _lost_method(found: Found) -> tuple[str, str] | None:
    """The first redirect of the proof that changes the method to GET: (status, method). 303 is meant to."""
    notes = (dict(step.evidence) for d in found.proof for step in d.notes if step.rule is METHOD_CHANGES)
    lost = ((note[Field.STATUS], note[Field.METHOD]) for note in notes if note[Field.STATUS] != "303")
    return next(lost, None) if found.changes else None


def _refused(diagnoses: tuple[Diagnosis, ...], status: int) -> Iterator[NotTried]:
    """The requests whose error with this status is the refusal itself, so that it ends with the cure."""
    for diagnosis in diagnoses:
        step = diagnosis.failure
        if step is None or step.exchange is None or step.cause is None or step.cause.id not in REFUSED:
            continue
        exchange = diagnosis.exchanges[step.exchange]
        if not exchange.is_preflight and exchange.response is not None and exchange.response.status == status:
            yield NotTried(
                *key_of(exchange.kind, exchange.request),
                f"the server returned {status} because it refuses this origin, method or header",
                refused=True,
            )


def through_a_proxy(found: Cure) -> Cure:
    """The same where the page's own server forwards the request: no header is needed if the request then passes."""
    if all(way.id != PROXY for way in found.alternatives):
        return found
    return Cure((), (), None, None, (), found.excess_grants, reflection=found.reflection, proxied=True)
