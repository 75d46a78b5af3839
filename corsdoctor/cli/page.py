"""The page that the requests come from: --page and --page-header, what surrounds its browser, and the request for the page.

It goes to the origin that the user named, without cookies, logins and a client certificate, and follows redirects only there.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

from corsdoctor.cli.messages import print_message
from corsdoctor.cli.options import RequestFlags
from corsdoctor.cli.reading import Mistakes, read_header, read_url
from corsdoctor.egress import Ask
from corsdoctor.errors import InvalidScenario, Mistake, UnreadableInput
from corsdoctor.fetch.network import DEFAULT_USER_AGENT
from corsdoctor.masking import mask_url
from corsdoctor.reading import shown
from corsdoctor.reading_networks import read_address_space, read_permission
from corsdoctor.scenario import Scenario
from corsdoctor.scenario.address_space import Network
from corsdoctor.scenario.markup import Meta, metas
from corsdoctor.scenario.page import Client, Page
from corsdoctor.url import URL, Origin, parse, same_origin
from corsdoctor.wire import Headers, Kind, Response, Send, WireRequest

POLICIES: Final = frozenset(
    {
        "content-security-policy", "content-security-policy-report-only", "cross-origin-embedder-policy",
        "cross-origin-embedder-policy-report-only", "cross-origin-opener-policy", "permissions-policy", "referrer-policy",
    }
)  # fmt: skip
"""The headers of a page that are kept."""
_MOST_REDIRECTS: Final = 5
_HEADERS: Final = (
    ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), ("Accept-Language", "en-US,en;q=0.9"),
    ("Sec-Fetch-Dest", "document"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Site", "none"), ("Sec-Fetch-User", "?1"),
    ("Upgrade-Insecure-Requests", "1"), ("Accept-Encoding", "gzip, deflate"), ("Connection", "keep-alive"),
)  # fmt: skip


def read_client(flags: RequestFlags, origin: Origin | None, found: Mistakes) -> Client | None:
    """The page of --page, or the one at the root of --origin, with the headers of --page-header; None after a mistake."""
    from corsdoctor.cli.flags import name_only, parsed

    permissions = [parsed(found, "--permission", text, read_permission) for text in flags.permission]
    spaces = [parsed(found, "--address-space", text, read_address_space) for text in flags.address_space]
    headers = [parsed(found, "--page-header", text, read_header, name_only(text)) for text in flags.page_header]
    if flags.page is None:
        if origin is not None and origin.scheme not in ("http", "https"):
            if flags.page_header:
                found.add("--page-header", "", f"a page with the origin {origin} has no headers")
            else:
                option = "--permission" if flags.permission else "--address-space"
                found.add(option, "", f"a page with the origin {origin} needs no permission for the local network")
            return None
        url = None if origin is None else parse(f"{origin}/")
    else:
        url = parsed(found, "--page", flags.page, _read_page)
        if url is not None and origin is not None and not same_origin(url.origin, origin):
            found.add(
                "--origin", str(origin), f"is not the origin of --page, which is {url.origin}: give one of the two"
            )
    if url is None:
        return None
    network = Network({str(url.origin): dict(filter(None, permissions))}, dict(filter(None, spaces)))
    return Client(Page(url, Headers(tuple(header for header in headers if header is not None))), network=network)


def _read_page(text: str) -> URL:
    url = parse(read_url(text, None))
    if url is None or not url.is_http:
        raise ValueError("the URL of a page begins with https: or http:; for a page of a file use --origin null")
    return url


def as_served(asked: list[Scenario], flags: RequestFlags, send: Send) -> list[Scenario]:
    """`asked`, each from the page as its server returns it; as they are with --page-header.

    Raises UnreadableInput if there is no response, InvalidScenario if the page is elsewhere.
    """
    clients = [scenario.client for scenario in asked if scenario.client is not None]
    if flags.page is None or flags.page_header or not clients:
        return asked
    client = clients[0]._replace(page=_requested(clients[0].page.url, flags.user_agent, send))
    return [scenario._replace(client=client, origin=client.origin) for scenario in asked]


def _requested(named: URL, user_agent: str | None, send: Send) -> Page:
    url = named
    ask = Ask(Scenario(named.href, named.origin), send)
    headers = Headers((*_HEADERS, ("User-Agent", user_agent or DEFAULT_USER_AGENT)))
    for _ in range(_MOST_REDIRECTS):
        answer = ask.attempt(Kind.PAGE, WireRequest("GET", url.on_the_wire, headers, None))
        if not isinstance(answer, Response):
            raise UnreadableInput(f"--page {mask_url(url.href)}", f"no response: {getattr(answer, 'detail', '')}")
        target = answer.headers.get("Location")
        location = parse(target, url.href) if target and 300 <= answer.status < 400 else None
        if location is None:
            return _made(url, answer)
        if not same_origin(location.origin, named.origin):
            why = f"redirects to {shown(mask_url(location.href))}: give the URL of the page itself"
            raise InvalidScenario(Mistake("--page", shown(mask_url(named.href)), why))
        url = location
    raise InvalidScenario(
        Mistake("--page", shown(mask_url(named.href)), f"redirects more than {_MOST_REDIRECTS} times")
    )


def _made(url: URL, answer: Response) -> Page:
    if answer.status >= 400:
        print_message(f"--page: the page returned status {answer.status}: the policies are those of this error page")
    kept = tuple(line for line in answer.headers if line[0].lower() in POLICIES)
    return Page(url, Headers(kept), _markup(metas(answer.body.decode("utf-8", "replace"))), requested=True)


def _markup(found: Iterable[Meta]) -> str:
    """Only the elements that set policies: others may hold tokens."""
    kept = [meta for meta in found if meta.http_equiv in POLICIES or meta.name == "referrer"]
    return "".join(
        f'<meta http-equiv="{escape(meta.http_equiv)}" name="{escape(meta.name)}" content="{escape(meta.content)}">'
        for meta in kept
    )
