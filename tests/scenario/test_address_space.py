"""In which address space a host is, and what the user has allowed."""

from __future__ import annotations

import pytest

from corsdoctor.scenario.address_space import AddressSpace, Network, Permission
from corsdoctor.url import Origin, parse

PUBLIC, LOCAL, LOOPBACK = AddressSpace


@pytest.mark.parametrize(
    ("host", "space"),
    [
        ("app.example", PUBLIC), ("localhost", LOOPBACK), ("app.localhost", LOOPBACK), ("127.9.9.9", LOOPBACK), ("[::1]", LOOPBACK),
        ("0.0.0.0", LOOPBACK), ("[::]", LOOPBACK), ("0.0.0.1", LOCAL), ("10.0.0.1", LOCAL), ("192.168.1.1", LOCAL),
        ("172.16.0.1", LOCAL), ("172.32.0.1", PUBLIC), ("169.254.1.1", LOCAL), ("100.64.1.1", LOCAL), ("[fe80::1]", LOCAL),
        ("[fec0::1]", LOCAL), ("[fd00::1]", LOCAL), ("[2001:db8::1]", LOCAL), ("[::ffff:127.0.0.1]", LOOPBACK),
        ("[::ffff:10.0.0.1]", LOCAL), ("printer.local", LOCAL), ("8.8.8.8", PUBLIC), ("192.0.2.1", PUBLIC), ("198.18.0.1", PUBLIC),
    ],
)  # fmt: skip
def test_by_address(host: str, space: AddressSpace) -> None:
    url = parse(f"http://{host}/")
    assert url is not None
    assert Network().space_of(url) is space


def test_the_more_exact_name_wins() -> None:
    network = Network(spaces={"app.example": LOCAL, "app.example:443": LOOPBACK, "localhost": PUBLIC})
    found = [parse(text) for text in ("http://app.example/", "https://app.example/", "https://localhost/", "file:///a")]
    assert [network.space_of(url) for url in found if url is not None] == [LOCAL, LOOPBACK, PUBLIC, LOOPBACK]


def test_what_is_not_answered_is_asked() -> None:
    page = Origin("https", "app.example")
    network = Network({"https://app.example": {"local-network": Permission.GRANTED}})
    assert network.permission(page, LOCAL) is Permission.GRANTED
    assert network.permission(page, LOOPBACK) is Permission.PROMPT
    assert Network().permission(page, LOCAL) is Permission.PROMPT


def test_the_order_of_spaces() -> None:
    assert [one.is_less_public_than(other) for one in AddressSpace for other in AddressSpace] == [
        False, False, False, True, False, False, True, True, False,
    ]  # fmt: skip
