"""The cure: what a server must change so that a blocked request passes in every browser asked, proven by replaying.

    cure(diagnoses)  -> Cure

answers.py        the answers that a change is tried on
change.py         what must change in a response
search.py         the smallest change with which the replay passes
alternatives.py   what the page can do instead
excess_grants.py  what the server grants beyond what this request needs
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Final

from corsdoctor.cure.alternatives import Alternative as Alternative
from corsdoctor.cure.alternatives import alternatives
from corsdoctor.cure.answers import Answers
from corsdoctor.cure.change import Change as Change
from corsdoctor.cure.change import NotTried as NotTried
from corsdoctor.cure.excess_grants import ExcessGrant as ExcessGrant
from corsdoctor.cure.excess_grants import excess_grants
from corsdoctor.cure.search import Found, search
from corsdoctor.cure.search import Obstacle as Obstacle
from corsdoctor.diagnose import Diagnosis
from corsdoctor.egress import Ask
from corsdoctor.fetch.headers import ACAC, ACAH, ACAM, ACAO, ACEH, ACRH, ACRM, CORP, STATUS
from corsdoctor.fetch.safelist import is_cors_safelisted_method
from corsdoctor.policy import ANY, Policy
from corsdoctor.scenario import Credentials
from corsdoctor.wire import Send


@dataclass(frozen=True, slots=True)
class Cure:
    """What helps against what one request failed by.

    `changes` are what the answers must have; none where nothing needs to change. `proof` are the diagnoses of the replay
    with them, one for each browser. Where no change of an answer helps, `obstacle` says which step stands in the way,
    and there are neither. `policy` is what the server must grant by CORS; None where CORS decides nothing.
    `not_tried` are the requests of the proof whose answers are assumed, because they were not sent.
    `alternatives` are what the page can do instead, `excess_grants` what is granted without need.
    """

    changes: tuple[Change, ...]
    proof: tuple[Diagnosis, ...]
    obstacle: Obstacle | None
    policy: Policy | None
    alternatives: tuple[Alternative, ...]
    excess_grants: tuple[ExcessGrant, ...]
    not_tried: tuple[NotTried, ...] = ()

    @property
    def beside(self) -> tuple[tuple[str, str], ...]:
        """The lines that are no matter of CORS, so that no policy holds them: a Content-Type, say."""
        lines = (line for change in self.changes for line in change.lines)
        return tuple(dict.fromkeys(line for line in lines if line[0] in ("Content-Type", CORP)))

    @property
    def needed(self) -> bool:
        """Whether any answer that came must change; an answer that nobody has seen yet may be as it should."""
        return self.obstacle is not None or any(change.response is not None for change in self.changes)


def cure(
    diagnoses: tuple[Diagnosis, ...], expose: Iterable[str] = (), *, public: bool = False, ask: Send | None = None
) -> Cure:
    """The cure for one scenario as several browsers took it; `diagnoses` hold what the servers answered.

    `ask` sends what browsers would send once the first problem is mended, and withholds what may change data. Without
    it answers that never came are taken for empty successes.

    `expose` are the names of the response headers that the script is to read. With `public` every page may read the
    answers, which a request with credentials can't have.
    """
    expose = tuple(expose)
    scenario, profiles = diagnoses[0].scenario, tuple(d.profile for d in diagnoses)
    own = None if ask is None else Ask(scenario, ask)
    answers = Answers(diagnoses, scenario.api, own)
    found = search(scenario, profiles, answers, expose, public=public)
    ways = tuple(alternatives(diagnoses, profiles, answers, found))
    beyond = excess_grants(diagnoses, expose, public=public, ask=own)
    if isinstance(found, Obstacle):
        return Cure((), (), found, None, ways, beyond)
    not_tried = answers.not_tried(found.proof)
    return Cure(found.changes, found.proof, None, _policy(found, expose, public=public), ways, beyond, not_tried)


def merged(policies: Iterable[Policy]) -> Policy:
    """One policy that grants what each of `policies` does. There must be one at least."""
    return reduce(_both, policies)


def _both(a: Policy, b: Policy) -> Policy:
    def union(x: tuple[str, ...], y: tuple[str, ...]) -> tuple[str, ...]:
        return tuple({name.lower(): name for name in (*y, *x)}.values()) if x != y else x

    return Policy(
        tuple(dict.fromkeys((*a.origins, *b.origins))), tuple(dict.fromkeys((*a.methods, *b.methods))),
        union(a.headers, b.headers), a.credentials or b.credentials, union(a.expose, b.expose), min(a.max_age, b.max_age),
    )  # fmt: skip


_GRANTED_BY: Final = frozenset({STATUS, ACAO, ACAC, ACAM, ACAH, ACEH})


def _policy(found: Found, expose: tuple[str, ...], *, public: bool) -> Policy | None:
    """What the proof shows to be needed; None where no answer was judged by the CORS check."""
    scenario = found.proof[0].scenario
    spelled = {name.lower(): name for name, _ in scenario.headers} | {"content-type": "Content-Type"}
    methods: dict[str, None] = {}
    names: dict[str, None] = {}
    judged = False
    for exchange in (e for d in found.proof for e in d.exchanges):
        judged = judged or (exchange.response is not None and ACAO in exchange.response.headers)
        if exchange.is_preflight:
            method = exchange.request.headers.get(ACRM) or ""
            methods |= {} if is_cors_safelisted_method(method) else {method: None}
            asked = (exchange.request.headers.get(ACRH) or "").split(",")
            names |= {spelled.get(name, name): None for name in asked if name}
    changed = {name for change in found.changes for name, _ in change.lines}
    if not judged or (changed and not changed & _GRANTED_BY):
        return None
    origin = ANY if public else str(scenario.origin)
    return Policy((origin,), tuple(methods), tuple(names), scenario.credentials is Credentials.INCLUDE, expose)
