"""Servers with the policies that people really deploy, right and wrong, each with what an expert would say of it.

policies   what they are made of
wrong      servers with a mistake
right      servers without one
deployed   both, from settings of frameworks, gateways and repositories, and from their advisories
"""

from __future__ import annotations

from typing import Final

from tests.audit.estate import deployed, right, wrong
from tests.audit.estate.policies import (
    ACAC,
    ACAO,
    APP,
    OTHER,
    URL,
    Question,
    Server,
    answering,
    dynamic,
    fixed,
    labels,
    matches,
    question,
)

__all__ = [
    "ACAC", "ACAO", "APP", "ESTATE", "OTHER", "RIGHT", "URL", "WRONG", "Question", "Server", "answering", "dynamic", "fixed", "labels",
    "matches", "question",
]  # fmt: skip

WRONG: Final = (*wrong.WRONG, *deployed.WRONG)
RIGHT: Final = (*right.RIGHT, *deployed.RIGHT)
ESTATE: Final = (*WRONG, *RIGHT)
