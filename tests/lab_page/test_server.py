"""The page of the lab over real sockets: what it serves, to whom, and under which policies."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing

import pytest

from corsdoctor.browsers import BROWSERS
from corsdoctor.lab.scenes import SCENES
from corsdoctor.lab_page.server import MAX_BODY, LabPage


@pytest.fixture(scope="module")
def page() -> Iterator[LabPage]:
    with LabPage() as running:
        yield running


def ask(
    page: LabPage, path: str, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> tuple[int, http.client.HTTPMessage, str]:
    """Status, headers and body of a response; the request names the page's host unless `headers` say otherwise."""
    with closing(
        http.client.HTTPConnection("127.0.0.1", int(page.origin.rpartition(":")[2]), timeout=60)
    ) as connection:
        named = {"Host": page.origin.removeprefix("http://"), **(headers or {})}
        connection.request(method, path, body, named)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()


def post(page: LabPage, path: str, value: object, **headers: str) -> tuple[int, str]:
    """Status and body of the answer to what the page's script sends."""
    own = {"Origin": page.origin, "Content-Type": "application/json"}
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    status, _, body = ask(page, path, "POST", json.dumps(value).encode(), {**own, **named})
    return status, body


def test_the_page_shows_every_scene(page: LabPage) -> None:
    status, headers, text = ask(page, "/")
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert re.findall(r'<details class="scene" id="([^"]+)"', text) != []
    assert set(re.findall(r'<details class="scene" id="([^"]+)"', text)) == {scene.path for scene in SCENES}


def test_what_is_in_a_scene_comes_after_the_page(page: LabPage) -> None:
    details = json.loads(ask(page, "/details.json")[2])
    assert set(details) == {scene.path for scene in SCENES}
    assert "<h3>The request</h3>" in details["/cors/missing"]
    assert "corsdoctor check http" in details["/cors/missing"]
    assert "<h3>The request</h3>" not in ask(page, "/")[2]


def test_a_page_without_javascript_says_what_is_missing(page: LabPage) -> None:
    assert "<noscript>" in ask(page, "/")[2]
    assert "<noscript>" in ask(page, "/playground")[2]


def test_an_error_in_the_predictions_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_places: object) -> None:
        raise KeyError("a scene")

    monkeypatch.setattr("corsdoctor.lab_page.server.resources", fail)
    with LabPage() as running:
        for path in ("/", "/details.json"):
            status, _, text = ask(running, path)
            assert (status, text) == (500, "Internal error: the scenes could not be predicted: KeyError('a scene')\n")


def test_what_runs_has_a_prediction_for_each_browser(page: LabPage) -> None:
    runs = json.loads(ask(page, "/scenes.json")[2])
    assert {tuple(run["predicted"]) for run in runs} == {tuple(profile.name for profile in BROWSERS)}
    text = ask(page, "/")[2]
    assert f"{len(runs)} of {len(SCENES)} scenes can be run here." in text
    assert text.count(">not run here<") == len(SCENES) - len(runs)


def test_the_scenes_are_served_for_the_page(page: LabPage) -> None:
    run = next(run for run in json.loads(ask(page, "/scenes.json")[2]) if run["path"] == "/cors/missing")
    assert run["requests"][0]["url"] == f"{page.places.lab}/cors/missing"
    with closing(http.client.HTTPConnection(page.places.lab.removeprefix("http://"), timeout=60)) as connection:
        connection.request("GET", "/allowed")
        assert connection.getresponse().getheader("Access-Control-Allow-Origin") == page.origin


def test_only_the_stage_may_be_framed_and_may_request_other_origins(page: LabPage) -> None:
    for path in ("/", "/lab.js", "/scenes.json"):
        policy = ask(page, path)[1]["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self';")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
    assert f"script-src 'self' {page.places.lab}" in ask(page, "/stage")[1]["Content-Security-Policy"]


def test_a_scene_with_headers_of_the_page_has_a_stage_with_them(page: LabPage) -> None:
    policies = ask(page, "/stage/flow/csp")[1].get_all("Content-Security-Policy")
    assert policies is not None
    assert policies[1:] == ["connect-src 'self'"]


