"""What the network and issues panels of developer tools say: Chromium's names of CORS errors, and Firefox's labels.

Chromium's names are the values of CorsError in its DevTools Protocol, with those of earlier versions. Firefox's labels are
those of its network panel.
"""

from __future__ import annotations

from typing import Final

from corsdoctor.console import wordings as w
from corsdoctor.console.normalize import NormalizedText
from corsdoctor.console.reasons import Found, url_before
from corsdoctor.message import Message
from corsdoctor.pattern import Pattern

_CORS_CHECK: Final = {
    "WildcardOriginNotAllowed": "acao-not-wildcard-with-credentials",
    "MissingAllowOriginHeader": "acao-present",
    "MultipleAllowOriginValues": "acao-matches-origin/multiple",
    "InvalidAllowOriginValue": "acao-matches-origin",
    "AllowOriginMismatch": "acao-matches-origin",
    "InvalidAllowCredentials": "acac-true",
}  # each of them also with Preflight before it
CHROMIUM_NAMES: Final[dict[str, str | None]] = {
    **_CORS_CHECK,
    **{f"Preflight{name}": rule for name, rule in _CORS_CHECK.items()},
    "DisallowedByMode": "same-origin-mode",
    "InvalidResponse": None,
    "CorsDisabledScheme": "scheme-is-http",
    "PreflightInvalidStatus": "preflight-status-ok",
    "PreflightDisallowedRedirect": "preflight-status-ok/redirected",
    "InvalidAllowMethodsPreflightResponse": "acam-parses",
    "InvalidAllowHeadersPreflightResponse": "acah-parses",
    "MethodDisallowedByPreflightResponse": "acam-lists-method",
    "HeaderDisallowedByPreflightResponse": "acah-lists-headers",
    "RedirectContainsCredentials": "location-without-userinfo",
    "NoCorsRedirectModeNotFollow": "no-cors-follows-redirects",
    **dict.fromkeys(
        (
            "PreflightMissingAllowExternal", "PreflightInvalidAllowExternal", "PreflightMissingAllowPrivateNetwork",
            "PreflightInvalidAllowPrivateNetwork", "UnexpectedPrivateNetworkAccess", "PreflightMissingPrivateNetworkAccessId",
            "PreflightMissingPrivateNetworkAccessName", "PrivateNetworkAccessPermissionUnavailable",
        ),
        "local-network-access-granted",
    ),
    **dict.fromkeys(("InsecurePrivateNetwork", "InsecureLocalNetwork"), "local-network-access-granted/insecure-page"),
    **dict.fromkeys(
        ("InvalidPrivateNetworkAccess", "InvalidLocalNetworkAccess"), "local-network-access-granted/target-space"
    ),
    **dict.fromkeys(
        ("PrivateNetworkAccessPermissionDenied", "LocalNetworkAccessPermissionDenied"),
        "local-network-access-granted/denied",
    ),
}  # fmt: skip
FIREFOX_LABELS: Final[dict[str, str | None]] = {
    "CORS disabled": "/disabled",
    "CORS Failed": "actual-answered",
    "CORS Not HTTP": "scheme-is-http",
    "CORS Multiple Origin Not Allowed": "acao-matches-origin/multiple",
    "CORS Missing Allow Origin": "acao-present",
    "CORS No Allow Credentials": "acao-not-wildcard-with-credentials",
    "CORS Allow Origin Not Matching Origin": "acao-matches-origin",
    "CORS Missing Allow Credentials": "acac-true",
    "CORS Origin Header Missing": None,
    "CORS External Redirect Not Allowed": "preflight-status-ok/redirected",
    "CORS Preflight Did Not Succeed": "preflight-status-ok",
    "CORS Invalid Allow Method": "acam-parses",
    "CORS Method Not Found": "acam-lists-method",
    "CORS Invalid Allow Header": "acah-parses",
    "CORS Missing Allow Header": "acah-lists-headers",
}
CHROMIUM_LABEL: Final = "CORS error"  # the status column: which error it was stands in a tooltip
TOOLTIP: Final = "Cross-Origin Resource Sharing error: "
PROTOCOL: Final = "corsError"
STARTS: Final = (TOOLTIP, PROTOCOL, CHROMIUM_LABEL, *FIREFOX_LABELS)

