"""A server that demands a client certificate: whether the browser showed one, and when it would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from corsdoctor.causes.evidence import evidence
from corsdoctor.causes.known import CERTAIN, named
from corsdoctor.wire import Certificate

if TYPE_CHECKING:
    from corsdoctor.causes.situation import Situation
    from corsdoctor.rule import Cause

_DEMANDS: Final = "The server demands a client certificate"
_FIX: Final = (
    'Install the certificate in the browser, and send the request with `credentials: "include"`: without that, Firefox '
    "shows none. In corsdoctor it is --cert."
)


def demanding_certificate(seen: Situation, *words: str) -> Cause:
    """The cause where the server says so; `words` are what it wrote, or what happened to the connection."""
    assert seen.exchange is not None
    lines = words if seen.response is None else evidence(seen, *words)
    if seen.exchange.request.certificate is Certificate.SHOWN:
        fix = "Use a certificate that has not expired, of an authority that the server trusts."
        return named(
            "client-certificate", CERTAIN, f"{_DEMANDS}, and does not accept the one of --cert.", *lines, fix=fix
        )
    if not seen.in_preflight:
        return named("client-certificate", CERTAIN, f"{_DEMANDS}.", *lines, fix=_FIX)
    known = seen.diagnosis.scenario.certificate
    others = "" if known else " Chromium and WebKit show one, if you pass it to corsdoctor with --cert."
    text = f"{_DEMANDS} for OPTIONS too, and by the Standard and in Firefox a preflight request carries none.{others}"
    return named("client-certificate", CERTAIN, text, *lines)
