"""What corsdoctor writes into a HAR of its own beside what the format has: the request of the page's script."""

from __future__ import annotations

from typing import Any, Final

from corsdoctor.observed import Observation, read_observation
from corsdoctor.record import Record
from corsdoctor.request_fields import from_report
from corsdoctor.scenario import Scenario

TOLD: Final = "_corsdoctor"
"""The name of the member of an entry. HAR 1.2 leaves names that begin with _ to the applications."""


class Told(Record):
    """Which request of the file an entry belongs to, counted from 1, and the request as the page's script makes it.

    `browsers` are those that it was judged for. `sent_by` has those of them that send this entry, with its place among the
    requests that each sends. Of a body, `scenario` has only whether there is one. `observed` is what real browsers did.
    """

    number: int
    browsers: tuple[str, ...]
    sent_by: dict[str, int]
    scenario: Scenario
    observed: tuple[Observation, ...] = ()


def read_told(value: Any) -> Told | None:
    """What `value`, the member TOLD of an entry, says; None if it is nothing that corsdoctor wrote."""
    try:
        browsers = tuple(map(str, value["browsers"]))
        sent_by = {str(name): int(place) for name, place in value["sent_by"].items()}
        request = value["request"]
        scenario = from_report(request)._replace(
            body=b"" if request["has_body"] else None, streamed=bool(request["streamed"])
        )
        observed = tuple(map(read_observation, value.get("observed", ())))
        return Told(int(value["number"]), browsers, sent_by, scenario, observed)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None
