"""What programs say of a network failure that are not browsers, and so do not enforce CORS."""

from __future__ import annotations

import pytest

from corsdoctor import kinds
from corsdoctor.console.programs import _table
from corsdoctor.console.recognize import messages_in, recognize
from corsdoctor.kinds.message_kind import NOT_A_BROWSER
from corsdoctor.message import PROGRAM, Message

REQUESTS = "requests.exceptions.{name}: HTTPSConnectionPool(host='api.example', port=443): Max retries exceeded with url: /v1 (Caused by {cause})"
NEW = "NewConnectionError('<urllib3.connection.HTTPSConnection object at 0x7f55>: Failed to establish a new connection: {reason}')"


def the(text: str) -> Message:
    (message,) = recognize(text)
    return message


def refused(reason: str) -> str:
    return REQUESTS.format(name="ConnectionError", cause=NEW.format(reason=reason))


@pytest.mark.parametrize(
    ("case", "text"),
    [
        ("refused", refused("[Errno 111] Connection refused")),
        ("refused", refused("[Errno 10061] No connection could be made because the target machine actively refused it")),
        ("refused", refused("[WinError 10061] \u7531\u4e8e\u76ee\u6807\u8ba1\u7b97\u673a\u79ef\u6781\u62d2\u7edd")),
        ("name", refused("[Errno -2] Name or service not known")),
        ("name", refused("[Errno 11001] getaddrinfo failed")),
        (None, refused("[Errno 101] Network is unreachable")),
        ("certificate", REQUESTS.format(name="SSLError", cause="SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'))")),
        ("tls", REQUESTS.format(name="SSLError", cause="SSLError(SSLEOFError(8, 'violation of protocol'))")),
        ("timeout", "requests.exceptions.ReadTimeout: HTTPConnectionPool(host='a.example', port=80): Read timed out. (read timeout=5)"),
        ("closed", "requests.exceptions.ConnectionError: ('Connection aborted.', RemoteDisconnected('Remote end closed'))"),
        (None, "requests.exceptions.ConnectionError: HTTPSConnectionPool(host='https', port=443): Max retries exceeded with"),
        ("refused", "urllib.error.URLError: <urlopen error [Errno 111] Connection refused>"),
        (None, "httpx.ConnectError: All connection attempts failed"),
        (None, "All connection attempts failed"),
        ("certificate", "httpx.ConnectError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"),
        ("timeout", "httpx.ConnectTimeout"),
        ("refused", "Cannot connect to host api.example:443 ssl:default [Connect call failed ('127.0.0.1', 443)]"),
        (None, "ClientConnectorError: Cannot connect to host api.example:80 ssl:None [Network is unreachable]"),
        ("refused", "ConnectionRefusedError: [Errno 111] Connection refused"),
        ("refused", "dial tcp 127.0.0.1:8080: connect: connection refused"),
        ("name", "dial tcp: lookup api.internal on 10.0.0.2:53: no such host"),
        ("timeout", "dial tcp 10.0.0.9:443: i/o timeout"),
        ("certificate", "x509: certificate signed by unknown authority"),
        ("certificate", "tls: failed to verify certificate: x509: certificate is valid for a.example, not b.example"),
        ("tls", "http: server gave HTTP response to HTTPS client"),
        ("refused", "java.net.ConnectException: Connection refused (Connection refused)"),
        ("timeout", "java.net.ConnectException: Connection timed out"),
        ("name", "Caused by: java.net.UnknownHostException: api.internal"),
        ("certificate", "javax.net.ssl.SSLHandshakeException: PKIX path building failed: unable to find valid certification path to requested target"),
        ("closed", "javax.net.ssl.SSLHandshakeException: Remote host terminated the handshake"),
        ("tls", "javax.net.ssl.SSLHandshakeException: Received fatal alert: handshake_failure"),
        ("certificate", "javax.net.ssl.SSLHandshakeException: java.security.cert.CertPathValidatorException: Trust anchor for certification path not found."),
        ("refused", "System.Net.Http.HttpRequestException: No connection could be made because the target machine actively refused it. (127.0.0.1:9666)"),
        ("certificate", "System.Net.Http.HttpRequestException: The SSL connection could not be established, see inner exception.\n ---> The remote certificate is invalid"),
        ("tls", "System.Net.Http.HttpRequestException: The SSL connection could not be established, see inner exception."),
        ("refused", "System.Net.Sockets.SocketException (10061): Se deneg\u00f3 la conexi\u00f3n"),
        ("refused", "SocketException: Connection refused (OS Error: Connection refused, errno = 111), address = localhost, port = 41234"),
        ("name", "SocketException: Failed host lookup: 'api.example' (OS Error: No address associated with hostname, errno = 7)"),
        ("certificate", "HandshakeException: Handshake error in client (OS Error: CERTIFICATE_VERIFY_FAILED: self signed certificate"),
        ("refused", "Errno::ECONNREFUSED: Failed to open TCP connection to localhost:9200"),
        ("refused", "curl: (7) Failed to connect to localhost port 8080: Connection refused"),
        ("name", "curl: (6) Could not resolve host: api.internal"),
        ("certificate", "cURL error 60: SSL certificate problem: unable to get local issuer certificate"),
        ("closed", "curl: (52) Empty reply from server"),
    ],
)  # fmt: skip
def test_what_failed(case: str | None, text: str) -> None:
    message = the(text)
    assert (message.cors, message.browser, message.kind, message.case, message.detail) == (
        False,
        None,
        "network",
        case,
        PROGRAM,
    )
    kind = kinds.of(message)
    assert kind is not None
    assert (kind.cors, kind.api) == (NOT_A_BROWSER, None)


