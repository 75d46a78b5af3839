"""Records what a browser makes of the cases: python -m tests.transport.recording.record chromium|firefox|webkit"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.transport.conftest import Server
from tests.transport.recording.cases import CASES, Case
from tests.transport.recording.pages import Outcomes, arguments, handler, outcome_lines
from tests.transport.recording.play import playing

FOLDER = Path(__file__).parent
PAGE = """<!doctype html><meta charset=utf-8><title>recording</title><script>
const wait = ms => new Promise(done => setTimeout(done, ms));
async function one(url, method) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), 1500);
  let seen = '';
  try {
    const answer = await fetch(url, {method, cache: 'no-store', headers: method === 'POST' ? {'X-A': '1'} : {}, signal: limit.signal});
    seen = answer.status + '';
    return seen + ' ' + await answer.text();
  } catch (error) { return (seen + ' ' + (error.name === 'AbortError' ? 'timeout' : 'rejected')).trim(); }
  finally { clearTimeout(timer); }
}
async function worker() {
  for (;;) {
    const trial = await (await fetch('/next', {cache: 'no-store'})).json();
    if (trial === null) return;
    const steps = [];
    for (const [number, method] of trial.methods.entries()) {
      if (number) await wait(trial.pause);
      steps.push(await one(trial.url + '?' + number, method));
    }
    await fetch('/seen', {method: 'POST', body: JSON.stringify([trial.number, steps])});
  }
}
addEventListener('load', async () => { await Promise.all(Array.from({length: 8}, worker)); await fetch('/end'); });
</script>"""
FIREFOX = {
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.enabled": False,
    "app.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "services.settings.server": "http://127.0.0.1:1/",
    "browser.startup.homepage_override.mstone": "ignore",
    "startup.homepage_welcome_url": "",
    "browser.aboutwelcome.enabled": False,
    "app.normandy.enabled": False,
}


def started(browser: str, url: str, work: Path) -> subprocess.Popen[bytes]:
    """The browser, on its way to `url`."""
    env = dict(os.environ, HOME=str(work))
    match browser:
        case "chromium":
            command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                       "--disable-background-networking", f"--user-data-dir={work}/profile", url]  # fmt: skip
        case "firefox":
            (work / "profile").mkdir()
            lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in FIREFOX.items())
            (work / "profile" / "user.js").write_text("".join(lines))
            command = ["firefox-esr", "--headless", "--no-remote", "--profile", f"{work}/profile", url]
        case _:
            env |= {"WEBKIT_DISABLE_COMPOSITING_MODE": "1", "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
                    "LIBGL_ALWAYS_SOFTWARE": "1"}  # fmt: skip
            mini = next(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
            command = ["xvfb-run", "-a", "dbus-run-session", "--", str(mini), url]
    with (work / "log").open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, env=env, start_new_session=True)


class Recording:
    """Hands out trials to the page, each with a server of its own, and collects what was seen."""

    def __init__(self, cases: list[Case], times: int) -> None:
        self.cases, self.done, self._lock = cases, threading.Event(), threading.Lock()
        self._trials = iter([case for _ in range(times) for case in cases])
        self._running: dict[int, tuple[Case, Server]] = {}
        self._count = 0
        self.seen: dict[str, Outcomes] = {case.id: Counter() for case in cases}

    def next(self) -> dict[str, Any] | None:
        """The next trial, as the page needs it."""
        with self._lock:
            case = next(self._trials, None)
            if case is None:
                return None
            server, self._count = Server(playing(case)), self._count + 1
            self._running[self._count] = case, server
            return {
                "number": self._count,
                "methods": case.methods,
                "pause": case.pause,
                "url": server.url(f"/{self._count}"),
            }

    def record(self, number: int, steps: list[str]) -> None:
        """What the page saw of a trial, and the requests that its server got."""
        with self._lock:
            case, server = self._running.pop(number)
        order: dict[int, int] = {}
        wire = tuple(_named(order.setdefault(at, len(order)), raw) for at, raw in list(server.requests))
        server.close()
        with self._lock:
            self.seen[case.id][tuple(steps), wire] += 1


def _named(connection: int, raw: bytes) -> str:
    """A request as `connection method number`; the number is the page's."""
    method, target = raw.decode("latin-1").split(" ")[:2]
    return f"{connection} {method} {target.partition('?')[2]}"


def main() -> None:
    """Runs all cases in one browser, several times each, and writes what it did."""
    options = arguments(__doc__, times=10)
    recording = Recording([case for case in CASES if re.search(options.only, case.id)], options.times)
    pages = ThreadingHTTPServer(("127.0.0.1", 0), handler(recording, PAGE))
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        process = started(options.browser, f"http://127.0.0.1:{pages.server_port}/", Path(folder))
        whole = recording.done.wait(options.seconds)
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)
    out = options.out or FOLDER / f"{options.browser}.jsonl"
    out.write_text("".join(outcome_lines(recording.seen)))
    sys.stdout.write(
        f"{options.browser}: {len(recording.cases)} cases, {'all' if whole else 'NOT ALL'} trials done: {out}\n"
    )


if __name__ == "__main__":
    main()
