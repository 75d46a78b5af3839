"""The origins that are worth a try, and what a server that allows one of them gets wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

from corsdoctor.browsers.hosts import HOST_CHARACTERS
from corsdoctor.host import (
    ip_address,
    is_loopback,
    is_private,
    is_private_suffix,
    registered_domain,
    registrable_domain,
)
from corsdoctor.record import Record
from corsdoctor.url import Origin, parse
from corsdoctor.wire import Headers

STRANGER_HOST: Final = "stranger.example"
"""A host that no server can know, and that anybody could register."""
_LABEL: Final = "corsdoctor"
_OTHER_PORT: Final = 8443
_PUBLIC_ADDRESS: Final = "203.0.113.7"  # of a network for documentation, so that it is nobody's
_MOST_DOTS: Final = 3
_MOST_PORT: Final = 65_535
_MIDDLE: Final = 2
_RARE_TOPS: Final = ("xyz", "nu", "nz", "mx")
_ACCENTED: Final = "áéíóúàèìòùâêîôûäëïöüñç"
_PLAIN: Final = "aeiouaeiouaeiouaeiounc"


class Trick(StrEnum):
    """How an origin relates to those that a server means to allow."""

    STRANGER = "stranger"
    OWN = "own"
    TRUSTED = "trusted"
    NAMED = "named"
    RELATED = "related"
    NULL = "null"
    INSECURE = "insecure-scheme"
    PORT = "other-port"
    SUBDOMAIN = "subdomain"
    SIBLING = "sibling"
    PREFIX = "prefix"
    HYPHEN = "hyphen"
    SUFFIX = "suffix"
    AROUND = "around"
    SUBSTRING = "substring"
    ANY_NAME = "any-name"
    TRUNCATED = "truncated"
    DOT = "unescaped-dot"
    INNER_DOT = "unescaped-inner-dot"
    TLD = "other-tld"
    CHARACTER = "special-character"
    LOOKALIKE = "lookalike"
    TENANT = "tenant"
    HOSTED = "hosted"
    LOCALHOST = "localhost"
    LOCALHOST_PREFIX = "localhost-prefix"
    PRIVATE = "private-address"
    ADDRESS = "public-address"
    PLAYGROUND = "playground"
    FILE = "file"
    EXTENSION = "extension"


class Candidate(Record):
    """An origin to try. `base` is the allowed origin that it imitates, "" if it imitates none."""

    trick: Trick
    origin: Origin
    base: str = ""


STRANGER: Final = Candidate(Trick.STRANGER, Origin("https", STRANGER_HOST))
"""An origin that only a server that allows every origin allows."""
WITHOUT_TLS: Final = Candidate(Trick.STRANGER, Origin("http", STRANGER_HOST))
"""The same for a server that allows every origin on http alone."""
UNRELATED_HOST: Final = "unrelated.test"
"""Shares nothing with STRANGER_HOST: a server that allows one of them may look for a word in it."""
NULL: Final = Candidate(Trick.NULL, Origin("", label="sandbox"))
_PLAYGROUNDS: Final = ("codepen.io", "jsfiddle.net", "cdpn.io", "jsbin.com")
_HOSTING: Final = (
    "vercel.app", "netlify.app", "github.io", "pages.dev",
    "onrender.com", "herokuapp.com", "up.railway.app", "ngrok-free.app", "web.app", "azurewebsites.net", "cloudfront.net", "amplifyapp.com",
    "lovable.app", "fly.dev", "workers.dev", "firebaseapp.com", "s3.amazonaws.com", "azurestaticapps.net",
)  # fmt: skip
"""Suffixes under which anyone can get a name; the first four are the most common in lists of allowed origins."""
_MARKS_OF_HOSTING: Final = (
    ("x-render-origin-server", "", "onrender.com"), ("x-railway-request-id", "", "up.railway.app"), ("fly-request-id", "", "fly.dev"),
    ("via", "vegur", "herokuapp.com"), ("via", "heroku-router", "herokuapp.com"), ("ngrok-agent-ips", "", "ngrok-free.app"),
    ("set-cookie", "ARRAffinity=", "azurewebsites.net"), ("x-amz-cf-id", "", "cloudfront.net"),
)  # fmt: skip
"""Response headers of hosting services: (name, a part of the value, the suffix of their customers)."""
_PORTS_OF_DEVELOPMENT: Final = (8000, 5000, 3001)
ANYWHERE: Final = (
    Candidate(Trick.LOCALHOST, Origin("http", "localhost", 3000)),
    Candidate(Trick.LOCALHOST, Origin("http", "localhost")),
    *(Candidate(Trick.LOCALHOST, Origin("http", "localhost", port)) for port in (5173, 8080, 4200)),
    Candidate(Trick.LOCALHOST, Origin("http", "127.0.0.1", 8080)),
    Candidate(Trick.FILE, Origin("file")),
    *(Candidate(Trick.PLAYGROUND, Origin("https", host)) for host in _PLAYGROUNDS[:1]),
    *(Candidate(Trick.HOSTED, Origin("https", f"{_LABEL}.{suffix}")) for suffix in _HOSTING[:4]),
    Candidate(Trick.EXTENSION, Origin("chrome-extension", "abcdefghijklmnopabcdefghijklmnop")),
    Candidate(Trick.PRIVATE, Origin("http", "192.168.1.1")),
)
"""Origins that lists of allowed origins often have, whatever the server, the most telling ones first."""
RARELY: Final = (
    Candidate(Trick.LOCALHOST, Origin("https", "localhost")),
    *(Candidate(Trick.HOSTED, Origin("https", f"{_LABEL}.{suffix}")) for suffix in _HOSTING[4:]),
    Candidate(Trick.EXTENSION, Origin("moz-extension", "c0a5d0c7-0000-4000-8000-c0a5d0c70000")),
    *(Candidate(Trick.LOCALHOST, Origin("http", "localhost", port)) for port in _PORTS_OF_DEVELOPMENT),
    *(Candidate(Trick.LOCALHOST, Origin("http", "127.0.0.1", port)) for port in (3000, 5500)),
    *(Candidate(Trick.PRIVATE, Origin("http", host)) for host in ("192.168.0.1", "10.0.0.1", "172.16.0.1")),
    *(Candidate(Trick.PLAYGROUND, Origin("https", host)) for host in _PLAYGROUNDS[1:]),
)
"""Those that such lists have less often. Most of them need a larger budget than the default."""


def hosted_alike(host: str, responses: Iterable[Headers]) -> Iterator[Candidate]:
    """Customers of the hosting services that the audited server uses, by its name and its headers: it probably allows pages there."""
    own = registrable_domain(host) if is_private_suffix(host) else None
    marked = (
        suffix for headers in responses for name, part, suffix in _MARKS_OF_HOSTING
        if any(part in value for value in headers.values(name))
    )  # fmt: skip
    for suffix in dict.fromkeys((*(() if own is None else (own.partition(".")[2],)), *marked)):
        yield Candidate(Trick.HOSTED, Origin("https", f"{_LABEL}.{suffix}"))


def imitations(base: Origin) -> Iterator[Candidate]:
    """The origins that a sloppy comparison takes for `base`, the most telling ones first."""
    name = str(base)
    for trick, scheme, host, port in _imitations(base):
        url = parse(str(Origin(scheme, host, port)))
        if url is not None and url.origin != base:
            yield Candidate(trick, url.origin, name)


def rare_imitations(base: Origin) -> Iterator[Candidate]:
    """Those that only one browser makes, or that show little more than another one."""
    for character in (*TELLING[:2:-1], TELLING[0]):
        yield Candidate(Trick.CHARACTER, base._replace(host=f"{base.host}{character}.{STRANGER_HOST}"), str(base))
    for host in _truncated(base.host, registrable_domain(base.host))[1:]:
        yield Candidate(Trick.TRUNCATED, base._replace(host=host), str(base))


def contained(base: Origin) -> Candidate:
    """The origin that contains the host of `base`, and neither begins nor ends with it."""
    return Candidate(Trick.SUBSTRING, base._replace(host=f"{_LABEL}{base.host}.{STRANGER_HOST}"), str(base))


def any_name(base: Origin) -> Candidate:
    """An origin that has only the public suffix in common with `base`."""
    domain = registrable_domain(base.host) or base.host
    return Candidate(Trick.ANY_NAME, base._replace(host=f"{_LABEL}-stranger.{domain.partition('.')[2]}"), str(base))


def around(base: Origin) -> Candidate:
    """The origin that begins with `base` and ends with its domain: one try for several sloppy comparisons."""
    domain = registrable_domain(base.host) or base.host
    return Candidate(Trick.AROUND, base._replace(host=f"{base.host}.{_LABEL}{domain}"), str(base))


def beginning_with(local: Origin) -> Candidate:
    """A public host whose name begins with that of an origin of this machine, or with an address of a local network."""
    return Candidate(Trick.LOCALHOST_PREFIX, local._replace(host=f"{local.host}.{STRANGER_HOST}", port=None))


def anywhere_on(local: Origin) -> Candidate:
    """The origin of an address that anyone can have, in place of one that is allowed."""
    return Candidate(Trick.ADDRESS, local._replace(host=_PUBLIC_ADDRESS))


def unrelated(stranger: Origin) -> Candidate:
    """A second stranger."""
    return Candidate(Trick.STRANGER, stranger._replace(host=UNRELATED_HOST))


def named(origin: Origin) -> Candidate:
    """An origin that a server allows by name, with what may be wrong with it."""
    if is_loopback(origin.host):
        return Candidate(Trick.LOCALHOST, origin)
    if is_private(origin.host):
        return Candidate(Trick.PRIVATE, origin)
    if origin.scheme == "file":
        return Candidate(Trick.FILE, origin)
    if origin.host in _PLAYGROUNDS:
        return Candidate(Trick.PLAYGROUND, origin)
    return Candidate(Trick.INSECURE if origin.scheme == "http" else Trick.NAMED, origin)


def related(own: Origin) -> Iterator[Candidate]:
    """The origins of the same site that a server probably allows, where the user named none."""
    domain = registrable_domain(own.host)
    for host in () if domain is None else (f"app.{domain}", domain, f"www.{domain}"):
        yield Candidate(Trick.RELATED, Origin("https", host))


def in_turn(of: Iterable[Iterable[Candidate]]) -> list[Candidate]:
    """The imitations of several origins, each trick for all of them before the next one."""
    found = [candidate for some in of for candidate in some]
    order = list(dict.fromkeys(candidate.trick for candidate in found))
    return sorted(found, key=lambda one: order.index(one.trick))


def _imitations(base: Origin) -> Iterator[tuple[Trick, str, str, int | None]]:
    scheme, host, port, _ = base
    domain = registrable_domain(host)
    if scheme == "https":
        yield Trick.INSECURE, "http", host, port
    if domain is None or not is_private_suffix(host):
        yield Trick.AROUND, scheme, around(base).origin.host, port
    yield Trick.PREFIX, scheme, f"{host}.{STRANGER_HOST}", port
    if ip_address(host) is None:
        yield from _of_name(scheme, host, port, domain)
    for character in TELLING[1:3]:
        yield Trick.CHARACTER, scheme, f"{host}{character}.{STRANGER_HOST}", port
    yield Trick.HYPHEN, scheme, f"{host}-{_LABEL}.{STRANGER_HOST}", port
    yield Trick.PORT, scheme, host, _OTHER_PORT if port != _OTHER_PORT else None
    if port is not None and port * 10 <= _MOST_PORT:  # begins with the port
        yield Trick.PORT, scheme, host, port * 10


def _of_name(
    scheme: str, host: str, port: int | None, domain: str | None
) -> Iterator[tuple[Trick, str, str, int | None]]:
    if domain is not None and (others := _beside_preview(domain)):  # other names may be previews of the same customer
        yield from ((Trick.TENANT, scheme, other, port) for other in others)
        return
    yield Trick.SUFFIX, scheme, f"{_LABEL}{domain or host}", port
    yield Trick.SUBDOMAIN, scheme, f"{_LABEL}.{host}", port
    yield from ((Trick.DOT, scheme, other, port) for other in _with_other_dots(host, domain))
    if domain is not None and is_private_suffix(host):
        name, _, suffix = domain.partition(".")
        yield from ((Trick.TENANT, scheme, f"{other}.{suffix}", port) for other in _beside(name))
    elif domain is not None and domain != host:
        for beside in dict.fromkeys((host.partition(".")[2], domain)):
            yield Trick.SIBLING, scheme, f"{_LABEL}.{beside}", port
    yield from ((Trick.INNER_DOT, scheme, other, port) for other in _with_other_inner_dots(host, domain))
    if domain is None:
        return
    name, _, suffix = domain.partition(".")
    for truncated in _truncated(host, domain)[:1]:
        yield Trick.TRUNCATED, scheme, truncated, port
    before = host.removesuffix(domain)
    if not is_private_suffix(host):
        for other in _other_tops(name, suffix)[:1]:
            yield Trick.TLD, scheme, f"{before}{name}.{other}", port
    yield Trick.LOOKALIKE, scheme, f"{before}{_lookalike(name)}.{suffix}", port


def _truncated(host: str, domain: str | None) -> list[str]:
    """The parts of `host` that somebody could register: example.co and xample.com of example.com."""
    if domain is None or _beside_preview(domain):
        return []
    end = [host[:-1]] if registered_domain(host[:-1]) is not None else []
    return end + ([domain[1:]] if _can_be_registered(domain[1:], host) == domain[1:] else [])


def _other_tops(name: str, suffix: str) -> list[str]:
    """Suffixes that are as long as `suffix`, so that patterns take them for it, and too rare for the owner of `name` to have them."""
    before, dot, top = suffix.rpartition(".")
    others = [f"{before}{dot}{other}" for other in _RARE_TOPS if len(other) == min(len(top), 3) and other != top]
    return [other for other in others if registered_domain(f"{name}.{other}") == f"{name}.{other}"]


def _beside(name: str) -> Iterator[str]:
    """Names of other customers: any, and those that begin or end like `name`, do both, or have another number or last part."""
    yield _LABEL
    yield f"{_LABEL}-{name}"
    yield f"{name}-{_LABEL}"
    parts = name.split("-")
    if len(parts) > _MIDDLE and all(parts):
        yield "-".join((*parts[:-1], _LABEL))
    if len(parts) > _MIDDLE and all(parts):
        yield f"{parts[0]}-{_LABEL}-{parts[-1]}"
    if any(map(str.isdecimal, parts)):
        yield "-".join(f"{part}0" if part.isdecimal() else part for part in parts)


def _beside_preview(domain: str) -> tuple[str, ...]:
    """Names of previews of other customers, if `domain` is that of a preview: only a part of its name is the customer's.

    https://docs.netlify.com/deploy/deploy-types/branch-deploys/ and https://firebase.google.com/docs/hosting/test-preview-deploy
    """
    name, _, suffix = domain.partition(".")
    first, _, last = name.partition("--")
    if not last or first == "xn":
        return ()
    match suffix:
        case "netlify.app":
            return tuple(f"{first}--{other}.{suffix}" for other in _beside(last))
        case "web.app":
            return tuple(f"{other}--{last}.{suffix}" for other in _beside(first))
    return ()


def _with_other_dots(host: str, domain: str | None) -> Iterator[str]:
    """`host` with a letter in place of one dot, if somebody else could register the result. A domain is taken with its `www.`."""
    if host == domain and not is_private_suffix(host) and registered_domain(host) == host:
        yield f"wwwx{host}"
    dots = [at for at, char in enumerate(host) if char == "."]
    for at in dots[:_MOST_DOTS]:
        other = f"{host[:at]}x{host[at + 1 :]}"
        if _can_be_registered(other, host) not in (None, domain):
            yield other


def _with_other_inner_dots(host: str, domain: str | None) -> Iterator[str]:
    """`host` with a letter in place of one dot between the labels before its registrable domain."""
    inner = host.removesuffix(f".{domain}") if domain is not None and domain != host else ""
    dots = [at for at, char in enumerate(inner) if char == "."]
    for at in dots[:_MOST_DOTS]:
        yield f"{host[:at]}x{host[at + 1 :]}"


def _can_be_registered(other: str, host: str) -> str | None:
    """The part of `other` that somebody could register: its top-level domain is known, or that of `host`."""
    ends_alike = other.rpartition(".")[2] == host.rpartition(".")[2]
    return registrable_domain(other) if ends_alike else registered_domain(other)


def _lookalike(name: str) -> str:
    """`name` with accents, or without those that it has: a comparison that ignores accents takes it for the same."""
    if name.startswith("xn--"):
        return name[4:].encode().decode("punycode", "ignore").translate(str.maketrans(_ACCENTED, _PLAIN))
    return name.translate(str.maketrans(_PLAIN[:5], _ACCENTED[:5]))


def _telling_characters() -> tuple[str, ...]:
    """One character for each group of browsers that send it in a host, most browsers first.

    `_` is a letter for many patterns, so another one that all browsers send is there too.
    """
    of: dict[tuple[str, ...], list[str]] = {}
    for character in dict.fromkeys("".join(HOST_CHARACTERS.values())):
        if character != "-":  # stands between two letters in other candidates
            of.setdefault(tuple(n for n, known in HOST_CHARACTERS.items() if character in known), []).append(character)
    everywhere, *some = sorted(of, key=len, reverse=True)
    return (*of[everywhere][:2], *(of[browsers][0] for browsers in some))


TELLING: Final = _telling_characters()
