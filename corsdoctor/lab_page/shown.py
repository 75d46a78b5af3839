"""What the page shows of a scene, and what its script needs to run it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from corsdoctor import catalogue
from corsdoctor.browsers import BROWSERS
from corsdoctor.command_line import command_line
from corsdoctor.diagnose import Diagnosis, Verdict
from corsdoctor.flow.result import CookieResult, StepResult
from corsdoctor.lab.in_process import in_process
from corsdoctor.lab.scene import PAGE, Places, Row, Scene
from corsdoctor.lab_page.code import code
from corsdoctor.record import Record
from corsdoctor.rule import Rule
from corsdoctor.scenario import Api, Scenario
from corsdoctor.step_sentences import sentence

_UNSEEN: Final = {
    Api.MANIFEST: "the browser requests a manifest only when it offers to install the page",
    Api.ICON: "the browser requests the icon of a tab, not that of a frame",
    Api.CSS_IMAGE: "a page cannot find out whether a CSS image was loaded",
    Api.CSS_MASK: "a page cannot find out whether a mask was loaded",
    Api.CSS_CURSOR: "a page cannot find out whether a cursor was loaded",
    Api.SVG_USE: "a page cannot find out whether the target of <use> was loaded",
}
"""Why a scene of these APIs cannot be run on a page."""


GROUPS: Final = {
    "allowed": "What works",
    "initiator": "What makes the request",
    "request": "Before anything is sent",
    "safelist": "What triggers a preflight request",
    "silent": "No response",
    "preflight": "Preflight requests",
    "grant": "What a preflight response allows",
    "cors": "The CORS check",
    "origin": "Access-Control-Allow-Origin",
    "credentials": "Credentials",
    "include": "Access-Control-Allow-Credentials",
    "redirect": "Redirects",
    "chain": "Redirect chains",
    "exposed": "Readable response headers",
    "policy": "Cross-Origin-Resource-Policy",
    "element": "Elements",
    "frame": "Frames",
    "websocket": "WebSockets",
    "flow": "What the page sets",
    "advice": "Allowed, and yet wrong",
    "disagree": "Where browsers differ",
    "differ": "Where browsers differ in details",
}
"""The heading for each first part of a path, in the order of the page."""


class Prediction(Record):
    """What one browser makes of a scene."""

    browser: str
    title: str
    verdict: Verdict
    why: str
    readable: tuple[str, ...] | None
    console: tuple[str, ...]


class Shown(Record):
    """A scene as the page shows it. `skipped` says why the browser cannot run it, None if it can."""

    scene: Scene
    rule: Rule | None
    code: str
    answers: tuple[str, ...]
    predictions: tuple[Prediction, ...]
    command: str | None
    skipped: str | None
    run: dict[str, Any]

    @property
    def group(self) -> str:
        """The heading above it."""
        return GROUPS[self.scene.path.split("/")[1]]

    @property
    def verdicts(self) -> list[tuple[str, Verdict]]:
        """Each verdict, behind the browsers that come to it."""
        return [(titles, alike[0].verdict) for titles, alike in _alike(self.predictions, lambda p: p.verdict)]

    @property
    def reasons(self) -> list[tuple[str, Prediction]]:
        """Each prediction, behind the browsers that share it, whatever their consoles print."""
        alike = _alike(self.predictions, lambda p: (p.verdict, p.why, p.readable))
        return [(titles, predictions[0]) for titles, predictions in alike]


def _alike(
    predictions: tuple[Prediction, ...], by: Callable[[Prediction], object]
) -> list[tuple[str, list[Prediction]]]:
    """The predictions that are alike, behind the titles of their browsers."""
    groups: dict[object, list[Prediction]] = {}
    for prediction in predictions:
        groups.setdefault(by(prediction), []).append(prediction)
    every = len(groups) == 1
    return [
        ("Every browser" if every else ", ".join(p.title for p in alike).removeprefix("the "), alike)
        for alike in groups.values()
    ]


def shown(scene: Scene, places: Places) -> Shown:
    """The scene in the lab at `places`, with what each browser makes of it."""
    send = in_process(places)
    diagnoses = [scene.diagnosed(places, profile, send) for profile in BROWSERS]
    asked = diagnoses[0].scenario
    story = scene.story(places)
    requests = None if story is None else story["visits"][0]["requests"]
    predictions = tuple(_prediction(diagnosis) for diagnosis in diagnoses)
    return Shown(
        scene=scene,
        rule=None if scene.rule is None else catalogue.by_id(scene.rule),
        code=code(asked, requests[-1] if requests else None),
        answers=tuple(_answer(row, scene, places) for row in scene.rows),
        predictions=predictions,
        command=command_line(asked) if story is None else None,
        skipped=_skipped(scene, asked, (p.verdict for p in predictions)),
        run=run_of(scene.path, asked, diagnoses, requests, headers=bool(scene.visit and scene.visit.get("headers"))),
    )


def run_of(
    id: str,
    asked: Scenario,
    diagnoses: Iterable[Diagnosis],
    requests: list[dict[str, Any]] | None = None,
    *,
    headers: bool = False,
) -> dict[str, Any]:
    """What the page's script needs to make a request: `requests` are those of a flow, and `headers` says that its page has some."""
    return {
        "path": id,
        "requests": [_request(asked)] if requests is None else requests,
        "headers": headers,
        "opaque": asked.origin.opaque,
        "predicted": {d.profile.name: _noticed(d) for d in diagnoses},
    }


