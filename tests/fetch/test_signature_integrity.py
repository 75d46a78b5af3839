"""Unencoded-Digest, and integrity attributes that require a signature: Chromium alone looks at both."""

from __future__ import annotations

import base64
import hashlib

import pytest

from corsdoctor.browsers import CHROMIUM, FIREFOX
from corsdoctor.diagnose import Verdict
from corsdoctor.fetch.signature_integrity import DIGEST_MATCHES, NOT_USABLE, SIGNED
from corsdoctor.rule import MISSING
from corsdoctor.wire import BodyEnd
from tests.fetch.test_integrity import BODY, OPEN, loaded

KEY = "A" * 43 + "="
SIGNATURE = ("Signature-Input", f'signature=("unencoded-digest";sf);keyid="{KEY}";tag="ed25519-integrity"')


def digest(body: bytes, algorithm: str = "sha-256") -> str:
    computed = base64.b64encode(hashlib.new(algorithm.replace("-", ""), body).digest()).decode()
    return f"{algorithm}=:{computed}:"


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        (digest(BODY), True), (digest(b"x"), False), (digest(BODY, "sha-512"), True), (digest(b"x", "sha-512"), False),
        (f"{digest(BODY)}, {digest(b'x', 'sha-512')}", False), ("md5=:AAAA:", True), ("foo", True), ("sha-256=:A:", False),
    ],
)  # fmt: skip
def test_the_stated_digest(value: str, fits: bool) -> None:
    found = loaded("", CHROMIUM, lines=(OPEN, ("Unencoded-Digest", value)))
    assert found.verdict is (Verdict.ALLOWED if fits else Verdict.BLOCKED)
    assert fits or (found.failure is not None and found.failure.rule is DIGEST_MATCHES)


def test_where_the_stated_digest_does_not_count() -> None:
    wrong = (OPEN, ("Unencoded-Digest", digest(b"x")))
    assert loaded("", FIREFOX, lines=wrong).verdict is Verdict.ALLOWED
    assert loaded("", CHROMIUM, lines=(*wrong, ("Content-Encoding", "gzip"))).verdict is Verdict.ALLOWED
    assert loaded("", CHROMIUM, lines=wrong, end=BodyEnd.UNREAD).verdict is Verdict.ALLOWED


@pytest.mark.parametrize(
    ("api", "start"), [("script", "The resource"), ("fetch", "Fetch API cannot load"), ("xhr", None)]
)
def test_what_chromium_prints(api: str, start: str | None) -> None:
    found = loaded("", CHROMIUM, lines=(OPEN, ("Unencoded-Digest", digest(b"x"))), api=api)
    assert [message.startswith(start or "") for message in found.console] == ([] if start is None else [True])


VALUE = ("Signature", f"signature=:{base64.b64encode(bytes(64)).decode()}:")
STATED = ("Unencoded-Digest", digest(BODY))
SIGNED_LINES = (OPEN, STATED, SIGNATURE, VALUE)


def signature_input(covered: str = '"unencoded-digest";sf', parameters: str = ';tag="sri"') -> tuple[str, str]:
    return "Signature-Input", f'signature=({covered});keyid="{KEY}"{parameters}'


@pytest.mark.parametrize(
    ("integrity", "lines", "verdict"),
    [
        (f"ed25519-{KEY}", (OPEN,), Verdict.BLOCKED),
        (f"ed25519-{KEY}", SIGNED_LINES, Verdict.ALLOWED),
        (f"ed25519-{KEY}?option ed25519-other", SIGNED_LINES, Verdict.ALLOWED),
        ("ed25519-other", SIGNED_LINES, Verdict.BLOCKED),
        ("ed25519-", (OPEN,), Verdict.ALLOWED),
    ],
)
def test_a_signature(integrity: str, lines: tuple[tuple[str, str], ...], verdict: Verdict) -> None:
    assert loaded(integrity, FIREFOX, lines=lines).verdict is Verdict.ALLOWED
    found = loaded(integrity, CHROMIUM, lines=lines)
    assert found.verdict is verdict
    if found.failure is not None:
        assert (found.failure.rule, found.failure.cause) == (SIGNED, None)
        assert found.failure.evidence[0] == ("Signature-Input", MISSING if len(lines) == 1 else SIGNATURE[1])


@pytest.mark.parametrize(
    ("lines", "usable"),
    [
        ((STATED, signature_input(), VALUE), True),
        ((STATED, signature_input(parameters=';created=1700000000;tag="sri"'), VALUE), True),
        ((STATED, signature_input('"unencoded-digest";sf "@status"'), VALUE), True),
        ((signature_input(), VALUE), False),
        ((STATED, signature_input()), False),
        ((STATED, signature_input(), ("Signature", "signature=:AAAA:")), False),
        ((STATED, signature_input(), ("Signature", VALUE[1].replace("signature", "other"))), False),
        ((STATED, signature_input(), ("Signature", "foo bar")), False),
        ((STATED, signature_input(), ("Signature", "signature=:A:")), False),
        ((STATED, signature_input('"unencoded-digest"'), VALUE), False),
        ((STATED, signature_input('"@status"'), VALUE), False),
        ((STATED, signature_input(parameters=""), VALUE), False),
        ((STATED, signature_input(parameters=';tag="sri";alg="ed25519"'), VALUE), False),
    ],
)
def test_which_signatures_count(lines: tuple[tuple[str, str], ...], usable: bool) -> None:
    found = loaded(f"ed25519-{KEY}", CHROMIUM, lines=(OPEN, *lines))
    assert found.verdict is (Verdict.ALLOWED if usable else Verdict.BLOCKED)
    assert usable or (found.failure is not None and found.failure.cause is NOT_USABLE)


def test_names_with_a_dash() -> None:
    for right, verdict in ((True, Verdict.ALLOWED), (False, Verdict.BLOCKED)):
        stated = digest(BODY if right else b"x").partition("=:")[2].removesuffix(":")
        assert loaded(f"sha-256-{stated}", CHROMIUM).verdict is verdict
        assert loaded(f"sha-256-{stated}", FIREFOX).verdict is Verdict.ALLOWED
