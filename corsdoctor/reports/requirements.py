"""What can go wrong with an item and is no rule of the Standard. The ids are permanent, as those of rules are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Requirement:
    """What can go wrong and is no rule of the Standard: its permanent id, a title, and what there is to say about it."""

    id: str
    title: str
    what: str
    fix: str


SENT: Final = Requirement(
    "request-sent",
    "The actual request was sent",
    "Nothing said no so far, but the request may change data, so it was not sent.",
    "Add --send to send it too.",
)
UNDERSTOOD: Final = Requirement(
    "line-understood",
    "The line can be understood",
    "A line of the input was skipped, so nothing is known about its request.",
    "Correct the line.",
)
IN_TIME: Final = Requirement(
    "done-in-time",
    "It is done in the time that --timeout gives",
    "The time of the whole run was over before it was done, so nothing is known about it.",
    "Give more time with --timeout.",
)
NO_ERROR: Final = Requirement(
    "no-internal-error",
    "corsdoctor itself makes no error",
    "corsdoctor itself failed at it, so nothing is known about it. The request is not to blame, nor the server.",
    "Please report it.",
)
EXPECTED: Final = Requirement(
    "as-expected",
    "It comes as the policy expects",
    "Nothing blocked the request, but something came otherwise than the policy expects.",
    "Change the server, or what the policy expects.",
)
FIRST_TRY: Final = Requirement(
    "passes-at-first",
    "It comes as expected on the first try",
    "It came as expected only when it was tried again.",
    "Find out what differs from try to try: several servers behind one name, a cache, a deployment.",
)
NO_WAIT: Final = Requirement(
    "answers-without-wait",
    "The server answers without asking to wait",
    "The server answered 429 with a Retry-After, and was asked again after that time.",
    "Ask it less often, with --rate or --rate-per-host.",
)
WELL: Final = Requirement(
    "answer-of-policy",
    "What blocks a case says who may get in",
    "It was blocked as expected, but by an answer that would block every page alike: 404, 429 or 5xx.",
    "Mend the server, or the URL in the policy.",
)
REQUIREMENTS: Final = {r.id: r for r in (SENT, UNDERSTOOD, IN_TIME, NO_ERROR, EXPECTED, FIRST_TRY, NO_WAIT, WELL)}
