"""Causes that the server wants to know who asks: a login, valid credentials, or the endpoint of a login service itself."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from corsdoctor.causes.evidence import author, evidence, readable
from corsdoctor.causes.exempting import exempting
from corsdoctor.causes.known import CERTAIN, READABLE, named
from corsdoctor.causes.login_urls import authorization
from corsdoctor.causes.marks import Means
from corsdoctor.causes.probe import ProbeKind
from corsdoctor.scenario import Credentials
from corsdoctor.sentence import Sentence

if TYPE_CHECKING:
    from corsdoctor.causes.situation import Situation
    from corsdoctor.rule import Cause, Certainty


def of_authorization(seen: Situation) -> Cause | None:
    """The endpoint where a user logs in, which the script fetches although it is for pages only."""
    cause = authorization(seen.diagnosis.scenario.url)
    if cause is None or seen.response is None:
        return None
    of_page = "authentication" if seen.response.is_ok and not seen.in_preflight else cause.id
    return cause._replace(id="login-redirect" if seen.redirects else of_page, evidence=evidence(seen))


def of_origin_check(seen: Situation) -> Cause | None:
    """A 401 that only requests with this Origin get: a check against forged requests, such as qBittorrent's."""
    assert seen.response is not None
    status, free = seen.response.status, seen.answer(ProbeKind.NO_ORIGIN)
    same = seen.response if seen.probes_repeat else seen.answer(ProbeKind.GET)
    if free is None or same is None or same.status != status or free.status == status:
        return None
    text = Sentence(
        "The server refuses requests from the origin {page} ({status}): without Origin, the same request gets status {other}.",
        page=seen.page, status=str(status), other=str(free.status),
    )  # fmt: skip
    proof = Sentence("without Origin: status {status}", status=str(free.status))
    return named("origin-refused", CERTAIN, text, *evidence(seen, proof), fix=Sentence(_TRUST, page=seen.page))


_TRUST: Final = (
    "Add {page} to the origins that the server accepts. qBittorrent has no such list: put a proxy before it that removes Origin and "
    "Referer and adds the CORS headers."
)


def may_check_origin(seen: Situation) -> bool:
    """Whether a 401 may be no login: the server names no scheme of authentication, which every real one must."""
    response = seen.response
    return response is not None and response.status == _UNAUTHORIZED and "WWW-Authenticate" not in response.headers


_UNAUTHORIZED: Final = 401


def login(seen: Situation, *words: str, certainty: Certainty = CERTAIN) -> Cause:
    assert seen.response is not None
    asked = seen.response.headers.get("WWW-Authenticate")
    more = () if asked is None else (Sentence("WWW-Authenticate: {www_authenticate}", www_authenticate=asked),)
    status = seen.response.status
    if seen.in_preflight:
        text = f"The server requires a login for OPTIONS too ({status}). Browsers never send credentials with a preflight request."
        fix = exempting(seen) or "Answer OPTIONS with 204 and the CORS headers, before authentication."
    elif _has_credentials(seen) and _says(seen, _LACKING):
        text = f"The server requires credentials that the request does not have ({status}).{readable(seen)}"
        fix = f"Send what the response asks for. {READABLE}"
    elif _has_credentials(seen) or _says(seen, _REFUSED):
        text = f"The server does not accept the credentials of the request ({status}).{readable(seen)}"
        fix = f"Send valid credentials. {READABLE}"
    elif seen.diagnosis.scenario.credentials is Credentials.INCLUDE:
        text = f"The server requires a login, and the request has no cookie ({status}).{readable(seen)}"
        fix = f"Log in first, and make sure that the browser stores and sends the cookie. Or send a token. {READABLE}"
    else:
        text = f"The server requires a login, and the request has no credentials ({status}).{readable(seen)}"
        fix = f'Send a token, or the cookies of the login with `credentials: "include"`. {READABLE}'
    return named("authentication", certainty, f"{text}{author(seen)}", *evidence(seen, *more, *words), fix=fix)


def _has_credentials(seen: Situation) -> bool:
    """Whether the request that was judged has what may be a login."""
    assert seen.exchange is not None
    return any(_may_be_credential(name) for name, _ in seen.exchange.request.headers)


@lru_cache(maxsize=256)  # requests have few headers
def _may_be_credential(name: str) -> bool:
    return _CREDENTIAL.search(name) is not None


def _says(seen: Situation, words: re.Pattern[str]) -> bool:
    """Whether the words that ask for a login contain these."""
    return any(mark.means is Means.LOGIN and words.search(mark.value) is not None for mark in seen.marks)


_LACKING: Final = re.compile(r"\b(?:no|missing|required|must set|not (?:found|provided|present|supplied))\b", re.I)
_REFUSED: Final = re.compile(r"\b(?:invalid|incorrect|wrong|bad|expired|malformed)\b", re.I)
_CREDENTIAL: Final = re.compile(r"auth|cookie|key|secret|session|token", re.I)


def network_login(seen: Situation) -> Cause | None:
    """511: a network, or a tunnel, wants something of the user."""
    return None if any(mark.means is Means.PAGE for mark in seen.marks) else login(seen)
