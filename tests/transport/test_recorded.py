"""The replay holds its own on connections in an odd state: against what browsers did, recorded in recording/."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable

import pytest

from corsdoctor.browsers import BROWSERS, STANDARD, Profile
from corsdoctor.diagnose import Diagnosis, Verdict, diagnose_all
from corsdoctor.rule import Outcome
from corsdoctor.scenario import Scenario
from corsdoctor.transport import head
from corsdoctor.transport.live import Live
from corsdoctor.url import Origin
from tests.transport.conftest import Server
from tests.transport.recording.cases import CASES, Case
from tests.transport.recording.play import playing
from tests.transport.recording.record import FOLDER

Serve = Callable[..., Server]
PAGE = Origin("http", "localhost", 3000)
KNOWN = {case.id: case for case in CASES}
RECORDED = {
    profile.name: {
        row["id"]: row["outcomes"]
        for row in map(json.loads, (FOLDER / f"{profile.name}.jsonl").read_text().splitlines())
    }
    for profile in BROWSERS[1:]
}
# What fails in a browser only when packets and requests cross in a certain way: the replay goes on, and has a note of it.
NOW_AND_THEN = re.compile(r"204|304|head|longer|chunked/trailing|second-answer|ended|408|garbage/kept")
# What the replay can't tell: what follows a 101, and chunks that are read more or less strictly.
UNTOLD = re.compile(
    r"switching/(then-200|closed)|408/fresh|as-first-request-arrives|in-status-line|in-head|chunks/(negative|no-line-end|huge)"
)
ALIKE = re.compile(r"/(4|5|10|1000)/|/2ms|/20ms|interim/(102|199)")  # as cases that are tried
TRIED = [case for case in CASES if not ALIKE.search(case.id) and not UNTOLD.search(case.id)]


def replayed(case: Case, server: Server, profiles: tuple[Profile, ...] = BROWSERS) -> list[list[Diagnosis]]:
    """For each browser what came of the page's requests, one after the other."""
    found = []
    with Live() as live:
        for number, method in enumerate(case.methods):
            if number:
                time.sleep(case.pause / 1000)
            extra = (("X-A", "1"),) if method == "POST" else ()
            scenario = Scenario(server.url(f"/?{number}"), PAGE, method, headers=extra)
            found.append(diagnose_all(scenario, profiles, live.send))
    return [list(steps) for steps in zip(*found, strict=True)]


def loads(steps: list[Diagnosis]) -> tuple[bool, ...]:
    """Of which requests the page got a response."""
    return tuple(step.verdict is Verdict.ALLOWED for step in steps)


def loaded(browser: str, case: Case) -> set[tuple[bool, ...]]:
    """The same of the browser: one outcome where it always did the same."""
    return {tuple(step[0].isdigit() for step in outcome["page"]) for outcome in RECORDED[browser][case.id]}


def test_every_case_is_recorded() -> None:
    for rows in RECORDED.values():
        assert {name: sum(o["times"] for o in outcomes) >= 8 for name, outcomes in rows.items()} == dict.fromkeys(
            KNOWN, True
        )


@pytest.mark.parametrize("case", TRIED, ids=lambda case: case.id)
def test_the_replay_does_what_browsers_do(case: Case, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(head, "_PATIENT_SECONDS", 8.0 if "later" in case.id else 0.3)
    for profile, steps in zip(BROWSERS, replayed(case, serve(playing(case))), strict=True):
        if NOW_AND_THEN.match(case.id):
            assert loads(steps) == (True,) * len(steps), profile.name
        elif profile is not STANDARD:
            assert {loads(steps)} == loaded(profile.name, case), profile.name


QUIRKS = {
    "switching/with-cors/next": ("chromium", "switching_is_interim"),
    "switching/with-cors/idle": ("webkit", "switching_is_interim"),
    "garbage/fresh/four-line-feeds/next": ("webkit", "lead_must_be_line_ends"),
    "chunks/no-number/preflight": ("firefox", "broken_chunks_fail"),
    "shorter/open/preflight": ("webkit", "preflight_body_must_end"),
    "shorter/closed/preflight": ("webkit", "preflight_body_must_end"),
}


@pytest.mark.parametrize("name", QUIRKS)
def test_each_quirk_is_shown_by_its_case(name: str, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the quirk, the case comes out wrong."""
    monkeypatch.setattr(head, "_PATIENT_SECONDS", 0.3)
    case, (browser, field) = KNOWN[name], QUIRKS[name]
    profile = next(p for p in BROWSERS if p.name == browser)
    without = profile._replace(**{field: getattr(STANDARD, field)})
    (steps,) = replayed(case, serve(playing(case)), (without,))
    assert {loads(steps)} != loaded(browser, case)


NOTED = {
    "204/bare/2/0ms/preflight": "no-content-has-no-body",
    "204/bare/72/20ms/preflight": "no-content-has-no-body",
    "204/length/72/20ms/preflight": "no-content-has-no-body",
    "204/length/2/never/next": "no-content-has-no-body",
    "204/chunked/never/preflight": "no-content-has-no-body",
    "304/length/5/0ms/next": "no-content-has-no-body",
    "head/length/72/0ms/next": "no-content-has-no-body",
    "longer/5/0ms/next": "body-ends-as-announced",
    "longer/72/10ms/preflight": "body-ends-as-announced",
    "chunked/trailing/2/0ms/next": "body-ends-as-announced",
    "shorter/closed/next": "body-ends-as-announced",
    "204/clean/preflight": None,
    "204/length/0/preflight": None,
    "304/length/never/next": None,
    "head/length/never/next": None,
    "second-answer/0ms/next": None,
    "408/idle": None,
    "later/300ms/preflight": None,
    "chunks/trailer/next": None,
}
OURS = ("no-content-has-no-body", "body-ends-as-announced")


@pytest.mark.parametrize("name", NOTED)
def test_the_note(name: str, serve: Serve) -> None:
    for steps in replayed(KNOWN[name], serve(playing(KNOWN[name])), BROWSERS[:3]):
        ids = [s.rule.id for d in steps for s in d.steps if s.outcome is Outcome.NOTE and s.rule.id in OURS]
        assert ids == [NOTED[name]] if NOTED[name] else not ids
