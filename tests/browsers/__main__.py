"""python -m tests.browsers record|verify --browser NAME: the recorded cases, the lab's scenes and flows in a real browser.

verify prints as Markdown what the browser does in another way than was recorded, and exits with 1 if there is anything. record
also writes what it does now into tests/conformance/. What was recorded of a scene is its prediction, so that nothing is written.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from corsdoctor.browsers import Profile, by_name
from corsdoctor.diagnose import diagnose
from corsdoctor.flow.read import InvalidFlow, read_flow
from corsdoctor.lab.in_process import in_process
from corsdoctor.lab.scene import Places
from corsdoctor.lab.scenes import SCENES
from corsdoctor.observed import Aspect, differences
from corsdoctor.reports.markdown import code
from corsdoctor.witness.authority import Authority
from corsdoctor.witness.browser import BrowserFailed
from corsdoctor.witness.programs import find
from corsdoctor.witness.witnesses import Witness
from tests.browsers.live import (
    OBSERVED,
    NotAsked,
    drift,
    flow_drift,
    flow_row,
    flow_seen,
    is_settled,
    request_of,
    row_of,
)
from tests.conformance.replay import HERE, load
from tests.conformance.world_replay import HERE as WORLD
from tests.conformance.world_replay import bare

_CELL: Final = 200  # characters of a value that are shown
_PLACES: Final = Places(8767, 8768)
_COMPARED: Final = (Aspect.VERDICT, Aspect.REQUESTS, Aspect.READABLE)
Drift = tuple[str, object, object]
"""What differs, what was recorded, and what it is now."""


class Compared(NamedTuple):
    """A case in a browser: how it differs, and its new row, where there is one to write."""

    drift: list[Drift]
    row: dict[str, Any] | None = None


class Kind(NamedTuple):
    """Some kind of case: their ids, what compares one, and the file with what was recorded."""

    names: tuple[str, ...]
    compare: Callable[[str], Compared]
    file: Path | None = None


def kinds(witness: Witness, profile: Profile) -> dict[str, Kind]:
    """All kinds by name; `witness` is asked, and what was recorded is that of `profile`."""
    cases, flows = load(HERE / "cases.jsonl"), load(WORLD / "cases.jsonl")
    of_cases, of_flows = OBSERVED / f"{profile.name}.jsonl", WORLD / "observed" / f"{profile.name}.jsonl"
    recorded, lived = load(of_cases), load(of_flows)
    scenes = {scene.path: scene for scene in SCENES}

    def case(name: str) -> Compared:
        if not is_settled(cases[name]):
            raise NotAsked("timing, the page's place or the framing decides")
        scenario, send = request_of(cases[name])
        seen = witness.observe(scenario, send, diagnose(scenario, profile, send))
        if seen.missing is not None:
            raise NotAsked(seen.missing)
        if seen.withheld:
            return Compared([])
        row = row_of(name, seen)
        found = list(drift(recorded[name], row))
        return Compared(found, {**recorded[name], **row} if found else recorded[name])

    def scene(name: str) -> Compared:
        send, story = in_process(_PLACES), scenes[name].story(_PLACES)
        if story is None:
            predicted = scenes[name].diagnosed(_PLACES, profile, send)
            seen = witness.observe(predicted.scenario, send, predicted)
            if seen.missing is not None:
                raise NotAsked(seen.missing)
            both = [(predicted, seen)]
        else:
            both = [
                (step.whole, seen)
                for step, seen in flow_seen(read_flow(story), witness, profile, in_process(_PLACES), send)
            ]
        return Compared([
            (str(one.aspect), one.predicted, one.observed)
            for predicted, seen in both if not seen.withheld
            for one in differences(predicted, seen) if one.aspect in _COMPARED
        ])  # fmt: skip

    def flow(name: str) -> Compared:
        try:
            known = {(sent["method"], bare(sent["url"])) for sent in lived[name]["wire"]}
            row = flow_row(flows[name], known, witness, profile)
        except InvalidFlow as e:  # what browsers refuse before they send anything
            raise NotAsked(str(e)) from e
        found = list(flow_drift(lived[name], row))
        return Compared(found, {**lived[name], **row} if found else lived[name])

    complete = (
        name for name in flows if name in lived and all(step["outcome"] != "hung" for step in lived[name]["steps"])
    )
    return {
        "cases": Kind(tuple(sorted(cases)), case, of_cases),
        "scenes": Kind(tuple(scenes), scene),
        "flows": Kind(tuple(sorted(complete)), flow, of_flows),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the cases, and returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.browsers", description=__doc__)
    parser.add_argument("what", choices=["record", "verify"])
    parser.add_argument("--browser", choices=["chromium", "firefox", "webkit"], required=True)
    parser.add_argument(
        "--kind", choices=["cases", "scenes", "flows"], action="append", help="only this kind; repeatable"
    )
    parser.add_argument(
        "--only", default="", metavar="PATTERN", help="only the cases whose id matches this regular expression"
    )
    parser.add_argument("--sample", type=int, metavar="N", help="only N of each kind, chosen at random")
    parser.add_argument("--seed", type=int, default=0, help="which ones [0]")
    given = parser.parse_args(arguments)
    witness = Witness(find(given.browser, {}), Authority(), sandbox=False)
    changed: list[tuple[str, str, object, object]] = []
    missing: list[tuple[str, str]] = []
    counts: list[str] = []
    try:
        for kind, of in kinds(witness, by_name(given.browser)).items():
            if given.kind and kind not in given.kind:
                continue
            names = [name for name in of.names if re.search(given.only, name)]
            if given.sample is not None:
                names = sorted(random.Random(given.seed).sample(names, min(given.sample, len(names))))
            rows = {}
            for name, found in compared(names, of, missing):
                changed += [(name, *one) for one in found.drift]
                rows[name] = found.row
            counts.append(f"{len(rows)} {kind}")
            if given.what == "record" and of.file is not None:
                _write(of.file, rows)
        version = witness.version
    finally:
        witness.end()
    count = len({name for name, *_ in changed})
    print(f"# {given.browser} {version}\n\n{', '.join(counts)}; {count} differ from what was recorded.\n")  # noqa: T201 (this is a command)
    print("".join(tables(changed, missing)), end="")  # noqa: T201
    return 1 if changed and given.what == "verify" else 0


def compared(names: Sequence[str], of: Kind, missing: list[tuple[str, str]]) -> Iterator[tuple[str, Compared]]:
    """Each case with what differs; adds to `missing` those that no browser can be asked about, and why."""
    for name in names:
        try:
            yield name, of.compare(name)
        except (NotAsked, BrowserFailed) as e:
            missing.append((name, str(e)))


def tables(changed: Sequence[tuple[str, str, object, object]], missing: Sequence[tuple[str, str]]) -> Iterator[str]:
    """What differs as a table in Markdown, and how many cases were not asked for each reason."""
    if changed:
        yield "| case | what | recorded | now |\n| --- | --- | --- | --- |\n"
    for name, what, old, new in changed:
        yield f"| {' | '.join((code(name), what, _short(old), _short(new)))} |\n"
    for why in dict.fromkeys(why for _, why in missing):
        yield f"\n{sum(why == other for _, other in missing)} not asked: {why}.\n"


def _write(file: Path, rows: dict[str, dict[str, Any] | None]) -> None:
    """Replaces the rows of a file that are new. Other lines stay as they are."""
    lines = []
    for line in file.read_text(encoding="utf-8").splitlines():
        old = json.loads(line)
        new = rows.get(old["id"]) or old
        lines.append(line if new == old else json.dumps(new, ensure_ascii=False))
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return code(text if len(text) <= _CELL else f"{text[: _CELL - 1]}…")


if __name__ == "__main__":
    sys.exit(main())
