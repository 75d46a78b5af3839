"""Reads what a user says about networks: the permissions of pages, and in which address spaces hosts are."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, TypeVar

from corsdoctor.pattern import Pattern
from corsdoctor.reading import read_origin
from corsdoctor.scenario.address_space import PERMISSION_NAMES, AddressSpace, Permission
from corsdoctor.url import parse
from corsdoctor.wrong_input import nearest, shown

_HOST: Final = Pattern(r"(\[[0-9A-Fa-f:.]+\]|[^\s\[\]:/?#@\\]+)(?::([0-9]{1,5}))?")
_NAMES: Final = tuple(PERMISSION_NAMES.values())
_Kind = TypeVar("_Kind", bound=StrEnum)


def read_permissions(value: object) -> dict[str, dict[str, Permission]]:
    """The permissions in an object: origin of the page -> name -> answer."""
    if not isinstance(value, dict) or not all(isinstance(one, dict) for one in value.values()):
        raise ValueError('must be an object such as {"https://app.example": {"local-network": "granted"}}')
    return {
        str(read_origin(str(page))): dict(_permission(str(name), answer) for name, answer in of.items())
        for page, of in value.items()
    }


def read_answers(value: object) -> dict[str, Permission]:
    """The user's answers to one page in an object: name -> answer."""
    if not isinstance(value, dict):
        raise ValueError('must be an object such as {"local-network": "granted"}')
    return dict(_permission(str(name), answer) for name, answer in value.items())


def read_address_spaces(value: object) -> dict[str, AddressSpace]:
    """The address spaces in an object: host or host:port -> address space."""
    if not isinstance(value, dict):
        raise ValueError('must be an object such as {"intranet.example": "local"}')
    return dict(_address_space(str(host), space) for host, space in value.items())


def read_permission(text: str) -> tuple[str, Permission]:
    """A permission and the user's answer, `local-network=granted`."""
    return _permission(*_pair(text, "loopback-network=granted"))


def read_address_space(text: str) -> tuple[str, AddressSpace]:
    """A host, or host:port, and its address space, `intranet.example=local`."""
    return _address_space(*_pair(text, "intranet.example=local"))


def _pair(text: str, example: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"has no `=`: write it like {example}")
    return name.strip(), value.strip()


def _permission(name: str, answer: object) -> tuple[str, Permission]:
    if name not in _NAMES:
        raise ValueError(f"{shown(name)!a} is unknown; {nearest(name, _NAMES)}")
    return name, _member(Permission, answer)


def _address_space(host: str, space: object) -> tuple[str, AddressSpace]:
    match = _HOST.compiled.fullmatch(host)
    url = None if match is None else parse(f"http://{match[1]}/")
    if match is None or url is None:
        raise ValueError(f"{shown(host)!a} is not a host or host:port")
    return url.host + (f":{int(match[2])}" if match[2] else ""), _member(AddressSpace, space)


def _member(kind: type[_Kind], value: object) -> _Kind:
    try:
        return kind(str(value))
    except ValueError:
        raise ValueError(f"{shown(str(value))!a} is unknown; {nearest(str(value), list(kind))}") from None
