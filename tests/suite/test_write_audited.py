"""The trials of which a first policy is written."""

from __future__ import annotations

import tomllib

from corsdoctor.audit.policy_words import preflighted_methods
from corsdoctor.scenario import Scenario
from corsdoctor.suite.write import first
from corsdoctor.suite.write_audited import trials
from corsdoctor.url import OPAQUE
from tests.audit.estate import APP, ESTATE, URL, Server, dynamic, fixed
from tests.audit.test_estate import explored

OF = {server.id: server for server in ESTATE}


def sides(server: Server) -> tuple[set[str], set[str]]:
    """The origins that the policy of a server allows, and those that it denies, for GET with credentials."""
    found = explored(server)
    written = tomllib.loads(first(URL, list(trials(found, Scenario(server.url, OPAQUE)))))
    names = written.get("origins", {})
    at_url = [m for m in written["matrix"] if m.get("paths") == ["/items"]]
    [matrix] = [m for m in at_url if "GET" in m["methods"] and m["credentials"] == "include"]
    return tuple({names.get(one, one) for one in matrix.get(side, [])} for side in ("allow", "deny"))  # type: ignore[return-value]


def test_those_who_are_allowed_and_those_who_are_not() -> None:
    allowed, denied = sides(OF["exact"])
    assert allowed == {APP}
    assert {"https://stranger.example", "null", "http://app.example.com", "https://corsdoctorexample.com"} <= denied
    allowed, denied = sides(OF["ends-with-https"])
    assert "https://corsdoctorexample.com" in allowed
    assert "null" in denied


def test_an_endpoint_that_takes_only_post() -> None:
    server = OF["graphql-vercel"]
    written = tomllib.loads(first(server.url, list(trials(explored(server), Scenario(server.url, OPAQUE)))))
    names = written["origins"]
    [matrix] = [m for m in written["matrix"] if m["methods"] == ["POST"] and m["credentials"] == "include"]
    assert matrix["headers"] == [["content-type", "application/json"]]
    assert {names.get(one, one) for one in matrix["allow"]} == {APP, "https://corsdoctor.vercel.app"}
    assert "https://stranger.example" in {names.get(one, one) for one in matrix["deny"]}


def test_credentials_differ() -> None:
    found = list(trials(explored(OF["public"]), Scenario(URL, OPAQUE)))
    assert {one.scenario.credentials for one in found} == {"omit", "include"}
    assert sides(OF["public"])[0] == set()


def test_a_request_with_a_cookie_of_our_own_is_no_observation() -> None:
    found = list(trials(explored(OF["reflects-with-a-cookie"]), Scenario(URL, OPAQUE)))
    origins = [str(one.scenario.origin) for one in found if (one.scenario.method, one.scenario.url) == ("GET", URL)]
    assert origins.count("https://stranger.example") == 2  # one for each mode


def test_looks_beside_the_url_are_observed_unless_they_had_a_cookie() -> None:
    urls = {one.scenario.url for one in trials(explored(OF["http-reflects"]), Scenario(URL, OPAQUE))}
    below = f"{URL}/corsdoctor-no-such-page"
    assert urls == {URL, below, "https://api.example.com/corsdoctor-no-such-page", "http://api.example.com/items"}
    with_cookies = trials(explored(OF["cookies-no-end"]), Scenario(URL, OPAQUE))
    assert {one.scenario.url for one in with_cookies} == {URL}
    written = tomllib.loads(first(URL, list(trials(explored(OF["http-reflects"]), Scenario(URL, OPAQUE)))))
    ids = [matrix["id"] for matrix in written["matrix"]]
    assert len(ids) == len(set(ids))
    assert {matrix["urls"][0] for matrix in written["matrix"] if "urls" in matrix} == {"http://api.example.com/items"}


def test_what_leads_elsewhere_is_left_out() -> None:
    policy = fixed(("Access-Control-Allow-Origin", "*"), ("Location", "/login"), status=302)
    found = list(trials(explored(Server("away", policy)), Scenario(URL, OPAQUE)))
    assert {one.scenario.credentials for one in found} == {"include"}  # which * blocks before the redirect counts


def test_methods_of_an_origin() -> None:
    found = explored(OF["exact"])
    of = {str(tried.candidate.origin): preflighted_methods(tried, found) for tried in found.tried}
    assert of[APP] == ("PUT", "DELETE")
    assert of["null"] == ()
    wrong = dynamic(lambda o: o == APP, more=[("Access-Control-Allow-Methods", "a b")])
    assert preflighted_methods(found.tried[2], explored(Server("wrong", wrong))) == ()
