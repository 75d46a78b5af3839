"""An exception on the way -> a NoAnswer, one sentence for the user. All those sentences stand here.

`peer` and `where` name the machine that is to blame, `target` is where a tunnel was to lead. Whether it is a
proxy's, the connection knows.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl

from corsdoctor.sentence import Sentence, joined
from corsdoctor.transport.head import other_protocol
from corsdoctor.wire import MAX_HEAD, MAX_LINES, Certificate, FailureKind, Kind, NoAnswer


class Cut(Exception):
    """Carries a NoAnswer through requests and urllib3, which wrap the exceptions that they know."""

    def __init__(self, answer: NoAnswer) -> None:
        super().__init__(answer.detail)
        self.answer = answer


class Unreadable(Exception):
    """The response is not one of HTTP/2; the text says why."""


class GaveUp(ConnectionError):
    """The server ended the stream or the connection by a frame, before a response; the text is the frame and its error."""


class Refused(GaveUp):
    """The same, and it did not process the request, which so can be sent once more."""


class WantsHTTP1(Exception):
    """The server demands HTTP/1.1 for this request."""


_CERTIFICATE = {  # https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/
    9: "is not valid yet",
    10: "has expired",
    18: "is self-signed",
    19: "is signed by an unknown authority, which this machine does not trust",
    20: "is signed by an unknown authority, which this machine does not trust",
    21: "is signed by an unknown authority, or the server does not send an intermediate certificate",
    62: "is for another host name",
    64: "is for another address",
}
_WANTS_CERTIFICATE = "{where} requires a client certificate."
_MAY_WANT_CERTIFICATE = "{where} refused the TLS handshake: it may require a client certificate."
_UNTRUSTED = (18, 19, 20, 21)  # another authority would help
_NOT_TLS = (
    "WRONG_VERSION_NUMBER",
    "HTTP_REQUEST",
    "RECORD_LAYER_FAILURE",
    "PACKET_LENGTH_TOO_LONG",
    "UNKNOWN_PROTOCOL",
)

_OTHER_PROTOCOL = {
    FailureKind.NOT_TLS: "{where} does not use TLS: the URL probably requires http:.",
    FailureKind.PLAIN_HTTP: "{where} uses TLS, and the request was sent in plain HTTP: the URL requires https:.",
    FailureKind.ONLY_HTTP2: "{where} accepts only HTTP/2, and the request was sent with HTTP/1.1.",
}


def no_address(peer: str, error: OSError | UnicodeError) -> NoAnswer:
    """Why no address was found."""
    match error:
        case TimeoutError():
            return NoAnswer(FailureKind.DNS, Sentence("No name server responded in time for {peer}.", peer=peer))
        case socket.gaierror(errno=socket.EAI_AGAIN):
            why = "no name server responded"
        case socket.gaierror() | UnicodeError():
            why = "the name does not exist or has no address"
        case _:
            why = str(error.strerror)
    return NoAnswer(FailureKind.DNS, Sentence("No address was found for {peer}: {text}.", peer=peer, text=why))


def no_connection(peer: str, error: OSError, seconds: float) -> NoAnswer:
    """Why no TCP connection came about."""
    match error:
        case ConnectionRefusedError():
            return NoAnswer(
                FailureKind.REFUSED, Sentence("The connection was refused: nothing listens at {peer}.", peer=peer)
            )
        case TimeoutError():
            return NoAnswer(
                FailureKind.TIMEOUT,
                Sentence(f"No connection to {{peer}} could be established within {round(seconds, 1):g} s.", peer=peer),
            )
        case ConnectionResetError():
            return NoAnswer(
                FailureKind.RESET,
                Sentence("The connection to {peer} was reset while it was being established.", peer=peer),
            )
    return NoAnswer(
        FailureKind.UNREACHABLE, Sentence("{peer} is unreachable: {text}.", peer=peer, text=str(error.strerror))
    )


def no_file(peer: str) -> NoAnswer:
    """Where this process may open no more files, and none was closed in time."""
    why = "this process cannot open more files or connections: increase the limit (ulimit -n), or use fewer --jobs"
    return NoAnswer(
        FailureKind.UNREACHABLE, Sentence(f"No connection to {{peer}} was tried, because {why}.", peer=peer)
    )


def no_tunnel(peer: str, error: Exception, target: str) -> NoAnswer:
    """Why a proxy opened no tunnel."""
    if isinstance(error, TimeoutError):
        return NoAnswer(
            FailureKind.PROXY, Sentence("{peer} did not connect to {target} in time.", peer=peer, target=target)
        )
    refused = re.search(r"failed: (\d+.*)", str(error))
    why = "returned {text}" if refused else "closed the connection or did not respond with HTTP"
    text = refused[1].strip() if refused else ""
    return NoAnswer(
        FailureKind.PROXY, Sentence(f"No tunnel to {{target}}: {{peer}} {why}.", target=target, peer=peer, text=text)
    )


def no_socks(peer: str, error: Exception, target: str) -> NoAnswer:
    """Why a SOCKS proxy led nowhere; `error` is PySocks's, and may hold one of the socket."""
    cause = getattr(error, "socket_err", None) or error
    if isinstance(cause, TimeoutError):
        return no_tunnel(peer, cause, target)
    text = str(getattr(error, "msg", None) or error) if cause is error else str(cause)
    return NoAnswer(
        FailureKind.PROXY,
        Sentence("No tunnel to {target}: {peer} refused it ({text}).", target=target, peer=peer, text=text),
    )


