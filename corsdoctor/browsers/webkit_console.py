"""What WebKit's console says: the reason, and mostly a second line with the URL. One template, to print and to recognise."""

from __future__ import annotations

from typing import Final

from corsdoctor.browsers.facts import Facts
from corsdoctor.scenario import Api, Mode
from corsdoctor.wire import Cutoff

REASONS: Final = {
    "acao-present": "Origin {origin} is not allowed by Access-Control-Allow-Origin. Status code: {status}",
    "acao-matches-origin": "Origin {origin} is not allowed by Access-Control-Allow-Origin. Status code: {status}",
    "acao-matches-origin/multiple": "Access-Control-Allow-Origin cannot contain more than one origin.",
    "acao-not-wildcard-with-credentials": "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is "
    "true.",
    "acac-true": 'Credentials flag is true, but Access-Control-Allow-Credentials is not "true".',
    "preflight-status-ok": "Preflight response is not successful. Status code: {status}",
    "acam-parses": "Header Access-Control-Allow-Methods has an invalid value: {value}",
    "acah-parses": "Header Access-Control-Allow-Headers has an invalid value: {value}",
    "acam-lists-method": "Method {method} is not allowed by Access-Control-Allow-Methods.",
    "acah-lists-headers": "Request header field {header} is not allowed by Access-Control-Allow-Headers.",
    "redirect-limit": "Load cannot follow more than 20 redirections",
    "redirect-mode-allows": "Not allowed to follow a redirection while loading {url}",
    "preflight-answered": "{error}",
    "actual-answered": "{error}",
    "scheme-is-http": "Cross origin requests are only supported for HTTP.",
    "port-not-blocked": "Not allowed to use restricted network port {value}: {url}",
    "corp-allows": "Cancelled load to {url} because it violates the resource's Cross-Origin-Resource-Policy response "
    "header.",
}
REDIRECTION: Final = "Cross-origin redirection to {target} denied by Cross-Origin Resource Sharing policy: {reason}"
REDIRECTION_REASONS: Final = {
    "location-without-userinfo": "redirection URL {target} has credentials",
    "location-is-http": "not allowed to follow a cross-origin CORS redirection with non CORS scheme",
    "location-parses": "not allowed to follow a cross-origin CORS redirection with non CORS scheme",
}
FTP: Final = "FTP URLs are disabled"
SECOND_LINES: Final = {
    Api.FETCH: "Fetch API cannot load {url} due to access control checks.",
    Api.XHR: "XMLHttpRequest cannot load {url} due to access control checks.",
    Api.EVENTSOURCE: "EventSource cannot load {url} due to access control checks.",
    Api.IMAGE: "Cannot load image {first} due to access control checks.",
    Api.SHAPE: "Cannot load image {first} due to access control checks.",
    Api.WEBGL: "Cannot load image {first} due to access control checks.",
    Api.SCRIPT: "Cross-origin script load denied by Cross-Origin Resource Sharing policy.",
}
UNSET: Final = 'Refused to set unsafe header "{header}"'
CORS_RULES: Final = frozenset(
    {"acao-present", "acao-matches-origin", "acao-not-wildcard-with-credentials", "acac-true"}
)
NO_ANSWER_TEXTS: Final = {Cutoff.RESET: "Connection terminated unexpectedly"}
TAINTED: Final = "Unable to get image data from canvas because the canvas has been tainted by cross-origin data."


def console(facts: Facts) -> tuple[str, ...]:
    """One entry with all lines, as WebKit prints them one after the other; nothing where it says nothing."""
    lines = [UNSET.format(header=name) for name in facts.unset if facts.api is Api.XHR]
    if facts.canvas_tainted:
        lines.append(TAINTED)
    reason = _reason(facts)
    if reason:
        lines.append(reason)
        second = SECOND_LINES.get(facts.api)
        if second is not None and facts.rule != "port-not-blocked":
            lines.append(second.format(url=facts.url, first=facts.first))
    return ("\n".join(lines),) if lines else ()


def _reason(facts: Facts) -> str:
    if facts.rule in REDIRECTION_REASONS:
        if facts.target.startswith("ftp:"):
            return FTP
        reason = REDIRECTION_REASONS[facts.rule].format(target=facts.target)
        return REDIRECTION.format(target=_without_userinfo(facts.target), reason=reason)
    key = _key(facts)
    if key not in REASONS:
        return ""
    if facts.mode is not Mode.CORS and key not in ("corp-allows", "port-not-blocked", "redirect-limit"):
        return ""
    header = facts.missing[0] if facts.missing else ""
    reason = REASONS[key].format(
        origin=facts.origin, status=facts.status, value=_value(key, facts), method=facts.method, header=header,
        url=facts.url, error=NO_ANSWER_TEXTS.get(facts.error, "The network connection was lost."),
    )  # fmt: skip
    if facts.is_redirect and facts.rule in CORS_RULES and not facts.in_preflight:
        return REDIRECTION.format(target=facts.target, reason=reason)
    return reason


def _key(facts: Facts) -> str:
    if facts.rule == "acao-matches-origin" and "," in (facts.allow_origin or ""):
        return "acao-matches-origin/multiple"
    return "acah-lists-headers" if facts.rule == "acah-lists-authorization" else facts.rule


def _value(key: str, facts: Facts) -> str:
    match key:
        case "acam-parses":
            return _as_read(facts.allow_methods or "")
        case "acah-parses":
            return _as_read(facts.allow_headers or "")
        case "port-not-blocked":
            return facts.url.split("/")[2].rpartition(":")[2]
        case _:
            return facts.allow_origin or ""


def _as_read(value: str) -> str:
    """A header's bytes as its network library passes them on: read as UTF-8, and then once more as latin-1."""
    return value.encode("latin-1").decode("utf-8", "replace").encode().decode("latin-1")


def _without_userinfo(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{path}"
