"""Explanations of messages, and the pages of rules: nothing is missing in any format."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsdoctor.browsers import by_name
from corsdoctor.browsers.worded import worded
from corsdoctor.catalogue import RULES
from corsdoctor.causes.known import of_rule
from corsdoctor.console.others import OTHERS
from corsdoctor.kinds import KINDS
from corsdoctor.message import Message, url_with_scheme
from corsdoctor.reports import rule_page
from corsdoctor.reports.explanation import Explained, as_object, heading, markdown, paragraphs, text
from corsdoctor.reports.markdown import prose
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
    assert ids == list(dict.fromkeys([*(cause.id for cause in rule.causes), *(known.id for known in of_rule(rule.id))]))
    assert all(cause["text"] and cause["fix"] for cause in found["causes"])
    assert set(found["console"]) == {"chromium", "firefox", "webkit"}


def test_each_kind_is_explained() -> None:
    assert {other.kind for other in OTHERS} == {kind.id for kind in KINDS}
    for kind in KINDS:
        message = Message("x", False, kind=kind.id)
        assert kind.title in heading(message)
        for part in (kind.what, kind.cors, kind.fix):
            assert part in text(Explained(message), WIDE)
            assert prose(part) in markdown(Explained(message))


MESSAGES = st.builds(
    Message, st.text(), st.just(True), st.sampled_from([None, "chromium", "firefox", "webkit", "edge-legacy"]),
    st.sampled_from([None, *(rule.id for rule in RULES)]), in_preflight=st.sampled_from([None, True, False]),
    kind=st.none(), url=st.none() | st.text(), origin=st.none() | st.text(), subject=st.none() | st.text(),
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


@pytest.mark.parametrize(
    ("text", "subject", "layers"),
    [
        (
            "The header contains multiple values '*, https://a.example', but only one is allowed.",
            "*, https://a.example",
            True,
        ),
        ("Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed", None, True),
        ("Access-Control-Allow-Origin cannot contain more than one origin.", None, True),
        (
            "The header has a value 'https://a.example' that is not equal to the supplied origin.",
            "https://a.example",
            False,
        ),
    ],
)
def test_a_doubled_header_has_two_layers(text: str, subject: str | None, layers: bool) -> None:
    explained = Explained(Message(text, True, rule="acao-matches-origin", subject=subject))
    said: dict[str, str] = {}
    for label, part in paragraphs(explained):
        said[label] = f"{said.get(label, '')} {part}"
    assert ("Two layers add it" in said.get("Cause", "")) is layers
    assert ("Let only one of the two layers" in said["Next"]) is layers


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
    said = [value for _, value in paragraphs(Explained(Message("x", True, rule="scheme-is-http", url=url)))]
    assert any("Serve the file over http" in value for value in said) is (meant is None)
    assert any(f"Write {meant}" in value for value in said) is (meant is not None)