def test_no_script_or_style_is_inline(page: LabPage) -> None:
    for path in ("/", "/playground", "/stage"):
        text = ask(page, path)[2]
        assert re.findall(r"<script(?![^>]* src=)|<style| style=| on\w+=", text) == []
        assert re.findall(r'<(?:script|link|img)[^>]* (?:src|href)="(?!/\w)', text) == []


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost", "localhost:1", ""])
def test_another_host_is_refused(page: LabPage, host: str) -> None:
    for path in ("/", "/scenes.json", "/stage"):
        status, _, text = ask(page, path, headers={"Host": host})
        assert (status, text) == (421, f"The lab answers only at {page.origin}/.\n")
    status, _, _ = ask(page, "/api/received", "POST", b"{}", {"Host": host, "Origin": page.origin})
    assert status == 421


def test_no_host_is_refused(page: LabPage) -> None:
    with socket.create_connection(("127.0.0.1", int(page.origin.rpartition(":")[2])), timeout=60) as sock:
        sock.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert b" 421 " in sock.recv(100)


@pytest.mark.parametrize(
    "path", ["/../pyproject.toml", "/static/lab.js", "/templates/base.html", "/%2e%2e/server.py", "/lab.js/"]
)
def test_no_path_is_a_file(page: LabPage, path: str) -> None:
    assert ask(page, path)[0] == 404


def test_a_head_request_has_the_length_of_the_page(page: LabPage) -> None:
    status, headers, text = ask(page, "/", "HEAD")
    assert (status, text) == (200, "")
    assert int(headers["Content-Length"]) > 10_000


def test_other_methods_are_refused(page: LabPage) -> None:
    assert ask(page, "/", "PUT")[0] == 501


def test_a_question_of_the_page_is_answered(page: LabPage) -> None:
    with closing(http.client.HTTPConnection(page.places.lab.removeprefix("http://"), timeout=60)) as connection:
        for method in ("OPTIONS", "POST"):
            connection.request(method, "/request/beacon-json")
            connection.getresponse().read()
    assert post(page, "/api/received", {"path": "/request/beacon-json"}) == (200, '{"received": 1}')
    assert post(page, "/api/received", [1]) == (200, '{"received": 0}')


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "null"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": "application/json; charset=utf-8"}, 415),
        ({"Content_Length": "x"}, 411),
        ({"Content_Length": str(MAX_BODY + 1)}, 413),
    ],
)
def test_a_question_of_anybody_else_is_refused(page: LabPage, headers: Mapping[str, str], status: int) -> None:
    assert post(page, "/api/received", {}, **headers)[0] == status


def test_a_question_without_an_origin_is_refused(page: LabPage) -> None:
    assert ask(page, "/api/received", "POST", b"{}", {"Content-Type": "application/json"})[0] == 403


def test_what_is_wrong_with_a_form_is_no_error_in_the_console(page: LabPage) -> None:
    assert post(page, "/api/diagnose", {"request": 1}) == (
        200, '{"problem": "request: must be an object that describes one request"}',
    )  # fmt: skip


def test_the_stage_starts_in_a_sandbox_and_on_a_page_that_requires_integrity(page: LabPage) -> None:
    [digest] = re.findall(r'<script src="/stage.js" crossorigin integrity="sha256-([^"]+)">', ask(page, "/stage")[2])
    _, headers, text = ask(page, "/stage.js")
    assert base64.b64decode(digest) == hashlib.sha256(text.encode()).digest()
    assert headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("body", [b"{", b"[" * 60_000, b"\xff", b"1" * 60_000])
def test_bad_json_is_refused_with_one_line(page: LabPage, body: bytes) -> None:
    own = {"Origin": page.origin, "Content-Type": "application/json"}
    status, _, text = ask(page, "/api/received", "POST", body, own)
    assert (status, text.count("\n")) == (400, 1)


def test_an_unknown_question_is_not_found(page: LabPage) -> None:
    assert post(page, "/api/nothing", {})[0] == 404


def test_a_page_that_does_not_run_stands_nowhere() -> None:
    stopped = LabPage()
    with pytest.raises(RuntimeError):
        _ = stopped.origin
    with pytest.raises(RuntimeError):
        _ = stopped.places


def test_a_port_in_use_leaves_nothing_open(page: LabPage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        free = probe.getsockname()[1]
    with pytest.raises(OSError, match=r"."), LabPage((free, page.places.port, 0)):
        pass
    with socket.create_server(("127.0.0.1", free)):
        pass
