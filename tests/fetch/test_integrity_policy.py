"""Integrity-Policy: which scripts a page may load."""

from __future__ import annotations

from typing import Any

import pytest

from corsdoctor.browsers import CHROMIUM, FIREFOX, STANDARD, WEBKIT, Profile
from corsdoctor.diagnose import Diagnosis, Verdict
from corsdoctor.fetch.integrity_policy import INTEGRITY_POLICY_ALLOWS, WITHOUT_CORS
from corsdoctor.flow.read import read_flow
from corsdoctor.flow.run import run_flow
from corsdoctor.rule import Outcome
from corsdoctor.wire import Headers, Response

SCRIPTS = "blocked-destinations=(script)"
HASH = {"integrity": "md5-x sha256-AAAA"}


def loaded(
    policy: str = SCRIPTS, profile: Profile = STANDARD, header: str = "Integrity-Policy", **request: Any
) -> Diagnosis:
    given = {"url": "https://cdn.example/a.js", "api": "script", **request}
    visit = {"page": "https://app.example/", "headers": [[header, policy]], "requests": [given]}
    headers = Headers((("Content-Type", "text/javascript"), ("Access-Control-Allow-Origin", "*")))
    [result] = run_flow(read_flow({"visits": [visit]}), (profile,), lambda *_: Response(200, headers))
    return result.steps[0].diagnosis


def is_blocked(*given: Any, **request: Any) -> bool:
    return any(
        step.rule is INTEGRITY_POLICY_ALLOWS and step.outcome is Outcome.FAIL
        for step in loaded(*given, **request).steps
    )


@pytest.mark.parametrize(
    "policy",
    [
        "", "script", "blocked-destinations=script", "blocked-destinations=()", "blocked-destinations=(style)",
        'blocked-destinations=("script")', f"{SCRIPTS}, sources=(other)", f"{SCRIPTS}, (((",
    ],
)  # fmt: skip
def test_policies_that_block_no_script(policy: str) -> None:
    assert not is_blocked(policy)


@pytest.mark.parametrize(
    "policy", [SCRIPTS, "blocked-destinations=(style script;a=1)", f"{SCRIPTS}, sources=(a inline)"]
)
def test_policies_that_block_scripts(policy: str) -> None:
    assert loaded(policy).verdict is Verdict.BLOCKED
    assert is_blocked(policy)
    assert not loaded(policy).exchanges


@pytest.mark.parametrize(
    ("request_", "blocked"),
    [
        ({"api": "module"}, True),
        ({"api": "image"}, False),
        ({"api": "worker", "url": "/w.js"}, False),
        ({"url": "data:text/javascript,1"}, False),
        ({**HASH}, True),
        ({**HASH, "mode": "cors"}, False),
        ({"integrity": "md5-x", "mode": "cors"}, True),
        ({"frame": {"url": "https://app.example/f"}}, False),
    ],
)
def test_requests(request_: dict[str, Any], blocked: bool) -> None:
    assert is_blocked(**request_) is blocked


def test_a_hash_without_cors_has_a_cause() -> None:
    assert loaded(integrity=HASH["integrity"]).steps[-1].cause is WITHOUT_CORS


def test_where_webkit_differs() -> None:
    imported, inner = {"api": "import-scripts", "worker": "classic"}, {"frame": {"url": "about:srcdoc"}}
    assert [is_blocked(SCRIPTS, p, **imported) for p in (CHROMIUM, FIREFOX, WEBKIT)] == [False, False, True]
    assert [is_blocked(SCRIPTS, p, **inner) for p in (CHROMIUM, FIREFOX, WEBKIT)] == [True, True, False]


def test_a_policy_that_only_reports() -> None:
    found = loaded(SCRIPTS, FIREFOX, "Integrity-Policy-Report-Only")
    assert found.verdict is Verdict.OPAQUE
    assert [message.partition("script at")[0] for message in found.console] == [
        "(Report-Only policy) The page’s settings would block a "
    ]


def test_it_comes_before_mixed_content() -> None:
    for profile in (CHROMIUM, FIREFOX, WEBKIT):
        steps = loaded(profile=profile, url="http://cdn.example/a.js").steps
        assert [step.rule for step in steps if step.outcome is Outcome.FAIL] == [INTEGRITY_POLICY_ALLOWS]
