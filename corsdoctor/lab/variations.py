"""Scenes that differ in one thing: a request header, a value of the server, a hop of a redirect. One line is one scene."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from corsdoctor.lab.rows import ANY, LOGIN, NO_OPTIONS, OPEN, OWN, TOKEN, X, ask, options, row, scene
from corsdoctor.lab.scene import Row, Scene
from corsdoctor.scenario import Api, Credentials, Mode, Redirect

_Asked = dict[str, Any]
_INCLUDE: Final[_Asked] = {"credentials": Credentials.INCLUDE}
_POST: Final[_Asked] = {"method": "POST", "body": b"a=1"}
_JSON: Final = (("Content-Type", "application/json"),)


def _typed(value: str) -> _Asked:
    return {**_POST, "headers": (("Content-Type", value),)}


def _with(name: str, value: str) -> _Asked:
    return {"headers": ((name, value),)}


_SAFELISTED: Final[tuple[tuple[str, str, _Asked, str], ...]] = (
    ("head", "HEAD", {"method": "HEAD"}, "allowed"),
    ("post", "POST with a text", _POST, "allowed"),
    ("lower-case", "The method `post` in lower case", {**_POST, "method": "post"}, "allowed"),
    ("put", "PUT", {"method": "PUT"}, "blocked"),
    ("delete", "DELETE", {"method": "DELETE"}, "blocked"),
    ("form", "A form's Content-Type", _typed("application/x-www-form-urlencoded"), "allowed"),
    ("multipart", "Content-Type multipart/form-data", _typed("multipart/form-data; boundary=x"), "allowed"),
    ("plain-charset", "Content-Type text/plain with a charset", _typed("text/plain; charset=utf-8"), "allowed"),
    ("upper-case", "Content-Type TEXT/PLAIN", _typed("TEXT/PLAIN"), "allowed"),
    ("json", "Content-Type application/json", _typed("application/json"), "blocked"),
    ("xml", "Content-Type text/xml", _typed("text/xml"), "blocked"),
    ("plain-json", "Content-Type text/plain, application/json", _typed("text/plain, application/json"), "blocked"),
    ("accept", "The header Accept", _with("Accept", "application/json"), "allowed"),
    ("accept-unsafe", "Accept with a parenthesis", _with("Accept", "text/html(1)"), "blocked"),
    ("accept-long", "Accept with 129 characters", _with("Accept", "a" * 129), "blocked"),
    ("language", "The header Accept-Language", _with("Accept-Language", "de-CH, de;q=0.9"), "allowed"),
    ("language-unsafe", "Accept-Language with an underscore", _with("Accept-Language", "de_CH"), "blocked"),
    ("content-language", "The header Content-Language", _with("Content-Language", "de"), "allowed"),
    ("range", "A Range from a first byte", _with("Range", "bytes=0-99"), "allowed"),
    ("range-suffix", "A Range of the last bytes", _with("Range", "bytes=-99"), "blocked"),
    ("ranges", "Two ranges", _with("Range", "bytes=0-9, 20-29"), "blocked"),
    ("authorization", "The header Authorization", {"headers": TOKEN}, "blocked"),
    ("custom", "A header of the application", {"headers": X}, "blocked"),
    ("cache-control", "The header Cache-Control", _with("Cache-Control", "no-cache"), "blocked"),
    ("if-none-match", "The header If-None-Match", _with("If-None-Match", '"1"'), "blocked"),
    ("upload-listener", "An upload listener of XMLHttpRequest", {**_POST, "api": Api.XHR, "upload_listener": True}, "blocked"),
)  # fmt: skip
"""What triggers a preflight request, which this server does not answer: (name, title, request, verdicts)."""

_ORIGINS: Final = (
    ("own", "the page's origin", "{ORIGIN}", "allowed"),
    ("any", "`*`", "*", "allowed"),
    ("spaces", "spaces around the origin", "  {ORIGIN}  ", "allowed"),
    ("null", "`null`", "null", "blocked"),
    ("empty", "an empty value", "", "blocked"),
    ("upper-case", "the host in upper case", "http://LOCALHOST:3000", "blocked"),
    ("https", "https in place of http", "https://localhost:3000", "blocked"),
    ("port", "another port", "http://localhost:1", "blocked"),
    ("no-port", "the port is missing", "http://localhost", "blocked"),
    ("no-scheme", "the scheme is missing", "localhost", "blocked"),
    ("path", "a path behind the origin", "{ORIGIN}/app", "blocked"),
    ("comma", "two origins, with a comma", "{ORIGIN}, https://app.example", "blocked"),
    ("twice", "the page's origin twice", "{ORIGIN}, {ORIGIN}", "blocked"),
    ("quoted", "quotation marks", '"{ORIGIN}"', "blocked"),
    ("regex", "a regular expression", "^http://localhost.*$", "blocked"),
    ("subdomains", "a wildcard for subdomains", "http://*.localhost", "blocked"),
    ("true", "`true`", "true", "blocked"),
)  # fmt: skip
"""Values of Access-Control-Allow-Origin: (name, title, value, verdicts)."""

_CREDENTIALS: Final = (
    ("true", "`true`", "true", "allowed"),
    ("spaces", "spaces around `true`", " true ", "allowed"),
    ("capitals", "`TRUE`", "TRUE", "blocked"),
    ("one", "`1`", "1", "blocked"),
    ("false", "`false`", "false", "blocked"),
    ("twice", "`true, true`", "true, true", "blocked"),
)  # fmt: skip
"""Values of Access-Control-Allow-Credentials: (name, title, value, verdicts)."""

_AC: Final = "Access-Control-Allow-"
_GRANTS: Final[tuple[tuple[str, str, str, _Asked, tuple[str, ...], str], ...]] = (
    ("put", "PUT, which the server lists", "acam-lists-method", {"method": "PUT"}, (f"{_AC}Methods: PUT",), "allowed"),
    ("put-star", "PUT, and the server sends `*`", "acam-lists-method", {"method": "PUT"}, (f"{_AC}Methods: *",), "allowed"),
    ("put-lower", "PUT, and the server lists put", "acam-lists-method", {"method": "PUT"}, (f"{_AC}Methods: put",), "blocked"),
    ("put-spaces", "A list without spaces", "acam-lists-method", {"method": "PUT"}, (f"{_AC}Methods: GET,PUT,DELETE",), "allowed"),
    ("put-two-lines", "Methods on two lines", "acam-lists-method", {"method": "PUT"}, (f"{_AC}Methods: GET", f"{_AC}Methods: PUT"), "allowed"),
    ("put-empty", "No method is listed", "acam-lists-method", {"method": "PUT"}, (), "blocked"),
    ("patch", "PATCH, which the server lists", "acam-lists-method", {"method": "PATCH"}, (f"{_AC}Methods: PATCH",), "allowed"),
    ("header", "A header that the server lists", "acah-lists-headers", {"headers": X}, (f"{_AC}Headers: X-Requested-With",), "allowed"),
    ("header-lower", "A header in another case", "acah-lists-headers", {"headers": X}, (f"{_AC}Headers: x-requested-with",), "allowed"),
    ("header-star", "A header, and the server sends `*`", "acah-lists-headers", {"headers": X}, (f"{_AC}Headers: *",), "allowed"),
    ("header-prefix", "Only the beginning of the header's name", "acah-lists-headers", {"headers": X}, (f"{_AC}Headers: X-Requested",), "blocked"),
    ("header-pattern", "A pattern for header names", "acah-parses", {"headers": X}, (f"{_AC}Headers: X-Requested-With; X-*",), "blocked"),
    ("token", "Authorization, which the server lists", "acah-lists-headers", {"headers": TOKEN}, (f"{_AC}Headers: Authorization",), "allowed"),
    ("json", "Content-Type, which the server lists", "acah-lists-headers", {**_POST, "headers": _JSON}, (f"{_AC}Headers: Content-Type",), "allowed"),
)  # fmt: skip
"""What a preflight response allows: (name, title, rule, request, header lines, verdicts)."""

_STATUSES: Final = (
    (200, "allowed"), (204, "allowed"), (299, "allowed"), (304, "blocked"), (401, "blocked"), (403, "blocked"), (404, "blocked"),
    (500, "blocked"), (503, "blocked"),
)  # fmt: skip
"""Statuses of a preflight response that allows everything: (status, verdicts)."""

_EXPOSED: Final[tuple[tuple[str, str, str | None, tuple[str, ...], _Asked], ...]] = (
    ("safelisted", "Headers that are always readable", None, ("Content-Language: de", "Last-Modified: Mon, 05 Jan 2026 00:00:00 GMT"), {}),
    ("listed", "A header that the server lists", None, ("X-Total: 1", "Access-Control-Expose-Headers: X-Total"), {}),
    ("lower-case", "A header in another case", None, ("X-Total: 1", "Access-Control-Expose-Headers: x-total"), {}),
    ("two-lines", "Lists on two lines", None, ("X-Total: 1", "X-Page: 2", "Access-Control-Expose-Headers: X-Page", "Access-Control-Expose-Headers: X-Total"), {}),
    ("star", "`*` without credentials", None, ("X-Total: 1", "ETag: \"1\"", "Access-Control-Expose-Headers: *"), {}),
    ("star-include", "`*` with credentials", "response-header-exposed", ("X-Total: 1", LOGIN, "Access-Control-Expose-Headers: *"), _INCLUDE),
    ("set-cookie", "Set-Cookie, which is never readable", "response-header-exposed", ("Set-Cookie: a=1", "Access-Control-Expose-Headers: Set-Cookie"), {}),
)  # fmt: skip
"""Response headers that the script can read, or not: (name, title, rule, header lines, request). All are allowed."""

_POLICIES: Final[tuple[tuple[str, str, tuple[str, ...], str], ...]] = (
    ("none", "no header", (), "opaque"),
    ("cross-origin", "`cross-origin`", ("Cross-Origin-Resource-Policy: cross-origin",), "opaque"),
    ("same-site", "`same-site`", ("Cross-Origin-Resource-Policy: same-site",), "blocked"),
    ("unknown", "an unknown value", ("Cross-Origin-Resource-Policy: none",), "opaque"),
    ("upper-case", "`Same-Origin`, which is not `same-origin`", ("Cross-Origin-Resource-Policy: Same-Origin",), "opaque"),
)  # fmt: skip
"""Policies for a request in mode no-cors: (name, title, header lines, verdicts)."""

_CHAINS: Final[tuple[tuple[str, str, tuple[str, ...], tuple[str, ...], _Asked, str], ...]] = (
    ("same-server", "A redirect on the same server", ("{LAB}",), ("own", "own"), {}, "allowed"),
    ("same-server-bare", "The redirect itself has no CORS headers", ("{LAB}",), ("none", "own"), {}, "blocked"),
    ("target-bare", "The target of the redirect has no CORS headers", ("{LAB}",), ("own", "none"), {}, "blocked"),
    ("other-own", "A redirect to another server, which allows the page", ("{OTHER}",), ("own", "own"), {}, "blocked"),
    ("other-any", "A redirect to another server, which allows everybody", ("{OTHER}",), ("own", "any"), {}, "allowed"),
    ("other-null", "A redirect to another server, which allows `null`", ("{OTHER}",), ("own", "null"), {}, "allowed"),
    ("there-and-back", "There and back", ("{OTHER}", "{LAB}"), ("own", "any", "any"), {}, "allowed"),
    ("there-and-back-own", "There and back, to a server that allows the page", ("{OTHER}", "{LAB}"), ("own", "any", "own"), {}, "blocked"),
    ("name", "A redirect to another name of the server", ("{SCHEME}://named.localhost:{LAB_PORT}",), ("own", "any"), {}, "allowed"),
    ("three", "Three redirects on the same server", ("{LAB}", "{LAB}", "{LAB}"), ("own", "own", "own", "own"), {}, "allowed"),
    ("manual", "Redirect mode manual", ("{LAB}",), ("own", "own"), {"redirect": Redirect.MANUAL}, "opaque"),
    ("no-cors", "A redirect in mode no-cors", ("{OTHER}",), ("none", "none"), {"mode": Mode.NO_CORS}, "opaque"),
    ("xhr", "XMLHttpRequest to another server, which allows the page", ("{OTHER}",), ("own", "own"), {"api": Api.XHR}, "blocked"),
)  # fmt: skip
"""Redirects, hop by hop: (name, title, servers after the first, grants, request, verdicts)."""

_MOVED: Final = (
    (301, "a GET without a body"), (302, "a GET without a body"), (303, "a GET without a body"), (307, "a POST with its body"),
    (308, "a POST with its body"),
)  # fmt: skip
"""What becomes of a POST: (status, words)."""

_HOP: Final[dict[str, tuple[str, ...]]] = {
    "none": (),
    "own": OWN,
    "any": ANY,
    "null": ("Access-Control-Allow-Origin: null",),
}


def _chain(path: str, servers: tuple[str, ...], grants: tuple[str, ...], status: int = 302) -> tuple[Row, ...]:
    """The rows of a redirect over `servers`; each grants what `grants` says."""
    hops = [f"/{number}" if number else "" for number in range(len(grants))]
    moves = [
        row(*_HOP[grant], f"Location: {server}{path}{after}", status=status, under=hop)
        for grant, server, hop, after in zip(grants, servers, hops, hops[1:], strict=False)
    ]
    return (*moves, row(*_HOP[grants[-1]], under=hops[-1]))


def _scenes() -> Iterator[Scene]:
    for name, title, request, verdicts in _SAFELISTED:
        rule = None if verdicts == "allowed" else "preflight-status-ok"
        yield scene(
            f"/safelist/{name}",
            f"{title}; the server does not handle OPTIONS",
            rule,
            (NO_OPTIONS, OPEN),
            ask(**request),
            verdicts,
        )
    for name, title, value, verdicts in _ORIGINS:
        rows = (row(f"Access-Control-Allow-Origin: {value}"),)
        yield scene(
            f"/origin/{name}", f"Access-Control-Allow-Origin: {title}", "acao-matches-origin", rows, ask(), verdicts
        )
    for name, title, value, verdicts in _CREDENTIALS:
        rows = (row(*OWN, f"Access-Control-Allow-Credentials: {value}"),)
        yield scene(
            f"/include/{name}",
            f"Access-Control-Allow-Credentials: {title}",
            "acac-true",
            rows,
            ask(**_INCLUDE),
            verdicts,
        )
    for name, title, rule, request, lines, verdicts in _GRANTS:
        yield scene(f"/grant/{name}", title, rule, (options(*OWN, *lines), OPEN), ask(**request), verdicts)
    for status, verdicts in _STATUSES:
        answer = replace(options(*OWN, f"{_AC}Methods: PUT"), status=status)
        title = f"A preflight response with status {status}"
        yield scene(f"/preflight/{status}", title, "preflight-status-ok", (answer, OPEN), ask(method="PUT"), verdicts)
    for name, title, rule, lines, request in _EXPOSED:
        yield scene(f"/exposed/{name}", title, rule, (row(*OWN, *lines),), ask(**request), "allowed")
    for name, title, lines, verdicts in _POLICIES:
        rule = None if verdicts == "opaque" else "corp-allows"
        yield scene(
            f"/policy/{name}",
            f"Cross-Origin-Resource-Policy: {title}",
            rule,
            (row(*lines),),
            ask(mode=Mode.NO_CORS),
            verdicts,
        )
    for name, title, servers, grants, request, verdicts in _CHAINS:
        path = f"/chain/{name}"
        rule = None if verdicts == "opaque" else "acao-present" if "none" in grants else "acao-matches-origin"
        yield scene(path, title, rule, _chain(path, servers, grants), ask(**request), verdicts)
    for status, words in _MOVED:
        path, title = f"/chain/post-{status}", f"{status} after a POST is followed with {words}"
        yield scene(path, title, None, _chain(path, ("{LAB}",), ("own", "own"), status), ask(**_POST), "allowed")


VARIATIONS: Final = tuple(_scenes())
