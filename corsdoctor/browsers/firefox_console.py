"""What Firefox's console says. The templates are in firefox_templates.py."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from corsdoctor.browsers import firefox_templates as templates
from corsdoctor.host import ip_address
from corsdoctor.scenario import Api, Mode, Redirect
from corsdoctor.sentence import Sentence
from corsdoctor.url import parse, same_origin, without_userinfo
from corsdoctor.wire import ascii_words

if TYPE_CHECKING:
    from corsdoctor.browsers.facts import Facts, Mixed, Violation

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
_LOCAL: Final = frozenset({"file", "view-source"})
_PARTIAL: Final = 206
_NO_CHANNEL: Final = frozenset({"chrome", "ws", "wss"})
PRELOADS: Final = frozenset({Api.PRELOAD, Api.MODULEPRELOAD})
_NO_SCRIPTS: Final = ("audio/", "image/", "video/", "text/csv")
_OPEN_RESPONSES: Final = frozenset({Api.FETCH, Api.BEACON})
"""The APIs whose responses opaque response blocking does not check."""
_SNIFFED: Final = frozenset(
    {("element-status-ok", Api.SCRIPT), ("element-status-ok", Api.STYLESHEET), ("element-has-content", Api.IMAGE),
     ("element-has-content", Api.SHAPE)}
)  # fmt: skip
"""What opaque response blocking looks at before the element does."""
_HASHED_ALWAYS: Final = frozenset({Api.SCRIPT, Api.MODULE, Api.MODULEPRELOAD})
"""The APIs whose responses are compared with the integrity even if CORS blocks them."""
_HASH: Final = re.compile(r"([^-]+)-[A-Za-z0-9+/_-]+={0,2}(?:\?[!-~]*)?")


def console(facts: Facts) -> tuple[str, ...]:
    """The messages about CORS for one request: none, one, or up to three."""
    if facts.in_flow and not facts.hops and facts.rule in ("scheme-is-http", "scheme-is-fetchable"):
        scheme = facts.url.partition(":")[0]
        if facts.api is Api.EVENTSOURCE or scheme in _NO_CHANNEL or (scheme == "about" and facts.url != "about:blank"):
            return ()
        if scheme in _LOCAL and not facts.page_url.startswith("file:"):
            return (Sentence(templates.LINK_ERROR, document=facts.document_name, url=facts.url),)
    if facts.in_flow and _is_of_other_origin(facts):
        return (Sentence(templates.SECURITY_ERROR, document=facts.document_name, url=facts.url.partition("#")[0]),)
    if facts.rule == "frame-options-allow":
        template = templates.FRAME_OPTIONS_CONFLICT if "," in facts.value else templates.FRAME_OPTIONS
        return (Sentence(template, url=facts.url, value=facts.value.lower()),)
    if facts.ignored_frame_options:
        return (Sentence(templates.FRAME_OPTIONS_CONFLICT, url=facts.url),)
    warnings: tuple[str, ...] = tuple(Sentence(templates.WARNING, url=url) for url in facts.warned)
    said = () if facts.api in PRELOADS and not facts.hops else facts.violations
    policies = tuple(_of_policy(violation, facts) for violation in said)
    relaxed = tuple(Sentence(templates.RELAXED, policy=policy, url=url) for policy, url in facts.relaxed)
    if facts.rule == "csp-allows" and facts.hops and facts.mode is Mode.CORS:
        return (*policies, *relaxed, *_not_followed(facts))
    warnings = (*policies, *_without_integrity(facts), *warnings, *relaxed, *_about_redirect(facts))
    blocked = _is_mixed(facts)
    if blocked and (facts.in_worker or facts.api in PRELOADS):
        told = facts.in_worker and facts.hops and facts.mode is Mode.CORS
        return (*warnings, *_not_followed(facts)) if told else warnings
    if not (facts.api is Api.WEBSOCKET or facts.in_worker):
        mixed = tuple(_about_mixed(one) for one in facts.mixed if one.became in templates.MIXED)
        if blocked and facts.hops and facts.mode is Mode.CORS:
            return (*warnings, *_about_local_network(facts), *mixed, *_not_followed(facts))
        warnings += mixed
    warnings += _about_local_network(facts)
    if facts.rule == "corp-allows" and facts.in_flow:
        silent = facts.in_worker and facts.api is Api.FETCH
        return warnings if silent else (*warnings, Sentence(templates.CORP, url=facts.url))
    return warnings + _failure(facts) + _about_type(facts) + _about_integrity(facts)


def _is_mixed(facts: Facts) -> bool:
    return any(one.became == "blocked" for one in facts.mixed)


def _about_mixed(mixed: Mixed) -> str:
    by_policy = mixed.blocks_all and mixed.became == "blocked"
    return Sentence(templates.MIXED["blocked by policy" if by_policy else mixed.became], url=mixed.url)


def _not_followed(facts: Facts) -> tuple[str, ...]:
    """What it says of a redirect that is not followed: it is a failure if it left the page's origin, and no module."""
    said: tuple[str, ...] = ()
    if not _is_same_origin(facts.page, facts.came_from):
        said = (_message("did-not-succeed", facts._replace(url=facts.came_from), status="(null)"),)
    return (*said, *_no_module(facts, facts.came_from))


