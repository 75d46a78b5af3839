"""Finds the secrets in one value, by what the value is, and masks them: a URL, a header, a body, or free text.

Pure functions from a string to a string. Where a value is masked is decided elsewhere; everything that affects how a
value is masked lives here.
"""

from __future__ import annotations

import base64
import re
from typing import Final

from corsdoctor.masking.names import is_secret_name

__all__ = [
    "MASK",
    "is_secret_name",
    "mask_body",
    "mask_header",
    "mask_text",
    "mask_url",
    "secrets_in_body",
    "secrets_in_header",
    "secrets_in_url",
]

MASK: Final = "***"
_IN_TEXT: Final = re.compile(
    r"(?<=[?&;#])(?P<name>[^=&;#?\s\"'`<>]{1,80})=(?P<value>[^&;#\s\"'`<>]+)|"
    r"(?<=://)(?P<user>[^/?#@:\s]*)(?::(?P<password>[^/?#\s]+))?@"
)
_USERINFO: Final = re.compile(r"(?<=://)[^/?#]+@")
_CORS_NAMES: Final = re.compile(r"(access-control-|sec-fetch-)|(origin|vary|host|timing-allow-origin)$", re.IGNORECASE)


def mask_url(url: str) -> str:
    """`url` without its userinfo, and without the values of its secret parameters."""
    return mask_text(_USERINFO.sub(f"{MASK}@", url))


def mask_header(name: str, value: str) -> str:
    """The value of a request header or a response header, without its secrets."""
    if _CORS_NAMES.match(name) or not value:
        return value
    lower = name.lower()
    if lower in ("authorization", "proxy-authorization"):
        scheme, space, _ = value.partition(" ")
        return f"{scheme} {MASK}" if space else MASK
    if lower == "cookie":
        return ";".join(_cookie(cookie) for cookie in value.split(";"))
    if lower in ("set-cookie", "set-cookie2"):
        cookie, semicolon, attributes = value.partition(";")
        return _cookie(cookie) + semicolon + attributes
    return MASK if is_secret_name(name) else mask_url(value)


def mask_body(body: str) -> str:
    """The body of a request or a response, without the values of its secret parameters."""
    return mask_text(f"&{body}")[1:]


def mask_text(text: str) -> str:
    """Free text that a server or a user wrote, without the secrets in its URLs."""
    return _IN_TEXT.sub(_masked, text)


def secrets_in_url(url: str) -> tuple[str, ...]:
    """The strings that `mask_url` takes out of `url`."""
    return tuple(_secret(match) for match in _IN_TEXT.finditer(url) if _is_secret(match))


def secrets_in_header(name: str, value: str) -> tuple[str, ...]:
    """The strings that `mask_header` takes out of `value`, and the password that a Basic login encodes."""
    if _CORS_NAMES.match(name) or not value:
        return ()
    lower = name.lower()
    if lower in ("authorization", "proxy-authorization"):
        scheme, space, secret = value.partition(" ")
        return (secret.strip(), *_basic(scheme, secret.strip())) if space else (value,)
    if lower == "cookie":
        return tuple(v.strip() or n.strip() for n, _, v in (c.partition("=") for c in value.split(";")))
    if lower in ("set-cookie", "set-cookie2"):
        n, _, v = value.partition(";")[0].partition("=")
        return (v.strip() or n.strip(),)
    return (value,) if is_secret_name(name) else secrets_in_url(value)


def secrets_in_body(body: str) -> tuple[str, ...]:
    """The strings that `mask_body` takes out of `body`."""
    return secrets_in_url(f"&{body}")


def _is_secret(match: re.Match[str]) -> bool:
    return match["name"] is None or is_secret_name(match["name"])


def _secret(match: re.Match[str]) -> str:
    return match["value"] or match["password"] or match["user"] or ""


def _masked(match: re.Match[str]) -> str:
    if not _is_secret(match):
        return match[0]
    return f"{MASK}@" if match["name"] is None else f"{match['name']}={MASK}"


def _cookie(cookie: str) -> str:
    name, equals, _ = cookie.partition("=")
    space = name[: len(name) - len(name.lstrip())]
    return f"{name}={MASK}" if equals else f"{space}{MASK}"


def _basic(scheme: str, secret: str) -> tuple[str, ...]:
    if scheme.lower() != "basic":
        return ()
    try:
        decoded = base64.b64decode(secret, validate=True).decode("latin-1")
    except ValueError:
        return ()
    return decoded, decoded.partition(":")[2]
