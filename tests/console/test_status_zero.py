"""Lines with the status 0, which a script sees where there was no response."""

from __future__ import annotations

import pytest

from corsdoctor.console.recognize import recognize


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("[ERROR] Could not load data. Status: 0", None),
        ("easyprint.js:1 cannot fetch resource: https://a.example/1.png, status: 0", "https://a.example/1.png"),
        ("Request to https://a.example/api failed with status 0", "https://a.example/api"),
        ('Upload failed {"statusCode":0}', None),
        ("Error: could not process the order, status: 0", None),
        ("Calendar: unable to read events (status code = 0)", None),
    ],
)
def test_no_response(text: str, url: str | None) -> None:
    (message,) = recognize(f"Starting\n{text}\nDone")
    assert (message.cors, message.kind, message.case, message.url) == (False, "unknown", None, url)


@pytest.mark.parametrize(
    "text",
    [
        "Process exited with exit status 0, error log is empty",
        "Job failed with error: process finished with status 0",
        "[error] child process 812 failed, status=0",
        "0 errors, status: 0.5",
        "status: 0",
        "An error has the status 09",
        "if (xhr.status === 0) console.error('failed')",
        "status: 0 " + "error " * 200,
    ],
)
def test_another_status(text: str) -> None:
    assert recognize(text) == ()
