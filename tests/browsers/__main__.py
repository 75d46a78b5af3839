"""python -m tests.browsers record|verify --browser NAME: the conformance cases in a real browser.

verify prints, as a table, what the browser does in another way than was recorded, and exits with 1 if there is anything.
record writes what it does now into tests/conformance/observed/NAME.jsonl, and prints the same table.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Sequence
from typing import Any, Final

from corsdoctor.browsers import by_name
from corsdoctor.diagnose import diagnose
from corsdoctor.observed import Observation
from corsdoctor.reports.tables import table
from corsdoctor.witness.programs import find
from corsdoctor.witness.witnesses import Witnesses
from tests.browsers.live import OBSERVED, drift, is_withheld, request_of, row_of
from tests.conformance.replay import HERE, load

_CELL: Final = 60  # characters of a value that are shown


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the cases, and returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.browsers", description=__doc__)
    parser.add_argument("what", choices=["record", "verify"])
    parser.add_argument("--browser", choices=["chromium", "firefox", "webkit"], required=True)
    parser.add_argument(
        "--only", default="", metavar="PATTERN", help="only the cases whose id matches this regular expression"
    )
    parser.add_argument("--sample", type=int, metavar="N", help="only N of the cases, chosen at random")
    parser.add_argument("--seed", type=int, default=0, help="which ones [0]")
    given = parser.parse_args(arguments)
    cases = {name: case for name, case in load(HERE / "cases.jsonl").items() if re.search(given.only, name)}
    names = sorted(cases)
    if given.sample is not None:
        names = sorted(random.Random(given.seed).sample(names, min(given.sample, len(names))))
    recorded = load(OBSERVED / f"{given.browser}.jsonl")
    changed, missing, version = [], [], ""
    with Witnesses([find(given.browser, {})], sandbox=False) as witnesses:
        for name in names:
            seen = observe(witnesses, cases[name], given.browser)
            version = seen.version or version
            if seen.missing is not None:
                missing.append((name, seen.missing))
                continue
            if is_withheld(seen):
                continue
            now = row_of(name, seen)
            changed += [(name, what, _short(old), _short(new)) for what, old, new in drift(recorded[name], now)]
            if given.what == "record":
                recorded[name] = {**recorded[name], **now}
    if given.what == "record":
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in recorded.values())
        (OBSERVED / f"{given.browser}.jsonl").write_text("".join(lines), encoding="utf-8")
    if changed:
        print(table(changed, ("case", "what", "recorded", "now")))  # noqa: T201 (this is a command)
    for name, why in missing:
        print(f"{name}: nothing observed: {why}")  # noqa: T201
    count = len({name for name, *_ in changed})
    print(f"{given.browser} {version}: {len(names)} cases, {count} differ from what was recorded")  # noqa: T201
    return 1 if (changed or missing) and given.what == "verify" else 0


def observe(witnesses: Witnesses, case: dict[str, Any], browser: str) -> Observation:
    """What a browser does with a case."""
    scenario, send = request_of(case)
    [seen] = witnesses.observe(scenario, send, {browser: diagnose(scenario, by_name(browser), send)})
    return seen


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _CELL else f"{text[: _CELL - 1]}…"


if __name__ == "__main__":
    sys.exit(main())
