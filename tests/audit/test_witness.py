"""Real browsers read, and fail to read, what the audit says: witness.py recorded it."""

from __future__ import annotations

import json

import pytest

from corsdoctor.browsers.hosts import HOST_CHARACTERS, browsers_with
from corsdoctor.url import parse_origin
from tests.audit.witness import SEEN, expected, trials

RECORDED = json.loads(SEEN.read_text(encoding="utf-8"))


@pytest.mark.parametrize("browser", HOST_CHARACTERS)
def test_browsers_read_what_the_audit_says(browser: str) -> None:
    for trial in trials():
        origin = parse_origin(trial.origin)
        assert origin is not None
        if browser not in browsers_with(origin):  # there can be no such page to ask
            assert not expected(trial, browser)
            continue
        read = RECORDED[browser][trial.key]
        assert read is expected(trial, browser), trial.key


def test_each_finding_about_reading_has_a_witness() -> None:
    named = {key for seen in RECORDED.values() for key, read in seen.items() if read}
    assert len(named) > 40
