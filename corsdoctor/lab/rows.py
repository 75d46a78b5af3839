"""The words that the tables of scenes are written in: rows, requests, grants and verdicts."""

from __future__ import annotations

from functools import partial
from typing import Final

from corsdoctor.diagnose import Verdict
from corsdoctor.lab.scene import BODY, PAGE, Row, Scene
from corsdoctor.scenario import Scenario


def row(*lines: str, status: int = 200, method: str = "*", under: str = "", body: bytes = BODY) -> Row:
    """An answer with these header lines."""
    pairs = tuple((name, value) for name, _, value in (line.partition(": ") for line in lines))
    return Row(status, pairs, method, under, body)


options = partial(row, status=204, method="OPTIONS")
"""The answer to a preflight request."""
ask = partial(Scenario, "", PAGE)
"""A request of the page to the scene's own path."""
OWN: Final = ("Access-Control-Allow-Origin: {ORIGIN}", "Vary: Origin")
ANY: Final = ("Access-Control-Allow-Origin: *",)
LOGIN: Final = "Access-Control-Allow-Credentials: true"
OPEN: Final = row(*OWN)
NO_OPTIONS: Final = row(*OWN, status=405, method="OPTIONS")
X: Final = (("X-Requested-With", "fetch"),)
TOKEN: Final = (("Authorization", "Bearer lab"),)
ALLOWED, OPAQUE, ERROR, BLOCKED = Verdict.ALLOWED, Verdict.OPAQUE, Verdict.ERROR, Verdict.BLOCKED


def scene(path: str, title: str, rule: str | None, rows: tuple[Row, ...], asked: Scenario, verdicts: str) -> Scene:
    """A scene whose verdicts are written as `blocked webkit=opaque`: that of most browsers, then those of others."""
    most, *others = verdicts.split()
    but = tuple((name, Verdict(verdict)) for name, _, verdict in (one.partition("=") for one in others))
    return Scene(path, title, rule, rows, asked, Verdict(most), but)
