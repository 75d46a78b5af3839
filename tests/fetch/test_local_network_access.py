"""Local Network Access: who may reach which address space, what is sent, and what the console says. More is in conformance/world."""

from __future__ import annotations

from typing import Any

import pytest

from corsdoctor.browsers import CHROMIUM, FIREFOX, STANDARD, WEBKIT, Profile
from corsdoctor.diagnose import Diagnosis, Verdict
from corsdoctor.fetch.local_network_access import KEEPALIVE, RULES
from corsdoctor.flow.read import read_flow
from corsdoctor.flow.run import run_flow
from corsdoctor.rule import Outcome
from corsdoctor.step_sentences import sentence
from corsdoctor.wire import Answer, Headers, Kind, Response, WireRequest
from tests.fetch.asking import blamed, causes_of

PAGE, LOCAL, RULE = "https://app.example/page", "https://localhost:8443/r", "local-network-access-granted"
ALLOWED, BLOCKED, PENDING = Verdict.ALLOWED, Verdict.BLOCKED, Verdict.PENDING


def send(_kind: Kind, request: WireRequest) -> Answer:
    lines = [("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Methods", "*"), ("Content-Type", "image/png")]
    if "/to/" in request.url:
        return Response(302, Headers((*lines, ("Location", f"https://{request.url.partition('/to/')[2]}/end"))))
    return Response(200, Headers(tuple(lines)))


def asked(
    profile: Profile, url: str = LOCAL, answer: str | None = None, page: str = PAGE, *,
    spaces: dict[str, str] | None = None, visit: dict[str, Any] | None = None, owner: str = "https://app.example", **request: Any,
) -> Diagnosis:  # fmt: skip
    permissions = {} if answer is None else {owner: {"loopback-network": answer, "local-network": answer}}
    flow = {
        "permissions": permissions, "address_spaces": spaces or {},
        "visits": [{"page": page, "requests": [{"url": url, **request}], **(visit or {})}],
    }  # fmt: skip
    [result] = run_flow(read_flow(flow), (profile,), send)
    return result.steps[0].diagnosis


@pytest.mark.parametrize(
    ("profile", "answer", "page", "verdict", "cause"),
    [
        (CHROMIUM, None, PAGE, BLOCKED, "permission-not-granted"), (CHROMIUM, "prompt", PAGE, BLOCKED, "permission-not-granted"),
        (CHROMIUM, "denied", PAGE, BLOCKED, "permission-denied"), (CHROMIUM, "granted", PAGE, ALLOWED, None),
        (CHROMIUM, None, "http://app.example/", BLOCKED, "page-not-over-https"),
        (FIREFOX, None, PAGE, PENDING, None), (FIREFOX, "denied", PAGE, BLOCKED, "permission-denied"),
        (FIREFOX, "granted", PAGE, ALLOWED, None), (FIREFOX, None, "http://app.example/", PENDING, None),
        (WEBKIT, "denied", PAGE, ALLOWED, None), (STANDARD, "denied", PAGE, ALLOWED, None),
        (CHROMIUM, None, "http://localhost:3000/", ALLOWED, None), (CHROMIUM, None, "file:///home/me/a.html", ALLOWED, None),
        (CHROMIUM, None, "http://10.0.0.1/", ALLOWED, None), (FIREFOX, None, "http://10.0.0.1/", ALLOWED, None),
    ],
)  # fmt: skip
def test_a_public_page_needs_a_permission(
    profile: Profile, answer: str | None, page: str, verdict: Verdict, cause: str | None
) -> None:
    diagnosis = asked(profile, answer=answer, page=page)
    assert diagnosis.verdict is verdict
    assert blamed(diagnosis.failure) == (None if verdict is not BLOCKED else (RULE, cause))
    assert bool(diagnosis.exchanges) is (verdict is ALLOWED)


def test_sentences_name_the_permission() -> None:
    failure = asked(CHROMIUM, answer="denied").failure
    assert failure is not None
    assert sentence(failure, ()) == (
        "The user has denied https://app.example the permission loopback-network, which requests to localhost require"
    )


@pytest.mark.parametrize("profile", [CHROMIUM, FIREFOX], ids=lambda p: p.name)
def test_a_note_of_a_plain_check_is_not_for_a_page_that_is_known(profile: Profile) -> None:
    steps = asked(profile, answer="granted").steps
    assert [step.outcome for step in steps if step.rule.id == RULE] == [Outcome.PASS]


@pytest.mark.parametrize(("profile", "reached"), [(CHROMIUM, False), (FIREFOX, True)], ids=["chromium", "firefox"])
def test_a_websocket(profile: Profile, reached: bool) -> None:
    diagnosis = asked(profile, "wss://localhost/", "denied", api="websocket")
    assert bool(diagnosis.exchanges) is reached
    assert diagnosis.console == ()


