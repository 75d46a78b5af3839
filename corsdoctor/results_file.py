"""Reads the requests of a policy file, or of results that `check`, `test` or `batch` wrote as JSON or JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from corsdoctor.browsers import BROWSERS, Profile
from corsdoctor.causes.known import fix_of
from corsdoctor.diagnose import Diagnosis, diagnose
from corsdoctor.errors import InvalidScenario, Mistake, Place, UnreadableInput
from corsdoctor.opening import TooLarge, read_whole
from corsdoctor.policy_file import load
from corsdoctor.report import Report
from corsdoctor.request_fields import from_report
from corsdoctor.rule import Cause, Certainty, Failure, Step
from corsdoctor.scenario import Scenario
from corsdoctor.sentence import Sentence
from corsdoctor.wire import Answer, FailureKind, Headers, Kind, NoAnswer, Response, WireRequest, Withheld
from corsdoctor.wrong_input import shown_path

_MOST_BYTES: Final = 100_000_000
_NOT_RESULTS: Final = (
    "this is neither a policy nor results of corsdoctor: write results with --format json=FILE or --format jsonl=FILE"
)


@dataclass(frozen=True, slots=True)
class Planned:
    """A request of a policy that is to be sent."""

    scenario: Scenario
    profiles: tuple[Profile, ...]


Requested = Planned | Report
"""A request that is to be sent, or one of results, as browsers treated it."""


def read_requests(path: str) -> list[Requested]:
    """The requests that the policy in the file `path` wants allowed, or those of the results there.

    What a policy wants blocked is left out. UnreadableInput where the file cannot be opened, InvalidScenario where it is
    neither a policy nor results.
    """
    if Path(path).suffix.lower() in (".toml", ".yaml", ".yml"):
        return _of_policy(path)
    try:
        text = read_whole(path, _MOST_BYTES).decode("utf-8-sig")
    except OSError as e:
        raise UnreadableInput(path, e.strerror or str(e)) from e
    except TooLarge as e:
        raise InvalidScenario(Mistake("--from", shown_path(path), f"the file is too large: {e}")) from e
    except UnicodeDecodeError as e:
        reason = f"byte 0x{e.object[e.start]:02X} is not UTF-8; {_NOT_RESULTS}"
        raise InvalidScenario(Mistake("", "", reason, Place(path))) from e
    except ValueError as e:  # a NUL in the name
        raise InvalidScenario(Mistake("--from", shown_path(path), f"cannot read the file: {e}")) from e
    objects = list(_objects(path, text))
    if not any("schema_version" in each for _, each in objects):
        if len(objects) == 1 and Path(path).suffix.lower() == ".json":
            return _of_policy(path)
        raise InvalidScenario(Mistake("", "", _NOT_RESULTS, Place(path)))
    found: list[Requested] = []
    for line, each in objects:
        try:
            if "error" not in each and not each.get("planned") and not _is_to_be_blocked(each):
                found.append(Report(_diagnoses(each)))
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as e:
            raise InvalidScenario(Mistake("", "", "this is not a result of corsdoctor", Place(path, line))) from e
    return found


def _of_policy(path: str) -> list[Requested]:
    cases = load(path).cases
    alone = (case for case in cases if case.step is None)  # a request of a flow needs those before it
    allowed = (case for case in alone if case.expected.verdict != "blocked" and case.expected.rule is None)
    return [Planned(case.scenario, case.profiles) for case in allowed]


def _objects(path: str, text: str) -> Iterator[tuple[int | None, Mapping[str, Any]]]:
    """(line, object) of each object: the only one, those of an array, or one for each line."""
    try:
        whole = json.loads(text)
        numbered: list[tuple[int | None, Any]] = [
            (None, each) for each in (whole if isinstance(whole, list) else [whole])
        ]
    except (ValueError, RecursionError):
        numbered = []
        for at, line in enumerate(text.splitlines(), 1):
            try:
                numbered += [(at, json.loads(line))] if line.strip() else []
            except (ValueError, RecursionError) as e:
                raise InvalidScenario(Mistake("", "", _NOT_RESULTS, Place(path, at))) from e
    for number, each in numbered:
        if not isinstance(each, dict):
            raise InvalidScenario(Mistake("", "", _NOT_RESULTS, Place(path, number)))
        yield number, each


def _is_to_be_blocked(result: Mapping[str, Any]) -> bool:
    """Whether the result is of a case of a policy that wants the request blocked."""
    expected = result.get("case", {}).get("expected", {})
    return expected.get("verdict") == "blocked" or expected.get("rule") is not None


def _diagnoses(result: Mapping[str, Any]) -> tuple[Diagnosis, ...]:
    """The same verdicts once more, from the exchanges that the result has."""
    shown = any("certificate" in e for browser in result["browsers"].values() for e in browser["exchanges"])
    scenario = from_report(result["request"])._replace(certificate=shown)
    profiles = {profile.name: profile for profile in BROWSERS}
    diagnoses = tuple(
        _with_causes(diagnose(scenario, profiles[name], _Replay(browser["exchanges"])), browser["steps"])
        for name, browser in result["browsers"].items()
        if name in profiles
    )
    if not diagnoses:
        raise ValueError("no browsers")
    return diagnoses


def _with_causes(diagnosis: Diagnosis, recorded: Any) -> Diagnosis:
    """The diagnosis with the causes that the result names: they were found in bodies and probes that it does not have."""
    causes = {(s["rule"], s["outcome"], s["exchange"]): s.get("causes") or [s["cause"]] for s in recorded}
    steps: list[Step] = []
    for step in diagnosis.steps:
        named = causes.get((step.rule.id, step.outcome, step.exchange), [None])
        found = [_cause(each, step.cause) for each in named if each is not None]
        steps.append(step._replace(cause=found[0], other_causes=tuple(found[1:])) if found else step)
    return diagnosis._replace(steps=tuple(steps))


def _cause(recorded: Mapping[str, Any], decided: Cause | None) -> Cause:
    """The cause that was recorded; what `decided` adds is kept if it is the same."""
    id = str(recorded["id"])
    same = decided is not None and decided.id == id
    return Cause(
        id,
        _read(recorded["text"]),
        _read(recorded["fix"]) if "fix" in recorded else decided.fix if same and decided is not None else fix_of(id),
        decided.failure if decided is not None else Failure(),
        Certainty(recorded.get("certainty", Certainty.CERTAIN)),
        tuple(_read(each) for each in recorded.get("evidence", ())),
    )


def _read(text: object) -> Sentence:
    """A sentence of the file, which may have been written with its secrets."""
    return Sentence("{text}", text=str(text))


def _pairs(pairs: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(value)) for name, value in pairs)


class _Replay:
    """Answers with the exchanges of one browser, in their order: secrets are masked in them, so that URLs may differ."""

    def __init__(self, exchanges: Any) -> None:
        self._left = list(exchanges)

    def __call__(self, kind: Kind, _: WireRequest) -> Answer:
        exchange = self._left.pop(0) if self._left and self._left[0]["kind"] == kind else None
        if exchange is None or "withheld" in exchange:
            return Withheld("the results do not have the response")
        if exchange["status"] is None:
            return NoAnswer(FailureKind(exchange["error"]["kind"]), _read(exchange["error"]["detail"]))
        return Response(int(exchange["status"]), Headers(_pairs(exchange["response_headers"])))
