"""Lines that a terminal broke at its width, in the middle of a word: known by the words that browsers' messages hold."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Final

from corsdoctor.browsers import firefox_templates
from corsdoctor.console import wordings as w
from corsdoctor.console.template import Template

_MARKS: Final = ".,:;()'\""
_LONGEST: Final = 60  # characters of a word, with what stands around it


def is_one_word(line: str, following: str) -> bool:
    """Whether the last word of a line and the first of the next are one that was broken, marks included."""
    tail, head = line[line.rfind(" ", -_LONGEST) + 1 :], following[:_LONGEST].split(" ", 1)[0]
    if len(tail) + len(head) > _LONGEST:
        return False
    words, pairs = _vocabulary()
    return (tail + head).strip(_MARKS) in words and (tail.strip(_MARKS), head.strip(_MARKS)) not in pairs


@cache
def _vocabulary() -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """All words of the messages about CORS, and those that stand beside each other."""
    templates = [
        Template(firefox_templates.FRAME),
        Template(firefox_templates.STATUS),
        Template(firefox_templates.WARNING),
    ]
    for table in (w.CHROMIUM_FRAMES, w.CHROMIUM_REASONS, w.FIREFOX_REASONS, w.WEBKIT_REASONS):
        templates += [wording.template for wording in table]
    templates += [wording.template for wording in (*w.OLD_WEBKIT_FRAMES, *w.WEBKIT_SECONDS)]
    templates += [w.CHROMIUM_TAIL, w.WEBKIT_REDIRECTION, *(Template(text) for text in w.CHROMIUM_PREFIXES)]
    words = {"XMLHttpRequest", *w.CHROMIUM_KINDS}
    pairs: set[tuple[str, str]] = set()
    for template in templates:
        for piece, _ in template.parts:
            found = [word.strip(_MARKS) for word in piece.split()]
            words.update(found)
            pairs.update(pairwise(found))
    return frozenset(words - {""}), frozenset(pairs)
