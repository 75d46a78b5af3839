"""What is copied from Chromium's issues panel: a title, its sentence, its table, or all of them, is one message."""

from __future__ import annotations

import pytest

from corsdoctor.catalogue import by_id
from corsdoctor.console.issues import ISSUES, WARNINGS, Issue
from corsdoctor.console.recognize import recognize
from corsdoctor.console.template import Template
from corsdoctor.message import Message

BLOCKED = "A Cross-Origin Resource Sharing (CORS) request was blocked because "
TABLE = "1 request\nRequest\tStatus\tHeader\tProblem\tInvalid Value (if available)\nitems\tblocked\t"


def the(text: str) -> Message:
    (message,) = recognize(text)
    return message


@pytest.mark.parametrize("issue", ISSUES, ids=lambda issue: issue.title.text)
def test_reads_a_title_and_its_sentence(issue: Issue) -> None:
    sentence = f"{BLOCKED}{issue.because.words.replace('?', '')} ..." if issue.because is not None else ""
    for text in (issue.title.text, issue.title.text.replace("'", "’"), f"{issue.title.text}\n\n{sentence}", sentence):
        if text:
            message = the(text)
            assert (message.cors, message.browser, message.rule) == (True, "chromium", issue.rule)
            assert message.in_preflight is issue.in_preflight
    assert issue.rule is None or by_id(issue.rule).id == issue.rule


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("Access-Control-Allow-Origin\tMissing Header", "acao-present"),
        ("Access-Control-Allow-Origin\tMultiple Values\t*, *", "acao-matches-origin"),
        ("Access-Control-Allow-Origin\tInvalid Value\tapp.example", "acao-matches-origin"),
        ("Access-Control-Allow-Methods\tInvalid Value\tP(T", "acam-parses"),
        ("Access-Control-Allow-Headers\tInvalid Value\tx a", "acah-parses"),
        ("", None),
    ],
)
def test_reads_the_problem_in_the_table(row: str, rule: str | None) -> None:
    assert the(f"Ensure CORS response header values are valid\n{TABLE}{row}").rule == rule


@pytest.mark.parametrize("template", WARNINGS, ids=lambda template: template.text)
def test_reads_the_deprecation(template: Template) -> None:
    message = the(f"[Deprecation] {template.text} in CORS `Access-Control-Allow-Headers` handling.")
    assert (message.rule, message.subject, message.in_preflight) == ("acah-lists-authorization", "Authorization", True)


@pytest.mark.parametrize(
    "text",
    [
        f"{BLOCKED}of bad luck",
        "Ensure CORS is enabled",
        "A Cross-Origin Resource Sharing (CORS) request is a request",
        "Authorization will not be covered by this policy",
    ],
)
def test_other_words_are_not_issues(text: str) -> None:
    assert recognize(text) == ()
