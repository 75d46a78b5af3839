"""What stands for the URL of a request where a transcript has only the response, and how reports write it."""

from __future__ import annotations

from typing import Final

from corsdoctor.pattern import Pattern

_HOST: Final = "url-not-in-the-transcript.invalid"
NO_URL: Final = f"https://{_HOST}/"
_WRITTEN: Final = Pattern(rf"(?:https(?::|%3A)//)?{_HOST}/?")


def with_phrase(text: str) -> str:
    """`text` of a report for people, with a phrase in place of the URL that nobody wrote."""
    return _WRITTEN.compiled.sub("(URL not in the transcript)", text) if _HOST in text else text
