"""Causes that the request itself shows, and those of a request without a response."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corsdoctor.causes.by_certificate import demanding_certificate
from corsdoctor.causes.known import CERTAIN, LIKELY, named
from corsdoctor.causes.marks import Means
from corsdoctor.causes.probe import ProbeKind
from corsdoctor.causes.situation import allows
from corsdoctor.scenario import Api
from corsdoctor.sentence import Sentence
from corsdoctor.wire import FailureKind, NoAnswer

if TYPE_CHECKING:
    from corsdoctor.causes.situation import Situation
    from corsdoctor.rule import Cause


def of_request(seen: Situation) -> Cause | None:
    """A header of responses that the script sends: it triggers a preflight request that asks for it."""
    names = [name for name, _ in seen.diagnosis.scenario.headers if name.lower().startswith("access-control-allow-")]
    asked = [name for name in names if name.lower() in seen.unsafe_names]
    if not asked or not seen.in_preflight:
        return None
    refused = not seen.step.missing or any(name.lower() in seen.step.missing for name in asked)
    if not refused:
        return None
    text = Sentence("The script sends {name}, which is a header of responses: the server sends it.", name=asked[0])
    fix = Sentence("Remove {name} from the script's request.", name=", ".join(asked))
    line = Sentence("the script sets {name}", name=", ".join(asked))
    in_words = any(mark.means is Means.HEADERS for mark in seen.marks)
    bare = seen.answer(ProbeKind.PREFLIGHT_BARE)
    proved = seen.step.missing or in_words or (bare is not None and allows(bare, seen.page))
    return named("response-header-in-request", CERTAIN if proved else LIKELY, text, line, fix=fix)


def only_http2(seen: Situation) -> tuple[str, str]:
    """What it means that the server has no HTTP/1.1, and what to do."""
    assert seen.exchange is not None
    if not seen.exchange.request.url.startswith("https:"):
        return (
            "The server has no HTTP/1.1. Browsers use HTTP/2 too, but only over TLS.",
            "Put a proxy in front of the server that offers TLS or HTTP/1.1: without one, no browser can reach it.",
        )
    if seen.diagnosis.scenario.api is Api.WEBSOCKET:
        return (
            "The server has no HTTP/1.1, over which browsers open a WebSocket.",
            "Make the server offer HTTP/1.1 on this port too. Browsers open a WebSocket over HTTP/2 only if they already "
            "have a connection to the server that allows it (RFC 8441).",
        )
    return (
        "The server has no HTTP/1.1, which corsdoctor uses unless --http2 is given.",
        "Run this command again with --http2, which requires an extra: pip install 'corsdoctor[http2]'.",
    )


def of_silence(seen: Situation) -> tuple[Cause, ...]:
    """What the error says where there is no response."""
    answer = None if seen.exchange is None else seen.exchange.answer
    cause = seen.step.cause
    if not isinstance(answer, NoAnswer) or cause is None:
        return ()
    if answer.kind is FailureKind.CLIENT_CERTIFICATE:
        return (demanding_certificate(seen, answer.detail),)
    if answer.kind is FailureKind.ONLY_HTTP2:
        text, fix = only_http2(seen)
        cause = cause._replace(text=text, fix=fix)
    return (cause._replace(evidence=(answer.detail,)),)
