"""Several URLs in one: curl's sets {a,b} and ranges [1-9]. https://curl.se/docs/manpage.html#URL"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, product
from typing import Final

from corsdoctor.captures.commands.parsed import NotUnderstood, decimal
from corsdoctor.captures.commands.words import Word

MOST: Final = 1000
"""The most URLs of one command."""
_PART: Final = re.compile(
    r"\\(?P<escaped>[\[\]{}])|\{(?P<set>[^{}\[\]]*)\}|\[(?P<address>[0-9A-Fa-f:.]*:[0-9A-Fa-f:.%\w]*)\]"
    r"|\[(?P<first>[^\W_]|\d+)-(?P<last>[^\W_]|\d+)(?::(?P<step>\d+))?\]|(?P<empty>\[\])|(?P<wrong>[\[\]{}])|(?P<text>[^\\\[\]{}]+|\\)"
)


def urls(word: Word) -> list[str]:
    """The URLs that a glob stands for, in curl's order. Raises NotUnderstood if it is not valid, or stands for too many."""
    parts = [tuple(_alternatives(found, word)) for found in _PART.finditer(word.text)]
    made = ["".join(chosen) for chosen in islice(product(*parts), MOST + 1)]
    if len(made) > MOST:
        raise NotUnderstood(f"this URL stands for more than {MOST} URLs", word.spot)
    return made


def _alternatives(found: re.Match[str], word: Word) -> Iterator[str]:
    if found["set"] is not None:
        if not found["set"]:
            raise NotUnderstood("curl does not allow {} in a URL without -g", word.rest(found.start()).spot)
        yield from found["set"].split(",")
    elif found["first"] is not None:
        yield from _range(found, word)
    elif found["wrong"]:
        reason = f"curl takes {found['wrong']} for a part of a set or a range: use -g"
        raise NotUnderstood(reason, word.rest(found.start()).spot)
    else:
        yield found["escaped"] or found[0]


def _range(found: re.Match[str], word: Word) -> Iterator[str]:
    first, last, step = found["first"], found["last"], decimal(found["step"] or "1")
    low, high = decimal(first), decimal(last)
    digits = low is not None and high is not None
    if low is None or high is None:
        low, high = ord(first[0]), ord(last[0])
    alike = digits or (first.isalpha() and last.isalpha())
    if not alike or low > high or not step or (step > high - low and low != high):
        raise NotUnderstood(f"curl cannot count in {found[0]}", word.rest(found.start()).spot)
    width = len(first) if first.startswith("0") else 0
    for number in islice(range(low, high + 1, step), MOST + 1):
        yield str(number).zfill(width) if digits else chr(number)