def _no_module(facts: Facts, url: str) -> tuple[str, ...]:
    """What Firefox reports for a redirect that it does not follow: it takes the redirect for the module."""
    if not (facts.element is Api.MODULE and facts.api in templates.LOADING) or _is_code(_type(facts)):
        return ()
    what = Sentence(templates.LOADING[facts.api], url=url)
    return (Sentence(templates.DISALLOWED_TYPE, what=what, type=_type(facts)),)


def _type(facts: Facts) -> str:
    from corsdoctor.wire import leading_type  # what `explain` need not load

    return leading_type(facts.types[-1], "\t ;").lower() if facts.types else ""


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
    kind = _type(facts)
    api = facts.element if facts.api in PRELOADS else facts.api
    if facts.is_data and api is Api.SCRIPT:
        return (
            Sentence(templates.ODD_TYPE, url=facts.url, type=kind),
            _opaque(facts.url, templates.OPAQUE_SCRIPT),
        )
    foreign = _is_foreign(facts)
    if foreign and facts.rule == "element-has-content" and kind and facts.is_data and not _is_error(facts):
        return (_opaque(facts.url, templates.OPAQUE_SCRIPT),)
    sniffed = foreign and not (kind == "image/svg+xml" or _is_code(kind))
    if sniffed and _is_error(facts) and (facts.rule, facts.element) in _SNIFFED:
        return (_opaque(facts.url, templates.OPAQUE_STATUS),)
    if foreign and facts.rule == "element-status-ok" and facts.element is Api.MEDIA:
        reason = templates.OPAQUE_MEDIA_STATUS if kind.startswith(("audio/", "video/")) else templates.OPAQUE_MEDIA
        return (_opaque(facts.url, reason),)
    if facts.rule == "opaque-response-not-blocked" and facts.status == _PARTIAL and api is not Api.SCRIPT:
        return (_opaque(facts.url, templates.OPAQUE_PART),)
    if facts.rule == "element-status-ok" and facts.element is Api.MEDIA and not foreign:
        return (Sentence(templates.MEDIA_STATUS, url=facts.url, status=str(facts.status)),)
    if facts.rule == "opaque-response-not-blocked" and facts.is_nosniff and facts.api in (Api.IMAGE, Api.MEDIA):
        return (_opaque(facts.url, templates.OPAQUE_NOSNIFF),)
    if facts.odd_script_type is not None:
        return (Sentence(templates.ODD_TYPE, url=facts.url, type=facts.odd_script_type),)
    picture = kind.startswith(("audio/", "image/", "video/"))
    passes = kind == "image/svg+xml" or (
        facts.is_empty and not picture
    )  # an empty body is valid JavaScript, so that only the style sheet refuses it
    sheet = facts.rule == "element-type-fits" and api in (Api.STYLESHEET, Api.CSS_IMPORT)
    if sheet and _is_foreign(facts) and not passes and (kind or not facts.hops):
        return (_opaque(facts.url, templates.OPAQUE_PICTURE if picture else templates.OPAQUE_SCRIPT),)
    if facts.rule == "nosniff-type-fits" and api is Api.SCRIPT and kind.startswith(_NO_SCRIPTS):
        return (Sentence(templates.DISALLOWED_TYPE, what=Sentence(templates.NO_SCRIPT, url=facts.url), type=kind),)
    blocked_script = facts.rule == "opaque-response-not-blocked" and api in (
        Api.SCRIPT,
        Api.STYLESHEET,
        Api.CSS_IMPORT,
    )
    if facts.rule == "nosniff-type-fits" or blocked_script:
        return (Sentence(templates.NOSNIFF, url=facts.url, type=kind),)
    if facts.rule == "element-type-fits" and api in templates.LOADING:
        what = templates.LOADING[api] if not kind.startswith(_NO_SCRIPTS) else templates.NO_SCRIPT
        return (Sentence(templates.DISALLOWED_TYPE, what=Sentence(what, url=facts.url), type=kind),)
    if sheet:
        sniffed_type = "text/plain" if facts.hops else ""  # after a redirect it looks at the text
        return (Sentence(templates.DISALLOWED_STYLE, url=facts.first, type=kind or sniffed_type),)
    return ()


