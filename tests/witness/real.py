"""Which real browsers are here. Where CORSDOCTOR_TEST_SERVERS is "required", a missing one fails its tests."""

from __future__ import annotations

import os

import pytest

from corsdoctor.witness.programs import find


def need_browser(name: str) -> None:
    """Skips the test if the browser is not installed, and says what to install."""
    try:
        find(name, {})
    except ValueError as e:
        required = os.environ.get("CORSDOCTOR_TEST_SERVERS") == "required"
        (pytest.fail if required else pytest.skip)(str(e))
