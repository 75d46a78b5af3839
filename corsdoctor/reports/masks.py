"""Masks the passwords and tokens that stand in URLs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

MASK: Final = "***"
_SECRET_NAME: Final = re.compile(
    r"token(?!s$)|secret|passw|pwd|api[-_]?key|session|credential|signature|jwt|auth$|"
    r"^(?:code|key|sid)$|(?:^|[-_.])(?:authorization|otp|sas|sig)$|[-_]key$",
    re.IGNORECASE,
)
_IN_TEXT: Final = re.compile(
    r"(?<=[?&;#])(?P<name>[^=&;#?\s\"'`<>]{1,80})=(?P<value>[^&;#\s\"'`<>]+)|"
    r"(?<=://)(?P<user>[^/?#@:\s]*):(?P<password>[^/?#\s]+)@"
)
_USERINFO: Final = re.compile(r"(?<=://)(?P<user>[^/?#@:]*):(?P<password>[^/?#]+)@")


def secrets_in(text: str) -> Iterator[str]:
    """The passwords and tokens in the URLs in `text`."""
    for match in _IN_TEXT.finditer(text):
        if _is_secret(match):
            yield match["value"] or match["password"]


def conceal_text(text: str, least: int = 0) -> str:
    """`text` with the passwords and tokens in its URLs masked, those of at least `least` characters."""
    return _IN_TEXT.sub(lambda match: _masked(match, least), text)


def conceal_url(url: str) -> str:
    """A URL with its password and its tokens masked; the password may hold what a text would end at."""
    return conceal_text(_USERINFO.sub(rf"\g<user>:{MASK}@", url))


def _is_secret(match: re.Match[str]) -> bool:
    return match["name"] is None or _SECRET_NAME.search(unquote(match["name"])) is not None


def _masked(match: re.Match[str], least: int) -> str:
    if not _is_secret(match) or len(match["value"] or match["password"]) < least:
        return match[0]
    return f"{match['name']}={MASK}" if match["name"] is not None else f"{match['user']}:{MASK}@"
