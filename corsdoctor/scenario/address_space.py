"""Address spaces of the network, and what the user of a browser has allowed pages to reach.

https://wicg.github.io/local-network-access/ . Nothing here decides what a browser makes of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from corsdoctor.host import is_in, is_loopback, is_private
from corsdoctor.record import Record
from corsdoctor.url import URL, Origin


class AddressSpace(StrEnum):
    """From what everybody reaches to what only this machine reaches. https://wicg.github.io/local-network-access/#ip-address-space-heading"""

    PUBLIC = "public"
    LOCAL = "local"
    LOOPBACK = "loopback"

    def is_less_public_than(self, other: AddressSpace) -> bool:
        """https://wicg.github.io/local-network-access/#ip-address-space-less-public"""
        spaces = list(AddressSpace)
        return spaces.index(self) > spaces.index(other)


class Permission(StrEnum):
    """What a user answered when the browser asked whether a page may reach the local network."""

    GRANTED = "granted"
    DENIED = "denied"
    PROMPT = "prompt"


PERMISSION_NAMES: Final = {AddressSpace.LOCAL: "local-network", AddressSpace.LOOPBACK: "loopback-network"}
"""The permission to reach an address space; everybody may reach the public one."""
_LOOPBACK: Final = ("0.0.0.0/32", "::/128")
_LOCAL: Final = ("0.0.0.0/8", "2001:db8::/32", "3fff::/20", "fec0::/10")
"""Beside the addresses of this machine and of private networks. https://wicg.github.io/local-network-access/#non-public-ip-address-blocks"""
_NOTHING: Final[Mapping[str, object]] = MappingProxyType({})


class Network(Record):
    """Where hosts are, and what the user has allowed.

    `permissions` are by the origin of the top-level page and the name of the permission. `spaces` are by host or host:port.
    """

    permissions: Mapping[str, Mapping[str, Permission]] = _NOTHING  # type: ignore[assignment]
    spaces: Mapping[str, AddressSpace] = _NOTHING  # type: ignore[assignment]

    def space_of(self, url: URL) -> AddressSpace:
        """The address space of `url`: what is named, otherwise by its address; a host name counts as public, a file as local
        to this machine.
        """
        named = self.spaces.get(f"{url.host}:{url.effective_port}") or self.spaces.get(url.host)
        if named is not None:
            return named
        if not url.is_http or is_loopback(url.host) or is_in(_LOOPBACK, url.host):
            return AddressSpace.LOOPBACK
        return AddressSpace.LOCAL if is_private(url.host) or is_in(_LOCAL, url.host) else AddressSpace.PUBLIC

    def permission(self, page: Origin, space: AddressSpace) -> Permission:
        """The user's answer for pages of `page`; PROMPT if the browser has not asked yet."""
        return self.permissions.get(str(page), {}).get(PERMISSION_NAMES[space], Permission.PROMPT)
