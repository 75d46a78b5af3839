"""The outcome of a case: how it counts in every report and in the exit status."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from corsdoctor.diagnose import Diagnosis, Verdict

if TYPE_CHECKING:
    from corsdoctor.suite.judge import Judged


class CaseOutcome(StrEnum):
    """How a case counts.

    passed: everything as expected. not sent: as expected, as far as is known without the actual request.
    known: a known failure. failed: something was not as expected. no answer: nothing could be learned.
    """

    PASSED = "passed"
    UNSENT = "not sent"
    KNOWN = "known"
    FAILED = "failed"
    NO_ANSWER = "no answer"


FAILURES: Final = (CaseOutcome.FAILED, CaseOutcome.NO_ANSWER)
"""What fails a run."""


def outcome(judged: Judged, diagnoses: Iterable[Diagnosis]) -> CaseOutcome:
    """How `judged` counts. A known failure without a response counts as no answer: no failure was seen.

    What an earlier request of a flow left out may have changed counts as not sent.
    """
    verdicts = {diagnosis.verdict for diagnosis in diagnoses}
    if Verdict.ERROR in verdicts:
        return CaseOutcome.NO_ANSWER
    if judged.incomplete:
        return CaseOutcome.UNSENT
    if judged.mismatches:
        return CaseOutcome.FAILED if judged.known is None else CaseOutcome.KNOWN
    needs_the_request = judged.expected.verdict == "allowed" or bool(judged.expected.readable)
    if Verdict.UNSENT in verdicts and needs_the_request:
        return CaseOutcome.UNSENT
    return CaseOutcome.PASSED
