"""A status code in a console message leads the advice, with the causes that `check` names."""

from __future__ import annotations

import pytest

from corsdoctor.causes.by_message import cause_of, redirected_to_login
from corsdoctor.causes.by_message_status import of_status
from corsdoctor.console.recognize import recognize
from corsdoctor.message import Message
from corsdoctor.reports.explanation import Explained, paragraphs

URL = "https://api.example/x"
FIREFOX = (
    f"Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at {URL}. (Reason: "
)
MISSING = f"{FIREFOX}CORS header ‘Access-Control-Allow-Origin’ missing). Status code: {{}}."
PREFLIGHT = f"{FIREFOX}CORS preflight response did not succeed). Status code: {{}}."
WEBKIT = (
    "Origin https://app.example is not allowed by Access-Control-Allow-Origin. Status code: {}\n"
    f"Fetch API cannot load {URL} due to access control checks."
)
WEBKIT_PREFLIGHT = f"Preflight response is not successful. Status code: {{}}\nFetch API cannot load {URL} due to access control checks."
CHROMIUM = (
    f"Access to fetch at '{URL}' from origin 'https://app.example' has been blocked by CORS policy: No "
    f"'Access-Control-Allow-Origin' header is present on the requested resource.\nGET {URL} net::ERR_FAILED {{}} (x)"
)


def said(text: str) -> tuple[str, str]:
    """The cause and the first advice."""
    (message,) = recognize(text)
    parts = paragraphs(Explained(message, "corsdoctor check"))
    cause = next((part for label, part in parts if label == "Cause"), "")
    return cause, next(part for label, part in parts if label == "Next")


@pytest.mark.parametrize("template", [MISSING, WEBKIT, CHROMIUM])
@pytest.mark.parametrize(
    ("status", "cause", "first"),
    [
        (401, "The server requires a login, a token or an API key (401).", "Send valid credentials"),
        (403, "The server refuses the request (403)", "Fix the reason for the status code 403 first"),
        (404, "The URL does not exist on this server", "Correct the URL"),
        (413, "The request is larger than the server accepts (413).", "Raise the limit"),
        (422, "The server does not accept the request (422).", "Fix the reason for the status code 422 first"),
        (429, "The server limits the rate of requests (429).", "Wait"),
        (500, "The application failed (500).", "Fix the error first"),
        (
            502,
            "A proxy or gateway gets no valid response from the application (502).",
            "Make the application respond first",
        ),
        (
            504,
            "A proxy or gateway gets no valid response from the application (504).",
            "Make the application respond first",
        ),
        (302, "The response is a redirect (302)", "Request the URL that it leads to"),
        (402, "The server requires a payment (402).", "Check the plan"),
        (415, "The server does not accept the Content-Type of the request (415).", "Send the body in a type"),
    ],
)
def test_the_status_of_a_response(template: str, status: int, cause: str, first: str) -> None:
    found = said(template.format(status))
    assert found[0].startswith(cause)
    assert found[1].startswith(first)


@pytest.mark.parametrize(
    ("template", "cause", "first"),
    [
        (MISSING, "Nothing handles OPTIONS at this URL, or not the method of the request (405).", "Answer OPTIONS with 204"),
        (CHROMIUM, "The server does not accept the method of the request at this URL (405).", "Correct the URL or the method."),
    ],
)  # fmt: skip
def test_the_method_is_not_allowed(template: str, cause: str, first: str) -> None:
    found = said(template.format(405))
    assert found[0] == cause
    assert found[1].startswith(first)


def test_what_answers_an_http_url_is_not_http() -> None:
    cause, first = said(f"{FIREFOX}CORS request not http).")
    assert cause.startswith("Firefox prints this where what answers is not a response over HTTP.")
    assert first.startswith("Try a Firefox window without extensions")


def test_the_page_where_a_user_logs_in() -> None:
    url = "https://t.eu.auth0.com/authorize?client_id=a&response_type=code"
    cause, first = said(CHROMIUM.format(200).replace(URL, url))
    assert cause.startswith("The URL is the authorization endpoint of Auth0")
    assert first.startswith("Open the URL as a page instead of fetching it")


@pytest.mark.parametrize(("template", "open_"), [(MISSING, True), (WEBKIT, True), (CHROMIUM, False)])
@pytest.mark.parametrize("status", [401, 404, 410])
def test_what_may_be_the_status_of_a_preflight_response(template: str, open_: bool, status: int) -> None:
    assert ("answer OPTIONS" in said(template.format(status))[1]) is open_


@pytest.mark.parametrize("template", [PREFLIGHT, WEBKIT_PREFLIGHT])
@pytest.mark.parametrize(
    ("status", "cause", "first"),
    [
        (401, "The server requires a login, a token or an API key (401). Browsers never send credentials", "Answer OPTIONS with 204"),
        (403, "The server refuses OPTIONS (403)", "Answer OPTIONS with 204"),
        (404, "Nothing handles OPTIONS at this URL, or the URL does not exist (404).", "Answer OPTIONS with 204"),
        (405, "Nothing handles OPTIONS at this URL (405).", "Answer OPTIONS with 204"),
        (501, "Nothing handles OPTIONS at this URL (501).", "Answer OPTIONS with 204"),
        (429, "The server limits the rate of requests (429).", "Wait"),
        (500, "The application failed (500).", "Fix the error first"),
        (503, "A proxy or gateway gets no valid response from the application (503).", "Make the application respond first"),
        (302, "The response is a redirect (302)", "Answer OPTIONS with 204"),
        (415, "The server does not accept the request (415).", "Fix the reason for the status code 415 first"),
        (400, "The server rejects OPTIONS (400): its CORS configuration", "Read the body of the response"),
    ],
)  # fmt: skip
def test_the_status_of_a_preflight_response(template: str, status: int, cause: str, first: str) -> None:
    found = said(template.format(status))
    assert found[0].startswith(cause)
    assert found[1].startswith(first)


@pytest.mark.parametrize("text", [MISSING.format(200), MISSING.format(204), CHROMIUM.format(200)])
def test_a_status_of_success_excludes_error_pages(text: str) -> None:
    cause, first = said(text)
    assert cause.startswith("Not in the message. Usually CORS is not configured for this URL")
    assert "error page" not in cause
    assert first.startswith("Make the server send Access-Control-Allow-Origin")


@pytest.mark.parametrize("status", [None, "(null)", "200", "204"])
def test_no_cause_without_an_error(status: str | None) -> None:
    assert of_status(Message("", True, rule="acao-present", status=status)) is None


@pytest.mark.parametrize(
    ("value", "certain"),
    [("*, *", True), ("*, https://a.example", True), ("https://a.example, https://b.example", False)],
)
def test_several_origins_may_be_the_list_of_one_configuration(value: str, certain: bool) -> None:
    cause = cause_of(Message("x", True, rule="acao-matches-origin", subject=value, detail="multiple"))
    assert cause is not None
    assert cause.id == "two-layers"
    assert ("or the configuration sends its whole list" in cause.text) is not certain


@pytest.mark.parametrize(
    ("url", "is_login"), [("https://api.example/login?next=/x", True), ("https://api.example/items/", False)]
)
def test_the_status_behind_a_redirect_to_a_login_shows_no_cause(url: str, is_login: bool) -> None:
    message = Message("x", True, rule="acao-present", first=URL, url=url, status="404")
    assert redirected_to_login(message) is is_login
    assert (cause_of(message) is None) is is_login
