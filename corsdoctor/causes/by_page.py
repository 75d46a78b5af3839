"""The cause that a page shows where an API was asked: another service responds."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Final

from corsdoctor.causes.evidence import evidence
from corsdoctor.causes.known import CERTAIN, LIKELY, named
from corsdoctor.causes.login_urls import WEAKLY, login
from corsdoctor.causes.marks import Means, Where, marks_of
from corsdoctor.causes.phrases import text_of
from corsdoctor.causes.probe import ProbeKind
from corsdoctor.scenario import Api
from corsdoctor.sentence import Sentence
from corsdoctor.url import parse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from corsdoctor.causes.marks import Seen
    from corsdoctor.causes.phrases import Text
    from corsdoctor.causes.situation import Situation
    from corsdoctor.rule import Cause

_OF_API: Final = re.compile(
    r"(?:^|/)(?:api|apis|rest|graphql|gql|rpc|json|odata|wp-json|v\d+(?:beta\d*)?|ws|rs|services?|realms|oauth2?|token|query|auth)(?:/|$)|\.json$",
    re.I,
)
_OF_CONSOLE: Final = re.compile(
    r"\b(?:(?:management|admin(?:istration)?|web) (?:console|ui|panel|interface)|console|dashboard|admin(?:istration)?|default (?:web ?)?(?:site|page)"
    r"|welcome to|congratulations|app service|getting started|dev server|tunnel|phpinfo|it works|test page|coming soon|under construction|parked|index of|control panel|webinterface)\b",
    re.I,
)
_LOG_IN: Final = "Log in first, or send a token. Return 401 with the CORS headers to scripts that are not logged in, instead of the page."
_KNOWN: Final = (
    (
        r"airtunes",
        "Run the API on another port, because macOS uses 5000 and 7000 for AirPlay. Or turn off AirPlay Receiver in System "
        "Settings > General > AirDrop & Handoff.",
    ),
    (
        r"err_ngrok_6024|you are about to visit",
        "Have the script send the header ngrok-skip-browser-warning with any value, and allow it in Access-Control-Allow-Headers: "
        "then ngrok shows no warning page.",
    ),
    (r"err_ngrok_3200|tunnel .*not found", "Start the tunnel's agent, and request the URL that it prints."),
    (
        r"tunnel password required|tunnel website ahead|friendly reminder",
        "Have the script send the header bypass-tunnel-reminder with any value, and allow it in Access-Control-Allow-Headers: "
        "then localtunnel shows no page of its own.",
    ),
)
"""What to do about services that are often in the way, by their marks."""
_ONWARD: Final = re.compile(
    r"""(?:http-equiv=["']?refresh["']?[^>]{0,60}\burl=|\blocation(?:\.href)?\s{0,9}=\s{0,9}|\blocation\.(?:replace|assign|reload)\s{0,9}\()["']?([^"'<>\s;)]{0,2000})""",
    re.I,
)
"""Where a page sends the browser by its head or its script."""
_SETS_COOKIE: Final = "document.cookie"
_OF_PAGE: Final = re.compile(r"(?:\.x?html?|\.php|\.aspx?|\.jsp)$", re.I)


def wants_page(seen: Situation) -> bool:
    """Whether the script asks for HTML on purpose."""
    scenario = seen.diagnosis.scenario
    accepts = next((value for name, value in scenario.headers if name.lower() == "accept"), "")
    return "html" in accepts.lower() or (seen.url is not None and _OF_PAGE.search(seen.url.path) is not None)


def _foreign(seen: Situation, marks: Iterable[Seen]) -> Cause | None:
    """The page of software that is known not to be an API."""
    mark = next((mark for mark in marks if mark.means is Means.PAGE), None)
    if mark is None:
        return None
    is_page = mark.mark.where in (Where.PAGE, Where.PHRASE)
    text = f"The response is a page of {mark.who}, not the API's." if is_page else f"{mark.who} responds, not the API."
    fix = next((fix for words, fix in _KNOWN if re.search(words, mark.value, re.I)), "")
    return named("wrong-service", CERTAIN, text, *evidence(seen, mark.words), fix=fix)


def _is_sure(mark: Seen, text: Text) -> bool:
    """Whether a page is a login, and does not only mention one: by its elements, or by its headline."""
    return mark.mark.where == "page" or (mark.mark.where == Where.PHRASE and mark.value in text.headlines)


def _of_script(seen: Situation) -> Cause | None:
    """A page without text that sends the browser on by itself: to a login, or with a cookie to the same URL."""
    found = None if Means.APP in seen.means else _ONWARD.search(seen.text.body)
    if found is None or seen.url is None:
        return None
    target = parse(unescape(found[1]), seen.url.href)
    if target is not None and login(seen.url, target) not in (None, WEAKLY):
        text = "The server returns a page that leads to a login instead of a response of the API."
        quoted = Sentence("the page leads to {url}", url=found[1])
        return named("authentication", LIKELY, text, *evidence(seen, quoted), fix=_LOG_IN)
    if _SETS_COOKIE in seen.text.body:
        text = "The server returns a page whose script sets a cookie and loads the URL again, as bot protections do."
        return named("bot-challenge", LIKELY, text, *evidence(seen, f"the page contains `{_SETS_COOKIE}`"))
    return None


def of_page(seen: Situation) -> Cause | None:
    """A page of another service, also where the preflight response is one, or only a probe got it."""
    response = seen.response
    assert response is not None
    if response.is_ok and seen.text.is_page and seen.text.is_nearly_empty:
        led = _of_script(seen)
        if led is not None:
            return led
    if response.status >= 400 or not wants_page(seen):
        foreign = _foreign(seen, seen.marks)
        if foreign is not None:
            return foreign
    if wants_page(seen):
        return None
    text, marks = seen.text, seen.marks
    if seen.in_preflight and not (response.is_ok and text.is_page and text.body):
        actual = seen.answer(ProbeKind.GET)
        if actual is None or not actual.is_ok:
            return None
        response, text = actual, text_of(actual)
        marks = marks_of(actual)
        foreign = _foreign(seen, marks)
        if foreign is not None:
            return foreign
    if not response.is_ok or not text.is_page or response.headers.get("Content-Length") == "0":
        return None
    quoted = Sentence("the title of the page is “{text}”", text=text.title) if text.title else "the response is a page"
    titled = Sentence(" ({words})", words=quoted) if text.title else ""
    asking = next((m for m in marks if m.means is Means.LOGIN and _is_sure(m, text)), None)
    if asking is not None:
        said = Sentence("The server returns a login page{words} instead of a response of the API.", words=titled)
        return named("authentication", LIKELY, said, *evidence(seen, asking.words), fix=_LOG_IN)
    if _OF_CONSOLE.search(text.title):
        said = Sentence("Another service than the API responds at this URL: {words}.", words=quoted)
        return named("wrong-service", LIKELY, said, *evidence(seen, quoted))
    path = "" if seen.url is None else seen.url.path
    app = next((m for m in marks if m.means is Means.APP), None)
    of_api = _OF_API.search(path) is not None
    if (
        (app is not None and path.strip("/"))
        or of_api
        or (seen.diagnosis.scenario.api not in (Api.FETCH, Api.KEEPALIVE) and app is not None)
    ):
        said = Sentence(
            "Another service than the API responds at this URL: the response is an HTML page{words}.", words=titled
        )
        more = () if app is None else (app.words,)
        return named("wrong-service", LIKELY, said, *evidence(seen, quoted, *more))
    return None
