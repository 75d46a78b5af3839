"""Policies that are written are read again: a first one holds for what was observed, a changed one for what changed."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from time import monotonic
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsdoctor.browsers import BROWSERS
from corsdoctor.diagnose import Diagnosis, Verdict, diagnose_all
from corsdoctor.scenario import Credentials, Scenario
from corsdoctor.suite.accept import accept
from corsdoctor.suite.case import Suite
from corsdoctor.suite.judge import judge
from corsdoctor.suite.read import read
from corsdoctor.suite.write import Observation, first
from corsdoctor.url import parse_origin
from corsdoctor.wire import Answer, Cutoff, Headers, Kind, NoAnswer, Response, WireRequest
from tests.suite.policies import ENVIRONMENT, HEAD, case, matrix

URL = "https://api.example/v1/items"
ORIGINS = ("https://app.example", "https://evil.example")


def server(kind: Kind, request: WireRequest) -> Answer:  # noqa: ARG001
    """Lets in everybody whose origin has no "evil" in it."""
    if "down" in request.url:
        return NoAnswer(Cutoff.REFUSED, "nothing listens")
    origin = dict(request.headers).get("Origin", "")
    lines = (("Access-Control-Allow-Origin", origin), ("Access-Control-Allow-Credentials", "true"))
    return Response(200, Headers(() if "evil" in origin else lines))


def ask(url: str, origin: str, **more: Any) -> Observation:
    page = parse_origin(origin)
    assert page is not None
    return Observation(diagnose_all(Scenario(url, page, **more), BROWSERS, server))


def suite(text: str, environment: dict[str, str] = ENVIRONMENT) -> Suite:
    return read(tomllib.loads(text), environment, lambda _: None)


def mixed(observation: Observation, *verdicts: Verdict) -> Observation:
    """The same with other verdicts, browser by browser."""
    found: list[Diagnosis] = [replace(d, verdict=v) for d, v in zip(observation.diagnoses, verdicts, strict=True)]
    return Observation(tuple(found))


# -- a first policy


@pytest.mark.parametrize(
    ("url", "environment"),
    [
        (URL, {}),
        ("http://127.0.0.1:8080", {}),
        ("https://api.example/?a={b}&c=${d}&e={{f}}&g=$${h}", {}),
        ("https://api.example/{a}/${b}", {}),
        ("https://api.example/x?token=t&plain=1&1key=2", {"TOKEN": "t"}),
    ],
)
def test_a_first_policy_holds(url: str, environment: dict[str, str]) -> None:
    observations = [ask(url, origin) for origin in (*ORIGINS, "null", "file:", "http://localhost:3000")]
    text = first(url, observations)
    found = suite(text, environment)
    by_origin = {one.scenario.origin: one for one in found.cases}
    assert len(by_origin) == len(observations) == len(found.cases)
    for observation in observations:
        one = by_origin[observation.scenario.origin]
        assert one.expected.verdict is not None
        came = diagnose_all(one.scenario, one.profiles, server)
        assert judge(one.expected, came) == ()
        assert [e.request.url for e in came[0].exchanges] == [e.request.url for e in observation.diagnoses[0].exchanges]


def test_a_first_policy_looks_so() -> None:
    text = first(URL, [ask(URL, origin) for origin in ORIGINS])
    assert (
        text.partition("\n\n")[2]
        == """\
version = 1

[base]
server = "https://api.example"

[origins]
app = "https://app.example"
evil = "https://evil.example"

