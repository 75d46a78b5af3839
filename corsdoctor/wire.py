"""What crosses the network, byte for byte: headers, requests, answers, exchanges. No rules live here.

Header names and values are latin-1 strings, one character for one byte, so that `==` is byte equality.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import lru_cache
from typing import Final

from corsdoctor.record import Record

MAX_HEAD: Final = 384 * 1024
"""The most bytes of a status line and the headers below it, which is as much as Firefox takes."""
MAX_LINES: Final = 1000
"""The most header lines of a response."""


@lru_cache(maxsize=256)
def ascii_lower(name: str) -> str:
    """`name` with A to Z in lower case; other letters of latin-1 stay. https://infra.spec.whatwg.org/#byte-lowercase"""
    return name.lower() if name.isascii() else "".join(c.lower() if c.isascii() else c for c in name)


def ascii_words(text: str) -> list[str]:
    """`text` split at ASCII whitespace; a no-break space is part of a word. https://infra.spec.whatwg.org/#split-on-ascii-whitespace"""
    return re.findall(r"[^\t\n\f\r ]+", text)


class Headers:
    """A header list: order, case and duplicates are kept. https://fetch.spec.whatwg.org/#concept-header-list

    A lookup takes as long for a hundred lines as for one: `_by_name` has the values by the name in lower case.
    """

    __slots__ = ("_by_name", "pairs")

    def __init__(self, pairs: tuple[tuple[str, str], ...] = ()) -> None:
        self.pairs: Final = pairs
        by_name: dict[str, list[str]] = {}
        for name, value in pairs:
            by_name.setdefault(ascii_lower(name), []).append(value)
        self._by_name: Final = by_name

    def __repr__(self) -> str:
        return f"Headers({self.pairs!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and self.pairs == other.pairs

    def __hash__(self) -> int:
        return hash(self.pairs)

    def __reduce__(self) -> tuple[type[Headers], tuple[tuple[tuple[str, str], ...]]]:
        return Headers, (self.pairs,)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and ascii_lower(name) in self._by_name

    def has_any(self, names: frozenset[str]) -> bool:
        """Whether one of `names`, which are in lower case, is there."""
        return not names.isdisjoint(self._by_name)

    def values(self, name: str) -> tuple[str, ...]:
        """The value of each line called `name`, in order."""
        return tuple(self._by_name.get(ascii_lower(name), ()))

    def get(self, name: str) -> str | None:
        """All values of `name` joined by ", ", or None. https://fetch.spec.whatwg.org/#concept-header-list-get"""
        values = self._by_name.get(ascii_lower(name))
        if values is None:
            return None
        return values[0] if len(values) == 1 else ", ".join(values)

    def elements(self, name: str) -> list[str]:
        """The elements of the list that all lines of `name` make. https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1"""
        return [element for part in (self.get(name) or "").split(",") if (element := part.strip("\t "))]

    def append(self, name: str, value: str) -> Headers:
        """With one more line, spelled as an earlier line of that name was.

        https://fetch.spec.whatwg.org/#concept-header-list-append
        """
        if name in self:
            wanted = ascii_lower(name)
            name = next(n for n, _ in self.pairs if ascii_lower(n) == wanted)
        return Headers((*self.pairs, (name, value)))

    def delete(self, *names: str) -> Headers:
        """Without any line of these names. https://fetch.spec.whatwg.org/#concept-header-list-delete"""
        gone = self._by_name.keys() & map(ascii_lower, names)
        return Headers(tuple((n, v) for n, v in self.pairs if ascii_lower(n) not in gone)) if gone else self


NO_HEADERS = Headers()


def leading_type(value: str, ends: str) -> str:
    """What `value` of a Content-Type says before the first of the characters `ends`."""
    value = value.strip("\t\n\r ")
    return value[: next((place for place, char in enumerate(value) if char in ends), None)]


class Kind(StrEnum):
    """What an exchange is for."""

    PREFLIGHT = "preflight"
    ACTUAL = "actual"
    PAGE = "page"  # a request of ours for the page itself, whose body is wanted


class Certificate(StrEnum):
    """What a server gets that asks for a client certificate."""

    SHOWN = "shown"
    ABSENT = "absent"  # the user has none, or the browser does not show it with this request
    WITHHELD = "withheld"  # a browser may show it, but the user did not name this origin


