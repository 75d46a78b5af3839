"""The reader of policies: valid entries become cases, mistakes are reported with their places, and nothing else happens."""

from __future__ import annotations

import json
import re
import string
import tomllib
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path
from time import process_time
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

import corsdoctor.fetch
import corsdoctor.suite
from corsdoctor.browsers import BROWSERS, CHROMIUM, FIREFOX
from corsdoctor.catalogue import RULES
from corsdoctor.scenario import Api, Credentials, FromEnvironment, HeldCookie, Mode, Redirect
from corsdoctor.suite import entries, request_spec
from corsdoctor.suite.case import Case, Known, Suite
from corsdoctor.suite.expectation import UNANSWERED
from corsdoctor.suite.grid import MOST_CELLS
from corsdoctor.suite.judge import Expected, KnownEntry
from corsdoctor.suite.lines import toml_lines
from corsdoctor.suite.mistakes import InvalidPolicy, PolicyMistake
from corsdoctor.suite.read import KEYS, read
from corsdoctor.suite.reader import MOST_MISTAKES
from tests.suite.policies import ENVIRONMENT, HEAD, RIGHT, WRONG, Right, Wrong, case, cells, matrix

SCHEMA_FILE = Path(corsdoctor.suite.__file__).parent / "policy.schema.json"


def whole(policy: Right | Wrong) -> str:
    return policy.text if policy.whole else HEAD + policy.text


def suite(text: str, environment: dict[str, str] = ENVIRONMENT) -> Suite:
    return read(tomllib.loads(text), environment, toml_lines(text).get)


def only(text: str) -> Case:
    (found,) = suite(HEAD + text).cases
    return found


def mistakes(text: str) -> tuple[PolicyMistake, ...]:
    with pytest.raises(InvalidPolicy) as caught:
        suite(text)
    return caught.value.mistakes


@cache
def schema() -> jsonschema.Draft202012Validator:
    loaded = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(loaded)
    return jsonschema.Draft202012Validator(loaded)


def plain(text: str) -> Any:
    """A policy as an editor sees it: dates are strings."""
    return json.loads(json.dumps(tomllib.loads(text), default=str))


# -- the table


@pytest.mark.parametrize("policy", RIGHT, ids=lambda policy: policy.id)
def test_right(policy: Right) -> None:
    assert tuple(one.id for one in suite(whole(policy)).cases) == policy.ids
    schema().validate(plain(whole(policy)))


@pytest.mark.parametrize("policy", WRONG, ids=lambda policy: policy.id)
def test_wrong(policy: Wrong) -> None:
    found = mistakes(whole(policy))
    told = [
        (
            one.key,
            one.line,
            next((r for k, n, r in policy.mistakes if (k, n) == (one.key, one.line) and r in one.reason), one.reason),
        )
        for one in found
    ]
    assert sorted(told, key=str) == sorted(policy.mistakes, key=str)
    assert [one.line or 0 for one in found] == sorted(one.line or 0 for one in found)
    assert not any(secret.lower() in str(one).lower() for one in found for secret in ("s3cret", "beta"))
    assert schema().is_valid(plain(whole(policy))) is not policy.schema


def test_ids_in_the_tables_are_unique() -> None:
    ids = [policy.id for policy in (*RIGHT, *WRONG)]
    assert {id for id in ids if ids.count(id) > 1} <= {
        "element",
        "headers",
        "known",
        "readable",
        "browsers",
        "urls",
        "body",
        "upload-listener",
    }


# -- what comes of it


def test_what_is_asked() -> None:
    found = only(
        case(
            'method = "PUT"', 'headers = [["X-A", "1"], ["x-a", "${TOKEN}"]]', 'credentials = "include"', 'redirect = "error"',
            'body = "b"', 'cookie = "a=b"', 'browsers = ["chrome", "firefox", "edge"]', 'user-agent = "u"', 'mode = "same-origin"',
        )
    )  # fmt: skip
    scenario = found.scenario
    assert (scenario.url, str(scenario.origin)) == ("https://api.example/x", "https://app.example")
    assert (scenario.method, scenario.headers) == ("PUT", (("X-A", "1"), ("x-a", "s3cret-value")))
    assert (scenario.credentials, scenario.redirect, scenario.mode) == (
        Credentials.INCLUDE,
        Redirect.ERROR,
        Mode.SAME_ORIGIN,
    )
    assert (scenario.body, scenario.cookie, scenario.user_agent) == (b"b", "a=b", "u")
    assert found.profiles == (CHROMIUM, FIREFOX)
    assert found.line == 8


