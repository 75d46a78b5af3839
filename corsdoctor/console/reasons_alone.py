"""Firefox's reasons without the sentence before them, in its languages besides English.

Nothing but the reason itself shows what such a text is, so it is looked for only where nothing else was found. That a header is
missing is also recognized in the words of a translation program.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Final

from corsdoctor.console import firefox_languages
from corsdoctor.console.normalize import NormalizedText
from corsdoctor.console.reasons import MISSING, Found, message_of
from corsdoctor.console.wordings import Wording
from corsdoctor.lazy import lazy
from corsdoctor.message import Message

_NAMES: Final = ("CORS", "Access-Control-")  # every reason in every language has one of them
_LONGEST: Final = 2000  # characters of a line: nobody pastes a reason that is longer
_SHORT: Final = 30  # fixed characters: a shorter reason has to be all that its line says
_UNSAID: Final = frozenset({"/disabled", ""})  # too few words to be told from other sentences
_LABEL: Final = re.compile(r"^[^\W\d_]{2,20}(?: [^\W\d_]{1,10})? ?: ?")
_FIELD: Final = re.compile(r"\{(\w+)\}")
_URL: Final = re.compile(r"(?<!')\b(?:https?|file|wss?)://[!-&(-~]{1,2000}")  # not one in a value of a header
_QUOTE: Final = re.compile(r" ?' ?")
_AT_BEGIN: Final = (
    r"(?:^\W{0,3}(?:[^\W\d_]{2,20}(?: [^\W\d_]{1,10})? ?: ?)?|[.)(] ?\(?[^\W\d_]{2,20}(?: [^\W\d_]{1,10})? ?: ?)"
)
"""Before a short reason: nothing but a label in its line, or a sentence and a label."""
_AT_END: Final = r"(?=\W{0,3}(?:[^\W\d_]{2,20}(?: [^\W\d_]{2,20}){0,2} ?: ?(?:\d{3}|\(null\))\W{0,3})?$)"  # perhaps with the status code
_STATUS: Final = re.compile(r"[^\W\d_] ?: ?(\d{3})\b")
_BEFORE: Final = r"(?:^|[(:'\"] ?)"
_AFTER: Final = r"(?=[).,'\" ]{0,3}(?:$|\())|(?=[)。.])"


class _Reason:
    """One reason, folded, with the marks of a quotation as they may be retyped."""

    def __init__(self, wording: Wording, words: str) -> None:
        self.wording = wording
        self.words = words
        self.longest: Final = max((spaced(piece) for piece in _FIELD.split(words)[::2]), key=len)
        """Its longest fixed words: where they are not in a line, it is not."""

    @lazy
    def compiled(self) -> re.Pattern[str]:
        pieces = _FIELD.split(self.words)
        found = "".join(
            rf"(?P<{p}>[^\s'][^']{{0,200}}?)" if i % 2 else re.escape(spaced(p)) for i, p in enumerate(pieces)
        )
        fixed = sum(map(len, pieces[::2]))
        before, after = (_AT_BEGIN, _AT_END) if fixed < _SHORT else (_BEFORE, f"(?:{_AFTER})")
        return re.compile(f"{before}{found}{after}", re.IGNORECASE)


def spaced(text: str) -> str:
    """`text` without blanks beside quotation marks, which French has inside of them and other languages outside."""
    return _QUOTE.sub("'", text)


@cache
def _reasons() -> tuple[_Reason, ...]:
    found: dict[tuple[str, str | None], _Reason] = {}
    for title in firefox_languages.titles():
        for wording in firefox_languages.wordings(title):
            words = _words(wording.template.text)
            if wording.key not in _UNSAID and any(name in words for name in _NAMES):
                found.setdefault((words, wording.rule), _Reason(wording, words))
    return tuple(found.values())


def _words(text: str) -> str:
    """The reason in a message: what stands behind its URL in brackets, or behind a label."""
    rest = text.partition("{url}")[2].partition("{status}")[0]
    opening = rest.find("(")
    label = firefox_languages.REASON_BEGINS.compiled.search(rest)
    if opening >= 0 and (label is None or label[0].startswith("(")):
        reason = rest[opening + 1 : rest.rfind(")")]
        return _LABEL.sub("", reason, count=1).rstrip(". ")
    return "" if label is None else rest[label.end() :].partition(". ")[0].rstrip(". ")


def reasons_alone(normalized: NormalizedText) -> Iterator[tuple[int, Found]]:
    """All of them in a text: where the line of each begins, what it says and where the line ends."""
    if not any(name in normalized.text for name in _NAMES):
        return
    folded = normalized.folded
    for begin, end in pairwise((0, *folded.breaks, len(folded.text))):
        line = spaced(folded.text[begin:end].strip())
        if len(line) > _LONGEST or not any(name in line for name in _NAMES):
            continue
        message = _best(line) or _missing(line) or _unanswered(line)
        if message is not None:
            url = _URL.search(folded.text, begin, end)
            named = message._replace(url=None if url is None else url[0].rstrip("'.,)"))
            yield begin + folded.text.startswith(" ", begin), (named, end)


def _best(line: str) -> Message | None:
    """What the reason in a line says that leaves the least to its fields; None if there is none."""
    best, least = None, 0
    for reason in _reasons():
        match = reason.compiled.search(line) if reason.longest in line else None
        if match is None:
            continue
        fields = match.groupdict()
        size, message = sum(map(len, fields.values())), message_of(reason.wording, fields)
        if best is None or size < least:
            status = _STATUS.search(line, match.end())
            best, least = message._replace(status=None if status is None else status[1]), size
        elif size == least and message.rule not in (best.rule, *best.also, None):
            best = best._replace(also=(*best.also, *filter(None, (message.rule,))))
    return best


def _missing(line: str) -> Message | None:
    """The message of a line that calls the CORS header missing in other words than Firefox's; None if it does not."""
    header = _CORS_HEADER.search(line)
    if header is None or not any(
        MISSING.compiled.search(line, begin, end)
        for begin, end in ((max(0, header.start() - _NEAR), header.start()), (header.end(), header.end() + _NEAR))
    ):
        return None
    return Message("", True, "firefox", "acao-present")


def _unanswered(line: str) -> Message | None:
    """The message of a line with a URL, CORS and the status code that Firefox prints without a response."""
    is_one = _UNANSWERED.search(line) is not None and "CORS" in line and _NAMES[1] not in line
    return Message("", True, "firefox", "actual-answered") if is_one and _URL.search(line) is not None else None


_UNANSWERED: Final = re.compile(
    r"\([^()]{0,120}CORS[^()]{0,120}\) ?[.\u3002]? ?[^\W\d_]{3,20}(?: [^\W\d_]{2,20}){0,2} ?: ?\(null\)\W{0,3}$"
)
_CORS_HEADER: Final = re.compile(
    r"(?:CORS\W{0,3}[^\W\d_]{0,14}|[^\W\d_]{2,14} CORS)\W{0,3}Access-Control-Allow-Origin'?"
)
_NEAR: Final = 24  # characters before or after the header that may contain the word for missing
