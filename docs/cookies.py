"""docs/cookies.md: cookies across sites, with tables from the recordings of the browsers. `python -m docs.generate` writes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

PAGE: Final = Path(__file__).parent / "cookies.md"
WORLD: Final = Path(__file__).parent.parent / "tests" / "conformance" / "world"
BROWSERS: Final = {
    "chromium": "Chromium 156",
    "chromium-3pc-blocked": "Chromium, third-party cookies blocked",
    "firefox": "Firefox 153 ESR",
    "webkit": "WebKitGTK 2.50",
}
COOKIES: Final = {
    "none": "`SameSite=None; Secure`",
    "part": "`SameSite=None; Secure; Partitioned`",
    "absent": "`Secure`, without SameSite",
    "plain": "no attribute",
    "lax": "`SameSite=Lax; Secure`",
    "strict": "`SameSite=Strict; Secure`",
    "noneplain": "`SameSite=None`, without Secure",
}
"""The cookies of the recordings, by name."""
INTRODUCTION: Final = """\
# Cookies across sites in 2026

A page at https://app.example logs in at https://api.example, and the session is gone at the next request. CORS is not the
problem: the browser did not store or send the cookie. This page shows which browser does what, and what to do. The tables show
what the browsers did when they were recorded; each names its case in tests/conformance/world.

Three questions decide, in this order:

1. **Is the request made with credentials?** `fetch()` sends and stores cookies of other origins only with
   `credentials: "include"`, XMLHttpRequest with `withCredentials`. Otherwise even a response's Set-Cookie is ignored. A preflight
   request never carries a cookie. The server must send `Access-Control-Allow-Credentials: true` and name the origin, but a cookie
   is stored whatever the CORS check says.
2. **Is the API on the page's site?** A site is a registrable domain, and in Chromium also the scheme:
   app.example.com and api.example.com are one site, app.example and api.example are two. On one site the browser sends every
   cookie that it accepted. Ports never matter to cookies.
3. **Across sites, what do the cookie's attributes and the browser allow?** That is the rest of this page.

WebKit was recorded as WebKitGTK with Intelligent Tracking Prevention off. It is on in Safari, which sends no cookie across sites,
whatever its attributes are. So the column of WebKitGTK shows how WebKit treats the attributes; for Safari, read "no" in every row.

"""
END: Final = """\
## What to do

- **Put the API on the page's site**: a subdomain such as api.example.com for a page at app.example.com, or a path of the page's own
  server that forwards to the API (`corsdoctor fix ... --server nginx-proxy`). This is the only way that works in every browser,
  Safari included. Set the cookie with `Secure; HttpOnly; SameSite=Lax`, and with `Domain=example.com` only if the page needs it too.
- **If the API has to stay on another site**, set the cookie in a response to a request of the page, with
  `SameSite=None; Secure; Partitioned`. It works in Chromium, with third-party cookies blocked too, and in Firefox. Each
  site that embeds the API has a cookie of its own: a login at api.example itself does not count.
- **Or do without cookies**: an Authorization header is sent wherever the script sends it. It triggers a preflight request.
- **Do not rely on the default**: a cookie without SameSite is Lax in Chromium and None in Firefox and WebKit.
- **On a development server**, Chromium and Firefox accept `Secure` over http on localhost and 127.0.0.1, WebKit does not. There,
  omit `Secure` and SameSite=None: http://localhost:3000 and http://localhost:8080 are one site.

## Find out with corsdoctor

    corsdoctor check https://api.example/items --origin https://app.example \\
      --credentials include --cookie 'sid=1; SameSite=Lax; Secure'
    corsdoctor check https://api.example/items --page https://app.example/ \\
      --credentials include --cookie-jar cookies.txt
    corsdoctor check https://api.example/login https://api.example/items --session \\
      --origin https://app.example --credentials include -X POST -d '{}' --send
    corsdoctor flow login.toml

`--cookie` with attributes stands for a cookie that was set on a page of its own site; one with `Partitioned` for a cookie that
a response to this page set. `--cookie-jar` reads what `curl -c` writes, a format without SameSite. The report names each cookie that
a browser does not store or send, with the reason and what to do. Cookies that you pass are never sent to an origin that you did
not name.

| reason | meaning | what to do |
| --- | --- | --- |
"""


def page() -> str:
    """The whole page."""
    from corsdoctor.fetch.cookies import CAUSES, OF_FLOWS

    reasons = (f"| `{cause.id}` | {cause.text} | {cause.fix} |" for cause in (*CAUSES, *OF_FLOWS))
    return INTRODUCTION + "\n".join(_tables()) + "\n" + END + "\n".join(reasons) + "\n"


def _tables() -> Iterator[str]:
    yield from _table(
        "Sent: the user logged in on a page of the API's own site",
        "The API's own page set the cookies. Then a page of another site requests the API with credentials. Firefox keeps the cookies "
        "of each site's pages apart, so it sends none of them.",
        "cookies/initiator/002", 0,
    )  # fmt: skip
    yield from _table(
        "Stored: a page of another site logged in at the API with fetch()",
        "The response to a request of the page set the cookies; the table shows which of them its next request carries. Firefox keeps "
        "them for pages of this site only, as Chromium does with Partitioned.",
        "cookies/stored/001", 1,
    )  # fmt: skip
    yield from _table(
        "One site: app.example.com and api.example.com",
        "The same requests, but both hosts belong to one site.",
        "cookies/stored/009", 1,
    )  # fmt: skip
    yield from _table(
        "A redirect through another site",
        "Both hosts belong to one site, but the request goes to a third one, which redirects to the API. In Firefox and WebKit that makes "
        "the request cross-site.",
        "cookies/redirect/006", -1,
    )  # fmt: skip


def _table(title: str, text: str, case: str, at: int) -> Iterator[str]:
    """What became of each cookie that the case has. `at` is the number of the request in the recording."""
    sent = {browser: _sent(browser, case, at) for browser in BROWSERS}
    yield from (f"## {title}", "", f"{text} (recorded case {case})", "")
    yield f"| cookie | {' | '.join(BROWSERS.values())} |"
    yield f"| --- |{' --- |' * len(BROWSERS)}"
    for name, attributes in COOKIES.items():
        marks = ("yes" if name in names else "no" for names in sent.values())
        yield f"| {attributes} | {' | '.join(marks)} |"
    yield ""


def _sent(browser: str, case: str, at: int) -> set[str]:
    """The names of the cookies that a recorded request carried."""
    lines = (WORLD / "observed" / f"{browser}.jsonl").read_text(encoding="utf-8").splitlines()
    observed: Any = next(found for line in lines if (found := json.loads(line))["id"] == case)
    cookie = dict(observed["wire"][at]["headers"]).get("Cookie") or ""
    return {pair.partition("=")[0].strip() for pair in cookie.split(";")}


def write_page() -> None:
    """Writes the page."""
    PAGE.write_text(page(), encoding="utf-8")
