"""Records to which requests a browser shows its client certificate: python -m tests.conformance.certificates.record BROWSER

BROWSER is chromium, firefox or webkit. Each case has a server on a port of its own, so no connection is left over.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from contextlib import suppress
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme

from tests.conformance.certificates.cases import CASES, Case, Server
from tests.transport.recording.pages import Outcomes, arguments, handler, outcome_lines
from tests.transport.recording.record import FIREFOX

FOLDER = Path(__file__).parent
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
STEPS = """
async function fetched(url, step) {
  const limit = new AbortController(), timer = setTimeout(() => limit.abort(), 5000);
  try {
    return (await fetch(url, {method: step.method, credentials: step.credentials, cache: 'no-store', signal: limit.signal})).status + '';
  } catch (error) { return error.name === 'AbortError' ? 'timeout' : 'rejected'; }
  finally { clearTimeout(timer); }
}
const xhr = (url, step) => new Promise(done => {
  const request = new XMLHttpRequest();
  request.open(step.method, url);
  request.withCredentials = step.credentials === 'include';
  request.timeout = 5000;
  request.onload = () => done(request.status + '');
  request.onerror = () => done('rejected');
  request.ontimeout = () => done('timeout');
  request.send();
});
const image = (url, step) => new Promise(done => {
  const element = new Image();
  if (step.credentials !== 'no-cors') element.crossOrigin = step.credentials === 'include' ? 'use-credentials' : 'anonymous';
  element.onload = () => done('200');
  element.onerror = () => done('rejected');
  setTimeout(() => done('timeout'), 5000);
  element.src = url;
});
const websocket = (url, step) => new Promise(done => {
  const socket = new WebSocket(url.replace('https:', 'wss:'));
  socket.onopen = () => done('101');
  socket.onerror = () => done('rejected');
});
async function run(trial) {
  const seen = [];
  for (const [number, step] of trial.steps.entries())
    seen.push(await ({fetch: fetched, xhr, image, websocket}[step.api])(trial.url + '/' + number + '.png', step));
  return seen;
}
"""
FRAME = f"<!doctype html><meta charset=utf-8><script>{STEPS}addEventListener('message', async e => parent.postMessage(await run(e.data), '*'));</script>"
PAGE = f"""<!doctype html><meta charset=utf-8><title>recording</title><body><script>{STEPS}
const framed = trial => new Promise(done => {{
  const frame = document.createElement('iframe');
  const end = seen => {{ frame.remove(); done(seen); }};
  frame.onload = () => {{ addEventListener('message', e => end(e.data), {{once: true}}); frame.contentWindow.postMessage(trial, '*'); }};
  setTimeout(() => end(['timeout']), 15000);
  frame.src = trial.url + '/frame';
  document.body.append(frame);
}});
addEventListener('load', async () => {{
  for (;;) {{
    const trial = await (await fetch('/next', {{cache: 'no-store'}})).json();
    if (trial === null) break;
    const seen = await (trial.page === 'same-origin' ? framed : run)(trial);
    await fetch('/seen', {{method: 'POST', body: JSON.stringify([trial.number, seen])}});
  }}
  await fetch('/end');
}});
</script>"""
WEBKIT = """  # a window that shows the certificate of its second argument to each server that asks for one
import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gio, Gtk, WebKit2

context = WebKit2.WebContext.new_ephemeral()
context.get_website_data_manager().set_tls_errors_policy(WebKit2.TLSErrorsPolicy.IGNORE)
view = WebKit2.WebView.new_with_context(context)
certificate = Gio.TlsCertificate.new_from_file(sys.argv[2])


def authenticate(_view, request):
    if request.get_scheme() != WebKit2.AuthenticationScheme.CLIENT_CERTIFICATE_REQUESTED:
        return False
    credential = WebKit2.Credential.new_for_certificate(certificate, WebKit2.CredentialPersistence.FOR_SESSION)
    request.authenticate(credential)
    return True