def test_the_preflight_is_not_sent_either() -> None:
    for profile in (CHROMIUM, FIREFOX):
        assert asked(profile, answer="denied", method="PUT").exchanges == ()
        assert len(asked(profile, answer="granted", method="PUT").exchanges) == 2
    assert asked(FIREFOX, method="PUT").console == ()
    assert asked(FIREFOX, answer="denied", method="PUT").console[-1].endswith("Status code: (null).")


def test_a_redirect_is_checked_too() -> None:
    diagnosis = asked(CHROMIUM, "https://api.example/to/localhost:8443")
    assert (blamed(diagnosis.failure), len(diagnosis.exchanges)) == ((RULE, "permission-not-granted"), 1)
    [message] = diagnosis.console
    assert "at 'https://localhost:8443/end' (redirected from 'https://api.example/to/localhost:8443')" in message


@pytest.mark.parametrize(
    ("to", "said"), [("https://localhost/to/api.example", 0), ("https://api.example/to/localhost", 1)]
)
def test_firefox_speaks_of_the_last_hop(to: str, said: int) -> None:
    assert len(asked(FIREFOX, to, "granted").console) == said


def test_the_own_origin_needs_no_permission() -> None:
    spaces = {"app.example:8443": "loopback"}
    assert asked(CHROMIUM, "https://app.example/r", spaces={"app.example": "loopback"}).verdict is ALLOWED
    assert asked(CHROMIUM, "https://app.example:8443/r", spaces=spaces).verdict is BLOCKED
    public = {"headers": [["Content-Security-Policy", "treat-as-public-address"]]}
    assert asked(CHROMIUM, "/r", page="https://localhost/", visit=public).verdict is ALLOWED
    assert asked(CHROMIUM, page="https://localhost/", visit=public).verdict is BLOCKED
    reported = {"headers": [["Content-Security-Policy-Report-Only", "treat-as-public-address"]]}
    assert asked(CHROMIUM, page="https://localhost/", visit=reported).verdict is ALLOWED
    assert asked(FIREFOX, page="https://localhost/", visit=public).verdict is ALLOWED


@pytest.mark.parametrize(
    ("url", "target", "cause"),
    [
        ("http://router.example/", "local", None), ("http://router.example/", "loopback", "other-address-space"),
        ("http://other.example/", "local", "other-address-space"), ("https://router.example/", "public", "other-address-space"),
        ("https://router.example/", "unknown", None), ("http://192.168.1.1/", None, None), ("http://printer.local/", None, None),
        ("http://[fe80::1]/", None, None), ("http://0.0.0.0/", None, None),
    ],
)  # fmt: skip
def test_the_script_names_an_address_space(url: str, target: str | None, cause: str | None) -> None:
    diagnosis = asked(CHROMIUM, url, "granted", spaces={"router.example": "local"}, target_address_space=target)
    assert blamed(diagnosis.failure) == (None if cause is None else (RULE, cause))


@pytest.mark.parametrize("url", ["http://router.example/", "http://192.0.2.1/", "http://198.18.0.1/"])
@pytest.mark.parametrize("target", ["public", "unknown"])
def test_what_may_be_public_is_mixed_content(url: str, target: str) -> None:
    diagnosis = asked(CHROMIUM, url, "granted", spaces={"router.example": "local"}, target_address_space=target)
    assert blamed(diagnosis.failure) == ("not-mixed-content", None)
    assert blamed(asked(FIREFOX, "http://192.168.1.1/", "granted").failure) == ("not-mixed-content", None)


def test_the_preflight_does_not_have_the_named_address_space() -> None:
    diagnosis = asked(CHROMIUM, "http://localhost/", "granted", method="PUT", target_address_space="local")
    assert [exchange.kind for exchange in diagnosis.exchanges] == [Kind.PREFLIGHT]
    assert blamed(diagnosis.failure) == (RULE, "other-address-space")


def test_an_unknown_name_throws_where_the_option_exists() -> None:
    assert blamed(asked(CHROMIUM, answer="granted", target_address_space="lan").failure) == (
        "target-address-space-is-known", None,
    )  # fmt: skip
    assert asked(FIREFOX, answer="granted", target_address_space="lan").verdict is ALLOWED


def test_private_is_the_old_name_of_local() -> None:
    diagnosis = asked(CHROMIUM, "http://localhost/", "granted", target_address_space="private")
    assert blamed(diagnosis.failure) == (RULE, "other-address-space")
    assert "target IP address space of `local`" in diagnosis.console[-1]


FRAME = "https://widget.example/"