def _is_code(kind: str) -> bool:
    """Whether opaque response blocking lets everything of this type through."""
    return kind == "text/css" or kind.endswith(("javascript", "ecmascript"))


def _is_error(facts: Facts) -> bool:
    return facts.status is not None and not 200 <= facts.status < 300


def _opaque(url: str, reason: str) -> str:
    return Sentence(templates.OPAQUE, url=without_userinfo(url), reason=reason)


def _is_foreign(facts: Facts) -> bool:
    """Whether opaque response blocking looks at the response."""
    return facts.mode is Mode.NO_CORS and not _is_same_origin(facts.page, facts.url)


def _about_redirect(facts: Facts) -> tuple[str, ...]:
    """A redirect that is not followed is the response of an element without CORS, and not one that it accepts."""
    stopped = facts.rule == "csp-allows" or _is_mixed(facts)
    if not (
        stopped and facts.in_flow and facts.hops and facts.mode is Mode.NO_CORS and facts.api not in _OPEN_RESPONSES
    ):
        return ()
    if _is_same_origin(facts.page, facts.came_from) or _is_code(_type(facts)):
        return ()
    reason = templates.OPAQUE_MEDIA if facts.element is Api.MEDIA else templates.OPAQUE_STATUS
    return (_opaque(facts.came_from, reason),)


def _without_integrity(facts: Facts) -> tuple[str, ...]:
    """For each Integrity-Policy that a script violates, except for preloads."""
    if facts.api in PRELOADS:
        return ()
    return tuple(
        Sentence(
            templates.WITHOUT_INTEGRITY, mode="(Report-Only policy) " if reports else "",
            blocked="would block" if reports else "blocked", url=facts.url,
        )
        for reports in facts.without_integrity
    )  # fmt: skip


def _about_integrity(facts: Facts) -> tuple[str, ...]:
    """For a script or a module, it also checks a response that CORS blocks, as if its body were empty."""
    expected = facts.integrity
    if (
        expected is None
        or facts.rule == "integrity-policy-allows"
        or (facts.api is Api.FETCH and facts.rule not in ("", "integrity-matches"))
    ):
        return ()
    parsed = tuple(_parsing(expected.metadata))
    looked_at = facts.rule == "integrity-matches" or (
        facts.api in _HASHED_ALWAYS and not facts.in_preflight and facts.rule.startswith(("acao-", "acac-"))
    )
    if not looked_at:
        return parsed
    if not expected.is_readable:
        return (*parsed, Sentence(templates.INTEGRITY_UNREADABLE, url=facts.url))
    if not expected.algorithm:
        return parsed
    said = Sentence(templates.INTEGRITY, algorithm=expected.algorithm, url=facts.first, computed=expected.computed)
    wrong = (templates.INTEGRITY_LENGTH,) * expected.wrong_lengths + (
        templates.INTEGRITY_NOT_DECODED,
    ) * expected.undecodable
    return (*parsed, said, *wrong)


