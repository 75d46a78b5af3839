"""Subresource Integrity: whether the body is the one that the page expects. https://w3c.github.io/webappsec-subresource-integrity/

A body that was not read to its end is not judged.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Final

from corsdoctor.browsers.profile import Profile
from corsdoctor.fetch.request import Ended, FetchEnd, FetchParams, Request
from corsdoctor.rule import Cause, Failure, Field, Rule
from corsdoctor.scenario import Api, PreloadAs
from corsdoctor.wire import BodyEnd, Response, ascii_words

NOT_READABLE = Cause(
    "not-readable",
    "The browser cannot check a response of another origin that was loaded without CORS.",
    fix='Add crossorigin="anonymous" to the element, and make the server allow the origin.',
    failure=Failure(
        "The page expects a certain content (integrity), but the response was loaded without CORS and cannot be checked",
    ),
)
INTEGRITY_MATCHES = Rule(
    id="integrity-matches",
    title="The body matches the integrity attribute",
    failure=Failure(
        "The hash of the body ({value}) is not the one that the page expects ({wanted})",
        bare="The hash of the body is not the one that the page expects",
    ),
    spec="https://w3c.github.io/webappsec-subresource-integrity/#does-response-match-metadatalist",
    step="",
    what="With `integrity`, the browser computes a hash of the body. If it is not the expected one, the script does not run, "
    "the style sheet does not apply, and fetch() rejects.",
    why="The page does not run code that someone has changed on the other server.",
    fix="If the change is intended, write the new hash into the page. Otherwise find out what changed the file: a build, a "
    "proxy that minifies, or an attacker.",
    bad='<script crossorigin integrity="sha256-(hash of an old version)" src="https://cdn.example/a.js">',
    good='<script crossorigin integrity="sha256-(hash of this version)" src="https://cdn.example/a.js">',
    causes=(NOT_READABLE,),
)
RULES: Final = (INTEGRITY_MATCHES,)
SIZES: Final = {"sha256": 32, "sha384": 48, "sha512": 64}
"""How many bytes each hash has, the weakest first."""
_KEPT: Final = 65_536
"""Bytes that are kept of a body."""
_ITEM: Final = re.compile(r"(sha256|sha384|sha512)-([A-Za-z0-9+/_-]+={0,2})(?:\?[!-~]*)?")
_DASHED: Final = re.compile(_ITEM.pattern.replace("sha", "sha-?"))
_ANY_CASE: Final = re.compile(_ITEM.pattern, re.I)


def body_matches(end: FetchEnd, params: FetchParams) -> bool:
    """https://w3c.github.io/webappsec-subresource-integrity/#does-response-match-metadatalist"""
    response = end.response
    expected = strongest(end.request.init.integrity, params.profile)
    profile = params.profile
    strict = profile.unknown_integrity_needs_cors or (
        end.request.api is Api.FETCH and profile.only_fetch_needs_cors_for_unknown_integrity
    )
    odd = strict and bool(ascii_words(end.request.init.integrity))
    if response is None or not is_checked(end.request, params.profile) or not (expected or odd):  # 2. to 4.
        return True
    wanted = " ".join(f"{algorithm}-{digest}" for algorithm, digest in expected)
    if not expected and end.ended is not Ended.OPAQUE:
        return True
    if end.ended is Ended.OPAQUE:
        params.trace.failed(INTEGRITY_MATCHES, ((Field.BODY, ""), (Field.WANTED, wanted)), NOT_READABLE)
        return False
    if not is_whole(response):
        return True
    algorithm = expected[0][0]
    computed = digest_of(algorithm, response.body)
    if any(digest.translate(_URL_SAFE) == computed for _, digest in expected):
        return True
    evidence = ((Field.BODY, f"{algorithm}-{computed}"), (Field.WANTED, wanted))
    params.trace.failed(INTEGRITY_MATCHES, evidence)
    return False


def is_checked(request: Request, profile: Profile) -> bool:
    """Whether the browser compares what it loads with the integrity that the page names."""
    if request.api is Api.PRELOAD:
        return (request.preload_as or PreloadAs.FETCH) in profile.preloads_have_integrity
    return request.api is not Api.MODULEPRELOAD or profile.modulepreloads_have_integrity


def strongest(metadata: str, profile: Profile) -> list[tuple[str, str]]:
    """The items of the strongest algorithm. https://w3c.github.io/webappsec-subresource-integrity/#get-the-strongest-metadata"""
    pattern = _ANY_CASE if profile.integrity_ignores_case else _DASHED if profile.integrity_names_have_dashes else _ITEM
    items = [
        (m[1].lower().replace("-", ""), m[2])
        for token in ascii_words(metadata)
        if (m := pattern.fullmatch(token)) is not None
    ]
    best = max((name for name, _ in items), key=list(SIZES).index, default="")
    return [item for item in items if item[0] == best]


def is_decodable(digest: str) -> bool:
    """Whether the expected hash is base64."""
    return len(digest.rstrip("=")) % 4 != 1


def length_of(digest: str) -> int:
    """How many bytes the expected hash has."""
    return len(digest.rstrip("=")) * 6 // 8


def digest_of(algorithm: str, body: bytes) -> str:
    """The hash as an integrity attribute has it."""
    return base64.b64encode(hashlib.new(algorithm, body).digest()).decode()


_URL_SAFE: Final = str.maketrans("-_", "+/")


def is_whole(response: Response) -> bool:
    """Whether the body was read to its end."""
    length = response.headers.get("Content-Length")
    cut = "Content-Encoding" not in response.headers and length is not None and length != str(len(response.body))
    return response.framing.end is BodyEnd.WHOLE and not cut and len(response.body) < _KEPT
