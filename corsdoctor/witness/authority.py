"""A certificate authority that lives as long as one run. The proxy before a real browser shows its certificates in place of the
servers'; the lab shows them as its own.

The only file that imports trustme, an extra: corsdoctor[browsers]. trustme makes authorities and certificates that
browsers accept, which needs care with extensions and dates.
"""

from __future__ import annotations

import base64
import hashlib
import ssl
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

from corsdoctor.errors import InvalidScenario, Mistake


class Authority:
    """Makes the TLS context of each host, once. InvalidScenario names the `option` that needs it if trustme is not installed."""

    def __init__(self, option: str = "--in") -> None:
        try:
            import trustme
        except ImportError:
            reason = "requires an extra: pip install 'corsdoctor[browsers]'"
            raise InvalidScenario(Mistake(option, "", reason)) from None
        self._authority = trustme.CA(organization_name="corsdoctor, for one run")
        self._contexts: dict[tuple[str, ...], ssl.SSLContext] = {}
        self._lock = threading.Lock()

    def context(self, *hosts: str) -> ssl.SSLContext:
        """The context of a server that is all of `hosts`, without the brackets of an IPv6 address."""
        with self._lock:
            if hosts not in self._contexts:
                context = self._contexts[hosts] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                leaf = self._authority.issue_cert(*(host.removesuffix(".") for host in hosts))  # RFC 5280, 4.2.1.6
                parts = (
                    leaf.private_key_pem,
                    *leaf.cert_chain_pems,
                    self._authority.cert_pem,
                )  # the authority is what is trusted
                with TemporaryDirectory(prefix="corsdoctor-") as folder:
                    file = Path(folder) / "chain.pem"
                    file.write_bytes(b"".join(part.bytes() for part in parts))
                    context.load_cert_chain(file)
            return self._contexts[hosts]

    @property
    def pem(self) -> bytes:
        """The authority's certificate, as a file for --cacert holds it."""
        return self._authority.cert_pem.bytes()

    @property
    def der(self) -> bytes:
        """The authority's certificate."""
        return ssl.PEM_cert_to_DER_cert(self.pem.decode())

    @property
    def key_hash(self) -> str:
        """The SHA-256 of the authority's public key, by which Chromium can be told to trust it."""
        from cryptography import x509  # what trustme is built on
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        key = x509.load_der_x509_certificate(self.der).public_key()
        info = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(hashlib.sha256(info).digest()).decode()
