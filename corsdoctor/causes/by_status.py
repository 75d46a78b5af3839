"""Causes that the response alone shows: by its status, by what its software writes, or by the page that it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from corsdoctor.causes.by_certificate import demanding_certificate
from corsdoctor.causes.by_login import login, network_login, of_origin_check
from corsdoctor.causes.by_size import too_large
from corsdoctor.causes.evidence import author, evidence, readable, wrote
from corsdoctor.causes.known import CERTAIN, EXEMPT_OPTIONS, LIKELY, named
from corsdoctor.causes.marks import Means, marks_of
from corsdoctor.causes.probe import ProbeKind
from corsdoctor.causes.refused_headers import passes
from corsdoctor.causes.rejections import GATEWAY
from corsdoctor.causes.situation import cors_marks, is_presigned
from corsdoctor.causes.software import software
from corsdoctor.causes.vendor_fixes import bucket_rule, no_options
from corsdoctor.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from corsdoctor.causes.marks import Seen
    from corsdoctor.causes.situation import Situation
    from corsdoctor.rule import Cause
    from corsdoctor.wire import Response

_GONE: Final = 410
_OF_THE_REQUEST: Final = (501, 505)
"""What the server does not know: the method, or the version of HTTP."""
_OF_CLOUDFLARE: Final = 520
"""From here on, the statuses are Cloudflare's own."""
_SERVER_ERROR: Final = 500
"""From here on, a status says that the server failed."""


def of_status(seen: Situation) -> Cause | None:
    """What the status says for itself, whatever CORS is."""
    response = seen.response
    assert response is not None
    if response.status >= 400 and Means.DEAD in seen.means:
        return _gateway(seen)
    if response.status in GATEWAY:
        if Means.RATE in seen.means:
            return _rate(seen)
        return blocked(seen, seen.means[Means.BLOCKED]) if Means.BLOCKED in seen.means else _gateway(seen)
    judge = _BY_STATUS.get(response.status)
    if judge is not None:
        return judge(seen)
    if response.status >= 500 and response.status not in _OF_THE_REQUEST:
        text = f"The server returned {response.status}: the application failed.{readable(seen)}"
        return named("server-error", CERTAIN, text, *evidence(seen))
    return _of_refusal(seen) if 400 <= response.status <= 499 else None


def _gateway(seen: Situation) -> Cause:
    """A gateway without an application, or one that has none for OPTIONS alone, as a GET of the same URL shows."""
    assert seen.response is not None
    status = seen.response.status
    whose = author(seen)
    if not whose and status >= _OF_CLOUDFLARE and any(mark.who == "Cloudflare" for mark in seen.marks):
        whose = wrote(status, "Cloudflare")
    actual = seen.answer(ProbeKind.GET) if seen.in_preflight else None
    proof = () if actual is None else (_seen_of(actual),)
    if actual is not None and actual.status < _SERVER_ERROR:
        text = f"Nothing behind the proxy or gateway handles OPTIONS: it returned {status} to OPTIONS alone.{whose}"
        return named("no-options", LIKELY, text, *evidence(seen, *proof))
    to_options = " to OPTIONS" if seen.in_preflight and actual is None else ""
    text = (
        f"The server returned {status}{to_options}: a proxy or gateway gets no valid response from the application."
        f"{whose}{readable(seen)}"
    )
    return named("gateway-error", CERTAIN, text, *evidence(seen, *proof))


