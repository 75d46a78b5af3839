"""Messages as people pasted them into issues: each is read as a person would read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corsdoctor.console import stream
from corsdoctor.console.recognize import messages_in, recognize
from corsdoctor.console.starts import marks
from corsdoctor.console.stream import messages

FIELDS = ("cors", "browser", "rule", "kind", "in_preflight", "url", "origin", "subject", "server", "cause")
ROWS = [
    json.loads(line)
    for file in sorted(Path(__file__).parent.glob("corpus*.jsonl"))
    for line in file.read_text(encoding="utf-8").splitlines()
]
KNOWN = {
    "chromium/120": "typed by hand, with a small f",
    "chromium/121": "typed by hand, word by word from memory",
    "chromium/124": "the full stop after the URL was lost",
    "chromium/149": "an empty URL is none",
    "edge-legacy/006": "Windows in Chinese: only the number is known",
    "edge-legacy/009": "Windows in Chinese: only the number is known",
    "field3/018": "Internet Explorer says this of very much",
    "field3/019": "Internet Explorer says this of very much",
    "field3/020": "Internet Explorer says this of very much",
    "field3/004": "what was left out stands where the URL was, so the two lines are not joined",
    "field1/039": "a library's own warning, which no other says",
    "field2/007": "words with blanks stand where the first half of the URL was",
    "field2/050": "the log of one product, in words of its own",
    "field2/052": "translated twice: the words before the URL are lost",
    "firefox/064": "Spanish words of a version that the table does not have",
    "kinds2/018": "retyped in small letters",
    "mixed/008": "WebKit has the same words, up to an empty reason at the line's end",
    "round6/006": "the explanation of the mode is about scripts, and a track has it without one",
    "round6/007": "the place in the source stands right behind the URL",
    "round6/029": "Firefox's words about a WebSocket, in a report of a user",
    "server/nelmio": "applications say the same of a header that is missing",
    "threads/086": "retyped from memory: Opener-Privacy",
    "threads4/008": "of the reason, only the words behind its value are left",
    "webkit/015": "words with blanks stand where the URL was",
    "webkit/018": "only the next message tells which browser it is",
}
UNMARKED = (
    "locale/",
    "firefox/027",
    "whole/",
    "kinds2/067",
    "kinds2/078",
    "round1/042",
    "round3/034",
    "round4/048",
    "round4/059",
    "round4/080",
    "round5/003",
    "round7/026",
    "round7/037",
    "round7/047",
    "round8/030",
    "round9/007",
    "round9/041",
    "round9/042",
    "round9/043",
    "round9/053",
    "round9/054",
    "round9/055",
    "field",
)


def read(text: str, fields: tuple[str, ...]) -> list[dict[str, Any]]:
    return [{field: getattr(message, field) for field in fields} for message in recognize(text)]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(
            row, id=row["id"], marks=[pytest.mark.xfail(reason=KNOWN[row["id"]])] if row["id"] in KNOWN else []
        )
        for row in ROWS
    ],
)
def test_reads_it(row: dict[str, Any]) -> None:
    fields = FIELDS if all("case" not in expected for expected in row["expect"]) else (*FIELDS, "case")
    assert read(row["text"], fields) == [{field: expected.get(field) for field in fields} for expected in row["expect"]]


def test_what_is_known_is_in_the_corpus() -> None:
    assert set(KNOWN) <= {row["id"] for row in ROWS}


def test_a_log_of_all_of_them_has_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Far enough apart not to belong together, and with so much between them that the stream must look for each.

    Without those in other languages than English that were cut off before the first marker word, and without what only
    a text that is looked at as a whole is searched for.
    """
    monkeypatch.setattr(stream, "RETYPED", 0)
    quiet = "INFO nothing of interest happened here\n" * 60
    rows = [row for row in ROWS if marks(row["text"]) or not row["id"].startswith(UNMARKED)]
    wanted = [(m.rule, m.kind, m.url) for row in rows for m in messages_in(row["text"])]
    found = [(m.rule, m.kind, m.url) for m in messages([quiet.join(f"{row['text']}\n" for row in rows)])]
    assert found == wanted


CUT = ("chromium/044", "firefox/044", "blind3/033")
"""Messages that end in their middle, where they may go on in the next line."""


@pytest.mark.parametrize(
    "text",
    [pytest.param(row["text"], id=row["id"]) for row in ROWS if "\n" not in row["text"] and row["id"] not in CUT],
)
def test_the_next_line_of_a_log_is_not_a_part_of_it(text: str) -> None:
    following = "[HMR] Waiting for update signal from WDS...\n"
    assert not any("[HMR]" in message.text for message in messages_in(f"{text}\n{following}"))
