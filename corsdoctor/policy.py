"""Who may ask what: what a server has to grant, in the words of CORS and of no server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ANY: Final = "*"
MAX_AGE: Final = 7200  # Chromium's cap: it pays to send no less, and a mistake is forgotten after two hours


@dataclass(frozen=True, slots=True)
class Policy:
    """The least that a server has to grant.

    `origins` are serialized origins, or only "*" for everybody. `methods` are those that need to be listed (GET, HEAD
    and POST never do), `headers` the names of request headers that do, `expose` the response headers that the script
    is to read. `max_age` is in seconds.
    """

    origins: tuple[str, ...]
    methods: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    credentials: bool = False
    expose: tuple[str, ...] = ()
    max_age: int = MAX_AGE

    @property
    def public(self) -> bool:
        """Whether every origin may read the answers."""
        return self.origins == (ANY,)

    @property
    def preflighted(self) -> bool:
        """Whether there is anything that a preflight asks for."""
        return bool(self.methods or self.headers)