@pytest.mark.parametrize(
    "text",
    [
        'Get "https://registry.example/v2/": x509: certificate signed by unknown authority',
        "Error response from daemon: Get https://registry.example/v2/: dial tcp 10.0.0.1:443: connect: connection refused",
        "fatal: unable to access 'https://registry.example/v2/': Could not resolve host: registry.example",
        'I/O error on GET request for "https://registry.example/v2/": Connection refused; nested exception is java.net.ConnectException: Connection refused',
        "error sending request for url (https://registry.example/v2/): error trying to connect: tcp connect error: Connection refused (os error 111)",
    ],
)
def test_the_url(text: str) -> None:
    assert the(text).url == "https://registry.example/v2/"


@pytest.mark.parametrize(
    "text",
    [
        "AggregateError [ECONNREFUSED]: \n    at internalConnectMultiple (node:net:1114:18)",
        "{ errno: -111, code: 'ECONNREFUSED', syscall: 'connect' }",
        "request to https://registry.example/ failed, reason: connect ECONNREFUSED 10.0.0.1:443",
        "code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'",
    ],
)
def test_node(text: str) -> None:
    message = the(text)
    assert (message.kind, message.case, message.detail) == ("network", "node", "")


@pytest.mark.parametrize(
    "text",
    [
        "except requests.exceptions.ConnectionError:",
        "} catch (java.net.ConnectException e) {",
        "public void get() throws java.net.UnknownHostException",
        "import java.net.UnknownHostException;",
        "rescue Errno::ECONNREFUSED",
        "We dial tcp connections ourselves",
        "Get https://api.example/items: it works",
    ],
)
def test_what_is_none(text: str) -> None:
    assert recognize(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "System.Net.Http.HttpRequestException: Response status code does not indicate success: 404 (Not Found).",
        "requests.exceptions.HTTPError: 404 Client Error: Not Found for url: https://api.example/",
    ],
)
def test_a_status_code(text: str) -> None:
    message = the(text)
    assert (message.kind, message.browser, message.status) == ("http-status", None, "404")


def test_an_exception_in_a_browser() -> None:
    assert the("System.Net.Http.HttpRequestException: TypeError: Failed to fetch").kind == "unknown"


def test_a_failure_is_told_once() -> None:
    text = (
        "java.util.concurrent.ExecutionException: java.net.ConnectException: Connection refused\n\tat a.B.c(B.java:1)\n"
        "Caused by: java.net.ConnectException: Connection refused\n\tat d.E.f(E.java:2)\n"
    )
    assert the(text).case == "refused"
    both = f"{text}dial tcp 10.0.0.9:443: i/o timeout"
    assert [message.case for message in recognize(both)] == ["refused", "timeout"]


def test_a_long_stack_is_not_looked_at_to_its_end() -> None:
    stack = "java.net.ConnectException: Connection refused\n" * 200
    assert [message.case for message in recognize(f"{stack}dial tcp 10.0.0.9:443: i/o timeout")] == ["refused"]


def test_a_message_of_a_browser_comes_first() -> None:
    text = "Access to fetch at 'https://api.example/' from origin 'https://app.example' has been blocked by CORS policy"
    assert the(f"java.net.ConnectException: Connection refused\n{text}").cors


def test_logs_are_not_searched_for_them() -> None:
    assert messages_in("dial tcp 127.0.0.1:8080: connect: connection refused") == ()


def test_each_beginning_has_fixed_words() -> None:
    assert [other.words for other in _table() if len(other.start) < 4] == []
