"""Requests the page that makes a request, for the policies of its response.

The request goes to the origin that the user named, carries no cookies, login or client certificate, and follows only redirects
within that origin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from html import escape
from typing import Final

from corsdoctor.egress import Ask
from corsdoctor.errors import InvalidScenario, Mistake, UnreadableInput
from corsdoctor.fetch.headers import REDIRECT_STATUSES
from corsdoctor.fetch.network import DEFAULT_USER_AGENT
from corsdoctor.fetch.presets import PRESETS
from corsdoctor.masking import mask_url
from corsdoctor.scenario import Api, Scenario
from corsdoctor.scenario.markup import Meta, metas
from corsdoctor.scenario.page import Page
from corsdoctor.url import URL, parse, same_origin
from corsdoctor.wire import Headers, Kind, NoAnswer, Response, Send, WireRequest
from corsdoctor.wrong_input import shown

POLICIES: Final = frozenset(
    {
        "content-security-policy", "content-security-policy-report-only", "cross-origin-embedder-policy",
        "cross-origin-embedder-policy-report-only", "cross-origin-opener-policy", "permissions-policy", "referrer-policy",
    }
)  # fmt: skip
"""The headers of a page that are kept."""
_MOST_REDIRECTS: Final = 5
_MOST_PAGES: Final = 256
_HEADERS: Final = (
    ("Accept", PRESETS[Api.IFRAME].accept), ("Accept-Language", "en-US,en;q=0.9"),
    ("Sec-Fetch-Dest", "document"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Site", "none"), ("Sec-Fetch-User", "?1"),
    ("Upgrade-Insecure-Requests", "1"), ("Accept-Encoding", "gzip, deflate"), ("Connection", "keep-alive"),
)  # fmt: skip


class Pages:
    """Requests pages, each once. `warn` is called with a sentence if the page is an error page."""

    def __init__(self, send: Send, warn: Callable[[str], None] = lambda _: None) -> None:
        self._sending, self._warn = send, warn
        self._page = lru_cache(_MOST_PAGES)(self._requested)

    def with_page(self, asked: Scenario) -> Scenario:
        """`asked` with its page as the server returns it; unchanged unless the page is still to be requested.

        Raises UnreadableInput if there is no response, InvalidScenario if the page is elsewhere.
        """
        client = asked.client
        if client is None or not client.page.unread:
            return asked
        client = client._replace(page=self._page(client.page.url, asked.user_agent))
        return asked._replace(client=client, origin=client.origin)

    def _requested(self, named: URL, user_agent: str | None) -> Page:
        url, where = named, shown(mask_url(named.href))
        ask = Ask(Scenario(named.href, named.origin), self._sending)
        headers = Headers((*_HEADERS, ("User-Agent", user_agent or DEFAULT_USER_AGENT)))
        for _ in range(_MOST_REDIRECTS):
            answer = ask.attempt(Kind.PAGE, WireRequest("GET", url.on_the_wire, headers, None))
            if not isinstance(answer, Response):
                why = f"no response: {answer.detail}" if isinstance(answer, NoAnswer) else f"not sent: {answer.why}"
                raise UnreadableInput(f"page {where}", why)
            target = answer.headers.get("Location")
            location = parse(target, url.href) if target and answer.status in REDIRECT_STATUSES else None
            if location is None:
                return self._made(url, answer)
            if not same_origin(location.origin, named.origin):
                why = f"redirects to {shown(mask_url(location.href))}: give the URL of the page itself"
                raise InvalidScenario(Mistake("page", where, why))
            url = location
        raise InvalidScenario(Mistake("page", where, f"redirects more than {_MOST_REDIRECTS} times"))

    def _made(self, url: URL, answer: Response) -> Page:
        if answer.status >= 400:
            self._warn(f"the page returned status {answer.status}: the policies are those of this error page")
        kept = tuple(line for line in answer.headers if line[0].lower() in POLICIES)
        return Page(url, Headers(kept), _markup(metas(answer.body.decode("utf-8", "replace"))), requested=True)


def _markup(found: Iterable[Meta]) -> str:
    """Only the elements that set policies: others may hold tokens."""
    kept = [meta for meta in found if meta.http_equiv in POLICIES or meta.name == "referrer"]
    return "".join(
        f'<meta http-equiv="{escape(meta.http_equiv)}" name="{escape(meta.name)}" content="{escape(meta.content)}">'
        for meta in kept
    )
