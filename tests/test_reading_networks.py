"""Permissions and address spaces, as a user writes them."""

from __future__ import annotations

import re

import pytest

from corsdoctor.reading_networks import (
    read_address_space,
    read_address_spaces,
    read_answers,
    read_permission,
    read_permissions,
)
from corsdoctor.scenario.address_space import AddressSpace, Permission


def test_permissions() -> None:
    assert read_permission("loopback-network=granted") == ("loopback-network", Permission.GRANTED)
    given = {"https://app.example": {"local-network": "denied"}}
    assert read_permissions(given) == {"https://app.example": {"local-network": Permission.DENIED}}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Intranet.example=local", ("intranet.example", AddressSpace.LOCAL)),
        ("intranet.example:0443 = public", ("intranet.example:443", AddressSpace.PUBLIC)),
        ("[::1]:80=local", ("[::1]:80", AddressSpace.LOCAL)), ("bücher.example=loopback", ("xn--bcher-kva.example", AddressSpace.LOOPBACK)),
    ],
)  # fmt: skip
def test_address_spaces(text: str, read: tuple[str, AddressSpace]) -> None:
    assert read_address_space(text) == read
    host, _, space = text.partition("=")
    assert read_address_spaces({host.strip(): space.strip()}) == dict([read])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("granted", "has no `=`: write it like loopback-network=granted"), ("camera=granted", "'camera' is unknown; must be one of"),
        ("local-network=yes", "'yes' is unknown; must be one of granted"), ("local-networks=granted", "did you mean `local-network`?"),
    ],
)  # fmt: skip
def test_what_is_not_a_permission(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        read_permission(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("local", "has no `=`: write it like intranet.example=local"), ("=local", "'' is not a host or host:port"),
        ("http://a.example=local", "is not a host or host:port"), ("a.example/x=local", "is not a host or host:port"),
        ("a.example:99999999999=local", "is not a host or host:port"), ("a b=local", "is not a host or host:port"),
        ("%=local", "is not a host or host:port"), ("\udcff=local", "is not a host or host:port"),
        ("a.example=private", "'private' is unknown; must be one of"),
    ],
)  # fmt: skip
def test_what_is_not_an_address_space(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        read_address_space(text)


@pytest.mark.parametrize("value", [[], {"https://app.example": 1}, "x", None])
def test_what_is_not_an_object_of_permissions(value: object) -> None:
    with pytest.raises(ValueError, match="must be an object such as"):
        read_permissions(value)
    with pytest.raises(ValueError, match="must be an object such as"):
        read_address_spaces(value if not isinstance(value, dict) else [])


def test_the_answers_to_one_page() -> None:
    assert read_answers({"local-network": "granted"}) == {"local-network": Permission.GRANTED}
    for wrong in (None, "local-network=granted", {"camera": "granted"}, {"local-network": 1}):
        with pytest.raises(ValueError, match=r"must be an object|is unknown"):
            read_answers(wrong)
