"""What Chromium's console says. One template for a reason, used to print and, compiled, to recognise.

A reason's key is a rule's id, or a rule's id and a distinction of Chromium's own ("acao-matches-origin/multiple").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from corsdoctor.scenario import Api, Mode
from corsdoctor.sentence import Sentence
from corsdoctor.url import ip_address, parse

if TYPE_CHECKING:
    from corsdoctor.browsers.facts import Facts, Violation

FRAME: Final = (
    "Access to {kind} at '{url}'{redirected} from origin '{origin}' has been blocked by CORS policy: {reason}"
)
REDIRECTED: Final = " (redirected from '{first}')"
PREFLIGHT: Final = "Response to preflight request doesn't pass access control check: "
VALUE_HINT: Final = " Have the server send the header with a valid value."
XHR_HINT: Final = (
    " The credentials mode of requests initiated by the XMLHttpRequest is controlled by the withCredentials attribute."
)
KINDS: Final = {
    Api.FETCH: "fetch",
    Api.XHR: "XMLHttpRequest",
    Api.BEACON: "resource",
    Api.EVENTSOURCE: "resource",
    Api.IMAGE: "image",
    Api.SCRIPT: "script",
    Api.MODULE: "script",
    Api.IMPORT: "script",
    Api.STYLESHEET: "CSS stylesheet",
    Api.FONT: "font",
    Api.MEDIA: "audio",
    Api.SHAPE: "image",
    Api.WEBGL: "image",
    Api.VIDEO: "video",
    Api.TRACK: "text track",
    Api.PRELOAD: "link element resource",
    Api.PREFETCH: "link prefetch resource",
    Api.MANIFEST: "manifest",
    Api.ICON: "resource",
}
UNNAMED: Final = frozenset({Api.FORM, Api.IFRAME, Api.OBJECT, Api.WEBSOCKET})
"""What may not reach the local network without a message."""
SCHEMES: Final = "chrome, chrome-experimental-site-token-provider, chrome-extension, chrome-untrusted, data, http, https, isolated-app"
REASONS: Final = {
    "acao-present": "No 'Access-Control-Allow-Origin' header is present on the requested resource.",
    "acao-matches-origin/multiple": "The 'Access-Control-Allow-Origin' header contains multiple values '{value}', but "
    "only one is allowed.",
    "acao-matches-origin/invalid": "The 'Access-Control-Allow-Origin' header contains the invalid value '{value}'.",
    "acao-matches-origin": "The 'Access-Control-Allow-Origin' header has a value '{value}' that is not equal to the "
    "supplied origin.",
    "acao-not-wildcard-with-credentials": "The value of the 'Access-Control-Allow-Origin' header in the response must "
    "not be the wildcard '*' when the request's credentials mode is 'include'.",
    "acac-true": "The value of the 'Access-Control-Allow-Credentials' header in the response is '{value}' which must be "
    "'true' when the request's credentials mode is 'include'.",
    "preflight-status-ok": "It does not have HTTP ok status.",
    "preflight-status-ok/redirected": "Redirect is not allowed for a preflight request.",
    "acam-parses": "Cannot parse Access-Control-Allow-Methods response header field in preflight response.",
    "acah-parses": "Cannot parse Access-Control-Allow-Headers response header field in preflight response.",
    "acam-lists-method": "Method {method} is not allowed by Access-Control-Allow-Methods in preflight response.",
    "acah-lists-headers": "Request header field {header} is not allowed by Access-Control-Allow-Headers in preflight "
    "response.",
    "location-without-userinfo": "Redirect location '{value}' contains a username and password, which is disallowed for "
    "cross-origin requests.",
    "location-is-http": "Cross origin requests are only supported for protocol schemes: {value}.",
}
LOCAL_RESOURCE: Final = "Not allowed to load local resource: {url}"
_LOCAL_TO_XHR: Final = frozenset({"chrome", "filesystem", "view-source"})
NO_FTP: Final = "FTP is not supported."
UNKNOWN_SCHEME: Final = 'Fetch API cannot load {url}. URL scheme "{scheme}" is not supported.'
UNPREFIXED: Final = frozenset({"acam-parses", "acah-parses", "acam-lists-method", "acah-lists-headers"})
ORIGIN_KEYS: Final = frozenset({"acao-matches-origin", "acao-matches-origin/multiple", "acao-matches-origin/invalid"})
CREDENTIALS_KEYS: Final = frozenset({"acao-not-wildcard-with-credentials", "acac-true"})
BEFORE_SENDING: Final = {
    "same-origin-mode": 'Fetch API cannot load {url}. Request mode is "same-origin" but the URL\'s origin is not same as '
    "the request origin {origin}.",
    "no-cors-follows-redirects": 'Fetch API cannot load {url}. Request mode is "no-cors" but the redirect mode is not '
    '"follow".',
}
_QUIET_SCHEMES: Final = frozenset({"about", "blob", "file", "filesystem", "view-source", *SCHEMES.split(", ")})
_NAMED_FIRST: Final = (  # which of several headers is named is up to a hash table; this is the order that was recorded
    "if-none-match",
    "authorization",
    "x-csrf-token",
    "cache-control",
    "x-requested-with",
    "accept-language",
    "accept",
    "pragma",
    "x-http-method-override",
    "range",
    "content-type",
    "x-foo",
    "x-api-key",
    "x-a",
    "a",
    "x-b",
)


INSECURE: Final = {
    Api.XHR: "XMLHttpRequest endpoint", Api.BEACON: "Beacon endpoint", Api.EVENTSOURCE: "EventSource endpoint",
    Api.SCRIPT: "script", Api.MODULE: "script", Api.IMPORT_SCRIPTS: "script", Api.STYLESHEET: "stylesheet", Api.FONT: "font",
    Api.PREFETCH: "prefetch resource", Api.MANIFEST: "manifest", Api.IFRAME: "frame", Api.OBJECT: "plugin resource", Api.ICON: "favicon",
    Api.FORM: "form action", Api.TRACK: "Text Track file",
}  # fmt: skip
MIXED: Final = (
    "Mixed Content: The page at '{page}' was loaded over HTTPS, but requested an insecure {kind} '{url}'. {end}"
)
MANIFEST_STATUS: Final = "Manifest fetch from {url} failed, code {status}"
USERINFO: Final = (
    "Subresource requests whose URLs contain embedded credentials (e.g. `https://user:pass@host/`) are blocked. See "
    "https://www.chromestatus.com/feature/5669008342777856 for more details."
)
SANDBOXED_FORM: Final = "Blocked form submission to '{url}' because the form's frame is sandboxed and the 'allow-forms' permission is not set."
INSECURE_FORM: Final = (
    "Mixed Content: The page at '{page}' was loaded over a secure connection, but contains a form that targets an insecure "
    "endpoint '{url}'. This endpoint should be made available over a secure connection."
)
MUST: Final = "This request has been blocked; the content must be served over HTTPS."
SHOULD: Final = "This content should also be served over HTTPS."
ELEMENTS: Final = {Api.IMAGE: "image", Api.MEDIA: "audio file", Api.SHAPE: "image", Api.WEBGL: "image"}
UPGRADED: Final = (
    "This request was automatically upgraded to HTTPS, For more information see "
    "https://blog.chromium.org/2019/10/no-more-mixed-messages-about-https.html"
)
KEPT_ADDRESS: Final = "This request was not upgraded to HTTPS because its URL's host is an IP address."
KEPT_LOCAL: Final = "This request was not upgraded to HTTPS because it is a local network request."
MIXED_WEBSOCKET: Final = (
    "Mixed Content: The page at '{page}' was loaded over HTTPS, but attempted to connect to the insecure WebSocket endpoint "
    "'{url}'. This request has been blocked; this endpoint must be available over WSS."
)
LOCAL_WEBSOCKET: Final = (
    "Mixed Content: The page at '{page}' was loaded over HTTPS, but attempted to connect to the insecure WebSocket endpoint "
    "'{url}'. This endpoint should be available via WSS. Insecure access is deprecated."
)
DEPRECATED_WEBSOCKET: Final = "Connecting to a non-secure WebSocket server from a secure origin is deprecated."
LOCAL_NETWORK: Final = {
    "page-not-over-https": "The request client is not a secure context and the resource is in more-private address space `{space}`.",
    "other-address-space": "Request had a target IP address space of `{target}` yet the resource is in address space `{space}`.",
}
NOT_PERMITTED: Final = "Permission was denied for this request to access the `{space}` address space."
LOADING: Final = {
    "connect-src": "Connecting to", "img-src": "Loading the image", "font-src": "Loading the font",
    "script-src-elem": "Loading the script", "style-src-elem": "Loading the stylesheet", "media-src": "Loading media from ",
    "manifest-src": "Loading a manifest from", "object-src": "Loading plugin data from", "default-src": "Fetching content from",
    "worker-src": "Creating a worker from", "frame-src": "Framing", "frame-ancestors": "Framing", "form-action": "Sending form data to",
}  # fmt: skip
VIOLATION: Final = (
    "{does} '{url}' violates the following Content Security Policy directive: \"{directive}\".{fallback} {end}"
)
NAVIGATION: Final = (
    "{does} '{url}' violates the following {mode}Content Security Policy directive: \"{directive}\". {end}{fallback}"
)
"""What the process says that judges navigations. It writes the directive in its own way."""
NOT_NAVIGATED: Final = "The request has been blocked."
NAVIGATED: Final = "The violation has been logged, but no further action has been taken."
FRAME_OPTIONS: Final = "Refused to display '{url}' in a frame because it set 'X-Frame-Options' to '{value}'."
FRAME_OPTIONS_CONFLICT: Final = (
    "Refused to display '{url}' in a frame because it set multiple 'X-Frame-Options' headers with conflicting values "
    "('{value}'). Falling back to 'deny'."
)
UNSAFE_ATTEMPT: Final = (
    "Unsafe attempt to load URL {url} from frame with URL {document}. Domains, protocols and ports must match.\n"
)
FALLBACK: Final = " Note that '{effective}' was not explicitly set, so '{used}' is used as a fallback."
STOPPED: Final = "The action has been blocked."
LOGGED: Final = "The policy is report-only, so the violation has been logged but no further action has been taken."
_NOT_EXECUTABLE: Final = (
    "Refused to execute script from '{url}' because its MIME type ('{type}') is not executable{strict}."
)
NOT_EXECUTABLE: Final = {
    Api.SCRIPT: _NOT_EXECUTABLE,
    Api.STYLESHEET: "Refused to apply style from '{url}' because its MIME type ('{type}') is not a supported stylesheet MIME "
    "type{strict}.",
    Api.WORKER: _NOT_EXECUTABLE,
    Api.IMPORT_SCRIPTS: _NOT_EXECUTABLE,
    Api.EVENTSOURCE: 'EventSource\'s response has a MIME type ("{type}") that is not "text/event-stream". Aborting the '
    "connection.",
}
REFUSED: Final = (
    "Fetch API cannot load {url}. Refused to connect because it violates the document's Content Security Policy."
)
INTEGRITY: Final = (
    "Failed to find a valid digest in the 'integrity' attribute for resource '{url}' with computed {algorithm} integrity "
    "'{computed}'. The resource has been blocked."
)
INTEGRITY_OF_FETCH: Final = "Fetch API cannot load {url}. SRI's integrity checks failed."
INTEGRITY_UNREADABLE: Final = (
    "Subresource Integrity: The resource '{url}' has an integrity attribute, but the resource requires the request to be CORS "
    "enabled to check the integrity, and it is not. The resource has been blocked because the integrity cannot be enforced."
)


_THROWN: Final = frozenset({Api.WORKER, Api.MODULE_WORKER, Api.SW_SCRIPT})


def _is_unsafe_attempt(facts: Facts) -> bool:
    """Whether it prints the message of an element: fetch() has another one at first, and a worker throws."""
    return facts.api not in _THROWN and (facts.api is not Api.FETCH or facts.hops > 0)


def console(facts: Facts) -> tuple[str, ...]:
    """The messages about CORS for one failed request: one, or none."""
    if facts.rule == "same-origin-mode" and facts.in_flow and _is_unsafe_attempt(facts):
        return (Sentence(UNSAFE_ATTEMPT, url=facts.url.partition("#")[0], document=facts.document_url),)
    if facts.rule == "element-status-ok" and facts.api is Api.MANIFEST and facts.in_flow:
        return (Sentence(MANIFEST_STATUS, url=facts.url, status=str(facts.status)),)
    if facts.rule == "url-without-userinfo" and facts.mode is Mode.NAVIGATE:
        return (USERINFO,)
    if facts.rule == "form-not-sandboxed":
        return (Sentence(SANDBOXED_FORM, url=facts.url),)
    if facts.rule == "frame-options-allow":
        template = FRAME_OPTIONS_CONFLICT if "," in facts.value else FRAME_OPTIONS
        value = facts.value if "," in facts.value else facts.value.lower()
        return (Sentence(template, url=_origin(facts.url), value=value),)
    said = () if facts.hops and facts.api is Api.PRELOAD else facts.violations  # it keeps them for who uses the preload
    policies = tuple(_of_policy(violation, facts) for violation in said)
    if facts.rule == "csp-allows":
        at_once = facts.api is Api.FETCH and not facts.hops and facts.violations[-1].effective == "connect-src"
        return (*policies, Sentence(REFUSED, url=facts.url)) if at_once else policies
    return (
        policies
        + _about_mixed(facts)
        + _about_local_network(facts)
        + _about_type(facts)
        + _about_integrity(facts)
        + _about_cors(facts)
    )


def _about_type(facts: Facts) -> tuple[str, ...]:
    """What it says in a flow of a type that does not fit."""
    unfit = facts.rule in ("element-type-fits", "nosniff-type-fits") and facts.in_flow
    if not unfit or facts.api not in NOT_EXECUTABLE:
        return ()
    kind = facts.types[-1].partition(";")[0].strip().lower() if facts.types else ""
    if facts.api is Api.EVENTSOURCE:
        return (Sentence(NOT_EXECUTABLE[facts.api], type=kind or "text/plain"),)
    what = "MIME checking" if facts.api is Api.STYLESHEET else "MIME type checking"
    strict = f", and strict {what} is enabled" if facts.is_nosniff else ""
    return (Sentence(NOT_EXECUTABLE[facts.api], url=facts.url, type=kind, strict=strict),)


def _about_integrity(facts: Facts) -> tuple[str, ...]:
    expected = facts.integrity
    if facts.rule != "integrity-matches" or expected is None:
        return ()
    algorithm = f"SHA-{expected.algorithm[3:]}"
    text = INTEGRITY if expected.is_readable else INTEGRITY_UNREADABLE
    said = Sentence(text, url=facts.url, algorithm=algorithm, computed=expected.computed)
    return (said, Sentence(INTEGRITY_OF_FETCH, url=facts.first)) if facts.api is Api.FETCH else (said,)


def _about_mixed(facts: Facts) -> tuple[str, ...]:
    if facts.mixed is None:
        return ()
    url, became, _ = facts.mixed
    played = facts.element is Api.MEDIA and became.startswith("upgraded") and not facts.rule
    again = (Sentence(MIXED, page=facts.page_url, kind="audio file", url=url, end=SHOULD),) if played else ()
    if became == "upgraded by policy":
        return again
    if became == "upgraded" and facts.hops:
        return ()
    if facts.api is Api.WEBSOCKET and became == "local":
        return (Sentence(LOCAL_WEBSOCKET, page=facts.page_url, url=f"ws{url[4:]}"), DEPRECATED_WEBSOCKET)
    if facts.api is Api.WEBSOCKET:
        return (Sentence(MIXED_WEBSOCKET, page=facts.page_url, url=url),)
    if became in ("local", "blocked"):
        form = (Sentence(INSECURE_FORM, page=facts.page_url, url=url),) if facts.api is Api.FORM else ()
        kind = {**INSECURE, **ELEMENTS}.get(facts.api) or {**INSECURE, **ELEMENTS}.get(facts.element, "resource")
        end = SHOULD if became == "local" else MUST
        message = Sentence(MIXED, page=facts.page_url, kind=kind, url=url, end=end)
        return (
            (*form, _kept(url, facts), message)
            if facts.element in ELEMENTS and facts.api not in INSECURE
            else (*form, message)
        )
    if became == "upgraded":
        return (*again, Sentence(MIXED, page=facts.page_url, kind="element", url=url, end=UPGRADED))
    return (_kept(url, facts),)


def _kept(url: str, facts: Facts) -> str:
    end = KEPT_ADDRESS if _is_address(url) else KEPT_LOCAL
    return Sentence(MIXED, page=facts.page_url, kind="element", url=url, end=end)


def _about_local_network(facts: Facts) -> tuple[str, ...]:
    local = facts.local
    if local is None or not local.cause or facts.api in UNNAMED:
        return ()
    reason = Sentence(LOCAL_NETWORK.get(local.cause, NOT_PERMITTED), space=local.space, target=local.target)
    return (_framed(reason, facts.url, facts.hops, facts),)


def _framed(reason: str, url: str, hops: int, facts: Facts) -> str:
    redirected = Sentence(REDIRECTED, first=facts.first) if hops else ""
    return Sentence(FRAME, kind=_kind(facts), url=url, redirected=redirected, origin=facts.page, reason=reason)


def _is_address(url: str) -> bool:
    parsed = parse(url)
    return parsed is not None and ip_address(parsed.host) is not None


def _of_policy(violation: Violation, facts: Facts) -> str:
    """A violation of the page's Content-Security-Policy, which may only be reported."""
    same = violation.used == violation.effective
    fallback = "" if same else Sentence(FALLBACK, effective=violation.effective, used=violation.used)
    if facts.mode is Mode.NAVIGATE and violation.effective != "object-src":
        form = violation.effective == "form-action"
        return Sentence(
            NAVIGATION, does=LOADING[violation.effective], url=facts.first if form else _origin(facts.url),
            mode="report-only " if violation.report_only else "", directive=_reserialized(violation.text), fallback=fallback,
            end=NAVIGATED if violation.report_only else NOT_NAVIGATED,
        )  # fmt: skip
    return Sentence(
        VIOLATION, does=LOADING.get(violation.effective, LOADING["connect-src"]), url=violation.url or facts.url, directive=violation.text,
        fallback=fallback, end=LOGGED if violation.report_only else STOPPED,
    )  # fmt: skip


