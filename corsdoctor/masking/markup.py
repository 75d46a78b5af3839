"""Secrets in XML and HTML: elements with a secret name, and those with an attribute or a sibling that names the secret.

All of it takes time in proportion to the length of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from corsdoctor.masking.names import is_secret_name
from corsdoctor.masking.spans import Span

_TAG: Final = re.compile(r"<([^\s<>/=\"']+)((?:[\s/](?:[^<>\"']|\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z))*)?)(>?)")
_END_TAG: Final = re.compile(r"</([^\s<>]+)")
_ATTRIBUTE: Final = re.compile(r"(?<![^\s\"'/])([^\s=\"'<>/]+)\s*=\s*(?:\"([^\"]*)|'([^']*)|([^\s\"'<>]+))")
_NAMING: Final = frozenset(["field", "id", "key", "name", "property"])
_VALUES: Final = frozenset(["content", "data-value", "value"])
_HOLDERS: Final = frozenset(
    [
        *(
            "arg",
            "attribute",
            "data",
            "entry",
            "env",
            "field",
            "header",
            "item",
            "option",
            "param",
            "parameter",
            "prop",
        ),
        *("property", "setting", "string", "textarea", "var", "variable"),
    ]
)
"""Elements whose contents are the value of what their attribute names."""
_NAMED: Final = re.compile(
    r"<(key|name|id|field|header-?name)\s*>([^<>]*)</\1\s*>\s*<([^\s<>/=\"']+)[^<>]*>([^<>]*)", re.IGNORECASE
)


def elements(text: str, *, cut: bool = False) -> Iterator[Span]:
    """The secrets in the elements of `text`. If it may be `cut` off, an element without an end reaches to the end."""
    if "<" not in text:
        return
    ends: dict[str, list[int]] = {}
    for end in _END_TAG.finditer(text):
        ends.setdefault(end[1], []).append(end.start())
    for tag in _TAG.finditer(text):
        is_secret = tag[1].lower() != "code" and is_secret_name(tag[1])  # which HTML has
        if not is_secret:
            named, values = _attributes(tag)
            yield from values if named else ()
            is_secret = named and not values and tag[1].lower() in _HOLDERS
        if is_secret and tag[3] and not tag[2].endswith("/"):
            places = ends.get(tag[1], [])
            index = bisect_left(places, tag.end())
            if index < len(places):
                yield Span(tag.end(), places[index])
            elif cut:
                yield Span(tag.end(), len(text))
                return
    for named_by in _NAMED.finditer(text):
        if is_secret_name(named_by[2]):
            yield Span(*named_by.span(4))


def _attributes(tag: re.Match[str]) -> tuple[bool, list[Span]]:
    """Whether an attribute of `tag` names a secret, and the values of those that may hold it."""
    named, values = False, []
    for attribute in _ATTRIBUTE.finditer(tag.string, *tag.span(2)):
        name = attribute[1].lower()
        group = next(group for group in (2, 3, 4) if attribute[group] is not None)
        if name in _NAMING or (name == "type" and attribute[group].lower() == "password"):
            named = named or is_secret_name(attribute[group])
        elif name in _VALUES:
            values.append(Span(*attribute.span(group)))
    return named, values
