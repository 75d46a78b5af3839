"""Commands and scripts, and the requests in them: the files beside this one.

Each case is a text, a line of five hyphens, and its requests as told.py writes them. Those of curl and HTTPie were held to
what the tools send, see tests/integrations/test_commands.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.captures.commands.told import told

FILES = {
    "f.txt": b"l1\nl2\r\n",
    "h.txt": b"X-File: 1\n# c\n",
    "q.cfg": b'url = "https://a.example/cfg"\n-H "X-C: 1"\n# c\n  \nuser-agent: agent\n\ncompressed\ndata = "a\\tb\\"c"\n',
    "up.bin": b"bin",
    "a.html": b"<p>",
    "j.json": b'{"j": 1}',
}
CASES = [
    pytest.param(*case.split("\n-----\n"), id=f"{path.stem}: {case.partition(chr(10))[0][:60]}")
    for path in sorted(Path(__file__).parent.glob("*.txt"))
    for case in path.read_text(encoding="utf-8").removesuffix("\n").split("\n=====\n")
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_a_text_is_read(text: str, expected: str) -> None:
    assert told(text, FILES).rstrip("\n") == expected


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_no_file_is_read_unless_it_may_be(text: str, expected: str) -> None:
    """The same requests, but for what files hold; what is asked for is named."""
    asked: list[str] = []
    found = told(text, Asking(asked))
    named = {name for line in found.splitlines() if line.startswith("[reads ") for name in line[7:-1].split(", ")}
    assert {name for name in asked if name in FILES} <= named
    assert "l1" not in found or "l1" in text
    if not asked:
        assert found.rstrip("\n") == expected


class Asking(dict[str, bytes]):
    """Files that are not there, and a list of those that were asked for."""

    def __init__(self, asked: list[str]) -> None:
        super().__init__()
        self._asked = asked

    def get(self, name: str, default: object = None) -> None:  # type: ignore[override]  # noqa: ARG002
        self._asked.append(name)
