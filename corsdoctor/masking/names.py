"""Which headers and which parameters of a URL hold a secret, told by their names."""

from __future__ import annotations

import re
from typing import Final

_SECRET: Final = re.compile(
    r"token(?!s$)|secret|passw|pwd|session|credential|signature|jwt|hmac|auth$|"
    r"(?:api|access|auth|account|subscription|functions)[-_]?key|"
    r"^(?:code|key|sid|pin)$|(?:^|[-_.])(?:authorization|otp|pass|sas|sig)$|"
    r"(?<!^idempotency)(?<!^surrogate)(?<!cache)[-_]key$",
    re.IGNORECASE,
)


def is_secret_name(name: str) -> bool:
    """Whether the value of the header or of the URL's parameter `name` is to be hidden: a password, a token, a key, ..."""
    if "%" in name:
        from urllib.parse import unquote  # 1 ms, for most names in vain

        name = unquote(name)
    return _SECRET.search(name) is not None
