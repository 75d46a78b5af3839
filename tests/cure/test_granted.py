"""What a server grants today stays in the policy of a cure, and what is not visible is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from corsdoctor.browsers import BROWSERS
from corsdoctor.causes.probe import STRANGER, Probe, ProbeKind
from corsdoctor.cure import ANY_WEBSITE, ANY_WEBSITE_ELSEWHERE, Cure, cure
from corsdoctor.diagnose import diagnose_all, withholding
from corsdoctor.policy import Policy, merged
from corsdoctor.scenario import Credentials, Scenario
from corsdoctor.url import Origin
from corsdoctor.wire import Answer, Exchange, Headers, Kind, NoAnswer, Response, WireRequest
from corsdoctor.wire import FailureKind as Cut

PAGE = Origin("https", "app.example")
URL = "https://api.example/items"
GET = Scenario(URL, PAGE)
PATCH = GET._replace(method="PATCH")
COOKIES = GET._replace(credentials=Credentials.INCLUDE)
ACAO, ACAM, ACAH = ("Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers")
ACAC, ACEH, ACMA = ("Access-Control-Allow-Credentials", "Access-Control-Expose-Headers", "Access-Control-Max-Age")
ME = (ACAO, "https://app.example")


@dataclass(frozen=True)
class Case:
    """`preflight` and `actual` are the headers of the responses, and `policy` what the cure grants."""

    id: str
    scenario: Scenario
    preflight: tuple[tuple[str, str], ...]
    actual: tuple[tuple[str, str], ...]
    policy: Policy


ONE = ("https://app.example",)
CASES = (
    Case("methods", PATCH, (ME, (ACAM, "PUT, DELETE")), (ME,), Policy(ONE, ("PATCH", "PUT", "DELETE"))),
    Case("every-method", PATCH, (ME, (ACAM, "*"), (ACAH, "X A")), (ME,), Policy(ONE, ("PATCH", "PUT", "DELETE"))),
    Case("no-method-of-the-connection", PATCH, (ME, (ACAM, "TRACE, connect, LINK")), (ME,), Policy(ONE, ("PATCH", "LINK"))),
    Case("names", PATCH, (ME, (ACAH, "X-A, x-b, X-a")), (ME,), Policy(ONE, ("PATCH",), ("X-A", "x-b"))),
    Case("spelled-as-asked", GET._replace(headers=(("X-A", "1"),)), (("Vary", "x"), (ACAH, "x-a, X-B")), (ME,), Policy(ONE, (), ("X-A", "X-B"))),
    Case("every-name", PATCH, (ME, (ACAH, "*")), (ME,), Policy(ONE, ("PATCH",), ("*",))),
    Case("unreadable-list", PATCH, (ME, (ACAH, "X A")), (ME,), Policy(ONE, ("PATCH",))),
    Case("cookies", PATCH, (ME, (ACAC, "true")), (ME,), Policy(ONE, ("PATCH",), credentials=True)),
    Case("cookies-misspelled", PATCH, (ME, (ACAC, "True")), (ME,), Policy(ONE, ("PATCH",))),
    Case("exposed", GET._replace(credentials=Credentials.INCLUDE), (), (ME, (ACEH, "ETag")), Policy(ONE, credentials=True, expose=("ETag",))),
    Case("a-longer-time", PATCH, (ME, (ACMA, "86400")), (ME,), Policy(ONE, ("PATCH",), max_age=86400)),
    Case("a-shorter-time", PATCH, (ME, (ACMA, "600")), (ME,), Policy(ONE, ("PATCH",), max_age=600)),
    Case("no-time", PATCH, (ME, (ACMA, "soon")), (ME,), Policy(ONE, ("PATCH",))),
    Case("every-origin", PATCH, ((ACAO, "*"),), ((ACAO, "*"),), Policy(("*",), ("PATCH",))),
    Case("every-origin-without-cookies", PATCH, ((ACAO, "*"), (ACAC, "true")), (), Policy(("*",), ("PATCH",))),
    Case("every-origin-but-cookies-are-needed", COOKIES, (), ((ACAO, "*"),), Policy(ONE, credentials=True)),
    Case("another-origin", GET, (), ((ACAO, "https://www.app.example"),), Policy((*ONE, "https://www.app.example"))),
    Case("an-origin-of-an-app", GET, (), ((ACAO, "capacitor://localhost"),), Policy((*ONE, "capacitor://localhost"))),
    Case("no-sandboxed-pages", GET, (), ((ACAO, "null"),), Policy(ONE)),
    Case("no-origin-with-a-slash", GET, (), ((ACAO, "https://www.app.example/"),), Policy(ONE)),
    Case("no-pattern", GET, (), ((ACAO, "https://*.app.example"),), Policy(ONE)),
)  # fmt: skip


def cure_of(case: Case, *, minimal: bool = False) -> Cure:
    def send(kind: Kind, _: WireRequest) -> Answer:
        return Response(200, Headers(case.preflight if kind is Kind.PREFLIGHT else case.actual))

    return cure(diagnose_all(case.scenario, BROWSERS, send), minimal=minimal)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_is_granted_is_kept(case: Case) -> None:
    assert cure_of(case).policy == case.policy


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_minimal_keeps_nothing(case: Case) -> None:
    found = cure_of(case, minimal=True)
    assert found.policy is not None
    assert (found.policy.origins, found.kept, found.unseen) == (ONE, (), ())
    assert set(found.policy.methods) <= {case.scenario.method}
    assert set(found.policy.headers) <= {name for name, _ in case.scenario.headers}


def test_what_is_kept_is_named() -> None:
    lines = (ACAM, "PUT"), (ACAH, "X-A, *"), (ACEH, "*")
    case = Case("", PATCH, (ME, *lines), (ME,), Policy(ONE))
    assert cure_of(case).kept == ("PUT", "X-A", "every request header (`*`)", "every response header (`*`)")
    cookies = Case("", PATCH, (ME, *lines, (ACAC, "true")), (ME,), Policy(ONE))
    assert cure_of(cookies).kept == ("PUT", "X-A", "cookies")
    other = Case("", GET, (), ((ACAO, "https://www.app.example"),), Policy(ONE))
    assert cure_of(other).kept == ("https://www.app.example",)
    assert cure_of(CASES[13]).kept == ("every origin (`*`)",)


def test_what_is_not_visible_is_said() -> None:
    said = {case.id: " ".join(cure_of(case).unseen) for case in CASES}
    assert "other origins, request headers or readable response headers, keep" in said["methods"]
    assert "other origins, methods or request headers, keep" in said["exposed"]
    assert "other origins, methods, request headers or readable response headers, keep" in said["names"]
    assert "other methods, request headers or readable response headers, keep" in said["every-origin"]
    assert "every method" in said["every-method"]
    assert "list every origin" in said["every-origin-but-cookies-are-needed"]
    public = Case("", PATCH, ((ACAO, "*"), (ACAM, "GET, DELETE"), (ACAH, "X-A")), ((ACAO, "*"),), Policy(("*",)))
    assert "other readable response headers, keep" in " ".join(cure_of(public).unseen)
    repeats = Case(
        "",
        PATCH._replace(headers=(("X-A", "1"),)),
        ((ACAO, "*"), (ACAM, "GET, DELETE"), (ACAH, "x-a")),
        ((ACAO, "*"),),
        Policy(("*",)),
    )
    assert "other request headers or readable response headers, keep" in " ".join(cure_of(repeats).unseen)


# --- preflight requests of our own


class Server:
    """Answers what `granted` has for the method, and records what came after the replay."""

    def __init__(
        self, preflights: Mapping[str, tuple[tuple[str, str], ...]], actual: tuple[tuple[str, str], ...]
    ) -> None:
        self.preflights, self.actual, self.asked = preflights, actual, list[WireRequest]()

    def __call__(self, kind: Kind, request: WireRequest) -> Answer:
        self.asked.append(request)
        if kind is Kind.ACTUAL:
            return Response(200, Headers(self.actual))
        lines = self.preflights.get(request.headers.get("Access-Control-Request-Method") or "", ())
        return Response(204, Headers(lines))

    def cure(self, scenario: Scenario) -> tuple[Cure, list[str]]:
        """The cure, and the methods that preflight requests asked for after the replay."""
        send = withholding(self)
        diagnoses = diagnose_all(scenario, BROWSERS, send)
        self.asked.clear()
        found = cure(diagnoses, ask=send)
        own = [request.headers for request in self.asked if request.headers.get("Origin") == "https://app.example"]
        methods = [headers.get("Access-Control-Request-Method") for headers in own]
        return found, [method for method in methods if method is not None]


def test_a_simple_request_shows_no_methods_so_a_preflight_request_asks() -> None:
    server = Server({"PUT": (ME, (ACAM, "GET, PUT, DELETE"), (ACAH, "authorization"))}, (("Vary", "x"),))
    found, asked = server.cure(GET._replace(headers=(("Accept", "text/css"),), cookie="sid=1"))
    assert asked == ["PUT"]
    assert found.policy == Policy(ONE, ("PUT", "DELETE"), ("authorization",))
    sent = server.asked[-1]
    assert (sent.method, sent.url, sent.headers.get("Origin")) == ("OPTIONS", URL, "https://app.example")
    assert "Cookie" not in sent.headers
    assert sent.headers.values("Accept") == ("*/*",)


def test_where_only_the_asked_method_is_listed_the_others_are_asked_for() -> None:
    echoing = {method: (ME, (ACAM, method)) for method in ("PUT", "DELETE")}
    assert Server({}, ()).cure(PATCH)[1] == []  # no response has a CORS header
    found, asked = Server({**echoing, "PATCH": (ME,)}, (ME,)).cure(PATCH)
    assert asked == ["PUT", "DELETE"]
    assert found.policy == Policy(ONE, ("PATCH", "PUT", "DELETE"))
    found, asked = Server(echoing, (("Vary", "x"),)).cure(GET)
    assert asked == ["PUT", "PATCH", "DELETE"]
    assert found.policy == Policy(ONE, ("PUT", "DELETE"))


def test_a_request_that_was_not_sent_is_no_reason_to_ask_nothing() -> None:
    found, asked = Server({"PUT": (ME, (ACAM, "PUT, LINK"))}, ()).cure(GET._replace(method="POST"))
    assert asked == ["PUT"]
    assert found.policy == Policy(ONE, ("PUT", "LINK"))


def test_a_get_shows_which_headers_are_readable_where_the_request_was_not_sent() -> None:
    listing = {"DELETE": (ME, (ACAM, "PUT"), (ACAH, "X-A"))}
    delete = GET._replace(method="DELETE")
    server = Server(listing, (ME, (ACEH, "ETag")))
    found, _ = server.cure(delete)
    assert found.policy == Policy(ONE, ("DELETE", "PUT"), ("X-A",), expose=("ETag",))
    assert [request.method for request in server.asked] == ["OPTIONS", "GET"]  # the GET is from the page
    presigned = f"{URL}?X-Amz-Signature=1"
    server = Server(listing, (ME, (ACEH, "ETag")))
    found, _ = server.cure(delete._replace(url=presigned))
    assert [request.method for request in server.asked] == ["OPTIONS"]
    assert found.hidden == ("origins", "readable response headers")


def test_other_headers_are_asked_for_where_only_the_asked_ones_are_listed() -> None:
    server = Server({"PUT": (ME, (ACAM, "LINK"), (ACAH, "x-a"))}, ())
    found, asked = server.cure(GET._replace(method="PUT", headers=(("X-A", "1"),)))
    assert asked == ["PUT"]
    names = [request.headers.get("Access-Control-Request-Headers") for request in server.asked]
    assert "authorization,content-type" in names
    assert found.policy == Policy(ONE, ("PUT", "LINK"), ("X-A",))
    listing = {"PUT": (ME, (ACAM, "LINK"), (ACAH, "X-B"))}
    assert Server(listing, ()).cure(GET._replace(method="PUT"))[1] == []


def test_pages_that_lose_their_access_to_a_server_that_allows_every_origin_are_named() -> None:
    def send(_: Kind, request: WireRequest) -> Answer:
        return Response(200, Headers(((ACAO, request.headers.get("Origin") or "*"),)))

    diagnoses = diagnose_all(COOKIES, BROWSERS, send)
    assert any("allows every website today" in text for text in cure(diagnoses, ask=send).unseen)


def test_a_response_that_came_after_the_replay_counts_too() -> None:
    exposing = (ME, (ACEH, "X-Total"))
    found, _ = Server({"GET": (ME, (ACAM, "PUT"))}, exposing).cure(GET._replace(headers=(("X-A", "1"),)))
    assert found.policy == Policy(ONE, ("PUT",), ("X-A",), expose=("X-Total",))


def test_nothing_is_asked_where_nothing_has_to_change() -> None:
    assert Server({}, (ME, ("Vary", "Origin"))).cure(GET)[1] == []


def test_a_preflight_request_without_a_response_shows_nothing() -> None:
    def send(kind: Kind, _: WireRequest) -> Answer:
        return Response(200, Headers()) if kind is Kind.ACTUAL else NoAnswer(Cut.RESET, "reset")

    found = cure(diagnose_all(GET, BROWSERS, send), ask=send)
    assert found.policy == Policy(ONE)


def test_another_server_on_the_way_grants_nothing_here() -> None:
    elsewhere = "https://other.example/items"

    def send(_: Kind, request: WireRequest) -> Answer:
        if request.url == elsewhere:
            return Response(200, Headers())
        return Response(302, Headers(((ACAO, "*"), (ACEH, "ETag"), ("Location", elsewhere))))

    found = cure(diagnose_all(GET, BROWSERS, send), public=True)
    assert [change.url for change in found.changes] == [elsewhere]
    assert found.policy == Policy(("*",))


def reflecting(*lines: tuple[str, str]) -> Cure:
    def send(_: Kind, request: WireRequest) -> Answer:
        origin = request.headers.get("Origin") or ""
        return Response(200, Headers(((ACAO, origin), *lines)))

    return cure(diagnose_all(PATCH, BROWSERS, send), ask=send)


def test_a_server_that_allows_any_origin() -> None:
    assert reflecting().policy == Policy(("*",), ("PATCH",))
    assert reflecting().warnings == ()
    assert reflecting((ACAC, "true")).warnings == (ANY_WEBSITE_ELSEWHERE.format(place="preflight response"),)


WITH_HEADER = GET._replace(headers=(("X-A", "1"),))


@pytest.mark.parametrize("place", ["preflight response", "redirect"])
def test_what_no_script_reads_is_not_called_readable(place: str) -> None:
    """Only the preflight response or the redirect sends every origin back."""

    def send(kind: Kind, request: WireRequest) -> Answer:
        reflects = (ACAO, request.headers.get("Origin") or ""), (ACAC, "true"), (ACAH, "x-a")
        if kind is Kind.PREFLIGHT:
            return Response(204, Headers(reflects if place == "preflight response" else ((ACAO, "*"), (ACAH, "x-a"))))
        if place == "redirect" and request.url == URL:
            return Response(307, Headers((*reflects, ("Location", f"{URL}/2"))))
        return Response(200, Headers())

    found = cure(diagnose_all(WITH_HEADER, BROWSERS, send), ask=send)
    assert found.warnings == (ANY_WEBSITE_ELSEWHERE.format(place=place),)
    texts = [one.text for one in found.excess_grants if one.value == STRANGER]
    assert texts == [f"was in the {place} for {STRANGER}: it allows every site, with cookies"]


def test_a_response_that_scripts_read_counts_before_a_preflight_response() -> None:
    """A browser may stop at a preflight response that another one accepts, so the last exchange does not decide."""

    def send(_: Kind, request: WireRequest) -> Answer:
        return Response(203, Headers(((ACAO, request.headers.get("Origin") or ""), (ACAC, "true"), (ACAH, "x-a"))))

    passed, blocked = diagnose_all(WITH_HEADER, BROWSERS[:2], send)
    blocked = blocked._replace(exchanges=blocked.exchanges[:1])
    assert blocked.exchanges[0].is_preflight
    assert cure((passed, blocked), ask=send).warnings == (ANY_WEBSITE,)


@pytest.mark.parametrize(("readable", "warning"), [(True, ANY_WEBSITE), (False, ANY_WEBSITE_ELSEWHERE)])
def test_what_was_not_sent_is_asked_too(readable: bool, warning: str) -> None:
    """The preflight refuses a header, so that nothing shows what the response itself allows."""
    asked: list[tuple[str, str | None]] = []

    def send(kind: Kind, request: WireRequest) -> Answer:
        asked.append((request.method, request.headers.get("X-A")))
        reflects = (ACAO, request.headers.get("Origin") or ""), (ACAC, "true")
        return Response(200, Headers(reflects if readable or kind is Kind.PREFLIGHT else ()))

    diagnoses = diagnose_all(WITH_HEADER, BROWSERS, send)
    assert asked == [("OPTIONS", None)]
    assert cure(diagnoses, ask=send).warnings == (warning.format(place="preflight response"),)
    assert ("GET", None) in asked


def test_any_origin_with_cookies_is_not_kept() -> None:
    found = reflecting((ACAC, "true"))
    assert found.policy == Policy(ONE, ("PATCH",), credentials=True)


STAR = ((ACAO, "*"), (ACAH, "*"), (ACEH, "*"))


def test_every_header_is_not_kept_with_credentials() -> None:
    def send(_: Kind, __: WireRequest) -> Answer:
        return Response(200, Headers(STAR))

    found = cure(diagnose_all(COOKIES, BROWSERS, send), ask=send)
    assert found.policy is not None
    assert (found.policy.headers, found.policy.expose, found.kept) == ((), (), ())
    lost = [text for text in found.unseen if "every request header" in text or "every response header" in text]
    assert len(lost) == 2


@pytest.mark.parametrize("names", [{"headers": ("X-A", "*")}, {"expose": ("*",)}])
def test_a_policy_with_every_header_and_credentials_is_refused(names: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(ValueError, match="credentials"):
        Policy(ONE, credentials=True, **names)  # type: ignore[arg-type]
    assert merged([Policy(ONE, **names), Policy(ONE, credentials=True)]).credentials  # type: ignore[arg-type]


@pytest.mark.parametrize("origin", ["https://app.example", "https://api.example"])
def test_what_only_a_probe_saw_is_kept(origin: str) -> None:
    lines = ((ACAO, origin), (ACAM, "DELETE"), (ACAH, "X-Seen"), (ACEH, "ETag"))
    asked = WireRequest("OPTIONS", URL, Headers((("Origin", origin), ("Access-Control-Request-Method", "GET"))))
    probe = Exchange(Kind.PREFLIGHT, asked, Response(204, Headers(lines)))
    found = cure(
        diagnose_all(GET, BROWSERS, lambda *_: Response(200, Headers())), probes=[Probe(ProbeKind.PREFLIGHT, probe)]
    )
    assert found.policy == Policy(ONE, ("DELETE",), ("X-Seen",), expose=("ETag",))
