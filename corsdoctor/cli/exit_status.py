"""What the exit status says. Scripts rely on these numbers."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corsdoctor.diagnose import Verdict


class ExitStatus(IntEnum):
    """0 to 4 tell what became of the request, the others why there is nothing to tell."""

    OK = 0
    BLOCKED = 1
    USAGE = 2
    NO_ANSWER = 3
    UNSENT = 4
    INTERNAL = 70
    INTERRUPTED = 130
    BROKEN_PIPE = 141


def of(verdict: Verdict) -> ExitStatus:
    """The status for one verdict: allowed and opaque are fine.

    Verdicts stand here by their values, because --version must not load them.
    """
    statuses = {"blocked": ExitStatus.BLOCKED, "error": ExitStatus.NO_ANSWER, "unsent": ExitStatus.UNSENT}
    return statuses.get(verdict, ExitStatus.OK)


def worst(verdicts: Iterable[Verdict]) -> ExitStatus:
    """The status for several targets: blocked before error before unsent before OK."""
    order = (ExitStatus.BLOCKED, ExitStatus.NO_ANSWER, ExitStatus.UNSENT)
    found = {of(verdict) for verdict in verdicts}
    return next((status for status in order if status in found), ExitStatus.OK)
