"""To which requests browsers show a client certificate: the recordings in certificates/."""

from __future__ import annotations

import json
from typing import NamedTuple

from corsdoctor.browsers import BROWSERS
from tests.conformance.certificates.cases import CASES, Case
from tests.conformance.certificates.record import FOLDER


class Seen(NamedTuple):
    """What the page saw of its requests, and (method, which request, whether a certificate was shown) of what arrived."""

    page: tuple[str, ...]
    wire: tuple[tuple[str, str, bool], ...]


def _seen(outcome: dict[str, list[str]]) -> Seen:
    words = [line.split() for line in outcome["wire"]]
    wire = ((method, number, shown == "shown") for _, method, number, shown in words if number != "frame")
    return Seen(tuple(outcome["page"]), tuple(wire))


KNOWN: dict[str, Case] = {case.id: case for case in CASES}
RECORDED = {
    profile.name: {
        row["id"]: {_seen(outcome) for outcome in row["outcomes"]}
        for row in map(json.loads, (FOLDER / f"{profile.name}.jsonl").read_text().splitlines())
    }
    for profile in BROWSERS[1:]
}


def test_every_case_is_recorded_and_always_ends_alike() -> None:
    for rows in RECORDED.values():
        assert {name: len(seen) for name, seen in rows.items()} == dict.fromkeys(KNOWN, 1)
