"""Causes that a response says in its own words or by its marks, whatever its status is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from corsdoctor.causes.before_answer import only_http2
from corsdoctor.causes.by_certificate import demanding_certificate
from corsdoctor.causes.by_status import blocked
from corsdoctor.causes.evidence import evidence
from corsdoctor.causes.known import CERTAIN, LIKELY, named
from corsdoctor.causes.marks import Means, Where
from corsdoctor.causes.probe import ProbeKind
from corsdoctor.causes.refusals import HEADERS, METHOD, ORIGIN, configuration_of, refused, refused_somehow, without_cors
from corsdoctor.causes.software import software
from corsdoctor.sentence import Sentence

if TYPE_CHECKING:
    from corsdoctor.causes.marks import Seen
    from corsdoctor.causes.situation import Situation
    from corsdoctor.rule import Cause, Certainty


_OF_CORS: Final = re.compile(r"\bcors|cross[- ]origin")
_SEVERAL: Final = re.compile(r"Disallowed CORS ((?:(?:, )?\b(?:origin|method|headers)\b)+)", re.I)
_NAMED: Final = {"origin": ORIGIN, "method": METHOD, "headers": HEADERS}
_CSRF_EXEMPT: Final = "Exempt OPTIONS from that protection: browsers send a preflight request without cookies and tokens, and it changes nothing."
_CSRF_FIXES: Final = {
    "Apollo Server": "Send the body as `Content-Type: application/json`, or send the header `Apollo-Require-Preflight: true`. Either one "
    "triggers a preflight request, so allow that header too.",
}
"""What to do where the token of a form is not what is missing."""
_CSRF_FIX: Final = (
    "Send the CSRF token with the request, and add the page's origin to the trusted origins of the server's CSRF protection (in "
    "Django: CSRF_TRUSTED_ORIGINS)."
)
_ORIGIN_FIX: Final = (
    "Add {page} to the trusted origins of that check too, which has a list of its own (in Django: CSRF_TRUSTED_ORIGINS, in the "
    "SDKs of MCP: allowedOrigins)."
)
_VERSION: Final = 505  # HTTP Version Not Supported
_WRONG_PROTOCOL: Final = 464  # of AWS's Application Load Balancer: the protocol is not that of its target group


_WHATEVER_STATUS: Final = frozenset(
    {Means.BOT, Means.HOST, Means.BLOCKED, Means.CERTIFICATE, Means.FAILED, Means.TLS, Means.HTTP2}
)


def of_marks(seen: Situation) -> Cause | None:
    """Challenges, client certificates, TLS ports and servers without HTTP/1.1, whatever the status is."""
    for mark in seen.marks:
        if mark.means not in _WHATEVER_STATUS:
            continue
        who = f" of {mark.who}" if mark.who else ""
        if mark.means is Means.BOT and (mark.mark.where != Where.PHRASE or _is_headline(seen, mark)):
            text = f"The response is a bot challenge{who}, not the API's response."
            certainty = LIKELY if mark.mark.where == Where.SCRIPT else CERTAIN
            return named("bot-challenge", certainty, text, *evidence(seen, mark.words))
        if mark.means is Means.HOST and (seen.text.title or not seen.text.is_page or not _is_ok(seen)):
            return _host_refused(seen, mark)
        if mark.means is Means.BLOCKED and mark.who and _is_ok(seen) and seen.text.is_nearly_empty:
            return blocked(seen, mark)
        if mark.means is Means.FAILED and _is_ok(seen) and not seen.in_preflight:
            return _failed_quietly(seen, mark)
        if mark.means is Means.CERTIFICATE and not _is_ok(seen):
            return demanding_certificate(seen, mark.words)
        if mark.means is Means.TLS and not _is_ok(seen):
            text = "The URL starts with http:, but the port uses TLS."
            return named("plain-http-on-tls-port", CERTAIN, text, *evidence(seen, mark.words))
        if mark.means is Means.HTTP2 and not _is_ok(seen):
            text, fix = only_http2(seen)
            return named("speaks-http2", CERTAIN, text, *evidence(seen, mark.words), fix=fix)
    if seen.response is not None and seen.response.status == _WRONG_PROTOCOL:
        text = "The targets behind the AWS load balancer do not support HTTP/1.1."
        return named("speaks-http2", LIKELY, text, *evidence(seen))
    if seen.response is not None and seen.response.status == _VERSION:
        text, fix = only_http2(seen)
        return named("speaks-http2", LIKELY, text, *evidence(seen), fix=fix)
    return None


HOSTS: Final = {
    "Vite": "server.allowedHosts of Vite",
    "Django": "ALLOWED_HOSTS of Django",
    "Rails": "config.hosts of Rails",
    "Play": "play.filters.hosts.allowed of Play",
    "Geth": "http.vhosts of Geth",
    "Nextcloud": "trusted_domains of Nextcloud",
    "IIS or ASP.NET Core": "the bindings of the site in IIS, or to AllowedHosts of ASP.NET Core",
}
"""The settings that list the host names that software serves."""
_ITS_HOSTS: Final = "its list of allowed hosts (webpack-dev-server: allowedHosts, TrustedHostMiddleware of Starlette and the SDKs of MCP: allowed_hosts)"


def _host_refused(seen: Situation, mark: Seen) -> Cause:
    """The software does not serve the host name of the URL, to protect itself from DNS rebinding."""
    host = "" if seen.url is None else seen.url.host
    text = Sentence(f"{mark.who or 'The server'} does not serve the host name {{host}}.", host=host)
    where = HOSTS.get(mark.who, _ITS_HOSTS)
    return named(
        "forbidden", CERTAIN, text, *evidence(seen, mark.words), fix=Sentence(f"Add {{host}} to {where}.", host=host)
    )


_SENT_ALREADY: Final = "headers already sent"
_HEADERS_FIRST: Final = (
    "Remove what prints before the call of header(): spaces before `<?php`, a byte order mark, an echo, a warning. The message names "
    "the file and the line. Turn off display_errors, so that PHP logs such messages."
)


def _failed_quietly(seen: Situation, mark: Seen) -> Cause:
    """The page of an error whose status is that of a success."""
    assert seen.response is not None
    status = str(seen.response.status)
    if _SENT_ALREADY in mark.value:
        text = Sentence("PHP had already sent its headers when the script added one, so that header is missing.")
        return named("server-error", CERTAIN, text, *evidence(seen, mark.words), fix=_HEADERS_FIRST)
    text = Sentence(
        "The application failed, although the status is {status}: the response is an error message of {who}.",
        status=status,
        who=mark.who,
    )
    return named("server-error", CERTAIN, text, *evidence(seen, mark.words))


def _is_headline(seen: Situation, mark: Seen) -> bool:
    """Whether the words of a challenge are what the page is about: an app may ask for patience while it loads."""
    failed = seen.response is not None and (seen.response.status >= 400 or seen.response.status == 202)
    return seen.text.is_page and (failed or (seen.text.title != "" and seen.text.title[:120] in mark.words))


def of_words(seen: Situation) -> Cause | None:
    """What a CORS layer says about its refusal. Words with a good status count in a preflight response alone."""
    if _is_ok(seen) and not seen.in_preflight:
        return None
    for refusal in (Means.ORIGIN, Means.METHOD, Means.HEADERS):
        if refusal in seen.means and (refusal is not Means.HEADERS or seen.unsafe_names or not seen.in_preflight):
            said = (one for one in seen.marks if one.means is refusal and _certainty(seen, one) is CERTAIN)
            mark = next(said, seen.means[refusal])
            certainty = _certainty(seen, mark)
            allowed = seen.page_is_allowed and not software(mark.who).is_service
            if refusal is Means.ORIGIN and (allowed or (certainty is LIKELY and _is_the_same_without(seen))):
                continue
            text = f"{configuration_of(mark)} does not allow {{parts}}."
            return refused(seen, certainty, _ids(mark), text, mark.words)
    if Means.CSRF in seen.means:
        forged = "The server's protection against forged requests (CSRF) refuses the request."
        mark = seen.means[Means.CSRF]
        fix = _CSRF_EXEMPT if seen.in_preflight else _CSRF_FIXES.get(mark.who, _CSRF_FIX)
        return named("forbidden", LIKELY, forged, *evidence(seen, mark.words), fix=fix)
    if Means.ORIGIN in seen.means and seen.page_is_allowed:
        also = Sentence("CORS allows the origin {page}, but another check of the server refuses it.", page=seen.page)
        fix = Sentence(_ORIGIN_FIX, page=seen.page)
        return named(ORIGIN, LIKELY, also, *evidence(seen, seen.means[Means.ORIGIN].words), fix=fix)
    if Means.CORS in seen.means:
        return refused_somehow(seen, seen.means[Means.CORS])
    if Means.NO_CORS in seen.means:
        return without_cors(seen, seen.means[Means.NO_CORS], seen.means[Means.NO_CORS].words)
    return None


def _certainty(seen: Situation, mark: Seen) -> Certainty:
    """Certain are the words of known software, and those that name CORS or what this request asks for."""
    asked = (seen.method, *seen.unsafe_names) if seen.in_preflight and mark.means is not Means.ORIGIN else ()
    words = mark.words.lower()
    sure = mark.who or _OF_CORS.search(words) or any(value.lower() in words for value in (seen.page, *asked))
    return CERTAIN if sure else LIKELY


def _is_the_same_without(seen: Situation) -> bool:
    """Whether the request fails without Origin too. A 403 may then mean that the server requires an allowed one."""
    free = seen.answer(ProbeKind.NO_ORIGIN)
    return seen.response is not None and free is not None and free.status == seen.response.status != 403


def _ids(mark: Seen) -> tuple[str, ...]:
    """The causes that the words name. Starlette names all parts of the request that it refuses."""
    several = _SEVERAL.fullmatch(mark.value)
    return (str(mark.means),) if several is None else tuple(_NAMED[word] for word in several[1].lower().split(", "))


def _is_ok(seen: Situation) -> bool:
    return seen.response is not None and seen.response.is_ok
