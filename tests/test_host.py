"""What is known of a host by its name."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

import pytest
from publicsuffixlist import PublicSuffixList

from corsdoctor.host import (
    ip_address,
    is_internal_name,
    is_loopback,
    is_private,
    is_private_suffix,
    registered_domain,
    registrable_domain,
)


@pytest.mark.parametrize(
    ("host", "wanted"),
    [
        ("a.b.co.uk", "b.co.uk"), ("b.co.uk", "b.co.uk"), ("co.uk", None), ("a.example", "a.example"), ("localhost", None),
        ("127.0.0.1", None), ("[::1]", None), ("x.a.github.io", "a.github.io"),
        ("a.b.co.uk.", "b.co.uk."), ("co.uk.", None),
        ("a.xn--55qx5d.cn", "a.xn--55qx5d.cn"), ("xn--55qx5d.cn", None), ("a.xn--a-0fa.com", "xn--a-0fa.com"),
        ("b.a.xn--p1ai", "a.xn--p1ai"), ("a.xn--99999.com", "xn--99999.com"),
    ],
)  # fmt: skip
def test_registrable_domain(host: str, wanted: str | None) -> None:
    assert registrable_domain(host) == wanted


@pytest.mark.parametrize(
    ("host", "wanted"),
    [
        ("a.b.co.uk", "b.co.uk"),
        ("co.uk", None),
        ("a.no-such-tld", None),
        ("127.0.0.1", None),
        ("[::1]", None),
        ("b.a.xn--p1ai", "a.xn--p1ai"),
        ("a.xn--99999", None),
        ("a.com.", "a.com"),
    ],
)
def test_registered_domain(host: str, wanted: str | None) -> None:
    assert registered_domain(host) == wanted


@pytest.mark.parametrize(
    ("host", "wanted"),
    [
        ("github.io", True),
        ("a.github.io", True),
        ("co.uk", False),
        ("b.co.uk", False),
        ("com", False),
        ("", False),
        ("a.xn--p1ai", False),
    ],
)
def test_is_private_suffix(host: str, wanted: bool) -> None:
    assert is_private_suffix(host) is wanted


def test_the_suffixes_of_one_top_level_domain_are_those_of_the_whole_list() -> None:
    text = files("publicsuffixlist").joinpath("public_suffix_list.dat").read_text("utf-8")
    rules = [line for line in text.splitlines() if line and not line.startswith("//")]
    whole, of_registries = (PublicSuffixList(accept_encoded_idn=False, only_icann=only) for only in (False, True))
    for rule in (*rules[::23], "*.ck", "!www.ck", "unknown"):
        name = rule.lstrip("!").removeprefix("*.")
        assert is_private_suffix(name) is (whole.publicsuffix(name) != of_registries.publicsuffix(name)), name
        for host in (name, f"a.{name}", f"b.a.{name}"):
            assert registrable_domain(host) == whole.privatesuffix(host), host
            assert registered_domain(host) == whole.privatesuffix(host, accept_unknown=False), host


@dataclass(frozen=True)
class Host:
    id: str
    address: bool
    loopback: bool = False
    private: bool = False


HOSTS = (
    Host("localhost", False, loopback=True),
    Host("localhost.", False, loopback=True),
    Host("app.localhost", False, loopback=True),
    Host("app.localhost.", False, loopback=True),
    Host("notlocalhost", False),
    Host("localhost.example", False),
    Host("127.0.0.1", True, loopback=True),
    Host("127.255.255.254", True, loopback=True),
    Host("128.0.0.1", True),
    Host("[::1]", True, loopback=True),
    Host("[::2]", True),
    Host("0.0.0.0", True),
    Host("[::]", True),
    Host("10.0.0.1", True, private=True),
    Host("11.0.0.1", True),
    Host("172.15.255.255", True),
    Host("172.16.0.1", True, private=True),
    Host("172.31.255.255", True, private=True),
    Host("172.32.0.1", True),
    Host("192.168.1.1", True, private=True),
    Host("192.169.0.1", True),
    Host("169.254.1.1", True, private=True),
    Host("[fe80::1]", True, private=True),
    Host("[fd00::1]", True, private=True),
    Host("100.64.0.1", True, private=True),
    Host("100.128.0.1", True),
    Host("[::ffff:10.0.0.1]", True, private=True),
    Host("8.8.8.8", True),
    Host("printer.local", False, private=True),
    Host("printer.local.", False, private=True),
    Host("local", False),
    Host("api.example", False),
    Host("", False),
)


@pytest.mark.parametrize("host", HOSTS, ids=lambda h: h.id or "empty")
def test_hosts(host: Host) -> None:
    assert (ip_address(host.id) is not None, is_loopback(host.id), is_private(host.id)) == (
        host.address,
        host.loopback,
        host.private,
    )


@pytest.mark.parametrize(
    ("host", "internal"),
    [
        ("intranet", True), ("router.lan", True), ("nas.home.arpa.", True), ("db.corp", True), ("api.internal", True),
        ("api.example.com", False), ("api.example", False), ("api.test", False), ("localhost", False), ("shop.github.io", False),
        ("10.0.0.1", False), ("xn--mnchen-3ya.de", False), ("example.com.", False),
    ],
)  # fmt: skip
def test_names_that_are_not_public(host: str, *, internal: bool) -> None:
    assert is_internal_name(host) is internal


@pytest.mark.parametrize("host", ["192.0.2.1", "198.18.0.1", "203.0.113.5", "240.0.0.1", "[2001:db8::1]"])
def test_a_documentation_address_is_in_no_local_network(host: str) -> None:
    assert not is_private(host)
