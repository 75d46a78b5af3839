"""What Chromium's console says. The templates are in chromium_templates.py.

A reason's key is a rule's id, or a rule's id and a distinction of Chromium's own ("acao-matches-origin/multiple").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from corsdoctor.browsers import chromium_templates as templates
from corsdoctor.browsers.facts import NAMED_WITHOUT_FRAGMENT
from corsdoctor.host import ip_address
from corsdoctor.scenario import Api, Mode
from corsdoctor.sentence import Sentence
from corsdoctor.url import is_potentially_trustworthy, parse, same_site
from corsdoctor.wire import ascii_words

if TYPE_CHECKING:
    from corsdoctor.browsers.facts import Facts, Mixed, Violation

UNNAMED: Final = frozenset({Api.FORM, Api.IFRAME, Api.OBJECT, Api.WEBSOCKET})
"""What may not reach the local network without a message."""
_LOCAL_TO_XHR: Final = frozenset({"chrome", "filesystem", "view-source"})
UNPREFIXED: Final = frozenset({"acam-parses", "acah-parses", "acam-lists-method", "acah-lists-headers"})
ORIGIN_KEYS: Final = frozenset({"acao-matches-origin", "acao-matches-origin/multiple", "acao-matches-origin/invalid"})
CREDENTIALS_KEYS: Final = frozenset({"acao-not-wildcard-with-credentials", "acac-true"})
_QUIET_SCHEMES: Final = frozenset(
    {"about", "blob", "file", "filesystem", "view-source", *templates.SCHEMES.split(", ")}
)
_THROWN: Final = frozenset({Api.WORKER, Api.MODULE_WORKER, Api.SW_SCRIPT})
_PARSING: Final = frozenset({Api.FETCH, Api.SCRIPT, Api.MODULE, Api.MODULEPRELOAD})
"""The APIs for which it reports an integrity attribute that it cannot parse."""


def _is_unsafe_attempt(facts: Facts) -> bool:
    """Whether it prints the message of an element: fetch() has another one at first, and a worker throws."""
    return facts.api not in _THROWN and (facts.api is not Api.FETCH or facts.hops > 0)


_SHA: Final = re.compile("sha-(256|384|512)(?=-)")


def console(facts: Facts) -> tuple[str, ...]:
    """The messages about CORS for one failed request: one, or none."""
    if facts.rule == "same-origin-mode" and facts.in_flow and _is_unsafe_attempt(facts):
        return (Sentence(templates.UNSAFE_ATTEMPT, url=facts.url.partition("#")[0], document=facts.document_url),)
    if facts.rule == "element-status-ok" and facts.api is Api.MANIFEST and facts.in_flow:
        return (Sentence(templates.MANIFEST_STATUS, url=facts.url, status=str(facts.status)),)
    if facts.rule == "url-without-userinfo" and facts.mode is Mode.NAVIGATE:
        return (templates.USERINFO,)
    if facts.rule == "form-not-sandboxed":
        return (Sentence(templates.SANDBOXED_FORM, url=facts.url),)
    if facts.rule == "frame-options-allow":
        template = templates.FRAME_OPTIONS_CONFLICT if "," in facts.value else templates.FRAME_OPTIONS
        value = facts.value if "," in facts.value else facts.value.lower()
        return (Sentence(template, url=_origin(facts.url), value=value),)
    if facts.ignored_frame_options:
        return (Sentence(templates.IGNORED_FRAME_OPTIONS, url=_origin(facts.url), value=facts.ignored_frame_options),)
    said = () if facts.hops and facts.api is Api.PRELOAD else facts.violations  # it keeps them for who uses the preload
    policies = tuple(_of_policy(violation, facts) for violation in said)
    if facts.rule == "csp-allows":
        policies = (*_about_mixed(facts), *policies)
        at_once = facts.api is Api.FETCH and not facts.hops and facts.violations[-1].effective == "connect-src"
        return (*policies, Sentence(templates.REFUSED, url=facts.url)) if at_once else policies
    if facts.unused_preload:
        policies += (Sentence(templates.UNUSED_PRELOAD, url=facts.first, what=facts.unused_preload),)
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
    if not unfit or facts.api not in templates.NOT_EXECUTABLE:
        return ()
    kind = facts.types[-1].partition(";")[0].strip().lower() if facts.types else ""
    if facts.api is Api.EVENTSOURCE:
        return (Sentence(templates.NOT_EXECUTABLE[facts.api], type=kind or "text/plain"),)
    what = "MIME checking" if facts.element is Api.STYLESHEET else "MIME type checking"
    strict = f", and strict {what} is enabled" if facts.is_nosniff else ""
    return (Sentence(templates.NOT_EXECUTABLE[facts.api], url=facts.url, type=kind, strict=strict),)


def _about_integrity(facts: Facts) -> tuple[str, ...]:
    expected = facts.integrity
    if facts.rule == "unencoded-digest-matches" and facts.api in templates.STATED_DIGEST:
        return (Sentence(templates.STATED_DIGEST[facts.api], url=facts.url),)
    if facts.api is Api.PRELOAD:
        ignored = facts.ignored_integrity and facts.element in (Api.PRELOAD, Api.SHAPE)
        return (templates.INTEGRITY_IGNORED,) if ignored else ()
    if expected is None:
        return ()
    reached = facts.api is not Api.FETCH or facts.rule in ("", "integrity-matches")  # it parses that of fetch() last
    parsed = tuple(_parsing(expected.metadata)) if facts.api in _PARSING and reached else ()
    if facts.rule != "integrity-matches":
        return parsed
    algorithm = f"SHA-{expected.algorithm[3:]}"
    text = templates.INTEGRITY if expected.is_readable else templates.INTEGRITY_UNREADABLE
    if facts.api is Api.FETCH and not expected.is_readable:
        text = templates.INTEGRITY_UNREADABLE_FETCH
    named = facts.first if facts.api is Api.MODULE else facts.url
    said = Sentence(text, url=named, algorithm=algorithm, computed=expected.computed)
    return (
        *parsed,
        said,
        *((Sentence(templates.INTEGRITY_OF_FETCH, url=facts.first),) if facts.api is Api.FETCH else ()),
    )


def _parsing(metadata: str) -> Iterator[str]:
    """The messages about each hash that it cannot parse, and about options."""
    for word in ascii_words(metadata):
        hashed, _, option = word.partition("?")
        name, dash, digest = _SHA.sub(r"sha\1", hashed).partition("-")
        if not dash:
            yield Sentence(templates.INTEGRITY_PARSING, metadata=metadata, why=templates.INTEGRITY_NO_HASH)
        elif name not in ("sha256", "sha384", "sha512", "ed25519"):
            yield Sentence(templates.INTEGRITY_PARSING, metadata=metadata, why=templates.INTEGRITY_UNKNOWN)
        elif re.fullmatch("[A-Za-z0-9+/_-]+=*", digest) is None:
            yield Sentence(templates.INTEGRITY_PARSING, metadata=metadata, why=templates.INTEGRITY_NO_DIGEST)
        elif option:
            yield Sentence(templates.INTEGRITY_OPTION, option=option)


def _about_mixed(facts: Facts) -> tuple[str, ...]:
    if facts.api is Api.PRELOAD and facts.hops:
        return ()
    upgrades = facts.first.startswith("https:")
    asked = (
        one
        for one in facts.mixed
        if one.became != "kept"
        or one.url == facts.first
        or (one.url == facts.url and (upgrades or _is_public(one.url)))
    )
    return tuple(message for mixed in asked for message in _about_one(mixed, facts))


def _about_one(mixed: Mixed, facts: Facts) -> tuple[str, ...]:
    url, became, _ = mixed
    played = facts.element is Api.MEDIA and became.startswith("upgraded") and not (facts.rule or facts.hops)
    again = (
        (Sentence(templates.MIXED, page=_page(facts), kind="audio file", url=url, end=templates.SHOULD),)
        if played
        else ()
    )
    if became == "upgraded by policy":
        return again
    if became == "upgraded" and facts.hops and url != facts.first:
        return ()
    if facts.api is Api.WEBSOCKET and became == "local":
        return (
            Sentence(templates.LOCAL_WEBSOCKET, page=_page(facts), url=f"ws{url[4:]}"),
            templates.DEPRECATED_WEBSOCKET,
        )
    if facts.api is Api.WEBSOCKET:
        return (Sentence(templates.MIXED_WEBSOCKET, page=_page(facts), url=url),)
    if became in ("local", "blocked"):
        form = (Sentence(templates.INSECURE_FORM, page=_page(facts), url=url),) if facts.api is Api.FORM else ()
        kinds = {**templates.INSECURE, **templates.ELEMENTS}
        kind = kinds.get(facts.api) or kinds.get(facts.element, "resource")
        end = templates.SHOULD if became == "local" else templates.MUST
        message = Sentence(templates.MIXED, page=_page(facts), kind=kind, url=url, end=end)
        return (
            (*form, _kept(url, facts), message)
            if facts.element in templates.ELEMENTS and facts.api not in templates.INSECURE
            else (*form, message)
        )
    if became == "upgraded":
        return (
            *again,
            Sentence(templates.MIXED, page=_document(facts), kind="element", url=url, end=templates.UPGRADED),
        )
    if facts.hops and url == facts.url and _is_public(url):
        kind = templates.ELEMENTS.get(facts.element, "resource")
        return (Sentence(templates.MIXED, page=_page(facts), kind=kind, url=url, end=templates.SHOULD),)
    return (_kept(url, facts),)


def _is_public(url: str) -> bool:
    """Whether anyone on the network could read it."""
    parsed = parse(url)
    return parsed is not None and not is_potentially_trustworthy(parsed.origin)


def _kept(url: str, facts: Facts) -> str:
    end = templates.KEPT_ADDRESS if _is_address(url) else templates.KEPT_LOCAL
    return Sentence(templates.MIXED, page=_document(facts), kind="element", url=url, end=end)


def _page(facts: Facts) -> str:
    """The URL of the outermost document loaded over https, or only its origin if a frame in another process makes the request."""
    page, document = parse(facts.page_url), parse(facts.document_url)
    if facts.in_sandboxed_page and page is not None and document is not None:
        unknown = document.scheme == "blob" or (document.is_http and not same_site(page.origin, document.origin))
        return "" if unknown else facts.page_url
    if page is not None and document is not None and page.scheme == "http" and document.scheme == "https":
        return facts.document_url
    if page is None or document is None or facts.in_worker or document.scheme in ("data", "file"):
        return facts.page_url
    foreign = document.is_http and not same_site(page.origin, document.origin)
    return f"{page.origin}/" if foreign or facts.page == "null" else facts.page_url


def _document(facts: Facts) -> str:
    """The URL of the frame that makes the request, which it names where an element is not blocked."""
    return facts.page_url if facts.in_worker else facts.document_url


def _about_local_network(facts: Facts) -> tuple[str, ...]:
    local = facts.local
    if local is None or not local.cause or facts.api in UNNAMED:
        return ()
    reason = Sentence(
        templates.LOCAL_NETWORK.get(local.cause, templates.NOT_PERMITTED), space=local.space, target=local.target
    )
    return (_framed(reason, facts.url, facts.hops, facts),)


def _framed(reason: str, url: str, hops: int, facts: Facts) -> str:
    redirected = Sentence(templates.REDIRECTED, first=facts.first) if hops else ""
    return Sentence(
        templates.FRAME, kind=_kind(facts), url=url, redirected=redirected, origin=facts.page, reason=reason
    )


def _is_address(url: str) -> bool:
    parsed = parse(url)
    return parsed is not None and ip_address(parsed.host) is not None


def _of_policy(violation: Violation, facts: Facts) -> str:
    """A violation of the page's Content-Security-Policy, which may only be reported."""
    same = violation.used == violation.effective
    fallback = "" if same else Sentence(templates.FALLBACK, effective=violation.effective, used=violation.used)
    if facts.mode is Mode.NAVIGATE and violation.effective != "object-src":
        form = violation.effective == "form-action"
        return Sentence(
            templates.NAVIGATION, does=templates.LOADING[violation.effective], url=facts.first if form else _origin(facts.url),
            mode="report-only " if violation.report_only else "", directive=_reserialized(violation.text), fallback=fallback,
            end=templates.NAVIGATED if violation.report_only else templates.NOT_NAVIGATED,
        )  # fmt: skip
    url = violation.url or facts.url
    if violation.effective in NAMED_WITHOUT_FRAGMENT:
        url = url.partition("#")[0]
    directive = violation.text if " " in violation.text else f"{violation.text} "
    return Sentence(
        templates.VIOLATION, does=templates.LOADING.get(violation.effective, templates.LOADING["connect-src"]), url=url, directive=directive,
        fallback=fallback, end=templates.LOGGED if violation.report_only else templates.STOPPED,
    )  # fmt: skip


