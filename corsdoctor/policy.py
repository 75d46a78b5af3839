"""What a server must allow, in terms of CORS, independent of any server."""

from __future__ import annotations

from dataclasses import dataclass
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
