"""Names and values inside a text, whatever else the text holds: parameters, JSON and the parts of a form.

All of it takes time in proportion to the length of the text: a value is looked for where its name ends, and reading
goes on behind the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from corsdoctor.masking.names import AUTHORIZATION, BOUND_TO_SESSION, is_secret, is_secret_name
from corsdoctor.masking.schemes import SCHEME
from corsdoctor.masking.spans import Grammar, Span

_TEXT_END: Final = r"[\s&]|[\"'`’”](?=[\s,;:)\]}>]|\Z)|\Z"
_PUNCTUATION: Final = "\"'`’”)]}>.,;:!?"


_ENDS: Final[dict[Grammar, re.Pattern[str]]] = {
    "query": re.compile(r"[&#]|\Z"),
    "path": re.compile(r"[;/?#&]|\Z"),
    "form": re.compile(r"&|\r?\n(?=[^\s=&:]*[=:])|\Z"),
    "code": re.compile(_TEXT_END),
    "prose": re.compile(_TEXT_END),
}
"""Where a value ends."""
_WITH_COLONS: Final = ("query", "form", "code")
"""Where `name:value` is a pair as well."""
_WITH_WORDS: Final = ("code", "prose")
"""Where values may be quoted, and sentences may end with them."""

_OF_A_QUERY: Final = ("?", "&", "#")
_SIGN: Final = re.compile(r"\s*([=:])\s*|\s+|[&;#?/\"'`<>,(){}|\\]")
_NAMED_PARAMETER: Final = re.compile(r"(?<![^?&;=\s])(?:field|key|name|param)=([^&#\s]*)&val(?:ue)?=([^&#\s]*)")
_QUOTE: Final = re.compile(r"\\*[\"']")
_CLOSING: Final = {quote: re.compile(rf"(?<!\\)\\*{quote}") for quote in "\"'"}
_JSON_NAME: Final = re.compile(r"([\"'])([^\"'\\]*)\\*\1\]?\s*(?::|=>|={1,3})\s*")
_JSON_NAMES_VALUE: Final = re.compile(r"\\*([\"'])[^\"'\\]*\\*\1\s*,\s*\\*\1val")
_JSON_LIST: Final = re.compile(r"\[\s*(\\*[\"'])([^\"'\\]*)\1\s*,\s*(?=\\*[\"'])")
_JSON_LIST_END: Final = re.compile(r"\\*[\"']?\s*(?:\]|\Z)")
_JSON_WORD: Final = re.compile(r"[A-Za-z_-]*\Z")
_JSON_OBJECT: Final = re.compile(r"\{[^{}]*")
_JSON_MEMBER: Final = re.compile(r"(\\*[\"'])([\w-]+)\1\s*:\s*")
_NAMING: Final = ("field", "header", "id", "key", "label", "name", "param", "parameter")
_HOLDING: Final = ("content", "default", "val", "value")
_JSON_BARE_END: Final = re.compile(r"[\s,\]}&\"']|\Z")

_JSON_SIGN: Final = re.compile(r"[\[\]{}]|(?<!\\)\\*[\"']")
_JSON_WORDS: Final = ("null", "true", "false")
_PART_NAME: Final = re.compile(r"\bname=\"?([^\"\r\n;]+)", re.IGNORECASE)
_BLANK_LINE: Final = re.compile(r"\r?\n\r?\n")
_PART_END: Final = re.compile(r"\r?\n--|\Z")


def parameters(text: str, grammar: Grammar) -> Iterator[Span]:
    """The values of secret names in `name=value`, and in `name:value` where the grammar has that."""
    start, before, position = 0, "", 0
    bound = BOUND_TO_SESSION if f"{AUTHORIZATION}=" in text else ()
    while (sign := _SIGN.search(text, position)) is not None:
        position = sign.end()
        name = text[start : sign.start()]
        is_bound = name in bound and before in _OF_A_QUERY
        if sign[1] is not None and _separates(name, sign[1], before, grammar) and (is_bound or is_secret_name(name)):
            value = _value(text, position, "query" if grammar == "path" and before in _OF_A_QUERY else grammar)
            position = value.end
            if is_bound or is_secret(name, text[value.start : value.end]):
                yield value
        start, before = position, "//" if before == sign[0] == "/" and not name else sign[0]
    for pair in _NAMED_PARAMETER.finditer(text):
        if is_secret_name(pair[1]):
            yield Span(*pair.span(2))


def json(text: str) -> Iterator[Span]:
    """The values of secret names in JSON, complete or not, as it is or as a string in other JSON.

    A name may stand in JSON as a value too: `{"name": "password", "value": "..."}` and `["password", "..."]`.
    """
    yield from _members(text)
    yield from _lists(text)
    yield from _described(text)


def _members(text: str) -> Iterator[Span]:
    position = 0
    while (name := _JSON_NAME.search(text, position)) is not None:
        position = name.end()
        if is_secret_name(name[2]) and not (name[2] == "key" and _JSON_NAMES_VALUE.match(text, position)):
            value = _json_value(text, position)
            if is_secret(name[2], text[value.start : value.end]):
                yield value
            position = value.end


def _lists(text: str) -> Iterator[Span]:
    """The second of two strings in a list. What looks like a list of names is none: `{"required": ["password", "email"]}`."""
    position = 0
    while (name := _JSON_LIST.search(text, position)) is not None:
        position = name.end()
        if not is_secret_name(name[2]):
            continue
        value = _json_value(text, position)
        is_member = text[max(0, name.start() - 8) : name.start()].rstrip().endswith(":")
        if _JSON_LIST_END.match(text, value.end) and not (
            is_member and _JSON_WORD.match(text[value.start : value.end])
        ):
            yield value
        position = value.end


def _described(text: str) -> Iterator[Span]:
    """The values in those objects whose name is a value as well, in any order."""
    position = 0
    while (found := _JSON_OBJECT.search(text, position)) is not None:
        position, named, values = found.start() + 1, False, []
        while (member := _JSON_MEMBER.search(text, position, found.end())) is not None:
            value = _json_value(text, member.end())
            position = max(value.end, member.end())
            name, content = member[2].lower(), text[value.start : value.end]
            if name in _NAMING or (name == "type" and content == "password"):
                named = named or is_secret_name(content)
            elif name in _HOLDING:
                values.append(value)
        position = max(position, found.end())
        yield from values if named else ()


def _json_value(text: str, start: int) -> Span:
    """The value that begins at `start`: what is in a string, an object or an array, or a word; empty where it is null."""
    opening = _JSON_SIGN.match(text, start)
    if opening is None or opening[0] in "]}":
        end = _found(_JSON_BARE_END, text, start)
        return Span(start, start if text[start:end] in _JSON_WORDS else end)
    if opening[0][-1] in "\"'":
        return Span(opening.end(), _string_end(text, opening))
    return Span(start, _block_end(text, start))


def parts(text: str) -> Iterator[Span]:
    """The contents of the parts of a multipart form that have secret names."""
    position = 0
    while (name := _PART_NAME.search(text, position)) is not None:
        position = name.end()
        if is_secret_name(name[1]):
            blank = _BLANK_LINE.search(text, position)
            if blank is None:
                return
            position = _found(_PART_END, text, blank.end())
            yield Span(blank.end(), position)


def _separates(name: str, sign: str, before: str, grammar: Grammar) -> bool:
    """Whether `sign` is between a name and a value, and not a host and its port, or a sentence's `exit code=1`."""
    if sign == ":":
        return grammar in _WITH_COLONS and before != "//"
    return grammar != "prose" or name not in ("code", "key") or before in _OF_A_QUERY


