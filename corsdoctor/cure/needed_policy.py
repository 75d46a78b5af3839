"""The policy that a cure needs: what its proof shows."""

from __future__ import annotations

from typing import Final

from corsdoctor.cure.search import Found
from corsdoctor.fetch.headers import ACAC, ACAH, ACAM, ACAO, ACEH, ACRH, ACRM, STATUS
from corsdoctor.fetch.safelist import is_cors_safelisted_method
from corsdoctor.policy import ANY, Policy
from corsdoctor.scenario import Credentials

_GRANTED_BY: Final = frozenset({STATUS, ACAO, ACAC, ACAM, ACAH, ACEH})


def needed_policy(found: Found, expose: tuple[str, ...], *, public: bool) -> Policy | None:
    """What the proof shows to be needed; None if no answer was judged by the CORS check."""
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
            names |= {spelled.get(name, name): None for name in exchange.request.headers.elements(ACRH)}
    changed = {name for change in found.changes for name, _ in change.lines}
    if not judged or (changed and not changed & _GRANTED_BY):
        return None
    origin = ANY if public else str(scenario.origin)
    return Policy((origin,), tuple(methods), tuple(names), scenario.credentials is Credentials.INCLUDE, expose)
