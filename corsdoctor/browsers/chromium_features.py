"""What Chromium prints about Permissions-Policy, Feature-Policy, Document-Policy and Clear-Site-Data of a page. Recorded: Chromium 156.

Which features it knows differs from one version to the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from corsdoctor.browsers.structured_fields import ITEM, dictionary_members
from corsdoctor.sentence import Sentence
from corsdoctor.url import is_potentially_trustworthy, parse

if TYPE_CHECKING:
    from corsdoctor.scenario.page import Page

ERROR: Final = "Error with {header} header: {why}"
NOT_PARSED: Final = "Parse of permissions policy failed because of errors reported by structured header parser."
UNKNOWN: Final = "Unrecognized feature: '{name}'."
ON_TRIAL: Final = "Origin trial controlled feature not enabled: '{name}'."
NO_TOKEN: Final = "Invalid allowlist item for feature {name}. Allowlist item must be *, self, or quoted url."
OTHER_TOKEN: Final = "Invalid allowlist item({item}) for feature {name}. Allowlist item must be *, self or quoted url."
NO_ORIGIN: Final = "Unrecognized origin: '{item}'."
IN_BOTH: Final = (
    "Some features are specified in both Feature-Policy and Permissions-Policy header: {names}. Values defined in "
    "Permissions-Policy header will be used."
)
DOCUMENT: Final = "{header} HTTP header: {why}"
DOCUMENT_NOT_PARSED: Final = "Parse of document policy failed because of errors reported by structured header parser."
DOCUMENT_UNKNOWN: Final = "Unrecognized document policy feature name {name}."
NO_BOOLEAN: Final = "Parameter for feature {name} should be boolean, not {kind}."
NO_ITEM: Final = "Parameter for feature {name} should be single item, but got inner list."
CLEAR: Final = "Clear-Site-Data header on '{url}': {what}"
INSECURE: Final = "Not supported for insecure origins."
UNKNOWN_TYPE: Final = "Unrecognized type: {name}."
NO_TYPE: Final = "No recognized types specified."
CLEARED: Final = "Cleared data types: {names}.{more}"
KEPT: Final = (
    " Clearing channel IDs and HTTP authentication cache is currently not supported, as it breaks active network "
    "connections."
)
_FEATURES: Final = """
    accelerometer aria-notify autoplay browsing-topics camera captured-surface-control ch-device-memory ch-downlink ch-dpr ch-ect
    ch-prefers-color-scheme ch-prefers-reduced-motion ch-prefers-reduced-transparency ch-rtt ch-save-data ch-ua ch-ua-arch
    ch-ua-bitness ch-ua-form-factors ch-ua-full-version ch-ua-full-version-list ch-ua-high-entropy-values ch-ua-mobile ch-ua-model
    ch-ua-platform ch-ua-platform-version ch-ua-wow64 ch-viewport-height ch-viewport-width ch-width clipboard-read clipboard-write
    compute-pressure cross-origin-isolated deferred-fetch deferred-fetch-minimal digital-credentials-create
    digital-credentials-get display-capture encrypted-media fullscreen gamepad geolocation gyroscope hid
    identity-credentials-get idle-detection interest-cohort keyboard-map language-detector language-model local-fonts
    local-network local-network-access loopback-network magnetometer media-playback-while-not-visible microphone midi
    on-device-speech-recognition otp-credentials payment picture-in-picture private-state-token-issuance
    private-state-token-redemption publickey-credentials-create publickey-credentials-get screen-wake-lock serial
    speaker-selection storage-access summarizer sync-xhr translator unload usb window-management xr-spatial-tracking
"""
FEATURES: Final = frozenset(_FEATURES.split())
TRIALS: Final = frozenset({"focus-without-user-activation", "rewriter", "tools", "web-app-installation", "writer"})
_DOCUMENT_FEATURES: Final = """
    * expect-no-linked-resources force-load-at-top include-js-call-stacks-in-crash-reports js-profiling
    network-efficiency-guardrails sync-xhr