def _origin(url: str) -> str:
    parsed = parse(url)
    return url if parsed is None else f"{parsed.origin}/"


def _reserialized(directive: str) -> str:
    """The sources that are URLs: `*` alone, else 'self' first; 'none' where there are none."""
    from corsdoctor.browsers.page_policies import is_source  # what a plain check need not load

    name, *sources = directive.split(" ")
    if "*" in sources:
        return f"{name} *"
    own = [source for source in sources if source.lower() == "'self'"][:1]
    shown = [*own, *(source for source in sources if not source.startswith("'") and is_source(source))]
    return " ".join((name, *(shown or ["'none'"])))


def _about_cors(facts: Facts) -> tuple[str, ...]:
    may_say = facts.url.startswith("http") or facts.in_flow
    if facts.rule in templates.BEFORE_SENDING and facts.hops == 0 and may_say and facts.api is Api.FETCH:
        return (Sentence(templates.BEFORE_SENDING[facts.rule], url=facts.url, origin=facts.page),)
    if facts.rule == "port-not-blocked" and facts.mode is Mode.SAME_ORIGIN and facts.in_flow and not facts.hops:
        return (Sentence(templates.BEFORE_SENDING["same-origin-mode"], url=facts.url, origin=facts.page),)
    if facts.rule in ("scheme-is-http", "scheme-is-fetchable") and facts.in_flow and not facts.hops:
        return _about_scheme(facts)
    key = _key(facts)
    if key not in templates.REASONS or (facts.mode is not Mode.CORS):
        return ()
    url, hops = facts.url, facts.hops
    if key == "location-is-http":
        url, hops = facts.target, hops + 1
        if url.partition(":")[0] in _QUIET_SCHEMES:
            return ()
    template = templates.REASONS[key]
    if facts.in_preflight and key not in UNPREFIXED:
        template = templates.PREFLIGHT + template
    if key in ORIGIN_KEYS and facts.api is Api.FETCH:
        template += templates.VALUE_HINT
    if key in CREDENTIALS_KEYS and facts.api is Api.XHR:
        template += templates.XHR_HINT
    reason = Sentence(template, value=_hint(_value(key, facts)), method=facts.method, header=_header(facts))
    return (_framed(reason, url, hops, facts),)


