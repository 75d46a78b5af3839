"""What Firefox's console says. One template for a reason, used to print and, compiled, to recognise."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from corsdoctor.pattern import Pattern
from corsdoctor.scenario import Api, Mode, Redirect
from corsdoctor.sentence import Sentence
from corsdoctor.url import ip_address, parse, same_origin

if TYPE_CHECKING:
    from corsdoctor.browsers.facts import Facts, Violation

FRAME: Final = (
    "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at {url}. "
    "(Reason: {reason}).{status}"
)
STATUS: Final = " Status code: {value}."
WARNING: Final = (
    "Cross-Origin Request Warning: The Same Origin Policy will disallow reading the remote resource at {url} soon. "
    "(Reason: When the `Access-Control-Allow-Headers` is `*`, the `Authorization` header is not covered. To include the "
    "`Authorization` header, it must be explicitly listed in CORS header `Access-Control-Allow-Headers`)."
)
REASONS: Final = {
    "acao-present": "CORS header ‘Access-Control-Allow-Origin’ missing",
    "acao-matches-origin": "CORS header ‘Access-Control-Allow-Origin’ does not match ‘{value}’",
    "acao-matches-origin/multiple": "Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed",
    "acao-not-wildcard-with-credentials": "Credential is not supported if the CORS header "
    "‘Access-Control-Allow-Origin’ is ‘*’",
    "acac-true": "expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’",
    "preflight-status-ok": "CORS preflight response did not succeed",
    "preflight-status-ok/redirected": "CORS request external redirect not allowed",
    "acam-parses": "invalid token ‘{value}’ in CORS header ‘Access-Control-Allow-Methods’",
    "acah-parses": "invalid token ‘{value}’ in CORS header ‘Access-Control-Allow-Headers’",
    "acam-lists-method": "Did not find method in CORS header ‘Access-Control-Allow-Methods’",
    "acah-lists-headers": "header ‘{header}’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS "
    "preflight response",
    "did-not-succeed": "CORS request did not succeed",
    "scheme-is-http": "CORS request not http",
}
WITH_STATUS: Final = frozenset({"acao-present", "preflight-status-ok", "did-not-succeed"})
NOT_FOLLOWED: Final = frozenset(
    {"location-parses", "location-is-http", "location-without-userinfo", "redirect-limit", "redirected-body-replays"}
)
GIVEN_UP: Final = frozenset(
    {("element-type-fits", Api.SCRIPT), ("element-type-fits", Api.MODULE), ("element-type-fits", Api.IMPORT), ("nosniff-type-fits", Api.SCRIPT),
     ("nosniff-type-fits", Api.MODULE), ("nosniff-type-fits", Api.STYLESHEET)}
)  # fmt: skip
GIVEN_UP_ALWAYS: Final = frozenset({"actual-answered", "local-network-access-granted"})
_EVEN_AT_HOME: Final = frozenset({"location-without-userinfo", "port-not-blocked"})
_QUOTES_URL: Final = "acao-not-wildcard-with-credentials"


VIOLATION: Final = (
    "Content-Security-Policy: {mode}The page’s settings {blocked} {what} ({effective}) at {url}{does} because it violates the following "
    "directive: “{directive}”"
)
_BARE_HOST: Final = Pattern(r"(?!')(?:[a-z0-9*.-]+\.[a-z0-9-]+|\*(?=:))(?::[0-9*]+)?(?:/.*)?", re.I)
MIXED: Final = {
    "blocked": "Blocked loading mixed active content “{url}”",
    "blocked by policy": "Content-Security-Policy: Blocking insecure request ‘{url}’.",
    "upgraded": "Mixed Content: Upgrading insecure display request ‘{url}’ to use ‘https’",
    "upgraded by policy": "Content-Security-Policy: Upgrading insecure request ‘{url}’ to use ‘https’",
}
LINK_ERROR: Final = "Security Error: Content at {document} may not load or link to {url}."
_LOCAL: Final = frozenset({"file", "view-source"})
_NO_CHANNEL: Final = frozenset({"chrome", "ws", "wss"})
SECURITY_ERROR: Final = "Security Error: Content at {document} may not load data from {url}."
FRAME_OPTIONS: Final = "The loading of “{url}” in a frame is denied by “X-Frame-Options“ directive set to “{value}“."
FRAME_OPTIONS_CONFLICT: Final = (
    "Invalid X-Frame-Options header was found when loading “{url}”: “invalid” is not a valid directive."
)
PRELOADS: Final = frozenset({Api.PRELOAD, Api.MODULEPRELOAD})
NEEDS_PERMISSION: Final = (
    "Local Network Access permission required: top-level site “{page}”, initiator “{initiator}”, attempting to access target "
    "“{url}” ({address}) via {via}. Secure context: {secure}"
)
DETECTED: Final = (
    "Local Network Access detected: top-level site “{page}”, initiator “{initiator}”, accessing target “{url}” ({address}) "
    "via {via}. Secure context: {secure}, prompt action: {action}"
)
NOT_ASKED: Final = "permission-not-granted"
VIA: Final = {Api.FETCH: "fetch", Api.XHR: "xhr", Api.EVENTSOURCE: "xhr"}
CORP: Final = (
    "The resource at “{url}” was blocked due to its Cross-Origin-Resource-Policy header (or lack thereof). See "
    "https://developer.mozilla.org/docs/Web/HTTP/Cross-Origin_Resource_Policy_(CORP)#"
)
DISALLOWED_TYPE: Final = "{what} was blocked because of a disallowed MIME type (“{type}”)."
LOADING: Final = {
    Api.SCRIPT: "Loading script from “{url}”", Api.MODULE: "Loading module from “{url}”", Api.IMPORT: "Loading module from “{url}”",
    Api.WORKER: "Loading Worker from “{url}”", Api.MODULE_WORKER: "Loading Worker from “{url}”",
    Api.IMPORT_SCRIPTS: "Loading script from “{url}” with importScripts()",
}  # fmt: skip
NO_SCRIPT: Final = "Script from “{url}”"
_NO_SCRIPTS: Final = ("audio/", "image/", "video/", "text/csv")
ODD_TYPE: Final = (
    "The script from “{url}” was loaded even though its MIME type (“{type}”) is not a valid JavaScript MIME type."
)
OPAQUE: Final = "The resource at “{url}” was blocked by OpaqueResponseBlocking. Reason: “{reason}”."
OPAQUE_NOSNIFF: Final = "nosniff is true and mimeType is an opaque-blocklisted MIME type or its essence is 'text/plain'"
OPAQUE_SCRIPT: Final = "Javascript validation failed"
OPAQUE_PICTURE: Final = "after sniff: content-type declares image/video/audio, but sniffing fails"
OPAQUE_STATUS: Final = "after sniff: status code is not in allowed range"
RELAXED: Final = (
    "Referrer Policy: Ignoring the less restricted referrer policy “{policy}” for the cross-site request: {url}"
)
DISALLOWED_STYLE: Final = "The stylesheet {url} was not loaded because its MIME type, “{type}”, is not “text/css”."
NOSNIFF: Final = (
    "The resource from “{url}” was blocked due to MIME type (“{type}”) mismatch (X-Content-Type-Options: nosniff)."
)
INTEGRITY: Final = (
    "None of the “{algorithm}” hashes in the integrity attribute match the content of the subresource at “{url}”. The computed "
    "hash is “{computed}”."
)
INTEGRITY_LENGTH: Final = "The hash contained in the integrity attribute has the wrong length."
INTEGRITY_UNREADABLE: Final = (
    "“{url}” is not eligible for integrity checks since it’s neither CORS-enabled nor same-origin."
)


def console(facts: Facts) -> tuple[str, ...]:
    """The messages about CORS for one request: none, one, or up to three."""
    if facts.in_flow and not facts.hops and facts.rule in ("scheme-is-http", "scheme-is-fetchable"):
        scheme = facts.url.partition(":")[0]
        if facts.api is Api.EVENTSOURCE or scheme in _NO_CHANNEL or (scheme == "about" and facts.url != "about:blank"):
            return ()
        if scheme in _LOCAL and not facts.page_url.startswith("file:"):
            return (Sentence(LINK_ERROR, document=facts.document_url, url=facts.url),)
    if facts.in_flow and _is_of_other_origin(facts):
        return (Sentence(SECURITY_ERROR, document=facts.document_url, url=facts.url.partition("#")[0]),)
    if facts.rule == "frame-options-allow":
        template = FRAME_OPTIONS_CONFLICT if "," in facts.value else FRAME_OPTIONS
        return (Sentence(template, url=facts.url, value=facts.value.lower()),)
    warnings: tuple[str, ...] = tuple(Sentence(WARNING, url=url) for url in facts.warned)
    said = () if facts.api in PRELOADS and not facts.hops else facts.violations
    policies = tuple(_of_policy(violation, facts) for violation in said)
    scripted = facts.api in (Api.FETCH, Api.XHR, Api.EVENTSOURCE)
    if facts.rule == "csp-allows" and facts.hops and facts.mode is Mode.CORS and scripted:
        return (*policies, _message("did-not-succeed", facts._replace(url=facts.came_from), status="(null)"))
    relaxed = tuple(Sentence(RELAXED, policy=policy, url=url) for policy, url in facts.relaxed)
    warnings = (*policies, *warnings, *relaxed, *_about_redirect(facts))
    if (
        facts.mixed is not None
        and facts.mixed.became in MIXED
        and facts.api is not Api.WEBSOCKET
        and not facts.in_worker
    ):
        if facts.mixed.became == "blocked" and facts.api in PRELOADS and not facts.hops:
            return warnings
        by_policy = facts.mixed.blocks_all and facts.mixed.became == "blocked"
        mixed = Sentence(MIXED["blocked by policy" if by_policy else facts.mixed.became], url=facts.mixed.url)
        if facts.mixed.became == "blocked" and facts.hops and facts.mode is Mode.CORS:
            warnings += _about_local_network(facts)
            return (*warnings, mixed, _message("did-not-succeed", facts._replace(url=facts.came_from), status="(null)"))
        warnings = (*warnings, mixed)
    if facts.in_worker and facts.mixed is not None and facts.mixed.became == "blocked":
        return warnings
    warnings += _about_local_network(facts)
    if facts.rule == "corp-allows" and facts.in_flow:
        silent = facts.in_worker and facts.api is Api.FETCH
        return warnings if silent else (*warnings, Sentence(CORP, url=facts.url))
    return warnings + _failure(facts) + _about_type(facts) + _about_integrity(facts)


def _is_of_other_origin(facts: Facts) -> bool:
    """Whether it refuses the URL for its origin: in mode same-origin it looks at that before the port."""
    scheme = facts.url.partition(":")[0]
    silent = facts.api is Api.SW_SCRIPT or scheme in _NO_CHANNEL or (scheme == "about" and facts.url != "about:blank")
    port = facts.rule == "port-not-blocked" and facts.mode is Mode.SAME_ORIGIN and not facts.hops
    return (facts.rule == "same-origin-mode" or port) and not silent


def _about_type(facts: Facts) -> tuple[str, ...]:
    """What it says in a flow of a type that does not fit, and of a request in mode same-origin."""
    if not facts.in_flow:
        return ()
    from corsdoctor.wire import leading_type  # what `explain` need not load

    kind = leading_type(facts.types[-1], "\t ;").lower() if facts.types else ""
    if facts.rule == "opaque-response-not-blocked" and facts.is_nosniff and facts.api in (Api.IMAGE, Api.MEDIA):
        return (Sentence(OPAQUE, url=facts.url, reason=OPAQUE_NOSNIFF),)
    if facts.odd_script_type is not None:
        return (Sentence(ODD_TYPE, url=facts.url, type=facts.odd_script_type),)
    if facts.rule == "element-type-fits" and facts.api is Api.STYLESHEET and _is_foreign(facts):
        picture = kind.startswith(("audio/", "image/", "video/"))
        return (Sentence(OPAQUE, url=facts.url, reason=OPAQUE_PICTURE if picture else OPAQUE_SCRIPT),)
    if facts.rule == "nosniff-type-fits" and facts.api is Api.SCRIPT and kind.startswith(_NO_SCRIPTS):
        return (Sentence(DISALLOWED_TYPE, what=Sentence(NO_SCRIPT, url=facts.url), type=kind),)
    blocked_script = facts.rule == "opaque-response-not-blocked" and facts.api in (Api.SCRIPT, Api.STYLESHEET)
    if facts.rule == "nosniff-type-fits" or blocked_script:
        return (Sentence(NOSNIFF, url=facts.url, type=kind),)
    if facts.rule == "element-type-fits" and facts.api in LOADING:
        what = LOADING[facts.api] if not kind.startswith(_NO_SCRIPTS) else NO_SCRIPT
        return (Sentence(DISALLOWED_TYPE, what=Sentence(what, url=facts.url), type=kind),)
    if facts.rule == "element-type-fits" and facts.api is Api.STYLESHEET:
        return (Sentence(DISALLOWED_STYLE, url=facts.url, type=kind),)
    return ()


_OPEN_RESPONSES: Final = frozenset({Api.FETCH, Api.BEACON})
"""What opaque response blocking does not look at."""


def _is_foreign(facts: Facts) -> bool:
    """Whether opaque response blocking looks at the response."""
    return facts.mode is Mode.NO_CORS and not _is_same_origin(facts.page, facts.url)


def _about_redirect(facts: Facts) -> tuple[str, ...]:
    """A redirect that is not followed is the response of an element without CORS, and not one that it accepts."""
    mixed = facts.mixed is not None and facts.mixed.became == "blocked"
    stopped = facts.rule == "csp-allows" or mixed
    if not (
        stopped and facts.in_flow and facts.hops and facts.mode is Mode.NO_CORS and facts.api not in _OPEN_RESPONSES
    ):
        return ()
    if _is_same_origin(facts.page, facts.came_from):
        return ()
    return (Sentence(OPAQUE, url=facts.came_from, reason=OPAQUE_STATUS),)


def _about_integrity(facts: Facts) -> tuple[str, ...]:
    """It looks at the body of a script whose response was blocked, too: an empty one."""
    expected = facts.integrity
    blocked = (
        facts.api in (Api.SCRIPT, Api.MODULE) and not facts.in_preflight and facts.rule.startswith(("acao-", "acac-"))
    )
    if expected is None or not (facts.rule == "integrity-matches" or blocked):
        return ()
    if not expected.is_readable:
        return (Sentence(INTEGRITY_UNREADABLE, url=facts.url),)
    said = Sentence(INTEGRITY, algorithm=expected.algorithm, url=facts.url, computed=expected.computed)
    return (said,) + (INTEGRITY_LENGTH,) * expected.wrong_lengths


def _about_local_network(facts: Facts) -> tuple[str, ...]:
    """What it prints for each request to a more private address space, with the stack of the script below it."""
    local = facts.local
    if local is None or local.in_preflight or not local.has_window:
        return ()
    actions = {"": "auto_allow", NOT_ASKED: "(null)"}
    words = {
        "page": local.page, "initiator": local.initiator, "url": local.url, "address": _address(local.url),
        "via": VIA.get(facts.api, local.url.partition(":")[0]), "secure": "True" if local.secure else "False",
        "action": actions.get(local.cause, "auto_deny") if local.needs_permission else "(null)",
    }  # fmt: skip
    asks = local.needs_permission and (local.delegated or local.cause == NOT_ASKED)
    detected = Sentence(DETECTED, **words)
    return (Sentence(NEEDS_PERMISSION, **words), detected) if asks else (detected,)


def _address(url: str) -> str:
    """Address and port of the server; of a host name, the address is taken to be that of this machine."""
    parsed = parse(url)
    assert parsed is not None  # it was requested
    literal = ip_address(parsed.host)
    return f"{'127.0.0.1' if literal is None else literal}:{parsed.effective_port}"


def _of_policy(violation: Violation, facts: Facts) -> str:
    scheme = facts.page.partition("://")[0]
    words = [
        f"{scheme}://{word}" if _BARE_HOST.compiled.fullmatch(word) else word for word in violation.text.split(" ")[1:]
    ]
    what, does = {
        "script-src-elem": ("a script", " from being executed"), "worker-src": ("a worker script", " from being executed"),
        "style-src-elem": ("a style", " from being applied"),
    }.get(violation.effective, ("the loading of a resource", ""))  # fmt: skip
    return Sentence(
        VIOLATION, mode="(Report-Only policy) " if violation.report_only else "",
        blocked="would block" if violation.report_only else "blocked", what=what, effective=violation.effective,
        url=_located(violation, facts), does=does, directive=" ".join((violation.used, *words)),
    )  # fmt: skip


def _located(violation: Violation, facts: Facts) -> str:
    """The URL that it names: of frame-ancestors that of the page, if the framed one may know it."""
    if violation.effective != "frame-ancestors":
        return violation.url
    return facts.document_url if _is_same_origin(facts.document_url, facts.url) else "<unknown>"


def _failure(facts: Facts) -> tuple[str, ...]:
    not_http = facts.in_flow and facts.rule == "scheme-is-http"
    if facts.mode is not Mode.CORS or not (facts.is_cors or not_http or facts.rule in _EVEN_AT_HOME):
        return ()
    gave_up = _message("did-not-succeed", facts, status="(null)")
    if facts.local is not None and facts.local.cause == NOT_ASKED and facts.in_worker:
        return (gave_up,)  # once the worker ends
    if facts.in_preflight and facts.rule in NOT_FOLLOWED:
        return (gave_up, gave_up)
    if facts.rule in NOT_FOLLOWED or facts.rule in GIVEN_UP_ALWAYS or (facts.rule, facts.api) in GIVEN_UP:
        return (gave_up,)
    if facts.rule == "port-not-blocked" and facts.came_from:
        return (_message("did-not-succeed", facts._replace(url=facts.came_from), status="(null)"),)
    if facts.rule == "preflight-answered":
        return (gave_up, gave_up)
    key = _key(facts)
    if key not in REASONS or (key == "scheme-is-http" and not not_http):  # that one is from older versions
        return ()
    message = _message(key, facts, status=str(facts.status))
    if not facts.in_preflight:
        return (message, gave_up) if facts.is_redirect and facts.redirect is Redirect.FOLLOW else (message,)
    if not facts.is_redirect or facts.redirect is not Redirect.FOLLOW:
        return (message, gave_up)
    if key == "preflight-status-ok/redirected":
        target = parse(facts.target or facts.url)
        if target is None or not target.is_http or target.includes_credentials:
            return (gave_up, gave_up)
        return (message, _message(_again(facts), facts, status=str(facts.status)), gave_up)
    return (message, gave_up, gave_up)


def _again(facts: Facts) -> str:
    """What it finds wrong with a redirected preflight that it judges once more, with the origin after the redirect."""
    if facts.allow_origin_lines > 1:
        return "acao-matches-origin/multiple"
    keeps_origin = facts.allow_origin in ("*", "null") or _is_same_origin(facts.url, facts.target or facts.url)
    return "preflight-status-ok" if keeps_origin else "acao-matches-origin"


def _is_same_origin(one: str, other: str) -> bool:
    a, b = parse(one), parse(other)
    return a is not None and b is not None and same_origin(a.origin, b.origin)


def _message(key: str, facts: Facts, *, status: str) -> str:
    reason = Sentence(REASONS[key], value=_value(key, facts), header=_header(facts))
    template = FRAME.replace("{url}", "‘{url}’") if key == _QUOTES_URL else FRAME
    tail = STATUS.format(value=status) if key in WITH_STATUS else ""
    return Sentence(template, url=facts.url.removesuffix("#"), reason=reason, status=tail)


def _key(facts: Facts) -> str:
    if facts.allow_origin_lines > 1 and facts.rule.startswith("acao-"):
        return "acao-matches-origin/multiple"
    match facts.rule:
        case "preflight-status-ok" if facts.is_redirect and facts.redirect is Redirect.FOLLOW:
            return "preflight-status-ok/redirected"
        case "acah-lists-authorization":
            return "acah-lists-headers"
        case _:
            return facts.rule


def _value(key: str, facts: Facts) -> str:
    match key:
        case "acam-parses":
            return _first_bad_token(_as_utf8(facts.allow_methods or ""))
        case "acah-parses":
            return _first_bad_token(_as_utf8(facts.allow_headers or ""))
        case _:
            return _as_utf8(facts.allow_origin or "")


def _as_utf8(value: str) -> str:
    return value.encode("latin-1").decode("utf-8", "replace")


def _first_bad_token(value: str) -> str:
    tokens = (part.strip("\t ") for part in value.split(","))
    return next(t for t in tokens if t and re.fullmatch(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+", t) is None)


def _header(facts: Facts) -> str:
    """Of several headers that are not allowed it names the first by name."""
    return min((name.lower() for name in facts.missing), default="")
