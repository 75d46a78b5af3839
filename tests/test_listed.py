"""Lines that hold more than a URL, and URLs that only look so."""

from __future__ import annotations

import pytest

from corsdoctor import listed
from corsdoctor.listed import more_than_url
from corsdoctor.url import URL, parse

API, PAGE = "https://api.example/items", "https://app.example"
MORE = (
    f"{API},{PAGE}", f"{API}, {PAGE}", f"{API};{PAGE}", f"{API}\t{PAGE}", f"{API} {PAGE}", f"{API} | {PAGE}", f"{API}|{PAGE}",
    f"https://api.example,{PAGE}", f"https://api.example:8443,{PAGE}", f"{API}?a=1,{PAGE}", f"{API}?ids=1,2,{PAGE}",
    f"{API}#top,{PAGE}", f'{API},"{PAGE}"', f'"{API}","{PAGE}"', f"{PAGE},{API}", f"{API},PUT", f"{API} DELETE", f"PUT {API}",
    f"GET\t{API}", f"GET {API} HTTP/1.1", f"{API},null", f"{API};null", f"{API},localhost:3000", f"{API},localhost",
    f"{API} app.example:8443", f"{API},127.0.0.1:3000", f"{API}\tanything", f"{API}\t", f"{API},{PAGE},PUT", f"{API},PUT,{PAGE}",
    "https://api.example:8443 anything", f"1,2,{API}", f"{API}?u=https://a.example\tanything", f"1,{API}", f"{API},HTTPS://APP.EXAMPLE", f"{API}?next=/home,{PAGE}",
    f"{API},[::1]:3000/", f"{API} Set-Cookie: a=b", f"{API},X-Api-Key: k", f'{API} "Authorization: Bearer t"',
)  # fmt: skip
ONE = (
    API, f"{API}/a,b", f"{API}?ids=1,2,3", f"{API};v=1", f"{API}/@52.5,13.4,15z", f"{API}/a b", f"{API}/a|b", f"{API}?select=id,*",
    f"{API}?at=12:30,13:45", f"{API}/tags/get,put", f"{API}?u=https://a.example,https://b.example", f"{API}?x=1,null,2",
    f"{API}?u=https%3A%2F%2Fa.example,https://b.example,https://c.example", "https://img.example/width=80,q=75/https://a.example/b",
    f"https://[bad,{API}", f"{API}?u=https%3A%2F%2F[,{API}", "data:text/html,<p>x y", "data:,https://app.example", "https://[bad/", "a.example/x,y", "/items,more", "", ",", "  ", f"{API}#a,b;c",
    f"{API}/app.example,more.html", f"{API}?sort=name,time:desc", f"{API}?q=a,b:", "#,#", "not a url, at all",
)  # fmt: skip


@pytest.mark.parametrize("line", MORE)
def test_more_than_a_url(line: str) -> None:
    assert more_than_url(line) is not None


@pytest.mark.parametrize("line", ONE)
def test_one_url(line: str) -> None:
    assert more_than_url(line) is None


@pytest.mark.parametrize(("sign", "code"), [(",", "%2C"), (";", "%3B"), ("|", "%7C"), ("\t", "%09"), (" ", "%20")])
def test_the_sign_is_named(sign: str, code: str) -> None:
    assert (more_than_url(f"{API}{sign}{PAGE}") or "").endswith(code)


@pytest.mark.parametrize("part", [",null", ",https://a", ",PUT", " ", "\t", ",a", "?u=https://a,", "://,"])
@pytest.mark.parametrize("start", [f"{API}?u=https://a", "no URL", "http://"])
def test_a_long_line_is_not_parsed_again_and_again(part: str, start: str, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = []

    def counting(text: str) -> URL | None:
        parsed.append(text)
        return parse(text)

    monkeypatch.setattr(listed, "parse", counting)
    more_than_url(start + part * 1_000)
    assert len(parsed) < 20
