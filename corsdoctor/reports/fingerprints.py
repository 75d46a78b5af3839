"""The fingerprints by which pipelines recognize a fault in the next run."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

from corsdoctor.report import Item, Problem
from corsdoctor.reports.faults import Fault
from corsdoctor.scenario import Redirect, Scenario


class Fingerprints:
    """The fingerprints of one run: no two are the same. If faults are equal otherwise, their order distinguishes them."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def of(self, item: Item, fault: Fault) -> str:
        """32 hexadecimal digits. Call it once for each fault, in order."""
        first = fingerprint(item, fault)
        self._seen[first] += 1
        count = self._seen[first]
        return first if count == 1 else digits([first, str(count)])


def fingerprint(item: Item, fault: Fault) -> str:
    """32 hexadecimal digits that stay the same from run to run while the item's id, its request and what is wrong do.

    Those of a rule's note follow from the rule alone, since it stands for all items that have it.
    It does not depend on the place of the request in its file, on what exactly the server sent, or on which browsers are
    affected; nor on the values of headers and the body, which may be secret or new each time.
    """
    if fault.step is not None and fault.first("note"):
        return digits([fault.id, "noted"])
    scenario, asked = item.scenario, list[str]()
    if scenario is not None:
        asked = [scenario.method, scenario.url, str(scenario.origin), str(scenario.api)]
    elif isinstance(item, Problem):
        asked = [item.source or "", item.reason]
    parts = [*asked, "" if item.id is None else str(item.id), fault.id]
    return digits(parts if scenario is None else [*parts, *_unusual(scenario)])


def _unusual(scenario: Scenario) -> list[str]:
    """What else distinguishes a request; nothing for a plain one."""
    parts = sorted(f"header {name.lower()}" for name, _ in scenario.headers)
    parts += [f"credentials {scenario.credentials}"] if scenario.credentials is not None else []
    parts += [f"mode {scenario.mode}"] if scenario.mode is not None else []
    parts += [f"redirect {scenario.redirect}"] if scenario.redirect is not Redirect.FOLLOW else []
    parts += [f"preload as {scenario.preload_as}"] if scenario.preload_as is not None else []
    has = {
        "body": scenario.body is not None,
        "cookie": scenario.cookie is not None,
        "upload listener": scenario.upload_listener,
    }
    return parts + [what for what, there in has.items() if there]


def digits(parts: list[str]) -> str:
    """32 hexadecimal digits that stand for `parts`."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
