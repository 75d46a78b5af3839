"""What the response itself states about its body: Unencoded-Digest, and signatures of a key that the page names.

https://wicg.github.io/signature-based-sri/ . Left out: whether a signature is valid, because the standard library of Python has no
Ed25519.
"""

from __future__ import annotations

import base64
import re
from typing import Final

from corsdoctor.fetch.integrity import digest_of, is_whole
from corsdoctor.fetch.request import FetchEnd, FetchParams
from corsdoctor.rule import MISSING, Cause, Failure, Field, Rule
from corsdoctor.wire import Headers, Response, ascii_words

DIGEST: Final = "Unencoded-Digest"
SIGNATURE_INPUT: Final = "Signature-Input"
DIGEST_MATCHES = Rule(
    id="unencoded-digest-matches",
    title="The body matches the Unencoded-Digest header",
    failure=Failure(
        "The hash of the body ({body}) is not the one in the Unencoded-Digest header (`{value}`)",
        bare="The hash of the body is not the one in the Unencoded-Digest header",
        remark="does not match the body",
    ),
    spec="https://wicg.github.io/signature-based-sri/",
    step="",
    what="A response with Unencoded-Digest states the hash of its own body, before any Content-Encoding. If the hash differs, "
    "Chromium treats the response as a network error, also without an integrity attribute.",
    why="A signature covers the header, so that the body cannot be exchanged.",
    fix="Compute the header from the body that is sent, or remove it. A proxy that changes the body must change it too.",
    bad="Unencoded-Digest: sha-256=:(hash of an old version):",
    good="Unencoded-Digest: sha-256=:(hash of this version):",
)
NOT_USABLE = Cause(
    "not-usable",
    "Chromium counts a signature if Signature has 64 bytes under the same label, Signature-Input covers "
    '`"unencoded-digest";sf` and has a keyid and a tag but no alg, and the response has Unencoded-Digest.',
    fix="Send Unencoded-Digest, Signature-Input and Signature as the specification requires, with one label for both.",
    failure=Failure("Signature-Input names the key {wanted}, but {response} has no signature that Chromium can use"),
)
SIGNED = Rule(
    id="integrity-signature-present",
    title="The response names the key in the integrity attribute as that of its signature",
    failure=Failure(
        "The page expects a signature of the key {wanted}, but Signature-Input is `{value}`",
        missing="The page expects a signature of the key {wanted}, but {response} has no Signature-Input header",
        bare="The response has no signature of the key in the integrity attribute",
        remark="does not name the key",
    ),
    spec="https://wicg.github.io/signature-based-sri/",
    step="",
    what="An `integrity` of the form `ed25519-KEY` requires a response with Unencoded-Digest and a signature of that key. Only "
    "Chromium checks it; other browsers ignore it. corsdoctor checks that there is a signature of the key in the required form, but not whether it is valid.",
    why="The page then runs only what the owner of the key has published, whichever version that is.",
    fix="Sign the response with the key, or remove it from the integrity attribute.",
    bad='<script crossorigin integrity="ed25519-KEY" src="https://cdn.example/a.js">, no Signature-Input in the response',
    good='Signature-Input: signature=("unencoded-digest";sf);keyid="KEY";tag="ed25519-integrity"',
    causes=(NOT_USABLE,),
)
RULES: Final = (DIGEST_MATCHES, SIGNED)
_ITEM: Final = re.compile(r"(?:\A|,)[ \t]*(sha-256|sha-512)=:([A-Za-z0-9+/]*={0,2}):")
_KEY: Final = re.compile(r"ed25519-([A-Za-z0-9+/_-]+={0,2})(?:\?[!-~]*)?")
_KEY_ID: Final = re.compile(r';[ ]*keyid="([^"\\]*)"')
_OTHER_PARAMETER: Final = re.compile(r";[ ]*(tag|alg)=")
_INPUT: Final = re.compile(
    r"(?:\A|,)[ \t]*([a-z*][a-z0-9_.*-]*)=\(([^()]*)\)((?:;[ ]*[a-z*][a-z0-9_.*-]*=(?:\"[^\"\\]*\"|[A-Za-z0-9_.-]+))*)"
)
"""A member of Signature-Input: its label, what is signed, and its parameters. https://www.rfc-editor.org/rfc/rfc9421#section-4.1"""
_SIGNATURE: Final = re.compile(r"(?:\A|,)[ \t]*([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]*={0,2}):")
_COVERED: Final = '"unencoded-digest";sf'
_SIZE: Final = 64
"""The bytes of an Ed25519 signature."""


def stated_digest_matches(response: Response, params: FetchParams) -> bool:
    """Whether the body has each hash that Unencoded-Digest states. https://www.rfc-editor.org/rfc/rfc9530"""
    text = response.headers.get(DIGEST) or ""
    if "Content-Encoding" in response.headers or not is_whole(response):
        return True
    for algorithm, stated in _ITEM.findall(text):
        computed = digest_of(algorithm.replace("-", ""), response.body)
        if _decoded(stated) != base64.b64decode(computed):
            params.trace.failed(DIGEST_MATCHES, ((DIGEST, text), (Field.BODY, f"{algorithm}-{computed}")))
            return False
    return True


def is_signed(end: FetchEnd, params: FetchParams) -> bool:
    """Whether the response has a signature of one of the keys that the page expects, if it expects any."""
    keys = [match[1] for word in ascii_words(end.request.init.integrity) if (match := _KEY.fullmatch(word)) is not None]
    if not keys or end.response is None:
        return True
    headers = end.response.headers
    if _usable_keys(headers) & set(keys):
        return True
    given = headers.get(SIGNATURE_INPUT)
    params.trace.failed(
        SIGNED,
        ((SIGNATURE_INPUT, MISSING if given is None else given), (Field.WANTED, " ".join(keys))),
        NOT_USABLE if set(_KEY_ID.findall(given or "")) & set(keys) else None,
    )
    return False


def _usable_keys(headers: Headers) -> set[str]:
    """The keys whose signatures count (integrity/sign/002 to 018)."""
    values = dict(_SIGNATURE.findall(headers.get("Signature") or ""))
    usable: set[str] = set()
    for label, covered, parameters in _INPUT.findall(headers.get(SIGNATURE_INPUT) or ""):
        whole = len(_decoded(values.get(label, "")) or b"") == _SIZE
        if whole and _COVERED in covered.split(" ") and _OTHER_PARAMETER.findall(parameters) == ["tag"]:
            usable.update(_KEY_ID.findall(parameters))
    return usable if DIGEST in headers else set()


def _decoded(digest: str) -> bytes | None:
    try:
        return base64.b64decode(digest, validate=True)
    except ValueError:
        return None
