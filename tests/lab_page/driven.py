"""Chromium by the DevTools protocol and Firefox by WebDriver BiDi: as much of both as a test needs to look at a page."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from websockets.sync.client import ClientConnection, connect

from corsdoctor.witness.programs import find

SECONDS = 600
_PREFERENCES = """user_pref("network.lna.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
"""
_FLAGS = {
    "chromium": [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--ignore-certificate-errors",
    ],
    "firefox": ["--headless", "--no-remote"],
}


class Page:
    """A page that is open in a browser. `messages` are what its console showed: the level, the text and the script."""

    def __init__(self, socket: ClientConnection, name: str) -> None:
        self._socket, self._number, self._chromium = socket, 0, name == "chromium"
        self.messages: list[tuple[str, str, str]] = []
        if self._chromium:
            for domain in ("Page", "Log", "Runtime"):
                self._ask(f"{domain}.enable")
        else:
            self._ask("session.new", capabilities={"alwaysMatch": {"acceptInsecureCerts": True}})
            self._ask("session.subscribe", events=["log.entryAdded"])
            self._context = self._ask("browsingContext.create", type="tab")["context"]

    def open(self, url: str) -> None:
        """Opens `url`, and waits until its script has run."""
        if self._chromium:
            self._ask("Page.navigate", url=url)
        else:
            self._ask("browsingContext.navigate", context=self._context, url=url, wait="complete")
        self.evaluate(
            "new Promise(done => document.readyState === 'complete' ? done('') : addEventListener('load', () => done('')))"
        )

    def look(self, width: int, colors: str) -> None:
        """Shows the page `width` pixels wide, for a user who prefers `colors` ("light" or "dark"). Chromium only."""
        self._ask("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
        self._ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": colors}])

    def evaluate(self, expression: str) -> str:
        """The string that the promise `expression` gives."""
        if self._chromium:
            found = self._ask("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        else:
            target = {"context": self._context}
            found = self._ask("script.evaluate", expression=expression, target=target, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        value: str = found["result"]["value"]
        return value

    def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv(timeout=SECONDS))
            if message.get("id") == self._number:
                assert message.get("error") is None, message
                result: dict[str, Any] = message["result"]
                return result
            self._hear(message)

    def _hear(self, message: dict[str, Any]) -> None:
        match message:
            case {"method": "Log.entryAdded", "params": {"entry": entry}}:
                self.messages.append((entry["level"], entry["text"], entry.get("url", "")))
            case {"method": "Runtime.exceptionThrown", "params": {"exceptionDetails": thrown}}:
                self.messages.append(("exception", thrown["text"], thrown.get("url", "")))
            case {"method": "log.entryAdded", "params": entry}:
                self.messages.append((entry["level"], entry["text"] or "", str(entry.get("stackTrace", ""))))


@contextmanager
def browsing(name: str, profile: Path) -> Iterator[Page]:
    """An empty page in a browser of its own."""
    (profile / "user.js").write_text(_PREFERENCES)
    place = [f"--user-data-dir={profile}"] if name == "chromium" else ["--profile", str(profile)]
    command = [find(name, {}).path, *_FLAGS[name], "--remote-debugging-port=0", *place]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            assert process.stderr is not None
            address = next(found[0] for line in process.stderr if (found := re.search(r"ws://\S+", line)))
            threading.Thread(target=process.stderr.read, daemon=True).start()  # a full pipe would stop the browser
            with connect(_page_at(address, name), max_size=None, open_timeout=SECONDS) as socket:
                yield Page(socket, name)
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def _page_at(address: str, name: str) -> str:
    """The address of a page, from that of the browser."""
    if name == "firefox":
        return f"{address}/session"
    with urlopen(f"http://{address.split('/')[2]}/json/list", timeout=SECONDS) as listed:
        return str(next(page["webSocketDebuggerUrl"] for page in json.load(listed) if page["type"] == "page"))
