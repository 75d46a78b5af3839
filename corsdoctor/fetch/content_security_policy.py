"""Content Security Policy: whether a page may make a request. https://w3c.github.io/webappsec-csp/

Left out: nonces of elements, and hashes of inline scripts, because a flow does not have them; reports; and the directives that
are not about requests. upgrade-insecure-requests is a matter of mixed content.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import Final

from corsdoctor.browsers.profile import Profile
from corsdoctor.fetch.request import FetchParams, Request
from corsdoctor.record import Record
from corsdoctor.rule import Cause, Failure, Field, Rule
from corsdoctor.scenario import Api
from corsdoctor.scenario.page import Client
from corsdoctor.sentence import Sentence, whole
from corsdoctor.url import DEFAULT_PORTS, OPAQUE, URL, Origin, parse, percent_decode, same_origin
from corsdoctor.wire import Headers, ascii_lower, ascii_words

CSP: Final = "Content-Security-Policy"
_META: Final = ascii_lower(CSP)
NOT_LISTED = Cause(
    "not-in-csp",
    "The directive does not list the origin of the URL.",
    fix="Add the origin of the URL to that directive of the page's own Content-Security-Policy.",
)
CSP_ALLOWS = Rule(
    id="csp-allows",
    title="The page's Content-Security-Policy allows the request",
    failure=Failure(
        "The page's Content-Security-Policy (`{value}`) does not allow the request to {url}",
        bare="The page's Content-Security-Policy does not allow the request",
    ),
    spec="https://w3c.github.io/webappsec-csp/#should-block-request",
    step="",
    what="A page can list from where it loads what: connect-src is for fetch(), XMLHttpRequest, EventSource and WebSocket, "
    "img-src for images, and so on. default-src is used where a directive is missing.",
    why="An attacker who gets a script into the page can then neither load code nor send data elsewhere. The browser checks "
    "this before CORS, so no header of the server changes it.",
    fix="Add the origin of the URL to that directive of the page's own Content-Security-Policy.",
    bad="Content-Security-Policy: connect-src 'self'",
    good="Content-Security-Policy: connect-src 'self' https://api.example",
    causes=(NOT_LISTED,),
)
RULES: Final = (CSP_ALLOWS,)

_OF_DESTINATIONS: Final = {
    "": "connect-src", "audio": "media-src", "audioworklet": "script-src-elem", "font": "font-src", "frame": "frame-src",
    "iframe": "frame-src", "image": "img-src", "manifest": "manifest-src", "object": "object-src", "script": "script-src-elem",
    "style": "style-src-elem", "track": "media-src", "video": "media-src", "worker": "worker-src", "serviceworker": "worker-src",
}  # fmt: skip
_OF_APIS: Final = {Api.FORM: ("form-action", "frame-src"), Api.PREFETCH: ("default-src",)}
_FALLBACKS: Final = {
    "form-action": (), "default-src": (), "script-src-elem": ("script-src", "default-src"), "style-src-elem": ("style-src", "default-src"),
    "worker-src": ("child-src", "script-src", "default-src"), "frame-src": ("child-src", "default-src"),
}  # fmt: skip
_OF_SCRIPTS: Final = ("script-src-elem", "script-src", "default-src")
_SCRIPT_LIKE: Final = ("audioworklet", "script", "serviceworker", "worker")
"""https://fetch.spec.whatwg.org/#request-destination-script-like"""
_HASH: Final = re.compile(r"sha(?:256|384|512)-[A-Za-z0-9+/_-]+={0,2}")
REPORTED: Final = "A report-only policy of the page (`{value}`) does not allow {url}"
_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*):", re.I)
_HOST: Final = re.compile(r"(?:([a-z][a-z0-9+.-]*)://)?(\*|(?:\*\.)?[a-z0-9.-]+)(?::(\d{1,5}|\*))?(/[^?#]*)?", re.I)


class _Socket(Enum):
    """Whether it is a WebSocket, and whether a host without a scheme may stand for ws: and wss:."""

    NONE = auto()
    BY_HOST = auto()
    BY_SCHEME = auto()


class Policy(Record):
    """https://w3c.github.io/webappsec-csp/#content-security-policy-object : its directives by name, in their own words."""

    directives: dict[str, str]
    report_only: bool = False


def policies_of_response(headers: Headers) -> Iterator[Policy]:
    """https://w3c.github.io/webappsec-csp/#parse-response-csp"""
    for name, report_only in ((CSP, False), (f"{CSP}-Report-Only", True)):
        for line in headers.values(name):
            yield from (_parsed(text, report_only=report_only) for text in line.split(","))


