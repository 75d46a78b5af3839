"""Shows in a real browser who can read the responses of the estate: python -m tests.audit.witness BROWSER

BROWSER is chromium, firefox or webkit. For each server, a page of every origin that a finding names, and one of a stranger,
requests the server with credentials. All requests go to a proxy here, which answers for every host. It has no TLS, so it takes the
http of an origin for https and back; `insecure` hosts stand for http ones.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from corsdoctor.audit.requests_of_pages import plain_request
from corsdoctor.audit.weigh import findings
from corsdoctor.scenario import Scenario
from corsdoctor.url import OPAQUE
from tests.audit.estate import ESTATE, Question, Server
from tests.audit.host_characters import started
from tests.audit.test_estate import explored

SEEN: Final = Path(__file__).with_suffix(".json")
_SECONDS: Final = 400
_FRAME: Final = """<script>
const read = fetch('http://api.test/' + location.search.slice(1), {credentials: 'include'}).then(r => r.text()).then(t => t === 'secret', () => false);
read.then(yes => parent.postMessage([location.search.slice(1), yes], '*'));
</script>"""
_PAGE: Final = """<!doctype html><meta charset=utf-8><body><script>
addEventListener('message', e => fetch('/seen?' + e.data.join('='), {method: 'POST'}));
for (const [trial, origin] of TRIALS) {
  const frame = document.createElement('iframe');
  if (origin === 'null') frame.setAttribute('sandbox', 'allow-scripts');
  frame.src = (origin === 'null' ? 'http://sandbox.test' : origin) + '/frame?' + trial;
  document.body.append(frame);
}
</script>"""


class Trial(NamedTuple):
    """A page of `origin` that requests a server, at `url`, which is `place` if it is not the server's own."""

    id: str
    server: Server
    origin: str
    url: str
    place: str = ""

    @property
    def key(self) -> str:
        """What the trial is called in the file."""
        return f"{self.server.id} {self.origin}{f' {self.place}' if self.place else ''}"

    @property
    def page(self) -> str:
        """The origin of the page in the browser, which has no TLS here, so that no host of a list for TLS only can be used."""
        return (
            self.origin.replace("http://", "http://insecure.", 1)
            .replace("https://", "http://", 1)
            .replace("codepen.io", "codepen.test")
            .replace(".app", ".apps")
            .replace(".dev", ".devs")
            .replace("127.0.0.1", "address.test")
            .replace("192.168.1.1", "device.test")
            .replace("203.0.113.7", "rented.test")
        )


def trials() -> tuple[Trial, ...]:
    """Each origin of a finding that concerns reading, and a stranger's, for each server."""
    found = []
    for number, server in enumerate(ESTATE):
        named = {
            (f.origin, f.exchange.request.url if f.place else server.url, f.place or "")
            for f in findings(explored(server))
            if f.browsers
        }
        named.add(("https://stranger.example", server.url, ""))
        asked = sorted(one for one in named if one[0].startswith("http") or one[0] == "null")
        found += [Trial(f"{number}-{at}", server, *one) for at, one in enumerate(asked)]
    return tuple(found)


def expected(trial: Trial, browser: str) -> bool:
    """Whether the audit says that a page of this origin reads the response in this browser."""
    found = explored(trial.server)
    tried = [look.tried for look in found.looks if look.place == trial.place] if trial.place else found.tried
    return any(str(one.candidate.origin) == trial.origin and browser in one.with_credentials for one in tried)


def main(browser: str) -> None:
    """Writes who could read what to the file beside this one."""
    every = trials()
    seen: dict[str, bool] = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler({trial.id: trial for trial in every}, seen))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        process = started(browser, server.server_port, Path(folder))
        end = time.monotonic() + _SECONDS
        while len(seen) < len(every) and time.monotonic() < end:
            time.sleep(1)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    recorded = json.loads(SEEN.read_text(encoding="utf-8")) if SEEN.exists() else {}
    recorded[browser] = {t.key: seen[t.id] for t in every if t.id in seen}
    SEEN.write_text(json.dumps(recorded, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _handler(every: dict[str, Trial], seen: dict[str, bool]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            if url.hostname == "api.test":
                self._answer(every[url.path.strip("/")])
                return
            given = json.dumps([(trial.id, trial.page) for trial in every.values()])
            body = {"/frame": _FRAME, "/start": _PAGE.replace("TRIALS", given)}.get(url.path, "")
            self._send(200, [("Content-Type", "text/html")], body)

        def do_POST(self) -> None:
            trial, _, read = urlsplit(self.path).query.partition("=")
            if trial in every:
                seen[trial] = read == "true"
            self._send(204, [], "")

        def _answer(self, trial: Trial) -> None:
            plain = plain_request(Scenario(trial.url, OPAQUE), trial.url)
            assert plain is not None  # every server has a port that browsers request
            origin = self.headers.get("Origin", "")
            meant = trial.origin if origin == trial.page else origin
            answer = trial.server.policy(
                Question(meant, False, urlsplit(plain.url).path, tls=trial.url.startswith("https:"))
            )
            pairs = [(name, origin if value == meant else value) for name, value in answer.headers]
            self._send(answer.status, pairs, "secret")

        def _send(self, status: int, pairs: list[tuple[str, str]], body: str) -> None:
            self.send_response(status)
            for name, value in (*pairs, ("Content-Length", str(len(body)))):
                self.send_header(name, value)
            self.end_headers()
            if status != 204:
                self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None: ...

    return Handler


if __name__ == "__main__":
    main(sys.argv[1])
