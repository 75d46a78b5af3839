"""Servers as tables of rules, without a network: the first rule that fits answers, and no rule is a bare 404."""

from __future__ import annotations

import gzip
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from corsdoctor.browsers import BROWSERS
from corsdoctor.causes.probe import AUTO, Probing
from corsdoctor.report import Report, report_on
from corsdoctor.scenario import Scenario
from corsdoctor.wire import Answer, Headers, Kind, Response, WireRequest

Lines = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Rule:
    """Fits by `method` (several are separated by spaces), by `path` (an expression), by `origin` (None: none is sent, "":
    any or none) and by request headers. In the values of headers, {origin} and the like are what was asked.
    """

    status: int = 200
    headers: Lines = ()
    body: str | bytes = ""
    method: str = ""
    path: str = ""
    origin: str | None = ""
    having: tuple[tuple[str, str], ...] = ()
    reason: str = ""

    def fits(self, request: WireRequest) -> bool:
        asked = request.headers
        return (
            (not self.method or request.method in self.method.split())
            and re.search(self.path, request.url) is not None
            and (self.origin == "" or (asked.get("Origin") or "no") == (self.origin or "no"))
            and all(re.search(value, asked.get(name) or "") for name, value in self.having)
        )

    def answer(self, request: WireRequest) -> Response:
        asked = request.headers
        values = {
            "{origin}": asked.get("Origin"),
            "{acrm}": asked.get("Access-Control-Request-Method"),
            "{acrh}": asked.get("Access-Control-Request-Headers"),
        }
        pairs = []
        for name, value in self.headers:
            missing = any(place in value and given is None for place, given in values.items())
            for place, given in values.items():
                value = value.replace(place, given or "")
            pairs += [] if missing else [(name, value)]
        body = self.body if isinstance(self.body, bytes) else self.body.encode()
        return Response(self.status, Headers(tuple(pairs)), self.reason, body=body)


@dataclass
class Servers:
    """All rules, and what was asked."""

    rules: Sequence[Rule]
    requests: list[WireRequest] = field(default_factory=list)

    def send(self, _: Kind, request: WireRequest) -> Answer:
        self.requests.append(request)
        rule = next((rule for rule in self.rules if rule.fits(request)), None)
        return Response(404, Headers()) if rule is None else rule.answer(request)

    def report(self, scenario: Scenario, probing: Probing = AUTO) -> Report:
        return report_on(scenario, BROWSERS, self.send, probing)


def packed(text: str) -> bytes:
    return gzip.compress(text.encode())
