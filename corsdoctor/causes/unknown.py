"""What would show the cause of a failure where no evidence does."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from corsdoctor.causes.probes import wanted
from corsdoctor.causes.situation import ABSENT, Situation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from corsdoctor.causes.probe import Probe
    from corsdoctor.diagnose import Diagnosis


class Shows(Enum):
    """What may show a cause."""

    PROBES = auto()  # requests that corsdoctor did not send
    RESPONSE = auto()  # the body of the response that was judged, or the server's log


def what_shows(diagnosis: Diagnosis, probes: Iterable[Probe]) -> Shows | None:
    """What may show why the diagnosis failed; None if a cause is named, or if the rule that failed says all."""
    step = diagnosis.failure
    if step is None or step.cause is not None or step.rule.id not in ABSENT:
        return None

    seen = Situation(diagnosis, step, tuple(probes))
    return Shows.RESPONSE if wanted(seen, ()) is None else Shows.PROBES
