"""Policies whose expectations were changed are read again: exactly what was to change has changed, and the rest stays."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsdoctor.suite.accept import accept
from corsdoctor.suite.case import Suite
from corsdoctor.suite.read import read
from tests.suite.policies import ENVIRONMENT, HEAD, case, matrix


def suite(text: str) -> Suite:
    return read(tomllib.loads(text), ENVIRONMENT, lambda _: None)


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
    paths = ", ".join(f'"/{i}"' for i in range(1000))
    text = '[[matrix]]\nid = "m"\nurls = "https://x.example/"\ndeny = "null"\n' + "".join(
        f'[[case]]\nid = "c{i}"\nurl = "https://x.example"\norigin = "null"\nexpect = "allowed"\n' for i in range(500)
    )
    text += f'[[matrix]]\nid = "n"\nbase = "https://x.example"\npaths = [{paths}]\ndeny = ["null"]\n'
    changes: dict[str, dict[str, Any]] = {f"c{i}": BLOCKED for i in range(500)}
    changes |= {f"n/GET /{i}/null": {"verdict": "allowed", "max-age": i} for i in range(1000)}
    start = process_time()
    result, _ = accept(text, changes)
    again, _ = accept(result, {id: {"verdict": "allowed"} for id in changes})
    assert process_time() - start < 40  # seconds of CPU; it was minutes
    assert '{origin = "null", path = "/999", method = "GET", expect = "allowed"},' in again


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


@pytest.mark.exhaustive
@given(st.lists(EXCEPTION, max_size=4), st.data())
def test_whatever_exceptions_there_are_a_change_holds(exceptions: list[dict[str, Any]], data: st.DataObject) -> None:
    text = HEAD + matrix('deny = "evil"', f"except = {inline(exceptions)}" if exceptions else "")
    ids = [one.id for one in suite(text).cases]
    changed(
        changed(text, data.draw(st.dictionaries(st.sampled_from(ids), EXPECT, max_size=4))),
        data.draw(st.dictionaries(st.sampled_from(ids), EXPECT, max_size=4)),
    )