def test_a_cookie_jar_is_for_the_site_of_the_url() -> None:
    ours, other = HeldCookie("a=1; Path=/", "https://api.example/", "j"), HeldCookie("b=1", "https://b.example/", "j")
    text = HEAD + '[defaults]\ncookie-jar = "j"\n' + case() + case('cookie-jar = "k"').replace('"c"', '"d"')
    jars = {"j": ((ours, False), (other, False), (ours, True)), "k": ()}
    suite = read(tomllib.loads(text), {}, lambda _: None, jar_of=jars.__getitem__)
    assert [found.scenario.held for found in suite.cases] == [(ours,), ()]


def test_what_a_case_says_takes_the_place_of_the_default() -> None:
    defaults = '[defaults]\nmethod = "PUT"\nheaders = { A = "1", B = "2" }\nbrowsers = "firefox"\nas = "xhr"\n'
    (first, second) = suite(
        HEAD
        + defaults
        + case('headers = { C = "3" }', 'method = "GET"', 'browsers = "all"').replace('"c"', '"d"')
        + case()
    ).cases
    assert (first.scenario.method, first.scenario.headers, first.profiles) == ("GET", (("C", "3"),), BROWSERS)
    assert (second.scenario.method, second.scenario.headers) == ("PUT", (("A", "1"), ("B", "2")))
    assert (second.scenario.api, second.profiles) == (Api.XHR, (FIREFOX,))


@pytest.mark.parametrize(
    ("line", "method"), [("", "GET"), ('body = "b"', "POST"), ('body = "b"\nmethod = "GET"', "GET")]
)
def test_a_body_makes_it_a_post(line: str, method: str) -> None:
    assert only(case(line)).scenario.method == method


@pytest.mark.parametrize(
    ("expect", "expected"),
    [
        ('"allowed"', Expected("allowed")),
        ('{ verdict = "blocked" }', Expected("blocked")),
        ('{ rule = "acac-true" }', Expected(rule="acac-true")),
        ('{ readable = ["X-A", "b"], max-age = 600, preflight = true }', Expected(None, None, ("X-A", "b"), 600, True)),
        ('{ verdict = "allowed", max-age = 0, preflight = false }', None),
        ("{ preflight = false }", Expected(preflight=False)),
    ],
)
def test_what_is_expected(expect: str, expected: Expected | None) -> None:
    if expected is None:
        assert mistakes(HEAD + case(expect=expect))
    else:
        assert only(case(expect=expect)).expected == expected


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("$${TOKEN}", "${TOKEN}"),
        ("${TOKEN}", "s3cret-value"),
        ("${EMPTY:-}", ""),
        ("${EMPTY:-x}", "x"),
        ("${NOPE:-}", ""),
        ("${NOPE:-a:-b}", "a:-b"),
        ("${STAGE:-x}-${STAGE}", "beta-beta"),
        ("$TOKEN {api} {{api}}", "$TOKEN {api} {{api}}"),
    ],
)
def test_variables(raw: str, value: str) -> None:
    assert only(case(f"body = '{raw}'")).scenario.body == value.encode()


def test_what_a_variable_holds_is_not_looked_at_again() -> None:
    text = HEAD + case(url='"{api}/?a=${A}&b={{api}}&c={b c}&d={7}"')
    (found,) = suite(text, {"A": "${B}{api}"}).cases
    assert found.scenario.url == "https://api.example/?a=${B}{api}&b={api}&c={b c}&d={7}"