def _about_scheme(facts: Facts) -> tuple[str, ...]:
    """What it says in a flow of a URL with another scheme than http(s)."""
    scheme = facts.url.partition(":")[0]
    local = scheme == "file" or (scheme in _LOCAL_TO_XHR and facts.api is Api.XHR)
    if local and not facts.page_url.startswith("file:"):
        return (Sentence(templates.LOCAL_RESOURCE, url=facts.url),)
    if scheme == "chrome-extension":
        return ()
    if facts.api is Api.FETCH and scheme != "file":
        return (Sentence(templates.UNKNOWN_SCHEME, url=facts.url, scheme=scheme),)
    if facts.api is Api.XHR and scheme == "ftp":
        return (templates.NO_FTP,)
    if facts.rule == "scheme-is-fetchable":
        return ()
    reason = Sentence(templates.REASONS["location-is-http"], value=templates.SCHEMES)
    return (
        Sentence(templates.FRAME, kind=_kind(facts), url=facts.url, redirected="", origin=facts.page, reason=reason),
    )


def _kind(facts: Facts) -> str:
    """What it calls the resource: a video by its own name, anything preloaded by that of the element it is for, and what
    has no name, such as the script of importScripts(), a resource.
    """
    own = facts.element if facts.api is Api.PRELOAD else facts.api
    return templates.KINDS.get(own) or templates.KINDS.get(facts.element, "resource")


