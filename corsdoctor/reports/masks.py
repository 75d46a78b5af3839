"""Masks the passwords and tokens that stand in URLs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from corsdoctor.masking import is_secret_name

MASK: Final = "***"
_IN_TEXT: Final = re.compile(
    r"(?<=[?&;#])(?P<name>[^=&;#?\s\"'`<>]{1,80})=(?P<value>[^&;#\s\"'`<>]+)|"
    r"(?<=://)(?P<user>[^/?#@:\s]*)(?::(?P<password>[^/?#\s]+))?@"
)
_USERINFO: Final = re.compile(r"(?<=://)[^/?#]+@")


def secrets_in(text: str) -> Iterator[str]:
    """The passwords and tokens in the URLs in `text`."""
    for match in _IN_TEXT.finditer(text):
        if _is_secret(match):
            yield _secret(match)


def conceal_text(text: str, least: int = 0) -> str:
    """`text` with the passwords and tokens in its URLs masked, those of at least `least` characters."""
    return _IN_TEXT.sub(lambda match: _masked(match, least), text)


def conceal_url(url: str) -> str:
    """A URL with its userinfo and its tokens masked; the password may hold what a text would end at."""
    return conceal_text(_USERINFO.sub(f"{MASK}@", url))


def _is_secret(match: re.Match[str]) -> bool:
    return match["name"] is None or is_secret_name(match["name"])


def _secret(match: re.Match[str]) -> str:
    """The value, the password, or a user name without one: tokens are sent so."""
    return match["value"] or match["password"] or match["user"] or ""


def _masked(match: re.Match[str], least: int) -> str:
    if not _is_secret(match) or len(_secret(match)) < least:
        return match[0]
    return f"{MASK}@" if match["name"] is None else f"{match['name']}={MASK}"