def _origin(url: str) -> str:
    parsed = parse(url)
    return url if parsed is None else f"{parsed.origin}/"


def _reserialized(directive: str) -> str:
    """The sources that are URLs: `*` alone, else 'self' first; 'none' where there are none."""
    name, *sources = directive.split(" ")
    if "*" in sources:
        return f"{name} *"
    own = [source for source in sources if source.lower() == "'self'"][:1]
    shown = [*own, *(source for source in sources if not source.startswith("'"))]
    return " ".join((name, *(shown or ["'none'"])))


def _about_cors(facts: Facts) -> tuple[str, ...]:
    may_say = facts.url.startswith("http") or facts.in_flow
    if facts.rule in BEFORE_SENDING and facts.hops == 0 and may_say and facts.api is Api.FETCH:
        return (Sentence(BEFORE_SENDING[facts.rule], url=facts.url, origin=facts.page),)
    if facts.rule == "port-not-blocked" and facts.mode is Mode.SAME_ORIGIN and facts.in_flow and not facts.hops:
        return (Sentence(BEFORE_SENDING["same-origin-mode"], url=facts.url, origin=facts.page),)
    if facts.rule in ("scheme-is-http", "scheme-is-fetchable") and facts.in_flow and not facts.hops:
        return _about_scheme(facts)
    key = _key(facts)
    if key not in REASONS or (facts.mode is not Mode.CORS):
        return ()
    url, hops = facts.url, facts.hops
    if key == "location-is-http":
        url, hops = facts.target, hops + 1
        if url.partition(":")[0] in _QUIET_SCHEMES:
            return ()
    template = REASONS[key]
    if facts.in_preflight and key not in UNPREFIXED:
        template = PREFLIGHT + template
    if key in ORIGIN_KEYS and facts.api is Api.FETCH:
        template += VALUE_HINT
    if key in CREDENTIALS_KEYS and facts.api is Api.XHR:
        template += XHR_HINT
    reason = Sentence(template, value=_hint(_value(key, facts)), method=facts.method, header=_header(facts))
    return (_framed(reason, url, hops, facts),)


