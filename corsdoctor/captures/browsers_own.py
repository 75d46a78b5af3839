"""Which header lines of a recorded request come from the browser, not from a script."""

from __future__ import annotations

from typing import Final

BROWSERS_OWN: Final = frozenset(
    {
        "user-agent", "referer", "priority", "pragma", "cache-control", "upgrade-insecure-requests", "purpose", "x-client-data",
        "x-devtools-emulate-network-conditions-client-id", "accept", "accept-language",
    }
)  # fmt: skip
"""Header lines that a browser adds to a request by itself, beside those that no script may set."""
CACHES_OWN: Final = frozenset({"if-none-match", "if-modified-since", "if-range", "range"})
"""Header lines that a browser adds by itself to validate or complete a response in its cache, or for media."""
