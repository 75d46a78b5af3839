"""Which cookies of a response browsers stored: cookies.jsonl has a line for each, as recorded in all three.

`stored` names the browsers that sent the cookie with the next request of the same page. `url` is without its port, which
makes no difference to a cookie.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corsdoctor.browsers import BROWSERS, Profile
from corsdoctor.diagnose import diagnose
from corsdoctor.scenario import Credentials, Scenario
from corsdoctor.url import parse_origin
from corsdoctor.wire import Headers, Response

ROWS = [json.loads(line) for line in (Path(__file__).parent / "cookies.jsonl").read_text(encoding="utf-8").splitlines()]
NOT_PREDICTED = {  # WebKitGTK's network library: Safari has another
    ("webkit", "lost/localhost", "dom"),  # Domain=localhost
    ("webkit", "lost/https-same", "both"),  # the later one of Max-Age and Expires decides
    ("webkit", "lost/https-same", "__host-lower"),
}


def name_of(row: dict[str, Any]) -> str:
    return str(row["line"]).partition("=")[0]


@pytest.mark.parametrize("profile", BROWSERS[1:], ids=lambda p: p.name)
def test_agrees_with_every_recorded_cookie(profile: Profile) -> None:
    wrong = set()
    for row in ROWS:
        page = parse_origin(row["page"])
        assert page is not None
        scenario = Scenario(row["url"], page, credentials=Credentials(row["credentials"]))
        lines = (
            ("Access-Control-Allow-Origin", row["page"]), ("Access-Control-Allow-Credentials", "true"),
            ("Set-Cookie", row["line"]),
        )  # fmt: skip
        answer = Response(200, Headers(lines))
        notes = diagnose(scenario, profile, lambda *_, answer=answer: answer).notes
        stored = not any(note.rule.id == "cookie-stored" for note in notes)
        if stored is not (profile.name in row["stored"]):
            wrong.add((profile.name, row["case"], name_of(row)))
    assert wrong == {row for row in NOT_PREDICTED if row[0] == profile.name}
