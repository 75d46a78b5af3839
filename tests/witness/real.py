"""Which real browsers are here. Where CORSDOCTOR_TEST_SERVERS is "required", a missing one fails its tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from corsdoctor.witness.authority import Authority
from corsdoctor.witness.programs import find
from corsdoctor.witness.witnesses import Witness


def need_browser(name: str) -> None:
    """Skips the test if the browser is not installed, and says what to install."""
    try:
        find(name, {})
    except ValueError as e:
        required = os.environ.get("CORSDOCTOR_TEST_SERVERS") == "required"
        (pytest.fail if required else pytest.skip)(str(e))


@contextmanager
def witnessing(name: str) -> Iterator[Witness]:
    """A real browser, which ends with the context. Skips the test if it is not installed."""
    need_browser(name)
    started = Witness(find(name, {}), Authority(), sandbox=False)
    try:
        yield started
    finally:
        started.end()
