"""The causes that caches make: a response that was made for another request, and a missing Vary."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from corsdoctor.causes.known import CERTAIN, LIKELY, named
from corsdoctor.causes.marks import marks_of
from corsdoctor.causes.probe import ProbeKind
from corsdoctor.causes.situation import allows, grants
from corsdoctor.fetch.headers import ACAO, varies_by_origin
from corsdoctor.sentence import Sentence
from corsdoctor.wire import ascii_lower

if TYPE_CHECKING:
    from corsdoctor.causes.situation import Situation
    from corsdoctor.rule import Cause
    from corsdoctor.wire import Response

_STATES: Final = (
    "Cache-Status", "CF-Cache-Status", "CDN-Cache", "X-Cache", "X-Cache-Lookup", "X-Cache-Status", "X-CDN-Cache-Status", "X-Cached",
    "X-Drupal-Cache", "X-FastCGI-Cache", "X-LiteSpeed-Cache", "X-NC", "X-Nginx-Cache", "X-Nginx-Cache-Status", "X-Proxy-Cache", "X-Rack-Cache",
    "X-Router-Cache-Status", "X-Vercel-Cache", "X-Varnish-Cache", "Server-Timing",
)  # fmt: skip
_TRACES: Final = frozenset(map(ascii_lower, (*_STATES, "Age", "X-Cache-Hits", "X-Varnish")))
_HIT: Final = re.compile(
    r"\b(?:tcp_(?:mem_|ims_|refresh_)?hit|(?:refresh)?hit|(?<!fwd=)stale|revalidated|updating)\b",
    re.I,
)
_HIT_OF_CDN: Final = re.compile(r"\bcdn-cache; ?desc=\"?hit\b", re.I)
_MISS: Final = re.compile(r"\bmiss\b", re.I)


_CACHES: Final = {
    "CloudFront": "In CloudFront, add the header Origin to the cache policy of the behavior: then CloudFront forwards it to the origin "
    "server too, and keeps one response for each origin. Then invalidate the path.",
    "Cloudflare": "Purge the URL in Cloudflare. Its default cache key contains Origin, so the response was probably stored before the "
    "server allowed the page. If a Cache Rule sets the cache key, add the header Origin to it.",
    "Azure Front Door": "In Azure Front Door, add a rule that sets Access-Control-Allow-Origin by the request header Origin, because "
    "Vary does not divide its cache. Then purge the path.",
    "Akamai": "In Akamai, add the header Origin to the cache ID (behavior Cache ID Modification). Then purge the URL.",
    "Fastly": "", "Netlify": "", "Varnish": "", "Vercel": "",
}  # fmt: skip
"""Caches, and where their configuration says that responses depend on Origin; "" if Vary is enough."""


def cache_of(response: Response) -> str:
    """The name of the software that had the response in its cache, "" if nothing shows it."""
    whose = {mark.who for mark in marks_of(response)}
    return next((name for name in _CACHES if name in whose), "")


def cache_hit(response: Response) -> str | None:
    """The header line that shows that a cache had the response, if one does."""
    if not response.headers.has_any(_TRACES):
        return None
    for name in _STATES:
        value = response.headers.get(name)
        hit = _HIT_OF_CDN if name == "Server-Timing" else _HIT
        if value is not None and hit.search(value) and not _MISS.search(value.rpartition(",")[2]):
            return Sentence("{name}: {value}", name=name, value=value)
    age = (response.headers.get("Age") or "").strip()
    if age.isdecimal() and age.strip("0"):
        return f"Age: {age}"
    hits = re.findall(r"\d+", response.headers.get("X-Cache-Hits") or "")
    if hits and hits[-1].strip("0"):
        return Sentence("X-Cache-Hits: {value}", value=", ".join(hits))
    varnish = response.headers.get("X-Varnish") or ""
    return Sentence("X-Varnish: {value}", value=varnish) if re.fullmatch(r"\d+ \d+", varnish.strip()) else None


def of_cache(seen: Situation) -> Cause | None:
    """A cached response without Access-Control-Allow-Origin, or with another page's."""
    response = seen.response
    assert response is not None
    if seen.in_preflight or response.status >= 400 or varies_by_origin(response.headers):
        return None
    hit = cache_hit(response)
    if hit is None:
        return None
    named_origin = response.headers.get(ACAO)
    what = (
        "has no Access-Control-Allow-Origin header"
        if named_origin is None
        else f"allows another origin ({named_origin})"
    )
    who = cache_of(response)
    returned = f"{who} returned a cached response" if who else "A cache returned a response"
    text = f"{returned} that was made for another request: it {what}."
    fix = _CACHES.get(who, "")
    past = seen.answer(ProbeKind.PAST_CACHE)
    if past is None:
        others = any(grants(other) for _, other in seen.others())
        return named("cached-for-other", LIKELY, text, hit, fix=fix) if others or named_origin is not None else None
    if allows(past, seen.page):
        proof = Sentence(
            "past the cache, the response has Access-Control-Allow-Origin: {acao}", acao=past.headers.get(ACAO) or ""
        )
        return named("cached-for-other", CERTAIN, text, hit, proof, fix=fix)
    inconclusive = not past.is_ok or cache_hit(past) is not None
    return named("cached-for-other", LIKELY, text, hit, fix=fix) if inconclusive else None


def of_vary(seen: Situation) -> Cause | None:
    """Why the note about Vary matters here: by experiment where there is one."""
    given = "" if seen.response is None else seen.response.headers.get(ACAO) or ""
    line = Sentence("Access-Control-Allow-Origin: {acao}", acao=given)
    text = Sentence(
        "The response names the origin {page} and has no Vary: Origin, so a cache may give it to another page.",
        page=seen.page,
    )
    for kind in (ProbeKind.NO_ORIGIN, ProbeKind.OTHER_ORIGIN):
        answer = seen.answer(kind)
        if answer is not None and answer.is_ok and answer.headers.get(ACAO) != given:
            came = answer.headers.get(ACAO)
            what = "no Access-Control-Allow-Origin" if came is None else f"Access-Control-Allow-Origin: {came}"
            probe = seen.probe(kind)
            assert probe is not None
            return named("vary-missing", CERTAIN, text, line, f"{probe.words}: {what}")
    other = seen.answer(ProbeKind.OTHER_ORIGIN)
    if other is not None and other.is_ok:
        return None  # it names one origin, whoever asks
    return named("vary-missing", LIKELY, text, line)
