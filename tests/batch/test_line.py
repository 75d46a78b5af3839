"""What is said of lines that are in another encoding, or that Python itself won't read."""

from __future__ import annotations

import io

import pytest

from corsdoctor.batch.line import Line, lines
from corsdoctor.batch.read_line import BadLine, host_of, read_line
from corsdoctor.flow.story import Flow
from corsdoctor.scenario import Api, Scenario
from tests.batch.test_work import DEFAULTS


def reason(line: Line) -> str:
    with pytest.raises(BadLine) as caught:
        read_line(line, DEFAULTS, has_origin=True)
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_named_on_each_line(encoding: str) -> None:
    data = 'https://a.example/x\n{"url": "https://b.example/"}\r\nhttps://c.example/'.encode(encoding)
    found = list(lines(io.BytesIO(data)))
    assert len(found) == 3
    for line in found:
        assert reason(line).endswith("the file seems to be UTF-16; it must be UTF-8")


def test_a_nul_in_a_url_is_the_urls_own_matter() -> None:
    _, scenario = read_line(Line(1, b"https://a.example/\0"), DEFAULTS, has_origin=True)
    assert isinstance(scenario, Scenario)
    assert scenario.url == "https://a.example/\0"


@pytest.mark.parametrize("sign", ["", "-"])
def test_a_number_of_thousands_of_digits_is_called_too_long(sign: str) -> None:
    told = reason(Line(1, f'{{"id": {sign}{"7" * 5000}, "url": "data:,x"}}'.encode()))
    assert told == "the line is not valid JSON: a number of 5000 digits is too long"


def test_a_line_with_visits_is_a_flow() -> None:
    line = Line(
        1, b'{"id": "x", "visits": [{"page": "https://app.example/", "requests": [{"url": "https://api.example/"}]}]}'
    )
    id, flow = read_line(line, DEFAULTS, has_origin=False)
    assert id == "x"
    assert isinstance(flow, Flow)
    assert flow.id == "x"
    assert host_of(line, DEFAULTS) == "api.example"
    assert host_of(Line(1, b'{"visits": [{}]}'), DEFAULTS) == ""
    assert host_of(Line(1, b'{"visits": []}'), DEFAULTS) == ""


def test_a_flow_with_mistakes_is_a_bad_line() -> None:
    with pytest.raises(BadLine) as caught:
        read_line(Line(1, b'{"id": 1, "visits": [{"pages": 1}]}'), DEFAULTS, has_origin=False)
    assert caught.value.id == 1
    assert "visits[0].pages: unknown key" in str(caught.value)


def test_a_byte_order_mark_counts_at_the_start_of_the_file_alone() -> None:
    mark = b"\xef\xbb\xbf"
    found = [line.data for line in lines(io.BytesIO(mark + b"data:,a\n" + mark + b"data:,b\n"))]
    assert found == [b"data:,a", mark + b"data:,b"]


def test_a_value_that_the_options_set_is_named_as_theirs() -> None:
    with pytest.raises(BadLine) as caught:
        read_line(Line(1, b"https://a.example/"), DEFAULTS._replace(api=Api.IMAGE, method="PUT"), has_origin=True)
    assert "method: " in str(caught.value)
    assert str(caught.value).endswith(" (set by the options)")