def test_names_of_cells_hold_nothing_of_the_environment() -> None:
    (found,) = suite(HEAD + '[[matrix]]\nid = "m"\nurls = "{api}/?t=${TOKEN}"\nallow = "${APP}"\n').cases
    assert found.id == "m/GET {api}/?t=${TOKEN}/${APP}"
    assert found.scenario.url == "https://api.example/?t=s3cret-value"


@pytest.mark.parametrize(
    ("base", "path", "url"),
    [
        ("https://x.example", "/a", "https://x.example/a"),
        ("https://x.example/", "/a", "https://x.example/a"),
        ("https://x.example/v1", "/a?b", "https://x.example/v1/a?b"),
        ("https://x.example/v1/", "?b", "https://x.example/v1/?b"),
        ("https://x.example/v1/", "//b", "https://x.example/v1//b"),
        ("https://x.example/v1", "?b", "https://x.example/v1?b"),
    ],
)
def test_paths_are_put_behind_the_base(base: str, path: str, url: str) -> None:
    (found,) = suite(f'[[matrix]]\nid = "m"\nbase = "{base}"\npaths = "{path}"\nallow = "null"\n').cases
    assert found.scenario.url == url
    named = f'[base]\ns = "{base}"\n' + case(url=f'"{{s}}{path}"', origin='origin = "null"')
    assert suite(named).cases[0].scenario.url == url


def test_a_base_is_put_into_another_without_a_second_slash() -> None:
    text = '[base]\na = "https://x.example/"\nb = "{a}/v1/"\n' + case(url='"{b}/ok"', origin='origin = "null"')
    assert suite(text).cases[0].scenario.url == "https://x.example/v1/ok"


# -- exceptions and known failures


def verdicts(text: str) -> dict[str, str | None]:
    return {one.id.removeprefix("m/"): one.expected.verdict for one in suite(HEAD + text).cases}


def test_the_last_exception_that_picks_a_cell_holds() -> None:
    found = verdicts(
        matrix(
            'deny = "evil"', 'except = [{ origin = "ours", path = "/b", expect = "blocked" },',
            '{ origin = "admin", method = "GET", path = "/b", expect = "allowed" },', '{ method = "PUT", origin = "evil", skip = "s" }]',
        )
    )  # fmt: skip
    assert found == {
        "GET /a/app": "allowed", "GET /a/admin": "allowed", "GET /a/evil": "blocked",
        "PUT /a/app": "allowed", "PUT /a/admin": "allowed",
        "GET /b/app": "blocked", "GET /b/admin": "allowed", "GET /b/evil": "blocked",
        "PUT /b/app": "blocked", "PUT /b/admin": "blocked",
    }  # fmt: skip


def test_what_is_skipped_says_why() -> None:
    found = suite(HEAD + matrix('except = [{ method = "PUT", path = "/a", skip = "changes ${STAGE}" }]'))
    assert [(one.id, one.reason) for one in found.skipped] == [
        ("m/PUT /a/app", "changes beta"),
        ("m/PUT /a/admin", "changes beta"),
    ]


def test_known_failures() -> None:
    later = (
        '[[known]]\nid = "m/GET */app"\nreason = "second"\nuntil = 2026-12-31\n[[known]]\nid = "*"\nreason = "third"\n'
    )
    text = matrix('known = { reason = "first" }', sides='allow = "admin"') + matrix().replace('"m"', '"n"')
    text += later.replace('"m/', '"n/')
    known = {one.id: one.known for one in suite(HEAD + text).cases}
    assert known["m/GET /a/admin"] == Known("first")
    assert known["n/GET /a/app"] == Known("second", date(2026, 12, 31))
    assert known["n/PUT /a/app"] == Known("third")


def test_an_entry_of_known_failures_knows_how_many_cases_it_is_for() -> None:
    text = matrix('except = [{ path = "/a", known = { reason = "b" } }]') + case('known = { reason = "c" }')
    text += '[[known]]\nid = "m/*/app"\nreason = "r"\n'
    entries = {one.id: one.known.entry for one in suite(HEAD + text).cases if one.known}
    assert entries == {
        **{
            f"m/{m} /a/{o}": KnownEntry("matrix[0].except[0].known", 4)
            for m in ("GET", "PUT")
            for o in ("app", "admin")
        },
        **{f"m/{m} /b/app": KnownEntry("known[0]", 2) for m in ("GET", "PUT")},
        "c": KnownEntry("case[0].known"),
    }


