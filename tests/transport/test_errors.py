"""The sentences for errors that no server on loopback can make; test_live.py sees to the others."""

from __future__ import annotations

import errno
import socket
import ssl

import pytest

from corsdoctor.transport.errors import no_address, no_connection, no_tls, unforeseen
from corsdoctor.wire import FailureKind, NoAnswer


def tls_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, f"[SSL: {reason}]")
    error.reason = reason
    return error


def distrusted(code: int, message: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, message
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (tls_error("SSLV3_ALERT_HANDSHAKE_FAILURE"), "refused"),
        (tls_error("TLSV1_ALERT_PROTOCOL_VERSION"), "too old"),
        (tls_error("UNSUPPORTED_PROTOCOL"), "too old"),
        (tls_error("TLSV1_UNRECOGNIZED_NAME"), "failed: tlsv1 unrecognized name"),
        (ssl.SSLEOFError(8, "EOF occurred"), "closed"),
        (ConnectionResetError(), "closed"),
        (distrusted(9, "certificate is not yet valid"), "not valid yet"),
        (distrusted(10, ""), "has expired"),
        (distrusted(18, ""), "is self-signed"),
        *((distrusted(code, ""), "authority, which this machine does not trust") for code in (19, 20)),
        (distrusted(21, "unable to verify the first certificate"), "intermediate"),
        (distrusted(62, ""), "another host name"),
        (distrusted(64, ""), "another address"),
        (distrusted(23, "certificate revoked"), "was not accepted (certificate revoked)"),
        *(
            (distrusted(code, ""), "--cacert FILE, or accept any certificate with -k (--insecure)")
            for code in (18, 19, 20, 21)
        ),
        *(
            (distrusted(code, ""), "only if you must, accept any certificate with -k (--insecure)")
            for code in (9, 10, 62, 64)
        ),
    ],
    ids=repr,
)
def test_tls(error: Exception, words: str) -> None:
    answer = no_tls("a.test:443", error)
    assert answer.kind is FailureKind.TLS
    assert "a.test:443" in answer.detail
    assert words in answer.detail


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (tls_error("WRONG_VERSION_NUMBER"), FailureKind.NOT_TLS),
        (tls_error("TLSV13_ALERT_CERTIFICATE_REQUIRED"), FailureKind.CLIENT_CERTIFICATE),
        (tls_error("TLSV1_ALERT_NO_APPLICATION_PROTOCOL"), FailureKind.ONLY_HTTP2),
        (ssl.SSLError(1, "[SSL] tlsv1 alert no application protocol (_ssl.c:992)"), FailureKind.ONLY_HTTP2),
    ],
    ids=repr,
)
def test_what_the_server_expects(error: Exception, kind: FailureKind) -> None:
    answer = no_tls("a.test:443", error)
    assert answer.kind is kind
    assert "a.test:443" in answer.detail


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TimeoutError(), "No name server responded in time"),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure"), "no name server responded"),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "does not exist"),
        (UnicodeError(), "does not exist"),
        (OSError(errno.EMFILE, "Too many open files"), "Too many open files"),
    ],
    ids=repr,
)
def test_names(error: OSError | UnicodeError, words: str) -> None:
    answer = no_address("a.test:80", error)
    assert answer.kind is FailureKind.DNS
    assert "a.test:80" in answer.detail
    assert words in answer.detail


def test_a_reset_while_connecting() -> None:
    assert no_connection("a.test:80", ConnectionResetError(), 1).kind is FailureKind.RESET


def test_an_unknown_error_is_one_line() -> None:
    answer = unforeseen("a.test:80", OSError("a\n b"))
    assert answer == NoAnswer(FailureKind.UNREACHABLE, "No connection to a.test:80 could be established: a b.")
