"""What is quoted of a response as evidence, and who wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corsdoctor.causes.marks import Means
from corsdoctor.causes.software import software
from corsdoctor.rule import Outcome
from corsdoctor.sentence import Sentence

if TYPE_CHECKING:
    from corsdoctor.causes.situation import Situation
    from corsdoctor.wire import Response


def status_line(response: Response) -> str:
    """`status 404 Not Found`."""
    template = "status {status} {text}" if response.reason else "status {status}"
    return Sentence(template, status=str(response.status), text=response.reason)


def author(seen: Situation) -> str:
    """Who wrote the response, as a sentence; empty where nothing proves that."""
    who = next((m.who for m in seen.marks if m.who and m.means not in (Means.PASSED, Means.APP)), None)
    if who is None or software(who).is_application or seen.response is None:
        return ""
    return wrote(seen.response.status, who)


def wrote(status: int, who: str) -> str:
    """That `who` wrote the response, as a sentence behind another one."""
    return f" This {status} comes from {who}, not from your application."


def evidence(seen: Situation, *more: str) -> tuple[str, ...]:
    """The status line of the response, `more`, and whose headers or words the response has."""
    assert seen.response is not None
    who = ", ".join(dict.fromkeys(mark.who for mark in seen.marks if mark.who))
    return (status_line(seen.response), *more, *((f"headers or words of {who}",) if who else ()))


def readable(seen: Situation) -> str:
    """That scripts can read the error, as a sentence behind another one; empty where they cannot."""
    return " The script can read the response." if seen.step.outcome is Outcome.NOTE else ""
