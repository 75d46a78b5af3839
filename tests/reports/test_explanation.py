"""Explanations of messages, and the pages of rules: nothing is missing in any format."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsdoctor.browsers import by_name
from corsdoctor.browsers.worded import worded
from corsdoctor.catalogue import RULES
from corsdoctor.causes.known import known, of_rule
from corsdoctor.console.others import OTHERS
from corsdoctor.console.recognize import recognize
from corsdoctor.console.reproduce import unknown
from corsdoctor.fetch.cors_causes import TWO_LAYERS
from corsdoctor.kinds.table import KINDS
from corsdoctor.message import Message, url_with_scheme
from corsdoctor.reports import rule_page
from corsdoctor.reports.explanation import (
    WITH_CUT_URL,
    WITH_RELATIVE_URL,
    WITHOUT_COMMAND,
    Explained,
    as_object,
    heading,
    markdown,
    paragraphs,
    place,
    text,
)
from corsdoctor.reports.markdown import prose
from corsdoctor.reports.messages import IN_PREFLIGHT
from corsdoctor.reports.refused import REFUSED
from corsdoctor.reports.writer import Style
from corsdoctor.rule import Rule
from corsdoctor.visible import visible

WIDE = Style(10_000)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_each_page_is_whole(rule: Rule) -> None:
    pages = (rule_page.text(rule, WIDE), rule_page.markdown(rule))
    for page in pages:
        for part in (rule.title, rule.what, rule.why, rule.fix, rule.spec, *(cause.text for cause in rule.causes)):
            assert part in page
        for line in (*rule.bad.split("\n"), *rule.good.split("\n")):
            assert line in page
        for browser, texts in worded(rule.id).items():
            assert by_name(browser).title in page
            assert all(line in page for said in texts or (rule_page.SILENT,) for line in said.split("\n"))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_each_object_is_whole(rule: Rule) -> None:
    found = rule_page.as_object(rule)
    for name in ("id", "title", "spec", "step", "what", "why", "fix", "bad", "good"):
        assert found[name] == getattr(rule, name)
        assert found[name] or name == "step"
    ids = [cause["id"] for cause in found["causes"]]
    assert ids == list(dict.fromkeys([*(cause.id for cause in rule.causes), *(other.id for other in of_rule(rule.id))]))
    assert all(cause["text"] and cause["fix"] for cause in found["causes"])
    assert set(found["console"]) == {"chromium", "firefox", "webkit"}


def test_each_kind_is_explained() -> None:
    told = {other.kind if other.case is None else f"{other.kind}/{other.case}" for other in OTHERS}
    assert told == {kind.id for kind in KINDS}
    for kind in KINDS:
        name, _, case = kind.id.partition("/")
        message = Message("x", False, kind=name, case=case or None)
        assert kind.title in heading(message)
        for part in (kind.what, kind.cors, kind.fix):
            assert part in text(Explained(message), WIDE)
            assert prose(part) in markdown(Explained(message))


def test_a_kind_that_no_browser_is_named_for_has_no_place() -> None:
    message = Message("x", False, kind="network", case="node")
    assert place(Explained(message)) == ""
    assert text(Explained(message), WIDE).splitlines()[1] == ""
    assert markdown(Explained(message)).splitlines()[2].startswith("- **Means**")
    assert place(Explained(message, times=2)) == "2 times"


def test_a_cut_url_of_a_kind_is_named_as_cut() -> None:
    cut, whole = (
        Message("x", False, kind="network", url=url) for url in ("https://api.example/…", "https://api.example/")
    )
    said = ("Next", f"{WITH_CUT_URL} corsdoctor check URL --origin ORIGIN")
    assert said in paragraphs(Explained(cut))
    assert said not in paragraphs(Explained(whole))


@pytest.mark.parametrize(
    ("url", "in_preflight", "said"),
    [
        (None, None, f"{WITHOUT_COMMAND} corsdoctor check URL --origin ORIGIN"),
        ("/a", False, f"{WITH_RELATIVE_URL} corsdoctor check URL --origin ORIGIN"),
        ("/a", True, f"{WITH_RELATIVE_URL} corsdoctor check URL --origin ORIGIN -X METHOD"),
        ("https://api.example/…", True, f"{WITH_CUT_URL} corsdoctor check URL --origin ORIGIN -X METHOD"),
    ],
)
def test_the_command_to_complete_triggers_a_preflight_that_failed(
    url: str | None, in_preflight: bool | None, said: str
) -> None:
    message = Message("x", True, rule="acao-present", url=url, in_preflight=in_preflight)
    assert paragraphs(Explained(message))[-1] == ("Next", said)


@pytest.mark.parametrize(
    ("rule", "subject", "flags"),
    [
        ("acac-true", None, "--credentials include"),
        ("acao-not-wildcard-with-credentials", None, "--credentials include"),
        ("acao-not-wildcard-with-credentials", "preflight", "-X METHOD --credentials include"),
        ("acam-lists-method", "PATCH", "-X PATCH"),
        ("acam-lists-method", None, "-X METHOD"),
        ("acah-lists-headers", "X-Api-Key", "-H 'X-Api-Key: 1'"),
        ("acah-lists-headers", "x'; rm", "-X METHOD"),
        ("acah-lists-authorization", "Authorization", "-H 'Authorization: Bearer 1'"),
    ],
)
def test_the_command_to_complete_has_what_the_failure_needs(rule: str, subject: str | None, flags: str) -> None:
    in_preflight = subject == "preflight" or (rule.startswith("aca") and "lists" in rule)
    message = Message("x", True, rule=rule, subject=subject, in_preflight=in_preflight)
    said = f"{WITHOUT_COMMAND} corsdoctor check URL --origin ORIGIN {flags}"
    assert paragraphs(Explained(message))[-1] == ("Next", said)


MESSAGES = st.builds(
    Message, st.text(), st.just(True), st.sampled_from([None, "chromium", "firefox", "webkit", "edge-legacy"]),
    st.sampled_from([None, *(rule.id for rule in RULES)]), in_preflight=st.sampled_from([None, True, False]),
    kind=st.none(), url=st.none() | st.text(), origin=st.none() | st.text(), subject=st.none() | st.text(),
    server=st.none() | st.text(), cause=st.sampled_from([None, *REFUSED]),
)  # fmt: skip


@given(st.builds(Explained, MESSAGES, st.none() | st.text(), st.just(("page", "headers")), st.none() | st.text()))
def test_any_message_can_be_shown(explained: Explained) -> None:
    for width in (20, 80):
        assert text(explained, Style(width)).isprintable() is False  # more than one line
    assert prose(visible(heading(explained.message))) in markdown(explained)
    assert as_object(explained)["text"] == explained.message.text
    shown = text(explained, Style(80))
    assert "\x1b" not in shown
    assert "\x07" not in shown


ACCESS = (
    "Access to fetch at 'http://localhost:8080/' from origin 'https://app.example' has been blocked by CORS policy: "
)
BLOCKED = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example/."


LAYERS = TWO_LAYERS.text
EITHER = known(TWO_LAYERS.id).means


def said(message: str) -> dict[str, str]:
    """The heading of an explanation, and what it says, by label."""
    (found,) = recognize(message)
    parts: dict[str, str] = {"": heading(found)}
    for label, part in paragraphs(Explained(found)):
        parts[label] = f"{parts[label]} {part}" if label in parts else part
    return parts


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        (f"{ACCESS}The 'Access-Control-Allow-Origin' header contains multiple values '*, https://a.example', but only one is allowed.", LAYERS),
        (f"{ACCESS}The 'Access-Control-Allow-Origin' header contains multiple values '*, *', but only one is allowed.", LAYERS),
        (f"{ACCESS}The 'Access-Control-Allow-Origin' header contains multiple values 'https://a.example, https://a.example', but only one is allowed.", LAYERS),
        (f"{ACCESS}The 'Access-Control-Allow-Origin' header contains multiple values 'https://a.example https://b.example', but only one is allowed.", EITHER),
        (f"{BLOCKED} (Reason: Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed).", EITHER),
        (f"{BLOCKED} (Reason: CORS header ‘Access-Control-Allow-Origin’ does not match ‘*, *’).", LAYERS),
        (f"{BLOCKED} (Reason: CORS header ‘Access-Control-Allow-Origin’ does not match ‘https://a.example, https://b.example’).", EITHER),
        ("Access-Control-Allow-Origin cannot contain more than one origin.", EITHER),
        ("GET https://api.example/ CORS Multiple Origin Not Allowed", EITHER),
        ("Cross-Origin Resource Sharing error: PreflightMultipleAllowOriginValues", EITHER),
        ("SEC7128: Es wurden mehrere Werte gefunden.", EITHER),
        (f"{ACCESS}The 'Access-Control-Allow-Origin' header has a value 'https://a.example' that is not equal to the supplied origin.", None),
        (f"{BLOCKED} (Reason: CORS header ‘Access-Control-Allow-Origin’ does not match ‘https://a.example’).", None),
    ],
)  # fmt: skip
def test_a_header_with_several_values(message: str, cause: str | None) -> None:
    parts = said(message)
    assert ("more than one value" in parts[""]) is (cause is not None)
    assert parts.get("Cause") == cause
    assert ("Let only one of" in parts["Next"]) is (cause is not None)


SPACE = "Request had a target IP address space of {} yet the resource is in address space {}."
DENIED = "Permission was denied for this request to access the {} address space."
INSECURE = "The request client is not a secure context and the resource is in more-private address space {}."


@pytest.mark.parametrize("quote", ["`", "'", ""])
@pytest.mark.parametrize(("named", "found"), [("local", "loopback"), ("loopback", "local"), ("public", "local")])
def test_another_address_space_is_the_scripts(quote: str, named: str, found: str) -> None:
    parts = said(ACCESS + SPACE.format(f"{quote}{named}{quote}", f"{quote}{found}{quote}"))
    assert f"not the address space of the server, which is `{found}`" in parts[""]
    assert "permission" in parts["Cause"]
    assert "targetAddressSpace" in parts["Next"]
    assert not any("Ask the user" in part or "production" in part for part in parts.values())


@pytest.mark.parametrize("wording", [DENIED, INSECURE])
@pytest.mark.parametrize(("space", "left"), [("`loopback`", True), ("loopback", True), ("`local`", False)])
def test_a_url_of_this_computer_may_be_left_from_development(wording: str, space: str, left: bool) -> None:
    parts = said(ACCESS + wording.format(space))
    assert parts.get("Cause", "").startswith("The URL leads to the computer of whoever opens the page") is left
    assert parts["Next"].startswith("If visitors of the page are meant to use a server on the internet") is left


@pytest.mark.parametrize("target", ["unknown", "'unknown'"])
def test_a_script_that_names_no_address_space_is_not_to_blame(target: str) -> None:
    assert "targetAddressSpace" not in " ".join(said(ACCESS + SPACE.format(target, "`local`")).values())


@pytest.mark.parametrize(
    "message",
    [
        f"{BLOCKED} (Reason: CORS request external redirect not allowed).",
        "GET https://api.example/ CORS External Redirect Not Allowed",
        "Quellübergreifende (Cross-Origin) Anfrage blockiert: Die Gleiche-Quelle-Regel verbietet das Lesen der externen "
        "Ressource auf https://api.example/. (Grund: Externe Weiterleitung der CORS-Anfrage verboten).",
        f"{ACCESS}Response to preflight request doesn't pass access control check: Redirect is not allowed for a preflight request.",
        "Cross-Origin Resource Sharing error: PreflightDisallowedRedirect",
    ],
)
def test_a_redirected_preflight_is_named(message: str) -> None:
    parts = said(message)
    assert parts[""] == "CORS: the preflight response is a redirect, which browsers do not follow"
    assert parts["Means"].startswith(IN_PREFLIGHT)
    assert "redirects the preflight request" in parts["Cause"]


@pytest.mark.parametrize(
    "message",
    [
        f"{BLOCKED} (Reason: CORS disabled).",
        "GET https://api.example/ CORS disabled",
        "Quellübergreifende (Cross-Origin) Anfrage blockiert: Die Gleiche-Quelle-Regel verbietet das Lesen der externen "
        "Ressource auf https://api.example/. (Grund: CORS deaktiviert).",
    ],
)
def test_a_firefox_in_which_cors_is_turned_off(message: str) -> None:
    parts = said(message)
    assert "CORS is turned off in this Firefox" in parts["Means"]
    assert "does not name the reason" not in parts["Means"]
    assert parts["Next"].startswith("In about:config")


@pytest.mark.parametrize(
    "reason",
    [
        "Origin https://app.example is not allowed by Access-Control-Allow-Origin. Status code: 302",
        "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.",
        "redirection URL https://b.example/ has credentials",
    ],
)
def test_where_a_redirect_leads_is_not_what_was_requested(reason: str) -> None:
    text = f"Cross-origin redirection to https://b.example/ denied by Cross-Origin Resource Sharing policy: {reason}"
    (message,) = recognize(text)
    assert "redirection" in unknown(message)
    shown = paragraphs(Explained(message, "corsdoctor check", unknown(message)))
    assert any("where a redirect leads" in part for _, part in shown)


@pytest.mark.parametrize("what", ["Font", "Image", "Script", "CSS stylesheet", "Video", "Redirect at"])
@pytest.mark.parametrize(
    "reason",
    [
        "No 'Access-Control-Allow-Origin' header is present on the requested resource.",
        "The 'Access-Control-Allow-Origin' header has a value 'https://b.example' that is not equal to the supplied origin.",
    ],
)
def test_a_message_that_names_only_the_server(what: str, reason: str) -> None:
    start = "Redirect at" if what == "Redirect at" else f"{what} from"
    text = f"{start} origin 'https://cdn.example' has been blocked from loading by Cross-Origin Resource Sharing policy: {reason}"
    (message,) = recognize(f"{text} Origin 'https://app.example' is therefore not allowed access.")
    assert (message.url, message.origin) == ("https://cdn.example", "https://app.example")
    assert "server" in unknown(message)
    shown = paragraphs(Explained(message, "corsdoctor check", unknown(message)))
    assert any("names only the server" in part for _, part in shown)


@pytest.mark.parametrize(("page", "shown"), [("https://app.example/", "https://app.example"), ("file://", "file://")])
def test_the_page_is_shown_as_an_origin(page: str, shown: str) -> None:
    parts = said(
        ACCESS.replace("https://app.example", page)
        + "The 'Access-Control-Allow-Origin' header has a value 'https://app.example/' that is not equal to the supplied origin."
    )
    assert parts[""].endswith(f"is `https://app.example/`, not the page's origin ({shown})")


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("localhost:8080/api", "http://localhost:8080/api"),
        ("api.example:80", "http://api.example:80"),
        ("127.0.0.1:3000?x=1", "http://127.0.0.1:3000?x=1"),
        ("file:///home/me/a.json", None),
        ("capacitor://localhost/a", None),
        ("localhost:/api", None),
        ("https://api.example:8080/", None),
        (None, None),
    ],
)
def test_a_url_without_its_scheme(url: str | None, meant: str | None) -> None:
    assert url_with_scheme(url) == meant
    values = [value for _, value in paragraphs(Explained(Message("x", True, rule="scheme-is-http", url=url)))]
    assert any("Serve the file over http" in value for value in values) is (meant is None)
    assert any(f"Write {meant}" in value for value in values) is (meant is not None)


def shown(message: str) -> str:
    (found,) = recognize(message)
    return text(Explained(found), WIDE)


def test_a_preflight_response_is_not_withheld_from_a_script() -> None:
    missing = "No 'Access-Control-Allow-Origin' header is present on the requested resource."
    frame = "Access to fetch at 'https://a.example/' from origin 'https://b.example' has been blocked by CORS policy: "
    assert "withholds it from the script" in shown(frame + missing)
    preflight = shown(f"{frame}Response to preflight request doesn't pass access control check: {missing}")
    assert "withholds" not in preflight
    assert "the request itself was never sent" in preflight


@pytest.mark.parametrize("name", ["Set-Cookie", "set-cookie2"])
def test_no_header_exposes_a_cookie(name: str) -> None:
    page = shown(f'Refused to get unsafe header "{name}"')
    assert f"CORS: no script can read {name}\n" in page
    assert "List the names" not in page
    assert "List the names in Access-Control-Expose-Headers" in shown('Refused to get unsafe header "Location"')


def test_a_reason_that_is_cut_off_is_of_todays_browsers() -> None:
    cut = "Access to fetch at 'https://a.example/' from origin 'https://b.example' has been blocked by CORS policy: No 'Access-Control-All"
    assert "Chrome or Edge" in shown(cut)


def test_the_name_of_a_header_alone_is_no_reason() -> None:
    assert recognize("see Access-Control-Allow-Origin") == ()
    (message,) = recognize("is not allowed by Access-Control-Allow-Origin.")
    assert (message.rule, message.detail, message.browser) == ("acao-matches-origin", "", None)
