"""For any scenario and any answers: a cure that is printed cures in every browser, and touches nothing without need."""

from __future__ import annotations

from hypothesis import event, given
from hypothesis import strategies as st

from corsdoctor.browsers import BROWSERS, Profile
from corsdoctor.cure import Change, Cure, cure
from corsdoctor.diagnose import Verdict, diagnose, diagnose_all
from corsdoctor.scenario import Api, Credentials, Mode, Redirect, Scenario
from corsdoctor.url import OPAQUE, Origin
from corsdoctor.wire import Answer, FailureKind, Headers, Kind, NoAnswer, Response, Send, WireRequest, Withheld

PAGE = Origin("https", "app.example")
GOOD = (Verdict.ALLOWED, Verdict.OPAQUE)
API, OTHER, HOME = "https://api.example/items", "https://other.example/", "https://app.example/x"
LINES = (
    *(("Access-Control-Allow-Origin", v) for v in ("*", "https://app.example", "https://app.example/", "null", "a, b")),
    *(("Access-Control-Allow-Credentials", v) for v in ("true", "True", "")),
    *(("Access-Control-Allow-Methods", v) for v in ("*", "GET, PUT", "GET; PUT", "put", "PATCH", "")),
    *(("Access-Control-Allow-Headers", v) for v in ("*", "x-a", "X-A, Authorization, Content-Type", '"X-A" X-B', "@")),
    *(("Access-Control-Max-Age", v) for v in ("600", "1 day")),
    *(("Access-Control-Expose-Headers", v) for v in ("*", "X-Total-Count", "X A")),
    ("Vary", "Origin"), ("Vary", "Accept"), ("X-Total-Count", "42"), ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Content-Type", "text/plain"), ("Content-Type", "text/css"), ("X-Content-Type-Options", "nosniff"),
    ("Content-Length", "0"),
    *(("Location", v) for v in (API, OTHER, HOME, "https://u:p@api.example/", "ftp://a.example/", "http://[", "")),
)  # fmt: skip
REQUEST_HEADERS = (
    ("X-A", "1"), ("x-b", ""), ("Authorization", "Bearer 1"), ("Content-Type", "application/json"), ("Cookie", "a=b"),
    ("Content-Type", "text/plain"), ("X A", "1"),
)  # fmt: skip

responses = st.builds(
    lambda status, lines: Response(status, Headers(tuple(lines))),
    st.sampled_from([200, 204, 299, 301, 303, 307, 401, 404, 405, 407, 500]),
    st.lists(st.sampled_from(LINES), max_size=8),
)
answers = st.one_of(responses, responses, responses, st.just(NoAnswer(FailureKind.REFUSED, "refused")))
tables = st.fixed_dictionaries(
    {(kind, url): answers for kind in Kind for url in (API, OTHER, HOME)}
) | st.fixed_dictionaries({(kind, url): responses for kind in Kind for url in (API, OTHER, HOME)})
scenarios = st.builds(
    lambda *given: Scenario(*given),  # of a named tuple, hypothesis would choose the other fields too
    st.sampled_from([API, API, API, HOME, "http://api.example/", "https://u:p@api.example/", "ftp://a.example/", "data:,x"]),
    st.sampled_from([PAGE, PAGE, PAGE, Origin("http", "localhost", 3000), OPAQUE]),
    st.sampled_from(["GET", "GET", "HEAD", "POST", "PUT", "PUT", "patch", "TRACE", "a b"]),
    st.lists(st.sampled_from(REQUEST_HEADERS), max_size=3, unique=True).map(tuple),
    st.sampled_from([None, *Credentials]),
    st.sampled_from([None, None, *Mode]),
    st.sampled_from([Redirect.FOLLOW, *Redirect]),
    st.sampled_from([None, b"{}"]),
    st.sampled_from([Api.FETCH, Api.FETCH, *Api]),
)  # fmt: skip
Table = dict[tuple[Kind, str], Answer]


def sending(table: Table, *, withhold: bool = False) -> Send:
    def send(kind: Kind, request: WireRequest) -> Answer:
        if withhold and kind is Kind.ACTUAL:
            return Withheld("not now")
        return table.get((kind, request.url), Response(200, Headers()))

    return send


