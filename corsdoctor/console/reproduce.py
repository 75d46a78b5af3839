"""Message -> the Scenario that causes it again, as far as the message contains what the script requested."""

from __future__ import annotations

from typing import Final

from corsdoctor import kinds
from corsdoctor.browsers import REAL
from corsdoctor.causes.by_message import redirected_to_login
from corsdoctor.fetch.presets import PRESETS
from corsdoctor.message import BEACON, REDIRECTION, SERVER_ALONE, WITH_CREDENTIALS, Message, is_cut, url_with_scheme
from corsdoctor.pattern import Pattern
from corsdoctor.record import Record
from corsdoctor.scenario import SAFE_TO_SEND, Api, Credentials, Mode, Redirect, Scenario
from corsdoctor.url import Origin, parse, parse_origin

_REDACTED: Final = "*"  # in a host: somebody hid a part of its name
SOME_PAGE: Final = Origin("https", "your-page.example", None)  # where the message does not name the page
_SENT: Final = frozenset({"http", "https", "ws", "wss"})  # schemes of requests that reach a server
_JSON: Final = ("Content-Type", "application/json")  # what most preflights are for
_SCRIPTED: Final = frozenset({Api.FETCH, Api.XHR})
_MODES: Final = {"same-origin-mode": Mode.SAME_ORIGIN, "no-cors-follows-redirects": Mode.NO_CORS}
_WITHOUT_REDIRECTS: Final = frozenset({"no-cors-follows-redirects", "redirect-mode-allows"})
CREDENTIALS: Final = "credentials"  # what `unknown` calls it where a wildcard counts only without them
PREFLIGHT: Final = "preflight"  # and where the response may be that of a preflight, or not
SEND: Final = "send"  # and where a redirect comes only after a request that may change data
UPLOAD: Final = "upload"  # and where what triggers the preflight may be a listener for upload progress
ELEMENT: Final = "element"  # and where the kind of message shows only what usually requests the URL
EMBEDDER: Final = "embedder"  # and where a policy of the page may be the reason
NULL: Final = "null"  # and where the origin `null` may be that of a page, or follow from a redirect
OWN_VALUE: Final = "own value"  # and where the server names an origin, which may be the page's own
PROVISOS: Final = frozenset({CREDENTIALS, PREFLIGHT, SEND, UPLOAD})  # with only these, the command is not a guess
_WITH_WILDCARDS: Final = frozenset({"acam-lists-method", "acah-lists-headers"})
_OF_EITHER: Final = frozenset(
    {"acao-present", "acao-matches-origin", "acao-not-wildcard-with-credentials", "acac-true", "actual-answered", None}
)
_ANY_MODE: Final = frozenset({"local-network-access-granted"})  # what fails also without a crossorigin attribute
_NAMES: Final = Pattern(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:, ?[!#$%&'*+.^_`|~0-9A-Za-z-]+)*")


def scenario(message: Message, page: Origin | None = None) -> Scenario | None:
    """The request that the message is about; None if it names no URL that can be requested, or if that shows nothing.

    `page` is the page's origin where the message does not name it.
    """
    url = message.first or url_with_scheme(message.url) or message.url
    api, mode = _maker(message)
    parsed = None if url is None or is_cut(url) else parse(url)
    if (
        url is None
        or parsed is None
        or _REDACTED in (parsed.host or "")
        or api is None
        or (message.kind is not None and parsed.scheme not in _SENT)
    ):
        return None
    guessed = _guess(message, api)
    return Scenario(
        url=url,
        origin=_origin(message) or page or SOME_PAGE,
        method=guessed.method,
        headers=guessed.headers,
        credentials=_credentials(message),
        mode=_MODES.get(message.rule or "", mode),
        redirect=Redirect.ERROR if message.rule in _WITHOUT_REDIRECTS else Redirect.FOLLOW,
        api=api,
    )


def _credentials(message: Message) -> Credentials | None:
    if message.api == BEACON:
        return None
    if message.rule in WITH_CREDENTIALS:
        return Credentials.INCLUDE
    return None


class _Guessed(Record):
    """The method and headers of the request, and which of the two are not from the message."""

    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()


_UNSETTABLE: Final = _Guessed()


def _guess(message: Message, api: Api | None) -> _Guessed:
    """What the request needs, where its API can set anything."""
    if message.kind is None and message.api == BEACON:
        return _Guessed("POST", (_JSON,), (BEACON,))
    return _guessed(message) if api in _SCRIPTED else _UNSETTABLE


def _guessed(message: Message) -> _Guessed:
    """What a script's request needs to be judged by the rule of `message` again."""
    asked = None if message.method == "OPTIONS" else message.method  # which is the browser's own, for the preflight
    method = asked or "GET"
    match message.rule:
        case "acam-lists-method":
            named = asked or (message.subject if _are_names(message.subject) else None)
            return _Guessed(named or "PUT", (), () if named else ("method",))
        case "acah-lists-headers" if _are_names(message.subject):
            return _Guessed(method, tuple((name.strip(), "1") for name in (message.subject or "").split(",")))
        case "acah-lists-authorization":
            return _Guessed(method, (("Authorization", "Bearer 1"),))
        case _ if not message.in_preflight and message.method == asked:
            return _Guessed(method)
        case _:
            return _Guessed(method, (_JSON,), ("headers",) if asked else ("method and headers",))


def _are_names(text: str | None) -> bool:
    """Whether `text` is the whole name of a header or a method, or several names."""
    return text is not None and not is_cut(text) and _NAMES.compiled.fullmatch(text) is not None


def _maker(message: Message) -> tuple[Api | None, Mode | None]:
    """Who makes the request, and the mode where that is to be another than usual: an element's with CORS."""
    kind = kinds.of(message)
    given = None if message.api is None else Api(message.api)
    if kind is not None:
        return given or kind.api, kind.mode
    api = given or Api.FETCH
    without = message.rule not in _ANY_MODE and api is not Api.BEACON and PRESETS[api].modes[0] is not Mode.CORS
    return api, Mode.CORS if without else None


def judge(message: Message) -> str | None:
    """The name of the profile that is to judge it: its browser's, None if that has none."""
    return message.browser if message.browser in REAL else None


def unknown(message: Message, page: Origin | None = None) -> tuple[str, ...]:
    """What of the scenario the message does not contain: "page" or "origin", and what of its method, headers and credentials.

    "origin": the message names the page, but not by an origin that can be sent.
    """
    missing = (
        () if page is not None or _origin(message) is not None else ("page",) if message.origin is None else ("origin",)
    )
    missing = (*missing, message.detail) if message.detail in (REDIRECTION, SERVER_ALONE) else missing
    api, _ = _maker(message)
    if message.kind is not None:
        return (*missing, *_guess(message, api).missing, *_open_of_kind(message))
    missing = (*missing, OWN_VALUE) if _may_name_the_page(message, page) else missing
    missing = (*missing, NULL) if message.browser == "webkit" and message.origin == "null" else missing
    return (*missing, *_guess(message, api).missing, *(_open(message) if api in _SCRIPTED else ()))


def _open_of_kind(message: Message) -> tuple[str, ...]:
    """What the command for a message that is not about CORS takes for granted."""
    kind = kinds.of(message)
    assert kind is not None  # the caller has checked
    return (
        *((ELEMENT,) if message.api is None and kind.api is Api.IMAGE else ()),
        *((EMBEDDER,) if kind.id == "corp" else ()),
    )


def _may_name_the_page(message: Message, page: Origin | None) -> bool:
    """Whether the server may allow the page by its origin, and have got `null`: Firefox does not name what was redirected."""
    if message.rule != "acao-matches-origin" or message.browser != "firefox":
        return False
    allowed = parse_origin(message.subject or "")
    return allowed is not None and bool(allowed.host) and page in (None, allowed)


def _open(message: Message) -> tuple[str, ...]:
    """What the request of a script may have besides, on which the result of the command depends."""
    guessed, found = _guessed(message), []
    if message.rule in _WITH_WILDCARDS:
        found.append(CREDENTIALS)
    elif message.rule in _OF_EITHER and message.in_preflight is None and message.method is None:
        is_sent = (message.first or message.url or "").partition(":")[0] in _SENT
        found += [PREFLIGHT] if is_sent and message.api != BEACON else []
    if message.first is not None and (guessed.method not in SAFE_TO_SEND or "method and headers" in guessed.missing):
        found.append(SEND)
    if message.api == Api.XHR and "method and headers" in guessed.missing:
        found.append(UPLOAD)
    return tuple(found)


def is_fixable(message: Message, page: Origin) -> bool:
    """Whether other response headers, or another status code of the preflight response, can help `page`.

    The configuration of servers holds no origin without a host, and should not hold `null`.
    """
    if not page.host:
        return False
    if message.url is not None:
        from corsdoctor.causes.login_urls import authorization  # what other messages need not load

        if authorization(message.first or message.url) is not None or redirected_to_login(message):
            return False
    return message.rule in _FIXABLE


_FIXABLE: Final = frozenset(
    {"acao-present", "acao-matches-origin", "acao-not-wildcard-with-credentials", "acac-true", "preflight-status-ok",
     "acam-parses", "acah-parses", "acam-lists-method", "acah-lists-headers", "acah-lists-authorization"}
)  # fmt: skip


def _origin(message: Message) -> Origin | None:
    """The page's origin as a browser sends it, also where it was retyped in upper case or with a path."""
    text = message.origin
    if text is None or is_cut(text) or _REDACTED in text:
        return None
    origin = parse_origin(text)
    if origin is not None or not text.lower().startswith(("http://", "https://")):
        return origin
    url = parse(text)
    return url.origin if url is not None else None
