"""Masks the passwords and tokens that stand in URLs."""

from __future__ import annotations

import re
from typing import Final

MASK: Final = "***"
_PARAMETERS: Final = (
    "access_token|api_key|apikey|auth|client_secret|code|id_token|jwt|key|passwd|password|pwd|refresh_token|secret|session|"
    "sig|signature|token"
)
IN_URL: Final = re.compile(
    rf"(?<=[?&;#])(?P<name>{_PARAMETERS})=(?P<value>[^&;#\s\"'`<>]+)|(?<=://)(?P<user>[^/?#@:\s]*):(?P<password>[^/?#\s]+)@",
    re.IGNORECASE,
)


def conceal_text(text: str) -> str:
    """`text` with the passwords and tokens in its URLs masked."""
    return IN_URL.sub(masked_in_url, text)


def masked_in_url(match: re.Match[str]) -> str:
    return f"{match['name']}={MASK}" if match["name"] is not None else f"{match['user']}:{MASK}@"
