"""Permissions-Policy: whether a page, or a frame of it, may use a feature whose default allowlist is 'self'.

https://w3c.github.io/webappsec-permissions-policy/ . Browsers differ from it: a frame of the page's own origin needs no
attribute `allow`, and of several names of a feature, a header that excludes one excludes the feature. Left out: reporting.
"""

from __future__ import annotations

import re
from typing import Final

from corsdoctor.browsers.profile import Profile
from corsdoctor.scenario.page import Client
from corsdoctor.url import Origin, parse, same_origin
from corsdoctor.wire import Headers

_MEMBER: Final = re.compile(
    r"""([a-z*][a-z0-9_.*-]*)(?:=([a-zA-Z*][\w:/.*-]*|"[^"\\]*"|\((?:[^"()]|"[^"\\]*")*\)))?(?:;[^,"]*|[ \t]*)(?:,[ \t]*|\Z)"""
)
"""A member of a structured dictionary: the name of a feature, its allowlist and parameters."""
_ITEM: Final = re.compile(r'"([^"\\]*)"|([^\s"()]+)')

_Allowlist = tuple[str, ...]


def is_allowed_to_use(client: Client, names: tuple[str, ...], profile: Profile) -> bool:
    """Whether the client's document may use the feature; a browser without Permissions-Policy knows only its first name.

    https://w3c.github.io/webappsec-permissions-policy/#is-feature-enabled
    """
    page, own, frame = client.page.url.origin, client.origin, client.frame
    names = names if profile.knows_permissions_policy else names[:1]
    declared = _declared(client.page.headers, names, profile)
    if not all(_matches(allowed, page, page) for allowed in declared):
        return False
    shown = client.page.url.origin if client.url.href == "about:srcdoc" else client.url.origin
    if frame is None or same_origin(own, page) or (profile.sandboxed_frames_keep_features and same_origin(shown, page)):
        return True
    if not all(_matches(allowed, own, page) for allowed in declared):
        return False
    container = _directives(frame.allow or "")
    if not any("src" in container[name] or _matches(container[name], own, page) for name in names if name in container):
        return False
    return client.is_local or all(_matches(allowed, own, own) for allowed in _declared(frame.headers, names, profile))


def _declared(headers: Headers, names: tuple[str, ...], profile: Profile) -> list[_Allowlist]:
    """The allowlists that a response declares for the feature. A header that does not parse says nothing.

    https://w3c.github.io/webappsec-permissions-policy/#algo-construct-policy
    """
    if not profile.knows_permissions_policy:
        return []
    lists = _directives(", ".join(headers.values("Feature-Policy")).replace(",", ";"))
    lists |= _members(", ".join(headers.values("Permissions-Policy")).strip(" "))
    return [lists[name] for name in names if name in lists]


def _members(text: str) -> dict[str, _Allowlist]:
    """The allowlist of each feature in a Permissions-Policy header, of which the last counts; a boolean allows nothing.

    https://www.rfc-editor.org/rfc/rfc9651#parse-dictionary
    """
    found: dict[str, _Allowlist] = {}
    at = 0
    while at < len(text):
        member = _MEMBER.match(text, at)
        if member is None:
            return {}
        found[member[1]] = tuple(item[1] or item[2] for item in _ITEM.finditer(member[2] or ""))
        at = member.end()
    return found


def _directives(text: str) -> dict[str, _Allowlist]:
    """The allowlist of each feature in the attribute `allow`, of which the first counts; without one it is 'src'.

    https://w3c.github.io/webappsec-permissions-policy/#algo-parse-policy-directive
    """
    found: dict[str, _Allowlist] = {}
    for name, *allowed in filter(None, map(str.split, text.split(";"))):
        found.setdefault(name, tuple(item.strip("'") for item in allowed) or ("src",))
    return found


def _matches(allowed: _Allowlist, origin: Origin, own: Origin) -> bool:
    """https://w3c.github.io/webappsec-permissions-policy/#matches"""
    for item in allowed:
        if item == "*" or (item in ("self", "src") and same_origin(origin, own)):
            return True
        url = parse(item)
        if url is not None and same_origin(url.origin, origin):
            return True
    return False
