"""URLs and origins as the URL Standard and HTML define them. The only file that imports the URL parser.

A library parses (can-ada, the parser of Node.js); this file names the parts that Fetch asks for.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from corsdoctor.host import is_loopback, registrable_domain
from corsdoctor.pattern import Pattern
from corsdoctor.record import Record

_REMEMBERED = 2048  # characters: thousands of longer ones would take gigabytes
DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21}
PARAMETER: Final = Pattern(r"(?<=[?&;#])(?P<name>[^=&;#]*)(?:=(?P<value>[^&;#]*))?")
"""A parameter in a URL's query or fragment, with its value where it has a `=`."""
_SCHEME = Pattern(r"([a-z][a-z0-9+.-]*):(//)?")
_SCHEME_HOST = Pattern(r"([a-z][a-z0-9+.-]*)://[^/?#@\s\\]+")
_APP_ORIGIN = Pattern(r"([a-z][a-z0-9+.-]*)://((?:(?![#%/:<>?@\[\\\]^|])[!-~])+)(?::([0-9]{1,5}))?")


class Origin(Record):
    """A tuple origin, or an opaque one (`scheme` is empty). https://html.spec.whatwg.org/#concept-origin

    `label` says what an opaque origin stands for ("file:", "data:", "sandbox"): for reports, never for a decision.
    """

    scheme: str
    host: str = ""
    port: int | None = None
    label: str = ""

    @property
    def opaque(self) -> bool:
        """Whether this is an opaque origin, which is the same origin as nothing else."""
        return not self.scheme

    def __str__(self) -> str:
        """The serialised origin, "null" for an opaque one. https://html.spec.whatwg.org/#ascii-serialisation-of-an-origin"""
        scheme, host, port, _ = self
        if port is not None:
            return f"{scheme}://{host}:{port}"
        return f"{scheme}://{host}" if scheme else "null"


OPAQUE = Origin("")


class URL(Record):
    """A parsed URL. `href` is the serialisation with its fragment; `port` is None if it is the default."""

    href: str
    scheme: str
    username: str
    password: str
    host: str
    port: int | None
    path: str
    query: str
    fragment: str
    origin: Origin

    @property
    def includes_credentials(self) -> bool:
        """https://url.spec.whatwg.org/#include-credentials"""
        return bool(self.username or self.password)

    @property
    def effective_port(self) -> int | None:
        """The port that a connection would go to."""
        return self.port if self.port is not None else DEFAULT_PORTS.get(self.scheme)

    @property
    def is_http(self) -> bool:
        """Whether the scheme is an HTTP(S) scheme. https://fetch.spec.whatwg.org/#http-scheme"""
        return self.scheme in ("http", "https")

    @property
    def on_the_wire(self) -> str:
        """The URL as a request line needs it: no fragment, no userinfo."""
        if not self.fragment and not self.includes_credentials and not self.href.endswith("#"):
            return self.href
        at = f":{self.port}" if self.port is not None else ""
        question = "?" if self.query or self._bare_question else ""
        return f"{self.scheme}://{self.host}{at}{self.path}{question}{self.query}"

    @property
    def _bare_question(self) -> bool:
        return self.href.split("#", 1)[0].endswith("?")


def parse(text: str, base: str | None = None) -> URL | None:
    """The URL that a browser makes of `text`, relative to `base`; None if it can't be parsed.

    https://url.spec.whatwg.org/#concept-url-parser
    """
    if len(text) > _REMEMBERED:
        return _parsed(text, base)
    return _parsed_once(text, base)


def _parsed(text: str, base: str | None) -> URL | None:
    import can_ada  # 1 ms, which `explain` need not take

    try:
        u = can_ada.parse(_scalars(text)) if base is None else can_ada.parse(_scalars(base)) + _scalars(text)
    except (ValueError, UnicodeError):
        return None
    scheme, port = u.protocol[:-1], int(u.port) if u.port else None
    if "^" in u.pathname and scheme in DEFAULT_PORTS:  # since 2024 in the path percent-encode set
        u.pathname = u.pathname.replace("^", "%5E")
    origin = _origin(scheme, u.hostname, port, u.pathname)
    return URL(
        u.href, scheme, u.username, u.password, u.hostname, port, u.pathname, u.search[1:], u.hash[1:], origin
    )  # fmt: skip


def _origin(scheme: str, host: str, port: int | None, path: str) -> Origin:
    """https://url.spec.whatwg.org/#concept-url-origin"""
    if scheme in DEFAULT_PORTS:
        return Origin(scheme, host, port)
    if scheme == "blob" and path.lstrip().lower().startswith("http"):  # no blob: in a blob: in a blob:
        inner = parse(path)
        if inner is not None and inner.scheme in ("http", "https"):
            return inner.origin
    return Origin("", label=f"{scheme}:")


