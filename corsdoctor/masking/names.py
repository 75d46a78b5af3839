"""Which names announce a secret: names of headers, of cookies, of a URL's parameters, of fields in a body.

A name is read as words: `X-Api-Key`, `apiKey`, `user[api_key]` and `api.key` are all about an "api key". The tables below
say which words announce a secret, and next to which other words they do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from corsdoctor.pattern import Pattern


def _set(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


ANYWHERE: Final = _set(
    "password passwords passwd passphrase passcode passkey pwd pw psw",
    "secret secrets token jwt hmac csrf xsrf antiforgery dpop bearer",
    "session sessid credential credentials creds signature otp totp hotp authorization",
    "passwort kennwort senha contrasena contraseña wachtwoord motdepasse",
)
"""These announce a secret wherever they stand in a name, unless a word of `DESCRIBING` follows."""

AT_THE_END: Final = _set(
    "auth oauth xauth authentication pass pin sid sess sig sas ticket assertion verifier cookie key",
    "samlart hdnea hdntl hdnts wresult aspxauth cftoken",
)
"""These announce a secret as the last word of a name: `X-Auth` does, `auth_type` does not."""

PAIRS: Final = frozenset(
    tuple(pair.split())
    for pair in [
        "access key",
        "account key",
        "api key",
        "app key",
        "auth key",
        "client key",
        "private key",
        "secret key",
        "shared key",
        "pin code",
        "relay state",
        "saml request",
        "saml response",
        "recovery phrase",
        "seed phrase",
    ]
)
"""Two words that announce a secret wherever they stand together: `access_key_id`."""

CODES: Final = _set(
    "access activation auth authorization backup confirm confirmation device email exchange fa grant invitation invite",
    "login magic mfa oob otp pin reset recovery secret security sms tfa time user verification verify",
)
"""A `code` is a secret alone (OAuth's parameter) or after one of these: `reset_code` is, `zip_code` is not."""

PUBLIC_KEYS: Final = _set(
    "cache composite config dedup deduplication event evaluated feature field filter foreign group hot i18n idempotency",
    "index issue last lookup message n next object order parent partition primary project pub public publishable query",
    "range registry routing row search shard socket sort sorting start end surrogate translation unique websocket",
)
"""A `key` after one of these opens nothing: `sort_key`, `Idempotency-Key`; `n` is what is left of i18n."""

USING: Final = _set("allow allowed allows include includes send sends support supports with")
"""`credentials` after one of these are a mode or a switch: `withCredentials`, `supports_credentials`."""

PAGING: Final = _set("continuation delta next page pagination paging resume skip sync")
"""A `token` after one of these is a place in a list: `next_page_token`."""

DESCRIBING: Final = _set(
    "alg algorithm algorithms at count domain duration enabled endpoint exp expiration expires expiry field format",
    "header hint httponly info input issuer kind length less lifetime limit max method methods min mode policy required samesite secure size",
    "status storage strength supported timeout timestamp ttl type types uri url use version",
)
"""After one of these words a name is about a secret and does not hold it: `token_type`, `signature_version`."""

_STEMS: Final = tuple(
    _set(
        "antiforgery assertion auth bearer code contrase cookie cred csrf dpop hdn hmac jwt kennwort key otp pass phrase pin",
        "psw pw relay saml sas secret senha sess sid sig ticket token verifier wachtwoord wresult xsrf",
    )
)
"""Each name of a secret contains one of these."""

AUTHORIZATION: Final = "response_type"
"""The parameter that each authorization request of OAuth has."""
BOUND_TO_SESSION: Final = ("nonce", "state")
"""Parameters of an authorization request that tie it to one user's session. Elsewhere these names are about anything."""

_RUN_TOGETHER: Final = (
    r"sess(?:ion)?id|(?:access|account|api|auth|master|private|secret|shared)key|"
    r"(?:access|auth|csrf|refresh|secret|security|session|user)token(?!s)|"
    r"^(?:password|passwd|passphrase)(?!s?$|less|length|type|policy|hint|strength)|"
    r".(?:password|passwd|passphrase|passcode|secret|credentials?|jwt|hmac|pwd|pw)$|"
    r"(?:access|amz|goog|hmac|request|sha\d*|shared|web|x)signature$|saml(?:request|response)$|relaystate$|(?:app|ci|laravel|php|user|web)session$|"
    r"(?:admin|auth|db|ftp|login|my|mysql|root|smtp|user)pass$|(?:auth|device|mfa|oob|otp|pin|reset|verification)code$"
)
"""In lower case and without separators: `sessionid`, `csrftoken`, `userpassword`, `dbpass`."""
_MODES: Final = ("include", "omit", "same-origin", "true", "false")
_TOKEN: Final = Pattern(r"(.+)token")
_SEGMENT: Final = Pattern(r"[^\W_]+")
_WORD: Final = Pattern(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|[0-9]+")


def is_secret_name(name: str) -> bool:
    """Whether what stands under `name` is to be hidden: a password, a token, a key, ..."""
    return _is_secret_once(name) if len(name) <= 64 else _is_secret(name)


def may_name_secrets(text: str) -> bool:
    """Whether the name of a secret may stand somewhere in `text`: quick, and False for most texts."""
    folded = text.casefold()
    return "%" in text or AUTHORIZATION in folded or any(stem in folded for stem in _STEMS)


def is_secret(name: str, value: str) -> bool:
    """Whether `value`, under this name, is to be hidden: `credentials: include` is what Fetch calls a mode."""
    if not is_secret_name(name):
        return False
    return not (name.rstrip().lower().endswith("credentials") and value.strip(" \t\"'").lower() in _MODES)


def _is_secret(name: str) -> bool:
    if not may_name_secrets(name):
        return False
    if "%" in name:
        from urllib.parse import unquote  # 1 ms, for most names in vain

        name = unquote(name)
    segments = _SEGMENT.compiled.findall(name)
    lower = [segment.lower() for segment in segments]
    if any(map(_is_run_together, lower)):
        return True
    return _announce(lower) or _announce([word.lower() for segment in segments for word in _words(segment)])


_is_secret_once = lru_cache(maxsize=1024)(_is_secret)


def _words(segment: str) -> Iterator[str]:
    """`userID2` as user, ID; a number says nothing: `signature-256` is a signature."""
    return (word for word in _WORD.compiled.findall(segment) if not word.isdigit())


def _is_run_together(segment: str) -> bool:
    token = _TOKEN.compiled.fullmatch(segment)
    if token is not None:
        return not token[1].endswith(tuple(PAGING))
    return re.search(_RUN_TOGETHER, segment) is not None  # 0.5 ms to compile, for most names in vain


def _announce(words: list[str]) -> bool:
    """Whether these words together announce a secret."""
    if words and words[0] == "x":
        del words[0]
    if not words or words[-1] in DESCRIBING:
        return False
    for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
        if after in DESCRIBING:
            continue
        if word in ANYWHERE and not (
            before in PAGING if word == "token" else word == "credentials" and before in USING
        ):
            return True
        if (word, after) in PAIRS:
            return True
    before, last = words[-2] if len(words) > 1 else "", words[-1]
    if last == "key":
        return before not in PUBLIC_KEYS
    if last == "code":
        return not before or before in CODES
    return last in AT_THE_END
