"""Finds the secrets in one value, by what the value is, and masks them: a URL, a header, a body, or free text.

Pure functions from a string to a string. Where a value is masked is decided elsewhere; everything that affects how a
value is masked lives here:

    names      which names announce a secret
    texts      the secrets in a header (a cookie among them), in a body and in free text; urls: those in a URL
    named      what stands beside its name: pairs, phrases and markup
    pairs      name=value, JSON and forms inside a text; phrases: conditions, tables and commands; markup: XML and
               HTML
    logins, schemes, bare_logins    Authorization and its kin, and logins that stand without a name
    tokens     what is secret by its looks
    spans      takes the secrets out
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from corsdoctor.masking.names import is_secret_name
from corsdoctor.masking.spans import MASK, Span, masked, secrets
from corsdoctor.masking.texts import in_body, in_header, in_text, named_secret
from corsdoctor.masking.tokens import tokens
from corsdoctor.masking.urls import in_url
from corsdoctor.pattern import Pattern

__all__ = [
    "MASK",
    "is_secret_name",
    "mask_body",
    "mask_header",
    "mask_name",
    "mask_named",
    "mask_text",
    "mask_url",
    "secrets_in_body",
    "secrets_in_header",
    "secrets_in_url",
]

_REMEMBERED: Final = 2048  # characters: thousands of longer values would take gigabytes
_SIGN: Final = Pattern(r"[:=;|\t]\s*(?=\S)")
_TOKEN: Final = Pattern(r"[A-Za-z0-9!#$%&'*+.^_`|~-]*")


def mask_url(url: str, replace: Callable[[str], str] | None = None) -> str:
    """`url`, absolute or relative, without its userinfo, its tokens and the values of its secret parameters.

    With `replace`, what it makes of each stands in place of the mask.
    """
    return masked(url, _in_url(url), replace)


def mask_header(name: str, value: str, replace: Callable[[str], str] | None = None) -> str:
    """The value of a request header or a response header, without its secrets; `replace` is that of `mask_url`."""
    return masked(value, _in_header(name, value), replace)


def mask_body(body: str) -> str:
    """The body of a request or a response, without its tokens and the values of its secret fields."""
    return masked(body, tuple(in_body(body)))


def mask_text(text: str) -> str:
    """Free text that a server or a user wrote, without the secrets in its URLs and header lines, and without its tokens."""
    return masked(text, tuple(in_text(text)))


def mask_named(text: str) -> str:
    """What should have been something else, such as a name; only its beginning if it is a header or a login.

    A token of HTTP, as methods and names are, has no such beginning, but it may be a JSON Web Token.
    """
    if _TOKEN.compiled.fullmatch(text):
        return masked(text, tuple(tokens(text)))
    begin = named_secret(text)
    return mask_text(text) if begin is None else f"{text[:begin]}{MASK}"


def mask_name(name: str) -> str:
    """A method, or the name of a header; only its beginning if a value was given with it."""
    masked = mask_named(name)
    sign = _SIGN.compiled.search(masked)
    return masked if sign is None else f"{masked[: sign.end()]}{MASK}"


def secrets_in_url(url: str) -> tuple[str, ...]:
    """The strings that `mask_url` takes out of `url`, as they are spelled and percent-decoded."""
    return secrets(url, _in_url(url))


def secrets_in_header(name: str, value: str) -> tuple[str, ...]:
    """The strings that `mask_header` takes out of `value`, and the password that a Basic login encodes."""
    return secrets(value, _in_header(name, value))


def secrets_in_body(body: str) -> tuple[str, ...]:
    """The strings that `mask_body` takes out of `body`."""
    return secrets(body, tuple(in_body(body)))


def _in_url(url: str) -> tuple[Span, ...]:
    return _in_url_once(url) if len(url) <= _REMEMBERED else tuple(in_url(url))


def _in_header(name: str, value: str) -> tuple[Span, ...]:
    return _in_header_once(name, value) if len(value) <= _REMEMBERED else tuple(in_header(name, value))


@lru_cache(maxsize=1024)
def _in_url_once(url: str) -> tuple[Span, ...]:
    return tuple(in_url(url))


@lru_cache(maxsize=4096)
def _in_header_once(name: str, value: str) -> tuple[Span, ...]:
    return tuple(in_header(name, value))
