"""Preloads: what <link rel=preload> and <link rel=modulepreload> have loaded answers the request that wants it.

https://html.spec.whatwg.org/multipage/links.html#consume-a-preloaded-resource . Left out: preloads that failed, the integrity of
preloads, and what other elements have loaded before.
"""

from __future__ import annotations

from typing import Final

from corsdoctor.browsers.profile import Profile
from corsdoctor.fetch.request import Ended, FetchEnd, FetchParams, Request, Tainting, response_tainting
from corsdoctor.record import Record
from corsdoctor.rule import HTML, Failure, Field, Rule
from corsdoctor.scenario import Api, Mode
from corsdoctor.scenario.page import Frame
from corsdoctor.wire import Exchange

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
_LOADED: Final = frozenset({Ended.BASIC, Ended.CORS, Ended.OPAQUE})


class Preload(Record):
    """A response that a <link> of the document in `frame` has loaded; `request` is as it stood after redirects."""

    frame: Frame | None
    request: Request
    exchange: Exchange


class Preloads:
    """The preloads of one page and its frames."""

    def __init__(self) -> None:
        self._kept: list[Preload] = []

    def keep(self, end: FetchEnd, params: FetchParams) -> None:
        """Keeps what a <link> has loaded."""
        request, exchanges = end.request, params.trace.exchanges
        if request.api in _LINKS and end.ended in _LOADED and exchanges:
            assert request.client is not None  # as in any flow
            self._kept.append(Preload(request.client.frame, request, exchanges[-1]))

    def consume(self, request: Request, params: FetchParams) -> FetchEnd | None:
        """The end of a request that a preload answers; None if there is none that fits, which is noted."""
        found = [one for one in self._kept if _is_wanted(one, request, params.profile)]
        for one in found:
            if _differs(one.request, request, params.profile) is None:
                if one.request.api is Api.PRELOAD:  # a module stays in the module map
                    self._kept.remove(one)
                params.trace.exchanged(one.exchange._replace(from_cache=True))
                params.trace.passed(PRELOAD_FITS)
                return _end(request, one)
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
    return FetchEnd(Ended(tainting.value), ended, preload.exchange.response)


def _is_wanted(preload: Preload, request: Request, profile: Profile) -> bool:
    """Whether the request is one of the same document for the same thing."""
    client, of = request.client, preload.request
    assert client is not None  # as in any flow
    if request.api in _LINKS or client.worker is not None or client.frame != preload.frame:
        return False
    if of.url_list[0].href != request.url.href or request.redirect_count or request.method != "GET":
        return False
    if not request.destination:
        fits = request.api in _SCRIPTED and request.init.cache == "default"
    elif request.api in _MODULES:
        fits = of.api is Api.MODULEPRELOAD or profile.modules_use_preloads
    else:
        fits = of.api is Api.PRELOAD
    return fits and of.destination == request.destination


def _differs(preload: Request, request: Request, profile: Profile) -> str | None:
    """In what the two differ. https://html.spec.whatwg.org/multipage/links.html#preload-key"""
    if request.mode is Mode.NO_CORS and request.destination and profile.preloads_serve_without_cors:
        return None
    if preload.credentials is not request.credentials:
        return "credentials mode"
    return None if preload.mode is request.mode else "mode"
