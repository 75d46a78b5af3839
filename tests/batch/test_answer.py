"""What is read from an answer is what it was made of."""

from __future__ import annotations

import json

import pytest

from corsdoctor.batch.answer import is_torn, read_answer
from corsdoctor.batch.rendered import rendered
from corsdoctor.browsers import BROWSERS
from corsdoctor.diagnose import diagnose_all, withholding
from corsdoctor.lab.in_process import in_process
from corsdoctor.lab.scene import Places
from corsdoctor.lab.scenes import SCENES
from corsdoctor.levels import JUDGED, LEVELS
from corsdoctor.report import Problem, Report
from corsdoctor.scenario import Scenario
from corsdoctor.url import Origin
from corsdoctor.wire import Answer, Headers, Kind, Response, WireRequest

PLACES = Places(3001, 3002)
PAGE = Origin("https", "app.example")


def line(report: Report | Problem) -> bytes:
    return rendered(report, show_secrets=False).text.encode()


@pytest.mark.parametrize("send", [True, False], ids=["sent", "withheld"])
def test_the_levels_are_those_of_the_report(send: bool) -> None:
    """--fail-on judges an answer that is there as it judged it when it was made."""
    found = set()
    for scene in (scene for scene in SCENES if scene.visit is None):
        for browser in BROWSERS:
            sending = in_process(PLACES) if send else withholding(in_process(PLACES))
            report = Report(diagnose_all(scene.scenario(PLACES), (browser,), sending), id=scene.path, line=7)
            made = rendered(report, show_secrets=False)
            answer = read_answer(made.text.encode())
            assert answer.levels & {*LEVELS, JUDGED} == made.levels, scene.path
            scenario = report.diagnoses[0].scenario
            assert (answer.line, answer.id, answer.method) == (7, scene.path, scenario.method)
            found.add((made.levels, b'"notes":["' in made.text.encode()))
    assert (frozenset({"note", JUDGED}), True) in found
    assert (frozenset({JUDGED}), False) in found


def test_a_text_about_a_note_is_none() -> None:
    fake = '"notes":["x"]'

    def send(_kind: Kind, _request: WireRequest) -> Answer:
        return Response(200, Headers((("Access-Control-Allow-Origin", "*"), ("X-Fake", fake))))

    report = Report(diagnose_all(Scenario("https://api.example/", PAGE), BROWSERS, send), line=1)
    data = line(report)
    assert rb"\"notes\":[\"x" in data
    assert read_answer(data).levels == rendered(report, show_secrets=False).levels | {"allowed"}


def test_an_error_is_read() -> None:
    found = read_answer(line(Problem(3, 'no "JSON"', "ä")))
    assert (found.line, found.id, found.levels, found.url) == (3, "ä", frozenset({"error"}), None)


GOOD = (
    b'{"schema_version":1,"id":"a","line":1,"verdict":"allowed","request":{"url":"data:,x","origin":"null","method":"GET",'
    b'"headers":[["X-A","b"]]}}\n'
)


@pytest.mark.parametrize("damage", [b"\xff", b"\\q", b"\\u12", b"\x00", b'"'])
@pytest.mark.parametrize("place", [b"a", b"data:,x", b"null", b"GET", b"X-A", b"b"])
def test_what_is_damaged_is_no_answer(damage: bytes, place: bytes) -> None:
    assert read_answer(GOOD).id == "a"
    spoilt = GOOD.replace(b'"%b"' % place, b'"%b%b"' % (place, damage), 1)
    assert spoilt != GOOD
    try:
        json.loads(spoilt)
    except ValueError:
        pass
    else:
        pytest.fail("that is no damage")
    with pytest.raises(ValueError, match=r"."):
        read_answer(spoilt)


@pytest.mark.parametrize(
    ("part", "other"),
    [
        (b'[["X-A","b"]]', b"[1]"),
        (b'[["X-A","b"]]', b'[["X-A"]]'),
        (b'[["X-A","b"]]', b'[["X-A",1]]'),
        (b'[["X-A","b"]]', b'{"X-A":"b"}'),
        (b'"GET"', b"1"),
        (b'"null"', b"null"),
        (b'"allowed"', b'"maybe"'),
        (b'"line":1', b'"line":true'),
        (b'"line":1', b'"line":1000000000'),
        (b'"schema_version":1,', b'"schema_version":"1",'),
        (b'"schema_version":1,', b""),
        (b"}}", b'},"browsers":[]}'),
        (b"}}", b'},"browsers":{"firefox":{}}}'),
        (GOOD[:-1], b"[" * 100_000),
        (GOOD[:-1], b"[]"),
    ],
)
def test_what_has_another_shape_is_no_answer(part: bytes, other: bytes) -> None:
    assert part in GOOD
    with pytest.raises(ValueError, match=r"not an answer|not a valid|Expecting"):
        read_answer(GOOD.replace(part, other, 1))


@pytest.mark.parametrize("number", [b"1" * 5000, b"1.5", b"true"])
def test_an_id_that_is_none(number: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_answer(GOOD.replace(b'"a"', number, 1))


@pytest.mark.parametrize("id", ["null", "-12", '"a\\"b\\\\"', '""', '"€"'])
@pytest.mark.parametrize("rest", ['"error":"x"}', '"verdict":"allowed","request":{"url":"a"'])
def test_each_beginning_of_an_answer_is_torn(id: str, rest: str) -> None:
    data = f'{{"schema_version":1,"id":{id},"line":10,{rest}'.encode()
    for end in range(len(data) + 1):
        assert is_torn(data[:end]), data[:end]


def test_the_options_of_an_answer_are_read() -> None:
    scenario = Scenario("data:,x", PAGE, headers=(("X-A", 'a"},{"verdict":"'),))
    found = read_answer(line(Report(diagnose_all(scenario, BROWSERS, in_process(PLACES)), line=1)))
    assert found.browsers == tuple((browser.name, "allowed") for browser in BROWSERS)
    assert found.how == {
        "headers": [["X-A", 'a"},{"verdict":"']], "credentials": None, "mode": None, "redirect": "follow",
        "api": "fetch", "upload_listener": False, "preload_as": None,
    }  # fmt: skip
    assert read_answer(GOOD).how is None
