"""Records which characters a browser sends in the host of an Origin header: python -m tests.audit.host_characters BROWSER

BROWSER is chromium, firefox or webkit. All of its requests go to a proxy here, which answers for every host.
"""

from __future__ import annotations

import json
import os
import signal
import string
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from tests.transport.recording.record import FIREFOX

SEEN: Final = Path(__file__).with_suffix(".json")
CHARACTERS: Final = "".join(sorted(set(string.punctuation) - set(".:/?#@[]\\<>")))
"""What may be a part of a host; the others end it, or no URL has them there."""
_SECONDS: Final = 60
_HOST: Final = "app{}.stranger.test"
_FRAME: Final = (
    "<script>fetch('http://api.test/seen' + location.search).finally(() => fetch('http://api.test/done'))</script>"
)
_PAGE: Final = """<!doctype html><meta charset=utf-8><body><script>
for (const [number, host] of {hosts}.entries()) {{
  const frame = document.createElement('iframe');
  frame.src = 'http://' + host + '/frame?' + number;
  document.body.append(frame);
}}
</script>"""


def main(browser: str) -> None:
    """Writes the characters to the file beside this one."""
    seen: dict[str, str] = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(seen))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        process = started(browser, server.server_port, Path(folder))
        threading.Event().wait(_SECONDS)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    found = "".join(character for character in CHARACTERS if seen.get(character) == f"http://{_HOST.format(character)}")
    recorded = json.loads(SEEN.read_text(encoding="utf-8")) if SEEN.exists() else {}
    SEEN.write_text(
        json.dumps({**recorded, browser: {"sent": found, "all": seen}}, indent=1, sort_keys=True) + "\n",
        encoding="utf-8",
    )


def _handler(seen: dict[str, str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            if url.path == "/seen":
                [number] = parse_qs(f"n={url.query}")["n"]
                seen[CHARACTERS[int(number)]] = self.headers.get("Origin", "")
            hosts = json.dumps([_HOST.format(character) for character in CHARACTERS])
            body = {"/frame": _FRAME, "/start": _PAGE.format(hosts=hosts)}.get(url.path, "").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    return Handler


def started(browser: str, port: int, work: Path) -> subprocess.Popen[bytes]:
    """The browser, on its way to the first page, with a proxy at `port` for all that it requests."""
    url, env = "http://start.test/start", dict(os.environ, HOME=str(work))
    match browser:
        case "chromium":
            command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", f"--proxy-server=127.0.0.1:{port}",
                       "--proxy-bypass-list=<-loopback>", "--disable-site-isolation-trials", "--disable-features=IsolateOrigins,site-per-process",
                       f"--user-data-dir={work}/profile", url]  # fmt: skip
        case "firefox":
            (work / "profile").mkdir()
            prefs = {
                **FIREFOX,
                "network.proxy.type": 1,
                "network.proxy.http": "127.0.0.1",
                "network.proxy.http_port": port,
                "network.proxy.allow_hijacking_localhost": True,
            }
            lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in prefs.items())
            (work / "profile" / "user.js").write_text("".join(lines))
            command = ["firefox-esr", "--headless", "--no-remote", "--profile", f"{work}/profile", url]
        case _:
            env |= {
                "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
                "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
                "LIBGL_ALWAYS_SOFTWARE": "1",
            }
            mini = next(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
            command = ["xvfb-run", "-a", "dbus-run-session", "--", str(mini), f"--proxy=http://127.0.0.1:{port}", url]
    with (work / "log").open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, env=env, start_new_session=True)


if __name__ == "__main__":
    main(sys.argv[1])
