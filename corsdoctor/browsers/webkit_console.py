"""What WebKit's console says: the reason, and mostly a second line with the URL. The templates are in webkit_templates.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from corsdoctor.browsers import webkit_templates as templates
from corsdoctor.browsers.facts import NAMED_WITHOUT_FRAGMENT
from corsdoctor.host import ip_address, is_loopback
from corsdoctor.scenario import Api, Mode
from corsdoctor.sentence import Sentence, joined
from corsdoctor.url import parse, without_userinfo

if TYPE_CHECKING:
    from corsdoctor.browsers.facts import Facts, Integrity, Mixed, Violation

WORKERS: Final = frozenset({Api.WORKER, Api.MODULE_WORKER, Api.SW_SCRIPT})
SECOND_LINES_OF_ELEMENTS: Final = frozenset({Api.FONT, Api.IMAGE, Api.MODULE, Api.SCRIPT, Api.STYLESHEET, Api.MEDIA})
PREFIXED: Final = frozenset(
    {"acao-present", "acao-matches-origin", "acao-not-wildcard-with-credentials", "acac-true", "corp-allows"}
)
ANY_MODE: Final = frozenset(
    {"corp-allows", "frame-options-allow", "keepalive-body-fits", "framed-page-has-coep", "form-not-sandboxed", "port-not-blocked",
     "redirect-limit", "redirect-mode-allows", "same-origin-mode",
     "no-cors-follows-redirects", "scheme-is-fetchable/local"}
)  # fmt: skip
_NOT_STOPPED: Final = frozenset({Api.IMAGE, Api.SCRIPT, Api.SVG_IMAGE, Api.WEBGL})
"""The APIs for which WebKit does not report that the policy blocked a redirect."""
_UNKNOWN_TYPES: Final = frozenset({"*/*", "application/unknown", "unknown/unknown"})


def console(facts: Facts) -> tuple[str, ...]:
    """One entry with all lines, as WebKit prints them one after the other; nothing where it says nothing."""
    lines: list[str] = [Sentence(templates.UNSET, header=name) for name in facts.unset if facts.api is Api.XHR]
    enforced = [violation for violation in facts.violations if not violation.report_only]
    for violation in facts.violations:
        if violation in enforced[1:]:
            continue  # it stops at the first policy that does not allow the request
        if facts.in_worker and violation.effective != "worker-src" and not violation.report_only:
            continue
        if violation.report_only and violation.effective == "frame-ancestors":
            continue  # it ignores that
        lines.append(_of_policy(violation, facts))
        second = templates.SECOND_LINES.get(facts.api)
        if not violation.report_only and (facts.element is Api.PRELOAD or (facts.hops and second is not None)):
            lines += [] if facts.api in _NOT_STOPPED else [templates.STOPPED]
            lines += (
                [] if second is None else [Sentence(second, url=facts.url, first=facts.first, reason=templates.STOPPED)]
            )
    insecure = facts.page.startswith("https:") and facts.url.startswith("http:") and not facts.hops
    if facts.api is Api.FORM and facts.rule == "csp-allows" and insecure:
        lines.append(Sentence(templates.INSECURE_FORM, page=facts.document_url, url=facts.url))
    lines += [line for mixed in facts.mixed for line in _about_mixed(mixed, facts)]
    if facts.ignored_frame_options:
        lines.append(Sentence(templates.IGNORED_FRAME_OPTIONS, url=facts.url, value=facts.ignored_frame_options))
    if facts.login_refused:
        lines.append(Sentence(templates.LOGIN_REFUSED, url=_shown(facts.url, facts)))
    if facts.canvas_tainted:
        lines.append(templates.TAINTED)
    lines.extend(_about_the_failure(facts))
    return (joined("\n", lines),) if lines else ()


def _about_mixed(mixed: Mixed, facts: Facts) -> list[str]:
    if facts.api is Api.SVG_USE:
        return []
    url, became, _ = mixed
    if became == "upgraded by policy":
        if facts.api is Api.FORM:
            return [Sentence(templates.INSECURE_FORM, page=facts.document_url, url=url)]
        named = parse(url)
        shown = facts.element in (Api.IMAGE, Api.MEDIA, Api.SHAPE) and facts.page_url.startswith("https:")
        if not shown or (named is not None and ip_address(named.host)):
            return []
        became = "upgraded"
    parsed = parse(url)
    local = parsed is not None and is_loopback(parsed.host)
    if became == "upgraded":
        return [Sentence(templates.INSECURE_CONTENT, mark="", page=facts.document_url, url=url, end=templates.UPGRADED)]
    pictured = facts.element in (Api.IMAGE, Api.MEDIA, Api.SHAPE, Api.WEBGL)
    by_name = parsed is not None and not parsed.host.startswith("[")
    kept = Sentence(templates.INSECURE_CONTENT, mark="", page=facts.document_url, url=url, end=templates.KEPT)
    if became == "kept" or (became == "blocked" and local and pictured and not by_name):
        return [kept]
    lines: list[str] = [kept] if local and pictured else []
    lines += [Sentence(templates.INSECURE_FORM, page=facts.document_url, url=url)] if facts.api is Api.FORM else []
    lines += [
        Sentence(
            templates.INSECURE_CONTENT,
            mark="[blocked] ",
            page=facts.document_url,
            url=url,
            end=templates.MUST_LOCAL if local else templates.MUST,
        )
    ]
    if facts.in_worker:
        return lines
    if facts.hops and (second := templates.SECOND_LINES.get(facts.api)) is not None:
        asked = [f"https{facts.first[4:]}" for one in facts.mixed if (one.url, one.became) == (facts.first, "upgraded")]
        lines.append(
            Sentence(second, url=facts.came_from, first=(*asked, facts.first)[0], reason=templates.NOT_REDIRECTED)
        )
    elif facts.api in (Api.FETCH, Api.XHR, Api.EVENTSOURCE):
        lines += [templates.NOT_REQUESTED, Sentence(templates.SECOND_LINES[facts.api], url=url, first=facts.first)]
    elif facts.api is Api.BEACON:
        lines.append(Sentence(templates.SECOND_LINES[facts.api], url=url, reason=templates.NOT_REQUESTED))
    return lines


def _of_policy(violation: Violation, facts: Facts) -> str:
    used = violation.used.removesuffix("-elem")
    if violation.effective == "frame-src" and used == "child-src":
        used = "frame-src"
    if violation.effective == "worker-src" and used != "default-src":
        used = "script-src" if facts.api is Api.IMPORT else "worker-src"
    wanted = "script-src" if violation.effective == "script-src-elem" else violation.effective
    wanted = "style-src" if violation.effective == "style-src-elem" else wanted
    url = violation.url.partition("#")[0] if violation.effective in NAMED_WITHOUT_FRAGMENT else violation.url
    return Sentence(
        templates.VIOLATION if used != "default-src" else templates.VIOLATION_OF_DEFAULT,
        mode="[Report Only] " if violation.report_only else "",
        does="connect to" if violation.effective == "connect-src" else "load", url=url, used=used, wanted=wanted,
    )  # fmt: skip


def _about_integrity(facts: Facts, expected: Integrity) -> list[str]:
    what = "Cannot load stylesheet" if facts.api is Api.STYLESHEET else "Cannot load script"
    what = "Failed integrity metadata check." if facts.api is Api.FETCH else what
    line = Sentence(
        templates.INTEGRITY, what=what, url=facts.first, length=str(expected.length), metadata=expected.metadata
    )
    second = templates.SECOND_LINES[facts.api] if facts.api is Api.FETCH else None
    return [line] if second is None else [line, Sentence(second, url=facts.first, first=facts.first)]


def _about_the_failure(facts: Facts) -> list[str]:
    upgraded = any(one.became.startswith("upgraded") for one in facts.mixed) and not facts.hops
    url = _shown(facts.url, facts)
    first = url if upgraded else _shown(facts.first, facts)
    if facts.api is Api.SVG_USE:  # its URL names an element of the file
        facts = facts._replace(url=facts.url.partition("#")[0])
    if facts.api is Api.FETCH and (
        facts.rule == "data-url-parses"
        or (facts.rule == "same-origin-mode" and not facts.hops)
        or (facts.rule == "port-not-blocked" and facts.mode is Mode.SAME_ORIGIN and not facts.hops)
    ):
        return [Sentence(templates.PLAIN, url=url)]
    if facts.rule == "same-origin-mode" and facts.api in WORKERS and not facts.hops:
        return []
    if facts.rule in ("scheme-is-http", "scheme-is-fetchable") and facts.in_flow and not facts.hops:
        said = _about_scheme(facts)
        if said is not None:
            return said
    if facts.rule == "websocket-accepted":
        return [Sentence(templates.HANDSHAKE, url=f"ws{facts.first[4:]}")]
    if facts.rule == "worker-has-embedder-policy":
        return [
            Sentence(template, url=url)
            for template in (templates.WORKER_BLOCKED, templates.WORKER_STOPPED, templates.SECOND_LINES[Api.WORKER])
        ]
    if facts.rule in ("element-type-fits", "nosniff-type-fits") and facts.api in templates.TYPES:
        if facts.in_worker and facts.api is Api.EVENTSOURCE:
            return []
        template = (
            templates.NOSNIFF
            if facts.rule.startswith("nosniff") and facts.api is Api.SCRIPT
            else templates.TYPES[facts.api]
        )
        return [Sentence(template, url=url if facts.api is Api.EVENTSOURCE else first, type=_type(facts))]
    if facts.rule == "integrity-matches" and facts.integrity is not None:
        return _about_integrity(facts, facts.integrity)
    if facts.rule == "" and facts.api is Api.EVENTSOURCE:
        return [Sentence(templates.CHARSET, charset=facts.charset)] if facts.charset else []
    reason = _reason(facts)
    if not reason:
        return []
    if reason == templates.NOT_HTTP:
        url = without_userinfo(facts.target)
    second = templates.SECOND_LINES.get(facts.api)
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
    second = [Sentence(templates.SECOND_LINES[facts.api], url=facts.url, first=facts.first)] if scripted else []
    if scheme == "file":
        return None if scripted else [Sentence(templates.LOCAL, target=facts.url)]
    if facts.page.startswith("https:"):
        line = Sentence(
            templates.INSECURE_CONTENT, mark="[blocked] ", page=facts.document_url, url=facts.url, end=templates.MUST
        )
        return [line, templates.NOT_REQUESTED, *second] if scripted else [line]
    if scheme == "ftp":
        return [templates.FTP, *second] if scripted or facts.api is Api.IMPORT else None
    return [] if facts.api is Api.IMPORT else None


def _shown(url: str, facts: Facts) -> str:
    """A URL without its userinfo, which it drops from requests that are CORS."""
    kept = facts.mode is Mode.NO_CORS or not (facts.is_cors or facts.hops)
    return url if kept else without_userinfo(url)


def _type(facts: Facts) -> str:
    """The type that it names: the start of the last line, or what the text looks like if that is not a type."""
    from corsdoctor.wire import leading_type  # not needed to recognize messages, nor is the rest of wire

    line = facts.types[-1] if facts.types else ""
    kind = line.partition(";")[0].strip("\t ")
    looked_at = kind.count("/") != 1 or " " in kind or "\t" in kind or kind in _UNKNOWN_TYPES
    if looked_at and facts.api is not Api.EVENTSOURCE:
        return kind if facts.status == 304 else "text/plain"
    return _as_read(leading_type(line, "\t ;,")) or "application/octet-stream"


def _reason(facts: Facts) -> str:
    if facts.rule == "location-parses" and not facts.target:
        return ""
    if facts.rule in templates.REDIRECTION_REASONS:
        if facts.target.startswith("ftp:"):
            return templates.FTP
        if not facts.is_cors and facts.rule != "location-without-userinfo":
            other = _reason_not_to_follow(facts)
            if other is not None:
                return other
        reason = Sentence(templates.REDIRECTION_REASONS[facts.rule], target=facts.target)
        return Sentence(templates.REDIRECTION, target=without_userinfo(facts.target), reason=reason)
    key = _key(facts)
    if key == "port-not-blocked" and facts.mode is Mode.SAME_ORIGIN:
        key = "same-origin-mode"
    if key not in templates.REASONS:
        return ""
    if key == "redirect-limit" and not facts.target:
        return ""
    if key in ("scheme-is-http", "scheme-is-fetchable") and facts.api in SECOND_LINES_OF_ELEMENTS:
        return templates.FTP if facts.url.startswith("ftp:") else ""
    if facts.mode is not Mode.CORS and key.partition("/")[0] not in ANY_MODE and key not in ANY_MODE:
        return ""
    reason = Sentence(
        templates.REASONS[key], origin=facts.origin, status=str(facts.status), value=_value(key, facts), method=facts.method, header=_header(facts),
        url=_shown(facts.url, facts),
        error=templates.NO_ANSWER_TEXTS.get(facts.error or "reset", "The network connection was lost."),
    )  # fmt: skip
    if facts.target and facts.rule in PREFIXED and not facts.in_preflight:
        return Sentence(templates.REDIRECTION, target=without_userinfo(facts.target), reason=reason)
    return reason


def _reason_not_to_follow(facts: Facts) -> str | None:
    """The message about a redirect of a request that was not CORS until then; None if it is the usual one."""
    if facts.rule == "location-parses":
        return ""
    if facts.target.startswith(("blob:", "file:")):
        return Sentence(templates.LOCAL, target=facts.target)
    if facts.mode is Mode.SAME_ORIGIN:
        return Sentence(templates.REASONS["same-origin-mode"], url=facts.target, origin=facts.page)
    if facts.mode is Mode.CORS:
        return None
    if facts.api is Api.FETCH:
        return templates.NOT_HTTP
    return "" if facts.target.startswith(("about:", "data:")) else templates.NOT_HTTP.removesuffix(".")


def _header(facts: Facts) -> str:
    """Of several headers that are not allowed it names the first of those that it knows, and spells it its own way."""
    known = {name.lower(): name for name in templates.KNOWN_NAMES}
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
