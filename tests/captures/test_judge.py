"""Requests of a capture: which entries belong together, what the script asked, and the verdict."""

from __future__ import annotations

from typing import Any

import pytest

from corsdoctor.browsers import BROWSERS, CHROMIUM
from corsdoctor.captures.group import UNKNOWN_ORIGIN, Captured, grouped
from corsdoctor.captures.judge import Judgement, Outcome, judge
from corsdoctor.captures.rebuild import scenario_of
from corsdoctor.diagnose import Verdict
from corsdoctor.report import Report
from corsdoctor.reports.secrets import mask_report
from corsdoctor.scenario import Api, Credentials, Mode, Redirect
from tests.captures.hars import API, GRANT, PAGE, entry, preflight, read

OTHER = "https://other.example/x"


def requests(*entries: Any, **how: Any) -> list[Captured]:
    har = read(*entries, **how)
    return grouped(har)


def judged(*entries: Any, mode: Credentials | None = None, **how: Any) -> Judgement:
    har = read(*entries, **how)
    [one] = grouped(har)
    return judge(one, har, mode, ())


PUT, ALLOWS = (
    entry("PUT", answered=GRANT),
    preflight("PUT", Access_Control_Allow_Origin=PAGE, Access_Control_Allow_Methods="PUT"),
)
CREDENTIALED = GRANT | {"Access-Control-Allow-Credentials": "true"}
MOVED = entry(status=302, answered=CREDENTIALED | {"Location": OTHER})
TARGET = entry(url=OTHER, asked={"Origin": "null"}, answered={"Access-Control-Allow-Origin": "null"})
LOST: dict[str, Any] = {"asked": {"Referer": f"{PAGE}/x"}, "status": 0}

GROUPS: dict[str, tuple[list[Any], list[tuple[list[int], list[int]]]]] = {
    "one": ([entry()], [([0], [])]),
    "preflight behind": ([PUT, ALLOWS], [([0], [1])]),
    "each its own preflight": ([PUT, ALLOWS, PUT, ALLOWS], [([0], [1]), ([2], [3])]),
    "a preflight alone": ([ALLOWS], [([], [0])]),
    "another method": ([entry("DELETE"), ALLOWS], [([0], []), ([], [1])]),
    "another page": ([entry("PUT", asked={"Origin": "https://b.example"}), ALLOWS], [([0], []), ([], [1])]),
    "a header that is not in the request": ([PUT, preflight("PUT", "x-a")], [([0], []), ([], [1])]),
    "sanitized": ([PUT, preflight("PUT", "authorization")], [([0], [1])]),
    "never sent": ([entry("PUT", **LOST), preflight("PUT", "x-a")], [([0], [1])]),
    "redirect": ([MOVED, TARGET], [([0, 1], [])]),
    "two redirects at once": ([MOVED, MOVED, TARGET, TARGET], [([0, 2], []), ([1, 3], [])]),
    "redirect to itself": ([entry(status=307, answered={"Location": API}), entry()], [([0, 1], [])]),
    "redirect of another type": ([MOVED | {"_resourceType": "fetch"}, TARGET | {"_resourceType": "image"}], [([0], []), ([1], [])]),
    "the preflight for a redirect's target alone": ([ALLOWS, entry("PUT", status=307, answered=GRANT | {"Location": OTHER}), preflight("PUT", url=OTHER)], [([1], [0, 2])]),
    "a method that no redirect makes": ([MOVED, entry("PUT", OTHER)], [([0], []), ([1], [])]),
    "redirect nowhere": ([entry(status=302, answered={"Location": "mailto:x"})], [([0], [])]),
    "to its own origin": ([entry(url=f"{PAGE}/api")], []),
    "from its own origin": ([entry(url=f"{PAGE}/api", asked={"Referer": f"{PAGE}/"}, status=302, answered={"Location": API}), entry()], [([0, 1], [])]),
    "an image that was redirected": ([entry(asked={"Referer": f"{PAGE}/"}, status=302, answered={"Location": OTHER}), entry(url=OTHER, asked={"Referer": f"{PAGE}/"}, status=302)], []),
    "a page that is not there": ([entry(asked={}, status=302)], []),
    "media in WebKit": ([entry(asked={}, status=0), entry(url=OTHER, asked={"Origin": "null", "Range": "bytes=0-"})], [([0, 1], [])]),
    "media that an earlier redirect led to": (
        [MOVED, entry(asked={}, status=0), entry(url=OTHER, asked={"Origin": "null", "Range": "bytes=0-"})],
        [([0, 2], []), ([1], [])],
    ),
    "a Range that a script set": (
        [
            entry(asked={}, status=0),
            entry("POST", OTHER, {"Origin": PAGE, "Range": "bytes=0-", "Sec-Fetch-Dest": "empty"}),
        ],
        [([0], []), ([1], [])],
    ),
    "no media": ([entry(asked={}, status=0), entry(url=OTHER, asked={"Origin": "null"})], [([0], []), ([1], [])]),
}  # fmt: skip


