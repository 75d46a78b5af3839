"""Mangled commands and scripts: each is read or is an error with its place, and none takes long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corsdoctor.captures.commands.read import requests
from corsdoctor.captures.commands.scenario import fields_of
from tests.captures.commands.test_cases import CASES, FILES

TEXTS = [str(case.values[0]) for case in CASES]
PIECES = [
    "'", '"', "$", "`", "\\", "^", "(", ")", "{", "}", "[", "]", "@", "=", ":", ";", "&", "|", "<", ">", "<<E", "\n", "\r\n",
    "%", "#", "--", "\0", "\ud800", "\udcff", "é", "😀", "${", "$(", "$'", "`n", "//", "/*", "new ", "fetch(", "curl ", "irm ",
    "http ", "@{", "=>", "...", "9" * 30,
]  # fmt: skip


@st.composite
def mangled(draw: st.DrawFn) -> str:
    """A text with pieces in the wrong places."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.sampled_from((0, 0, 1, 5, 30))))
        other = draw(st.sampled_from(TEXTS))
        piece = draw(st.one_of(st.sampled_from(PIECES), st.just(other[: len(other) // 2]), st.text(max_size=3)))
        text = text[:start] + piece + text[end:]
    return text


@given(mangled())
def test_a_mangled_text_is_read_or_refused(text: str) -> None:
    for parsed in requests(text, FILES.get):
        assert parsed.line >= 1
        if parsed.error is None:
            assert parsed.url is not None
            fields_of(parsed)
        elif parsed.spot is not None:
            assert parsed.spot.line <= text.count("\n") + 1


@pytest.mark.parametrize(
    "text",
    [
        f"fetch({'[' * 20_000}{']' * 20_000})",
        f"fetch('a'{'+1' * 20_000})",
        f"http :/x 'a{'[b]' * 20_000}=1'",
        f"curl https://a.example {'$(' * 2000}{')' * 2000}",
    ],
    ids=["lists", "sums", "keys", "commands"],
)
def test_what_is_nested_deeply_is_refused(text: str) -> None:
    assert requests(text, FILES.get)[-1].error is not None


def _doubled(step: str) -> str:
    return "".join(step.format(n=n, next=n + 1) for n in range(60))


@pytest.mark.parametrize(
    "text",
    [
        f"v0='ten letters';{_doubled('v{next}=v{n}+v{n};')}fetch(v60)",
        f"v0='ten letters';{_doubled('v{next}=`${{v{n}}}${{v{n}}}`;')}fetch(v60)",
        f"v0={{}};{_doubled('v{next}={{x:v{n},y:v{n}}};')}fetch('http://a.example/',{{method:'POST',body:JSON.stringify(v60)}})",
        f"v0=['ten'];{_doubled('v{next}=[v{n},v{n}];')}fetch('http://a.example/'+v60)",
        f"v0='{'x' * 100_000}';b=new Blob([{'v0,' * 1000}]);fetch('http://a.example/',{{method:'POST',body:b}})",
        "x={};x.a=x;fetch('http://a.example/',{method:'POST',body:JSON.stringify(x)})",
        f"b='{'x' * 100_000}';{'navigator.sendBeacon(`http://a.example/`,b);' * 1000}",
        f"f=new FormData();b='{'x' * 100_000}';{'f.append(`a`,b);' * 100}fetch('http://a.example/',{{method:'POST',body:f}})",
        f"fetch('http://a.example/'){'.then(r=>r.json())' * 20_000}",
        f"$a='ten letters';{'$a=$a+$a;' * 60}Invoke-WebRequest $a",
        "$a='ten letters';" + '$a="$a$a";' * 60 + "Invoke-WebRequest $a",
        f"$a=@{{}};{'$a=@{x=$a;y=$a};' * 60}Invoke-WebRequest http://a.example/ -Method Post -Body ($a|ConvertTo-Json)",
        f"a=ten-letters;{'a=$a$a;' * 60}curl $a",
        f"a={'x' * 50_000}\ncurl http://a.example/ -d @- <<E\n{'$a' * 50_000}\nE\n",
    ],
    ids=[
        "sums", "templates", "objects", "lists", "blobs", "itself", "bodies", "forms", "chains", "powershell sums",
        "powershell strings", "powershell tables", "bash", "here-document",
    ],
)  # fmt: skip
def test_a_text_that_makes_a_value_larger_than_the_memory_is_refused(text: str) -> None:
    assert any(one.error is not None for one in requests(text, FILES.get))


def test_places_in_one_long_line_are_found() -> None:
    found = requests("fetch('http://é.example/😀');" * 3000, FILES.get)
    assert [one.spot.column for one in found if one.spot] == [1 + 28 * n for n in range(3000)]
