"""What crosses the network, byte for byte: headers, requests, answers, exchanges. No rules live here.

Header names and values are latin-1 strings, one character for one byte, so that `==` is byte equality.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum


def ascii_lower(name: str) -> str:
    """`name` with A to Z in lower case; other letters of latin-1 stay. https://infra.spec.whatwg.org/#byte-lowercase"""
    return name.lower() if name.isascii() else "".join(c.lower() if c.isascii() else c for c in name)


@dataclass(frozen=True, slots=True)
class Headers:
    """A header list: order, case and duplicates are kept. https://fetch.spec.whatwg.org/#concept-header-list"""

    pairs: tuple[tuple[str, str], ...] = ()

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self.values(name))

    def values(self, name: str) -> tuple[str, ...]:
        """The value of each line called `name`, in order."""
        wanted = ascii_lower(name)
        return tuple(v for n, v in self.pairs if ascii_lower(n) == wanted)

    def get(self, name: str) -> str | None:
        """All values of `name` joined by ", ", or None. https://fetch.spec.whatwg.org/#concept-header-list-get"""
        values = self.values(name)
        return ", ".join(values) if values else None

    def append(self, name: str, value: str) -> Headers:
        """With one more line, spelled as an earlier line of that name was.

        https://fetch.spec.whatwg.org/#concept-header-list-append
        """
        wanted = ascii_lower(name)
        spelled = next((n for n, _ in self.pairs if ascii_lower(n) == wanted), name)
        return Headers((*self.pairs, (spelled, value)))

    def delete(self, *names: str) -> Headers:
        """Without any line of these names. https://fetch.spec.whatwg.org/#concept-header-list-delete"""
        gone = {ascii_lower(n) for n in names}
        return Headers(tuple((n, v) for n, v in self.pairs if ascii_lower(n) not in gone))

    def combine(self, name: str, value: str) -> Headers:
        """With `value` joined to the first line of that name. https://fetch.spec.whatwg.org/#concept-header-list-combine"""
        for i, (n, v) in enumerate(self.pairs):
            if ascii_lower(n) == ascii_lower(name):
                return Headers((*self.pairs[:i], (n, f"{v}, {value}"), *self.pairs[i + 1 :]))
        return self.append(name, value)


NO_HEADERS = Headers()


class Kind(StrEnum):
    """What an exchange is for."""

    PREFLIGHT = "preflight"
    ACTUAL = "actual"


@dataclass(frozen=True, slots=True)
class WireRequest:
    """One HTTP request as it leaves: the URL is serialised, without a fragment and without userinfo."""

    method: str
    url: str
    headers: Headers
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """The head of an answer. Bodies are not kept: headers decide.

    `http_version` is as on the status line ("1.1"); `reason` may be empty; `elapsed` is in seconds.
    """

    status: int
    headers: Headers
    reason: str = ""
    http_version: str = "1.1"
    elapsed: float | None = None


class Cutoff(StrEnum):
    """Why no answer could be had."""

    DNS = "dns"
    REFUSED = "refused"
    TLS = "tls"
    TIMEOUT = "timeout"
    RESET = "reset"
    NOT_HTTP = "not-http"
    TOO_LARGE = "too-large"
    PROXY = "proxy"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """A request that got no HTTP response. `detail` is one sentence for the user."""

    cutoff: Cutoff
    detail: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """A request that corsdoctor did not send, so as not to change anybody's data."""

    why: str


Answer = Response | NoAnswer | Withheld
Send = Callable[[Kind, WireRequest], Answer]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came back."""

    kind: Kind
    request: WireRequest
    answer: Answer

    @property
    def response(self) -> Response | None:
        """The response, or None where there was none."""
        return self.answer if isinstance(self.answer, Response) else None