view.connect("authenticate", authenticate)
window = Gtk.Window()
window.add(view)
window.show_all()
view.load_uri(sys.argv[1])
Gtk.main()
"""
NGINX = """
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    log_format seen '$connection $request_method $uri $ssl_client_verify';
    access_log {folder}/access.log seen;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    ssl_certificate {certificates}/server.pem;
    ssl_certificate_key {certificates}/server.pem;
    ssl_client_certificate {certificates}/ca.pem;
    map $request_method:$ssl_client_verify $uncertified {{ default 1; "~^OPTIONS:" 0; "~:SUCCESS$" 0; }}
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_verify_client {verify};
        add_header Access-Control-Allow-Origin $http_origin always;
        add_header Access-Control-Allow-Credentials true always;
        add_header Access-Control-Allow-Methods "PUT, DELETE" always;
        location / {{
            {check}
            if ($request_method = OPTIONS) {{ return 204; }}
            return 200;
        }}
    }}
}}
"""


class Certificates:
    """An authority, and what it issued for the servers and for the browser; all of it is in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        authority = trustme.CA()
        server = authority.issue_cert("127.0.0.1", "localhost")
        authority.cert_pem.write_to_path(str(folder / "ca.pem"))
        server.private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
        client = authority.issue_cert("someone@app.example")
        client.private_key_and_cert_chain_pem.write_to_path(str(folder / "client.pem"))

    def import_into(self, database: Path) -> None:
        """Makes an NSS database that trusts the authority and holds the client's certificate."""
        database.mkdir(parents=True, exist_ok=True)
        _run("certutil", "-N", "--empty-password", "-d", f"sql:{database}")
        _run("certutil", "-A", "-n", "recording", "-t", "CT,,", "-i", self.folder / "ca.pem", "-d", f"sql:{database}")
        pem, p12 = self.folder / "client.pem", self.folder / "client.p12"
        _run("openssl", "pkcs12", "-export", "-in", pem, "-out", p12, "-passout", "pass:")
        _run("pk12util", "-i", p12, "-W", "", "-d", f"sql:{database}")

    @property
    def server_key_hash(self) -> str:
        """The hash of the server's public key, as Chromium's --ignore-certificate-errors-spki-list takes it."""
        public = _run("openssl", "x509", "-in", self.folder / "server.pem", "-pubkey", "-noout")
        der = subprocess.run(
            ["openssl", "pkey", "-pubin", "-outform", "der"], input=public, capture_output=True, check=True
        )
        return base64.b64encode(hashlib.sha256(der.stdout).digest()).decode()

    def asking(self, server: Server | None) -> ssl.SSLContext:
        """The TLS of a server, or of the page that controls the recording, which asks for no certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "server.pem")
        context.load_verify_locations(self.folder / "ca.pem")
        if server is not None:
            context.verify_mode = ssl.CERT_REQUIRED if server is Server.REQUIRED else ssl.CERT_OPTIONAL
        return context


def _run(*command: str | Path) -> bytes:
    return subprocess.run(command, capture_output=True, check=True).stdout


def started(browser: str, url: str, work: Path, certificates: Certificates) -> subprocess.Popen[bytes]:
    """The browser on its way to `url`, with a certificate that it shows without asking the user."""
    env = dict(os.environ, HOME=str(work))
    match browser:
        case "chromium":  # reads policies from /etc alone, so it gets an /etc/chromium of its own
            certificates.import_into(work / ".pki" / "nssdb")
            pattern = json.dumps({"pattern": "*", "filter": {}})
            (work / "policy.json").write_text(json.dumps({"AutoSelectCertificateForUrls": [pattern]}))
            policies = "/etc/chromium/policies/managed"
            chromium = (
                f"mount -t tmpfs none /etc/chromium && mkdir -p {policies} && cp {work}/policy.json {policies} && exec chromium "
                "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update "
                f"--ignore-certificate-errors-spki-list={certificates.server_key_hash} --user-data-dir={work}/profile {url}"
            )
            command = ["unshare", "--mount", "sh", "-c", chromium]
        case "firefox":
            certificates.import_into(work / "profile")
            settings = FIREFOX | {"security.default_personal_cert": "Select Automatically"}
            lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in settings.items())
            (work / "profile" / "user.js").write_text("".join(lines))
            command = ["firefox-esr", "--headless", "--no-remote", "--profile", f"{work}/profile", url]
        case _:
            env |= {"WEBKIT_DISABLE_COMPOSITING_MODE": "1", "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
                    "LIBGL_ALWAYS_SOFTWARE": "1"}  # fmt: skip
            app = ["/usr/bin/python3", "-c", WEBKIT, url, str(certificates.folder / "client.pem")]  # which has gi
            command = ["xvfb-run", "-a", "dbus-run-session", "--", *app]
    with (work / "log").open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, env=env, start_new_session=True)


Wire = list[tuple[int, str, str, bool]]  # number of the connection, method, path, whether the certificate was shown


class PythonServer:
    """Answers every request, which CORS allows, and keeps whether its connection showed a certificate."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._wire: Wire = []
        self._context, self._connections = context, 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(sock, self._connections), daemon=True).start()
                self._connections += 1

    def _serve(self, sock: socket.socket, number: int) -> None:
        sock.settimeout(30)
        with suppress(OSError), sock, self._context.wrap_socket(sock, server_side=True) as tls:
            while head := _head(tls):
                method, path = head.split(" ")[:2]
                self._wire.append((number, method, path, bool(tls.getpeercert())))
                origin = re.search(r"(?im)^origin: (\S+)", head)
                tls.sendall(_answer(method, path, origin[1] if origin else "*"))

    def close(self) -> Wire:
        """Ends it, and returns the requests."""
        self._listener.close()
        return list(self._wire)


