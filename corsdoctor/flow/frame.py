"""The frame in which a request is made: whether the browser loads it, as far as the policies of the page and of its response decide.

It is not requested here: the flow says what its response is. Nothing in a frame that is not loaded makes a request.
"""

from __future__ import annotations

from typing import Final

from corsdoctor.browsers.profile import Profile
from corsdoctor.diagnose import Diagnosis, Verdict, diagnose
from corsdoctor.scenario import Api, Scenario
from corsdoctor.scenario.page import Client
from corsdoctor.wire import Answer, Headers, Kind, Response, WireRequest

_INHERITING: Final = frozenset({"about:srcdoc", "blob:"})
"""Documents that the page makes, and that no policy keeps from loading (frames/refused-csp/004)."""
_ANY_DATA: Final = "data:text/html,"


def refusal_of_frame(client: Client, profile: Profile) -> Diagnosis | None:
    """Why the browser does not load the frame of `client`; None if it does.

    https://html.spec.whatwg.org/multipage/browsing-the-web.html#attempt-to-populate-the-history-entry's-document
    """
    frame = client.frame
    if frame is None or frame.url in _INHERITING:
        return None

    def answer(_kind: Kind, _request: WireRequest) -> Answer:
        return Response(200, Headers((("Content-Type", "text/html"), *frame.headers)))

    around = client._replace(frame=None, worker=None)
    found = diagnose(
        Scenario(_ANY_DATA if frame.url == "data:" else frame.url, around.origin, api=Api.IFRAME, client=around),
        profile,
        answer,
    )
    if found.verdict in (Verdict.ALLOWED, Verdict.OPAQUE):
        return None
    unasked = tuple(exchange._replace(from_cache=True) for exchange in found.exchanges)
    verdict = Verdict.PENDING if found.verdict is Verdict.PENDING else Verdict.ERROR
    return found._replace(exchanges=unasked, verdict=verdict)
