"""The requests of an audit: those of the server's own pages, and the same as a page of another origin sends them."""

from __future__ import annotations

from typing import Final

from corsdoctor.browsers import STANDARD
from corsdoctor.diagnose import diagnose
from corsdoctor.scenario import Scenario
from corsdoctor.url import Origin, parse, same_origin, same_site
from corsdoctor.wire import Answer, Headers, Kind, WireRequest, Withheld

COOKIE: Final = "corsdoctor=1"
"""A cookie that no server knows: some servers answer requests with cookies differently."""


def with_tls(url: str) -> str:
    """The URL with https, as it is judged: servers are deployed with TLS, and mixed content must not hide a weakness."""
    return f"https:{url.partition(':')[2]}"


def plain_request(asked: Scenario, url: str) -> WireRequest | None:
    """The request for `url` that a page of the server itself sends; None where browsers send none, as to a bad port."""
    sent: list[WireRequest] = []

    def answer(_: Kind, request: WireRequest) -> Answer:
        sent.append(request)
        return Withheld("")

    diagnose(asked._replace(url=with_tls(url), origin=_own(url)), STANDARD, answer, console=False)
    return sent[0] if sent else None


def bare(asked: Scenario) -> Scenario:
    """`asked` without the user's headers, cookies and client certificate."""
    return asked._replace(headers=(), cookie=None, held=(), certificate=False)


def from_page(request: WireRequest, origin: Origin, *, cookie: bool) -> WireRequest:
    """`request` as a page of `origin` sends it, with COOKIE if `cookie` says so and it has none."""
    own = _own(request.url)
    headers = request.headers.delete("Origin")
    if not same_origin(origin, own):
        site = "same-site" if same_site(origin, own) else "cross-site"
        referer = () if origin.opaque else (("Referer", f"{origin}/"),)
        lines = (("Sec-Fetch-Site", site) if name == "Sec-Fetch-Site" else (name, value) for name, value in headers)
        headers = Headers((*(line for line in lines if line[0] != "Referer"), *referer))
    if cookie and "Cookie" not in headers:
        headers = headers.append("Cookie", COOKIE)
    return request._replace(headers=headers.append("Origin", str(origin)))


def _own(url: str) -> Origin:
    """The server's own origin as it is judged: a page there needs no permission for headers and cookies."""
    found = parse(with_tls(url))
    assert found is not None  # it is a URL with another scheme
    return found.origin
