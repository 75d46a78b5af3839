"""What is known of a host by its name alone: its registrable domain, and whether it is an address, this machine or a local network."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

    from publicsuffixlist import PublicSuffixList

_LOOPBACK = ("127.0.0.0/8", "::1/128")
_PRIVATE = (
    "10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10",
)  # fmt: skip
_FOR_EXAMPLES = ("example", "test", "invalid", "localhost")
"""Top-level domains of documentation and tests. https://www.rfc-editor.org/rfc/rfc2606#section-2"""


@lru_cache(maxsize=256)
def registrable_domain(host: str) -> str | None:
    """The registered part of `host` ("a.b.co.uk" -> "b.co.uk"); None for an address or a suffix.

    A trailing dot stays: `example.com.` and `example.com` are two sites.
    https://url.spec.whatwg.org/#host-registrable-domain
    """
    if ip_address(host) is not None:
        return None
    bare = host.removesuffix(".")
    decoded = _decoded(bare)
    found = _end_of(bare, _suffixes_of(decoded).privatesuffix(decoded))
    return None if found is None else found + host[len(bare) :]


def registered_domain(host: str) -> str | None:
    """The part of `host` that somebody could register; None for an address, a suffix, and a top-level domain that is not known."""
    if ip_address(host) is not None:
        return None
    decoded = _decoded(host)
    return _end_of(host.removesuffix("."), _suffixes_of(decoded).privatesuffix(decoded, accept_unknown=False))


def is_private_suffix(host: str) -> bool:
    """Whether anybody can have a name beside `host`: its public suffix is one of a hosting service, such as github.io."""
    decoded = _decoded(host)
    suffix: str | None = _suffixes_of(decoded).publicsuffix(decoded)
    if suffix is None or "." not in suffix:  # a top-level domain is nobody's service
        return False
    return suffix != _suffixes_of(decoded, only_icann=True).publicsuffix(decoded)


def _decoded(host: str) -> str:
    """`host` with Unicode in place of Punycode, as the lists below have it."""
    return ".".join(map(_decoded_label, host.split("."))) if "xn--" in host else host


def _decoded_label(label: str) -> str:
    try:
        return label[4:].encode().decode("punycode") if label.startswith("xn--") else label
    except UnicodeError:
        return label  # it is nothing that was registered


def _end_of(host: str, decoded: str | None) -> str | None:
    """The last labels of `host`, as many as `decoded` has."""
    return None if decoded is None else ".".join(host.split(".")[-1 - decoded.count(".") :])


def ip_address(host: str) -> IPv4Address | IPv6Address | None:
    """The address that `host` is, brackets or not; None for a domain."""
    from ipaddress import ip_address as address_of  # 1 ms, for most requests in vain

    try:
        return address_of(host.strip("[]"))
    except ValueError:
        return None


@lru_cache(maxsize=256)
def is_loopback(host: str) -> bool:
    """Whether `host` is this machine by its name or address. https://w3c.github.io/webappsec-secure-contexts/"""
    if host.rstrip(".") == "localhost" or host.rstrip(".").endswith(".localhost"):
        return True
    return is_in(_LOOPBACK, host)


@lru_cache(maxsize=256)
def is_private(host: str) -> bool:
    """Whether `host` is an address of a local network or an mDNS name.

    The networks are RFC 1918's, those of carriers' NAT, link-local and unique local ones.
    https://wicg.github.io/local-network-access/
    """
    return host.rstrip(".").endswith(".local") or is_in(_PRIVATE, host)


def is_internal_name(host: str) -> bool:
    """Whether no public name server can have `host`: it has one label, or ends with a top-level domain that is not assigned.

    The names for documentation and tests stand for public ones. https://www.rfc-editor.org/rfc/rfc8375 is about home.arpa.
    """
    name = host.rstrip(".")
    if ip_address(host) is not None or name.rpartition(".")[2] in _FOR_EXAMPLES:
        return False
    decoded = _decoded(name)
    return name.endswith(".home.arpa") or _suffixes_of(decoded).publicsuffix(decoded, accept_unknown=False) is None


def is_in(networks: tuple[str, ...], host: str) -> bool:
    """Whether `host` is an address in one of `networks`; an IPv4 address may be written as an IPv6 one."""
    address = ip_address(host)
    mapped = getattr(address, "ipv4_mapped", None) or address
    return mapped is not None and any(mapped in network for network in _networks(networks))


@cache
def _networks(texts: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    from ipaddress import ip_network

    return tuple(map(ip_network, texts))


@lru_cache(maxsize=2048)
def _suffixes(top: str, *, only_icann: bool = False) -> PublicSuffixList:
    """The public suffixes that end in `top`, a top-level domain: to parse all of them takes twice as long."""
    from publicsuffixlist import PublicSuffixList  # 10 ms: only if a site is needed

    of_registries, of_services = _lists()
    rules = _rules(top, of_registries) + ([] if only_icann else _rules(top, of_services))
    return PublicSuffixList(rules, accept_encoded_idn=False)


@cache
def _lists() -> tuple[str, str]:
    """The rules of registries and those of hosting services, each with a line break before and behind it."""
    from importlib.resources import files

    text = files("publicsuffixlist").joinpath("public_suffix_list.dat").read_text("utf-8")
    of_registries, of_services = text.split("===END ICANN DOMAINS===")
    return of_registries, f"{of_services}\n"


def _rules(top: str, text: str) -> list[str]:
    """The rules in `text` whose last label is `top`; to look at each of its 16,000 lines takes ten times as long."""
    found = [top] if top and f"\n{top}\n" in text else []
    end = f".{top}\n"
    at = text.find(end)
    while at >= 0:
        rule = text[text.rfind("\n", 0, at) + 1 : at + len(end) - 1]
        if not rule.startswith("//"):
            found.append(rule)
        at = text.find(end, at + 1)
    return found


def _suffixes_of(decoded: str, *, only_icann: bool = False) -> PublicSuffixList:
    return _suffixes(decoded.rstrip(".").rpartition(".")[2], only_icann=only_icann)
