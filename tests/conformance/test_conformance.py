"""The core against the recordings: verdict, wire and readable headers of every case, for every browser, without sockets."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corsdoctor.browsers import BROWSERS, STANDARD, Profile
from corsdoctor.diagnose import Verdict
from tests.conformance.replay import HERE, disagreements, load, observed, replay, replayed

CASES = load(HERE / "cases.jsonl")
PROFILE_SOURCE = (Path(__file__).parents[2] / "corsdoctor" / "browsers" / "profile.py").read_text(encoding="utf-8")

# What the core is known not to predict, with the reason. A case that agrees all the same fails the test.
KNOWN = {
    "chromium": {
        "as-image/h139": "the bytes are a PNG under an SVG type: bodies are not looked at",
        "as-media/h142": "media with userinfo in the URL loads; other elements refuse it",
        "wpt-redirect-location-odd/009": "its URL parser takes a space in a host",
        "wpt-redirect-location-odd/010": "its URL parser takes a space in a host",
    },
    "firefox": {
        "as-image/h131": "an image of status 206 without a range is blocked by its opaque response blocking",
        "as-media/h074": "media of status 205 never settles",
        "safelist-many/h004": "of two equal Content-Type lines it sends one",
        "safelist-many/h005": "of two equal Content-Type lines it sends one",
        "wpt-request-headers-more/007": "of two equal Content-Type lines it sends one",
    },
    "webkit": {
        "as-image/h139": "the bytes are a PNG under an SVG type: bodies are not looked at",
        "as-script/h193": "a no-cors script follows a redirect to a data: URL",
    },
}
UNSENDABLE = re.compile(r'"Available-Dictionary"', re.I)  # Chromium fails silently for this one request header


@pytest.mark.parametrize("profile", BROWSERS[1:], ids=lambda p: p.name)
def test_agrees_with_every_recording(profile: Profile) -> None:
    wrong: dict[str, list[Any]] = {}
    for row in load(HERE / "observed" / f"{profile.name}.jsonl").values():
        case = CASES[row["id"]]
        if profile.name == "chromium" and UNSENDABLE.search(str(case["request"]).replace("'", '"')):
            continue
        found = list(disagreements(observed(row), replayed(replay(case, profile))))
        if found:
            wrong[row["id"]] = found
    unexpected = {name: found for name, found in wrong.items() if name not in KNOWN[profile.name]}
    assert not unexpected
    assert set(KNOWN[profile.name]) == set(wrong), "a known disagreement is gone: take it off the list"


def test_the_standard_says_what_web_platform_tests_assert() -> None:
    same = {Verdict.OPAQUE: "allowed", Verdict.ERROR: "blocked"}
    asserted = {name: case for name, case in CASES.items() if "verdict" in case.get("expect", {})}
    wrong = {
        name: verdict
        for name, case in asserted.items()
        if same.get(verdict := replay(case, STANDARD).verdict, verdict.value) != case["expect"]["verdict"]
    }
    assert len(asserted) > 400
    assert not wrong


def test_every_quirk_names_a_recorded_case() -> None:
    documented = re.findall(r'^    (\w+): [^\n]+\n    """(.*?)"""', PROFILE_SOURCE, re.M | re.S)
    undocumented = [name for name, text in documented if not re.search(r"\(([a-z-]+/\w+)", text)]
    assert set(undocumented) <= {"max_age_default", "max_age_of_garbage", "max_age_cap"}  # durations are not recorded
    named = {case for _, text in documented for case in re.findall(r"[a-z][a-z-]+/[a-z]?\d+", text)}
    assert named <= set(CASES)


# Fields that no recording shows on the wire: durations, and the order of checks (which the console shows).
UNSHOWN = {
    ("chromium", "max_age_cap"), ("firefox", "max_age_cap"), ("webkit", "max_age_cap"), ("firefox", "max_age_of_garbage"),
    ("chromium", "preflight_judged_first_by"), ("webkit", "preflight_judged_first_by"),
    ("webkit", "opaque_media_statuses"),
}  # fmt: skip


@pytest.mark.parametrize("profile", BROWSERS[1:], ids=lambda p: p.name)
def test_each_quirk_is_shown_by_its_case(profile: Profile) -> None:
    """Without the quirk, a case that its field names is predicted wrongly."""
    rows = load(HERE / "observed" / f"{profile.name}.jsonl")
    documented = dict(re.findall(r'^    (\w+): [^\n]+\n    """(.*?)"""', PROFILE_SOURCE, re.M | re.S))
    unshown = set()
    for field in Profile.__dataclass_fields__:
        by_standard = getattr(STANDARD, field)
        if field in ("name", "title", "console") or getattr(profile, field) == by_standard:
            continue
        without = replace(profile, **{field: by_standard})
        named = re.findall(r"[a-z][a-z-]+/[a-z]?\d+", documented[field])
        if not any(list(disagreements(observed(rows[n]), replayed(replay(CASES[n], without)))) for n in named):
            unshown.add((profile.name, field))
    assert unshown == {pair for pair in UNSHOWN if pair[0] == profile.name}