def test_an_exception_has_its_own_known_failure() -> None:
    text = matrix(
        'known = { reason = "a" }',
        'except = [{ path = "/a", known = { reason = "b" } },',
        '{ method = "PUT", expect = "blocked" }]',
    )
    found = {one.id: one for one in suite(HEAD + text).cases}
    assert found["m/GET /a/app"].known == Known("b")
    assert found["m/PUT /a/app"].known is None  # it expects something else now
    assert found["m/PUT /b/app"].known is None
    assert found["m/GET /b/app"].known == Known("a")
    assert found["m/PUT /a/app"].expected == Expected("blocked")


def test_a_star_is_the_only_sign_in_a_pattern() -> None:
    text = case().replace('"c"', '"a.b"') + case().replace('"c"', '"axb"') + '[[known]]\nid = "a.*"\nreason = "r"\n'
    assert [one.known is not None for one in suite(HEAD + text).cases] == [True, False]


@pytest.mark.parametrize(("until", "today", "holds"), [
    (None, date(2999, 1, 1), True), (date(2026, 5, 1), date(2026, 5, 1), True), (date(2026, 5, 1), date(2026, 5, 2), False),
])  # fmt: skip
def test_a_known_failure_expires_behind_its_day(until: date | None, today: date, holds: bool) -> None:
    assert Known("r", until).holds(today) is holds


# -- sizes


def many(count: int, extra: str = "") -> str:
    paths = ", ".join(f'"/{i}"' for i in range(count // 10))
    origins = ", ".join(f'"https://o{i}.example"' for i in range(10))
    return f'[[matrix]]\nid = "m{extra}"\nbase = "https://x.example"\npaths = [{paths}]\nallow = [{origins}]\n'


def test_a_matrix_may_have_so_many_cells() -> None:
    assert len(suite(many(MOST_CELLS)).cases) == MOST_CELLS


def test_a_matrix_of_more_cells_is_a_mistake() -> None:
    (found,) = mistakes(many(MOST_CELLS + 10))
    assert (found.key, found.line) == ("matrix[0]", 1)
    assert found.reason == "has 100010 cells (10001 URLs x 1 methods x 10 origins); the maximum is 100000"


def test_a_policy_of_more_cases_is_a_mistake() -> None:
    (found,) = mistakes(many(MOST_CELLS) + many(10, "n"))
    assert found == PolicyMistake((), "has 100010 cases; the maximum is 100000")


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.data())
def test_a_matrix_has_origins_times_urls_times_methods_less_what_is_skipped(
    o: int, u: int, m: int, data: st.DataObject
) -> None:
    origins = [f"https://o{i}.example" for i in range(o)]
    paths, methods = [f"/{i}" for i in range(u)], [f"M{i}" for i in range(m)]
    subset = st.tuples(*(st.lists(st.sampled_from(one), min_size=1, unique=True) for one in (origins, paths, methods)))
    skipped = data.draw(st.lists(subset, max_size=3))
    policy: dict[str, Any] = {
        "id": "m",
        "base": "https://x.example",
        "paths": paths,
        "methods": methods,
        "deny": origins,
    }
    if skipped:
        policy["except"] = [{"origin": a, "path": b, "method": c, "skip": "s"} for a, b, c in skipped]
    left_out = {(a, b, c) for aa, bb, cc in skipped for a in aa for b in bb for c in cc}
    if len(left_out) == o * u * m:
        with pytest.raises(InvalidPolicy, match="every cell is skipped"):
            read({"matrix": [policy]}, {}, lambda _: None)
        return
    found = read({"matrix": [policy]}, {}, lambda _: None)
    assert len(found.cases) == o * u * m - len(left_out)
    assert len(found.skipped) == len(left_out)
    assert len({one.id for one in found.cases} | {one.id for one in found.skipped}) == o * u * m
    asked_for = {
        (str(one.scenario.origin), one.scenario.url.removeprefix("https://x.example"), one.scenario.method)
        for one in found.cases
    }
    assert asked_for == {(a, b, c) for a in origins for b in paths for c in methods} - left_out


# -- anything


WORDS = st.sampled_from(
    [*KEYS, *entries.CASE_KEYS, *entries.MATRIX_KEYS, *request_spec.KEYS, "verdict", "rule", "readable", "max-age", "preflight", "skip",
     "reason", "until", "path", "allowed", "blocked", "a", "{a}", "${A}", "${", "/x", "https://x.example", "https://x.example/",
     "null", "*", "acac-true", "GET", "image", "include", "2026-12-31"]
)  # fmt: skip
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.dates()
    | st.datetimes()
    | WORDS
    | st.text(string.printable, max_size=4)
    | st.binary(max_size=2)
)
NESTED = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.integers() | st.text(max_size=3), inner, max_size=6), max_leaves=30
)  # fmt: skip
ENTRY = st.dictionaries(st.sampled_from([*entries.CASE_KEYS, *entries.MATRIX_KEYS]), NESTED, max_size=8)
POLICY = st.fixed_dictionaries(
    {}, optional={key: st.lists(ENTRY, max_size=3) if key in ("case", "matrix", "known") else st.dictionaries(WORDS, NESTED, max_size=4) for key in KEYS}
)  # fmt: skip


