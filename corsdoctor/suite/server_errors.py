"""A request that was blocked only by an error status, which says nothing about who is allowed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from corsdoctor.diagnose import Diagnosis
from corsdoctor.fetch.headers import ACAO
from corsdoctor.rule import Step
from corsdoctor.suite.judge import Expected, Judged
from corsdoctor.wire import Response

_NOTHING_THERE: Final = 404
_TOO_MANY: Final = 429
_SERVER_ERROR: Final = 500
_OF_STATUS: Final = ("preflight-status-ok", "element-status-ok")
"""Rules that check only the status code. Some browsers apply them first, others after the origin is allowed."""


def blocking_status(judged: Judged, diagnoses: Iterable[Diagnosis]) -> int | None:
    """The status code of the response that blocked a request as expected, if it is 404, 429 or 5xx, otherwise None.

    None too if that response shows who is allowed, or if the policy expects the rule about its status code.
    """
    if not judged.passed or (judged.expected.verdict != "blocked" and judged.expected.rule is None):
        return None
    return next((status for d in diagnoses if (status := _status(judged.expected, d)) is not None), None)


def blocks_every_page(response: Response) -> bool:
    """Whether it has status 404, 429 or 5xx."""
    return response.status in (_NOTHING_THERE, _TOO_MANY) or response.status >= _SERVER_ERROR


def _status(expected: Expected, diagnosis: Diagnosis) -> int | None:
    failure = diagnosis.failure
    if failure is None or failure.exchange is None or expected.rule in _OF_STATUS:
        return None
    response = diagnosis.exchanges[failure.exchange].response
    if response is None or (ACAO in response.headers and not _only_status(failure, response, diagnosis)):
        return None
    return response.status if blocks_every_page(response) else None


def _only_status(failure: Step, response: Response, diagnosis: Diagnosis) -> bool:
    """Whether only the status code blocked an origin that the response allows."""
    return failure.rule.id in _OF_STATUS and response.headers.get(ACAO) in ("*", str(diagnosis.scenario.origin))