def _head(sock: socket.socket) -> str:
    data = b""
    while not data.endswith(b"\r\n\r\n"):
        more = sock.recv(4096)
        if not more:
            return ""
        data += more
    return data.decode("latin-1")


def _answer(method: str, path: str, origin: str) -> bytes:
    body, kind = (FRAME.encode(), "text/html") if path == "/frame" else (PNG, "image/png")
    head = (
        f"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: {origin}\r\nAccess-Control-Allow-Credentials: true\r\n"
        f"Access-Control-Allow-Methods: PUT, DELETE\r\nContent-Type: {kind}\r\nCache-Control: no-store\r\n"
        f"Content-Length: {0 if method == 'OPTIONS' else len(body)}\r\n\r\n"
    )
    return head.encode() + (b"" if method == "OPTIONS" else body)


class Nginx:
    """A real nginx that verifies client certificates."""

    def __init__(self, server: Server, certificates: Certificates) -> None:
        self._folder = tempfile.TemporaryDirectory()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        exempt = server is Server.EXEMPT
        text = NGINX.format(
            folder=self._folder.name, certificates=certificates.folder, port=self.port,
            verify="optional" if exempt else "on", check="if ($uncertified) { return 403; }" if exempt else "",
        )  # fmt: skip
        configuration = Path(self._folder.name) / "nginx.conf"
        configuration.write_text(text)
        self._process = subprocess.Popen(["nginx", "-c", str(configuration)], stderr=subprocess.DEVNULL)
        while True:
            with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", self.port)):
                break

    def close(self) -> Wire:
        """Ends it, and returns the requests that it logged."""
        self._process.terminate()
        self._process.wait()
        seen: Wire = []
        for line in (Path(self._folder.name) / "access.log").read_text().splitlines():
            number, method, path, verified = line.split()
            seen.append((int(number), method, path, verified == "SUCCESS"))
        self._folder.cleanup()
        return seen


class Recording:
    """Hands out trials to the page, each with a server of its own, and collects what was seen."""

    def __init__(self, cases: list[Case], times: int, certificates: Certificates) -> None:
        self.cases, self.done, self.certificates = cases, threading.Event(), certificates
        self._trials = iter([case for _ in range(times) for case in cases])
        self._running: dict[int, tuple[Case, PythonServer | Nginx]] = {}
        self._count = 0
        self.seen: dict[str, Outcomes] = {case.id: Counter() for case in cases}

    def next(self) -> dict[str, Any] | None:
        """The next trial, as the page needs it."""
        case = next(self._trials, None)
        if case is None:
            return None
        if case.server in (Server.NGINX, Server.EXEMPT):
            server: PythonServer | Nginx = Nginx(case.server, self.certificates)
        else:
            server = PythonServer(self.certificates.asking(case.server))
        self._count += 1
        self._running[self._count] = case, server
        host = "localhost" if case.page == "cross-site" else "127.0.0.1"
        steps = [vars(step) for step in case.steps]
        return {"number": self._count, "page": case.page, "url": f"https://{host}:{server.port}", "steps": steps}

    def record(self, number: int, steps: list[str]) -> None:
        """What the page saw of a trial, and the requests that its server got."""
        case, server = self._running.pop(number)
        order: dict[int, int] = {}
        wire = tuple(
            f"{order.setdefault(at, len(order))} {method} {path[1:].removesuffix('.png')} {'shown' if shown else 'bare'}"
            for at, method, path, shown in server.close()
            if path != "/favicon.ico"
        )
        self.seen[case.id][tuple(steps), wire] += 1


def main() -> None:
    """Runs all cases in one browser, several times each, and writes what it did."""
    options = arguments(__doc__, times=5)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        (work / "certificates").mkdir()
        certificates = Certificates(work / "certificates")
        cases = [case for case in CASES if re.search(options.only, case.id)]
        recording = Recording(cases, options.times, certificates)
        pages = ThreadingHTTPServer(("127.0.0.1", 0), handler(recording, PAGE))
        pages.socket = certificates.asking(None).wrap_socket(pages.socket, server_side=True)
        threading.Thread(target=pages.serve_forever, daemon=True).start()
        process = started(options.browser, f"https://127.0.0.1:{pages.server_port}/", work, certificates)
        whole = recording.done.wait(options.seconds)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)
        if not whole:
            sys.stderr.write((work / "log").read_text("utf-8", "replace")[-3000:])
    out = options.out or FOLDER / f"{options.browser}.jsonl"
    out.write_text("".join(outcome_lines(recording.seen)))
    sys.stdout.write(f"{options.browser}: {len(cases)} cases, {'all' if whole else 'NOT ALL'} trials done: {out}\n")


if __name__ == "__main__":
    main()
