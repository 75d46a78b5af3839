"""Preloads: what <link rel=preload> and <link rel=modulepreload> have loaded answers the request that wants it.

https://html.spec.whatwg.org/multipage/links.html#consume-a-preloaded-resource . A module that a document has loaded stays in its
module map: https://html.spec.whatwg.org/multipage/webappapis.html#module-map . Left out: preloads that failed, the integrity of
preloads, and what other elements have loaded before.
"""

from __future__ import annotations

from typing import Final

from corsdoctor.browsers.profile import Profile
from corsdoctor.fetch.element import consume
from corsdoctor.fetch.request import Ended, FetchEnd, FetchParams, Request, Tainting, response_tainting
from corsdoctor.record import Record
from corsdoctor.rule import HTML, Failure, Field, Outcome, Rule, Step, Trace
from corsdoctor.scenario import Api, Mode
from corsdoctor.scenario.page import Frame
from corsdoctor.wire import Exchange, Response

PRELOAD_FITS = Rule(
    id="preload-fits-request",
    title="A preload has the mode and the credentials of the request that uses it",
    failure=Failure(
        "The page preloads {url}, but the request has another {wanted}, so the browser loads it twice",
        bare="The page preloads the URL with another mode or other credentials, so the browser loads it twice",
    ),
    spec=f"{HTML}links.html#consume-a-preloaded-resource",
    step="",
    what="The response of a <link rel=preload> is used only for a request with the same destination, mode and credentials. "
    "fetch() and fonts use mode cors, so their preloads require the attribute crossorigin.",
    why="A response that was loaded without CORS must not become readable, and one with cookies is not the one without.",
    fix="Give the <link> the crossorigin attribute that fits the request: crossorigin for fetch() and fonts, none for an "
    "element without crossorigin.",
    bad='<link rel=preload as=fetch href="https://api.example/data">',
    good='<link rel=preload as=fetch crossorigin href="https://api.example/data">',
    blocks=False,
)
RULES: Final = (PRELOAD_FITS,)

_LINKS: Final = frozenset({Api.PRELOAD, Api.MODULEPRELOAD})
_MODULES: Final = frozenset({Api.MODULE, Api.IMPORT})
_SCRIPTED: Final = frozenset({Api.FETCH, Api.XHR})
_REUSED: Final = frozenset(
    {
        Api.CSS_CURSOR,
        Api.CSS_IMAGE,
        Api.CSS_IMPORT,
        Api.CSS_MASK,
        Api.IMAGE,
        Api.SHAPE,
        Api.STYLESHEET,
        Api.SVG_IMAGE,
        Api.WEBGL,
    }
)
"""What a document may have loaded once and for all: https://html.spec.whatwg.org/multipage/images.html#the-list-of-available-images"""
_LOADED: Final = frozenset({Ended.BASIC, Ended.CORS, Ended.OPAQUE})


class Preload(Record):
    """A response that a <link> or a module of the document in `frame` has loaded; `request` is as it stood after redirects.

    `response` is what came of the exchange, `failures` are the steps for which a module failed.
    """

    frame: Frame | None
    request: Request
    exchange: Exchange
    response: Response | None
    failures: tuple[Step, ...] = ()


class Preloads:
    """The preloads of one page and its frames."""

    def __init__(self) -> None:
        self._kept: dict[str, list[Preload]] = {}
        """By the URL that was requested."""

    def keep(self, end: FetchEnd, params: FetchParams) -> None:
        """Keeps what a <link> has loaded, and modules."""
        request, exchanges = end.request, params.trace.exchanges
        reused = request.api in _REUSED and request.destination in params.profile.documents_reuse
        if not (reused or request.api in _LINKS | _MODULES) or not exchanges:
            return
        loaded = end.ended in _LOADED
        if reused or (request.api in _MODULES and not params.profile.failed_modules_are_kept):
            image = request.with_(api=Api.IMAGE) if request.api is Api.WEBGL else request  # it need not be a texture
            loaded = loaded and consume(end._replace(request=image), params._replace(trace=Trace(exchanges)))
        failed = () if loaded else tuple(step for step in params.trace.steps if step.outcome is Outcome.FAIL)
        if loaded or (request.api in _MODULES and params.profile.failed_modules_are_kept):
            assert request.client is not None  # as in any flow
            preload = Preload(request.client.frame, request, exchanges[-1], end.response, failed)
            self._kept.setdefault(request.url_list[0].href, []).append(preload)

    def consume(self, request: Request, params: FetchParams) -> FetchEnd | None:
        """The end of a request that a preload answers; None if there is none that fits, which is noted."""
        kept = self._kept.get(request.url.href, [])
        found = [one for one in kept if _is_wanted(one, request, params.profile)]
        for one in found:
            linked = one.request.api in _LINKS
            if one.request.api in _MODULES or _differs(one.request, request, params.profile) is None:
                if one.request.api is Api.PRELOAD:  # the others stay with the document
                    kept.remove(one)
                params.trace.exchanged(one.exchange._replace(from_cache=True))
                if linked:
                    params.trace.passed(PRELOAD_FITS)
                last = len(params.trace.exchanges) - 1
                params.trace.steps.extend(step._replace(exchange=last) for step in one.failures)
                return _end(request, one)
        found = [one for one in found if one.request.api in _LINKS]
        if found:
            differs = _differs(found[0].request, request, params.profile)
            assert differs is not None
            params.trace.note(PRELOAD_FITS, ((Field.URL, request.url.href), (Field.WANTED, differs)))
        return None


def _end(request: Request, preload: Preload) -> FetchEnd:
    """The end of a request that took the way of the preload."""
    of, tainting = preload.request, Tainting.BASIC
    for url in of.url_list:
        tainting = response_tainting(url, request.origin, request.mode, tainting)
    ended = request.with_(url_list=of.url_list, redirect_count=of.redirect_count, tainting=tainting)
    became = Ended.NETWORK_ERROR if preload.failures else Ended(tainting.value)
    return FetchEnd(became, ended, preload.response)


def _is_wanted(preload: Preload, request: Request, profile: Profile) -> bool:
    """Whether the request, for the URL of the preload, is one of the same document for the same thing."""
    client, of = request.client, preload.request
    assert client is not None  # as in any flow
    if client.worker is not None or client.frame != preload.frame:
        return False
    if request.api in _LINKS:
        known = request.api is Api.MODULEPRELOAD and of.api in _MODULES and profile.modulepreloads_use_modules
        if not known:
            return False
    if request.redirect_count or request.method != "GET":
        return False
    if not request.destination:
        fits = request.api in _SCRIPTED and request.init.cache == "default"
    elif request.api in _MODULES or of.api in _MODULES:
        modules = _MODULES | {Api.MODULEPRELOAD}
        fits = request.api in modules and (of.api in modules or profile.modules_use_preloads)
    else:
        fits = of.api is Api.PRELOAD or (of.api in _REUSED and request.api in _REUSED)
    return fits and of.destination == request.destination


def _differs(preload: Request, request: Request, profile: Profile) -> str | None:
    """In what the two differ. https://html.spec.whatwg.org/multipage/links.html#preload-key"""
    plain = request.mode is Mode.NO_CORS and bool(request.destination) and preload.api in _LINKS
    if plain and profile.preloads_serve_without_cors:
        return None
    if preload.credentials is not request.credentials:
        return "credentials mode"
    return None if preload.mode is request.mode else "mode"
