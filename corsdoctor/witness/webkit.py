"""Drives WebKitGTK's MiniBrowser by its WebKitWebDriver, on a display of its own.

Each request has a session of its own, because nothing else drops the results of preflight requests. In a session that is
driven the console cannot be read. https://www.w3.org/TR/webdriver2/
"""

from __future__ import annotations

import http.client
import json
import shutil
import socket
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final

from corsdoctor.witness.authority import Authority
from corsdoctor.witness.browser import SECONDS, BrowserFailed
from corsdoctor.witness.process import Process

_ENVIRONMENT: Final = {
    "LIBGL_ALWAYS_SOFTWARE": "1",
    "NO_AT_BRIDGE": "1",
    "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
    "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
}
_HOST: Final = "127.0.0.1"


class WebKit:
    """A running driver, which starts a browser for each session."""

    def __init__(self, program: str, profile: Path, proxy: str, authority: Authority, *, sandbox: bool) -> None:
        """BrowserFailed if it does not start."""
        del authority  # the session accepts every certificate
        self._port, self._session = _free_port(), ""
        minis = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser")) or sorted(
            Path("/usr/libexec").glob("webkit2gtk-4.*/MiniBrowser")
        )
        missing = next((tool for tool in ("xvfb-run", "dbus-run-session") if shutil.which(tool) is None), None)
        if not minis or missing is not None:
            raise BrowserFailed(f"{missing or 'MiniBrowser'} is missing: apt install webkit2gtk-driver xvfb dbus")
        command = ["xvfb-run", "-a", "dbus-run-session", "--", program, f"--port={self._port}"]
        env = {"HOME": str(profile), "TMPDIR": str(profile), **_ENVIRONMENT}
        if sandbox:
            del env["WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS"]
        self._process = Process(command, profile, env, gently=True, stdin=-3, stdout=-3)
        self._capabilities = {
            "acceptInsecureCerts": True,
            "webkitgtk:browserOptions": {"binary": str(minis[-1]), "args": ["--automation", f"--proxy=http://{proxy}"]},
        }
        try:
            self._wait()
            self.version = self._new_session()
        except BrowserFailed:
            self._process.end()
            raise

    def forget(self, *, everything: bool) -> None:  # noqa: ARG002
        """Starts a new session, which is always everything."""
        self._ask("DELETE", f"/session/{self._session}")
        self._new_session()

    def show(self, key: str) -> bool:  # noqa: ARG002
        """Never: the session is new."""
        return False

    def open(self, url: str) -> None:
        """Opens a page, and waits until it is loaded."""
        self._ask("POST", f"/session/{self._session}/url", url=url)

    def evaluate(self, expression: str) -> tuple[str, None]:
        """The value of a promise in the page that is open; None for the console."""
        script = f"const done = arguments[0]; ({expression}).then(done, e => done(String(e)));"
        return str(self._ask("POST", f"/session/{self._session}/execute/async", script=script, args=[])), None

    def end(self) -> None:
        """Ends the driver with its browser and display."""
        self._process.end()

    def _new_session(self) -> str:
        found = self._ask("POST", "/session", capabilities={"alwaysMatch": self._capabilities})
        self._session = found["sessionId"]
        version: str = found["capabilities"]["browserVersion"]
        return version

    def _wait(self) -> None:
        """Waits until the driver accepts connections."""
        deadline = monotonic() + SECONDS
        while True:
            try:
                socket.create_connection((_HOST, self._port), 1).close()
            except OSError:
                if self._process.ended:
                    raise BrowserFailed("it has ended") from None
                if monotonic() > deadline:
                    raise BrowserFailed(f"it does not answer within {SECONDS:g} s") from None
                sleep(0.02)
            else:
                return

    def _ask(self, method: str, path: str, **body: object) -> Any:
        connection = http.client.HTTPConnection(_HOST, self._port, timeout=SECONDS)
        try:
            connection.request(method, path, json.dumps(body) if method == "POST" else None)
            response = connection.getresponse()
            value = json.loads(response.read())["value"]
        except (OSError, http.client.HTTPException, ValueError) as e:
            late = isinstance(e, TimeoutError)
            raise BrowserFailed(
                f"the browser does not answer within {SECONDS:g} s" if late else "the browser has ended"
            ) from e
        finally:
            connection.close()
        if response.status != 200:
            raise BrowserFailed(str(value.get("message") or value.get("error")).partition("\n")[0])
        return value


def _free_port() -> int:
    """A port that nobody listens on now: the driver takes no 0."""
    with socket.socket() as sock:
        sock.bind((_HOST, 0))
        port: int = sock.getsockname()[1]
        return port
