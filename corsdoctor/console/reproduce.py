"""Message -> the Scenario that causes it again, as far as the message contains what the script requested."""

from __future__ import annotations

from typing import Final

from corsdoctor import kinds
from corsdoctor.message import Message, url_with_scheme
from corsdoctor.scenario import Api, Credentials, Mode, Scenario
from corsdoctor.url import Origin, parse, parse_origin

_WITH_CREDENTIALS: Final = frozenset({"acac-true", "acao-not-wildcard-with-credentials"})
SOME_PAGE: Final = Origin("https", "your-page.example", None)  # where the message does not name the page
_JSON: Final = ("Content-Type", "application/json")  # what most preflights are for


def scenario(message: Message, page: Origin | None = None) -> Scenario | None:
    """The request that the message is about; None if it names no URL that can be requested, or if that shows nothing.

    `page` is the page's origin where the message does not name it.
    """
    url = message.first or url_with_scheme(message.url) or message.url
    api, mode = _maker(message)
    if url is None or parse(url) is None or api is None:
        return None
    scripted = api in (Api.FETCH, Api.XHR)
    method, headers = "GET", []
    if message.rule == "acam-lists-method" and scripted:
        method = message.subject or "PUT"
    elif message.rule == "acah-lists-headers" and scripted and message.subject:
        headers = [(name.strip(), "1") for name in message.subject.split(",")]
    elif message.rule == "acah-lists-authorization" and scripted:
        headers = [("Authorization", "Bearer 1")]
    elif message.in_preflight and scripted:
        headers = [_JSON]
    return Scenario(
        url=url,
        origin=_origin(message) or page or SOME_PAGE,
        method=method,
        headers=tuple(headers),
        credentials=Credentials.INCLUDE if message.rule in _WITH_CREDENTIALS else None,
        mode=mode,
        api=api,
    )


def _maker(message: Message) -> tuple[Api | None, Mode | None]:
    """Who makes the request, and the mode where that is to be another than usual."""
    kind = kinds.of(message)
    given = Api(message.api) if message.api is not None else None
    return (given or Api.FETCH, None) if kind is None else (given or kind.api, kind.mode)


def judge(message: Message) -> str | None:
    """The name of the profile that is to judge it: its browser's, None if that has none."""
    return message.browser if message.browser in ("chromium", "firefox", "webkit") else None


def unknown(message: Message, page: Origin | None = None) -> tuple[str, ...]:
    """What of the scenario the message does not contain: "page", "headers"."""
    missing = ["page"] if _origin(message) is None and page is None else []
    if message.in_preflight and message.rule not in _NAMING_HEADERS:
        missing.append("headers")
    return tuple(missing)


def is_fixable(message: Message) -> bool:
    """Whether other response headers, or another status code of the preflight response, can help."""
    if message.first is not None and message.url is not None:
        from corsdoctor.causes.by_redirect import is_login  # what other messages need not load

        if is_login(message.first, message.url):
            return False
    return message.rule in _FIXABLE


_FIXABLE: Final = frozenset(
    {"acao-present", "acao-matches-origin", "acao-not-wildcard-with-credentials", "acac-true", "preflight-status-ok",
     "acam-parses", "acah-parses", "acam-lists-method", "acah-lists-headers", "acah-lists-authorization"}
)  # fmt: skip
_NAMING_HEADERS: Final = frozenset({"acam-lists-method", "acah-lists-headers", "acah-lists-authorization"})


def _origin(message: Message) -> Origin | None:
    return None if message.origin is None else parse_origin(message.origin)
