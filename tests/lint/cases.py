"""Files with a mistake, each beside the same file without it. tests/lint_run shows that the mistake is one, on the real program."""

from __future__ import annotations

from typing import NamedTuple

APP = "https://app.example.com"
STRANGER = "https://stranger.example"


class Case(NamedTuple):
    """A mistake. With `bad`, a page of `origin` can read `path` if `reads`, and cannot otherwise; with `good` it is the other way round.

    `found` are the ids of all findings in `bad`. A language that is configured in two places has both in one text, with a line of
    `---` between them.
    """

    id: str
    bad: str
    good: str
    found: tuple[str, ...]
    reads: bool
    origin: str = APP
    path: str = "/"
    credentials: str = "include"


def named(case: Case) -> str:
    return case.id