@pytest.mark.exhaustive
@given(POLICY | NESTED, st.dictionaries(st.sampled_from(["A", "B"]), st.text(max_size=5), max_size=2))
def test_any_data_is_a_suite_or_has_mistakes(data: Any, environment: dict[str, str]) -> None:
    with suppress(InvalidPolicy):
        ids = [one.id for one in read(data, environment, lambda _: None).cases]
        assert ids
        assert len(ids) == len(set(ids))


@given(st.data())
def test_what_the_schema_refuses_the_reader_refuses(data: st.DataObject) -> None:
    """One value of a good policy is put elsewhere: where the schema sees it, the reader does, too."""
    policy = data.draw(st.sampled_from(RIGHT))
    mutant = plain(whole(policy))
    places: list[tuple[Any, Any]] = []

    def walk(value: Any) -> None:
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            places.append((value, key))
            if isinstance(value[key], (dict, list)):
                walk(value[key])

    walk(mutant)
    holder, key = data.draw(st.sampled_from(places))
    holder[key] = data.draw(st.none() | st.booleans() | st.integers(-1, 2) | st.just([]) | st.just({}) | WORDS)
    try:
        read(mutant, ENVIRONMENT, lambda _: None)
    except InvalidPolicy:
        return
    schema().validate(mutant)


def test_a_policy_that_is_no_table_is_a_mistake() -> None:
    with pytest.raises(InvalidPolicy, match=r"^must be a table, not a list$"):
        read([], {}, lambda _: None)  # type: ignore[arg-type]


def test_a_mistake_reads_as_a_line() -> None:
    assert str(PolicyMistake(("case", 3, "origin"), "why", "x", 7)) == "line 7: case[3].origin 'x': why"
    assert str(PolicyMistake(("case",), "why")) == "case: why"


def test_a_key_that_is_no_string_is_a_mistake() -> None:
    data: dict[Any, Any] = {
        1: 2,
        "case": [{"id": "c", "url": "https://x", "origin": "null", "expect": "blocked", True: 1, "known": None}],
    }
    with pytest.raises(InvalidPolicy) as caught:
        read(data, {}, lambda _: None)
    assert [str(one) for one in caught.value.mistakes] == [
        "the key 1 is not a string; put it in quotes",
        "case[0]: the key True is not a string; put it in quotes",
        "case[0].known: is empty; write a table, or remove the key",
    ]


