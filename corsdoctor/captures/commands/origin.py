"""What a browser added to a request that was copied from its developer tools, and the page that the request came from."""

from __future__ import annotations

from typing import Final

from corsdoctor.captures.browsers_own import BROWSERS_OWN, CACHES_OWN
from corsdoctor.captures.commands.parsed import Parsed
from corsdoctor.fetch.presets import PRESETS
from corsdoctor.fetch.safelist import why_forbidden
from corsdoctor.scenario import Api, Credentials
from corsdoctor.url import parse
from corsdoctor.wire import ascii_lower

_PSEUDO: Final = frozenset({"authority", "path", "scheme"})
"""Header fields of HTTP/2 that older copies have without their colon."""


def completed(parsed: Parsed, referrer: str | None = None) -> Parsed:
    """`parsed` with its cookies, its page, its modes, and the headers that no script set."""
    values = {ascii_lower(name): value for name, value in reversed(parsed.headers)}
    cookies = values.get("cookie")
    mode = values.get("sec-fetch-mode")
    stated = next((one for one in PRESETS[Api.FETCH].modes if one == mode), None)  # not that of a page load
    copied = any(name.startswith("sec-") for name in values) or "referer" in values or referrer is not None
    copied = copied or values.get("user-agent", "").startswith("Mozilla/")
    return parsed._replace(
        cookies=cookies,
        origin=values.get("origin") or page_of(values.get("referer")) or page_of(referrer),
        credentials=parsed.credentials or (None if cookies is None else Credentials.INCLUDE),
        mode=parsed.mode or stated,
        dropped=tuple(
            name for name, value in parsed.headers if _is_added(ascii_lower(name), value, values, parsed, copied=copied)
        ),
    )


def page_of(url: str | None) -> str | None:
    """The origin of the page at `url`, None if it is not the URL of a page."""
    found = None if url is None else parse(url)
    return None if found is None or found.origin.opaque else str(found.origin)


def _is_added(name: str, value: str, values: dict[str, str], parsed: Parsed, *, copied: bool) -> bool:
    """Whether no script set the header `name`."""
    if name.startswith(":") or why_forbidden(name, value) is not None:
        return True
    if name == "user-agent":  # fetch() may set it, but a copy has the browser's
        return not parsed.scripted or value.startswith("Mozilla/")
    if not copied:
        return False
    if name == "accept":
        return value == "*/*"
    if name == "pragma":
        return value == "no-cache"
    if name == "cache-control":  # a browser adds no-cache only beside Pragma
        return value == "max-age=0" or (value == "no-cache" and "pragma" in values)
    return name in BROWSERS_OWN or name in CACHES_OWN - {"range"} or (name in _PSEUDO and "authority" in values)