def _about_scheme(facts: Facts) -> tuple[str, ...]:
    """What it says in a flow of a URL with another scheme than http(s)."""
    scheme = facts.url.partition(":")[0]
    local = scheme == "file" or (scheme in _LOCAL_TO_XHR and facts.api is Api.XHR)
    if local and not facts.page_url.startswith("file:"):
        return (Sentence(LOCAL_RESOURCE, url=facts.url),)
    if scheme == "chrome-extension":
        return ()
    if facts.api is Api.FETCH and scheme != "file":
        return (Sentence(UNKNOWN_SCHEME, url=facts.url, scheme=scheme),)
    if facts.api is Api.XHR and scheme == "ftp":
        return (NO_FTP,)
    if facts.rule == "scheme-is-fetchable":
        return ()
    reason = Sentence(REASONS["location-is-http"], value=SCHEMES)
    return (Sentence(FRAME, kind=_kind(facts), url=facts.url, redirected="", origin=facts.page, reason=reason),)


def _kind(facts: Facts) -> str:
    """What it calls the resource: a video by its own name, anything preloaded by that of the element it is for, and what
    has no name, such as the script of importScripts(), a resource.
    """
    own = facts.element if facts.api is Api.PRELOAD else facts.api
    return KINDS.get(own) or KINDS.get(facts.element, "resource")