class WireRequest(Record):
    """One HTTP request as it is sent: the URL is serialized, without a fragment and without userinfo."""

    method: str
    url: str
    headers: Headers
    body: bytes | None = None
    certificate: Certificate = Certificate.ABSENT


class BodyEnd(StrEnum):
    """How the reading of a response's body ended."""

    WHOLE = "whole"
    UNREAD = "unread"  # it is large, or its end was not awaited
    STALLED = "stalled"  # its end did not come, though the end of a preflight response was waited for
    CUT = "cut"  # the connection was closed before the end that the headers announce
    RESET = "reset"  # the same, by a reset
    BROKEN = "broken"  # its chunks can't be read


class Stray(Record):
    """Bytes of an earlier response, found on the connection by a later request; `method` and `url` are of the earlier one."""

    method: str
    url: str
    size: int


class Framing(Record):
    """The other bytes on the connection, before and after a response."""

    lead: str = ""  # before the first status line of the connection
    stray: Stray | None = None  # before a later one
    end: BodyEnd = BodyEnd.WHOLE
    excess: int = 0  # bytes behind the end of the body, or behind a head that allows no body


CLEAN = Framing()


class Response(Record):
    """An answer. Its headers decide; the body only helps to find out why.

    `http_version` is as on the status line ("1.1"); `reason` may be empty; `elapsed` is in seconds. `certificate_withheld`
    and `cookie_withheld` say whether the server did not get the client certificate or the user's cookies, because the user did
    not name its origin. `body` is decoded as Content-Encoding says, and has at most the first 64 KiB, as far as they were read;
    of a WebSocket, it is the first frames.
    """

    status: int
    headers: Headers
    reason: str = ""
    http_version: str = "1.1"
    elapsed: float | None = None
    framing: Framing = CLEAN
    certificate_withheld: bool = False
    cookie_withheld: bool = False
    body: bytes = b""

    @property
    def is_ok(self) -> bool:
        """Whether the status is 200 to 299. https://fetch.spec.whatwg.org/#ok-status"""
        return 200 <= self.status <= 299


class FailureKind(StrEnum):
    """Why no answer could be had."""

    DNS = "dns"
    REFUSED = "refused"
    TLS = "tls"
    NOT_TLS = "not-tls"  # the client began a TLS handshake, and the server answered with something else
    PLAIN_HTTP = "plain-http-on-tls-port"  # the reverse
    ONLY_HTTP2 = "speaks-http2"
    CLIENT_CERTIFICATE = "client-certificate"  # the server ended the TLS handshake for want of one
    TIMEOUT = "timeout"
    RESET = "reset"
    NOT_HTTP = "not-http"
    LENGTH = "length"
    TOO_LARGE = "too-large"
    PROXY = "proxy"
    UNREACHABLE = "unreachable"


class NoAnswer(Record):
    """A request that got no HTTP response. `detail` is one sentence for the user."""

    kind: FailureKind
    detail: str


class Hold(StrEnum):
    """Why a request is not sent."""

    MAY_CHANGE_DATA = "may-change-data"
    ONLY_PREFLIGHT = "only-preflight"
    SECRETS_ELSEWHERE = "secrets-elsewhere"
    NOT_RECORDED = "not-recorded"  # a capture is replayed, which does not have the answer
    PROMPT = "prompt"  # the browser asks the user first, and nobody answers


class Withheld(Record):
    """A request that corsdoctor did not send, because it might change data or disclose a secret.

    `why` is a sentence, and `hold` says which kind of reason it is.
    """

    why: str
    hold: Hold = Hold.MAY_CHANGE_DATA


Answer = Response | NoAnswer | Withheld
Send = Callable[[Kind, WireRequest], Answer]


class Exchange(Record):
    """One request and its answer; `from_cache` says that no server was asked."""

    kind: Kind
    request: WireRequest
    answer: Answer
    from_cache: bool = False

    @property
    def is_preflight(self) -> bool:
        """Whether it belongs to a CORS-preflight fetch."""
        return self.kind is Kind.PREFLIGHT

    @property
    def is_http1(self) -> bool:
        """Whether the response came over HTTP/1.0 or HTTP/1.1."""
        return self.response is not None and self.response.http_version.startswith("1")

    @property
    def response(self) -> Response | None:
        """The response, or None if there was none."""
        return self.answer if isinstance(self.answer, Response) else None
