"""The core against the recordings: verdict, wire and readable headers of every case, for every browser, without sockets."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from corsdoctor.browsers import BROWSERS, STANDARD, Profile
from corsdoctor.diagnose import Diagnosis, Verdict
from tests.conformance import world_replay
from tests.conformance.replay import HERE, console_differs, disagreements, load, observed, replay, replayed

CASES = load(HERE / "cases.jsonl")
_BROWSERS = Path(__file__).parents[2] / "corsdoctor" / "browsers"
PROFILE_SOURCE = (_BROWSERS / "profile.py").read_text(encoding="utf-8")
COOKIES_SOURCE = (_BROWSERS / "cookies.py").read_text(encoding="utf-8")
DOCUMENTED = re.compile(r'^    (\w+): [^\n]+\n    """(.*?)"""', re.M | re.S)
CASE_ID = re.compile(r"[a-z][a-z-]+(?:/[a-zA-Z-]+)*/[a-z]?\d+")
"""Of cases.jsonl here, or of the flows in world/."""

# What the core is known not to predict, with the reason. A case that agrees all the same fails the test.
KNOWN = {
    "chromium": {
        "as-image/h139": "the bytes are a PNG under an SVG type: bodies are not looked at",
        "wpt-redirect-location-odd/009": "its URL parser takes a space in a host",
        "wpt-redirect-location-odd/010": "its URL parser takes a space in a host",
    },
    "firefox": {
        "as-media/h074": "media of status 205 never settles",
    },
    "webkit": {
        "as-image/h139": "the bytes are a PNG under an SVG type: bodies are not looked at",
    },
}
# Console messages that are not predicted word for word, by reason.
KNOWN_CONSOLE: dict[str, dict[str, tuple[str, ...]]] = {
    "chromium": {},
    "firefox": {
        "a retry of a closed connection finds another answer": (
            "close-actual/h001", "close-actual/h002", "close-after-redirect/h001", "close-after-redirect/h003",
        ),
    },
    "webkit": {
        "bodies are not looked at": ("as-image/h139",),
        "what runs as a script is none": (
            "fz-body/001", "fz-body/002", "fz-body/003", "fz-body/004", "fz-body/005", "fz-body/006", "fz-body/007", "fz-body/008",
            "fz-body/009", "fz-body/011", "fz-body/016", "fz-body/017",
        ),
    },
}  # fmt: skip
UNSENDABLE = re.compile(r'"Available-Dictionary"', re.I)  # Chromium fails silently for this one request header


@pytest.mark.parametrize("profile", BROWSERS[1:], ids=lambda p: p.name)
def test_agrees_with_every_recording_and_predicts_the_console(profile: Profile) -> None:
    wrong: dict[str, list[Any]] = {}
    other_words = set()
    for row in load(HERE / "observed" / f"{profile.name}.jsonl").values():
        case = CASES[row["id"]]
        if profile.name == "chromium" and UNSENDABLE.search(str(case["request"]).replace("'", '"')):
            continue
        seen, got = observed(row), replayed(replay(case, profile))
        found = list(disagreements(seen, got))
        if found:
            wrong[row["id"]] = found
        if console_differs(profile.name, seen, got):
            other_words.add(row["id"])
    unexpected = {name: found for name, found in wrong.items() if name not in KNOWN[profile.name]}
    assert not unexpected
    assert set(KNOWN[profile.name]) == set(wrong), "a known disagreement is gone: take it off the list"
    assert other_words == {case for cases in KNOWN_CONSOLE[profile.name].values() for case in cases}


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
    documented = DOCUMENTED.findall(PROFILE_SOURCE)
    undocumented = [name for name, text in documented if not re.search(r"\(([a-z-]+/\w+)", text)]
    # durations are not recorded, heads of 64 KiB are too large to keep, and WebSockets and cookies were not with the other cases
    assert set(undocumented) <= {
        "max_age_of_garbage",
        "max_age_cap",
        "websocket_to_loopback_is_mixed",
        "cookies",
        "logins_cover_the_host",
        "login_dialog",
        "largest_head",
        "hosts_cover_websockets",
        "third_party_cookies_are_as_shipped",  # what was not recorded
        "http_cache_is_as_shipped",
    }
    named = {case for _, text in documented for case in CASE_ID.findall(text)}
    assert named <= {*CASES, *(case["id"] for case in world_replay.cases())}


# Fields that no recording here shows: dialogs and paths of logins, durations, WebSockets, cookies (test_cookies.py), and what transport/test_recorded.py and test_certificates.py show.
UNSHOWN = {
    ("chromium", "max_age_cap"), ("firefox", "max_age_cap"), ("webkit", "max_age_cap"),
    ("webkit", "opaque_media_statuses"), ("webkit", "websocket_to_loopback_is_mixed"),
    ("chromium", "switching_is_interim"), ("webkit", "switching_is_interim"), ("webkit", "lead_must_be_line_ends"),
    ("firefox", "cookies"), ("webkit", "cookies"), ("firefox", "broken_chunks_fail"), ("webkit", "preflight_body_must_end"),
    *((browser, "login_dialog") for browser in ("chromium", "firefox", "webkit")), ("webkit", "logins_cover_the_host"),
    ("chromium", "largest_head"), ("webkit", "largest_head"), ("webkit", "hosts_cover_websockets"),
    ("webkit", "third_party_cookies_are_as_shipped"), ("webkit", "http_cache_is_as_shipped"),
    ("chromium", "certificate_ignores_credentials"), ("webkit", "certificate_ignores_credentials"),
}  # fmt: skip


@pytest.mark.exhaustive
@pytest.mark.parametrize("profile", BROWSERS[1:], ids=lambda p: p.name)
def test_each_quirk_is_shown_by_its_case(profile: Profile) -> None:
    """Without the quirk, a case that its field names is predicted wrongly."""
    rows = load(HERE / "observed" / f"{profile.name}.jsonl")
    documented = dict(DOCUMENTED.findall(PROFILE_SOURCE))
    unshown = set()
    for field in Profile._fields:
        by_standard = getattr(STANDARD, field)
        if field in ("name", "title", "console") or getattr(profile, field) == by_standard:
            continue
        without = profile._replace(**{field: by_standard})
        named = CASE_ID.findall(documented[field])
        known = [name for name in named if name in CASES]
        if any(_differs(profile, rows[name], replay(CASES[name], without)) for name in known):
            continue
        if not _flow_differs(profile, without, {*named} - {*known}):
            unshown.add((profile.name, field))
    assert unshown == {pair for pair in UNSHOWN if pair[0] == profile.name}


@pytest.mark.parametrize("profile", BROWSERS[1:], ids=lambda p: p.name)
def test_each_difference_in_cookies_is_shown_by_its_case(profile: Profile) -> None:
    """Of the fields that name a case; tests/conformance/test_cookies.py shows the others."""
    for field, text in DOCUMENTED.findall(COOKIES_SOURCE):
        mine, standard = getattr(profile.cookies, field), getattr(STANDARD.cookies, field)
        if (named := CASE_ID.findall(text)) and mine != standard:
            without = profile._replace(cookies=profile.cookies._replace(**{field: standard}))
            assert _flow_differs(profile, without, set(named)), field


def _flow_differs(profile: Profile, without: Profile, named: set[str]) -> bool:
    """Whether something in the flows `named` is predicted wrongly only without the quirk."""
    wrong = [
        {check.name for check in world_replay.checks(profile.name, one, named) if not check.right}
        for one in (profile, without)
    ]
    return not wrong[1] <= wrong[0]


def _differs(profile: Profile, row: dict[str, Any], diagnosis: Diagnosis) -> bool:
    seen, got = observed(row), replayed(diagnosis)
    return bool(list(disagreements(seen, got))) or console_differs(profile.name, seen, got)
