"""What may be printed unchanged: text in which nothing is hidden, and which no log reads as a command.

The one definition of both, for every report, every error and JSON. Terminals obey control characters. Logs obey signs: GitHub
Actions and Azure Pipelines `##[` and `##vso[`, TeamCity `##teamcity[`, GitLab and Travis the marks of their sections, wherever
they stand in a line; GitHub Actions a line that begins with `::`; and Buildkite one that begins with `--- `, `+++ ` or `~~~ `.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

_SIGN: Final = r"#(?=#[\w.-]*\[)|(?:(?<=section_start)|(?<=section_end)|(?<=travis_fold)|(?<=travis_time)):"
_IN_SIGNS: Final = ("section_start:", "section_end:", "travis_fold:", "travis_time:")
"""Every text with a sign holds `##` or one of these, which are looked for in a hundredth of the time."""
_AT_LINE_START: Final = r"^(?:\s*:(?=:)|-(?=--\s)|\+(?=\+\+\s)|~(?=~~\s)|\^(?=\^\^\s))"
_IN_LINE_SIGNS: Final = ("::", "---", "+++", "~~~", "^^^")
_BEYOND_ASCII: Final = r"[^\x00-\x7e]"
_IGNORED: Final = frozenset(
    chr(code)
    for first, last in (
        (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2800, 0x2800), (0x3164, 0x3164),
        (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0x1D159, 0x1D159), (0xE0100, 0xE01EF),
    )
    for code in range(first, last + 1)
)  # fmt: skip
"""Letters and marks that show nothing: fillers, joiners, variation selectors. Python counts them as printable."""
_NAMED: Final = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}


def shows(c: str) -> bool:
    """Whether a character can be seen, or is the space: no control, direction, tag, filler, surrogate or noncharacter."""
    return c.isprintable() and c not in _IGNORED


def visible(text: str) -> str:
    """`text` in one line, with a backslash escape for all that can't be seen and for the first character of a sign."""
    text = _without_signs(text, _escape)
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if shows(c) else _escape(c) for c in text)


def visible_json(text: str) -> str:
    """The JSON `text` with the same characters as JSON's own escapes, so that each value is read as it was."""
    text = _without_signs(text, _json_escape)
    if text.isascii() and "\x7f" not in text:
        return text
    return re.sub(_BEYOND_ASCII, lambda found: found[0] if shows(found[0]) else _json_escape(found[0]), text)


def visible_line(line: str) -> str:
    """A line put together from visible texts and colors, without what would be a command only as a whole."""
    line = _without_signs(line, _escape)
    if not any(sign in line for sign in _IN_LINE_SIGNS):
        return line
    return re.sub(_AT_LINE_START, lambda found: f"{found[0][:-1]}{_escape(found[0][-1])}", line)


def _without_signs(text: str, escape: Callable[[str], str]) -> str:
    """`text` with the first character of each sign escaped."""
    if "##" not in text and ("_" not in text or not any(sign in text for sign in _IN_SIGNS)):
        return text
    return re.sub(_SIGN, lambda found: escape(found[0]), text)


def _escape(c: str) -> str:
    code = ord(c)
    if c in _NAMED:
        return _NAMED[c]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json_escape(c: str) -> str:
    return "".join(f"\\u{unit:04x}" for unit in memoryview(c.encode("utf-16", "surrogatepass")).cast("H")[1:])