@pytest.mark.parametrize("name", GROUPS)
def test_what_belongs_together(name: str) -> None:
    entries, expected = GROUPS[name]
    found = requests(*entries)
    assert [([hop.index for hop in one.hops], [p.index for p in one.preflights]) for one in found] == expected
    assert {one.url for one in found} <= {API, OTHER, f"{PAGE}/api"}


def test_a_proxy_has_the_preflight_first() -> None:
    entries = (ALLOWS, PUT, ALLOWS, PUT)
    assert [one.entries for one in requests(*entries, creator="mitmproxy")] == [{0, 1}, {2, 3}]


def test_the_origin() -> None:
    origins = [
        requests(entry())[0].origin,
        requests(entry("PUT", **LOST))[0].origin,
        requests(entry("PUT", asked={}, status=0), ALLOWS)[0].origin,
        requests(entry(asked={"Origin": "null"}))[0].origin,
        requests(entry(asked={"X-A": "1"}, status=0))[0].origin,
    ]
    assert [str(origin) for origin in origins] == [PAGE, PAGE, PAGE, "null", "null"]
    assert origins[-1] is UNKNOWN_ORIGIN
    assert (
        requests(
            preflight("PUT")
            | {
                "request": {
                    "method": "OPTIONS",
                    "url": API,
                    "headers": [
                        {"name": "Access-Control-Request-Method", "value": "PUT"},
                        {"name": "Origin", "value": "no origin"},
                    ],
                }
            }
        )
        == []
    )


def scenario(*entries: Any) -> Any:
    [one] = requests(*entries)
    return scenario_of(one, CHROMIUM, Credentials.SAME_ORIGIN)


def test_what_the_script_asked() -> None:
    own = {
        "Origin": PAGE,
        "User-Agent": "x",
        "Accept": "*/*",
        "Sec-Fetch-Mode": "cors",
        "Priority": "u=1",
        "Range": "bytes=0-",
        "DNT": "1",
    }
    plain = scenario(entry(asked=own | {"X-A": "1"}, url="https://u:p@api.example/items#x"))
    assert (plain.url, plain.headers, plain.api, plain.credentials) == (API, (("X-A", "1"),), Api.FETCH, None)
    named = scenario(entry("PATCH", asked=own | {"X-A": "1", "X-B": "2"}), preflight("patch", "x-b"))
    assert (named.method, named.headers) == ("patch", (("x-b", "2"),))
    alone = scenario(preflight("DELETE", "x-b, x-c"))
    assert (alone.method, alone.headers, alone.url) == ("DELETE", (("x-b", "?"), ("x-c", "?")), API)
    listens = scenario(entry("POST", _resourceType="xhr"), preflight("POST"))
    assert (listens.upload_listener, listens.api) == (True, Api.XHR)
    refused = judged(
        entry("POST", status=0, asked={"Referer": f"{PAGE}/"}, _resourceType="xhr"), preflight("POST", status=403)
    )
    assert refused.verdict is Verdict.BLOCKED


