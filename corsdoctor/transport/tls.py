"""Whom to trust and what to show: the TLS context. What goes wrong in a handshake has its words in `errors`."""

from __future__ import annotations

import ssl
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from corsdoctor.errors import InvalidScenario, Mistake, UnreadableInput
from corsdoctor.transport.options import TransportOptions

_MOST_BYTES: Final = 16_000_000


def tls_context(options: TransportOptions, authorities: str) -> ssl.SSLContext:
    """A context that trusts the file `authorities` and this machine's own, unless `options` say otherwise.

    UnreadableInput where a file is not what it should be, InvalidScenario where there is a key without a certificate.
    """
    context = (_OfferingHTTP2 if options.http2 else ssl.SSLContext)(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # --cacert may name an intermediate, as in curl
    if not options.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if options.cacert is not None:
        with _reading(options.cacert):
            _check_file(options.cacert)
            context.load_verify_locations(options.cacert)
    elif options.verify:
        context.load_verify_locations(authorities)
        _trust_system(context)
    if options.cert is not None:
        context.post_handshake_auth = True  # a server may ask for it only after it saw the path
        for path in (options.cert, options.key):
            if path is not None:
                with _reading(path):
                    _check_file(path)
        with _reading(options.cert if options.key is None else f"{options.cert} with the key {options.key}"):
            context.load_cert_chain(options.cert, options.key, _no_password)
    elif options.key is not None:
        from corsdoctor.wrong_input import shown_path  # which loads the URL parser

        raise InvalidScenario(Mistake("key", shown_path(options.key), "needs a certificate too"))
    return context


class _OfferingHTTP2(ssl.SSLContext):
    """A context that offers HTTP/2 and HTTP/1.1, whatever protocols are set: urllib3 sets HTTP/1.1 at each handshake."""

    def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:  # noqa: ARG002
        """Offers both."""
        super().set_alpn_protocols(["h2", "http/1.1"])


def _check_file(path: str) -> None:
    """Raises what is plainer than OpenSSL's errors, and what keeps it from reading without an end: it reads by itself."""
    if not stat.S_ISREG(Path(path).stat().st_mode) and not Path(path).is_dir():
        raise ValueError("must be a regular file, not a pipe or a device")
    with Path(path).open("rb") as file:
        if len(file.read(_MOST_BYTES + 1)) > _MOST_BYTES:
            raise ValueError(f"the limit is {_MOST_BYTES // 1_000_000} MB, and the file has more")


@contextmanager
def _reading(where: str) -> Iterator[None]:
    try:
        yield
    except ssl.SSLError as e:
        reason = (e.reason or str(e)).replace("_", " ").lower()
        raise UnreadableInput(where, f"not a usable PEM file ({reason})") from e
    except OSError as e:
        raise UnreadableInput(where, e.strerror or str(e)) from e
    except ValueError as e:
        raise UnreadableInput(where, str(e)) from e


def _no_password() -> str:
    raise ValueError("the key is protected by a password; use one without a password")


def _trust_system(context: ssl.SSLContext) -> None:
    """Adds what the operating system trusts: a browser also trusts the authorities that a company or mkcert put there.

    The compiled-in places, so that no environment variable decides.
    """
    if sys.platform == "win32":
        context.load_default_certs()
        return
    paths = ssl.get_default_verify_paths()
    with suppress(OSError):  # not there, or empty
        if any(Path(paths.openssl_capath).glob("*.0")):
            context.load_verify_locations(capath=paths.openssl_capath)  # looked into only when needed
        else:
            context.load_verify_locations(cafile=paths.openssl_cafile)  # costs as much as requests' own list
