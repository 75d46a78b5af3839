"""Words of servers: which of them name a cause, how certain that is, and words of ordinary applications that name none."""

from __future__ import annotations

import json

import pytest

from corsdoctor.causes.probe import AUTO
from corsdoctor.scenario import Credentials, Scenario
from corsdoctor.url import Origin
from tests.causes.scripted import Lines, Rule, Servers

APP = Origin("https", "app.example")
URL = "https://api.example/items"
JSON, HTML = ("Content-Type", "application/json"), ("Content-Type", "text/html")
PASSED = Rule(
    204, (("Access-Control-Allow-Origin", "{origin}"), ("Access-Control-Allow-Headers", "{acrh}")), method="OPTIONS"
)
CHALLENGE = "<html><head><title>x</title>{}</head><body>{}</body></html>"
LONG = "<p>" + "This article is about the price of tea. " * 10 + "</p>"


def best(*rules: Rule, scenario: Scenario | None = None) -> tuple[str, str] | None:
    failure = Servers(rules).report(scenario or Scenario(URL, APP), AUTO).diagnoses[0].failure
    assert failure is not None
    return None if failure.cause is None else (failure.cause.id, str(failure.cause.certainty))


def said(status: int, key: str, words: str, kind: Lines = (JSON,)) -> Rule:
    return Rule(status, kind, json.dumps({key: words}))


@pytest.mark.parametrize(
    ("words", "certainty"),
    [
        ("Origin not in allowlist", "likely"), ("The origin has not been registered", "likely"),
        ("This origin isn't allowed", "likely"), ("This origin isn’t allowed", "likely"), ("Origin mismatch", "likely"),
        ("origin_not_allowed", "likely"), ("ORIGIN_MISMATCH", "likely"), ("origin-not-allowed", "likely"), ("Domain not allowed", "likely"),
        ("Invalid origin", "likely"), ("Invalid origin: https://b.example", "likely"), ("Unknown origin b.example", "likely"),
        ("CORS Error", "likely"), ("Not allowed by CORS", "certain"), ("Origin https://app.example is not in the list of allowed origins", "certain"),
        ("The origin 'https://app.example' has not been registered", "certain"), ("Cross-origin requests are not allowed", "certain"),
        ("Origin is not allowed to make this request", "certain"),
    ],
)  # fmt: skip
def test_words_that_refuse_an_origin(words: str, certainty: str) -> None:
    assert best(said(403, "message", words)) == ("origin-refused", certainty)


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        *((words, "authentication") for words in (
            "Forbidden: missing token", "Access denied. No token provided.", "Not Authorized", "Your session has timed out",
            "Your session has expired. Please log in again.", "An API key is required", "Please provide an API key",
            "You must supply an API key in the X-Api-Key header", "This endpoint requires an API key", "requires authentication",
            "Anonymous access is not allowed", "Guest access not permitted", "Could not authenticate you", "Basic auth required",
            "Must be authenticated", "401 Unauthorized", "Token has been revoked", "Authorization has been denied for this request.",
        )),
        *((words, "rate-limited") for words in (
            "Request was throttled. Expected available in 30 seconds.", "Daily request limit reached", "Limit exceeded", "Slow down",
            "The request cannot be completed because you have exceeded your quota.", "Too many attempts. Please try again later.",
            "You are sending requests too quickly", "You've hit your request limit", "Max requests exceeded",
        )),
        *((words, "origin-refused") for words in (
            "Not an allowed origin", "Unauthorized domain", "Request from disallowed origin", "Requests from this domain are not allowed",
            "Origin https://app.example not found in allowed origins", "No CORS policy for origin https://app.example",
            "Your site is not allowed to use this API", "Referer not allowed", "WebSocket origin not allowed",
        )),
        *((words, "forbidden") for words in (
            "Please provide a name", "Please provide a key for the item", "The limit must be less than 100", "exceeded",
            "This package requires an update", "You have exceeded expectations", "You have reached the end of the list",
            "Forbidden: you are not the owner", "Your site is not reachable", "Slow down the video",
            "If you have exceeded the limit, wait a minute", "You may see this because you have reached the limit of downloads",
            "You have exceeded the character limit", "You have reached your maximum file size limit", "Invalid token in JSON at position 5",
            "Bad token ','",
        )),
    ],
)  # fmt: skip
def test_what_the_words_of_a_403_ask_for(words: str, cause: str) -> None:
    found = best(said(403, "message", words))
    assert found is not None
    assert found[0] == cause


@pytest.mark.parametrize(
    ("status", "key", "words"),
    [
        (400, "message", "Invalid origin: XXX is not an airport code"), (400, "message", "Origin country is not permitted for this tariff"),
        (422, "message", "Origin not allowed"), (400, "message", "Certificate required: upload a birth certificate"),
        (400, "message", "Missing key: name"), (400, "name", "No session"), (422, "name", "Request has expired"),
        (422, "message", "Request has expired"), (400, "message", "Throttled valve id unknown"), (400, "title", "Invalid origin"),
        (422, "message", "Too many requests in this bundle were malformed"), (400, "description", "Not allowed by CORS"),
        (400, "text", "Disallowed CORS origin"), (400, "message", "Learn how client certificate missing errors are solved"),
    ],
)  # fmt: skip
def test_words_of_ordinary_applications(status: int, key: str, words: str) -> None:
    assert best(said(status, key, words)) == ("not-configured", "likely")


