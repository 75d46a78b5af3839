"""The playground: a request and responses that the user edits, what browsers make of them, and the same as commands."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from corsdoctor.batch.line import Line
from corsdoctor.batch.read_line import BadLine, read_line
from corsdoctor.browsers import BROWSERS
from corsdoctor.command_line import command_line
from corsdoctor.command_line.tools import curl
from corsdoctor.diagnose import Diagnosis, diagnose
from corsdoctor.fetch.headers import is_header_name
from corsdoctor.fetch.presets import PRESETS
from corsdoctor.lab.assets import CAPTIONS, DOCUMENT, EVENTS, FONT, PNG, SCRIPT, SOUND, STYLE
from corsdoctor.lab.scene import BODY, Places, Row
from corsdoctor.lab.server import Lab
from corsdoctor.lab_page.code import code
from corsdoctor.lab_page.shown import run_of, unseen
from corsdoctor.reading import read_header_value
from corsdoctor.reports.json_objects import browser_object
from corsdoctor.scenario import Api, Credentials, Mode, Redirect, Scenario
from corsdoctor.url import URL, parse, same_origin
from corsdoctor.wire import Answer, Headers, Kind, Response, Send, WireRequest
from corsdoctor.wrong_input import shown

PATH: Final = "/play/"
_RESPONSES: Final = ("preflight", "response", "redirected")
CHOICES: Final = {
    "apis": [(api, PRESETS[api].what) for api in Api],
    "credentials": list(Credentials),
    "modes": [Mode.CORS, Mode.NO_CORS, Mode.SAME_ORIGIN],
    "redirects": list(Redirect),
}
"""What the form offers."""
_MOST_LINES: Final = 100
_BODIES: Final = {
    **dict.fromkeys((Api.IMAGE, Api.WEBGL, Api.SHAPE, Api.SVG_IMAGE), PNG),
    **dict.fromkeys((Api.SCRIPT, Api.MODULE, Api.IMPORT, Api.IMPORT_SCRIPTS, Api.MODULEPRELOAD), SCRIPT),
    **dict.fromkeys((Api.STYLESHEET, Api.CSS_IMPORT), STYLE),
    **dict.fromkeys((Api.MEDIA, Api.VIDEO), SOUND),
    **dict.fromkeys((Api.IFRAME, Api.OBJECT, Api.FORM), DOCUMENT),
    Api.FONT: FONT,
    Api.EVENTSOURCE: EVENTS,
    Api.TRACK: CAPTIONS,
}
"""What the lab returns to a request by these APIs, so that the element can load it."""


def played(asked: dict[str, Any], lab: Lab) -> dict[str, Any]:
    """What each browser makes of `request` with `responses`; the lab gives these responses from now on.

    ValueError says what is wrong with `asked`.
    """
    scenario = _scenario(asked.get("request"), lab.places)
    given = asked.get("responses")
    if not isinstance(given, dict):
        raise ValueError("responses: must be an object")
    preflight, response, redirected = (_row(given.get(name), name, scenario.api) for name in _RESPONSES)
    answering = _answering(scenario, preflight, response, redirected, lab.places)
    diagnoses = tuple(
        diagnose(scenario, profile, answering) for profile in BROWSERS
    )  # nothing leaves: no secret is held
    why_not = _put(scenario, (preflight, response), redirected, lab)
    return {
        "browsers": [{"title": d.profile.title, "name": d.profile.name, **browser_object(d)} for d in diagnoses],
        "specs": {step.rule.id: step.rule.spec for d in diagnoses for step in d.steps},
        "commands": {"check": command_line(scenario), "curl": _curl(diagnoses), "code": code(scenario)},
        "run": None if why_not else run_of("playground", scenario, diagnoses),
        "why_not": why_not,
    }


def _scenario(request: object, places: Places) -> Scenario:
    """The request, read as a line of a batch is."""
    if not isinstance(request, dict) or "visits" in request:
        raise ValueError("request: must be an object that describes one request")
    try:
        _, asked = read_line(Line(1, json.dumps(request).encode()), Scenario("", places.page), has_origin=True)
    except BadLine as e:
        raise ValueError(str(e)) from None
    assert isinstance(asked, Scenario)  # it has no visits
    return asked


def _row(given: object, name: str, api: Api) -> Row:
    """The response called `name`: its status and its header lines."""
    values = given if isinstance(given, dict) else {}
    status, text = values.get("status"), values.get("headers")
    if not isinstance(status, int) or not 200 <= status <= 599:
        raise ValueError(f"{name}: the status must be a number from 200 to 599")
    if not isinstance(text, str):
        raise ValueError(f"{name}: the headers must be text, one line for each")
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > _MOST_LINES:
        raise ValueError(f"{name}: must have at most {_MOST_LINES} headers")
    method = "OPTIONS" if name == "preflight" else "*"
    return Row(status, tuple(_header(line, name) for line in lines), method, body=_BODIES.get(api, BODY))


def _header(line: str, where: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    name = name.strip()
    if not colon or not is_header_name(name):
        raise ValueError(f"{where}: {shown(line)!a} is not a header line; write it as `Name: value`")
    if name.lower() in ("content-length", "transfer-encoding", "connection"):
        raise ValueError(f"{where}: the lab sets {name} itself")
    try:
        return name, read_header_value(value.strip())
    except ValueError as e:
        raise ValueError(f"{where}: {name}: {e}") from None


def _answering(scenario: Scenario, preflight: Row, response: Row, redirected: Row, places: Places) -> Send:
    """Answers as the user said; `redirected` is the response at every URL but the first."""
    first = scenario.parsed_url

    def send(kind: Kind, request: WireRequest) -> Answer:
        again = first is not None and request.url != first.on_the_wire
        row = preflight if kind is Kind.PREFLIGHT else redirected if again else response
        return Response(row.status, Headers(row.lines(places)), body=row.body)

    return send


def _put(scenario: Scenario, rows: tuple[Row, ...], redirected: Row, lab: Lab) -> str | None:
    """Has the lab give these responses. If a browser cannot make the request on the page, the reason."""
    url, places = scenario.parsed_url, lab.places
    if url is None or not _is_of(url, places):
        return f"only a URL that begins with {places.lab}{PATH} is on a server of the lab"
    if not same_origin(scenario.origin, places.page):
        return f"the page of the lab is on {places.page}"
    lab.put(url.path, rows)
    for name, value in rows[1].headers:
        target = parse(value, url.href) if name.lower() == "location" else None
        if target is not None and _is_of(target, places) and target.path != url.path:
            lab.put(target.path, (rows[0], redirected))
    return unseen(scenario)


def _is_of(url: URL, places: Places) -> bool:
    """Whether the user may say what is at `url`."""
    return str(url.origin) in (places.lab, places.other) and bool(re.match(rf"{PATH}[\w/-]{{1,64}}\Z", url.path))


def _curl(diagnoses: tuple[Diagnosis, ...]) -> str | None:
    """The command of curl that sends the last request of a browser."""
    sent = [exchange.request for diagnosis in diagnoses for exchange in diagnosis.exchanges[-1:]]
    return curl(sent[-1], show_secrets=True) if sent else None
