"""An exception on the way -> a NoAnswer, one sentence for the user. All those sentences stand here.

`peer` and `where` name the machine that is to blame, `target` is where a tunnel was to lead. Whether the trouble is a
proxy's, the connection knows.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from dataclasses import replace

from corsdoctor.sentence import Sentence
from corsdoctor.transport.head import MAX_HEAD, MAX_LINES
from corsdoctor.wire import Cutoff, NoAnswer

_CERTIFICATE = {  # https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/
    9: "is not valid yet",
    10: "has expired",
    18: "is self-signed",
    19: "comes from an unknown authority, one that this machine doesn't trust",
    20: "comes from an unknown authority, one that this machine doesn't trust",
    21: "comes from an unknown authority, or the server leaves out an intermediate certificate",
    62: "is for another host name",
    64: "is for another address",
}
_NOT_TLS = (
    "WRONG_VERSION_NUMBER",
    "HTTP_REQUEST",
    "RECORD_LAYER_FAILURE",
    "PACKET_LENGTH_TOO_LONG",
    "UNKNOWN_PROTOCOL",
)


def no_address(peer: str, error: OSError | UnicodeError) -> NoAnswer:
    """Why no address was found."""
    match error:
        case TimeoutError():
            return NoAnswer(Cutoff.DNS, Sentence("No name server answered in time about {peer}.", peer=peer))
        case socket.gaierror(errno=socket.EAI_AGAIN):
            why = "no name server answered"
        case socket.gaierror() | UnicodeError():
            why = "the name doesn't exist, or has no address"
        case _:
            why = str(error.strerror)
    return NoAnswer(Cutoff.DNS, Sentence("No address was found for {peer}: {text}.", peer=peer, text=why))


def no_connection(peer: str, error: OSError, seconds: float) -> NoAnswer:
    """Why no TCP connection came about."""
    match error:
        case ConnectionRefusedError():
            return NoAnswer(
                Cutoff.REFUSED, Sentence("The connection was refused: nothing listens at {peer}.", peer=peer)
            )
        case TimeoutError():
            return NoAnswer(
                Cutoff.TIMEOUT,
                Sentence(f"No connection to {{peer}} came about within {round(seconds, 1):g} s.", peer=peer),
            )
        case ConnectionResetError():
            return NoAnswer(
                Cutoff.RESET, Sentence("The connection to {peer} was cut while it was being made.", peer=peer)
            )
    return NoAnswer(
        Cutoff.UNREACHABLE, Sentence("There is no way to {peer}: {text}.", peer=peer, text=str(error.strerror))
    )


def no_file(peer: str) -> NoAnswer:
    """Where this process may open no more files, and none was closed in time."""
    why = "this process may open no more files or connections: raise the limit (ulimit -n), or give fewer --jobs"
    return NoAnswer(Cutoff.UNREACHABLE, Sentence(f"No connection to {{peer}} was tried, since {why}.", peer=peer))


def no_tunnel(peer: str, error: Exception, target: str) -> NoAnswer:
    """Why a proxy opened no tunnel."""
    if isinstance(error, TimeoutError):
        return NoAnswer(
            Cutoff.PROXY, Sentence("No answer came in time from {peer}, asked for {target}.", peer=peer, target=target)
        )
    refused = re.search(r"failed: (\d+.*)", str(error))
    why = "answered {text}" if refused else "closed the connection or didn't answer in HTTP"
    text = refused[1].strip() if refused else ""
    return NoAnswer(
        Cutoff.PROXY, Sentence(f"No way to {{target}}: {{peer}} {why}.", target=target, peer=peer, text=text)
    )


def no_tls(where: str, error: Exception) -> NoAnswer:
    """What went wrong in the handshake, or after it where the server has looked at the client's certificate."""
    if isinstance(error, TimeoutError):
        return NoAnswer(Cutoff.TIMEOUT, Sentence("The TLS handshake with {where} was not over in time.", where=where))
    return NoAnswer(Cutoff.TLS, _in_handshake(where, error))


def certificate_withheld(answer: NoAnswer) -> NoAnswer:
    """For trouble at an origin to which the client certificate is not shown."""
    if "client certificate" not in answer.detail:
        return answer
    why = "The client certificate was not shown there: it is only for the origin of the URL that you gave."
    return replace(answer, detail=f"{answer.detail} {why}")


def no_head(where: str, error: Exception, received: int) -> NoAnswer:
    """Why there is no answer that can be read, after `received` bytes of one."""
    match error:
        case ssl.SSLError():
            return no_tls(where, error)
        case http.client.LineTooLong():
            most = f"{MAX_LINES:,} lines or {MAX_HEAD // 1024} KiB"
            return NoAnswer(
                Cutoff.TOO_LARGE, Sentence(f"The headers from {{where}} are too large: more than {most}.", where=where)
            )
        case OSError():
            when = "in the middle of its headers" if received else "without an answer"
            return NoAnswer(Cutoff.RESET, Sentence(f"The connection was closed by {{where}} {when}.", where=where))
    if str(error).startswith("\x15\x03"):
        return NoAnswer(
            Cutoff.NOT_HTTP,
            Sentence("The answer from {where} is TLS: the URL may have to start with https:.", where=where),
        )
    return NoAnswer(
        Cutoff.NOT_HTTP,
        Sentence("The answer from {where} is not HTTP/1: it starts with {text!a}.", where=where, text=str(error)),
    )


def too_late(where: str, seconds: float) -> NoAnswer:
    """For a head that was not complete at the deadline."""
    return NoAnswer(
        Cutoff.TIMEOUT, Sentence(f"{{where}} sent no complete answer within {round(seconds, 1):g} s.", where=where)
    )


def no_password(where: str) -> NoAnswer:
    """For a proxy's 407."""
    return NoAnswer(
        Cutoff.PROXY, Sentence("The proxy wants a user name and password before it asks {where}.", where=where)
    )


def unforeseen(where: str, error: Exception) -> NoAnswer:
    """For all that has no words of its own."""
    text = " ".join(str(error).split())
    return NoAnswer(
        Cutoff.UNREACHABLE, Sentence("No connection to {where} could be made: {text}.", where=where, text=text)
    )


def _in_handshake(where: str, error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        why = _CERTIFICATE.get(error.verify_code, f"was not accepted: {error.verify_message}")
        return Sentence("The certificate of {where} {text}.", where=where, text=why)
    reason = getattr(error, "reason", None) or ""
    if reason in _NOT_TLS:
        return Sentence("No TLS is spoken at {where}: the URL may have to start with http:.", where=where)
    if "CERTIFICATE_REQUIRED" in reason:
        return Sentence("A client certificate is required by {where}: give one with --cert.", where=where)
    if "HANDSHAKE_FAILURE" in reason:
        return Sentence(
            "The TLS handshake was refused by {where}: it may require a client certificate (--cert).", where=where
        )
    if "PROTOCOL" in reason:
        return Sentence("No TLS version is common with {where}: it may be too old.", where=where)
    if not reason or isinstance(error, ssl.SSLEOFError):
        return Sentence("The connection was closed by {where} in the TLS handshake.", where=where)
    return Sentence("TLS with {where} failed: {text}.", where=where, text=reason.replace("_", " ").lower())
