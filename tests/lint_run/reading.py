"""Asks a server whether the page of a case can read."""

from __future__ import annotations

import corsdoctor
from tests.lint.cases import Case


def reads(url: str, case: Case) -> bool:
    """Whether the page of the case can read the response in every browser."""
    result = corsdoctor.check(url + case.path, origin=case.origin, credentials=case.credentials, cookie="session=1")
    assert result.allowed or result.blocked
    return result.allowed