def _of_refusal(seen: Situation) -> Cause | None:
    """What the words and marks of an error say, where its status says little."""
    assert seen.response is not None
    if Means.LARGE in seen.means:
        return too_large(seen)
    if Means.RATE in seen.means:
        return _rate(seen)
    of_cors = Means.CORS in seen.means or Means.NO_CORS in seen.means
    denied = seen.means.get(Means.DENIED) if is_presigned(seen.diagnosis.scenario.url) and not of_cors else None
    signature = seen.means.get(Means.SIGNATURE) or denied
    if signature is not None and _is_of_store(seen):
        of_store = is_presigned(seen.diagnosis.scenario.url) or signature.who != _AZURE
        return _signature(seen, signature.words) if of_store else login(seen, signature.words)
    if Means.MISSING in seen.means:
        text = f"What the URL names does not exist.{author(seen)}"
        return named("not-found", CERTAIN, text, *evidence(seen, seen.means[Means.MISSING].words))
    actual = seen.answer(ProbeKind.GET) if seen.in_preflight else seen.response
    if (
        Means.NO_ROUTE in seen.means
        and actual is not None
        and any(mark.means is Means.NO_ROUTE for mark in marks_of(actual))
    ):
        text = "AWS API Gateway has no route for this URL and method, which it reports as a missing token."
        certainty = CERTAIN if not seen.in_preflight or seen.method in ("GET", "HEAD") else LIKELY
        fix = "Check the stage, the path and the method of the request."
        return named("not-found", certainty, text, *evidence(seen, seen.means[Means.NO_ROUTE].words), fix=fix)
    unrouted = seen.means.get(Means.NO_ROUTE) or seen.means.get(Means.NO_OPTIONS)
    if unrouted is not None and seen.in_preflight:
        return _no_options(seen, unrouted.words)
    if Means.NO_RULE in seen.means:
        text = "The store has no CORS rule that matches this origin, method and headers."
        words = seen.means[Means.NO_RULE].words
        return named("not-configured", LIKELY, text, *evidence(seen, words), fix=bucket_rule(seen))
    if "WWW-Authenticate" in seen.response.headers:
        return login(seen)
    if Means.BLOCKED in seen.means:
        return blocked(seen, seen.means[Means.BLOCKED])
    if Means.LOGIN in seen.means and (
        seen.response.status == 403 or (seen.response.status == 400 and not seen.in_preflight)
    ):
        certainty = CERTAIN if seen.response.status == 403 else LIKELY
        return login(seen, seen.means[Means.LOGIN].words, certainty=certainty)
    return None


def _is_of_store(seen: Situation) -> bool:
    """Whether an object store answers: other applications have signatures too."""
    of_store = any(software(mark.who).is_store for mark in seen.marks)
    return of_store or seen.text.kind.endswith("xml") or is_presigned(seen.diagnosis.scenario.url)


_AZURE: Final = "Azure Storage"


def blocked(seen: Situation, mark: Seen) -> Cause:
    """A firewall says that it blocks the request."""
    who = f" of {mark.who}" if mark.who else ""
    what, fix = ("OPTIONS", EXEMPT_OPTIONS) if seen.in_preflight else ("the request", "")
    return named(
        "forbidden", CERTAIN, f"A firewall or filter{who} blocks {what}.", *evidence(seen, mark.words), fix=fix
    )


def _signature(seen: Situation, words: str) -> Cause:
    text = "The store checks the signature of the URL, and it does not match this request, or it has expired."
    fix = "Sign the URL for the method and the headers that the script sends, and send the request before the URL expires."
    if seen.in_preflight:
        fix = ""
        text = (
            "The store checks the signature of the URL for the preflight request too. The URL is signed for "
            f"{seen.method}, so OPTIONS never matches."
        )
    return named("request-signature", CERTAIN, text, *evidence(seen, words), fix=fix)


def _unauthorized(seen: Situation) -> Cause:
    """401: a signature, an origin that only this status refuses, or a login."""
    if Means.SIGNATURE in seen.means and is_presigned(seen.diagnosis.scenario.url):
        return _signature(seen, seen.means[Means.SIGNATURE].words)
    return of_origin_check(seen) or login(seen, *(m.words for m in seen.marks if m.means is Means.LOGIN))


def _rate(seen: Situation) -> Cause:
    assert seen.response is not None
    again = seen.response.headers.get("Retry-After")
    more = () if again is None else (Sentence("Retry-After: {retry_after}", retry_after=again),)
    text = f"The server limits the rate of requests ({seen.response.status}).{author(seen)}{readable(seen)}"
    certainty = CERTAIN if seen.response.status in (403, 429, 503) else LIKELY
    return named("rate-limited", certainty, text, *evidence(seen, *more))


def _no_options(seen: Situation, *words: str) -> Cause:
    assert seen.response is not None
    allow = seen.response.headers.get("Allow")
    more = () if allow is None else (Sentence("Allow: {allow}", allow=allow),)
    text = f"The server has no handler for OPTIONS at this URL ({seen.response.status}).{author(seen)}"
    return named("no-options", CERTAIN, text, *evidence(seen, *more, *words), fix=no_options(seen))


