"""Which characters beside letters, digits and dots each browser sends in the host of an Origin header.

Recorded with Chromium 156, Firefox 153 ESR and WebKitGTK 2.50 (tests/audit/host_characters.json). The requests went through a
proxy, so whether a name with such a character can be resolved was not part of it: a wildcard in the DNS can make it so.
"""

from __future__ import annotations

from typing import Final

from corsdoctor.url import Origin

HOST_CHARACTERS: Final = {
    "chromium": "_-$+!\"&'(),;=`{}~",
    "firefox": "_-$+",
    "webkit": "_-$+!\"&'()*,=`{}~",
}
_ANYWHERE: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.[]:")


def browsers_with(origin: Origin) -> tuple[str, ...]:
    """The browsers in which a page can have `origin`. Extensions and apps have the schemes of their own."""
    special = set(origin.host) - _ANYWHERE
    if origin.scheme == "chrome-extension":
        return ("chromium",)
    return tuple(name for name, known in HOST_CHARACTERS.items() if special <= set(known))
