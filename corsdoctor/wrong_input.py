"""The mistakes in what a user typed, and what an error says about it: the text without its secrets, and what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from corsdoctor.errors import InvalidScenario, Mistake
from corsdoctor.masking import mask_name, mask_named, mask_url
from corsdoctor.pattern import Pattern

_SHOWN = 100
_LISTED = 50
MOST_COMPARED = 300
WITH_SLASHES = Pattern(r"\s*[a-z][a-z0-9+.-]*:[/\\]", re.I)
"""How a URL begins that is certainly one."""
_SPACE = Pattern(r"(?<=\S)\s+(?=\S)")
_VALUE = Pattern(
    r"^[^\w/.@]*\w+-[\w-]*\s+(?=[^\s*])|"
    r"(?:%3[ad]|[=;|~<>\t\uff1a\uff1d]|,(?!\s)|:(?!\d{1,5}(?![^/?#:])|\d+\.\d+\.\d+\.\d+$|[\da-f:.]*\]))\s*(?=[^\s*])",
    re.I,
)
"""The sign behind a name: not the one before a port, in an address, or in a list with spaces."""
_NAME_END = Pattern(r"\s*[:=\s]")


class Mistakes:
    """Collects mistakes, so that all of them are reported at once."""

    def __init__(self, found: Iterable[Mistake] = ()) -> None:
        self.found = list(found)

    def add(self, field: str, value: str, reason: str) -> None:
        """Adds a mistake."""
        self.found.append(Mistake(field, shown(value), reason))

    def raise_if_any(self) -> None:
        """Raises InvalidScenario if there is a mistake."""
        __tracebackhide__ = True  # so that pytest shows the line of the caller, who made the mistake
        if self.found:
            raise InvalidScenario(*self.found)


def shown(text: str) -> str:
    """`text` as an error may show it: without secrets and query, and not too long.

    What was typed in the wrong place can be anything, such as a header or a login. So a URL is shown up to a space, and
    all else up to the sign behind a name: what follows it may be a value.
    """
    text = mask_url(mask_named(text))
    text = re.sub(r"(^|//)[^/?#\s]+@", r"\1***@", text)
    text = re.sub(r"\?.+", "?...", text, flags=re.S)
    value = (_SPACE if WITH_SLASHES.compiled.match(text) else _VALUE).compiled.search(text)
    text = text if value is None else f"{text[: value.end()]}..."
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def shown_path(path: str) -> str:
    """The name of a file, an option and its value, or "page" and its URL, as an error may show it.

    What has no `/` may be a login or a header in place of a name.
    """
    option, space, value = path.partition(" ")
    if re.fullmatch("--[a-z-]+|page", option) and space:
        return f"{option} {shown_path(value)}"
    if "://" in path:
        return shown(path)
    return mask_named(path) if "/" in path or "\\" in path else mask_name(path)


def shown_name(text: str) -> str:
    """`text`, which should be a name, as an error may show it: a value may stand behind it, as in "Authorization: Bearer x"."""
    end = _NAME_END.compiled.search(text)
    return shown(text if end is None else f"{text[: end.start()]}...")


def nearest(word: str, words: Iterable[str], aliases: Iterable[str] = ()) -> str:
    """A question that names the nearest of `words` and `aliases`, or all `words` if none is near."""
    words = list(words)
    near = closest(word, (*aliases, *words))
    if near is not None:
        return did_you_mean(near)
    return f"must be one of {', '.join(words[:_LISTED])}" + ", ..." * (len(words) > _LISTED)


def closest(word: str, words: Iterable[str], alike: float = 0.6) -> str | None:
    """The one of `words` that is nearest to `word`, None if none is near. `alike` is how near, from 0 to 1."""
    from difflib import get_close_matches  # 2 ms to load: only if a word is unknown

    words = islice(words, MOST_COMPARED)
    near = get_close_matches(word.lower(), words, n=1, cutoff=alike) if len(word) <= _SHOWN else []
    return near[0] if near else None


def did_you_mean(*words: str) -> str:
    *others, last = (f"`{word}`" for word in words)
    return f"did you mean {', '.join(others)}{' or ' * bool(others)}{last}?"
