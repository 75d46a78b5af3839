"""What can go wrong with an item apart from the rules of the Standard. The ids are permanent, as those of rules are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Requirement:
    """A requirement beside the rules of the Standard: its permanent id, title and texts."""

    id: str
    title: str
    what: str
    fix: str


SENT: Final = Requirement(
    "request-sent",
    "The actual request was sent",
    "The request may change data, so it was not sent, and the result is not determined.",
    "To send it, add --send.",
)
UNDERSTOOD: Final = Requirement(
    "line-understood",
    "The line is valid",
    "An invalid line of the input was skipped, so nothing is known about its request.",
    "Correct the line.",
)
IN_TIME: Final = Requirement(
    "done-in-time",
    "The request is finished within --timeout",
    "The time limit of the whole run was reached first, so nothing is known about the request.",
    "Increase --timeout.",
)
NO_ERROR: Final = Requirement(
    "no-internal-error",
    "corsdoctor has no internal error",
    "corsdoctor failed, so nothing is known about the request. Neither the request nor the server is the reason.",
    "Report it as a bug.",
)
EXPECTED: Final = Requirement(
    "as-expected",
    "The result is what the policy expects",
    "No rule blocked the request, but the result is not what the policy expects.",
    "Change the server, or change what the policy expects.",
)
FIRST_TRY: Final = Requirement(
    "passes-at-first",
    "The result is as expected on the first try",
    "The result was as expected only when the request was retried.",
    "Find out what differs between the tries: several servers behind one name, a cache, or a deployment.",
)
UNCHANGED: Final = Requirement(
    "as-captured",
    "The servers respond as in the capture",
    "A response that decides, or the verdict, is not what the capture has.",
    "Compare the configuration of the server with that at the time of the capture.",
)
NO_WAIT: Final = Requirement(
    "answers-without-wait",
    "The server responds without asking to wait",
    "The server returned 429 with Retry-After, and the request was sent again after that time.",
    "Send fewer requests per second, with --rate or --rate-per-host.",
)
WELL: Final = Requirement(
    "answer-of-policy",
    "The response that blocks a case shows whom the server allows",
    "The request was blocked as expected, but by a response that blocks every page: 404, 429 or 5xx.",
    "Fix the server, or the URL in the policy.",
)
PREDICTED: Final = Requirement(
    "as-predicted",
    "Real browsers do what was predicted",
    "What a browser of --in did with the request differs from what corsdoctor predicted for it.",
    "Save the case with --save-case FILE, and report it as a bug.",
)
SEEN: Final = Requirement(
    "seen-in-browser",
    "Real browsers show what becomes of the request",
    "A browser of --in showed nothing of the request, so the prediction is not confirmed.",
    "Change what prevents it, or leave the browser out of --in.",
)
REQUIREMENTS: Final = {
    r.id: r
    for r in (SENT, UNDERSTOOD, IN_TIME, NO_ERROR, EXPECTED, FIRST_TRY, NO_WAIT, UNCHANGED, WELL, PREDICTED, SEEN)
}