def _key(facts: Facts) -> str:
    value = facts.allow_origin or ""
    match facts.rule:
        case "acao-matches-origin" if " " in value or "," in value:
            return "acao-matches-origin/multiple"
        case "acao-matches-origin" if value != "null" and (not value.isascii() or parse(value) is None):
            return "acao-matches-origin/invalid"
        case "acah-lists-authorization":
            return "acah-lists-headers"
        case "preflight-status-ok" if facts.is_redirect:
            return "preflight-status-ok/redirected"
        case _:
            return facts.rule


def _value(key: str, facts: Facts) -> str:
    match key:
        case "acac-true":
            return facts.allow_credentials or ""
        case "location-is-http":
            return SCHEMES
        case "location-without-userinfo":
            return ""  # it does not print the location
        case _:
            return facts.allow_origin or ""


def _hint(value: str) -> str:
    """A server's value with everything but printable ASCII escaped."""
    return "".join(c if " " <= c <= "~" else f"\\u{ord(c):04X}" for c in value)


def _header(facts: Facts) -> str:
    names = [name.lower() for name in facts.missing]
    if facts.headers > 3 and "x-a" in names:  # a larger table has another order
        return "x-a"
    return min(names, key=lambda n: _NAMED_FIRST.index(n) if n in _NAMED_FIRST else len(_NAMED_FIRST), default="")
