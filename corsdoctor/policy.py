"""What a server must allow, in terms of CORS, independent of any server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Final

ANY: Final = "*"
MAX_AGE: Final = 7200  # Chromium's cap: the longest useful value, and browsers forget a mistake after two hours


@dataclass(frozen=True, slots=True)
class Policy:
    """The least that a server must allow.

    `origins` are serialized origins, or only "*" for all. `methods` are those that need to be listed (GET, HEAD
    and POST never do), `headers` the names of request headers that do, `expose` the response headers that the script
    is to read. `max_age` is in seconds.
    """

    origins: tuple[str, ...]
    methods: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    credentials: bool = False
    expose: tuple[str, ...] = ()
    max_age: int = MAX_AGE

    def __post_init__(self) -> None:
        if self.credentials and ANY in (*self.headers, *self.expose):
            raise ValueError("browsers do not accept `*` in a list of headers for a request with credentials")

    @property
    def public(self) -> bool:
        """Whether every origin may read the responses."""
        return self.origins == (ANY,)

    @property
    def preflighted(self) -> bool:
        """Whether it allows anything that requires a preflight."""
        return bool(self.methods or self.headers)


def merged(policies: Iterable[Policy]) -> Policy:
    """One policy that grants what each of `policies` does. There must be one at least."""
    return reduce(_both, policies)


def _both(a: Policy, b: Policy) -> Policy:
    def union(x: tuple[str, ...], y: tuple[str, ...]) -> tuple[str, ...]:
        return tuple({name.lower(): name for name in (*y, *x)}.values()) if x != y else x

    origins, credentials = tuple(dict.fromkeys((*a.origins, *b.origins))), a.credentials or b.credentials
    if ANY in origins:  # beside it no other origin means anything, and it means nothing with credentials
        origins = tuple(origin for origin in origins if origin != ANY) if credentials else (ANY,)
    headers, expose = union(a.headers, b.headers), union(a.expose, b.expose)
    if credentials:
        headers, expose = (tuple(name for name in names if name != ANY) for names in (headers, expose))
    return Policy(
        origins, tuple(dict.fromkeys((*a.methods, *b.methods))), headers, credentials, expose, max(a.max_age, b.max_age),
    )  # fmt: skip
