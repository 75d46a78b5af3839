"""What the tests of recipes start servers with."""

from __future__ import annotations

import random
from itertools import chain, repeat

import pytest

from tests.recipes.contract import free_port


def test_no_port_is_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also not to two processes, as long as none of them listens yet."""
    first, randrange = free_port(), random.randrange
    numbers = chain(repeat(first, 3), iter(lambda: randrange(22_000, 32_000), None))
    monkeypatch.setattr(random, "randrange", lambda *_: next(numbers))
    assert free_port() != first
