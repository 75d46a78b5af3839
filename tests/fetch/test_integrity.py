"""Subresource Integrity: which bodies a page takes, and what browsers print of those that it does not."""

from __future__ import annotations

import base64
import hashlib
from typing import Any, NamedTuple

import pytest

from corsdoctor.browsers import BROWSERS, CHROMIUM, FIREFOX, STANDARD, WEBKIT, Profile
from corsdoctor.diagnose import Diagnosis, Verdict
from corsdoctor.fetch.integrity import NOT_READABLE, is_decodable, length_of, strongest
from corsdoctor.flow.read import read_flow
from corsdoctor.flow.run import run_flow
from corsdoctor.wire import BodyEnd, Framing, Headers, Response

URL = "https://cdn.example/a.js"
BODY = b"self.ran = 1"


def hash_of(body: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm}-{base64.b64encode(hashlib.new(algorithm, body).digest()).decode()}"


RIGHT, WRONG = hash_of(BODY), hash_of(b"other")
OPEN = ("Access-Control-Allow-Origin", "*")


def loaded(
    integrity: str, profile: Profile = STANDARD, body: bytes = BODY, lines: tuple[tuple[str, str], ...] = (OPEN,),
    end: BodyEnd = BodyEnd.WHOLE, **request: Any,
) -> Diagnosis:  # fmt: skip
    given = {"url": URL, "api": "script", "mode": "cors", "integrity": integrity, **request}
    flow = read_flow({"visits": [{"page": "https://app.example/", "requests": [given]}]})
    answer = Response(200, Headers((("Content-Type", "text/javascript"), *lines)), framing=Framing(end=end), body=body)
    [result] = run_flow(flow, (profile,), lambda *_: answer)
    return result.steps[0].diagnosis


class Case(NamedTuple):
    integrity: str
    verdict: Verdict


@pytest.mark.parametrize(
    "case",
    [
        Case("", Verdict.ALLOWED),
        Case("md5-abc nonsense", Verdict.ALLOWED),
        Case(RIGHT, Verdict.ALLOWED),
        Case(RIGHT.replace("+", "-").replace("/", "_"), Verdict.ALLOWED),
        Case(f"{RIGHT}?option", Verdict.ALLOWED),
        Case(f"{WRONG} {RIGHT}", Verdict.ALLOWED),
        Case(WRONG, Verdict.BLOCKED),
        Case(f"{RIGHT} {hash_of(b'other', 'sha512')}", Verdict.BLOCKED),
        Case(f"{WRONG} {hash_of(BODY, 'sha384')}", Verdict.ALLOWED),
        Case("sha256-AAAA", Verdict.BLOCKED),
    ],
    ids=str,
)
def test_what_a_page_takes(case: Case) -> None:
    assert loaded(case.integrity).verdict is case.verdict


def test_a_response_without_cors_cannot_be_checked() -> None:
    diagnosis = loaded(RIGHT, mode=None)
    assert diagnosis.failure is not None
    assert (diagnosis.verdict, diagnosis.failure.cause) == (Verdict.BLOCKED, NOT_READABLE)


@pytest.mark.parametrize(
    "changed",
    [
        {"end": BodyEnd.UNREAD},
        {"lines": (OPEN, ("Content-Length", "400"))},
        {"body": b"x" * 65_536},
    ],
)
def test_a_body_that_was_not_read_to_its_end_is_not_judged(changed: dict[str, Any]) -> None:
    assert loaded(WRONG, **changed).verdict is Verdict.ALLOWED


def test_a_compressed_body_is_shorter_than_it_is() -> None:
    lines = (OPEN, ("Content-Length", "4"), ("Content-Encoding", "gzip"))
    assert loaded(WRONG, lines=lines).verdict is Verdict.BLOCKED


def test_a_request_that_failed_before_has_no_body_to_check() -> None:
    diagnosis = loaded(RIGHT, lines=())
    assert diagnosis.failure is not None
    assert diagnosis.failure.rule.id == "acao-present"


def test_the_strongest_algorithm_counts() -> None:
    assert strongest("sha256-a SHA512-b sha384-d sha384-c", STANDARD) == [("sha384", "d"), ("sha384", "c")]
    assert strongest("sha256-a SHA512-b sha512-c", WEBKIT) == [("sha512", "b"), ("sha512", "c")]
    assert [length_of(digest) for _, digest in strongest(f"{RIGHT} sha256-AAAA", STANDARD)] == [32, 3]
    assert [is_decodable(digest) for digest in ("AAAA", "AAA=", "A")] == [True, True, False]


@pytest.mark.parametrize(
    ("profile", "checked"),
    [
        (STANDARD, ["fetch", "font", "image", "modulepreload", "script"]),
        (CHROMIUM, ["font", "modulepreload", "script"]),
        (FIREFOX, ["modulepreload", "script"]),
        (WEBKIT, []),
    ],
    ids=("standard", "chromium", "firefox", "webkit"),
)
def test_which_preloads_are_checked(profile: Profile, checked: list[str]) -> None:
    asked: dict[str, dict[str, Any]] = {
        what: {"api": "preload", "as": what} for what in ("fetch", "font", "image", "script")
    }
    asked["modulepreload"] = {"api": "modulepreload"}
    failures = {what: loaded(WRONG, profile, b"\0", **one).failure for what, one in asked.items()}
    blocked = [what for what, step in failures.items() if step is not None and step.rule.id == "integrity-matches"]
    assert sorted(blocked) == checked


