"""What WebKit's console says: the reason, and mostly a second line with the URL. One template, to print and to recognise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from corsdoctor.scenario import Api, Mode
from corsdoctor.sentence import Sentence, joined
from corsdoctor.url import ip_address, is_loopback, parse, without_userinfo

if TYPE_CHECKING:
    from corsdoctor.browsers.facts import Facts, Integrity, Violation

NOT_ALLOWED: Final = "Not allowed to request resource"
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
    "scheme-is-http": "Cross origin requests are only supported for HTTP.",
    "scheme-is-fetchable": "",
    "scheme-is-fetchable/local": f"Not allowed to load local resource: {{url}}\n{NOT_ALLOWED}",
    "port-not-blocked": "Not allowed to use restricted network port {value}: {url}",
    "same-origin-mode": "Unsafe attempt to load URL {url} from origin {origin}. Domains, protocols and ports must match.",
    "no-cors-follows-redirects": f"No-Cors mode requires follow redirect mode\n{NOT_ALLOWED}",
    "frame-options-allow": "Refused to display '{url}' in a frame because it set 'X-Frame-Options' to '{value}'.",
    "frame-options-allow/several": "Multiple 'X-Frame-Options' headers with conflicting values ('{value}') encountered when "
    "loading '{url}'. Falling back to 'DENY'.\nRefused to display '{url}' in a frame because it set 'X-Frame-Options' to "
    "'{value}'.",
    "keepalive-body-fits": "Reached maximum amount of queued data of 64Kb for keepalive requests",
    "form-not-sandboxed": "Blocked form submission to '{url}' because the form's frame is sandboxed and the 'allow-forms' "
    "permission is not set.",
    "framed-page-has-coep": "Refused to display '{url}' in a frame because of Cross-Origin-Embedder-Policy.",
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
    Api.SVG_IMAGE: "Cannot load image {first} due to access control checks.",
    Api.TRACK: "Cross-origin text track load denied by Cross-Origin Resource Sharing policy.",
    Api.WEBGL: "Cannot load image {first} due to access control checks.",
    Api.SCRIPT: "Cross-origin script load denied by Cross-Origin Resource Sharing policy.",
    Api.BEACON: "Beacon API cannot load {url}. {reason}",
    Api.WORKER: "Cannot load {url} due to access control checks.",
    Api.MODULE_WORKER: "Cannot load {url} due to access control checks.",
    Api.SW_SCRIPT: "Cannot load {url} due to access control checks.",
}
WORKERS: Final = frozenset({Api.WORKER, Api.MODULE_WORKER, Api.SW_SCRIPT})
WORKER_BLOCKED: Final = "Refused to load '{url}' worker because of Cross-Origin-Embedder-Policy."
WORKER_STOPPED: Final = "Worker load was blocked by Cross-Origin-Embedder-Policy"
SECOND_LINES_OF_ELEMENTS: Final = frozenset({Api.FONT, Api.IMAGE, Api.MODULE, Api.SCRIPT, Api.STYLESHEET, Api.MEDIA})
UNSET: Final = 'Refused to set unsafe header "{header}"'
PLAIN: Final = "Fetch API cannot load {url}."
LOCAL: Final = "Not allowed to load local resource: {target}"
NOT_HTTP: Final = "Redirection to URL with a scheme that is not HTTP(S)."
TYPES: Final = {
    Api.STYLESHEET: "Did not parse stylesheet at '{url}' because non CSS MIME types are not allowed in strict mode.",
    Api.CSS_IMPORT: "Did not parse stylesheet at '{url}' because non CSS MIME types are not allowed in strict mode.",
    Api.MODULE: "TypeError: '{type}' is not a valid JavaScript MIME type.",
    Api.SCRIPT: "Refused to execute {url} as script because {type} is not a script MIME type.",
    Api.EVENTSOURCE: 'EventSource\'s response has a MIME type ("{type}") that is not "text/event-stream". Aborting the '
    "connection.",
}
CHARSET: Final = (
    'EventSource\'s response has a charset ("{charset}") that is not UTF-8. The response will be decoded as UTF-8.'
)
NOSNIFF: Final = (
    'Refused to execute {url} as script because "X-Content-Type-Options: nosniff" was given and its Content-Type is not a '
    "script MIME type."
)
PREFIXED: Final = frozenset(
    {"acao-present", "acao-matches-origin", "acao-not-wildcard-with-credentials", "acac-true", "corp-allows"}
)
ANY_MODE: Final = frozenset(
    {"corp-allows", "frame-options-allow", "keepalive-body-fits", "framed-page-has-coep", "form-not-sandboxed", "port-not-blocked",
     "redirect-limit", "redirect-mode-allows", "same-origin-mode",
     "no-cors-follows-redirects", "scheme-is-fetchable/local"}
)  # fmt: skip
KNOWN_NAMES: Final = (
    "Accept", "Accept-Language", "Authorization", "Cache-Control", "Content-Encoding", "Content-Language",
    "Content-Location", "Content-Type", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range",
    "If-Unmodified-Since", "Last-Event-ID", "Link", "Pragma", "Range", "Upgrade-Insecure-Requests",
    "User-Agent",
)  # fmt: skip
NO_ANSWER_TEXTS: Final = {
    "reset": "Connection terminated unexpectedly",
    "length": "Unrecognized HTTP response encoding",
}  # by the FailureKind
_BODILESS: Final = frozenset({204, 304})
_UNKNOWN_TYPES: Final = frozenset({"*/*", "application/unknown", "unknown/unknown"})
VIOLATION: Final = (
    "{mode}Refused to {does} {url} because it does not appear in the {used} directive of the Content Security Policy."
)
VIOLATION_OF_DEFAULT: Final = (
    "{mode}Refused to {does} {url} because it appears in neither the {wanted} directive nor the {used} directive of the "
    "Content Security Policy."
)
INSECURE_CONTENT: Final = "{mark}The page at {page} requested insecure content from {url}. This content was {end}"
INSECURE_FORM: Final = "The page at {page} contains a form which targets an insecure URL {url}."
MUST: Final = "blocked and must be served over HTTPS."
MUST_LOCAL: Final = "blocked and must"
UPGRADED: Final = "automatically upgraded and should be served over HTTPS."
KEPT: Final = "not upgraded to HTTPS and must be served from the local host."
NOT_REQUESTED: Final = "Not allowed to request resource"
STOPPED: Final = "Blocked by Content Security Policy."
NOT_REDIRECTED: Final = "Redirect was not allowed"
LOGIN_REFUSED: Final = "Blocked {url} from asking for credentials because it is a cross-origin request."
TAINTED: Final = "Unable to get image data from canvas because the canvas has been tainted by cross-origin data."
INTEGRITY: Final = (
    "{what} {url}. Failed integrity metadata check. Content length: {length}, Expected content length: {length}, Expected "
    "metadata: {metadata}"
)


def console(facts: Facts) -> tuple[str, ...]:
    """One entry with all lines, as WebKit prints them one after the other; nothing where it says nothing."""
    lines: list[str] = [Sentence(UNSET, header=name) for name in facts.unset if facts.api is Api.XHR]
    for violation in facts.violations:
        if facts.in_worker and violation.effective != "worker-src":
            continue
        if violation.report_only and violation.effective == "frame-ancestors":
            continue  # it ignores that
        lines.append(_of_policy(violation, facts))
        second = SECOND_LINES.get(facts.api)
        if not violation.report_only and (facts.element is Api.PRELOAD or (facts.hops and second is not None)):
            lines += [] if facts.api is Api.IMAGE else [STOPPED]
            lines += [] if second is None else [Sentence(second, url=facts.url, first=facts.first, reason=STOPPED)]
    lines.extend(_about_mixed(facts))
    if facts.login_refused:
        lines.append(Sentence(LOGIN_REFUSED, url=_shown(facts.url, facts)))
    if facts.canvas_tainted:
        lines.append(TAINTED)
    lines.extend(_about_the_failure(facts))
    return (joined("\n", lines),) if lines else ()


def _about_mixed(facts: Facts) -> list[str]:
    if facts.mixed is None or facts.api is Api.SVG_USE:
        return []
    url, became, _ = facts.mixed
    if became == "upgraded by policy":
        if facts.api is Api.FORM:
            return [Sentence(INSECURE_FORM, page=facts.document_url, url=url)]
        named = parse(url)
        if facts.element not in (Api.IMAGE, Api.MEDIA, Api.SHAPE) or (named is not None and ip_address(named.host)):
            return []
        became = "upgraded"
    parsed = parse(url)
    local = parsed is not None and is_loopback(parsed.host)
    if became == "upgraded":
        return [Sentence(INSECURE_CONTENT, mark="", page=facts.document_url, url=url, end=UPGRADED)]
    plain_image = facts.element in (Api.IMAGE, Api.SHAPE) and facts.mode is Mode.NO_CORS
    if became == "kept" or (became == "blocked" and local and plain_image):
        return [Sentence(INSECURE_CONTENT, mark="", page=facts.document_url, url=url, end=KEPT)]
    lines: list[str] = [Sentence(INSECURE_FORM, page=facts.document_url, url=url)] if facts.api is Api.FORM else []
    lines += [
        Sentence(
            INSECURE_CONTENT, mark="[blocked] ", page=facts.document_url, url=url, end=MUST_LOCAL if local else MUST
        )
    ]
    if facts.in_worker:
        return lines
    if facts.hops and (second := SECOND_LINES.get(facts.api)) is not None:
        lines.append(Sentence(second, url=facts.came_from, first=facts.first, reason=NOT_REDIRECTED))
    elif facts.api in (Api.FETCH, Api.XHR, Api.EVENTSOURCE):
        lines += [NOT_REQUESTED, Sentence(SECOND_LINES[facts.api], url=url, first=facts.first)]
    elif facts.api is Api.BEACON:
        lines.append(Sentence(SECOND_LINES[facts.api], url=url, reason=NOT_REQUESTED))
    return lines


def _of_policy(violation: Violation, facts: Facts) -> str:
    used = violation.used.removesuffix("-elem")
    if violation.effective == "worker-src" and used != "default-src":
        used = "script-src" if facts.api is Api.IMPORT else "worker-src"
    wanted = "script-src" if violation.effective == "script-src-elem" else violation.effective
    wanted = "style-src" if violation.effective == "style-src-elem" else wanted
    return Sentence(
        VIOLATION if used != "default-src" else VIOLATION_OF_DEFAULT,
        mode="[Report Only] " if violation.report_only else "",
        does="connect to" if violation.effective == "connect-src" else "load", url=violation.url, used=used, wanted=wanted,
    )  # fmt: skip


def _about_integrity(facts: Facts, expected: Integrity) -> list[str]:
    what = "Cannot load stylesheet" if facts.api is Api.STYLESHEET else "Cannot load script"
    what = "Failed integrity metadata check." if facts.api is Api.FETCH else what
    line = Sentence(INTEGRITY, what=what, url=facts.first, length=str(expected.length), metadata=expected.metadata)
    second = SECOND_LINES[facts.api] if facts.api is Api.FETCH else None
    return [line] if second is None else [line, Sentence(second, url=facts.first, first=facts.first)]


def _about_the_failure(facts: Facts) -> list[str]:
    url, first = _shown(facts.url, facts), _shown(facts.first, facts)
    if facts.api is Api.SVG_USE:  # its URL names an element of the file
        facts = facts._replace(url=facts.url.partition("#")[0])
    if facts.api is Api.FETCH and (
        facts.rule == "data-url-parses"
        or (facts.rule == "same-origin-mode" and not facts.hops)
        or (facts.rule == "port-not-blocked" and facts.mode is Mode.SAME_ORIGIN and not facts.hops)
    ):
        return [Sentence(PLAIN, url=url)]
    if facts.rule == "same-origin-mode" and facts.api in WORKERS and not facts.hops:
        return []
    if facts.rule in ("scheme-is-http", "scheme-is-fetchable") and facts.in_flow and not facts.hops:
        said = _about_scheme(facts)
        if said is not None:
            return said
    if facts.rule == "worker-has-embedder-policy":
        return [Sentence(template, url=url) for template in (WORKER_BLOCKED, WORKER_STOPPED, SECOND_LINES[Api.WORKER])]
    if facts.rule in ("element-type-fits", "nosniff-type-fits") and facts.api in TYPES:
        if facts.in_worker and facts.api is Api.EVENTSOURCE:
            return []
        template = NOSNIFF if facts.rule.startswith("nosniff") and facts.api is Api.SCRIPT else TYPES[facts.api]
        return [Sentence(template, url=url if facts.api is Api.EVENTSOURCE else first, type=_type(facts))]
    if facts.rule == "integrity-matches" and facts.integrity is not None:
        return _about_integrity(facts, facts.integrity)
    if facts.rule == "" and facts.api is Api.EVENTSOURCE:
        return [Sentence(CHARSET, charset=facts.charset)] if facts.charset else []
    reason = _reason(facts)
    if not reason:
        return []
    if reason == NOT_HTTP:
        url = without_userinfo(facts.target)
    second = SECOND_LINES.get(facts.api)
    if second is None or facts.in_worker or (facts.rule == "port-not-blocked" and facts.mode is not Mode.SAME_ORIGIN):
        return [reason]
    return [reason, Sentence(second, url=url, first=first, reason=reason)]


def _about_scheme(facts: Facts) -> list[str] | None:
    """What it says in a flow of a URL with another scheme than http(s), where that is not about CORS."""
    scheme, scripted = facts.url.partition(":")[0], facts.api in (Api.FETCH, Api.XHR, Api.EVENTSOURCE)
    if scheme in ("about", "blob", "data") or (scripted and facts.mode is Mode.CORS):
        return [] if facts.api is Api.IMPORT else None
    if facts.page_url.startswith("file:"):
        return None
    second = [Sentence(SECOND_LINES[facts.api], url=facts.url, first=facts.first)] if scripted else []
    if scheme == "file":
        return None if scripted else [Sentence(LOCAL, target=facts.url)]
    if facts.page.startswith("https:"):
        line = Sentence(INSECURE_CONTENT, mark="[blocked] ", page=facts.document_url, url=facts.url, end=MUST)
        return [line, NOT_REQUESTED, *second] if scripted else [line]
    if scheme == "ftp":
        return [FTP, *second] if scripted or facts.api is Api.IMPORT else None
    return [] if facts.api is Api.IMPORT else None


def _shown(url: str, facts: Facts) -> str:
    """A URL without its userinfo, which it drops from requests that are CORS."""
    kept = facts.mode is Mode.NO_CORS or not (facts.is_cors or facts.hops)
    return url if kept else without_userinfo(url)


def _type(facts: Facts) -> str:
    """The type that it names: the start of the last line, or what the text looks like if that is not a type."""
    from corsdoctor.wire import leading_type  # not needed to recognise messages, nor is the rest of wire

    line = facts.types[-1] if facts.types else ""
    kind = line.partition(";")[0].strip("\t ")
    looked_at = kind.count("/") != 1 or " " in kind or "\t" in kind or kind in _UNKNOWN_TYPES
    if looked_at and facts.api is not Api.EVENTSOURCE:
        return "text/plain" if facts.status not in _BODILESS else ""
    return _as_read(leading_type(line, "\t ;,")) or "application/octet-stream"


def _reason(facts: Facts) -> str:
    if facts.rule == "location-parses" and not facts.target:
        return ""
    if facts.rule in REDIRECTION_REASONS:
        if facts.target.startswith("ftp:"):
            return FTP
        if not facts.is_cors and facts.rule != "location-without-userinfo":
            other = _reason_not_to_follow(facts)
            if other is not None:
                return other
        reason = Sentence(REDIRECTION_REASONS[facts.rule], target=facts.target)
        return Sentence(REDIRECTION, target=without_userinfo(facts.target), reason=reason)
    key = _key(facts)
    if key == "port-not-blocked" and facts.mode is Mode.SAME_ORIGIN:
        key = "same-origin-mode"
    if key not in REASONS:
        return ""
    if key == "redirect-limit" and not facts.target:
        return ""
    if key in ("scheme-is-http", "scheme-is-fetchable") and facts.api in SECOND_LINES_OF_ELEMENTS:
        return FTP if facts.url.startswith("ftp:") else ""
    if facts.mode is not Mode.CORS and key.partition("/")[0] not in ANY_MODE and key not in ANY_MODE:
        return ""
    reason = Sentence(
        REASONS[key], origin=facts.origin, status=str(facts.status), value=_value(key, facts), method=facts.method, header=_header(facts),
        url=_shown(facts.url, facts),
        error=NO_ANSWER_TEXTS.get(facts.error or "reset", "The network connection was lost."),
    )  # fmt: skip
    if facts.target and facts.rule in PREFIXED and not facts.in_preflight:
        return Sentence(REDIRECTION, target=without_userinfo(facts.target), reason=reason)
    return reason


def _reason_not_to_follow(facts: Facts) -> str | None:
    """The message about a redirect of a request that was not CORS until then; None if it is the usual one."""
    if facts.rule == "location-parses":
        return ""
    if facts.target.startswith(("blob:", "file:")):
        return Sentence(LOCAL, target=facts.target)
    if facts.mode is Mode.SAME_ORIGIN:
        return Sentence(REASONS["same-origin-mode"], url=facts.target, origin=facts.page)
    if facts.mode is Mode.CORS:
        return None
    if facts.api is Api.FETCH:
        return NOT_HTTP
    return "" if facts.target.startswith(("about:", "data:")) else NOT_HTTP.removesuffix(".")


def _header(facts: Facts) -> str:
    """Of several headers that are not allowed it names the first of those that it knows, and spells it its own way."""
    known = {name.lower(): name for name in KNOWN_NAMES}
    names = sorted(facts.missing, key=lambda name: name.lower() not in known)
    return known.get(names[0].lower(), names[0]) if names else ""


def _key(facts: Facts) -> str:
    if facts.rule == "scheme-is-fetchable" and facts.url.startswith("file:") and facts.api is Api.FETCH:
        return "scheme-is-fetchable/local"
    if facts.rule == "frame-options-allow" and "," in facts.value:
        return "frame-options-allow/several"
    if facts.rule == "acao-matches-origin" and "," in (facts.allow_origin or ""):
        return "acao-matches-origin/multiple"
    return "acah-lists-headers" if facts.rule == "acah-lists-authorization" else facts.rule


def _value(key: str, facts: Facts) -> str:
    match key:
        case "acam-parses":
            return _as_read(facts.allow_methods or "")
        case "acah-parses":
            return _as_read(facts.allow_headers or "")
        case "frame-options-allow" | "frame-options-allow/several":
            return facts.value
        case "port-not-blocked":
            return facts.url.split("/")[2].rpartition(":")[2]
        case _:
            return facts.allow_origin or ""


def _as_read(value: str) -> str:
    """A header's bytes as its network library passes them on: read as UTF-8, and then once more as latin-1."""
    return value.encode("latin-1").decode("utf-8", "replace").encode().decode("latin-1")