def assumed(kind: Kind, api: Api) -> Response:
    return Response(204 if kind is Kind.PREFLIGHT else 200, Headers(TYPES.get(api, ())))


def applied(change: Change, api: Api, skipping: str | None = None) -> Response:
    """The answer as the change wants it, by another way than corsdoctor's own; `skipping` leaves one line as it was."""
    before = change.response or assumed(change.kind, api)
    pairs, status = list(before.headers.pairs), before.status
    for name, value in change.lines:
        if name == skipping:
            continue
        if name == ":status":
            status = int(value)
            continue
        if name != "Vary":
            pairs = [pair for pair in pairs if pair[0].lower() != name.lower()]
        if value:
            pairs.append((name, value))
    return Response(status, Headers(tuple(pairs)))


def passes(scenario: Scenario, found: Cure, seen: Table, without: tuple[Change, str] | None = None) -> bool:
    """Whether all browsers pass with the changes; what nobody has seen is an empty success."""
    changed = {
        (change.kind, change.method, change.url): applied(change, scenario.api, without[1] if without and without[0] is change else None)
        for change in found.changes
    }  # fmt: skip

    def send(kind: Kind, request: WireRequest) -> Answer:
        answer = changed.get((kind, request.method, request.url)) or seen.get((kind, request.url))
        return answer or assumed(kind, scenario.api)

    return all(diagnose(scenario, p, send).verdict in GOOD for p in BROWSERS)


TYPES = {
    Api.EVENTSOURCE: (("Content-Type", "text/event-stream"),),
    Api.MODULE: (("Content-Type", "text/javascript"),),
}
COMPANIONS = {"Vary", "Access-Control-Max-Age"}


@given(scenarios, tables, st.booleans(), st.booleans())
def test_a_cure_cures_and_touches_nothing_without_need(
    scenario: Scenario, table: Table, withhold: bool, ask: bool
) -> None:
    send = sending(table, withhold=withhold)
    asked: Table = {}

    def asking(kind: Kind, request: WireRequest) -> Answer:
        answer = asked[kind, request.url] = send(kind, request)
        return answer

    diagnoses = diagnose_all(scenario, BROWSERS, send)
    found = cure(diagnoses, ask=asking if ask else None)
    if found.obstacle is not None:
        event("obstacle " + found.obstacle.step.rule.id)
        assert (found.changes, found.proof, found.policy) == ((), (), None)
        assert found.obstacle.diagnoses
        return
    event(f"{sum(len(change.lines) for change in found.changes)} lines")
    assert [d.profile for d in found.proof] == list(BROWSERS)
    assert all(d.verdict in GOOD for d in found.proof)
    if all(d.verdict in GOOD for d in diagnoses):
        assert not found.changes
    exchanges = [e for d in diagnoses for e in d.exchanges if not isinstance(e.answer, Withheld)]
    seen = {(e.kind, e.request.url): e.answer for e in exchanges}
    seen |= {key: answer for key, answer in asked.items() if not isinstance(answer, Withheld)}
    assert passes(scenario, found, seen)
    for change in found.changes:
        for name, _ in change.lines:
            if name not in COMPANIONS:
                assert not passes(scenario, found, seen, (change, name)), (name, found.changes)


@given(scenarios, tables)
def test_every_alternative_passes_with_its_changes(scenario: Scenario, table: Table) -> None:
    found = cure(diagnose_all(scenario, BROWSERS, sending(table)), minimal=True)
    lines = sum(len(change.lines) for change in found.changes)
    for way in found.alternatives:
        again = cure(diagnose_all(way.scenario, BROWSERS, sending(table)), minimal=True)
        if way.tried:
            assert again.changes == way.changes
        if found.changes and way.id != "upper-case":  # which is worth doing even if the server changes as much
            assert sum(len(change.lines) for change in way.changes) < lines


@given(scenarios, tables, st.sampled_from(BROWSERS))
def test_one_browser_needs_no_more_than_all(scenario: Scenario, table: Table, profile: Profile) -> None:
    every, one = (cure(diagnose_all(scenario, profiles, sending(table))) for profiles in (BROWSERS, [profile]))
    if every.obstacle is None:
        assert one.obstacle is None
        assert sum(len(c.lines) for c in one.changes) <= sum(len(c.lines) for c in every.changes)
