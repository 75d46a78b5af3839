"""Each command against servers that record: which bytes of the user's secrets came to which origin."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from corsdoctor import BROWSERS, Session
from tests.cli.conftest import Run
from tests.transport.conftest import Certificates
from tests.transport.conftest import certificates as certificates

PAGE = "http://page.test"
TOKEN, COOKIE, KEY, BODY = "s3cret-token", "s3cret-cookie", "s3cret-key", "s3cret-body"
SECRETS = (TOKEN, COOKIE, KEY, BODY)
ID = "number-seven"
SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass
class Recorder:
    """What came to one server, as (method, path, all of the request's text, whether a certificate was shown)."""

    host: str
    scheme: str = "http"
    port: int = 0
    came: list[tuple[str, str, str, bool]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"

    @property
    def text(self) -> str:
        """All that came."""
        return "".join(text for _, _, text, _ in self.came)


def listen(recorder: Recorder, places: dict[str, str], stack: ExitStack, tls: ssl.SSLContext | None = None) -> None:
    """Serves until `stack` ends. `/granted/STATUS/a,b,...` redirects along `places` with CORS headers, `/bare/` without."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            if isinstance(self.request, ssl.SSLSocket):
                self.request.do_handshake()
            super().setup()

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            shown = isinstance(self.connection, ssl.SSLSocket) and bool(self.connection.getpeercert())
            recorder.came.append((self.command, self.path, f"{self.requestline}\n{self.headers}\n{body}", shown))
            how, status, way = [*self.path.split("?")[0].strip("/").split("/", 2), "", "", ""][:3]
            first, _, rest = way.partition(",")
            redirects = bool(first) and self.command != "OPTIONS"
            self.send_response(int(status) if redirects else 204 if self.command == "OPTIONS" else 200)
            if redirects:
                self.send_header(
                    "Location", places[first] + (f"/{how}/{status}/{rest}" if first != "relative" else rest)
                )
            if how == "granted":
                self.send_header("Access-Control-Allow-Origin", self.headers.get("Origin") or "*")
                self.send_header("Access-Control-Allow-Credentials", "true")
                self.send_header("Access-Control-Allow-Methods", "GET, POST, PUT")
                self.send_header("Access-Control-Allow-Headers", "authorization, x-key, x-id, content-type")
            if self.command != "OPTIONS":
                self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_HEAD = do_OPTIONS = do_POST = do_PUT = answer  # noqa: N815

        def log_message(self, *args: object) -> None:
            """Says nothing."""

    class Listener(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """Says nothing: a client may refuse a handshake."""

    server = stack.enter_context(Listener(("127.0.0.1", 0), Handler))
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    recorder.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    stack.callback(thread.join)
    stack.callback(server.shutdown)


@dataclass
class Net:
    """Two servers, and the ways from one to the other by name."""

    a: Recorder
    b: Recorder
    directory: Path
    run: Run
    extra: tuple[str, ...] = ()
    session: dict[str, Any] = field(default_factory=dict)

    @property
    def options(self) -> tuple[str, ...]:
        return (
            "--resolve",
            f"a.test:{self.a.port}:127.0.0.1",
            "--resolve",
            f"b.test:{self.b.port}:127.0.0.1",
            *self.extra,
        )


def places(a: Recorder, b: Recorder) -> dict[str, str]:
    return {
        "b": b.url, "a": a.url, "protocol-relative": b.url.partition(":")[2], "userinfo": b.url.replace("//", "//me:pw@"),
        "upper": b.url.replace("b.test", "B.TEST"), "dot": b.url.replace("b.test", "b.test."),
        "a-dot": a.url.replace("a.test", "a.test."), "relative": "/end/", "port": b.url.replace("b.test", "a.test"),
        "backslash": b.url.replace("//", "\\\\"),
    }  # fmt: skip


@pytest.fixture
def net(tmp_path: Path, run: Run) -> Iterator[Net]:
    a, b, ways = Recorder("a.test"), Recorder("b.test"), dict[str, str]()
    with ExitStack() as stack:
        listen(a, ways, stack)
        listen(b, ways, stack)
        ways.update(places(a, b))
        more = [f"a.test.:{a.port}", f"b.test.:{b.port}", f"a.test:{b.port}"]
        extra = tuple(word for place in more for word in ("--resolve", f"{place}:127.0.0.1"))
        yield Net(a, b, tmp_path, run, extra)


@dataclass(frozen=True)
class Asked:
    """What the user gave along with the URL."""

    method: str
    headers: tuple[tuple[str, str], ...] = ()
    cookie: str | None = None
    body: str | None = None
    page: str = PAGE

    @property
    def flags(self) -> list[str]:
        flags = ["--origin", self.page, "-X", self.method]
        flags += [word for name, value in self.headers for word in ("-H", f"{name}: {value}")]
        flags += ["--cookie", self.cookie, "--credentials", "include"] if self.cookie else []
        return flags + (["-d", self.body] if self.body else [])


READ = Asked("GET", (("Authorization", f"Bearer {TOKEN}"), ("X-Key", KEY)), COOKIE)
WRITE = Asked("POST", (("Authorization", f"Bearer {TOKEN}"), ("X-Key", KEY)), COOKIE, BODY)
NUMBERED = Asked("POST", (("X-Id", ID),), COOKIE, BODY)
SIMPLE = Asked("POST", (), COOKIE, BODY)
LISTED = Asked("GET", (), COOKIE)


def policy(net: Net, url: str, asked: Asked) -> str:
    case = {"id": "one", "url": url, "origin": PAGE, "method": asked.method, "headers": dict(asked.headers)}
    case |= {"cookie": asked.cookie, "credentials": "include"} if asked.cookie else {}
    case |= {"body": asked.body} if asked.body else {}
    path = net.directory / "cors.json"
    path.write_text(json.dumps({"case": [{**case, "expect": "allowed"}]}), encoding="utf-8")
    return str(path)


def by_batch(net: Net, url: str, asked: Asked, *flags: str) -> None:
    net.run("batch", "-", *asked.flags, *net.options, *flags, input=f"{url}\n")


def by_test(net: Net, url: str, asked: Asked, *flags: str) -> None:
    net.run("test", policy(net, url, asked), *net.options, *flags)


def by_update(net: Net, url: str, asked: Asked, *flags: str) -> None:
    lines = [f"[[case]]\nid = 'one'\nurl = '{url}'\norigin = '{PAGE}'\nmethod = '{asked.method}'\nexpect = 'blocked'"]
    lines += [f"headers = {{ {', '.join(f'{n} = {v!r}' for n, v in asked.headers)} }}"] if asked.headers else []
    lines += [f"cookie = '{asked.cookie}'\ncredentials = 'include'"] if asked.cookie else []
    lines += [f"body = '{asked.body}'"] if asked.body else []
    path = net.directory / "cors.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    net.run("test", str(path), "--update", *net.options, *flags)


def by_session(net: Net, url: str, asked: Asked, *flags: str) -> None:
    resolve = [word for word in net.options if word != "--resolve" and word.endswith(":127.0.0.1")]
    with Session(resolve=resolve, **net.session) as session:
        session.check(
            url, origin=PAGE, method=asked.method, headers=asked.headers, body=asked.body, cookie=asked.cookie,
            credentials="include" if asked.cookie else None, send="--send" in flags,
        )  # fmt: skip


def by(*words: str, stdin: bool = False) -> Callable[..., None]:
    def command(net: Net, url: str, asked: Asked, *flags: str) -> None:
        given = [flag for flag in flags if not (flag == "--send" and words[0] == "preflight")]
        net.run(
            words[0],
            "-" if stdin else url,
            *words[1:],
            *asked.flags,
            *net.options,
            *given,
            input=url if stdin else None,
        )

    return command


COMMANDS: dict[str, Callable[..., None]] = {
    "check": by("check"),
    "check -": by("check", stdin=True),
    "check --fix": by("check", "--fix"),
    "check --server": by("check", "--server", "nginx", "--format", "json"),
    "fix": by("fix"),
    "fix --expose": by("fix", "--expose", "etag"),
    "preflight": by("preflight"),
    "batch": by_batch,
    "test": by_test,
    "test --update": by_update,
    "Session": by_session,
}
WAYS = ("b", "protocol-relative", "userinfo", "upper", "dot", "backslash", "relative,b", "b,relative,x", "b,b", "b,a,b")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("asked", [READ, WRITE, SIMPLE], ids=["read", "write", "simple"])
def test_what_a_redirect_gets_that_no_page_may_follow(command: str, asked: Asked, net: Net) -> None:
    """No browser follows it, so that whatever comes to the other server is of our own invention."""
    for status in (302, 307):
        for way in WAYS:
            COMMANDS[command](net, f"{net.a.url}/bare/{status}/{way}", asked, "--send")
    assert net.a.came or (command == "preflight" and asked is SIMPLE)
    assert not [secret for secret in SECRETS if secret in net.b.text]
    assert {method for method, *_ in net.b.came} <= set(SAFE)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("command", COMMANDS)
def test_what_a_redirect_gets_that_browsers_follow(command: str, status: int, net: Net) -> None:
    """An id goes along, as it does in browsers; Authorization, the cookie and a key never do."""
    for way in WAYS:
        COMMANDS[command](net, f"{net.a.url}/granted/{status}/{way}", READ)
    COMMANDS[command](net, f"{net.a.url}/granted/{status}/b", replace(NUMBERED, method="GET", body=None))
    assert TOKEN not in net.b.text
    assert COOKIE not in net.b.text
    if command not in ("preflight",):
        assert TOKEN in net.a.text
        assert COOKIE in net.a.text
        assert ID in net.b.text
        assert KEY not in net.b.text


@pytest.mark.parametrize("command", COMMANDS)
def test_a_body_goes_only_where_browsers_send_it(command: str, net: Net) -> None:
    for status, way in ((302, "b"), (307, "b"), (308, "b,b")):
        COMMANDS[command](net, f"{net.a.url}/granted/{status}/{way}", WRITE)
    assert BODY not in net.a.text + net.b.text
    if command == "preflight":
        return
    COMMANDS[command](net, f"{net.a.url}/granted/302/b", NUMBERED, "--send")
    assert BODY in net.a.text
    assert BODY not in net.b.text
    COMMANDS[command](net, f"{net.a.url}/granted/307/b", NUMBERED, "--send")
    assert BODY in net.b.text  # which does not look like a secret
    assert TOKEN not in net.b.text
    assert COOKIE not in net.b.text


def test_a_cookie_goes_only_to_the_origin_that_the_user_named(net: Net) -> None:
    net.run("check", f"{net.a.url}/granted/302/port", *LISTED.flags, *net.options)
    assert net.b.came
    assert COOKIE not in net.b.text
    net.run("check", f"{net.a.url}/granted/302/a-dot,b", *LISTED.flags, *net.options)
    assert net.a.text.count(COOKIE) == 2


def test_no_command_has_the_cookie_for_an_origin_that_the_user_did_not_name(net: Net) -> None:
    url = f"{net.a.url}/granted/302/port"
    options = (*LISTED.flags, "--show-secrets", "--browser", "chromium", *net.options)
    told = " ".join(net.run("check", url, *options).stdout.split())
    assert f"> Cookie: {COOKIE} sent without your cookie" in told
    commands = net.run("check", url, *options, "--print", "curl").stdout
    first, second = commands.split("# 2. Request, without your cookie, because you did not name this origin\n")
    assert COOKIE in first
    assert COOKIE not in second


def test_a_report_names_the_origin_that_got_no_request(net: Net) -> None:
    asked = replace(SIMPLE, headers=(("X-Key", KEY),))
    url, unsent = f"{net.a.url}/granted/307/b", f"the POST to {net.b.url} was not sent"
    told = " ".join(net.run("check", url, *asked.flags, *net.options, "--send").stdout.split())
    assert f"Not determined in Chromium, Firefox and WebKit: {unsent} " in told
    assert "? not sent: the browser would send X-Key to an origin that you did not name" in told
    file = Path(policy(net, url, asked))
    file.write_text(file.read_text(encoding="utf-8").replace('"allowed"', '"blocked"'), encoding="utf-8")
    told = " ".join(net.run("test", str(file), "--send", *net.options).stdout.split())
    assert f"actual not determined; {unsent}" in told
    assert "next To send it there too, check the URL that the redirect leads to." in told


def test_plan_and_list_send_nothing(net: Net) -> None:
    url = f"{net.a.url}/granted/302/b"
    net.run("plan", url, *WRITE.flags, *net.options)
    net.run("test", policy(net, url, WRITE), "--list")
    assert net.a.came + net.b.came == []


def test_init_and_explain_have_no_secrets(net: Net) -> None:
    for how in ("bare", "granted"):
        url = f"{net.a.url}/{how}/307/b,a,b"
        net.run("test", "--init", url, "--origin", PAGE, "-o", "-", *net.options)
        message = (
            f"Access to fetch at '{url}' from origin '{PAGE}' has been blocked by CORS policy: "
            "No 'Access-Control-Allow-Origin' header is present on the requested resource."
        )
        net.run("explain", "--replay", message, *net.options)
    assert net.a.came
    assert net.b.came
    assert {method for method, *_ in net.b.came} <= set(SAFE)
    assert "Cookie:" not in net.b.text
    assert "Authorization:" not in net.b.text


def test_a_request_that_was_not_tried_is_reported(net: Net) -> None:
    url, final = f"{net.a.url}/bare/302/b", f"{net.b.url}/bare/302/"
    keyed = Asked("GET", (("X-Key", KEY),), page=net.a.url)  # a page that its own server redirects

    def fixed(asked: Asked) -> tuple[list[str], dict[str, bool]]:
        told = net.run("fix", url, *asked.flags, *net.options, "--format", "json").stdout
        cure = json.loads(told)["cure"]
        return [n["url"] for n in cure["not_tried"]], {way["id"]: way["tried"] for way in cure["ways_out"]}

    assert fixed(keyed)[0] == [final]
    assert f"GET {final}" in net.run("fix", url, *keyed.flags, *net.options).stdout
    assert fixed(LISTED)[1]["final-url"] is False
    not_tried, ways = fixed(Asked("GET"))
    assert (not_tried, ways["final-url"]) == ([], True)


# --- TLS


@pytest.fixture
def secure(tmp_path: Path, run: Run, certificates: Certificates) -> Iterator[Net]:
    """The same over TLS; both servers take a certificate of the client, if there is one."""
    a, b, ways = Recorder("a.test", "https"), Recorder("b.test", "https"), dict[str, str]()
    cert, key = certificates.client()
    with ExitStack() as stack:
        for recorder in (a, b):
            context = certificates.context(recorder.host)
            context.verify_mode = ssl.CERT_OPTIONAL
            certificates.authority.configure_trust(context)
            listen(recorder, ways, stack, context)
        ways.update(places(a, b))
        extra = ("--cacert", certificates.cacert, "--cert", cert, "--key", key)
        yield Net(a, b, tmp_path, run, extra, {"cacert": certificates.cacert, "cert": cert, "key": key})


@pytest.mark.parametrize("command", COMMANDS)
def test_a_certificate_is_shown_to_the_named_origin_alone(command: str, secure: Net) -> None:
    for url in ("/bare/302/b", "/granted/302/b", "/granted/307/b,a,b,a"):
        COMMANDS[command](secure, f"{secure.a.url}{url}", LISTED)
    assert not [path for _, path, _, shown in secure.b.came if shown]
    with_credentials = [shown for _, _, text, shown in secure.a.came if COOKIE in text]
    assert all(with_credentials)
    if command != "preflight":
        assert with_credentials
        assert secure.b.came
    elif not secure.a.came:
        return
    COMMANDS[command](secure, f"{secure.b.url}/granted/302/", LISTED)
    assert secure.b.came[-1][-1]


@pytest.mark.parametrize("status", [302, 307])
def test_a_certificate_that_is_not_shown_is_noted(status: int, secure: Net) -> None:
    def noted(url: str, *flags: str) -> list[tuple[str, str]]:
        report = json.loads(secure.run("check", url, *LISTED.flags, *secure.options, *flags, "--format", "json").stdout)
        steps = [step for diagnosis in report["browsers"].values() for step in diagnosis["steps"]]
        return [
            (s["outcome"], dict(s["evidence"])["URL"]) for s in steps if s["rule"] == "certificate-follows-redirect"
        ]

    url = f"{secure.a.url}/granted/{status}/b,b,a"
    found = noted(url)
    assert set(found) == {("note", secure.b.url)}
    assert len(found) == len(BROWSERS)
    text = secure.run("check", url, *LISTED.flags, *secure.options).stdout
    assert text.count(f"The client certificate was not shown to {secure.b.url}") == 1
    assert not noted(f"{secure.a.url}/granted/{status}/relative")
    secure.extra = secure.extra[:2]  # without a certificate
    assert not noted(url)


def test_a_certificate_and_the_commands_without_secrets(secure: Net) -> None:
    url = f"{secure.a.url}/granted/302/b"
    secure.run("test", "--init", url, "--origin", PAGE, "-o", "-", *secure.options)
    assert {shown for *_, shown in secure.a.came} == {True, False}
    secure.a.came.clear()
    path = secure.directory / "cors.json"
    path.write_text(
        json.dumps({"case": [{"id": "one", "url": url, "origin": PAGE, "expect": "allowed"}]}), encoding="utf-8"
    )
    secure.run("fix", "--from", str(path), *secure.options)
    assert {shown for *_, shown in secure.a.came} == {True, False}
    secure.a.came.clear()
    with Session(**secure.session, resolve=secure.options[1:4:2]) as session:
        session.run_policy(path)
    assert {shown for *_, shown in secure.a.came} == {True, False}
    secure.a.came.clear()
    message = (
        f"Access to fetch at '{url}' from origin '{PAGE}' has been blocked by CORS policy: "
        "No 'Access-Control-Allow-Origin' header is present on the requested resource."
    )
    secure.run("explain", "--replay", message, *secure.options)
    assert {shown for *_, shown in secure.a.came} == {True}
    assert {shown for *_, shown in secure.b.came} == {False}


def test_a_batch_shows_the_certificate_line_by_line(secure: Net) -> None:
    lines = "\n".join([f"{secure.a.url}/granted/302/b", f"{secure.b.url}/granted/302/a"] * 3)
    secure.run("batch", "-", "--origin", PAGE, *secure.options, input=lines)
    for recorder in (secure.a, secure.b):
        assert {shown for _, path, _, shown in recorder.came if path.endswith(("/a", "/b"))} == {True, False}
        assert {shown for _, path, _, shown in recorder.came if path.endswith("/302/")} == {False}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_cookie_of_https_stays_off_http(command: str, tmp_path: Path, run: Run, certificates: Certificates) -> None:
    a, b, ways = Recorder("a.test", "https"), Recorder("a.test"), dict[str, str]()
    with ExitStack() as stack:
        listen(a, ways, stack, certificates.context("a.test"))
        listen(b, ways, stack)
        ways.update(a=a.url, b=b.url)
        both = ("--resolve", f"a.test:{b.port}:127.0.0.1", "--cacert", certificates.cacert)
        net = Net(a, b, tmp_path, run, both, {"cacert": certificates.cacert})
        for way in ("b", "b,a,b"):
            COMMANDS[command](net, f"{a.url}/granted/302/{way}", LISTED)
            COMMANDS[command](net, f"{a.url}/bare/302/{way}", LISTED)
        assert COOKIE not in b.text
        if command != "preflight":
            assert COOKIE in a.text
            assert b.came
        if command == "check":
            told = run("check", f"{a.url}/granted/302/b", *LISTED.flags, *net.options, "--format", "json").stdout
            assert '"cookie-follows-redirect"' in told
            assert '"not-secure"' in told
