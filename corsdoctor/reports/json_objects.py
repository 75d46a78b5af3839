"""A request, an exchange and what a browser makes of them, as all reports for programs have them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from corsdoctor.step_sentences import explained, sentence
from corsdoctor.wire import Certificate, Exchange, NoAnswer, Response

if TYPE_CHECKING:
    from corsdoctor.diagnose import Diagnosis
    from corsdoctor.rule import Cause, Step
    from corsdoctor.scenario import Scenario
    from corsdoctor.scenario.page import Client

SCHEMA_VERSION: Final = 1


def request_object(scenario: Scenario) -> dict[str, Any]:
    """The request as given: `credentials` and `mode` are None if the API's preset applies. request_fields.from_report() reads it."""
    return {
        "url": scenario.url,
        "origin": str(scenario.origin),
        "method": scenario.method,
        "headers": scenario.headers,
        "credentials": None if scenario.credentials is None else str(scenario.credentials),
        "mode": None if scenario.mode is None else str(scenario.mode),
        "redirect": str(scenario.redirect),
        "api": str(scenario.api),
        **({} if scenario.preload_as is None else {"preload_as": str(scenario.preload_as)}),
        "upload_listener": scenario.upload_listener,
        **({} if scenario.client is None else {"page": _page(scenario.client)}),
    }


def _page(client: Client) -> dict[str, Any]:
    page, network = client.page, client.network
    return {
        "url": page.url.href,
        "headers": page.headers.pairs,
        "head": page.head,
        **({"permissions": network.permissions} if any(network.permissions.values()) else {}),
        **({"address_spaces": network.spaces} if network.spaces else {}),
    }


def browser_object(diagnosis: Diagnosis) -> dict[str, Any]:
    """What one browser makes of one request."""
    failure = diagnosis.failure
    return {
        "verdict": str(diagnosis.verdict),
        "rule": None if failure is None else failure.rule.id,
        "failure": None if failure is None else sentence(failure, diagnosis.exchanges),
        "preflight": any(e.is_preflight for e in diagnosis.exchanges),
        "exchanges": [exchange_object(e) for e in diagnosis.exchanges],
        "readable": diagnosis.readable,
        "console": diagnosis.console,
        "steps": [_step(s, diagnosis.exchanges) for s in diagnosis.steps],
        "notes": [sentence(s, diagnosis.exchanges) for s in diagnosis.notable],
    }


def exchange_object(exchange: Exchange) -> dict[str, Any]:
    """A request and its answer."""
    asked: dict[str, Any] = {
        "kind": str(exchange.kind),
        "method": exchange.request.method,
        "url": exchange.request.url,
        "request_headers": exchange.request.headers.pairs,
    }
    if exchange.from_cache:
        asked["from_cache"] = True
    if exchange.request.certificate is not Certificate.ABSENT:
        asked["certificate"] = str(exchange.request.certificate)
    answer = exchange.answer
    if isinstance(answer, Response):
        return {**asked, "status": answer.status, "response_headers": answer.headers.pairs}
    if isinstance(answer, NoAnswer):
        return {**asked, "status": None, "error": {"kind": str(answer.kind), "detail": answer.detail}}
    return {**asked, "status": None, "withheld": answer.why}


def _step(step: Step, exchanges: Sequence[Exchange]) -> dict[str, Any]:
    return {**_step_alone(step), "text": sentence(step, exchanges)}


@lru_cache(maxsize=64)
def _step_alone(step: Step) -> dict[str, Any]:
    """What is the same in every exchange: most steps of a batch are alike."""
    return {
        "rule": step.rule.id,
        "outcome": str(step.outcome),
        "exchange": step.exchange,
        "evidence": tuple((label, text) for (label, _), text in zip(step.evidence, explained(step), strict=True)),
        "cause": None if step.cause is None else _cause(step.cause),
        **({"causes": [_cause(c) for c in (step.cause, *step.other_causes)]} if step.cause is not None else {}),
        "remedy": step.remedy,
    }


def _cause(cause: Cause) -> dict[str, Any]:
    named = {"id": cause.id, "text": cause.text, "certainty": str(cause.certainty), "evidence": list(cause.evidence)}
    return {**named, "fix": cause.fix} if cause.fix else named