@pytest.mark.parametrize("key", KEYS)
def test_an_empty_table_of_yaml_is_reported(key: str) -> None:
    entry = {"id": "c", "url": "https://x", "origin": "null", "expect": "blocked"}
    with pytest.raises(InvalidPolicy, match=rf"^{re.escape(key)}: is empty; write "):
        read({"case": [entry], key: None}, {}, lambda _: None)


@pytest.mark.parametrize(
    ("policy", "key"),
    [
        ({"case": [{"id": "c", "url": "https://x", "origin": None, "expect": "blocked"}]}, "case[0].origin"),
        ({"matrix": [{"id": "m", "urls": "https://x", "deny": [None]}]}, "matrix[0].deny[0]"),
        ({"origins": {"a": [None]}, "matrix": [{"id": "m", "urls": "https://x", "deny": "a"}]}, "origins.a[0]"),
    ],
)
def test_an_origin_that_is_null_is_to_be_quoted(policy: dict[str, Any], key: str) -> None:
    with pytest.raises(InvalidPolicy) as caught:
        read(policy, {}, lambda _: None)
    (found,) = caught.value.mistakes
    assert found.key == key
    assert 'or "null" in quotes for an opaque origin' in found.reason


def test_a_rule_that_is_only_noted_is_the_one_that_nothing_fails() -> None:
    """Whichever rule some algorithm hands to trace.failed() may be expected, and no other."""
    names: dict[str, str] = {}
    failed: set[str] = set()
    for module in Path(corsdoctor.fetch.__file__).parent.glob("*.py"):
        text = module.read_text(encoding="utf-8")
        names |= dict(re.findall(r"^([A-Z_0-9]+)(?:: \w+)? = Rule\(\s*(?:id=)?\"([a-z0-9-]+)\"", text, re.M))
        failed |= set(re.findall(r"\bfailed\(\s*([A-Z_0-9]+)\b", text))
    handed_on = {"acah-parses", "acam-parses", "element-type-fits", "nosniff-type-fits"}  # as an argument called `rule`
    assert set(names.values()) == {rule.id for rule in RULES}
    assert {names[name] for name in failed} | handed_on == {rule.id for rule in RULES if rule.blocks} - UNANSWERED


def test_many_mistakes_are_reported_in_a_moment() -> None:
    entry = {"id": "c", "ulr": "https://x", "origin": "null", "expect": "blocked"}
    start = process_time()
    with pytest.raises(InvalidPolicy) as caught:
        read({"case": [dict(entry) for _ in range(20_000)]}, {}, lambda _: None)
    assert len(caught.value.mistakes) == MOST_MISTAKES
    assert process_time() - start < 60  # seconds of CPU; it was minutes


def test_what_is_empty_is_reported() -> None:
    with pytest.raises(InvalidPolicy) as caught:
        read({"case": [{"id": "c", "url": None, "origin": b"x", "expect": "blocked"}]}, {}, lambda _: None)
    assert [str(one) for one in caught.value.mistakes] == [
        "case[0].url: is empty; write a value, or remove the key",
        "case[0].origin: must be a string, or a list of names or origins, not binary data",
    ]


# -- the schema


def test_the_schema_knows_each_key_and_name() -> None:
    loaded = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    parts = loaded["$defs"]
    assert set(loaded["properties"]) == set(KEYS)
    assert set(parts["case"]["properties"]) == set(entries.CASE_KEYS)
    assert set(parts["matrix"]["properties"]) == set(entries.MATRIX_KEYS)
    assert set(loaded["properties"]["defaults"]["properties"]) == set(request_spec.KEYS)
    assert parts["rule"]["anyOf"][0]["enum"] == sorted({rule.id for rule in RULES if rule.blocks} - UNANSWERED)
    for key, kind in (("credentials", Credentials), ("mode", Mode), ("redirect", Redirect), ("as", Api)):
        assert parts["case"]["properties"][key]["anyOf"][0]["enum"] == list(kind)
    assert {profile.name for profile in BROWSERS} <= set(parts["browser"]["anyOf"][0]["enum"])


