"""How a login is written: its scheme, such as Bearer, and what a Basic login encodes."""

from __future__ import annotations

import re
from typing import Final

from corsdoctor.pattern import Pattern

SCHEME: Final = Pattern(
    r"[ \t]*(?:(?P<basic>basic)|api-?key|aws4-hmac-sha256|bearer|digest|dpop|genie-?key|gnap|hawk|hmac|hoba|jwt|key|mac|"
    r"mutual|negotiate|ntlm|oauth|privatetoken|scram-sha-(?:1|256)|sharedkey(?:lite)?|signature|splunk|ssws|token|vapid)"
    r"[ \t]+",
    re.IGNORECASE,
)
"""A known scheme at the start of the value of Authorization, and the spaces behind it."""
CREDENTIALS: Final = Pattern(r"[A-Za-z0-9._~+/*-]+(?:==?(?![\"']))?(?=[\s\"'<>,;)\]}&]|\Z)")
"""What may follow a scheme: one word, not followed by what no login is followed by."""


def basic_login(encoded: str) -> tuple[str, ...]:
    """The user name and password that a Basic login encodes, and the password; () if it encodes none."""
    import base64  # 1 ms, for most values in vain

    try:
        decoded = base64.b64decode(encoded, validate=True).decode("latin-1")
    except ValueError:
        return ()
    return decoded, decoded.partition(":")[2]