_NAMED: Final = Pattern(
    r"(?:Cross-Origin Resource Sharing error: |CORS error: |corsError[\"']? ?: ?[\"'])(?P<name>[A-Za-z]{4,60})\b"
)
_ROW: Final = Pattern(
    rf"{CHROMIUM_LABEL} (?:fetch|xhr|preflight|script|stylesheet|font|image|media|manifest|ping|other|document)\b"
)
_CELLS_BEHIND: Final = Pattern(r" ?$| (?:\S{1,200} ){0,4}?(?:\S{1,200}:\d|\d[\d.,]* ?[kM]?B\b|Preflight\b)")
"""What stands behind the label and the type: who asked for it, the size, ..."""
_CELLS: Final = Pattern(
    r"^(?:\d{3} )?(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \S{1,300} \S{1,2000} (?:\S{1,100} ){1,6}$"
)
"""What stands before the label in a line of the panel: the method, the domain, the file, who asked for it, ..."""
_PARAMETER: Final = Pattern(r"[\"'], ?[\"']?failedParameter[\"']? ?: ?[\"'](?P<subject>[^\"']{1,300})[\"']")
_REQUEST: Final = Pattern(
    r"(?s:.{0,400}?)\"request\" ?: ?\{ ?(?:\"requestId\" ?: ?\"[^\"]{0,80}\" ?, ?)?\"url\" ?: ?\"(?P<url>[^\"\s]{1,2000})\""
)
_INITIATOR: Final = Pattern(r"(?s:.{0,600}?)\"initiatorOrigin\" ?: ?\"(?P<origin>[^\"\s]{1,300})\"")


def panel(normalized: NormalizedText, at: int, limit: int) -> Found | None:
    """One message of a panel: a name of Chromium's, in the tooltip or in the DevTools Protocol, or a label of Firefox's."""
    named = _NAMED.compiled.match(normalized.text, at, limit)
    if named is not None:
        return _chromium(normalized, named["name"], named.end(), limit)
    row = _ROW.compiled.match(normalized.text, at, limit)
    if row is not None and _CELLS_BEHIND.compiled.match(
        normalized.text[row.end() : normalized.line_end(row.end(), limit)]
    ):
        return Message("", True, "chromium"), at + len(CHROMIUM_LABEL)
    return _firefox(normalized, at, limit) if normalized.text.startswith("CORS ", at) else None


def alone(text: str) -> Message | None:
    """What a text says that is nothing but Chromium's label, or one of its names."""
    if text == CHROMIUM_LABEL:
        return Message(text, True, "chromium")
    return _named(text)._replace(text=text) if text in CHROMIUM_NAMES else None


def _named(name: str) -> Message:
    rule, _, detail = (CHROMIUM_NAMES[name] or "").partition("/")
    if rule in ("", "same-origin-mode", "scheme-is-http"):
        return Message("", True, "chromium", rule or None)
    in_preflight = True if "Preflight" in name else False if rule != "local-network-access-granted" else None
    return Message("", True, "chromium", rule, in_preflight=in_preflight, detail=detail)


def _chromium(normalized: NormalizedText, name: str, end: int, limit: int) -> Found | None:
    if name not in CHROMIUM_NAMES:
        return None
    message = _named(name)
    parameter = _PARAMETER.compiled.match(normalized.text, end, limit)
    if parameter is not None:
        message, end = message._replace(subject=parameter["subject"]), parameter.end()
    request = _REQUEST.compiled.match(normalized.text, end, limit)
    if request is not None:
        initiator = _INITIATOR.compiled.match(normalized.text, request.end(), limit)
        message = message._replace(url=request["url"], origin=initiator["origin"] if initiator is not None else None)
        end = initiator.end() if initiator is not None else request.end()
    return message, end


def _firefox(normalized: NormalizedText, at: int, limit: int) -> Found | None:
    """A label that is a line of its own, or follows the request."""
    label = normalized.text[at : normalized.line_end(at, limit)].rstrip("\"'.")
    if label not in FIREFOX_LABELS:
        return None
    url = url_before(normalized.text, at)
    is_cell = _CELLS.compiled.search(normalized.line_start(at)) is not None
    if at and url is None and not (is_cell or normalized.is_break(at - 1) or normalized.text[at - 1] in "\"'"):
        return None
    rule, _, detail = (FIREFOX_LABELS[label] or "").partition("/")
    in_preflight = w.preflight_only(rule)
    return Message("", True, "firefox", rule or None, in_preflight=in_preflight, url=url, detail=detail), at + len(
        label
    )
