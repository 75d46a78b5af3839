"""The fields of a Scenario that a request in another tool's words states."""

from __future__ import annotations

from typing import Any, Final

from corsdoctor.captures.commands.parsed import Parsed
from corsdoctor.fetch.headers import ACRH, ACRM
from corsdoctor.wire import ascii_lower

_UNKNOWN: Final = "?"
"""The value of a header that a preflight only names."""


def fields_of(parsed: Parsed) -> dict[str, Any]:
    """The fields by name, but for the URL and the origin. Those that the text does not state are missing.

    A preflight request, which no script sends, stands for the request that it asks for.
    """
    dropped = {ascii_lower(name) for name in parsed.dropped}
    values = {ascii_lower(name): value for name, value in parsed.headers}
    fields: dict[str, Any] = {
        "method": parsed.method,
        "headers": tuple((name, value) for name, value in parsed.headers if ascii_lower(name) not in dropped),
        "credentials": parsed.credentials,
        "mode": parsed.mode,
        "redirect": parsed.redirect,
        "api": parsed.api,
        "upload_listener": parsed.upload_listener,
        "body": parsed.body,
        "cookie": parsed.cookies,
        "user_agent": values.get("user-agent") if "user-agent" in dropped else None,
    }
    wanted = values.get(ascii_lower(ACRM))
    if parsed.method == "OPTIONS" and wanted is not None:
        names = [name.strip() for name in values.get(ascii_lower(ACRH), "").split(",")]
        fields |= {"method": wanted, "headers": tuple((name, _UNKNOWN) for name in names if name)}
    return {name: value for name, value in fields.items() if value is not None}