def _noticed(diagnosis: Diagnosis) -> dict[str, Any]:
    """The prediction as the events on a page show it: Firefox fires the load event of some preloads that it refuses."""
    preloads = diagnosis.scenario.api in (Api.PRELOAD, Api.MODULEPRELOAD)
    verdict = StepResult(diagnosis, CookieResult()).noticed if preloads else diagnosis.verdict
    return {"verdict": str(verdict), "readable": diagnosis.readable}


def _prediction(diagnosis: Diagnosis) -> Prediction:
    failure, profile = diagnosis.failure, diagnosis.profile
    why = "" if failure is None else sentence(failure, diagnosis.exchanges)
    return Prediction(profile.name, profile.title, diagnosis.verdict, why, diagnosis.readable, diagnosis.console)


def _request(asked: Scenario) -> dict[str, Any]:
    """The request for the page's script, with the keys of a flow's request."""
    return {
        "api": asked.api,
        "url": asked.url,
        "method": asked.method,
        "headers": asked.headers,
        "credentials": asked.credentials,
        "mode": asked.mode,
        "redirect": asked.redirect,
        "body": None if asked.body is None else asked.body.decode(),
        "stream": asked.streamed,
        "upload_listener": asked.upload_listener,
        "as": asked.preload_as,
    }


def _answer(row: Row, scene: Scene, places: Places) -> str:
    """The response as text, below the request that it answers."""
    asked = f"{'any method' if row.method == '*' else row.method} {scene.path}{row.under}"
    if row.closes:
        return f"{asked}\nThe server closes the connection without a response."
    lines = [asked, row.status_line]
    return "\n".join([*lines, *(f"{name}: {value}" for name, value in row.lines(places))])


def _skipped(scene: Scene, asked: Scenario, verdicts: Iterable[Verdict]) -> str | None:
    """Why the page cannot run the scene, None if it can."""
    if Verdict.PENDING in verdicts:
        return "a browser would ask you for a login and wait"
    if asked.streamed and scene.visit is None:
        return "browsers send a streamed body over HTTP/2, and the lab has HTTP/1.1"
    if scene.visit is not None and scene.visit["page"] != "{ORIGIN}/":
        return "it needs a page on another origin"
    if scene.asked.origin != PAGE and not scene.asked.origin.opaque:
        return f"it needs a page on {scene.asked.origin}"
    return unseen(asked)


def unseen(asked: Scenario) -> str | None:
    """Why a page cannot find out what became of the request, None if it can."""
    return _UNSEEN.get(asked.api)
