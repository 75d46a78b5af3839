"""A SOCKS proxy, as --proxy names it. The only file that imports PySocks, which is an extra: corsdoctor[socks].

urllib3 has a connection of its own for SOCKS, but it cannot read a response as `head` does, nor resolve names as `dial`.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from urllib3.util import Url

from corsdoctor.errors import InvalidScenario, Mistake
from corsdoctor.record import Record
from corsdoctor.transport import errors
from corsdoctor.transport.dial import addresses, left
from corsdoctor.wire import FailureKind, NoAnswer


class SocksProxy(Record):
    """Where the proxy is. With `resolves`, it gets the names of hosts; otherwise they are resolved here."""

    version: int
    resolves: bool
    host: str
    port: int
    user: str | None
    password: str | None

    @classmethod
    def at(cls, url: Url) -> SocksProxy:
        """The proxy at a URL with a scheme of SOCKS. InvalidScenario where PySocks is not installed."""
        try:
            import socks  # noqa: F401
        except ImportError:
            reason = "a SOCKS proxy requires an extra: pip install 'corsdoctor[socks]'"
            raise InvalidScenario(Mistake("proxy", f"{url.scheme}://{url.host}", reason)) from None
        user, _, password = (url.auth or "").partition(":")
        scheme, host = url.scheme or "", (url.host or "").strip("[]")
        return cls(
            4 if scheme.startswith("socks4") else 5, scheme in ("socks4a", "socks5h"), host, url.port or 1080,
            unquote(user) or None, unquote(password) or None,
        )  # fmt: skip

    def connect(
        self, host: str, port: int, resolve: Iterable[tuple[str, int, str]], options: Iterable[Any], deadline: float
    ) -> socket.socket:
        """A socket that leads to `host`. A Cut where the proxy is to blame, what `addresses` raises for `host`."""
        import socks

        seconds = left(deadline)
        peer = f"the proxy {f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"
        wanted = host.strip("[]") if self.resolves else self._address(addresses(host, port, resolve, deadline))
        try:
            found = addresses(self.host, self.port, (), deadline)
        except (OSError, UnicodeError) as e:
            raise _cut(errors.no_address(peer, e)) from e
        error: Exception = OSError(0, "no address")
        for info in found:
            try:
                connected = socks.create_connection(
                    (wanted, port), left(deadline), None, socks.SOCKS4 if self.version == 4 else socks.SOCKS5,
                    info[4][0], self.port, self.resolves, self.user, self.password, tuple(options),
                )  # fmt: skip
            except socks.ProxyConnectionError as e:
                error = e.socket_err
            except (socks.ProxyError, OSError) as e:
                raise _cut(errors.no_socks(peer, e, f"{host}:{port}")) from e
            else:
                return socket.socket(fileno=connected.detach())  # PySocks has done its part
        assert isinstance(error, OSError)
        raise _cut(errors.no_connection(peer, error, seconds)) from error

    def _address(self, infos: list[Any]) -> str:
        """The first address that the proxy's protocol can name."""
        usable = [info for info in infos if self.version == 5 or info[0] == socket.AF_INET]
        if not usable:
            raise OSError(0, "SOCKS4 has no IPv6")
        return str(usable[0][4][0])


def _cut(answer: NoAnswer) -> errors.Cut:
    """An error that is the proxy's."""
    return errors.Cut(answer._replace(kind=FailureKind.PROXY))
