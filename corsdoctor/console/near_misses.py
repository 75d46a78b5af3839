"""Firefox's messages about what only looks like CORS, in other languages than English: looked for where nothing else was found.

Most of them are known by the names in them that no language translates, and by the words beside their URL, which are in
browsers/firefox_openings.json. The rest are in browsers/firefox_near_misses.json.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any, Final

import corsdoctor.browsers
from corsdoctor.console.normalize import NormalizedText, folded_line
from corsdoctor.console.reasons import Found
from corsdoctor.console.reasons_alone import spaced
from corsdoctor.lazy import lazy
from corsdoctor.message import Message
from corsdoctor.record import Record

LONGEST: Final = 8192  # characters of a text that is read so: longer ones are logs
_LONGEST_LINE: Final = 1000
_ENGLISH: Final = re.compile(r"\b(?:the|was|has|because|to|of|for|with)\b")
_MOST: Final = 1  # of such words in a line of another language
_URL: Final = re.compile(r"'(?P<url>[a-z][a-z0-9+.-]{1,30}:[^\s']{1,2000})'")
_PIECES: Final = re.compile(r"\{(\w+)\}")
_TYPE: Final = r"'(?:[\w.+-]+/[\w.+-]+)?'"  # a MIME type in quotation marks, which may be empty
_REFUSED: Final = re.compile(
    r"(?i)blo(?:ck|qu|kk|kir|cc|kad|ker)|zablok|заблок|拦截|阻止|封鎖|ブロック|차단|engell|verhinder|verweiger|refus|nega[dt]|zakaza|запре"
    r"|fehlgeschlagen|passt|echec|echou|fall(?:o|it|id)|falh|non riusc|misluk|mislyk|misslyck|nie (?:uda|powiod)|не уда|失败|失敗|실패|no-cors"
)
_SOCKET: Final = re.compile(r"(?P<url>wss?://[^\s'\"\u3001\u3002]{1,2000}?)(?=[.]?(?:[\s'\"\u3001\u3002]|$))")
_NO_CONNECTION: Final = re.compile(
    r"(?i)\bFirefox\b|unterbroch|interromp|interrump|interrott|onderbrok|przerw|прерван|перерван|avbr[oöu]|afbr|中断|中斷|중단|kesil"
)
_SOMEBODY: Final = re.compile(
    r"(?i)[?!\uff1f\uff01]|\b(?:ich|wir|mein\w*|unser\w*|bei mir|je|j|nous|on|mon|ma|mes|notre|nos|yo|tengo|mi|mis|nuestr[ao]s?|eu|meu|minha|nosso|nossa"
    r"|io|mio|mia|nostro|nostra|ik|wij|mijn|onze|ja|moj[ae]?|nasz\w*|я|мы|мой|моя|наш\w*|jag|vi|min|mitt|var)\b|我|请问|私|お願い|제가|우리"
)
_CODE: Final = re.compile(r"[;={}]|[A-Za-z]\([A-Za-z]|=>")


class _Named(Record):
    """A message that has `names`, with as many URLs in quotation marks; the last is the one that it is about."""

    kind: str
    names: re.Pattern[str]
    urls: int = 1


_BY_NAMES: Final = tuple(
    _Named(kind, re.compile(names), urls)
    for kind, names, urls in (
        ("orb", r"OpaqueResponseBlocking", 1),
        ("corp", r"Cross-Origin-Resource-Policy", 1),
        ("frame", r"X-Frame-Options", 1),
        ("service-worker/registration", r"ServiceWorker(?!.*FetchEvent)", 2),
        ("service-worker/opaque", r"ServiceWorker.*FetchEvent.*'no-cors'", 1),
        ("service-worker", r"ServiceWorker.*FetchEvent|FetchEvent.*ServiceWorker", 1),
        (
            "mime-type/accepted",
            rf"^(?!.*'file:|.*ServiceWorker)(?=.*{_TYPE})(?:.*MIME.*JavaScript|.*JavaScript.*MIME)",
            1,
        ),
        ("mime-type", rf"^(?!.*ServiceWorker)(?=.*{_TYPE}).*MIME", 1),
        ("integrity", r"'sha(?:256|384|512)'", 1),
        ("unknown/element", r"<script>", 1),
        ("post-message", r"'postMessage'.*'DOMWindow'", 1),
    )
)


class _Known:
    """A message of the table, folded."""

    def __init__(self, kind: str, text: str) -> None:
        self.kind: Final = kind
        self.words: Final = spaced(folded_line(text).rstrip("."))
        self.longest: Final = max(_PIECES.split(self.words)[::2], key=len)

    @lazy
    def compiled(self) -> re.Pattern[str]:
        """The message as a regular expression, compiled when its longest words were found."""
        pieces = _PIECES.split(self.words)
        found = "".join(
            (r"(?P<url>[^\s']{1,2000})" if piece == "url" else r"[^']{1,200}") if i % 2 else re.escape(piece)
            for i, piece in enumerate(pieces)
        )
        return re.compile(found)


@cache
def _table() -> tuple[_Known, ...]:
    return tuple(_Known(kind, text) for kind, texts in _read("firefox_near_misses.json").items() for text in texts)


@cache
def _openings() -> tuple[str, ...]:
    """What stands before the first value of a message that is known by its names, or behind it, folded."""
    return tuple(_read("firefox_openings.json"))


def _read(name: str) -> Any:
    import json
    from importlib.resources import files

    return json.loads(files(corsdoctor.browsers).joinpath(name).read_text(encoding="utf-8"))


def near_misses(normalized: NormalizedText) -> Iterator[tuple[int, Found]]:
    """All of them in a text: where the line of each begins, what it says and where the line ends."""
    folded = normalized.folded
    for begin, end in pairwise((0, *folded.breaks, len(folded.text))):
        line = spaced(folded.text[begin:end].strip())
        message = (_in_table(line) or _by_names(line) or _socket(line)) if len(line) <= _LONGEST_LINE else None
        if message is not None:
            yield begin + folded.text.startswith(" ", begin), (message, end)


def _in_table(line: str) -> Message | None:
    for known in _table():
        match = known.compiled.search(line) if known.longest in line else None
        if match is not None:
            return _message(known.kind, match.groupdict().get("url"))
    return None


def _by_names(line: str) -> Message | None:
    """The message that names in the line show, if it begins as in one of Firefox's languages.

    English has words of its own for each, so no line in English is one.
    """
    words = _URL.sub("", line).replace("()", "")
    if _CODE.search(words) is not None or len(_ENGLISH.findall(words)) > _MOST:
        return None
    urls = [match["url"] for match in _URL.finditer(line)]
    for named in _BY_NAMES:
        if len(urls) >= named.urls and named.names.search(line) is not None:
            return _message(named.kind, urls[-1 if named.urls > 1 else 0]) if _is_said_by_firefox(line) else None
    return None


def _socket(line: str) -> Message | None:
    """That a WebSocket was not opened, or was interrupted."""
    url = _SOCKET.search(line)
    if url is None or _NO_CONNECTION.search(line) is None:
        return None
    words = _SOCKET.sub("", line)
    is_prose = len(_ENGLISH.findall(words)) > _MOST or _SOMEBODY.search(words) is not None
    return (
        None
        if is_prose or _CODE.search(line.replace(url["url"], "x")) is not None
        else _message("websocket", url["url"])
    )


def _is_said_by_firefox(line: str) -> bool:
    """Whether the words are those of a message, perhaps retyped or of another version, and not somebody's sentence about one."""
    if any(opening in line for opening in _openings()):
        return True
    return _REFUSED.search(line) is not None and _SOMEBODY.search(line) is None


def _message(kind: str, url: str | None) -> Message:
    kind, _, case = kind.partition("/")
    return Message("", False, "firefox", kind=kind, case=case or None, url=url)
