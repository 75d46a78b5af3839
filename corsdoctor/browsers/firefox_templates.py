"""The templates of Firefox's console messages. One template for a reason, used to print and, compiled, to recognize."""

from __future__ import annotations

from typing import Final

from corsdoctor.scenario import Api

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
VIOLATION: Final = (
    "Content-Security-Policy: {mode}The page’s settings {blocked} {what} ({effective}) at {url}{does} because it violates the following "
    "directive: “{directive}”"
)
MIXED: Final = {
    "blocked": "Blocked loading mixed active content “{url}”",
    "blocked by policy": "Content-Security-Policy: Blocking insecure request ‘{url}’.",
    "upgraded": "Mixed Content: Upgrading insecure display request ‘{url}’ to use ‘https’",
    "upgraded by policy": "Content-Security-Policy: Upgrading insecure request ‘{url}’ to use ‘https’",
}
LINK_ERROR: Final = "Security Error: Content at {document} may not load or link to {url}."
SECURITY_ERROR: Final = "Security Error: Content at {document} may not load data from {url}."
FRAME_OPTIONS: Final = "The loading of “{url}” in a frame is denied by “X-Frame-Options“ directive set to “{value}“."
FRAME_OPTIONS_CONFLICT: Final = (
    "Invalid X-Frame-Options header was found when loading “{url}”: “invalid” is not a valid directive."
)
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
ODD_TYPE: Final = (
    "The script from “{url}” was loaded even though its MIME type (“{type}”) is not a valid JavaScript MIME type."
)
OPAQUE: Final = "The resource at “{url}” was blocked by OpaqueResponseBlocking. Reason: “{reason}”."
OPAQUE_NOSNIFF: Final = "nosniff is true and mimeType is an opaque-blocklisted MIME type or its essence is 'text/plain'"
OPAQUE_SCRIPT: Final = "Javascript validation failed"
OPAQUE_PICTURE: Final = "after sniff: content-type declares image/video/audio, but sniffing fails"
OPAQUE_STATUS: Final = "after sniff: status code is not in allowed range"
OPAQUE_MEDIA_STATUS: Final = "media request's response status is neither 200 nor 206"
OPAQUE_PART: Final = "response status is 206 and not first partial response"
MEDIA_STATUS: Final = "HTTP load failed with status {status}. Load of media resource {url} failed."
OPAQUE_MEDIA: Final = "after sniff: media request"
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
WITHOUT_INTEGRITY: Final = (
    "{mode}The page’s settings {blocked} a script at {url} from being loaded because it is missing integrity metadata."
)
INTEGRITY_LENGTH: Final = "The hash contained in the integrity attribute has the wrong length."
INTEGRITY_NOT_DECODED: Final = "The hash contained in the integrity attribute could not be decoded."
INTEGRITY_MALFORMED: Final = (
    "The script element has a malformed hash in its integrity attribute: “{word}”. The correct format is “<hash "
    "algorithm>-<hash value>”."
)
INTEGRITY_UNSUPPORTED: Final = "Unsupported hash algorithm in the integrity attribute: “{name}”"
INTEGRITY_EMPTY: Final = "The integrity attribute does not contain any valid metadata."
INTEGRITY_UNREADABLE: Final = (
    "“{url}” is not eligible for integrity checks since it’s neither CORS-enabled nor same-origin."
)
