"""Which secrets are searched for in other values, and how."""

from __future__ import annotations

import pytest

from corsdoctor.reports.echoes import Echoes, is_distinctive

DISTINCTIVE = [
    "hunter2", "abc1234", "4dm1nistrator", "SECRETVALUE", "abcdefghijklmnop", "pa$$word", "p@ssw0rd",
    "not a real secret value", "QWxhZGRpbjpvcGVu", "correct+horse", "geheimnis-äöü", "line\nbreak",
]  # fmt: skip
ORDINARY = [
    "", "a", "s3cr3t", "token", "password", "include", "application", "application/json", "authorization", "same-origin",
    "x-requested-with", "Authorization", "DELETE", "127.0.0.1", "2026-11-28", "text/plain", "keep-alive", "no-cors",
]  # fmt: skip


@pytest.mark.parametrize("secret", DISTINCTIVE)
def test_distinctive(secret: str) -> None:
    assert is_distinctive(secret)
    assert Echoes([secret]).masked(f"x{secret}y") == "x***y"


@pytest.mark.parametrize("secret", ORDINARY)
def test_ordinary(secret: str) -> None:
    assert not is_distinctive(secret)
    text = f"{secret} and x{secret}y"
    assert Echoes([secret]).masked(text) == text


def test_each_sign_decides_by_itself() -> None:
    assert [is_distinctive(s) for s in ("abcdef1", "abcde1", "ABCDEFGH", "ABCDEFG", "abcd-ef", "abcd*ef")] == [
        True, False, True, False, False, True,
    ]  # fmt: skip
    assert is_distinctive("a" * 16)
    assert not is_distinctive("a" * 15)
    assert is_distinctive("a-b-c-d-e-f-g-h-i-jk")
    assert not is_distinctive("a-b-c-d-e-f-g-h-i-j")


def test_percent_encoding_and_case_make_no_difference() -> None:
    echoes = Echoes(["pa55 w/rd"])
    assert echoes.masked("pa55%20w%2Frd PA55 W/RD pa55%20w%2frd") == "*** *** ***"
    assert Echoes(["pa55%20w%2Frd"]).masked("pa55 w/rd") == "***"


def test_the_longest_is_masked_first() -> None:
    assert Echoes(["hunter2", "hunter2hunter2"]).masked("hunter2hunter2") == "***"


def test_what_is_public_is_no_secret() -> None:
    echoes = Echoes(["h0sted-app", "hunter2"], ["https://H0sted-app.example", "X-Hunter2"])
    assert echoes.masked("h0sted-app hunter2") == "h0sted-app hunter2"


def test_the_ends_of_a_secret_are_masked_where_a_text_was_cut() -> None:
    echoes = Echoes(["abcdefghijklmnop"])
    assert echoes.masked_ends("'abcdefghij...ijklmnop'") == "'***...***'"
    assert echoes.masked_ends("abcdef... and ...klmnop") == "***... and ...***"
    assert echoes.masked_ends("abcde... and ...lmnop") == "abcde... and ...lmnop"
    assert echoes.masked_ends("abcdefghijklmno") == "abcdefghijklmno"


def test_a_letter_that_becomes_longer_in_lower_case_moves_no_mask() -> None:
    assert Echoes(["hunter2"]).masked("\u0130\u0130 hunter2.") == "\u0130\u0130 ***."


def test_a_secret_of_any_length_is_found_again() -> None:
    """Each character of a pattern would take a kilobyte."""
    secret = "x1/" * 300_000
    assert Echoes([secret]).masked(f"a {secret}b {secret.replace('/', '%2F').upper()}") == "a ***b ***"
