"""The findings of an audit that are known: which entries are read, and which findings they name."""

from __future__ import annotations

from datetime import date

import pytest

from corsdoctor.audit.weaknesses import REFLECTED, VARY
from corsdoctor.audit.weigh import Severity, Weighed
from corsdoctor.report import AuditReport
from corsdoctor.scenario import Scenario
from corsdoctor.suite.known_findings import read_known_findings, with_known
from corsdoctor.suite.mistakes import InvalidPolicy
from corsdoctor.url import OPAQUE
from corsdoctor.wire import Exchange, FailureKind, Headers, Kind, NoAnswer, WireRequest
from tests.audit.estate import ESTATE
from tests.audit.test_estate import explored

URL = "https://api.example/items"
EXCHANGE = Exchange(Kind.ACTUAL, WireRequest("GET", URL, Headers()), NoAnswer(FailureKind.TIMEOUT, "nothing came"))
FOUND = (
    Weighed(REFLECTED, Severity.HIGH, "what", "impact", EXCHANGE, "https://stranger.example"),
    Weighed(VARY, Severity.LOW, "what", "impact", EXCHANGE),
)
TODAY = date(2026, 6, 1)


def read(*entries: object) -> object:
    return read_known_findings({"known": list(entries)}, {}, lambda _: None)


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ({"id": "any-origin-allowed"}, {0}),
        ({"id": "*"}, {0, 1}),
        ({"id": "vary-*"}, {1}),
        ({"id": "*", "url": "https://api.example/*"}, {0, 1}),
        ({"id": "*", "url": "https://api.example"}, set()),
        ({"id": "*", "origin": "*.example"}, {0}),
    ],
)
def test_which_findings_an_entry_names(entry: dict[str, str], named: set[int]) -> None:
    for until, known, expired in (
        (None, "why", ""),
        (TODAY, "why (until 2026-06-01)", ""),
        (date(2026, 5, 31), "", "why (until 2026-05-31)"),
    ):
        day = {} if until is None else {"until": until}
        entries = read_known_findings({"known": [{**entry, "reason": "why", **day}]}, {}, lambda _: None)
        marked = with_known(FOUND, URL, entries, TODAY)
        assert {i for i, one in enumerate(marked) if one.entry} == named
        for i in named:
            assert (marked[i].known, marked[i].expired, marked[i].entry) == (known, expired, "known[0]")


def test_the_first_entry_counts() -> None:
    entries = read_known_findings(
        {"known": [{"id": "*", "reason": "a"}, {"id": "any-*", "reason": "b"}]}, {}, lambda _: None
    )
    assert [one.known for one in with_known(FOUND, URL, entries, TODAY)] == ["a", "a"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "has no `known` entries"),
        ({"known": []}, "is an empty list"),
        ([], "must be a table"),
        ({"case": 1}, "unknown key"),
    ],
)
def test_a_file_without_entries(data: object, words: str) -> None:
    with pytest.raises(InvalidPolicy) as raised:
        read_known_findings(data, {}, lambda _: None)
    assert words in raised.value.mistakes[0].reason


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"reason": "a"}, "has no `id`"),
        ({"id": "*"}, "has no `reason`"),
        ({"id": "any-origin", "reason": "a"}, "is not a weakness; did you mean `any-origin-allowed`"),
        ({"id": 1, "reason": "a"}, "must be a string"),
        ({"id": "*", "url": 1, "reason": "a"}, "must be a string"),
        ({"id": "*", "reason": "a", "until": "2026-13-01"}, "this date does not exist"),
        ({"id": "*", "reason": "a", "rule": "b"}, "unknown key"),
        ("any-origin-allowed", "must be a table"),
    ],
)
def test_mistakes(entry: object, words: str) -> None:
    with pytest.raises(InvalidPolicy) as raised:
        read(entry)
    assert words in raised.value.mistakes[0].reason


def test_a_known_finding_does_not_count() -> None:
    server = next(one for one in ESTATE if one.expected)
    report = AuditReport(explored(server), (FOUND[0]._replace(known="why"), FOUND[1]), Scenario(URL, OPAQUE))
    assert report.severity is Severity.LOW
    assert report._replace(findings=(FOUND[0]._replace(known="why"),)).good
