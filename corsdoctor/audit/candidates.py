"""The origins that are worth a try, and what a server that allows one of them gets wrong."""

# Without `from __future__ import annotations`: a named tuple compiles each annotation that is a string, which takes 6 us.

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, NamedTuple

from corsdoctor.audit.hosts import HOST_CHARACTERS
from corsdoctor.url import Origin, ip_address, is_private_suffix, parse_origin, registered_domain, registrable_domain

STRANGER_HOST: Final = "stranger.example"
"""A host that no server can know, and that anybody could register."""
_LABEL: Final = "corsdoctor"
_OTHER_PORT: Final = 8443
_MOST_DOTS: Final = 3


class Trick(StrEnum):
    """How an origin relates to those that a server means to allow."""

    STRANGER = "stranger"
    OWN = "own"
    TRUSTED = "trusted"
    NULL = "null"
    INSECURE = "insecure-scheme"
    PORT = "other-port"
    SUBDOMAIN = "subdomain"
    SIBLING = "sibling"
    PREFIX = "prefix"
    HYPHEN = "hyphen"
    SUFFIX = "suffix"
    SUBSTRING = "substring"
    TRUNCATED = "truncated"
    DOT = "unescaped-dot"
    CHARACTER = "special-character"
    TENANT = "tenant"
    LOCALHOST = "localhost"
    LOCALHOST_PREFIX = "localhost-prefix"
    PLAYGROUND = "playground"
    FILE = "file"
    EXTENSION = "extension"


class Candidate(NamedTuple):
    """An origin to try. `base` is the allowed origin that it imitates, "" if it imitates none."""

    trick: Trick
    origin: Origin
    base: str = ""


STRANGER: Final = Candidate(Trick.STRANGER, Origin("https", STRANGER_HOST))
"""An origin that only a server that allows every origin allows."""
NULL: Final = Candidate(Trick.NULL, Origin("", label="sandbox"))
ANYWHERE: Final = (
    Candidate(Trick.LOCALHOST, Origin("http", "localhost", 3000)),
    Candidate(Trick.LOCALHOST_PREFIX, Origin("http", f"localhost.{STRANGER_HOST}")),
    Candidate(Trick.PLAYGROUND, Origin("https", "codepen.io")),
    Candidate(Trick.PLAYGROUND, Origin("https", "jsfiddle.net")),
    Candidate(Trick.FILE, Origin("file")),
    Candidate(Trick.EXTENSION, Origin("chrome-extension", "abcdefghijklmnopabcdefghijklmnop")),
)
"""Origins that lists of allowed origins often have, whatever the server."""


def imitations(base: Origin) -> Iterator[Candidate]:
    """The origins that a sloppy comparison takes for `base`, the most telling ones first."""
    name = str(base)
    for trick, scheme, host, port in _imitations(base):
        origin = parse_origin(str(Origin(scheme, host, port)))
        if origin is not None and origin != base:
            yield Candidate(trick, origin, name)


def contained(base: Origin) -> Candidate:
    """The origin that contains the host of `base`, and neither begins nor ends with it."""
    return Candidate(Trick.SUBSTRING, base._replace(host=f"{_LABEL}{base.host}.{STRANGER_HOST}"), str(base))


def _imitations(base: Origin) -> Iterator[tuple[Trick, str, str, int | None]]:
    scheme, host, port, _ = base
    domain = registrable_domain(host)
    if scheme == "https":
        yield Trick.INSECURE, "http", host, port
    yield Trick.PREFIX, scheme, f"{host}.{STRANGER_HOST}", port
    if ip_address(host) is None:
        yield Trick.SUFFIX, scheme, f"{_LABEL}{domain or host}", port
        yield Trick.SUBDOMAIN, scheme, f"{_LABEL}.{host}", port
        yield from ((Trick.DOT, scheme, other, port) for other in _with_other_dots(host, domain))
        if domain is not None and is_private_suffix(host):
            yield Trick.TENANT, scheme, f"{_LABEL}-{domain}", port
        elif domain is not None and domain != host:
            yield Trick.SIBLING, scheme, f"{_LABEL}.{domain}", port
        if domain is not None and registered_domain(domain[1:]) == domain[1:]:
            yield Trick.TRUNCATED, scheme, domain[1:], port
        if registered_domain(host[:-1]) is not None:  # example.co of example.com
            yield Trick.TRUNCATED, scheme, host[:-1], port
    yield Trick.HYPHEN, scheme, f"{host}-{_LABEL}.{STRANGER_HOST}", port
    for character in _telling_characters():
        yield Trick.CHARACTER, scheme, f"{host}{character}.{STRANGER_HOST}", port
    yield Trick.PORT, scheme, host, _OTHER_PORT if port != _OTHER_PORT else None


def _with_other_dots(host: str, domain: str | None) -> Iterator[str]:
    """`host` with a letter in place of one dot, where somebody else could register the result."""
    dots = [at for at, char in enumerate(host) if char == "."]
    for at in dots[:_MOST_DOTS]:
        other = f"{host[:at]}x{host[at + 1 :]}"
        if registered_domain(other) not in (None, domain):
            yield other


def _telling_characters() -> tuple[str, ...]:
    """One character for each group of browsers that send it in a host, most browsers first."""
    of: dict[tuple[str, ...], str] = {}
    for character in dict.fromkeys("".join(HOST_CHARACTERS.values())):
        if character != "-":  # stands between two letters in other candidates
            of.setdefault(tuple(name for name, known in HOST_CHARACTERS.items() if character in known), character)
    return tuple(of[browsers] for browsers in sorted(of, key=len, reverse=True))
