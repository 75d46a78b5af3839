"""What servers say where they refuse a request: in a response and in a log, the same table for `explain` and `check`."""

from __future__ import annotations

import pytest

from corsdoctor.catalogue import by_id
from corsdoctor.causes.cors_layers import REFUSALS, Refusal
from corsdoctor.causes.known import KNOWN
from corsdoctor.causes.marks import MARKS, Means
from corsdoctor.causes.software import recipe_of
from corsdoctor.console.recognize import recognize
from corsdoctor.console.servers import RULES
from corsdoctor.message import Message
from corsdoctor.recipes import by_id as recipe_by_id
from corsdoctor.reports.refused import REFUSED

VALUES = {
    "header": "x-a", "method": "PUT", "origin": "https://a.example", "path": "/api", "value": "a.example", "more": "1ms | ::1 ",
}  # fmt: skip


def the(text: str) -> Message:
    (message,) = recognize(text)
    return message


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.words)
def test_each_refusal_is_recognized(refusal: Refusal) -> None:
    said = refusal.words.format_map(VALUES)
    for text in (
        said,
        f"12:00:01 ERROR: {said}\n    at f (a.js:1:2)",
        f'{{"message": "{said}"}}',
        f"<pre>{said}</pre>",
    ):
        message = the(text)
        assert (message.cors, message.server, message.cause) == (True, refusal.who, refusal.cause)
        assert (message.rule, message.in_preflight) == (RULES[refusal.cause], refusal.in_preflight)
        assert message.origin == ("https://a.example" if "{origin}" in refusal.words else None)


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.words)
def test_each_refusal_has_a_rule_a_meaning_and_a_recipe(refusal: Refusal) -> None:
    rule = RULES[refusal.cause]
    assert rule is None or by_id(rule).id == rule
    assert REFUSED[refusal.cause].fix
    assert not refusal.recipe or recipe_by_id(refusal.recipe).id == refusal.recipe == recipe_of(refusal.who)


def test_responses_are_searched_for_what_is_not_only_logged() -> None:
    in_responses = {(mark.who, mark.means) for mark in MARKS}
    assert all((r.who, Means(r.cause)) in in_responses for r in REFUSALS if not r.logged)
    ids = {known.id for known in KNOWN} | {Means.CORS, Means.NO_RULE}
    assert {refusal.cause for refusal in REFUSALS if not refusal.logged} <= ids


@pytest.mark.parametrize(
    "text",
    [
        "the request was Not allowed by CORS, I think",
        "Not allowed by CORSICA",
        "Requested method is not allowed for this plan",
        "Only: Requested method is not allowed here",
        "Reject: 'x y' origin is not allowed",
        "callback(new Error('Not allowed by CORS'))",
        "const msg = 'The CORS policy for this site does not allow access from the specified Origin.'",
    ],
)
def test_other_words_are_not_refusals(text: str) -> None:
    assert recognize(text) == ()


def test_a_summary_belongs_to_the_refusal_beside_it() -> None:
    summary, reason = "CORS policy execution failed.", "Request method PUT not allowed in CORS policy."
    for text in (f"{summary}\n{reason}", f"{reason}\n{summary}"):
        assert the(text).cause == "method-refused"
    assert len(recognize(f"{summary}\nInvalid CORS request")) == 2
    assert len(recognize(f"{summary}\n" + "x\n" * 900 + reason)) == 2


def test_an_exception_after_the_log_line_is_the_same_refusal() -> None:
    log = "HTTP Origin header (https://a.example) didn't match request.base_url (http://a.example)"
    assert the(f"{log}\nActionController::InvalidAuthenticityToken").origin == "https://a.example"
    other = log.replace("a.example", "b.example")
    assert len(recognize(f"{log}\n{other}")) == 2


def test_the_words_may_be_the_reason_phrase_of_a_status_code() -> None:
    message = the("GET https://api.example/a.woff2 net::ERR_ABORTED 403 (CORS Rejected - Invalid origin)")
    assert (message.cause, message.url, message.status) == ("origin-refused", "https://api.example/a.woff2", "403")


def test_a_variable_in_the_words_is_code() -> None:
    assert recognize("callback(new Error(`Origin ${origin} not allowed by CORS`))") == ()


def test_a_finding_of_diagnose_endpoint_is_about_the_last_url_before_it() -> None:
    finding = "OPTIONS response is missing header 'access-control-allow-methods: POST'"
    assert (the(finding).url, the(finding).rule, the(finding).subject) == (None, "acam-lists-method", "POST")
    text = f"Diagnosing https://a.example/graphql\nDiagnosing https://b.example/graphql\n\u26a0\ufe0f  {finding}"
    assert the(text).url == "https://b.example/graphql"