def _key(facts: Facts) -> str:
    value = facts.allow_origin or ""
    match facts.rule:
        case "acao-matches-origin" if " " in value or "," in value:
            return "acao-matches-origin/multiple"
        case "acao-matches-origin" if value != "null" and parse(_as_utf8(value)) is None:
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
            return templates.SCHEMES
        case "location-without-userinfo":
            return ""  # it does not print the location
        case _:
            return facts.allow_origin or ""


def _as_utf8(value: str) -> str:
    """A server's value as its URL parser reads it; "" if the bytes are not UTF-8."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return ""


def _hint(value: str) -> str:
    """A server's value with everything but printable ASCII escaped."""
    return "".join(c if " " <= c <= "~" else f"\\u{ord(c):04X}" for c in value)


def _header(facts: Facts) -> str:
    """Of several headers that are not allowed it names the first in its table."""
    missing = {name.lower() for name in facts.missing}
    if len(missing) < 2:
        return next(iter(missing), "")
    from corsdoctor.browsers.chromium_header_map import header_map_order  # what a plain check need not load

    url = parse(facts.first)
    trustworthy = url is not None and is_potentially_trustworthy(url.origin)
    return next(
        name for name in header_map_order(facts.headers, facts.api, is_trustworthy=trustworthy) if name in missing
    )