def policies_of(client: Client) -> Iterator[Policy]:
    """The policies of the client's response, and those of the page's markup."""
    yield from policies_of_response(client.headers)
    if client.page.head and (client.frame is None or client.is_local):
        from corsdoctor.scenario.markup import metas  # what a page without markup need not load

        for meta in metas(client.page.head):
            if meta.http_equiv == _META:
                yield _parsed(meta.content, report_only=False)


def _parsed(text: str, *, report_only: bool) -> Policy:
    """https://w3c.github.io/webappsec-csp/#parse-serialized-policy"""
    directives: dict[str, str] = {}
    for token in text.split(";"):
        words = ascii_words(token)
        if words:
            directives.setdefault(ascii_lower(words[0]), " ".join((ascii_lower(words[0]), *words[1:])))
    return Policy(directives, report_only)


def upgrades_insecure_requests(client: Client) -> bool:
    """Whether a policy of the client says so, or one of the page around it: every frame inherits that.

    https://w3c.github.io/webappsec-upgrade-insecure-requests/#nesting
    """
    around = () if client.frame is None else policies_of(client._replace(frame=None))
    policies = (*policies_of(client), *around)
    return any("upgrade-insecure-requests" in one.directives for one in policies if not one.report_only)


def blocks_all_mixed_content(client: Client) -> bool:
    """https://w3c.github.io/webappsec-mixed-content/#strict-checking , which is obsolete"""
    return any("block-all-mixed-content" in one.directives for one in policies_of(client) if not one.report_only)


def is_blocked_by_csp(request: Request, client: Client, params: FetchParams, *, report_only: bool) -> bool:
    """https://w3c.github.io/webappsec-csp/#should-block-request , also for the blob: URL of the worker that makes the request."""
    made = parse(client.shown_url) if client.worker is not None and not request.redirect_count else None
    if made is not None and _is_blocked(
        request.with_(api=Api.WORKER, url_list=(made._replace(origin=OPAQUE),)), client, params, report_only=report_only
    ):
        return True
    return _is_blocked(request, client, params, report_only=report_only)


def _is_blocked(request: Request, client: Client, params: FetchParams, *, report_only: bool) -> bool:
    """A policy that only reports is noted; `report_only` chooses those, or the others."""
    blocked = False
    for effective in _effective_directives(request, params.profile):
        if blocked and not params.profile.refused_forms_are_framed:
            break
        for policy in (one for one in policies_of(client) if one.report_only is report_only):
            names = (effective, *_FALLBACKS.get(effective, ("default-src",)))
            used = next((name for name in names if name in policy.directives), None)
            sources = [] if used is None else policy.directives[used].split(" ")[1:]
            if used is None or _allows(request, sources, client, params.profile):
                continue
            if used in _OF_SCRIPTS and request.destination in _SCRIPT_LIKE and _is_trusted_script(request, sources):
                continue
            upgrades = (
                "upgrade-insecure-requests" in policy.directives and params.profile.policy_allows_what_it_upgrades
            )
            if upgrades and _allows(request.over_https(), sources, client, params.profile):
                continue
            evidence = ((CSP, policy.directives[used]), (Field.URL, _shown(request)), (Field.WANTED, effective))
            if policy.report_only:
                params.trace.note(CSP_ALLOWS, evidence, REPORTED)
            else:
                params.trace.failed(CSP_ALLOWS, evidence, _listing(request, policy.directives[used], effective))
                blocked = True
    return blocked


def _is_trusted_script(request: Request, sources: list[str]) -> bool:
    """Whether the page's script may load the script from anywhere: none that it loads is parser-inserted, and import() has the
    nonce of the script that calls it.

    https://w3c.github.io/webappsec-csp/#script-pre-request
    """
    words = [ascii_lower(source) for source in sources]
    if "'strict-dynamic'" in words:
        return True
    if request.api is Api.IMPORT and any(word.startswith("'nonce-") for word in words):
        return True
    hashes = [word for word in ascii_words(request.init.integrity) if _HASH.fullmatch(word)]
    return bool(hashes) and all(f"'{word}'" in sources for word in hashes)


def _effective_directives(request: Request, profile: Profile) -> tuple[str, ...]:
    """https://w3c.github.io/webappsec-csp/#effective-directive-for-a-request , and that of a navigation."""
    found = _OF_APIS.get(request.api) or (_OF_DESTINATIONS[request.destination],)
    if request.api is Api.FORM and request.redirect_count and not profile.form_action_covers_redirects:
        return found[1:]
    return found


