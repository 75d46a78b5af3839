"""The requests whose reports are held against golden files, each with a table of answers in place of a network."""

from __future__ import annotations

from dataclasses import dataclass

from corsdoctor.browsers import BROWSERS, CHROMIUM, Profile
from corsdoctor.diagnose import withholding
from corsdoctor.hints import with_hints
from corsdoctor.report import Report, report_on
from corsdoctor.scenario import Api, Credentials, Mode, Redirect, Scenario
from corsdoctor.url import Origin
from corsdoctor.wire import Answer, FailureKind, Headers, Kind, NoAnswer, Response, Send, WireRequest

APP = Origin("https", "app.example")
ITEMS = "https://api.example/items"
NO_LISTENER = NoAnswer(FailureKind.REFUSED, "api.example:443 refused the connection.")
Lines = tuple[tuple[str, str], ...]
ALLOW: Lines = (("Access-Control-Allow-Origin", "https://app.example"), ("Vary", "Origin"))
JSON: Lines = (("Content-Type", "application/json"), ("Content-Length", "2"))
USUAL: Lines = (("Date", "Thu, 01 Jan 2026 00:00:00 GMT"), ("Server", "nginx"), *JSON)


def answer(status: int, reason: str, *lines: tuple[str, str]) -> Response:
    return Response(status, Headers(lines), reason)


@dataclass(frozen=True)
class Case:
    """`answers` by "METHOD URL"; what isn't there is refused."""

    id: str
    scenario: Scenario
    answers: dict[str, Answer]
    profiles: tuple[Profile, ...] = BROWSERS
    send_all: bool = True
    planned: bool = False
    name: str | int | None = None

    def report(self) -> Report:
        def send(_kind: Kind, request: WireRequest) -> Answer:
            return self.answers.get(f"{request.method} {request.url}", NO_LISTENER)

        sender: Send = send if self.send_all else withholding(send)
        report = report_on(self.scenario, self.profiles, sender, id=self.name, planned=self.planned)
        return report if self.planned else next(with_hints([report]))


NO_CONTENT = answer(204, "No Content", *ALLOW)
PUT_ALLOWED = answer(
    204, "No Content", *ALLOW, ("Access-Control-Allow-Methods", "GET, POST, PUT"),
    ("Access-Control-Allow-Headers", "Content-Type, X-Request-Id"), ("Access-Control-Max-Age", "600"),
)  # fmt: skip
JSON_PUT = Scenario(
    ITEMS, APP, "PUT", (("Content-Type", "application/json"), ("X-Request-Id", "7f3a")), Credentials.INCLUDE,
    body=b"{}", cookie="session=1; theme=dark",
)  # fmt: skip
GUID = "https://api.example/v2/tenants/6c9c1f5e-0a0f-4c6e-9d2b-1f9a5f3ad7f2/reports/quarterly?from=2026-01-01&to=2026-03-31"


def hop(to: str) -> Response:
    return answer(302, "Found", ("Access-Control-Allow-Origin", "*"), ("Location", to))


