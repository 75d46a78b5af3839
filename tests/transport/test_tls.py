"""Whom the TLS context trusts, and what it shows."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme

from corsdoctor.errors import UnreadableInput
from corsdoctor.transport.options import TransportOptions
from corsdoctor.transport.tls import tls_context
from tests.transport.conftest import Certificates


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file of the authorities that the operating system trusts; it has one."""
    file = tmp_path / "system.pem"
    trustme.CA(organization_name="the system").cert_pem.write_to_path(file)
    paths = ssl.get_default_verify_paths()._replace(openssl_capath=str(tmp_path / "none"), openssl_cafile=str(file))
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths)
    monkeypatch.setattr("corsdoctor.transport.tls.sys.platform", "linux")
    return file


def trusted(context: ssl.SSLContext) -> list[str]:
    """The organizations of the authorities."""
    issuers: list[Any] = [cert["issuer"] for cert in context.get_ca_certs()]
    return sorted(value for names in issuers for ((name, value),) in names if name == "organizationName")


@pytest.mark.usefixtures("system")
def test_whom_it_trusts(tmp_path: Path) -> None:
    files = {name: str(tmp_path / name) for name in ("usual", "own")}
    for name, file in files.items():
        trustme.CA(organization_name=name).cert_pem.write_to_path(file)
    assert trusted(tls_context(TransportOptions(), files["usual"])) == ["the system", "usual"]
    assert trusted(tls_context(TransportOptions(cacert=files["own"]), files["usual"])) == ["own"]
    assert trusted(tls_context(TransportOptions(cacert=files["own"], verify=False), files["usual"])) == ["own"]
    unverified = tls_context(TransportOptions(verify=False), files["usual"])
    assert (trusted(unverified), unverified.verify_mode, unverified.check_hostname) == ([], ssl.CERT_NONE, False)
    verified = tls_context(TransportOptions(), files["usual"])
    assert (verified.verify_mode, verified.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_a_list_of_the_system_that_cannot_be_used_is_left_out(system: Path, certificates: Certificates) -> None:
    for text in ("", "no certificate"):
        system.write_text(text)
        assert len(tls_context(TransportOptions(), certificates.cacert).get_ca_certs()) == 1
    system.unlink()
    assert len(tls_context(TransportOptions(), certificates.cacert).get_ca_certs()) == 1


def test_a_folder_of_the_system_comes_before_its_file(
    system: Path, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder is looked into only when a certificate is verified, and costs nothing."""
    (system.parent / "0123abcd.0").write_bytes(system.read_bytes())
    paths = ssl.get_default_verify_paths()._replace(openssl_capath=str(system.parent))
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths)
    added: list[dict[str, str]] = []
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", lambda _, *__, **given: added.append(given))
    tls_context(TransportOptions(), certificates.cacert)
    assert added == [{}, {"capath": str(system.parent)}]


@pytest.mark.usefixtures("system")
def test_what_windows_trusts(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    added: list[None] = []
    monkeypatch.setattr("corsdoctor.transport.tls.sys.platform", "win32")
    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", lambda _: added.append(None))
    context = tls_context(TransportOptions(), certificates.cacert)
    assert (len(added), len(context.get_ca_certs())) == (1, 1)


def test_a_certificate_may_be_asked_for_after_the_path(certificates: Certificates) -> None:
    cert, key = certificates.client()
    assert tls_context(TransportOptions(cert=cert, key=key), certificates.cacert).post_handshake_auth
    assert not tls_context(TransportOptions(), certificates.cacert).post_handshake_auth


@pytest.mark.parametrize("field", ["cacert", "cert", "key"])
def test_a_folder_is_named_as_one(field: str, certificates: Certificates) -> None:
    options = TransportOptions(cert=certificates.cacert if field == "key" else None)
    given: dict[str, Any] = {field: str(certificates.folder)}
    options = options._replace(**given)
    with pytest.raises(UnreadableInput, match=r"Is a directory$"):
        tls_context(options, certificates.cacert)


def test_the_files_that_do_not_fit_are_named(certificates: Certificates) -> None:
    _, key = certificates.client()
    for options, named in (
        (TransportOptions(cert=certificates.cacert), certificates.cacert),
        (TransportOptions(cert=certificates.cacert, key=key), f"{certificates.cacert} with the key {key}"),
    ):
        with pytest.raises(UnreadableInput) as caught:
            tls_context(options, certificates.cacert)
        start = f"{named}: not a usable PEM file ("
        assert str(caught.value).startswith(start)
        assert str(caught.value).removeprefix(start).islower()