def _value(text: str, start: int, grammar: Grammar) -> Span:
    """The value that begins at `start`, without its quotes, and without the scheme of a login."""
    words = grammar in _WITH_WORDS
    scheme = SCHEME.compiled.match(text, start) if words else None
    start = start if scheme is None else scheme.end()
    quote = _QUOTE.match(text, start) if words else None
    if quote is not None:
        return Span(quote.end(), _string_end(text, quote))
    end = _found(_ENDS[grammar], text, start)
    bare = text[start:end].rstrip(_PUNCTUATION) if words else ""
    return Span(start, start + len(bare) if bare else end)


def _string_end(text: str, opening: re.Match[str]) -> int:
    """Where the string ends that `opening` opens: at the same quote behind as many backslashes, not counting pairs."""
    depth = len(opening[0])
    for closing in _CLOSING[opening[0][-1]].finditer(text, opening.end()):
        if len(closing[0]) % (2 * depth) == depth or len(closing[0]) < depth:
            return closing.end() - depth if len(closing[0]) >= depth else closing.start()
    return len(text)


def _block_end(text: str, start: int) -> int:
    """Where the object or array ends that begins at `start`."""
    depth, position = 0, start
    while (sign := _JSON_SIGN.search(text, position)) is not None:
        position = sign.end()
        if sign[0][-1] in "\"'":
            position = _string_end(text, sign) + len(sign[0])
        else:
            depth += 1 if sign[0] in "[{" else -1
            if depth == 0:
                return position
    return len(text)


def _found(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Where `pattern` is found from `start` on; one of its branches is the end of the text."""
    match = pattern.search(text, start)
    assert match is not None
    return match.start()
