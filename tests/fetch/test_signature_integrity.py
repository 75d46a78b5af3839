"""Unencoded-Digest, and integrity attributes that require a signature: Chromium alone looks at both."""

from __future__ import annotations

import base64
import hashlib

import pytest

from corsdoctor.browsers import CHROMIUM, FIREFOX
from corsdoctor.diagnose import Verdict
from corsdoctor.fetch.signature_integrity import DIGEST_MATCHES, SIGNED
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


@pytest.mark.parametrize(
    ("integrity", "lines", "verdict"),
    [
        (f"ed25519-{KEY}", (OPEN,), Verdict.BLOCKED),
        (f"ed25519-{KEY}", (OPEN, SIGNATURE), Verdict.ALLOWED),
        (f"ed25519-{KEY}?option ed25519-other", (OPEN, SIGNATURE), Verdict.ALLOWED),
        ("ed25519-other", (OPEN, SIGNATURE), Verdict.BLOCKED),
        ("ed25519-", (OPEN,), Verdict.ALLOWED),
    ],
)
def test_a_signature(integrity: str, lines: tuple[tuple[str, str], ...], verdict: Verdict) -> None:
    assert loaded(integrity, FIREFOX, lines=lines).verdict is Verdict.ALLOWED
    found = loaded(integrity, CHROMIUM, lines=lines)
    assert found.verdict is verdict
    if found.failure is not None:
        assert found.failure.rule is SIGNED
        assert found.failure.evidence[0] == ("Signature-Input", MISSING if len(lines) == 1 else SIGNATURE[1])


def test_names_with_a_dash() -> None:
    for right, verdict in ((True, Verdict.ALLOWED), (False, Verdict.BLOCKED)):
        stated = digest(BODY if right else b"x").partition("=:")[2].removesuffix(":")
        assert loaded(f"sha-256-{stated}", CHROMIUM).verdict is verdict
        assert loaded(f"sha-256-{stated}", FIREFOX).verdict is Verdict.ALLOWED