def no_tls(where: str, error: Exception) -> NoAnswer:
    """What went wrong in the handshake, or after it where the server has looked at the client's certificate."""
    if isinstance(error, TimeoutError):
        return NoAnswer(
            FailureKind.TIMEOUT, Sentence("The TLS handshake with {where} did not finish in time.", where=where)
        )
    if getattr(error, "reason", None) in _NOT_TLS:
        return uses(where, FailureKind.NOT_TLS)
    if "no application protocol" in str(error).lower().replace(
        "_", " "
    ):  # OpenSSL has it without a `reason` before 3.2
        return uses(where, FailureKind.ONLY_HTTP2)
    if "CERTIFICATE_REQUIRED" in (getattr(error, "reason", None) or ""):
        return NoAnswer(FailureKind.CLIENT_CERTIFICATE, Sentence(_WANTS_CERTIFICATE, where=where))
    return NoAnswer(FailureKind.TLS, _in_handshake(where, error))


def about_certificate(answer: NoAnswer, kind: Kind, certificate: Certificate | None) -> NoAnswer:
    """For an error, with why the client certificate was not shown; `certificate` is None where there is none."""
    said = answer.detail.template if isinstance(answer.detail, Sentence) else ""
    if said not in (_WANTS_CERTIFICATE, _MAY_WANT_CERTIFICATE) or certificate is Certificate.SHOWN:
        return answer
    if certificate is None:
        why = "Pass one with --cert."
    elif certificate is Certificate.WITHHELD:
        why = "The client certificate was not shown there: it is only for the origin of the URL that you gave."
    else:
        request = "a preflight request" if kind is Kind.PREFLIGHT else "a request without credentials"
        why = f"The client certificate was not shown, because by the Standard {request} shows none."
    return answer._replace(detail=joined(" ", [answer.detail, why]))


def proxy_ignored(answer: NoAnswer, variable: str) -> NoAnswer:
    """For a connection that failed where a program that obeys the environment `variable` would have used a proxy."""
    why = f"{variable} is set, but corsdoctor uses a proxy only with --proxy."
    return answer._replace(detail=joined(" ", [answer.detail, why]))


def no_head(where: str, error: Exception, received: int) -> NoAnswer:
    """Why there is no readable response, after `received` bytes of one."""
    match error:
        case ssl.SSLError():
            return no_tls(where, error)
        case http.client.LineTooLong():
            most = f"{MAX_LINES:,} lines or {MAX_HEAD // 1024} KiB"
            return NoAnswer(
                FailureKind.TOO_LARGE,
                Sentence(f"The response headers of {{where}} are too large: more than {most}.", where=where),
            )
        case GaveUp():
            text = Sentence(
                "{where} ended the HTTP/2 request without a response ({text}).", where=where, text=str(error)
            )
            return NoAnswer(FailureKind.RESET, text)
        case OSError():
            when = "in the middle of the response headers" if received else "without a response"
            return NoAnswer(FailureKind.RESET, Sentence(f"{{where}} closed the connection {when}.", where=where))
    if isinstance(error, Unreadable):
        return NoAnswer(
            FailureKind.NOT_HTTP,
            Sentence("The response of {where} is not valid HTTP/2: {text}.", where=where, text=str(error)),
        )
    if (other := other_protocol(str(error).encode("latin-1"))) is not None:
        return uses(where, other)
    return NoAnswer(
        FailureKind.NOT_HTTP,
        Sentence("The response of {where} is not HTTP/1: it starts with {text!a}.", where=where, text=str(error)),
    )


def uses(where: str, other: FailureKind) -> NoAnswer:
    """For a server that does not use the protocol of the request: `other` says which one it uses."""
    return NoAnswer(other, Sentence(_OTHER_PROTOCOL[other], where=where))


def too_late(where: str, seconds: float) -> NoAnswer:
    """For a head that was not complete at the deadline."""
    return NoAnswer(
        FailureKind.TIMEOUT,
        Sentence(f"{{where}} sent no complete response within {round(seconds, 1):g} s.", where=where),
    )


def no_password(where: str) -> NoAnswer:
    """For a proxy's 407."""
    return NoAnswer(
        FailureKind.PROXY, Sentence("The proxy requires a user name and password for {where}.", where=where)
    )


def unforeseen(where: str, error: Exception) -> NoAnswer:
    """For all that has no words of its own."""
    text = " ".join(str(error).split())
    return NoAnswer(
        FailureKind.UNREACHABLE,
        Sentence("No connection to {where} could be established: {text}.", where=where, text=text),
    )


def _in_handshake(where: str, error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        why = _CERTIFICATE.get(error.verify_code, f"was not accepted ({error.verify_message})")
        untrusted = error.verify_code in _UNTRUSTED
        trust = "trust its authority with --cacert FILE, or accept" if untrusted else "only if you must, accept"
        template = f"The certificate of {{where}} {{text}}: {trust} any certificate with -k (--insecure)."
        return Sentence(template, where=where, text=why)
    reason = getattr(error, "reason", None) or ""
    if "HANDSHAKE_FAILURE" in reason:
        return Sentence(_MAY_WANT_CERTIFICATE, where=where)
    if "PROTOCOL" in reason:
        return Sentence("{where} supports no common TLS version: it may be too old.", where=where)
    if not reason or isinstance(error, ssl.SSLEOFError):
        return Sentence("{where} closed the connection during the TLS handshake.", where=where)
    return Sentence("TLS with {where} failed: {text}.", where=where, text=reason.replace("_", " ").lower())