CASES = (
    Case(
        "allowed",
        Scenario(ITEMS, APP),
        {
            f"GET {ITEMS}": answer(
                200, "OK", *USUAL, *ALLOW, ("X-Total-Count", "42"), ("Access-Control-Expose-Headers", "X-Total-Count")
            )
        },
    ),
    Case("acao-missing", Scenario(ITEMS, APP), {f"GET {ITEMS}": answer(200, "OK", *USUAL)}),
    Case(
        "error-page",
        Scenario(ITEMS, APP, credentials=Credentials.INCLUDE),
        {f"GET {ITEMS}": answer(500, "Internal Server Error", ("Content-Type", "text/html"))},
    ),
    Case(
        "trailing-slash",
        Scenario(ITEMS, APP),
        {f"GET {ITEMS}": answer(200, "OK", *USUAL, ("Access-Control-Allow-Origin", "https://app.example/"))},
    ),
    Case(
        "https-downgrade",
        Scenario(ITEMS, APP),
        {f"GET {ITEMS}": answer(307, "Temporary Redirect", *ALLOW, ("Location", "http://api.example/items/"))},
    ),
    Case(
        "two-values",
        Scenario(ITEMS, APP),
        {
            f"GET {ITEMS}": answer(
                200, "OK", ("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Origin", "https://app.example")
            )
        },
    ),
    Case(
        "preflight-405",
        JSON_PUT,
        {
            f"OPTIONS {ITEMS}": answer(
                405, "Method Not Allowed", *ALLOW, ("Access-Control-Allow-Credentials", "true"), ("Allow", "GET, PUT")
            )
        },
    ),
    Case(
        "wildcard-with-credentials",
        Scenario(ITEMS, APP, credentials=Credentials.INCLUDE, cookie="session=1"),
        {
            f"GET {ITEMS}": answer(
                200, "OK", ("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Credentials", "true")
            )
        },
    ),
    Case(
        "method-not-listed",
        Scenario(ITEMS, APP, "PATCH", (("Authorization", "Bearer t0ps3cret"),)),
        {
            f"OPTIONS {ITEMS}": answer(
                200, "OK", *ALLOW, ("Access-Control-Allow-Methods", "GET, POST, PUT"),
                ("Access-Control-Allow-Headers", "authorization, content-type"),
            )
        },
    ),
    Case(
        "preflighted-allowed",
        JSON_PUT,
        {
            f"OPTIONS {ITEMS}": answer(
                204, "No Content", *PUT_ALLOWED.headers, ("Access-Control-Allow-Credentials", "true")
            ),
            f"PUT {ITEMS}": answer(200, "OK", *USUAL, *ALLOW, ("Access-Control-Allow-Credentials", "true")),
        },
    ),
    Case(
        "actual-lacks-header",
        JSON_PUT,
        {
            f"OPTIONS {ITEMS}": answer(
                204, "No Content", *PUT_ALLOWED.headers, ("Access-Control-Allow-Credentials", "true")
            ),
            f"PUT {ITEMS}": answer(401, "Unauthorized", *USUAL),
        },
    ),
    Case(
        "disagree",
        Scenario(ITEMS, APP, headers=(("Authorization", "Bearer t0ps3cret"),)),
        {
            f"OPTIONS {ITEMS}": answer(
                204, "No Content", ("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Headers", "*")
            ),
            f"GET {ITEMS}": answer(200, "OK", *USUAL, ("Access-Control-Allow-Origin", "*")),
        },
    ),
    Case(
        "disagree-on-preflight",
        Scenario(ITEMS, APP, headers=(("Accept", "text/caf\xe9"),)),
        {f"GET {ITEMS}": answer(200, "OK", *USUAL, *ALLOW)},
    ),
    Case(
        "redirect-to-null",
        Scenario(ITEMS, APP),
        {
            f"GET {ITEMS}": hop("https://cdn.example/items"),
            "GET https://cdn.example/items": answer(200, "OK", *USUAL, *ALLOW),
        },
    ),
    Case(
        "redirect-chain",
        Scenario(ITEMS, APP),
        {f"GET {ITEMS}": hop("/1"), **{f"GET https://api.example/{n}": hop(f"/{n + 1}") for n in range(30)}},
    ),
    Case("unsent", JSON_PUT, {f"OPTIONS {ITEMS}": answer(204, "No Content", *PUT_ALLOWED.headers, ("Access-Control-Allow-Credentials", "true"))}, send_all=False),
    Case("blocked-two-ways", Scenario(ITEMS, APP, "DELETE"), {f"OPTIONS {ITEMS}": answer(404, "Not Found", *USUAL)}),
    Case("refused", Scenario(ITEMS, APP), {}),
    Case("preflight-refused", Scenario(ITEMS, APP, "DELETE"), {}),
    Case(
        "opaque",
        Scenario(ITEMS, APP, mode=Mode.NO_CORS),
        {f"GET {ITEMS}": answer(200, "OK", *USUAL)},
    ),
    Case(
        "opaque-image",
        Scenario("https://cdn.example/cat.png", APP, api=Api.IMAGE),
        {"GET https://cdn.example/cat.png": answer(200, "OK", ("Content-Type", "image/png"))},
    ),
    Case(
        "planned",
        Scenario(ITEMS, APP, "PUT"),
        {
            f"OPTIONS {ITEMS}": answer(204, "No Content", *ALLOW, ("Access-Control-Allow-Methods", "PUT")),
            f"PUT {ITEMS}": answer(200, "OK", *ALLOW),
        },
        planned=True,
    ),
    Case("planned-never", Scenario("http://api.example/items", APP, "PUT"), {}, planned=True),
    Case(
        "notes",
        Scenario("http://192.168.1.1/items", Origin("http", "app.example"), "POST", (("Cookie", "a=b"), ("X-A", "1")), body=b"{}"),
        {
            "OPTIONS http://192.168.1.1/items": answer(
                204, "No Content", ("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Headers", "x-a"),
                ("Access-Control-Max-Age", "1 day"),
            ),
            "POST http://192.168.1.1/items": answer(200, "OK", ("Access-Control-Allow-Origin", "*")),
        },
    ),
    Case("bad-url", Scenario("https://[bad/", APP), {}),
    Case("redirect-refused", Scenario(ITEMS, APP, redirect=Redirect.ERROR), {f"GET {ITEMS}": hop("/1")}),
    Case("same-origin", Scenario("/items", APP), {"GET https://app.example/items": answer(200, "OK", *USUAL)}),
    Case(
        "long-values",
        Scenario(GUID, Origin("https", "shop.staging.a-company-with-a-long-name.example", 8443), "DELETE"),
        {
            f"OPTIONS {GUID}": answer(
                200, "OK", ("Access-Control-Allow-Origin", "https://shop.staging.a-company-with-a-long-name.example"),
                ("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE"), ("Access-Control-Allow-Credentials", "true"),
                ("Access-Control-Allow-Headers", ", ".join(f"X-Header-{n}" for n in range(40))),
            )
        },
    ),
    Case(
        "preflighted-hops",
        Scenario(ITEMS, APP, "PUT"),
        {
            f"OPTIONS {ITEMS}": PUT_ALLOWED,
            f"PUT {ITEMS}": Response(307, Headers((*ALLOW, ("Location", "https://b.example/items"))), ""),
            "OPTIONS https://b.example/items": answer(204, "No Content", ("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Methods", "GET")),
        },
    ),
    Case(
        "redirected-back-into-preflight",
        Scenario("https://app.example/start", APP, headers=(("X-A", "1"),)),
        {
            "GET https://app.example/start": hop(ITEMS),
            f"OPTIONS {ITEMS}": answer(204, "No Content", *ALLOW, ("Access-Control-Allow-Headers", "X-A")),
            f"GET {ITEMS}": answer(200, "OK", *USUAL, *ALLOW),
        },
    ),
    Case(
        "upload-listener",
        Scenario(ITEMS, APP, "POST", api=Api.XHR, upload_listener=True),
        {f"OPTIONS {ITEMS}": NO_CONTENT, f"POST {ITEMS}": answer(200, "OK", *ALLOW)},
    ),
    Case(
        "module-from-a-file",
        Scenario("https://cdn.example/m.js", Origin("", label="file:"), api=Api.MODULE),
        {"GET https://cdn.example/m.js": answer(200, "OK", ("Content-Type", "text/javascript"), ("Access-Control-Allow-Origin", "*"))},
    ),
    Case("data-url", Scenario("data:text/plain,hello", APP), {}),
    Case("mode-same-origin", Scenario(ITEMS, APP, mode=Mode.SAME_ORIGIN), {}),
    Case(
        "hostile",
        Scenario(ITEMS, APP),
        {
            f"GET {ITEMS}": Response(
                200, Headers((("Access-Control-Allow-Origin", "\x1b[2J\x9b31m\u0080https://app.example\x07"),)), "\x1b[5mOK"
            )
        },
    ),
    Case(
        "one-browser",
        Scenario(ITEMS, APP),
        {f"GET {ITEMS}": answer(200, "OK", *USUAL)},
        profiles=(CHROMIUM,),
        name="shop-list",
    ),
)  # fmt: skip