def test_who_asked() -> None:
    kinds: list[tuple[dict[str, Any], Api]] = [
        ({"_resourceType": "Image"}, Api.IMAGE),
        ({"_resourceType": "font"}, Api.FONT),
        ({}, Api.FETCH),
    ]
    for more, api in kinds:
        assert scenario(entry(**more)).api is api
    assert scenario(entry(asked={"Origin": PAGE, "Sec-Fetch-Dest": "script"})).mode is Mode.CORS
    assert scenario(entry(asked={"Origin": PAGE, "Accept": "text/event-stream"})).api is Api.EVENTSOURCE


def test_a_redirect_that_was_not_followed() -> None:
    fetched = MOVED | {"_resourceType": "fetch"}
    assert scenario(fetched).redirect is Redirect.MANUAL
    assert judged(fetched).verdict is Verdict.OPAQUE
    failed = entry(status=302, answered={"Location": OTHER}, _resourceType="fetch", error="net::ERR_FAILED")
    assert scenario(failed).redirect is Redirect.FOLLOW
    assert scenario(entry(status=304, _resourceType="fetch")).redirect is Redirect.FOLLOW
    elsewhere = entry(status=302, answered=CREDENTIALED | {"Location": "ftp://other.example/"}, _resourceType="fetch")
    assert (scenario(elsewhere).redirect, judged(elsewhere).verdict) == (Redirect.FOLLOW, Verdict.BLOCKED)
    assert scenario(entry(status=302, _resourceType="fetch")).redirect is Redirect.FOLLOW
    unknown = judged(entry(status=302, answered=GRANT | {"Location": OTHER}), creator="Firefox")
    assert (unknown.verdict, unknown.missing) == (
        Verdict.UNKNOWN,
        f"The capture does not have the request: GET {OTHER}.",
    )


WITH, WITHOUT = Credentials.INCLUDE, Credentials.SAME_ORIGIN
STAR = {"Access-Control-Allow-Origin": "*"}
MODES: dict[str, tuple[dict[str, Any], Verdict, Credentials | None, Outcome]] = {
    "both modes allow it": (entry(answered=CREDENTIALED), Verdict.ALLOWED, None, Outcome.OK),
    "both modes block it": (entry(error="net::ERR_FAILED"), Verdict.BLOCKED, None, Outcome.FAILED),
    "it did not fail": (entry(answered=STAR), Verdict.ALLOWED, WITHOUT, Outcome.OK),
    "it failed": (entry(answered=STAR, error="net::ERR_FAILED"), Verdict.BLOCKED, WITH, Outcome.FAILED),
    "an unread body is not a failure": (entry(answered=STAR, error="net::ERR_ABORTED"), Verdict.ALLOWED, WITHOUT, Outcome.OK),
    "an element fails for a status": (entry(status=404, answered=CREDENTIALED, _resourceType="image"), Verdict.ALLOWED, None, Outcome.UNKNOWN),
}  # fmt: skip


@pytest.mark.parametrize("name", MODES)
def test_the_credentials_mode_by_what_the_browser_did(name: str) -> None:
    one, verdict, mode, outcome = MODES[name]
    found = judged(one)
    assert (found.verdict, found.mode, found.outcome) == (verdict, mode, outcome)
    assert found.agrees is (None if outcome is Outcome.UNKNOWN else True)
    assert (found.by_credentials is None) == (mode is not None)


def test_the_credentials_mode_by_a_cookie() -> None:
    found = judged(entry(asked={"Origin": PAGE, "Cookie": "a=1"}, answered=STAR), creator="Firefox")
    assert (found.verdict, found.mode) == (Verdict.BLOCKED, WITH)
    own = entry(url=f"{PAGE}/api", asked={"Origin": PAGE, "Cookie": "a=1"}, status=307, answered={"Location": API})
    found = judged(own, entry(answered=STAR), creator="Firefox")
    assert (found.verdict, found.mode) == (Verdict.UNKNOWN, None)
    assert found.by_credentials == {WITHOUT: Verdict.ALLOWED, WITH: Verdict.BLOCKED}
    assert found.missing == "The verdict depends on the credentials mode, which a capture does not have."


