"""Cross-Origin-Embedder-Policy: what it demands of responses without CORS, and which credentials it leaves out."""

from __future__ import annotations

from typing import Any

import pytest

from corsdoctor.browsers import CHROMIUM, FIREFOX, WEBKIT, Profile
from corsdoctor.diagnose import Verdict
from corsdoctor.flow.read import read_flow
from corsdoctor.flow.result import StepResult
from corsdoctor.flow.run import run_flow
from corsdoctor.wire import Headers, Response


def step(policy: str, corp: str | None, profile: Profile = CHROMIUM, **request: Any) -> StepResult:
    lines = [("Content-Type", "image/png")] + ([] if corp is None else [("Cross-Origin-Resource-Policy", corp)])
    asked = {"url": "https://api.example/a.png", "api": "image", **request}
    login = {"page": "https://api.example/", "headers": {"Set-Cookie": "a=1; SameSite=None; Secure"}}
    page = {"page": "https://app.example/", "headers": {"Cross-Origin-Embedder-Policy": policy}, "requests": [asked]}
    flow = read_flow({"visits": [login, page]})
    [result] = run_flow(flow, (profile,), lambda *_: Response(200, Headers(tuple(lines))))
    return result.steps[0]


@pytest.mark.parametrize(
    ("policy", "corp", "verdict"),
    [
        ("require-corp", None, Verdict.BLOCKED),
        ('require-corp; report-to="x"', None, Verdict.BLOCKED),
        ("require-corp", "cross-origin", Verdict.OPAQUE),
        ("require-corp", "same-site", Verdict.BLOCKED),
        ("credentialless", None, Verdict.OPAQUE),
        ("credentialless", "same-origin", Verdict.BLOCKED),
        ("unsafe-none", None, Verdict.OPAQUE),
        ("nonsense", None, Verdict.OPAQUE),
    ],
)
def test_what_may_be_embedded(policy: str, corp: str | None, verdict: Verdict) -> None:
    assert step(policy, corp).verdict is verdict


def test_what_is_missing_is_named() -> None:
    failure = step("require-corp", None).diagnosis.failure
    assert failure is not None
    assert failure.evidence[0] == ("Cross-Origin-Resource-Policy", "(missing)")


@pytest.mark.parametrize(("profile", "sent"), [(CHROMIUM, None), (FIREFOX, None), (WEBKIT, "a=1")])
def test_credentialless_leaves_cookies_out(profile: Profile, sent: str | None) -> None:
    found = step("credentialless", None, profile)
    assert found.diagnosis.exchanges[0].request.headers.get("Cookie") == sent


def test_firefox_names_the_resource_policy() -> None:
    [message] = step("require-corp", None, FIREFOX).diagnosis.console
    assert message.startswith(
        "The resource at “https://api.example/a.png” was blocked due to its Cross-Origin-Resource-Policy"
    )