def _without_handler(seen: Situation) -> Cause | None:
    return _no_options(seen) if seen.in_preflight else None


def _only_websockets(seen: Situation) -> Cause | None:
    """426: the server requires another protocol, which it names."""
    assert seen.response is not None
    wanted = seen.response.headers.get("Upgrade") or ""
    if "websocket" not in wanted.lower():
        return None
    text = "The server accepts only WebSockets at this URL."
    fix = "Open the URL with new WebSocket(), or correct the path or the port if it should be an API."
    return named("wrong-service", CERTAIN, text, *evidence(seen, Sentence("Upgrade: {value}", value=wanted)), fix=fix)


def _misdirected(seen: Situation) -> Cause:
    text = f"The server that was reached does not serve this host.{author(seen)}"
    return named(
        "wrong-service", CERTAIN, text, *evidence(seen), fix="Correct the host, or its entry in DNS or in the proxy."
    )


def _missing(seen: Situation) -> Cause | None:
    """404 and 410: of the URL, or of OPTIONS alone."""
    response = seen.response
    assert response is not None
    if any(mark.means is Means.LARGE for mark in seen.marks):
        return too_large(seen)
    sure = any(mark.means is Means.MISSING and software(mark.who).is_store for mark in seen.marks)
    if any(m.means is Means.PAGE for m in seen.marks):
        return None
    text, fix = f"The server has nothing at this URL ({response.status}).{author(seen)}{readable(seen)}", ""
    if any(mark.who == "Google Frontend" and mark.means is Means.WROTE for mark in seen.marks):
        fix = "Correct the URL. For Cloud Run, compare it with `gcloud run services describe SERVICE`, and set the ingress to `all`."
    if response.status == _GONE:
        text = f"The server removed what was at this URL ({_GONE}).{author(seen)}{readable(seen)}"
        fix = "Request the URL that replaces it, as the API's documentation says."
    if not seen.in_preflight or sure:
        return named("not-found", CERTAIN, text, *evidence(seen), fix=fix)
    actual = seen.answer(ProbeKind.GET)
    if actual is None:
        return named(
            "no-options", LIKELY, f"No route handles OPTIONS at this URL ({response.status}).", *evidence(seen)
        )
    proof = _seen_of(actual)
    if actual.status not in (404, 410):
        # another server behind the address may handle OPTIONS
        return None if passes(seen.answer(ProbeKind.PREFLIGHT), seen.page) else _no_options(seen, proof)
    if seen.method in ("GET", "HEAD"):
        return named("not-found", CERTAIN, text, *evidence(seen, proof), fix=fix)
    if any(m.means is Means.NO_OPTIONS for m in seen.marks):
        return named(
            "no-options", LIKELY, f"No route handles OPTIONS at this URL ({response.status}).", *evidence(seen, proof)
        )
    return named("not-found", LIKELY, text, *evidence(seen, proof), fix=fix)


def of_probe(seen: Situation) -> Cause | None:
    """What a GET of the same URL shows about a preflight response that shows little."""
    actual = seen.answer(ProbeKind.GET) if seen.in_preflight else None
    if actual is None:
        return None
    assert seen.response is not None
    refused = seen.response.is_ok and cors_marks(seen.response)  # by the CORS layer, whatever the URL holds
    if actual.status in (404, 410) and seen.method in ("GET", "HEAD") and not refused:
        text = f"The server has nothing at this URL ({actual.status})."
        return named("not-found", CERTAIN, text, *evidence(seen, _seen_of(actual)))
    if actual.status in GATEWAY:
        text = f"The server returned {actual.status} to a GET: a proxy or gateway gets no valid response from the application."
        return named("gateway-error", CERTAIN, text, *evidence(seen, _seen_of(actual)))
    return None


def _seen_of(actual: Response) -> str:
    return f"a GET of the same URL: status {actual.status}"


_BY_STATUS: Final[dict[int, Callable[[Situation], Cause | None]]] = {
    401: _unauthorized, 407: login, 440: login, 403: _of_refusal, 404: _missing, 410: _missing,
    405: _without_handler, 413: too_large, 414: too_large, 431: too_large, 421: _misdirected, 426: _only_websockets, 429: _rate, 509: _rate,
    501: _without_handler, 511: network_login, 495: demanding_certificate, 496: demanding_certificate,
}  # fmt: skip