def test_the_credentials_mode_as_given() -> None:
    for mode, verdict in ((WITH, Verdict.BLOCKED), (WITHOUT, Verdict.ALLOWED), (Credentials.OMIT, Verdict.ALLOWED)):
        found = judged(entry(answered=STAR), mode=mode)
        assert (found.verdict, found.mode, found.because, found.by_credentials) == (
            verdict,
            mode,
            "The option --credentials names it.",
            None,
        )
    assert judged(entry(answered=STAR), mode=WITH).agrees is False


def test_one_mode_lacks_an_answer() -> None:
    moved = entry(status=302, answered=STAR | {"Location": OTHER})
    found = judged(moved, creator="Firefox")
    assert found.by_credentials == {WITHOUT: Verdict.UNKNOWN, WITH: Verdict.BLOCKED}
    assert (found.verdict, found.missing) == (Verdict.UNKNOWN, f"The capture does not have the request: GET {OTHER}.")


FAILURES = {
    "net::ERR_NAME_NOT_RESOLVED": Verdict.ERROR,
    "net::ERR_CONNECTION_REFUSED": Verdict.ERROR,
    "net::ERR_BLOCKED_BY_CLIENT": Verdict.ERROR,
    "net::ERR_FAILED": Verdict.UNKNOWN,
    "": Verdict.UNKNOWN,
}


@pytest.mark.parametrize("error", FAILURES)
def test_no_response(error: str) -> None:
    found = judged(entry(status=0, error=error))
    assert found.verdict is FAILURES[error]
    assert (found.missing is None) == (found.verdict is Verdict.ERROR)


def test_a_preflight_decides_alone() -> None:
    refused = preflight("PUT", Access_Control_Allow_Origin=PAGE)
    assert judged(entry("PUT", **LOST), refused).verdict is Verdict.BLOCKED
    assert judged(refused).verdict is Verdict.BLOCKED
    assert judged(preflight("GET", "accept-language", status=403)).verdict is Verdict.BLOCKED
    assert judged(ALLOWS).verdict is Verdict.UNKNOWN


def test_a_preflight_that_was_not_recorded() -> None:
    found = judged(PUT)
    assert found.verdict is Verdict.ALLOWED
    assert found.noted is not None
    assert found.noted.startswith("The capture does not have the preflight request")
    assert judged(PUT, ALLOWS).noted is None
    named = judged(entry(asked={"Origin": PAGE, "X-A": "1"}, answered=GRANT))
    assert (named.verdict, named.noted is None) == (Verdict.ALLOWED, False)


def test_a_cached_response() -> None:
    validated = {"Origin": PAGE, "If-None-Match": '"1"'}
    assert judged(entry(status=304, asked=validated)).verdict is Verdict.UNKNOWN
    assert judged(entry(status=304, asked=validated, answered=CREDENTIALED)).verdict is Verdict.ALLOWED
    assert judged(entry(status=304)).verdict is Verdict.BLOCKED


def test_which_browsers() -> None:
    assert [d.profile.name for d in judged(entry()).diagnoses] == ["chromium"]
    unknown = judged(entry(), creator="Charles Proxy")
    assert (tuple(d.profile for d in unknown.diagnoses), unknown.recorded_by) == (BROWSERS, None)
    har = read(entry())
    [one] = grouped(har)
    assert [d.profile for d in judge(one, har, None, BROWSERS[1:3]).diagnoses] == list(BROWSERS[1:3])


def test_a_masked_report_holds_no_secret_in_its_capture() -> None:
    found = judged(entry(url=f"{API}?token=SEKRIT", asked={"Origin": PAGE, "Authorization": "Bearer SEKRIT"}, status=0))
    assert "SEKRIT" in repr(found.diagnoses)
    assert "SEKRIT" not in repr(mask_report(Report(found.diagnoses, capture=found)))


def test_a_line_that_no_script_can_set() -> None:
    one = judged(entry(asked={"Origin": PAGE, "Accept;charset=UTF-8": "text/csv"}, answered=CREDENTIALED))
    assert (one.verdict, one.diagnoses[0].scenario.headers) == ("allowed", ())
