"""Serves the page of the lab on a port of its own. The scenes that it runs are on the two ports of the Lab beside it.

Every resource is in memory: no path of a URL is a path of a file. A request must name this server in Host, or a page of any
site could reach it by a DNS name of its own; a POST must come from the page itself and hold JSON of a bounded size.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self

from corsdoctor.lab.scene import HOST, Places
from corsdoctor.lab.scenes import SCENES
from corsdoctor.lab.server import Lab, secured
from corsdoctor.lab_page.page import rendered, static
from corsdoctor.lab_page.playground import CHOICES, PATH, played
from corsdoctor.lab_page.shown import GROUPS, shown
from corsdoctor.record import Record
from corsdoctor.url import Origin

MAX_BODY: Final = 64 * 1024  # bytes
IDLE_SECONDS: Final = 30.0
NAME: Final = "localhost"
_POLL_SECONDS: Final = 0.05
_CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_STAGE_CSP: Final = "default-src * data: blob: file: ftp: 'unsafe-inline'; script-src 'self' {LAB} {OTHER}; base-uri 'none'; frame-ancestors 'self'"
"""Of the frame that makes the requests: a stricter one would show itself in place of CORS."""
_TYPES: Final = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "svg": "image/svg+xml",
}


class Resource(Record):
    """What a GET returns: its type, its bytes, and headers of its own."""

    type: str
    content: bytes
    headers: tuple[tuple[str, str], ...] = (("Content-Security-Policy", _CSP),)


class LabPage:
    """The page with the lab that it runs on; both run while the context is entered, on loopback only."""

    def __init__(self, ports: tuple[int, int, int] = (0, 0, 0), tls: ssl.SSLContext | None = None) -> None:
        """`ports` are those of the page and of the scenes' two origins, 0 for any free one; all use https if there is `tls`.
        Entering raises an OSError if a port is not available.
        """
        self._ports, self._tls = ports, tls
        self._running = ExitStack()
        self._server: _Server | None = None

    @property
    def origin(self) -> str:
        """The origin of the page, such as http://localhost:8767. Raises RuntimeError before it is entered."""
        if self._server is None:
            raise RuntimeError("the page of the lab is not running")
        return str(self._server.origin)

    @property
    def places(self) -> Places:
        """The places of the lab that the page runs on. Raises RuntimeError before it is entered."""
        if self._server is None:
            raise RuntimeError("the page of the lab is not running")
        return self._server.lab.places

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            server = starting.enter_context(_Server(self._ports[0], self._tls))
            server.start(starting.enter_context(Lab(self._ports[1:], server.origin, self._tls)))
            starting.callback(server.stop)
            self._server = server
            self._running = starting.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None) -> None:
        self._running.close()


class _Server(ThreadingHTTPServer):
    """The port of the page."""

    lab: Lab

    def __init__(self, port: int, tls: ssl.SSLContext | None) -> None:
        super().__init__((HOST, port), _Conversation)
        self.origin = Origin("http" if tls is None else "https", NAME, self.server_port)
        self._tls = tls
        self._resources = Future[dict[str, Resource]]()
        self._loop = threading.Thread(target=self.serve_forever, args=(_POLL_SECONDS,), daemon=True)

    def start(self, lab: Lab) -> None:
        """Starts to answer, in new threads; the first request waits until the scenes have been predicted."""
        self.lab = lab
        pool = ThreadPoolExecutor(1)
        self._resources = pool.submit(resources, lab.places)
        pool.shutdown(wait=False)
        self._loop.start()

    def resource(self, path: str) -> Resource | None:
        """What a GET of `path` returns, None if there is nothing. Raises what went wrong if the scenes could not be predicted."""
        return self._resources.result().get(path)

    def stop(self) -> None:
        """Stops answering."""
        self.shutdown()
        self._loop.join()

    def get_request(self) -> tuple[socket.socket, Any]:
        """The next connection."""
        connection, address = super().get_request()
        return secured(connection, self._tls), address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a client may close its connection at any time."""


def resources(places: Places) -> dict[str, Resource]:
    """By path, all that a GET can return."""
    scenes = [shown(scene, places) for scene in SCENES]
    groups = [(title, [scene for scene in scenes if scene.group == title]) for title in GROUPS.values()]
    runs = [scene.run for scene in scenes if scene.skipped is None]
    details = {scene.scene.path: rendered("scene.html", scene=scene).decode() for scene in scenes}
    files = static()
    digest = base64.b64encode(
        hashlib.sha256(files["stage.js"]).digest()
    ).decode()  # Integrity-Policy of a scene requires it
    stage = Resource(_TYPES["html"], rendered("stage.html", digest=f"sha256-{digest}"), _stage_headers(places))
    found = {
        "/": Resource(
            _TYPES["html"], rendered("scenes.html", groups=groups, places=places, runs=len(runs), total=len(scenes))
        ),
        "/playground": Resource(_TYPES["html"], rendered("playground.html", places=places, path=PATH, **CHOICES)),
        "/details.json": Resource(_TYPES["json"], json.dumps(details).encode()),
        "/scenes.json": Resource(_TYPES["json"], json.dumps(runs).encode()),
        "/stage": stage,
        **{f"/{name}": Resource(_TYPES[name.rpartition(".")[2]], content) for name, content in files.items()},
    }
    from_null = ("Access-Control-Allow-Origin", "*")  # a sandboxed stage has the origin null
    found["/stage.js"] = found["/stage.js"]._replace(headers=(*found["/stage.js"].headers, from_null))
    found["/worker.js"] = found["/worker.js"]._replace(headers=stage.headers)
    for scene in (scene for scene in scenes if scene.run["headers"]):
        visit = scene.scene.story(places)
        own = () if visit is None else tuple((name, value) for name, value in visit["visits"][0]["headers"])
        found[f"/stage{scene.scene.path}"] = stage._replace(headers=(*stage.headers, *own))
    return found


def _stage_headers(places: Places) -> tuple[tuple[str, str], ...]:
    return (("Content-Security-Policy", places.fill(_STAGE_CSP)),)


def _received(asked: dict[str, Any], lab: Lab) -> dict[str, Any]:
    """How many requests the lab received at a path."""
    return {"received": lab.received(str(asked.get("path")))}


_ANSWERS: Final[dict[str, Callable[[dict[str, Any], Lab], dict[str, Any]]]] = {
    "/api/received": _received,
    "/api/diagnose": played,
}
"""By path, what answers a POST. A ValueError of it says what is wrong with what was asked; the page gets it as `problem`, with
status 200, because a browser's console shows any other status as an error."""
_LENGTH: Final = re.compile(r"[0-9]{1,9}", re.ASCII)