def _parsing(metadata: str) -> Iterator[str]:
    """The messages about each hash that it cannot parse, and about an attribute without a valid one."""
    words, valid = ascii_words(metadata), False
    for word in words:
        match = _HASH.fullmatch(word)
        if match is None:
            yield Sentence(templates.INTEGRITY_MALFORMED, word=word)
        elif match[1] not in ("sha256", "sha384", "sha512"):
            yield Sentence(templates.INTEGRITY_UNSUPPORTED, name=match[1])
        else:
            valid = True
    if words and not valid:
        yield templates.INTEGRITY_EMPTY


def _about_local_network(facts: Facts) -> tuple[str, ...]:
    """What it prints for each request to a more private address space, with the stack of the script below it."""
    local = facts.local
    if local is None or local.in_preflight or not local.has_window:
        return ()
    actions = {"": "auto_allow", templates.NOT_ASKED: "(null)"}
    words = {
        "page": local.page, "initiator": local.initiator, "url": local.url, "address": _address(local.url),
        "via": templates.VIA.get(facts.api, local.url.partition(":")[0]), "secure": "True" if local.secure else "False",
        "action": actions.get(local.cause, "auto_deny") if local.needs_permission else "(null)",
    }  # fmt: skip
    asks = local.needs_permission and (local.delegated or local.cause == templates.NOT_ASKED)
    detected = Sentence(templates.DETECTED, **words)
    return (Sentence(templates.NEEDS_PERMISSION, **words), detected) if asks else (detected,)


def _address(url: str) -> str:
    """Address and port of the server; of a host name, the address is taken to be that of this machine."""
    parsed = parse(url)
    assert parsed is not None  # it was requested
    literal = ip_address(parsed.host)
    return f"{'127.0.0.1' if literal is None else literal}:{parsed.effective_port}"


def _of_policy(violation: Violation, facts: Facts) -> str:
    from corsdoctor.browsers.firefox_page import written  # what a plain check need not load
    from corsdoctor.browsers.page_policies import NONE, is_source

    scheme = (facts.page_url if facts.page == "null" else facts.page).partition(":")[0]
    sources = [word for word in violation.text.split(" ")[1:] if is_source(word)] or [NONE]
    words = [written(word, scheme) for word in sources]
    what, does = {
        "script-src-elem": ("a script", " from being executed"), "worker-src": ("a worker script", " from being executed"),
        "style-src-elem": ("a style", " from being applied"),
    }.get(violation.effective, ("the loading of a resource", ""))  # fmt: skip
    return Sentence(
        templates.VIOLATION, mode="(Report-Only policy) " if violation.report_only else "",
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
    if facts.local is not None and facts.local.cause == templates.NOT_ASKED and facts.in_worker:
        return (gave_up,)  # once the worker ends
    if facts.in_preflight and facts.rule in NOT_FOLLOWED:
        return (gave_up, gave_up)
    api = facts.element if facts.api in PRELOADS else facts.api
    if facts.rule in NOT_FOLLOWED or facts.rule in GIVEN_UP_ALWAYS or (facts.rule, api) in GIVEN_UP:
        return (gave_up,)
    if facts.rule == "port-not-blocked" and facts.came_from:
        return (_message("did-not-succeed", facts._replace(url=facts.came_from), status="(null)"),)
    if facts.rule == "preflight-answered":
        return (gave_up, gave_up)
    key = _key(facts)
    if key not in templates.REASONS or (key == "scheme-is-http" and not not_http):  # that one is from older versions
        return ()
    message = _message(key, facts, status=str(facts.status))
    if not facts.in_preflight:
        follows = facts.is_redirect and facts.redirect is Redirect.FOLLOW
        return (message, gave_up, *(_no_module(facts, facts.url) if facts.in_flow else ())) if follows else (message,)
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
    reason = Sentence(templates.REASONS[key], value=_value(key, facts), header=_header(facts))
    template = templates.FRAME.replace("{url}", "‘{url}’") if key == _QUOTES_URL else templates.FRAME
    tail = templates.STATUS.format(value=status) if key in WITH_STATUS else ""
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