[[matrix]]
id = "items"
base = "server"
paths = ["/v1/items"]
methods = ["GET"]
allow = ["app"]
deny = ["evil"]
"""
    )
    assert all(line.startswith("# ") for line in text.partition("\n\n")[0].splitlines())


def test_a_first_policy_holds_no_secret() -> None:
    url = "https://user:pa55word@api.example/x?access_token=t0ken&a=b"
    text = first(url, [ask(url, ORIGINS[0])])
    assert "pa55word" not in text
    assert "t0ken" not in text
    (found,) = suite(text, {"LOGIN": "user:pa55word", "ACCESS_TOKEN": "t0ken"}).cases
    assert found.scenario.url == url


def test_requests_of_several_kinds_are_several_matrices() -> None:
    kinds: list[dict[str, Any]] = [{}, {"method": "HEAD"}, {"credentials": Credentials.INCLUDE}, {"method": "PUT"}]
    cases = suite(first(URL, [ask(URL, origin, **kind) for origin in ORIGINS for kind in kinds])).cases
    asked = [(one.id, one.scenario.credentials, one.expected.verdict) for one in cases]
    assert asked == [
        ("items GET HEAD/GET /v1/items/app", None, "allowed"),
        ("items GET HEAD/GET /v1/items/evil", None, "blocked"),
        ("items GET HEAD/HEAD /v1/items/app", None, "allowed"),
        ("items GET HEAD/HEAD /v1/items/evil", None, "blocked"),
        ("items include/GET /v1/items/app", Credentials.INCLUDE, "allowed"),
        ("items include/GET /v1/items/evil", Credentials.INCLUDE, "blocked"),
        ("items PUT/PUT /v1/items/app", None, "blocked"),
        ("items PUT/PUT /v1/items/evil", None, "blocked"),
    ]


def test_where_browsers_differ_there_are_two_cases() -> None:
    allowed, blocked = Verdict.ALLOWED, Verdict.BLOCKED
    divided = mixed(ask(URL, ORIGINS[0]), allowed, blocked, allowed, blocked)
    text = first(URL, [divided, ask(URL, ORIGINS[1])])
    cases = suite(text).cases
    assert [(one.id, [p.name for p in one.profiles], one.expected.verdict) for one in cases] == [
        ("items: GET from app in standard, firefox", ["standard", "firefox"], "allowed"),
        ("items: GET from app in chromium, webkit", ["chromium", "webkit"], "blocked"),
        ("items/GET /v1/items/evil", [p.name for p in BROWSERS], "blocked"),
    ]
    assert cases[0].scenario.url == URL
    assert suite(first(URL, [divided])).cases == cases[:2]


def test_what_was_withheld_is_as_good_as_allowed() -> None:
    unsent = mixed(ask(URL, ORIGINS[0]), *[Verdict.UNSENT] * 4)
    assert [one.expected.verdict for one in suite(first(URL, [unsent])).cases] == ["allowed"]


@pytest.mark.parametrize(
    "verdicts", [[Verdict.ERROR] * 4, [Verdict.ERROR, Verdict.ALLOWED, Verdict.BLOCKED, Verdict.BLOCKED]]
)
def test_without_an_answer_nothing_is_written(verdicts: list[Verdict]) -> None:
    silent = mixed(ask(URL, ORIGINS[0]), *verdicts)
    with pytest.raises(ValueError, match="no answer came"):
        first(URL, [silent])
    assert len(suite(first(URL, [silent, ask(URL, ORIGINS[1])])).cases) == 1


def test_an_url_that_is_not_http_is_kept_whole() -> None:
    text = first("data:,x", [ask("data:,x", "null")])
    assert [one.scenario.url for one in suite(text).cases] == ["data:,x"]
    divided = mixed(ask("data:,x", "null"), *[Verdict.ALLOWED, Verdict.BLOCKED] * 2)
    assert [one.scenario.url for one in suite(first("data:,x", [divided])).cases] == ["data:,x"] * 2


def test_each_origin_has_a_name_of_its_own() -> None:
    origins = [
        "https://www.example", "http://www.example", "https://example", "https://a.example", "https://a.other", "https://null.example",
        "https://a.example:8443", "http://a.example:8443", "http://127.0.0.1", "https://1.example", "app://a.example", "x://...",
        "y://...", "https://-.example", "https://a.example:444", "capacitor://a.example", "http://[::1]:1",
    ]  # fmt: skip
    cases = suite(first(URL, [ask(URL, origin) for origin in origins])).cases
    assert sorted(str(one.scenario.origin) for one in cases) == sorted(origins)


# -- changed expectations


BLOCKED = {"verdict": "blocked"}


def changed(text: str, changes: dict[str, dict[str, Any]]) -> str:
    """The changed policy, after a look that exactly these cases expect something else, and exactly that."""
    before, (result, left) = suite(text), accept(text, changes)
    assert left == ()
    after = suite(result)
    assert [one.id for one in after.cases] == [one.id for one in before.cases]
    for old, new in zip(before.cases, after.cases, strict=True):
        if old.id in changes:
            wanted = changes[old.id]
            assert (new.expected.verdict, new.expected.rule) == (wanted.get("verdict"), wanted.get("rule"))
            assert new.expected.readable == tuple(wanted.get("readable", ()))
            assert (new.expected.max_age, new.expected.preflight) == (wanted.get("max-age"), wanted.get("preflight"))
        else:
            assert new.expected == old.expected
        known = new.known if old.id in changes else old.known  # another expectation leaves no known failure behind
        assert replace(new, expected=old.expected, line=old.line) == replace(old, known=known)
    return result


def test_a_case_expects_something_else_and_its_comment_stays() -> None:
    text = (
        HEAD
        + '# above\n[[case]]\nid = "c"   # id\nurl = "{api}/x"\norigin = "app"\nexpect   =   "allowed" # why\n\n# below\n'
    )
    assert changed(text, {"c": BLOCKED}) == text.replace('"allowed" # why', '"blocked" # why')


def test_a_table_in_place_of_a_word() -> None:
    whole = {"verdict": "allowed", "readable": ["X-A"], "max-age": 5, "preflight": True}
    result = changed(HEAD + case(), {"c": whole})
    assert 'expect = {verdict = "allowed", readable = ["X-A"], max-age = 5, preflight = true}\n' in result


def test_a_word_in_place_of_a_table() -> None:
    text = HEAD + case(expect="") + '[case.expect]\nrule = "acac-true"\n\n' + case().replace('"c"', '"d"')
    changed(text, {"c": BLOCKED})
    assert 'expect = "blocked"\n' in changed(HEAD + case(expect='{ rule = "acac-true" }'), {"c": BLOCKED})


def test_a_cell_becomes_an_exception() -> None:
    result = changed(HEAD + matrix(), {"m/PUT /b/app": {"rule": "acao-present"}})
    assert result == HEAD + matrix() + (
        'except = [\n    {origin = "app", path = "/b", method = "PUT", expect = {rule = "acao-present"}},\n]\n'
    )


def test_a_cell_of_a_case_becomes_an_exception() -> None:
    result = changed(HEAD + case(origin='origins = ["ours", "evil"]'), {"c/admin": BLOCKED})
    assert '    {origin = "admin", expect = "blocked"},\n' in result


@pytest.mark.parametrize(
    "exceptions",
    [
        'except = [{ origin = "app", path = "/b", method = "PUT", expect = "allowed", known = { reason = "r" } }]',
        'except = [\n  # why\n  { path = "/b", method = "PUT", origin = "app", expect = "allowed" },\n  { path = "/a", expect = "blocked" },\n]',
        'except = [\n  { path = "/b", method = "PUT", origin = "app", known = { reason = "r" } },\n  { origin = "admin", expect = "blocked" },\n]',
        '[[matrix.except]]\npath = "/b"\nmethod = "PUT"\norigin = "app"\nexpect = "allowed"',
    ],
)
def test_an_exception_for_the_very_cell_is_changed_in_place(exceptions: str) -> None:
    text = HEAD + matrix(exceptions)
    result = changed(text, {"m/PUT /b/app": BLOCKED})
    assert (
        tomllib.loads(result)["matrix"][0]["except"].__len__() == tomllib.loads(text)["matrix"][0]["except"].__len__()
    )
    assert ("# why" in result) is ("# why" in text)


@pytest.mark.parametrize(
    "later",
    [
        '{ origin = "ours", expect = "allowed" }',
        '{ origin = ["evil", "app"], expect = "allowed" }',
        '{ path = ["/b"], expect = "allowed" }',
        '{ method = "PUT", expect = "allowed" }',
        '{ url = "{api}/b", expect = "allowed" }',
        '{ origin = "https://app.example", expect = "allowed" }',
    ],
)
def test_an_exception_that_a_later_one_overrides_is_said_again(later: str) -> None:
    own = '{ origin = "app", path = "/b", method = "PUT", expect = "allowed" }'
    text = HEAD + matrix('deny = "evil"', f"except = [{own}, {later}]")
    assert len(tomllib.loads(changed(text, {"m/PUT /b/app": BLOCKED}))["matrix"][0]["except"]) == 3


@pytest.mark.parametrize(
    "text",
    [
        matrix('[[matrix.except]]\npath = "/a"\nexpect = "blocked"\n') + case(),
        matrix("[matrix.headers]\nX-A = '1'\n") + case(),
        matrix("[matrix.known]\nreason = 'r'\n# more\n\n") + matrix().replace('"m"', '"n"') + case(),
        '[[matrix]]\nid = "m"\nurls = ["{api}/a", "{api}/a/b"]\nallow = ["https://app.example", "app", "admin"]\n' + case(),
        '[[matrix]]\nid = "m"\nurls = "{api}/a"\nallow = "app"\n[[matrix]]\nid = "m/GET {api}"\nurls = "{api}/a"\nallow = "app"\n' + case(),
        case(origin='origins = ["ours", "null"]').replace('"c"', '"c/x"') + case(origin='origins = "app"'),
        matrix().replace('"GET", "PUT"', '"GET", "${STAGE}"'),
    ],
)  # fmt: skip
@pytest.mark.parametrize("at_once", [True, False])
def test_every_case_of_a_policy_can_change(text: str, at_once: bool) -> None:
    ids = [one.id for one in suite(HEAD + text).cases]
    for batch in [ids] if at_once else [[id] for id in ids]:
        changed(HEAD + text, {id: {"rule": "acao-matches-origin"} for id in batch})


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_what_stands_in_a_table_with_a_header_stays(newline: str) -> None:
    table = '  [case.expect] # head\n  # why\n  rule = "acac-true" # because\n\n# next\n'
    text = (HEAD + case(expect="") + table + case().replace('"c"', '"d"')).replace("\n", newline)
    assert accept(text, {"c": BLOCKED}) == (text.replace('rule = "acac-true"', 'verdict = "blocked"'), ())
    more = accept(text, {"c": {"rule": "acao-present", "preflight": True}})[0]
    assert more == text.replace('"acac-true" # because', f'"acao-present" # because{newline}preflight = true')
    assert accept(more, {"c": {"rule": "acao-present"}})[0] == text.replace("acac-true", "acao-present")


def test_keys_with_dots_and_an_empty_table_change_too() -> None:
    changed(HEAD + case(expect='expect.rule = "acac-true"').replace("expect = expect", "expect"), {"c": BLOCKED})
    two = 'expect.rule = "acac-true"\nurl = "{api}/x"\nexpect.preflight = true'
    changed(HEAD + case(url="", expect="").replace("origin =", f"{two}\norigin ="), {"c": BLOCKED})


@pytest.mark.parametrize(
    ("text", "id"),
    [
        (case(expect='"${E:-allowed}"'), "c"),
        (case(expect='{ verdict = "${E:-allowed}", preflight = false }'), "c"),
        (case(expect='{ readable = ["ETag", "${H:-X-A}"] }'), "c"),
        (case(origin='origins = "ours"', expect='"${E:-allowed}"'), "c/app"),
        (matrix('except = [{ origin = "ours", expect = "${E:-allowed}" }]'), "m/PUT /a/app"),
        (
            matrix('except = [{ origin = "app", path = "/a", method = "PUT", expect = "${E:-allowed}" }]'),
            "m/PUT /a/app",
        ),
        (matrix('expect = "${E:-allowed}"', sides='origins = "ours"'), "m/PUT /a/app"),
    ],
)
def test_what_the_environment_says_is_left(text: str, id: str) -> None:
    assert accept(HEAD + text, {id: BLOCKED}) == (HEAD + text, (id,))


def test_what_the_environment_says_of_others_is_no_hindrance() -> None:
    changed(HEAD + matrix('except = [{ origin = "admin", expect = "${E:-allowed}" }]'), {"m/PUT /a/app": BLOCKED})
    own = '{ origin = "app", path = "/a", method = "PUT", expect = "allowed" }'
    changed(
        HEAD + matrix(f'except = [{{ origin = "ours", expect = "${{E:-allowed}}" }}, {own}]'), {"m/PUT /a/app": BLOCKED}
    )


def test_cells_that_differ_in_one_selector_are_joined() -> None:
    text = HEAD + matrix('deny = "evil"')
    ids = [f"m/{m} {p}/{o}" for p in ("/a", "/b") for m in ("GET", "PUT") for o in ("app", "admin")]
    result = changed(
        text,
        {**dict.fromkeys(ids[:6], BLOCKED), ids[6]: {"rule": "acao-present"}, "m/GET /b/evil": {"verdict": "allowed"}},
    )
    assert tomllib.loads(result)["matrix"][0]["except"] == [
        {"origin": ["app", "admin"], "path": "/a", "method": ["GET", "PUT"], "expect": "blocked"},
        {"origin": ["app", "admin"], "path": "/b", "method": "GET", "expect": "blocked"},
        {"origin": "app", "path": "/b", "method": "PUT", "expect": {"rule": "acao-present"}},
        {"origin": "evil", "path": "/b", "method": "GET", "expect": "allowed"},
    ]


def test_thousands_of_changes_take_no_long_time() -> None:
    paths = ", ".join(f'"/{i}"' for i in range(3000))
    text = '[[matrix]]\nid = "m"\nurls = "https://x.example/"\ndeny = "null"\n' + "".join(
        f'[[case]]\nid = "c{i}"\nurl = "https://x.example"\norigin = "null"\nexpect = "allowed"\n' for i in range(1500)
    )
    text += f'[[matrix]]\nid = "n"\nbase = "https://x.example"\npaths = [{paths}]\ndeny = ["null"]\n'
    changes: dict[str, dict[str, Any]] = {f"c{i}": BLOCKED for i in range(1500)}
    changes |= {f"n/GET /{i}/null": {"verdict": "allowed", "max-age": i} for i in range(3000)}
    start = monotonic()
    result, _ = accept(text, changes)
    again, _ = accept(result, {id: {"verdict": "allowed"} for id in changes})
    assert monotonic() - start < 60  # it was minutes
    assert '{origin = "null", path = "/2999", method = "GET", expect = "allowed"},' in again


def test_entries_in_a_list() -> None:
    text = 'case = [{id = "c", url = "https://x.example", origin = "null", expect = "allowed"}]\nmatrix = [{id = "m", urls = "https://x.example", deny = ["null"]}]\n'
    changed(text, {"c": BLOCKED, "m/GET https://x.example/null": {"verdict": "allowed"}})


@pytest.mark.parametrize("id", ["x", "c/app", "m", "m/", "m/GET /a", "m/GET /c/app", "m/GET/a/app"])
def test_an_id_of_no_case_is_a_key_error(id: str) -> None:
    with pytest.raises(KeyError, match=id):
        accept(HEAD + case() + matrix(), {id: BLOCKED})


EXPECT: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [BLOCKED, {"verdict": "allowed"}, {"rule": "acac-true"}, {"verdict": "allowed", "max-age": 1}]
)
EXCEPTION = st.fixed_dictionaries(
    {"expect": st.sampled_from(["allowed", "blocked"])},
    optional={
        "origin": st.sampled_from(["app", "admin", "ours", "https://app.example", ["evil", "app"]]),
        "path": st.sampled_from(["/a", ["/b", "/a"]]),
        "method": st.sampled_from(["PUT", ["GET"]]),
    },
).filter(lambda one: len(one) > 1)


def inline(value: Any) -> str:
    """`value` as TOML in a line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {inline(inner)}" for key, inner in value.items()) + " }"
    return f"[{', '.join(map(inline, value))}]" if isinstance(value, list) else f'"{value}"'


@given(st.lists(EXCEPTION, max_size=4), st.data())
def test_whatever_exceptions_there_are_a_change_holds(exceptions: list[dict[str, Any]], data: st.DataObject) -> None:
    text = HEAD + matrix('deny = "evil"', f"except = {inline(exceptions)}" if exceptions else "")
    ids = [one.id for one in suite(text).cases]
    changed(
        changed(text, data.draw(st.dictionaries(st.sampled_from(ids), EXPECT, max_size=4))),
        data.draw(st.dictionaries(st.sampled_from(ids), EXPECT, max_size=4)),
    )
