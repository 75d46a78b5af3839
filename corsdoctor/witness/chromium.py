"""Drives Chromium, Chrome or Edge by the DevTools protocol, over a pipe: no port is opened.

What a server left behind goes with the browser context, which shares nothing with others.
https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import json
import os
import select
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any, Final

from corsdoctor.witness.authority import Authority
from corsdoctor.witness.browser import SECONDS, BrowserFailed, Tabs
from corsdoctor.witness.process import Process

_FLAGS: Final = (
    "--headless=new", "--remote-debugging-pipe", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--no-default-browser-check", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-extensions", "--disable-default-apps", "--disable-domain-reliability", "--metrics-recording-only",
    "--disable-dev-shm-usage", "--disable-breakpad", "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows", "--password-store=basic", "--use-mock-keychain",
    # a page with http: in its origin stays one, and a sandboxed frame prints on the console of its page
    "--disable-features=IsolateSandboxedIframes,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,OptimizationHints,MediaRouter,Translate",
)  # fmt: skip
_PREFERENCES: Final = {"profile": {"cookie_controls_mode": 0, "block_third_party_cookies": False}}
"""Third-party cookies as in the Chromium that the replay knows; Debian's blocks them."""
_ATTACHED: Final = "Target.attachedToTarget"
_CHILDREN: Final = frozenset({"iframe", "worker", "service_worker"})
"""What has a console of its own beside that of its page."""
_PIPED: Final = 'exec "$@" 3<&0 4>&1 </dev/null >/dev/null'  # the pipes are where Chromium expects them


class Chromium:
    """A running browser."""

    def __init__(self, program: str, profile: Path, proxy: str, authority: Authority, *, sandbox: bool) -> None:
        """BrowserFailed if it does not start."""
        folder = profile / "Default"
        folder.mkdir()
        (folder / "Preferences").write_text(json.dumps(_PREFERENCES))
        flags = [
            *_FLAGS, f"--user-data-dir={profile}", f"--proxy-server=http://{proxy}", "--proxy-bypass-list=<-loopback>",
            f"--ignore-certificate-errors-spki-list={authority.key_hash}",
        ]  # fmt: skip
        if not sandbox:
            flags.append("--no-sandbox")
        command = ["/bin/sh", "-c", _PIPED, "sh", program, *flags]
        self._process = Process(command, profile, {}, stdin=-1, stdout=-1)
        self._number, self._rest = 0, b""
        self._context = self._session = ""
        self._tabs = Tabs()
        self._events: list[dict[str, Any]] = []
        try:
            product: str = self._ask("Browser.getVersion")["product"]
        except BrowserFailed as e:
            self._process.end()
            raise _unstarted(e, self._process.log) from None
        self.version = product.rpartition("/")[2]

    def forget(self, *, everything: bool) -> None:
        """A new context, or an old one without caches and cookies, which takes a tenth of the time."""
        if not everything and self._session:
            for what in ("Cache", "Cookies"):
                self._ask(f"Network.clearBrowser{what}", self._session)
            return
        if self._context:
            self._ask("Target.disposeBrowserContext", browserContextId=self._context)
        self._context = self._ask("Target.createBrowserContext")["browserContextId"]
        self._tabs.clear()
        self._session = ""

    def show(self, key: str) -> bool:
        """Goes to the tab of the page, and brings it to the front: a hidden page does not load audio and video."""
        last = self._session
        self._session, opened = self._tabs.of(key, self._new_tab)
        if self._session != last:
            self._ask("Page.bringToFront", self._session)
        return opened

    def _new_tab(self) -> str:
        target = self._ask("Target.createTarget", url="about:blank", browserContextId=self._context)["targetId"]
        session: str = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Log", "Runtime"):
            self._ask(f"{domain}.enable", session)
        self._ask("Target.setAutoAttach", session, autoAttach=True, waitForDebuggerOnStart=False, flatten=True)
        return session

    def open(self, url: str) -> None:
        """Opens a page, and waits until it is loaded."""
        error = self._ask("Page.navigate", self._session, url=url).get("errorText")
        if error:
            raise BrowserFailed(f"the page cannot be opened: {error}")
        self._until(lambda event: event.get("method") == "Page.loadEventFired")

    def evaluate(self, expression: str) -> tuple[str, tuple[str, ...]]:
        """The value of a promise in the page that is open, and what the console said meanwhile."""
        self._events.clear()
        found = self._ask(
            "Runtime.evaluate", self._session, expression=expression, awaitPromise=True, returnByValue=True
        )  # fmt: skip
        if "exceptionDetails" in found:
            raise BrowserFailed(f"the page's script failed: {found['exceptionDetails'].get('text', '')}")
        return str(found["result"].get("value")), tuple(filter(None, map(_message, self._events)))

    def end(self) -> None:
        """Ends the browser."""
        self._process.end()

    def _ask(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        number = self._tell(method, session, **parameters)
        answer = self._until(lambda event: event.get("id") == number)
        if "error" in answer:
            raise BrowserFailed(f"{method}: {answer['error'].get('message', '')}")
        result: dict[str, Any] = answer["result"]
        return result

    def _tell(self, method: str, session: str | None = None, **parameters: Any) -> int:
        """Sends a command, and returns its number, which the answer has."""
        self._number += 1
        told = {
            "id": self._number,
            "method": method,
            "params": parameters,
            **({"sessionId": session} if session else {}),
        }
        try:
            self._process.stdin.write(json.dumps(told).encode() + b"\0")
            self._process.stdin.flush()
        except OSError as e:
            raise BrowserFailed("the browser has ended") from e
        return self._number

    def _until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next message that is `wanted`; those before it are kept as events."""
        deadline = monotonic() + SECONDS
        while True:
            message = self._next(deadline)
            if wanted(message):
                return message
            self._events.append(message)
            if message.get("method") == _ATTACHED and message["params"]["targetInfo"]["type"] in _CHILDREN:
                self._tell("Log.enable", message["params"]["sessionId"])

    def _next(self, deadline: float) -> dict[str, Any]:
        pipe = self._process.stdout.fileno()
        while b"\0" not in self._rest:
            ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - monotonic()))
            if not ready:
                raise BrowserFailed(f"the browser does not answer within {SECONDS:g} s")
            piece = os.read(pipe, 1 << 16)
            if not piece:
                raise BrowserFailed("the browser has ended")
            self._rest += piece
        text, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        return message


def _message(event: dict[str, Any]) -> str | None:
    """What an event adds to the console."""
    if event.get("method") != "Log.entryAdded":
        return None
    text: str = event["params"]["entry"]["text"]
    return text


def _unstarted(error: BrowserFailed, log: str) -> BrowserFailed:
    """Why the browser did not start, as far as its log tells."""
    if "sandbox" in log.lower():
        return BrowserFailed("its sandbox is not available here; --no-sandbox starts it without one")
    last = next((line for line in reversed(log.splitlines()) if line.strip()), "")
    return BrowserFailed(f"{error}{f' ({last})' if last else ''}")
