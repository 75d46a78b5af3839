"""Drives Firefox by Marionette, which is a part of it: one connection on loopback, and JSON.

Marionette can also run scripts with the rights of the browser: these read the console and drop what was remembered.
https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
"""

from __future__ import annotations

import base64
import json
import socket
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final

from corsdoctor.witness.authority import Authority
from corsdoctor.witness.browser import SECONDS, BrowserFailed, Tabs
from corsdoctor.witness.process import Process

_PREFERENCES: Final = {
    "marionette.port": 0,
    "network.proxy.type": 1,
    "network.proxy.no_proxies_on": "",
    "network.proxy.allow_hijacking_localhost": True,
    # a page with http: in its origin stays one
    "dom.security.https_first": False,
    "dom.security.https_only_mode": False,
    # nothing that the browser wants for itself
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.max_script_run_time": 0,
    "extensions.systemAddon.update.enabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True,
    "network.lna.enabled": False,  # every server is reached through this machine
    "network.prefetch-next": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}
_WATCH: Final = """
  const authorities = Cc['@mozilla.org/security/x509certdb;1'].getService(Ci.nsIX509CertDB);
  authorities.addCertFromBase64(arguments[0], 'C,,');
  window.corsdoctor = [];
  Services.console.registerListener({observe(message) {
    if (message instanceof Ci.nsIScriptError) window.corsdoctor.push(message.errorMessage);
  }});"""
_FORGET: Final = """
  const done = arguments[arguments.length - 1];
  Services.clearData.deleteData(arguments[0] ? Ci.nsIClearDataService.CLEAR_ALL : FORGOTTEN, () => done(null));
""".replace(
    "FORGOTTEN",
    "Ci.nsIClearDataService.CLEAR_ALL_CACHES | Ci.nsIClearDataService.CLEAR_COOKIES | Ci.nsIClearDataService.CLEAR_AUTH_TOKENS",
)
_READ: Final = "return window.corsdoctor.splice(0);"
_QUIET_SECONDS: Final = 0.15
"""How long a message of the console may come after the end of its request: it is logged in another process."""


class Firefox:
    """A running browser."""

    def __init__(self, program: str, profile: Path, proxy: str, authority: Authority, *, sandbox: bool) -> None:  # noqa: ARG002
        """BrowserFailed if it does not start."""
        host, _, port = proxy.rpartition(":")
        own = {
            f"network.proxy.{scheme}{what}": value
            for scheme in ("http", "ssl")
            for what, value in (("", host), ("_port", int(port)))
        }
        lines = (
            f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in (_PREFERENCES | own).items()
        )
        (profile / "user.js").write_text("".join(lines))
        command = [
            program, "--headless", "--no-remote", "--marionette", "--remote-allow-system-access", "--profile", str(profile),
            "about:blank",
        ]  # fmt: skip
        env = {"HOME": str(profile), "MOZ_DISABLE_AUTO_SAFE_MODE": "1", "MOZ_CRASHREPORTER_DISABLE": "1"}
        self._process = Process(command, profile, env, stdin=-3, stdout=-3)
        self._number, self._socket = 0, socket.socket()
        self._tab, self._tabs = "", Tabs()
        try:
            self._connect(profile / "MarionetteActivePort")
            found = self._ask("WebDriver:NewSession", capabilities={"alwaysMatch": {"pageLoadStrategy": "normal"}})
            self.version = str(found["capabilities"]["browserVersion"])
            self._ask("WebDriver:SetTimeouts", script=int(SECONDS * 1000), pageLoad=int(SECONDS * 1000))
            self._in_browser(_WATCH, base64.b64encode(authority.der).decode())
        except BrowserFailed as e:
            self.end()
            last = next((line for line in reversed(self._process.log.splitlines()) if line.strip()), "")
            raise BrowserFailed(f"{e}{f' ({last})' if last else ''}") from None

    def forget(self, *, everything: bool) -> None:
        """Clears what the browser's own settings can clear."""
        self._in_browser(_FORGET, everything, waits=True)

    def show(self, key: str) -> bool:
        """Goes to the tab of the page."""
        tab, opened = self._tabs.of(key, self._new_tab)
        if tab != self._tab:
            self._ask("WebDriver:SwitchToWindow", handle=tab, focus=not opened)  # only loading needs to be seen
            self._tab = tab
        self._in_browser(_READ)  # what came late
        return opened

    def _new_tab(self) -> str:
        return str(self._ask("WebDriver:NewWindow", type="tab")["handle"])

    def open(self, url: str) -> None:
        """Opens a page, and waits until it is loaded."""
        self._ask("WebDriver:Navigate", url=url)
        self._in_browser(_READ)

    def evaluate(self, expression: str) -> tuple[str, tuple[str, ...]]:
        """The value of a promise in the page that is open, and what the console said since."""
        script = f"const done = arguments[0]; ({expression}).then(done, e => done(String(e)));"
        value = str(self._ask("WebDriver:ExecuteAsyncScript", script=script, args=[], sandbox=None)["value"])
        said: list[str] = []
        end = monotonic() + _QUIET_SECONDS
        while not said and monotonic() < end and '"outcome":"resolved"' not in value:
            said += self._in_browser(_READ)
            sleep(0.01)
        return value, (*said, *self._in_browser(_READ))

    def end(self) -> None:
        """Ends the browser."""
        self._socket.close()
        self._process.end()

    def _in_browser(self, script: str, *arguments: object, waits: bool = False) -> Any:
        """The value of a script that has the rights of the browser."""
        self._ask("Marionette:SetContext", value="chrome")
        try:
            command = "WebDriver:ExecuteAsyncScript" if waits else "WebDriver:ExecuteScript"
            return self._ask(command, script=script, args=list(arguments))["value"]
        finally:
            self._ask("Marionette:SetContext", value="content")

    def _connect(self, active_port: Path) -> None:
        deadline = monotonic() + SECONDS
        while True:
            with suppress(OSError, ValueError):
                port = int(active_port.read_text())
                self._socket.close()
                self._socket = socket.create_connection(("127.0.0.1", port), SECONDS)
                break
            if self._process.ended:
                raise BrowserFailed("it has ended")
            if monotonic() > deadline:
                raise BrowserFailed(f"it does not answer within {SECONDS:g} s")
            sleep(0.02)
        self._file = self._socket.makefile("rb")
        self._next()  # its greeting

    def _ask(self, command: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        data = json.dumps([0, self._number, command, parameters]).encode()
        try:
            self._socket.sendall(b"%d:%b" % (len(data), data))
            _, _, error, result = self._next()
        except (OSError, ValueError) as e:  # what came may be cut off
            late = isinstance(e, TimeoutError)
            raise BrowserFailed(
                f"the browser does not answer within {SECONDS:g} s" if late else "the browser has ended"
            ) from e
        if error is not None and error.get("error") == "unexpected alert open":
            raise BrowserFailed("the browser asks the user in a dialog, which --in does not answer")
        if error is not None:
            raise BrowserFailed(f"{command}: {error.get('message', '')}".splitlines()[0])
        found: dict[str, Any] = result
        return found

    def _next(self) -> Any:
        size = b""
        while not size.endswith(b":"):
            digit = self._file.read(1)
            if not digit:
                raise ConnectionError
            size += digit
        return json.loads(self._file.read(int(size[:-1])))