_parsed_once = lru_cache(maxsize=4096)(_parsed)


def _scalars(text: str) -> str:
    """A USVString: a lone surrogate becomes U+FFFD."""
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def escape_pipe(url: URL) -> URL:
    """`url` with `|` in its path percent-encoded, as one browser sends it."""
    if "|" not in url.path or not url.is_http:
        return url
    path = url.path.replace("|", "%7C")
    return url._replace(href=url.href.replace(url.path, path, 1), path=path)


def with_userinfo(url: URL, username: str, password: str) -> URL:
    """`url` with a user name and a password, as XMLHttpRequest's open() makes it; itself where its host can't have any."""
    from urllib.parse import quote  # the same

    bare = without_userinfo(url.href)
    return parse(bare.replace("://", f"://{quote(username, safe='')}:{quote(password, safe='')}@", 1)) or url


def without_userinfo(href: str) -> str:
    """`href` as browsers show it: without a user name and password."""
    scheme, separator, rest = href.partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{path}"


def percent_decode(text: str) -> bytes:
    """https://url.spec.whatwg.org/#string-percent-decode"""
    from urllib.parse import unquote_to_bytes  # 2 ms, which `explain` need not take

    return unquote_to_bytes(text)


def normalize_percent_encoding(href: str) -> str:
    """`href` with `%41` decoded to `A` (RFC 3986, 6.2.2), and the hex digits of the rest in upper case."""

    def one(match: re.Match[str]) -> str:
        char = chr(int(match[1], 16))
        return char if char.isascii() and (char.isalnum() or char in "-._~") else match[0].upper()

    return re.sub(r"%([0-9A-Fa-f]{2})", one, href) if "%" in href else href


def parse_origin(text: str) -> Origin | None:
    """The origin that `text` serialises: "null", a scheme alone ("file:"), or scheme://host[:port]; else None.

    Strict: what a browser would not send as an Origin header (a path, upper case, a default port) is None.
    Schemes of apps and extensions (capacitor://localhost, chrome-extension://id) are tuple origins in browsers, also with
    an empty host: apps and browsers that were started with a flag send `Origin: file://`.
    """
    if text.startswith(("http://", "https://")):  # as nearly always
        url = parse(text)
        return url.origin if url is not None and str(url.origin) == text else None
    if text == "null":
        return Origin("", label="null")
    if (alone := _SCHEME.compiled.fullmatch(text)) is not None:
        if alone[1] in DEFAULT_PORTS:
            return None
        return Origin(alone[1]) if alone[2] else Origin("", label=text)
    m = _SCHEME_HOST.compiled.fullmatch(text)
    if m is None:
        return None
    if m[1] in DEFAULT_PORTS:
        url = parse(text)
        return url.origin if url is not None and url.host and str(url.origin) == text else None
    return _apps_origin(text)


def _apps_origin(text: str) -> Origin | None:
    """The origin of a scheme that only its application knows; its host has no forbidden domain code point.

    https://url.spec.whatwg.org/#forbidden-domain-code-point
    """
    m = _APP_ORIGIN.compiled.fullmatch(text)
    if m is None:
        return None
    origin = Origin(m[1], m[2], int(m[3]) if m[3] else None)
    return origin if str(origin) == text and (origin.port or 0) <= 0xFFFF else None


def same_origin(a: Origin, b: Origin) -> bool:
    """https://html.spec.whatwg.org/#same-origin (two opaque origins are never known to be the same one here)"""
    return not a.opaque and a.host == b.host and a.scheme == b.scheme and a.port == b.port


def schemelessly_same_site(a: Origin, b: Origin) -> bool:
    """https://html.spec.whatwg.org/#schemelessly-same-site"""
    if a.opaque or b.opaque:
        return False
    if a.host == b.host:
        return True
    if a.host.split(".")[-2:] != b.host.split(".")[-2:]:
        return False  # a registrable domain has two labels at least, so the list of suffixes need not be loaded
    mine, theirs = registrable_domain(a.host), registrable_domain(b.host)
    return mine is not None and mine == theirs


def same_site(a: Origin, b: Origin) -> bool:
    """https://html.spec.whatwg.org/#same-site"""
    return a.scheme == b.scheme and schemelessly_same_site(a, b)


def is_potentially_trustworthy(origin: Origin) -> bool:
    """https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy"""
    return origin.scheme in ("https", "wss") or (not origin.opaque and is_loopback(origin.host))