def test_the_title_of_a_problem_is_a_message() -> None:
    kind = (("Content-Type", "application/problem+json"),)
    assert best(said(403, "title", "Not allowed by CORS", kind)) == ("origin-refused", "certain")
    assert best(Rule(403, kind, "[]")) == ("forbidden", "certain")


@pytest.mark.parametrize(
    ("status", "words", "cause"),
    [
        (400, "Missing token", ("authentication", "likely")), (403, "Missing token", ("authentication", "certain")),
        (400, "Too many requests", ("rate-limited", "likely")), (403, "Too many requests", ("rate-limited", "certain")),
        (403, "SignatureDoesNotMatch", ("forbidden", "certain")), (403, "Your IP is not allowed", ("forbidden", "certain")),
    ],
)  # fmt: skip
def test_words_count_for_more_with_their_status(status: int, words: str, cause: tuple[str, str]) -> None:
    assert best(said(status, "message", words)) == cause


def test_a_signature_is_that_of_a_store() -> None:
    words = said(403, "message", "Request has expired", (JSON, ("x-amz-request-id", "1")))
    assert best(words) == ("request-signature", "certain")
    assert best(said(403, "message", "Request has expired"), scenario=Scenario(f"{URL}?sig=1", APP)) == (
        "request-signature",
        "certain",
    )


@pytest.mark.parametrize(
    "words",
    [
        "CSRF check failed", "CSRF verification failed. Request aborted.", "CSRF Failed: CSRF token missing.", "CSRF token mismatch.",
        "Invalid CSRF Token 'null' was found on the request parameter", "ActionController::InvalidAuthenticityToken", "The CSRF token is missing.",
        "invalid csrf token", "Can't verify CSRF token authenticity",
    ],
)  # fmt: skip
def test_protection_against_forged_requests(words: str) -> None:
    refused = Rule(403, (JSON,), json.dumps({"error": words}), method="POST")
    scenario = Scenario(URL, APP, "POST")
    failure = Servers((refused, Rule(200))).report(scenario, AUTO).diagnoses[0].failure
    assert failure is not None
    assert failure.cause is not None
    assert (failure.cause.id, str(failure.cause.certainty)) == ("forbidden", "likely")
    assert "CSRF_TRUSTED_ORIGINS" in failure.cause.fix


def test_words_about_an_origin_that_the_preflight_allows() -> None:
    scenario = Scenario(URL, APP, headers=(("X-A", "1"),))
    assert best(PASSED, said(403, "message", "Origin not allowed"), scenario=scenario) == ("origin-refused", "likely")


@pytest.mark.parametrize(
    "script",
    [
        "https://www.google.com/recaptcha/api.js",
        "https://x.awswaf.com/a.js",
        "/perimeterx.js",
        "/_Incapsula_Resource?a",
    ],
)
def test_a_script_of_a_bot_protection_is_no_challenge(script: str) -> None:
    """Such a script is in every page of a site. It counts only in the page of a refusal that has little else."""
    tag = f'<script src="{script}">{" " * 400}var a = "{"b" * 400}";</script>'
    assert best(Rule(403, (HTML,), CHALLENGE.format(tag, "<p>Wait</p>"))) == ("bot-challenge", "likely")
    assert best(Rule(403, (HTML,), CHALLENGE.format(tag, LONG))) == ("forbidden", "certain")
    assert best(Rule(404, (HTML,), CHALLENGE.format(tag, ""))) == ("not-found", "certain")
    assert best(Rule(403, (HTML,), CHALLENGE.format("", f"<footer>{tag}</footer>"))) == ("forbidden", "certain")


@pytest.mark.parametrize(
    ("title", "cause"),
    [
        ("Just a moment...", ("bot-challenge", "certain")),
        ("Just a moment... and other poems", ("not-configured", "likely")),
    ],
)
def test_a_title_is_compared_as_a_whole(title: str, cause: tuple[str, str]) -> None:
    assert best(Rule(200, (HTML,), f"<html><title>{title}</title></html>")) == cause


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ("<p>Our old domain is for sale.</p>", ("not-configured", "likely")),
        ("<h1>acme.example: the domain is for sale</h1>", ("wrong-service", "certain")),
        ("<p>This domain is for sale</p>", ("wrong-service", "certain")),
    ],
)
def test_a_parked_domain(body: str, cause: tuple[str, str]) -> None:
    assert best(Rule(200, (HTML,), f"<html><title>News</title>{body}</html>")) == cause


def test_a_login_form_in_the_layout_of_a_refusal() -> None:
    form = '<html><h1>Forbidden</h1><p>Your IP is not allowed</p><form><input type="password"></form></html>'
    assert best(Rule(403, (HTML,), form)) == ("forbidden", "certain")


def test_a_401_to_a_request_that_has_no_cookie_although_it_may() -> None:
    asked = Scenario(URL, APP, credentials=Credentials.INCLUDE)
    failure = Servers((Rule(401),)).report(asked, AUTO).diagnoses[0].failure
    assert failure is not None
    assert failure.cause is not None
    assert "the request has no cookie (401)" in failure.cause.text
    assert "stores and sends the cookie" in str(failure.cause.fix)