class _Conversation(BaseHTTPRequestHandler):
    """One connection of a browser."""

    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Returns a resource."""
        path = self.path.partition("?")[0]
        if self._is_misdirected():
            return
        try:
            resource = self.server.resource(path)
        except Exception as e:  # an internal error, which nobody else would see
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, f"Internal error: the scenes could not be predicted: {e!r}")
            return
        if resource is None:
            self._refuse(HTTPStatus.NOT_FOUND, "The lab has no such page.")
            return
        self._answer(HTTPStatus.OK, resource)

    def do_HEAD(self) -> None:
        """Returns the headers of a resource."""
        self.do_GET()

    def do_POST(self) -> None:
        """Answers a question of the page with JSON."""
        if self._is_misdirected():
            return
        answer = _ANSWERS.get(self.path)
        refused = self._refused_post(answer is not None)
        if refused is not None or answer is None:
            self._refuse(*(refused or (HTTPStatus.NOT_FOUND, "")))
            return
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            asked = json.loads(body)
        except (ValueError, RecursionError):
            self._refuse(HTTPStatus.BAD_REQUEST, "The body is not valid JSON.")
            return
        try:
            told = answer(asked if isinstance(asked, dict) else {}, self.server.lab)
        except ValueError as e:
            told = {"problem": str(e)}
        self._answer(HTTPStatus.OK, Resource(_TYPES["json"], json.dumps(told).encode()))

    def _refused_post(self, known: bool) -> tuple[HTTPStatus, str] | None:
        """Why a POST is refused, None if it is not: it must be the page's own, with JSON of a bounded size."""
        if self.headers.get_all("Origin") != [str(self.server.origin)]:
            return HTTPStatus.FORBIDDEN, "Only the page of the lab itself may send this request."
        if not known:
            return HTTPStatus.NOT_FOUND, "The lab has no such page."
        if self.headers.get("Content-Type") != _TYPES["json"]:
            return HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The Content-Type must be application/json."
        lengths = self.headers.get_all("Content-Length") or []
        if len(lengths) != 1 or not _LENGTH.fullmatch(lengths[0]):
            return HTTPStatus.LENGTH_REQUIRED, "A Content-Length is required."
        if int(lengths[0]) > MAX_BODY:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body must have at most {MAX_BODY} bytes."
        return None

    def _is_misdirected(self) -> bool:
        """Whether Host does not name this server. If so, the request is refused."""
        own = f"{NAME}:{self.server.server_port}"
        if self.headers.get_all("Host") == [own]:
            return False
        self._refuse(HTTPStatus.MISDIRECTED_REQUEST, f"The lab answers only at {self.server.origin}/.")
        return True

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        self.close_connection = True
        self._answer(status, Resource("text/plain; charset=utf-8", f"{why}\n".encode()))

    def _answer(self, status: HTTPStatus, resource: Resource) -> None:
        self.send_response(status)
        self.send_header("Content-Type", resource.type)
        self.send_header("Content-Length", str(len(resource.content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        for name, value in resource.headers:
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(resource.content)

    def version_string(self) -> str:
        """The value of Server."""
        return "corsdoctor-lab"

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged."""
