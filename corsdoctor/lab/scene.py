"""What a scene of the lab is: the answers of a server, the request that shows them, and the verdict that browsers come to.

Nothing here looks at a request's headers: an answer is chosen by path and method.

In header values, and in the URL and headers of a request, these words in braces are filled in: {LAB} and {OTHER} are the
lab's two origins, {SCHEME} their scheme, {LAB_PORT} the port of the first, {OTHER_HOST} host and port of the second, {ORIGIN}
the page's origin.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from corsdoctor.browsers.profile import Profile
from corsdoctor.diagnose import Diagnosis, Verdict, diagnose_all
from corsdoctor.flow.read import read_flow
from corsdoctor.flow.run import run_flow
from corsdoctor.scenario import Scenario
from corsdoctor.url import Origin
from corsdoctor.wire import Send

HOST: Final = "127.0.0.1"
PAGE: Final = Origin("http", "localhost", 3000)
BODY: Final = b'{"from": "the lab"}\n'
_REASONS: Final = {status.value: status.phrase for status in HTTPStatus}
BODILESS_STATUSES: Final = frozenset({101, 204, 304})


@dataclass(frozen=True, slots=True)
class Places:
    """The places of the lab: its two ports on loopback, the origin of the page that its answers name, whose scheme is theirs."""

    port: int
    other_port: int
    page: Origin = PAGE

    @property
    def lab(self) -> str:
        """The origin of the first port."""
        return f"{self.page.scheme}://{HOST}:{self.port}"

    @property
    def other(self) -> str:
        """The origin of the second port."""
        return f"{self.page.scheme}://{HOST}:{self.other_port}"

    def fill(self, text: str) -> str:
        """`text` with the words in braces filled in."""
        words = {
            "{LAB}": self.lab, "{OTHER}": self.other, "{ORIGIN}": str(self.page),
            "{SCHEME}": self.page.scheme, "{LAB_PORT}": str(self.port), "{OTHER_HOST}": f"{HOST}:{self.other_port}",
        }  # fmt: skip
        for word, meaning in words.items():
            text = text.replace(word, meaning)
        return text


@dataclass(frozen=True, slots=True)
class Row:
    """One answer, to `method` ("*" for any) at the scene's path and `under`.

    With `closes`, the connection is closed without an answer. A header's value may contain words in braces. `missing` is
    the number of bytes that Content-Length announces and that the body lacks.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    method: str = "*"
    under: str = ""
    body: bytes = BODY
    closes: bool = False
    missing: int = 0

    @property
    def status_line(self) -> str:
        """The first line of the answer."""
        return f"HTTP/1.1 {self.status} {_REASONS.get(self.status, '')}".rstrip()

    def lines(self, places: Places) -> tuple[tuple[str, str], ...]:
        """The header lines as they are sent, Content-Length included."""
        lines = tuple((name, places.fill(value)) for name, value in self.headers)
        if self.status in BODILESS_STATUSES:
            return lines
        return (*lines, ("Content-Length", str(len(self.body) + self.missing)))


NOT_FOUND: Final = Row(404, (("Content-Type", "text/plain"),), body=b"No such scene: see `corsdoctor lab --list`.\n")


@dataclass(frozen=True, slots=True)
class Scene:
    """One situation: the answers at `path`, and the request that demonstrates them.

    `rule` is the id of the rule that it demonstrates: it fails, or there is a note of it, where a verdict is `blocked`.
    `asked` has an empty URL where it asks for the scene's path on the first port. `but` names the browsers whose verdict
    is another. With a `visit`, the request is the last one of a flow of this one visit, whose strings may contain words in
    braces.
    """

    path: str
    title: str
    rule: str | None
    rows: tuple[Row, ...]
    asked: Scenario
    verdict: Verdict
    but: tuple[tuple[str, Verdict], ...] = ()
    visit: dict[str, Any] | None = None

    def story(self, places: Places) -> dict[str, Any] | None:
        """The flow to the lab at `places`, as a file describes it; None where it takes a single request."""
        filled = _filled(self.visit, places)
        return None if filled is None else {"visits": [filled]}

    def diagnosed(self, places: Places, profile: Profile, send: Send) -> Diagnosis:
        """What the browser makes of the request to the lab at `places`."""
        story = self.story(places)
        if story is None:
            return diagnose_all(self.scenario(places), (profile,), send)[0]
        [result] = run_flow(read_flow(story), (profile,), send)
        return result.steps[-1].diagnosis

    def scenario(self, places: Places) -> Scenario:
        """The request to the lab at `places`, from its page."""
        return self.asked._replace(
            origin=places.page if self.asked.origin == PAGE else self.asked.origin,
            url=places.fill(self.asked.url or f"{{LAB}}{self.path}"),
            headers=tuple((name, places.fill(value)) for name, value in self.asked.headers),
        )

    def expected(self, browser: str) -> Verdict:
        """The verdict in the browser of that name."""
        return dict(self.but).get(browser, self.verdict)


def _filled(value: Any, places: Places) -> Any:
    if isinstance(value, str):
        return places.fill(value)
    if isinstance(value, list):
        return [_filled(one, places) for one in value]
    return {key: _filled(one, places) for key, one in value.items()} if isinstance(value, dict) else value