PARSING = "Error parsing 'integrity' attribute ('{}'). {}"
UNKNOWN = "The specified hash algorithm must be one of 'sha256', 'sha384', 'sha512', or 'ed21159'."
NO_HASH = "The hash algorithm must be one of 'sha256', 'sha384', 'sha512', or 'ed21159', followed by a '-' character."
MALFORMED = (
    "The script element has a malformed hash in its integrity attribute: “{}”. The correct format is “<hash "
    "algorithm>-<hash value>”."
)
UNSUPPORTED = "Unsupported hash algorithm in the integrity attribute: “{}”"
EMPTY = "The integrity attribute does not contain any valid metadata."


@pytest.mark.parametrize(
    ("integrity", "chromium", "firefox"),
    [
        ("foo", [PARSING.format("foo", NO_HASH)], [MALFORMED.format("foo"), EMPTY]),
        ("md5-x", [PARSING.format("md5-x", UNKNOWN)], [UNSUPPORTED.format("md5"), EMPTY]),
        (
            "sha256-!",
            [PARSING.format("sha256-!", "The digest must be a valid, base64-encoded value.")],
            [MALFORMED.format("sha256-!"), EMPTY],
        ),
        (f"foo {RIGHT}", [PARSING.format(f"foo {RIGHT}", NO_HASH)], [MALFORMED.format("foo")]),
        (f"{RIGHT}?o", ["Ignoring unrecognized 'integrity' attribute option 'o'."], []),
        (" ", [], []),
    ],
)
def test_what_browsers_say_of_an_integrity_that_they_cannot_parse(
    integrity: str, chromium: list[str], firefox: list[str]
) -> None:
    assert list(loaded(integrity, CHROMIUM).console) == chromium
    assert list(loaded(integrity, FIREFOX).console) == firefox
    assert not loaded(integrity, WEBKIT).console
    assert not loaded(integrity, CHROMIUM, api="stylesheet", lines=(OPEN, ("Content-Type", "text/css"))).console


def test_a_hash_that_is_not_base64() -> None:
    assert (
        loaded("sha256-A", FIREFOX).console[-1] == "The hash contained in the integrity attribute could not be decoded."
    )


def test_chromium_says_which_preloads_it_does_not_check() -> None:
    asked: list[dict[str, Any]] = [{"api": "preload", "as": what} for what in ("fetch", "image", "script")]
    assert [len(loaded(WRONG, CHROMIUM, **one).console) for one in asked] == [1, 1, 0]


def test_an_attribute_without_a_known_hash_needs_cors_in_some_browsers() -> None:
    blocked = [profile.name for profile in BROWSERS if loaded("md5-x", profile, mode=None).verdict is Verdict.BLOCKED]
    assert blocked == ["firefox", "webkit"]
    fetched = [loaded("md5-x", profile, mode="no-cors", api="fetch").verdict for profile in BROWSERS]
    assert fetched == [Verdict.OPAQUE, *[Verdict.BLOCKED] * 3]
    assert all(loaded(" ", profile, mode=None).verdict is Verdict.OPAQUE for profile in BROWSERS)


@pytest.mark.parametrize("api", ["script", "fetch", "stylesheet", "module"])
@pytest.mark.parametrize("profile", BROWSERS[1:], ids=lambda profile: profile.name)
def test_each_browser_names_the_resource(profile: Profile, api: str) -> None:
    kind = (("Content-Type", "text/css"),) if api == "stylesheet" else ()
    lines = (OPEN, *kind)
    assert any(URL in message for message in loaded("sha256-AAAA", profile, api=api, lines=lines).console)


@pytest.mark.parametrize(
    ("profile", "words"),
    [(CHROMIUM, "requires the request to be CORS"), (FIREFOX, "is not eligible"), (WEBKIT, "Content length: 12")],
)
def test_words_for_a_response_without_cors(profile: Profile, words: str) -> None:
    [message] = loaded(RIGHT, profile, mode=None).console
    assert words in message


def test_chromium_has_other_words_for_fetch() -> None:
    message, _ = loaded(RIGHT, CHROMIUM, mode="no-cors", api="fetch").console
    assert "is not eligible" in message


def test_firefox_hashes_nothing_where_cors_failed() -> None:
    *_, message = loaded(RIGHT, FIREFOX, lines=()).console
    assert hash_of(b"").removeprefix("sha256-") in message
    assert len(loaded("nonsense", FIREFOX, lines=()).console) == 3


@pytest.mark.parametrize(
    ("profile", "blocked"), [(STANDARD, False), (CHROMIUM, False), (FIREFOX, True), (WEBKIT, True)]
)
def test_an_attribute_without_a_known_hash(profile: Profile, blocked: bool) -> None:
    assert (loaded("md5-x", profile, mode=None).verdict is Verdict.BLOCKED) is blocked
    assert loaded("md5-x", profile).verdict is Verdict.ALLOWED