def _listing(request: Request, used: str, effective: str) -> Cause:
    """The cause, whose fix has the directive that would allow the request: a new one if a fallback such as default-src blocked it."""
    name, *sources = used.split(" ")
    kept = [source for source in sources if source.lower() != "'none'"]
    url = request.url
    origin = f"{url.scheme}:" if url.origin.opaque or url.scheme == "blob" else str(url.origin)
    wanted = " ".join(
        (effective.removesuffix("-elem"), *kept, f"ws{origin[4:]}" if request.api is Api.WEBSOCKET else origin)
    )
    action = "change this directive to" if name in wanted.split(" ") else "add"
    text = "In the page's own Content-Security-Policy, {action} `{wanted}`."
    return NOT_LISTED._replace(fix=Sentence(text, action=whole(action), wanted=wanted))


def _shown(request: Request) -> str:
    url = request.url.href
    if request.api is Api.SVG_USE:  # whose URL names an element of the file
        url = url.partition("#")[0]
    return f"ws{url[4:]}" if request.api is Api.WEBSOCKET else url


def _allows(request: Request, sources: list[str], client: Client, profile: Profile) -> bool:
    mine = client.page.url.origin if client.frame is None or client.is_local else client.url.origin
    socket = _Socket.NONE
    if request.api is Api.WEBSOCKET:
        socket = _Socket.BY_HOST if profile.hosts_cover_websockets else _Socket.BY_SCHEME
    elif not profile.websocket_sources_cover_http:
        sources = [source for source in sources if not source.lower().startswith(("ws:", "wss:"))]
    return matches(request.url, sources, mine, redirected=request.redirect_count > 0, socket=socket)


def matches(url: URL, sources: list[str], mine: Origin, *, redirected: bool, socket: _Socket = _Socket.NONE) -> bool:
    """https://w3c.github.io/webappsec-csp/#match-url-to-source-list ; `mine` is what 'self' stands for."""
    return any(_matches_one(url, source, mine, redirected=redirected, socket=socket) for source in sources)


def _matches_one(url: URL, source: str, mine: Origin, *, redirected: bool, socket: _Socket) -> bool:
    """https://w3c.github.io/webappsec-csp/#match-url-to-source-expression"""
    if source == "*":  # 1.
        return url.is_http or url.scheme == mine.scheme
    if source.lower() == "'self'":  # 5.
        return _is_own(url, mine)
    if (scheme := _SCHEME.fullmatch(source)) is not None:  # 2.
        return _scheme_matches(scheme[1].lower(), url.scheme, socket=socket is not _Socket.NONE)
    host = _HOST.fullmatch(source)
    if host is None:
        return False
    wanted = (host[1] or mine.scheme).lower()
    return (  # 3.
        _scheme_matches(
            wanted, url.scheme, socket=socket is _Socket.BY_SCHEME or (socket is _Socket.BY_HOST and bool(host[1]))
        )
        and _host_matches(host[2].lower(), url.host)
        and _port_matches(host[3], wanted, url)
        and (redirected or not host[4] or _path_matches(host[4], url.path))
    )


def _is_own(url: URL, mine: Origin) -> bool:
    if same_origin(url.origin, mine):
        return True
    return url.host == mine.host and _scheme_matches(mine.scheme, url.scheme) and url.port == mine.port


def _scheme_matches(wanted: str, scheme: str, *, socket: bool = False) -> bool:
    """https://w3c.github.io/webappsec-csp/#match-schemes ; a WebSocket's URL has http(s) here, which `socket` says."""
    if socket and wanted in ("http", "https"):
        return False
    wanted = {"ws": "http", "wss": "https"}.get(wanted, wanted)
    return wanted == scheme or (wanted == "http" and scheme == "https")


def _host_matches(pattern: str, host: str) -> bool:
    """https://w3c.github.io/webappsec-csp/#match-hosts"""
    if pattern.startswith("*."):
        return host.endswith(pattern[1:])
    return pattern in ("*", host)


def _port_matches(port: str | None, wanted: str, url: URL) -> bool:
    """https://w3c.github.io/webappsec-csp/#match-ports"""
    if port is None:
        return url.port is None
    if port == "*" or int(port) == url.effective_port:
        return True
    return int(port) == DEFAULT_PORTS.get(wanted) and url.port is None


def _path_matches(pattern: str, path: str) -> bool:
    """https://w3c.github.io/webappsec-csp/#match-paths"""
    wanted, given = percent_decode(pattern), percent_decode(path)
    return given.startswith(wanted) if wanted.endswith(b"/") else given == wanted