def test_cells_of_the_table_are_cells_of_the_matrix() -> None:
    assert len(cells("app", "admin")) == 8


_PLACES = [
    ('headers = { X-Tenant = "${T}", X-Plain = "t", Accept = "a ${T}" }', {"headers": {"x-tenant", "accept"}}),
    ('headers = [["X-A", "${T}"], ["x-a", "plain"], ["X-B", "plain"]]', {"headers": {"x-a"}}),
    ('headers = { X-A = "${UNSET:-default}", X-B = "$${T}" }', {}),
    ('user-agent = "${T}"', {"headers": {"user-agent"}}),
    ('headers = { X-A = "${T}" }\nuser-agent = "${T}"', {"headers": {"x-a", "user-agent"}}),
    ('user-agent = "plain"', {}),
    ('body = "a ${T}"\nmethod = "POST"', {"body": True}),
    ('body = "plain"\nmethod = "POST"', {}),
    ('method = "${T}"', {}),
    ('cookie = "${T}"', {}),
]


@pytest.mark.parametrize(("text", "places"), _PLACES)
def test_where_a_case_has_values_from_the_environment(text: str, places: dict[str, Any]) -> None:
    (found,) = suite(HEAD + case(text), {**ENVIRONMENT, "T": "t"}).cases
    told = {"headers": frozenset(), "parameters": frozenset(), "body": False, **places}
    assert found.scenario.from_environment == FromEnvironment(**told)


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("{api}/${T}", set()),
        ("{api}/?a=${T}&b=1", {"a"}),
        ("{api}/?a=x${T}y&${T}=c#d=${T}", {"a", "d"}),
        ("{api}/?${T}&b=1", {""}),
        ("{api}/?a%5B%5D=${T};b=${T}", {"a[]", "b"}),
        ("{api}/?a=1&b=${UNSET:-2}", set()),
        ("https://${T}.example/?a=1", set()),
        ("${WHOLE}", {"k"}),
        ("${WHOLE}&l=${T}", {"k", "l"}),
    ],
)
def test_which_parameters_come_from_the_environment(url: str, names: set[str]) -> None:
    environment = {**ENVIRONMENT, "T": "t", "WHOLE": "https://t.example/?k=v"}
    (found,) = suite(HEAD + case(url=f'"{url}"'), environment).cases
    assert found.scenario.from_environment.parameters == names
    if url.startswith("{api}"):
        cell = f'[[matrix]]\nid = "m"\nbase = "api"\npaths = "{url.removeprefix("{api}")}"\nallow = "null"\n'
        assert suite(HEAD + cell, environment).cases[0].scenario.from_environment.parameters == names


def test_a_case_replaces_what_the_defaults_take_from_the_environment() -> None:
    defaults = '[defaults]\nheaders = { X-A = "${T}" }\nuser-agent = "${T}"\nbody = "${T}"\nmethod = "POST"\n'
    environment = {**ENVIRONMENT, "T": "t"}
    for own, headers, body in (
        ("", {"x-a", "user-agent"}, True),
        ('headers = { X-B = "1" }', {"user-agent"}, True),
        ('user-agent = "1"', {"x-a"}, True),
        ('body = "1"', {"x-a", "user-agent"}, False),
    ):
        (found,) = suite(HEAD + defaults + case(own), environment).cases
        assert found.scenario.from_environment == FromEnvironment(frozenset(headers), frozenset(), body)


def test_what_names_stand_for_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corsdoctor.suite.reader.MOST_STEPS", 3)
    monkeypatch.setattr("corsdoctor.suite.variables.LONGEST", 10)
    entry = {"id": "c", "url": "https://x.example/${A}${A}", "origin": "null", "expect": "blocked"}
    with pytest.raises(InvalidPolicy) as caught:
        read({"case": [entry]}, {"A": "a" * 100}, lambda _: None)
    reasons = [mistake.reason for mistake in caught.value.mistakes]
    assert reasons == [
        "with its variables and bases expanded, it has more than 10 characters",
        "the policy is too large once its bases, groups and patterns are expanded; use fewer of them",
    ]
