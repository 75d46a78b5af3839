"""How to reach servers, as the user says it. Nothing here touches the network or a file."""

from __future__ import annotations

import re
from ipaddress import ip_address

from corsdoctor.record import Record


class TransportOptions(Record):
    """How to reach servers. Times are in seconds; `max_time` is for one request up to the end of its headers.

    With `http2`, HTTP/2 is offered to https: servers. `resolve` holds what `parse_resolve` returns; `max_connections` is how many are kept a host.
    """

    verify: bool = True
    cacert: str | None = None
    cert: str | None = None
    key: str | None = None
    proxy: str | None = None
    resolve: tuple[tuple[str, int, str], ...] = ()
    connect_timeout: float = 10.0
    max_time: float = 30.0
    max_connections: int = 10
    http2: bool = False


def parse_resolve(text: str) -> tuple[str, int, str]:
    """(host or "*", port, addresses joined by commas) of curl's `host:port:address[,address]`.

    The host is in lower case; brackets are gone. ValueError with the reason where `text` is nothing like it.
    """
    m = re.fullmatch(r"\+?(\*|\[[^\]]+\]|[^:\[\]]+):(\d{1,5}):(.+)", text)
    if m is None:
        raise ValueError("must be host:port:address")
    if not 0 < int(m[2]) < 65536:
        raise ValueError(f"{m[2]} is not a port")
    addresses = [a.strip().removeprefix("[").removesuffix("]") for a in m[3].split(",")]
    for address in addresses:
        try:
            ip_address(address)
        except ValueError:
            from corsdoctor.wrong_input import shown  # which loads the URL parser

            raise ValueError(f"{shown(address) or 'nothing'} is not an IP address") from None
    return m[1].strip("[]").lower(), int(m[2]), ",".join(addresses)