@pytest.mark.parametrize(
    ("profile", "frame", "cause"),
    [
        (CHROMIUM, {"url": FRAME}, "permissions-policy"), (CHROMIUM, {"url": FRAME, "allow": "loopback-network"}, None),
        (FIREFOX, {"url": FRAME}, "permissions-policy"), (FIREFOX, {"url": FRAME, "allow": "loopback-network"}, None),
        (CHROMIUM, {"url": FRAME, "allow": "local-network-access"}, None),
        (FIREFOX, {"url": FRAME, "allow": "local-network-access"}, "permissions-policy"),
        (CHROMIUM, {"url": "https://localhost/frame"}, None), (CHROMIUM, {"url": "about:srcdoc"}, None),
        (CHROMIUM, {"url": "about:srcdoc", "sandbox": "allow-scripts"}, "permissions-policy"),
        (FIREFOX, {"url": "about:srcdoc", "sandbox": "allow-scripts"}, None), (FIREFOX, {"url": "data:"}, "permissions-policy"),
    ],
)  # fmt: skip
def test_a_frame_needs_the_attribute_allow(profile: Profile, frame: dict[str, str], cause: str | None) -> None:
    diagnosis = asked(profile, answer="granted", frame=frame)
    assert blamed(diagnosis.failure) == (None if cause is None else (RULE, cause))


def test_an_http_frame_of_an_https_page_asks_for_nothing() -> None:
    assert blamed(asked(CHROMIUM, answer="granted", frame={"url": "http://widget.example/"}).failure) == (
        "not-mixed-content", None,
    )  # fmt: skip


def test_a_frame_has_the_permission_of_its_own_origin_in_firefox() -> None:
    frame, owner = {"url": FRAME}, "https://widget.example"
    assert asked(FIREFOX, answer="granted", owner=owner, frame=frame).verdict is ALLOWED
    assert blamed(asked(CHROMIUM, answer="granted", owner=owner, frame=frame).failure) == (RULE, "permissions-policy")
    denied = asked(FIREFOX, answer="denied", owner=owner, frame=frame)
    assert blamed(denied.failure) == (RULE, "permission-denied")
    assert "initiator “https://widget.example/”" in denied.console[0]


def test_a_sandboxed_page_has_no_permission_in_firefox() -> None:
    page = {"headers": [["Content-Security-Policy", "sandbox allow-scripts"]]}
    diagnosis = asked(FIREFOX, answer="granted", visit=page)
    assert diagnosis.verdict is PENDING
    assert "top-level site “moz-nullprincipal:{{uuid}}?https://app.example”" in diagnosis.console[0]
    assert asked(CHROMIUM, answer="granted", visit=page).verdict is ALLOWED


def test_what_firefox_does_not_ask_for() -> None:
    failure = asked(FIREFOX, keepalive=True).failure
    assert failure is not None
    assert failure.cause is KEEPALIVE
    worker = asked(FIREFOX, worker="classic")
    assert worker.verdict is PENDING
    assert [message.endswith("Status code: (null).") for message in worker.console] == [True]


@pytest.mark.parametrize(
    ("frame", "name"),
    [
        ("about:srcdoc", "https://app.example/page"), ("blob:", "https://app.example/"), ("/inner", "https://app.example/inner"),
    ],
)  # fmt: skip
def test_firefox_names_the_document(frame: str, name: str) -> None:
    [message] = asked(FIREFOX, "https://[::1]:8443/r", "granted", frame={"url": frame}).console
    assert f"initiator “{name}”, accessing target “https://[::1]:8443/r” (::1:8443) via fetch" in message


def test_chromium_says_why_http_is_loaded() -> None:
    warned = asked(CHROMIUM, "http://192.168.1.1/a", "granted", api="image").console
    assert [message.rpartition(". ")[2] for message in warned] == [
        "This request was not upgraded to HTTPS because its URL's host is an IP address.",
        "This content should also be served over HTTPS.",
    ]
    [message, deprecated] = asked(CHROMIUM, "ws://192.168.1.1/a", "granted", api="websocket").console
    assert "endpoint 'ws://192.168.1.1/a'. This endpoint should be available via WSS." in message
    assert deprecated == "Connecting to a non-secure WebSocket server from a secure origin is deprecated."


@pytest.mark.parametrize(
    ("api", "named"), [("fetch", "fetch"), ("css-import", "CSS stylesheet"), ("import-scripts", "resource")]
)
def test_chromium_names_what_is_requested(api: str, named: str) -> None:
    [message] = asked(CHROMIUM, answer="denied", api=api).console
    assert message.startswith(f"Access to {named} at '{LOCAL}' from origin 'https://app.example' has been blocked")


def test_every_cause_is_reached() -> None:
    assert causes_of(RULES) == REACHED


REACHED = {
    (RULE, cause)
    for cause in (
        "page-not-over-https", "permission-denied", "permission-not-granted", "keepalive-cannot-ask", "permissions-policy",
        "other-address-space",
    )
}  # fmt: skip
