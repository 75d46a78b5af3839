"""The cause that the words of a console message prove: the same as `check` names, and one that only a message shows."""

from __future__ import annotations

import re
from typing import Final

from corsdoctor.message import Message
from corsdoctor.rule import Cause, Failure

ABOUT_THE_ORIGIN: Final = frozenset({"acao-present", "acao-matches-origin"})
"""Rules whose failure a login or another origin explains."""
_HTTP: Final = ("http://", "https://")
NOT_FROM_HTTP: Final = Cause(
    "not-from-http",
    "Firefox prints this where what answers is not a response over HTTP. The URL in the message is an http or https URL, so "
    "the message does not show what answered. Possible are a redirect to a URL of another scheme, and an extension that "
    "answers or redirects the request.",
    fix="Try a Firefox window without extensions, and look for redirects of this URL in the network panel.",
    failure=Failure("The answer to {url} did not come over HTTP", bare="The answer did not come over HTTP"),
)
"""Firefox's message about a URL that the rule of its words allows."""
NEVER_READABLE: Final = Cause(
    "never-readable",
    "Browsers never give this header to scripts, whatever Access-Control-Expose-Headers lists.",
    fix="Let the server return what the script needs in the body of the response, or in another header.",
    failure=Failure("No script can read {names}", bare="No script can read this header"),
)


def cause_of(m: Message) -> Cause | None:
    """The cause that the words of the message prove, None if they do not show one."""
    match m.rule, m.detail:
        case "acao-matches-origin", _ if m.detail == "multiple" or "," in (m.subject or ""):
            return _several_values(m)
        case "preflight-status-ok", "redirected":
            from corsdoctor.fetch.preflight_status import REDIRECTED

            return REDIRECTED
        case "local-network-access-granted", "insecure-page":
            from corsdoctor.fetch.local_network_access import NOT_OVER_HTTPS

            return NOT_OVER_HTTPS
        case "local-network-access-granted", "target-space":
            from corsdoctor.fetch.local_network_access import OTHER_ADDRESS_SPACE

            return OTHER_ADDRESS_SPACE
        case "response-header-exposed", _:
            from corsdoctor.fetch.exposure import FORBIDDEN_RESPONSE_NAMES

            return NEVER_READABLE if (m.subject or "").lower() in FORBIDDEN_RESPONSE_NAMES else None
        case "scheme-is-http", _ if m.browser == "firefox" and (m.url or "").startswith(_HTTP):
            return NOT_FROM_HTTP
        case "acao-present" | "acao-matches-origin" | "preflight-status-ok", _ if (page := _login_page(m)) is not None:
            return page
        case "acao-present" | "acao-matches-origin" | "preflight-status-ok", _ if m.status is not None:
            from corsdoctor.causes.by_message_status import of_status

            return of_status(m) if not redirected_to_login(m) else None
        case _:
            return None


def _several_values(m: Message) -> Cause:
    """Two layers where a value is `*` or stands twice; a list of origins may also be that of one configuration."""
    from corsdoctor.fetch.cors_causes import (
        TWO_LAYERS,
    )  # each import in a function is what other messages need not load

    values = re.findall(r"[^,\s]+", m.subject or "")
    if "*" in values or len(set(values)) < len(values):
        return TWO_LAYERS
    from corsdoctor.causes.known import known

    either = known(TWO_LAYERS.id)
    return TWO_LAYERS._replace(text=either.means, fix=either.fix)


def _login_page(m: Message) -> Cause | None:
    from corsdoctor.causes.login_urls import authorization  # what other messages need not load

    return authorization(m.first or m.url)


def redirected_to_login(m: Message) -> bool:
    """Whether a redirect led to a login, by the two URLs in the message."""
    if m.first is None or m.url is None:
        return False
    from corsdoctor.causes.login_urls import is_login  # what other messages need not load

    return is_login(m.first, m.url)
