"""Situations of real servers, as data: what each of them answers, and which cause that shows.

A line of situations.jsonl has the request, the responses (the first one that fits the request answers it) and the ids of
the causes that are right, with the certainties that are. The words are those of the servers. A response fits by `method`,
by `path` (where it begins, or an expression), by `origin` (true: any, false: none) and by request headers (`with`: any, a value, or ~ and an expression).
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest

from corsdoctor.causes.probe import AUTO
from corsdoctor.reading import read_origin
from corsdoctor.scenario import Api, Credentials, Mode, Scenario
from tests.causes.scripted import Rule, Servers

FILE: Final = Path(__file__).parent / "situations.jsonl"
SITUATIONS: Final[list[dict[str, Any]]] = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


def scenario(request: dict[str, Any]) -> Scenario:
    return Scenario(
        request["url"],
        read_origin(request["origin"]),
        request.get("method", "GET"),
        tuple((name, value) for name, value in request.get("headers", [])),
        Credentials(request["credentials"]) if "credentials" in request else None,
        Mode(request["mode"]) if "mode" in request else None,
        body=request["body"].encode() if "body" in request else None,
        api=Api(request.get("as", "fetch")),
    )


def rule(response: dict[str, Any]) -> Rule:
    having = [(name, expression(value)) for name, value in response.get("with", {}).items()]
    origin = response.get("origin", "")
    if origin is True:
        having.append(("Origin", "."))
    path = response.get("path", "")
    return Rule(
        response.get("status", 200),
        tuple((name, value) for name, value in response.get("headers", [])),
        response.get("body", ""),
        response.get("method", ""),
        rf"^\w+://[^/]+{path.removeprefix('^')}",
        None if origin is False else "" if origin is True else origin,
        tuple(having),
    )


def expression(value: str | bool) -> str:
    """What the value of a request header must match: anything, the expression behind ~, or this value."""
    if value is True:
        return "."
    return str(value)[1:] if str(value).startswith("~") else f"^{re.escape(str(value))}$"


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation["id"])
def test_the_cause_of_a_situation(situation: dict[str, Any]) -> None:
    servers = Servers([rule(response) for response in situation["responses"]])
    report = servers.report(scenario(situation["request"]), AUTO)
    for diagnosis in report.diagnoses:
        cause = None if diagnosis.failure is None else diagnosis.failure.cause
        assert (None if cause is None else cause.id) in situation["cause"]
        if cause is not None:
            assert str(cause.certainty) in situation["certainty"]
            assert cause.evidence
    assert len(report.probes) <= 4


@pytest.mark.parametrize(
    ("id", "fix"),
    [
        ("ngrok/interstitial", "ngrok-skip-browser-warning"),
        ("ngrok/offline", "Start the tunnel's agent"),
        ("localtunnel/reminder", "bypass-tunnel-reminder"),
        ("istio/rbac", "exempt OPTIONS from it"),
        ("cloud-run/iam", "--no-invoker-iam-check"),
        ("cloud-run/application-401", "Answer OPTIONS with 204 and the CORS headers, before authentication."),
        ("cloud-run/no-service", "set the ingress to `all`"),
        ("iap/redirect", "allowHttpOptions"),
        ("cloudflare-access/403", "Bypass OPTIONS requests to origin"),
        ("cloudflare-access/redirect", "Bypass OPTIONS requests to origin"),
        ("auth/oauth2-proxy-403", "--skip-auth-preflight"),
        ("oauth2-proxy/redirect", "--skip-auth-preflight"),
        ("pomerium/redirect", "CORS Preflight"),
        ("tyk/not-whitelisted", "exempt OPTIONS from it"),
        ("f5/rejected", "forbids the request"),
        ("gcs/expired", "before the URL expires"),
        ("jenkins/crumb", "Send the CSRF token"),
        ("jupyter/xsrf", "Send the CSRF token"),
        ("iis/404.13", "maxAllowedContentLength"),
        ("vite/allowed-hosts", "server.allowedHosts"),
        ("blind/zscaler", "Open a page of the same host"),
        ("blind/codespaces", "Set the visibility of the port to Public"),
        ("blind/dev-tunnel-preflight", "--allow-anonymous"),
        ("blind/kong-no-options-route", "Add OPTIONS to the methods of the route in Kong"),
        ("blind/kong-key-auth", "run_on_preflight"),
        ("blind/vercel-protection", "OPTIONS Allowlist"),
        ("blind/apigw-missing-key", "x-api-key"),
        ("blind/s3-missing-key", "Check the spelling of the key"),
        ("blind/gcs-no-cors", "gcloud storage buckets update"),
        ("blind/azure-blob-preflight", "Resource sharing (CORS)"),
        ("blind/php-headers-already-sent", "Remove what prints before"),
        ("blind/http-sys-hostname", "the bindings of the site"),
        ("blind/zscaler-block-page", "Have the network's administrators allow the host"),
        ("blind/entra-id-web-platform", "register the redirect URI as one of a single-page application"),
        ("google/referrer", "website restrictions of the API key"),
        ("lb/alb-no-options-rule", "Answer OPTIONS with 204"),
        ("scality/rules", "the method PUT and the request header content-type"),
    ],
)
def test_the_fix_of_a_situation(id: str, fix: str) -> None:
    situation = next(one for one in SITUATIONS if one["id"] == id)
    servers = Servers([rule(response) for response in situation["responses"]])
    failure = servers.report(scenario(situation["request"]), AUTO).diagnoses[0].failure
    assert failure is not None
    assert failure.cause is not None
    assert fix in failure.cause.fix


def test_each_situation_has_its_own_name() -> None:
    assert len({situation["id"] for situation in SITUATIONS}) == len(SITUATIONS)