"""
DOCUMENT_FEATURES: Final = frozenset(_DOCUMENT_FEATURES.split())
_TYPES: Final = ("cookies", "storage", "cache", "clientHints")
"""What `"*"` clears."""
_TYPES_ALONE: Final = ("prefetchCache", "prerenderCache")


def features_console(page: Page) -> Iterator[str]:
    """The messages, in no order that counts."""
    named: dict[str, list[str]] = {}
    for header in ("Permissions-Policy", "Permissions-Policy-Report-Only"):
        for why in _of_permissions(page, header, named):
            yield Sentence(ERROR, header=header, why=why)
    yield from (Sentence(ERROR, header="Feature-Policy", why=why) for why in _of_features(page, named))
    for header in ("Document-Policy", "Require-Document-Policy"):
        yield from (Sentence(DOCUMENT, header=header, why=why) for why in _of_document(page, header))
    if page.url.is_http and "Clear-Site-Data" in page.headers:
        yield from (Sentence(CLEAR, url=page.url.href, what=what) for what in _of_data(page))


def _of_permissions(page: Page, header: str, named: dict[str, list[str]]) -> Iterator[str]:
    members = dictionary_members(", ".join(page.headers.values(header)).strip(" "))
    if members is None:
        yield NOT_PARSED
    last = {name: (value, inner) for name, value, inner in members or ()}
    named[header] = list(last)
    for name, (value, inner) in last.items():
        if name not in FEATURES:
            yield Sentence(ON_TRIAL if name in TRIALS else UNKNOWN, name=name)
            continue
        items = [item[1] for item in ITEM.finditer(inner)] if inner else [value or "?1"]
        yield from filter(None, (_of_item(name, item) for item in items))


def _of_item(name: str, item: str) -> str:
    if item[0] == '"':
        url = parse(item[1:-1].replace("://*.", "://"))
        return "" if url is not None and url.is_http else Sentence(NO_ORIGIN, item=item[1:-1])
    if item[0].isalpha() or item[0] == "*":
        return "" if item in ("*", "self") else Sentence(OTHER_TOKEN, name=name, item=item)
    return Sentence(NO_TOKEN, name=name)


def _of_features(page: Page, named: dict[str, list[str]]) -> Iterator[str]:
    policies = ",".join(page.headers.values("Feature-Policy")).replace(",", ";").split(";")
    directives = [words for words in map(str.split, policies) if words]
    for name, *items in directives:
        if name not in FEATURES:
            yield Sentence(UNKNOWN, name=name)
            continue
        for item in items:
            if item != "*" and item.lower() not in ("'self'", "'src'", "'none'") and parse(item) is None:
                yield Sentence(NO_ORIGIN, item=item)
    known = [name for name in dict.fromkeys(words[0] for words in directives) if name in FEATURES]
    both = [name for name in known if name in named["Permissions-Policy"]]
    if both:
        yield Sentence(IN_BOTH, names=", ".join(both))


def _of_document(page: Page, header: str) -> Iterator[str]:
    members = dictionary_members(", ".join(page.headers.values(header)).strip(" "))
    if members is None:
        yield DOCUMENT_NOT_PARSED
    for name, value, inner in members or ():
        if name not in DOCUMENT_FEATURES:
            yield Sentence(DOCUMENT_UNKNOWN, name=name)
        elif inner:
            yield Sentence(NO_ITEM, name=name)
        elif value and value[0] != "?":
            yield Sentence(NO_BOOLEAN, name=name, kind=_kind(value))


def _kind(value: str) -> str:
    if value[0] == '"':
        return "string"
    if value[0].isalpha() or value[0] == "*":
        return "token"
    return "decimal" if "." in value else "integer"


def _of_data(page: Page) -> Iterator[str]:
    """https://w3c.github.io/webappsec-clear-site-data/#parsing"""
    if not is_potentially_trustworthy(page.url.origin):
        yield INSECURE
        return
    cleared: dict[str, None] = {}
    known = False
    for name in page.headers.elements("Clear-Site-Data"):
        bare = name.strip('"') if name[:1] == name[-1:] == '"' else ""
        kinds = _TYPES if bare == "*" else (bare,) if bare in (*_TYPES, *_TYPES_ALONE) else ()
        cleared |= dict.fromkeys(kinds)
        if kinds or bare.startswith("storage:"):
            known = True
        else:
            yield Sentence(UNKNOWN_TYPE, name=name)
    if known:
        names = ", ".join(f'"{name}"' for name in cleared)
        yield Sentence(CLEARED, names=names, more=KEPT if "cookies" in cleared else "")
    else:
        yield NO_TYPE
